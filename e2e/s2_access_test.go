package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/e2e/client"
)

// accessOpened is the page of somebody's access at the desk, found by the identity code.
func accessOpened(t *testing.T, c *client.Client, l i18n.Lang, o order, code string) *client.Page {
	t.Helper()
	p := c.Get(deskAt(l, o.org, "access")).MustStatus(http.StatusOK)
	return p.Form(say(l, "access.open_key")).Set("identifier", code).Submit(say(l, "access.open_key")).MustStatus(http.StatusOK)
}

// A service that opens after a contact is had by nobody before, on no way to it; then by whom the office opened it, from the first second to the last, and not a second
// longer, whatever they had begun. They are told at each turn, and never of what.
func TestS2_7_AServiceOpensAfterAContact(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, email = i18n.Lang("en"), "maija@example.org"
		o := notary(l)
		h.stopAt(begin)
		first := h.person(t).Get(o.calendar()).MustStatus(http.StatusOK)
		start := times(first)[0]
		h.setPolicy(t, o, `needs_access = true, notice = "0m", hold = "15m"`)
		page := o.url("services", o.service)
		zone := h.config(t, o.org).Zone()
		phone := h.config(t, o.org).Org.Phone

		// Whoever comes reads that a contact comes first, and how; no way leads on, by page, form or program.
		stranger := h.person(t)
		p := stranger.Get(page).MustStatus(http.StatusOK).MustText(say(l, "access.first_title"), say(l, "access.first"), phone)
		if p.HasLink(say(l, "service.book")) {
			t.Errorf("the page leads on: %s", p)
		}
		if p = stranger.Get(o.calendar()); p.H1() != say(l, "sign_in.title") {
			t.Errorf("a stranger gets to the calendar: %s", p)
		}
		if p = press(t, first, start); p.H1() == say(l, "details.title") {
			t.Errorf("a stranger picked a time: %s", p)
		}
		api := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
		ask := `{"service":"` + o.service + `","office":"` + o.office + `","start":"` + start + `"}`
		if p = stranger.Raw("POST", "/api/v1/organisations/"+string(o.org)+"/holds", api, ask); p.Status != http.StatusUnauthorized {
			t.Errorf("a program holds a time for a stranger: %s", p)
		}
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", email, false)
		c.Get(page).MustText(say(l, "access.contact_first"), phone)
		c.Get(o.calendar()).MustStatus(http.StatusForbidden).MustText(say(l, "access.contact_first"))
		c.Get(o.url("services", o.service, "offices")).MustStatus(http.StatusForbidden)

		// The office opens it until tomorrow. She hears that there is something new, and nothing else; her folder says what.
		desk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		p = accessOpened(t, desk, l, o, codeOfMaija).MustText("Maija Meikäläinen", say(l, "access.nothing"))
		stale := desk.Get(deskAt(l, o.org, "access", "of"))
		save := func(p *client.Page, until, why string) *client.Page {
			return p.Form(say(l, "desk.save_key")).Set("until", until).Set("why", why).Submit(say(l, "desk.save_key"))
		}
		save(p, "2026-11-22", "").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "access.until_before"), say(l, "access.why_required"))
		save(p, "2026-11-24", "She called, and a home visit was agreed.").MustStatus(http.StatusOK).MustText(say(l, "access.done_granted"), "a home visit", "clerk")
		save(stale, "2027-11-24", "Again.").MustStatus(http.StatusConflict).MustText(say(l, "access.changed"))
		told := h.awaitMails(t, email, 2)
		for _, m := range told {
			if service := h.serviceName(t, o); strings.Contains(m.Text, service) || strings.Contains(m.Subject, service) || strings.Contains(m.Text, "home visit") {
				t.Errorf("the mail says what it is about: %+v", m)
			}
		}
		c.Get(my(l)).MustText(say(l, "folder.part.opened"), h.serviceName(t, o), say(l, "folder.state.access_open"))

		// The button is there, and she books. What is begun in the last second ends in it.
		c.Get(page).MustText(strings.SplitN(say(l, "access.open_until", "time", "|"), "|", 2)[0]).Link(say(l, "service.book"))
		code, _ := o.bookSigned(t, c, "2026-W49")
		if code == "" {
			t.Fatal("no code")
		}
		begun := c.Get(o.calendar() + "?week=2026-W49").MustStatus(http.StatusOK)
		draft := press(t, begun, times(begun)[1])
		check := draft.Form("details").Submit(say(l, "common.continue")).MustStatus(http.StatusOK)
		last := time.Date(2026, 11, 24, 23, 59, 59, 0, zone)
		h.stopAt(last)
		later := h.person(t)
		identify(t, l, later.Get(my(l)), "bank", "Maija Meikäläinen")
		later.Get(o.calendar()).MustStatus(http.StatusOK)
		h.stopAt(last.Add(time.Second))
		later.Get(o.calendar()).MustStatus(http.StatusForbidden).MustText(say(l, "access.over"))
		later.Get(page).MustText(say(l, "access.over"))
		later.Get(my(l)).MustText(say(l, "folder.state.access_over"))
		_ = check

		// Prolonged, it is open at once; withdrawn, it is closed at the next click. What was booked stays hers.
		desk = h.clerk(t, "second", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		p = accessOpened(t, desk, l, o, codeOfMaija)
		save(p, "2026-12-31", "The visit takes longer.").MustStatus(http.StatusOK)
		h.awaitMails(t, email, 4) // what has changed again before it is told is not told
		later.Get(o.calendar()).MustStatus(http.StatusOK)
		held := later.Get(o.calendar() + "?week=2026-W50").MustStatus(http.StatusOK)
		draft = press(t, held, times(held)[0])
		check = draft.Form("details").Submit(say(l, "common.continue")).MustStatus(http.StatusOK)
		p = desk.Get(deskAt(l, o.org, "access", "of"))
		p.Form(say(l, "access.withdraw")).Set("why", "It was a mistake.").Submit(say(l, "access.withdraw")).MustStatus(http.StatusOK).MustText(say(l, "access.done_withdrawn"))
		o.save(check).MustStatus(http.StatusForbidden).MustText(say(l, "access.withdrawn"))
		later.Get(my(l)).MustText(say(l, "folder.state.access_withdrawn"), say(l, "folder.state.booked"))
		h.awaitMails(t, email, 5)

		// A week before the end she is told that something ends; not in the second before.
		p = desk.Get(deskAt(l, o.org, "access", "of"))
		save(p, "2026-12-31", "She called again.").MustStatus(http.StatusOK)
		h.awaitMails(t, email, 6)
		warn := time.Date(2026, 12, 24, 23, 59, 59, 0, zone)
		h.stopAt(warn.Add(-time.Second))
		time.Sleep(2 * time.Second)
		h.awaitMails(t, email, 6)
		h.stopAt(warn)
		if m := h.awaitMails(t, email, 7); !strings.Contains(m[0].Subject+m[6].Subject, say(l, "access.ends_subject")) {
			t.Errorf("want a mail that something ends, got %+v", m)
		}
	})
}

// A service for companies is booked by who acts for one, by a mandate, and lies in the company's folder for all who act for it, with who did it; it may ask for a
// contact, too, and then it is the company to which it is opened.
func TestS2_6_AServiceForCompanies(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := notary(l)
		h.stopAt(begin)
		h.setPolicy(t, o, `for_company = true, needs_access = true`)
		c := h.person(t)
		h.person(t).Get(o.url("services", o.service)).MustText(say(l, "access.first_company"))
		h.settle(t, c, l, "bank", "Veikko Mallikas", "veikko@example.org", true)
		c.Get(o.calendar()).MustStatus(http.StatusForbidden).MustText(say(l, "access.company_only"))
		const company, number = village, villageNumber
		actFor(t, c, l, company)
		c.Get(o.calendar()).MustStatus(http.StatusForbidden).MustText(say(l, "access.contact_first"))

		desk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		p := desk.Get(deskAt(l, o.org, "access")).MustStatus(http.StatusOK)
		p = p.Form(say(l, "access.open_key")).Set("number", number).Submit(say(l, "access.open_key")).MustStatus(http.StatusOK).MustText(company)
		p.Form(say(l, "desk.save_key")).Set("why", "The chair came by.").Submit(say(l, "desk.save_key")).MustStatus(http.StatusOK).MustText(say(l, "access.done_granted"))

		o.name, o.email = "Veikko Mallikas", "veikko@example.org"
		_, start := o.pick(t, c, 3)
		p = press(t, c.Get(o.calendar()), start)
		code := codeOn(t, l, o.save(o.fill(p)).MustStatus(http.StatusOK))
		c.Get(my(l)).MustText(company, say(l, "folder.state.booked"), h.serviceName(t, o), say(l, "folder.made_by", "name", "Veikko Mallikas"))
		if m := h.awaitMails(t, o.email, 2); len(m) == 0 || code == "" {
			t.Errorf("nobody was told")
		}
		actFor(t, c, l, say(l, "acting.myself", "name", "Veikko Mallikas"))
		if p := c.Get(my(l)); p.HasText(h.serviceName(t, o)) {
			t.Errorf("what is the company's lies in his own folder: %s", p)
		}
	})
}

// Everything of a folder is in one order of time: found by its kind, its office, its words and its days, and given out as a table and for programs. What is somebody
// else's is not in it.
func TestS2_3_EverythingInOrderOfTime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := notary(l)
		h.stopAt(begin)
		c, other := h.person(t), h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		h.settle(t, other, l, "bank", "Veikko Mallikas", "veikko@example.org", true)
		o.bookSigned(t, c, "2026-W49")
		service := h.serviceName(t, o)
		desk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		accessOpened(t, desk, l, o, codeOfMaija)

		c.Get(my(l)).Click(say(l, "folder.timeline")).MustStatus(http.StatusOK).MustText(service, say(l, "folder.timeline_coming"), say(l, "folder.part.looked"))
		ask := func(field, value string) *client.Page {
			t.Helper()
			f := c.Get(my(l, "timeline")).Form(say(l, "folder.timeline_show"))
			return f.Set(field, value).Submit(say(l, "folder.timeline_show"))
		}
		for _, x := range []struct {
			field, value string
			found        bool
		}{
			{"part", "booked", true}, {"part", "looked", false}, {"of", string(o.org), true}, {"when", "coming", true}, {"when", "past", false},
			{"words", strings.ToUpper(service), true}, {"words", "qwertzuiop", false}, {"first", "2026-11-30", true}, {"first", "2027-11-30", false}, {"until", "2026-11-29", false}, {"until", "2026-12-06", true},
		} {
			p := ask(x.field, x.value).MustStatus(http.StatusOK)
			got := false
			for _, e := range p.All("main li") {
				got = got || strings.Contains(e.Text(), service)
			}
			if got != x.found {
				t.Errorf("%s %s: found %v, want %v: %s", x.field, x.value, got, x.found, p)
			}
			if strings.Contains(p.Path(), x.value) {
				t.Errorf("what was looked for is in the address: %s", p.Path())
			}
		}
		ask("first", "soon").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.date"))

		p := c.Get(my(l, "timeline"))
		if got := p.Form(say(l, "folder.timeline_show")).Submit(say(l, "folder.timeline_csv")); !strings.HasPrefix(string(got.Body), "kind,organisation,what,at") || !strings.Contains(string(got.Body), service) {
			t.Errorf("the table: %s", got.Body)
		}
		if got := p.Form(say(l, "folder.timeline_show")).Submit(say(l, "folder.timeline_json")); !strings.Contains(string(got.Body), `"what": "`+service) {
			t.Errorf("for programs: %s", got.Body)
		}
		if p := other.Get(my(l, "timeline")).MustStatus(http.StatusOK); strings.Contains(p.Text(), service) {
			t.Errorf("what is another's is in the timeline: %s", p)
		}
	})
}

// serviceName is what the service of an order is called.
func (h *house) serviceName(t *testing.T, o order) string {
	t.Helper()
	c := h.config(t, o.org)
	for _, s := range c.Services {
		if string(s.ID) == o.service {
			return s.Name.In(o.lang)
		}
	}
	t.Fatalf("there is no service %s", o.service)
	return ""
}
