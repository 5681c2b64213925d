package org

import (
	"cmp"
	"fmt"
	"math"
	"time"
)

// Date is a civil date: a day in a calendar, at no place and of no zone. The zero Date means "none" or, as a bound, "open". Dates compare with ==
// and Compare, serve as map keys, and are written "2026-11-27" as text, in JSON and in TOML (where they stand in quotes). They run from 0001-01-01 to 9999-12-31.
type Date struct {
	n int32 // days since 0000-12-31, so that zero is no date
}

// The ends of the calendar, and the day number of 1970-01-01.
const (
	firstDay = 1
	lastDay  = 3652059
	epochDay = 719163

	secondsPerDay = 86400
)

// MakeDate returns the date, or an error when there is no such day.
func MakeDate(year int, month time.Month, day int) (Date, error) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if year < 1 || year > 9999 || t.Month() != month || t.Day() != day || t.Year() != year {
		return Date{}, fmt.Errorf("no such date: %04d-%02d-%02d", year, int(month), day)
	}
	return dayNumber(t.Unix()/secondsPerDay + epochDay), nil // a midnight divides evenly, before 1970 too
}

// ParseDate reads "2026-11-27", and nothing else.
func ParseDate(s string) (Date, error) {
	year, month, day := -1, -1, -1
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		year, month, day = digits(s[:4]), digits(s[5:7]), digits(s[8:])
	}
	if year < 0 || month < 0 || day < 0 {
		return Date{}, fmt.Errorf("date %.40q: want the form 2026-11-27", s)
	}
	return MakeDate(year, time.Month(month), day)
}

// DateOf returns the date that t's own location shows.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return dayNumber(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/secondsPerDay + epochDay)
}

// dayNumber makes a date of a day number, held to the ends of the calendar.
func dayNumber(n int64) Date { return Date{int32(min(max(n, firstDay), lastDay))} }

// digits reads decimal digits, or returns -1.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	if s == "" {
		return -1
	}
	return n
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d.n == 0 }

// Equal reports whether both are the same date, as == does.
func (d Date) Equal(e Date) bool { return d == e }

// Compare returns -1, 0 or 1. No date sorts before every date.
func (d Date) Compare(e Date) int { return cmp.Compare(d.n, e.n) }

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.n < e.n }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.n > e.n }

// Add returns the date so many days later, or earlier; it stops at the ends of the calendar. No date stays no date.
func (d Date) Add(days int) Date {
	if d.IsZero() {
		return d
	}
	days = min(max(days, math.MinInt32), math.MaxInt32)
	return dayNumber(int64(d.n) + int64(days))
}

// DaysTo returns how many days e is after d; negative when it is before.
func (d Date) DaysTo(e Date) int { return int(e.n) - int(d.n) }

// Weekday returns the day of the week. No date has none, and says Sunday.
func (d Date) Weekday() time.Weekday { return time.Weekday(d.n % 7) }

// ISOWeek returns the week the date is in, by ISO 8601: weeks begin on Monday and belong to the year of their Thursday.
func (d Date) ISOWeek() Week {
	y, n := d.utc().ISOWeek()
	return Week{y, n}
}

// YMD returns year, month and day; zeros for no date.
func (d Date) YMD() (year int, month time.Month, day int) {
	if d.IsZero() {
		return 0, 0, 0
	}
	return d.utc().Date()
}

// At returns the instant at which the clock of loc first shows the minute of the date, or the first instant after a clock change that skips it. See
// Instant, which has the rule for closing times, too.
func (d Date) At(m Minute, loc *time.Location) time.Time { return Instant(d, m, loc, Opening) }

// utc returns the date's midnight in UTC.
func (d Date) utc() time.Time {
	return time.Unix((int64(d.n)-epochDay)*secondsPerDay, 0).UTC()
}

// String returns "2026-11-27", or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.utc().Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, int(m), day)
}

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes; an empty text is no date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Week is a week by ISO 8601, written "2026-W48".
type Week struct {
	Year, Number int
}

// ParseWeek reads "2026-W48". It fails on a week that the year does not have.
func ParseWeek(s string) (Week, error) {
	w := Week{-1, -1}
	if len(s) == 8 && s[4:6] == "-W" {
		w = Week{digits(s[:4]), digits(s[6:])}
	}
	if w.Year < 1 || w.Number < 1 {
		return Week{}, fmt.Errorf("week %.40q: want the form 2026-W48", s)
	}
	monday := w.Monday()
	if monday.Weekday() != time.Monday || monday.ISOWeek() != w {
		return Week{}, fmt.Errorf("week %s: the year has no such week", s)
	}
	return w, nil
}

// Monday returns the week's first day.
func (w Week) Monday() Date {
	// 4 January is always in week 1.
	jan4 := DateOf(time.Date(w.Year, time.January, 4, 0, 0, 0, 0, time.UTC))
	return jan4.Add(-daysFromMonday(jan4.Weekday()) + 7*(w.Number-1))
}

// Dates returns the week's seven days, Monday first.
func (w Week) Dates() [7]Date {
	var out [7]Date
	for i := range out {
		out[i] = w.Monday().Add(i)
	}
	return out
}

// Next returns the week after.
func (w Week) Next() Week { return w.Monday().Add(7).ISOWeek() }

// Prev returns the week before.
func (w Week) Prev() Week { return w.Monday().Add(-7).ISOWeek() }

// Before reports whether w is earlier than v.
func (w Week) Before(v Week) bool {
	return w.Year < v.Year || w.Year == v.Year && w.Number < v.Number
}

// String returns "2026-W48".
func (w Week) String() string { return fmt.Sprintf("%04d-W%02d", w.Year, w.Number) }

// MarshalText writes the week as String does.
func (w Week) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (w *Week) UnmarshalText(b []byte) error {
	v, err := ParseWeek(string(b))
	if err != nil {
		return err
	}
	*w = v
	return nil
}

// daysFromMonday counts Monday as 0 and Sunday as 6.
func daysFromMonday(w time.Weekday) int { return (int(w) + 6) % 7 }
