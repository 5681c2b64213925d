package org

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"luukku/base/ids"
)

// Minute is a local time of day in minutes after midnight as the clock on the wall shows it, from 0 to 1440 (24:00, the day's end).
type Minute int

// EndOfDay is 24:00.
const EndOfDay Minute = 24 * 60

// ParseMinute reads "9:00", "09:00" or "24:00".
func ParseMinute(s string) (Minute, error) {
	h, m, ok := strings.Cut(s, ":")
	hour, minute := digits(h), digits(m)
	t := Minute(hour*60 + minute)
	if !ok || len(h) > 2 || len(m) != 2 || hour < 0 || minute < 0 || minute > 59 || t > EndOfDay {
		return 0, fmt.Errorf("time of day %.40q: want the form 09:00, up to 24:00", s)
	}
	return t, nil
}

// Valid reports whether the minute is between 0 and 1440.
func (m Minute) Valid() bool { return m >= 0 && m <= EndOfDay }

// Clock returns hour and minute; 24:00 is 24, 0.
func (m Minute) Clock() (hour, minute int) { return int(m) / 60, int(m) % 60 }

// String returns "09:00".
func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", int(m)/60, int(m)%60) }

// MarshalText writes the minute as String does.
func (m Minute) MarshalText() ([]byte, error) {
	if !m.Valid() {
		return nil, fmt.Errorf("time of day: %d minutes is not within a day", int(m))
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads what ParseMinute reads.
func (m *Minute) UnmarshalText(b []byte) error {
	v, err := ParseMinute(string(b))
	if err != nil {
		return err
	}
	*m = v
	return nil
}

// MinuteOf returns the time of day that t's own location shows, the seconds left out.
func MinuteOf(t time.Time) Minute { return Minute(t.Hour()*60 + t.Minute()) }

// Weekdays is a set of days of the week: bit 0 is Monday, bit 6 Sunday.
type Weekdays uint8

// EveryDay is all seven days.
const EveryDay Weekdays = 1<<7 - 1

var dayNames = [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// OnDays returns the set of the given days.
func OnDays(days ...time.Weekday) Weekdays {
	var w Weekdays
	for _, d := range days {
		w |= 1 << daysFromMonday(d)
	}
	return w
}

// Has reports whether the day is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&OnDays(d) != 0 }

// Days lists the set, Monday first.
func (w Weekdays) Days() []time.Weekday {
	var out []time.Weekday
	for i := range 7 {
		if w&(1<<i) != 0 {
			out = append(out, time.Weekday((i+1)%7))
		}
	}
	return out
}

// DayRun is consecutive days of the week, First to Last; both are the same for a single day.
type DayRun struct{ First, Last time.Weekday }

// Runs groups the set into runs of consecutive days, Monday first, as pages print it: "Mon-Wed, Fri".
func (w Weekdays) Runs() []DayRun {
	var out []DayRun
	for _, d := range w.Days() {
		if n := len(out); n > 0 && daysFromMonday(out[n-1].Last)+1 == daysFromMonday(d) {
			out[n-1].Last = d
			continue
		}
		out = append(out, DayRun{d, d})
	}
	return out
}

// String returns the set as blueprints write it: "mon-fri", "tue,thu", "mon-wed,sun".
func (w Weekdays) String() string {
	var parts []string
	for _, r := range w.Runs() {
		first, last := daysFromMonday(r.First), daysFromMonday(r.Last)
		switch {
		case last-first >= 2:
			parts = append(parts, dayNames[first]+"-"+dayNames[last])
		default:
			parts = append(parts, dayNames[first:last+1]...)
		}
	}
	return strings.Join(parts, ",")
}

// ParseWeekdays reads what String writes; a range may run over the weekend ("fri-mon").
func ParseWeekdays(s string) (Weekdays, error) {
	var w Weekdays
	for part := range strings.SplitSeq(s, ",") {
		a, b, ranged := strings.Cut(part, "-")
		if !ranged {
			b = a
		}
		first, last := slices.Index(dayNames[:], a), slices.Index(dayNames[:], b)
		if first < 0 || last < 0 {
			return 0, fmt.Errorf("days %.40q: want the form mon-fri or tue,thu", s)
		}
		for i := first; ; i = (i + 1) % 7 {
			w |= 1 << i
			if i == last {
				break
			}
		}
	}
	return w, nil
}

// Kind is what a weekly rule is open for.
type Kind string

// The kinds of opening hours. The zero Kind is Appointments.
const (
	Appointments Kind = ""
	WalkIn       Kind = "walk-in"
	Phone        Kind = "phone"
)

// appointmentsWord is how a rule may spell out the default kind.
const appointmentsWord = "appointments"

// String returns the kind as blueprints and pages' text keys name it.
func (k Kind) String() string {
	if k == Appointments {
		return appointmentsWord
	}
	return string(k)
}

// Valid reports whether the kind is one of the list.
func (k Kind) Valid() bool { return k == Appointments || k == WalkIn || k == Phone }

// Weekly is one rule of opening hours that repeats every week, every so many weeks, or on some weekdays of each month. As text, in JSON and in TOML it is
// one line, such as
//
//	mon-fri 09:00-16:15
//	tue,thu 12:00-18:00 from 2026-06-01 until 2026-08-31
//	mon 09:00-15:00 walk-in for passport,name-change
//	tue 09:00-15:00 every 2 weeks from 2026-11-03
//	fri 09:00-12:00 1st,last of month
//
// Rules that overlap are open together: their times are merged, and nobody is served twice for it (see Overlaps).
type Weekly struct {
	Days Weekdays
	// From is included and To is not; To may be 1440. A rule never runs past midnight: that takes a second rule.
	From, To Minute
	// ValidFrom and ValidUntil are the first and the last date of the rule; a zero date is open.
	ValidFrom, ValidUntil Date
	// Every is in which weeks the rule holds: in every so many, counted from the week (ISO 8601) of ValidFrom. 0 and 1 are every week.
	Every int
	// Nth is on which of its days in a month the rule holds; none is on all of them.
	Nth Ordinals
	// Services are those served in these hours; empty means all.
	Services []ids.Service
	Kind     Kind
}

// InForce reports whether the rule opens on the date, holidays and closures aside.
func (w Weekly) InForce(d Date) bool {
	return !d.IsZero() && w.Days.Has(d.Weekday()) && within(d, w.ValidFrom, w.ValidUntil) && w.inWeek(d) && w.Nth.has(d)
}

// inWeek reports whether the rule holds in the week of a date.
func (w Weekly) inWeek(d Date) bool {
	if w.Every <= 1 {
		return true
	}
	weeks := monday(w.ValidFrom).DaysTo(monday(d)) / 7
	return weeks%w.Every == 0
}

// monday is the first day of a date's week.
func monday(d Date) Date { return d.Add(-daysFromMonday(d.Weekday())) }

// String returns the rule as one line. ParseWeekly reads it back for every rule that Check passes.
func (w Weekly) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s-%s", w.Days, w.From, w.To)
	if w.Every > 1 {
		fmt.Fprintf(&b, " every %d weeks", w.Every)
	}
	if w.Nth != 0 {
		fmt.Fprintf(&b, " %s of month", w.Nth)
	}
	if w.Kind != Appointments {
		b.WriteString(" " + w.Kind.String())
	}
	for i, s := range w.Services {
		b.WriteString([]string{" for ", ","}[min(i, 1)] + string(s))
	}
	if !w.ValidFrom.IsZero() {
		b.WriteString(" from " + w.ValidFrom.String())
	}
	if !w.ValidUntil.IsZero() {
		b.WriteString(" until " + w.ValidUntil.String())
	}
	return b.String()
}

// Check says what is wrong with the rule by itself: no days, hours that end before they begin, a validity that ends before it begins.
func (w Weekly) Check() error {
	switch {
	case w.Days == 0 || w.Days > EveryDay:
		return errors.New("opening hours: no days of the week")
	case !w.From.Valid() || !w.To.Valid():
		return errors.New("opening hours: times of day are from 00:00 to 24:00")
	case w.From >= w.To:
		return fmt.Errorf("opening hours %s-%s: they must end after they begin, and by 24:00; write a second rule for the next day", w.From, w.To)
	case !w.ValidUntil.IsZero() && w.ValidUntil.Before(w.ValidFrom):
		return fmt.Errorf("opening hours from %s until %s: they must end after they begin", w.ValidFrom, w.ValidUntil)
	case w.Every < 0 || w.Every > MostWeeks:
		return fmt.Errorf("opening hours: every %d weeks; at most every %d", w.Every, MostWeeks)
	case w.Every > 1 && w.ValidFrom.IsZero():
		return fmt.Errorf("opening hours every %d weeks: they need a first date, which says in which week they begin", w.Every)
	case w.Nth > allOrdinals:
		return errors.New("opening hours: days of a month are 1st to 5th and last")
	case w.Every > 1 && w.Nth != 0:
		return errors.New("opening hours: either every so many weeks or on days of the month, not both")
	case !w.Kind.Valid():
		return fmt.Errorf("opening hours: unknown kind %.40q", string(w.Kind))
	}
	return checkServices(w.Services)
}

func checkServices(list []ids.Service) error {
	for i, s := range list {
		if !ids.ValidSlug(string(s)) {
			return fmt.Errorf("opening hours: service %.40q is no slug", string(s))
		}
		if slices.Contains(list[:i], s) {
			return fmt.Errorf("opening hours: service %s is named twice", s)
		}
	}
	return nil
}

// ParseWeekly reads a rule from its line. Days and hours come first; "walk-in", "phone", "every n weeks", "1st,3rd of month", "for ...", "from ..." and
// "until ..." may follow, each once, in any order. The rule it returns passes Check.
func ParseWeekly(s string) (Weekly, error) {
	words := strings.Fields(s)
	if len(words) < 2 {
		return Weekly{}, fmt.Errorf("opening hours %.80q: want the form mon-fri 09:00-16:15", s)
	}
	w, err := parseDaysAndHours(words[0], words[1])
	if err != nil {
		return Weekly{}, fmt.Errorf("opening hours %.80q: %w", s, err)
	}
	seen := map[string]bool{}
	for rest := words[2:]; len(rest) > 0; {
		n, name, err := w.clause(rest)
		if err == nil && seen[name] {
			err = fmt.Errorf("%s is said twice", name)
		}
		if err != nil {
			return Weekly{}, fmt.Errorf("opening hours %.80q: %w", s, err)
		}
		seen[name] = true
		rest = rest[n:]
	}
	if err := w.Check(); err != nil {
		return Weekly{}, err
	}
	return w, nil
}

func parseDaysAndHours(days, hours string) (Weekly, error) {
	w := Weekly{}
	var err error
	if w.Days, err = ParseWeekdays(days); err != nil {
		return w, err
	}
	from, to, _ := strings.Cut(hours, "-")
	if w.From, err = ParseMinute(from); err != nil {
		return w, err
	}
	w.To, err = ParseMinute(to)
	return w, err
}

// clause reads one clause from the front of words, and returns how many words it took and which clause it was.
func (w *Weekly) clause(words []string) (n int, name string, err error) {
	switch name = words[0]; name {
	case string(WalkIn), string(Phone):
		w.Kind = Kind(name)
		return 1, "the kind", nil
	case appointmentsWord:
		w.Kind = Appointments
		return 1, "the kind", nil
	case "for", "from", "until":
	case "every":
		return w.everyClause(words)
	default:
		if len(words) >= 3 && words[1] == "of" && words[2] == "month" {
			w.Nth, err = ParseOrdinals(name)
			return 3, "the days of the month", err
		}
		return 0, name, fmt.Errorf("%.40q is not understood", name)
	}
	if len(words) < 2 {
		return 0, name, fmt.Errorf("%s what?", name)
	}
	switch name {
	case "from":
		w.ValidFrom, err = ParseDate(words[1])
	case "until":
		w.ValidUntil, err = ParseDate(words[1])
	default:
		for service := range strings.SplitSeq(words[1], ",") {
			w.Services = append(w.Services, ids.Service(service))
		}
	}
	return 2, name, err
}

// everyClause reads "every 2 weeks".
func (w *Weekly) everyClause(words []string) (n int, name string, err error) {
	if len(words) < 3 || words[2] != "weeks" {
		return 0, words[0], errors.New("want the form every 2 weeks")
	}
	if w.Every = digits(words[1]); len(words[1]) > 2 || w.Every < 2 || w.Every > MostWeeks {
		return 0, words[0], fmt.Errorf("every %.10q weeks: want a number from 2 to %d", words[1], MostWeeks)
	}
	return 3, words[0], nil
}

// MarshalText writes the rule as its line; it fails on one that ParseWeekly would not read back.
func (w Weekly) MarshalText() ([]byte, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	return []byte(w.String()), nil
}

// UnmarshalText reads the rule from its line.
func (w *Weekly) UnmarshalText(b []byte) error {
	v, err := ParseWeekly(string(b))
	if err != nil {
		return err
	}
	*w = v
	return nil
}
