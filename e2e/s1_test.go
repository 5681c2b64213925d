package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/e2e/client"
)

// Free; no sign-in: from the front page to the confirmation by links and buttons alone, with a name and nothing else.
func TestS1_1_BookWithoutSignIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for _, l := range languages() {
			o := notary(l)
			c := h.person(t)
			pages := []*client.Page{c.Get("/" + string(l) + "/register-office/").MustStatus(http.StatusOK)}
			step := func(p *client.Page) *client.Page {
				if p.Status != http.StatusOK || len(p.All("input[type=password]")) > 0 {
					t.Fatalf("%s: want a page that asks for no password: %s", l, p)
				}
				pages = append(pages, p)
				return p
			}
			p := step(pages[0].Click(say(l, "front.book")))
			p = step(p.Click(h.service(t, o.org, o.service).Name.In(l)))
			p = step(p.Click(say(l, "service.book")))
			p = step(p.Click(say(l, "places.choose", "place", h.placeName(t, o))))
			start := times(p)[0]
			p = step(press(t, p, start))
			p = step(o.fill(p))
			p.MustText(o.name, say(l, "check.not_yet"))
			p = step(o.save(p))
			day, clock := h.inWords(t, o, start)
			p.MustText(codeOn(t, l, p), h.placeName(t, o), h.service(t, o.org, o.service).Name.In(l), day, clock)
			for _, p := range pages {
				if row, _ := i18n.Lookup(string(l)); p.Lang() != row.BCP47 {
					t.Errorf("%s: %s is in %s", l, p.Path(), p.Lang())
				}
			}
		}
	})
}

// Only after the service come the offices, and only those that offer it.
func TestS1_1_OnlyOfficesThatOfferTheService(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	cfg := h.config(t, registerOffice)
	c := h.person(t)
	some := false
	for _, s := range cfg.Services {
		p := c.Get("/en/register-office/services/" + string(s.ID) + "/offices").MustStatus(http.StatusOK)
		for _, office := range cfg.Offices {
			offered := false
			for _, of := range cfg.Offers {
				offered = offered || of.Service == s.ID && of.Office == office.ID
			}
			some = some || !offered
			shown := false
			for _, a := range p.All("main a") {
				shown = shown || strings.Contains(a.Attr("href"), "/book/"+string(s.ID)+"/"+string(office.ID))
			}
			if shown != offered {
				t.Errorf("%s: got %s shown: %v, want %v", s.ID, office.ID, shown, offered)
			}
			if !offered {
				c.Get("/en/register-office/book/" + string(s.ID) + "/" + string(office.ID)).MustStatus(http.StatusNotFound)
			}
		}
	}
	if !some {
		t.Error("every office offers every service: the demo does not show that not all do")
	}
}

// Each service has a page of instructions: what it is about, what to bring.
func TestS1_2_MoreInstructions(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	for _, l := range languages() {
		c := h.person(t)
		for _, s := range h.config(t, registerOffice).Services {
			p := c.Get("/" + string(l) + "/register-office/services").Click(s.Name.In(l)).MustStatus(http.StatusOK)
			if got, want := p.H1(), s.Name.In(l); got != want {
				t.Errorf("%s: got heading %q, want %q", s.ID, got, want)
			}
			bring := s.Bring.In(l)
			if len(bring) == 0 {
				t.Errorf("%s in %s: nothing is said of what to bring", s.ID, l)
			}
			for _, item := range bring {
				if !p.HasText(item) {
					t.Errorf("%s in %s: the page does not say to bring %q", s.ID, l, item)
				}
			}
			first, _, _ := strings.Cut(strings.TrimSpace(s.Description.In(l)), "\n")
			if first == "" || !p.HasText(first) {
				t.Errorf("%s in %s: the page does not tell what it is about: %q", s.ID, l, first)
			}
		}
	}
}

// Calendars of several offices are opened freely; nothing is taken by looking; a booking concerns one office, and details go along to another.
func TestS1_3_SeveralCalendarsOneBooking(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := order{lang: "en", org: registerOffice, service: "notary", office: "vantaa", name: "Jane Doe", email: "jane.doe@example.org", note: "A hearing loop"}
		c := h.person(t)
		p := c.Get(o.url("services", o.service, "offices"))
		for _, office := range []string{"helsinki-albertinkatu", "espoo", "vantaa"} {
			name := h.placeName(t, order{lang: "en", org: o.org, office: office})
			calendar := p.Click(say("en", "places.choose", "place", name)).MustStatus(http.StatusOK).MustText(name)
			p = calendar.Click(say("en", "ui.back")).MustStatus(http.StatusOK)
		}
		details, here := o.pick(t, c, 0)
		check := o.fill(details).MustText("Vantaa")
		// Another office after all: what was typed is kept, and the next page is the check again.
		p = check.Click(say("en", "ui.change") + " " + say("en", "common.place"))
		p = p.Click(say("en", "places.choose", "place", "Espoo")).MustStatus(http.StatusOK)
		there := times(p)[3]
		p = press(t, p, there).MustText("Espoo", o.name, o.email, o.note)
		codeOn(t, "en", o.save(p))
		elsewhere := o
		elsewhere.office = "espoo"
		if elsewhere.isFree(h.person(t), there) || !o.isFree(h.person(t), here) {
			t.Errorf("want the booking at Espoo alone: the time there is free %v, that at Vantaa %v", elsewhere.isFree(c, there), o.isFree(c, here))
		}
	})
}

// The calendar shows free times alone, week by week; what is not free cannot be pressed, nor sent.
func TestS1_4_WeekCalendarFreeTimesOnly(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := notary("en")
		c := h.person(t)
		first := c.Get(o.calendar())
		if times(first)[0] != first.Find("ul button[name=slot]").Attr("value") {
			t.Errorf("the first of the first free times is not the first of the calendar: %s", first)
		}
		_, _, taken := o.book(t, c, 0)
		after := h.person(t).Get(o.calendar())
		if slices.Contains(times(after), taken) {
			t.Errorf("%s is booked and still offered", taken)
		}
		if len(times(after)) >= len(times(first)) {
			t.Errorf("got %d free times after booking one of %d", len(times(after)), len(times(first)))
		}
		sent := after.Form(say("en", "pick.first")).Force("slot", taken).Submit("")
		if sent.Status != http.StatusConflict || !sent.HasText("was just taken") {
			t.Errorf("a time that is not free was sent: want 409 and why: %s", sent)
		}
		// A week by the list, the next one by its link, Christmas closed, and never a time outside of the week.
		week := after.Form(say("en", "ui.week.show")).Set(say("en", "ui.week.label"), "2026-W51").Submit("").MustStatus(http.StatusOK)
		next := week.Follow(week.Find("a[rel=next]").Attr("href")).MustStatus(http.StatusOK)
		for _, v := range times(next) {
			if v < "2026-12-21" || v >= "2026-12-24" {
				t.Errorf("week 52 offers %s, want times from Monday to Wednesday alone: the rest is Christmas", v)
			}
		}
		next.MustText("Closed")
		if len(times(week)) == 0 || len(times(next)) == 0 {
			t.Error("want free times in weeks 51 and 52")
		}
	})
}

// Whoever saves first has the time. The other is told plainly, keeps what was typed, sees the nearest times, and books one of them.
func TestS1_5_FirstToSaveGetsTheTime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, l := range languages() {
			o := notary(l)
			o.email, o.phone, o.note = "matti."+string(l)+"@example.org", fmt.Sprintf("040 123 456%d", i), "Kuulosilmukka"
			quick, slow := h.person(t), h.person(t)
			theirs, start := o.pick(t, slow, i)
			check := o.fill(theirs)
			rival := notary("en")
			p, same := rival.pick(t, quick, i)
			if same != start {
				t.Fatalf("%s: a time that is only being filled in is held: got %s, want %s", l, same, start)
			}
			codeOn(t, "en", rival.save(rival.fill(p)))

			lost := o.save(check)
			if lost.Status != http.StatusConflict {
				t.Fatalf("%s: want 409: %s", l, lost)
			}
			day, clock := h.inWords(t, o, start)
			if got := lost.Find("[data-error-summary]").Text(); !strings.Contains(got, clock) {
				t.Errorf("%s: got %q, want it said that %s %s was taken", l, got, day, clock)
			}
			lost.MustText(say(l, "pick.kept"))
			if slices.Contains(times(lost), start) || len(times(lost)) == 0 {
				t.Errorf("%s: got the times %q, want others than %s", l, times(lost), start)
			}
			again := press(t, lost, times(lost)[1]).MustStatus(http.StatusOK)
			again.MustText(o.name, o.email, o.note)
			if again.H1() != say(l, "check.title") {
				t.Errorf("%s: got %q, want the check at once: everything is filled in", l, again.H1())
			}
			codeOn(t, l, o.save(again))
		}
	})
}
