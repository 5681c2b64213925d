package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/e2e/client"
)

// The ways to offer freed times, as a blueprint has them.
const (
	byTurn   = "turn"
	firstOne = "first"
)

// queue sets how a service offers freed times: for an hour, and what more is said.
func (h *house) queue(t *testing.T, o order, how, more string) {
	t.Helper()
	h.setPolicy(t, o, fmt.Sprintf(`waiting_list = %q, offer_window = "1h"%s`, how, more))
}

// setPolicy changes the policy of a service, as a blueprint has it, for who books from now on.
func (h *house) setPolicy(t *testing.T, o order, policy string) {
	t.Helper()
	h.apply(t, fmt.Sprintf("format = 1\n[organisations.%s.services.%s]\npolicy = { %s }\n", o.org, o.service, policy))
}

// apply applies a blueprint.
func (h *house) apply(t *testing.T, text string) {
	t.Helper()
	doc, problems := blueprint.Parse([]byte(text))
	if len(problems) > 0 {
		t.Fatalf("the blueprint: %v", problems)
	}
	if _, err := h.app.Blueprints.Apply(t.Context(), actor.System("test"), doc, blueprint.Options{}); err != nil {
		t.Fatal(err)
	}
}

// eventually waits for what happens behind the pages within moments.
func (h *house) eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it did not come true that %s", what)
		}
	}
}

// waits puts somebody on the waiting list of a service, from the page of its times, and returns the mail that says so.
func (h *house) waits(t *testing.T, o order, name, email string, wish map[string]string) mail {
	t.Helper()
	c := h.person(t)
	p := c.Get(o.calendar()).Click(say(o.lang, "waiting.tell_me")).MustStatus(http.StatusOK)
	f := p.Form(say(o.lang, "waiting.join")).Set("name", name).Set("email", email)
	for field, value := range wish {
		f.Set(field, value)
	}
	done := f.Submit(say(o.lang, "waiting.join")).MustStatus(http.StatusOK)
	if done.H1() != say(o.lang, "waiting.done_title") {
		t.Fatalf("want to be on the list: %s", done)
	}
	return h.awaitMails(t, email, 1)[0]
}

// offerTo is the path of the offer in the newest of n mails to an address.
func (h *house) offerTo(t *testing.T, o order, email string, n int) string {
	t.Helper()
	m := h.awaitMails(t, email, n)[n-1]
	if m.Event != "waitlist.offered" {
		t.Fatalf("got a mail %s to %s, want an offer: %s", m.Event, email, m.Text)
	}
	return h.linkIn(t, m, "/offer/")
}

func (h *house) linkIn(t *testing.T, m mail, part string) string {
	t.Helper()
	for _, l := range m.Links {
		if strings.Contains(l, part) {
			return h.path(t, l)
		}
	}
	t.Fatalf("the mail has no link with %s: %v", part, m.Links)
	return ""
}

// cancelBy gives a booking up by its code.
func (h *house) cancelBy(t *testing.T, o order, code string) {
	t.Helper()
	p := o.open(h.person(t), code).Click(say(o.lang, "manage.cancel"))
	p.Form(say(o.lang, "cancel.cancel")).Submit(say(o.lang, "cancel.cancel")).MustStatus(http.StatusOK).MustText(say(o.lang, "manage.done.cancelled"))
}

// A cancellation offers the time by itself to who has waited longest. In between nobody else gets it, and to look at the offer answers nothing. After "no"
// and after the window, to the second, it is the next one's; and in the end everybody's.
func TestWaitingTurnByTurnToTheSecond(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := notary(l)
		h.queue(t, o, byTurn, "")
		_, code, start := o.book(t, h.person(t), 8)
		for i, who := range []string{"anna", "bertil", "cecilia"} {
			h.waits(t, o, who, who+"@example.org", nil)
			h.stopAt(begin.Add(time.Duration(i+1) * time.Minute)) // who came when
		}
		now := begin.Add(10 * time.Minute)
		h.stopAt(now)
		h.cancelBy(t, o, code)
		if o.isFree(h.person(t), start) {
			t.Error("a time that is offered to who waits is free for everybody")
		}
		first := h.offerTo(t, o, "anna@example.org", 2)
		scanner := h.person(t)
		for range 3 {
			scanner.Get(first).MustStatus(http.StatusOK).MustText(say(l, "offer.title"))
		}
		h.awaitMails(t, "bertil@example.org", 1) // nobody else has heard of it
		p := h.person(t).Get(first)
		p = p.Click(say(l, "offer.decline")).MustStatus(http.StatusOK).MustText(say(l, "offer.declined"))
		if p.HasText(say(l, "offer.take")) {
			t.Error("the time can be taken by who declined it")
		}

		second := h.offerTo(t, o, "bertil@example.org", 2)
		if o.isFree(h.person(t), start) {
			t.Error("free for everybody between two turns")
		}
		page := h.person(t).Get(second).MustStatus(http.StatusOK)
		h.stopAt(now.Add(time.Hour)) // the last second of the window
		h.person(t).Get(second).MustStatus(http.StatusOK).MustText(say(l, "offer.take"))
		h.stopAt(now.Add(time.Hour + time.Second))
		h.person(t).Get(second).MustStatus(http.StatusGone).MustText(say(l, "offer.over"))
		page.Click(say(l, "offer.take")).MustStatus(http.StatusGone).MustText(say(l, "offer.over"))
		if o.isFree(h.person(t), start) {
			t.Error("free for everybody when the window of the second was over, though a third waits")
		}
		third := h.offerTo(t, o, "cecilia@example.org", 2)
		h.stopAt(now.Add(2*time.Hour + time.Second)) // the last second of hers
		cecilia := h.person(t)
		done := cecilia.Get(third).Click(say(l, "offer.take")).MustStatus(http.StatusOK)
		codeOn(t, l, done)
		done.MustText("cecilia")
		// The link leads to the booking from now on, also in another browser.
		codeOn(t, l, h.person(t).Get(third).MustText(say(l, "offer.taken")).Click(say(l, "link.open")))
		if got := h.awaitMails(t, "cecilia@example.org", 3)[2]; got.Event != "appointment.booked" {
			t.Errorf("got a mail %s, want the confirmation", got.Event)
		}
		h.person(t).Get(first).MustText(say(l, "offer.declined"))
	})
}

// Nobody wants it any more: the time is everybody's.
func TestWaitingEndsInTheCalendar(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("sv")
	o := notary(l)
	h.queue(t, o, byTurn, "")
	_, code, start := o.book(t, h.person(t), 8)
	joined := h.waits(t, o, "Anna", "anna@example.org", map[string]string{"until": "31.12.2026"})
	h.cancelBy(t, o, code)
	offer := h.offerTo(t, o, "anna@example.org", 2)
	p := h.person(t).Get(offer).Click(say(l, "offer.decline"))
	h.eventually(t, "the time is free", func() bool { return o.isFree(h.person(t), start) })
	// Who declined waits still, and leaves by either link.
	h.person(t).Get(h.linkIn(t, joined, "/waiting/")).MustText(say(l, "waiting.place_title"))
	p.Click(say(l, "waiting.leave"))
	h.person(t).Get(h.linkIn(t, joined, "/waiting/")).MustText(say(l, "waiting.left_title"))
	_, code, start = o.book(t, h.person(t), 8)
	h.cancelBy(t, o, code)
	h.eventually(t, "the time is free at once, since nobody waits", func() bool { return o.isFree(h.person(t), start) })
	h.awaitMails(t, "anna@example.org", 2)
}

// Three hear of a time at once and answer at once: one has it, the others are told that it went, and wait on.
func TestWaitingThreeAnswerAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("fi")
		o := notary(l)
		h.queue(t, o, firstOne, "")
		_, code, start := o.book(t, h.person(t), 8)
		var joined []mail
		who := []string{"anna", "bertil", "cecilia"}
		for _, name := range who {
			joined = append(joined, h.waits(t, o, name, name+"@example.org", nil))
		}
		h.cancelBy(t, o, code)
		var pages []*client.Page
		for _, name := range who {
			pages = append(pages, h.person(t).Get(h.offerTo(t, o, name+"@example.org", 2)).MustText(say(l, "offer.title")))
		}
		answers := make([]*client.Page, len(pages))
		var all sync.WaitGroup
		for i, p := range pages {
			all.Go(func() { answers[i] = p.Click(say(l, "offer.take")) })
		}
		all.Wait()
		won := 0
		for i, p := range answers {
			email := who[i] + "@example.org"
			if p.H1() == say(l, "done.title") {
				won++
				h.person(t).Get(h.linkIn(t, joined[i], "/waiting/")).MustText(say(l, "waiting.served_title"))
				continue
			}
			p.MustStatus(http.StatusGone).MustText(say(l, "offer.title_gone"), say(l, "offer.still_waiting"))
			if m := h.awaitMails(t, email, 3)[2]; m.Event != "waitlist.gone" {
				t.Errorf("%s got %s, want to hear that the time went", email, m.Event)
			}
			h.person(t).Get(h.linkIn(t, joined[i], "/waiting/")).MustText(say(l, "waiting.place_title"))
		}
		if won != 1 || o.isFree(h.person(t), start) {
			t.Errorf("%d got the time, want one", won)
		}
	})
}

// Who has a time and waits for an earlier one is moved to it when they say so; their old time is offered on.
func TestWaitingForAnEarlierTimeMoves(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("cs")
		o := notary(l)
		h.queue(t, o, byTurn, "")
		_, early, start := o.book(t, h.person(t), 8)
		later := o
		later.name, later.email = "Bertil", "bertil@example.org"
		c := h.person(t)
		_, code, old := later.book(t, c, 12)
		h.awaitMails(t, "bertil@example.org", 1)
		p := later.open(h.person(t), code).Click(say(l, "waiting.tell_me_earlier")).MustText(say(l, "waiting.title_earlier"))
		p.Form(say(l, "waiting.join")).Submit(say(l, "waiting.join")).MustText(say(l, "waiting.done_title"))
		h.awaitMails(t, "bertil@example.org", 2)
		h.waits(t, o, "Cecilia", "cecilia@example.org", nil)

		h.cancelBy(t, o, early)
		path := h.offerTo(t, o, "bertil@example.org", 3)
		offer := h.person(t).Get(path)
		_, clock := h.inWords(t, o, old)
		offer.MustText(clock)
		if h.isFreeFor(t, o, old) {
			t.Error("the old time is free before the new one was taken")
		}
		done := offer.Click(say(l, "offer.take"))
		if got := codeOn(t, l, done); got != code {
			t.Errorf("got the code %s, want the booking as it was, %s", got, code)
		}
		if h.isFreeFor(t, o, start) || h.isFreeFor(t, o, old) {
			t.Error("the new time, or the old one that is offered on, is free for everybody")
		}
		h.offerTo(t, o, "cecilia@example.org", 2)
	})
}

func (h *house) isFreeFor(t *testing.T, o order, start string) bool {
	return o.isFree(h.person(t), start)
}

// The form tells what is to be mended at its fields and keeps what was typed; the same person waits once.
func TestWaitingFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	for _, l := range languages() {
		o := notary(l)
		h.queue(t, o, byTurn, "")
		email := string(l) + "@example.org"
		c := h.person(t)
		p := c.Get(o.url("services", o.service)).Click(say(l, "waiting.tell_me"))
		p = p.Form(say(l, "waiting.join")).Set("from", "31.2.2027").Set("until", "1.1.2020").Set("email", "").Set("name", "Maija").Submit(say(l, "waiting.join"))
		p.MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "waiting.bad_date"), say(l, "field.email_required"))
		if f := p.Form(say(l, "waiting.join")); f.Value("from") != "31.2.2027" || f.Value("name") != "Maija" {
			t.Errorf("%s: what was typed is lost: %s", l, p)
		}
		p = p.Form(say(l, "waiting.join")).Set("from", "1.12.").Set("until", "24.12.2026").Set("email", email).Submit(say(l, "waiting.join"))
		p.MustStatus(http.StatusOK).MustText(say(l, "waiting.done_title"))
		m := h.awaitMails(t, email, 1)[0]
		at := texts().Printer(l).LongDate(time.Date(2026, time.December, 24, 12, 0, 0, 0, time.UTC))
		h.person(t).Get(h.linkIn(t, m, "/waiting/")).MustText(say(l, "waiting.place_title"), at)
		p = h.person(t).Get(o.url("services", o.service, "waiting"))
		p = p.Form(say(l, "waiting.join")).Set("email", email).Set("name", "Maija").Submit(say(l, "waiting.join"))
		p.MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "waiting.already"))
	}
	o := passport("en") // which has none
	h.person(t).Get(o.url("services", o.service, "waiting")).MustStatus(http.StatusNotFound)
	h.person(t).Get(o.url("offer", "06a1b2c3d4e5f6g7h8j9k0mnpq06a1b2c3d4e5f6g7h8j9k0mnpq")).MustStatus(http.StatusNotFound)
}
