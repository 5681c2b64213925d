package booking

import (
	"time"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// The rules of booking: policy, facts, request, now -> fault. Nothing here waits, reads a clock or knows a database. Every deadline is a whole second
// and inclusive: what is allowed until 24 hours before is allowed in the very second 24 hours before.

// CheckStart says whether a time may still, or already, be booked: not in the past, not too close to its start, not beyond the horizon.
func CheckStart(p catalog.Policy, start int64, now time.Time, zone *time.Location) error {
	switch {
	case start < now.Unix():
		return fault.Invalid("booking.past", nil)
	case now.Unix() > LastNotice(p, start):
		return fault.Invalid("booking.too_close", fault.Args{"notice": p.Notice})
	}
	last := LastDay(p, now, zone)
	if org.DateOf(time.Unix(start, 0).In(zone)).After(last) {
		return fault.Invalid("booking.too_far", fault.Args{"last": last.At(0, zone)})
	}
	return nil
}

// LastNotice is the last second in which a time can be booked.
func LastNotice(p catalog.Policy, start int64) int64 { return start - seconds(p.Notice) }

// LastDay is the last local date that can be booked, the horizon's last day included.
func LastDay(p catalog.Policy, now time.Time, zone *time.Location) org.Date {
	return org.DateOf(now.In(zone)).Add(int(p.Horizon / (24 * time.Hour)))
}

// HoldUntil is the last second of a hold that begins, or is prolonged, now.
func HoldUntil(p catalog.Policy, now int64) int64 { return now + seconds(p.Hold) }

// ChangeUntil is the last second in which an appointment can be moved or its details changed online.
func ChangeUntil(p catalog.Policy, start int64) int64 { return start - seconds(p.ChangeCutoff) }

// CancelUntil is the last second in which an appointment can be cancelled online.
func CancelUntil(p catalog.Policy, start int64) int64 { return start - seconds(p.CancelCutoff) }

// CheckLive says whether an appointment is still to come.
func CheckLive(a Appointment, now int64) error {
	switch {
	case a.Status == Cancelled:
		return fault.Invalid("manage.cancelled_already", nil)
	case now >= a.Start:
		return fault.Invalid("manage.past", nil)
	}
	return nil
}

// CheckMove says whether an appointment may be moved online now.
func CheckMove(p catalog.Policy, a Appointment, now int64) error {
	return checkOnline(p, a, now, ChangeUntil(p, a.Start), "manage.too_late_to_move", p.ChangeCutoff)
}

// CheckEdit says whether the details of an appointment may be changed online now. Names and addresses may be mended even where times are not moved
// online; only the cut-off counts.
func CheckEdit(p catalog.Policy, a Appointment, now int64) error {
	p.OnlineChange = true
	return checkOnline(p, a, now, ChangeUntil(p, a.Start), "manage.too_late_to_edit", p.ChangeCutoff)
}

// CheckCancel says whether an appointment may be cancelled online now.
func CheckCancel(p catalog.Policy, a Appointment, now int64) error {
	return checkOnline(p, a, now, CancelUntil(p, a.Start), "manage.too_late_to_cancel", p.CancelCutoff)
}

func checkOnline(p catalog.Policy, a Appointment, now, until int64, late string, cutoff time.Duration) error {
	if err := CheckLive(a, now); err != nil {
		return err
	}
	switch {
	case !p.OnlineChange:
		return fault.Invalid("manage.not_online", nil)
	case now > until:
		return fault.Invalid(late, fault.Args{"cutoff": cutoff})
	}
	return nil
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// CheckKnown returns SignInRequired, with the level, when it is not known surely enough who books. Staff book for people whom they see or hear; a program that
// speaks for a visitor cannot sign in.
func CheckKnown(p catalog.Policy, who actor.Actor) error {
	if who.Level >= p.SignIn || who.Kind == actor.KindSystem || who.Kind == actor.KindStaff {
		return nil
	}
	if who.Level > actor.LevelNone {
		return actor.SignInAt("sign_in.stronger", p.SignIn)
	}
	return actor.SignInAt("sign_in.required", p.SignIn)
}
