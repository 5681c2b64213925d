package admin

import (
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// invitations lists who was asked to work here, the newest first.
func (d *Door) invitations(v *web.Visit) error {
	list, err := d.Staff.Invitations(v.Ctx(), v.Actor(), orgOf(v))
	if err != nil {
		return err
	}
	p := newInvitationsPage(page(v, ""), list, v.Now.Unix(), whereOf(v))
	switch v.Query("done") {
	case "sent":
		p.Done = p.T("invitations.done_sent")
	case "revoked":
		p.Done = p.T("invitations.done_revoked")
	}
	return show(v, p)
}

// invitationState is what has become of an invitation.
func invitationState(i staff.Invitation, now int64) string {
	switch {
	case i.AcceptedAt != 0:
		return "accepted"
	case i.RevokedAt != 0:
		return "revoked"
	case !i.Open(now):
		return "expired"
	}
	return "open"
}

func newInvitationsPage(b web.Base, list []staff.Invitation, now int64, w where) DeskPage {
	b.Title = b.T("invitations.title")
	p := DeskPage{Base: b, Lead: b.T("invitations.lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{
		b.T("common.email"), b.T("common.name"), b.T("members.role"), b.T("invitations.until"), b.T("people.state"), b.T("invitations.act_head"),
	}}
	for _, i := range list {
		role := b.T("invitations.keys")
		if i.Role != "" {
			role = w.grantText(b, i.Grant())
		}
		email := i.Email
		if i.First() {
			email = b.T("invitations.first")
		}
		state := invitationState(i, now)
		row := []ui.Cell{{Text: email}, {Text: i.Name}, {Text: role}, {Text: w.time(b, i.ExpiresAt)}, {Text: b.T("invitations.state_" + state)}, {}}
		if state == "open" || state == "expired" && !i.First() {
			to := func(what string) ui.FormData { return ui.FormData{Action: adminAt(b, "invitations", i.ID, what)} }
			var buttons []web.Component
			if !i.First() {
				buttons = append(buttons, rowAct(to("resend"), ui.Button{Text: b.T("invitations.resend"), Hidden: i.Email, Look: ui.Tertiary}))
			}
			buttons = append(buttons, rowAct(to("revoke"), ui.Button{Text: b.T("invitations.revoke"), Hidden: email, Look: ui.Tertiary}))
			row[5] = ui.Cell{Content: ui.RowActions(buttons)}
		}
		t.Rows = append(t.Rows, row)
	}
	p.Parts = []web.Component{
		ui.LinkButton(ui.Primary, ui.Link{Href: adminAt(b, "invitations", "new"), Text: b.T("invitations.new_title")}),
		listOf(b.T("invitations.list"), t, b.T("invitations.none")),
	}
	return p
}

// invite is what was typed to invite somebody.
type invite struct {
	Email, Name string
	Lang        i18n.Lang
	Grant       actor.Grant
}

// invitationNew asks whom to invite.
func (d *Door) invitationNew(v *web.Visit) error {
	return show(v, newInvitePage(page(v, ""), invite{Lang: v.Lang}, whereOf(v), nil))
}

// invitationNewPost invites somebody by mail.
func (d *Door) invitationNewPost(v *web.Visit) error {
	typed := invite{v.Form("email"), v.Form("name"), i18n.Lang(v.Form("lang")), actor.Grant{
		Role: actor.RoleID(v.Form("role")), Org: orgOf(v), Office: grantIn(v).Office,
	}}
	err := error(fault.Invalid("form.invalid", nil, fault.Field{Name: "lang", Key: "error.field.choose"}))
	if _, ok := i18n.Lookup(string(typed.Lang)); ok {
		_, err = d.Staff.Invite(v.Ctx(), v.Actor(), typed.Name, typed.Email, typed.Lang, typed.Grant)
	}
	if fault.Is(err, fault.KindInvalid) {
		return show(v, newInvitePage(page(v, ""), typed, whereOf(v), err))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "invitations") + "?done=sent")
}

func newInvitePage(b web.Base, typed invite, w where, why error) DeskPage {
	b.Title = b.T("invitations.new_title")
	p := DeskPage{Base: b, Back: adminAt(b, "invitations"), Lead: b.T("invitations.new_lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	lang := ui.SelectField{Name: "lang", Label: b.T("invitations.lang"), Value: string(typed.Lang), Error: t.At("lang")}
	for _, l := range i18n.Languages() {
		lang.Options = append(lang.Options, ui.Option{Value: string(l.Code), Text: l.Name})
	}
	fields := []web.Component{
		ui.TextField(b.Printer, ui.Field{Name: "email", Label: b.T("common.email"), Type: "email", Value: typed.Email, Error: t.At("email"), Autocomplete: "off"}),
		ui.TextField(b.Printer, ui.Field{Name: "name", Label: b.T("common.name"), Value: typed.Name, Error: t.At("name"), Optional: true, Autocomplete: "off"}),
		ui.Select(b.Printer, lang),
	}
	p.Parts = []web.Component{form(
		ui.FormData{Action: adminAt(b, "invitations", "new")}, ui.Button{Text: b.T("invitations.send")},
		ui.Link{Href: adminAt(b, "invitations"), Text: b.T("people.cancel")}, append(fields, grantFields(b, typed.Grant, w, t)...)...,
	)}
	return p
}

// invitationResend sends an invitation anew.
func (d *Door) invitationResend(v *web.Visit) error {
	if err := d.Staff.Resend(v.Ctx(), v.Actor(), orgOf(v), v.R.PathValue("id")); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "invitations") + "?done=sent")
}

// invitationRevoke ends an invitation.
func (d *Door) invitationRevoke(v *web.Visit) error {
	if err := d.Staff.Revoke(v.Ctx(), v.Actor(), orgOf(v), v.R.PathValue("id")); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "invitations") + "?done=revoked")
}
