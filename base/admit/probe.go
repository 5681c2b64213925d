package admit

import (
	"sync/atomic"
	"time"
)

// probe is how the wait for a processor is known. Where requests wait cannot be seen from where they are served: in the kernel's list of connections
// with something to read, then among the goroutines that could run. So the caller now and then sends a probe of its own the same way and says when it
// came through. One is under way at a time; one that has been for long tells as much as one that came late.
type probe struct {
	sent     atomic.Int64 // when the one under way was sent; 0: none is
	next     atomic.Int64 // when the next may be sent
	returned atomic.Int64 // when the last one came through
	last     atomic.Int64 // how long it took, when that was too long
	late     atomic.Int64 // how many in a row took too long
}

const (
	probePause = int64(5 * time.Millisecond)   // between two probes
	probeFresh = int64(100 * time.Millisecond) // how long one that came through tells something
)

// Probe reports whether the caller is to send a probe now; Returned must follow when it came through, or at once when it could not be sent.
func (g *Gate) Probe(now int64) bool {
	p := &g.probe
	return g.wait > 0 && now >= p.next.Load() && p.sent.Load() == 0 && p.sent.CompareAndSwap(0, now)
}

// Returned says that the probe came through.
func (g *Gate) Returned(now int64) {
	p := &g.probe
	took := now - p.sent.Load()
	if took > g.wait {
		p.last.Store(took)
		p.late.Add(1)
	} else {
		p.late.Store(0)
		p.last.Store(0)
	}
	if took > g.longest.Load() {
		g.longest.Store(took)
	}
	p.returned.Store(now)
	p.next.Store(now + probePause)
	p.sent.Store(0)
}

// Lateness is how long requests wait for a processor, in nanoseconds, as far as it is too long and lasts: two probes in a row must say so. A machine that
// stood still for a moment is no reason to turn anybody away.
func (g *Gate) Lateness(now int64) int64 {
	p := &g.probe
	late, age := p.late.Load(), int64(0)
	if sent := p.sent.Load(); sent != 0 {
		age = now - sent
	} else if now-p.returned.Load() > probeFresh {
		return 0
	}
	if g.wait > 0 && age > g.wait {
		late++
	}
	if late < 2 {
		return 0
	}
	return max(p.last.Load(), age)
}
