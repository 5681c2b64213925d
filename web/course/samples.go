package course

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/domain/org"
	"luukku/web"
)

// sampleAt is when the samples are looked at: Friday 20 November 2026 at 12:02 UTC.
const sampleAt = 1795176120

// Samples returns every page of this door in every state.
func Samples() []web.Sample {
	return slices.Concat(findSamples(), enrolSamples(), mineSamples(), deskSamples())
}

// sample is a page in a state.
func sample(page, state string, show func(b web.Base) Page) web.Sample {
	return web.Sample{Page: "course/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
		b.Org = "vuorela"
		return ShowCourse(show(b))
	}}
}

// wrongSample is what is wrong with a form.
func wrongSample(fields ...fault.Field) error { return fault.Invalid("form.invalid", nil, fields...) }

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
