package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

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
