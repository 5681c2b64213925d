package store

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"luukku/domain/course"
	"luukku/store/db"
)

// lines remembers how many wait before some places in the lines of courses, so that who asks for their place has those counted who stand between them and the nearest of these, and not all. Who joins stands
// behind everybody (course.line), and who leaves is noted in the same transaction (course.shifts), so that what was counted holds while no one has left. Its zero value is ready.
type lines struct {
	mu sync.Mutex
	of map[lineKey]*lineCounted
}

type lineKey struct{ org, course string }

// lineCounted are places of one line, the first first, as they were while it had shifted so often. A course that was deleted and made anew was made at another time.
type lineCounted struct {
	made, shifts int64
	at           []place
}

// place is how many wait before whoever has joined at a moment or later.
type place struct {
	line   int64
	before int
}

// apart is how many stand between two places that are remembered, mostLines and mostPlaces how many lines are remembered, and places of one.
const (
	apart      = 128
	mostLines  = 1000
	mostPlaces = 200
)

// nearest is the place that is remembered nearest to one, and when that holds; the beginning of the line, which always does, where there is none.
func (l *lines) nearest(k lineKey, line int64) (p place, made, shifts int64, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.of[k]
	if c == nil {
		return place{}, 0, 0, false
	}
	i, _ := slices.BinarySearchFunc(c.at, line, func(p place, line int64) int { return cmp.Compare(p.line, line) })
	if i == len(c.at) || i > 0 && line-c.at[i-1].line < c.at[i].line-line {
		i--
	}
	return c.at[i], c.made, c.shifts, true
}

// note remembers a place, and forgets those that were counted before somebody left.
func (l *lines) note(k lineKey, p place, made, shifts int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil || len(l.of) >= mostLines && l.of[k] == nil {
		l.of = map[lineKey]*lineCounted{}
	}
	c := l.of[k]
	switch {
	case c == nil, c.made < made, c.made == made && c.shifts < shifts, len(c.at) >= mostPlaces:
		l.of[k] = &lineCounted{made, shifts, []place{p}}
		return
	case c.made != made || c.shifts != shifts: // counted before, and here later
		return
	}
	if i, there := slices.BinarySearchFunc(c.at, p.line, func(p place, line int64) int { return cmp.Compare(p.line, line) }); !there {
		c.at = slices.Insert(c.at, i, p)
	}
}

// Place is how many wait before somebody, and one, at one moment while it is asked.
func (s *Courses) Place(ctx context.Context, e course.Enrolment) (int, error) {
	key := lineKey{string(e.Org), string(e.Course)}
	from, made, shifts, known := s.lines.nearest(key, e.Line)
	for {
		// One statement sees one moment: how often the line has shifted, and who stands between.
		r, err := s.q.LineBetween(ctx, db.LineBetweenParams{
			Org: string(e.Org), Course: string(e.Course), FromLine: min(from.line, e.Line), ToLine: max(from.line, e.Line), Line: e.Line, ID: string(e.ID),
		})
		if err != nil {
			return 0, s.Store.found(err, "course.not_found", "read the line")
		}
		if known && (r.CreatedAt != made || r.Shifts != shifts) { // somebody has left since: all are counted
			from, known = place{}, false
			continue
		}
		here := place{e.Line, from.before + int(r.BetweenThem)}
		if from.line > e.Line {
			here.before = from.before - int(r.BetweenThem)
		}
		if !known || r.BetweenThem >= apart {
			s.lines.note(key, here, r.CreatedAt, r.Shifts)
		}
		return here.before + int(r.Beside) + 1, nil
	}
}
