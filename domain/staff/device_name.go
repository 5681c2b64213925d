package staff

import (
	"context"
	"slices"

	"luukku/base/ids"
	"luukku/domain/actor"
)

// DeviceName is what a kiosk or display is called; empty when it cannot be told.
func (s *Service) DeviceName(ctx context.Context, o ids.Org, id ids.Device) string {
	list, err := s.Store.Devices(ctx, o)
	if err != nil {
		return ""
	}
	for _, d := range list {
		if d.ID == id {
			return d.Name
		}
	}
	return ""
}

// TicketPrinters are the kiosks of an office that print with a ticket printer, for those who work in its lobby.
func (s *Service) TicketPrinters(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office) ([]Device, error) {
	if err := who.May(actor.QueueWork, actor.Object{Org: o, Office: office}); err != nil {
		return nil, err
	}
	list, err := s.Store.Devices(ctx, o)
	return slices.DeleteFunc(list, func(d Device) bool {
		return d.Kind != Kiosk || d.Office != office || d.EnrolledAt == 0 || d.RevokedAt != 0 || d.Kiosk().PrintBy != PrintPrinter
	}), err
}
