package admin

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/org"
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

// limitFields ask to what a key is limited. Of what there is only one there is nothing to choose.
func (w where) limitFields(b web.Base, only actor.Bounds, t web.Trouble) []web.Component {
	if w.config == nil {
		return nil
	}
	var out []web.Component
	ask := func(name, legend string, options []ui.Choice) {
		if len(options) > 1 {
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
	ask("forms", "clients.only_forms", forms)
	ask("inboxes", "clients.only_inboxes", inboxes)
	ask("offices", "clients.only_offices", offices)
	return out
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
