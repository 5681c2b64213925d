package form

import (
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// effect is what a rule does when its condition holds; when it does not hold, the opposite.
type effect string

const (
	show    effect = "SHOW"
	hide    effect = "HIDE"
	enable  effect = "ENABLE"
	disable effect = "DISABLE"
)

// rule shows or hides, opens or closes an element.
type rule struct {
	effect    effect
	condition condition
	where     string // in the document
}

func (r *rule) hides() bool { return r.effect == show || r.effect == hide }

// condition holds or does not. As in JSON Forms a schema is held against the answer at a place, and against null where there is none; several are joined by AND and OR.
type condition struct {
	join string // AND, OR; empty for one schema
	all  []condition

	at     string // as Field.At
	schema *jsonschema.Schema
	// written is the schema as it was, for the words of it.
	written any
	// failWhenAbsent makes it not hold where there is no answer.
	failWhenAbsent bool
}

// reads calls a function with the places that a condition reads.
func (c condition) reads(each func(at string)) {
	if c.join == "" {
		each(c.at)
	}
	for _, sub := range c.all {
		sub.reads(each)
	}
}

func (c condition) holds(e *evaluation, row int) bool {
	switch c.join {
	case "AND":
		for _, sub := range c.all {
			if !sub.holds(e, row) {
				return false
			}
		}
		return true
	case "OR":
		for _, sub := range c.all {
			if sub.holds(e, row) {
				return true
			}
		}
		return false
	}
	v := e.value(c.at, row)
	if v == nil && c.failWhenAbsent {
		return false
	}
	return c.schema.Validate(v) == nil
}

// lets reports whether a rule lets its element be shown (or open), now.
func (r *rule) lets(e *evaluation, row int) bool {
	return r.condition.holds(e, row) == (r.effect == show || r.effect == enable)
}

// condition reads one from the document. Places in it are those of the row that it stands in, unless it says "x-from": "form".
func (p *parser) condition(v any, where string, rows *Field, depth int) (c condition, ok bool) {
	m, isObject := v.(map[string]any)
	if !isObject || depth > MaxDepth {
		return c, p.fault(where, "form_definition.condition")
	}
	if join, _ := m["type"].(string); join == "AND" || join == "OR" {
		subs, _ := m["conditions"].([]any)
		if len(subs) == 0 || len(subs) > 20 {
			return c, p.fault(where, "form_definition.condition")
		}
		c.join = join
		for i, s := range subs {
			sub, ok := p.condition(s, fmt.Sprintf("%s/conditions/%d", where, i), rows, depth+1)
			if !ok {
				return c, false
			}
			c.all = append(c.all, sub)
		}
		return c, p.only(m, where, "type", "conditions")
	}
	if !p.only(m, where, "type", "scope", "schema", "failWhenUndefined", "x-from") {
		return c, false
	}
	scope, _ := m["scope"].(string)
	at, f, ok := p.scope(scope, m["x-from"] != "form", rows)
	if !ok || (strings.Contains(at, "*") && (rows == nil || m["x-from"] == "form")) { // of which row?
		return c, p.fault(where+"/scope", "form_definition.scope", "scope", scope)
	}
	c.at = at
	c.failWhenAbsent = m["failWhenUndefined"] == true
	if !p.plain(m["schema"], where+"/schema", 0) {
		return c, false
	}
	if f != nil && !possible(f, m["schema"]) {
		return c, p.fault(where+"/schema", "form_definition.impossible", "field", f.At)
	}
	c.written = m["schema"]
	c.schema, ok = p.compile(m["schema"], where+"/schema")
	return c, ok
}

// possible reports whether the condition on a field's answer can hold at all, as far as its choices, its type and its limits tell.
func possible(f *Field, schema any) bool {
	if schema == false {
		return false
	}
	m, _ := schema.(map[string]any)
	want, limited := []any{m["const"]}, false
	if _, limited = m["const"]; !limited {
		want, limited = m["enum"].([]any)
	}
	if limited {
		can := false
		for _, v := range want {
			can = can || f.canBe(v)
		}
		if !can {
			return false
		}
	}
	if t, ok := m["type"].(string); ok && !f.hasType(t) {
		return false
	}
	if low, ok := number(m["minimum"]); ok && f.Maximum != "" {
		if high, ok := number(f.schema["maximum"]); ok && low.Cmp(high) > 0 {
			return false
		}
	}
	if high, ok := number(m["maximum"]); ok && f.Minimum != "" {
		if low, ok := number(f.schema["minimum"]); ok && low.Cmp(high) > 0 {
			return false
		}
	}
	if inner, ok := m["contains"]; ok && f.Kind == Choices {
		return possible(&Field{Kind: Choice, Choices: f.Choices, schema: map[string]any{}}, inner)
	}
	return true
}
