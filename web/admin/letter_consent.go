package admin

import (
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// consentForm is what was typed to record a consent to letters without paper, or that it was taken back.
type consentForm struct {
	What, How string
	From      typedDate
}

// letterConsent shows how somebody's consent to the organisation's letters without paper stands, and asks for what they said now (S4.8).
func (d *Door) letterConsent(v *web.Visit) error {
	return d.withPerson(v, func(p ids.Person, seen identity.View) error {
		c, err := d.Letters.UnitConsent(v.Ctx(), v.Actor(), v.OrgID(), p)
		if err != nil {
			return err
		}
		page := newLetterConsentPage(page(v, ""), seen.Account.ShortName(), c, consentForm{From: typedToday(momentOf(v))}, nil, whereOf(v))
		if v.Query("done") == "recorded" {
			page.Done = page.T("people.done_recorded")
		}
		return show(v, page)
	})
}

// letterConsentPost records it. What was typed stays.
func (d *Door) letterConsentPost(v *web.Visit) error {
	return d.withPerson(v, func(p ids.Person, seen identity.View) error {
		typed := consentForm{v.Form("what"), v.Form("how"), dateIn(v, "from")}
		from, _ := org.ParseDate(typed.From.iso())
		var err error
		switch typed.What {
		case "given":
			err = d.Letters.RecordConsent(v.Ctx(), v.Actor(), v.OrgID(), p, mailbox.How(typed.How), from)
		case "ended":
			err = d.Letters.EndConsent(v.Ctx(), v.Actor(), v.OrgID(), p, mailbox.How(typed.How), from)
		default:
			err = fault.Invalid("form.invalid", nil, fault.Field{Name: "what", Key: "error.field.choose"})
		}
		if err == nil {
			return leadTo(v, "?done=recorded", "person", "letters")
		}
		if !fault.Is(err, fault.KindInvalid) {
			return err
		}
		c, readErr := d.Letters.UnitConsent(v.Ctx(), v.Actor(), v.OrgID(), p)
		if readErr != nil {
			return readErr
		}
		return show(v, newLetterConsentPage(page(v, ""), seen.Account.ShortName(), c, typed, err, whereOf(v)))
	})
}

func newLetterConsentPage(b web.Base, name string, c mailbox.UnitConsent, typed consentForm, why error, w where) DeskPage {
	b.Title = b.T("paper.consent.title")
	p := DeskPage{Base: b, Back: at(b, "person"), Lead: b.T("paper.consent.lead", "name", name)}
	t := web.TroubleOf(b, why)
	p.blame(t)
	state := "paper.consent.state_none"
	switch {
	case c.Given() && c.Open:
		state = "paper.consent.state_given"
	case c.Given():
		state = "paper.consent.state_no_mailbox"
	case c.Open && c.Now.Channel == mailbox.Electronic:
		state = "paper.consent.state_own"
	}
	history := ui.TableData{Caption: b.T("paper.consent.history"), HideCaption: true, Head: []string{b.T("paper.consent.from"), b.T("paper.consent.what"), b.T("paper.consent.how")}}
	for _, h := range c.History {
		what := "given"
		if h.Channel == mailbox.Paper {
			what = "ended"
		}
		history.Rows = append(history.Rows, []ui.Cell{{Text: w.time(b, h.From)}, {Text: b.T("paper.consent.what_" + what)}, {Text: b.T("paper.consent.how_" + string(h.How))}})
	}
	whats := ui.Choices{Name: "what", Legend: b.T("paper.consent.what"), Error: t.At("what")}
	for _, x := range []string{"given", "ended"} {
		whats.Options = append(whats.Options, ui.Choice{Value: x, Label: b.T("paper.consent.what_" + x), Checked: typed.What == x})
	}
	hows := ui.Choices{Name: "how", Legend: b.T("paper.consent.how"), Error: t.At("how")}
	for _, x := range mailbox.Hows {
		hows.Options = append(hows.Options, ui.Choice{Value: string(x), Label: b.T("paper.consent.how_" + string(x)), Checked: typed.How == string(x)})
	}
	p.Parts = []web.Component{
		ui.P(b.T(state)), ui.LinkList([]ui.Link{{Href: at(b, "person", "letters", "document.pdf"), Text: b.T("paper.consent.form")}}),
		form(ui.FormData{Action: at(b, "person", "letters")}, ui.Button{Text: b.T("people.record")}, ui.Link{Href: at(b, "person"), Text: b.T("people.cancel")},
			ui.Radios(b.Printer, whats), ui.Radios(b.Printer, hows), dateFields(b, "from", b.T("paper.consent.from"), b.T("paper.consent.from_hint"), typed.From, t)),
		listOf(b.T("paper.consent.history"), history, b.T("paper.consent.no_history")),
	}
	return p
}

// letterConsentForm gives out the form to print, in the language of the page.
func (d *Door) letterConsentForm(v *web.Visit) error {
	f, err := mailbox.ConsentForm(v.P, v.Org).Write()
	if err != nil {
		return err
	}
	return sendFile(v, "application/pdf", "consent-"+string(v.OrgID())+"-"+string(v.Lang)+".pdf", f.Bytes)
}
