package desk

import (
	"cmp"
	"slices"
	"strconv"

	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

func newFindAccessPage(b web.Base, c *catalog.Config, typed accessSought, why error) Page {
	b.Title = b.T("access.title")
	p := Page{Base: b, Back: at(b), Lead: b.T("access.find_lead")}
	t := troubleOf(b, why)
	p.blame(t)
	if !usesAccess(c) {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("access.no_service")}))
	}
	if typed.Looked {
		p.Parts = append(p.Parts, accessFound(b, typed.Found))
	}
	text := func(name, label, hint, value string) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: b.T(label), Hint: hint, Value: value, Error: t.At(name), Autocomplete: "off", NoSpelling: true, Optional: true})
	}
	var fields []web.Component
	do := ui.Button{Text: b.T("access.open_key"), Key: b.Keys.Of(staff.DeskMain)}
	if !typed.NewCompany {
		fields = append(fields, text("identifier", "care.identifier", "", typed.Identifier))
	}
	if !typed.NewPerson {
		fields = append(fields, text("number", "access.number", "", typed.Number))
	}
	switch {
	case typed.NewPerson:
		do = ui.Button{Text: b.T("care.make_known_key"), Key: b.Keys.Of(staff.DeskMain), Name: "do", Value: "new"}
		fields = append(fields, text("name", "common.name", b.T("care.name_hint"), typed.Name))
	case typed.NewCompany:
		do = ui.Button{Text: b.T("care.make_known_key"), Key: b.Keys.Of(staff.DeskMain), Name: "do", Value: "company"}
		fields = append(fields, text("name", "common.name", "", typed.Name), ui.Select(b.Printer, ui.SelectField{Name: "kind", Label: b.T("access.kind"), Options: []ui.Option{
			{Value: string(identity.KindCompany), Text: b.T("access.kind_company")}, {Value: string(identity.KindAssociation), Text: b.T("access.kind_association")},
		}}))
	default:
		fields = append(fields, text("phone", "common.phone", b.T("access.phone_hint"), typed.Phone), text("family", "access.family", b.T("access.family_hint"), typed.Family))
	}
	p = p.with(parts.Form(ui.FormData{Action: at(b, "access")}, append(fields, parts.Buttons(ui.SubmitButton(do)))...))
	if usesAccess(c) {
		p.Parts = append(p.Parts, ui.LinkList([]ui.Link{{Href: at(b, "access", "list"), Text: b.T("access.list")}}))
	}
	return p
}

// accessFound are those of a name, each to be opened.
func accessFound(b web.Base, list []identity.Account) web.Component {
	if len(list) == 0 {
		return ui.Alert(ui.AlertBox{Kind: ui.Info, Text: b.T("access.nobody_found")})
	}
	t := ui.TableData{Caption: b.N("access.found", len(list)), Head: []string{b.T("common.name"), b.T("access.born"), b.T("access.open_head")}}
	for _, a := range list {
		open := ui.Cell{Content: parts.Form(ui.FormData{Action: at(b, "access"), Hidden: []ui.Hidden{{Name: "person", Value: string(a.Person)}}},
			ui.SubmitButton(ui.Button{Text: b.T("access.open"), Hidden: a.Name, Look: ui.Secondary}))}
		if a.Protected {
			open = ui.Cell{Text: b.T("person.protected")}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: a.Name}, {Text: a.Birth}, open})
	}
	return ui.Table(t)
}

func newAccessPage(b web.Base, f accessFacts) Page {
	b.Title = f.Name
	p := Page{Base: b, Back: at(b, "access"), Lead: b.T("access.lead")}
	t := troubleOf(b, f.Why)
	p.blame(t)
	if rows := f.current(b); len(rows.Rows) > 0 {
		p.Parts = append(p.Parts, parts.Section(b.T("access.now"), ui.Table(rows)))
	} else {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("access.nothing")}))
	}
	open := access.Services(f.Config)
	if len(open) == 0 {
		return p.with(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("access.no_service")}))
	}
	if len(open) > 1 {
		service := ui.SelectField{Name: "service", Label: b.T("common.service"), Value: string(f.Service)}
		for _, s := range open {
			service.Options = append(service.Options, ui.Option{Value: string(s.ID), Text: s.Name.In(b.Lang)})
		}
		p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "access", "of"), Get: true}, ui.FieldRow(
			ui.Select(b.Printer, service), ui.SubmitButton(ui.Button{Text: b.T("desk.show"), Look: ui.Secondary}),
		)))
	}
	p.Parts = append(p.Parts, parts.Section(serviceName(b, f.Config, f.Service), f.form(b, t)))
	if len(f.Grants) > 0 {
		p.Parts = append(p.Parts, parts.More(b.T("access.history"), ui.Table(f.history(b))))
	}
	return p
}

// form grants access to a service or prolongs it, and withdraws it where there is any: why is asked for either.
func (f accessFacts) form(b web.Base, t web.Trouble) web.Component {
	day := func(name, label, value string, optional bool) web.Component {
		hint := ""
		if optional {
			hint = b.T("access.until_hint")
		}
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: b.T(label), Hint: hint, Value: value, Error: t.At(name), Short: true, Optional: optional, Autocomplete: "off"})
	}
	buttons := []web.Component{ui.SubmitButton(ui.Button{Text: b.T("desk.save_key"), Key: b.Keys.Of(staff.DeskMain)})}
	if state := f.now(f.Service).StateAt(f.Now); state == access.Open || state == access.Later {
		buttons = append(buttons, ui.SubmitButton(ui.Button{Text: b.T("access.withdraw"), Look: ui.Tertiary, Name: "do", Value: "withdraw"}))
	}
	return parts.Form(ui.FormData{Action: at(b, "access", "of"), Hidden: []ui.Hidden{
		{Name: "service", Value: string(f.Service)}, {Name: "seen", Value: strconv.FormatInt(f.Seen, 10)},
	}},
		day("first", "care.from", f.Typed.From, false), day("until", "care.until", f.Typed.Until, true),
		ui.TextArea(b.Printer, ui.Field{Name: "why", Label: b.T("access.why"), Hint: b.T("access.why_hint"), Value: f.Typed.Why, Error: t.At("why"), Rows: 3}),
		parts.Buttons(buttons...),
	)
}

// current is what holds, service by service.
func (f accessFacts) current(b web.Base) ui.TableData {
	t := ui.TableData{Caption: b.T("access.now"), HideCaption: true, Head: []string{b.T("common.service"), b.T("desk.head_state"), b.T("care.from"), b.T("care.until"), b.T("access.why")}}
	for i, g := range f.Grants {
		if i == 0 || g.Service != f.Grants[i-1].Service {
			t.Rows = append(t.Rows, []ui.Cell{
				{Text: serviceName(b, f.Config, g.Service)}, {Text: b.T("folder.state.access_" + string(g.StateAt(f.Now)))}, {Text: f.moment(b, g.From)}, {Text: f.moment(b, g.Until)}, {Text: g.Why},
			})
		}
	}
	return t
}

func (f accessFacts) moment(b web.Base, at int64) string {
	if at == 0 {
		return b.T("care.no_end")
	}
	return b.Printer.At(dateOfStart(f.Config, at))
}

// history is every record, the newest first, with who made it.
func (f accessFacts) history(b web.Base) ui.TableData {
	t := ui.TableData{Caption: b.T("access.history"), HideCaption: true, Head: []string{
		b.T("care.when"), b.T("common.service"), b.T("care.what"), b.T("care.from"), b.T("care.until"), b.T("access.why"), b.T("care.by"),
	}}
	list := slices.Clone(f.Grants)
	slices.SortStableFunc(list, func(a, c access.Grant) int { return cmp.Or(cmp.Compare(c.At, a.At), cmp.Compare(c.Version, a.Version)) })
	for _, g := range list {
		what, by := b.T("access.was_granted"), f.By[g.By]
		if g.Off {
			what = b.T("access.was_withdrawn")
		}
		if g.ByKind == actor.KindClient {
			by = b.T("access.by_program")
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: f.moment(b, g.At)}, {Text: serviceName(b, f.Config, g.Service)}, {Text: what}, {Text: f.moment(b, g.From)}, {Text: f.moment(b, g.Until)}, {Text: g.Why}, {Text: by},
		})
	}
	return t
}
