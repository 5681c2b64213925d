package bench

import (
	"math/bits"
	"time"
)

// Histogram counts durations in buckets that are at most 1/64 (1.6 %) wide of what they hold: small, fast, and without a limit to what it takes.
// Its zero value is empty. It is not safe for concurrent use; Add joins those of several goroutines.
type Histogram struct {
	Counts []int64       `json:"counts,omitempty"` // by bucket
	N      int64         `json:"n"`
	Most   time.Duration `json:"most"`
}

// steps is how many buckets each doubling has.
const steps = 64

// bucketOf is the bucket of a number of nanoseconds: exact below 2*steps, then steps buckets for each doubling.
func bucketOf(ns int64) int {
	if ns < 2*steps {
		return int(max(ns, 0))
	}
	shift := bits.Len64(uint64(ns)) - 7 // leaves a number of steps up to 2*steps
	return shift*steps + int(ns>>shift)
}

// bucketTop is the largest number of nanoseconds in a bucket.
func bucketTop(b int) int64 {
	if b < 2*steps {
		return int64(b)
	}
	shift := b/steps - 1
	return (int64(b-shift*steps)+1)<<shift - 1
}

// Record counts a duration.
func (h *Histogram) Record(d time.Duration) {
	b := bucketOf(int64(d))
	for b >= len(h.Counts) {
		h.Counts = append(h.Counts, make([]int64, b+1-len(h.Counts))...)
	}
	h.Counts[b]++
	h.N++
	h.Most = max(h.Most, d)
}

// Add counts what another histogram has counted.
func (h *Histogram) Add(o *Histogram) {
	if o == nil {
		return
	}
	if len(o.Counts) > len(h.Counts) {
		h.Counts = append(h.Counts, make([]int64, len(o.Counts)-len(h.Counts))...)
	}
	for b, n := range o.Counts {
		h.Counts[b] += n
	}
	h.N += o.N
	h.Most = max(h.Most, o.Most)
}

// Quantile returns the duration that a share q of all were not above; 0 when nothing was counted.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h == nil || h.N == 0 {
		return 0
	}
	want := max(int64(q*float64(h.N)+0.999999), 1)
	seen := int64(0)
	for b, n := range h.Counts {
		if seen += n; seen >= want {
			return min(time.Duration(bucketTop(b)), h.Most)
		}
	}
	return h.Most
}
