package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/erasure"
	"luukku/e2e/client"
)

// asksToBeErased has somebody sign in anew and ask, and returns the last second in which they can take it back.
func (h *house) asksToBeErased(t *testing.T, l i18n.Lang, means, who string, p ids.Person) time.Time {
	t.Helper()
	c, ask := h.person(t), say(l, "erasing.ask_button")
	identify(t, l, c.Get(my(l)), means, who)
	c.Get(my(l, "data", "erase")).Form(ask).Submit(ask).MustText(say(l, "erasing.asked_title"))
	return time.Unix(h.erasureOf(t, p).DueAt, 0)
}

// again is somebody who signs in once more, and acts for somebody.
func (h *house) again(t *testing.T, l i18n.Lang, means, who, whom string) *client.Client {
	t.Helper()
	c := h.person(t)
	identify(t, l, c.Get(my(l)), means, who)
	if whom != "" {
		actFor(t, c, l, whom)
	}
	return c
}

// saysOfPage has somebody who has not signed in say something of a page, with an address for the answer.
func (h *house) saysOfPage(t *testing.T, l i18n.Lang, from, body, email string) {
	t.Helper()
	send := say(l, "feedback.send")
	p := h.personAt(t, from).Get("/" + string(l) + "/kaupunki/services/home-care-older").MustStatus(http.StatusOK).Click(say(l, "feedback.link"))
	h.skip(time.Minute)
	f := p.Form(send).Set(say(l, "feedback.useful"), say(l, "feedback.use.no")).Set(say(l, "feedback.body"), body)
	f.Set(say(l, "feedback.wish"), say(l, "feedback.by.email")).Set(say(l, "common.email"), email).Submit(send).MustStatus(http.StatusOK).MustText(say(l, "feedback.back"))
}

// Somebody who stands in what is another's is erased from it, and nothing of the other's is lost: the other guardian, who signed a draft, is gone from it, and whose draft it is is told without a word of whom or
// what; what was looked at before is not sent as if it were signed; the time that they booked for the child stays, and not that it was them; what they said of a page under their address is given to them, and
// then goes, and what others said stays.
func TestS2_3_ErasedFromWhatIsOthers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, who, child = i18n.Lang("en"), "Matti Meikäläinen", "Liisa Meikäläinen"
		h.tripIs(t, tripForm, `signers = "guardian"`)
		maija, matti := h.person(t), h.person(t)
		h.settle(t, maija, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		h.settle(t, matti, l, "mobile", who, "matti@example.org", true)
		erased := h.personOf(t, "matti@example.org")
		actFor(t, maija, l, child)
		draft := begins(t, maija, "Porvoo")
		asks(t, maija, draft, who)
		signs(t, matti)
		actFor(t, matti, l, child)
		h.booksSigned(t, matti, l)
		maija.Get(my(l)).MustText(say(l, "folder.made_by", "name", who))
		h.saysOfPage(t, l, "192.0.2.31", "Canary 7101 of his", "Matti@example.org")
		h.saysOfPage(t, l, "192.0.2.32", "Canary 7102 of hers", "maija@example.org")
		h.saysOfPage(t, l, "192.0.2.33", "Canary 7103 of nobody", "somebody@example.org")
		if said := tookData(t, h.again(t, l, "mobile", who, ""), l)["page-feedback.json"]; !strings.Contains(said, "7101") || strings.Contains(said, "7102") || strings.Contains(said, "7103") {
			t.Errorf("he is given of what was said: %s", said)
		}

		due := h.asksToBeErased(t, l, "mobile", who, erased)
		h.stopAt(due)
		maija = h.again(t, l, "bank", "Maija Meikäläinen", child)
		ready := maija.Get(draft + "/check").MustText(say(l, "eform.check.declare")).Form(say(l, "eform.check.send"))
		h.stopAt(due.Add(time.Second))
		h.runErasures(t)
		if r := h.erasureOf(t, erased); r.State != erasure.Done {
			t.Fatalf("it is %s", r.State)
		}

		told := h.awaitMail(t, "maija@example.org", say(l, "eform.told.gone_subject"))
		for _, never := range []string{"Matti", "trip", "Porvoo", "Liisa", "erase"} {
			if strings.Contains(told.Subject+told.Text, never) {
				t.Errorf("the notice says %q: %q", never, told.Text)
			}
		}
		ready.Submit(say(l, "eform.check.send")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "eform.changed_since"), "Porvoo")
		if p := maija.Get(draft+"/together").MustText(say(l, "eform.part.gone"), say(l, "eform.together.nobody")); p.HasText("Matti") {
			t.Errorf("the draft says who it was: %s", p)
		}
		if p := maija.Get(my(l)); p.HasText("Matti") || !p.HasText(h.serviceName(t, passportAdvice(l))) {
			t.Errorf("the child's time is gone, or says who booked it: %s", p)
		}
		clerk := h.answersMessages(t, "city", city)
		list := clerk.Get("/en/staff/kaupunki/feedback").MustText("Canary 7102", "Canary 7103")
		if list.HasText("7101") {
			t.Error("what he said of a page is there")
		}
		if n := h.audited(t, city, audit.FeedbackErased); n != 1 {
			t.Errorf("%d lines say that feedback was erased", n)
		}
		// No guardian is left who would have to sign: what is looked at anew is sent.
		sendsTrip(t, maija, draft).MustText("Porvoo")
	})
}

// passportAdvice is what booksSigned books.
func passportAdvice(l i18n.Lang) order {
	o := passport(l)
	o.service = "debt-counselling"
	return o
}

// A form that is held is not erased with whom it is from: their account goes, and they are told that something is kept for now, and neither what, where nor why. Its time is over, and it is there; once it is
// let go it is deleted, and with it the last key. Nobody is written to any more.
func TestS2_3_WhatIsHeldOutlastsAnErasure(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, who, email = i18n.Lang("en"), "Maija Meikäläinen", "maija@example.org"
		c := h.person(t)
		h.settle(t, c, l, "bank", who, email, false)
		maija := h.personOf(t, email)
		x := h.sends(t, city, "allotment", "fi", keepsAnAllotment)
		c.Get(my(l, "data", "erase")).MustText(say(l, "erasing.hinders_forms"))
		yes := say(l, "submission.withdraw_yes")
		c.Get(my(l, "sent", string(x.ID))).Click(say(l, "submission.withdraw")).Form(yes).Submit(yes).MustStatus(http.StatusOK)
		records := func(name string) *client.Client {
			return h.clerk(t, name, actor.Grant{Role: actor.RoleRecords, Org: city})
		}
		const page = "/en/staff/kaupunki/holds/forms"
		hold := say(l, "hold.button")
		records("records").Get(page).Form(hold).Set(say(l, "submission.fact.number"), x.Number).Check(say(l, "hold.why_court")).Submit(hold).MustStatus(http.StatusOK).MustText(x.Number)

		due := h.asksToBeErased(t, l, "bank", who, maija)
		h.awaitMail(t, email, say(l, "erasing.tell.asked_subject"))
		h.stopAt(due.Add(time.Second))
		h.runErasures(t)
		if r := h.erasureOf(t, maija); r.State != erasure.Rest {
			t.Fatalf("it is %s", r.State)
		}
		last := h.awaitMail(t, email, say(l, "erasing.tell.rest_subject"))
		for _, never := range []string{x.Number, "allotment", "Allotment", "court", "held", "hold", "city", h.config(t, city).Org.Name.In(l)} {
			if strings.Contains(last.Subject+last.Text, never) {
				t.Errorf("the last message says %q: %s", never, last.Text)
			}
		}
		identify(t, l, h.person(t).Get(my(l)), "bank", who).Click(say(l, "common.continue")).MustText(say(l, "welcome.title"))

		// Its time is over by years, and it is there, with its key; the office that holds it reads it.
		mails := len(h.mails(t, email))
		h.stopAt(h.app.Now().AddDate(12, 0, 0))
		now, err := h.app.Store.Submission(t.Context(), city, x.ID)
		if err != nil || now.DeleteAt == 0 || now.DeleteAt > h.app.Now().Unix() {
			t.Fatalf("it is deleted at %d: %v", now.DeleteAt, err)
		}
		sweep := func() {
			t.Helper()
			for range 3 { // told of first, where somebody could be, and then deleted
				if _, err := h.app.Eservices.SweepSubmissions(t.Context(), 100); err != nil {
					t.Fatal(err)
				}
				h.stopAt(h.app.Now().AddDate(0, 0, 20))
			}
			h.runErasures(t)
		}
		sweep()
		if _, err := h.app.Store.Submission(t.Context(), city, x.ID); err != nil {
			t.Fatalf("what is held is gone: %v", err)
		}
		if key, err := h.app.Store.PersonKey(t.Context(), maija); err != nil || len(key) == 0 {
			t.Fatalf("its key is gone: %v", err)
		}
		if r := h.erasureOf(t, maija); r.State != erasure.Rest {
			t.Errorf("it is %s", r.State)
		}
		records("records-2").Get(page).Click(say(l, "hold.release")).Form(say(l, "hold.release")).Submit(say(l, "hold.release")).MustStatus(http.StatusOK).MustText(say(l, "hold.forms.done_released"))
		sweep()
		if _, err := h.app.Store.Submission(t.Context(), city, x.ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("what was let go is there: %v", err)
		}
		if r := h.erasureOf(t, maija); r.State != erasure.Done {
			t.Errorf("it is %s", r.State)
		}
		if key, err := h.app.Store.PersonKey(t.Context(), maija); err != nil || len(key) != 0 {
			t.Errorf("the key is there: %v", err)
		}
		if got := h.mails(t, email); len(got) != mails {
			t.Errorf("somebody who was erased is written to: %q", got[len(got)-1].Subject)
		}
	})
}
