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

// NewKeys makes keys of our own that have been published long enough.
func NewKeys(t *testing.T, now clock.Now) *eid.Ring {
	t.Helper()
	stored, err := eid.Generate(Chance(9), now().Add(-48*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	ring, err := eid.NewKeys(stored, now)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func copyTo(b *strings.Builder, from io.ReadCloser) (int64, error) {
	defer func() { _ = from.Close() }()
	return io.Copy(b, from)
}
