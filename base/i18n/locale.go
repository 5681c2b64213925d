package i18n

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// localeStem is the one file of a language's folder that holds no texts but how the language writes days, times and numbers.
const localeStem = "locale"

// localeFile is locale.toml. Our own data, since the libraries have either only the nominative or only the genitive of Finnish and Czech months.
type localeFile struct {
	Weekdays      []string `toml:"weekdays"` // Monday first, as everything here
	WeekdaysShort []string `toml:"weekdays_short"`
	OnWeekdays    []string `toml:"on_weekdays"` // as they stand in a sentence
	Months        []string `toml:"months"`
	MonthsOfDay   []string `toml:"months_of_day"` // as they stand after a day
	MonthsShort   []string `toml:"months_short"`

	DayMonth    string `toml:"day_month"`
	Day         string `toml:"day"`
	LongDate    string `toml:"long_date"`
	ShortDate   string `toml:"short_date"`
	MonthYear   string `toml:"month_year"`
	OnDay       string `toml:"on_day"`
	At          string `toml:"at"`
	AtSoft      string `toml:"at_soft"`    // before the hours that want another preposition
	SoftHours   []int  `toml:"soft_hours"` // 0 to 23
	OneDay      string `toml:"one_day"`
	DaysInMonth string `toml:"days_in_month"`
	DaysInYear  string `toml:"days_in_year"`
	Days        string `toml:"days"`
	WeekTitle   string `toml:"week_title"`

	Clock       string `toml:"clock"`
	ClockRange  string `toml:"clock_range"`
	Group       string `toml:"group"` // between thousands
	Minus       string `toml:"minus"`
	ListBetween string `toml:"list_between"`
	ListLast    string `toml:"list_last"`
}

// locale is a localeFile with its patterns cut up.
type locale struct {
	localeFile
	dayMonth, day, longDate, shortDate, monthYear    *message
	onDay, at, atSoft                                *message
	oneDay, daysInMonth, daysInYear, days, weekTitle *message
	clock, clockRange                                *message
}

// dateFields are the placeholders that a pattern of one day may have; those with a 2 belong to the second day of a range.
var dateFields = []string{
	"weekday", "on_weekday", "day", "day_two", "month", "month_alone", "month_short", "month_number", "month_two", "year",
}

// newLocale reads locale.toml and refuses what would show as a gap on a page.
func newLocale(data []byte) (*locale, error) {
	l := &locale{}
	d := toml.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&l.localeFile); err != nil {
		return nil, positioned(err)
	}
	for _, list := range []struct {
		name   string
		values []string
		want   int
	}{
		{"weekdays", l.Weekdays, 7}, {"weekdays_short", l.WeekdaysShort, 7}, {"on_weekdays", l.OnWeekdays, 7},
		{"months", l.Months, 12}, {"months_of_day", l.MonthsOfDay, 12}, {"months_short", l.MonthsShort, 12},
	} {
		if len(list.values) != list.want || slices.Contains(list.values, "") {
			return nil, fmt.Errorf("%s: want %d names, got %q", list.name, list.want, list.values)
		}
	}
	for _, h := range l.SoftHours {
		if h < 0 || h > 23 {
			return nil, fmt.Errorf("soft_hours: %d is no hour", h)
		}
	}
	for name, s := range map[string]string{"group": l.Group, "minus": l.Minus, "list_between": l.ListBetween, "list_last": l.ListLast} {
		if s == "" {
			return nil, fmt.Errorf("%s: missing", name)
		}
	}
	return l, l.cut()
}

// cut cuts up the patterns.
func (l *locale) cut() error {
	var two []string
	for _, f := range dateFields {
		two = append(two, f, f+"2")
	}
	at := []string{"on_day", "clock"}
	for _, p := range []struct {
		name    string
		to      **message
		pattern string
		fields  []string
	}{
		{"day_month", &l.dayMonth, l.DayMonth, dateFields}, {"day", &l.day, l.Day, dateFields},
		{"long_date", &l.longDate, l.LongDate, dateFields}, {"short_date", &l.shortDate, l.ShortDate, dateFields},
		{"month_year", &l.monthYear, l.MonthYear, dateFields}, {"on_day", &l.onDay, l.OnDay, dateFields},
		{"at", &l.at, l.At, at}, {"at_soft", &l.atSoft, l.AtSoft, at},
		{"one_day", &l.oneDay, l.OneDay, dateFields}, {"days_in_month", &l.daysInMonth, l.DaysInMonth, two},
		{"days_in_year", &l.daysInYear, l.DaysInYear, two}, {"days", &l.days, l.Days, two},
		{"week_title", &l.weekTitle, l.WeekTitle, []string{"week", "year"}},
		{"clock", &l.clock, l.Clock, []string{"hour", "hour_two", "minute"}},
		{"clock_range", &l.clockRange, l.ClockRange, []string{"from", "to"}},
	} {
		m, err := newMessage(p.pattern)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if m.parts == nil {
			return fmt.Errorf("%s: missing, or without placeholders", p.name)
		}
		for _, n := range m.names() {
			if !slices.Contains(p.fields, n) {
				return fmt.Errorf("%s: unknown placeholder %q, want some of %v", p.name, n, p.fields)
			}
		}
		*p.to = m
	}
	return nil
}

// weekday returns the place of a day in lists that begin with Monday.
func weekday(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }
