package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/queue"
	"luukku/e2e/client"
)

// A clerk chooses with ticks which services are called at their counter: when they open it, and again while it is open, in a break, which goes on. The other counters
// see it. What the counter cannot serve is refused, and what was chosen stays on the page.
func TestS3_6_ACounterCallsTheServicesChosenForIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		config := h.config(t, vuorela)
		office, err := config.Office("kallio")
		if err != nil {
			t.Fatal(err)
		}
		unit := office.Units[0].ID
		served := queue.ServedAt(config, "kallio", unit)
		i := slices.IndexFunc(served, func(s ids.Service) bool { return s != "passport-or-id" })
		if i < 0 || !slices.Contains(served, "passport-or-id") {
			t.Fatalf("the counter serves %v", served)
		}
		other := served[i]
		name := func(s ids.Service) string {
			x, err := config.Service(s)
			if err != nil {
				t.Fatal(err)
			}
			return x.Name.In(l)
		}
		c, colleague := h.atCounter(t, "chooses", 0), h.atCounter(t, "colleague", 1)
		k := h.walksIn(t)
		choose := say(l, "lobby.choose_services_now")
		without := func(p *client.Page, text string) {
			t.Helper()
			if strings.Contains(p.Text(), text) {
				t.Errorf("the page says %q", text)
			}
		}
		save := func(p *client.Page, s ids.Service) *client.Page {
			t.Helper()
			f := p.Form(choose)
			for _, x := range served {
				if f.Checked(name(x)) {
					f.Uncheck(name(x))
				}
			}
			return f.Check(name(s)).Submit(choose).MustStatus(http.StatusOK).MustText(say(l, "lobby.done.services"))
		}
		mine := func() queue.Counter { return h.hall(t).Counter(unit) }

		// With another service chosen nobody is called who waits for a passport, and the colleague reads what is called there.
		p := c.Get(lobbyAt(l)).MustStatus(http.StatusOK)
		without(p, say(l, "lobby.only_called", "services", name(other)))
		p = save(p, other).MustText(say(l, "lobby.only_called", "services", name(other)), say(l, "lobby.call_next"))
		without(p, say(l, "lobby.call_next_number", "number", k.Name()))
		p = colleague.Get(lobbyAt(l)).MustText(say(l, "lobby.counter_only", "state", say(l, "lobby.counter_state.open"), "services", name(other)),
			say(l, "lobby.call_next_number", "number", k.Name()))
		without(p, say(l, "lobby.uncalled", "services", name("passport-or-id")))
		save(colleague.Get(lobbyAt(l)), other).MustText(say(l, "lobby.uncalled", "services", name("passport-or-id")))
		c.Get(lobbyAt(l)).Form(say(l, "lobby.call_next")).Submit(say(l, "lobby.call_next")).MustStatus(http.StatusOK).MustText(say(l, "lobby.done.nobody"))

		// In a break the choice changes, and the break goes on.
		p = c.Get(lobbyAt(l)).Click(say(l, "lobby.start_break")).MustStatus(http.StatusOK)
		since := mine().BreakSince
		p = save(p, "passport-or-id").MustText(say(l, "lobby.on_break"))
		if got := mine(); got.BreakSince != since || since == 0 || !slices.Equal(got.Services, []ids.Service{"passport-or-id"}) {
			t.Errorf("after the choice in a break the counter is %+v, on a break since %d", got, since)
		}
		p = p.Click(say(l, "lobby.resume")).MustStatus(http.StatusOK)
		p.Click(say(l, "lobby.call_next_number", "number", k.Name())).MustStatus(http.StatusOK).MustText(say(l, "lobby.said.called", "number", k.Name()))

		// No tick is all of them; the number at the counter stays.
		p = c.Get(lobbyAt(l)).Form(choose).Uncheck(name("passport-or-id")).Submit(choose).MustStatus(http.StatusOK)
		if got := mine(); len(got.Services) != 0 || got.Ticket != k.ID {
			t.Errorf("without a tick the counter is %+v", got)
		}
		p.MustText(say(l, "lobby.called"))

		// A counter that is opened has its choice from the beginning; one that it cannot serve is refused.
		open := say(l, "lobby.open_counter")
		third := h.clerk(t, "third", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		p = third.Get(lobbyAt(l)).Form(open).Set("unit", string(office.Units[2].ID)).Force("services", "no-such-service").Submit(open).MustStatus(http.StatusUnprocessableEntity)
		p.MustText(say(l, "queue.not_served_there"))
		if got := p.Form(open).Value("unit"); got != string(office.Units[2].ID) {
			t.Errorf("the counter that was chosen is now %q", got)
		}
		p = p.Form(open).Check(name("passport-or-id")).Submit(open).MustStatus(http.StatusOK)
		p.MustText(say(l, "lobby.only_called", "services", name("passport-or-id")))
		// Whoever was taken over from does not choose any more.
		stale := third.Get(lobbyAt(l))
		fourth := h.clerk(t, "fourth", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		fourth.Get(lobbyAt(l)).Form(open).Set("unit", string(office.Units[2].ID)).Check(say(l, "lobby.over")).Submit(open).MustStatus(http.StatusOK)
		stale.Form(choose).Uncheck(name("passport-or-id")).Submit(choose).MustStatus(http.StatusConflict).MustText(say(l, "queue.counter_taken"))
	})
}
