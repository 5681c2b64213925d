package gallery

import (
	"context"
	"time"

	"luukku/base/i18n"
	"luukku/domain/org"
	"luukku/web"
)

// faultSamples are the pages of faults that no other page shows, worded as web.Visit.Fail words them.
func faultSamples() []web.Sample {
	show := func(state string, fill func(p *web.FaultPage)) web.Sample {
		return web.Sample{Page: "fault", State: state, Make: func(_ context.Context, b web.Base) web.Component {
			p := web.FaultPage{Base: b, Front: b.URL()}
			fill(&p)
			p.Title, p.NoIndex = p.Heading, true
			return web.ShowFault(p)
		}}
	}
	plain := func(title, text string) func(p *web.FaultPage) {
		return func(p *web.FaultPage) { p.Heading, p.Text = p.T(title), p.T(text) }
	}
	return []web.Sample{
		show("not-found", plain("error.not_found_title", "error.not_found")),
		show("no-such-week", plain("error.not_found_title", "booking.unknown_week")),
		show("elsewhere", plain("error.csrf_title", "error.csrf")),
		show("unreadable", plain("error.bad_request_title", "error.bad_request")),
		show("too-large", plain("error.bad_request_title", "error.too_large")),
		show("unavailable", plain("error.unavailable_title", "error.unavailable")),
		show("busy", plain("error.busy_title", "error.busy")),
		show("unknown", func(p *web.FaultPage) {
			p.Heading, p.Text, p.Again = p.T("error.unknown_outcome_title"), p.T("error.unknown_outcome"), p.URL("appointment", "cancel")
		}),
		show("too-many", func(p *web.FaultPage) {
			p.Heading, p.Text = p.T("error.too_many_title"), p.T("error.too_many", "wait", 3*time.Minute)
		}),
		show("internal", func(p *web.FaultPage) {
			p.Code = "7GQ2M4KX"
			p.Heading, p.Text = p.T("error.internal_title"), p.T("error.internal", "code", p.Code)
		}),
	}
}

// ownSamples are the gallery's page. It lists a few made-up pages, not itself.
func ownSamples() []web.Sample {
	return []web.Sample{{Page: "gallery", Make: func(_ context.Context, b web.Base) web.Component {
		orgs := []org.Organisation{
			{ID: "vuorela", Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"}},
			{ID: "register-office", Name: i18n.Text{"fi": "Maistraatit", "sv": "Magistraterna", "en": "Local register offices", "cs": "Místní registrační úřady"}},
		}
		return ShowList(newListPage(b, faultSamples(), orgs, look{Org: "vuorela", Scheme: "dark", Size: "125"}))
	}}}
}
