package form

import (
	"fmt"
	"slices"
	"strings"

	"luukku/base/i18n"
)

// finish joins what was read: each field has its place, calculations know what they count, and there is an order in which all can be evaluated.
func (p *parser) finish() {
	d := p.def
	for _, s := range d.Steps {
		walk(s.Elements, func(e *Element) {
			if e.Field != nil {
				d.Fields = append(d.Fields, e.Field)
			}
		})
	}
	var silent []*Field
	for _, f := range d.byAt {
		if f.schema["x-calculate"] != nil {
			f.ReadOnly = true
			f.calculation = p.calculation(f.schema["x-calculate"], "schema"+f.At+"/x-calculate", f.Rows, 0)
			if f.Kind != Number && f.Kind != Integer {
				p.fault("schema"+f.At+"/x-calculate", "form_definition.calculation")
			}
		}
		if f.control == nil && f.schema["x-calculate"] == nil {
			p.fault("schema"+f.At, "form_definition.unasked", "field", f.At)
		}
		if f.control == nil {
			silent = append(silent, f)
		}
		p.notBefore(f)
		f.bound()
	}
	slices.SortFunc(silent, func(a, b *Field) int { return strings.Compare(a.At, b.At) })
	d.Fields = append(d.Fields, silent...)
	for i, f := range d.Fields {
		f.ordinal = i
	}
	if len(p.mistakes) > 0 {
		return
	}
	p.inOrder()
	d.schema, _ = p.compile(p.answers, "schema")
}

// walk calls a function with all elements, each before what stands in it.
func walk(list []*Element, each func(e *Element)) {
	for _, e := range list {
		each(e)
		walk(e.Elements, each)
	}
}

// notBefore reads which field's answer a field's may not be below.
func (p *parser) notBefore(f *Field) {
	v, has := f.schema["x-not-before"]
	if !has {
		return
	}
	where := "schema" + f.At + "/x-not-before"
	m, _ := v.(map[string]any)
	scope, _ := m["scope"].(string)
	at, other, ok := p.scope(scope, true, f.Rows)
	if !ok || other == nil || other.Kind != f.Kind || other.Rows != f.Rows || !slices.Contains([]Kind{Date, TimeOf, Number, Integer}, f.Kind) {
		p.fault(where, "form_definition.scope", "scope", scope)
		return
	}
	f.NotBefore = at
}

// calculation reads how a field is calculated; nil when it is wrong.
func (p *parser) calculation(v any, where string, rows *Field, depth int) *calculation {
	m, _ := v.(map[string]any)
	wrong := func() *calculation { p.fault(where, "form_definition.calculation"); return nil }
	if len(m) != 1 || depth > MaxDepth {
		return wrong()
	}
	for op, of := range m {
		c := &calculation{op: op}
		list, _ := of.([]any)
		switch op {
		case "sum", "product", "least", "most":
		case "difference":
			if len(list) != 2 {
				return wrong()
			}
		case "count":
			list = []any{of}
		case "age":
			days, _ := of.(map[string]any)
			list = []any{days["of"], days["on"]}
		default:
			return wrong()
		}
		if len(list) == 0 || len(list) > 50 {
			return wrong()
		}
		for _, e := range list {
			o, ok := p.operand(e, where+"/"+op, rows, depth)
			if !ok || !o.fits(op) {
				return wrong()
			}
			c.operands = append(c.operands, o)
		}
		return c
	}
	return nil
}

// fits reports whether an operand is one of its operation.
func (o operand) fits(op string) bool {
	isField := o.field != nil
	switch op {
	case "count":
		return isField && (o.field.Kind == Repeated || o.field.Kind == Choices || o.field.Kind == Files)
	case "age":
		return o.at == today || (isField && o.field.Kind == Date)
	}
	return o.number != nil || o.sub != nil || (isField && (o.field.Kind == Number || o.field.Kind == Integer))
}

func (p *parser) operand(v any, where string, rows *Field, depth int) (o operand, ok bool) {
	if n, isNumber := number(v); isNumber {
		return operand{number: n}, true
	}
	if v == today {
		return operand{at: today}, true
	}
	m, _ := v.(map[string]any)
	scope, isScope := m["scope"].(string)
	if !isScope {
		o.sub = p.calculation(v, where, rows, depth+1)
		return o, o.sub != nil
	}
	o.at, o.field, ok = p.scope(scope, m["x-from"] != "form", rows)
	return o, ok && o.field != nil && (m["x-from"] != "form" || rows == nil || !strings.Contains(o.at, "*"))
}

// inOrder finds an order of the fields in which each stands after what decides on it, or the loop that there is instead.
func (p *parser) inOrder() {
	d := p.def
	const seen, done = 1, 2
	state := make([]int, len(d.Fields))
	var way []*Field
	var visit func(f *Field) bool
	visit = func(f *Field) bool {
		switch state[f.ordinal] {
		case done:
			return true
		case seen:
			names := []string{}
			for _, w := range way[slices.Index(way, f):] {
				names = append(names, w.At)
			}
			where := "schema" + f.At
			if f.control != nil && f.control.rule != nil {
				where = f.control.rule.where
			}
			return p.fault(where, "form_definition.loop", "way", strings.Join(append(names, f.At), " > "))
		}
		state[f.ordinal] = seen
		way = append(way, f)
		for _, other := range d.needs(f) {
			if !visit(other) {
				return false
			}
		}
		way = way[:len(way)-1]
		state[f.ordinal] = done
		d.order = append(d.order, f)
		return true
	}
	for _, f := range d.Fields {
		if !visit(f) {
			return
		}
	}
}

// needs are the fields that decide on a field: those its rules and its calculation read, and the rows it stands in.
func (d *Definition) needs(f *Field) []*Field {
	var out []*Field
	read := func(at string) {
		for _, other := range d.Fields {
			if other.At == at || strings.HasPrefix(other.At, at+"/") {
				other.decides = true
				out = append(out, other)
			}
		}
	}
	if f.Rows != nil {
		out = append(out, f.Rows)
	}
	for r := range f.rules() {
		r.condition.reads(read)
	}
	if f.calculation != nil {
		f.calculation.reads(read)
	}
	return out
}

// rules are those that decide on a field: of its control, of the groups around it, and of its step. Those outside of its rows decide on the rows.
func (f *Field) rules() func(yield func(*rule) bool) {
	return func(yield func(*rule) bool) {
		e := f.control
		for ; e != nil; e = e.parent {
			if e.Field != nil && e.Field == f.Rows {
				return
			}
			if e.rule != nil && !yield(e.rule) {
				return
			}
			if e.parent == nil && e.step.rule != nil && !yield(e.step.rule) {
				return
			}
		}
	}
}

// Missing is a text that a form lacks in one of its languages.
type Missing struct {
	At, Key string
}

// Untold are the texts that are missing in a language: labels and choices, and descriptions and names of rows that another language has.
func (d *Definition) Untold(lang i18n.Lang) (out []Missing) {
	texts := d.Document.Texts[lang]
	want := func(at, key string) {
		if strings.TrimSpace(texts[key]) == "" {
			out = append(out, Missing{at, key})
		}
	}
	for _, s := range d.Steps {
		if s.Key != "" {
			want(fmt.Sprintf("ui/elements/%d", s.Index), s.Key+".label")
		}
		walk(s.Elements, func(e *Element) {
			if e.Field == nil && e.Key != "" {
				want(e.Key, e.Key+e.suffix())
			}
		})
	}
	for _, f := range d.Fields {
		if f.control == nil {
			continue
		}
		want(f.At, f.Key+".label")
		for _, c := range f.Choices {
			want(f.At, f.Key+"."+c)
		}
		if s, _ := d.Word(lang, f.Key+".description", ""); s != "" {
			want(f.At, f.Key+".description")
		}
		for _, end := range []string{rowText, addText} {
			if s, _ := d.Word(lang, f.Key+end, ""); f.Kind == Repeated && s != "" {
				want(f.At, f.Key+end)
			}
		}
	}
	return out
}

// suffix ends the key of an element's text, as in JSON Forms.
func (e *Element) suffix() string {
	if e.Kind == Label {
		return ".text"
	}
	return ".label"
}
