package course

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// sampleAt is when the samples are looked at: Friday 20 November 2026 at 12:02 UTC.
const sampleAt = 1795176120

// Samples returns every page of this door in every state.
func Samples() []web.Sample {
	now := time.Unix(sampleAt, 0)
	one := func(page, state string, show func(b web.Base) Page) web.Sample {
		return web.Sample{Page: "course/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
			b.Org = "vuorela"
			return ShowCourse(show(b))
		}}
	}
	desk := func(show func(b web.Base) Page) func(b web.Base) Page {
		return func(b web.Base) Page {
			b.Compact, b.Wide, b.Help, b.NavLabel = true, true, ui.Help{}, b.T("admin.nav")
			b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}, {Href: deskAt(b), Text: b.T("course.desk_title")}}
			return show(b)
		}
	}
	list := func(change func(f *listFacts)) func(b web.Base) Page {
		return func(b web.Base) Page {
			f := listFacts{List: []course.Listed{{Course: sampleCourse(), Taken: course.Taken{"": 4}}, {Course: sampleEvent(), Taken: course.Taken{}}}, All: 2, Filter: course.Filter{Age: -1}, Config: sampleConfig(), Now: now}
			change(&f)
			return newListPage(b, f)
		}
	}
	about := func(change func(f *courseFacts)) func(b web.Base) Page {
		return func(b web.Base) Page {
			f := courseFacts{Course: sampleCourse(), Taken: course.Taken{"": 4, "alle-10": 2}, Config: sampleConfig(), Now: now, URL: "https://town.example/fi/vuorela/courses/uimakoulu"}
			change(&f)
			return newCoursePage(b, f)
		}
	}
	who := func(change func(f *whoFacts)) func(b web.Base) Page {
		return func(b web.Base) Page {
			f := whoFacts{Course: sampleCourse(), Known: []course.Known{{Person: "maija", Name: "Maija Meikäläinen", Birth: "1985-05-05"}, {Person: "onni", Name: "Onni Meikäläinen", Birth: "2019-05-05"}}, Batch: "06A1B2C3D4"}
			change(&f)
			return newWhoPage(b, f)
		}
	}
	form := func(change func(f *formFacts)) func(b web.Base) Page {
		return func(b web.Base) Page {
			f := formFacts{
				Course: sampleCourse(), Config: sampleConfig(), Now: now, Batch: "06A1B2C3D4", Typed: course.Contact{Email: "maija@example.org"},
				List: []course.Enrolment{{Name: "Onni Meikäläinen", Status: course.Held, Until: sampleAt + 840}},
			}
			change(&f)
			return newFormPage(b, f)
		}
	}
	done := func(list ...course.View) func(b web.Base) Page {
		return func(b web.Base) Page {
			return newDonePage(b, doneFacts{Course: sampleCourse(), List: list, Config: sampleConfig(), Now: now, Signed: true})
		}
	}
	mine := func(change func(f *mineFacts)) func(b web.Base) Page {
		return func(b web.Base) Page {
			f := mineFacts{View: sampleView(course.Attending), Config: sampleConfig(), Now: now, Action: "/" + string(b.Lang) + "/my/enrolments/vuorela/06A1B2C3D4", Back: web.Path(b.Lang, "", "my") + "/"}
			change(&f)
			return newMinePage(b, f)
		}
	}
	roll := func(change func(f *rollFacts)) func(b web.Base) Page {
		return desk(func(b web.Base) Page {
			f := rollFacts{Course: sampleCourse(), Taken: course.Taken{"": 2, "alle-10": 1}, Config: sampleConfig(), Now: now, Rows: sampleRows()}
			change(&f)
			return newRollPage(b, f)
		})
	}
	edit := func(change func(f *editFacts)) func(b web.Base) Page {
		return desk(func(b web.Base) Page {
			f := editFacts{ID: "uimakoulu", Typed: typedOf(sampleCourse(), sampleConfig()), Config: sampleConfig()}
			change(&f)
			return newEditPage(b, f)
		})
	}
	wrong := func(fields ...fault.Field) error { return fault.Invalid("form.invalid", nil, fields...) }
	full := func(f *courseFacts) { f.Taken, f.Waits = course.Taken{"": 6, "alle-10": 6}, 3 }
	return []web.Sample{
		one("list", "", list(func(*listFacts) {})),
		one("list", "narrowed", list(func(f *listFacts) {
			f.List, f.Filter = f.List[:1], course.Filter{Text: "uinti", Age: 7, Place: "uimahalli", Free: true}
		})),
		one("list", "none", list(func(f *listFacts) { f.List, f.Filter = nil, course.Filter{Text: "kalastus", Age: -1} })),
		one("course", "", about(func(*courseFacts) {})),
		one("course", "soon", about(func(f *courseFacts) { f.Course.Opens = sampleAt + 86400 })),
		one("course", "full", about(full)),
		one("course", "full-none", about(func(f *courseFacts) { full(f); f.Course.Details.Waiting = false })),
		one("course", "shut", about(func(f *courseFacts) { f.Course.Closes = sampleAt - 1 })),
		one("course", "off", about(func(f *courseFacts) { f.Course.State = course.CalledOff })),
		one("course", "event", about(func(f *courseFacts) { f.Course, f.Taken = sampleEvent(), course.Taken{} })),
		one("who", "", who(func(*whoFacts) {})),
		one("who", "typed", who(func(f *whoFacts) {
			f.Known, f.Rows = nil, []course.Named{{Name: "Maija Meikäläinen", Birth: "5.5.2019"}, {}}
		})),
		one("who", "wrong", who(func(f *whoFacts) {
			f.Course.Codes = []string{"001"}
			f.Chose, f.Why = []ids.Person{"maija"}, wrong(fault.Field{Name: "person-1", Key: "course.no.old", Args: fault.Args{"name": "Maija Meikäläinen", "age": 17}}, fault.Field{Name: "code-1", Key: "course.code_missing"})
		})),
		one("who", "full", who(func(f *whoFacts) { f.Why = fault.Conflict("course.full", nil) })),
		one("who", "soon", who(func(f *whoFacts) { f.Why = fault.Conflict("course.no.soon", nil) })),
		one("form", "", form(func(*formFacts) {})),
		one("form", "waits", form(func(f *formFacts) { f.List[0].Status = course.Filling })),
		one("form", "clash", form(func(f *formFacts) { f.Clashes = []course.Course{sampleEvent()} })),
		one("form", "gone", form(func(f *formFacts) { f.List[0].Status, f.Why = course.Filling, fault.Conflict("course.hold_gone", nil) })),
		one("form", "wrong", form(func(f *formFacts) {
			f.Typed, f.Why = course.Contact{}, wrong(fault.Field{Name: "email", Key: "course.contact_missing"})
		})),
		one("done", "", done(sampleView(course.Attending))),
		one("done", "waits", done(sampleView(course.Waiting))),
		one("done", "both", done(sampleView(course.Attending), sampleView(course.Waiting))),
		one("mine", "", mine(func(*mineFacts) {})),
		one("mine", "waits", mine(func(f *mineFacts) { f.View = sampleView(course.Waiting) })),
		one("mine", "offered", mine(func(f *mineFacts) { f.View = sampleView(course.Offered) })),
		one("mine", "cancelling", mine(func(f *mineFacts) { f.Asks = true })),
		one("mine", "late", mine(func(f *mineFacts) { f.View.Of.CancelUntil = sampleAt - 1 })),
		one("mine", "cancelled", mine(func(f *mineFacts) { f.View, f.Done = sampleView(course.Cancelled), course.Cancel })),
		one("mine", "lapsed", mine(func(f *mineFacts) {
			f.View, f.Why = sampleView(course.Lapsed), fault.Conflict("course.offer_over", nil)
		})),
		one("desk", "", desk(func(b web.Base) Page {
			return newAllPage(b, []course.Listed{{Course: sampleCourse(), Taken: course.Taken{"": 4}}}, sampleConfig(), now)
		})),
		one("desk", "none", desk(func(b web.Base) Page { return newAllPage(b, nil, sampleConfig(), now) })),
		one("roll", "", roll(func(*rollFacts) {})),
		one("roll", "begun", roll(func(f *rollFacts) { f.Now = time.Unix(sampleAt+15*86400, 0) })),
		one("roll", "draft", roll(func(f *rollFacts) { f.Course.State, f.Rows, f.Taken = course.Draft, nil, course.Taken{} })),
		one("roll", "off-wrong", roll(func(f *rollFacts) { f.Why = wrong(fault.Field{Name: "sure", Key: "course.off_sure"}) })),
		one("edit", "", edit(func(*editFacts) {})),
		one("edit", "new", edit(func(f *editFacts) { f.ID = "" })),
		one("edit", "wrong", edit(func(f *editFacts) {
			f.Why = wrong(fault.Field{Name: "sessions", Key: "course.session_unread"}, fault.Field{Name: "quotas", Key: "course.quotas_many"})
		})),
		one("add", "", desk(func(b web.Base) Page {
			return newAddPage(b, addFacts{Course: sampleCourse(), Batch: "06A1B2C3D4", At: course.Contact{Wait: true}})
		})),
		one("add", "wrong", desk(func(b web.Base) Page {
			return newAddPage(b, addFacts{Course: sampleCourse(), Batch: "06A1B2C3D4", Why: wrong(fault.Field{Name: "name-1", Key: "field.name_required"})})
		})),
		one("message", "", desk(func(b web.Base) Page {
			return newMessagePage(b, messageFacts{Course: sampleCourse(), ID: "06A1B2C3D4"})
		})),
		one("message", "wrong", desk(func(b web.Base) Page {
			return newMessagePage(b, messageFacts{Course: sampleCourse(), ID: "06A1B2C3D4", Why: wrong(fault.Field{Name: "text", Key: "course.text_missing"})})
		})),
	}
}

func sampleConfig() *catalog.Config {
	o := org.Organisation{ID: "vuorela", Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Bergstad", "en": "Town of Vuorela", "cs": "Město Vuorela"}, Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Country: "FI"}
	c := &catalog.Config{Org: o, Categories: []catalog.Category{{ID: "sport", Name: i18n.Text{"fi": "Liikunta", "sv": "Motion", "en": "Sport", "cs": "Sport"}}}}
	_ = c.Prepare() // it is sound
	return c
}

func sampleCourse() course.Course {
	c := course.Course{Org: "vuorela", ID: "uimakoulu", State: course.Published, Version: 3, Last: 9, ChangedAt: sampleAt, Details: course.Details{
		Kind: course.ACourse, Title: i18n.Text{"fi": "Lasten uimakoulu", "sv": "Simskola för barn", "en": "Swimming for children", "cs": "Plavání pro děti"},
		Summary: i18n.Text{"fi": "Kahdeksan kertaa altaassa.", "sv": "Åtta gånger i bassängen.", "en": "Eight times in the pool.", "cs": "Osmkrát v bazénu."},
		Body:    i18n.Text{"fi": "Ottakaa mukaan pyyhe.", "sv": "Ta med handduk.", "en": "Bring a towel.", "cs": "Vezměte si ručník."},
		Topic:   "sport", Place: "Uimahalli, Rantakatu 1", Lang: "fi", Price: i18n.Text{"fi": "40 €", "sv": "40 €", "en": "€40", "cs": "40 €"}, Contact: "050 123 4567", Places: 12, MinAge: 5, MaxAge: 17, Level: "substantial",
		Opens: sampleAt - 86400, CancelUntil: sampleAt + 12*86400, Hold: 15, Offer: 24, AtOnce: 3, Waiting: true,
		Quotas: []course.Quota{{ID: "alle-10", Name: i18n.Text{"fi": "alle 10-vuotiaat", "sv": "under 10 år", "en": "under 10 years of age", "cs": "do 10 let"}, Places: 6, MaxAge: 9}},
	}}
	for i := range int64(3) {
		start := sampleAt + 14*86400 + i*7*86400
		c.Sessions = append(c.Sessions, course.Session{Start: start, End: start + 2700})
	}
	return c
}

func sampleEvent() course.Course {
	return course.Course{Org: "vuorela", ID: "asukasilta", State: course.Published, Version: 1, ChangedAt: sampleAt, Details: course.Details{
		Kind: course.AnEvent, Title: i18n.Text{"fi": "Asukasilta", "sv": "Invånarkväll", "en": "Residents’ evening", "cs": "Setkání s obyvateli"}, Place: "Kaupungintalo", Places: 120, Level: "none",
		Sessions: []course.Session{{Start: sampleAt + 7*86400, End: sampleAt + 7*86400 + 5400}}, Opens: sampleAt - 86400, Hold: 15, Offer: 24, AtOnce: 5,
	}}
}

func sampleView(s course.Status) course.View {
	v := course.View{Of: sampleCourse(), Enrolment: course.Enrolment{Org: "vuorela", ID: "06A1B2C3D4", Course: "uimakoulu", Status: s, Name: "Onni Meikäläinen", Number: 7, Email: "maija@example.org"}}
	switch s {
	case course.Waiting:
		v.Place = 3
	case course.Offered:
		v.Until = sampleAt + 86400
	}
	return v
}

func sampleRows() []course.Row {
	row := func(id, name string, n int64, s course.Status) course.Row {
		return course.Row{Enrolment: course.Enrolment{ID: ids.Enrolment(id), Course: "uimakoulu", Name: name, Number: n, Status: s, Email: "nimi@example.org", Phone: "+358457396800", Quota: "alle-10"}, Private: course.Private{Birth: "2019-05-05"}}
	}
	hidden := course.Row{Enrolment: course.Enrolment{ID: "e2", Name: "Turvakielto", Number: 2, Status: course.Attending}, Hidden: true}
	waits, offered := row("e4", "Erika Exempel", 4, course.Waiting), row("e3", "Jan Novák", 3, course.Offered)
	waits.Place, offered.Until = 1, sampleAt+86400
	note := row("e1", "Onni Meikäläinen", 1, course.Attending)
	note.Note, note.Mark = "Pähkinäallergia", course.Came
	return []course.Row{note, hidden, offered, waits, row("e5", "Jane Doe", 5, course.Cancelled)}
}
