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

// LastDay is the last local date that can be booked. Each day at the policy's time another day opens, so many days ahead as the horizon says; or, where a
// week opens at once, the whole week that begins so many days after the day of opening.
func LastDay(p catalog.Policy, now time.Time, zone *time.Location) org.Date {
	return lastDayFrom(p, lastOpening(p, now, zone))
}

// lastOpening is the local date of the last opening up to now, its very second included.
func lastOpening(p catalog.Policy, now time.Time, zone *time.Location) org.Date {
	d := org.DateOf(now.In(zone))
	if now.Unix() < d.At(p.Opens.Minute(), zone).Unix() {
		d = d.Add(-1)
	}
	if day, weekly := p.Opens.Weekly(); weekly {
		d = d.Add(-((int(d.Weekday()) - int(day) + 7) % 7))
	}
	return d
}

func lastDayFrom(p catalog.Policy, opened org.Date) org.Date {
	last := opened.Add(int(p.Horizon / (24 * time.Hour)))
	if _, weekly := p.Opens.Weekly(); weekly {
		last = last.Add(6)
	}
	return last
}

// NextOpening is when the next days open for booking: the first second in which LastDay is later than now.
func NextOpening(p catalog.Policy, now time.Time, zone *time.Location) time.Time {
	step := 1
	if _, weekly := p.Opens.Weekly(); weekly {
		step = 7
	}
	return lastOpening(p, now, zone).Add(step).At(p.Opens.Minute(), zone)
}

// OpensAt is when a date that is beyond the horizon now can first be booked.
func OpensAt(p catalog.Policy, d org.Date, now time.Time, zone *time.Location) time.Time {
	opened := lastOpening(p, now, zone)
	step := 1
	if _, weekly := p.Opens.Weekly(); weekly {
		step = 7
	}
	if behind := lastDayFrom(p, opened).DaysTo(d); behind > 0 {
		opened = opened.Add((behind + step - 1) / step * step)
	}
	return opened.At(p.Opens.Minute(), zone)
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
	case a.StatusAt(now) == Lapsed:
		return fault.Invalid("confirm.lapsed", nil)
	case now >= a.Start:
		return fault.Invalid("manage.past", nil)
	}
	return nil
}

// CheckMove says whether an appointment may be moved online now.
func CheckMove(p catalog.Policy, a Appointment, now int64) error {
	if p.MaxMoves > 0 && a.Moves >= p.MaxMoves {
		if err := CheckLive(a, now); err != nil {
			return err
		}
		return fault.Invalid("manage.moved_enough", fault.Args{"max": p.MaxMoves})
	}
	return checkOnline(a, now, p.OnlineChange, notOnline(p, "manage.not_movable_online"), ChangeUntil(p, a.Start), "manage.too_late_to_move", p.ChangeCutoff)
}

// CheckEdit says whether the details of an appointment may be changed online now. Names and addresses may be mended even where times are not moved
// online; only the cut-off counts.
func CheckEdit(p catalog.Policy, a Appointment, now int64) error {
	return checkOnline(a, now, true, "", ChangeUntil(p, a.Start), "manage.too_late_to_edit", p.ChangeCutoff)
}

// CheckCancel says whether an appointment may be cancelled online now.
func CheckCancel(p catalog.Policy, a Appointment, now int64) error {
	return checkOnline(a, now, p.OnlineCancel, notOnline(p, "manage.not_cancellable_online"), CancelUntil(p, a.Start), "manage.too_late_to_cancel", p.CancelCutoff)
}

// notOnline is why something cannot be done online: one sentence for both where neither can.
func notOnline(p catalog.Policy, one string) string {
	if !p.OnlineChange && !p.OnlineCancel {
		return "manage.not_online"
	}
	return one
}

func checkOnline(a Appointment, now int64, allowed bool, not string, until int64, late string, cutoff time.Duration) error {
	if err := CheckLive(a, now); err != nil {
		return err
	}
	switch {
	case !allowed:
		return fault.Invalid(not, nil)
	case now > until:
		return fault.Invalid(late, fault.Args{"cutoff": cutoff})
	}
	return nil
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// CheckKnown returns SignInRequired, with the level, when it is not known surely enough who books. Staff book for people whom they see or hear; a program that
// speaks for a visitor cannot sign in.
func CheckKnown(p catalog.Policy, who actor.Actor) error {
	if who.Level >= p.SignIn || who.Kind == actor.KindSystem || serves(who) {
		return nil
	}
	if who.Level > actor.LevelNone {
		return actor.SignInAt("sign_in.stronger", p.SignIn)
	}
	return actor.SignInAt("sign_in.required", p.SignIn)
}
