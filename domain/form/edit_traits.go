package form

import (
	"encoding/json"
	"fmt"
	"slices"
)

// traits reads what a property asks of an answer.
func traits(p, options map[string]any) (Kind, Traits) {
	text := func(k string) string {
		switch v := p[k].(type) {
		case string:
			return v
		case json.Number:
			return string(v)
		}
		return ""
	}
	t := Traits{Format: text("format"), Unit: text("x-unit"), Prefill: text("x-prefill"), ReadOnly: p["readOnly"] == true, Sensitive: p["x-sensitive"] == true, Radio: options["format"] == "radio"}
	t.Declared = p["const"] == true
	t.Sum = sumOf(p["x-calculate"])
	items := members(p, "items")
	choices := func(m map[string]any) {
		for _, v := range list(m["enum"]) {
			c, _ := v.(string)
			t.Choices = append(t.Choices, c)
		}
	}
	switch p["type"] {
	case "string":
		switch {
		case p["enum"] != nil:
			choices(p)
			return Choice, t
		case p["oneOf"] != nil:
			return "", t
		case t.Format == "date":
			days := members(p, "x-days")
			t.Format, t.Min, t.Max = "", fmt.Sprint(orNone(days["from"])), fmt.Sprint(orNone(days["to"]))
			return Date, t
		case t.Format == "clock":
			t.Format = ""
			return TimeOf, t
		}
		t.Min, t.Max = text("minLength"), text("maxLength")
		if options["multi"] == true {
			return Lines, t
		}
		return Line, t
	case "number", "integer":
		t.Min, t.Max, t.Step = text("minimum"), text("maximum"), text("multipleOf")
		if p["type"] == "integer" {
			return Integer, t
		}
		return Number, t
	case "boolean":
		return Tick, t
	case "array":
		t.Min, t.Max = text("minItems"), text("maxItems")
		attachment := members(p, "x-attachment")
		for _, v := range list(attachment["types"]) {
			s, _ := v.(string)
			t.FileTypes = append(t.FileTypes, s)
		}
		switch {
		case attachment != nil:
			return Files, t
		case items["type"] == "object":
			return Repeated, t
		case items["enum"] != nil:
			choices(items)
			return Choices, t
		}
	}
	return "", t
}

func orNone(v any) any {
	if v == nil {
		return ""
	}
	return v
}

func sumOf(v any) Sum {
	if v == nil {
		return Sum{}
	}
	m, _ := v.(map[string]any)
	for op, of := range m {
		s := Sum{Op: op}
		operands := list(of)
		switch op {
		case "count":
			operands = []any{of}
		case "age":
			days, _ := of.(map[string]any)
			if days["on"] != today {
				return Sum{Own: true}
			}
			operands = []any{days["of"]}
		}
		for _, o := range operands {
			om, _ := o.(map[string]any)
			scope, isScope := om["scope"].(string)
			if !isScope || len(om) > 1 {
				return Sum{Own: true}
			}
			s.Scopes = append(s.Scopes, scope)
		}
		if len(m) == 1 && slices.Contains(SumOps, op) {
			return s
		}
	}
	return Sum{Own: true}
}

func (s Sum) written() any {
	var operands []any
	for _, sc := range s.Scopes {
		operands = append(operands, map[string]any{"scope": sc})
	}
	switch {
	case len(operands) == 0:
		return nil
	case s.Op == "count":
		return map[string]any{"count": operands[0]}
	case s.Op == "age":
		return map[string]any{"age": map[string]any{"of": operands[0], "on": today}}
	}
	return map[string]any{s.Op: operands}
}

// ruleOf reads a rule of one condition.
func ruleOf(v any) Rule {
	if v == nil {
		return Rule{}
	}
	m, _ := v.(map[string]any)
	c, schema := members(m, "condition"), members(members(m, "condition"), "schema")
	r := Rule{Hide: m["effect"] == "HIDE", Form: c["x-from"] == "form"}
	r.Scope, _ = c["scope"].(string)
	if (m["effect"] != "SHOW" && m["effect"] != "HIDE") || r.Scope == "" || len(schema) != 1 || c["failWhenUndefined"] != true {
		return Rule{Own: true}
	}
	for k, v := range schema {
		switch k {
		case "const":
			r.Test, r.Value = TestIs, plainValue(v)
		case "not":
			inner := members(schema, "not")
			if len(inner) != 1 || inner["const"] == nil {
				return Rule{Own: true}
			}
			r.Test, r.Value = TestNot, plainValue(inner["const"])
		case "contains":
			r.Test, r.Value = TestHas, plainValue(members(schema, "contains")["const"])
		case "minimum":
			r.Test, r.Value = TestLeast, plainValue(v)
		case "maximum":
			r.Test, r.Value = TestMost, plainValue(v)
		default:
			return Rule{Own: true}
		}
	}
	if r.Test == TestNot && r.Value == "" {
		r.Test = TestAnswered
	}
	return r
}

func plainValue(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// written is a rule as the document has it. Kind is that of the field it reads.
func (r Rule) written(kind Kind) any {
	var value any = r.Value
	switch kind {
	case Tick:
		value = r.Value == "true"
	case Number, Integer:
		value = json.Number(r.Value)
		if _, ok := rational(json.Number(r.Value)); !ok {
			value = r.Value
		}
	}
	schema := map[string]any{}
	switch r.Test {
	case TestIs:
		schema["const"] = value
	case TestNot:
		schema["not"] = map[string]any{"const": value}
	case TestHas:
		schema["contains"] = map[string]any{"const": r.Value}
	case TestLeast:
		schema["minimum"] = value
	case TestMost:
		schema["maximum"] = value
	case TestAnswered:
		schema["not"] = map[string]any{"const": ""}
	default:
		return nil
	}
	c := map[string]any{"scope": r.Scope, "schema": schema, "failWhenUndefined": true}
	if r.Form {
		c["x-from"] = "form"
	}
	effect := "SHOW"
	if r.Hide {
		effect = "HIDE"
	}
	return map[string]any{"effect": effect, "condition": c}
}
