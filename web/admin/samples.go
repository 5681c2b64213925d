package admin

import (
	"context"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/org"
	"luukku/web"
)

// Samples are all states of this door's pages, with made-up facts.
func Samples() []web.Sample {
	return append([]web.Sample{
		sample("setup", "", func(b web.Base) web.Component { return ShowSetup(samplePage(b, firstForm(b.Lang), nil)) }),
		sample("setup", "suggested", func(b web.Base) web.Component {
			f := sampleForm(b.Lang)
			f.Slug = ""
			return ShowSetup(samplePage(checkedSample(b, f)))
		}),
		sample("setup", "errors", func(b web.Base) web.Component { return ShowSetup(samplePage(checkedSample(b, wrongForm()))) }),
		sample("setup", "nothing-chosen", func(b web.Base) web.Component { return ShowSetup(samplePage(checkedSample(b, setupForm{}))) }),
		sample("no-link", "", func(b web.Base) web.Component { return ShowNoLink(newNoLinkPage(sampleBase(b))) }),
		sample("done", "", func(b web.Base) web.Component { return ShowDone(sampleDone(b, beginEmpty)) }),
		sample("done", "administrator", func(b web.Base) web.Component {
			p := sampleDone(b, beginEmpty)
			p.Administrator = web.Path(b.Lang, "", "staff", "invitation", "0123456789abcdefghjkmnpqrs")
			return ShowDone(p)
		}),
		sample("done", "example", func(b web.Base) web.Component { return ShowDone(sampleDone(b, beginTown)) }),
	}, slices.Concat(deskSamples(), formSamples(), textsSamples(), eraseSamples(), erasureSamples(), wordingSamples())...)
}

func sample(page, state string, make func(b web.Base) web.Component) web.Sample {
	return web.Sample{Page: "admin/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component { return make(b) }}
}

// sampleBase is a page before there is an installation: without an organisation around it.
func sampleBase(b web.Base) web.Base {
	b.Org, b.Nav, b.FooterLinks = "", nil, nil
	b.Brand.Name, b.Brand.FrontURL = i18n.Text{b.Lang: "Luukku"}, web.Path(b.Lang, "")
	b.Help.Phone, b.Help.Hours = "", ""
	b.LangLinks = allLanguages(b.Lang, sampleLink)
	return b
}

const sampleLink = "/setup/0123456789abcdefghjkmnpqrs"

func samplePage(b web.Base, f setupForm, wrong []fault.Field) SetupPage {
	return newSetupPage(sampleBase(b), "/"+string(b.Lang)+sampleLink, f, wrong)
}

func checkedSample(b web.Base, f setupForm) (web.Base, setupForm, []fault.Field) {
	checked, wrong := checkForm(f)
	return b, checked, wrong
}

// sampleForm is a form filled in as it should be.
func sampleForm(l i18n.Lang) setupForm {
	return setupForm{
		Name: "Vuorela", Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: l,
		OrgName: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"},
		Hours:   i18n.Text{"fi": "arkisin klo 9–15", "sv": "vardagar kl. 9–15", "en": "weekdays 9:00–15:00", "cs": "ve všední dny 9:00–15:00"},
		Slug:    "vuorela", Country: "FI", Phone: "09 000 0000", Email: "neuvonta@vuorela.example", Primary: "#b01c48", Accent: "#2e7d6b", Begin: beginTown,
	}
}

// wrongForm is a form with a fault in every field.
func wrongForm() setupForm {
	long := strings.Repeat("Vuorela ", 30)
	return setupForm{
		Name: "Vuorela\x00", Default: "sv", Languages: []i18n.Lang{"fi"}, OrgName: i18n.Text{"fi": long}, Hours: i18n.Text{"en": long}, Slug: "Vuorelan kaupunki",
		Country: "XX", Zone: "Helsinki", Phone: "09 CALL US", Email: "neuvonta(at)vuorela.example", Primary: "red", Accent: "#12345", Begin: "anything",
	}
}

func sampleDone(b web.Base, begin string) DonePage {
	f := sampleForm(i18n.Default)
	name := i18n.Text{"fi": f.OrgName["fi"], "en": f.OrgName["en"]}
	if begin != beginEmpty {
		name = f.OrgName
	}
	in := org.Installation{Name: i18n.Text{"fi": f.Name}, Languages: f.Languages, Default: "fi"}
	o := org.Organisation{ID: "vuorela", Name: name, Languages: f.Languages, Zone: "Europe/Helsinki"}
	return newDonePage(sampleBase(b), "https://booking.vuorela.example", in, o, begin)
}
