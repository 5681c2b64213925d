package client

import (
	"errors"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// selector is a chain of compounds, the element's own last.
type selector []compound

type compound struct {
	child bool // must be the parent of what follows, not any ancestor
	tests []func(*html.Node) bool
}

func (s selector) fits(n *html.Node) bool {
	last := len(s) - 1
	if !s[last].fits(n) {
		return false
	}
	if last == 0 {
		return true
	}
	for up := n.Parent; up != nil; up = up.Parent {
		if up.Type == html.ElementNode && s[:last].fits(up) {
			return true
		}
		if s[last-1].child {
			return false
		}
	}
	return false
}

func (c compound) fits(n *html.Node) bool {
	return !slices.ContainsFunc(c.tests, func(ok func(*html.Node) bool) bool { return !ok(n) })
}

var errSelector = errors.New("not understood")

func parseSelector(text string) ([]selector, error) {
	s := scanner{rest: text}
	var all []selector
	for {
		one, err := s.chain()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
		if !s.take(",") {
			break
		}
	}
	if s.rest != "" {
		return nil, errSelector
	}
	return all, nil
}

type scanner struct{ rest string }

func (s *scanner) spaces() bool {
	trimmed := strings.TrimLeft(s.rest, " \t\n")
	had := len(trimmed) < len(s.rest)
	s.rest = trimmed
	return had
}

func (s *scanner) take(prefix string) bool {
	after, ok := strings.CutPrefix(s.rest, prefix)
	if ok {
		s.rest = after
	}
	return ok
}

func (s *scanner) word() (string, error) {
	end := strings.IndexFunc(s.rest, func(r rune) bool {
		return !(r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127)
	})
	if end < 0 {
		end = len(s.rest)
	}
	w := s.rest[:end]
	s.rest = s.rest[end:]
	if w == "" {
		return "", errSelector
	}
	return w, nil
}

func (s *scanner) chain() (selector, error) {
	var out selector
	s.spaces()
	for {
		c, err := s.compound()
		if err != nil {
			return nil, err
		}
		out = append(out, c)
		s.spaces()
		if s.take(">") {
			out[len(out)-1].child = true
			s.spaces()
			continue
		}
		if s.rest == "" || s.rest[0] == ',' {
			return out, nil
		}
	}
}

func (s *scanner) compound() (compound, error) {
	var c compound
	for s.rest != "" && !strings.ContainsRune(" \t\n,>", rune(s.rest[0])) {
		test, err := s.simple()
		if err != nil {
			return c, err
		}
		c.tests = append(c.tests, test)
	}
	if len(c.tests) == 0 {
		return c, errSelector
	}
	return c, nil
}

func (s *scanner) simple() (func(*html.Node) bool, error) {
	switch {
	case s.take("*"):
		return func(*html.Node) bool { return true }, nil
	case s.take("#"):
		id, err := s.word()
		return func(n *html.Node) bool { v, _ := attr(n, "id"); return v == id }, err
	case s.take("."):
		class, err := s.word()
		return func(n *html.Node) bool { v, _ := attr(n, "class"); return slices.Contains(strings.Fields(v), class) }, err
	case s.take("["):
		return s.attribute()
	}
	tag, err := s.word()
	tag = strings.ToLower(tag)
	return func(n *html.Node) bool { return n.Data == tag }, err
}

func (s *scanner) attribute() (func(*html.Node) bool, error) {
	name, err := s.word()
	if err != nil {
		return nil, err
	}
	if s.take("]") {
		return func(n *html.Node) bool { _, ok := attr(n, name); return ok }, nil
	}
	compare := func(got, want string) bool { return got == want }
	switch {
	case s.take("^="):
		compare = strings.HasPrefix
	case s.take("$="):
		compare = strings.HasSuffix
	case s.take("*="):
		compare = strings.Contains
	case s.take("~="):
		compare = func(got, want string) bool { return slices.Contains(strings.Fields(got), want) }
	case !s.take("="):
		return nil, errSelector
	}
	closing := "]"
	if s.take(`"`) {
		closing = `"]`
	} else if s.take("'") {
		closing = "']"
	}
	want, after, ok := strings.Cut(s.rest, closing)
	if !ok {
		return nil, errSelector
	}
	s.rest = after
	return func(n *html.Node) bool { got, ok := attr(n, name); return ok && compare(got, want) }, nil
}
