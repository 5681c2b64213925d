package form

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

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

// New is a form of one step that asks nothing yet.
func New() Document {
	s := Sketched(Document{})
	return s.Document()
}
