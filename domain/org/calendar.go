package org

import (
	"slices"
	"time"

	"luukku/base/ids"
)

// State says whether a day is open, and if not, why.
type State string

// The states of a day.
const (
	StateOpen    State = "open"
	StateClosed  State = "closed"  // no opening hours on that day
	StateHoliday State = "holiday" // a public holiday
	StateClosure State = "closure" // closed against the weekly hours
)

// Day is what the calendar says of one date.
type Day struct {
	Date  Date
	State State
	// Holiday is set when State is StateHoliday.
	Holiday Holiday
	// Closure is set when State is StateClosure, and on an open day that a closure shortens.
	Closure Closure
	// Spans are the open times, sorted, apart from each other, each on the grid of cells. Empty unless State is StateOpen.
	Spans []Span
}

// OpenSpans returns when the unit can serve appointments for the service on the date: what is said of the date itself, or else the weekly rules in force (the
// unit's own, or else the office's), without closures, and of weekly rules nothing on holidays when the organisation closes then. An empty service asks about
// any. The spans are sorted, apart from each other, and trimmed inward to whole cells of five minutes. Unknown zones are the caller's affair: loc is
// Organisation.Location.
//
// The spans of two dates never overlap unless the zone sets its clocks back over midnight.
func OpenSpans(o Organisation, office Office, unit Unit, service ids.Service, d Date, loc *time.Location) []Span {
	return DayState(o, office, unit, service, d, loc).Spans
}

// DayState returns OpenSpans and, for a day without any, the reason. A holiday comes before a closure, and a closure of whole days before a day that
// has no opening hours anyway, because the name of the holiday or the reason tells a reader more than "closed".
func DayState(o Organisation, office Office, unit Unit, service ids.Service, d Date, loc *time.Location) Day {
	holiday, free := o.holiday(d)
	day, done := closedAllDay(office, d)
	var spans []Span
	if !done && unit.Serves(service, d) {
		var closure Closure
		spans = unitSpans(office, unit, d, free, absolute(d, loc), func(k Kind, services []ids.Service) bool {
			return k == Appointments && offers(services, service)
		})
		spans, closure = without(spans, office.Closures, d, absolute(d, loc))
		day.Closure = closure
	}
	for _, s := range spans {
		if s = s.trim(); s.Start < s.End {
			day.Spans = append(day.Spans, s)
		}
	}
	switch {
	case len(day.Spans) > 0:
		day.State = StateOpen
	case free:
		return Day{Date: d, State: StateHoliday, Holiday: holiday}
	case !day.Closure.From.IsZero():
		day.State = StateClosure
	}
	return day
}

// holiday returns the public holiday on which the organisation's offices are closed.
func (o Organisation) holiday(d Date) (Holiday, bool) {
	if !o.ClosedOnHolidays {
		return Holiday{}, false
	}
	return HolidayOn(o.Country, d)
}

// closedAllDay says whether a closure of whole days takes the date; otherwise it returns a day without hours to go on with.
func closedAllDay(office Office, d Date) (Day, bool) {
	for _, c := range office.Closures {
		if c.Covers(d) && c.WholeDay() {
			return Day{Date: d, State: StateClosure, Closure: c}, true
		}
	}
	return Day{Date: d, State: StateClosed}, false
}

// scale turns the minutes of a date into a span: of absolute time, or of the minutes themselves.
type scale func(from, to Minute) Span

// absolute is the scale of Unix seconds.
func absolute(d Date, loc *time.Location) scale {
	return func(from, to Minute) Span {
		return Span{instant(d, from, loc, Opening), instant(d, to, loc, Closing)}
	}
}

// onTheWall is the scale of local minutes.
func onTheWall(from, to Minute) Span { return Span{int64(from), int64(to)} }

// openings returns the merged spans of the office's hours of wanted kinds on a date, without closures.
func openings(o Organisation, office Office, d Date, in scale, want wish) []Span {
	if _, done := closedAllDay(office, d); done {
		return nil
	}
	_, free := o.holiday(d)
	spans, _ := without(office.Timetable().spans(d, free, in, want), office.Closures, d, in)
	return spans
}

// without returns merged spans without the closures, and the first closure that took something away.
func without(spans []Span, closures []Closure, d Date, in scale) ([]Span, Closure) {
	var by Closure
	for _, c := range closures {
		if len(spans) == 0 || !c.Covers(d) {
			continue
		}
		left := subtract(spans, in(c.minutes()))
		if by.From.IsZero() && !slices.Equal(left, spans) {
			by = c
		}
		spans = left
	}
	return spans, by
}
