package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"luukku/app"
	"luukku/base/ids"
)

// staleRows are about several servers on one database.
var staleRows = []Row{{
	Name: "free/stale", About: "two servers on one PostgreSQL: from the answer to a booking at one until the other no longer offers the time, p99",
	Postgres: true, Target: Target{Value: 250, AtMost: true, Unit: "ms"}, Run: runStale,
}}

// How many bookings are looked for at the other server, and how many times both servers are asked for at once.
const (
	staleBookings = 500
	staleRaces    = 100
)

// staleFixture has one unit an office, so that a time that is booked is offered no more.
func staleFixture() FixtureSpec {
	return FixtureSpec{Offices: 20, Units: 1, Days: 20, Hours: "mon-sun 08:00-16:20", Always: true, Live: 500}
}

// stale are two servers on one database.
type stale struct {
	in    Installation
	nodes [2]*Server
	last  ids.Appointment
	made  int64
}

func runStale(ctx context.Context, e *Env) (Result, error) {
	s, err := e.openStale(ctx)
	if err != nil {
		return Result{}, err
	}
	bookings, races := min(staleBookings, e.Scale(4*staleBookings)), min(staleRaces, e.Scale(10*staleRaces)) // some hundred in a quick run, too
	times, err := s.in.Fixture.FreeTimes(bookings + races)
	if err != nil {
		return Result{}, err
	}
	before, err := s.usage(ctx)
	if err != nil {
		return Result{}, err
	}
	var seen Histogram
	for i, t := range times[:bookings] {
		d, err := s.lag(ctx, t, i%2)
		if err != nil {
			return Result{}, err
		}
		seen.Record(d)
	}
	res := Result{N: seen.N, Ratio: millis(seen.Quantile(0.99)), Figures: map[string]float64{
		"p50_ms": millis(seen.Quantile(0.5)), "p99_ms": millis(seen.Quantile(0.99)), "most_ms": millis(seen.Most), "races": float64(races),
	}}
	for _, t := range times[bookings:] {
		if err := s.race(ctx, t, &res); err != nil {
			return Result{}, err
		}
	}
	after, err := s.usage(ctx)
	res.CPU = micros(after-before) / float64(bookings+races)
	if err != nil {
		return Result{}, err
	}
	return res, s.settle(ctx, &res)
}

// openStale fills a database and starts two servers over it, each with a directory of its own and the same keys.
func (e *Env) openStale(ctx context.Context) (*stale, error) {
	in, err := e.FilledPostgres(ctx, staleFixture())
	if err != nil {
		return nil, err
	}
	s := &stale{in: in}
	err = in.With(ctx, func(a *app.App) (err error) {
		s.last, err = a.Store.LastAppointment(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	second := in
	second.Node = 1
	if second.Dir, err = e.TempDir(); err != nil {
		return nil, err
	}
	if err := copyFile(filepath.Join(in.Dir, "keys"), filepath.Join(second.Dir, "keys")); err != nil {
		return nil, err
	}
	for i, in := range []Installation{in, second} {
		if s.nodes[i], err = e.Product(ctx, in); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *stale) usage(ctx context.Context) (sum time.Duration, err error) {
	for _, n := range s.nodes {
		u, one := n.Usage(ctx)
		sum, err = sum+u.CPU, errors.Join(err, one)
	}
	return sum, err
}

// mostLag is how long the other server is asked before it is given up.
const mostLag = 10 * time.Second

// lag books at one server and asks the other until it offers the time no more.
func (s *stale) lag(ctx context.Context, t FixtureTime, at int) (time.Duration, error) {
	status, err := s.book(ctx, s.nodes[at], t)
	booked := time.Now()
	switch {
	case err != nil:
		return 0, err
	case status != http.StatusCreated:
		return 0, fmt.Errorf("book a free time: got %d, want 201", status)
	}
	s.made++
	for {
		offered, err := s.offered(ctx, s.nodes[1-at], t)
		lag := time.Since(booked)
		if err != nil || !offered {
			return lag, err
		}
		if lag > mostLag {
			return 0, fmt.Errorf("a time that was booked at one server is offered by the other after %s", lag.Round(time.Millisecond))
		}
	}
}

// race asks both servers for one time at once: one of them must give it, the other must say that it is taken.
func (s *stale) race(ctx context.Context, t FixtureTime, res *Result) error {
	var status [2]int
	var errs [2]error
	var both sync.WaitGroup
	for i, n := range s.nodes {
		both.Go(func() { status[i], errs[i] = s.book(ctx, n, t) })
	}
	both.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	for _, got := range status {
		if got == http.StatusCreated {
			s.made++
		}
	}
	if status != [2]int{http.StatusCreated, http.StatusConflict} && status != [2]int{http.StatusConflict, http.StatusCreated} {
		res.Wrong = append(res.Wrong, fmt.Sprintf("two servers asked for one time at once answered %d and %d, want 201 and 409", status[0], status[1]))
	}
	return nil
}

func (s *stale) api(n *Server, rest string) string {
	return fmt.Sprintf("http://%s/api/v1/organisations/%s/%s", n.Addr, s.in.Fixture.Org, rest)
}

// start writes a time as the API has it.
func (s *stale) start(t FixtureTime) string { return time.Unix(t.Start, 0).UTC().Format(time.RFC3339) }

// book asks a server for a time and returns the status of its answer.
func (s *stale) book(ctx context.Context, n *Server, t FixtureTime) (int, error) {
	body, err := json.Marshal(map[string]string{
		"service": string(s.in.Fixture.Service), "office": string(t.Office), "start": s.start(t), "name": "Visitor", "lang": "en",
	})
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.api(n, "appointments"), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", fmt.Sprintf("stale-%s-%s-%d", n.Addr, t.Office, t.Start))
	status, _, err := ask(r)
	return status, err
}

// offered reports whether a server offers a time.
func (s *stale) offered(ctx context.Context, n *Server, t FixtureTime) (bool, error) {
	day := s.day(t)
	address := s.api(n, fmt.Sprintf("free-times?service=%s&office=%s&from=%s&to=%[3]s", s.in.Fixture.Service, t.Office, day))
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, err
	}
	status, body, err := ask(r)
	if err != nil {
		return false, err
	}
	if status != http.StatusOK {
		return false, fmt.Errorf("ask for free times: got %d: %.200s", status, body)
	}
	var got struct {
		Days []struct {
			Slots []struct {
				Start time.Time `json:"start"`
			} `json:"slots"`
		} `json:"days"`
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return false, fmt.Errorf("read free times: %w", err)
	}
	if len(got.Days) != 1 {
		return false, fmt.Errorf("asked for the free times of %s, got %d days", day, len(got.Days))
	}
	for _, slot := range got.Days[0].Slots {
		if slot.Start.Unix() == t.Start {
			return true, nil
		}
	}
	return false, nil
}

// day is the local date of a time.
func (s *stale) day(t FixtureTime) string {
	for _, d := range s.in.Fixture.Days {
		if len(d.Starts) > 0 && d.Starts[0] <= t.Start && t.Start <= d.Starts[len(d.Starts)-1] {
			return d.Date.String()
		}
	}
	return ""
}

// ask sends a request and reads the whole answer.
func ask(r *http.Request) (status int, body []byte, err error) {
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	body, err = io.ReadAll(res.Body)
	return res.StatusCode, body, errors.Join(err, res.Body.Close())
}

// settle stops the servers and holds what they answered against the database.
func (s *stale) settle(ctx context.Context, res *Result) error {
	for _, n := range s.nodes {
		if err := n.Stop(); err != nil {
			return err
		}
	}
	return s.in.With(ctx, func(a *app.App) error {
		there, _, err := a.Store.BookedAfter(ctx, s.in.Fixture.Org, s.last)
		if err != nil {
			return err
		}
		if there != s.made {
			res.Wrong = append(res.Wrong, fmt.Sprintf("%d bookings were answered with 201; there are %d in the database", s.made, there))
		}
		found, err := a.Store.Check(ctx)
		res.Wrong = append(res.Wrong, found...)
		return err
	})
}
