package admin

import (
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// devices lists an organisation's kiosks and displays.
func (d *Door) devices(v *web.Visit) error {
	list, err := d.Staff.Devices(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	p := newDevicesPage(page(v, ""), list, whereOf(v))
	switch v.Query("done") {
	case "revoked":
		p.Done = p.T("devices.done_revoked")
	case "set":
		p.Done = p.T("kiosk_settings.done")
	case "display":
		p.Done = p.T("display_settings.done")
	}
	return show(v, p)
}

func newDevicesPage(b web.Base, list []staff.Device, w where) DeskPage {
	b.Title = b.T("devices.title")
	p := DeskPage{Base: b, Lead: b.T("devices.lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{
		b.T("common.name"), b.T("devices.kind"), b.T("common.place"), b.T("devices.seen"), b.T("people.state"), b.T("invitations.act_head"),
	}}
	for _, d := range list {
		state := "waiting"
		switch {
		case d.RevokedAt != 0:
			state = "revoked"
		case d.EnrolledAt != 0:
			state = "enrolled"
		}
		row := []ui.Cell{
			{Text: d.Name}, {Text: b.T("devices.kind_" + string(d.Kind))}, {Text: w.office(b, d.Office)}, {Text: w.time(b, d.SeenAt)},
			{Text: b.T("devices.state_" + state)}, {},
		}
		if d.RevokedAt == 0 {
			acts := []web.Component{
				rowAct(ui.FormData{Action: adminAt(b, "devices", string(d.ID), "code")}, ui.Button{Text: b.T("devices.code"), Hidden: d.Name, Look: ui.Tertiary}),
				ui.A(ui.Link{Href: adminAt(b, "devices", string(d.ID), "revoke"), Text: b.T("devices.revoke"), Hidden: d.Name}),
			}
			acts = append(acts, ui.A(ui.Link{Href: adminAt(b, "devices", string(d.ID), string(d.Kind)), Text: b.T("devices.settings"), Hidden: d.Name}))
			row[5] = ui.Cell{Content: ui.RowActions(acts)}
		}
		t.Rows = append(t.Rows, row)
	}
	p.Parts = []web.Component{
		ui.LinkButton(ui.Primary, ui.Link{Href: adminAt(b, "devices", "new"), Text: b.T("devices.new_title")}),
		listOf(b.T("devices.list"), t, b.T("devices.none")),
	}
	return p
}

// deviceForm is what was typed to make a device.
type deviceForm struct {
	Kind   staff.DeviceKind
	Office ids.Office
	Name   string
}

// deviceNew asks what device to make.
func (d *Door) deviceNew(v *web.Visit) error {
	return show(v, newDevicePage(page(v, ""), deviceForm{Kind: staff.Kiosk}, whereOf(v), nil))
}

// deviceNewPost makes a device, and leads to the code with which a browser becomes it.
func (d *Door) deviceNewPost(v *web.Visit) error {
	typed := deviceForm{staff.DeviceKind(v.Form("kind")), ids.Office(v.Form("office")), v.Form("name")}
	made, code, err := d.Staff.MakeDevice(v.Ctx(), v.Actor(), v.OrgID(), typed.Kind, typed.Office, typed.Name)
	if fault.Is(err, fault.KindInvalid) {
		return show(v, newDevicePage(page(v, ""), typed, whereOf(v), err))
	}
	if err != nil {
		return err
	}
	return showOnce(v, "devices", made.Name, code)
}

func newDevicePage(b web.Base, typed deviceForm, w where, why error) DeskPage {
	b.Title = b.T("devices.new_title")
	p := DeskPage{Base: b, Back: adminAt(b, "devices"), Lead: b.T("devices.new_lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	kind := ui.Choices{Name: "kind", Legend: b.T("devices.kind"), Error: t.At("kind")}
	for _, k := range []staff.DeviceKind{staff.Kiosk, staff.Display} {
		kind.Options = append(kind.Options, ui.Choice{Value: string(k), Label: b.T("devices.kind_" + string(k)), Checked: typed.Kind == k})
	}
	p.Parts = []web.Component{form(
		ui.FormData{Action: adminAt(b, "devices", "new")}, ui.Button{Text: b.T("devices.make")}, ui.Link{Href: adminAt(b, "devices"), Text: b.T("people.cancel")},
		ui.Radios(b.Printer, kind), ui.Select(b.Printer, officeSelect(b, w.config, "", string(typed.Office), t)),
		ui.TextField(b.Printer, ui.Field{
			Name: "name", Label: b.T("common.name"), Hint: b.T("devices.name_hint"), Value: typed.Name, Error: t.At("name"), Autocomplete: "off",
		}),
	)}
	return p
}

// deviceOf returns the device of the address that is not revoked.
func (d *Door) deviceOf(v *web.Visit) (staff.Device, error) {
	list, err := d.Staff.Devices(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return staff.Device{}, err
	}
	i := slices.IndexFunc(list, func(x staff.Device) bool { return string(x.ID) == v.R.PathValue("id") && x.RevokedAt == 0 })
	if i < 0 {
		return staff.Device{}, fault.NotFound("staff.no_device")
	}
	return list[i], nil
}

// deviceCode makes another code for a device.
func (d *Door) deviceCode(v *web.Visit) error {
	x, err := d.deviceOf(v)
	if err != nil {
		return err
	}
	code, err := d.Staff.RenewDeviceCode(v.Ctx(), v.Actor(), v.OrgID(), x.ID)
	if err != nil {
		return err
	}
	return showOnce(v, "devices", x.Name, code)
}

// deviceRevoke asks once more before a device is shut out.
func (d *Door) deviceRevoke(v *web.Visit) error {
	x, err := d.deviceOf(v)
	if err != nil {
		return err
	}
	return show(v, newDeviceRevokePage(page(v, ""), x))
}

func newDeviceRevokePage(b web.Base, x staff.Device) DeskPage {
	return newConfirmPage(b, confirm{
		Title: b.T("devices.revoke_title"), What: b.T("devices.revoke_what", "name", x.Name), Yes: b.T("devices.revoke"), Back: adminAt(b, "devices"),
		Action: adminAt(b, "devices", string(x.ID), "revoke"),
	})
}

// deviceRevokePost shuts a device out.
func (d *Door) deviceRevokePost(v *web.Visit) error {
	if err := d.Staff.RevokeDevice(v.Ctx(), v.Actor(), v.OrgID(), ids.Device(v.R.PathValue("id"))); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "devices") + "?done=revoked")
}
