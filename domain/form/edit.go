package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"luukku/base/i18n"
)

// Sketch is a document while it is built, item by item. It reads what Parse would refuse, so that what is half done can be kept; what it has no word for it leaves as it is.
// Items are named by their places: "1" is the second step, "1/0" the first thing on it, "1/0/2" the third within that, as the places change when something is moved.
type Sketch struct {
	schema, ui map[string]any
	texts      map[i18n.Lang]map[string]string
}

// Item is a step, a heading with what stands under it, a text, or a question.
type Item struct {
	Path string
	// Kind is a field's; StepItem, GroupItem and TextItem are those of what asks nothing; empty is a question that the sketch cannot read.
	Kind Kind
	// Key begins the keys of its texts, Suffix ends that of the first one.
	Key, Suffix string
	// Scope is where its answer lies, as rules name it: within a row from the row on.
	Scope string
	Traits
	// Rule shows or hides it.
	Rule  Rule
	Items []Item
}

// What asks nothing.
const (
	StepItem  Kind = "step"
	GroupItem Kind = "group"
	TextItem  Kind = "note"
)

// Kinds are those that can be asked, in the order in which they are offered.
var Kinds = []Kind{Line, Lines, Number, Integer, Tick, Choice, Choices, Date, TimeOf, Files, Repeated}

// Traits are what is asked of an answer. Numbers are as they are written, empty for none.
type Traits struct {
	Required  bool
	Choices   []string // their values: those of new ones are made by SetChoices
	Format    string
	Min, Max  string // of a text its length, of a number its value, of a list how many, of a day how many days from today
	Step      string // of a number: what it is a multiple of
	Unit      string
	Prefill   string
	ReadOnly  bool
	Sensitive bool
	Radio     bool // a tick is asked as yes or no
	Declared  bool // a tick that must be set
	FileTypes []string
	Sum       Sum
}

// Sum is a calculation of one operation on fields. Own is one that the sketch cannot say: it stays as it is.
type Sum struct {
	Op     string // sum, product, difference, least, most, count, age; empty for none
	Scopes []string
	Own    bool
}

// SumOps are the operations of calculations.
var SumOps = []string{"sum", "product", "difference", "least", "most", "count", "age"}

// Rule is a condition on one answer. Own is one that the sketch cannot say: it stays as it is.
type Rule struct {
	Hide  bool // hides, rather than shows
	Scope string
	// Form says of an item in a row that the scope is the form's, not the row's.
	Form bool
	// Test is how the answer is held against Value; empty for no rule.
	Test, Value string
	Own         bool
}

// The tests of rules.
const (
	TestIs       = "is"
	TestNot      = "not"
	TestHas      = "has" // one of several choices
	TestLeast    = "least"
	TestMost     = "most"
	TestAnswered = "answered"
)

// Tests are all of them.
var Tests = []string{TestIs, TestNot, TestHas, TestLeast, TestMost, TestAnswered}

const draft2020 = "https://json-schema.org/draft/2020-12/schema"

// Sketched opens a document for building. A form without steps is one of one step.
func Sketched(d Document) *Sketch {
	s := &Sketch{texts: map[i18n.Lang]map[string]string{}}
	s.schema, _ = tree(d.Schema).(map[string]any)
	s.ui, _ = tree(d.UI).(map[string]any)
	if s.schema == nil {
		s.schema = map[string]any{"$schema": draft2020, "type": "object"}
	}
	for l, all := range d.Texts {
		s.texts[l] = maps.Clone(all)
	}
	if s.ui["type"] != "Categorization" {
		step := map[string]any{"type": "Category", "i18n": "step.step1", "elements": []any{}}
		switch {
		case s.ui["type"] == "VerticalLayout" && s.ui["rule"] == nil:
			step["elements"] = list(s.ui["elements"])
		case s.ui != nil:
			step["elements"] = []any{s.ui}
		}
		s.ui = map[string]any{"type": "Categorization", "elements": []any{step}}
	}
	return s
}

// Document is what was sketched.
func (s *Sketch) Document() Document {
	schema, _ := json.Marshal(s.schema) // made of what JSON is made of
	ui, _ := json.Marshal(s.ui)
	return Document{Schema: schema, UI: ui, Texts: s.texts}.Normal()
}

func list(v any) []any { l, _ := v.([]any); return l }

func members(v any, name string) map[string]any {
	m, _ := v.(map[string]any)
	sub, _ := m[name].(map[string]any)
	return sub
}

// inside are the things within an element, and where they are kept.
func inside(e map[string]any) (holder map[string]any, all []any) {
	if e["type"] == "Control" {
		detail := members(members(e, "options"), "detail")
		return detail, list(detail["elements"])
	}
	return e, list(e["elements"])
}

// at finds an element by its place, the elements around it, and the schema in which its scope is looked up.
func (s *Sketch) at(path string) (e map[string]any, holders []map[string]any, schema map[string]any, ok bool) {
	e, schema = s.ui, s.schema
	for _, part := range strings.Split(path, "/") {
		i, err := strconv.Atoi(part)
		holder, all := inside(e)
		if err != nil || i < 0 || i >= len(all) {
			return nil, nil, nil, false
		}
		if e["type"] == "Control" {
			schema = members(s.property(e, schema), "items")
		}
		holders = append(holders, holder)
		if e, ok = all[i].(map[string]any); !ok {
			return nil, nil, nil, false
		}
	}
	return e, holders, schema, true
}

// property is the schema of the field that a control asks, nil for none.
func (s *Sketch) property(e, schema map[string]any) map[string]any {
	scope, _ := e["scope"].(string)
	parent, name := s.parent(scope, schema)
	return members(members(parent, "properties"), name)
}

// parent is the object of a schema in which a scope's property stands.
func (s *Sketch) parent(scope string, schema map[string]any) (object map[string]any, name string) {
	parts := strings.Split(strings.TrimPrefix(scope, "#/"), "/")
	if len(parts) < 2 || len(parts)%2 != 0 {
		return nil, ""
	}
	for i := 0; i+2 < len(parts); i += 2 {
		schema = members(members(schema, parts[i]), parts[i+1])
	}
	return schema, parts[len(parts)-1]
}

// Items are the steps with what is on them.
func (s *Sketch) Items() []Item { return s.items(s.ui, s.schema, "", "") }

func (s *Sketch) items(e, schema map[string]any, path, prefix string) []Item {
	_, all := inside(e)
	var out []Item
	for i, v := range all {
		m, _ := v.(map[string]any)
		at := strings.TrimPrefix(path+"/"+strconv.Itoa(i), "/")
		out = append(out, s.item(m, schema, at, prefix))
	}
	return out
}

func (s *Sketch) item(m, schema map[string]any, path, prefix string) Item {
	it := Item{Path: path, Suffix: ".label"}
	it.Key, _ = m["i18n"].(string)
	it.Rule = ruleOf(m["rule"])
	switch m["type"] {
	case "Category":
		it.Kind = StepItem
	case "Group", "VerticalLayout":
		it.Kind = GroupItem
	case "Label":
		it.Kind, it.Suffix = TextItem, ".text"
	case "Control":
		it.Scope, _ = m["scope"].(string)
		p := s.property(m, schema)
		own := strings.ReplaceAll(strings.TrimPrefix(it.Scope, "#/properties/"), "/properties/", ".")
		if own = prefix + own; it.Key == "" {
			it.Key = own
		}
		if k, _ := p["i18n"].(string); k != "" {
			it.Key = k
		}
		parent, name := s.parent(it.Scope, schema)
		it.Kind, it.Traits = traits(p, members(m, "options"))
		it.Required = slices.Contains(list(parent["required"]), any(name))
		it.Items = s.items(m, members(p, "items"), path, own+".")
		return it
	}
	it.Items = s.items(m, schema, path, prefix)
	return it
}

// Item finds one by its place; ok is false when there is none.
func (s *Sketch) Item(path string) (Item, bool) {
	e, _, schema, ok := s.at(path)
	if !ok {
		return Item{}, false
	}
	return s.item(e, schema, path, s.prefix(path)), true
}

// prefix is what the keys of things in a row begin with.
func (s *Sketch) prefix(path string) string {
	parts := strings.Split(path, "/")
	for i := len(parts) - 1; i > 0; i-- {
		if e, _, _, ok := s.at(strings.Join(parts[:i], "/")); ok && e["type"] == "Control" {
			scope, _ := e["scope"].(string)
			return strings.ReplaceAll(strings.TrimPrefix(scope, "#/properties/"), "/properties/", ".") + "."
		}
	}
	return ""
}

// AddStep puts an empty step at the end and returns its place.
func (s *Sketch) AddStep() string {
	all := list(s.ui["elements"])
	key := s.freeKey("step.step")
	s.ui["elements"] = append(all, map[string]any{"type": "Category", "i18n": key, "elements": []any{}})
	return strconv.Itoa(len(all))
}

// freeKey is a key with a number that nothing in the form has.
func (s *Sketch) freeKey(begin string) string {
	ui := flat(s.ui)
	for n := 1; ; n++ {
		if key := begin + strconv.Itoa(n); !strings.Contains(ui, quote(key)) {
			return key
		}
	}
}

// Add puts a new thing at the end of a step, of a group or of what is asked in rows, and returns its place. Called is a question's label, from which its name is made. Ok is false where
// there is no such place, or no such thing can stand there.
func (s *Sketch) Add(in string, kind Kind, called string) (path string, ok bool) {
	parent, _, schema, found := s.at(in)
	if !found {
		return "", false
	}
	holder, all := inside(parent)
	if parent["type"] == "Control" {
		p := s.property(parent, schema)
		if schema = members(p, "items"); schema["type"] != "object" || kind == Repeated || holder == nil {
			return "", false
		}
	} else if holder["type"] != "Category" && holder["type"] != "Group" && holder["type"] != "VerticalLayout" {
		return "", false
	}
	if kind == Repeated && s.prefix(in) != "" {
		return "", false
	}
	var e map[string]any
	switch kind {
	case GroupItem:
		e = map[string]any{"type": "Group", "i18n": s.freeKey("group.group"), "elements": []any{}}
	case TextItem:
		e = map[string]any{"type": "Label", "i18n": s.freeKey("note.note")}
	default:
		if !slices.Contains(Kinds, kind) {
			return "", false
		}
		properties := members(schema, "properties")
		if properties == nil {
			properties = map[string]any{}
			schema["properties"] = properties
		}
		n := freeName(called, properties)
		e = map[string]any{"type": "Control", "scope": "#/properties/" + n}
		properties[n] = fresh(kind, e)
	}
	holder["elements"] = append(all, e)
	return in + "/" + strconv.Itoa(len(all)), true
}

// fresh is the schema of a new question; how it is asked goes into its control.
func fresh(kind Kind, control map[string]any) map[string]any {
	option := func(name string, v any) { control["options"] = map[string]any{name: v} }
	switch kind {
	case Lines:
		option("multi", true)
		return map[string]any{"type": "string", "maxLength": json.Number("4000")}
	case Number:
		return map[string]any{"type": "number"}
	case Integer:
		return map[string]any{"type": "integer"}
	case Tick:
		option("format", "radio")
		return map[string]any{"type": "boolean"}
	case Choice:
		option("format", "radio")
		return map[string]any{"type": "string", "enum": []any{"choice_1", "choice_2"}}
	case Choices:
		return map[string]any{"type": "array", "items": map[string]any{"type": "string", "enum": []any{"choice_1", "choice_2"}}}
	case Date:
		return map[string]any{"type": "string", "format": "date"}
	case TimeOf:
		return map[string]any{"type": "string", "format": "clock"}
	case Files:
		return map[string]any{"type": "array", "x-attachment": map[string]any{"types": []any{"pdf", "picture"}}, "items": map[string]any{"type": "string"}}
	case Repeated:
		option("detail", map[string]any{"type": "VerticalLayout", "elements": []any{}})
		return map[string]any{"type": "array", "items": map[string]any{"type": "object", "properties": map[string]any{}}}
	}
	return map[string]any{"type": "string", "maxLength": json.Number("200")}
}

// freeName makes a name of a label that no other has.
func freeName(called string, taken map[string]any) string {
	base := NameOf(called)
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name = base + "_" + strconv.Itoa(n)
		}
		if _, has := taken[name]; !has {
			return name
		}
	}
}

// NameOf makes a name of a label, as "hours_of_care" of "Hours of care?".
func NameOf(called string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(norm.NFD.String(called)) {
		switch {
		case r >= 'a' && r <= 'z' || (r >= '0' && r <= '9' && b.Len() > 0):
			b.WriteRune(r)
		case (r == ' ' || r == '-' || r == '_') && b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
		if b.Len() >= 30 {
			break
		}
	}
	base := strings.Trim(b.String(), "_")
	if base == "" {
		base = "question"
	}
	return base
}

// Move puts a thing one place up (by -1) or down (1) among its neighbours; a question at the end of a step goes on to the next one. It returns its new place; ok is false when it cannot go there.
func (s *Sketch) Move(path string, by int) (to string, ok bool) {
	e, holders, _, found := s.at(path)
	if !found || (by != 1 && by != -1) {
		return path, false
	}
	parts := strings.Split(path, "/")
	i, _ := strconv.Atoi(parts[len(parts)-1]) // a number, since it was found
	holder := holders[len(holders)-1]
	all := list(holder["elements"])
	if j := i + by; j >= 0 && j < len(all) {
		all[i], all[j] = all[j], all[i]
		parts[len(parts)-1] = strconv.Itoa(j)
		return strings.Join(parts, "/"), true
	}
	step, _ := strconv.Atoi(parts[0])
	steps := list(s.ui["elements"])
	if len(parts) != 2 || step+by < 0 || step+by >= len(steps) {
		return path, false
	}
	next, _ := steps[step+by].(map[string]any)
	holder["elements"] = slices.Delete(slices.Clone(all), i, i+1)
	others := list(next["elements"])
	at := 0
	if by < 0 {
		at = len(others)
	}
	next["elements"] = slices.Insert(slices.Clone(others), at, any(e))
	return fmt.Sprintf("%d/%d", step+by, at), true
}

// Delete takes a thing away, with all that stands in it, its texts and what may be answered there. What still names it is found by Parse.
func (s *Sketch) Delete(path string) bool {
	e, holders, schema, ok := s.at(path)
	if !ok {
		return false
	}
	s.forget(e, schema, s.prefix(path))
	parts := strings.Split(path, "/")
	i, _ := strconv.Atoi(parts[len(parts)-1])
	holder := holders[len(holders)-1]
	holder["elements"] = slices.Delete(slices.Clone(list(holder["elements"])), i, i+1)
	return true
}

// forget drops the texts and properties of an element and of what stands in it.
func (s *Sketch) forget(e, schema map[string]any, prefix string) {
	it := s.item(e, schema, "", prefix)
	if e["type"] == "Control" {
		parent, name := s.parent(it.Scope, schema)
		delete(members(parent, "properties"), name)
		s.require(parent, name, false)
		for _, words := range s.texts {
			maps.DeleteFunc(words, func(k, _ string) bool { return strings.HasPrefix(k, it.Key+".") })
		}
		return
	}
	_, all := inside(e)
	for _, v := range all {
		if sub, isObject := v.(map[string]any); isObject {
			s.forget(sub, schema, prefix)
		}
	}
	for _, words := range s.texts {
		delete(words, it.Key+it.Suffix)
	}
}

func (s *Sketch) require(object map[string]any, name string, yes bool) {
	all := slices.DeleteFunc(slices.Clone(list(object["required"])), func(v any) bool { return v == name })
	if yes {
		all = append(all, name)
	}
	if object["required"] = all; len(all) == 0 {
		delete(object, "required")
	}
}

// Text is a wording; Say sets it, an empty one takes it away.
func (s *Sketch) Text(lang i18n.Lang, key string) string { return s.texts[lang][key] }

// Say sets a wording in a language; an empty one is taken away.
func (s *Sketch) Say(lang i18n.Lang, key, text string) {
	if s.texts[lang] == nil {
		s.texts[lang] = map[string]string{}
	}
	if s.texts[lang][key] = text; text == "" {
		delete(s.texts[lang], key)
	}
}

// Ask sets what is asked of a question's answer. What the sketch cannot say of it stays.
func (s *Sketch) Ask(path string, t Traits) bool {
	e, _, schema, ok := s.at(path)
	if !ok || e["type"] != "Control" {
		return false
	}
	scope, _ := e["scope"].(string)
	parent, name := s.parent(scope, schema)
	p := s.property(e, schema)
	if p == nil {
		return false
	}
	kind, _ := traits(p, members(e, "options"))
	s.require(parent, name, t.Required && t.Sum.Op == "" && !t.Sum.Own)
	set := func(k string, v any) {
		if p[k] = v; v == nil || v == "" || v == false || v == json.Number("") {
			delete(p, k)
		}
	}
	set("readOnly", t.ReadOnly)
	set("x-sensitive", t.Sensitive)
	set("x-prefill", t.Prefill)
	switch kind {
	case Line, Lines:
		set("minLength", json.Number(t.Min))
		set("maxLength", json.Number(t.Max))
		set("format", t.Format)
	case Number, Integer:
		set("minimum", json.Number(t.Min))
		set("maximum", json.Number(t.Max))
		set("multipleOf", json.Number(t.Step))
		set("x-unit", t.Unit)
		if !t.Sum.Own {
			set("x-calculate", t.Sum.written())
		}
	case Date:
		days := map[string]any{}
		for k, v := range map[string]string{"from": t.Min, "to": t.Max} {
			if v != "" {
				days[k] = json.Number(v)
			}
		}
		if p["x-days"] = days; len(days) == 0 {
			delete(p, "x-days")
		}
	case Choices, Files, Repeated:
		set("minItems", json.Number(t.Min))
		set("maxItems", json.Number(t.Max))
		if t.Required && t.Min == "" {
			p["minItems"] = json.Number("1")
		}
		if kind == Files {
			var types []any
			for _, ft := range t.FileTypes {
				types = append(types, ft)
			}
			p["x-attachment"] = map[string]any{"types": types}
			if len(types) == 0 {
				p["x-attachment"] = map[string]any{}
			}
		}
	case Tick:
		if set("const", t.Declared); t.Declared {
			s.require(parent, name, true)
		}
		options := maps.Clone(members(e, "options"))
		if options == nil {
			options = map[string]any{}
		}
		if delete(options, "format"); t.Radio && !t.Declared {
			options["format"] = "radio"
		}
		if e["options"] = options; len(options) == 0 {
			delete(e, "options")
		}
	}
	return true
}

// SetChoices sets the choices of a question by their wordings in one language, in their order: those that are there keep their values and other languages' words, new ones get values made of their wordings.
func (s *Sketch) SetChoices(path string, lang i18n.Lang, words []string) bool {
	it, ok := s.Item(path)
	if !ok || (it.Kind != Choice && it.Kind != Choices) {
		return false
	}
	e, _, schema, _ := s.at(path)
	p := s.property(e, schema)
	if it.Kind == Choices {
		p = members(p, "items")
	}
	kept, taken := map[string]any{}, map[string]any{}
	for _, c := range it.Choices {
		taken[c] = true
	}
	var values []any
	for i, w := range words {
		value := ""
		for _, c := range it.Choices { // the one of this wording
			if said := s.Text(lang, it.Key+"."+c); (said == w || (said == "" && c == w)) && kept[c] == nil {
				value = c
			}
		}
		// A choice whose words were mended stays where it stood.
		if value == "" && len(words) == len(it.Choices) && kept[it.Choices[i]] == nil {
			if said := s.Text(lang, it.Key+"."+it.Choices[i]); said != "" && !slices.Contains(words, said) {
				value = it.Choices[i]
			}
		}
		if value == "" {
			value = freeName(w, taken)
		}
		kept[value], taken[value] = true, true
		values = append(values, value)
		s.Say(lang, it.Key+"."+value, w)
	}
	for _, c := range it.Choices {
		if kept[c] == nil {
			for l := range s.texts {
				delete(s.texts[l], it.Key+"."+c)
			}
		}
	}
	p["enum"] = values
	return true
}

// Show sets when a thing is shown or hidden; a rule without a test is none. Kind is that of the field whose answer it reads.
func (s *Sketch) Show(path string, r Rule, kind Kind) bool {
	e, _, _, ok := s.at(path)
	if !ok || r.Own {
		return ok
	}
	if v := r.written(kind); v != nil {
		e["rule"] = v
	} else {
		delete(e, "rule")
	}
	return true
}

// New is a form of one step that asks nothing yet.
func New() Document {
	s := Sketched(Document{})
	return s.Document()
}
