package limit

import (
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"luukku/base/clock"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestBurstAndThenTheRate(t *testing.T) {
	t.Parallel()
	c := clock.NewFixed(noon)
	l := New[string](Rate{N: 2, Per: time.Second, Burst: 3}, c.Now)
	for i := range 3 {
		if wait, ok := l.Allow("a"); !ok || wait != 0 {
			t.Fatalf("event %d: got %v %v, want it allowed", i, wait, ok)
		}
	}
	if wait, ok := l.Allow("a"); ok || wait != 500*time.Millisecond {
		t.Errorf("got %v %v after the burst, want a wait of 500ms", wait, ok)
	}
	if _, ok := l.Allow("b"); !ok {
		t.Error("got another key refused, want it allowed")
	}
	c.Advance(500*time.Millisecond - 1)
	if wait, ok := l.Peek("a"); ok || wait != 1 {
		t.Errorf("got %v %v a nanosecond early, want a wait of 1ns", wait, ok)
	}
	c.Advance(1)
	if _, ok := l.Peek("a"); !ok {
		t.Error("got a peek refused after the wait, want it allowed")
	}
	if _, ok := l.Allow("a"); !ok {
		t.Error("got refused after the wait it was told, want it allowed: a peek spends nothing")
	}
	if _, ok := l.Allow("a"); ok {
		t.Error("got a second one, want it refused")
	}
}

func TestNeverMoreThanTheRateAndNeverAWaitInVain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := Rate{N: rapid.IntRange(1, 20).Draw(t, "n"), Per: time.Second, Burst: rapid.IntRange(1, 20).Draw(t, "burst")}
		c := clock.NewFixed(noon)
		l := New[string](r, c.Now)
		allowed := 0
		for range rapid.IntRange(1, 200).Draw(t, "events") {
			c.Advance(time.Duration(rapid.Int64Range(0, int64(time.Second)/4).Draw(t, "pause")))
			wait, ok := l.Allow("a")
			if !ok {
				c.Advance(wait)
				if wait, ok := l.Peek("a"); !ok {
					t.Fatalf("got %v more to wait after the wait, want none", wait)
				}
				continue
			}
			allowed++
		}
		elapsed := c.Now().Sub(noon)
		if most := r.Burst + int(int64(elapsed)/r.step()); allowed > most {
			t.Fatalf("got %d allowed in %v, want %d at most", allowed, elapsed, most)
		}
	})
}

func TestPenaltyOwesNoMoreThanABurst(t *testing.T) {
	t.Parallel()
	c := clock.NewFixed(noon)
	l := New[string](Rate{N: 1, Per: time.Second, Burst: 5}, c.Now)
	l.Penalise("a")
	for i := range 4 {
		if _, ok := l.Allow("a"); !ok {
			t.Errorf("event %d: got refused, want 4 of 5 left after a penalty", i)
		}
	}
	for range 100 {
		l.Penalise("a")
	}
	if wait, ok := l.Peek("a"); ok || wait != time.Second {
		t.Errorf("got %v %v, want a wait of 1s however many penalties", wait, ok)
	}
}

func TestClockSteppingBackLocksNobodyOut(t *testing.T) {
	t.Parallel()
	c := clock.NewFixed(noon)
	l := New[string](Rate{N: 1, Per: time.Second, Burst: 5}, c.Now)
	l.Allow("a")
	c.Advance(-24 * time.Hour)
	if wait, _ := l.Peek("a"); wait > time.Second {
		t.Errorf("got %v to wait after the clock stepped back a day, want a second at most", wait)
	}
}

func TestLimiterForgetsIdleKeysAndHoldsToItsBound(t *testing.T) {
	t.Parallel()
	c := clock.NewFixed(noon)
	l := New[string](Rate{N: 1, Per: time.Second, Burst: 5}, c.Now)
	for i := range 50_000 {
		l.Allow(strconv.Itoa(i))
		c.Advance(4 * time.Millisecond)
	}
	// A key is idle after a second, in which 250 others come.
	if got := len(l.buckets.m); got > 1_000 {
		t.Errorf("got %d keys kept, want few more than the 250 in use", got)
	}
	l = New[string](Rate{N: 1, Per: time.Second, Burst: 5}, c.Now)
	l.buckets.max = 500
	for range 10 {
		l.Penalise("worst")
	}
	for i := range 20_000 {
		l.Allow(strconv.Itoa(i))
		if got := len(l.buckets.m); got > 500 {
			t.Fatalf("got %d keys kept, want 500 at most", got)
		}
	}
	if _, ok := l.Peek("worst"); ok {
		t.Error("got the key that owes most forgotten, want the others")
	}
}

func TestLimiterCountsRightUnderManyHands(t *testing.T) {
	t.Parallel()
	l := New[string](Rate{N: 1, Per: time.Hour, Burst: 100}, clock.NewFixed(noon).Now)
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if _, ok := l.Allow("a"); ok {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if got := allowed.Load(); got != 100 {
		t.Errorf("got %d allowed, want 100", got)
	}
}

func TestZeroRateStillLimits(t *testing.T) {
	t.Parallel()
	l := New[string](Rate{}, clock.NewFixed(noon).Now)
	if _, ok := l.Allow("a"); !ok {
		t.Error("got the first refused, want it allowed")
	}
	if _, ok := l.Allow("a"); ok {
		t.Error("got the second in the same nanosecond allowed, want it refused")
	}
}

func TestAddressKeyIsTheVisitorsNetwork(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::": "2001:db8:1:2::/64",
		"2001:db8:1:3::1": "2001:db8:1:3::/64", "fe80::1%eth0": "fe80::/64", "::1": "::/64",
	} {
		if got := AddressKey(netip.MustParseAddr(in)); got != want {
			t.Errorf("AddressKey(%s): got %s, want %s", in, got, want)
		}
	}
	if got := AddressKey(netip.Addr{}); got != "unknown" {
		t.Errorf("got %q for no address, want unknown", got)
	}
}

func BenchmarkAllow(b *testing.B) {
	l := New[string](Rate{N: 50, Per: time.Second, Burst: 500}, time.Now)
	keys := make([]string, 1024)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	i := 0
	for b.Loop() {
		l.Allow(keys[i&1023])
		i++
	}
}
