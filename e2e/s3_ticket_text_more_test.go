package e2e

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"luukku/base/config"
	"luukku/base/seal"
	"luukku/domain/queue"
	"luukku/store/pgtest"
)

// asks has who holds a ticket told by text message.
func (l *shownLobby) asks(t *testing.T, token, number string, status int) string {
	t.Helper()
	return l.person(t).Get("/en/"+string(vuorela)+"/ticket/"+token).Form(say("en", "my_ticket.text")).Set(say("en", "my_ticket.phone"), number).
		Submit(say("en", "my_ticket.text")).MustStatus(status).Text()
}

// serves calls, begins and finishes the next.
func (l *shownLobby) serves(t *testing.T) queue.Ticket {
	t.Helper()
	k := l.does(t, queue.Deed{Do: queue.StepCalled})
	l.does(t, queue.Deed{Do: queue.StepBegun, Ticket: k.ID})
	return l.does(t, queue.Deed{Do: queue.StepDone, Ticket: k.ID})
}

// Whoever says STOP after they asked to be told gets nothing, and their number is erased; asking anew is refused until they say START. Who else asked is told.
func TestS3_8_WhoSaysStopGetsNone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l := h.shownLobby(t)
		for range 3 {
			l.takes(t, "fi")
		}
		stops, token := l.takes(t, "en")
		other, otherToken := l.takes(t, "en")
		one, two := &phone{h: h, org: vuorela, number: "+358401234511"}, &phone{h: h, org: vuorela, number: "+358401234512"}
		l.asks(t, token, "040 1234511", http.StatusOK)
		l.asks(t, otherToken, "040 1234512", http.StatusOK)
		one.says(t, "STOP")
		one.handled(t)
		before := len(one.got(t))
		for range 3 {
			l.serves(t)
		}
		must(t, two.next(t, nil), other.Name()) // two before the other one now, and both would have been told
		if k := l.serves(t); k.ID != stops.ID {
			t.Fatalf("got %s called, want %s", k.Name(), stops.Name())
		}
		if k := l.does(t, queue.Deed{Do: queue.StepCalled}); k.ID != other.ID {
			t.Fatalf("got %s called, want %s", k.Name(), other.Name())
		}
		h.eventually(t, "the other one is told of the call", func() bool { return len(two.got(t)) == 2 })
		if got := one.got(t); len(got) != before {
			t.Errorf("after STOP came %q", got[before:])
		}
		if n, err := h.app.Queue.AskedNumber(t.Context(), stops); err != nil || n != "" {
			t.Errorf("got %q %v, want the number erased", n, err)
		}
		_, token = l.takes(t, "en")
		if got := l.asks(t, token, "040 1234511", http.StatusUnprocessableEntity); got == "" {
			t.Error("nothing is said to who said STOP and asks again")
		}
	})
}

// Two servers look who is to be told; each text is sent once.
func TestS3_8_TwoNodesSendOneText(t *testing.T) {
	t.Parallel()
	dsn, keys := pgtest.DSN(t, migrate), filepath.Join(t.TempDir(), "keys")
	node := func(n int) func(c *config.Config) {
		return func(c *config.Config) { c.Database, c.Node, c.KeyFile = seal.Secret(dsn), n, keys }
	}
	a := openWith(t, postgres, node(0))
	openWith(t, postgres, node(1))
	l := a.shownLobby(t)
	var tels []*phone
	for range 3 {
		l.takes(t, "en")
	}
	for i := range 6 {
		_, token := l.takes(t, "en")
		tel := &phone{h: a, org: vuorela, number: "+35840123452" + string(rune('0'+i))}
		l.asks(t, token, tel.number, http.StatusOK)
		tels = append(tels, tel)
	}
	for _, tel := range tels { // each of the three changes is a task that either of the nodes takes, and all find the same one due
		l.serves(t)
		a.eventually(t, "who has two before them is told", func() bool { return len(tel.got(t)) > 0 })
	}
	time.Sleep(3 * time.Second)
	for i, tel := range tels {
		seen := map[string]bool{}
		for _, text := range tel.got(t) {
			if seen[text] {
				t.Errorf("phone %d got %q twice", i, text)
			}
			seen[text] = true
		}
	}
}
