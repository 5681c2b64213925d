package admin

import (
	"context"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/dossier"
	"luukku/web"
	"luukku/web/ui"
)

// Dossier erases what is kept of messages.
type Dossier interface {
	Look(ctx context.Context, who actor.Actor, o ids.Org, number string) (dossier.Found, error)
	Erase(ctx context.Context, who actor.Actor, o ids.Org, number string) (dossier.Found, error)
}

// eraseTexts asks of which number the messages are to be erased.
func (d *Door) eraseTexts(v *web.Visit) error {
	p := newErasePage(page(v, ""), "", nil)
	if n, err := strconv.Atoi(v.Query("done")); err == nil && n >= 0 {
		p.Done = p.T("erase.done", "n", n)
	}
	return show(v, p)
}

// eraseTextsPost says what there is, and erases it when that was seen.
func (d *Door) eraseTextsPost(v *web.Visit) error {
	number := v.Form("number")
	sure := v.Form("sure") == "yes"
	found, err := dossier.Found{}, error(nil)
	if sure {
		found, err = d.Dossier.Erase(v.Ctx(), v.Actor(), v.OrgID(), number)
	} else {
		found, err = d.Dossier.Look(v.Ctx(), v.Actor(), v.OrgID(), number)
	}
	switch {
	case fault.Is(err, fault.KindInvalid):
		return show(v, newErasePage(page(v, ""), number, err))
	case err != nil:
		return err
	case sure:
		return v.SeeOther(at(baseOf(v), "erase") + "?done=" + strconv.Itoa(found.Texts))
	}
	return show(v, newEraseSurePage(page(v, ""), strings.TrimSpace(number), found, whereOf(v)))
}

func newErasePage(b web.Base, number string, why error) DeskPage {
	b.Title = b.T("erase.title")
	p := DeskPage{Base: b, Lead: b.T("erase.lead"), Back: at(b, "people")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	p.Parts = []web.Component{form(ui.FormData{Action: at(b, "erase")}, ui.Button{Text: b.T("erase.look")}, ui.Link{Href: at(b, "people"), Text: b.T("people.cancel")},
		ui.TextField(b.Printer, ui.Field{
			Name: "number", Label: b.T("erase.number"), Hint: b.T("erase.number_hint"), Value: number, Error: t.At("number"), Type: "tel", Autocomplete: "off", NoSpelling: true,
		}))}
	return p
}

// newEraseSurePage says what would be erased, and shows none of it.
func newEraseSurePage(b web.Base, number string, f dossier.Found, w where) DeskPage {
	b.Title = b.T("erase.title")
	p := DeskPage{Base: b, Back: at(b, "erase")}
	if f.Texts == 0 {
		p.Lead = b.T("erase.none", "number", number)
		return p
	}
	p.Lead = b.T("erase.found", "number", number, "texts", f.Texts, "conversations", f.Conversations, "first", w.time(b, f.First), "last", w.time(b, f.Last))
	p.Parts = []web.Component{
		ui.Alert(ui.AlertBox{Kind: ui.Warning, Title: b.T("erase.for_good"), Text: b.T("erase.for_good_text"), Quiet: true}),
		form(ui.FormData{Action: at(b, "erase"), Hidden: []ui.Hidden{{Name: "number", Value: number}, {Name: "sure", Value: "yes"}}},
			ui.Button{Text: b.T("erase.erase"), Look: ui.Destructive}, ui.Link{Href: at(b, "erase"), Text: b.T("people.cancel")}),
	}
	return p
}

// eraseSamples are the pages in their states.
func eraseSamples() []web.Sample {
	return []web.Sample{
		desked("erase", "", func(b web.Base) DeskPage { return newErasePage(b, "", nil) }),
		desked("erase", "errors", func(b web.Base) DeskPage { return newErasePage(b, "12", allWrong("number", "field.phone")) }),
		desked("erase", "sure", func(b web.Base) DeskPage {
			return newEraseSurePage(b, "040 123 4567", dossier.Found{Texts: 12, Conversations: 1, First: sampleTime - 86400*40, Last: sampleTime}, sampleWhere())
		}),
		desked("erase", "none", func(b web.Base) DeskPage { return newEraseSurePage(b, "040 123 4567", dossier.Found{}, sampleWhere()) }),
	}
}
