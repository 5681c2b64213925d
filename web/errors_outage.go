package web

import (
	"net/http"
	"sync"
	"time"
)

// outagePause is the time between two lines of the log about what is not available. A database that is gone fails every request, and a line for each would
// be the next thing to fail.
const outagePause = time.Second

// outages count what was not logged.
type outages struct {
	mu      sync.Mutex
	next    time.Time
	skipped int
}

// Outage logs that something Luukku needs is down, at most once a second, with how many were left out.
func (s *Site) Outage(r *http.Request, err error) {
	now, o := s.Now(), &s.outages
	o.mu.Lock()
	if wait := o.next.Sub(now); wait > 0 && wait <= outagePause { // a clock that was set back does not silence the log
		o.skipped++
		o.mu.Unlock()
		return
	}
	skipped := o.skipped
	o.next, o.skipped = now.Add(outagePause), 0
	o.mu.Unlock()
	s.Log.Error("unavailable", "route", r.Pattern, "method", r.Method, "error", err.Error(), "not_logged", skipped)
}
