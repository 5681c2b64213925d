package blueprint

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"luukku/base/i18n"
)

// Export writes a document as a file that Parse reads back to the same: what says nothing is left out, and of policies only the keys that were set are
// written. It fails on what no file can say, such as a unit whose ID does not begin with its office's.
func Export(d Document) ([]byte, error) {
	w := &writer{}
	w.line("# What this file does not name is left alone where it is applied, unless an organisation says which sections the file owns:")
	w.line("# owns = %s in [organisations.NAME] removes what is absent there.", array(sectionNames()))
	w.line("format = %d", Format)
	if d.Installation != nil {
		w.record("installation", say(installationFields, d.Installation))
	}
	for i := range d.Organisations {
		o := &d.Organisations[i]
		for j := range o.Offices {
			f := &o.Offices[j]
			for _, u := range f.Units {
				if !strings.HasPrefix(string(u.ID), string(f.ID)+"-") {
					return nil, fmt.Errorf("unit %s of office %s: its ID does not begin with the office's", u.ID, f.ID)
				}
			}
		}
		path := "organisations." + string(o.ID)
		w.record(path, say(organisationFields, o))
		for _, s := range sections {
			for _, t := range s.say(o).list {
				w.record(path+"."+s.name+"."+t.id, t.fields)
			}
		}
	}
	if w.err != nil {
		return nil, w.err
	}
	return []byte(w.b.String()), nil
}

// writer writes TOML.
type writer struct {
	b   strings.Builder
	err error
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

// record writes a table under its header: what fits on a line first, then the tables within it.
func (w *writer) record(header string, t table) {
	w.line("\n[%s]", header)
	w.body(header, t)
}

func (w *writer) body(header string, t table) {
	for _, p := range t {
		if !empty(p.value) && !long(p.value) {
			w.line("%s = %s", p.key, w.value(p.value))
		}
	}
	for _, p := range t {
		switch v := p.value.(type) {
		case things:
			if long(v) {
				w.units(header+"."+p.key, v)
			}
		default:
			if inner, ok := asTable(v); ok && long(v) {
				w.record(header+"."+p.key, inner)
			}
		}
	}
}

// units writes things as an array of tables.
func (w *writer) units(header string, list things) {
	for _, u := range list.list {
		w.line("\n[[%s]]", header)
		w.line("id = %s", quoted(u.id))
		w.body(header, u.fields)
	}
}

// longLine is how much a text may hold, in characters, to be written on the line of its key.
const longLine = 300

// long reports whether a value is written as tables of its own.
func long(v any) bool {
	switch v := v.(type) {
	case i18n.Text:
		n := 0
		for _, s := range v {
			n += utf8.RuneCountInString(s)
			if strings.Contains(s, "\n") {
				return true
			}
		}
		return n > longLine
	case i18n.TextList:
		return len(v) > 0
	case things:
		for _, t := range v.list {
			if !t.plain {
				return true
			}
		}
	case table:
		return len(v) > 4
	}
	return false
}

// value writes a value on the line of its key; lists of tables take a line for each.
func (w *writer) value(v any) string {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, "\n") {
			return paragraphs(v)
		}
		return quoted(v)
	case bool:
		return strconv.FormatBool(v)
	case literal:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		return array(v)
	case []table:
		var b strings.Builder
		for _, t := range v {
			b.WriteString("  " + w.inline(t) + ",\n")
		}
		return "[\n" + b.String() + "]"
	case things:
		ids := make([]string, len(v.list))
		for i, t := range v.list {
			ids[i] = t.id
		}
		return array(ids)
	}
	t, ok := asTable(v)
	if !ok {
		w.err = errors.Join(w.err, fmt.Errorf("a value of type %T cannot be written", v))
	}
	return w.inline(t)
}

// inline writes a table on one line: texts with line breaks are quoted, not laid out.
func (w *writer) inline(t table) string {
	parts := make([]string, 0, len(t))
	for _, p := range t {
		if s, ok := p.value.(string); ok {
			parts = append(parts, p.key+" = "+quoted(s))
			continue
		}
		if !empty(p.value) {
			parts = append(parts, p.key+" = "+w.value(p.value))
		}
	}
	if len(parts) == 0 {
		return "{}"
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// array writes a list of texts, on several lines when it is long.
func array(list []string) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = quoted(s)
	}
	one := "[" + strings.Join(parts, ", ") + "]"
	if utf8.RuneCountInString(one) <= 140 {
		return one
	}
	return "[\n  " + strings.Join(parts, ",\n  ") + ",\n]"
}

// quoted writes a text on one line.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		escape(&b, r, "\"\\")
	}
	b.WriteByte('"')
	return b.String()
}

// paragraphs writes a text over several lines. Parse trims the line break at its end.
func paragraphs(s string) string {
	var b strings.Builder
	b.WriteString("\"\"\"\n")
	quotes := 0
	for _, r := range s {
		if r != '"' {
			quotes = 0
		} else if quotes++; quotes == 3 {
			b.WriteByte('\\') // three would end the text
			quotes = 0
		}
		if r == '\n' {
			b.WriteByte('\n')
			continue
		}
		escape(&b, r, "\\")
	}
	b.WriteString("\n\"\"\"")
	return b.String()
}

func escape(b *strings.Builder, r rune, special string) {
	switch {
	case strings.ContainsRune(special, r):
		b.WriteString(`\` + string(r))
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\t':
		b.WriteString(`\t`)
	case unicode.IsControl(r):
		fmt.Fprintf(b, `\u%04X`, r)
	default:
		b.WriteRune(r)
	}
}
