package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/erasure"
	"luukku/e2e/client"
)

// booksSigned has somebody who has signed in book a time, and returns its code.
func (h *house) booksSigned(t *testing.T, c *client.Client, l i18n.Lang) (code string) {
	t.Helper()
	o := passport(l)
	o.service, o.office = "debt-counselling", h.officeOf(t, vuorela, "debt-counselling")
	p := c.Get(o.calendar()).MustStatus(http.StatusOK)
	p = press(t, p, times(p)[0]).MustText(say(l, "details.title"))
	p = p.Form("details").Submit(say(l, "common.continue")).MustText(say(l, "check.not_yet"))
	return codeOn(t, l, o.save(p))
}

// personOf is whose account has an address.
func (h *house) personOf(t *testing.T, email string) ids.Person {
	t.Helper()
	list, err := h.app.Store.People().AccountsNamed(t.Context(), "", email, 2)
	if err != nil || len(list) != 1 {
		t.Fatalf("accounts with %s: %v %v", email, list, err)
	}
	return list[0].Person
}

// runErasures erases who is due, as the task does.
func (h *house) runErasures(t *testing.T) {
	t.Helper()
	if _, err := h.app.Erasure.Run(t.Context(), 20); err != nil {
		t.Fatal(err)
	}
}

// erasureOf is where somebody's request stands, once the server's own task is not just at it.
func (h *house) erasureOf(t *testing.T, p ids.Person) (r erasure.Request) {
	t.Helper()
	h.eventually(t, "nobody is just being erased", func() bool {
		var err error
		if r, _, err = h.app.Store.Erasures().Last(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		return r.State != erasure.Erasing
	})
	return r
}

// Somebody asks to be erased: a time ahead hinders it, showing who they are long ago does, too. They ask, are told by mail, and take it back; nothing is erased then, and nobody else's session does anything to it.
// They ask again, and once their time to change their mind is over they are erased: signed out everywhere, unknown when they come again, their name gone from the time that they had, and told at the address
// that they had, which is then forgotten.
func TestS2_3_SomebodyIsErasedAsTheyAsked(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, who, email = i18n.Lang("en"), "Maija Meikäläinen", "maija@example.org"
		ask, back := say(l, "erasing.ask_button"), say(l, "erasing.back_button")
		c, other := h.person(t), h.person(t)
		h.settle(t, other, l, "bank", "Matti Meikäläinen", "matti@example.org", false)
		h.settle(t, c, l, "bank", who, email, false)
		maija := h.personOf(t, email)
		h.booksSigned(t, c, l)
		h.awaitMails(t, email, 2) // the code that proved the address, and the time
		p := c.Get(my(l, "data")).Click(say(l, "my_data.erase_link")).MustText(say(l, "erasing.hinders_bookings"))
		if strings.Contains(p.Text(), ask) {
			t.Error("somebody with a time ahead may ask")
		}
		h.skip(200 * 24 * time.Hour)
		c = h.person(t)
		identify(t, l, c.Get(my(l)), "bank", who)
		h.skip(erasure.Fresh*time.Second + time.Minute)
		c.Get(my(l, "data", "erase")).MustText(say(l, "erasing.again"))
		c = h.person(t)
		identify(t, l, c.Get(my(l)), "bank", who)
		p = c.Get(my(l, "data", "erase")).Form(ask).Submit(ask).MustText(say(l, "erasing.asked_title"))
		if m := h.awaitMails(t, email, 3); m[len(m)-1].Subject != say(l, "erasing.tell.asked_subject") {
			t.Errorf("told %q", m[len(m)-1].Subject)
		}

		// Nobody else's session does anything to it.
		identify(t, l, other.Get(my(l)), "bank", "Matti Meikäläinen")
		if err := h.app.Erasure.TakeBack(t.Context(), actor.Actor{Kind: actor.KindCitizen, Person: h.personOf(t, "matti@example.org"), Level: actor.LevelHigh}); err == nil {
			t.Error("somebody else takes it back")
		}
		other.Get(my(l, "data", "erase")).MustText(say(l, "erasing.lead"))
		if r := h.erasureOf(t, maija); r.State != erasure.Asked {
			t.Fatalf("it is %s", r.State)
		}

		p.Form(back).Submit(back).MustText(say(l, "erasing.back_text"))
		h.skip(20 * 24 * time.Hour)
		h.runErasures(t)
		c = h.person(t)
		identify(t, l, c.Get(my(l)), "bank", who)
		c.Get(my(l)).MustText(say(l, "my.title", "name", who))

		c.Get(my(l, "data", "erase")).Form(ask).Submit(ask).MustText(say(l, "erasing.asked_title"))
		r := h.erasureOf(t, maija)
		h.stopAt(time.Unix(r.DueAt, 0))
		h.runErasures(t)
		if r := h.erasureOf(t, maija); r.State != erasure.Asked {
			t.Errorf("in the last second it is %s", r.State)
		}
		h.awaitMails(t, email, 4) // the second request, too
		h.stopAt(time.Unix(r.DueAt+1, 0))
		h.runErasures(t)
		if r := h.erasureOf(t, maija); r.State != erasure.Done {
			t.Fatalf("a second after it is %s", r.State)
		}
		m := h.awaitMails(t, email, 5)
		if !strings.Contains(m[len(m)-1].Text, "forgotten") {
			t.Errorf("the receipt says %q", m[len(m)-1].Text)
		}
		c.Get(my(l)).MustText(say(l, "sign_in.title"))
		again := h.person(t)
		identify(t, l, again.Get(my(l)), "bank", who).Click(say(l, "common.continue")).MustText(say(l, "welcome.title"))
		if key, err := h.app.Store.PersonKey(t.Context(), maija); err != nil || len(key) != 0 {
			t.Errorf("the key is there: %v", err)
		}
		if a, err := h.app.Store.People().Account(t.Context(), maija); err != nil || a.Name+a.Given+a.Family+a.Email+a.Phone != "" {
			t.Errorf("the account says %+v, %v", a.Account, err)
		}
	})
}

// An authority that must keep what it has says so with its reason: the person reads it with how to appeal, what others have is erased, and the account stays. Whoever works at another authority, or in another role, sees
// nothing of it.
func TestS2_3_AnAuthorityKeepsWhatItMust(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, who, email = i18n.Lang("en"), "Maija Meikäläinen", "maija@example.org"
		ask := say(l, "erasing.ask_button")
		c := h.person(t)
		h.settle(t, c, l, "bank", who, email, false)
		maija := h.personOf(t, email)
		h.booksSigned(t, c, l)
		h.skip(200 * 24 * time.Hour)
		c = h.person(t)
		identify(t, l, c.Get(my(l)), "bank", who)
		c.Get(my(l, "data", "erase")).Form(ask).Submit(ask).MustText(say(l, "erasing.asked_title"))

		list := "/en/staff/" + string(vuorela) + "/erasures"
		h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela}).Get(list).MustStatus(http.StatusNotFound)
		desk := h.clerk(t, "records", actor.Grant{Role: actor.RoleRecords, Org: vuorela})
		p := desk.Get(list).MustText(who, say(l, "erasing.word_open"))
		button := say(l, "erasing.refuse_button")
		p = p.Click(say(l, "erasing.desk_refuse")).Form(button).Set(say(l, "erasing.appeal"), "").Submit(button).MustStatus(http.StatusUnprocessableEntity).
			MustText(say(l, "erasing.ground_missing"), say(l, "erasing.why_missing"), say(l, "erasing.appeal_missing"))
		p.Form(button).Set(say(l, "erasing.ground"), say(l, "erasing.ground_law")).Set(say(l, "erasing.why"), "The act asks for ten years.").Set(say(l, "erasing.appeal"), "Write to the court.").Submit(button).
			MustStatus(http.StatusOK).MustText(say(l, "erasing.word_refused"))
		c.Get(my(l, "data", "erase")).MustText("The act asks for ten years.", "Write to the court.", say(l, "erasing.ground_law"))
		h.stopAt(time.Unix(h.erasureOf(t, maija).DueAt+1, 0))
		h.runErasures(t)
		if r := h.erasureOf(t, maija); r.State != erasure.Partly {
			t.Fatalf("it is %s", r.State)
		}
		c = h.person(t)
		identify(t, l, c.Get(my(l)), "bank", who)
		c.Get(my(l, "data", "erase")).MustText(say(l, "erasing.partly_title"), "The act asks for ten years.", ask)
	})
}
