package desk

import (
	"time"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// sought is what was typed to look for a booking. It is never in an address.
type sought struct {
	Code, Name, Phone, Email string
	Birth                    typedDate
}

// find asks what to look for.
func (d *Door) find(v *web.Visit) error { return d.show(v, newFindPage(d.page(v, ""), sought{}, nil)) }

// findPost looks for bookings.
func (d *Door) findPost(v *web.Visit) error {
	typed := sought{v.Form("code"), v.Form("name"), v.Form("phone"), v.Form("email"), dateIn(v, "birth")}
	list, err := d.Booking.Seek(v.Ctx(), v.Actor(), v.OrgID(), booking.Sought{
		Code: typed.Code, Name: typed.Name, Phone: typed.Phone, Email: typed.Email, Birth: typed.Birth.iso(),
	})
	if web.Mendable(err) {
		return d.show(v, newFindPage(d.page(v, ""), typed, err))
	}
	if err != nil {
		return err
	}
	p := newFindPage(d.page(v, ""), typed, nil)
	p.Parts = append([]web.Component{foundList(p.Base, v.Org, list, v.Now)}, p.Parts...)
	return d.show(v, p)
}

func newFindPage(b web.Base, typed sought, why error) Page {
	b.Title = b.T("desk.find_title")
	p := Page{Base: b, Back: at(b), Lead: b.T("desk.find_lead")}
	t := troubleOf(b, why)
	p.blame(t)
	field := func(name, label, value, kind string) web.Component {
		return ui.TextField(b.Printer, ui.Field{
			Name: name, Label: label, Value: value, Error: t.At(name), Type: kind, Autocomplete: "off", NoSpelling: true, Optional: true,
		})
	}
	return p.with(parts.Form(ui.FormData{Action: at(b, "find")},
		beside([]web.Component{
			field("name", b.T("common.name"), typed.Name, ""), field("code", b.T("manage.code"), typed.Code, ""),
		}, []web.Component{
			field("phone", b.T("common.phone"), typed.Phone, "tel"), field("email", b.T("common.email"), typed.Email, "email"),
		}),
		dateFields(b, "birth", b.T("desk.birth"), typed.Birth, t),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("desk.find_button"), Key: b.Keys.Of(staff.DeskMain)})),
	))
}

// foundList lists what was found.
func foundList(b web.Base, c *catalog.Config, list []booking.DeskRow, now time.Time) web.Component {
	if len(list) == 0 {
		return ui.Alert(ui.AlertBox{Kind: ui.Info, Text: b.T("desk.nothing_found")})
	}
	t := ui.TableData{Caption: b.N("desk.found", len(list)), Head: []string{
		b.T("common.name"), b.T("manage.when"), b.T("common.service"), b.T("common.place"), b.T("common.phone"), b.T("desk.head_code"), b.T("desk.head_state"),
	}}
	for _, r := range list {
		when := timeLine(b, r.Start, r.End, c.Zone())
		if r.Hidden {
			t.Rows = append(t.Rows, []ui.Cell{{Text: b.T("desk.taken")}, {Text: when}, {}, {Text: officeName(b, c, r.Office)}, {}, {}, {Text: b.T("person.protected")}})
			continue
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: ui.A(ui.Link{Href: at(b, string(r.ID)), Text: r.Name})}, {Text: when}, {Text: servicesOf(b, c, r)}, {Text: officeName(b, c, r.Office)},
			{Text: notify.ShowPhone(r.Phone, c.Org.Country)}, {Text: ids.FormatCode(r.Code)}, {Text: stateText(b, r, now.Unix())},
		})
	}
	return ui.Table(t)
}
