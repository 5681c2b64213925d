package form

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"luukku/base/fault"
)

// Open reads a document as JSON without judging what it says. Its mistake is that it is too large, or no document.
func Open(b []byte) (Document, *Mistake) {
	var d Document
	if len(b) > MaxDocument {
		return d, &Mistake{"", "form_definition.large", fault.Args{"bytes": MaxDocument}}
	}
	in := json.NewDecoder(bytes.NewReader(b))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return d, &Mistake{"", "form_definition.json", fault.Args{"error": plainError(err)}}
	}
	if in.More() {
		return d, &Mistake{"", "form_definition.json", fault.Args{"error": "more than one document"}}
	}
	return d, nil
}

// Layout writes a document so that people can read it, and so that two that say the same are written the same: members in one order, what is short on one line. Open reads it back.
func (d Document) Layout() string {
	var b strings.Builder
	b.WriteString("{\n  \"schema\": ")
	lay(&b, tree(d.Schema), 1)
	b.WriteString(",\n  \"ui\": ")
	lay(&b, tree(d.UI), 1)
	b.WriteString(",\n  \"texts\": ")
	texts := map[string]any{}
	for l, all := range d.Texts {
		words := map[string]any{}
		for k, s := range all {
			words[k] = s
		}
		texts[string(l)] = words
	}
	lay(&b, texts, 1)
	b.WriteString("\n}")
	return b.String()
}

// Normal is the document as Layout writes it, without the spaces: two that say the same have one digest.
func (d Document) Normal() Document {
	n, m := Open([]byte(d.Layout()))
	if m != nil {
		return d // it was none
	}
	var schema, ui bytes.Buffer
	if json.Compact(&schema, n.Schema) != nil || json.Compact(&ui, n.UI) != nil {
		return d
	}
	n.Schema, n.UI = schema.Bytes(), ui.Bytes()
	return n
}

// JSON is the document as programs exchange it and as it is kept; its SHA-256 is Definition.Digest of what was read from it.
func (d Document) JSON() []byte {
	b, err := json.Marshal(d.Normal())
	if err != nil { // a part of it is no JSON: it is shown as it is to whoever mends it
		return []byte("{}")
	}
	return b
}

// tree is JSON as it is edited: maps, lists, texts, numbers as they were written. What is none is null.
func tree(b []byte) any {
	var v any
	in := json.NewDecoder(bytes.NewReader(b))
	in.UseNumber()
	if in.Decode(&v) != nil {
		return nil
	}
	return v
}

// first are the members that say what a thing is, in the order in which they are written; the others follow by name.
var first = []string{
	"$schema", "type", "scope", "i18n", "label", "title", "effect", "text", "format", "const", "enum", "required", "if", "then", "else", "condition", "schema", "properties", "items", "options", "rule",
	"elements",
}

// lineWidth is how much stands on one line.
const lineWidth = 110

// lay writes a value at a depth.
func lay(b *strings.Builder, v any, depth int) {
	one := flat(v)
	if utf8.RuneCountInString(one)+2*depth <= lineWidth && (depth > 1 || !isTable(v)) {
		b.WriteString(one)
		return
	}
	pad := strings.Repeat("  ", depth)
	switch t := v.(type) {
	case map[string]any:
		b.WriteString("{\n")
		for i, k := range inOrderOf(t) {
			b.WriteString(pad + "  " + quote(k) + ": ")
			lay(b, t[k], depth+1)
			if i < len(t)-1 {
				b.WriteByte(',')
			}
			b.WriteByte('\n')
		}
		b.WriteString(pad + "}")
	case []any:
		b.WriteString("[\n")
		for i, e := range t {
			b.WriteString(pad + "  ")
			lay(b, e, depth+1)
			if i < len(t)-1 {
				b.WriteByte(',')
			}
			b.WriteByte('\n')
		}
		b.WriteString(pad + "]")
	default:
		b.WriteString(one)
	}
}

func isTable(v any) bool { m, ok := v.(map[string]any); return ok && len(m) > 0 }

// flat is a value on one line.
func flat(v any) string {
	switch t := v.(type) {
	case map[string]any:
		parts := make([]string, 0, len(t))
		for _, k := range inOrderOf(t) {
			parts = append(parts, quote(k)+": "+flat(t[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(t))
		for i, e := range t {
			parts[i] = flat(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return quote(t)
	}
	b, _ := json.Marshal(v) // null, true, false or a number
	return string(b)
}

func quote(s string) string {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	_ = out.Encode(s) // a text can be written
	return strings.TrimSuffix(b.String(), "\n")
}

func inOrderOf(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	rank := func(k string) int {
		if i := slices.Index(first, k); i >= 0 {
			return i
		}
		return len(first)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if r := rank(a) - rank(b); r != 0 {
			return r
		}
		return strings.Compare(a, b)
	})
	return keys
}
