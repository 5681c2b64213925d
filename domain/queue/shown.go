package queue

import (
	"cmp"
	"slices"
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Line is what everybody may know of those who wait for a service: how many, and how long somebody would who came now.
type Line struct {
	Service *catalog.Service
	Waiting int
	Wait    Wait
	// Open is whether numbers are given now; Until is when the last one is given in the present hours, zero where there are none.
	Open  bool
	Until time.Time
}

// Lines are the services of an office for which anybody waits, or numbers are given.
func Lines(c *catalog.Config, w *Waits, now time.Time) []Line {
	office, err := c.Office(w.Hall.Office)
	if err != nil {
		return nil
	}
	waiting := map[ids.Service]int{}
	for _, t := range w.Hall.Tickets {
		if t.StateAt(now.Unix()) == Waiting {
			waiting[t.Service]++
		}
	}
	var out []Line
	for _, s := range c.ServicesAt(office.ID) {
		l := Line{Service: s, Waiting: waiting[s.ID], Wait: unknown, Open: WalkInOpen(c, office, s.ID, now)}
		if x, ok := w.Services[s.ID]; ok {
			l.Wait = x
		}
		l.Until, _ = LastNumber(c, office, s.ID, now)
		if l.Waiting > 0 || l.Open || !l.Until.IsZero() {
			out = append(out, l)
		}
	}
	return out
}

// Calls are those who were called to a counter or are served there, the newest call first.
func (h *Hall) Calls() []Ticket {
	var out []Ticket
	for _, t := range h.Tickets {
		if t.State == Called || t.State == Serving {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b Ticket) int { return cmp.Or(cmp.Compare(b.CalledAt, a.CalledAt), cmp.Compare(b.ID, a.ID)) })
	return out
}

// LastNumber is the last moment at which a walk-in ticket for a service is given in the hours that the office is in now; false when it has none now, or
// the service takes no walk-ins. The moment may be over: then no new numbers are given until the next hours.
func LastNumber(c *catalog.Config, office *org.Office, service ids.Service, now time.Time) (time.Time, bool) {
	p := c.Policy(service, office.ID)
	if !p.WalkIn {
		return time.Time{}, false
	}
	until, open := org.WalkInNow(c.Org, *office, service, now, c.Zone())
	if !open {
		return time.Time{}, false
	}
	return until.Add(-p.WalkInLast), true
}
