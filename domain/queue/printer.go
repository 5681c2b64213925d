package queue

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Broken reports whether the staff have been told, and not yet seen to it, that a device's printer does not print.
func (h *Hall) Broken(d ids.Device) bool {
	for _, a := range h.Alerts {
		if a.Kind == AlertPrinter && a.Device == d {
			return true
		}
	}
	return false
}

// PrinterBack takes back what a kiosk told of its printer: it prints again, and nobody has to see to it.
func (s *Service) PrinterBack(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office) error {
	if err := mayLetIn(who, o, office); err != nil {
		return err
	}
	a, err := s.at(ctx, o, office)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		open, err := tx.Alerts(ctx, o, office)
		if err != nil {
			return err
		}
		for _, x := range open {
			if x.Kind != AlertPrinter || x.Device != who.Device || who.Device == "" {
				continue
			}
			if ok, err := tx.EndAlert(ctx, o, x.ID, "", a.now); err != nil || !ok {
				return err
			}
			tx.Touch(o, office)
			if err := tx.Audit(ctx, s.entry(a, who, audit.LobbySeen, "alert", x.ID, map[string]string{"what": "back"})); err != nil {
				return err
			}
		}
		return nil
	})
}
