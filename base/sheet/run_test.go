package sheet

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"luukku/base/fault"
)

func TestEachLineThatIsDueIsDoneOnce(t *testing.T) {
	t.Parallel()
	var done [100]atomic.Int32
	refused, err := Run(t.Context(), len(done), func(i int) bool { return i%3 > 0 }, func(i int) error {
		done[i].Add(1)
		if i == 50 {
			return fault.Conflict("booking.taken", nil)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range done {
		if n := done[i].Load(); (n == 1) != (i%3 > 0) || n > 1 || (refused[i] != nil) != (i == 50) {
			t.Errorf("line %d was done %d times, refused with %v", i, n, refused[i])
		}
	}
}

func TestWhatIsNotARefusalEndsTheWhole(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	refused, err := Run(t.Context(), 3, func(int) bool { return true }, func(i int) error {
		if i == 1 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) || refused != nil {
		t.Errorf("got %v, %v", refused, err)
	}
}

// A slow disk leaves lines for the next call: none is begun after five seconds, and those that were begun are finished.
func TestAfterAFewSecondsTheRestIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var begun, ended atomic.Int32
		refused, err := Run(t.Context(), 1000, func(int) bool { return true }, func(int) error {
			begun.Add(1)
			time.Sleep(2 * time.Second)
			ended.Add(1)
			return nil
		})
		if n := begun.Load(); err != nil || len(refused) != 1000 || n != ended.Load() || n != 3*runners {
			t.Errorf("%d were begun, %d ended, %v", n, ended.Load(), err)
		}
	})
}

func TestWhoGoesAwayIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var done atomic.Int32
	_, err := Run(ctx, 1000, func(int) bool { return true }, func(int) error {
		if done.Add(1) == 5 {
			cancel()
		}
		return nil
	})
	if n := done.Load(); !errors.Is(err, context.Canceled) || n > 5+2*runners {
		t.Errorf("%d were done, %v", n, err)
	}
}
