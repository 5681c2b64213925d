package desk

import (
	"slices"
	"strconv"
	"time"

	"luukku/base/ids"
	"luukku/domain/care"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

func newFindCarePage(b web.Base, typed careSought, why error) Page {
	b.Title = b.T("care.title")
	p := Page{Base: b, Back: at(b), Lead: b.T("care.find_lead")}
	t := troubleOf(b, why)
	p.blame(t)
	if typed.Unsigned {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("care.unsigned")}))
	}
	fields := []web.Component{ui.TextField(b.Printer, ui.Field{
		Name: "identifier", Label: b.T("care.identifier"), Value: typed.Identifier, Error: t.At("identifier"), Autocomplete: "off", NoSpelling: true,
	})}
	do := ui.Button{Text: b.T("care.open_key"), Key: b.Keys.Of(staff.DeskMain)}
	if typed.New {
		fields = append(fields, ui.TextField(b.Printer, ui.Field{
			Name: "name", Label: b.T("common.name"), Hint: b.T("care.name_hint"), Value: typed.Name, Error: t.At("name"), Autocomplete: "off", NoSpelling: true,
		}))
		do = ui.Button{Text: b.T("care.make_known_key"), Key: b.Keys.Of(staff.DeskMain), Name: "do", Value: "new"}
	}
	fields = append(fields, parts.Buttons(ui.SubmitButton(do)))
	return p.with(parts.Form(ui.FormData{Action: at(b, "care")}, fields...), ui.LinkList([]ui.Link{
		{Href: at(b, "care", "import"), Text: b.T("care.import_title")}, {Href: at(b, "waiting"), Text: b.T("desk.waiting_title")},
	}))
}

func newCarePage(b web.Base, f careFacts) Page {
	b.Title = f.Name
	p := Page{Base: b, Back: at(b, "care"), Lead: b.T("care.lead")}
	t := troubleOf(b, f.Why)
	p.blame(t)
	if rows := f.current(b); len(rows.Rows) > 0 {
		p.Parts = append(p.Parts, parts.Section(b.T("care.now"), ui.Table(rows)))
	} else {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("care.nothing")}))
	}
	if len(f.Config.Categories) > 1 {
		agenda := ui.SelectField{Name: "agenda", Label: b.T("care.agenda"), Value: string(f.Agenda)}
		for _, c := range f.Config.Categories {
			agenda.Options = append(agenda.Options, ui.Option{Value: string(c.ID), Text: c.Name.In(b.Lang)})
		}
		p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "care", "person"), Get: true}, ui.FieldRow(
			ui.Select(b.Printer, agenda), ui.SubmitButton(ui.Button{Text: b.T("desk.show"), Look: ui.Secondary}),
		)))
	}
	p.Parts = append(p.Parts, parts.Section(b.T("care.under", "agenda", agendaName(b, f.Config, f.Agenda)), f.form(b, t)...))
	if len(f.Records) > 0 {
		p.Parts = append(p.Parts, parts.More(b.T("care.history"), ui.Table(f.history(b))))
	}
	return p
}

func agendaName(b web.Base, c *catalog.Config, id ids.Category) string {
	if i := slices.IndexFunc(c.Categories, func(x catalog.Category) bool { return x.ID == id }); i >= 0 {
		return c.Categories[i].Name.In(b.Lang)
	}
	return string(id)
}

// hidden go with each form: what the clerk saw.
func (f careFacts) hidden() []ui.Hidden {
	return []ui.Hidden{{Name: "agenda", Value: string(f.Agenda)}, {Name: "seen", Value: strconv.FormatInt(f.Seen, 10)}}
}

// form asks for the care relationship under an agenda, and takes it away where there is one.
func (f careFacts) form(b web.Base, t web.Trouble) []web.Component {
	day := func(name, label, hint, value string, optional bool) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: b.T(label), Hint: hint, Value: value, Error: t.At(name), Short: true, Optional: optional, Autocomplete: "off"})
	}
	needs := ui.Choices{Name: "needs", Legend: b.T("care.needs"), Hint: b.T("care.needs_hint"), Optional: true, Error: t.At("needs")}
	for i := range f.Config.Services {
		if s := &f.Config.Services[i]; s.Category == f.Agenda {
			needs.Options = append(needs.Options, ui.Choice{Value: string(s.ID), Label: s.Name.In(b.Lang), Checked: slices.Contains(f.Typed.Needs, s.ID)})
		}
	}
	fields := []web.Component{ui.FieldRow(day("first", "care.from", "", f.Typed.From, false), day("until", "care.until", "", f.Typed.Until, true))}
	if len(needs.Options) > 0 {
		fields = append(fields, ui.Checkboxes(b.Printer, needs))
	}
	fields = append(fields, parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("desk.save_key"), Key: b.Keys.Of(staff.DeskMain)})))
	out := []web.Component{parts.Form(ui.FormData{Action: at(b, "care", "person"), Hidden: f.hidden()}, fields...)}
	if now := f.now(f.Agenda); !now.Over(f.Today) {
		out = append(out, parts.Form(ui.FormData{Action: at(b, "care", "person"), Hidden: f.hidden()},
			ui.SubmitButton(ui.Button{Text: b.T("care.end"), Look: ui.Tertiary, Name: "do", Value: "end"})))
	}
	return out
}

// current is what holds, agenda by agenda.
func (f careFacts) current(b web.Base) ui.TableData {
	t := ui.TableData{Caption: b.T("care.now"), HideCaption: true, Head: []string{
		b.T("care.agenda"), b.T("desk.head_state"), b.T("care.from"), b.T("care.until"), b.T("care.needs"),
	}}
	for i, r := range f.Records {
		if i > 0 && r.Agenda == f.Records[i-1].Agenda {
			continue
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: agendaName(b, f.Config, r.Agenda)}, {Text: b.T("care.state." + careState(r, f.Today))}, {Text: f.day(b, r.From)}, {Text: f.day(b, r.Until)},
			{Text: f.needs(b, r)},
		})
	}
	return t
}

// careState says how a record stands on a day.
func careState(r care.Record, today org.Date) string {
	switch {
	case r.Off:
		return "off"
	case r.On(today):
		return "on"
	case r.Over(today):
		return "over"
	}
	return "later"
}

func (f careFacts) day(b web.Base, d org.Date) string {
	if d.IsZero() {
		return b.T("care.no_end")
	}
	return b.Printer.ShortDate(d.At(12*60, f.Config.Zone()))
}

func (f careFacts) needs(b web.Base, r care.Record) string {
	if len(r.Needs) == 0 {
		return b.T("care.no_needs")
	}
	var out []string
	for _, id := range r.Needs {
		out = append(out, serviceName(b, f.Config, id))
	}
	return b.Printer.List(out)
}

// history is every record, the newest first, with who made it.
func (f careFacts) history(b web.Base) ui.TableData {
	t := ui.TableData{Caption: b.T("care.history"), HideCaption: true, Head: []string{
		b.T("care.when"), b.T("care.agenda"), b.T("care.what"), b.T("care.from"), b.T("care.until"), b.T("care.needs"), b.T("care.by"),
	}}
	list := slices.Clone(f.Records)
	slices.SortStableFunc(list, func(a, c care.Record) int { return int(c.At - a.At) })
	for _, r := range list {
		what, by := b.T("care.recorded"), f.Staff[r.By]
		if r.Off {
			what = b.T("care.taken_away")
		}
		if r.Source == care.FromImport {
			by = b.T("care.by_import", "name", by)
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: b.Printer.At(time.Unix(r.At, 0).In(f.Config.Zone()))}, {Text: agendaName(b, f.Config, r.Agenda)}, {Text: what}, {Text: f.day(b, r.From)},
			{Text: f.day(b, r.Until)}, {Text: f.needs(b, r)}, {Text: by},
		})
	}
	return t
}
