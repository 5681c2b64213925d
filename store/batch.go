package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// Group commit on PostgreSQL. There a transaction costs a conversation and a wait for the disk, and a hundred bookings in one cost hardly more. On SQLite
// sqldb.DB.InTx does it for every function; here it is done for the changes that a crowd makes, bookings and holds, because they are values: a batch is a
// few statements, each with an array of rows. Whoever has a precondition that does not hold is taken out of the batch and goes through writer.run alone,
// which says what a change means; so does everybody when a statement fails.

// maxBatch is the most changes that share a transaction, and committers how many of them are written at once.
const (
	maxBatch   = 128
	committers = 2
)

// batchTimeout is how long a batch may take: it belongs to nobody, so that no caller's context ends it.
const batchTimeout = 20 * time.Second

// batcher is the queue of plain changes.
type batcher struct {
	store *Store

	mu      sync.Mutex
	leaders int
	queue   []*request
}

// request is a change in the queue.
type request struct {
	change booking.Change
	unit   ids.Unit    // the one it takes in its batch
	passed bool        // left out of a batch because others in it took all its units
	calls  chan answer // holds one, so that who calls never waits
}

// answer is what a request is told: to lead the next batch, to run alone, or what became of it.
type answer struct {
	lead, alone bool
	out         booking.Outcome
	err         error
}

// plain says that a change is one that batches know: a booking or a hold.
func plain(c booking.Change) bool {
	return c.Take != nil && c.Claim == nil && c.Prolong == nil && c.SetTime == nil && c.SetDetails == nil && c.Keep == nil && c.Offer == nil && c.SetCancelled == nil && c.SetStatus == nil && c.SetOutcome == nil && c.Restored == nil && c.PutPIN == nil && c.DropPIN == "" && c.PutWaiting == nil &&
		c.SetWaiting == nil && c.LinksUntil == nil &&
		(c.Contacts == nil || c.PutAppointment != nil) && (c.PutAppointment == nil || len(c.PutAppointment.Parts) == 0) &&
		!slices.ContainsFunc(c.Audit, func(e audit.Entry) bool { return e.Reason != nil })
}

// commit commits a plain change, in a batch if others wait, too.
func (b *batcher) commit(ctx context.Context, c booking.Change) (booking.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return booking.Outcome{}, err
	}
	r := &request{change: c, calls: make(chan answer, 1)}
	b.enter(r)
	a, err := b.wait(ctx, r)
	if err != nil {
		return booking.Outcome{}, err
	}
	if a.lead {
		a = b.lead(ctx, r)
	}
	if a.alone {
		return b.store.single(ctx, c)
	}
	return a.out, a.err
}

func (b *batcher) enter(r *request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.leaders < committers {
		b.leaders++
		r.calls <- answer{lead: true}
		return
	}
	b.queue = append(b.queue, r)
}

// wait waits to be called. Whoever is still in the queue when ctx ends leaves it; whoever is in a batch by then waits for its end.
func (b *batcher) wait(ctx context.Context, r *request) (answer, error) {
	select {
	case a := <-r.calls:
		return a, nil
	case <-ctx.Done():
		if b.leave(r) {
			return answer{}, fmt.Errorf("wait for a batch: %w", ctx.Err())
		}
		return <-r.calls, nil
	}
}

func (b *batcher) leave(r *request) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, q := range b.queue {
		if q == r {
			b.queue = append(b.queue[:i:i], b.queue[i+1:]...)
			return true
		}
	}
	return false
}

// pass lets the next in the queue lead.
func (b *batcher) pass() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		b.leaders--
		return
	}
	first := b.queue[0]
	b.queue = b.queue[1:]
	first.calls <- answer{lead: true}
}

// lead commits a batch that begins with r, and returns r's own answer.
func (b *batcher) lead(ctx context.Context, r *request) answer {
	defer b.pass()
	batch := b.gather(r)
	if len(batch) == 1 {
		out, err := b.store.single(ctx, r.change)
		return answer{out: out, err: err}
	}
	ctx, cancel := context.WithTimeout(fault.Watch(context.WithoutCancel(ctx)), batchTimeout) // what others change is not the leader's
	defer cancel()
	b.commitAll(ctx, batch)
	return <-r.calls
}

// gather takes from the queue what fits into one batch with r: no two of a batch want the same row. The rest stays, in its order.
func (b *batcher) gather(r *request) []*request {
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := claims{}
	rows.add(r)
	batch, rest := []*request{r}, b.queue[:0:0]
	for i, q := range b.queue {
		if len(batch) == maxBatch {
			rest = append(rest, b.queue[i:]...)
			break
		}
		switch {
		case q.passed || b.store.refused(q.change):
			q.calls <- answer{alone: true}
		case rows.add(q):
			batch = append(batch, q)
		default:
			rest = append(rest, q)
		}
	}
	b.queue = rest
	return batch
}

// commitAll commits the requests of a batch and answers each.
func (b *batcher) commitAll(ctx context.Context, batch []*request) {
	for tries := 0; len(batch) > 0 && tries < 3; tries++ {
		done, refused, err := b.store.commitBatch(ctx, batch)
		switch {
		case err == nil:
			for _, r := range done {
				r.calls <- answer{out: r.outcome()}
			}
			b.apart(refused)
			return
		case errors.Is(err, errVerdict):
			b.apart(refused)
			batch = done
		case harmsAll(err):
			for _, r := range batch {
				r.calls <- answer{err: fmt.Errorf("commit booking change: %w", err)}
			}
			return
		default: // whose fault it is, nobody can tell
			b.apart(batch)
			return
		}
	}
	b.apart(batch)
}

// apart lets requests run alone.
func (b *batcher) apart(list []*request) {
	for _, r := range list {
		r.calls <- answer{alone: true}
	}
}

// harmsAll says of an error that alone, too, nobody would get further, or that nobody knows what was done.
func harmsAll(err error) bool { return fault.Is(err, fault.KindUnavailable) }

func (r *request) outcome() booking.Outcome {
	out := booking.Outcome{Unit: r.unit}
	if r.change.Form != nil {
		out.Result = r.change.Form.Result
	}
	return out
}

// claims are the rows that the requests of a batch want, with the request.
type claims map[claim]*request

type claim struct {
	what byte // 'f'orm, 'c'ontact, 'h'older, or cell of a unit: 'u'
	org  ids.Org
	name string
	cell int64
}

// add claims what a request wants, unless another of the batch wants some of it. It chooses the first unit that no other wants.
func (cs claims) add(r *request) bool {
	c := r.change
	own, ok := cs.fixed(r)
	if !ok {
		return false
	}
	for _, u := range c.Take.Units {
		cells := cellsOf(c.Org, u, c.Take.From, c.Take.To)
		if cs.free(cells) {
			r.unit = u
			for _, k := range append(own, cells...) {
				cs[k] = r
			}
			return true
		}
	}
	r.passed = true
	return false
}

// fixed returns what a request wants besides the unit it takes.
func (cs claims) fixed(r *request) ([]claim, bool) {
	c := r.change
	var want []claim
	if c.Form != nil {
		want = append(want, claim{'f', c.Org, string(c.Form.Key), 0})
	}
	if c.Limit != nil {
		for _, h := range c.Limit.Contacts {
			want = append(want, claim{'c', c.Org, string(h), 0})
		}
	}
	for _, h := range c.DropHolds {
		want = append(want, claim{'h', c.Org, string(h), 0})
	}
	want = append(want, claim{'h', c.Org, c.Take.Holder, 0})
	for _, f := range c.Free {
		want = append(want, cellsOf(c.Org, f.Unit, f.From, f.To)...)
	}
	return want, cs.free(want)
}

func (cs claims) free(list []claim) bool {
	for _, k := range list {
		if cs[k] != nil {
			return false
		}
	}
	return true
}

func cellsOf(o ids.Org, u ids.Unit, from, to int64) []claim {
	var list []claim
	for cell := booking.FirstCell(from); cell < booking.LastCell(to); cell++ {
		list = append(list, claim{'u', o, string(u), cell})
	}
	return list
}

// commitBatch makes the changes of a batch durable as one transaction, and returns those that were and those whose preconditions did not hold. With
// errVerdict nothing was done, because of what a refused one had given up, and the others may try again. Any other error is that of the whole batch.
func (s *Store) commitBatch(ctx context.Context, batch []*request) (done, refused []*request, err error) {
	err = s.change(ctx, func(ctx context.Context, _ *db.Queries, tx *sqldb.Tx) ([]Applied, error) {
		w := batchWriter{tx: tx, store: s, refused: map[*request]bool{}, live: batch}
		err := w.run(ctx)
		done, refused = w.live, w.out()
		return appliedOf(done), err
	})
	return done, refused, err
}

func appliedOf(list []*request) []Applied {
	applied := make([]Applied, len(list))
	for i, r := range list {
		applied[i] = Applied{Change: r.change, Unit: r.unit}
	}
	return applied
}
