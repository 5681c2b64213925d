package e2e

import (
	"net/http"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/e2e/client"
)

// Moving and cancelling each have their own limit: each can be done one second before it and in its very second, and not one second after, whatever the page
// that was opened in time still offers. One limit does not bind the other.
func TestS5_2_MovingAndCancellingEachToTheSecond(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := desk()
		h.setPolicy(t, o, `change_cutoff = "2h", cancel_cutoff = "1h", max_live = 0, max_moves = 0`)
		begin := h.app.Now()
		for _, deed := range []struct {
			offer, late string
			cutoff      time.Duration
			do          func(p *client.Page) func() *client.Page // from the page of the booking, up to the last press
		}{
			{"move", "manage.too_late_to_move", 2 * time.Hour, func(p *client.Page) func() *client.Page {
				p = p.Click(say(l, "manage.move")).MustStatus(http.StatusOK)
				free := times(p)
				p = press(t, p, free[len(free)-1])
				return func() *client.Page { return p.Click(say(l, "move.move")) }
			}},
			{"cancel", "manage.too_late_to_cancel", time.Hour, func(p *client.Page) func() *client.Page {
				p = p.Click(say(l, "manage.cancel")).MustStatus(http.StatusOK)
				return func() *client.Page { return p.Form(say(l, "manage.cancel")).Submit(say(l, "manage.cancel")) }
			}},
		} {
			for _, late := range []time.Duration{-time.Second, 0, time.Second} {
				begin = begin.AddDate(0, 0, 7)
				h.stopAt(begin)
				_, code, start := o.book(t, h.person(t), 12)
				limit := moment(t, start).Add(-deed.cutoff)
				h.stopAt(limit.Add(-2 * time.Second))
				c := h.person(t)
				last := deed.do(o.open(c, code))
				h.stopAt(limit.Add(late))
				a, err := h.app.Booking.Find(t.Context(), actor.System("test"), o.org, code)
				if err != nil {
					t.Fatal(err)
				}
				if offered := offersTo(o.open(h.person(t), code), l, deed.offer); offered != (late <= 0) {
					t.Errorf("%s at %s of the limit: offered is %v", deed.offer, late, offered)
				}
				answered := last()
				after, err := h.app.Booking.Find(t.Context(), actor.System("test"), o.org, code)
				if err != nil {
					t.Fatal(err)
				}
				if did := after.Sequence != a.Sequence; did != (late <= 0) {
					t.Errorf("%s at %s of the limit: done is %v: %s", deed.offer, late, did, answered)
				}
				if late > 0 {
					answered.MustText(say(l, deed.late, "cutoff", texts().Printer(l).Deadline(deed.cutoff)))
				}
				if deed.offer == "move" && late > 0 && !offersTo(o.open(h.person(t), code), l, "cancel") {
					t.Error("what cannot be moved any more can still be cancelled, and is not")
				}
			}
		}
	})
}

// After as many moves as the policy allows, and not before, there is no more moving online; the desk still moves, and its moves are not counted.
func TestS5_2_AsManyMovesAsThePolicyAllows(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := passport(l)
		h.setPolicy(t, o, `max_moves = 2, change_cutoff = "1h"`)
		_, code, _ := o.book(t, h.person(t), 0)
		move := func() {
			t.Helper()
			p := o.open(h.person(t), code).Click(say(l, "manage.move")).MustStatus(http.StatusOK)
			free := times(p)
			press(t, p, free[len(free)-1]).Click(say(l, "move.move")).MustStatus(http.StatusOK)
		}
		moves := func() int {
			t.Helper()
			a, err := h.app.Booking.Find(t.Context(), actor.System("test"), o.org, code)
			if err != nil {
				t.Fatal(err)
			}
			return a.Moves
		}
		deskMoves := func() {
			t.Helper()
			a, err := h.app.Booking.Find(t.Context(), actor.System("test"), o.org, code)
			if err != nil {
				t.Fatal(err)
			}
			p := h.clerk(t, "clerk-"+string(h.app.Site.Gen.FormKey()), actor.Grant{Role: actor.RoleClerk, Org: vuorela}).Get(deskAt(l, vuorela, string(a.ID), "move"))
			free := slots(p, "to")
			pressed(t, p, "to", free[len(free)-2].Attr("value")).MustText(say(l, "desk.done.moved"))
		}
		move()
		deskMoves()
		move()
		if got := moves(); got != 2 {
			t.Fatalf("%d moves are counted, want the 2 that were made online", got)
		}
		p := o.open(h.person(t), code).MustText(say(l, "manage.moved_enough", "max", 2))
		if offersTo(p, l, "move") {
			t.Error("a third move is offered")
		}
		deskMoves()
	})
}
