package desk

import (
	"maps"

	"luukku/base/fault"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/web"
)

// accessSamples are the states of the pages of services that open after a contact.
func accessSamples() []web.Sample {
	wrong := func(name, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key})
	}
	find := func(state string, typed accessSought, why error) web.Sample {
		return desked("access", state, func(b web.Base) Page { return newFindAccessPage(b, sampleAccessConfig(), typed, why) })
	}
	return []web.Sample{
		find("", accessSought{}, nil),
		desked("access", "no-service", func(b web.Base) Page { return newFindAccessPage(b, sampleConfig(), accessSought{}, nil) }),
		find("wrong", accessSought{Identifier: "140385-902X"}, wrong("identifier", "field.required")),
		find("found", accessSought{Family: "Meikäläinen", Looked: true, Found: []identity.Account{
			{Person: "1", Name: "Maija Meikäläinen", Birth: "1985-03-14"}, {Person: "2", Name: "Matti Meikäläinen", Protected: true},
		}}, nil),
		find("nobody", accessSought{Family: "Meikäläinen", Looked: true}, nil),
		find("new", accessSought{Identifier: "140385-902F", NewPerson: true}, wrong("name", "care.new_person")),
		find("new-company", accessSought{Number: "2345678-0", NewCompany: true}, wrong("name", "access.new_company")),
		desked("access-list", "", func(b web.Base) Page { return newAccessListPage(b, sampleAccessList(true)) }),
		desked("access-list", "nobody", func(b web.Base) Page { return newAccessListPage(b, sampleAccessList(false)) }),
		desked("access-list", "no-service", func(b web.Base) Page {
			return newAccessListPage(b, accessListFacts{Config: sampleConfig(), View: access.Open})
		}),
		desked("access-of", "", func(b web.Base) Page { return newAccessPage(b, sampleAccess(true)) }),
		desked("access-of", "none", func(b web.Base) Page { return newAccessPage(b, sampleAccess(false)) }),
		desked("access-of", "no-service", func(b web.Base) Page {
			f := sampleAccess(false)
			f.Config = sampleConfig()
			return newAccessPage(b, f)
		}),
		desked("access-of", "done", func(b web.Base) Page {
			p := newAccessPage(b, sampleAccess(true))
			p.Done = p.T("access.done_granted")
			return p
		}),
		desked("access-of", "wrong", func(b web.Base) Page {
			f := sampleAccess(true)
			f.Typed.Until, f.Why = "1.1.2020", fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "access.until_before"}, fault.Field{Name: "why", Key: "access.why_required"})
			return newAccessPage(b, f)
		}),
		desked("access-of", "changed", func(b web.Base) Page {
			p := newAccessPage(b, sampleAccess(true))
			p.Wrong, p.HasError = p.T("access.changed"), true
			return p
		}),
	}
}

// sampleAccessConfig is the small town of which two services open after a contact.
func sampleAccessConfig() *catalog.Config {
	c := sampleConfig()
	c.Policies = append([]catalog.PolicyDoc{}, c.Policies...)
	for _, s := range c.Services[:2] {
		set := catalog.Settings{}
		for i := range c.Policies {
			if p := &c.Policies[i]; p.Service == s.ID && p.Office == "" {
				set = maps.Clone(p.Settings)
			}
		}
		set["needs_access"] = 1
		c.Policies = append(c.Policies, catalog.PolicyDoc{Service: s.ID, Version: c.Version, Settings: set})
	}
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error())
	}
	return c
}

func sampleAccess(has bool) accessFacts {
	c := sampleAccessConfig()
	now := sampleNow().Unix()
	today := org.DateOf(sampleNow())
	f := accessFacts{Config: c, Name: "Maija Meikäläinen", Now: now, Service: c.Services[0].ID, Typed: accessTyped{From: typedDay(today)}, By: map[string]string{"1": "Aino Asiakaspalvelija"}}
	if has {
		g := access.Grant{
			Service: f.Service, Version: 2, From: now - 30*86400, Until: today.Add(60).At(0, c.Zone()).Unix() - 1, Why: "Puhelu 23.11.", ByKind: actor.KindStaff, By: "1", At: now,
		}
		first, off := g, g
		first.Version, first.Until, first.At = 1, today.Add(1).At(0, c.Zone()).Unix()-1, now-30*86400
		off.Service, off.Version, off.Off, off.ByKind, off.At = c.Services[1].ID, 1, true, actor.KindClient, now-86400
		f.Grants, f.Seen = []access.Grant{g, first, off}, 2
		f.Typed = accessTyped{From: f.day(g.From), Until: f.day(g.Until)}
	}
	return f
}

func sampleAccessList(any bool) accessListFacts {
	f := accessListFacts{Config: sampleAccessConfig(), View: access.Open, Now: sampleNow().Unix()}
	f.Service = f.Config.Services[0].ID
	if !any {
		f.View = access.Ending
		return f
	}
	g := sampleAccess(true).Grants[0]
	g.Owner.Person = "1"
	endless := g
	endless.Owner, endless.Until = actor.Owner{Company: "2"}, 0
	f.Holders = []access.Holder{{Grant: g, Name: "Maija Meikäläinen"}, {Grant: g, Hidden: true}, {Grant: endless, Name: "Mallilan kyläyhdistys ry", Number: "2345678-0"}}
	return f
}
