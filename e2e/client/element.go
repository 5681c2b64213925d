package client

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Element is a part of a page.
type Element struct {
	p *Page
	n *html.Node
}

// Attr returns an attribute's value, "" when it is absent.
func (e *Element) Attr(name string) string { v, _ := attr(e.n, name); return v }

// HasAttr says whether the attribute is there, with or without a value.
func (e *Element) HasAttr(name string) bool { _, ok := attr(e.n, name); return ok }

// Tag returns the element's name in lower case.
func (e *Element) Tag() string { return e.n.Data }

// Text returns what the element says, a line for each block; what is hidden is left out.
func (e *Element) Text() string { return textOf(e.n) }

// HTML returns the element as it stands after parsing.
func (e *Element) HTML() string {
	var b bytes.Buffer
	if err := html.Render(&b, e.n); err != nil {
		return err.Error()
	}
	return b.String()
}

// All returns the elements in e that the selector fits (see Page.Find), in document order.
func (e *Element) All(sel string) []*Element {
	e.p.c.tb.Helper()
	alternatives, err := parseSelector(sel)
	if err != nil {
		e.p.c.tb.Fatalf("client: selector %q: %v", sel, err)
	}
	var out []*Element
	for n := range e.n.Descendants() {
		if n.Type == html.ElementNode && slices.ContainsFunc(alternatives, func(s selector) bool { return s.fits(n) }) {
			out = append(out, &Element{p: e.p, n: n})
		}
	}
	return out
}

// Find returns the first element in e that the selector fits; the test ends when there is none.
func (e *Element) Find(sel string) *Element {
	e.p.c.tb.Helper()
	all := e.All(sel)
	if len(all) == 0 {
		e.p.fatalf("nothing fits %q", sel)
	}
	return all[0]
}

// All returns the elements the selector fits (see Find), in document order.
func (p *Page) All(sel string) []*Element {
	p.c.tb.Helper()
	if p.doc == nil {
		return nil
	}
	return (&Element{p: p, n: p.doc}).All(sel)
}

// Find returns the first element the selector fits; the test ends when there is none. Selectors are CSS's plain part: tag, *, #id, .class, [name],
// [name=value], [name^=value], [name$=value], [name*=value], several of them together, descendants by a space, children by >, alternatives by a comma.
func (p *Page) Find(sel string) *Element {
	p.c.tb.Helper()
	all := p.All(sel)
	if len(all) == 0 {
		p.fatalf("nothing fits %q", sel)
	}
	return all[0]
}

// name is what a screen reader would call a link or a button, near enough: aria-label, else its text with the images' alternatives, else a button's value.
func (e *Element) name() string {
	if s := squeeze(e.Attr("aria-label")); s != "" {
		return s
	}
	if e.n.DataAtom == atom.Input {
		if s := squeeze(e.Attr("value")); s != "" {
			return s
		}
		if e.Attr("type") == "image" {
			return squeeze(e.Attr("alt"))
		}
		return squeeze(e.Attr("title"))
	}
	if s := squeeze(e.Text()); s != "" {
		return s
	}
	return squeeze(e.Attr("title"))
}

// ancestor returns the nearest element above n with one of the names, nil when there is none.
func ancestor(n *html.Node, names ...atom.Atom) *html.Node {
	for up := n.Parent; up != nil; up = up.Parent {
		if up.Type == html.ElementNode && slices.Contains(names, up.DataAtom) {
			return up
		}
	}
	return nil
}

// hidden says whether the element or one around it carries the hidden attribute.
func hidden(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if _, ok := attr(n, "hidden"); ok {
			return true
		}
	}
	return false
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// squeeze joins all runs of white space, no-break spaces too, into one space, and drops soft hyphens and zero-width characters.
func squeeze(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\u00ad", "", "\u200b", "", "\u2060", "", "\ufeff", "").Replace(s)), " ")
}

// textOf writes what an element says as lines of squeezed text.
func textOf(n *html.Node) string {
	var b strings.Builder
	writeText(&b, n)
	var lines []string
	for line := range strings.SplitSeq(b.String(), "\n") {
		if line = squeeze(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func writeText(b *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		b.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
		return
	case html.ElementNode:
		if _, off := attr(n, "hidden"); off || slices.Contains(silent, n.DataAtom) {
			return
		}
		if n.DataAtom == atom.Br {
			b.WriteString("\n")
			return
		}
		if n.DataAtom == atom.Img {
			alt, _ := attr(n, "alt")
			b.WriteString(" " + alt + " ")
			return
		}
	case html.CommentNode, html.DoctypeNode:
		return
	}
	edge := ""
	if n.Type == html.ElementNode && !slices.Contains(inline, n.DataAtom) {
		edge = "\n"
	}
	if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
		edge = " "
	}
	b.WriteString(edge)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeText(b, c)
	}
	b.WriteString(edge)
}

var (
	silent = []atom.Atom{atom.Script, atom.Style, atom.Template, atom.Datalist, atom.Head, atom.Iframe, atom.Object, atom.Svg}
	inline = []atom.Atom{
		atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Cite, atom.Code, atom.Data, atom.Dfn, atom.Em, atom.I, atom.Kbd, atom.Mark, atom.Q, atom.S,
		atom.Samp, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.U, atom.Var, atom.Wbr, atom.Ins, atom.Del, atom.Output,
	}
)
