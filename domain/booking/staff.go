package booking

import (
	"context"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
)

// serves reports whether somebody acts for the office: staff, or a program with a key that does the desk's deeds. What they may do, their rights say.
func serves(who actor.Actor) bool { return who.Kind == actor.KindStaff || who.Kind == actor.KindClient }

// asked is the schedule as whoever books may use it: staff have their own share and no deadlines, and somebody who did not come too often books at the desk.
func (s *Service) asked(ctx context.Context, who actor.Actor, r BookRequest, sch Schedule) (Schedule, error) {
	on := actor.Object{Org: r.Org, Office: r.Office}
	if serves(who) {
		if err := who.May(actor.BookingDesk, on); err != nil {
			return sch, err
		}
		sch = sch.ForStaff()
	} else if err := s.checkNoShows(ctx, who, r, sch); err != nil {
		return sch, err
	}
	if r.Over {
		if err := who.May(actor.BookingOver, on); err != nil {
			return sch, err
		}
	}
	if r.Unit != "" {
		sch = sch.With(r.Unit)
	}
	return sch.As(r.Wish), nil
}

// mostOver is how many appointments beside the counters an office can have at a time.
const mostOver = 9

// OverUnit is the n-th lane beside an office's counters, from 1, for who is booked though there is no room.
func OverUnit(office ids.Office, n int) ids.Unit {
	return ids.Unit(string(office) + "+" + strconv.Itoa(n))
}

// beside reports whether a unit is a lane beside the counters.
func beside(u ids.Unit) bool { return strings.Contains(string(u), "+") }

// slotFor finds the time that is to be booked: in the calendar, or, beside the counters, anywhere in it.
func (s *Service) slotFor(sch Schedule, r BookRequest) (Slot, error) {
	if !r.Over {
		return s.checkSlot(sch, r.Start)
	}
	if err := CheckStart(sch.Policy, r.Start, sch.Now, sch.Zone()); err != nil {
		return Slot{}, err
	}
	if r.Start%CellSeconds != 0 {
		return Slot{}, fault.Invalid("booking.not_on_grid", nil)
	}
	return Slot{Start: r.Start, End: r.Start + seconds(sch.Policy.Length), Units: besides(sch.Office.ID)}, nil
}

// besides are all lanes beside an office's counters.
func besides(office ids.Office) []ids.Unit {
	out := make([]ids.Unit, mostOver)
	for n := range out {
		out[n] = OverUnit(office, n+1)
	}
	return out
}

// checkNoShows refuses who has missed too many appointments: they book with the staff.
func (s *Service) checkNoShows(ctx context.Context, who actor.Actor, r BookRequest, sch Schedule) error {
	p := sch.Policy
	if p.NoShowLimit == 0 {
		return nil
	}
	n, err := s.Store.CountNoShows(ctx, r.Org, s.contacts(r.Details), who.Owner().Person, sch.Now.Add(-p.NoShowDays).Unix())
	if err == nil && n >= p.NoShowLimit {
		return fault.Invalid("booking.no_shows", fault.Args{"max": p.NoShowLimit})
	}
	return err
}

// policyFor is a policy as it binds whoever asks: staff are bound by no deadline but the start itself.
func policyFor(who actor.Actor, p catalog.Policy) catalog.Policy {
	if serves(who) || who.Kind == actor.KindSystem {
		p.OnlineChange, p.OnlineCancel, p.ChangeCutoff, p.CancelCutoff, p.MaxMoves, p.SameUnit = true, true, 0, 0, 0, false
	}
	return p
}

// VisitFrom is how long before its start it can be said what came of a visit: people come early.
const VisitFrom = 30 * time.Minute

// RecordVisit writes down what came of a visit, or, with OutcomeNone, takes that back. It can be said from VisitFrom before the start on.
func (s *Service) RecordVisit(ctx context.Context, who actor.Actor, o ids.Org, id ids.Appointment, came VisitOutcome, seen *int64) (Appointment, error) {
	a, err := s.Appointment(ctx, who, o, id)
	if err != nil {
		return a, err
	}
	if err := who.May(actor.BookingDesk, actor.Object{Org: o, Office: a.Office}); err != nil {
		return a, err
	}
	if a.Outcome == came {
		return a, nil
	}
	now := s.Now().Unix()
	switch {
	case a.Status != Booked:
		return a, fault.Invalid("manage.cancelled_already", nil)
	case now < a.Start-seconds(VisitFrom) && came != OutcomeNone:
		return a, fault.Invalid("desk.too_early", nil)
	}
	if err := checkSeen(a, seen); err != nil {
		return a, err
	}
	c := Change{Org: o, Now: now, Claim: &Claim{ID: id, Sequence: a.Sequence}}
	a.Outcome, a.Sequence, a.ChangedAt = came, a.Sequence+1, now
	c.SetOutcome = &a
	c.Audit = []audit.Entry{s.entry(o, who, audit.VisitRecorded, "appointment", string(id), map[string]string{"outcome": string(came)})}
	out, err := s.commit(ctx, c)
	if err == nil && out.Verdict != Done {
		err = fault.Conflict("manage.stale", nil)
	}
	return a, err
}
