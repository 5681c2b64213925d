package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/domain/actor"
)

// Policy is every rule of booking that an organisation may set, resolved for one service at one office. Periods are whole seconds; deadlines are
// inclusive to the second.
type Policy struct {
	Length       time.Duration // of an appointment
	Gap          time.Duration // kept free after it
	Hold         time.Duration // how long a picked time is kept while the form is filled in; 0 holds nothing (S1.5)
	Horizon      time.Duration // how far ahead times can be booked, in whole days
	Notice       time.Duration // how long before its start a time can still be booked
	ChangeCutoff time.Duration // how long before its start an appointment can still be moved or its details changed online
	CancelCutoff time.Duration // how long before its start it can still be cancelled online
	OnlineChange bool          // whether it can be moved or cancelled online at all
	SignIn       actor.Level   // how surely it must be known who books; LevelNone asks nobody to sign in
	MaxLive      int           // live bookings per email address or phone number; 0 is no limit
}

// Product is the policy before anybody has set anything.
var Product = Policy{
	Length:       30 * time.Minute,
	Hold:         15 * time.Minute,
	Horizon:      60 * day,
	Notice:       time.Hour,
	ChangeCutoff: 2 * time.Hour,
	CancelCutoff: time.Hour,
	OnlineChange: true,
	MaxLive:      5,
}

const day = 24 * time.Hour

// Kind is what sort of value a policy field takes.
type Kind string

// The kinds of policy fields.
const (
	KindMinutes Kind = "minutes" // a period in whole minutes
	KindDays    Kind = "days"    // a period in whole days
	KindCount   Kind = "count"
	KindSwitch  Kind = "switch"
	KindLevel   Kind = "level" // a level of assurance: none, low, substantial or high
)

// Field describes one policy field: the admin form, the API's schema, the audit's diff, the blueprint and the documentation are made from this table.
// Its texts are policy.<Name>.label and policy.<Name>.help.
type Field struct {
	Name string
	Kind Kind
	// Min, Max and Step limit the value: seconds for periods, a plain number for counts, 0 and 1 for switches.
	Min, Max, Step int64
	get            func(*Policy) int64
	set            func(*Policy, int64)
}

func period(name string, kind Kind, low, high, step time.Duration, at func(*Policy) *time.Duration) Field {
	return Field{
		Name: name, Kind: kind, Min: int64(low / time.Second), Max: int64(high / time.Second), Step: int64(step / time.Second),
		get: func(p *Policy) int64 { return int64(*at(p) / time.Second) },
		set: func(p *Policy, v int64) { *at(p) = time.Duration(v) * time.Second },
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
	{
		Name: "online_change", Kind: KindSwitch, Max: 1, Step: 1,
		get: func(p *Policy) int64 {
			if p.OnlineChange {
				return 1
			}
			return 0
		},
		set: func(p *Policy, v int64) { p.OnlineChange = v == 1 },
	},
	{
		Name: "sign_in", Kind: KindLevel, Max: int64(actor.LevelHigh), Step: 1,
		get: func(p *Policy) int64 { return int64(p.SignIn) },
		set: func(p *Policy, v int64) { p.SignIn = actor.Level(v) },
	},
	{
		Name: "max_live", Kind: KindCount, Max: 1000, Step: 1,
		get: func(p *Policy) int64 { return int64(p.MaxLive) },
		set: func(p *Policy, v int64) { p.MaxLive = int(v) },
	},
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
	}
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
	case KindCount:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %q is not a whole number", f.Name, s)
		}
		return n, nil
	}
	total, rest := time.Duration(0), s
	if days, after, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 32)
		if err != nil {
			return 0, fmt.Errorf("%s: %q is not a period such as 15m, 2h or 60d", f.Name, s)
		}
		total, rest = time.Duration(n)*day, after
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil {
			return 0, fmt.Errorf("%s: %q is not a period such as 15m, 2h or 60d", f.Name, s)
		}
		total += d
	}
	if total%time.Second != 0 {
		return 0, fmt.Errorf("%s: %q is not whole seconds", f.Name, s)
	}
	return int64(total / time.Second), nil
}

// Settings are the fields that somebody set at one level, by name; what is absent comes from the level above.
type Settings map[string]int64

// ParseSettings reads settings as a blueprint writes them. It names every fault: unknown fields, wrong kinds, values outside their limits.
func ParseSettings(raw map[string]any) (Settings, []string) {
	var faults []string
	out := Settings{}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		f, ok := FieldByName(name)
		if !ok {
			faults = append(faults, fmt.Sprintf("%s: there is no such policy field", name))
			continue
		}
		v, err := f.Parse(fmt.Sprint(raw[name]))
		if err != nil {
			faults = append(faults, err.Error())
			continue
		}
		if wrong := f.Check(v); wrong != "" {
			faults = append(faults, wrong)
			continue
		}
		out[name] = v
	}
	return out, faults
}

// Raw writes the settings as a blueprint has them: text for periods, numbers and booleans as such.
func (s Settings) Raw() map[string]any {
	out := make(map[string]any, len(s))
	for name, v := range s {
		f, ok := FieldByName(name)
		switch {
		case !ok:
			continue
		case f.Kind == KindSwitch:
			out[name] = v == 1
		case f.Kind == KindCount:
			out[name] = v
		default:
			out[name] = f.Format(v)
		}
	}
	return out
}

// MarshalJSON writes a JSON object of what was set.
func (s Settings) MarshalJSON() ([]byte, error) { return json.Marshal(s.Raw()) }

// UnmarshalJSON reads what MarshalJSON wrote. A field that no longer exists is left out, so that new code runs with old documents.
func (s *Settings) UnmarshalJSON(b []byte) error {
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*s = Settings{}
	for name, v := range raw {
		f, ok := FieldByName(name)
		if !ok {
			continue
		}
		n, err := f.Parse(fmt.Sprint(v))
		if err != nil {
			return err
		}
		(*s)[name] = n
	}
	return nil
}

// Resolve reads levels of settings over the product's defaults: the later level wins.
func Resolve(levels ...Settings) Policy {
	p := Product
	for _, level := range levels {
		for i := range Fields {
			if v, ok := level[Fields[i].Name]; ok {
				Fields[i].set(&p, v)
			}
		}
	}
	return p
}
