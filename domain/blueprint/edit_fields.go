package blueprint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"luukku/base/i18n"
)

// Shape is how a field is asked for in a form, and what a Record holds for it.
type Shape string

// The shapes. A field without one is edited on pages of its own.
const (
	ShapeLine    Shape = "line"    // one line: string
	ShapeLines   Shape = "lines"   // words in their order: []string
	ShapeSet     Shape = "set"     // words whose order says nothing: []string
	ShapeSwitch  Shape = "switch"  // bool
	ShapeCount   Shape = "count"   // int64
	ShapeDegrees Shape = "degrees" // float64
	ShapeText    Shape = "text"    // in each language: i18n.Text
	ShapeTexts   Shape = "texts"   // a list in each language: i18n.TextList
	ShapeDate    Shape = "date"    // string, such as 2026-12-31
	ShapeTime    Shape = "time"    // string, such as 09:00
	ShapeHours   Shape = "hours"   // rules, each a line: []string
	ShapePolicy  Shape = "policy"  // Record by the name of the policy field
	ShapeTable   Shape = "table"   // Record
	ShapeTables  Shape = "tables"  // []Record
)

// FieldInfo is what a form needs to know of a field.
type FieldInfo struct {
	Name  string
	Shape Shape
	Inner []FieldInfo // of ShapeTable and ShapeTables
}

// Record is a thing as a form has it: values by the names of its fields. What is empty may be absent.
type Record map[string]any

func infos[T any](fields []field[T]) []FieldInfo {
	out := make([]FieldInfo, len(fields))
	for i, f := range fields {
		out[i] = FieldInfo{f.name, f.shape, f.inner}
	}
	return out
}

// Fields describes the fields of the things of a section, in their order; an empty name is the organisation itself. ok is false when there is no such
// section.
func Fields(name string) (fields []FieldInfo, ok bool) {
	switch name {
	case "":
		return infos(organisationFields), true
	case Units:
		return infos(unitFields), true
	}
	s, ok := sectionByName(name)
	return s.infos, ok
}

// InstallationFields describes the fields of the installation.
func InstallationFields() []FieldInfo { return infos(installationFields) }

// Sections are the names of the sections, in the order in which files have them.
func Sections() []string { return sectionNames() }

func sectionByName(name string) (section, bool) {
	i := slices.IndexFunc(sections, func(s section) bool { return s.name == name })
	if i < 0 {
		return section{}, false
	}
	return sections[i], true
}

// setFields writes the named values into a record; a value that says nothing clears its field.
func setFields[T any](r *reader, fields []field[T], into *T, values Record) {
	for _, f := range fields {
		v, ok := values[f.name]
		if !ok {
			continue
		}
		var nothing T
		f.take(into, &nothing)
		if n := nodeOf(v); n != nil {
			f.read(r, n, f.name, into)
		}
	}
}

// nodeOf writes a value of a Record as a file would have it; nil for what says nothing.
func nodeOf(v any) *node {
	value := func(k unstable.Kind, text string) *node { return &node{kind: k, text: text} }
	switch v := v.(type) {
	case string:
		if v != "" {
			return value(unstable.String, v)
		}
	case bool:
		return value(unstable.Bool, strconv.FormatBool(v))
	case int64:
		return value(unstable.Integer, strconv.FormatInt(v, 10))
	case float64:
		return value(unstable.Float, strconv.FormatFloat(v, 'f', -1, 64))
	case []string:
		n := value(unstable.Array, "")
		for _, s := range v {
			n.items = append(n.items, value(unstable.String, s))
		}
		return n
	case i18n.Text:
		return tableNode(Record{}, byLanguage(v))
	case i18n.TextList:
		return tableNode(Record{}, byLanguage(v))
	case Record:
		return tableNode(v, nil)
	case []Record:
		n := value(unstable.Array, "")
		for _, r := range v {
			n.items = append(n.items, tableNode(r, nil))
		}
		return n
	}
	return nil
}

// tableNode is a table of a record, or of pairs in their order.
func tableNode(r Record, t table) *node {
	for key, v := range r {
		t = append(t, pair{key, v})
	}
	slices.SortStableFunc(t, func(a, b pair) int { return strings.Compare(a.key, b.key) })
	n := newTable(0)
	for _, p := range t {
		if c := nodeOf(p.value); c != nil {
			n.put(p.key, c)
		}
	}
	return n
}

// recordOf turns what a record says into what a form has.
func recordOf(t table) Record {
	out := Record{}
	for _, p := range t {
		switch v := p.value.(type) {
		case table:
			out[p.key] = recordOf(v)
		case []table:
			list := make([]Record, len(v))
			for i := range v {
				list[i] = recordOf(v[i])
			}
			out[p.key] = list
		case things: // units have records of their own
		case literal:
			out[p.key] = string(v)
		default:
			out[p.key] = v
		}
	}
	return out
}

// Words writes a value of a Record on one line.
func Words(v any) string {
	switch v := v.(type) {
	case Record:
		return render(tableOf(v))
	case []Record:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = Words(e)
		}
		return strings.Join(parts, "; ")
	}
	if empty(v) && v != false {
		return ""
	}
	return render(v)
}
