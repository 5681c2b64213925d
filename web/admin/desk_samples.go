package admin

import (
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// deskSamples are all states of the pages of staff and administrators.
func deskSamples() []web.Sample {
	return slices.Concat(peopleSamples(), recordSamples(), staffSamples(), keySamples(), providerSamples(), logSamples(), configSamples(), hoursSamples(), paperSamples())
}

// desked is a sample of a page of this door.
func desked(page, state string, make func(b web.Base) DeskPage) web.Sample {
	return sample(page, state, func(b web.Base) web.Component {
		b = dress(b)
		b.Org = "vuorela"
		b.Nav = sampleNav(b)
		return ShowDesk(make(b))
	})
}

// sampleNav is what somebody finds on top who is both a caseworker and an administrator.
func sampleNav(b web.Base) []ui.Link {
	return nav(b, actor.Actor{Kind: actor.KindStaff, Grants: []actor.Grant{
		{Role: actor.RoleCaseworker, Org: "vuorela"}, {Role: actor.RoleOrgAdmin, Org: "vuorela"}, {Role: actor.RoleSystemAdmin},
	}})
}

// titled gives a sample the title that its handler would.
func titled(b web.Base, key string) web.Base {
	b.Title = b.T(key)
	return b
}

func sampleMoment() moment { return moment{time.UTC, "2026-11-23"} }

func peopleSamples() []web.Sample {
	wrong := func(name, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key})
	}
	list := []found{{Person: "1", Name: "Maija Meikäläinen", Email: "maija@example.org"}, {Person: "2", Name: "Onni Meikäläinen"}}
	tokens := []string{"a", "b"}
	return []web.Sample{
		desked("people", "", func(b web.Base) DeskPage {
			return newSearchPage(titled(b, "people.title"), search{Kind: "FI-HETU"}, nil)
		}),
		desked("people", "errors", func(b web.Base) DeskPage {
			return newSearchPage(titled(b, "people.title"), search{Kind: "FI-HETU", Identifier: "010190-900X"}, wrong("identifier", "natid.check"))
		}),
		desked("people", "found", func(b web.Base) DeskPage { return newFoundPage(b, list, tokens, open{}, nil) }),
		desked("people", "no-reason", func(b web.Base) DeskPage {
			return newFoundPage(b, list, tokens, open{Token: "a"}, wrong("reason", "person.reason_missing"))
		}),
		desked("people", "protected", func(b web.Base) DeskPage {
			return newFoundPage(b, list[1:], tokens[1:], open{Token: "b", Reason: "Customer at the counter"}, wrong("person", "person.protected"))
		}),
		desked("people", "nobody", func(b web.Base) DeskPage { return newFoundPage(b, nil, nil, open{}, nil) }),
		desked("person", "", func(b web.Base) DeskPage {
			b.Title = "Maija Meikäläinen"
			return newPersonPage(b, sampleView(), personMay{true, true, true, true, true}, sampleMoment())
		}),
		desked("person", "protected", func(b web.Base) DeskPage {
			b.Title = "Maija Meikäläinen"
			seen := sampleView()
			seen.Account.Protected = true
			return newPersonPage(b, seen, personMay{}, sampleMoment())
		}),
		desked("person", "reading-alone", func(b web.Base) DeskPage {
			b.Title = "Maija Meikäläinen"
			seen := sampleView()
			seen.Dependants, seen.Mandates, seen.Account.Birth, seen.Account.Phone = nil, nil, "", ""
			return newPersonPage(b, seen, personMay{}, sampleMoment())
		}),
		desked("person", "end-guardianship", func(b web.Base) DeskPage {
			return newEndPage(b, b.T("people.end_guardianship", "guardian", "Maija Meikäläinen", "dependant", "Onni Meikäläinen"), "guardianship", "1")
		}),
		desked("person", "end-mandate", func(b web.Base) DeskPage {
			return newEndPage(b, b.T("people.end_mandate", "name", "Maija Meikäläinen", "company", "Kahvila Kulma Oy"), "mandate", "1")
		}),
	}
}

// sampleView is a person with a child, somebody who acted for her, and two companies.
func sampleView() identity.View {
	v := identity.View{Account: identity.Account{
		Person: "1", Name: "Meikäläinen Maija Sofia", Given: "Maija", Family: "Meikäläinen", Birth: "1990-01-01", Email: "maija@example.org", EmailVerified: true,
		Phone: "+358401234567", Lang: "fi", CreatedAt: sampleTime,
	}}
	v.Dependants = []identity.GuardianshipView{
		{Guardianship: identity.Guardianship{ID: "1", Source: identity.FromRegister, From: "2026-01-01"}, Name: "Onni Meikäläinen", Good: true},
		{Guardianship: identity.Guardianship{ID: "2", Source: identity.FromStaff, From: "2026-12-24", Until: "2027-12-24"}, Name: "Liisa Meikäläinen"},
	}
	v.Guardians = []identity.GuardianshipView{
		{Guardianship: identity.Guardianship{ID: "3", Source: identity.FromStaff, From: "2020-01-01", Until: "2020-12-31"}, Name: "Matti Meikäläinen"},
	}
	company := func(name, number, role string, revoked int64) identity.MandateView {
		m := identity.MandateView{Name: name, BusinessID: number, Good: revoked == 0}
		m.Mandate.Role, m.Source, m.From, m.RevokedAt = role, identity.FromRegister, "2025-05-01", revoked
		m.ID = "4"
		return m
	}
	v.Mandates = []identity.MandateView{company("Kahvila Kulma Oy", "0000001-9", "signatory", 0), company("Vuorelan Pursiseura ry", "0000002-7", "x", sampleTime)}
	return v
}

// sampleTime is a moment in the autumn of 2026 (Unix seconds).
const sampleTime = 1_790_000_000
