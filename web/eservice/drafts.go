package eservice

import (
	"context"
	"errors"
	"net/http"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// named is a draft as a list shows it.
type named struct {
	eservice.Draft
	Name, Org string
}

// named finds out what drafts are called.
func (d *Door) named(ctx context.Context, lang i18n.Lang, list []eservice.Draft) ([]named, error) {
	out := make([]named, len(list))
	for i, x := range list {
		out[i] = named{Draft: x, Name: string(x.Form), Org: string(x.Org)}
		c, err := d.Site.Directory.Config(ctx, x.Org)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[i].Org = c.Org.Name.In(lang)
		if f, err := c.Form(x.Form); err == nil {
			out[i].Name = f.Name.In(lang)
		}
	}
	return out, nil
}

// drafts shows what somebody has begun.
func (d *Door) drafts(v *web.Visit) error {
	own, asked, err := d.Forms.Fillings(v.Ctx(), d.who(v))
	if err != nil {
		return err
	}
	mine, err := d.named(v.Ctx(), v.Lang, own)
	if err != nil {
		return err
	}
	others, err := d.named(v.Ctx(), v.Lang, asked)
	if err != nil {
		return err
	}
	return show(v, newDraftsPage(d.base(v), clockOf(v), mine, others, v.Query("done")))
}

func newDraftsPage(b web.Base, c clock, own, asked []named, done string) Page {
	p := newPage(b, b.T("eform.drafts.title"))
	p.Back = web.Path(b.Lang, "", "my") + "/"
	switch done {
	case "dropped":
		p.Done = b.T("eform.drafts.dropped")
	case "saved":
		p.Done = b.T("eform.drafts.saved")
	case "declined":
		p.Done = b.T("eform.together.declined_done")
	}
	if len(own)+len(asked) == 0 {
		p.Lead = b.T("eform.drafts.none")
		return p
	}
	lines := func(list []named) web.Component {
		var out []ui.Link
		for _, x := range list {
			note := " · " + x.Org + " · " + b.T("eform.drafts.changed", "at", c.at(b, x.ChangedAt)) + " · " + b.T("eform.drafts.until", "day", c.day(b, x.ExpiresAt-1))
			out = append(out, ui.Link{Href: at(b, "draft", string(x.ID)), Text: x.Name, Note: note})
		}
		return ui.LinkList(out)
	}
	if len(own) > 0 {
		p.add(lines(own))
	}
	if len(asked) > 0 {
		p.add(parts.Section(b.T("eform.drafts.asked"), lines(asked)))
	}
	return p
}

// start asks whether to begin a form, or to go on with what was begun of it. Who has not signed in does so at once as surely as the form asks.
func (d *Door) start(v *web.Visit) error {
	o, who := ids.Org(v.R.PathValue("of")), d.who(v)
	f, had, err := d.Forms.MayBegin(v.Ctx(), who, o, ids.Form(v.R.PathValue("form")))
	if err == nil && who.Kind == actor.KindVisitor { // it may be sent without signing in, by another way
		err = actor.SignInAt("sign_in.required", actor.LevelLow)
	}
	if refused(err) && f != nil {
		return d.refuse(v, o, f, err)
	}
	if err != nil {
		return err
	}
	return show(v, newStartPage(d.base(v), clockOf(v), o, f, had, v.Site.Gen.Submission(), nil))
}

// refused reports whether a form takes nothing from who asks: it is closed or for others, or a service that it leads to is not open to them.
func refused(err error) bool { return fault.Is(err, fault.KindConflict) || access.Refused(err) }

// refused has a page say what it is for a service that is not open, as booking a time for it does, and what comes first: where one gets in touch, and what the service says of itself.
func (p *Page) refused(c *catalog.Config, why error) {
	if !access.Refused(why) {
		return
	}
	p.Status = http.StatusForbidden
	closed, _ := errors.AsType[eservice.NotOpen](why)
	s, err := c.Service(closed.Service)
	if err != nil {
		return // it was taken from the list meanwhile
	}
	b := p.Base
	b.Org = c.Org.ID
	first := parts.NewFirst(b, c, s, why, "").At(b, s)
	first.Refused = "" // the page has said it
	p.add(parts.ShowFirst(b, *first))
}

// startPost begins a draft.
func (d *Door) startPost(v *web.Visit) error {
	o, id := ids.Org(v.R.PathValue("of")), ids.Form(v.R.PathValue("form"))
	draft, err := d.Forms.BeginFilling(v.Ctx(), d.who(v), o, id, ids.Submission(v.Form("key")), v.Lang)
	if err == nil {
		return v.SeeOther(d.at(v, "draft", string(draft)))
	}
	if !web.Mendable(err) {
		return err
	}
	f, had, again := d.Forms.MayBegin(v.Ctx(), d.who(v), o, id)
	switch {
	case refused(again) && f != nil:
		return d.refuse(v, o, f, again)
	case again != nil:
		return again
	}
	return show(v, newStartPage(d.base(v), clockOf(v), o, f, had, v.Site.Gen.Submission(), err))
}

// actingFor says for whom the form would be.
func actingFor(b web.Base) string {
	if b.Signed == nil || b.Signed.For == "" {
		return b.T("eform.start.for_self")
	}
	return b.T("eform.start.for", "name", b.Signed.For)
}

func newStartPage(b web.Base, c clock, o ids.Org, f *catalog.Form, had []eservice.Draft, key ids.Submission, why error) Page {
	p := newPage(b, f.Name.In(b.Lang))
	p.Back = web.Path(b.Lang, o, "forms", string(f.ID))
	if why != nil {
		p.Trouble, p.HasError = []ui.ErrorItem{{Text: words(b, why)}}, true
	}
	if len(had) > 0 {
		var list []ui.Link
		for _, x := range had {
			list = append(list, ui.Link{Href: at(b, "draft", string(x.ID)), Text: b.T("eform.start.go_on", "at", c.at(b, x.ChangedAt))})
		}
		p.add(parts.Section(b.T("eform.start.had"), ui.LinkList(list)))
	}
	p.add(ui.P(actingFor(b)))
	if b.Signed != nil {
		p.add(ui.A(ui.Link{Href: b.Signed.ActingURL, Text: b.T("eform.start.other")}))
	}
	p.add(parts.Form(ui.FormData{Action: at(b, "new", string(o), string(f.ID)), Hidden: []ui.Hidden{{Name: "key", Value: string(key)}}},
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.start.begin")}))))
	return p
}

// refuse shows that a form takes nothing from whoever looks.
func (d *Door) refuse(v *web.Visit, o ids.Org, f *catalog.Form, why error) error {
	c, err := d.Site.Directory.Config(v.Ctx(), o)
	if err != nil {
		return err
	}
	return show(v, newRefusedPage(d.base(v), c, f, why))
}

// newRefusedPage tells that a form takes nothing from whoever looks, and what comes first where something does.
func newRefusedPage(b web.Base, c *catalog.Config, f *catalog.Form, why error) Page {
	p := newPage(b, f.Name.In(b.Lang))
	p.Back, p.Wrong = web.Path(b.Lang, c.Org.ID, "forms", string(f.ID)), words(b, why)
	p.refused(c, why)
	if b.Signed != nil && !fault.IsKey(why, "access.company_only") { // there the way to it is said already
		p.add(ui.LinkButton(ui.Secondary, ui.Link{Href: b.Signed.ActingURL, Text: b.T("eform.start.other")}))
	}
	return p
}

func (d *Door) movePost(v *web.Visit) error {
	if err := d.Forms.Move(v.Ctx(), d.who(v), idOf(v)); err != nil {
		return err
	}
	return v.SeeOther(d.at(v, "draft", string(idOf(v))) + "?done=moved")
}

func (d *Door) dropPage(v *web.Visit) error {
	f, err := d.Forms.Filling(v.Ctx(), d.who(v), idOf(v))
	if err == nil && f.Mine != nil {
		err = fault.NotFound("error.not_found")
	}
	if err != nil {
		return err
	}
	return show(v, newDropPage(d.base(v), f))
}

func newDropPage(b web.Base, f eservice.Filling) Page {
	p := newPage(b, b.T("eform.drop.title"))
	p.Back, p.Lead = at(b, "draft", string(f.ID)), b.T("eform.drop.lead", "form", formName(b, f))
	p.add(parts.Form(ui.FormData{Action: at(b, "draft", string(f.ID), "drop")}, parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.drop.button"), Look: ui.Destructive}),
		ui.LinkButton(ui.Tertiary, ui.Link{Href: at(b, "draft", string(f.ID)), Text: b.T("eform.drop.keep")}))))
	return p
}

func (d *Door) dropPost(v *web.Visit) error {
	if err := d.Forms.Drop(v.Ctx(), d.who(v), idOf(v)); err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	return v.SeeOther(d.at(v) + "?done=dropped")
}

func formName(b web.Base, f eservice.Filling) string {
	if name := f.Form.Name.In(b.Lang); name != "" {
		return name
	}
	return string(f.Form.ID)
}
