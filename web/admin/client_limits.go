package admin

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// boundsIn are the limits of a key that were chosen.
func boundsIn(typed url.Values) actor.Bounds {
	return actor.Bounds{Offices: slugsIn[ids.Office](typed["offices"]), Inboxes: slugsIn[ids.Inbox](typed["inboxes"]), Forms: slugsIn[ids.Form](typed["forms"])}
}

func slugsIn[T ~string](typed []string) []T {
	var out []T
	for _, x := range typed {
		if ids.ValidSlug(x) && !slices.Contains(out, T(x)) {
			out = append(out, T(x))
		}
	}
	return out
}

// inboxName is what an inbox is called; the one that is there when none was made has no name of its own.
func inboxName(b web.Base, x org.Inbox) string {
	return cmp.Or(x.Name.In(b.Lang), b.T("inbox.first_name"))
}

func formName(b web.Base, f *catalog.Form) string { return cmp.Or(f.Name.In(b.Lang), string(f.ID)) }

// limits are the limits of a key in words: "only" and what it is limited to. What is gone from the organisation has its slug. Empty for a key without limits.
func (w where) limits(b web.Base, only actor.Bounds) string {
	var names []string
	for _, id := range only.Offices {
		names = append(names, cmp.Or(w.office(b, id), string(id)))
	}
	for _, id := range only.Inboxes {
		name := string(id)
		if w.config != nil {
			all := w.config.AllInboxes()
			if i := slices.IndexFunc(all, func(x org.Inbox) bool { return x.ID == id }); i >= 0 {
				name = inboxName(b, all[i])
			}
		}
		names = append(names, name)
	}
	for _, id := range only.Forms {
		name := string(id)
		if w.config != nil {
			if f, err := w.config.Form(id); err == nil {
				name = formName(b, f)
			}
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return ""
	}
	return b.T("clients.only", "what", strings.Join(names, ", "))
}

// limitFields ask to what a key is limited. Of what there is only one there is nothing to choose, and what is chosen but gone from the organisation has its slug: or taking nothing away would widen the key.
func (w where) limitFields(b web.Base, only actor.Bounds, t web.Trouble) []web.Component {
	if w.config == nil {
		return nil
	}
	var out []web.Component
	ask := func(name, legend string, options []ui.Choice) {
		if len(options) > 1 || slices.ContainsFunc(options, func(x ui.Choice) bool { return x.Checked }) {
			out = append(out, ui.Checkboxes(b.Printer, ui.Choices{Name: name, Legend: b.T(legend), Error: t.At(name), Optional: true, Options: options}))
		}
	}
	var offices, inboxes, forms []ui.Choice
	for _, x := range w.config.Offices {
		offices = append(offices, ui.Choice{Value: string(x.ID), Label: x.Name.In(b.Lang), Checked: slices.Contains(only.Offices, x.ID)})
	}
	for _, x := range w.config.AllInboxes() {
		inboxes = append(inboxes, ui.Choice{Value: string(x.ID), Label: inboxName(b, x), Checked: slices.Contains(only.Inboxes, x.ID)})
	}
	for i := range w.config.Forms {
		f := &w.config.Forms[i]
		forms = append(forms, ui.Choice{Value: string(f.ID), Label: formName(b, f), Checked: slices.Contains(only.Forms, f.ID)})
	}
	ask("forms", "clients.only_forms", withGone(forms, only.Forms))
	ask("inboxes", "clients.only_inboxes", withGone(inboxes, only.Inboxes))
	ask("offices", "clients.only_offices", withGone(offices, only.Offices))
	return out
}

// withGone are choices with those behind them that are chosen, and are not there any more.
func withGone[T ~string](list []ui.Choice, chosen []T) []ui.Choice {
	for _, x := range chosen {
		if !slices.ContainsFunc(list, func(c ui.Choice) bool { return c.Value == string(x) }) {
			list = append(list, ui.Choice{Value: string(x), Label: string(x), Checked: true})
		}
	}
	return list
}

// clientLimits asks what a program's key is limited to from now on.
func (d *Door) clientLimits(v *web.Visit) error {
	c, err := d.clientOf(v)
	if err != nil {
		return err
	}
	return show(v, newKeyLimitsPage(page(v, ""), c, c.Only, nil, whereOf(v)))
}

// newKeyLimitsPage asks for the limits of a key: only is what is chosen by now, and why what is wrong with it.
func newKeyLimitsPage(b web.Base, c staff.Client, only actor.Bounds, why error, w where) DeskPage {
	b.Title = b.T("clients.limits_title")
	p := DeskPage{Base: b, Back: adminAt(b, "clients"), Lead: b.T("clients.limits_what", "name", c.Name)}
	if fault.Is(why, fault.KindConflict) {
		b.HasError = true
		p.Base, p.Wrong = b, b.T("clients.limited_since_kept", "what", cmp.Or(w.limits(b, c.Only), b.T("clients.unlimited")))
		why = nil
	}
	t := web.TroubleOf(b, why)
	if why != nil {
		p.blame(t)
	}
	fields := w.limitFields(b, only, t)
	if len(fields) == 0 {
		p.Parts = []web.Component{ui.Muted(b.T("clients.limits_nothing"))}
		return p
	}
	fields = append([]web.Component{ui.Muted(b.T("clients.only_hint"))}, fields...)
	p.Parts = []web.Component{form(
		ui.FormData{Action: adminAt(b, "clients", string(c.ID), "limits"), Hidden: []ui.Hidden{{Name: "seen", Value: c.Only.Mark()}}},
		ui.Button{Text: b.T("clients.limits_keep")}, ui.Link{Href: adminAt(b, "clients"), Text: b.T("people.cancel")}, fields...,
	)}
	return p
}

// clientLimitsPost changes what a program's key is limited to.
func (d *Door) clientLimitsPost(v *web.Visit) error {
	c, err := d.clientOf(v)
	if err != nil {
		return err
	}
	only := boundsIn(v.R.PostForm)
	err = d.Staff.LimitClient(v.Ctx(), v.Actor(), v.OrgID(), c.ID, v.Form("seen"), only)
	switch {
	case fault.Is(err, fault.KindInvalid):
		return show(v, newKeyLimitsPage(page(v, ""), c, only, err, whereOf(v)))
	case fault.Is(err, fault.KindConflict): // the key as it is now, and what was chosen
		if c, err2 := d.clientOf(v); err2 == nil {
			return v.Render(409, ShowDesk(newKeyLimitsPage(page(v, ""), c, only, err, whereOf(v))))
		}
		return err
	case err != nil:
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "clients") + "?done=limited")
}

// sampleLimits is an organisation with offices, inboxes and forms.
func sampleLimits() where {
	w := sampleWhere()
	w.config.Inboxes = []org.Inbox{
		{ID: "day-care", Name: i18n.Text{"fi": "Varhaiskasvatus", "sv": "Småbarnspedagogik", "en": "Day care", "cs": "Školky"}},
		{ID: "permits", Name: i18n.Text{"fi": "Lupapalvelut", "sv": "Tillståndstjänster", "en": "Permits", "cs": "Povolení"}},
	}
	w.config.Forms = []catalog.Form{
		{ID: "day-care", Name: i18n.Text{"fi": "Varhaiskasvatushakemus", "sv": "Ansökan om småbarnspedagogik", "en": "Application for day care", "cs": "Žádost o místo ve školce"}},
		{ID: "resident-parking", Name: i18n.Text{"fi": "Asukaspysäköintitunnus", "sv": "Boendeparkeringstillstånd", "en": "Resident’s parking permit", "cs": "Parkovací oprávnění pro obyvatele"}},
	}
	return w
}
