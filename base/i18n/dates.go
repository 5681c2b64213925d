package i18n

import (
	"strconv"
	"strings"
	"time"
)

// Every method here takes a time in the zone in which it shall be shown, and never asks which one that is.

// Weekday returns "Monday", "maanantai".
func (p *Printer) Weekday(t time.Time) string { return p.locale.Weekdays[weekday(t)] }

// WeekdayShort returns "Mon", "ma", for narrow columns.
func (p *Printer) WeekdayShort(t time.Time) string { return p.locale.WeekdaysShort[weekday(t)] }

// Month returns the name of a month that stands alone: "November", "marraskuu", "listopad".
func (p *Printer) Month(m time.Month) string { return p.locale.Months[(int(m)+11)%12] }

// MonthYear returns the heading of a month: "November 2026", "listopad 2026".
func (p *Printer) MonthYear(t time.Time) string { return p.date(p.locale.monthYear, t) }

// DayMonth returns "23 November", "23. marraskuuta".
func (p *Printer) DayMonth(t time.Time) string { return p.date(p.locale.dayMonth, t) }

// Day returns "Monday 23 November", "maanantai 23. marraskuuta".
func (p *Printer) Day(t time.Time) string { return p.date(p.locale.day, t) }

// LongDate returns "Monday 23 November 2026".
func (p *Printer) LongDate(t time.Time) string { return p.date(p.locale.longDate, t) }

// ShortDate returns "23 Nov 2026", "23.11.2026", "2026-11-23", for tables.
func (p *Printer) ShortDate(t time.Time) string { return p.date(p.locale.shortDate, t) }

// OnDay returns the day as it stands in a sentence: "Monday 23 November", "maanantaina 23. marraskuuta", "v pondělí 23. listopadu".
func (p *Printer) OnDay(t time.Time) string { return p.date(p.locale.onDay, t) }

// At returns day and time as they stand in a sentence: "Monday 23 November at 9:20", "måndagen den 23 november kl. 9.20".
func (p *Printer) At(t time.Time) string {
	pattern := p.locale.at
	for _, h := range p.locale.SoftHours {
		if h == t.Hour() {
			pattern = p.locale.atSoft
		}
	}
	return pattern.fill(func(name string) string {
		if name == "on_day" {
			return p.OnDay(t)
		}
		return p.Clock(t)
	})
}

// Clock returns "9:20", "9.20", by the 24-hour clock.
func (p *Printer) Clock(t time.Time) string {
	return p.locale.clock.fill(func(name string) string {
		switch name {
		case "hour":
			return strconv.Itoa(t.Hour())
		case "hour_two":
			return twoDigits(t.Hour())
		default:
			return twoDigits(t.Minute())
		}
	})
}

// ClockRange returns "9:20–9:40".
func (p *Printer) ClockRange(from, to time.Time) string {
	return p.locale.clockRange.fill(func(name string) string {
		if name == "from" {
			return p.Clock(from)
		}
		return p.Clock(to)
	})
}

// DayRange returns "23–27 November 2026", "30 November – 4 December 2026", both years when they differ, and one day when it is only one. The order of
// the two days does not matter.
func (p *Printer) DayRange(from, to time.Time) string {
	if to.Before(from) {
		from, to = to, from
	}
	l := p.locale
	pattern := l.days
	switch {
	case from.Year() == to.Year() && from.YearDay() == to.YearDay():
		pattern = l.oneDay
	case from.Year() == to.Year() && from.Month() == to.Month():
		pattern = l.daysInMonth
	case from.Year() == to.Year():
		pattern = l.daysInYear
	}
	return pattern.fill(func(name string) string {
		if first, second := strings.CutSuffix(name, "2"); second {
			return p.dateField(first, to)
		}
		return p.dateField(name, from)
	})
}

// WeekTitle returns the heading of a week by its ISO number: "Week 48, 2026", "Viikko 48/2026".
func (p *Printer) WeekTitle(year, week int) string {
	return p.locale.weekTitle.fill(func(name string) string {
		if name == "week" {
			return strconv.Itoa(week)
		}
		return strconv.Itoa(year)
	})
}

func (p *Printer) date(pattern *message, t time.Time) string {
	return pattern.fill(func(name string) string { return p.dateField(name, t) })
}

// dateField returns one of dateFields.
func (p *Printer) dateField(name string, t time.Time) string {
	l, month := p.locale, int(t.Month())
	switch name {
	case "weekday":
		return l.Weekdays[weekday(t)]
	case "on_weekday":
		return l.OnWeekdays[weekday(t)]
	case "day":
		return strconv.Itoa(t.Day())
	case "day_two":
		return twoDigits(t.Day())
	case "month":
		return l.MonthsOfDay[month-1]
	case "month_alone":
		return l.Months[month-1]
	case "month_short":
		return l.MonthsShort[month-1]
	case "month_number":
		return strconv.Itoa(month)
	case "month_two":
		return twoDigits(month)
	default:
		return strconv.Itoa(t.Year())
	}
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
