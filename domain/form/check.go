package form

import (
	"cmp"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"luukku/base/fault"
)

// Wrong is an answer that cannot be sent as it is.
type Wrong struct {
	// At is where it lies, with the number of its row: "/children/0/name". Row is that number, -1 for none.
	At    string
	Field *Field
	Row   int
	// Key is the text that says what to mend, with its arguments.
	Key  string
	Args fault.Args
}

// Check judges answers: each field at most once, in the order of the form. What is hidden or closed is not missed.
func (o *Outcome) Check() []Wrong { return o.check(func(*Field) bool { return true }) }

// CheckStep judges the answers of one step.
func (o *Outcome) CheckStep(s *Step) []Wrong {
	return o.check(func(f *Field) bool { return f.Step == s.Index })
}

// check judges the answers of some fields.
func (o *Outcome) check(of func(f *Field) bool) []Wrong {
	var out []Wrong
	seen := map[string]bool{}
	add := func(f *Field, at, key string, args fault.Args) {
		if f == nil || !of(f) || seen[at] {
			return
		}
		row := -1
		if f.Rows != nil {
			rest := strings.TrimPrefix(at, f.Rows.At+"/")
			n, _, _ := strings.Cut(rest, "/")
			row, _ = strconv.Atoi(n) // a number, since the place is the field's
		}
		if o.Hidden(f, row) || (key == "answers.required" && (o.Closed(f, row) || f.calculation != nil)) {
			return
		}
		seen[at] = true
		out = append(out, Wrong{at, f, row, key, args})
	}
	var wrong *jsonschema.ValidationError
	if errors.As(o.def.schema.Validate(map[string]any(o.Answers)), &wrong) {
		o.leaves(wrong, add)
	}
	for _, f := range o.def.Fields {
		if f.NotBefore == "" && f.DaysFrom == nil && f.DaysTo == nil || !of(f) {
			continue
		}
		rows := 1
		if f.Rows != nil {
			rows = o.Rows(f.Rows)
		}
		for i := range rows {
			if f.Rows == nil {
				i = -1
			}
			o.compare(f, i, add)
		}
	}
	slices.SortStableFunc(out, func(a, b Wrong) int {
		if a.Field.Rows != nil && a.Field.Rows == b.Field.Rows {
			return cmp.Or(a.Row-b.Row, a.Field.ordinal-b.Field.ordinal)
		}
		return a.Field.ordinal - b.Field.ordinal
	})
	return out
}

// leaves turns what a schema says into what people read. What is not one of several choices is told as that.
func (o *Outcome) leaves(e *jsonschema.ValidationError, add func(f *Field, at, key string, args fault.Args)) {
	at := "/" + strings.Join(e.InstanceLocation, "/")
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		in := strings.TrimSuffix(at, "/") + "/"
		for _, m := range k.Missing {
			at := in + m
			add(o.def.Field(at), at, "answers.required", nil)
		}
		return
	case *kind.OneOf, *kind.AnyOf, *kind.Enum:
		f, at := o.asked(at)
		add(f, at, "answers.choice", nil)
		return
	}
	if len(e.Causes) > 0 {
		for _, c := range e.Causes {
			o.leaves(c, add)
		}
		return
	}
	f, at := o.asked(at)
	if f == nil {
		return
	}
	key, args := told(e.ErrorKind)
	switch {
	case key == ofKind:
		key += string(f.Kind)
	case key == "answers.min_length" && args["n"] == 1: // the field's own limit, or one that another answer asks for
		key = "answers.required"
	case key == "answers.const" && f.Must():
		key = "answers.accept"
	}
	add(f, at, key, args)
}

// asked is the field that an answer belongs to, and its place: of one of several choices and of a row that is none, that of all of them. Nil for none.
func (o *Outcome) asked(at string) (*Field, string) {
	f := o.def.Field(at)
	for f == nil && at != "" {
		at = at[:strings.LastIndex(at, "/")]
		f = o.def.Field(at)
	}
	return f, at
}

// ofKind begins the keys of what is told of an answer of another type, and the field's kind ends them.
const ofKind = "answers.type_"

// told is the text for what a schema finds wrong, with its arguments.
func told(k jsonschema.ErrorKind) (string, fault.Args) {
	switch k := k.(type) {
	case *kind.Type:
		return ofKind, nil
	case *kind.MinLength:
		return "answers.min_length", fault.Args{"n": k.Want}
	case *kind.MaxLength:
		return "answers.max_length", fault.Args{"n": k.Want}
	case *kind.Minimum:
		return "answers.minimum", fault.Args{"n": decimal(k.Want)}
	case *kind.ExclusiveMinimum:
		return "answers.above", fault.Args{"n": decimal(k.Want)}
	case *kind.Maximum:
		return "answers.maximum", fault.Args{"n": decimal(k.Want)}
	case *kind.ExclusiveMaximum:
		return "answers.below", fault.Args{"n": decimal(k.Want)}
	case *kind.MultipleOf:
		return "answers.multiple", fault.Args{"n": decimal(k.Want)}
	case *kind.MinItems:
		return "answers.min_items", fault.Args{"n": k.Want}
	case *kind.MaxItems:
		return "answers.max_items", fault.Args{"n": k.Want}
	case *kind.UniqueItems:
		return "answers.unique", nil
	case *kind.Format:
		return "answers.format_" + k.Want, nil
	case *kind.Pattern:
		return "answers.pattern", nil
	case *kind.Const:
		return "answers.const", nil
	}
	return "answers.other", nil
}

// decimal is a number of a document as people read it there.
func decimal(r *big.Rat) string {
	s := r.FloatString(maxNumber)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// compare judges a field against another one, and a day against today.
func (o *Outcome) compare(f *Field, row int, add func(f *Field, at, key string, args fault.Args)) {
	v := o.Value(f, row)
	if v == nil {
		return
	}
	if other := o.def.byAt[f.NotBefore]; other != nil && below(v, o.Value(other, row)) {
		add(f, f.In(row), "answers.before", fault.Args{"other": other.At})
	}
	s, _ := v.(string)
	day, err := time.Parse(time.DateOnly, s)
	if err != nil || f.Kind != Date {
		return
	}
	days := int(day.Sub(o.at.today) / (24 * time.Hour)) // both are midnights of UTC, where each day has as many hours
	if f.DaysFrom != nil && days < *f.DaysFrom {
		add(f, f.In(row), "answers.day_early", fault.Args{"day": o.at.today.AddDate(0, 0, *f.DaysFrom)})
	}
	if f.DaysTo != nil && days > *f.DaysTo {
		add(f, f.In(row), "answers.day_late", fault.Args{"day": o.at.today.AddDate(0, 0, *f.DaysTo)})
	}
}

// below reports whether one answer is less than another of its kind. Days and times of day are compared as they are written.
func below(a, b any) bool {
	switch x := a.(type) {
	case string:
		y, isText := b.(string)
		return isText && x < y
	case json.Number:
		y, isNumber := b.(json.Number)
		if !isNumber {
			return false
		}
		left, ok := rational(x)
		right, also := rational(y)
		return ok && also && left.Cmp(right) < 0
	}
	return false
}

// Unknown are the places of answers that are not the form's, as a newer or older version may have.
func (d *Definition) Unknown(a Answers) []string {
	var out []string
	var look func(v any, at string)
	look = func(v any, at string) {
		if f := d.byAt[general(at)]; f != nil && f.Kind != Repeated {
			return
		}
		switch t := v.(type) {
		case map[string]any:
			for k, sub := range t {
				look(sub, at+"/"+k)
			}
			return
		case []any:
			if f := d.byAt[general(at)]; f != nil {
				for i, sub := range t {
					look(sub, at+"/"+strconv.Itoa(i))
				}
				return
			}
		}
		if d.byAt[general(at)] == nil {
			out = append(out, at)
		}
	}
	look(map[string]any(a), "")
	slices.Sort(out)
	return out
}
