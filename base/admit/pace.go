package admit

import (
	"sync/atomic"
	"time"
)

// pace is how fast people were served of late, and how many were turned away.
type pace struct {
	served, turned atomic.Int64 // since the window began
	began          atomic.Int64
	spread         atomic.Int64 // of the window before: over how long those turned away are to come back, in nanoseconds
}

// The bounds of what somebody turned away is told.
const (
	soonest    = 2 * time.Second
	latest     = 10 * time.Second
	paceWindow = int64(time.Second)
)

// RetryAfter is when to tell one who is turned away to come back: 2 to 10 seconds, in whole seconds. Those turned away during one second would take a
// time to be served, at the pace of that second, if nobody else came; they are spread over twice that time, so that they do not come back together, and
// the longer the more there are.
func (g *Gate) RetryAfter(now int64) time.Duration {
	p := &g.pace
	p.turned.Add(1)
	if began := p.began.Load(); now-began >= paceWindow && p.began.CompareAndSwap(began, now) {
		served, turned := p.served.Swap(0), p.turned.Swap(0)
		if now-began < 3*paceWindow { // a window that nobody looked at for longer says nothing about now
			p.spread.Store(int64(spread(served, turned)))
		} else {
			p.spread.Store(int64(soonest))
		}
	}
	wait := soonest + time.Duration(g.draw()*float64(p.spread.Load()))
	return (wait + time.Second - 1).Truncate(time.Second)
}

// spread is the time over which those turned away are to come back.
func spread(served, turned int64) time.Duration {
	if served == 0 {
		return latest - soonest
	}
	all := time.Duration(2 * float64(turned) / float64(served) * float64(time.Second))
	return min(max(all, soonest), latest-soonest)
}
