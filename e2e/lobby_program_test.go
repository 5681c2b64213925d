package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/queue"
	"luukku/e2e/client"
)

// A program with a key opens a counter, calls, begins and finishes, beside a clerk at another counter; what it has not seen it cannot act on.
func TestS3_7_ProgramCallsAndFinishes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), vuorela, "Screens", []actor.Right{actor.QueueWork}, 0)
		if err != nil {
			t.Fatal(err)
		}
		const hall = "/api/v1/organisations/vuorela/offices/kallio"
		c, n := h.person(t), 0
		ask := func(method, path, seen, body string) *client.Page {
			n++
			head := http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"}, "Idempotency-Key": {fmt.Sprintf("request-%d", n)}}
			if seen != "" {
				head.Set("If-Match", seen)
			}
			return c.Raw(method, hall+path, head, body)
		}
		read := func(p *client.Page, into any) {
			t.Helper()
			if err := json.Unmarshal(p.MustStatus(http.StatusOK).Body, into); err != nil {
				t.Fatal(err)
			}
		}
		office, err := h.config(t, vuorela).Office("kallio")
		if err != nil {
			t.Fatal(err)
		}
		counter := "/counters/" + string(office.Units[1].ID)
		clerk := h.atCounter(t, "beside", 0)
		first, second, third := h.walksIn(t), h.walksIn(t), h.walksIn(t)
		ask(http.MethodPost, counter+"/call", "", `{}`).MustStatus(http.StatusConflict)
		ask(http.MethodPut, counter, "", `{"state":"open"}`).MustStatus(http.StatusOK)
		var called api.Call
		read(ask(http.MethodPost, counter+"/call", "", `{}`), &called)
		if called.Ticket == nil || called.Ticket.ID != first.ID {
			t.Fatalf("got %+v, want %s", called, first.Name())
		}
		// The clerk sees it, at a counter of a program, and is given the second.
		p := clerk.Get(lobbyAt(l)).MustStatus(http.StatusOK).MustText(first.Name(), say(l, "lobby.by_machine"))
		p.Click(say(l, "lobby.call_next_number", "number", second.Name())).MustStatus(http.StatusOK)
		deed := func(do string) string {
			return fmt.Sprintf(`{"do":%q,"counter":%q}`, do, office.Units[1].ID)
		}
		at := "/tickets/" + string(first.ID) + "/deeds"
		ask(http.MethodPost, at, `"1"`, deed("begin")).MustStatus(http.StatusPreconditionFailed)
		var now api.LobbyTicket
		read(ask(http.MethodPost, at, fmt.Sprintf("%q", fmt.Sprint(called.Ticket.Version)), deed("begin")), &now)
		called = api.Call{}
		read(ask(http.MethodPost, counter+"/call", "", fmt.Sprintf(`{"finish":true,"ticket":%q}`, first.ID)), &called)
		if called.Ticket == nil || called.Ticket.ID != third.ID || called.Finished == nil || called.Finished.State != queue.Done {
			t.Fatalf("got %+v, want the first done and %s called", called, third.Name())
		}
		for state, want := range map[queue.State]queue.Ticket{queue.Done: first, queue.Called: third} {
			if k, _ := h.hall(t).Ticket(want.ID); k.State != state {
				t.Errorf("%s is %s, want %s", k.Name(), k.State, state)
			}
		}
		clerk.Get(lobbyAt(l, "tickets", string(first.ID))).MustStatus(http.StatusOK).MustText(say(l, "lobby.step.done"), say(l, "lobby.by_machine"))

		// Who has a booking is checked in by its code, once; before its time it is told when to come.
		o := passport("en")
		start := o.free(t, h, "2026-W49")[0]
		p = press(t, h.person(t).Get(o.calendar()+"?week=2026-W49"), start)
		code := codeOn(t, o.lang, o.save(o.fill(p)).MustStatus(http.StatusOK))
		arrives := func() *client.Page { return ask(http.MethodPost, "/arrivals", "", fmt.Sprintf(`{"code":%q}`, code)) }
		arrives().MustStatus(http.StatusConflict)
		h.stopAt(moment(t, start))
		var in, again api.LobbyTicket
		read(arrives(), &in)
		read(arrives(), &again)
		if in.Kind != queue.Booked || in.State != queue.Waiting || again.ID != in.ID {
			t.Errorf("got %+v, and again %+v, want one number for the booking", in, again)
		}

		// A lost answer: the same request gets the same number, and the answer says so.
		given := func() *client.Page { n--; return ask(http.MethodPost, "/tickets", "", `{"service":"passport-or-id"}`) }
		n++
		one, two := given().MustStatus(http.StatusCreated), given()
		if one.Header.Get("Idempotent-Replayed") != "" || two.Header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("got %q and %q, want the second answer said to be a repeat", one.Header.Get("Idempotent-Replayed"), two.Header.Get("Idempotent-Replayed"))
		}
	})
}
