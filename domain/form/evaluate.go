package form

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Answers are what was answered, as JSON: text, json.Number, true and false, lists, and objects of groups. What could not be read as what its field takes stays the text
// that was typed, and is told by Check.
type Answers map[string]any

// Outcome is a form with its answers at one moment: what is shown, what is open, and what is sent when it is sent.
type Outcome struct {
	// Answers are those that count: without what is hidden, with what is calculated.
	Answers Answers

	def    *Definition
	at     *evaluation
	hidden map[string]bool // places, with the numbers of rows
	closed map[string]bool
}

// evaluation is what rules and calculations read.
type evaluation struct {
	answers map[string]any
	today   time.Time
}

// Evaluate works out a form for answers on a day (only its date counts, in whatever zone it is). The answers that it is given stay as they are: those of hidden fields
// are there again when they are shown again.
func (d *Definition) Evaluate(a Answers, on time.Time) *Outcome {
	e := &evaluation{today: time.Date(on.Year(), on.Month(), on.Day(), 0, 0, 0, 0, time.UTC), answers: map[string]any{}}
	o := &Outcome{Answers: e.answers, def: d, at: e, hidden: map[string]bool{}, closed: map[string]bool{}}
	for _, f := range d.order {
		if f.Rows == nil {
			o.settle(f, a, e.answers, -1)
			continue
		}
		rows, _ := get(e.answers, f.Rows.At).([]any)
		given, _ := get(a, f.Rows.At).([]any)
		for i := range rows {
			row, isObject := rows[i].(map[string]any)
			if !isObject || i >= MaxRows {
				continue
			}
			from, _ := given[i].(map[string]any)
			o.settle(f, from, row, i)
		}
	}
	return o
}

// settle decides on one field: whether it is shown and open, and what its answer is. From and to are the answers, or those of a row.
func (o *Outcome) settle(f *Field, from, to map[string]any, row int) {
	at := f.At
	if f.Rows != nil {
		at = strings.TrimPrefix(f.At, f.Rows.At+"/*")
	}
	for r := range f.rules() {
		if r.lets(o.at, row) {
			continue
		}
		if r.hides() {
			o.hidden[f.In(row)] = true
		} else {
			o.closed[f.In(row)] = true
		}
	}
	v := tame(get(from, at))
	switch {
	case o.hidden[f.In(row)]:
		v = nil
	case f.calculation != nil:
		v = nil
		if n := f.calculation.result(o.at, row); n != nil {
			v = written(n, f)
		}
	case f.Kind == Repeated:
		v = emptied(v)
	}
	put(to, at, v)
}

// emptied are as many rows, as yet without answers: each field of theirs is settled in its turn.
func emptied(v any) any {
	if v == nil {
		return []any{}
	}
	rows, isList := v.([]any)
	if !isList {
		return v
	}
	out := make([]any, len(rows))
	for i, r := range rows {
		out[i] = r
		if _, isObject := r.(map[string]any); isObject {
			out[i] = map[string]any{}
		}
	}
	return out
}

// get is the answer at a place below some; nil for none.
func get(m map[string]any, at string) any {
	for {
		name, rest, more := strings.Cut(at[1:], "/")
		if !more {
			return m[name]
		}
		m, _ = m[name].(map[string]any)
		if m == nil {
			return nil
		}
		at = "/" + rest
	}
}

// put sets an answer at a place, and makes the groups around it; nil leaves none.
func put(m map[string]any, at string, v any) {
	for {
		name, rest, more := strings.Cut(at[1:], "/")
		if !more {
			if v == nil {
				delete(m, name)
			} else {
				m[name] = v
			}
			return
		}
		sub, isObject := m[name].(map[string]any)
		if !isObject {
			sub = map[string]any{}
			m[name] = sub
		}
		m, at = sub, "/"+rest
	}
}

// value is the answer at a place of the form, in a row where it lies in one; nil for none.
func (e *evaluation) value(at string, row int) any {
	if at == "" {
		return e.answers
	}
	before, after, inRows := strings.Cut(at, "/*")
	v := get(e.answers, before)
	if !inRows {
		return v
	}
	rows, _ := v.([]any)
	if row < 0 || row >= len(rows) {
		return nil
	}
	m, isObject := rows[row].(map[string]any)
	if !isObject || after == "" {
		return rows[row]
	}
	return get(m, after)
}

// values are the answers at a place: of one in rows that of each row, when no row is named.
func (e *evaluation) values(at string, row int) (out []any) {
	before, _, inRows := strings.Cut(at, "/*")
	if !inRows || row >= 0 {
		if v := e.value(at, row); v != nil {
			out = append(out, v)
		}
		return out
	}
	rows, _ := get(e.answers, before).([]any)
	for i := range rows {
		if v := e.value(at, i); v != nil {
			out = append(out, v)
		}
	}
	return out
}

// Hidden reports whether a field is not shown, in a row where it stands in one.
func (o *Outcome) Hidden(f *Field, row int) bool {
	return o.hidden[f.In(row)] || (f.Rows != nil && o.hidden[f.Rows.At])
}

// Closed reports whether a field is shown and cannot be answered by people.
func (o *Outcome) Closed(f *Field, row int) bool {
	return f.ReadOnly || o.closed[f.In(row)] || (f.Rows != nil && o.closed[f.Rows.At])
}

// Shows reports whether an element is shown, in a row where it stands in one.
func (o *Outcome) Shows(e *Element, row int) bool {
	if e.Field != nil {
		return !o.Hidden(e.Field, row)
	}
	for x := e; x != nil && x.Field == nil; x = x.parent {
		if x.rule != nil && x.rule.hides() && !x.rule.lets(o.at, row) {
			return false
		}
	}
	return o.ShowsStep(e.step)
}

// ShowsStep reports whether a step is asked: it is not where nothing of it is shown.
func (o *Outcome) ShowsStep(s *Step) bool {
	if s.rule != nil && s.rule.hides() && !s.rule.lets(o.at, -1) {
		return false
	}
	asked, shown := false, false
	walk(s.Elements, func(e *Element) {
		if e.Field != nil && e.Field.Rows == nil {
			asked, shown = true, shown || !o.hidden[e.Field.At]
		}
	})
	return shown || !asked
}

// Steps are those that are asked.
func (o *Outcome) Steps() []*Step {
	return slices.DeleteFunc(slices.Clone(o.def.Steps), func(s *Step) bool { return !o.ShowsStep(s) })
}

// Rows is how many rows a repeated group has.
func (o *Outcome) Rows(f *Field) int {
	rows, _ := get(o.Answers, f.At).([]any)
	return len(rows)
}

// Value is the answer of a field that counts; nil for none.
func (o *Outcome) Value(f *Field, row int) any { return o.at.value(f.At, row) }

// Value is the answer at a place with the numbers of its rows, "/children/0/name"; nil for none.
func (a Answers) Value(at string) any {
	var v any = map[string]any(a)
	for _, part := range strings.Split(strings.TrimPrefix(at, "/"), "/") {
		switch t := v.(type) {
		case map[string]any:
			v = t[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(t) {
				return nil
			}
			v = t[i]
		default:
			return nil
		}
	}
	return v
}
