package blueprint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"luukku/base/i18n"
)

// A value is what one key of a record says, in a form that can be compared and written: string, bool, int64, float64, literal, []string, i18n.Text,
// i18n.TextList, table, []table or things.

// literal is a value as TOML has it, which says something even when it is false or 0.
type literal string

// table is a record: its keys in a stable order.
type table []pair

type pair struct {
	key   string
	value any
}

// get returns the value under a key, or nil.
func (t table) get(key string) any {
	for _, p := range t {
		if p.key == key {
			return p.value
		}
	}
	return nil
}

// thing is a record that has a slug of its own.
type thing struct {
	id     string
	fields table
	plain  bool // it says no more than its name does: a file may write the name alone
}

// things are records of one noun, in their order.
type things struct {
	noun string
	list []thing
}

func (t things) find(id string) (thing, bool) {
	i := slices.IndexFunc(t.list, func(e thing) bool { return e.id == id })
	if i < 0 {
		return thing{}, false
	}
	return t.list[i], true
}

// empty reports whether a value says nothing: a file need not write it.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case int64:
		return v == 0
	case float64:
		return v == 0
	case []string:
		return len(v) == 0
	case i18n.Text:
		return len(v) == 0
	case i18n.TextList:
		return len(v) == 0
	case table:
		return len(v) == 0
	case []table:
		return len(v) == 0
	case things:
		return len(v.list) == 0
	}
	return false
}

// byLanguage writes a text as a table, in the order in which languages are offered.
func byLanguage[V any](text map[i18n.Lang]V) table {
	var out table
	for _, l := range i18n.Languages() {
		if v, ok := text[l.Code]; ok {
			out = append(out, pair{string(l.Code), v})
		}
	}
	return out
}

// asTable returns the value as a table when it is one at heart.
func asTable(v any) (table, bool) {
	switch v := v.(type) {
	case table:
		return v, true
	case i18n.Text:
		return byLanguage(v), true
	case i18n.TextList:
		return byLanguage(v), true
	}
	return nil, false
}

// render writes a value on one line, for a person.
func render(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.Join(strings.Fields(v), " ")
	case literal:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return strings.Join(v, "; ")
	case []table:
		parts := make([]string, len(v))
		for i, t := range v {
			parts[i] = render(t)
		}
		return strings.Join(parts, "; ")
	}
	t, _ := asTable(v)
	var parts []string
	for _, p := range t {
		if !empty(p.value) {
			parts = append(parts, fmt.Sprintf("%s %s", p.key, render(p.value)))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
