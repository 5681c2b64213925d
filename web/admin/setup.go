package admin

import (
	"fmt"
	"net/http"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/web"
	"luukku/web/ui"
)

// SetupPage is the form of the first start.
type SetupPage struct {
	web.Base
	Action string
	// Trouble are the lines of the error summary; nil for none.
	Trouble   []ui.ErrorItem
	Name      ui.Field
	Languages ui.Choices
	Default   ui.Choices
	OrgNames  []ui.Field
	Slug      ui.Field
	Country   ui.Choices
	Zone      ui.Field
	Phone     ui.Field
	Hours     []ui.Field
	Email     ui.Field
	Primary   ui.Field
	Accent    ui.Field
	Begin     ui.Choices
}

// NoLinkPage says that no link leads here, and how to get one.
type NoLinkPage struct{ web.Base }

// form shows the empty form.
func (s *Setup) form(v *web.Visit) error {
	return v.Render(http.StatusOK, ShowSetup(newSetupPage(base(v), v.R.URL.Path, firstForm(v.Lang), nil)))
}

// formPost sets up, or shows the form again with what was typed.
func (s *Setup) formPost(v *web.Visit) error {
	typed := typedForm(v)
	checked, wrong := checkForm(typed)
	if len(wrong) > 0 {
		return formAgain(v, checked, wrong)
	}
	doc, err := checked.document()
	if err != nil {
		return err
	}
	_, err = s.setup.Apply(v.Ctx(), v.R.PathValue("token"), doc)
	if f := fault.Of(err); err != nil && f.Kind == fault.KindInvalid {
		return formAgain(v, checked, f.Fields)
	}
	if err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	first := ""
	if s.FirstAdministrator != nil {
		if first, err = s.FirstAdministrator(v.Ctx()); err != nil {
			return fmt.Errorf("set up the first administrator: %w", err)
		}
	}
	v.KeepSealed(doneCookie, checked.Begin+"/"+checked.Slug+"/"+first)
	return v.SeeOther(web.Path(v.Lang, "", "setup", "done"))
}

func formAgain(v *web.Visit, f setupForm, wrong []fault.Field) error {
	return v.Render(http.StatusUnprocessableEntity, ShowSetup(newSetupPage(base(v), v.R.URL.Path, f, wrong)))
}

func newNoLinkPage(b web.Base) NoLinkPage {
	b.Title, b.NoIndex = b.T("setup.no_link_title"), true
	return NoLinkPage{b}
}

func newSetupPage(b web.Base, action string, f setupForm, wrong []fault.Field) SetupPage {
	b.Title, b.NoIndex, b.HasError = b.T("setup.title"), true, len(wrong) > 0
	w := wording{b, map[string]string{}}
	for _, f := range wrong {
		w.said[f.Name] = b.Printer.TA(f.Key, f.Args)
	}
	p := SetupPage{
		Base: b, Action: action,
		Name:     w.field("name", "setup.name", "setup.name_hint", f.Name, false),
		Slug:     w.field("slug", "setup.slug", "setup.slug_hint", f.Slug, false),
		Country:  w.choices("country", "setup.country", "setup.country_hint"),
		Zone:     w.field("zone", "setup.zone", "setup.zone_hint", f.Zone, true),
		Phone:    w.field("phone", "common.phone", "setup.phone_hint", f.Phone, true),
		Email:    w.field("email", "common.email", "setup.email_hint", f.Email, true),
		Primary:  w.field("primary", "setup.primary", "setup.primary_hint", f.Primary, true),
		Accent:   w.field("accent", "setup.accent", "setup.accent_hint", f.Accent, true),
		Begin:    w.choices("begin", "setup.begin", "setup.begin_hint"),
		OrgNames: w.inEach("org-name-", f.OrgName), Hours: w.inEach("hours-", f.Hours),
	}
	p.Languages, p.Default = w.languages(f)
	p.Phone.Type, p.Email.Type = "tel", "email"
	p.Slug.NoSpelling, p.Zone.NoSpelling, p.Primary.NoSpelling, p.Accent.NoSpelling = true, true, true, true
	p.Primary.Short, p.Accent.Short = true, true
	for _, c := range countries {
		p.Country.Options = append(p.Country.Options, ui.Choice{Value: c, Label: b.T("setup.countries." + strings.ToLower(c)), Checked: c == f.Country})
	}
	for _, begin := range beginnings {
		p.Begin.Options = append(p.Begin.Options, ui.Choice{
			Value: begin, Label: b.T("setup.beginnings." + beginKey(begin)), Hint: b.T("setup.beginning_hints." + beginKey(begin)), Checked: begin == f.Begin,
		})
	}
	p.Trouble = w.summary(p)
	return p
}

// wording puts the form's questions into words, with what is wrong said at each.
type wording struct {
	web.Base
	said map[string]string // by the name of the field
}

func (w wording) field(name, label, hint, value string, optional bool) ui.Field {
	f := ui.Field{Name: name, Label: w.T(label), Value: value, Optional: optional, Error: w.said[name]}
	if hint != "" {
		f.Hint = w.T(hint)
	}
	return f
}

func (w wording) choices(name, legend, hint string) ui.Choices {
	return ui.Choices{Name: name, Legend: w.T(legend), Hint: w.T(hint), Error: w.said[name]}
}

// inEach asks for a text in each language there is.
func (w wording) inEach(prefix string, t i18n.Text) []ui.Field {
	var out []ui.Field
	for _, l := range i18n.Languages() {
		name := prefix + string(l.Code)
		out = append(out, ui.Field{Name: name, Label: w.T("setup.label_in." + string(l.Code)), Value: t[l.Code], Error: w.said[name]})
	}
	return out
}

func (w wording) languages(f setupForm) (offered, standard ui.Choices) {
	offered = w.choices("languages", "setup.languages", "setup.languages_hint")
	standard = w.choices("default", "setup.default", "setup.default_hint")
	for _, l := range i18n.Languages() {
		c := ui.Choice{Value: string(l.Code), Label: l.Name, Lang: l.BCP47}
		c.Checked = f.offers(l.Code)
		offered.Options = append(offered.Options, c)
		c.Checked = l.Code == f.Default
		standard.Options = append(standard.Options, c)
	}
	return offered, standard
}

// summary are the lines of the error summary, in the order of the page.
func (w wording) summary(p SetupPage) []ui.ErrorItem {
	if len(w.said) == 0 {
		return nil
	}
	var out []ui.ErrorItem
	line := func(name, label string) {
		if what := w.said[name]; what != "" {
			out = append(out, ui.ErrorItem{Href: "#" + name, Text: w.T("setup.wrong", "field", label, "what", what)})
		}
	}
	lines := func(label string, fields []ui.Field) {
		for i, l := range i18n.Languages() {
			line(fields[i].Name, w.T("setup.wrong_in", "field", label, "in", w.T("setup.in."+string(l.Code))))
		}
	}
	line(p.Name.Name, p.Name.Label)
	line(p.Languages.Name, p.Languages.Legend)
	line(p.Default.Name, p.Default.Legend)
	lines(w.T("setup.org_name"), p.OrgNames)
	line(p.Slug.Name, p.Slug.Label)
	line(p.Country.Name, p.Country.Legend)
	for _, f := range []ui.Field{p.Zone, p.Phone} {
		line(f.Name, f.Label)
	}
	lines(w.T("setup.hours"), p.Hours)
	for _, f := range []ui.Field{p.Email, p.Primary, p.Accent} {
		line(f.Name, f.Label)
	}
	line(p.Begin.Name, p.Begin.Legend)
	return out
}

// allLanguages lead to the same page in every language; rest is its path after the language.
func allLanguages(current i18n.Lang, rest string) []ui.LangLink {
	var out []ui.LangLink
	for _, l := range i18n.Languages() {
		out = append(out, ui.LangLink{Lang: l.Code, Href: "/" + string(l.Code) + rest, Current: l.Code == current})
	}
	return out
}

// beginKey is a beginning as text keys have it.
func beginKey(begin string) string { return strings.ReplaceAll(begin, "-", "_") }
