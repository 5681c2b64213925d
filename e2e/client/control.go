package client

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// control is one field of a form with what stands in it.
type control struct {
	e      *Element
	name   string
	kind   string   // the input's type, "select" or "textarea"
	values []string // of a select with several, all
	on     bool     // of check boxes and radio buttons
	files  []file
}

type file struct {
	name, kind string
	data       []byte
}

func (p *Page) form(e *Element) *Form {
	f := &Form{Element: e}
	for _, c := range p.All("input, select, textarea") {
		if p.owner(c.n) != e.n {
			continue
		}
		if one := newControl(c); one != nil {
			f.controls = append(f.controls, one)
		}
	}
	return f
}

func newControl(e *Element) *control {
	c := &control{e: e, name: e.Attr("name"), kind: e.Tag()}
	switch c.kind {
	case "textarea":
		c.values = []string{rawText(e.n)}
	case "select":
		c.values = chosen(e)
	default:
		if c.kind = strings.ToLower(e.Attr("type")); c.kind == "" {
			c.kind = "text"
		}
		switch c.kind {
		case "submit", "image", "button", "reset":
			return nil
		case "file":
			return c
		}
		c.on = e.HasAttr("checked")
		c.values = []string{e.Attr("value")}
		if (c.kind == "checkbox" || c.kind == "radio") && !e.HasAttr("value") {
			c.values = []string{"on"}
		}
	}
	return c
}

func rawText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// chosen are the values a select starts with; one that shows a single line starts with its first option.
func chosen(e *Element) []string {
	var marked, able []string
	for _, o := range e.All("option") {
		if o.HasAttr("selected") {
			marked = append(marked, optionValue(o))
		}
		if !o.HasAttr("disabled") {
			able = append(able, optionValue(o))
		}
	}
	switch {
	case e.HasAttr("multiple"):
		return marked
	case len(marked) > 0:
		return marked[len(marked)-1:]
	case len(able) > 0:
		return able[:1]
	}
	return nil
}

func optionValue(o *Element) string {
	if o.HasAttr("value") {
		return o.Attr("value")
	}
	return squeeze(o.Text())
}

// owner returns the form a control or button belongs to: the one its form attribute names, else the one around it.
func (p *Page) owner(n *html.Node) *html.Node {
	if id, ok := attr(n, "form"); ok {
		for _, f := range p.All("form") {
			if f.Attr("id") == id {
				return f.n
			}
		}
		return nil
	}
	return ancestor(n, atom.Form)
}

func (p *Page) formOf(e *Element) *Form {
	n := p.owner(e.n)
	if n == nil {
		return nil
	}
	return p.form(&Element{p: p, n: n})
}

// disabled says whether a control is switched off itself or by a fieldset around it (whose first legend stays usable).
func disabled(n *html.Node) bool {
	if _, off := attr(n, "disabled"); off {
		return true
	}
	for set := ancestor(n, atom.Fieldset); set != nil; set = ancestor(set, atom.Fieldset) {
		if _, off := attr(set, "disabled"); !off {
			continue
		}
		legend := ancestor(n, atom.Legend)
		if legend == nil || legend.Parent != set {
			return true
		}
	}
	return false
}

// locked says whether a person cannot change it.
func (c *control) locked() bool {
	return c.kind == "hidden" || c.e.HasAttr("readonly") || disabled(c.e.n) || hidden(c.e.n)
}

// group returns the fieldset, or the element with role group or radiogroup, around the control; nil when there is none.
func (c *control) group() *Element {
	for up := c.e.n.Parent; up != nil; up = up.Parent {
		role, _ := attr(up, "role")
		if up.DataAtom == atom.Fieldset || role == "group" || role == "radiogroup" {
			return &Element{p: c.e.p, n: up}
		}
	}
	return nil
}

func (c *control) groupName() string {
	g := c.group()
	if g == nil {
		return ""
	}
	for _, l := range g.All("legend") {
		return squeeze(l.Text())
	}
	return g.label()
}

func (c *control) ownLabels() []string { return []string{c.e.label(), c.name, c.e.Attr("id")} }

// labels are the names a person or a test may call it by: a radio button goes by its group.
func (c *control) labels() []string {
	if c.kind == "radio" {
		return []string{c.groupName(), c.name}
	}
	return c.ownLabels()
}

// label is what is written at a field: aria-labelledby, aria-label, the label elements, or the title.
func (e *Element) label() string {
	if s := e.p.named(e.Attr("aria-labelledby")); s != "" {
		return s
	}
	if s := squeeze(e.Attr("aria-label")); s != "" {
		return s
	}
	var parts []string
	if id := e.Attr("id"); id != "" {
		for _, l := range e.p.All("label") {
			if l.Attr("for") == id {
				parts = append(parts, labelText(l.n))
			}
		}
	}
	if around := ancestor(e.n, atom.Label); around != nil && len(parts) == 0 {
		parts = append(parts, labelText(around))
	}
	if s := squeeze(strings.Join(parts, " ")); s != "" {
		return s
	}
	return squeeze(e.Attr("title"))
}

// labelText is a label's text without that of the fields in it.
func labelText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.DataAtom == atom.Select || n.DataAtom == atom.Textarea || n.DataAtom == atom.Button {
			return
		}
		if n.Type == html.TextNode || n.DataAtom == atom.Img {
			writeText(&b, n)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return squeeze(b.String())
}

// named joins the texts of the elements that a list of ids names.
func (p *Page) named(ids string) string {
	var parts []string
	for _, id := range strings.Fields(ids) {
		for _, e := range p.All("[id]") {
			if e.Attr("id") == id {
				parts = append(parts, squeeze(rawText(e.n)))
				break
			}
		}
	}
	return strings.Join(parts, " ")
}

func (f *Form) field(label string) *control {
	f.p.c.tb.Helper()
	return f.lookup(label, func(*control) bool { return true }, (*control).labels)
}

// lookup finds a control by what a person calls it: the whole label, then the name or id, then a part of the label. A group of radio buttons counts once.
func (f *Form) lookup(label string, usable func(*control) bool, names func(*control) []string) *control {
	f.p.c.tb.Helper()
	group, want, inGroup := strings.Cut(label, " > ")
	if !inGroup {
		want = label
	}
	want = squeeze(want)
	var from []*control
	for _, c := range f.controls {
		if usable(c) && (!inGroup || strings.HasPrefix(c.groupName(), squeeze(group))) {
			from = append(from, c)
		}
	}
	for _, fits := range []func([]string) bool{
		func(n []string) bool { return n[0] == want },
		func(n []string) bool { return slices.Contains(n[1:], want) && want != "" },
		func(n []string) bool {
			return want != "" && strings.Contains(strings.ToLower(n[0]), strings.ToLower(want))
		},
	} {
		var found []*control
		for _, c := range from {
			if !fits(names(c)) {
				continue
			}
			same := func(o *control) bool { return o.kind == "radio" && c.kind == "radio" && o.name == c.name }
			if names(c)[0] == c.groupName() && slices.ContainsFunc(found, same) {
				continue
			}
			found = append(found, c)
		}
		if len(found) > 1 {
			f.p.fatalf("%d fields are called %q; write \"Legend > Label\"", len(found), label)
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	var known []string
	for _, c := range from {
		known = append(known, fmt.Sprintf("%q", names(c)[0]))
	}
	f.p.fatalf("no field %q; there is: %s", label, strings.Join(known, ", "))
	return nil
}

// objection says why a browser would hold the form back, as far as browsers check the things we use.
func (f *Form) objection() string {
	for _, c := range f.controls {
		if c.locked() {
			continue
		}
		value := strings.Join(c.values, "")
		empty := value == ""
		switch c.kind {
		case "checkbox":
			empty = !c.on
		case "radio":
			empty = !slices.ContainsFunc(f.controls, func(o *control) bool { return o.kind == "radio" && o.name == c.name && o.on })
		case "file":
			empty = len(c.files) == 0
		}
		if c.e.HasAttr("required") && empty {
			return fmt.Sprintf("%q is required and empty", c.e.label())
		}
		if at := strings.Index(value, "@"); c.kind == "email" && !empty && (at < 1 || at == len(value)-1 || strings.Contains(value, " ")) {
			return fmt.Sprintf("%q is no email address", c.e.label())
		}
	}
	return ""
}
