package admin

import (
	"cmp"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/ui"
)

// holdRoutes are the pages of letters that are held, so that they are not deleted.
func (d *Door) holdRoutes(at string) []web.Route {
	const right = actor.LetterHold
	return []web.Route{
		web.GET(at+"holds", right, d.holds),
		web.POST(at+"holds", right, d.holdPost),
		web.GET(at+"holds/{letter}/release", right, d.holdRelease),
		web.POST(at+"holds/{letter}/release", right, d.holdReleasePost),
	}
}

// holds lists the letters that are held, and asks for another.
func (d *Door) holds(v *web.Visit) error {
	list, err := d.Letters.Holds(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	p := newHoldsPage(page(v, ""), list, mailbox.Hold{}, nil, whereOf(v))
	switch v.Query("done") {
	case "held":
		p.Done = p.T("hold.done_held")
	case "released":
		p.Done = p.T("hold.done_released")
	}
	return show(v, p)
}

// holdPost holds a letter. What was typed stays.
func (d *Door) holdPost(v *web.Visit) error {
	typed := mailbox.Hold{
		Org: v.OrgID(), Letter: ids.Letter(strings.TrimSpace(v.Form("letter"))), Why: mailbox.HoldWhy(v.Form("why")), Ref: strings.TrimSpace(v.Form("ref")),
	}
	err := d.Letters.HoldLetter(v.Ctx(), v.Actor(), typed)
	if err == nil {
		return leadTo(v, "?done=held", "holds")
	}
	if !fault.Is(err, fault.KindInvalid) {
		return err
	}
	list, readErr := d.Letters.Holds(v.Ctx(), v.Actor(), v.OrgID())
	if readErr != nil {
		return readErr
	}
	return show(v, newHoldsPage(page(v, ""), list, typed, err, whereOf(v)))
}

func newHoldsPage(b web.Base, list []mailbox.HeldLetter, typed mailbox.Hold, why error, w where) DeskPage {
	b.Title = b.T("hold.title")
	p := DeskPage{Base: b, Lead: b.T("hold.lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	table := ui.TableData{Caption: b.T("hold.list"), HideCaption: true, Head: []string{
		b.T("paper.number"), b.T("paper.receipt.kind"), b.T("paper.ref"), b.T("hold.why"), b.T("hold.ref"), b.T("hold.since"), b.T("hold.actions"),
	}}
	for _, h := range list {
		table.Rows = append(table.Rows, []ui.Cell{
			{Text: string(h.Letter)}, {Text: b.T("mailbox.kind." + string(h.Kind))}, {Text: cmp.Or(h.SentRef, "–")}, {Text: b.T("hold.why_" + string(h.Why))}, {Text: cmp.Or(h.Ref, "–")},
			{Text: w.time(b, h.At)}, {Content: ui.A(ui.Link{Href: at(b, "holds", string(h.Letter), "release"), Text: b.T("hold.release"), Hidden: string(h.Letter)})},
		})
	}
	whys := ui.Choices{Name: "why", Legend: b.T("hold.why"), Error: t.At("why")}
	for _, x := range mailbox.HoldWhys {
		whys.Options = append(whys.Options, ui.Choice{Value: string(x), Label: b.T("hold.why_" + string(x)), Checked: typed.Why == x})
	}
	p.Parts = []web.Component{
		ui.LinkList([]ui.Link{{Href: at(b, "holds", "forms"), Text: b.T("hold.forms.title")}}),
		listOf(b.T("hold.list"), table, b.T("hold.none")), ui.H2("hold", b.T("hold.new")),
		form(ui.FormData{Action: at(b, "holds")}, ui.Button{Text: b.T("hold.button")}, ui.Link{},
			ui.TextField(b.Printer, ui.Field{Name: "letter", Label: b.T("paper.number"), Hint: b.T("hold.letter_hint"), Value: string(typed.Letter), Error: t.At("letter"), NoSpelling: true, Autocomplete: "off"}),
			ui.Radios(b.Printer, whys),
			ui.TextField(b.Printer, ui.Field{Name: "ref", Label: b.T("hold.ref"), Hint: b.T("hold.ref_hint"), Value: typed.Ref, Error: t.At("ref"), NoSpelling: true, Autocomplete: "off", Optional: true})),
	}
	return p
}

// holdRelease asks once more before a letter is let go.
func (d *Door) holdRelease(v *web.Visit) error {
	list, err := d.Letters.Holds(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(h mailbox.HeldLetter) bool { return string(h.Letter) == v.R.PathValue("letter") })
	if i < 0 {
		return fault.NotFound("error.not_found")
	}
	return show(v, newHoldReleasePage(page(v, ""), list[i]))
}

func newHoldReleasePage(b web.Base, h mailbox.HeldLetter) DeskPage {
	return newConfirmPage(b, confirm{
		Title: b.T("hold.release_title"), What: b.T("hold.release_what", "letter", string(h.Letter), "days", mailbox.LapseDays), Yes: b.T("hold.release"), Back: at(b, "holds"),
		Action: at(b, "holds", string(h.Letter), "release"),
	})
}

// holdReleasePost lets a letter go.
func (d *Door) holdReleasePost(v *web.Visit) error {
	if err := d.Letters.ReleaseHold(v.Ctx(), v.Actor(), v.OrgID(), ids.Letter(v.R.PathValue("letter"))); err != nil {
		return err
	}
	return leadTo(v, "?done=released", "holds")
}
