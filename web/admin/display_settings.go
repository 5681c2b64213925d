package admin

import (
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// displayForm is what was typed for a display.
type displayForm struct {
	staff.DisplaySettings
	// First is the language in front, Second the other one; empty is none.
	First, Second i18n.Lang
}

func displayFormOf(s staff.DisplaySettings, of []i18n.Lang) displayForm {
	f := displayForm{DisplaySettings: s}
	langs := s.In(of)
	if len(langs) > 0 {
		f.First = langs[0]
	}
	if len(langs) > 1 {
		f.Second = langs[1]
	}
	return f
}

// settings are what was typed, checked.
func (f displayForm) settings(of []i18n.Lang) (staff.DisplaySettings, error) {
	s := f.DisplaySettings
	s.Languages = []i18n.Lang{f.First}
	if f.Second != "" {
		s.Languages = append(s.Languages, f.Second)
	}
	return s, staff.CheckDisplay(s, of)
}

// displayOf returns the display of the address.
func (d *Door) displayOf(v *web.Visit) (staff.Device, error) {
	x, err := d.deviceOf(v)
	if err == nil && x.Kind != staff.Display {
		err = fault.NotFound("staff.no_device")
	}
	return x, err
}

// displaySet shows the settings of a display.
func (d *Door) displaySet(v *web.Visit) error {
	x, err := d.displayOf(v)
	if err != nil {
		return err
	}
	return show(v, newDisplayPage(page(v, ""), x, displayFormOf(x.Display(), v.Org.Org.Languages), whereOf(v), nil))
}

// displaySetPost writes them.
func (d *Door) displaySetPost(v *web.Visit) error {
	x, err := d.displayOf(v)
	if err != nil {
		return err
	}
	typed := displayForm{First: i18n.Lang(v.Form("first")), Second: i18n.Lang(v.Form("second"))}
	typed.NoChime, typed.NoSpeech = true, true
	for _, s := range v.R.PostForm["sound"] {
		typed.NoChime, typed.NoSpeech = typed.NoChime && s != "chime", typed.NoSpeech && s != "speech"
	}
	for _, s := range v.R.PostForm["service"] {
		if _, _, err := v.Org.Offered(ids.Service(s), x.Office); err == nil {
			typed.Services = append(typed.Services, ids.Service(s))
		}
	}
	for _, u := range v.R.PostForm["counter"] {
		if _, ok := v.Org.UnitOf(x.Office, ids.Unit(u)); ok {
			typed.Counters = append(typed.Counters, ids.Unit(u))
		}
	}
	clean, err := typed.settings(v.Org.Org.Languages)
	if fault.Is(err, fault.KindInvalid) {
		return show(v, newDisplayPage(page(v, ""), x, typed, whereOf(v), err))
	}
	if err == nil {
		err = d.Staff.SetDevice(v.Ctx(), v.Actor(), v.OrgID(), x.ID, clean)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "devices") + "?done=display")
}

func newDisplayPage(b web.Base, x staff.Device, typed displayForm, w where, why error) DeskPage {
	b.Title = b.T("display_settings.title", "name", x.Name)
	p := DeskPage{Base: b, Back: adminAt(b, "devices"), Lead: b.T("display_settings.lead")}
	t := web.TroubleOf(b, why)
	inOrder(t, []string{"first", "second"})
	p.blame(t)
	fields := []web.Component{
		ui.Radios(b.Printer, displayLanguage(b, ui.Choices{Name: "first", Legend: b.T("display_settings.first"), Error: t.At("first")}, w.config.Org.Languages, typed.First)),
	}
	if len(w.config.Org.Languages) > 1 {
		second := ui.Choices{Name: "second", Legend: b.T("display_settings.second"), Error: t.At("second")}
		second = displayLanguage(b, second, w.config.Org.Languages, typed.Second)
		second.Options = append(second.Options, ui.Choice{Label: b.T("display_settings.no_second"), Checked: typed.Second == ""})
		fields = append(fields, ui.Radios(b.Printer, second))
	}
	for _, c := range []ui.Choices{displayServices(b, x, typed, w), displayCounters(b, x, typed, w)} {
		if len(c.Options) > 0 {
			fields = append(fields, ui.Checkboxes(b.Printer, c))
		}
	}
	fields = append(fields, ui.Checkboxes(b.Printer, ui.Choices{Name: "sound", Legend: b.T("display_settings.sound"), Options: []ui.Choice{
		{Value: "chime", Label: b.T("display_settings.chime"), Checked: !typed.NoChime}, {Value: "speech", Label: b.T("display_settings.speech"), Checked: !typed.NoSpeech},
	}}))
	p.Parts = []web.Component{form(
		ui.FormData{Action: adminAt(b, "devices", string(x.ID), "display")}, ui.Button{Text: b.T("display_settings.save")},
		ui.Link{Href: adminAt(b, "devices"), Text: b.T("people.cancel")}, fields...,
	)}
	return p
}

func displayLanguage(b web.Base, c ui.Choices, of []i18n.Lang, chosen i18n.Lang) ui.Choices {
	for _, l := range of {
		c.Options = append(c.Options, ui.Choice{Value: string(l), Label: languageName(b, l), Checked: l == chosen})
	}
	return c
}

func displayServices(b web.Base, x staff.Device, typed displayForm, w where) ui.Choices {
	c := ui.Choices{Name: "service", Legend: b.T("display_settings.services"), Hint: b.T("display_settings.services_hint")}
	for _, s := range w.config.ServicesAt(x.Office) {
		c.Options = append(c.Options, ui.Choice{Value: string(s.ID), Label: s.Name.In(b.Lang), Checked: len(typed.Services) > 0 && typed.Shows(s.ID, "")})
	}
	return c
}

func displayCounters(b web.Base, x staff.Device, typed displayForm, w where) ui.Choices {
	c := ui.Choices{Name: "counter", Legend: b.T("display_settings.counters"), Hint: b.T("display_settings.counters_hint")}
	office, err := w.config.Office(x.Office)
	if err != nil {
		return c
	}
	for _, u := range office.Units {
		c.Options = append(c.Options, ui.Choice{Value: string(u.ID), Label: u.Name.In(b.Lang), Checked: typed.At(u.ID)})
	}
	return c
}
