package course

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"

	"luukku/base/ids"
)

// runningFor is how long it is remembered what an organisation runs, in seconds: so late the pages of another node know of a new course.
const runningFor = 30

// waitsFor is how long it is remembered how many wait for a place, in seconds: thousands look at the page of a course in the minute in which it opens.
const waitsFor = 1

// waits is how many wait, as it was counted in a second.
type waits struct{ n, at int64 }

// count counts who waits, once a second.
func (r *running) count(c Course, now int64, ask func() (int, error)) (int, error) {
	key := string(c.Org) + "/" + string(c.ID)
	r.mu.Lock()
	was, ok := r.waits[key]
	r.mu.Unlock()
	if ok && now >= was.at && now < was.at+waitsFor {
		return int(was.n), nil
	}
	n, err := ask()
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waits == nil || len(r.waits) > mostCourses {
		r.waits = map[string]waits{}
	}
	r.waits[key] = waits{int64(n), now}
	return n, nil
}

// Running says which courses an organisation runs, for pages that lead to them and are kept: two with the same Sum lead to the same.
type Running struct {
	Any      bool
	Services []ids.Service // of which there are some, in their order
	Sum      uint64
	// Until is the last second in which it holds without anything being changed.
	Until int64
}

// Of reports whether there are courses of a service.
func (r Running) Of(s ids.Service) bool { return s != "" && slices.Contains(r.Services, s) }

// runningOf says what a list of courses comes to at a moment: a course that is over, called off or a draft does not count.
func runningOf(list []Course, now int64) Running {
	r := Running{Until: now + runningFor}
	for _, c := range list {
		if c.State != Published || now >= c.End() {
			continue
		}
		r.Any, r.Until = true, min(r.Until, c.End()-1)
		if c.Service != "" && !slices.Contains(r.Services, c.Service) {
			r.Services = append(r.Services, c.Service)
		}
	}
	slices.SortFunc(r.Services, func(a, b ids.Service) int { return cmp.Compare(a, b) })
	h := fnv.New64a()
	fmt.Fprintln(h, r.Any, r.Services)
	r.Sum = h.Sum64()
	return r
}

// running is what is remembered of organisations. Its zero value is ready.
type running struct {
	mu    sync.Mutex
	of    map[ids.Org]Running
	waits map[string]waits
	turns map[ids.Org]int // grows with each change here, so that what was read before one is not remembered after it
}

func (r *running) get(o ids.Org, now int64) (Running, int, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	got, ok := r.of[o]
	return got, r.turns[o], ok && now <= got.Until && got.Until <= now+runningFor
}

func (r *running) put(o ids.Org, turn int, x Running) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of == nil {
		r.of = map[ids.Org]Running{}
	}
	if r.turns[o] == turn {
		r.of[o] = x
	}
}

func (r *running) forget(o ids.Org) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.turns == nil {
		r.turns = map[ids.Org]int{}
	}
	r.turns[o]++
	delete(r.of, o)
}

// Running says which courses an organisation runs now. It is remembered for half a minute; what is changed here is known at once.
func (s *Service) Running(ctx context.Context, o ids.Org) (Running, error) {
	now := s.Now().Unix()
	got, turn, ok := s.running.get(o, now)
	if ok {
		return got, nil
	}
	list, err := s.Store.Courses(ctx, o, now, mostCourses)
	if err != nil {
		return Running{}, err
	}
	got = runningOf(list, now)
	s.running.put(o, turn, got)
	return got, nil
}
