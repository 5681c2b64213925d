package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/domain/actor"
)

// Kind is what sort of value a policy field takes.
type Kind string

// The kinds of policy fields.
const (
	KindMinutes Kind = "minutes" // a period in whole minutes
	KindDays    Kind = "days"    // a period in whole days
	KindCount   Kind = "count"
	KindSwitch  Kind = "switch"
	KindLevel   Kind = "level"   // a level of assurance: none, low, substantial or high
	KindChoice  Kind = "choice"  // one of Field.Choices; their texts are policy.<Name>.<choice>
	KindOpening Kind = "opening" // an Opening
	KindTimes   Kind = "times"   // Reminders: periods before a moment
	KindQuiet   Kind = "quiet"   // Quiet: from when until when, every night
)

// Field describes one policy field: the admin form, the API's schema, the audit's diff, the blueprint and the documentation are made from this table.
// Its texts are policy.<Name>.label and policy.<Name>.help.
type Field struct {
	Name string
	Kind Kind
	// Min, Max and Step limit the value: seconds for periods, a plain number for counts, 0 and 1 for switches.
	Min, Max, Step int64
	// Choices are the words of a KindChoice, by value.
	Choices []string
	get     func(*Policy) int64
	set     func(*Policy, int64)
}

func period(name string, kind Kind, low, high, step time.Duration, at func(*Policy) *time.Duration) Field {
	return Field{
		Name: name, Kind: kind, Min: int64(low / time.Second), Max: int64(high / time.Second), Step: int64(step / time.Second),
		get: func(p *Policy) int64 { return int64(*at(p) / time.Second) },
		set: func(p *Policy, v int64) { *at(p) = time.Duration(v) * time.Second },
	}
}

func toggle(name string, at func(*Policy) *bool) Field {
	return Field{
		Name: name, Kind: KindSwitch, Max: 1, Step: 1,
		get: func(p *Policy) int64 {
			if *at(p) {
				return 1
			}
			return 0
		},
		set: func(p *Policy, v int64) { *at(p) = v == 1 },
	}
}

func count(name string, low, high int64, at func(*Policy) *int) Field {
	return Field{
		Name: name, Kind: KindCount, Min: low, Max: high, Step: 1,
		get: func(p *Policy) int64 { return int64(*at(p)) },
		set: func(p *Policy, v int64) { *at(p) = int(v) },
	}
}

// Fields is the table of policy fields, in the order people see them.
var Fields = []Field{
	// Five minutes is the cell of the occupancy table: nothing shorter can be kept apart.
	period("length", KindMinutes, 5*time.Minute, 8*time.Hour, 5*time.Minute, func(p *Policy) *time.Duration { return &p.Length }),
	period("gap", KindMinutes, 0, 4*time.Hour, 5*time.Minute, func(p *Policy) *time.Duration { return &p.Gap }),
	period("hold", KindMinutes, 0, time.Hour, time.Minute, func(p *Policy) *time.Duration { return &p.Hold }),
	period("horizon", KindDays, day, 400*day, day, func(p *Policy) *time.Duration { return &p.Horizon }),
	period("notice", KindMinutes, 0, 60*day, time.Minute, func(p *Policy) *time.Duration { return &p.Notice }),
	period("change_cutoff", KindMinutes, 0, 60*day, time.Minute, func(p *Policy) *time.Duration { return &p.ChangeCutoff }),
	period("cancel_cutoff", KindMinutes, 0, 60*day, time.Minute, func(p *Policy) *time.Duration { return &p.CancelCutoff }),
	toggle("online_change", func(p *Policy) *bool { return &p.OnlineChange }),
	toggle("online_cancel", func(p *Policy) *bool { return &p.OnlineCancel }),
	{
		Name: "sign_in", Kind: KindLevel, Max: int64(actor.LevelHigh), Step: 1,
		get: func(p *Policy) int64 { return int64(p.SignIn) },
		set: func(p *Policy, v int64) { p.SignIn = actor.Level(v) },
	},
	toggle("needs_access", func(p *Policy) *bool { return &p.NeedsAccess }),
	toggle("for_company", func(p *Policy) *bool { return &p.ForCompany }),
	count("max_live", 0, 1000, func(p *Policy) *int { return &p.MaxLive }),
	{
		Name: "opens", Kind: KindOpening, Max: 8*24*60 - 1, Step: 1,
		get: func(p *Policy) int64 { return int64(p.Opens) },
		set: func(p *Policy, v int64) { p.Opens = Opening(v) },
	},
	count("staff_share", 0, 1000, func(p *Policy) *int { return &p.StaffShare }),
	period("staff_release", KindMinutes, 0, 60*day, time.Minute, func(p *Policy) *time.Duration { return &p.StaffRelease }),
	count("max_people", 1, 10, func(p *Policy) *int { return &p.MaxPeople }),
	count("max_moves", 0, 100, func(p *Policy) *int { return &p.MaxMoves }),
	toggle("same_unit", func(p *Policy) *bool { return &p.SameUnit }),
	period("confirm_window", KindMinutes, 0, 7*day, time.Minute, func(p *Policy) *time.Duration { return &p.ConfirmWindow }),
	toggle("sms_booking", func(p *Policy) *bool { return &p.SMSBooking }),
	toggle("pin", func(p *Policy) *bool { return &p.PIN }),
	period("checkin_before", KindMinutes, 0, 4*time.Hour, time.Minute, func(p *Policy) *time.Duration { return &p.CheckinBefore }),
	period("checkin_after", KindMinutes, 0, 4*time.Hour, time.Minute, func(p *Policy) *time.Duration { return &p.CheckinAfter }),
	toggle("walk_in", func(p *Policy) *bool { return &p.WalkIn }),
	period("walk_in_bound", KindMinutes, 0, 8*time.Hour, time.Minute, func(p *Policy) *time.Duration { return &p.WalkInBound }),
	period("walk_in_last", KindMinutes, 0, 4*time.Hour, time.Minute, func(p *Policy) *time.Duration { return &p.WalkInLast }),
	period("prereservation_lapse", KindMinutes, 0, 120*day, time.Minute, func(p *Policy) *time.Duration { return &p.PreLapse }),
	{
		Name: "waiting_list", Kind: KindChoice, Max: int64(WaitingFirst), Step: 1, Choices: []string{"off", "turn", "first"},
		get: func(p *Policy) int64 { return int64(p.Waiting) },
		set: func(p *Policy, v int64) { p.Waiting = Waiting(v) },
	},
	{
		Name: "waiting_care", Kind: KindChoice, Max: int64(CareNeed), Step: 1, Choices: []string{"anyone", "in_care", "need"},
		get: func(p *Policy) int64 { return int64(p.WaitingCare) },
		set: func(p *Policy, v int64) { p.WaitingCare = Care(v) },
	},
	period("offer_window", KindMinutes, time.Minute, 7*day, time.Minute, func(p *Policy) *time.Duration { return &p.OfferWindow }),
	count("offer_most", 1, 50, func(p *Policy) *int { return &p.OfferMost }),
	count("offers_a_day", 1, 20, func(p *Policy) *int { return &p.OffersADay }),
	{
		Name: "sms", Kind: KindChoice, Max: int64(TextsAlways), Step: 1, Choices: []string{"off", "without_email", "always"},
		get: func(p *Policy) int64 { return int64(p.Texts) },
		set: func(p *Policy, v int64) { p.Texts = Texts(v) },
	},
	{
		Name: "reminders", Kind: KindTimes, Max: 1<<62 - 1, Step: 1,
		get: func(p *Policy) int64 { return int64(p.Reminders) },
		set: func(p *Policy, v int64) { p.Reminders = Reminders(v) },
	},
	{
		Name: "reminder_channels", Kind: KindChoice, Max: int64(RemindEither), Step: 1, Choices: []string{"email", "sms", "both", "sms_or_email"},
		get: func(p *Policy) int64 { return int64(p.RemindBy) },
		set: func(p *Policy, v int64) { p.RemindBy = RemindBy(v) },
	},
	{
		Name: "quiet_hours", Kind: KindQuiet, Max: minutesOfDay*minutesOfDay - 1, Step: 1,
		get: func(p *Policy) int64 { return int64(p.Quiet) },
		set: func(p *Policy, v int64) { p.Quiet = Quiet(v) },
	},
	{
		Name: "notice_content", Kind: KindChoice, Max: 1, Step: 1, Choices: []string{"full", "discreet"},
		get: func(p *Policy) int64 {
			if p.Discreet {
				return 1
			}
			return 0
		},
		set: func(p *Policy, v int64) { p.Discreet = v == 1 },
	},
	{
		Name: "sms_letters", Kind: KindChoice, Max: 1, Step: 1, Choices: []string{"plain", "marks"},
		get: func(p *Policy) int64 {
			if p.Marks {
				return 1
			}
			return 0
		},
		set: func(p *Policy, v int64) { p.Marks = v == 1 },
	},
	count("no_show_limit", 0, 100, func(p *Policy) *int { return &p.NoShowLimit }),
	period("no_show_days", KindDays, day, 730*day, day, func(p *Policy) *time.Duration { return &p.NoShowDays }),
}

// FieldByName returns the descriptor of a field.
func FieldByName(name string) (Field, bool) {
	i := slices.IndexFunc(Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return Fields[i], true
}

// Value returns the field's value in a policy: seconds, a number, or 0 and 1.
func (f Field) Value(p Policy) int64 { return f.get(&p) }

// Check reports what is wrong with a value of this field, in the words of an administrator; "" when nothing is.
func (f Field) Check(v int64) string {
	switch {
	case v < f.Min:
		return fmt.Sprintf("%s: %s is less than %s", f.Name, f.Format(v), f.Format(f.Min))
	case v > f.Max:
		return fmt.Sprintf("%s: %s is more than %s", f.Name, f.Format(v), f.Format(f.Max))
	case v%f.Step != 0:
		return fmt.Sprintf("%s: %s is not a multiple of %s", f.Name, f.Format(v), f.Format(f.Step))
	}
	return ""
}

// Format writes a value as blueprints and the database have it: "15m", "2h", "60d", "3", "true".
func (f Field) Format(v int64) string {
	switch f.Kind {
	case KindSwitch:
		return strconv.FormatBool(v == 1)
	case KindCount:
		return strconv.FormatInt(v, 10)
	case KindLevel:
		return actor.Level(v).String()
	case KindChoice:
		if v < 0 || v >= int64(len(f.Choices)) {
			return strconv.FormatInt(v, 10)
		}
		return f.Choices[v]
	case KindOpening:
		return Opening(v).String()
	case KindTimes:
		return Reminders(v).String()
	case KindQuiet:
		return Quiet(v).String()
	}
	return formatPeriod(v)
}

func formatPeriod(v int64) string {
	switch {
	case v == 0:
		return "0m"
	case v%86400 == 0:
		return strconv.FormatInt(v/86400, 10) + "d"
	case v%3600 == 0:
		return strconv.FormatInt(v/3600, 10) + "h"
	case v%60 == 0:
		return strconv.FormatInt(v/60, 10) + "m"
	}
	return strconv.FormatInt(v, 10) + "s"
}

// Parse reads a value: what Format writes, and sums such as "1h30m" or "1d12h".
func (f Field) Parse(s string) (int64, error) {
	s = strings.TrimSpace(s)
	switch f.Kind {
	case KindSwitch:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return 0, fmt.Errorf("%s: %q is neither true nor false", f.Name, s)
		}
		if b {
			return 1, nil
		}
		return 0, nil
	case KindLevel:
		l, ok := actor.ParseLevel(s)
		if !ok {
			return 0, fmt.Errorf("%s: %q is none of none, low, substantial and high", f.Name, s)
		}
		return int64(l), nil
	case KindChoice:
		i := slices.Index(f.Choices, s)
		if i < 0 {
			return 0, fmt.Errorf("%s: %q is none of %s", f.Name, s, strings.Join(f.Choices, ", "))
		}
		return int64(i), nil
	case KindOpening:
		o, err := ParseOpening(s)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", f.Name, err)
		}
		return int64(o), nil
	case KindTimes:
		r, err := ParseReminders(s)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", f.Name, err)
		}
		return int64(r), nil
	case KindQuiet:
		q, err := ParseQuiet(s)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", f.Name, err)
		}
		return int64(q), nil
	case KindCount:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %q is not a whole number", f.Name, s)
		}
		return n, nil
	}
	total, ok := parsePeriod(s)
	if !ok {
		return 0, fmt.Errorf("%s: %q is not a period such as 15m, 2h or 60d", f.Name, s)
	}
	return total, nil
}

// parsePeriod reads whole seconds, from "15m", "2h", "60d" and sums of them.
func parsePeriod(s string) (seconds int64, ok bool) {
	total, rest := time.Duration(0), s
	if days, after, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 32)
		if err != nil {
			return 0, false
		}
		total, rest = time.Duration(n)*day, after
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil {
			return 0, false
		}
		total += d
	}
	return int64(total / time.Second), s != "" && total%time.Second == 0
}
