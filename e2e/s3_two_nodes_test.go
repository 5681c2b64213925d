package e2e

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"luukku/base/config"
	"luukku/base/seal"
	"luukku/domain/queue"
	"luukku/store/pgtest"
)

// Two servers write to one database. Who looks at the queue on one of them sees what is called on the other, and much sooner than with the next beat, with which
// every state is made anew anyway.
func TestS3_7_ACallOnOneNodeIsSeenOnTheOther(t *testing.T) {
	t.Parallel()
	dsn, keys := pgtest.DSN(t, migrate), filepath.Join(t.TempDir(), "keys")
	node := func(n int) func(c *config.Config) {
		return func(c *config.Config) { c.Database, c.Node, c.KeyFile = seal.Secret(dsn), n, keys }
	}
	a := openWith(t, postgres, node(0))
	b := openWith(t, postgres, node(1))
	l := a.shownLobby(t)
	seen := b.listens(t, "/en/"+string(vuorela)+"/queue/"+string(l.office)+"/stream")
	seen.hears(t)
	var delays []time.Duration
	for range 9 {
		k, _ := l.takes(t, "en")
		begun := time.Now()
		if called := l.does(t, queue.Deed{Do: queue.StepCalled}); called.ID != k.ID {
			t.Fatalf("got %s called, want %s", called.Name(), k.Name())
		}
		seen.waits(t, 20*time.Second, k.Name(), l.name.In("en"))
		delays = append(delays, time.Since(begun))
		l.does(t, queue.Deed{Do: queue.StepBegun, Ticket: k.ID})
		l.does(t, queue.Deed{Do: queue.StepDone, Ticket: k.ID})
	}
	slices.Sort(delays)
	t.Logf("from the call on one node to the bytes of the other's stream: median %s, slowest %s", delays[len(delays)/2], delays[len(delays)-1])
	if delays[len(delays)/2] > 2*time.Second {
		t.Errorf("a call is seen on the other node after %v", delays)
	}
}
