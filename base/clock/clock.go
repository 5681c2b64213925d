// Package clock is the only time there is.
//
// Everything that asks what time it is holds a Now function from here: the machine's clock when serving, a fixed or stepped one in tests, and in the
// demo one that can be moved forward. It promises whole control over time to tests; time zones and calendars are left to domain/org.
package clock

import (
	"sync"
	"time"
)

// Now tells the time. It is safe for concurrent use.
type Now func() time.Time

// Real tells the machine's time.
func Real() Now { return time.Now }

// Fixed tells the time it was set to, until it is moved. Its zero value stands at the zero time. It is safe for concurrent use.
type Fixed struct {
	mu sync.Mutex
	at time.Time
}

// NewFixed returns a clock that stands at t.
func NewFixed(t time.Time) *Fixed { return &Fixed{at: t} }

// Now returns the time the clock stands at.
func (f *Fixed) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

// Set moves the clock to t, in either direction.
func (f *Fixed) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = t
}

// Advance moves the clock by d.
func (f *Fixed) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = f.at.Add(d)
}

// Movable is the demo's clock: the machine's time plus an offset that only grows, so that nothing ever happens before what was written earlier.
// The offset outlives a restart: whoever owns the clock keeps it and gives it back. It is safe for concurrent use.
type Movable struct {
	mu     sync.Mutex
	real   Now
	offset time.Duration
}

// NewMovable returns a clock that runs ahead of real by offset. A negative offset counts as zero.
func NewMovable(real Now, offset time.Duration) *Movable {
	return &Movable{real: real, offset: max(0, offset)}
}

// Now returns the machine's time plus the offset.
func (m *Movable) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.real().Add(m.offset)
}

// Forward moves the clock ahead by d and returns the whole offset to keep. It refuses to go back: a negative d changes nothing.
func (m *Movable) Forward(d time.Duration) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.offset += max(0, d)
	return m.offset
}
