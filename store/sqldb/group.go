package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"luukku/base/planted"
)

// Group commit. A COMMIT waits for the disk, and it waits no longer for a hundred functions than for one. So whoever has the turn to write *leads*:
// it runs its own function, calls those that wait in the queue into its transaction one after another, each under a savepoint, commits once, and only
// then answers. When it is alone, all this is BEGIN, its function and COMMIT.
//
// Each function runs in the goroutine of its own caller: a panic, an exit and a context stay with whom they belong to. The leader is first in its
// transaction, so that it fails alone and needs no savepoint.

// maxBatch is the most functions that share a transaction.
const maxBatch = 128

// member is somebody who waits for the turn or takes part in another's: a function and what became of it.
type member struct {
	ctx   context.Context
	fn    func(context.Context, *Tx) error
	alone bool          // wants the turn and joins nobody's transaction
	calls chan call     // holds one, so that who calls never waits
	ran   chan struct{} // told when the function has come back, or left; likewise
	tx    *Tx
	err   error
	again bool
	left  bool // by a panic, or the exit of its goroutine
}

// call is what a member is told: that the turn is its own, to run its function in the transaction of whoever has it, or the answer to what it ran.
type call struct {
	lead   bool
	join   *writing
	answer error
}

func newMember(ctx context.Context, fn func(context.Context, *Tx) error) *member {
	return &member{ctx: ctx, fn: fn, calls: make(chan call, 1), ran: make(chan struct{}, 1)}
}

// attempt is one attempt at a writing transaction, in the turn of the caller or in somebody else's.
func (w *writer) attempt(ctx context.Context, fn func(context.Context, *Tx) error) (again bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	m := newMember(ctx, fn)
	if err := w.turn.enter(m); err != nil {
		return false, err
	}
	for {
		c, err := w.turn.wait(m)
		switch {
		case err != nil:
			return false, err
		case c.lead:
			return w.lead(m)
		case c.join != nil:
			m.join(w.db, c.join)
		default:
			return m.again, c.answer
		}
	}
}

// run runs the function, unless nobody wants it any more.
func (m *member) run(db *DB, s runner) {
	m.again = false
	if m.err = m.ctx.Err(); m.err != nil {
		return
	}
	m.tx, m.left = &Tx{db: db, run: s}, true
	defer func() { m.tx.err = ErrTxOver }()
	m.again, m.err = m.tx.call(m.ctx, m.fn)
	if m.err == nil {
		m.err = m.ctx.Err()
	}
	m.left = false
}

// join runs the function in the transaction of another, who waits.
func (m *member) join(db *DB, s *writing) {
	defer func() { m.ran <- struct{}{} }()
	m.run(db, shared{s})
}

// errLost says that SQLite rolled a transaction back by itself, as it may when the disk is full or fails, or memory ran out.
var errLost = errors.New("sqldb: the transaction was rolled back by the engine")

// lead runs m's function and those of who waits in one transaction. It has the turn, and passes it on.
func (w *writer) lead(m *member) (again bool, err error) {
	s, err := w.first(m)
	if err != nil {
		return m.again, err
	}
	batch, err := w.gather(s, m)
	if err != nil {
		s.undo()
		return w.separate(batch)
	}
	if planted.Bug("answer-early") {
		go func() {
			time.Sleep(20 * time.Millisecond)
			_, _ = w.finish(s, batch)
		}()
		return false, nil
	}
	return w.finish(s, batch)
}

// first opens a transaction and runs m's function in it. If that fails the transaction is over and the turn passed on.
func (w *writer) first(m *member) (*writing, error) {
	kept := false
	defer func() {
		if !kept {
			w.turn.pass()
		}
	}()
	if err := m.ctx.Err(); err != nil {
		return nil, err
	}
	s, err := w.begin(m.ctx)
	if err != nil {
		m.again = Classify(err) == ClassSerialization
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if !kept {
			w.db.counter.rollbacks.Add(1)
			s.undo()
		}
	}()
	m.run(w.db, s)
	kept = m.err == nil
	return s, m.err
}

// gather calls those who wait into the leader's transaction, until nobody waits or it is full. An error says that the transaction is lost.
func (w *writer) gather(s *writing, leader *member) (batch []*member, err error) {
	batch = append(batch, leader)
	for err == nil && !leader.alone && len(batch) < maxBatch {
		m := w.turn.next()
		if m == nil {
			break
		}
		if len(batch) == 1 && !s.isOpen() { // later on, a savepoint that cannot be released tells
			err = errLost
		} else {
			err = s.callIn(m)
		}
		if !m.left {
			batch = append(batch, m)
		}
	}
	return batch, err
}

// callIn has a member run its function under a savepoint, and takes back what it did if it failed.
func (s *writing) callIn(m *member) error {
	if err := s.command("SAVEPOINT member"); err != nil {
		return err
	}
	m.calls <- call{join: s}
	<-m.ran
	if m.left || m.err != nil {
		s.w.db.counter.rollbacks.Add(1)
		if err := s.command("ROLLBACK TO member"); err != nil {
			return err
		}
	}
	return s.command("RELEASE member")
}

// finish commits, answers every member of the batch and passes the turn on. The answer of the leader, who is the first, it returns.
//
// What refused a member may be what another had written: a time that was taken, a form key that was used. So it is answered when that is durable, and
// runs again when that was lost in the COMMIT.
func (w *writer) finish(s *writing, batch []*member) (again bool, err error) {
	err = s.commit()
	if err != nil && !errors.Is(err, ErrUnknownOutcome) && len(batch) > 1 {
		return w.separate(batch)
	}
	if err == nil {
		w.committed(batch)
	}
	var refused []*member
	for i, m := range batch {
		switch {
		case m.err != nil && err != nil:
			refused = append(refused, m)
		case m.err != nil:
			m.calls <- call{answer: m.err}
		default:
			w.db.count(err)
			if i > 0 {
				m.calls <- call{answer: err}
			}
		}
	}
	w.turn.putBack(refused)
	w.turn.pass()
	return Classify(err) == ClassSerialization, err
}

// committed runs what was asked for after the commit, before anybody is answered.
func (w *writer) committed(batch []*member) {
	w.db.counter.batches.Add(1)
	w.db.counter.largest.Store(max(w.db.counter.largest.Load(), int64(len(batch))))
	for _, m := range batch {
		if m.err == nil {
			m.tx.settled()
		}
	}
}

// separate runs every member of a transaction that came to nothing again, in its turn and in a transaction of its own: one that fails harms no other.
func (w *writer) separate(batch []*member) (again bool, err error) {
	w.turn.putBack(batch[1:])
	batch[0].alone = true
	return w.lead(batch[0])
}

// shared is a transaction as one sees it who joined. A statement that is cut short takes the whole transaction with it, so a context that ends is
// noticed before a statement, and in none.
type shared struct{ s *writing }

var _ runner = shared{}

func (r shared) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.s.exec(context.WithoutCancel(ctx), text, args)
}

func (r shared) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	return r.s.prepare(ctx, text)
}

func (r shared) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.s.query(context.WithoutCancel(ctx), text, args)
}

func (r shared) queryRow(ctx context.Context, text string, args []any) *sql.Row {
	if err := ctx.Err(); err != nil {
		return r.s.w.db.refusedRow(ctx, err)
	}
	return r.s.queryRow(context.WithoutCancel(ctx), text, args)
}
