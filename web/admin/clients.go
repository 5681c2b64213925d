package admin

import (
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// clients lists an organisation's programs.
func (d *Door) clients(v *web.Visit) error {
	list, err := d.Staff.Clients(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	p := newClientsPage(page(v, ""), list, v.Now.Unix(), whereOf(v))
	switch v.Query("done") {
	case "revoked":
		p.Done = p.T("clients.done_revoked")
	case "limited":
		p.Done = p.T("clients.done_limited")
	}
	return show(v, p)
}

func scopeText(b web.Base, r actor.Right) string {
	return b.T("clients.scope_" + strings.ReplaceAll(string(r), ".", "_"))
}

func newClientsPage(b web.Base, list []staff.Client, now int64, w where) DeskPage {
	b.Title = b.T("clients.title")
	p := DeskPage{Base: b, Lead: b.T("clients.lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{
		b.T("common.name"), b.T("clients.scopes"), b.T("clients.used"), b.T("clients.expires"), b.T("people.state"), b.T("invitations.act_head"),
	}}
	for _, c := range list {
		var scopes []string
		for _, s := range c.Scopes {
			scopes = append(scopes, scopeText(b, s))
		}
		used := w.time(b, c.LastUsedAt)
		if used == "" {
			used = b.T("members.never")
		}
		state := "good"
		switch {
		case c.RevokedAt != 0:
			state = "revoked"
		case c.ExpiresAt != 0 && now > c.ExpiresAt:
			state = "expired"
		}
		if only := w.limits(b, c.Only); only != "" {
			scopes = append(scopes, only)
		}
		row := []ui.Cell{{Text: c.Name}, {Text: strings.Join(scopes, ", ")}, {Text: used}, {Text: w.time(b, c.ExpiresAt)}, {Text: b.T("clients.state_" + state)}, {}}
		if c.RevokedAt == 0 {
			row[5] = ui.Cell{Content: ui.RowActions([]web.Component{
				ui.A(ui.Link{Href: adminAt(b, "clients", string(c.ID), "limits"), Text: b.T("clients.limits"), Hidden: c.Name}),
				ui.A(ui.Link{Href: adminAt(b, "clients", string(c.ID), "rotate"), Text: b.T("clients.rotate"), Hidden: c.Name}),
				ui.A(ui.Link{Href: adminAt(b, "clients", string(c.ID), "revoke"), Text: b.T("clients.revoke"), Hidden: c.Name}),
			})}
		}
		t.Rows = append(t.Rows, row)
	}
	p.Parts = []web.Component{
		ui.LinkButton(ui.Primary, ui.Link{Href: adminAt(b, "clients", "new"), Text: b.T("clients.new_title")}),
		listOf(b.T("clients.list"), t, b.T("clients.none")),
	}
	return p
}

// clientForm is what was typed to make a key.
type clientForm struct {
	Name    string
	Scopes  []actor.Right
	Only    actor.Bounds
	Expires typedDate
}

// clientNew asks what key to make.
func (d *Door) clientNew(v *web.Visit) error {
	return show(v, newClientPage(page(v, ""), clientForm{}, nil, whereOf(v)))
}

// clientNewPost makes a program's key, and leads to the page that shows it once.
func (d *Door) clientNewPost(v *web.Visit) error {
	typed := clientForm{Name: v.Form("name"), Expires: dateIn(v, "expires")}
	for _, s := range v.R.PostForm["scopes"] {
		typed.Scopes = append(typed.Scopes, actor.Right(s))
	}
	typed.Only = boundsIn(v.R.PostForm)
	expires, err := lastSecond(typed.Expires, v.Zone())
	var c staff.Client
	key := ""
	if err == nil {
		c, key, err = d.Staff.MakeLimited(v.Ctx(), v.Actor(), v.OrgID(), typed.Name, typed.Scopes, typed.Only, expires)
	}
	if fault.Is(err, fault.KindInvalid) {
		return show(v, newClientPage(page(v, ""), typed, err, whereOf(v)))
	}
	if err != nil {
		return err
	}
	return showOnce(v, "clients", c.Name, key)
}

// lastSecond is the last second of a date in a zone (Unix), or 0 when none was typed. Invalid at the field "expires" for what is no date.
func lastSecond(typed typedDate, zone *time.Location) (int64, error) {
	iso := typed.iso()
	if iso == "" {
		return 0, nil
	}
	date, err := org.ParseDate(iso)
	if err != nil {
		return 0, fault.Invalid("form.invalid", nil, fault.Field{Name: "expires", Key: "record.date"})
	}
	return date.Add(1).At(0, zone).Unix() - 1, nil
}

func newClientPage(b web.Base, typed clientForm, why error, w where) DeskPage {
	b.Title = b.T("clients.new_title")
	p := DeskPage{Base: b, Back: adminAt(b, "clients"), Lead: b.T("clients.new_lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	scopes := ui.Choices{Name: "scopes", Legend: b.T("clients.scopes"), Hint: b.T("clients.scopes_hint"), Error: t.At("scopes")}
	for _, s := range staff.Scopes() {
		scopes.Options = append(scopes.Options, ui.Choice{Value: string(s), Label: scopeText(b, s), Checked: slices.Contains(typed.Scopes, s)})
	}
	fields := []web.Component{
		ui.TextField(b.Printer, ui.Field{
			Name: "name", Label: b.T("common.name"), Hint: b.T("clients.name_hint"), Value: typed.Name, Error: t.At("name"), Autocomplete: "off",
		}),
		ui.Checkboxes(b.Printer, scopes),
	}
	if limits := w.limitFields(b, typed.Only, t); len(limits) > 0 {
		fields = append(fields, ui.H2("", b.T("clients.only_title")), ui.Muted(b.T("clients.only_hint")))
		fields = append(fields, limits...)
	}
	fields = append(fields, dateFields(b, "expires", b.T("clients.expires_ask"), b.T("clients.expires_hint"), typed.Expires, t))
	p.Parts = []web.Component{form(
		ui.FormData{Action: adminAt(b, "clients", "new")}, ui.Button{Text: b.T("clients.make")}, ui.Link{Href: adminAt(b, "clients"), Text: b.T("people.cancel")}, fields...,
	)}
	return p
}

// clientOf returns the program of the address that is not revoked.
func (d *Door) clientOf(v *web.Visit) (staff.Client, error) {
	list, err := d.Staff.Clients(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return staff.Client{}, err
	}
	i := slices.IndexFunc(list, func(c staff.Client) bool { return string(c.ID) == v.R.PathValue("id") && c.RevokedAt == 0 })
	if i < 0 {
		return staff.Client{}, fault.NotFound("staff.no_client")
	}
	return list[i], nil
}

// clientRotate asks whether the old key goes on for a day.
func (d *Door) clientRotate(v *web.Visit) error {
	c, err := d.clientOf(v)
	if err != nil {
		return err
	}
	return show(v, newRotatePage(page(v, ""), c))
}

func newRotatePage(b web.Base, c staff.Client) DeskPage {
	return newConfirmPage(b, confirm{
		Title: b.T("clients.rotate_title"), What: b.T("clients.rotate_what", "name", c.Name), Yes: b.T("clients.rotate"), Back: adminAt(b, "clients"),
		Action: adminAt(b, "clients", string(c.ID), "rotate"), Fields: []web.Component{ui.Checkbox(b.Printer, ui.CheckField{
			Name: "grace", Value: "yes", Label: b.T("clients.grace"), Hint: b.T("clients.grace_hint"), Checked: true,
		})},
	})
}

// clientRotatePost replaces a program's key.
func (d *Door) clientRotatePost(v *web.Visit) error {
	c, err := d.clientOf(v)
	if err != nil {
		return err
	}
	key, err := d.Staff.RotateClient(v.Ctx(), v.Actor(), v.OrgID(), c.ID, v.Form("grace") == "yes")
	if err != nil {
		return err
	}
	return showOnce(v, "clients", c.Name, key)
}

// clientRevoke asks once more before a program is shut out.
func (d *Door) clientRevoke(v *web.Visit) error {
	c, err := d.clientOf(v)
	if err != nil {
		return err
	}
	return show(v, newClientRevokePage(page(v, ""), c))
}

func newClientRevokePage(b web.Base, c staff.Client) DeskPage {
	return newConfirmPage(b, confirm{
		Title: b.T("clients.revoke_title"), What: b.T("clients.revoke_what", "name", c.Name), Yes: b.T("clients.revoke"), Back: adminAt(b, "clients"),
		Action: adminAt(b, "clients", string(c.ID), "revoke"),
	})
}

// clientRevokePost shuts a program out.
func (d *Door) clientRevokePost(v *web.Visit) error {
	if err := d.Staff.RevokeClient(v.Ctx(), v.Actor(), v.OrgID(), ids.Client(v.R.PathValue("id"))); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "clients") + "?done=revoked")
}
