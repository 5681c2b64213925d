package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/e2e/client"
)

// The summary has a code, what to bring, and a page to print; a calendar file; and the code is mailed when an address was given.
func TestS1_6_SummaryCodePrintAndMail(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, l := range languages() {
			o := notary(l)
			o.email = "maija." + string(l) + "@example.org"
			c := h.person(t)
			done, code, start := o.book(t, c, i)
			day, clock := h.inWords(t, o, start)
			bring := h.service(t, o.org, o.service).Bring.In(l)
			done.MustText(bring...)
			for _, p := range []*client.Page{done, done.Click(say(l, "done.print")).MustStatus(http.StatusOK)} {
				p.MustText(code, day, clock, h.placeName(t, o), bring[0])
			}
			ics := done.Click(say(l, "done.calendar")).MustStatus(http.StatusOK)
			if got := ics.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/calendar") || !strings.Contains(string(ics.Body), "BEGIN:VEVENT") {
				t.Errorf("%s: got %s %q, want an event", l, got, ics.Body)
			}
			m := h.awaitMails(t, o.email, 1)[0]
			if m.Lang != l || !strings.Contains(m.Text, code) || !strings.Contains(m.HTML, code) || !strings.Contains(m.Text, clock) {
				t.Errorf("%s: got a mail in %s, want code %s and time %s in text and HTML: %s", l, m.Lang, code, clock, m.Text)
			}
			if strings.Contains(m.Subject, code) || !strings.Contains(m.Calendar, "BEGIN:VEVENT") {
				t.Errorf("%s: want a calendar part, and no code in the subject %q", l, m.Subject)
			}
			h.followLink(t, o, m, code)

			o.email = "" // who gives no address gets no mail, and is not told of one
			silent, _, _ := o.book(t, h.person(t), i)
			if silent.HasText("@") {
				t.Errorf("%s: the confirmation speaks of an address, and none was given: %s", l, silent)
			}
		}
		if got, want := len(h.mails(t, "")), 0; got != want {
			t.Errorf("got %d mails to nobody, want %d", got, want)
		}
	})
}

// followLink opens the mailed link in a browser that knows nothing. Opening it shows a button and no more: a mail scanner opens links before people do.
func (h *house) followLink(t *testing.T, o order, m mail, code string) {
	t.Helper()
	link := ""
	for _, l := range m.Links {
		if strings.Contains(l, "/link/") {
			link = h.path(t, l)
		}
	}
	if link == "" {
		t.Fatalf("the mail has no link to the booking: %q", m.Links)
	}
	if !strings.Contains(m.Text, h.base+link) {
		t.Errorf("the mail's text does not have the link of its HTML: %s", m.Text)
	}
	scanner := h.person(t)
	for range 2 {
		p := scanner.Get(link).MustStatus(http.StatusOK)
		if p.HasText(code) || p.HasText(o.name) {
			t.Errorf("opening the link alone shows the booking: %s", p)
		}
	}
	if p := scanner.Get(o.url("appointment")); p.HasText(code) {
		t.Errorf("opening the link alone has opened the booking: %s", p)
	}
	for range 2 { // the link works again: people keep mails
		p := h.person(t).Get(link).Click(say(o.lang, "link.open")).MustStatus(http.StatusOK).MustText(code, o.name)
		if strings.Contains(p.URL, "link") || strings.Contains(p.URL, code) {
			t.Errorf("the booking is shown under %s, want a clean address", p.URL)
		}
	}
}

// With the code, from any browser and typed as people type: see the booking, correct the details, move it, cancel it. Each change is mailed.
func TestS1_7_LookUpEditMoveCancel(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, l := range languages() {
			o := notary(l)
			o.email = "matti." + string(l) + "@example.org"
			_, code, start := o.book(t, h.person(t), 20+i) // tomorrow: today is too late to change
			h.awaitMails(t, o.email, 1)                    // what is overtaken by a later change before it leaves is not mailed
			c := h.person(t)
			typed := []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), " " + strings.ReplaceAll(code, "-", " ") + " "}[i]
			p := o.open(c, typed).MustStatus(http.StatusOK).MustText(code, o.name, h.placeName(t, o))
			if strings.Contains(p.Text(), o.email) {
				t.Errorf("%s: the page shows the whole address, want it masked", l)
			}

			o.name, o.note = "Jana Nováková", "Tulkki"
			p = p.Click(say(l, "manage.edit"))
			p = o.answers(p.Form(say(l, "edit.save"))).Submit(say(l, "edit.save")).MustStatus(http.StatusOK)
			p.MustText(say(l, "manage.done.edited"), o.name, o.note)
			h.awaitMails(t, o.email, 2)

			p = p.Click(say(l, "manage.move")).MustStatus(http.StatusOK)
			to := times(p)[30]
			p = press(t, p, to)
			day, clock := h.inWords(t, o, to)
			p.MustText(day, clock, say(l, "move.move"))
			if o.isFree(h.person(t), start) || !o.isFree(h.person(t), to) {
				t.Errorf("%s: choosing a new time has already moved the booking", l)
			}
			p = p.Click(say(l, "move.move")).MustStatus(http.StatusOK)
			p.MustText(say(l, "manage.done.moved"), day, clock, code)
			h.awaitMails(t, o.email, 3)
			if !o.isFree(h.person(t), start) || o.isFree(h.person(t), to) {
				t.Errorf("%s: moved from %s to %s: the old time is free %v, the new one %v", l, start, to, o.isFree(c, start), o.isFree(c, to))
			}

			p = p.Click(say(l, "manage.cancel")).MustText(say(l, "cancel.advice"))
			p = p.Form(say(l, "cancel.cancel")).Set("reason", "Sairastuin").Submit(say(l, "cancel.cancel")).MustStatus(http.StatusOK)
			p.MustText(say(l, "manage.done.cancelled"))
			if !o.isFree(h.person(t), to) {
				t.Errorf("%s: cancelled, and the time is not free", l)
			}
			if p := o.open(h.person(t), code); p.HasLink(say(l, "manage.move")) || !p.HasText(say(l, "manage.title_cancelled")) {
				t.Errorf("%s: want the cancelled booking, with nothing to be done: %s", l, p)
			}
			var events []string
			for _, m := range h.awaitMails(t, o.email, 4) {
				events = append(events, m.Event)
				if m.Lang != l {
					t.Errorf("%s: got a mail in %s", l, m.Lang)
				}
			}
			if got := strings.Join(events, " "); !strings.Contains(got, "booked") || !strings.Contains(got, "moved") || !strings.Contains(got, "cancelled") {
				t.Errorf("%s: got mails of %s, want one of each change", l, got)
			}
		}
	})
}

// Closing the booking on a shared device closes it.
func TestS1_7_CloseTheBooking(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	o := notary("en")
	_, code, _ := o.book(t, h.person(t), 0)
	c := h.person(t)
	p := o.open(c, code).Click(say("en", "manage.close")).MustStatus(http.StatusOK).MustText(say("en", "code.closed"))
	if p.HasText(code) {
		t.Errorf("closed, and the code is still shown: %s", p)
	}
	for _, page := range []string{"appointment", "appointment/details", "appointment/move", "appointment/cancel", "appointment/print", "appointment.ics", "booked"} {
		if p := c.Get(o.url(page)); p.HasText(code) || p.HasText(o.name) {
			t.Errorf("%s still shows the booking after it was closed", page)
		}
	}
}

var hoursForm = regexp.MustCompile(`\d[.:]\d\d–\d`)

// The contact pages of the offices: address, phone and when it is answered, opening hours, and how to cancel by phone.
func TestS1_8_ContactPages(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	cfg := h.config(t, registerOffice)
	if got, want := len(cfg.Offices), 20; got < want {
		t.Errorf("got %d offices, want %d or more", got, want)
	}
	for _, l := range languages() {
		c := h.person(t)
		list := c.Get("/" + string(l) + "/register-office/").Click(say(l, "web.nav.contact")).MustStatus(http.StatusOK)
		for _, g := range cfg.Groups {
			list.MustText(g.Name.In(l))
		}
		for _, o := range cfg.Offices {
			p := list.Click(o.Name.In(l)).MustStatus(http.StatusOK)
			p.MustText(o.Street.In(l), o.Postcode, o.Town.In(l), o.Phone, o.PhoneHours.In(l), o.Access.In(l), say(l, "contact.cancel"))
			if !p.HasText(say(l, "common.opening_hours")) && !p.HasText(say(l, "contact.hours.appointments")) || !hoursForm.MatchString(p.Text()) {
				t.Errorf("%s in %s: want the opening hours: %s", o.ID, l, p)
			}
			if got := p.Find("a[href^=tel:]").Attr("href"); got != "tel:"+strings.ReplaceAll(o.Phone, " ", "") {
				t.Errorf("%s: got the number as %s, want one to press", o.ID, got)
			}
		}
	}
}

// The help walks through the steps, in each language, and leads to where one begins.
func TestS1_9_HelpPage(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	for _, l := range languages() {
		for _, org := range []string{"register-office", "vuorela"} {
			cfg := h.config(t, notary(l).org)
			if org == "vuorela" {
				cfg = h.config(t, vuorela)
			}
			p := h.person(t).Get("/" + string(l) + "/" + org + "/").Click(say(l, "web.nav.help")).MustStatus(http.StatusOK)
			for _, paragraph := range strings.Split(strings.TrimSpace(cfg.Help.In(l)), "\n\n") {
				said := paragraph
				if _, rest, numbered := strings.Cut(paragraph, ". "); numbered && paragraph[0] >= '1' && paragraph[0] <= '9' {
					said = rest // a numbered list numbers itself
				}
				if !p.HasText(said) {
					t.Errorf("%s in %s: the help does not say %q: %s", org, l, said, p)
				}
			}
			if got := p.Click(say(l, "help.to_services")).H1(); got != say(l, "services.title") {
				t.Errorf("%s in %s: the help leads to %q, want the services", org, l, got)
			}
		}
	}
}

// A booking is shown in the language of whoever reads it: made in Czech, opened in Finnish, mailed in the language that was chosen.
func TestTwoLanguagesOfOneBooking(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := notary("cs")
		o.email = "jana.novakova@example.org"
		c := h.person(t)
		p, _ := o.pick(t, c, 0)
		// On the way the reader changes the language, and nothing is lost.
		check := o.fill(p)
		sv := check.Click("Svenska").MustStatus(http.StatusOK).MustText(o.name, say("sv", "check.title"))
		back := sv.Click(say("sv", "ui.back"))
		f := o.in("sv").answers(back.Form("details")).Set("lang", "sv")
		done := o.in("sv").save(f.Submit(say("sv", "common.continue")))
		code := codeOn(t, "sv", done)
		for _, l := range languages() {
			o.in(l).open(h.person(t), code).MustText(code, h.service(t, o.org, o.service).Name.In(l), say(l, "manage.title"))
			codeOn(t, l, done.Click(i18nName(l)))
		}
		m := h.awaitMails(t, o.email, 1)[0]
		if m.Lang != "sv" || !strings.Contains(m.Text, h.service(t, o.org, o.service).Name.In("sv")) {
			t.Errorf("got a mail in %s, want it in Swedish, which was chosen: %s", m.Lang, m.Text)
		}
	})
}

func i18nName(l i18n.Lang) string {
	row, _ := i18n.Lookup(string(l))
	return row.Name
}
