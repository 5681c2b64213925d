package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"luukku/base/fault"
	"luukku/base/i18n"
)

// Mistake is what is wrong with a document: where in it ("ui/elements/0/elements/2/rule"), and the key of the text that says what.
type Mistake struct {
	Where, Key string
	Args       fault.Args
}

// mostMistakes are told at once.
const mostMistakes = 50

// Read reads a form as JSON. Its mistakes are those of Parse.
func Read(b []byte) (*Definition, []Mistake) {
	if len(b) > MaxDocument {
		return nil, []Mistake{{"", "form_definition.large", fault.Args{"bytes": MaxDocument}}}
	}
	var d Document
	in := json.NewDecoder(bytes.NewReader(b))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return nil, []Mistake{{"", "form_definition.json", fault.Args{"error": plainError(err)}}}
	}
	return Parse(d)
}

// plainError is what went wrong, without the names of types.
func plainError(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return wrong.Field
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// Parse reads a form. It returns either the form, or what is wrong with it: all of it, as far as it can be told at once.
func Parse(d Document) (*Definition, []Mistake) {
	if len(d.Schema)+len(d.UI) > MaxDocument {
		return nil, []Mistake{{"", "form_definition.large", fault.Args{"bytes": MaxDocument}}}
	}
	canonical, err := json.Marshal(d)
	if err != nil {
		return nil, []Mistake{{"", "form_definition.json", fault.Args{"error": plainError(err)}}}
	}
	p := &parser{def: &Definition{Document: d, byAt: map[string]*Field{}, Digest: digest(canonical)}}
	p.compiler = jsonschema.NewCompiler()
	p.compiler.DefaultDraft(jsonschema.Draft2020)
	p.compiler.AssertFormat()
	p.compiler.UseLoader(nothing{})
	for _, f := range formats {
		p.compiler.RegisterFormat(f)
	}
	schema, ok := p.object(d.Schema, "schema")
	if !ok {
		return nil, p.mistakes
	}
	if !p.root(schema) {
		return nil, p.mistakes
	}
	ui, ok := p.object(d.UI, "ui")
	if ok {
		p.pages(ui)
	}
	if len(p.mistakes) == 0 {
		p.finish()
	}
	if len(p.mistakes) > 0 {
		return nil, p.mistakes[:min(len(p.mistakes), mostMistakes)]
	}
	for _, l := range i18n.Languages() {
		if len(d.Texts[l.Code]) > 0 {
			p.def.Languages = append(p.def.Languages, l.Code)
		}
	}
	return p.def, nil
}

// nothing is where schemas of elsewhere are loaded from.
type nothing struct{}

func (nothing) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is outside of the form", url)
}

type parser struct {
	def      *Definition
	compiler *jsonschema.Compiler
	mistakes []Mistake
	answers  map[string]any // the schema, its references written out
	defs     map[string]any
	nodes    int
	compiled int
	rules    int
}

// fault notes a mistake, and is false. Args are pairs of a name and what it stands for.
func (p *parser) fault(where, key string, args ...string) bool {
	m := Mistake{Where: where, Key: key, Args: fault.Args{}}
	for i := 0; i+1 < len(args); i += 2 {
		m.Args[args[i]] = args[i+1]
	}
	p.mistakes = append(p.mistakes, m)
	return false
}

func (p *parser) object(b []byte, where string) (map[string]any, bool) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil, p.fault(where, "form_definition.json", "error", plainError(err))
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, p.fault(where, "form_definition.object")
	}
	return m, p.countable(m, where)
}

// countable notes the numbers that are short to write and long to hold.
func (p *parser) countable(v any, where string) bool {
	ok := true
	switch t := v.(type) {
	case json.Number:
		if _, fits := rational(t); !fits {
			return p.fault(where, "form_definition.number")
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(t)) {
			ok = p.countable(t[k], where+"/"+k) && ok
		}
	case []any:
		for i, e := range t {
			ok = p.countable(e, fmt.Sprintf("%s/%d", where, i)) && ok
		}
	}
	return ok
}

// only notes the members that an object may not have.
func (p *parser) only(m map[string]any, where string, names ...string) bool {
	ok := true
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(names, k) {
			ok = p.fault(where, "form_definition.keyword", "name", k)
		}
	}
	return ok
}

// mostNodes bounds what references may write out: a few of them within each other are a form of any size.
const mostNodes = 40_000

// expand writes out the references of a schema: those to its own $defs, and to nothing else. Within are those that are being written out.
func (p *parser) expand(v any, where string, within []string) (any, bool) {
	if p.nodes++; p.nodes > mostNodes {
		if p.nodes == mostNodes+1 {
			p.fault(where, "form_definition.fields", "most", fmt.Sprint(MaxFields))
		}
		return nil, false
	}
	switch t := v.(type) {
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			sub, ok := p.expand(e, fmt.Sprintf("%s/%d", where, i), within)
			if !ok {
				return nil, false
			}
			out[i] = sub
		}
		return out, true
	case map[string]any:
		out := map[string]any{}
		for _, k := range slices.Sorted(maps.Keys(t)) {
			sub, ok := t[k], true
			switch k {
			case "$ref", "$defs":
				continue
			case "const", "enum", "default", "examples":
			default:
				sub, ok = p.expand(t[k], where+"/"+k, within)
			}
			if !ok {
				return nil, false
			}
			out[k] = sub
		}
		ref, has := t["$ref"]
		if !has {
			return out, true
		}
		s, _ := ref.(string)
		of, found := p.defs[strings.TrimPrefix(s, "#/$defs/")]
		if !found || !strings.HasPrefix(s, "#/$defs/") {
			return nil, p.fault(where+"/$ref", "form_definition.reference", "ref", s)
		}
		if slices.Contains(within, s) {
			return nil, p.fault(where+"/$ref", "form_definition.loop", "way", strings.Join(append(within, s), " > "))
		}
		base, ok := p.expand(of, "schema/$defs/"+strings.TrimPrefix(s, "#/$defs/"), append(slices.Clone(within), s))
		if !ok {
			return nil, false
		}
		m, isObject := base.(map[string]any)
		if !isObject {
			return nil, p.fault(where+"/$ref", "form_definition.reference", "ref", s)
		}
		merged := maps.Clone(m)
		maps.Copy(merged, out)
		return merged, true
	}
	return v, true
}

// root reads the schema of the answers.
func (p *parser) root(schema map[string]any) bool {
	p.defs, _ = schema["$defs"].(map[string]any)
	if draft, has := schema["$schema"]; has && draft != "https://json-schema.org/draft/2020-12/schema" {
		return p.fault("schema/$schema", "form_definition.draft")
	}
	v, ok := p.expand(schema, "schema", nil)
	if !ok {
		return false
	}
	m := v.(map[string]any)
	delete(m, "$schema")
	if !p.only(m, "schema", "type", "title", "description", "properties", "required", "allOf", "if", "then", "else", "additionalProperties", "unevaluatedProperties") {
		return false
	}
	if !p.properties(m, "schema", "", nil, 0) {
		return false
	}
	across := map[string]any{}
	for _, k := range []string{"if", "then", "else", "allOf"} {
		if sub, has := m[k]; has {
			across[k] = sub
		}
	}
	if !p.across(across, "schema") {
		return false
	}
	p.answers = m
	return true
}

// across reads what the schema says about several fields together: if, then, else, and several of them.
func (p *parser) across(m map[string]any, where string) bool {
	ok := true
	for _, k := range slices.Sorted(maps.Keys(m)) {
		at := where + "/" + k
		switch k {
		case "if":
			ok = p.plain(m[k], at, 0) && ok
		case "then", "else":
			sub, isObject := m[k].(map[string]any)
			if !isObject || !p.only(sub, at, "required", "properties") || !p.consequence(sub, at) {
				ok = false
			}
		case "allOf":
			list, isList := m[k].([]any)
			if !isList {
				return p.fault(at, "form_definition.object")
			}
			for i, e := range list {
				sub, isObject := e.(map[string]any)
				here := fmt.Sprintf("%s/%d", at, i)
				if !isObject || !p.only(sub, here, "if", "then", "else") || !p.across(sub, here) {
					ok = false
				}
			}
		}
	}
	return ok
}

// consequence reads what holds of fields when something else does: assertions on fields that are there.
func (p *parser) consequence(m map[string]any, where string) bool {
	ok := true
	required, _ := m["required"].([]any)
	for _, r := range required {
		s, _ := r.(string)
		if p.def.byAt["/"+s] == nil {
			ok = p.fault(where+"/required", "form_definition.scope", "scope", s)
		}
	}
	properties, _ := m["properties"].(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(properties)) {
		at := where + "/properties/" + k
		sub, isObject := properties[k].(map[string]any)
		if p.def.byAt["/"+k] == nil || !isObject {
			ok = p.fault(at, "form_definition.scope", "scope", k)
			continue
		}
		ok = p.only(sub, at, "const", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "minItems", "maxItems") && ok
	}
	return ok
}

// plain reports whether a schema says only what can be judged by itself: no references, nothing that this engine does not know.
func (p *parser) plain(v any, where string, depth int) bool {
	if _, isBool := v.(bool); isBool {
		return true
	}
	m, isObject := v.(map[string]any)
	if !isObject || depth > MaxDepth+4 {
		return p.fault(where, "form_definition.condition")
	}
	ok := true
	for _, k := range slices.Sorted(maps.Keys(m)) {
		at := where + "/" + k
		switch k {
		case "type", "const", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format",
			"minItems", "maxItems", "uniqueItems", "minContains", "maxContains", "required":
		case "not", "if", "then", "else", "contains", "items":
			ok = p.plain(m[k], at, depth+1) && ok
		case "allOf", "anyOf", "oneOf":
			list, _ := m[k].([]any)
			for i, e := range list {
				ok = p.plain(e, fmt.Sprintf("%s/%d", at, i), depth+1) && ok
			}
		case "properties":
			all, _ := m[k].(map[string]any)
			for _, n := range slices.Sorted(maps.Keys(all)) {
				ok = p.plain(all[n], at+"/"+n, depth+1) && ok
			}
		default:
			ok = p.fault(where, "form_definition.keyword", "name", k)
		}
	}
	return ok
}

// compile makes a schema ready to be held against answers.
func (p *parser) compile(v any, where string) (*jsonschema.Schema, bool) {
	p.compiled++
	url := fmt.Sprintf("form:///%d", p.compiled)
	if err := p.compiler.AddResource(url, v); err != nil {
		return nil, p.fault(where, "form_definition.schema", "error", err.Error())
	}
	s, err := p.compiler.Compile(url)
	if err == nil {
		return s, true
	}
	var wrong *jsonschema.SchemaValidationError
	if errors.As(err, &wrong) {
		err = wrong.Err
	}
	return nil, p.fault(where, "form_definition.schema", "error", strings.ReplaceAll(err.Error(), url+"#", ""))
}

// scope is the place of answers that a scope of the document names: seen from a row when within is set, else from the form. The field is nil for a group of fields.
func (p *parser) scope(s string, within bool, rows *Field) (at string, f *Field, ok bool) {
	rest, found := strings.CutPrefix(s, "#")
	if !found {
		return "", nil, false
	}
	if within && rows != nil {
		at = rows.At + "/*"
	}
	parts := strings.Split(strings.TrimPrefix(rest, "/"), "/")
	for i := 0; rest != "" && i < len(parts); i++ {
		switch {
		case parts[i] == "items":
			at += "/*"
		case parts[i] == "properties" && i+1 < len(parts):
			i++
			at += "/" + parts[i]
		default:
			return "", nil, false
		}
	}
	if f = p.def.byAt[at]; f != nil {
		return at, f, true
	}
	for other := range p.def.byAt {
		if strings.HasPrefix(other, at+"/") {
			return at, nil, true
		}
	}
	return "", nil, false
}

func number(v any) (*big.Rat, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return nil, false
	}
	return rational(n)
}
