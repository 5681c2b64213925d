package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/course"
	"luukku/e2e/client"
)

// rushers is how many want the last place at once, and at how many connections of theirs.
const (
	rushers = 500
	rushAt  = 64
)

// asksForThePlace sends who comes, again as long as the server is too busy to look at it.
func asksForThePlace(t *testing.T, f *client.Form) *client.Page {
	t.Helper()
	for {
		p := f.Submit(en("course.next"))
		if p.Status != http.StatusServiceUnavailable {
			return p
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Five hundred, each with their own form before them, ask for the one place of a course that is left at the same moment: one holds it and is enrolled with the only number, everybody else is told that the
// course is full; nothing is held for them, and nobody waits, for there is no list.
func TestS2_5_TheLastPlaceIsOnesOfFiveHundred(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.makeCourse(t, "swimming", func(d *course.Details) { d.Waiting = false })
		forms := make([]*client.Form, rushers)
		each := func(do func(i int)) {
			var next atomic.Int64
			var all sync.WaitGroup
			for range rushAt {
				all.Go(func() {
					for i := next.Add(1) - 1; i < rushers; i = next.Add(1) - 1 {
						do(int(i))
					}
				})
			}
			all.Wait()
		}
		for i := range forms { // each from an address of their own
			c := h.personAt(t, fmt.Sprintf("10.7.%d.%d", i/200, i%200+1))
			forms[i] = c.Get(courseAt(l, "swimming", "enrol")).MustStatus(http.StatusOK).Form("people").Set("name-1", fmt.Sprintf("Osallistuja %d", i+1))
		}
		got := make([]*client.Page, rushers)
		each(func(i int) { got[i] = asksForThePlace(t, forms[i]) })

		statuses := map[int]int{}
		var won *client.Page
		for _, p := range got {
			if statuses[p.Status]++; p.Status == http.StatusOK {
				won = p
			} else if !p.HasText(say(l, "course.full")) {
				t.Fatalf("who came too late is told %s", p)
			}
		}
		if won == nil || statuses[http.StatusOK] != 1 || len(statuses) != 2 {
			t.Fatalf("got statuses %v, want one of %d and the same for all others", statuses, http.StatusOK)
		}
		won.MustText(say(l, "course.form_title"), say(l, "course.holds_place"))
		won.Form("contact").Set(say(l, "common.email"), "first@example.org").Submit(say(l, "course.send")).MustStatus(http.StatusOK).MustText(say(l, "course.done_title"), "SWIM-0001")
		_, taken, err := h.app.Courses.Public(t.Context(), vuorela, "swimming")
		if err != nil || taken.All() != 1 {
			t.Errorf("%v places have gone, %v", taken, err)
		}
		list, err := h.app.Courses.Store.OfCourse(t.Context(), vuorela, "swimming", 1000)
		if err != nil || len(list) != 1 || list[0].Status != course.Attending || list[0].Number != 1 {
			t.Errorf("%d are on the list, %v", len(list), err)
		}
		if found, err := h.app.Store.Check(t.Context()); err != nil || len(found) > 0 {
			t.Errorf("the check says %v, %v", found, err)
		}
	})
}

// A parent enrols two children in one go: each has a place and a number of their own, in a folder of their own, and giving back the one leaves the other. Where one place is left, the first child has it and the
// other is on the waiting list.
func TestS2_5_AParentEnrolsTwoChildren(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, liisa, onni = i18n.Lang("en"), "Liisa Meikäläinen", "Onni Meikäläinen"
		for id, places := range map[string]int{"skating": 2, "music": 1} {
			h.makeCourse(t, ids.Course(id), func(d *course.Details) { d.Level, d.Places = "substantial", places })
		}
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		both := func(id string) *client.Page {
			t.Helper()
			f := c.Get(courseAt(l, id)).Click(say(l, "course.enrol")).Form("people").Check(liisa).Check(onni)
			return f.Submit(say(l, "course.next")).MustStatus(http.StatusOK).MustText(say(l, "course.form_title"), liisa, onni)
		}
		both("skating").Form("contact").Submit(say(l, "course.send")).MustStatus(http.StatusOK).MustText(say(l, "course.done_title"), "SKAT-0001", "SKAT-0002")
		both("music").Form("contact").Check(say(l, "course.wait")).Submit(say(l, "course.send")).MustStatus(http.StatusOK).MustText(say(l, "course.done_both"), "MUSI-0001", say(l, "course.state.waiting_at", "place", 1))

		p := actFor(t, c, l, liisa).MustText("Course skating", "Course music", say(l, "folder.state.attending"))
		p = p.Click("Course skating").MustText(liisa).Click(say(l, "course.cancel"))
		p.Form(say(l, "course.cancel_yes")).Submit(say(l, "course.cancel_yes")).MustText(say(l, "course.did.cancel"))
		if p.HasText(onni) {
			t.Error("the one child's place names the other")
		}
		p = actFor(t, c, l, onni).MustText("Course skating", "Course music", say(l, "folder.state.attending"), say(l, "folder.state.waiting"))
		p.Click("Course skating").MustText(onni, say(l, "course.state.attending"))
		_, taken, err := h.app.Courses.Public(t.Context(), vuorela, "skating")
		if err != nil || taken.All() != 1 {
			t.Errorf("%v places have gone, %v: want the other child's", taken, err)
		}
	})
}

// enrolNear has somebody enrol who lives somewhere, and returns the form that follows.
func enrolNear(t *testing.T, c *client.Client, l i18n.Lang, id, name, code string) *client.Page {
	t.Helper()
	f := c.Get(courseAt(l, id, "enrol")).MustStatus(http.StatusOK).Form("people").Set("name-1", name).Set(say(l, "course.code"), code)
	return f.Submit(say(l, "course.next")).MustStatus(http.StatusOK).MustText(say(l, "course.form_title"), name)
}

// A place for those who live near is theirs until its time is over: who lives elsewhere has the place for everybody and then waits, though one is free. In the last second of the quota it is so still; in the
// next one the place is offered to who waits, and nobody has to do anything for it.
func TestS2_5_PlacesForThoseWhoLiveNear(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		begin := h.app.Now().Truncate(time.Second).Add(time.Second)
		h.stopAt(begin)
		until := begin.Add(2 * time.Hour)
		h.makeCourse(t, "garden", func(d *course.Details) {
			d.Places = 3
			d.Quotas = []course.Quota{{ID: "near", Name: i18n.Text{"fi": "lähellä asuvat", "en": "those who live near"}, Places: 2, Codes: []string{"001", "33100"}, Until: until.Unix()}}
		})
		send := func(p *client.Page, button, email string) *client.Page {
			t.Helper()
			return p.Form("contact").Set(say(l, "common.email"), email).Submit(say(l, button)).MustStatus(http.StatusOK)
		}
		holds := say(l, "course.holds_place")
		send(enrolNear(t, h.person(t), l, "garden", "Far One", "90100").MustText(holds), "course.send", "far1@example.org").MustText("GARD-0001")
		send(enrolNear(t, h.person(t), l, "garden", "Near One", "00190").MustText(holds), "course.send", "near1@example.org").MustText("GARD-0002")
		p := enrolNear(t, h.person(t), l, "garden", "Far Two", "33101")
		if p.HasText(holds) {
			t.Error("who lives elsewhere holds a place of those who live near")
		}
		send(p, "course.send_wait", "far2@example.org").MustText(say(l, "course.state.waiting_at", "place", 1))
		h.awaitMails(t, "far2@example.org", 1)
		_, taken, err := h.app.Courses.Public(t.Context(), vuorela, "garden")
		if err != nil || taken["near"] != 1 || taken[""] != 1 {
			t.Errorf("got %v, %v, want one of each", taken, err)
		}

		h.stopAt(until)
		if p := enrolNear(t, h.person(t), l, "garden", "Near Two", "33100").MustText(holds); p.Status != http.StatusOK {
			t.Errorf("in its last second: %s", p)
		}
		h.person(t).Get(h.enrolmentLink(t, h.awaitMails(t, "far2@example.org", 1)[0])).MustText(say(l, "course.state.waiting_at", "place", 1))
		// Who held it does not come back: the place is free a second after the hold, and everybody's by then.
		h.stopAt(until.Add(15*time.Minute + time.Second))
		h.person(t).Get(h.enrolmentLink(t, h.awaitMails(t, "far2@example.org", 2)[1])).MustText(say(l, "course.offer_title"))
	})
}

// A quota's place that nobody needed is offered in the second after its time, to who waits.
func TestS2_5_WhatAQuotaDidNotNeedIsOffered(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		begin := h.app.Now().Truncate(time.Second).Add(time.Second)
		h.stopAt(begin)
		until := begin.Add(2 * time.Hour)
		h.makeCourse(t, "garden", func(d *course.Details) {
			d.Quotas = []course.Quota{{ID: "near", Name: i18n.Text{"fi": "lähellä asuvat", "en": "those who live near"}, Places: 1, Codes: []string{"001"}, Until: until.Unix()}}
		})
		p := enrolNear(t, h.person(t), l, "garden", "Far One", "90100").Form("contact").Set(say(l, "common.email"), "far@example.org").Submit(say(l, "course.send_wait"))
		p.MustStatus(http.StatusOK).MustText(say(l, "course.state.waiting_at", "place", 1))
		link := h.enrolmentLink(t, h.awaitMails(t, "far@example.org", 1)[0])
		h.stopAt(until)
		h.person(t).Get(link).MustText(say(l, "course.state.waiting_at", "place", 1))
		h.stopAt(until.Add(time.Second))
		p = h.person(t).Get(h.enrolmentLink(t, h.awaitMails(t, "far@example.org", 2)[1])).MustText(say(l, "course.offer_title"))
		p.Form(say(l, "course.accept")).Submit(say(l, "course.accept")).MustStatus(http.StatusOK).MustText(say(l, "course.state.attending"))
	})
}

// Somebody holds the last place while they fill in the form, asks for more time, and does not come back: through the last second of the hold it is theirs; in the next it is offered to the first of those who
// wait, though nobody looks at the course meanwhile.
func TestS2_5_AHoldThatEndsMovesTheWaitingList(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.makeCourse(t, "weaving", nil)
		begin := h.app.Now().Truncate(time.Second).Add(time.Second)
		h.stopAt(begin)
		leaves := h.person(t)
		form := leaves.Get(courseAt(l, "weaving", "enrol")).Form("people").Set("name-1", "Maija Meikäläinen").Submit(say(l, "course.next")).MustStatus(http.StatusOK).MustText(say(l, "course.holds_place"))
		enrolByMail(t, h.person(t), l, "weaving", "course.enrol_wait", "Jan Novák", "jan@example.org").MustText(say(l, "course.state.waiting_at", "place", 1))
		link := h.enrolmentLink(t, h.awaitMails(t, "jan@example.org", 1)[0])
		h.stopAt(begin.Add(10 * time.Minute))
		longer := say(l, "course.longer")
		form.Form("contact").Submit(longer).MustStatus(http.StatusOK)
		ends := begin.Add(25 * time.Minute)
		h.stopAt(begin.Add(15*time.Minute + time.Second)) // the first hold would be over
		h.person(t).Get(link).MustText(say(l, "course.state.waiting_at", "place", 1))
		h.stopAt(ends)
		h.person(t).Get(link).MustText(say(l, "course.state.waiting_at", "place", 1))
		h.stopAt(ends.Add(time.Second))
		h.person(t).Get(h.enrolmentLink(t, h.awaitMails(t, "jan@example.org", 2)[1])).MustText(say(l, "course.offer_title"))
	})
}

// People give their place back by themselves through the last second of the day until which they may; a second later only those who run the course do, and the page says whom to ask. Who waits leaves at any time.
func TestS2_5_CancelledByOneselfUntilADate(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		begin := h.app.Now().Truncate(time.Second).Add(time.Second)
		h.stopAt(begin)
		until := begin.Add(48 * time.Hour)
		h.makeCourse(t, "pottery", func(d *course.Details) { d.Places, d.CancelUntil = 2, until.Unix() })
		links := map[string]string{}
		for i, who := range []string{"maija", "jan", "erika"} {
			button := "course.enrol"
			if i == 2 {
				button = "course.enrol_wait"
			}
			h.stopAt(begin.Add(time.Duration(i) * time.Second))
			enrolByMail(t, h.person(t), l, "pottery", button, "Somebody "+who, who+"@example.org")
			links[who] = h.enrolmentLink(t, h.awaitMails(t, who+"@example.org", 1)[0])
		}
		yes := say(l, "course.cancel_yes")
		sure := func(who string) *client.Form {
			t.Helper()
			return h.person(t).Get(links[who]).MustStatus(http.StatusOK).Click(say(l, "course.cancel")).MustText(say(l, "course.cancel_sure")).Form(yes)
		}
		h.stopAt(until)
		late := sure("jan")
		sure("maija").Submit(yes).MustText(say(l, "course.did.cancel"), say(l, "course.state.cancelled"))
		h.awaitMails(t, "erika@example.org", 2) // it is offered

		h.stopAt(until.Add(time.Second))
		late.Submit(yes).MustStatus(http.StatusConflict).MustText(say(l, "course.cancel_late"))
		p := h.person(t).Get(links["jan"]).MustText(say(l, "course.state.attending"), say(l, "course.cancel_late"))
		if p.HasText(say(l, "course.cancel_sure")) {
			t.Error("a place can be given back after the day")
		}
		h.person(t).Get(links["erika"]).MustText(say(l, "course.offer_title")).Form(say(l, "course.decline")).Submit(say(l, "course.decline")).MustStatus(http.StatusOK)
	})
}
