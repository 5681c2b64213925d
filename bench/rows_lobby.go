package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"luukku/base/ids"
)

// lobbyRows are a lobby on a busy morning: who checks in, and what the displays show when somebody is called.
var lobbyRows = []Row{
	{
		Name: "kiosk/checkin", About: "from the PIN to the ticket, 50 a second, while 200 bookings a second are made: the time of the slowest hundredth",
		Peer: "the same while nobody books", Target: atMost(2), Run: kioskCheckin,
	},
	{
		Name: "queue/call", About: "\"call next\" with 1,000 displays open: CPU time for each display and change; from the press to the bytes the slowest hundredth takes 100 ms at most",
		Peer: "a bare loop that writes as many bytes to as many connections", Target: atMost(1.5), Run: queueCall,
	},
	{
		Name: "queue/many", About: "\"call next\" with 5,000 displays and phones open: from the press, the durable commit included, to the bytes, the slowest hundredth",
		Target: Target{AtMost: true, Value: 300, Unit: "ms"}, Run: queueMany,
	},
}

// The figures of the rows.
const (
	checkinRate   = 50 // a second
	mostCheckinMs = 20 // over idle
	callDisplays  = 1000
	mostCallMs    = 100
	manyDisplays  = 5000
	callPause     = 120 * time.Millisecond // between two changes
)

// displays is how many look at the lobby.
func (e *Env) displays(n int) int {
	if e.tiny {
		return n / 50
	}
	return n
}

// lobbyRow is a server with a lobby.
type lobbyRow struct {
	in     Installation
	s      *Server
	office ids.Office
}

// lobby starts a server over a copy of the data, with so many who wait, and so many who may check in.
func (e *Env) lobby(ctx context.Context, in Installation, waiting, booked int) (*lobbyRow, error) {
	l := &lobbyRow{in: in, office: in.Fixture.Offices[0]}
	var err error
	e.Say("%d people wait, and %d are to come", waiting, booked)
	if l.s, err = e.Serve(ctx, "lobby", lobbySpec{in, l.office, waiting, booked}); err != nil {
		return nil, err
	}
	return l, l.s.filled(ctx)
}

// settled stops the server and looks for contradictions, and for as many tickets as were acknowledged.
func (l *lobbyRow) settled(ctx context.Context, e *Env, res Result, err error) (Result, error) {
	if err != nil {
		return Result{}, err
	}
	var lost []string
	if err := l.s.Call(ctx, "settle", nil, &lost); err != nil {
		return Result{}, err
	}
	res.Wrong = append(res.Wrong, lost...)
	if e.Quick {
		res.Note = fmt.Sprintf("quick: %d bookings there instead of a million", l.in.Fixture.Spec.Live)
	}
	return res, l.s.Stop()
}

// kioskCheckin measures the times of check-ins with and without people who book.
func kioskCheckin(ctx context.Context, e *Env) (Result, error) {
	in, err := e.Copied(ctx, e.bookFixture())
	if err != nil {
		return Result{}, err
	}
	b, err := e.bookable(ctx, in, e.need(floodBookings*2))
	if err != nil {
		return Result{}, err
	}
	load, err := e.Loader(ctx)
	if err != nil {
		return Result{}, err
	}
	l, err := e.lobby(ctx, in, 0, 3*e.need(checkinRate))
	if err != nil {
		return Result{}, err
	}
	idle := l.checkins()
	crowded := func(ctx context.Context, d time.Duration) (Measure, error) {
		return b.meanwhile(ctx, d, l.s, load, idle)
	}
	var with, without Histogram
	res, err := alternateBy(ctx, e, crowded, idle, func(s, p Measure) float64 {
		with.Add(s.Latency)
		without.Add(p.Latency)
		return float64(s.Latency.Quantile(0.99)) / float64(p.Latency.Quantile(0.99))
	})
	if err == nil {
		over := with.Quantile(0.99) - without.Quantile(0.99)
		res.Figures["p99_us"], res.Figures["peer_p99_us"], res.Figures["p50_us"] = micros(with.Quantile(0.99)), micros(without.Quantile(0.99)), micros(with.Quantile(0.5))
		res.Figures["bookings"] = float64(b.made)
		if over > mostCheckinMs*time.Millisecond && !e.tiny {
			res.Wrong = append(res.Wrong, fmt.Sprintf("the slowest hundredth takes %s longer than without those who book, more than %d ms", over, mostCheckinMs))
		}
	}
	return l.settled(ctx, e, res, err)
}

// checkins is a round of people with PINs, at a steady rate.
func (l *lobbyRow) checkins() round {
	return func(ctx context.Context, d time.Duration) (m Measure, err error) {
		stop, err := l.s.profiled(ctx)
		if err != nil {
			return m, err
		}
		before, err := l.s.Usage(ctx)
		if err != nil {
			return m, err
		}
		if err := l.s.Call(ctx, "checkins", lobbyRun{Time: d, PerSecond: checkinRate}, &m); err != nil {
			return m, err
		}
		after, err := l.s.Usage(ctx)
		m.CPU = after.CPU - before.CPU
		return m, errors.Join(err, stop())
	}
}

// meanwhile has people book at a steady rate while a round runs.
func (b *bookingRow) meanwhile(ctx context.Context, d time.Duration, s *Server, load *Part, r round) (Measure, error) {
	plan := Load{
		Addr: s.Addr, Conns: 32, Time: d, PerSecond: floodBookings, Method: "POST", Headers: append([]string{b.cookie, "Origin: http://" + s.Addr}, browser...),
		PathsFile: b.drafts, Once: true, First: b.next,
	}
	ended := make(chan error, 1)
	var got Loaded
	go func() { ended <- load.Call(ctx, "run", plan, &got) }()
	m, err := r(ctx, d)
	if err := errors.Join(err, <-ended); err != nil {
		return Measure{}, err
	}
	b.next += int(got.Asked)
	b.made += got.Statuses[http.StatusSeeOther]
	if booked := got.Statuses[http.StatusSeeOther] + got.Statuses[http.StatusServiceUnavailable]; booked != got.Done || got.Errors > 0 {
		return m, fmt.Errorf("those who book: %w", got.Only(http.StatusSeeOther))
	}
	return m, nil
}

// called is a lobby with displays that look at it.
type called struct {
	*lobbyRow
	watch *Part
	n     int
	times Histogram
	// bytes and changes are what came to the displays.
	bytes, changes int64
}

// displayed opens the displays.
func (e *Env) displayed(ctx context.Context, n int) (*called, error) {
	in, err := e.Copied(ctx, e.bookFixture())
	if err != nil {
		return nil, err
	}
	l, err := e.lobby(ctx, in, 40+e.need(int(time.Second/callPause)), 0)
	if err != nil {
		return nil, err
	}
	c := &called{lobbyRow: l, n: n}
	path := fmt.Sprintf("/fi/%s/queue/%s/stream", fixtureOrg, l.office)
	c.watch, err = e.watchers(ctx, l.s.Addr, path, n)
	return c, err
}

// watchers opens event streams.
func (e *Env) watchers(ctx context.Context, addr, path string, n int) (*Part, error) {
	w, err := e.Start(ctx, "watchers", nil)
	if err != nil {
		return nil, err
	}
	return w, w.Call(ctx, "open", watchSpec{Addr: addr, Path: path, Conns: n}, nil)
}

// calls is a round of calling: each is made when the one before has come to every display.
func (c *called) calls(ctx context.Context, d time.Duration) (Measure, error) {
	return changes(ctx, d, c.s, c.watch, c.n, func(got watched, begun int64) {
		c.bytes += got.Bytes
		c.changes += int64(len(got.At))
		for _, at := range got.At {
			c.times.Record(time.Duration(max(at-begun, 0)))
		}
	})
}

// changes has a part change something again and again, and waits each time until all who watch have it.
func changes(ctx context.Context, d time.Duration, s *Server, watch *Part, n int, seen func(got watched, begun int64)) (Measure, error) {
	stop, err := s.profiled(ctx)
	if err != nil {
		return Measure{}, err
	}
	m := Measure{}
	begun := time.Now()
	for time.Since(begun) < d {
		if err := s.Call(ctx, "ready", nil, nil); err != nil {
			return m, err
		}
		time.Sleep(callPause / 2)
		if err := watch.Call(ctx, "mark", nil, nil); err != nil {
			return m, err
		}
		before, err := s.Usage(ctx) // what readiness costs is not a change that anybody waits for
		if err != nil {
			return m, err
		}
		var at int64
		if err := s.Call(ctx, "change", nil, &at); err != nil {
			return m, err
		}
		var got watched
		if err := watch.Call(ctx, "await", nil, &got); err != nil {
			return m, err
		}
		if len(got.At) != n {
			return m, fmt.Errorf("a change came to %d of %d who watch", len(got.At), n)
		}
		seen(got, at)
		m.Ops += int64(n)
		time.Sleep(callPause / 2)
		after, err := s.Usage(ctx)
		if err != nil {
			return m, err
		}
		m.CPU += after.CPU - before.CPU
	}
	m.Elapsed = time.Since(begun)
	return m, stop()
}

func (c *called) figures(res *Result) {
	res.Figures["p50_ms"], res.Figures["p99_ms"] = millis(c.times.Quantile(0.5)), millis(c.times.Quantile(0.99))
	res.Figures["displays"], res.Figures["bytes_per_change"] = float64(c.n), float64(c.bytes)/float64(max(c.changes, 1))
}

// queueCall compares what a change costs with bare writes.
func queueCall(ctx context.Context, e *Env) (Result, error) {
	c, err := e.displayed(ctx, e.displays(callDisplays))
	if err != nil {
		return Result{}, err
	}
	if _, err := c.calls(ctx, e.RoundTime()/4); err != nil {
		return Result{}, err
	}
	bare, err := e.Serve(ctx, "writer", writerSpec{Bytes: int(c.bytes / max(c.changes, 1))})
	if err != nil {
		return Result{}, err
	}
	watch, err := e.watchers(ctx, bare.Addr, "/", c.n)
	if err != nil {
		return Result{}, err
	}
	writes := func(ctx context.Context, d time.Duration) (Measure, error) {
		return changes(ctx, d, bare, watch, c.n, func(watched, int64) {})
	}
	res, err := alternateBy(ctx, e, c.calls, writes, func(s, p Measure) float64 { return s.perOp() / p.perOp() })
	if err == nil {
		c.figures(&res)
		if ms := res.Figures["p99_ms"]; ms > mostCallMs && !e.tiny {
			res.Wrong = append(res.Wrong, fmt.Sprintf("from the press to the bytes it takes %.0f ms, more than %d ms", ms, mostCallMs))
		}
	}
	return c.settled(ctx, e, res, err)
}

// queueMany measures the times where many look.
func queueMany(ctx context.Context, e *Env) (Result, error) {
	c, err := e.displayed(ctx, e.displays(manyDisplays))
	if err != nil {
		return Result{}, err
	}
	if _, err := c.calls(ctx, e.RoundTime()/4); err != nil {
		return Result{}, err
	}
	c.times = Histogram{}
	var tails []float64
	res := Result{Figures: map[string]float64{}}
	var all Measure
	for range e.Rounds() {
		before := c.times
		c.times = Histogram{}
		m, err := c.calls(ctx, e.RoundTime())
		if err != nil {
			return Result{}, err
		}
		tails = append(tails, millis(c.times.Quantile(0.99)))
		all.add(m)
		c.times.Add(&before)
	}
	res.Ratio, res.IQR, res.CPU, res.N = median(tails), iqr(tails), all.perOp(), all.Ops
	c.figures(&res)
	return c.settled(ctx, e, res, nil)
}

// lobbySpec is a server with a lobby; lobbyRun is how its people come.
type lobbySpec struct {
	Installation
	Office  ids.Office `json:"office"`
	Waiting int        `json:"waiting"`
	Booked  int        `json:"booked"`
}

type lobbyRun struct {
	Time      time.Duration `json:"time"`
	PerSecond int           `json:"per_second"`
}

// watchSpec is what is watched, and watched when the last change came to each who watches (Unix nanoseconds), with its bytes.
type watchSpec struct {
	Addr  string `json:"addr"`
	Path  string `json:"path"`
	Conns int    `json:"conns"`
}

type watched struct {
	At    []int64 `json:"at"`
	Bytes int64   `json:"bytes"`
}

type writerSpec struct {
	Bytes int `json:"bytes"`
}
