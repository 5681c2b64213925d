package mailbox

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Of a crowd so many letters are taken over at a time; each has its turn, and who waits no longer is let go.
func TestLettersAreTakenOverSomeAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var turns taking
		var now, most, all atomic.Int64
		var crowd sync.WaitGroup
		for range 10 * mostTaken {
			crowd.Go(func() {
				done, err := turns.turn(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				defer done()
				n := now.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				all.Add(1)
				time.Sleep(time.Second)
				now.Add(-1)
			})
		}
		synctest.Wait()
		ended, end := context.WithCancel(t.Context())
		end()
		if _, err := turns.turn(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want who waits no longer let go", err)
		}
		crowd.Wait()
		if most.Load() != mostTaken || all.Load() != 10*mostTaken {
			t.Errorf("%d letters at once and %d in all, want %d and %d", most.Load(), all.Load(), mostTaken, 10*mostTaken)
		}
	})
}
