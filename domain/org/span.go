package org

import "slices"

// CellSeconds is the length of a cell, the grain of all bookable time: cell n begins at Unix second n*CellSeconds.
const CellSeconds = 300

// Span is a stretch of absolute time in Unix seconds, Start included, End excluded.
type Span struct {
	Start, End int64
}

// Seconds is how long the span is.
func (s Span) Seconds() int64 { return s.End - s.Start }

// Contains reports whether the instant is in the span.
func (s Span) Contains(unix int64) bool { return s.Start <= unix && unix < s.End }

// Cells returns the span's first cell and the one after its last. The span must lie on the grid, as those of OpenSpans do.
func (s Span) Cells() (first, end int64) { return floorDiv(s.Start), floorDiv(s.End) }

// floorDiv returns the number of the cell that has the instant, before 1970 too.
func floorDiv(unix int64) int64 {
	n := unix / CellSeconds
	if unix < n*CellSeconds {
		n--
	}
	return n
}

// trim returns the part of the span that is made of whole cells; it may be empty.
func (s Span) trim() Span {
	return Span{-floorDiv(-s.Start) * CellSeconds, floorDiv(s.End) * CellSeconds}
}

// merge sorts the spans and joins those that touch or overlap, in place. Empty ones go.
func merge(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return int(min(max(a.Start-b.Start, -1), 1)) })
	out := spans[:0]
	for _, s := range spans {
		switch n := len(out); {
		case s.Start >= s.End:
		case n > 0 && s.Start <= out[n-1].End:
			out[n-1].End = max(out[n-1].End, s.End)
		default:
			out = append(out, s)
		}
	}
	return out
}

// subtract returns what is left of merged spans without the cut.
func subtract(spans []Span, cut Span) []Span {
	if cut.Start >= cut.End {
		return spans
	}
	out := make([]Span, 0, len(spans)+1)
	for _, s := range spans {
		if before := (Span{s.Start, min(s.End, cut.Start)}); before.Start < before.End {
			out = append(out, before)
		}
		if after := (Span{max(s.Start, cut.End), s.End}); after.Start < after.End {
			out = append(out, after)
		}
	}
	return out
}
