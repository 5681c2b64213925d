package blueprint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// reader reads values from a tree and collects what is wrong, each with its path and line.
type reader struct {
	texts    *i18n.Catalog
	problems []Problem
}

func (r *reader) add(n *node, path, format string, args ...any) {
	r.problems = append(r.problems, Problem{Path: path, Line: n.line, Message: fmt.Sprintf(format, args...), Format: format, Values: org.ValuesOf(args...)})
}

// The kinds of value as a person calls them.
var kindNames = map[unstable.Kind]string{
	unstable.Table: "a table", unstable.Array: "a list", unstable.String: "text", unstable.Bool: "true or false", unstable.Integer: "a whole number",
	unstable.Float: "a number", unstable.LocalDate: "a date", unstable.LocalTime: "a time of day", unstable.LocalDateTime: "a date and time",
	unstable.DateTime: "a date and time",
}

// is checks the kind of a value.
func (r *reader) is(n *node, path string, kind unstable.Kind, want string) bool {
	if n.kind == kind {
		return true
	}
	r.add(n, path, "want %s, not %s", want, kindNames[n.kind])
	return false
}

func (r *reader) word(n *node, path string) (string, bool) {
	if !r.is(n, path, unstable.String, "text in quotes") {
		return "", false
	}
	return strings.TrimSpace(n.text), true
}

func (r *reader) flag(n *node, path string) bool {
	return r.is(n, path, unstable.Bool, "true or false, without quotes") && n.text == "true"
}

func (r *reader) count(n *node, path string) int {
	if !r.is(n, path, unstable.Integer, "a whole number") {
		return 0
	}
	v, err := strconv.ParseInt(strings.ReplaceAll(n.text, "_", ""), 0, 32)
	if err != nil {
		r.add(n, path, "%.40s is too large a number", n.text)
	}
	return int(v)
}

func (r *reader) degrees(n *node, path string) float64 {
	if n.kind != unstable.Integer && !r.is(n, path, unstable.Float, "a number") {
		return 0
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
	if err != nil {
		r.add(n, path, "%.40s is not a number of degrees", n.text)
	}
	return v
}

func (r *reader) words(n *node, path string) []string {
	if !r.is(n, path, unstable.Array, "a list of texts") {
		return nil
	}
	out := make([]string, 0, len(n.items))
	for i, item := range n.items {
		if s, ok := r.word(item, elem(path, i)); ok {
			out = append(out, s)
		}
	}
	return out
}

// language checks one key of a text.
func (r *reader) language(n *node, key, path string) (i18n.Lang, bool) {
	l, ok := i18n.Lookup(key)
	if !ok {
		r.add(n, path, "there is no such language; there are %s", strings.Join(languageCodes(), ", "))
	}
	return l.Code, ok
}

func languageCodes() []string {
	var out []string
	for _, l := range i18n.Languages() {
		out = append(out, string(l.Code))
	}
	return out
}

func (r *reader) text(n *node, path string) i18n.Text {
	if !r.is(n, path, unstable.Table, `a text in each language, such as { fi = "...", en = "..." }`) {
		return nil
	}
	out := i18n.Text{}
	for _, key := range n.keys {
		c, wording := n.table[key], path+"."+key
		lang, ok := r.language(c, key, wording)
		if s, isWord := r.word(c, wording); ok && isWord && s != "" {
			out[lang] = s
		}
	}
	return out
}

func (r *reader) textList(n *node, path string) i18n.TextList {
	if !r.is(n, path, unstable.Table, `a list in each language, such as { fi = ["..."], en = ["..."] }`) {
		return nil
	}
	out := i18n.TextList{}
	for _, key := range n.keys {
		c, wording := n.table[key], path+"."+key
		lang, ok := r.language(c, key, wording)
		if list := r.words(c, wording); ok && len(list) > 0 {
			out[lang] = list
		}
	}
	return out
}

func (r *reader) date(n *node, path string) org.Date {
	if n.kind != unstable.LocalDate && !r.is(n, path, unstable.String, "a date such as 2026-12-31") {
		return org.Date{}
	}
	d, err := org.ParseDate(strings.TrimSpace(n.text))
	if err != nil {
		r.add(n, path, "%v", err)
	}
	return d
}

func (r *reader) minute(n *node, path string) org.Minute {
	s, ok := r.word(n, path)
	if !ok {
		return 0
	}
	m, err := org.ParseMinute(s)
	if err != nil {
		r.add(n, path, "%v", err)
	}
	return m
}

func (r *reader) hours(n *node, path string) []org.Weekly {
	return lines(r, n, path, `a list such as ["mon-fri 09:00-16:00"]`, org.ParseWeekly)
}

func (r *reader) exceptions(n *node, path string) []org.Exception {
	return lines(r, n, path, `a list such as ["2026-12-23 09:00-12:00", "2026-12-24 closed"]`, org.ParseException)
}

// lines reads a list of things that are a line each.
func lines[T any](r *reader, n *node, path, want string, parse func(string) (T, error)) []T {
	if !r.is(n, path, unstable.Array, want) {
		return nil
	}
	var out []T
	for i, item := range n.items {
		s, ok := r.word(item, elem(path, i))
		if !ok {
			continue
		}
		v, err := parse(s)
		if err != nil {
			r.add(item, elem(path, i), "%v", err)
			continue
		}
		out = append(out, v)
	}
	return out
}

func (r *reader) settings(n *node, path string) catalog.Settings {
	if !r.is(n, path, unstable.Table, `policy fields such as { length = "30m" }`) {
		return nil
	}
	out := catalog.Settings{}
	for _, key := range n.keys {
		c := n.table[key]
		// One at a time, so that each fault has its own line.
		set, faults := catalog.ParseSettings(map[string]any{key: r.setting(c)})
		for _, f := range faults {
			r.add(c, path+"."+key, "%s", f)
		}
		for name, v := range set {
			out[name] = v
		}
	}
	return out
}

func (r *reader) setting(n *node) any {
	if n.kind == unstable.Table || n.kind == unstable.Array {
		return kindNames[n.kind]
	}
	return n.text
}

// slug checks the name of a thing.
func (r *reader) slug(n *node, slug, path string) bool {
	if ids.ValidSlug(slug) && !strings.Contains(slug, "--") {
		return true
	}
	r.add(n, path, "the name %.80q must be lower case letters a-z, digits and single hyphens, at most 60", slug)
	return false
}

// record reads a table by a table of fields.
func record[T any](r *reader, n *node, path string, fields []field[T], into *T) {
	if !r.is(n, path, unstable.Table, "a table") {
		return
	}
	for _, key := range n.keys {
		i := slices.IndexFunc(fields, func(f field[T]) bool { return f.name == key })
		if i < 0 {
			r.unknown(n.table[key], path, key, names(fields))
			continue
		}
		fields[i].read(r, n.table[key], path+"."+key, into)
	}
}

func (r *reader) unknown(n *node, path, key string, known []string) {
	if path != "" {
		path += "."
	}
	r.add(n, path+key, "there is no such key here; there are %s", strings.Join(known, ", "))
}

// elem names the i-th of a list.
func elem(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }
