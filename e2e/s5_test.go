package e2e

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/e2e/client"
)

const oralHealth ids.Org = "oral-health"

// treatment is an order at a dental clinic, for which one signs in.
func treatment(l i18n.Lang, service, office string) order {
	return order{lang: l, org: oralHealth, service: service, office: office, name: "Maija Meikäläinen"}
}

// bookSigned books the first time from a day on as somebody who has signed in, and returns the code and the start.
func (o order) bookSigned(t *testing.T, c *client.Client, week string) (code, start string) {
	t.Helper()
	p := c.Get(o.calendar() + "?week=" + week).MustStatus(http.StatusOK)
	free := times(p)
	if len(free) == 0 {
		t.Fatalf("no times in week %s: %s", week, p)
	}
	p = press(t, p, free[0])
	done := o.save(p.Form("details").Submit(say(o.lang, "common.continue"))).MustStatus(http.StatusOK)
	return codeOn(t, o.lang, done), free[0]
}

// callsOffice says whether a page gives the number of the office, and when it is answered.
func (h *house) callsOffice(t *testing.T, o order, p *client.Page) {
	t.Helper()
	office, err := h.config(t, o.org).Office(ids.Office(o.office))
	if err != nil {
		t.Fatal(err)
	}
	p.MustText(office.Phone, office.PhoneHours.In(o.lang))
}

// offersTo says whether the page of a booking offers a deed; the top of every page has a link of a like name.
func offersTo(p *client.Page, l i18n.Lang, deed string) bool {
	return slices.ContainsFunc(p.All("main a"), func(a *client.Element) bool { return a.Text() == say(l, "manage."+deed) })
}

// Moving and cancelling online is possible until 24 hours before, to the second. After that there is the phone, with its hours. The page that cancels
// advises to move.
func TestS5_2_MoveAndCancelUntil24HoursBefore(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("sv")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		o := treatment(l, "examination", "centre")
		first, start := o.bookSigned(t, c, "2026-W50")
		second, same := treatment(l, "filling", "centre").bookSigned(t, c, "2026-W50")
		third, _ := treatment(l, "hygienist", "centre").bookSigned(t, c, "2026-W50")
		limit := moment(t, start).Add(-24 * time.Hour)
		if !moment(t, same).Equal(moment(t, start)) {
			t.Fatalf("got times %s and %s, want the same second for all", start, same)
		}
		h.awaitMails(t, "maija@example.org", 4) // the code of the sign-in, and each booking: a jump of the clock would find them half sent
		deed := func(p *client.Page, key string) *client.Page { return p.Click(say(l, key)).MustStatus(http.StatusOK) }

		h.stopAt(limit.Add(-time.Second))
		one, two, three := h.person(t), h.person(t), h.person(t)
		toCancel := deed(o.open(one, first), "manage.cancel").MustText(say(l, "cancel.advice"))
		lateCancel := deed(o.open(two, second), "manage.cancel")
		deed(o.open(three, third), "manage.move")

		h.stopAt(limit) // the very second
		toMove := deed(three.Get(o.url("appointment")), "manage.move")
		toCancel.Form(say(l, "cancel.cancel")).Submit(say(l, "cancel.cancel")).MustStatus(http.StatusOK).MustText(say(l, "manage.done.cancelled"))
		free := times(toMove)
		moving := press(t, toMove, free[len(free)-1]).MustText(say(l, "move.move"))

		h.stopAt(limit.Add(time.Second))
		refused := lateCancel.Form(say(l, "cancel.cancel")).Submit(say(l, "cancel.cancel")).MustStatus(http.StatusUnprocessableEntity)
		refused.MustText(say(l, "manage.refused"))
		for _, p := range []*client.Page{refused, o.open(h.person(t), second)} {
			h.callsOffice(t, o, p)
			if offersTo(p, l, "cancel") || offersTo(p, l, "move") {
				t.Errorf("one second after the limit the page still offers to move or to cancel: %s", p)
			}
		}
		moving.Click(say(l, "move.move")).MustStatus(http.StatusUnprocessableEntity)
		if !o.isFree(h.person(t), start) {
			t.Error("what was cancelled in the last second is not free")
		}
	})
}

// Orthodontics are neither moved nor cancelled online; a wisdom tooth is cancelled, but not moved. The pages say so, and whom to call when; nothing that is
// sent all the same gets through.
func TestS5_5_NotOnlineForMarkedTreatments(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	h.settle(t, h.person(t), "fi", "bank", "Maija Meikäläinen", "maija@example.org", true)
	for i, l := range languages() {
		c := h.person(t)
		identify(t, l, c.Get(my(l)), "bank", "Maija Meikäläinen")
		week := []string{"2026-W50", "2026-W51", "2027-W02", "2027-W03"}[i]

		o := treatment(l, "orthodontics", "special-care")
		h.callsOffice(t, o, c.Get(o.url("services", o.service)).MustText(say(l, "service.not_online")))
		code, _ := o.bookSigned(t, c, week)
		one := h.person(t)
		p := o.open(one, code).MustStatus(http.StatusOK)
		h.callsOffice(t, o, p)
		for _, deed := range []string{"move", "cancel"} {
			if offersTo(p, l, deed) {
				t.Errorf("%s: the page of a time in orthodontics offers to %s it", l, deed)
			}
			h.callsOffice(t, o, one.Get(o.url("appointment", deed)).MustText(say(l, "manage.title")))
		}

		o = treatment(l, "wisdom-tooth", "special-care")
		h.callsOffice(t, o, c.Get(o.url("services", o.service)).MustText(say(l, "service.no_move")))
		code, start := o.bookSigned(t, c, week)
		two := h.person(t)
		p = o.open(two, code).MustStatus(http.StatusOK).MustText(say(l, "manage.not_movable_online"))
		h.callsOffice(t, o, p)
		if offersTo(p, l, "move") {
			t.Errorf("%s: the page of a wisdom tooth offers to move it", l)
		}
		h.callsOffice(t, o, two.Get(o.url("appointment", "move")).MustText(say(l, "manage.not_movable_online")))
		p = p.Click(say(l, "manage.cancel"))
		if p.HasText(say(l, "cancel.advice")) {
			t.Errorf("%s: the page advises to move what cannot be moved", l)
		}
		p.Form(say(l, "cancel.cancel")).Submit(say(l, "cancel.cancel")).MustStatus(http.StatusOK).MustText(say(l, "manage.done.cancelled"))
		if !o.isFree(h.person(t), start) {
			t.Errorf("%s: cancelled, and the time is not free", l)
		}
	}
}

// Whoever books signs in, and is led back to the same step; nothing is offered that the treatment does not have.
func TestS5_BookSignedIn(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	for _, l := range languages() {
		c := h.person(t)
		p := c.Get("/" + string(l) + "/oral-health/").MustText(say(l, "front.sign_in_all"))
		o := treatment(l, "child-examination", "harbour")
		s := h.service(t, o.org, o.service)
		p = p.Click(say(l, "front.book")).Click(h.categoryName(t, o.org, s.Category, l)).Click(s.Name.In(l)).Click(say(l, "service.book")).MustStatus(http.StatusOK)
		p = p.Click(say(l, "places.choose", "place", h.placeName(t, o)))
		start := times(p)[0]
		p = press(t, p, start).MustText(say(l, "sign_in.title"))
		if l != "fi" {
			continue
		}
		p = identify(t, l, p, "bank", "Matti Meikäläinen")
		if p.HasText(say(l, "code.title")) || slices.Contains(p.Errors(), say(l, "booking.taken")) {
			t.Errorf("%s: signing in has lost the time: %s", l, p)
		}
	}
}

func (h *house) categoryName(t *testing.T, o ids.Org, id ids.Category, l i18n.Lang) string {
	t.Helper()
	for _, c := range h.config(t, o).Categories {
		if c.ID == id {
			return c.Name.In(l)
		}
	}
	t.Fatalf("%s has no category %s", o, id)
	return ""
}
