package citizen

import (
	"fmt"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/domain/org"
	"luukku/web"
)

func servicesSamples() []web.Sample {
	search := func(query string) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := sampleConfig()
			if query == "passport" { // what people call it in their language
				query := c.Services[0].Name.In(b.Lang)
				return ShowServices(newServicesPage(b, c, sought{Wanted: catalog.Wanted{Words: query}}))
			}
			return ShowServices(newServicesPage(b, c, sought{Wanted: catalog.Wanted{Words: query}}))
		}
	}
	many := func(a sought) func(web.Base) web.Component {
		return func(b web.Base) web.Component { return ShowServices(newServicesPage(b, manyServices(), a)) }
	}
	found := func(id ids.Service, courses int) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			c, a := sampleConfig(), sought{Wanted: catalog.Wanted{Words: b.T("course.kind.course")}}
			if s, err := c.Service(id); err == nil {
				a.Words = s.Name.In(b.Lang)
			}
			page := newServicesPage(b, c, a)
			page.searchAll(course.Running{Any: true}, a)
			page.addCourses(c, a, sampleCourses()[:min(courses, mostOfCourses)], courses, sampleNow())
			return ShowServices(page)
		}
	}
	return []web.Sample{
		sample("services", "", search("")),
		sample("services", "found", search("passport")),
		sample("services", "none-found", search("qwertzuiop")),
		sample("services", "with-courses", found("passport", 7)),
		sample("services", "only-courses", found("", 2)),
		sample("services", "few-topics", func(b web.Base) web.Component { return ShowServices(newServicesPage(b, twoTopics(), sought{})) }),
		sample("topic", "life", func(b web.Base) web.Component {
			c := catalogueConfig()
			return ShowTopic(newLifePage(b, c, "moving", c.During("moving")))
		}),
		sample("services", "life", func(b web.Base) web.Component { return ShowServices(newServicesPage(b, catalogueConfig(), sought{})) }),
		sample("services", "many", many(sought{})),
		sample("services", "letter", many(sought{letter: "P"})),
		sample("services", "narrowed", many(sought{Wanted: catalog.Wanted{Topic: "documents", For: catalog.ForPersons}, page: 2})),
		sample("services", "none-narrowed", many(sought{Wanted: catalog.Wanted{Words: "p", Life: "retiring"}})),
		sample("topic", "", func(b web.Base) web.Component {
			c := twoTopics()
			return ShowTopic(newTopicPage(b, c, topics(b, c)[0], ""))
		}),
	}
}

// sampleCourses are courses and events: with free places, full, full with a waiting list, shut and called off.
func sampleCourses() []course.Listed {
	now := sampleNow().Unix()
	one := func(id ids.Course, in int64, title i18n.Text, change func(x *course.Listed)) course.Listed {
		start := now + in*86400
		x := course.Listed{Course: course.Course{Org: sampleOrg, ID: id, State: course.Published, Details: course.Details{
			Kind: course.ACourse, Title: title, Place: "Uimahalli, Rantakatu 1", Places: 12, Opens: now - 86400, Sessions: []course.Session{{Start: start, End: start + 2700}, {Start: start + 7*86400, End: start + 7*86400 + 2700}},
		}}}
		change(&x)
		return x
	}
	return []course.Listed{
		one("swimming", 3, i18n.Text{"fi": "Lasten uimakoulu", "sv": "Simskola för barn", "en": "Swimming for children", "cs": "Plavání pro děti"}, func(x *course.Listed) { x.Taken = course.Taken{"": 4} }),
		one("evening", 5, i18n.Text{"fi": "Asukasilta", "sv": "Invånarkväll", "en": "Residents’ evening", "cs": "Setkání s obyvateli"}, func(x *course.Listed) { x.Kind, x.Place, x.Sessions = course.AnEvent, "", x.Sessions[:1] }),
		one("pottery", 8, i18n.Text{"fi": "Keramiikka", "sv": "Keramik", "en": "Pottery", "cs": "Keramika"}, func(x *course.Listed) { x.Taken, x.Waiting = course.Taken{"": 12}, true }),
		one("photographs", 9, i18n.Text{"fi": "Passikuva itse"}, func(x *course.Listed) { x.Closes = now - 60 }),
		one("gardens", 12, i18n.Text{"fi": "Palstaviljely", "sv": "Odlingslotter", "en": "Allotments", "cs": "Zahrádky"}, func(x *course.Listed) { x.State = course.CalledOff }),
	}
}

// accessConfig is the small town whose passports open after a contact, or to companies alone.
func accessConfig(p catalog.Policy) *catalog.Config {
	c := sampleConfig()
	set := catalog.Settings{}
	if p.NeedsAccess {
		set["needs_access"] = 1
	}
	if p.ForCompany {
		set["for_company"] = 1
	}
	c.Policies = append(slices.Clone(c.Policies), catalog.PolicyDoc{Service: "passport", Version: c.Version, Settings: set})
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error())
	}
	return c
}

// twoTopics is the small town without the service that is under no topic.
func twoTopics() *catalog.Config {
	c := sampleConfig()
	c.Services = slices.DeleteFunc(c.Services, func(s catalog.Service) bool { return s.Category == "" })
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error())
	}
	return c
}

// catalogueConfig is the small town with services that are had in other ways than by booking a time.
func catalogueConfig() *catalog.Config {
	c := sampleConfig()
	c.Services = append(slices.Clone(c.Services),
		catalog.Service{
			ID: "move", Name: i18n.Text{"fi": "Muuttoilmoitus", "sv": "Flyttanmälan", "en": "Notice of a move", "cs": "Oznámení o stěhování"},
			Summary: i18n.Text{"fi": "Kerro uusi osoitteesi viranomaisille.", "sv": "Meddela din nya adress till myndigheterna.", "en": "Tell the authorities your new address.", "cs": "Sdělte úřadům svou novou adresu."},
			Requirements: i18n.TextList{
				"fi": {"Muutat Suomessa tai Suomeen.", "Ilmoitus tehdään viimeistään viikon kuluttua muutosta."}, "sv": {"Du flyttar i Finland eller till Finland.", "Anmälan görs senast en vecka efter flytten."},
				"en": {"You move within Finland or to Finland.", "The notice is given within a week of the move."}, "cs": {"Stěhujete se ve Finsku nebo do Finska.", "Oznámení se podává do týdne po přestěhování."},
			},
			Audience: []catalog.Audience{catalog.ForPersons}, LifeEvents: []catalog.LifeEvent{"moving", "building-and-living"}, Updated: org.DateOf(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)),
			Channels: []catalog.Channel{
				{Kind: catalog.Online, Name: i18n.Text{"fi": "Verkkomuuttoilmoitus", "sv": "Flyttanmälan på nätet", "en": "Notice of a move online", "cs": "Oznámení na internetu"}, Address: i18n.Text{"fi": "https://www.example.org/muutto", "en": "https://www.example.org/en/move"}},
				{Kind: catalog.Printable, Name: i18n.Text{"fi": "Muuttoilmoituslomake (PDF)", "sv": "Blankett för flyttanmälan (PDF)", "en": "Form for a notice of a move (PDF)", "cs": "Formulář oznámení (PDF)"}, Address: i18n.Text{"fi": "https://www.example.org/muutto.pdf"}},
				{Kind: catalog.Telephone},
				{Kind: catalog.WalkIn, Text: i18n.Text{"fi": "Kaupungintalon neuvonnassa arkisin klo 9–15.", "sv": "I stadshusets rådgivning vardagar kl. 9–15.", "en": "At the desk of the town hall, weekdays 9–15.", "cs": "Na přepážce radnice ve všední dny 9–15."}},
			},
		})
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error())
	}
	return c
}

// manyServices is the town with as many services as a city has.
func manyServices() *catalog.Config {
	c := catalogueConfig()
	few := slices.Clone(c.Services)
	for n := 2; len(c.Services) < 4*manyFrom; n++ {
		for _, s := range few {
			s.ID, s.Popular = ids.Service(fmt.Sprintf("%s-%d", s.ID, n)), false
			name := i18n.Text{}
			for l, of := range s.Name {
				name[l] = fmt.Sprintf("%s, %d", of, n)
			}
			s.Name = name
			c.Services = append(c.Services, s)
		}
	}
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error())
	}
	return c
}

func serviceSamples() []web.Sample {
	show := func(id ids.Service) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := sampleConfig()
			s, err := c.Service(id)
			if err != nil {
				panic("samples: " + err.Error())
			}
			return ShowService(newServicePage(b, c, s, ""))
		}
	}
	elsewhere := func(b web.Base) web.Component {
		c := catalogueConfig()
		s, err := c.Service("move")
		if err != nil {
			panic("samples: " + err.Error())
		}
		page := newServicePage(b, c, s, "")
		page.described("https://town.example", b.URL("services", "move"), c, s)
		return ShowService(page)
	}
	first := func(p catalog.Policy, why error) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := accessConfig(p)
			s, err := c.Service("passport")
			if err != nil {
				panic("samples: " + err.Error())
			}
			page := newServicePage(b, c, s, "")
			page.closed(b, c, s, why, web.Path(b.Lang, "", "sign-in"))
			return ShowService(page)
		}
	}
	contact, firms := catalog.Policy{NeedsAccess: true}, catalog.Policy{ForCompany: true}
	return []web.Sample{
		sample("service", "contact-first", first(contact, fault.SignInRequired("access.sign_in"))),
		sample("service", "not-opened", first(contact, fault.Invalid("access.contact_first", nil))),
		sample("service", "access-over", first(contact, fault.Invalid("access.over", nil))),
		sample("service", "for-companies", first(firms, fault.SignInRequired("access.sign_in"))),
		sample("service", "not-a-company", first(firms, fault.Invalid("access.company_only", nil))),
		sample("service", "courses", func(b web.Base) web.Component {
			c := sampleConfig()
			s, err := c.Service("passport")
			if err != nil {
				panic("samples: " + err.Error())
			}
			page := newServicePage(b, c, s, "")
			page.coursesOf(s)
			return ShowService(page)
		}),
		sample("service", "opened", func(b web.Base) web.Component {
			c := accessConfig(contact)
			s, err := c.Service("passport")
			if err != nil {
				panic("samples: " + err.Error())
			}
			page := newServicePage(b, c, s, "")
			page.OpenUntil = openUntil(b, c, access.Grant{Version: 1, From: 1, Until: 1798754399})
			return ShowService(page)
		}),
		sample("service", "elsewhere", elsewhere),
		sample("service", "", show("passport")),
		sample("service", "not-held", show("name-change")),
		sample("service", "by-phone", show("parking")),
		sample("service", "nowhere", show("lost-property")),
	}
}
