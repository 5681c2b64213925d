package admin

import (
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// kioskForm is what was typed for a kiosk: numbers as they were.
type kioskForm struct {
	staff.KioskSettings
	Ruler string
}

func kioskFormOf(s staff.KioskSettings) kioskForm {
	f := kioskForm{KioskSettings: s}
	if s.Ruler > 0 {
		f.Ruler = strconv.Itoa(s.Ruler)
	}
	return f
}

// settings are what was typed, checked.
func (f kioskForm) settings() (staff.KioskSettings, error) {
	s := f.KioskSettings
	s.Ruler = 0
	if f.Ruler != "" {
		n, err := strconv.Atoi(f.Ruler)
		if s.Ruler = n; err != nil || n <= 0 {
			s.Ruler = -1
		}
	}
	return staff.CheckKiosk(s)
}

// kioskSet shows the settings of a kiosk.
func (d *Door) kioskSet(v *web.Visit) error {
	x, err := d.kioskOf(v)
	if err != nil {
		return err
	}
	return show(v, newKioskPage(page(v, ""), x, kioskFormOf(x.Kiosk()), whereOf(v), nil))
}

// kioskOf returns the kiosk of the address.
func (d *Door) kioskOf(v *web.Visit) (staff.Device, error) {
	x, err := d.deviceOf(v)
	if err == nil && x.Kind != staff.Kiosk {
		err = fault.NotFound("staff.no_device")
	}
	return x, err
}

// kioskSetPost writes them.
func (d *Door) kioskSetPost(v *web.Visit) error {
	x, err := d.kioskOf(v)
	if err != nil {
		return err
	}
	typed := kioskForm{Ruler: strings.TrimSpace(v.Form("ruler")), KioskSettings: staff.KioskSettings{
		PrintBy: staff.PrintBy(v.Form("print_by")), Printer: v.Form("printer"), Speaks: v.Form("speaks") != "",
	}}
	typed.Paper, _ = strconv.Atoi(v.Form("paper")) // no number is no width
	for _, s := range v.R.PostForm["service"] {
		if _, _, err := v.Org.Offered(ids.Service(s), x.Office); err == nil {
			typed.Services = append(typed.Services, ids.Service(s))
		}
	}
	clean, err := typed.settings()
	if fault.Is(err, fault.KindInvalid) {
		return show(v, newKioskPage(page(v, ""), x, typed, whereOf(v), err))
	}
	if err == nil {
		err = d.Staff.SetDevice(v.Ctx(), v.Actor(), v.OrgID(), x.ID, clean)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "devices") + "?done=set")
}

func newKioskPage(b web.Base, x staff.Device, typed kioskForm, w where, why error) DeskPage {
	b.Title = b.T("kiosk_settings.title", "name", x.Name)
	p := DeskPage{Base: b, Back: adminAt(b, "devices"), Lead: b.T("kiosk_settings.lead")}
	t := web.TroubleOf(b, why)
	inOrder(t, []string{"print_by", "printer", "paper", "ruler"})
	p.blame(t)
	by := ui.Choices{Name: "print_by", Legend: b.T("kiosk_settings.print_by"), Error: t.At("print_by")}
	for _, c := range []struct {
		by   staff.PrintBy
		name string
	}{{staff.PrintPrinter, "printer"}, {staff.PrintBrowser, "browser"}, {staff.PrintNot, "not"}} {
		by.Options = append(by.Options, ui.Choice{Value: string(c.by), Label: b.T("kiosk_settings.by_" + c.name), Checked: typed.PrintBy == c.by})
	}
	paper := ui.Choices{Name: "paper", Legend: b.T("kiosk_settings.paper"), Error: t.At("paper")}
	for _, mm := range []int{80, 58} {
		paper.Options = append(paper.Options, ui.Choice{Value: strconv.Itoa(mm), Label: b.T("kiosk_settings.mm", "n", mm), Checked: typed.Paper == mm})
	}
	offered := ui.Choices{Name: "service", Legend: b.T("kiosk_settings.services"), Hint: b.T("kiosk_settings.services_hint")}
	for _, s := range w.config.ServicesAt(x.Office) {
		offered.Options = append(offered.Options, ui.Choice{
			Value: string(s.ID), Label: s.Name.In(b.Lang), Checked: len(typed.Services) > 0 && typed.Offers(s.ID),
		})
	}
	speaks := ui.Choices{Name: "speaks", Legend: b.T("kiosk_settings.speech"), Options: []ui.Choice{{Value: "yes", Label: b.T("kiosk_settings.speaks"), Checked: typed.Speaks}}}
	fields := []web.Component{
		ui.Radios(b.Printer, by),
		ui.TextField(b.Printer, ui.Field{
			Name: "printer", Label: b.T("kiosk_settings.printer"), Hint: b.T("kiosk_settings.printer_hint"), Value: typed.Printer, Error: t.At("printer"), Autocomplete: "off",
		}),
		ui.Radios(b.Printer, paper),
		ui.TextField(b.Printer, ui.Field{
			Name: "ruler", Label: b.T("kiosk_settings.ruler"), Hint: b.T("kiosk_settings.ruler_hint"), Value: typed.Ruler, Error: t.At("ruler"), Autocomplete: "off",
			InputMode: "numeric",
		}),
	}
	if len(offered.Options) > 0 {
		fields = append(fields, ui.Checkboxes(b.Printer, offered))
	}
	fields = append(fields, ui.Checkboxes(b.Printer, speaks))
	p.Parts = []web.Component{form(
		ui.FormData{Action: adminAt(b, "devices", string(x.ID), "kiosk")}, ui.Button{Text: b.T("kiosk_settings.save")},
		ui.Link{Href: adminAt(b, "devices"), Text: b.T("people.cancel")}, fields...,
	)}
	return p
}
