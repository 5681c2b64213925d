package e2e

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/e2e/client"
)

// atWork is the browser of somebody with a role at Vuorela.
func (h *house) atWork(t *testing.T, name string, g actor.Grant) *client.Client {
	t.Helper()
	c := h.person(t)
	for cookie, value := range h.cookies(t, caller{staff: h.member(t, name, g)}, g.Org, "") {
		if cookie == "luukku-staff" {
			c.SetCookie(&http.Cookie{Name: cookie, Value: value, Path: "/"})
		}
	}
	return c
}

func hoursPage(l i18n.Lang, parts ...string) string {
	return "/" + strings.Join(append([]string{string(l), "admin", string(vuorela), "hours", "kallio"}, parts...), "/")
}

// threeOn books three times of one day for three people, of whom the last gave no email address.
func (h *house) threeOn(t *testing.T, d org.Date) []booking.Appointment {
	t.Helper()
	sch, err := h.app.Booking.Schedule(t.Context(), vuorela, "passport-or-id", "kallio")
	if err != nil {
		t.Fatal(err)
	}
	free, err := h.app.Booking.Between(t.Context(), sch, d, d, "")
	if err != nil {
		t.Fatal(err)
	}
	var out []booking.Appointment
	for i, who := range []booking.Details{
		{Name: "Maija Meikäläinen", Email: "moved@example.org"}, {Name: "Erika Exempel", Email: "cancelled@example.org"}, {Name: "Jan Novák", Phone: "+358401234567"},
	} {
		who.Lang = "en"
		start := slices.Collect(free.Days[0].Free.All())[2*i].Start
		made, err := h.app.Booking.Book(t.Context(), actor.Visitor([]byte(who.Name), "192.0.2.1"), booking.BookRequest{
			Org: vuorela, Service: "passport-or-id", Office: "kallio", Start: start, Details: who, Key: h.app.Site.Gen.FormKey(),
		})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, made.Appointment)
	}
	return out
}

// An office is closed in one action. Before anything is saved the page lists whom it affects; one is moved, one is cancelled, and one who gave no email address
// is moved and called. Those who are told are told by mail; nobody can book the day any more. The same form again does nothing a second time.
func TestHours_CloseAnOfficeWithAllWhomItAffects(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		day := h.workday(t, 25)
		booked := h.threeOn(t, day)
		for i, to := range []string{"moved@example.org", "cancelled@example.org"} {
			if got := len(h.awaitMails(t, to, 1)); got != 1 {
				t.Fatalf("%d: got %d mails, want the confirmation", i, got)
			}
		}
		admin := h.atWork(t, "anna", actor.Grant{Role: actor.RoleOrgAdmin, Org: vuorela})
		y, m, d := day.YMD()
		p := admin.Get(hoursPage(l)).MustStatus(http.StatusOK).Click(say(l, "hours.close_title"))
		f := p.Form(say(l, "hours.to_check"))
		f.Force("first-day", strconv.Itoa(d)).Force("first-month", strconv.Itoa(int(m))).Force("first-year", strconv.Itoa(y)).Force("reason-en", "Water damage").Force("reason-fi", "Vesivahinko")
		p = f.Submit(say(l, "hours.to_check")).MustStatus(http.StatusOK).MustText(say(l, "hours.check_title"), "Water damage", "Maija Meikäläinen", "Erika Exempel", "Jan Novák", "+358401234567")
		if c := h.config(t, vuorela); len(c.Offices[0].Closures) != 0 && c.Offices[0].Closures[len(c.Offices[0].Closures)-1].From == day {
			t.Fatal("it was saved before anybody chose")
		}

		p = p.Click(say(l, "hours.all_keep"))
		f = p.Form(say(l, "hours.publish_and_tell"))
		f.Set("choice-"+string(booked[0].ID), "move").Set("choice-"+string(booked[1].ID), "cancel").Set("choice-"+string(booked[2].ID), "move")
		p = f.Submit(say(l, "hours.publish_and_tell")).MustStatus(http.StatusOK).MustText(say(l, "hours.saved"), say(l, "hours.calls"), "+358401234567")
		if p.HasText("moved@example.org") {
			t.Error("the page shows an email address, which nobody needs")
		}

		moved, cancelled, called := h.appointment(t, booked[0].ID), h.appointment(t, booked[1].ID), h.appointment(t, booked[2].ID)
		if moved.Start == booked[0].Start || called.Start == booked[2].Start || org.DateOf(time.Unix(moved.Start, 0).In(h.config(t, vuorela).Zone())) == day {
			t.Error("those who were to be moved have their old day")
		}
		if cancelled.Status != booking.Cancelled {
			t.Errorf("got %s, want cancelled", cancelled.Status)
		}
		mails := h.awaitMails(t, "moved@example.org", 2)
		if text := mails[1].Text; !strings.Contains(text, say(l, "mail.moved.lead_office")) {
			t.Errorf("the mail does not say that the office moved it: %s", text)
		}
		mails = h.awaitMails(t, "cancelled@example.org", 2)
		if text := mails[1].Text; !strings.Contains(text, say(l, "mail.cancelled.lead_office")) {
			t.Errorf("the mail does not say that the office cancelled it: %s", text)
		}
		week := passport(l).calendar() + "?week=" + day.ISOWeek().String()
		shown := h.person(t).Get(week).MustText("Water damage")
		for _, start := range times(shown) {
			if strings.HasPrefix(start, day.String()) {
				t.Errorf("%s can be booked on the closed day", start)
			}
		}

		// Again, by the back button: nothing happens twice.
		f.Submit(say(l, "hours.publish_and_tell")).MustStatus(http.StatusOK).MustText(say(l, "hours.saved"))
		if again := h.appointment(t, booked[0].ID); again.Sequence != moved.Sequence {
			t.Error("the appointment was moved twice")
		}
		admin.Get(hoursPage(l, "history")).MustText("anna", say(l, "hours.closed_on", "date", texts().Printer(l).LongDate(day.At(720, time.UTC))))
	})
}

// Two administrators: who comes second is told, sees their change on top of the other's, and publishes it then.
func TestHours_TwoAdministratorsNeverOverwriteEachOther(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("fi")
	anna, bertta := h.atWork(t, "anna", actor.Grant{Role: actor.RoleOrgAdmin, Org: vuorela}), h.atWork(t, "bertta", actor.Grant{Role: actor.RoleManager, Org: vuorela, Office: "kallio"})
	add := func(c *client.Client, days, from, to string) *client.Page {
		f := c.Get(hoursPage(l, "new")).MustStatus(http.StatusOK).Form(say(l, "hours.to_check"))
		f.Force("days", days).Force("from", from).Force("to", to)
		return f.Submit(say(l, "hours.to_check")).MustStatus(http.StatusOK).MustText(say(l, "hours.check_title"))
	}
	first, second := add(anna, "sat", "10", "14"), add(bertta, "sun", "12.00", "15.30")
	first.Click(say(l, "hours.publish")).MustStatus(http.StatusOK).MustText(say(l, "hours.saved"))
	told := second.Click(say(l, "hours.publish")).MustStatus(http.StatusConflict).MustText(say(l, "hours.meanwhile"), "12.00–15.30")
	told.Click(say(l, "hours.publish")).MustStatus(http.StatusOK).MustText(say(l, "hours.saved"))
	lines := ""
	for _, w := range h.config(t, vuorela).Offices[0].Hours {
		lines += w.String() + "; "
	}
	if !strings.Contains(lines, "sat 10:00-14:00") || !strings.Contains(lines, "sun 12:00-15:30") {
		t.Errorf("got %s, want both", lines)
	}
	// The manager of one office has no say over another.
	bertta.Get("/fi/admin/vuorela/hours/satama").MustStatus(http.StatusNotFound)
	if p := bertta.Get("/fi/admin/vuorela/hours").MustStatus(http.StatusOK); p.HasText("Satama") {
		t.Error("the manager of one office sees another's hours")
	}
}

// Every second week, and a weekday of the month: typed in the browser, and bookable on those days alone. What is wrong stays as it was typed.
func TestHours_SeriesOfSomeWeeksAndSingleDays(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	admin := h.atWork(t, "anna", actor.Grant{Role: actor.RoleOrgAdmin, Org: vuorela})
	saturday := h.workday(t, 5)
	for saturday.Weekday() != time.Saturday {
		saturday = saturday.Add(1)
	}
	y, m, d := saturday.YMD()
	f := admin.Get(hoursPage(l, "new")).Form(say(l, "hours.to_check"))
	f.Force("days", "sat").Force("from", "10").Force("to", "9").Force("repeat", "weeks").Force("every", "two")
	f.Force("valid-from-day", strconv.Itoa(d)).Force("valid-from-month", strconv.Itoa(int(m))).Force("valid-from-year", strconv.Itoa(y))
	p := f.Submit(say(l, "hours.to_check")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "hours.ends_before"), say(l, "hours.every_wrong"))
	if got := p.Form(say(l, "hours.to_check")).Value("every"); got != "two" {
		t.Errorf("got %q, want what was typed", got)
	}
	f = p.Form(say(l, "hours.to_check")).Force("to", "12").Force("every", "2")
	f.Submit(say(l, "hours.to_check")).MustStatus(http.StatusOK).MustText("every 2 weeks").Click(say(l, "hours.publish")).MustStatus(http.StatusOK)
	for i, want := range []bool{true, false, true} {
		week := saturday.Add(7 * i).ISOWeek()
		got := false
		for _, start := range times(h.person(t).Get(passport(l).calendar() + "?week=" + week.String())) {
			got = got || strings.HasPrefix(start, saturday.Add(7*i).String())
		}
		if got != want {
			t.Errorf("week %d: bookable %t, want %t", i, got, want)
		}
	}

	// One day of it with other hours; the series then changes as a whole, and the day stays.
	day := admin.Get(hoursPage(l, "day") + "?date=" + saturday.String()).MustStatus(http.StatusOK)
	day.Form(say(l, "hours.to_check")).Force("from-1", "11").Force("to-1", "12").Submit(say(l, "hours.to_check")).Click(say(l, "hours.publish")).MustStatus(http.StatusOK)
	h.person(t).Get("/en/vuorela/offices/kallio").MustText(texts().Printer(l).Day(saturday.At(720, time.UTC)), "11:00–12:00")
	line := "sat 10:00-12:00 every 2 weeks from " + saturday.String()
	series := admin.Get(hoursPage(l, "series") + "?line=" + strings.ReplaceAll(line, " ", "+")).MustStatus(http.StatusOK)
	series.Form(say(l, "hours.to_check")).Force("scope", "series").Force("from", "8").Submit(say(l, "hours.to_check")).Click(say(l, "hours.publish")).MustStatus(http.StatusOK)
	office := h.config(t, vuorela).Offices[0]
	if got := office.Exceptions; len(got) != 1 || got[0].String() != saturday.String()+" 11:00-12:00" {
		t.Errorf("got exceptions %v, want the one of the day", got)
	}
	if !slices.ContainsFunc(office.Hours, func(w org.Weekly) bool { return w.From == 8*60 && w.Every == 2 }) {
		t.Errorf("got %v, want the series from eight", office.Hours)
	}
	admin.Get(hoursPage(l, "month") + "?month=" + saturday.String()[:7]).MustStatus(http.StatusOK).MustText(say(l, "hours.booked"))
}

// workday is a working day of Vuorela at least so many days ahead.
func (h *house) workday(t *testing.T, ahead int) org.Date {
	t.Helper()
	c := h.config(t, vuorela)
	office := c.Offices[0]
	for d := c.Today(h.app.Now()).Add(ahead); ; d = d.Add(1) {
		if wd := d.Weekday(); wd != time.Saturday && wd != time.Sunday && len(org.OpenSpans(c.Org, office, org.Unit{}, "", d, c.Zone())) > 0 {
			return d
		}
	}
}

func (h *house) appointment(t *testing.T, id ids.Appointment) booking.Appointment {
	t.Helper()
	a, err := h.app.Store.Appointment(t.Context(), vuorela, id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Who wants to be served in a language gets times of those who speak it alone, and a professional can be asked for by name. Where it makes no difference, nobody
// is asked. The choice goes along to the booking.
func TestHours_LanguageOfServiceAndWithWhom(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	o := passport("en")
	if p := h.person(t).Get(o.calendar()); p.HasText(say("en", "pick.with")) || p.HasText(say("en", "pick.any_language")) {
		t.Error("a choice is offered where it makes no difference")
	}
	doc, problems := blueprint.Parse([]byte(`format = 1
[[organisations.vuorela.offices.kallio.units]]
id = "counter-1"
name = { fi = "Tiski 1", sv = "Disk 1", en = "Counter 1", cs = "Přepážka 1" }
languages = ["fi"]
services = ["passport-or-id"]
[[organisations.vuorela.offices.kallio.units]]
id = "counter-2"
name = { fi = "Tiski 2", sv = "Disk 2", en = "Counter 2", cs = "Přepážka 2" }
languages = ["fi", "en"]
services = ["passport-or-id", "parking-permit"]
[[organisations.vuorela.offices.kallio.units]]
id = "counter-3"
name = { fi = "Erikoisvirkailija", sv = "Specialhandläggare", en = "Specialist", cs = "Specialista" }
kind = "professional"
languages = ["sv"]
services = ["passport-or-id", "digital-help"]
[[organisations.vuorela.offices.kallio.units]]
id = "family-room"
name = { fi = "Perhehuone", sv = "Familjerum", en = "Family room", cs = "Rodinná místnost" }
services = ["day-care-guidance", "debt-counselling"]
hours = ["mon-thu 09:00-16:00"]
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if _, err := h.app.Blueprints.Apply(t.Context(), actor.System("test"), doc, blueprint.Options{}); err != nil {
		t.Fatal(err)
	}
	c := h.person(t)
	english := c.Get(o.calendar()).Click(capitalised(say("en", "common.languages.en"))).MustStatus(http.StatusOK)
	if c.Get(o.calendar()).HasLink(capitalised(say("en", "common.languages.cs"))) {
		t.Error("a language is offered that nobody speaks")
	}
	for i, want := range []ids.Unit{"kallio-counter-2", "kallio-counter-3"} {
		p, who := english, o
		if i == 1 {
			p, who.email = c.Get(o.calendar()).Click("Specialist").MustStatus(http.StatusOK), "with@example.org"
		}
		free := times(p)
		details := press(t, p, free[len(free)-1]).MustStatus(http.StatusOK)
		check := who.fill(details)
		if i == 1 {
			check.MustText(say("en", "pick.with"), "Specialist")
		}
		done := who.save(check).MustStatus(http.StatusOK)
		codeOn(t, "en", done)
		list, err := h.app.Store.AppointmentsAt(t.Context(), vuorela, "kallio", moment(t, free[len(free)-1]).Unix(), moment(t, free[len(free)-1]).Unix()+1, 10)
		if err != nil || !slices.ContainsFunc(list, func(a booking.Listed) bool { return a.Unit == want }) {
			t.Errorf("got %+v, %v, want one at %s", list, err, want)
		}
		c = h.person(t)
	}
	// The other times of that week are not those of somebody who does not speak it.
	for _, start := range times(english) {
		list, err := h.app.Store.AppointmentsAt(t.Context(), vuorela, "kallio", moment(t, start).Unix(), moment(t, start).Unix()+1, 10)
		if err != nil || slices.ContainsFunc(list, func(a booking.Listed) bool {
			return a.Unit == "kallio-counter-2" && a.Status == booking.Booked && a.Start == moment(t, start).Unix()
		}) &&
			start != times(english)[len(times(english))-1] {
			t.Errorf("%s is offered in English, %v, but the only counter that speaks it is taken", start, err)
		}
	}
}

func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
