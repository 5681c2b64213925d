package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Prefills are what a field can be filled in with beforehand.
var Prefills = []string{
	"self.name", "self.first_names", "self.family_name", "self.birth_date", "self.code", "self.email", "self.phone", "self.language",
	"self.street", "self.postal_code", "self.town", "self.country",
	"organisation.name", "organisation.code",
}

// properties reads the fields of an object of the schema: at is its place in the answers.
func (p *parser) properties(m map[string]any, where, at string, rows *Field, depth int) bool {
	if m["type"] != "object" {
		return p.fault(where+"/type", "form_definition.object")
	}
	if depth > MaxDepth {
		return p.fault(where, "form_definition.depth", "most", fmt.Sprint(MaxDepth))
	}
	for _, k := range []string{"additionalProperties", "unevaluatedProperties"} {
		if v, has := m[k]; has && v != false {
			return p.fault(where+"/"+k, "form_definition.keyword", "name", k)
		}
	}
	all, _ := m["properties"].(map[string]any)
	if len(all) == 0 {
		return p.fault(where, "form_definition.empty")
	}
	required := map[string]bool{}
	list, _ := m["required"].([]any)
	for _, r := range list {
		s, _ := r.(string)
		if _, has := all[s]; !has {
			return p.fault(where+"/required", "form_definition.scope", "scope", s)
		}
		required[s] = true
	}
	ok := true
	for _, k := range slices.Sorted(maps.Keys(all)) {
		here := where + "/properties/" + k
		sub, isObject := all[k].(map[string]any)
		switch {
		case !name.MatchString(k):
			ok = p.fault(here, "form_definition.name", "name", k)
		case !isObject:
			ok = p.fault(here, "form_definition.object")
		case len(p.def.byAt) >= MaxFields:
			return p.fault(here, "form_definition.fields", "most", fmt.Sprint(MaxFields))
		case sub["type"] == "object":
			ok = p.only(sub, here, "type", "title", "description", "properties", "required", "additionalProperties", "unevaluatedProperties", "i18n") &&
				p.properties(sub, here, at+"/"+k, rows, depth+1) && ok
		default:
			ok = p.field(sub, here, at+"/"+k, k, rows, required[k], depth) && ok
		}
	}
	return ok
}

// known are the keywords of a field.
var known = []string{
	"type", "title", "description", "i18n", "enum", "const", "oneOf", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
	"multipleOf", "items", "minItems", "maxItems", "uniqueItems", "readOnly", "default", "examples",
	"x-attachment", "x-prefill", "x-sensitive", "x-autocomplete", "x-calculate", "x-not-before", "x-days", "x-unit",
}

// field reads one field.
func (p *parser) field(m map[string]any, where, at, named string, rows *Field, required bool, depth int) bool {
	if !p.only(m, where, known...) {
		return false
	}
	f := &Field{At: at, Name: named, Rows: rows, Required: required, Step: -1, schema: m}
	f.Key = strings.ReplaceAll(strings.TrimPrefix(strings.ReplaceAll(at, "/*", ""), "/"), "/", ".")
	text := func(k string) string { s, _ := m[k].(string); return s }
	if k := text("i18n"); k != "" {
		f.Key = k
	}
	f.Label, f.Description, f.Unit, f.Autocomplete = text("title"), text("description"), text("x-unit"), text("x-autocomplete")
	f.ReadOnly, f.Sensitive = m["readOnly"] == true, m["x-sensitive"] == true
	if f.Prefill = text("x-prefill"); f.Prefill != "" && !slices.Contains(Prefills, f.Prefill) {
		return p.fault(where+"/x-prefill", "form_definition.prefill", "name", f.Prefill)
	}
	if !p.kind(f, m, where) {
		return false
	}
	p.def.byAt[at] = f
	if f.Kind == Repeated {
		if rows != nil {
			return p.fault(where, "form_definition.rows_in_rows")
		}
		items, _ := m["items"].(map[string]any)
		return p.limits(f, m, where) && p.properties(items, where+"/items", at+"/*", f, depth+1)
	}
	return p.limits(f, m, where)
}

// kind tells what sort of answer a field takes, and its choices.
func (p *parser) kind(f *Field, m map[string]any, where string) bool {
	items, _ := m["items"].(map[string]any)
	attachment, isFile := m["x-attachment"].(map[string]any)
	switch t := m["type"]; {
	case isFile && t == "array" && items["type"] == "string":
		f.Kind = Files
		types, _ := attachment["types"].([]any)
		for _, v := range types {
			s, _ := v.(string)
			f.FileTypes = append(f.FileTypes, s)
		}
		return p.only(attachment, where+"/x-attachment", "types")
	case t == "array" && items["type"] == "object":
		f.Kind = Repeated
	case t == "array" && items["type"] == "string":
		f.Kind = Choices
		m["uniqueItems"] = true
		return p.choices(f, items, where+"/items")
	case t == "string" && (m["enum"] != nil || m["oneOf"] != nil):
		f.Kind = Choice
		return p.choices(f, m, where)
	case t == "string" && m["format"] == "date":
		f.Kind = Date
	case t == "string" && m["format"] == "clock":
		f.Kind = TimeOf
	case t == "string":
		f.Kind = Line
		f.Format, _ = m["format"].(string)
		if _, has := formats[f.Format]; f.Format != "" && !has && !slices.Contains(standard, f.Format) {
			return p.fault(where+"/format", "form_definition.format", "name", f.Format)
		}
	case t == "number":
		f.Kind = Number
	case t == "integer":
		f.Kind = Integer
	case t == "boolean":
		f.Kind = Tick
	default:
		return p.fault(where+"/type", "form_definition.type")
	}
	return true
}

// choices reads those of a field: an enum, or a oneOf of constants with titles.
func (p *parser) choices(f *Field, m map[string]any, where string) bool {
	list, _ := m["enum"].([]any)
	if m["oneOf"] != nil {
		of, _ := m["oneOf"].([]any)
		for i, e := range of {
			one, _ := e.(map[string]any)
			if !p.only(one, fmt.Sprintf("%s/oneOf/%d", where, i), "const", "title", "i18n") {
				return false
			}
			list = append(list, one["const"])
		}
	}
	for _, v := range list {
		s, isText := v.(string)
		if !isText || s == "" || len(s) > 100 || slices.Contains(f.Choices, s) {
			return p.fault(where, "form_definition.choice")
		}
		f.Choices = append(f.Choices, s)
	}
	if len(f.Choices) == 0 || len(f.Choices) > MaxChoices {
		return p.fault(where, "form_definition.choices", "most", fmt.Sprint(MaxChoices))
	}
	return true
}

// limits reads how long, how large, how many; what is wanting is set to the bounds of every form.
func (p *parser) limits(f *Field, m map[string]any, where string) bool {
	whole := func(k string) *int {
		n, ok := m[k].(json.Number)
		if !ok {
			return nil
		}
		v, err := n.Int64()
		if err != nil || v < 0 || v > MaxText {
			p.fault(where+"/"+k, "form_definition.limit", "name", k)
			return nil
		}
		i := int(v)
		return &i
	}
	before := len(p.mistakes)
	f.MinLength, f.MaxLength, f.MinItems, f.MaxItems = whole("minLength"), whole("maxLength"), whole("minItems"), whole("maxItems")
	plain := func(k string) string {
		n, ok := m[k].(json.Number)
		if _, fits := rational(n); ok && !fits {
			p.fault(where+"/"+k, "form_definition.limit", "name", k)
		}
		return string(n)
	}
	f.Minimum, f.Maximum = plain("minimum"), plain("maximum")
	plain("exclusiveMinimum")
	plain("exclusiveMaximum")
	plain("multipleOf")
	low, ok := number(m["minimum"])
	high, also := number(m["maximum"])
	contrary := ok && also && low.Cmp(high) > 0
	for _, pair := range [][2]*int{{f.MinLength, f.MaxLength}, {f.MinItems, f.MaxItems}} {
		contrary = contrary || (pair[0] != nil && pair[1] != nil && *pair[0] > *pair[1])
	}
	if contrary {
		return p.fault(where, "form_definition.contrary")
	}
	if f.Pattern, _ = m["pattern"].(string); f.Pattern != "" {
		if _, err := regexp.Compile(f.Pattern); err != nil || len(f.Pattern) > 500 {
			return p.fault(where+"/pattern", "form_definition.pattern")
		}
	}
	if days, isObject := m["x-days"].(map[string]any); isObject {
		for k, to := range map[string]**int{"from": &f.DaysFrom, "to": &f.DaysTo} {
			n, has := days[k].(json.Number)
			v, err := n.Int64()
			if has && err == nil && v >= -50_000 && v <= 50_000 {
				i := int(v)
				*to = &i
			}
		}
		if !p.only(days, where+"/x-days", "from", "to") || f.Kind != Date || (f.DaysFrom == nil && f.DaysTo == nil) || (f.DaysFrom != nil && f.DaysTo != nil && *f.DaysFrom > *f.DaysTo) {
			return p.fault(where+"/x-days", "form_definition.limit", "name", "x-days")
		}
	}
	return len(p.mistakes) == before
}

// bound gives the text of a field, and the items of a list, the bounds of every form where the document has none.
func (f *Field) bound() {
	set := func(k string, most int, own **int) {
		if *own == nil || **own > most {
			*own = &most
			f.schema[k] = json.Number(fmt.Sprint(most))
		}
	}
	switch f.Kind {
	case Line:
		set("maxLength", MaxLine, &f.MaxLength)
	case Lines:
		set("maxLength", MaxText, &f.MaxLength)
	case Repeated:
		set("maxItems", MaxRows, &f.MaxItems)
	case Choices:
		set("maxItems", len(f.Choices), &f.MaxItems)
	case Files:
		set("maxItems", MaxFiles, &f.MaxItems)
	}
}

// MaxFiles are the most files that one question takes.
const MaxFiles = 20

// canBe reports whether a field's answer can be a value.
func (f *Field) canBe(v any) bool {
	switch f.Kind {
	case Choice:
		s, ok := v.(string)
		return ok && slices.Contains(f.Choices, s)
	case Tick:
		_, ok := v.(bool)
		return ok
	case Number, Integer:
		n, ok := number(v)
		if !ok || (f.Kind == Integer && !n.IsInt()) {
			return false
		}
		low, has := number(f.schema["minimum"])
		if has && n.Cmp(low) < 0 {
			return false
		}
		high, has := number(f.schema["maximum"])
		return !has || n.Cmp(high) <= 0
	case Line, Lines, Date, TimeOf:
		_, ok := v.(string)
		return ok
	}
	_, ok := v.([]any)
	return ok
}

// hasType reports whether a field's answer has a type of JSON Schema.
func (f *Field) hasType(t string) bool {
	switch f.Kind {
	case Number, Integer:
		return t == "number" || t == "integer"
	case Tick:
		return t == "boolean"
	case Choices, Files, Repeated:
		return t == "array"
	}
	return t == "string"
}
