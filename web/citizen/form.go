package citizen

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/form"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// Forms knows what the forms of an organisation ask.
type Forms interface {
	// Asked returns a form with the version that holds at a moment, also one that takes nothing new.
	Asked(ctx context.Context, o ids.Org, id ids.Form, at time.Time) (*catalog.Form, eservice.Version, *form.Definition, error)
}

// FormsPage is the list of an organisation's forms.
type FormsPage struct {
	web.Base
	Cards []ui.CardData
	Phone string
}

// forms shows the forms that can be filled in.
func (d *Door) forms(v *web.Visit) error {
	return v.Render(http.StatusOK, ShowForms(newFormsPage(v.Base(""), v.Org)))
}

func newFormsPage(b web.Base, c *catalog.Config) FormsPage {
	p := FormsPage{Base: b, Phone: c.Org.Phone}
	p.Title = b.T("forms.page.all")
	for _, f := range c.OpenForms() {
		name, in := f.Name.InOK(b.Lang)
		p.Cards = append(p.Cards, ui.CardData{Title: name, Lang: foreign(in, b.Lang), Href: formURL(b, f.ID), Text: f.Summary.In(b.Lang), Level: 2})
	}
	return p
}

// blankLink leads to a form on paper.
func blankLink(b web.Base, f *catalog.Form, text string) ui.Link {
	return ui.Link{Href: b.URL("forms", string(f.ID), "blank.pdf"), Text: text, Note: " (PDF)"}
}

func formURL(b web.Base, id ids.Form) string { return b.URL("forms", string(id)) }

// FormPage is where a form begins: what it is for, who sends it, what to have at hand and what follows.
type FormPage struct {
	web.Base
	Back    string
	Name    string
	Summary string
	Facts   []ui.DefinitionRow
	// Steps are its pages, Files what is attached to it.
	Steps, Files []string
	Follows      string
	Services     []ui.Link
	// Begin leads on; without an address the form takes nothing new.
	Begin ui.Link
	// Signed leads on with signing in, where that is not needed.
	Signed ui.Link
	// Blank leads to the form on paper; without an address there is none.
	Blank ui.Link
	// First says what comes before a service that it leads to; nil where nothing does.
	First *parts.First
	Phone string
}

// form shows where a form begins. What it asks may change at any second: the page is made anew each time.
func (d *Door) form(v *web.Visit) error {
	id := ids.Form(v.R.PathValue("form"))
	if _, err := v.Org.Form(id); err != nil || d.Forms == nil {
		return fault.NotFound("forms.unknown")
	}
	f, _, def, err := d.Forms.Asked(v.Ctx(), v.Org.Org.ID, id, v.Now)
	if err != nil {
		return err
	}
	p := newFormPage(v.Base(""), v.Org, f, def)
	if err := d.formOpens(v, f, &p); err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowForm(p))
}

// formBlank gives out a form to be filled in by hand.
func (d *Door) formBlank(v *web.Visit) error {
	id := ids.Form(v.R.PathValue("form"))
	if _, err := v.Org.Form(id); err != nil || d.Forms == nil {
		return fault.NotFound("forms.unknown")
	}
	f, version, def, err := d.Forms.Asked(v.Ctx(), v.Org.Org.ID, id, v.Now)
	if err == nil && f.Closed {
		err = fault.NotFound("forms.closed")
	}
	if err != nil {
		return err
	}
	file, err := eservice.Blank(v.P, v.Org, f, version, def).Write()
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="`+string(id)+"-"+string(v.Lang)+`.pdf"`)
	h.Set("Content-Length", strconv.Itoa(len(file.Bytes)))
	h.Set("Cache-Control", "no-store")
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(file.Bytes) // whoever went away gets nothing
	return nil
}

// formOpens takes the way on from the page of a form that leads to a service which is not open to the reader, and says what comes first.
func (d *Door) formOpens(v *web.Visit, f *catalog.Form, p *FormPage) error {
	for _, id := range f.Services {
		s, err := v.Org.Service(id)
		if err != nil {
			continue // it was taken from the list
		}
		why := d.mayUse(v, id, "")
		if access.Refused(why) || fault.Is(why, fault.KindSignInRequired) {
			p.closed(v.Org, s, why, v.SignInURL(v.URL("forms", string(f.ID)), max(actor.LevelLow, v.Org.Policy(id, "").SignIn)))
			return nil
		}
		if why != nil {
			return why
		}
	}
	return nil
}

func (p *FormPage) closed(c *catalog.Config, s *catalog.Service, why error, signIn string) {
	p.First, p.Begin, p.Signed = parts.NewFirst(p.Base, c, s, why, signIn), ui.Link{}, ui.Link{}
}

func newFormPage(b web.Base, c *catalog.Config, f *catalog.Form, def *form.Definition) FormPage {
	p := FormPage{Base: b, Back: b.URL("forms"), Name: f.Name.In(b.Lang), Summary: f.Summary.In(b.Lang), Follows: f.Follows.In(b.Lang), Phone: c.Org.Phone}
	p.Title = p.Name
	fact := func(key, value string) {
		p.Facts = append(p.Facts, ui.DefinitionRow{Key: b.T("forms.page." + key), Value: value})
	}
	if len(f.Audience) == 1 {
		fact("who", b.T("service.audience."+string(f.Audience[0])))
	}
	open := f.Open() && c.NotOpen(f) == ""
	if open {
		fact("sign_in", b.T("forms.page.no_sign_in_text"))
	} else {
		fact("sign_in", b.T("forms.page.sign_in_text"))
	}
	switch f.Signers {
	case catalog.SignedByGuardian, catalog.SignedByColleague, catalog.SignedByAny:
		fact("signers", b.T("forms.page.signed_by."+f.Signers))
	}
	fact("draft", b.N("forms.page.draft_text", f.KeptDays()))
	for _, s := range def.Steps {
		if w, _ := def.Word(b.Lang, s.Key+".label", s.Text); w != "" {
			p.Steps = append(p.Steps, w)
		}
	}
	for _, x := range def.Fields {
		if x.Kind == form.Files {
			w, _ := def.Word(b.Lang, x.Key+".label", x.Label)
			if !x.Required {
				w = b.T("forms.page.if_you_have", "name", w)
			}
			p.Files = append(p.Files, w)
		}
	}
	for _, id := range f.Services {
		if s, err := c.Service(id); err == nil {
			p.Services = append(p.Services, ui.Link{Href: b.URL("services", string(id)), Text: s.Name.In(b.Lang)})
		}
	}
	if !f.Closed {
		p.Blank = blankLink(b, f, b.T("forms.page.blank"))
		p.Begin = ui.Link{Href: web.Path(b.Lang, "", "my", "forms", "new", string(c.Org.ID), string(f.ID)), Text: b.T("forms.page.begin")}
		if open {
			p.Signed = ui.Link{Href: p.Begin.Href, Text: b.T("forms.page.begin_signed")}
			p.Begin = ui.Link{Href: b.URL("fill", string(f.ID)), Text: b.T("forms.page.begin_open")}
		}
	}
	return p
}
