package ui

import "luukku/base/i18n"

// empty reports whether the day is one line of words.
func (d Day) empty() bool { return d.State != DayOpen || len(d.Parts) == 0 }

// words says why the day has no times.
func (d Day) words(p *i18n.Printer) string {
	switch d.State {
	case DayFull:
		return say(p, "ui.day.full")
	case DayClosed:
		if d.Note != "" {
			return say(p, "ui.day.closed_why", "why", d.Note)
		}
		return say(p, "ui.day.closed")
	case DayNotYet:
		return first(d.Note, say(p, "ui.day.not_yet"))
	case DayPast:
		return say(p, "ui.day.past")
	}
	return first(d.Note, say(p, "ui.day.none"))
}

// parts is the largest number of parts that a day of the week has, at least 1.
func parts(days []Day) int {
	n := 1
	for _, d := range days {
		if !d.empty() {
			n = max(n, len(d.Parts))
		}
	}
	return n
}
