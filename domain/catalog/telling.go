package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"luukku/domain/org"
)

// Texts is whether what people are told of a booking goes as a text message, too.
type Texts int

// The ways.
const (
	TextsOff     Texts = iota // never
	TextsInstead              // to a mobile number where there is no email address
	TextsAlways               // to a mobile number, beside the mail
)

// RemindBy is how reminders go.
type RemindBy int

// The ways.
const (
	RemindEmail  RemindBy = iota // by mail
	RemindSMS                    // by text message
	RemindBoth                   // by both
	RemindEither                 // by text message where there is a mobile number, or else by mail
)

// Reminders are the times before an appointment at which somebody is reminded: at most three, in minutes, the earliest first, in 20 bits each.
type Reminders int64

// The limits of reminders.
const (
	MostReminders  = 3
	reminderBits   = 20
	LongestReminds = 60 * day
)

// Before are the times before the appointment, the longest first.
func (r Reminders) Before() []time.Duration {
	var out []time.Duration
	for ; r > 0; r >>= reminderBits {
		out = append(out, time.Duration(r&(1<<reminderBits-1))*time.Minute)
	}
	return out
}

// RemindersOf puts times together; the same one twice counts once.
func RemindersOf(list ...time.Duration) (Reminders, error) {
	list = slices.Clone(list)
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) > MostReminders {
		return 0, fmt.Errorf("more than %d reminders", MostReminders)
	}
	var out Reminders
	for _, d := range list {
		if d < time.Minute || d > LongestReminds || d%time.Minute != 0 {
			return 0, fmt.Errorf("a reminder %s before", d)
		}
		out = out<<reminderBits | Reminders(d/time.Minute)
	}
	return out, nil
}

// String writes "7d 24h" as "7d, 1d"; no reminders are "none".
func (r Reminders) String() string {
	var words []string
	for _, d := range r.Before() {
		words = append(words, formatPeriod(int64(d/time.Second)))
	}
	if len(words) == 0 {
		return noneWord
	}
	return strings.Join(words, ", ")
}

// ParseReminders reads what String writes, with commas or blanks between.
func ParseReminders(s string) (Reminders, error) {
	if s = strings.TrimSpace(s); s == noneWord || s == "" {
		return 0, nil
	}
	var list []time.Duration
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(", ;\t", r) }) {
		n, ok := parsePeriod(word)
		if !ok {
			return 0, fmt.Errorf("%q is not a list of periods such as 7d, 24h", s)
		}
		list = append(list, time.Duration(n)*time.Second)
	}
	return RemindersOf(list...)
}

// noneWord stands for a list or a span without anything in it.
const noneWord = "none"

// Quiet is when nobody is disturbed, every night: minutes after midnight, its beginning before its end in one number. Equal ones are no quiet at all.
type Quiet int64

// QuietOf makes it; the beginning belongs to it, the end does not.
func QuietOf(from, until org.Minute) Quiet {
	if from == until {
		return 0
	}
	return Quiet(int64(from)*minutesOfDay + int64(until))
}

const minutesOfDay = 24 * 60

// From and Until are its beginning and its end.
func (q Quiet) From() org.Minute { return org.Minute(int64(q) / minutesOfDay) }

// Until is the first minute after it.
func (q Quiet) Until() org.Minute { return org.Minute(int64(q) % minutesOfDay) }

// Over is the first moment, at or after t, that is not quiet, by the clock of the zone.
func (q Quiet) Over(t time.Time, zone *time.Location) time.Time {
	if q == 0 || q.From() == q.Until() {
		return t
	}
	t = t.In(zone)
	day := org.DateOf(t)
	now := org.Minute(t.Hour()*60 + t.Minute())
	switch from, until := q.From(), q.Until(); {
	case from < until && now >= from && now < until, from > until && now < until:
		return day.At(until, zone)
	case from > until && now >= from:
		return day.Add(1).At(until, zone)
	}
	return t
}

// String writes "21:00-07:00", or "none".
func (q Quiet) String() string {
	if q == 0 {
		return noneWord
	}
	return q.From().String() + "-" + q.Until().String()
}

// ParseQuiet reads what String writes.
func ParseQuiet(s string) (Quiet, error) {
	if s = strings.TrimSpace(s); s == noneWord || s == "" {
		return 0, nil
	}
	a, b, ok := strings.Cut(strings.ReplaceAll(s, "–", "-"), "-")
	from, err := org.ParseMinute(strings.TrimSpace(a))
	until, err2 := org.ParseMinute(strings.TrimSpace(b))
	if !ok || err != nil || err2 != nil || from == org.EndOfDay {
		return 0, fmt.Errorf("%q is not of the form 21:00-07:00", s)
	}
	if until == org.EndOfDay {
		until = 0
	}
	return QuietOf(from, until), nil
}
