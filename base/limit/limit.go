// Package limit slows down what comes too often: requests from one address, guesses of booking codes.
//
// Limiters count in memory, within one process, and promise to keep their memory bounded whatever the keys. They slow whoever is asking, never
// whoever is asked for: no appointment is ever locked. Counting across servers is left to the store, finding a visitor's address to the web.
package limit

import (
	"net/netip"
	"sync"
	"time"
)

// Rate allows N events each Per for ever, and Burst of them at once.
type Rate struct {
	N     int
	Per   time.Duration
	Burst int
}

// step is the time that one event costs.
func (r Rate) step() int64 { return max(1, int64(r.Per)/int64(max(1, r.N))) }

// window is the time that may be owed: what a whole burst costs.
func (r Rate) window() int64 { return r.step() * int64(max(1, r.Burst)) }

// take returns the bucket after one event at now, or how long to wait for it. A bucket is the moment at which it will be full again (the generic
// cell rate algorithm's theoretical arrival time), in Unix nanoseconds.
func (r Rate) take(bucket, now int64) (after int64, wait time.Duration, ok bool) {
	bucket = r.clamp(bucket, now)
	if over := bucket + r.step() - now - r.window(); over > 0 {
		return bucket, time.Duration(over), false
	}
	return bucket + r.step(), 0, true
}

// clamp holds a bucket to what it can owe at now, so that a clock which stepped back locks nobody out.
func (r Rate) clamp(bucket, now int64) int64 { return min(max(bucket, now), now+r.window()) }

// Limiter allows each key its rate. It is safe for concurrent use.
type Limiter[K comparable] struct {
	rate Rate
	now  func() time.Time

	mu      sync.Mutex
	buckets table[K, int64]
}

// maxKeys is how many keys a limiter remembers: about 10 MB. When more come at once, those that owe least are forgotten.
const maxKeys = 100_000

// New returns a limiter. A rate of zero is one event each nanosecond; a burst of zero is one.
func New[K comparable](rate Rate, now func() time.Time) *Limiter[K] {
	return &Limiter[K]{rate: rate, now: now, buckets: table[K, int64]{
		max:  maxKeys,
		idle: func(bucket, now int64) bool { return bucket <= now },
		less: func(a, b int64) bool { return a < b },
	}}
}

// Allow spends one event of the key, or says how long to wait until there is one.
func (l *Limiter[K]) Allow(key K) (wait time.Duration, ok bool) {
	now := l.now().UnixNano()
	l.mu.Lock()
	defer l.mu.Unlock()
	after, wait, ok := l.rate.take(l.buckets.get(key), now)
	if ok {
		l.buckets.put(key, after, now)
	}
	return wait, ok
}

// Peek says what Allow would, and spends nothing.
func (l *Limiter[K]) Peek(key K) (wait time.Duration, ok bool) {
	now := l.now().UnixNano()
	l.mu.Lock()
	defer l.mu.Unlock()
	_, wait, ok = l.rate.take(l.buckets.get(key), now)
	return wait, ok
}

// Penalise spends one event of the key whether there is one or not, but never owes more than a burst.
func (l *Limiter[K]) Penalise(key K) {
	now := l.now().UnixNano()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buckets.put(key, l.rate.clamp(l.rate.clamp(l.buckets.get(key), now)+l.rate.step(), now), now)
}

// AddressKey returns the key that an address is counted under, as text: an IPv4 address itself, the /64 network of an IPv6 one. Addresses that are none
// share a key.
func AddressKey(a netip.Addr) string {
	a = Network(a)
	switch {
	case !a.IsValid():
		return "unknown"
	case a.Is4():
		return a.String()
	}
	return netip.PrefixFrom(a, 64).String()
}

// Network returns what an address is counted under: an IPv4 address itself, the first of the /64 network of an IPv6 one, since a visitor has all of that.
func Network(a netip.Addr) netip.Addr {
	if a = a.Unmap(); a.Is6() {
		return netip.PrefixFrom(a.WithZone(""), 64).Masked().Addr()
	}
	return a
}
