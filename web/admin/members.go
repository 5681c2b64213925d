package admin

import (
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// orgOf is the organisation of the address; empty for the installation.
func orgOf(v *web.Visit) ids.Org {
	if v.Org == nil {
		return ""
	}
	return v.OrgID()
}

// where is what a page of administrators needs to know of the organisation it is about.
type where struct {
	moment
	config *catalog.Config // nil for the installation
}

func whereOf(v *web.Visit) where { return where{moment: momentOf(v), config: v.Org} }

// office is the name of an office; empty for all of them.
func (w where) office(b web.Base, id ids.Office) string {
	if id == "" {
		return ""
	}
	if w.config != nil {
		for _, o := range w.config.Offices {
			if o.ID == id {
				return o.Name.In(b.Lang)
			}
		}
	}
	return string(id)
}

// time writes a moment, or nothing for never.
func (w where) time(b web.Base, at int64) string {
	if at == 0 {
		return ""
	}
	return stamp(b, time.Unix(at, 0).In(w.zone))
}

// stamp writes a moment with its year, short.
func stamp(b web.Base, t time.Time) string {
	return b.T("admin.moment", "date", b.Printer.ShortDate(t), "time", b.Printer.Clock(t))
}

// grantText is a role in words, with where it is held when that is not the whole organisation of the page.
func (w where) grantText(b web.Base, g actor.Grant) string {
	role := b.T("role." + string(g.Role) + ".name")
	switch {
	case g.Office != "":
		return b.T("members.role_at", "role", role, "place", w.office(b, g.Office))
	case w.config == nil && g.Org != "":
		return b.T("members.role_at", "role", role, "place", string(g.Org))
	}
	return role
}

// members lists those who work at an organisation.
func (d *Door) members(v *web.Visit) error {
	list, err := d.Staff.Workers(v.Ctx(), v.Actor(), orgOf(v))
	if err != nil {
		return err
	}
	return show(v, newMembersPage(page(v, ""), list, whereOf(v)))
}

func newMembersPage(b web.Base, list []staff.Worker, w where) DeskPage {
	b.Title = b.T("members.title")
	p := DeskPage{Base: b, Lead: b.T("members.lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{
		b.T("common.name"), b.T("common.email"), b.T("members.roles"), b.T("members.last"), b.T("people.state"), b.T("members.open_head"),
	}}
	for _, m := range list {
		var roles []string
		for _, r := range m.Roles {
			roles = append(roles, w.grantText(b, r.Grant))
		}
		last := w.time(b, m.LastSignIn)
		if last == "" {
			last = b.T("members.never")
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: m.Name}, {Text: m.Email}, {Text: strings.Join(roles, ", ")}, {Text: last}, {Text: b.T("members.state_" + string(m.State))},
			{Content: ui.A(ui.Link{Href: adminAt(b, "members", string(m.ID)), Text: b.T("members.open"), Hidden: m.Name})},
		})
	}
	p.Parts = []web.Component{
		ui.LinkButton(ui.Primary, ui.Link{Href: adminAt(b, "invitations", "new"), Text: b.T("invitations.new_title")}),
		listOf(b.T("members.list"), t, b.T("members.none")),
	}
	return p
}

// member shows one of the staff: their roles, to give and to take, and whether they may get in.
func (d *Door) member(v *web.Visit) error { return d.showMember(v, actor.Grant{}, nil) }

func (d *Door) showMember(v *web.Visit, typed actor.Grant, why error) error {
	m, err := d.Staff.Worker(v.Ctx(), v.Actor(), orgOf(v), ids.Staff(v.R.PathValue("id")))
	if err != nil {
		return err
	}
	p := newMemberPage(page(v, ""), m, typed, whereOf(v), why)
	if done := v.Query("done"); slices.Contains([]string{"given", "taken", "active", "inactive", "helped"}, done) && why == nil {
		p.Done = p.T("members.done_" + done)
	}
	return show(v, p)
}

func newMemberPage(b web.Base, m staff.Worker, typed actor.Grant, w where, why error) DeskPage {
	b.Title = m.Name
	p := DeskPage{Base: b, Back: adminAt(b, "members")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	to := func(what string) string { return adminAt(b, "members", string(m.ID), what) }
	roles := ui.TableData{Caption: b.T("members.roles"), HideCaption: true, Head: []string{b.T("members.role"), b.T("members.since"), b.T("members.take_head")}}
	for _, r := range m.Roles {
		name := w.grantText(b, r.Grant)
		hidden := []ui.Hidden{{Name: "role", Value: string(r.Role)}, {Name: "office", Value: string(r.Office)}, {Name: "at", Value: string(r.Org)}}
		roles.Rows = append(roles.Rows, []ui.Cell{{Text: name}, {Text: w.time(b, r.At)}, {Content: rowAct(
			ui.FormData{Action: to("take"), Hidden: hidden}, ui.Button{Text: b.T("members.take"), Hidden: name, Look: ui.Tertiary},
		)}})
	}
	state, other := b.T("members.deactivate"), string(staff.Inactive)
	what := b.T("members.deactivate_what")
	if m.State == staff.Inactive {
		state, other, what = b.T("members.activate"), string(staff.Active), b.T("members.activate_what")
	}
	p.Parts = []web.Component{
		ui.DefinitionList([]ui.DefinitionRow{
			{Key: b.T("common.email"), Value: m.Email}, {Key: b.T("people.state"), Value: b.T("members.state_" + string(m.State))},
			{Key: b.T("members.last"), Value: w.time(b, m.LastSignIn)},
		}),
		listOf(b.T("members.roles"), roles, b.T("members.no_roles")),
		ui.H2("", b.T("members.give_title")),
		form(ui.FormData{Action: to("give")}, ui.Button{Text: b.T("members.give")}, ui.Link{}, grantFields(b, typed, w, t)...),
		ui.H2("", state), ui.P(what),
		act(ui.FormData{Action: to("state"), Hidden: []ui.Hidden{{Name: "state", Value: other}}}, ui.Button{Text: state, Look: ui.Secondary}),
	}
	if m.State == staff.Active {
		p.Parts = append(p.Parts, ui.H2("", b.T("members.help_title")), ui.P(b.T("members.help_what")),
			act(ui.FormData{Action: to("help")}, ui.Button{Text: b.T("members.help"), Look: ui.Secondary}))
	}
	return p
}

// grantFields ask for a role and where it is held.
func grantFields(b web.Base, typed actor.Grant, w where, t web.Trouble) []web.Component {
	role := ui.Choices{Name: "role", Legend: b.T("members.role"), Error: t.At("role")}
	for _, r := range actor.Roles {
		if r.Installation != (w.config == nil) {
			continue
		}
		role.Options = append(role.Options, ui.Choice{
			Value: string(r.ID), Label: b.T("role." + string(r.ID) + ".name"), Hint: b.T("role." + string(r.ID) + ".help"), Checked: typed.Role == r.ID,
		})
	}
	out := []web.Component{ui.Radios(b.Printer, role)}
	if w.config != nil {
		out = append(out, ui.Select(b.Printer, officeSelect(b, w.config, b.T("members.everywhere"), string(typed.Office), t)))
	}
	return out
}

// officeSelect asks for an office; all is what stands for all of them, empty where one must be chosen.
func officeSelect(b web.Base, c *catalog.Config, all, chosen string, t web.Trouble) ui.SelectField {
	s := ui.SelectField{Name: "office", Label: b.T("common.place"), Value: chosen, Error: t.At("office")}
	if all != "" {
		s.Options = append(s.Options, ui.Option{Text: all})
	}
	for _, o := range c.Offices {
		s.Options = append(s.Options, ui.Option{Value: string(o.ID), Text: o.Name.In(b.Lang)})
	}
	return s
}

// grantIn is the role of a form, at the organisation of the address. Of the installation's page, a form may name another organisation's to take.
func grantIn(v *web.Visit) actor.Grant {
	g := actor.Grant{Role: actor.RoleID(v.Form("role")), Org: orgOf(v), Office: ids.Office(v.Form("office"))}
	if v.Org == nil {
		g.Org = ids.Org(v.Form("at"))
	}
	return g
}

// memberGive gives a role.
func (d *Door) memberGive(v *web.Visit) error {
	g := grantIn(v)
	return d.changed(v, "given", g, func(id ids.Staff) error { return d.Staff.Give(v.Ctx(), v.Actor(), id, g) })
}

// memberTake takes a role away: it holds from the member's next request.
func (d *Door) memberTake(v *web.Visit) error {
	g := grantIn(v)
	err := d.sees(v)
	if err == nil {
		err = d.Staff.Take(v.Ctx(), v.Actor(), ids.Staff(v.R.PathValue("id")), g)
	}
	if err != nil {
		return err
	}
	// Who has lost their last role here is no longer one of the members of this page.
	if _, err := d.Staff.Worker(v.Ctx(), v.Actor(), orgOf(v), ids.Staff(v.R.PathValue("id"))); fault.Is(err, fault.KindNotFound) {
		return v.SeeOther(adminAt(baseOf(v), "members"))
	}
	return v.SeeOther(adminAt(baseOf(v), "members", v.R.PathValue("id")) + "?done=taken")
}

// sees says whether the member of the address works at the organisation of the address.
func (d *Door) sees(v *web.Visit) error {
	_, err := d.Staff.Worker(v.Ctx(), v.Actor(), orgOf(v), ids.Staff(v.R.PathValue("id")))
	return err
}

// memberState keeps a member out, or lets them in again.
func (d *Door) memberState(v *web.Visit) error {
	state := staff.State(v.Form("state"))
	return d.changed(v, string(state), actor.Grant{}, func(id ids.Staff) error {
		if state == staff.Active {
			return d.Staff.Reactivate(v.Ctx(), v.Actor(), id)
		}
		return d.Staff.Deactivate(v.Ctx(), v.Actor(), id)
	})
}

// memberHelp sends a member who has lost their keys a link to new ones.
func (d *Door) memberHelp(v *web.Visit) error {
	return d.changed(v, "helped", actor.Grant{}, func(id ids.Staff) error {
		_, err := d.Staff.HelpBack(v.Ctx(), v.Actor(), id)
		return err
	})
}

// changed changes a member of the organisation of the address, and leads back to them. What is wrong with the form stands on their page.
func (d *Door) changed(v *web.Visit, done string, typed actor.Grant, change func(id ids.Staff) error) error {
	if err := d.sees(v); err != nil {
		return err
	}
	err := change(ids.Staff(v.R.PathValue("id")))
	if fault.IsKey(err, "staff.not_found") { // they work here, but not here alone
		err = fault.Invalid("members.elsewhere", nil)
	}
	if fault.Is(err, fault.KindInvalid) {
		return d.showMember(v, typed, err)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "members", v.R.PathValue("id")) + "?done=" + done)
}
