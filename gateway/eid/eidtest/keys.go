package eidtest

import (
	"io"
	mrand "math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/gateway/eid"
)

// Start is when the suite's clocks begin.
var Start = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

// Chance is the chance of tests: the same for the same seed.
func Chance(seed byte) io.Reader { return mrand.NewChaCha8([32]byte{seed}) }

// NewGen returns a maker of identifiers that may be used by several at once.
func NewGen(now clock.Now, seed byte) *ids.Gen {
	return &ids.Gen{Now: now, Rand: &locked{r: Chance(seed)}, Node: 1}
}

type locked struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *locked) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(b)
}

// Our own keys, and those of somebody else. They are made once: RSA takes its time.
var (
	ours   = sync.OnceValues(func() ([]eid.StoredKey, error) { return eid.Generate(Chance(9), Start.Add(-48*time.Hour)) })
	others = sync.OnceValues(func() ([]eid.StoredKey, error) { return eid.Generate(Chance(10), Start.Add(-48*time.Hour)) })
)

// Keys returns keys of our own that have been published long enough.
func Keys(t *testing.T, now clock.Now) *eid.Ring { return ring(t, ours, now) }

// OtherKeys returns the keys of somebody else.
func OtherKeys(t *testing.T, now clock.Now) *eid.Ring { return ring(t, others, now) }

func ring(t *testing.T, stored func() ([]eid.StoredKey, error), now clock.Now) *eid.Ring {
	t.Helper()
	keys, err := stored()
	if err != nil {
		t.Fatal(err)
	}
	r, err := eid.NewKeys(keys, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func copyTo(b *strings.Builder, from io.ReadCloser) (int64, error) {
	defer func() { _ = from.Close() }()
	return io.Copy(b, from)
}
