package org

import (
	"fmt"
	"slices"

	"luukku/base/ids"
)

// Overlap is two lines of a timetable that are open at the same time for the same service. Both hold: what they share counts once.
type Overlap struct {
	Exception bool // the line is an exception, otherwise a weekly rule
	Index     int  // of the later line
	Line      string
	Other     string // the earlier line
	On        Date   // the first date on which they meet
}

// At is where the later line stands: "hours[2]".
func (o Overlap) At() string {
	if o.Exception {
		return fmt.Sprintf("exceptions[%d]", o.Index)
	}
	return fmt.Sprintf("hours[%d]", o.Index)
}

// Overlaps returns which lines overlap an earlier one of their kind, each once, in their order.
func (t Timetable) Overlaps() []Overlap {
	var out []Overlap
	for i, w := range t.Weekly {
		for _, other := range t.Weekly[:i] {
			if on, ok := w.meets(other); ok {
				out = append(out, Overlap{Index: i, Line: w.String(), Other: other.String(), On: on})
				break
			}
		}
	}
	for i, e := range t.Exceptions {
		j := slices.IndexFunc(t.Exceptions[:i], func(o Exception) bool {
			return o.Date == e.Date && o.Kind == e.Kind && !o.Closed && !e.Closed && o.From < e.To && e.From < o.To && share(o.Services, e.Services)
		})
		if j >= 0 {
			out = append(out, Overlap{Exception: true, Index: i, Line: e.String(), Other: t.Exceptions[j].String(), On: e.Date})
		}
	}
	return out
}

// contradicts reports whether one of two exceptions closes what the other opens.
func (e Exception) contradicts(o Exception) bool {
	return e.Date == o.Date && e.Closed != o.Closed && (e.Kind == o.Kind || e.Kind == AnyKind || o.Kind == AnyKind)
}

// share reports whether two lists of services have one in common; an empty list has all.
func share(a, b []ids.Service) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(s ids.Service) bool { return slices.Contains(b, s) })
}

// The days within which two rules meet if they ever do. Rules of every week meet within one. Those of every n-th week meet within n*m weeks; a day of a month
// can come once in a few years only, and then in the right week of n.
const (
	meetWeekly  = 7
	meetMonthly = 30 * 366
)

// meets returns the first date on which two rules of one kind are open at the same time for a service.
func (w Weekly) meets(o Weekly) (Date, bool) {
	if w.Kind != o.Kind || w.From >= o.To || o.From >= w.To || w.Days&o.Days == 0 || !share(w.Services, o.Services) {
		return Date{}, false
	}
	from, until := later(w.ValidFrom, o.ValidFrom), earlier(w.ValidUntil, o.ValidUntil)
	if from.IsZero() {
		from = firstScanned
		if !until.IsZero() {
			from = until.Add(-meetMonthly)
		}
	}
	span := meetWeekly * max(w.Every, 1) * max(o.Every, 1)
	if w.Nth != 0 || o.Nth != 0 {
		span = meetMonthly
	}
	for d, end := from, from.Add(span); !d.After(end) && (until.IsZero() || !d.After(until)); d = d.Add(1) {
		if w.InForce(d) && o.InForce(d) {
			return d, true
		}
		if d == lastScanned {
			break
		}
	}
	return Date{}, false
}

// The first date that is looked at where rules hold since ever, a Monday, and the calendar's last.
var (
	firstScanned = Date{730486} // 2000-12-31 is 730485, a Sunday
	lastScanned  = Date{lastDay}
)

// later returns the later of two first dates, where a zero date is open.
func later(a, b Date) Date {
	if a.Before(b) {
		return b
	}
	return a
}

// earlier returns the earlier of two last dates, where a zero date is open.
func earlier(a, b Date) Date {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
