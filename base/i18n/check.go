package i18n

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Problem is something wrong with one text, for whoever has to mend it.
type Problem struct {
	File string // such as "locales/cs/move.toml"
	Key  string // such as "move.too_late"
	What string
}

// String returns the problem as one line.
func (p Problem) String() string { return p.File + ": " + p.Key + ": " + p.What }

// Check returns what is wrong with the texts: missing in a language, other placeholders than in the reference language, wrong plural forms, careless
// typography, a reader who is not spoken to politely. The order is by key, then by language.
func (c *Catalog) Check() []Problem {
	var out []Problem
	for _, key := range c.keys {
		reference := c.reference(key)
		for _, l := range languages {
			p := c.printers[l.Code]
			note := func(format string, args ...any) {
				file := fmt.Sprintf("locales/%s/%s.toml", l.Code, reference.stem)
				out = append(out, Problem{File: file, Key: key, What: fmt.Sprintf(format, args...)})
			}
			e, ok := p.entries[key]
			if !ok {
				note("missing in %s", l.Name)
				continue
			}
			checkAgainst(e, reference, note)
			checkForms(e, p.plurals, note)
			for _, m := range e.forms {
				if m != nil {
					checkWording(m.raw, note)
					checkAddress(l.Code, m.raw, note)
				}
			}
		}
	}
	return out
}

// reference returns the entry that the others are held against: the reference language's, or the first there is.
func (c *Catalog) reference(key string) *entry {
	if e, ok := c.printers[Reference].entries[key]; ok {
		return e
	}
	for _, l := range languages {
		if e, ok := c.printers[l.Code].entries[key]; ok {
			return e
		}
	}
	return &entry{}
}

func checkAgainst(e, reference *entry, note func(string, ...any)) {
	if e.plural != reference.plural {
		note("plural forms here and not in the reference language, or the other way round")
	}
	got, want := e.names(), reference.names()
	if !slices.Equal(got, want) {
		note("got placeholders %v, want %v", got, want)
	}
}

// names returns the placeholders of all forms together, without n in a plural text, where "one" may well do without it.
func (e *entry) names() []string {
	var out []string
	for _, m := range e.forms {
		if m != nil {
			out = append(out, m.names()...)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if e.plural {
		out = slices.DeleteFunc(out, func(s string) bool { return s == "n" })
	}
	return out
}

func checkForms(e *entry, rules *plurals, note func(string, ...any)) {
	if !e.plural {
		return
	}
	needed, allowed := rules.needed()
	for c, name := range categoryNames {
		m := e.forms[c]
		switch {
		case m == nil && needed[c]:
			note("plural form %q is missing", name)
		case m != nil && !allowed[c]:
			note("this language has no plural form %q", name)
		}
	}
}

// The careless typography, and what to write instead.
var careless = []struct {
	pattern *regexp.Regexp
	what    string
}{
	{regexp.MustCompile(`^\s*$`), "empty text"},
	{regexp.MustCompile(`^\s|\s$`), "space at the beginning or the end"},
	{regexp.MustCompile(`\.\.\.`), "write … for three dots"},
	{regexp.MustCompile(`[ \t]{2,}`), "two spaces in a row"},
	{regexp.MustCompile(`"`), "write the language's own quotation marks"},
	{regexp.MustCompile(`\pL'`), "write ’ for an apostrophe"},
	{regexp.MustCompile(` - `), "write – for a dash"},
	{regexp.MustCompile(` [,;!?]`), "space before a punctuation mark"},
	{regexp.MustCompile(`<[a-z/]`), "no markup in texts"},
	{regexp.MustCompile(`(?i)\b(TODO|FIXME|lorem ipsum)\b`), "unfinished text"},
}

func checkWording(raw string, note func(string, ...any)) {
	for _, c := range careless {
		if c.pattern.MatchString(raw) {
			note("%s: %q", c.what, raw)
		}
	}
	if !norm.NFC.IsNormalString(raw) || strings.ContainsRune(raw, '\uFFFD') {
		note("not in Unicode's normal form C: %q", raw)
	}
}
