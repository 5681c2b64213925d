package queue

import (
	"slices"
	"time"

	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Verdict is what a kiosk says to who wants to check in.
type Verdict string

// The verdicts. In the first two somebody is in.
const (
	CheckedIn  Verdict = "in"
	Late       Verdict = "late"       // in, after the booked time
	TooEarly   Verdict = "early"      // before the window
	TooLate    Verdict = "lapsed"     // after it: a walk-in ticket is offered
	WrongPlace Verdict = "place"      // another office, by QR alone
	WrongDay   Verdict = "day"        // another day, by QR alone
	AlreadyIn  Verdict = "already"    // has a ticket
	Unknown    Verdict = "unknown"    // no such PIN, or the appointment does not stand
	Resting    Verdict = "resting"    // the kiosk rests after too many wrong tries
	NotWalkIn  Verdict = "no_walk_in" // too late, and there is no walk-in for the service now
)

// Judge says whether an appointment can be checked in for at an office, at a moment: from the first second of its window to the last, both included (S3.5).
// Tickets it leaves aside.
func Judge(a Appointment, p catalog.Policy, here ids.Office, now int64, zone *time.Location) Verdict {
	extra := int64(0)
	if planted.Bug("checkin-late") {
		extra = 1
	}
	switch {
	case !a.Good:
		return Unknown
	case a.Office != here:
		return WrongPlace
	case now >= p.CheckinFrom(a.Start) && now <= a.Start:
		return CheckedIn
	case now > a.Start && now <= p.CheckinUntil(a.Start)+extra:
		return Late
	case DayOf(a.Start, zone) != DayOf(now, zone):
		return WrongDay
	case now < a.Start:
		return TooEarly
	}
	return TooLate
}

// DayOf is the date at an office (YYYY-MM-DD).
func DayOf(at int64, zone *time.Location) string {
	return org.DateOf(time.Unix(at, 0).In(zone)).String()
}

// Desk is a counter as the order of the line sees it: what can be served there.
type Desk struct {
	Unit ids.Unit
	// Can says whether a service can be served there now, Speaks whether a language can be spoken.
	Can    func(ids.Service) bool
	Speaks func(Ticket) bool
}

// ServedAt are the services of an office that a counter can serve, in the office's order.
func ServedAt(c *catalog.Config, office ids.Office, u ids.Unit) []ids.Service {
	var out []ids.Service
	for _, s := range c.ServicesAt(office) {
		if slices.ContainsFunc(c.Units(s.ID, office), func(x *org.Unit) bool { return x.ID == u }) {
			out = append(out, s.ID)
		}
	}
	return out
}

// ChosenAt are the services that were chosen for a counter; none when it calls all that it can serve. What it can no longer serve is no choice.
func ChosenAt(c *catalog.Config, k Counter) []ids.Service {
	if len(k.Services) == 0 {
		return nil
	}
	return chosenOf(ServedAt(c, k.Office, k.Unit), k.Services)
}

// chosenOf are those of the services that can be served which were chosen, in their order; none for all of them.
func chosenOf(served, chosen []ids.Service) []ids.Service {
	var out []ids.Service
	for _, s := range served {
		if slices.Contains(chosen, s) {
			out = append(out, s)
		}
	}
	if len(out) == len(served) {
		return nil
	}
	return out
}

// DeskAt is a counter with what its unit can do and what was chosen for it.
func DeskAt(c *catalog.Config, k Counter) Desk {
	unit, known := c.UnitOf(k.Office, k.Unit)
	can := ServedAt(c, k.Office, k.Unit)
	if chosen := chosenOf(can, k.Services); len(chosen) > 0 {
		can = chosen
	}
	return Desk{
		Unit:   k.Unit,
		Can:    func(s ids.Service) bool { return slices.Contains(can, s) },
		Speaks: func(t Ticket) bool { return !known || unit.Speaks(t.Lang) },
	}
}

// Uncalled are the services for which somebody waits, and which no counter calls where somebody works, though one could: others were chosen there.
func Uncalled(c *catalog.Config, h *Hall, now int64) []ids.Service {
	waits := map[ids.Service]bool{}
	for _, t := range h.Tickets {
		if t.StateAt(now) == Waiting {
			waits[t.Service] = true
		}
	}
	could := map[ids.Service]bool{}
	for _, k := range h.Counters {
		if k.Staff == "" {
			continue
		}
		called := DeskAt(c, k).Can
		for _, s := range ServedAt(c, k.Office, k.Unit) {
			if waits[s] && called(s) {
				delete(waits, s)
			}
			could[s] = true
		}
	}
	var out []ids.Service
	for _, s := range c.ServicesAt(h.Office) {
		if waits[s.ID] && could[s.ID] {
			out = append(out, s.ID)
		}
	}
	return out
}

// Takes reports whether a ticket can be served at a counter.
func (d Desk) Takes(t Ticket) bool {
	return (t.Unit == "" || t.Unit == d.Unit) && d.Can(t.Service) && (!t.Speaks || d.Speaks(t))
}

// WalkInOpen reports whether a walk-in ticket for a service is given at an office at a moment. Where the office has walk-in hours they count, otherwise
// all its opening hours; the last ticket is given so long before closing as the policy says.
func WalkInOpen(c *catalog.Config, office *org.Office, service ids.Service, now time.Time) bool {
	p := c.Policy(service, office.ID)
	if !p.WalkIn {
		return false
	}
	until, open := org.WalkInNow(c.Org, *office, service, now, c.Zone())
	return open && !now.After(until.Add(-p.WalkInLast))
}

// Resting a kiosk: after so many wrong tries in a row, for so long (reliability.md).
const (
	WrongTries  = 5
	RestSeconds = 60
)

// UndoSeconds is how long the last deed at a counter can be undone, the last second included.
const UndoSeconds = 5 * 60

// MostPark is how long a ticket can be parked, in seconds.
const MostPark = 4 * 60 * 60
