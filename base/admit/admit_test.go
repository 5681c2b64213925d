package admit

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

const ms = int64(time.Millisecond)

func TestNewVisitorsLeaveAQuarterToThoseWhoFinish(t *testing.T) {
	t.Parallel()
	g := New(Options{Slots: 8})
	for i := range 6 {
		if got := g.Enter(Begin, 0); got != In {
			t.Fatalf("visitor %d: got %v, want it in", i, got)
		}
	}
	if got := g.Enter(Begin, 0); got != Full {
		t.Errorf("the seventh who begins: got %v, want Full", got)
	}
	for range 2 {
		if got := g.Enter(Finish, 0); got != In {
			t.Errorf("who finishes: got %v, want it in", got)
		}
	}
	if got := g.Enter(Finish, 0); got != Full {
		t.Errorf("the ninth: got %v, want Full", got)
	}
	for range 8 {
		g.Leave()
	}
	if got := g.Enter(Begin, 0); got != In || g.Running() != 1 {
		t.Errorf("after all left: got %v with %d in progress, want it in, alone", got, g.Running())
	}
	if got := g.TakeCounts(); got != (Counts{In: 9, Full: 2}) {
		t.Errorf("got %+v", got)
	}
	if got := g.TakeCounts(); got != (Counts{}) {
		t.Errorf("taken twice: got %+v, want nothing", got)
	}
}

func TestNeverMoreInProgressThanSlots(t *testing.T) {
	t.Parallel()
	g := New(Options{Slots: 5})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 5000 {
				if g.Enter(Class(i%2), 0) != In {
					continue
				}
				if n := g.inProgress(); n > 5+8 { // who is being refused counts for a moment
					t.Errorf("%d in progress, want 5 at most", n)
				}
				g.Leave()
			}
		})
	}
	all.Wait()
	if g.Running() != 0 {
		t.Errorf("%d are left, want none", g.Running())
	}
}

func (g *Gate) inProgress() int64 { return g.running.Load() }

// send lets a probe take a time from a moment on.
func send(t *testing.T, g *Gate, at, took int64) {
	t.Helper()
	if !g.Probe(at) {
		t.Fatalf("no probe wanted at %d ms", at/ms)
	}
	if g.Probe(at) {
		t.Fatalf("a second probe wanted while one is under way")
	}
	g.Returned(at + took)
}

func TestOneLateProbeTurnsNobodyAway(t *testing.T) {
	t.Parallel()
	g := New(Options{Slots: 1, Wait: 20 * time.Millisecond})
	send(t, g, 1000*ms, 500*ms)
	if got := g.Lateness(1501 * ms); got != 0 {
		t.Errorf("after a moment's standstill: got %d ms late, want 0", got/ms)
	}
	send(t, g, 1505*ms, 40*ms)
	if got := g.Lateness(1546 * ms); got != 40*ms {
		t.Errorf("after the second: got %d ms, want 40", got/ms)
	}
	if !g.Probe(1550 * ms) {
		t.Fatal("no probe wanted")
	}
	if got := g.Lateness(1650 * ms); got != 100*ms {
		t.Errorf("with one under way for 100 ms: got %d ms, want 100", got/ms)
	}
	g.Returned(1651 * ms)
	send(t, g, 1656*ms, 20*ms)
	if got := g.Lateness(1677 * ms); got != 0 {
		t.Errorf("after one in time: got %d ms, want 0", got/ms)
	}
}

func TestWhatWasMeasuredLongAgoSaysNothing(t *testing.T) {
	t.Parallel()
	g := New(Options{Slots: 1, Wait: 20 * time.Millisecond})
	send(t, g, 1000*ms, 90*ms)
	send(t, g, 1100*ms, 90*ms)
	if got := g.Lateness(1290 * ms); got != 90*ms {
		t.Errorf("got %d ms, want 90", got/ms)
	}
	if got := g.Lateness(1291 * ms); got != 0 {
		t.Errorf("a tenth of a second later: got %d ms, want 0", got/ms)
	}
}

func TestNobodyMeasuresWithoutABound(t *testing.T) {
	t.Parallel()
	g := New(Options{Slots: 1})
	if g.Probe(time.Hour.Nanoseconds()) {
		t.Error("a probe is wanted, want none")
	}
	if got := g.Enter(Begin, time.Hour.Nanoseconds()); got != In {
		t.Errorf("got %v, want it in", got)
	}
}

func TestThoseWhoFinishAreTurnedAwayLast(t *testing.T) {
	t.Parallel()
	const wait = 20 * ms
	for _, c := range []struct {
		late          int64
		begin, finish float64
	}{
		{0, 0, 0}, {20 * ms, 0, 0}, {30 * ms, 0.25, 0}, {40 * ms, 0.5, 0}, {60 * ms, 1, 0}, {120 * ms, 1, 0.5}, {180 * ms, 1, 1}, {time.Hour.Nanoseconds(), 1, 1},
	} {
		if begin, finish := share(Begin, c.late, wait), share(Finish, c.late, wait); begin != c.begin || finish != c.finish {
			t.Errorf("%d ms late: got %v and %v, want %v and %v", c.late/ms, begin, finish, c.begin, c.finish)
		}
	}
}

func TestAShareIsTurnedAwayEvenly(t *testing.T) {
	t.Parallel()
	g := New(Options{Slots: 1 << 20, Wait: 20 * time.Millisecond})
	send(t, g, 1000*ms, 30*ms)
	send(t, g, 1040*ms, 30*ms)
	row, late := 0, 0
	for range 1000 {
		if g.Enter(Begin, 1071*ms) == In {
			row = 0
			continue
		}
		late++
		if row++; row > 1 {
			t.Fatal("two in a row turned away, want one of four")
		}
	}
	if late < 245 || late > 255 {
		t.Errorf("%d of 1000 turned away, want 250", late)
	}
	if got := g.TakeCounts(); got.Late != int64(late) || got.Longest != 30*time.Millisecond {
		t.Errorf("got %+v", got)
	}
}

func TestThoseTurnedAwayAreSpreadByThePace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		served, turned int64
		want           time.Duration
	}{
		{0, 1, 8 * time.Second}, {100, 1, 2 * time.Second}, {100, 100, 2 * time.Second}, {100, 200, 4 * time.Second}, {100, 100_000, 8 * time.Second},
	} {
		if got := spread(c.served, c.turned); got != c.want {
			t.Errorf("%d served, %d turned away: got %v, want %v", c.served, c.turned, got, c.want)
		}
	}
	g := New(Options{Slots: 1})
	now, seen := 10*time.Second.Nanoseconds(), map[time.Duration]int{}
	for second := range 3 { // 100 are served and 300 turned away each second
		for range 100 {
			g.pace.served.Add(1)
		}
		for i := range int64(300) {
			wait := g.RetryAfter(now + i*time.Second.Nanoseconds()/300)
			if wait < soonest || wait > latest || wait%time.Second != 0 {
				t.Fatalf("got %v, want 2 to 10 whole seconds", wait)
			}
			if second == 2 {
				seen[wait]++
			}
		}
		now += time.Second.Nanoseconds()
	}
	for s := 3; s <= 8; s++ { // six seconds, one part of six each
		if n := seen[time.Duration(s)*time.Second]; n < 40 || n > 60 {
			t.Errorf("%d of 300 are to come back in %d s, want about 50: %v", n, s, seen)
		}
	}
}

func BenchmarkEnterAndLeave(b *testing.B) {
	for _, late := range []bool{false, true} {
		b.Run(fmt.Sprintf("late=%t", late), func(b *testing.B) {
			g := New(Options{Slots: 1 << 20, Wait: 20 * time.Millisecond})
			if late {
				g.probe.late.Store(2)
				g.probe.last.Store(30 * ms)
				g.probe.returned.Store(1000 * ms)
			}
			b.ReportAllocs()
			for b.Loop() {
				g.Probe(1000 * ms)
				if g.Enter(Begin, 1000*ms) == In {
					g.Leave()
				}
			}
		})
	}
}
