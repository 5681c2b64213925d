// Package admit decides who is let in when more people come than a machine can serve.
//
// A server that takes everybody in serves nobody: each waits for all, gives up, and comes again. A Gate turns some away at once instead, so that the
// others are served as fast as ever. It promises three things. What is in progress is bounded. When those who come wait too long for a processor, new
// visitors are turned away first, and those who are about to finish something only when that does not help. Whoever is turned away is told when to come
// back, from the pace at which people were served of late, and not everybody at the same moment.
//
// It knows no HTTP and reads no clock: who measures the wait, and what somebody turned away is told, is the caller's. Nothing in it waits, locks or
// allocates. Moments are nanoseconds of a clock that never goes back.
package admit

import (
	"sync/atomic"
	"time"
)

// Class is how much a request matters when not all can be served.
type Class uint8

// The classes. A zero Class is Begin, so that what nobody thought of takes nobody's place.
const (
	Begin  Class = iota // somebody looks around or begins
	Finish              // somebody ends what they have begun: books a time that they hold, asks for more time, cancels
)

// Verdict is what the gate says of a request.
type Verdict uint8

// The verdicts.
const (
	In   Verdict = iota // it may run; Leave must follow
	Late                // processors are late: too many are being served already
	Full                // as many are in progress as may be
)

// Options are the bounds of a gate.
type Options struct {
	// Slots is how many requests may be in progress. New visitors leave a quarter of them to those who finish something.
	Slots int
	// Wait is how long a request may wait for a processor. From there on some new visitors are turned away, at three times as much all of them; from then
	// on some of those who finish something, at nine times as much all. Zero turns nobody away for it.
	Wait time.Duration
}

// Gate lets requests in. It is safe for concurrent use.
type Gate struct {
	slots, forBegin int64
	wait            int64

	running atomic.Int64
	turns   atomic.Uint64 // decides by lot whom a share turns away
	probe   probe
	pace    pace
	counts  [3]atomic.Int64 // by verdict
	longest atomic.Int64    // the longest wait measured since Counts
}

// New returns a gate.
func New(o Options) *Gate {
	slots := int64(max(1, o.Slots))
	return &Gate{slots: slots, forBegin: max(1, slots*3/4), wait: int64(o.Wait)}
}

// Enter asks for a request to be let in. Leave must follow when it is.
func (g *Gate) Enter(c Class, now int64) Verdict {
	v := g.judge(c, now)
	g.counts[v].Add(1)
	return v
}

func (g *Gate) judge(c Class, now int64) Verdict {
	if late := g.Lateness(now); late > 0 && g.draw() < share(c, late, g.wait) {
		return Late
	}
	limit := g.slots
	if c == Begin {
		limit = g.forBegin
	}
	if g.running.Add(1) > limit {
		g.running.Add(-1)
		return Full
	}
	return In
}

// Leave says that a request which was let in is done.
func (g *Gate) Leave() {
	g.running.Add(-1)
	g.pace.served.Add(1)
}

// Running is how many requests are in progress.
func (g *Gate) Running() int { return int(g.running.Load()) }

// share is how many of a class are turned away, from 0 to 1, when requests wait for late and may wait for wait.
func share(c Class, late, wait int64) float64 {
	from, to := wait, 3*wait
	if c == Finish {
		from, to = 3*wait, 9*wait
	}
	return min(1, max(0, float64(late-from)/float64(to-from)))
}

// golden is 2^64 divided by the golden ratio: its multiples fall as evenly as can be, so that a share of 0.3 is three of ten and never ten in a row.
const golden = 0x9e3779b97f4a7c15

// draw is the next of numbers from 0 to 1 that are spread evenly.
func (g *Gate) draw() float64 { return float64(g.turns.Add(1)*golden>>11) / (1 << 53) }

// Counts are what a gate has done since they were taken the last time.
type Counts struct {
	In, Late, Full int64
	Longest        time.Duration // that a request waited for a processor, as measured
}

// TakeCounts returns the counts and begins anew.
func (g *Gate) TakeCounts() Counts {
	return Counts{
		In: g.counts[In].Swap(0), Late: g.counts[Late].Swap(0), Full: g.counts[Full].Swap(0),
		Longest: time.Duration(g.longest.Swap(0)),
	}
}
