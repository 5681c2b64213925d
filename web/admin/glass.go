package admin

import (
	"luukku/base/fault"
	"luukku/web"
	"luukku/web/ui"
)

// glassForm is what was typed to see a person's data in an emergency.
type glassForm struct{ Kind, Identifier, Reason string }

// glass asks who is to be seen in an emergency, and why.
func (d *Door) glass(v *web.Visit) error {
	return show(v, newGlassPage(page(v, ""), glassForm{Kind: string(kindIn(v.Org.Org.Country))}, nil))
}

// glassPost breaks the glass: the person's data is open for a while, from the next request on.
func (d *Door) glassPost(v *web.Visit) error {
	typed := glassForm{v.Form("kind"), v.Form("identifier"), v.Form("reason")}
	p, err := d.byIdentifier(v, typed.Kind, typed.Identifier)
	if err == nil {
		_, err = d.Staff.BreakGlass(v.Ctx(), v.Actor(), v.OrgID(), p, typed.Reason)
	}
	if fault.Is(err, fault.KindInvalid) {
		return show(v, newGlassPage(page(v, ""), typed, err))
	}
	if err != nil {
		return err
	}
	d.keepOpen(v, p)
	return leadTo(v, "", "person")
}

func newGlassPage(b web.Base, typed glassForm, why error) DeskPage {
	b.Title = b.T("glass.title")
	p := DeskPage{Base: b, Lead: b.T("glass.lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	fields := identifierFields(b, typed.Kind, typed.Identifier, b.T("people.identifier"), t)
	fields = append(fields, ui.TextArea(b.Printer, ui.Field{
		Name: "reason", Label: b.T("glass.reason"), Hint: b.T("glass.reason_hint"), Value: typed.Reason, Error: t.At("reason"), Rows: 3,
	}))
	p.Parts = []web.Component{
		form(ui.FormData{Action: at(b, "glass")}, ui.Button{Text: b.T("glass.open"), Look: ui.Destructive}, ui.Link{Href: at(b, "people"), Text: b.T("glass.search")}, fields...),
	}
	return p
}
