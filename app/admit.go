package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"luukku/base/admit"
	"luukku/base/planted"
	"luukku/web"
)

// keeper stands before the doors and lets in as many as can be served. Whoever is turned away is told so at once, in the language of the page, before
// anything else is done for them: nothing of what they sent has been looked at.
//
// Health checks and assets pass; pages that are kept ready do not even come here. A slot is given back before the answer is sent, since answers are made
// whole first: who reads slowly holds none.
type keeper struct {
	app   *App
	next  http.Handler
	gate  *admit.Gate
	probe *probe
	busy  busyAnswers
	began time.Time
	files atomic.Int64 // requests that bring or fetch files
}

// openKeeper puts a keeper before a handler. Close it when done.
func (a *App) openKeeper(ctx context.Context, next http.Handler) (*keeper, error) {
	l := a.Config.Limits
	k := &keeper{
		app: a, next: next, began: time.Now(),
		gate: admit.New(admit.Options{Slots: l.InProgress, Wait: time.Duration(l.Wait) * time.Millisecond}),
	}
	var err error
	if k.probe, err = openProbe(func() { k.gate.Returned(k.now()) }); err != nil {
		return nil, fmt.Errorf("measure how long requests wait: %w", err)
	}
	k.busy.make(ctx, a)
	return k, nil
}

// Close ends what measures.
func (k *keeper) Close() error { return k.probe.Close() }

// now is a moment of a clock that never goes back. Not the house's own: that one stands still in tests and jumps in the demo.
func (k *keeper) now() int64 { return int64(time.Since(k.began)) }

// ServeHTTP lets a request in or turns it away.
func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	class, passes := classOf(r.Method, r.URL.Path)
	if passes {
		k.next.ServeHTTP(w, r)
		return
	}
	if web.BringsFiles(r) || web.FetchesFiles(r) {
		k.serveFiles(w, r)
		return
	}
	whole := readAhead(r)
	now := k.now()
	if k.gate.Probe(now) && !k.probe.send() {
		k.gate.Returned(now)
	}
	if k.gate.Enter(class, now) != admit.In {
		if planted.Bug("shed-after-commit") {
			k.next.ServeHTTP(&captured{header: http.Header{}}, r)
		}
		k.turnAway(w, r, whole)
		return
	}
	if !whole {
		// Who sends a long body slowly would hold a slot meanwhile. A connection whose deadline cannot be set has none to hold.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
	}
	s := slots.Get().(*slot)
	s.ResponseWriter, s.gate = w, k.gate
	defer s.leave()
	k.next.ServeHTTP(s, r)
	s.leave()
	s.ResponseWriter = nil
	slots.Put(s)
}

// filesAtOnce is how many requests may bring or fetch files at once. They take minutes over slow lines, so they have places of their own.
const filesAtOnce = 256

// serveFiles lets a request in that brings or fetches files, with the time that takes.
func (k *keeper) serveFiles(w http.ResponseWriter, r *http.Request) {
	if k.files.Add(1) > filesAtOnce {
		k.files.Add(-1)
		k.turnAway(w, r, false)
		return
	}
	defer k.files.Add(-1)
	control := http.NewResponseController(w)
	end := time.Now().Add(web.FileTime)
	_ = control.SetReadDeadline(end) // a connection whose deadline cannot be set has none
	_ = control.SetWriteDeadline(end)
	k.next.ServeHTTP(w, r)
}

// turnAway answers 503 with the time to come back at.
func (k *keeper) turnAway(w http.ResponseWriter, r *http.Request, whole bool) {
	if !whole {
		w.Header().Set("Connection", "close") // the rest of the body is not worth reading
	}
	k.busy.answer(w, r, k.app.api.Language, int(k.gate.RetryAfter(k.now())/time.Second))
}

// What of a body is read before the request takes a slot: every form of ours, as long as nobody makes a letter of it. The rest must come in time.
const (
	aheadBytes = 16 << 10
	bodyTime   = 5 * time.Second
)

// readAhead reads the body, or the beginning of a long one, so that who sends slowly waits outside. It reports whether that is all of it. What cannot be
// read is left to be found by the door.
func readAhead(r *http.Request) (whole bool) {
	if r.Body == nil || r.Body == http.NoBody {
		return true
	}
	size := r.ContentLength
	if size < 0 || size > aheadBytes {
		size = aheadBytes
	}
	begin, err := io.ReadAll(io.LimitReader(r.Body, size))
	whole = err != nil || r.ContentLength == int64(len(begin)) || int64(len(begin)) < size
	r.Body = &partlyRead{Reader: io.MultiReader(strings.NewReader(string(begin)), r.Body), Closer: r.Body}
	return whole
}

// partlyRead is a body whose beginning was read ahead.
type partlyRead struct {
	io.Reader
	io.Closer
}

// slot is a place in the house, held until the answer begins.
type slot struct {
	http.ResponseWriter
	gate *admit.Gate
}

var slots = sync.Pool{New: func() any { return new(slot) }}

func (s *slot) leave() {
	if s.gate != nil {
		s.gate.Leave()
		s.gate = nil
	}
}

// WriteHeader gives the slot back, unless it only says that more is to come (1xx).
func (s *slot) WriteHeader(status int) {
	if status >= http.StatusOK {
		s.leave()
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *slot) Write(b []byte) (int, error) {
	s.leave()
	return s.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (s *slot) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// classOf says how much a request matters, and whether it passes in any case.
func classOf(method, path string) (class admit.Class, passes bool) {
	first, rest := cut(path)
	switch {
	case first == "assets" || path == "/healthz" || path == "/readyz":
		return admit.Begin, true
	case first == "api":
		return classOfAPI(method, rest), false
	}
	whose, rest := cut(rest) // the organisation, or "my"
	page, rest := cut(rest)
	below, rest := cut(rest)
	step, rest := cut(rest)
	switch {
	case whose == "my" && page == "forms" && below == "draft", page == "fill" && below == "draft": // a form that is being filled in
		return admit.Finish, false
	case page == "courses" && step == "enrol" && rest != "", page == "enrolment": // whose place on a course is held, or offered
		return admit.Finish, false
	case page == "book" && below == "draft", page == "booked", page == "appointment", page == "appointment.ics", page == "link", page == "offer":
		return admit.Finish, false
	}
	return admit.Begin, false
}

// classOfAPI does so below /api/: a booking, an appointment that exists, and the prolonging of a hold finish something; a hold begins.
func classOfAPI(method, path string) admit.Class {
	_, rest := cut(path) // the version
	_, rest = cut(rest)  // "organisations"
	_, rest = cut(rest)  // the organisation
	what, rest := cut(rest)
	switch {
	case what == "appointments" && method == http.MethodPost, what == "appointment", what == "holds" && strings.HasSuffix(rest, "/extend"):
		return admit.Finish
	}
	return admit.Begin
}

// cut takes the first segment off a path.
func cut(path string) (first, rest string) {
	path = strings.TrimPrefix(path, "/")
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

// watch writes a line of the log for each minute in which somebody was turned away, and keeps the answers for them as the house is dressed now.
func (k *keeper) watch(ctx context.Context, c *crowd) {
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for {
		select {
		case <-ctx.Done():
			k.report(c)
			return
		case <-minute.C:
			k.report(c)
			k.busy.make(ctx, k.app)
		}
	}
}

// report logs what the gate and the connections have seen since the last time, when anybody was turned away.
func (k *keeper) report(c *crowd) {
	n, refused, closed := k.gate.TakeCounts(), c.refused.Swap(0), c.closed.Swap(0)
	if n.Late+n.Full+refused == 0 {
		return
	}
	k.app.Log.Warn("overload", "served", n.In, "late", n.Late, "full", n.Full, "longest_wait_ms", n.Longest.Milliseconds(),
		"in_progress", k.gate.Running(), "connections", c.size(), "refused", refused, "closed_idle", closed)
}

// retryHeader is the value of Retry-After.
func retryHeader(seconds int) []string {
	if seconds < len(retries) {
		return retries[seconds]
	}
	return []string{strconv.Itoa(seconds)}
}

// retries are the values of Retry-After, made once.
var retries = func() (all [latestRetry + 1][]string) {
	for s := range all {
		all[s] = []string{strconv.Itoa(s)}
	}
	return all
}()

// latestRetry is the longest that anybody is told to wait, in seconds.
const latestRetry = 10
