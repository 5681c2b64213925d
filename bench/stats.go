package bench

import (
	"math"
	"slices"
)

// median returns the middle of some values, or the mean of the two in the middle; NaN of none.
func median(values []float64) float64 { return quantile(values, 0.5) }

// iqr is the inter-quartile range: how far the middle half of the values spreads.
func iqr(values []float64) float64 { return quantile(values, 0.75) - quantile(values, 0.25) }

// quantile returns the value below which a share q of the values lies, between its two neighbours where it falls between them; NaN of no values.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(math.Floor(at))
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (sorted[high]-sorted[low])*(at-float64(low))
}
