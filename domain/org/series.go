package org

import (
	"errors"
	"slices"
)

// Scope says how much of a series a change is for.
type Scope string

// The scopes.
const (
	OnlyDay   Scope = "day"       // one date
	Following Scope = "following" // the date and all after it
	Whole     Scope = "series"
)

// Errors of changing a series.
var (
	ErrNoSeries    = errors.New("there is no such series")
	ErrNotItsDay   = errors.New("the series is not open on that day")
	ErrDayHasOwn   = errors.New("that day has hours of its own")
	ErrUnknownPart = errors.New("there is no such part of a series")
)

// ChangeSeries returns the timetable with the i-th weekly rule changed to another, or taken away when next is nil: on a date alone, from the date on, or as a
// whole. Exceptions of single dates stay as they are, whatever becomes of the series. The date must be one on which the series is open, unless the whole series
// is changed. Of next, a change from a date on keeps what it says but when it begins; a change of one date keeps its hours and services.
func (t Timetable) ChangeSeries(i int, scope Scope, d Date, next *Weekly) (Timetable, error) {
	if i < 0 || i >= len(t.Weekly) {
		return t, ErrNoSeries
	}
	old := t.Weekly[i]
	if scope != Whole && !old.InForce(d) {
		return t, ErrNotItsDay
	}
	out := Timetable{slices.Clone(t.Weekly), slices.Clone(t.Exceptions)}
	switch scope {
	case Whole:
		out.Weekly = replace(out.Weekly, i, next)
	case Following:
		before := old
		before.ValidUntil = d.Add(-1)
		after := next
		if next != nil {
			from := *next
			from.ValidFrom = d
			after = &from
		}
		out.Weekly = replace(out.Weekly, i, after)
		if before.Check() == nil && before.opens() {
			out.Weekly = slices.Insert(out.Weekly, i, before)
		}
	case OnlyDay:
		if replaced(t.Exceptions, d, old.Kind) {
			return t, ErrDayHasOwn
		}
		others := Timetable{Weekly: slices.Delete(slices.Clone(t.Weekly), i, i+1)}
		lines := others.Hours(d, old.Kind)
		if next != nil {
			lines = append(lines, Exception{Date: d, From: next.From, To: next.To, Kind: old.Kind, Services: next.Services})
		}
		return t.SetDay(d, old.Kind, lines), nil
	default:
		return t, ErrUnknownPart
	}
	return out, nil
}

// opens reports whether the rule is in force on any date at all: one that ends may end before its first day comes.
func (w Weekly) opens() bool {
	if w.ValidUntil.IsZero() || w.ValidFrom.IsZero() {
		return true
	}
	for d := w.ValidFrom; !d.After(w.ValidUntil); d = d.Add(1) {
		if w.InForce(d) {
			return true
		}
	}
	return false
}

func replace(list []Weekly, i int, next *Weekly) []Weekly {
	if next == nil {
		return slices.Delete(list, i, i+1)
	}
	list[i] = *next
	return list
}

// SetDay returns the timetable with the hours of a date and kind; without any the date is closed for that kind. What the date had of it before is gone.
func (t Timetable) SetDay(d Date, k Kind, hours []Exception) Timetable {
	out := t.ClearDay(d, k)
	if len(hours) == 0 {
		hours = []Exception{{Closed: true}}
	}
	for _, h := range hours {
		h.Date, h.Kind = d, k
		out.Exceptions = append(out.Exceptions, h)
	}
	out.Exceptions = sortedExceptions(out.Exceptions)
	return out
}

// ClearDay returns the timetable in which a date has no hours of its own of a kind: its weekly rules hold again. A date that was closed for everything stays
// closed for the other kinds.
func (t Timetable) ClearDay(d Date, k Kind) Timetable {
	out := Timetable{Weekly: t.Weekly}
	for _, e := range t.Exceptions {
		switch {
		case e.Date != d || e.Kind != k && e.Kind != AnyKind:
			out.Exceptions = append(out.Exceptions, e)
		case e.Kind == AnyKind:
			for _, other := range []Kind{Appointments, WalkIn, Phone} {
				if other != k {
					out.Exceptions = append(out.Exceptions, Exception{Date: d, Closed: true, Kind: other})
				}
			}
		}
	}
	out.Exceptions = sortedExceptions(out.Exceptions)
	return out
}

func sortedExceptions(list []Exception) []Exception {
	slices.SortStableFunc(list, func(a, b Exception) int {
		if n := a.Date.Compare(b.Date); n != 0 {
			return n
		}
		return int(a.From - b.From)
	})
	return list
}
