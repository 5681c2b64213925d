package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/domain/queue"
)

// Who holds a ticket is told by text message when two are before them and when they are called: once each, and not after they gave it up.
func TestS3_8_TwoBeforeYouByText(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l := h.shownLobby(t)
		for range 3 {
			l.takes(t, "fi")
		}
		mine, token := l.takes(t, "sv")
		last, lastToken := l.takes(t, "en")
		tel := &phone{h: h, org: vuorela, number: "+358401234501"}
		other := &phone{h: h, org: vuorela, number: "+358401234502"}
		at := "/sv/" + string(vuorela) + "/ticket/" + token

		c := h.person(t)
		p := c.Get(at).MustStatus(http.StatusOK)
		p = p.Form(say("sv", "my_ticket.text")).Set(say("sv", "my_ticket.phone"), "040 12").Submit(say("sv", "my_ticket.text")).MustStatus(http.StatusUnprocessableEntity)
		p.MustText(say("sv", "field.phone"))
		if !strings.Contains(string(p.Body), `value="040 12"`) {
			t.Error("what was typed is gone")
		}
		p = p.Form(say("sv", "my_ticket.text")).Set(say("sv", "my_ticket.phone"), "040 1234501").Submit(say("sv", "my_ticket.text")).MustStatus(http.StatusOK)
		p.MustText(say("sv", "my_ticket.done_texted"))
		if strings.Contains(string(p.Body), "1234501") {
			t.Error("the page shows the number to whoever opens it")
		}
		h.person(t).Get("/en/"+string(vuorela)+"/ticket/"+lastToken).Form(say("en", "my_ticket.text")).Set(say("en", "my_ticket.phone"), "040 1234502").
			Submit(say("en", "my_ticket.text")).MustStatus(http.StatusOK).Form(say("en", "my_ticket.no_text")).Submit(say("en", "my_ticket.no_text")).MustStatus(http.StatusOK).
			MustText(say("en", "my_ticket.done_untexted"))

		next := func() {
			k := l.does(t, queue.Deed{Do: queue.StepCalled})
			l.does(t, queue.Deed{Do: queue.StepBegun, Ticket: k.ID})
			l.does(t, queue.Deed{Do: queue.StepDone, Ticket: k.ID})
		}
		time.Sleep(2500 * time.Millisecond) // longer than a task waits
		if got := tel.got(t); len(got) != 0 {
			t.Fatalf("got %q with three before, want nothing", got)
		}
		next()
		must(t, tel.next(t, nil), say("sv", "tell.near", "number", mine.Name(), "n", 2))
		next()
		next()
		time.Sleep(2500 * time.Millisecond)
		before := tel.got(t)
		if len(before) != 1 {
			t.Fatalf("got %q, want to be told once", before)
		}
		if k := l.does(t, queue.Deed{Do: queue.StepCalled}); k.ID != mine.ID {
			t.Fatalf("got %s called, want %s", k.Name(), mine.Name())
		}
		must(t, tel.next(t, before), say("sv", "tell.called", "number", mine.Name(), "counter", l.name.In("sv")))
		l.does(t, queue.Deed{Do: queue.StepRecalled, Ticket: mine.ID})
		l.does(t, queue.Deed{Do: queue.StepBegun, Ticket: mine.ID})
		l.does(t, queue.Deed{Do: queue.StepDone, Ticket: mine.ID})
		l.does(t, queue.Deed{Do: queue.StepCalled})
		time.Sleep(2500 * time.Millisecond)
		if got := tel.got(t); len(got) != 2 {
			t.Errorf("got %q, want to be told twice in all", got)
		}
		if got := other.got(t); len(got) != 0 {
			t.Errorf("%s got %q after giving it up", last.Name(), got)
		}
		if n, err := h.app.Queue.AskedNumber(t.Context(), mine); err != nil || n != "" {
			t.Errorf("got %q %v, want the number erased", n, err)
		}
	})
}
