package live

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// next returns the event that waits, or none.
func next(ch <-chan Event) []string {
	select {
	case e := <-ch:
		return e.Topics
	default:
		return nil
	}
}

func TestSubscriberHearsItsTopicsOnly(t *testing.T) {
	t.Parallel()
	var h Hub
	ch, cancel := h.Subscribe("office/1", "office/2")
	defer cancel()
	h.Publish("office/3")
	if got := next(ch); got != nil {
		t.Errorf("got %v, want nothing of another topic", got)
	}
	h.Publish("office/2")
	if diff := cmp.Diff([]string{"office/2"}, next(ch)); diff != "" {
		t.Error(diff)
	}
	if got := next(ch); got != nil {
		t.Errorf("got %v again, want each change told once", got)
	}
}

func TestSlowReaderIsToldEverythingOnceAndTogether(t *testing.T) {
	t.Parallel()
	var h Hub
	ch, cancel := h.Subscribe("a", "b", "c")
	defer cancel()
	for range 1000 {
		h.Publish("b", "a")
	}
	h.Publish("c")
	if diff := cmp.Diff([]string{"b", "a", "c"}, next(ch)); diff != "" {
		t.Error(diff)
	}
}

func TestEventThatWasTakenIsNotTouchedAgain(t *testing.T) {
	t.Parallel()
	var h Hub
	ch, cancel := h.Subscribe("a", "b", "c", "d")
	defer cancel()
	h.Publish("a", "b", "c")
	taken := next(ch)
	h.Publish("d")
	if diff := cmp.Diff([]string{"a", "b", "c"}, taken); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"d"}, next(ch)); diff != "" {
		t.Error(diff)
	}
}

func TestCancelEndsTheReaderAndForgetsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var h Hub
		ch, cancel := h.Subscribe("a")
		other, cancelOther := h.Subscribe("a", "a")
		var ended atomic.Bool
		go func() {
			for range ch {
			}
			ended.Store(true)
		}()
		cancel()
		cancel()
		synctest.Wait()
		if !ended.Load() {
			t.Error("got a reader still waiting, want its channel closed")
		}
		h.Publish("a")
		if got := next(other); len(got) != 1 {
			t.Errorf("got %v, want the other subscriber still told", got)
		}
		cancelOther()
		if len(h.topics) != 0 {
			t.Errorf("got %d topics kept, want none", len(h.topics))
		}
		h.Publish("a")
	})
}

func TestPublisherNeverWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var h Hub
		for range 100 {
			_, cancel := h.Subscribe("a")
			defer cancel()
		}
		began := time.Now()
		// A publisher that blocked would stop the bubble: nobody reads.
		for range 1000 {
			h.Publish("a")
		}
		if got := time.Since(began); got != 0 {
			t.Errorf("got %v waited, want none", got)
		}
	})
}

// However writers and readers interleave, a reader that reads again on each signal ends with the last value.
func TestLastChangeIsNeverLost(t *testing.T) {
	t.Parallel()
	for range 50 {
		var h Hub
		var values [4]atomic.Int64
		const last = 200
		var readers, writers sync.WaitGroup
		for range 4 {
			ch, cancel := h.Subscribe("0", "1", "2", "3")
			readers.Go(func() {
				defer cancel()
				var seen [4]int64
				for e := range ch {
					for _, topic := range e.Topics {
						i := slices.Index([]string{"0", "1", "2", "3"}, topic)
						seen[i] = values[i].Load()
					}
					if seen == [4]int64{last, last, last, last} {
						return
					}
				}
			})
		}
		for w := range 4 {
			writers.Go(func() {
				for v := range int64(last) {
					values[w].Store(v + 1)
					h.Publish(fmt.Sprint(w))
				}
			})
		}
		writers.Wait()
		done := make(chan struct{})
		go func() { readers.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			t.Fatal("a reader never saw the last values")
		}
	}
}

func TestSubscribingWhilePublishingIsSafe(t *testing.T) {
	t.Parallel()
	var h Hub
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 500 {
				if w%2 == 0 {
					h.Publish("a", "b")
					continue
				}
				ch, cancel := h.Subscribe("a", fmt.Sprint(i%3))
				next(ch)
				cancel()
			}
		})
	}
	wg.Wait()
	if len(h.topics) != 0 {
		t.Errorf("got %d topics kept, want none", len(h.topics))
	}
}

func BenchmarkPublishTo1000(b *testing.B) {
	var h Hub
	for range 1000 {
		_, cancel := h.Subscribe("a")
		defer cancel()
	}
	for b.Loop() {
		h.Publish("a")
	}
}
