package org

import (
	"slices"
	"time"

	"luukku/base/ids"
)

// Hours are opening hours of one day as the clock on the wall shows them, From included, To excluded (it may be 24:00).
type Hours struct {
	From, To Minute
}

// HoursLine is a line of printed opening hours: days of the week with the same hours. No hours means closed.
type HoursLine struct {
	Days  Weekdays
	Hours []Hours
}

// ofKinds picks rules by kind; without any kind, those at which somebody stands at the counter.
func ofKinds(kinds []Kind) wish {
	return func(k Kind, _ []ids.Service) bool {
		if len(kinds) == 0 {
			return k == Appointments || k == WalkIn
		}
		return slices.Contains(kinds, k)
	}
}

// HoursOn returns the office's hours on the date as a sign at its door would show them, for "open today 8-18": holidays and closures are taken out, clock
// changes don't matter. Without kinds it means appointments and walk-in together. Empty means closed all day; DayState tells why.
func HoursOn(o Organisation, office Office, d Date, kinds ...Kind) []Hours {
	return hoursOf(openings(o, office, d, onTheWall, ofKinds(kinds)))
}

// OpenNow reports whether the office is open at the instant, and until when. Without kinds it means appointments and walk-in together.
func OpenNow(o Organisation, office Office, now time.Time, loc *time.Location, kinds ...Kind) (until time.Time, open bool) {
	d := DateOf(now.In(loc))
	for _, s := range openings(o, office, d, absolute(d, loc), ofKinds(kinds)) {
		if s.Contains(now.Unix()) {
			return time.Unix(s.End, 0).In(loc), true
		}
	}
	return time.Time{}, false
}

// WeekHours returns the office's regular hours in the week for printing: every day of the week is on exactly one line, days with the same hours share
// theirs, and lines come in the order of their first day. Holidays, closures and exceptions are left out, since they are told apart. Without kinds it means
// appointments and walk-in together.
func WeekHours(office Office, w Week, kinds ...Kind) []HoursLine {
	var lines []HoursLine
	for _, d := range w.Dates() {
		hours, day := hoursOf(Timetable{Weekly: office.Hours}.spans(d, false, onTheWall, ofKinds(kinds))), OnDays(d.Weekday())
		i := slices.IndexFunc(lines, func(l HoursLine) bool { return slices.Equal(l.Hours, hours) })
		if i < 0 {
			lines = append(lines, HoursLine{day, hours})
			continue
		}
		lines[i].Days |= day
	}
	return lines
}

// hoursOf reads spans on the scale of local minutes.
func hoursOf(spans []Span) []Hours {
	var out []Hours
	for _, s := range spans {
		out = append(out, Hours{Minute(s.Start), Minute(s.End)})
	}
	return out
}
