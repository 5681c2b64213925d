package bench

import (
	"context"
	"fmt"
	"net/http"
)

// growthRows say whether more data makes it slower.
var growthRows = []Row{{
	Name: "growth/10x", About: "booking and the page of a week over ten million bookings, of which a million are to come: the worst of their median times and CPU times",
	Peer: "the same over a million to come and none that are over", Target: atMost(1.2), Run: growTenfold,
}}

// growConns is how many connections book, and ask for pages, at once: so few that the time of one tells what it costs, and not how long the line was.
const growConns = 8

// grown is a server over one size of data.
type grown struct {
	booking *bookingRow
	server  *Server
	book    round
	week    round
}

// growTenfold compares two servers in the same rounds. There are no more times to come than counters and days give, so what grows is the past: people,
// appointments, contacts, notices, audit.
func growTenfold(ctx context.Context, e *Env) (Result, error) {
	spec := e.bookFixture()
	if e.Quick && !e.tiny {
		spec.Live /= 10 // ten times as many must be made within the time of a quick row
	}
	small, err := e.Copied(ctx, spec)
	if err != nil {
		return Result{}, err
	}
	dir, err := e.TempDir()
	if err != nil {
		return Result{}, err
	}
	spec.Past = 9 * spec.Live
	large, err := e.fill(ctx, Installation{Dir: dir}, spec)
	if err != nil {
		return Result{}, err
	}
	load, err := e.Loader(ctx)
	if err != nil {
		return Result{}, err
	}
	var sizes [2]*grown // large, small
	for i, in := range []Installation{large, small} {
		if sizes[i], err = e.grow(ctx, in, load); err != nil {
			return Result{}, err
		}
	}
	res, err := compareGrown(ctx, e, sizes)
	if err != nil {
		return Result{}, err
	}
	if e.Quick {
		res.Note = fmt.Sprintf("quick: %d and %d bookings instead of ten millions and one", spec.Live+spec.Past, spec.Live)
	}
	for _, g := range sizes {
		if err := g.server.Stop(); err != nil {
			return Result{}, err
		}
		if err := g.booking.settle(ctx, &res); err != nil {
			return Result{}, err
		}
	}
	return res, nil
}

// grow starts a server over an installation, with drafts that wait for their last step and with its pages made once.
func (e *Env) grow(ctx context.Context, in Installation, load *Part) (*grown, error) {
	times, err := in.Fixture.FreeTimes(e.need(mostBooked / 2))
	if err != nil {
		return nil, err
	}
	g := &grown{}
	if g.booking, err = e.prepareDrafts(ctx, in, times); err != nil {
		return nil, err
	}
	if g.server, err = e.Product(ctx, in); err != nil {
		return nil, err
	}
	p := &pages{in: in, load: load, s: g.server}
	plan := Load{Conns: growConns, Method: "GET", Headers: browser, Paths: p.weeks()}
	g.book, g.week = g.booking.posts(g.server, load, growConns), g.server.throughput(load, plan, http.StatusOK)
	return g, p.warm(ctx, plan, http.StatusOK)
}

// compareGrown takes the rounds: all pages first, since a booking makes the page of its office anew.
func compareGrown(ctx context.Context, e *Env, sizes [2]*grown) (Result, error) {
	worst := Result{Figures: map[string]float64{}}
	for _, k := range []struct {
		name         string
		large, small round
	}{{"week", sizes[0].week, sizes[1].week}, {"book", sizes[0].book, sizes[1].book}} {
		res, err := alternateBy(ctx, e, k.large, k.small, func(l, s Measure) float64 {
			return float64(l.Latency.Quantile(0.5)) / float64(s.Latency.Quantile(0.5))
		})
		if err != nil {
			return Result{}, err
		}
		before := res.Figures["peer_cpu_us_per_op"]
		worst.Figures[k.name+"_p50"], worst.Figures[k.name+"_cpu"] = res.Ratio, res.CPU/before
		worst.Figures[k.name+"_cpu_us"], worst.Figures[k.name+"_cpu_us_before"] = res.CPU, before
		worst.N += res.N
		if r := max(res.Ratio, res.CPU/before); r > worst.Ratio {
			worst.Ratio, worst.IQR, worst.CPU = r, res.IQR, res.CPU
		}
	}
	return worst, nil
}
