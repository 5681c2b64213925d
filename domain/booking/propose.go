package booking

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/notify"
)

// ProposeRequest asks to set a time aside for somebody, who confirms it (S5.4).
type ProposeRequest struct {
	Org     ids.Org
	Service ids.Service
	Office  ids.Office
	Start   int64 // Unix seconds
	Unit    ids.Unit
	Details Details
	Account ids.Person // in whose folder it goes; empty for nobody's
	Key     ids.FormKey
	Hold    ids.Hold
	// Visit is who else comes and for what else; the names of the others are in Details.
	Visit Visit
}

// ProposedUntil is the last second in which a pre-reservation can be confirmed.
func ProposedUntil(p catalog.Policy, start int64) int64 { return start - seconds(p.PreLapse) }

// CheckProposal says whether a time can still be set aside: somebody must have at least a second to confirm it. Invalid "propose.too_close".
func CheckProposal(p catalog.Policy, start, now int64) error {
	if now >= ProposedUntil(p, start) {
		return fault.Invalid("propose.too_close", fault.Args{"lapse": p.PreLapse})
	}
	return nil
}

// formPropose is what a form key of a pre-reservation is used for.
const formPropose = "propose"

// Propose sets a time aside for somebody. Faults: NotFound for who may not; what the rules refuse; Conflict "booking.taken". The same key makes it once.
func (s *Service) Propose(ctx context.Context, who actor.Actor, r ProposeRequest) (Booking, error) {
	if len(r.Key) < 8 {
		return Booking{}, fault.Invalid("form.bad_key", nil)
	}
	if err := who.May(actor.BookingDesk, actor.Object{Org: r.Org, Office: r.Office}); err != nil {
		return Booking{}, err
	}
	cfg, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return Booking{}, err
	}
	if r.Details, err = CleanDetails(cfg, r.Details); err != nil {
		return Booking{}, err
	}
	c, a, sch, err := s.proposeChange(ctx, who, r)
	if err != nil {
		made, ok, again := s.proposedBefore(ctx, r)
		if ok || again != nil {
			return made, again
		}
		return Booking{}, err
	}
	out, err := s.commit(ctx, c)
	if err != nil {
		return Booking{}, err
	}
	switch out.Verdict {
	case Done:
		return Booking{Appointment: a.with(out, c)}, nil
	case Repeated:
		earlier, err := s.load(ctx, r.Org, ids.Appointment(out.Result))
		return Booking{Appointment: earlier, Repeated: true}, err
	}
	return Booking{}, verdictFault(out.Verdict, sch, r.Start)
}

// proposedBefore answers a request that was made before, though its time cannot be set aside any more.
func (s *Service) proposedBefore(ctx context.Context, r ProposeRequest) (Booking, bool, error) {
	result, used, err := s.Store.FormResult(ctx, r.Org, r.Key, s.Now().Unix())
	if err != nil || !used {
		return Booking{}, false, err
	}
	a, err := s.load(ctx, r.Org, ids.Appointment(result))
	return Booking{Appointment: a, Repeated: true}, err == nil, err
}

// proposeChange is the change of a booking whose cells have an end, and which somebody is asked to confirm.
func (s *Service) proposeChange(ctx context.Context, who actor.Actor, r ProposeRequest) (Change, Appointment, Schedule, error) {
	sch, err := s.DeskSchedule(ctx, r.Org, r.Service, r.Office, r.Unit)
	if err != nil {
		return Change{}, Appointment{}, sch, err
	}
	if sch, err = sch.For(r.Visit); err != nil {
		return Change{}, Appointment{}, sch, err
	}
	if err := checkOthers(r.Visit, r.Details); err != nil {
		return Change{}, Appointment{}, sch, err
	}
	slot, err := s.checkSlot(sch, r.Start)
	if err != nil {
		return Change{}, Appointment{}, sch, err
	}
	if err := CheckProposal(sch.Policy, r.Start, sch.Now.Unix()); err != nil {
		return Change{}, Appointment{}, sch, err
	}
	hold, err := s.ownHold(ctx, who, r.Org, r.Hold)
	if err != nil {
		return Change{}, Appointment{}, sch, err
	}
	b := BookRequest{Org: r.Org, Service: r.Service, Office: r.Office, Start: r.Start, Details: r.Details, Key: r.Key, Account: r.Account, Unit: r.Unit, Visit: r.Visit}
	c, a, err := s.bookChange(ctx, who, b, sch, slot, hold)
	if err != nil {
		return Change{}, Appointment{}, sch, err
	}
	a.Status, a.ExpiresAt = Proposed, ProposedUntil(sch.Policy, a.Start)
	c.PutAppointment, c.Take.ExpiresAt, c.PutPIN = &a, a.ExpiresAt, nil
	c.Form.Kind, c.Form.Digest, c.Form.ExpiresAt = formPropose, b.digest(), max(c.Form.ExpiresAt, a.End)
	c.Notices, c.Tasks = s.notices(ctx, a, notify.AppointmentProposed, nil), []Job{lapseJob(a)}
	c.Audit = []audit.Entry{s.entry(r.Org, who, audit.AppointmentProposed, "appointment", string(a.ID), nil)}
	return c, a, sch, nil
}
