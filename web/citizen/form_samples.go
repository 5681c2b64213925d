package citizen

import (
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/formview"
)

// sampleForm is a notice of an event, which an organiser sends together with another.
func sampleForm() catalog.Form {
	return catalog.Form{
		ID: "event-notice", Services: []ids.Service{"move"}, Audience: []catalog.Audience{catalog.ForCompanies}, Signers: catalog.SignedByColleague,
		Name:    i18n.Text{"fi": "Tapahtumailmoitus", "sv": "Anmälan om evenemang", "en": "Notice of an event", "cs": "Oznámení o akci"},
		Summary: i18n.Text{"fi": "Tapahtuma kaupungin alueella", "sv": "Ett evenemang på stadens område", "en": "An event on the town’s land", "cs": "Akce na území města"},
		Follows: i18n.Text{
			"fi": "Saatte vastauksen viikon kuluessa.", "sv": "Ni får svar inom en vecka.", "en": "You have an answer within a week.", "cs": "Odpověď dostanete do týdne.",
		},
	}
}

// formSamples are the list of forms and the page on which one begins.
func formSamples() []web.Sample {
	with := func(closed bool) *catalog.Config {
		c := sampleConfig()
		f := sampleForm()
		f.Closed = closed
		c.Forms = []catalog.Form{f}
		return c
	}
	begin := func(closed bool) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := with(closed)
			return ShowForm(newFormPage(b, c, &c.Forms[0], formview.Sample(formview.SampleNone).Def))
		}
	}
	first := func(why error) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := accessConfig(catalog.Policy{NeedsAccess: true})
			f := sampleForm()
			s, err := c.Service("passport")
			if err != nil {
				panic("samples: " + err.Error())
			}
			p := newFormPage(b, c, &f, formview.Sample(formview.SampleNone).Def)
			p.closed(c, s, why, web.Path(b.Lang, "", "sign-in"))
			return ShowForm(p)
		}
	}
	return []web.Sample{
		sample("form", "contact-first", first(fault.SignInRequired("access.sign_in"))),
		sample("form", "not-opened", first(fault.Invalid("access.contact_first", nil))),
		sample("forms", "", func(b web.Base) web.Component { return ShowForms(newFormsPage(b, with(false))) }),
		sample("forms", "none", func(b web.Base) web.Component { return ShowForms(newFormsPage(b, with(true))) }),
		sample("form", "", begin(false)),
		sample("form", "closed", begin(true)),
	}
}
