package i18n

import (
	"fmt"
	"slices"
	"strings"
)

// message is one wording, cut up at its placeholders when it was loaded.
type message struct {
	raw   string
	parts []part // nil when there are no placeholders
}

// part is either literal text or, when name is set, a placeholder.
type part struct {
	text string
	name string
}

// entry is the text of one key in one language: one wording, or one for each plural category.
type entry struct {
	plural bool
	forms  [categories]*message // a plain text has its wording under other
	stem   string
}

// newMessage cuts up a wording. {{.name}} is the only thing that may stand in double braces.
func newMessage(raw string) (*message, error) {
	m := &message{raw: raw}
	rest := raw
	for {
		before, after, ok := strings.Cut(rest, "{{")
		if !ok {
			break
		}
		inside, tail, ok := strings.Cut(after, "}}")
		name, dotted := strings.CutPrefix(strings.TrimSpace(inside), ".")
		if !ok || !dotted || !isName(name) {
			return nil, fmt.Errorf("placeholder in %q must look like {{.name}}", raw)
		}
		if before != "" {
			m.parts = append(m.parts, part{text: before})
		}
		m.parts = append(m.parts, part{name: name})
		rest = tail
	}
	if strings.Contains(rest, "}}") {
		return nil, fmt.Errorf("stray }} in %q", raw)
	}
	if m.parts != nil && rest != "" {
		m.parts = append(m.parts, part{text: rest})
	}
	return m, nil
}

func isName(s string) bool {
	for _, r := range s {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return s != ""
}

// fill returns the wording with its placeholders filled in by value.
func (m *message) fill(value func(name string) string) string {
	if m.parts == nil {
		return m.raw
	}
	var b strings.Builder
	b.Grow(len(m.raw) + 32)
	for _, p := range m.parts {
		if p.name == "" {
			b.WriteString(p.text)
			continue
		}
		b.WriteString(value(p.name))
	}
	return b.String()
}

// names returns the placeholders, sorted, each once.
func (m *message) names() []string {
	var out []string
	for _, p := range m.parts {
		if p.name != "" {
			out = append(out, p.name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
