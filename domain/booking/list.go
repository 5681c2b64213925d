package booking

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/org"
)

// Listed is an appointment in an office's list, without whose it is.
type Listed struct {
	ID         ids.Appointment
	Service    ids.Service
	Office     ids.Office
	Unit       ids.Unit
	Start, End int64 // Unix seconds
	Status     Status
}

// mostListed is how many appointments an office's list of a day has at most.
const mostListed = 5000

// List returns the appointments that begin at an office on a local date, cancelled ones too. That somebody reads the list is written down. NotFound for who
// may not, and for an office that is not there.
func (s *Service) List(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, date org.Date) ([]Listed, error) {
	if err := who.May(actor.AppointmentList, actor.Object{Org: o, Office: office}); err != nil {
		return nil, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	if _, err := c.Office(office); err != nil {
		return nil, err
	}
	detail := map[string]string{"date": date.String()}
	e := audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.AppointmentsListed, "office", string(office), detail)
	if err := s.Store.PutAudit(ctx, e); err != nil {
		return nil, err
	}
	return s.Store.AppointmentsAt(ctx, o, office, date.At(0, c.Zone()).Unix(), date.Add(1).At(0, c.Zone()).Unix(), mostListed)
}
