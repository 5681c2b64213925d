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

// OpenSpans returns when the unit can serve appointments for the service on the date: the weekly rules in force (the unit's own, or else the office's),
// without closures, and nothing on holidays when the organisation closes then. An empty service asks about any. The spans are sorted, apart from each
// other, and trimmed inward to whole cells of five minutes. Unknown zones are the caller's affair: loc is Organisation.Location.
//
// The spans of two dates never overlap unless the zone sets its clocks back over midnight.
func OpenSpans(o Organisation, office Office, unit Unit, service ids.Service, d Date, loc *time.Location) []Span {
	return DayState(o, office, unit, service, d, loc).Spans
}

// DayState returns OpenSpans and, for a day without any, the reason. A holiday comes before a closure, and a closure of whole days before a day that
// has no opening hours anyway, because the name of the holiday or the reason tells a reader more than "closed".
func DayState(o Organisation, office Office, unit Unit, service ids.Service, d Date, loc *time.Location) Day {
	day, done := closedAllDay(o, office, d)
	if done {
		return day
	}
	if !unit.Serves(service, d) {
		return day
	}
	rules := unit.Hours
	if len(rules) == 0 {
		rules = office.Hours
	}
	spans, closure := openings(rules, office.Closures, d, absolute(d, loc), func(w Weekly) bool {
		return w.Kind == Appointments && offers(w.Services, service)
	})
	day.Closure = closure
	for _, s := range spans {
		if s = s.trim(); s.Start < s.End {
			day.Spans = append(day.Spans, s)
		}
	}
	switch {
	case len(day.Spans) > 0:
		day.State = StateOpen
	case !closure.From.IsZero():
		day.State = StateClosure
	}
	return day
}

// closedAllDay says whether a holiday or a closure of whole days takes the date; otherwise it returns a day without hours to go on with.
func closedAllDay(o Organisation, office Office, d Date) (Day, bool) {
	if o.ClosedOnHolidays {
		if h, ok := HolidayOn(o.Country, d); ok {
			return Day{Date: d, State: StateHoliday, Holiday: h}, true
		}
	}
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

// openings returns the merged spans of the rules that are in force and wanted, without the closures, and the first closure that took something away.
func openings(rules []Weekly, closures []Closure, d Date, in scale, want func(Weekly) bool) ([]Span, Closure) {
	var spans []Span
	for _, w := range rules {
		if w.InForce(d) && want(w) {
			spans = append(spans, in(w.From, w.To))
		}
	}
	spans = merge(spans)
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
