package booking

import (
	"context"
	"fmt"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// UndoLife is how long what was done at the desk can be undone.
const UndoLife = 5 * time.Minute

// CheckUndo says whether what was done at a moment can still be undone: Invalid "desk.undo_late" from the second after on.
func CheckUndo(doneAt, now int64) error {
	if now > doneAt+seconds(UndoLife) {
		return fault.Invalid("desk.undo_late", nil)
	}
	return nil
}

// Restore takes a cancellation back: the appointment has its time again, if that is still free. Faults: NotFound; Invalid "desk.undo_late", "manage.past", or
// "desk.not_cancelled"; Conflict "booking.taken" when the time is somebody's by now, "manage.stale" when somebody else changed the appointment.
func (s *Service) Restore(ctx context.Context, who actor.Actor, o ids.Org, id ids.Appointment, seen *int64) (Appointment, error) {
	a, err := s.Appointment(ctx, who, o, id)
	if err != nil {
		return a, err
	}
	if err := who.May(actor.BookingDesk, actor.Object{Org: o, Office: a.Office}); err != nil {
		return a, err
	}
	if err := checkSeen(a, seen); err != nil {
		return a, err
	}
	sch, err := s.Schedule(ctx, o, a.Service, a.Office)
	if err != nil {
		return a, err
	}
	now := sch.Now.Unix()
	switch {
	case a.Status != Cancelled:
		return a, fault.Invalid("desk.not_cancelled", nil)
	case now >= a.Start:
		return a, fault.Invalid("manage.past", nil)
	}
	if err := CheckUndo(a.CancelledAt, now); err != nil {
		return a, err
	}
	c, back, err := s.restoreChange(ctx, who, a, sch)
	if err != nil {
		return a, err
	}
	out, err := s.commit(ctx, c)
	if err != nil {
		return a, err
	}
	if out.Verdict != Done {
		return a, verdictFault(out.Verdict, sch, a.Start)
	}
	back.Unit = out.Unit
	return back.with(out, c), nil
}

// restoreChange takes the unit that it had, or any other that could serve it.
func (s *Service) restoreChange(ctx context.Context, who actor.Actor, a Appointment, sch Schedule) (Change, Appointment, error) {
	c := Change{Org: a.Org, Now: sch.Now.Unix(), Claim: &Claim{ID: a.ID, Sequence: a.Sequence, Cancelled: true}}
	units := []ids.Unit{a.Unit}
	if slot, ok := sch.ForMove(who, a).At(a.Start); ok {
		others, _, err := s.candidates(ctx, sch.ForMove(who, a), slot, nil, a.Unit)
		if err != nil {
			return Change{}, a, err
		}
		units = others
	}
	c.Take = &Take{Units: units, Holder: string(a.ID), From: a.Start, To: a.BusyUntil}
	a.Status, a.CancelledAt, a.CancelledBy, a.Reason, a.sealedReason = Booked, 0, "", "", nil
	a.ChangedAt, a.Sequence = c.Now, a.Sequence+1
	c.Restored = &a
	var err error
	if c.PutPIN, err = s.pinFor(ctx, sch, a); err != nil {
		return Change{}, a, fmt.Errorf("draw PIN: %w", err)
	}
	c.Notices = s.notices(ctx, a, notify.AppointmentBooked, nil)
	c.Audit = []audit.Entry{s.entry(a.Org, who, audit.AppointmentRestored, "appointment", string(a.ID), nil)}
	c.Topics = []string{topic(a.Org, a.Office, sch, a.Start)}
	return c, a, nil
}
