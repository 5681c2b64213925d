package limit

import (
	"sync"
	"time"
)

// CodeLimits say how much guessing a CodeGuard bears. Zero fields take the defaults, in brackets.
type CodeLimits struct {
	// Address is what one address may fail: ten times at once, then once a minute.
	Address Rate
	// Installation is what all may fail together before the alarm: 300 times at once, then once a second. A busy town's typing errors stay far below.
	Installation Rate
	// Alarm is how long the alarm lasts after the last failure beyond that (10 min).
	Alarm time.Duration
	// Slow is how long an address waits during an alarm after its first failure; twice as long after each further one, up to SlowMost (1 min, 1 h).
	Slow, SlowMost time.Duration
	// Memory is how long an address that failed is remembered (2 h).
	Memory time.Duration
}

// CodeGuard slows the guessing of booking codes. There are so many codes that only somebody with very many tries finds one, so what counts is how
// often an address fails, and how often all do together: guessing from a thousand addresses at once sounds an alarm, during which every address that
// has failed of late is slowed hard. An address that has not failed is served at all times.
//
// It is asked twice: Allow before a code is looked up, which saves the work, and Succeeded or Failed after, which decides. Of a thousand guesses that
// arrive at once all may pass Allow, but only ten get an answer. A success earns nothing, or one known code would pay for guessing.
//
// It is safe for concurrent use.
type CodeGuard struct {
	limits CodeLimits

	mu      sync.Mutex
	all     int64 // the installation's bucket
	alarm   int64 // when the alarm ends, Unix nanoseconds
	records table[string, failures]
}

// failures are what is known of an address that failed.
type failures struct {
	bucket int64
	last   int64 // when, Unix nanoseconds
	count  int
}

// NewCodeGuard returns a guard.
func NewCodeGuard(l CodeLimits) *CodeGuard {
	if l.Address == (Rate{}) {
		l.Address = Rate{N: 1, Per: time.Minute, Burst: 10}
	}
	if l.Installation == (Rate{}) {
		l.Installation = Rate{N: 1, Per: time.Second, Burst: 300}
	}
	l.Alarm = orDefault(l.Alarm, 10*time.Minute)
	l.Slow = orDefault(l.Slow, time.Minute)
	l.SlowMost = orDefault(l.SlowMost, time.Hour)
	l.Memory = orDefault(l.Memory, 2*time.Hour)
	return &CodeGuard{limits: l, records: table[string, failures]{
		max:  maxKeys,
		idle: func(f failures, now int64) bool { return now-f.last > int64(l.Memory) && f.bucket <= now },
		less: func(a, b failures) bool { return a.last < b.last },
	}}
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

// Allow says whether the address (see AddressKey) may try a code at now, or how long to wait.
func (g *CodeGuard) Allow(address string, now time.Time) (wait time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.allow(g.records.get(address), now.UnixNano())
}

// Succeeded says whether an address whose code was right may be told so: not when it has used up its tries since Allow.
func (g *CodeGuard) Succeeded(address string, now time.Time) (wait time.Duration, ok bool) {
	return g.Allow(address, now)
}

// Failed counts a code that was wrong, and says whether the address may be told so: not when it has used up its tries since Allow, and then it is to
// hear the same as if the code had been right.
func (g *CodeGuard) Failed(address string, now time.Time) (wait time.Duration, ok bool) {
	at := now.UnixNano()
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.records.get(address)
	wait, ok = g.allow(f, at)
	// The first try of an address that is not slowed counts for all. Those refused tell an attacker nothing, so they keep no alarm going.
	if ok {
		after, _, room := g.limits.Installation.take(g.all, at)
		g.all = after
		if !room {
			g.alarm = at + int64(g.limits.Alarm)
		}
		if at-f.last > int64(g.limits.Memory) {
			f.count = 0
		}
		f.bucket, _, _ = g.limits.Address.take(f.bucket, at)
		f.last, f.count = at, f.count+1
		g.records.put(address, f, at)
	}
	return wait, ok
}

// Alarmed reports whether the alarm is on at now.
func (g *CodeGuard) Alarmed(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.alarmed(now.UnixNano())
}

// alarmed bears a clock that stepped back: no alarm lasts longer than one.
func (g *CodeGuard) alarmed(now int64) bool {
	return g.alarm > now && g.alarm <= now+int64(g.limits.Alarm)
}

// allow is the rule.
func (g *CodeGuard) allow(f failures, now int64) (time.Duration, bool) {
	_, wait, ok := g.limits.Address.take(f.bucket, now)
	if g.alarmed(now) && f.count > 0 && now-f.last <= int64(g.limits.Memory) {
		slow := g.limits.SlowMost
		if shift := f.count - 1; shift < 20 {
			slow = min(g.limits.Slow<<shift, slow)
		}
		// A last failure in the future is a clock that stepped back.
		if left := slow - time.Duration(max(0, now-f.last)); left > wait {
			wait, ok = left, false
		}
	}
	return wait, ok
}
