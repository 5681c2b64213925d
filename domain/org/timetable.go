package org

import (
	"slices"

	"luukku/base/ids"
)

// Timetable is when something is open, closures and holidays aside: weekly rules, and what holds on single dates instead of them.
type Timetable struct {
	Weekly     []Weekly
	Exceptions []Exception
}

// Timetable is that of the office.
func (o Office) Timetable() Timetable { return Timetable{o.Hours, o.Exceptions} }

// Timetable is the unit's own. Without weekly rules the unit follows the office's.
func (u Unit) Timetable() Timetable { return Timetable{u.Hours, u.Exceptions} }

// wish says of a kind and services of opening hours whether they are wanted.
type wish func(k Kind, services []ids.Service) bool

// spans returns the merged times of a date. On a holiday the weekly rules don't hold.
func (t Timetable) spans(d Date, holiday bool, in scale, want wish) []Span {
	var out []Span
	for _, w := range t.Weekly {
		if !holiday && w.InForce(d) && want(w.Kind, w.Services) && !replaced(t.Exceptions, d, w.Kind) {
			out = append(out, in(w.From, w.To))
		}
	}
	for _, e := range t.Exceptions {
		if e.Date == d && !e.Closed && want(e.Kind, e.Services) {
			out = append(out, in(e.From, e.To))
		}
	}
	return merge(out)
}

// unitSpans are the times of a date in which a unit serves by appointment: what its own exceptions say, or else its own hours, or else the office's. Where the
// office has an exception, own hours hold as far as the exception is open.
func unitSpans(office Office, unit Unit, d Date, holiday bool, in scale, want wish) []Span {
	exceptional := replaced(office.Exceptions, d, Appointments)
	switch {
	case replaced(unit.Exceptions, d, Appointments):
		return Timetable{nil, unit.Exceptions}.spans(d, holiday, in, want)
	case len(unit.Hours) == 0:
		return office.Timetable().spans(d, holiday, in, want)
	case exceptional:
		own := Timetable{unit.Hours, nil}.spans(d, false, in, want)
		return intersect(own, Timetable{nil, office.Exceptions}.spans(d, false, in, want))
	}
	return Timetable{unit.Hours, nil}.spans(d, holiday, in, want)
}

// Hours are the opening times of one date and kind as lines: what holds there, in the order in which it begins.
func (t Timetable) Hours(d Date, k Kind) []Exception {
	var out []Exception
	for _, w := range t.Weekly {
		if w.Kind == k && w.InForce(d) && !replaced(t.Exceptions, d, k) {
			out = append(out, Exception{Date: d, From: w.From, To: w.To, Kind: k, Services: w.Services})
		}
	}
	for _, e := range t.Exceptions {
		if e.Date == d && e.Kind == k && !e.Closed {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Exception) int { return int(a.From - b.From) })
	return out
}

// intersect returns what is in both of two lists of merged spans.
func intersect(a, b []Span) []Span {
	var out []Span
	for _, x := range a {
		for _, y := range b {
			if s := (Span{max(x.Start, y.Start), min(x.End, y.End)}); s.Start < s.End {
				out = append(out, s)
			}
		}
	}
	return out
}
