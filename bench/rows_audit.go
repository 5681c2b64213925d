package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"luukku/app"
	"luukku/base/seal"
	"luukku/domain/booking"
	"luukku/store"
	"luukku/store/sqldb"
)

// auditRows hold booking with its audit log against booking without one.
var auditRows = []Row{
	{
		Name: "audit/sqlite", About: "the last step of booking with its audit line, and all lines sealed: what is left when the load ends is sealed within the round's time",
		Peer: "the same server, whose bookings leave no audit line", Target: atLeast(0.85), Run: auditSQLite,
	},
	{
		Name: "audit/pg", About: "the same on PostgreSQL", Postgres: true,
		Peer: "the same server, whose bookings leave no audit line, on the same database", Target: atLeast(0.85), Run: auditPostgres,
	},
}

// audited is the product with the one job that belongs to the measure: the sequencer. It runs each second, five times as often as it does, so that no round goes without.
type audited struct {
	*product
	keys *seal.Keyring
	stop context.CancelFunc
	done sync.WaitGroup
	mu   sync.Mutex
	err  error // of the sequencer, the first one
}

// The sequencer's batches, as the job has them, and larger ones for what was there before.
const (
	sealedAtOnce = 1024
	sealedBefore = 8192
	sealedEvery  = time.Second
)

func openAudited(ctx context.Context, spec json.RawMessage) (part, error) {
	p, in, err := openBooked(ctx, spec, nil)
	if err != nil {
		return nil, err
	}
	c, err := in.config()
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	keys, err := seal.Load(c.KeyFile, nil)
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	a := &audited{product: p, keys: keys}
	ctx, a.stop = context.WithCancel(ctx)
	a.done.Go(func() {
		for ticks := time.NewTicker(sealedEvery); ; {
			select {
			case <-ctx.Done():
				ticks.Stop()
				return
			case <-ticks.C:
				if _, err := a.seal(ctx, sealedAtOnce); err != nil && ctx.Err() == nil {
					a.mu.Lock()
					a.err = errors.Join(a.err, err)
					a.mu.Unlock()
				}
			}
		}
	})
	return a, nil
}

// seal works off the tail and returns how many lines it was.
func (a *audited) seal(ctx context.Context, most int) (int, error) {
	for sum := 0; ; {
		n, err := a.app.Store.SealAudit(ctx, a.keys, most)
		sum += n
		if err != nil || n < most {
			return sum, err
		}
	}
}

// Drained is how long what was left to be sealed took.
type Drained struct {
	Lines int           `json:"lines"`
	Took  time.Duration `json:"took"`
}

// Call seals all that is left, beside what the product does.
func (a *audited) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	most := map[string]int{"seal": sealedAtOnce, "seal before": sealedBefore}[do]
	if most == 0 {
		return a.product.Call(ctx, do, args)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	begun := time.Now()
	n, err := a.seal(ctx, most)
	return Drained{n, time.Since(begun)}, errors.Join(err, a.err)
}

func (a *audited) Close() error {
	a.stop()
	a.done.Wait()
	return a.product.Close()
}

// unaudited is a store whose changes leave no audit line. Only the bench has one: the product's rooms know no such thing.
type unaudited struct{ *store.Store }

// Commit leaves the audit lines out.
func (u unaudited) Commit(ctx context.Context, c booking.Change) (booking.Outcome, error) {
	c.Audit = nil
	return u.Store.Commit(ctx, c)
}

func openUnaudited(ctx context.Context, spec json.RawMessage) (part, error) {
	p, _, err := openBooked(ctx, spec, func(a *app.App) { a.Booking.Store = unaudited{a.Store} })
	if err != nil {
		return nil, err
	}
	return p, nil
}

// auditSQLite measures over a copy of the data each.
func auditSQLite(ctx context.Context, e *Env) (Result, error) {
	var both [2]*bookingRow
	for i := range both {
		in, err := e.Copied(ctx, e.bookFixture())
		if err != nil {
			return Result{}, err
		}
		if both[i], err = e.bookable(ctx, in, e.need(mostBooked)); err != nil {
			return Result{}, err
		}
	}
	return e.auditRun(ctx, both[0], both[1], both[1].in)
}

// auditPostgres measures with two servers on one database, of which one works at a time.
func auditPostgres(ctx context.Context, e *Env) (Result, error) {
	in, err := e.FilledPostgres(ctx, e.bookFixture())
	if err != nil {
		return Result{}, err
	}
	b, err := e.bookable(ctx, in, 2*e.need(mostBooked))
	if err != nil {
		return Result{}, err
	}
	second := in
	second.Node = 1
	if second.Dir, err = e.TempDir(); err != nil {
		return Result{}, err
	}
	if err := copyFile(filepath.Join(in.Dir, "keys"), filepath.Join(second.Dir, "keys")); err != nil {
		return Result{}, err
	}
	return e.auditRun(ctx, b, b, second)
}

func (e *Env) bookable(ctx context.Context, in Installation, n int) (*bookingRow, error) {
	times, err := in.Fixture.FreeTimes(n)
	if err != nil {
		return nil, err
	}
	return e.prepareDrafts(ctx, in, times)
}

// auditRun lets the two servers book by turns.
func (e *Env) auditRun(ctx context.Context, with, without *bookingRow, peerIn Installation) (Result, error) {
	load, err := e.Loader(ctx)
	if err != nil {
		return Result{}, err
	}
	s, err := e.ready(ctx, "audited", with.in)
	if err != nil {
		return Result{}, err
	}
	var before Drained
	e.Say("the audit lines that are there already are sealed")
	if err := s.Call(ctx, "seal before", nil, &before); err != nil {
		return Result{}, err
	}
	if with.in.Database != "" {
		if err := sqldb.Administer(ctx, with.in.Database, "VACUUM ANALYZE", "CHECKPOINT"); err != nil {
			return Result{}, err
		}
	}
	p, err := e.ready(ctx, "unaudited", peerIn)
	if err != nil {
		return Result{}, err
	}
	post := with.posts(s, load, bookConns)
	left := 0
	subject := func(ctx context.Context, d time.Duration) (Measure, error) {
		m, err := post(ctx, d)
		if err != nil {
			return m, err
		}
		var rest Drained
		if err := s.Call(ctx, "seal", nil, &rest); err != nil {
			return m, err
		}
		m.Elapsed += rest.Took
		left += rest.Lines
		return m, nil
	}
	res, err := alternate(ctx, e, subject, without.posts(p, load, bookConns))
	if err != nil {
		return Result{}, err
	}
	if err := errors.Join(s.Stop(), p.Stop()); err != nil {
		return Result{}, err
	}
	res.Figures["sealed_before_per_second"] = float64(before.Lines) / max(before.Took.Seconds(), 0.001)
	res.Figures["sealed_after_load"] = float64(left)
	if e.Quick {
		res.Note = fmt.Sprintf("quick: %d bookings there instead of a million", with.in.Fixture.Spec.Live)
	}
	if without != with {
		if err := without.settle(ctx, &res); err != nil {
			return Result{}, err
		}
	}
	return res, errors.Join(with.settle(ctx, &res), with.verify(ctx, &res))
}

// ready starts a server of a kind and waits until it has the free times in memory.
func (e *Env) ready(ctx context.Context, kind string, in Installation) (*Server, error) {
	s, err := e.Serve(ctx, kind, in)
	if err != nil {
		return nil, err
	}
	return s, s.filled(ctx)
}

// verify computes the audit log anew, and says how fast that was.
func (b *bookingRow) verify(ctx context.Context, res *Result) error {
	return b.in.With(ctx, func(a *app.App) error {
		begun := time.Now()
		r, err := a.Store.VerifyAudit(ctx, nil, nil, nil)
		res.Figures["verified_per_second"] = float64(r.Lines) / max(time.Since(begun).Seconds(), 0.001)
		for _, f := range r.Findings {
			res.Wrong = append(res.Wrong, "the audit log: "+f)
		}
		if r.Unsealed > 0 {
			res.Wrong = append(res.Wrong, fmt.Sprintf("the audit log: %d lines were not sealed", r.Unsealed))
		}
		return err
	})
}
