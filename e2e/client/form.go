package client

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/net/html/atom"
)

// Form is a form of a page and what a person has put into it so far. The page's own values are in it from the start. Its methods return the form, so that
// they can be written in a row.
type Form struct {
	*Element
	controls []*control
	extra    [][2]string // forced fields that the page does not have
}

// Form returns the form that a person would call by hint: its id, its action, the text of one of its buttons, its aria-label, or the heading or legend in
// it or the heading before it. An empty hint means the only form in main (or on the page).
func (p *Page) Form(hint string) *Form {
	p.c.tb.Helper()
	var forms []*Element
	if hint == "" {
		if forms = p.All("main form"); len(forms) == 0 {
			forms = p.All("form")
		}
		if len(forms) != 1 {
			p.fatalf("the page has %d forms; say which", len(forms))
		}
		return p.form(forms[0])
	}
	forms = p.All("form")
	for _, exact := range []bool{true, false} {
		for _, names := range []func(*Element) []string{formKeys, p.formButtons, formHeadings, headingBefore} {
			found := slices.DeleteFunc(slices.Clone(forms), func(f *Element) bool { return !anyFits(names(f), hint, exact) })
			if len(found) > 1 {
				p.fatalf("%d forms fit %q", len(found), hint)
			}
			if len(found) == 1 {
				return p.form(found[0])
			}
		}
	}
	var known []string
	for _, f := range forms {
		known = append(known, fmt.Sprintf("%q", slices.Concat(formKeys(f), p.formButtons(f), formHeadings(f), headingBefore(f))))
	}
	p.fatalf("no form %q; there is: %s", hint, strings.Join(known, "; "))
	return nil
}

func anyFits(names []string, want string, exact bool) bool {
	want = squeeze(want)
	return slices.ContainsFunc(names, func(s string) bool {
		return s == want || !exact && strings.Contains(strings.ToLower(s), strings.ToLower(want))
	})
}

func formKeys(f *Element) []string {
	keys := []string{squeeze(f.Attr("aria-label"))}
	if id := f.Attr("id"); id != "" {
		keys = append(keys, id)
	}
	if u, err := f.p.base().Parse(f.Attr("action")); err == nil {
		keys = append(keys, u.Path, u.RequestURI(), f.Attr("action"))
	}
	return slices.DeleteFunc(keys, func(s string) bool { return s == "" })
}

func (p *Page) formButtons(f *Element) []string {
	var names []string
	for _, b := range p.buttons() {
		if owner := p.owner(b.n); owner == f.n {
			names = append(names, b.name())
		}
	}
	return names
}

// formHeadings are the headings and legends in the form.
func formHeadings(f *Element) []string {
	var names []string
	for _, h := range f.All("h1, h2, h3, h4, legend") {
		names = append(names, squeeze(h.Text()))
	}
	return names
}

// headingBefore is the last heading before the form, nil when there is none.
func headingBefore(f *Element) []string {
	var last []string
	for _, e := range f.p.All("h1, h2, h3, h4, form") {
		if e.n == f.n {
			break
		}
		if e.Tag() != "form" {
			last = []string{squeeze(e.Text())}
		}
	}
	return last
}

// Set types a value into the field with this label (or name), or chooses the option of a select or of a group of radio buttons by its text or value. Where
// fields of one label stand in several groups, write "Legend > Label". What the field's maxlength forbids cannot be typed; see Force.
func (f *Form) Set(label, value string) *Form {
	f.p.c.tb.Helper()
	c := f.field(label)
	switch {
	case c.locked():
		f.p.fatalf("the field %q cannot be changed", label)
	case c.kind == "select":
		f.choose(c, label, value)
	case c.kind == "radio":
		f.radio(c, label, value)
	case c.kind == "checkbox":
		f.p.fatalf("%q is a check box: use Check", label)
	case c.kind == "file":
		f.p.fatalf("%q takes a file: use Attach", label)
	default:
		if limit, err := strconv.Atoi(c.e.Attr("maxlength")); err == nil && len(utf16.Encode([]rune(value))) > limit {
			f.p.fatalf("%q takes at most %d characters, and a person cannot type more: use Force", label, limit)
		}
		if c.kind != "textarea" {
			value = strings.NewReplacer("\r", "", "\n", "").Replace(value)
		}
		c.values = []string{value}
	}
	return f
}

func (f *Form) choose(c *control, label, value string) {
	f.p.c.tb.Helper()
	options := slices.DeleteFunc(c.e.All("option"), func(o *Element) bool { return o.HasAttr("disabled") })
	for _, o := range options {
		if optionValue(o) == value || squeeze(o.Text()) == squeeze(value) {
			c.values = []string{optionValue(o)}
			return
		}
	}
	o, why := pick("option of "+label, value, options, func(o *Element) string { return squeeze(o.Text()) })
	if o == nil {
		f.p.fatalf("%s", why)
	}
	c.values = []string{optionValue(o)}
}

// radio chooses among the group that first belongs to.
func (f *Form) radio(first *control, label, value string) {
	f.p.c.tb.Helper()
	var group []*Element
	for _, c := range f.controls {
		if c.kind == "radio" && c.name == first.name && !c.locked() {
			group = append(group, c.e)
		}
	}
	chosen := slices.IndexFunc(group, func(e *Element) bool { return e.Attr("value") == value })
	if chosen < 0 {
		e, why := pick("choice of "+label, value, group, (*Element).label)
		if e == nil {
			f.p.fatalf("%s", why)
		}
		chosen = slices.Index(group, e)
	}
	f.turnOn(group[chosen])
}

func (f *Form) turnOn(e *Element) {
	for _, c := range f.controls {
		if c.e.n == e.n {
			c.on = true
		} else if c.kind == "radio" && e.Attr("type") == "radio" && c.name == e.Attr("name") {
			c.on = false
		}
	}
}

// Check ticks the check box, or chooses the radio button, with this label.
func (f *Form) Check(label string) *Form {
	f.p.c.tb.Helper()
	f.turnOn(f.tick(label).e)
	return f
}

// Uncheck clears the check box with this label.
func (f *Form) Uncheck(label string) *Form {
	f.p.c.tb.Helper()
	c := f.tick(label)
	if c.kind == "radio" {
		f.p.fatalf("a radio button such as %q cannot be cleared", label)
	}
	c.on = false
	return f
}

// Checked says whether the check box or radio button with this label is on.
func (f *Form) Checked(label string) bool {
	f.p.c.tb.Helper()
	return f.tick(label).on
}

func (f *Form) tick(label string) *control {
	f.p.c.tb.Helper()
	c := f.lookup(label, func(c *control) bool { return c.kind == "checkbox" || c.kind == "radio" }, (*control).ownLabels)
	if c.locked() {
		f.p.fatalf("%q cannot be changed", label)
	}
	return c
}

// Attach puts a file into the field with this label; called again on a field that takes several, it adds one.
func (f *Form) Attach(label, filename, contentType string, data []byte) *Form {
	f.p.c.tb.Helper()
	c := f.lookup(label, func(c *control) bool { return c.kind == "file" }, (*control).labels)
	if !c.e.HasAttr("multiple") {
		c.files = nil
	}
	c.files = append(c.files, file{filename, contentType, data})
	return f
}

// Force sends these values under a field's name whatever the page says: hidden fields, limits and names that are not there. It is for bad input; no values
// means that the field is not sent.
func (f *Form) Force(name string, values ...string) *Form {
	f.controls = slices.DeleteFunc(f.controls, func(c *control) bool { return c.name == name })
	f.extra = slices.DeleteFunc(f.extra, func(e [2]string) bool { return e[0] == name })
	for _, v := range values {
		f.extra = append(f.extra, [2]string{name, v})
	}
	return f
}

// Value returns what stands in the field with this label (or name): the text, the chosen option's value, or the chosen radio button's.
func (f *Form) Value(label string) string {
	f.p.c.tb.Helper()
	c := f.field(label)
	if c.kind != "radio" {
		return strings.Join(c.values, ", ")
	}
	for _, other := range f.controls {
		if other.kind == "radio" && other.name == c.name && other.on {
			return other.e.Attr("value")
		}
	}
	return ""
}

// Labels returns the labels of all fields a person sees, in order.
func (f *Form) Labels() []string {
	var out []string
	for _, c := range f.controls {
		if c.kind != "hidden" {
			out = append(out, c.e.label())
		}
	}
	return out
}

// FieldError returns the message at the field with this label: what aria-errormessage names, or else what aria-describedby names, of a field marked
// aria-invalid. It is "" for a field without a fault.
func (f *Form) FieldError(label string) string {
	f.p.c.tb.Helper()
	c := f.field(label)
	at := c.e
	if at.Attr("aria-invalid") != "true" {
		if set := c.group(); set != nil && set.Attr("aria-invalid") == "true" {
			at = set
		} else {
			return ""
		}
	}
	ids := at.Attr("aria-errormessage")
	if ids == "" {
		ids = at.Attr("aria-describedby")
	}
	return at.p.named(ids)
}

// Hidden returns the value of the hidden field of this name and whether there is one.
func (f *Form) Hidden(name string) (string, bool) {
	for _, c := range f.controls {
		if c.kind == "hidden" && c.name == name {
			return strings.Join(c.values, ""), true
		}
	}
	return "", false
}

// Submit presses the button with this text; an empty text is the Enter key, which presses the first button.
func (f *Form) Submit(button string) *Page {
	f.p.c.tb.Helper()
	foreign := func(b *Element) bool { return f.p.owner(b.n) != f.n }
	if button == "" { // the Enter key presses the first button there is, seen or not
		all := slices.DeleteFunc(f.p.submitters(), foreign)
		if len(all) == 0 {
			return f.press(nil)
		}
		if disabled(all[0].n) {
			f.p.fatalf("the Enter key does nothing: the form's first button is switched off")
		}
		return f.press(all[0])
	}
	own := slices.DeleteFunc(f.p.buttons(), foreign)
	b, why := pick("button", button, own, (*Element).name)
	if b == nil {
		f.p.fatalf("%s", why)
	}
	return f.press(b)
}

// press sends the form as the button (or nobody's) would.
func (f *Form) press(b *Element) *Page {
	f.p.c.tb.Helper()
	if !f.HasAttr("novalidate") && (b == nil || !b.HasAttr("formnovalidate")) {
		if why := f.objection(); why != "" {
			f.p.fatalf("a browser would not send the form: %s", why)
		}
	}
	say := func(name string) string {
		if b != nil && b.HasAttr("form"+name) {
			return b.Attr("form" + name)
		}
		return f.Attr(name)
	}
	to, err := f.p.base().Parse(strings.TrimSpace(say("action")))
	if err != nil {
		f.p.fatalf("the form's action %q is no address: %v", say("action"), err)
	}
	if strings.TrimSpace(say("action")) == "" {
		whole := *f.p.address
		to = &whole
	}
	entries := f.entries(b)
	if !strings.EqualFold(say("method"), http.MethodPost) {
		to.RawQuery, to.Fragment = encode(entries), ""
		return f.p.c.send(request{method: http.MethodGet, to: to, from: f.p})
	}
	body, kind := []byte(encode(entries)), urlencoded
	if strings.EqualFold(say("enctype"), "multipart/form-data") {
		if body, kind, err = multiparts(entries); err != nil {
			f.p.fatalf("write the form: %v", err)
		}
	}
	return f.p.c.send(request{method: http.MethodPost, to: to, from: f.p, body: body, kind: kind})
}

// Values returns what would be sent now by the Enter key without a button's own value.
func (f *Form) Values() url.Values {
	v := url.Values{}
	for _, e := range f.entries(nil) {
		v.Add(e.name, e.value)
	}
	return v
}

// buttons are those that send a form and that a person can press.
func (p *Page) buttons() []*Element {
	return slices.DeleteFunc(p.submitters(), func(b *Element) bool { return disabled(b.n) || hidden(b.n) })
}

// submitters are all elements that send a form when pressed, those included that nobody can press.
func (p *Page) submitters() []*Element {
	return slices.DeleteFunc(p.All("button, input[type=submit], input[type=image]"), func(b *Element) bool {
		kind := strings.ToLower(b.Attr("type"))
		return b.n.DataAtom == atom.Button && (kind == "button" || kind == "reset")
	})
}
