package desk

import (
	"slices"

	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// accessListFacts is what the list of those who have access to a service is made of.
type accessListFacts struct {
	Config  *catalog.Config
	Service ids.Service // empty where no service opens after a contact
	View    access.State
	Holders []access.Holder
	Now     int64
}

// accessList shows who has access to a service, the soonest end first.
func (d *Door) accessList(v *web.Visit) error {
	f := accessListFacts{Config: v.Org, Service: ids.Service(v.Query("service")), View: access.Open, Now: v.Now.Unix()}
	if view := access.State(v.Query("view")); v.Query("view") == "all" {
		f.View = ""
	} else if slices.Contains(access.Views, view) && view != "" {
		f.View = view
	}
	open := access.Services(v.Org)
	if !slices.ContainsFunc(open, func(s *catalog.Service) bool { return s.ID == f.Service }) {
		if f.Service = ""; len(open) > 0 {
			f.Service = open[0].ID
		}
	}
	if f.Service != "" {
		var err error
		if f.Holders, err = d.Access.List(v.Ctx(), v.Actor(), v.OrgID(), f.Service, access.Filter{View: f.View}); err != nil {
			return err
		}
	}
	return d.show(v, newAccessListPage(d.page(v, ""), f))
}

func newAccessListPage(b web.Base, f accessListFacts) Page {
	b.Title = b.T("access.list")
	p := Page{Base: b, Back: at(b, "access"), Lead: b.T("access.list_lead")}
	if f.Service == "" {
		return p.with(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("access.no_service")}))
	}
	service := ui.SelectField{Name: "service", Label: b.T("common.service"), Value: string(f.Service)}
	for _, s := range access.Services(f.Config) {
		service.Options = append(service.Options, ui.Option{Value: string(s.ID), Text: s.Name.In(b.Lang)})
	}
	view := ui.SelectField{Name: "view", Label: b.T("desk.head_state"), Value: viewName(f.View)}
	for _, x := range access.Views {
		view.Options = append(view.Options, ui.Option{Value: viewName(x), Text: viewText(b, x)})
	}
	p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "access", "list"), Get: true}, ui.FieldRow(
		ui.Select(b.Printer, service), ui.Select(b.Printer, view), ui.SubmitButton(ui.Button{Text: b.T("desk.show"), Look: ui.Secondary}),
	)))
	if len(f.Holders) == 0 {
		return p.with(ui.Alert(ui.AlertBox{Kind: ui.Info, Text: b.T("access.nobody_has")}))
	}
	if len(f.Holders) == access.MostListed {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Warning, Text: b.T("access.list_more", "most", access.MostListed)}))
	}
	return p.with(ui.Table(f.table(b)))
}

func viewName(s access.State) string {
	if s == "" {
		return "all"
	}
	return string(s)
}

func viewText(b web.Base, s access.State) string {
	switch s {
	case "":
		return b.T("access.view_all")
	case access.Ending:
		return b.T("access.view_ending", "days", access.EndingDays)
	}
	return b.T("folder.state.access_" + string(s))
}

func (f accessListFacts) table(b web.Base) ui.TableData {
	t := ui.TableData{Caption: b.N("access.found", len(f.Holders)), Head: []string{b.T("common.name"), b.T("desk.head_state"), b.T("care.from"), b.T("care.until"), b.T("access.open_head")}}
	of := accessFacts{Config: f.Config}
	for _, h := range f.Holders {
		name := h.Name
		if h.Number != "" {
			name += " (" + h.Number + ")"
		}
		hidden := ui.Hidden{Name: "person", Value: string(h.Owner.Person)}
		if h.Owner.Company != "" {
			hidden = ui.Hidden{Name: "company", Value: string(h.Owner.Company)}
		}
		open := ui.Cell{Content: parts.Form(ui.FormData{Action: at(b, "access"), Hidden: []ui.Hidden{hidden}},
			ui.SubmitButton(ui.Button{Text: b.T("access.open"), Hidden: h.Name, Look: ui.Secondary}))}
		if h.Hidden {
			name, open = b.T("person.protected"), ui.Cell{}
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: name}, {Text: b.T("folder.state.access_" + string(h.StateAt(f.Now)))}, {Text: of.moment(b, h.From)}, {Text: of.moment(b, h.Until)}, open,
		})
	}
	return t
}
