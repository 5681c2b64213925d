package identity

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/org"
)

// RecordDeath records on which local date (YYYY-MM-DD) somebody died. Their sessions end, nobody signs in as them any more, and letters to them go on paper, to those who look after what they
// left. An empty date takes it back: registers and people err. Faults: NotFound; Invalid at the field "on" for what is no date, or lies ahead.
func (s *Service) RecordDeath(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person, on string) error {
	if err := who.May(actor.DeathRecord, actor.Object{Org: o}); err != nil {
		return err
	}
	if on != "" {
		if day, err := org.ParseDate(on); err != nil || org.DateOf(s.Now().In(s.zone())).Before(day) {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "on", Key: "people.died_when"})
		}
	}
	if err := s.openTo(ctx, who, p); err != nil && who.Kind == actor.KindStaff {
		return err
	}
	if _, err := s.Store.Account(ctx, p); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.Death(ctx, p); err != nil { // whoever signs in as them waits, and is refused
			return err
		}
		if on == "" {
			if had, err := tx.DropDeath(ctx, p); err != nil || !had {
				return err
			}
			return tx.Audit(ctx, s.recorded(o, who, audit.DeathTakenBack, p, ""))
		}
		if err := tx.PutDeath(ctx, p, on, o, s.Now().Unix()); err != nil {
			return err
		}
		if _, err := tx.EndSessionsOf(ctx, SessionOfCitizen, string(p), nil); err != nil {
			return err
		}
		return tx.Audit(ctx, s.recorded(o, who, audit.DeathRecorded, p, ""))
	})
}

// RecordDeathOf is RecordDeath of somebody who is named by a national identifier. Who is not here, or no identifier, is Invalid at the field "person".
func (s *Service) RecordDeathOf(ctx context.Context, who actor.Actor, o ids.Org, of Known, on string) error {
	if err := who.May(actor.DeathRecord, actor.Object{Org: o}); err != nil {
		return err
	}
	p, err := s.known(ctx, "person", of)
	if err != nil {
		return err
	}
	return s.RecordDeath(ctx, who, o, p, on)
}

// Died returns the local date on which somebody died, empty for whom nobody says so. Only Luukku itself may ask.
func (s *Service) Died(ctx context.Context, who actor.Actor, p ids.Person) (on string, err error) {
	if who.Kind != actor.KindSystem {
		return "", fault.NotFound("error.not_found")
	}
	return s.Store.Death(ctx, p)
}
