package bench

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"luukku/app"
	"luukku/base/ids"
)

// bookRows are the last step of booking: the post that makes the appointment.
var bookRows = []Row{
	{
		Name: "book/sqlite", About: "the last step of booking, posted over 256 connections, a million bookings there already",
		Peer: "a bare loop of the same statements, 128 bookings in one durable transaction", Target: atLeast(0.70), Run: bookAgainst(groupBatch),
	},
	{
		Name: "book/sqlite-naive", About: "the same",
		Peer: "a bare loop of the same statements, each booking a durable transaction", Target: atLeast(2.0), Run: bookAgainst(1),
	},
	{
		Name: "book/pg", About: "the same on PostgreSQL", Postgres: true,
		Peer: "pgbench: one statement that writes the same rows, 32 clients, in the same database", Target: atLeast(1.25), Run: bookPostgres,
	},
	{
		Name: "book/single", About: "the last step of booking on an idle server, one connection, median time",
		Peer: "the median time of a bare durable transaction of the same statements", Target: atMost(4), Run: bookSingle,
	},
}

// How many book at once, and how many bookings share a transaction of the bare loop.
const (
	bookConns  = 256
	groupBatch = 128
)

// Rates that no machine is expected to reach, bookings a second: so many are made ready for a round, or the round ends when there are none left.
const (
	mostBooked = 10_000
	mostBare   = 15_000
	mostAlone  = 3_000 // by one connection, or one in a transaction
)

// bookingRow is an installation with drafts that wait for their last step.
type bookingRow struct {
	in     Installation
	last   ids.Appointment // of the fixture
	cookie string
	drafts string // file of the load
	next   int    // the first draft that was not posted
	made   int64  // how many were acknowledged
}

// bookFixture is the installation that is booked at.
func (e *Env) bookFixture() FixtureSpec {
	if e.tiny {
		s := standardFixture(8000)
		s.Offices = 8
		return s
	}
	return standardFixture(e.Scale(1_000_000))
}

// need is how many of something all rounds use up at a rate, the warm-up counted.
func (e *Env) need(perSecond int) int {
	return int(float64(perSecond) * e.RoundTime().Seconds() * (float64(e.Rounds()) + 0.25))
}

// prepareDrafts puts drafts into an installation. The session's cookie makes them one visitor's, and each is of another person.
func (e *Env) prepareDrafts(ctx context.Context, in Installation, times []FixtureTime) (*bookingRow, error) {
	b := &bookingRow{in: in, cookie: "Cookie: luukku-visit="}
	dir, err := e.TempDir()
	if err != nil {
		return nil, err
	}
	b.drafts = filepath.Join(dir, "drafts")
	e.Say("%d drafts are made ready", len(times))
	err = in.With(ctx, func(a *app.App) error {
		if b.last, err = a.Store.LastAppointment(ctx); err != nil {
			return err
		}
		session := a.Site.Gen.SessionToken()
		b.cookie += session
		lines, err := writeDrafts(ctx, newScribe(a, session, 1_000_000), in, times)
		if err != nil {
			return err
		}
		return writeLines(b.drafts, lines)
	})
	return b, err
}

// writeDrafts writes a draft for each time and returns where its last step is posted to.
func writeDrafts(ctx context.Context, pen *scribe, in Installation, times []FixtureTime) ([]string, error) {
	const together = 2000
	var lines []string
	for _, t := range times {
		id, err := pen.draft(ctx, in.Fixture.Org, in.Fixture.Service, t)
		if err != nil {
			return nil, err
		}
		lines = append(lines, fmt.Sprintf("/fi/%s/book/draft/%s/check", in.Fixture.Org, id))
		if len(pen.drafts) == together {
			if err := pen.flushDrafts(ctx); err != nil {
				return nil, err
			}
		}
	}
	return lines, pen.flushDrafts(ctx)
}

// posts is a round of posting the drafts' last steps.
func (b *bookingRow) posts(s *Server, load *Part, conns int) round {
	return func(ctx context.Context, d time.Duration) (Measure, error) {
		plan := Load{
			Conns: conns, Time: d, Method: "POST", Headers: append([]string{b.cookie, "Origin: http://" + s.Addr}, browser...), PathsFile: b.drafts, Once: true,
			First: b.next,
		}
		got, m, err := s.Under(ctx, load, plan)
		if err != nil {
			return Measure{}, err
		}
		b.next += int(got.Asked)
		b.made += got.Statuses[http.StatusSeeOther]
		return s.judge(got, m, http.StatusSeeOther)
	}
}

// settle counts what was acknowledged in the database, and looks for contradictions. The server must have ended.
func (b *bookingRow) settle(ctx context.Context, res *Result) error {
	return b.in.With(ctx, func(a *app.App) error {
		there, forms, err := a.Store.BookedAfter(ctx, b.in.Fixture.Org, b.last)
		if err != nil {
			return err
		}
		if there != b.made || forms != b.made {
			res.Wrong = append(res.Wrong, fmt.Sprintf("%d bookings were acknowledged; there are %d in the database, and %d form keys", b.made, there, forms))
		}
		found, err := a.Store.Check(ctx)
		res.Wrong = append(res.Wrong, found...)
		return err
	})
}

// bookAgainst measures booking against bare transactions of a number of bookings.
func bookAgainst(batch int) func(context.Context, *Env) (Result, error) {
	return func(ctx context.Context, e *Env) (Result, error) {
		most := mostBare
		if batch == 1 {
			most = mostAlone
		}
		b, load, peer, err := e.bookSQLite(ctx, mostBooked, most, batch)
		if err != nil {
			return Result{}, err
		}
		s, err := e.Product(ctx, b.in)
		if err != nil {
			return Result{}, err
		}
		res, err := alternate(ctx, e, b.posts(s, load, bookConns), peer)
		return b.finish(ctx, e, s, res, err)
	}
}

// bookSingle compares median times.
func bookSingle(ctx context.Context, e *Env) (Result, error) {
	b, load, peer, err := e.bookSQLite(ctx, mostAlone, mostAlone, 1)
	if err != nil {
		return Result{}, err
	}
	s, err := e.Product(ctx, b.in)
	if err != nil {
		return Result{}, err
	}
	var subjects, peers Histogram
	res, err := alternateBy(ctx, e, b.posts(s, load, 1), peer, func(s, p Measure) float64 {
		subjects.Add(s.Latency)
		peers.Add(p.Latency)
		return float64(s.Latency.Quantile(0.5)) / float64(p.Latency.Quantile(0.5))
	})
	if err == nil {
		res.Figures["p50_us"], res.Figures["peer_p50_us"] = micros(subjects.Quantile(0.5)), micros(peers.Quantile(0.5))
		res.Figures["p99_us"] = micros(subjects.Quantile(0.99))
	}
	return b.finish(ctx, e, s, res, err)
}

// finish stops the server and settles.
func (b *bookingRow) finish(ctx context.Context, e *Env, s *Server, res Result, err error) (Result, error) {
	if err != nil {
		return Result{}, err
	}
	if err := s.Stop(); err != nil {
		return Result{}, err
	}
	if e.Quick {
		res.Note = fmt.Sprintf("quick: %d bookings there instead of a million", b.in.Fixture.Spec.Live)
	}
	e.Say("%d bookings were acknowledged; they are looked for in the database", b.made)
	return res, b.settle(ctx, &res)
}

// bookSQLite makes an installation with drafts for the subject, and starts the load and a bare loop on a copy of its own.
func (e *Env) bookSQLite(ctx context.Context, subject, peer, batch int) (*bookingRow, *Part, round, error) {
	in, err := e.Copied(ctx, e.bookFixture())
	if err != nil {
		return nil, nil, nil, err
	}
	times, err := in.Fixture.FreeTimes(e.need(subject))
	if err != nil {
		return nil, nil, nil, err
	}
	b, err := e.prepareDrafts(ctx, in, times)
	if err != nil {
		return nil, nil, nil, err
	}
	load, err := e.Loader(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	copied, err := e.Copied(ctx, e.bookFixture())
	if err != nil {
		return nil, nil, nil, err
	}
	r, err := e.bareRound(ctx, copied, e.need(peer), batch, peer)
	return b, load, r, err
}

// bareRound starts the bare loop over an installation of its own, to book n times in all, and most a second.
func (e *Env) bareRound(ctx context.Context, in Installation, n, batch, most int) (round, error) {
	times, err := in.Fixture.FreeTimes(n)
	if err != nil {
		return nil, err
	}
	lines := make([]string, len(times))
	for i, t := range times {
		lines[i] = fmt.Sprintf("%s %d", t.Office, t.Start)
	}
	spec := bareSpec{Installation: in, Org: in.Fixture.Org, Service: in.Fixture.Service, TimesFile: filepath.Join(in.Dir, "times")}
	if err := writeLines(spec.TimesFile, lines); err != nil {
		return nil, err
	}
	p, err := e.Start(ctx, "bare", spec)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, d time.Duration) (Measure, error) {
		var m Measure
		err := p.Call(ctx, "run", bareRun{Batch: batch, Most: int(float64(most) * d.Seconds()), Time: d}, &m)
		return m, err
	}, nil
}
