package org

import "time"

// Edge says which end of an opening a local time is.
type Edge int

// The edges. Opening is what people mean by a time on its own.
const (
	Opening Edge = iota
	Closing
)

// Instant returns the instant of a minute of a local date in loc. The clocks may be set forward or back around it, so the edge decides:
//
//   - Opening is the first instant at which the clock on the wall shows that time or has passed it. A time that is skipped becomes the first instant
//     after the gap, and one that is repeated its first occurrence.
//   - Closing is the last instant at which the clock runs up to that time. A time that is skipped becomes the first instant after the gap, and one that
//     is repeated its second occurrence. Where clocks go back from 4 to 3 they run up to 3:30 and to 4:00 twice (and the second counts), but to 3:00
//     once: after that they are set to it.
//
// So the span of a rule begins with the first of its minutes and ends with the last of them, whatever the clock does between.
func Instant(d Date, m Minute, loc *time.Location, edge Edge) time.Time {
	return time.Unix(instant(d, m, loc, edge), 0).In(loc)
}

// farthest is more than any zone was ever away from UTC, in seconds: the search for a local time begins and ends this far around it.
const farthest = 36 * 60 * 60

// instant is Instant in Unix seconds. It walks the periods of constant offset around the local time; nearly always there is one.
func instant(d Date, m Minute, loc *time.Location, edge Edge) int64 {
	wall := (int64(d.n)-epochDay)*secondsPerDay + int64(m)*60
	var closing int64
	for at := wall - farthest; ; {
		p := periodAt(at, loc)
		t := wall - p.offset
		if edge == Opening {
			// The first period whose clock reaches the time holds it, or begins after the gap that has it.
			if t < p.end {
				return max(t, p.start)
			}
		} else if t > p.start {
			// The last period whose clock was before the time runs up to it, or ends at the gap that has it.
			closing = min(t, p.end)
		}
		if p.end > wall+farthest {
			return closing
		}
		at = p.end
	}
}

// period is a time of constant offset from UTC: start included, end excluded, all in seconds.
type period struct{ start, end, offset int64 }

// The ends of time, for periods that have none; far enough for every Date, near enough to be added to.
const (
	beginningOfTime = -1 << 40
	endOfTime       = 1 << 40
)

func periodAt(unix int64, loc *time.Location) period {
	t := time.Unix(unix, 0).In(loc)
	_, offset := t.Zone()
	p := period{beginningOfTime, endOfTime, int64(offset)}
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		p.start = start.Unix()
	}
	if !end.IsZero() {
		p.end = end.Unix()
	}
	return p
}
