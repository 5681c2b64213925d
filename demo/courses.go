package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"luukku/app"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/course"
	"luukku/domain/org"
)

// coursed are the organisations that have courses, in their order: those of them that there are.
var coursed = []ids.Org{town, "kaupunki"}

// given is a course of the demo: in how many days it begins, at which time, how often it meets a week later each, and how many have enrolled.
type given struct {
	id       ids.Course
	in       int
	at       org.Minute
	minutes  int64
	times    int
	enrolled int
	course.Details
}

// courses are those of the demo: one with places for children of some years, one that is full with a waiting list, an event to which one comes without signing in, and one on which enrolment
// opens in a week.
var courses = []given{
	{"uimakoulu", 21, 17 * 60, 45, 8, 7, course.Details{
		Kind: course.ACourse, Title: i18n.Text{"fi": "Lasten uimakoulu", "sv": "Simskola för barn", "en": "Swimming for children", "cs": "Plavání pro děti"},
		Summary: i18n.Text{"fi": "Kahdeksan kertaa altaassa: veteen totuttelusta uintiin.", "sv": "Åtta gånger i bassängen: från vattenvana till simning.", "en": "Eight times in the pool: from getting used to the water to swimming.", "cs": "Osmkrát v bazénu: od seznámení s vodou k plavání."},
		Body:    i18n.Text{"fi": "Ottakaa mukaan uimapuku ja pyyhe. Huoltaja odottaa kahviossa.", "sv": "Ta med baddräkt och handduk. Vårdnadshavaren väntar i kaféet.", "en": "Bring a swimsuit and a towel. Guardians wait in the café.", "cs": "Vezměte si plavky a ručník. Doprovod čeká v kavárně."},
		Place:   "Uimahalli, Rantakatu 1", Lang: "fi", Price: i18n.Text{"fi": "40 € koko kurssi", "sv": "40 € för hela kursen", "en": "€40 for the whole course", "cs": "40 € za celý kurz"}, Contact: "050 123 4567",
		Places: 12, MinAge: 5, MaxAge: 17, Level: "substantial", AtOnce: 3, Waiting: true, Hold: 15, Offer: 24,
		Quotas: []course.Quota{{ID: "alle-10", Name: i18n.Text{"fi": "alle 10-vuotiaat", "sv": "under 10 år", "en": "under 10 years of age", "cs": "do 10 let"}, Places: 6, MaxAge: 9}},
	}},
	{"savi-ilta", 9, 18 * 60, 120, 1, 8, course.Details{
		Kind: course.ACourse, Title: i18n.Text{"fi": "Savipaja aikuisille", "sv": "Keramik för vuxna", "en": "Pottery for adults", "cs": "Keramika pro dospělé"},
		Summary: i18n.Text{"fi": "Yksi ilta, yksi kulho. Aiempaa kokemusta ei tarvita.", "sv": "En kväll, en skål. Ingen erfarenhet behövs.", "en": "One evening, one bowl. No experience is needed.", "cs": "Jeden večer, jedna miska. Zkušenosti nejsou třeba."},
		Place:   "Kulttuuritalo, Puistotie 5", Lang: "fi", Price: i18n.Text{"fi": "15 €", "sv": "15 €", "en": "€15", "cs": "15 €"}, Places: 6, MinAge: 18, Level: "none", AtOnce: 2, Waiting: true, Hold: 10, Offer: 12,
	}},
	{"asukasilta", 14, 18 * 60, 90, 1, 3, course.Details{
		Kind: course.AnEvent, Title: i18n.Text{"fi": "Asukasilta: keskustan kaava", "sv": "Invånarkväll: detaljplanen för centrum", "en": "Residents’ evening: the plan for the centre", "cs": "Setkání s obyvateli: plán centra"},
		Summary: i18n.Text{"fi": "Kaavoittaja kertoo, asukkaat kysyvät. Tulkkaus ruotsiksi.", "sv": "Planläggaren berättar, invånarna frågar. Tolkas till svenska.", "en": "The planner explains, residents ask. Interpreted into Swedish.", "cs": "Plánovač vysvětluje, obyvatelé se ptají. Tlumočí se do švédštiny."},
		Place:   "Kaupungintalo, valtuustosali", Places: 120, Level: "none", AtOnce: 5, Waiting: false, Hold: 15, Offer: 24,
	}},
	{"ensiapu", 40, 9 * 60, 420, 1, 0, course.Details{
		Kind: course.ACourse, Title: i18n.Text{"fi": "Ensiapukurssi yhdistyksille", "sv": "Första hjälpen för föreningar", "en": "First aid for associations", "cs": "První pomoc pro spolky"},
		Summary: i18n.Text{"fi": "Päivän kurssi. Yhdistys voi ilmoittaa väkensä kerralla.", "sv": "En dags kurs. En förening kan anmäla sina medlemmar på en gång.", "en": "A day’s course. An association can enrol its people in one go.", "cs": "Jednodenní kurz. Spolek může přihlásit své lidi najednou."},
		Place:   "Paloasema, Asemakatu 2", Lang: "fi", Places: 16, MinAge: 15, Level: "low", AtOnce: 10, Waiting: true, Hold: 20, Offer: 48,
	}},
}

// fillCourses makes the courses of the demo, and has some people enrol.
func fillCourses(ctx context.Context, a *app.App, progress func(string)) error {
	for _, o := range coursed {
		cfg, err := a.Store.Config(ctx, o)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		for _, g := range courses {
			if err := fillCourse(ctx, a, o, cfg.Zone(), g); err != nil {
				return fmt.Errorf("course %s of %s: %w", g.id, o, err)
			}
		}
		progress(fmt.Sprintf("courses of %s: %d", o, len(courses)))
	}
	return nil
}

func fillCourse(ctx context.Context, a *app.App, o ids.Org, zone *time.Location, g given) error {
	system := actor.System("demo")
	d, now := g.Details, a.Now()
	today := org.DateOf(now.In(zone))
	for i := range g.times {
		start := today.Add(g.in+7*i).At(g.at, zone).Unix()
		d.Sessions = append(d.Sessions, course.Session{Start: start, End: start + g.minutes*60})
	}
	d.Opens = now.Unix() - 3*24*60*60
	if g.enrolled == 0 {
		d.Opens = today.Add(7).At(8*60, zone).Unix()
	}
	d.CancelUntil = today.Add(g.in-2).At(16*60, zone).Unix()
	if err := a.Courses.Create(ctx, system, o, g.id, d); err != nil {
		return err
	}
	if err := a.Courses.Publish(ctx, system, o, g.id, 1); err != nil {
		return err
	}
	for n := range g.enrolled {
		p := course.Named{Name: specimens[n%len(specimens)], Birth: birth(today, d, n)}
		r := course.BeginRequest{Org: o, Course: g.id, Batch: ids.Draft(a.Courses.Gen.Draft()), Lang: []i18n.Lang{"fi", "sv", "en", "cs"}[n%4], People: []course.Named{p}}
		if _, err := a.Courses.Enrol(ctx, system, r, course.Contact{Email: fmt.Sprintf("osallistuja%d@luukku.example", n+1), Wait: true}); err != nil {
			return err
		}
	}
	return nil
}

// birth is a day on which somebody was born who may come.
func birth(today org.Date, d course.Details, n int) string {
	if !d.NeedsBirth() {
		return ""
	}
	y, _, _ := today.YMD()
	ages := []int{d.MinAge + 1 + n%8, d.MinAge + 2}
	age := ages[0]
	if d.MaxAge > 0 && age >= d.MaxAge {
		age = slices.Min(ages)
	}
	return fmt.Sprintf("%04d-%02d-%02d", y-age-1, 1+n%12, 10)
}
