package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrNested is what a transaction or a read gets that starts inside another transaction's function.
var ErrNested = errors.New("sqldb: inside a transaction, use its Tx")

// ErrTxOver is what a statement gets on a Tx whose function has returned.
var ErrTxOver = errors.New("sqldb: the transaction is over")

// ErrTxFailed is what a statement gets after an earlier one of its transaction failed; it wraps that first error.
var ErrTxFailed = errors.New("sqldb: an earlier statement of the transaction failed")

// Tx is one open transaction. It is not safe for concurrent use, and a query's rows must be closed before the next statement. After the first
// error it refuses everything: PostgreSQL would anyway, and so the two engines behave alike.
type Tx struct {
	db    *DB
	run   runner
	err   error    // the first error a statement met
	after []func() // AfterCommit
}

var _ DBTX = (*Tx)(nil)

// runner runs statements on the transaction's connection.
type runner interface {
	exec(ctx context.Context, text string, args []any) (sql.Result, error)
	prepare(ctx context.Context, text string) (*sql.Stmt, error)
	query(ctx context.Context, text string, args []any) (*sql.Rows, error)
	queryRow(ctx context.Context, text string, args []any) *sql.Row
}

// session is an open transaction of one engine, from its BEGIN on.
type session interface {
	runner
	// commit ends it; afterwards it is over, whatever the answer. An outcome lost with the connection is ErrUnknownOutcome.
	commit(ctx context.Context) error
	// rollback ends it and gives up nothing but the work.
	rollback(ctx context.Context)
}

func (tx *Tx) refusal() error {
	switch {
	case tx.err == nil:
		return nil
	case errors.Is(tx.err, ErrTxOver):
		return tx.err
	}
	return fmt.Errorf("%w: %w", ErrTxFailed, tx.err)
}

func (tx *Tx) note(err error) {
	if err != nil && tx.err == nil {
		tx.err = err
	}
}

// ExecContext runs a statement that returns no rows.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := tx.refusal(); err != nil {
		return nil, err
	}
	res, err := tx.run.exec(ctx, tx.db.text(query), args)
	tx.note(err)
	return res, err
}

// PrepareContext prepares a statement for this transaction. Tx keeps frequent texts prepared by itself; this is here for sqlc's interface.
func (tx *Tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := tx.refusal(); err != nil {
		return nil, err
	}
	stmt, err := tx.run.prepare(ctx, tx.db.text(query))
	tx.note(err)
	return stmt, err
}

// QueryContext runs a query. The rows must be read to their end or closed before the next statement.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := tx.refusal(); err != nil {
		return nil, err
	}
	rows, err := tx.run.query(ctx, tx.db.text(query), args)
	tx.note(err)
	return rows, err
}

// QueryRowContext runs a query for one row. No row is not an error of the transaction.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := tx.refusal(); err != nil {
		return tx.db.refusedRow(ctx, err)
	}
	row := tx.run.queryRow(ctx, tx.db.text(query), args)
	tx.note(row.Err())
	return row
}

// Err returns the first error that a statement of the transaction met.
func (tx *Tx) Err() error { return tx.err }

// Engine says which engine runs the transaction, for the few statements that have a text per engine.
func (tx *Tx) Engine() Engine { return tx.db.engine }

// AfterCommit has f run when the transaction is committed, before InTx returns; not when it is rolled back or its outcome is unknown. On SQLite such
// functions run one at a time, in the order of the commits. F must be quick, must not panic and must not use the database: the writer waits for it.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// settled runs what was asked for after the commit.
func (tx *Tx) settled() {
	for _, f := range tx.after {
		f()
	}
}

// call runs fn on the transaction and ends the Tx. It returns fn's error or else the first error of a statement, and whether the engine asks for it
// to be tried again.
func (tx *Tx) call(ctx context.Context, fn func(context.Context, *Tx) error) (again bool, err error) {
	err = fn(context.WithValue(ctx, insideKey{tx.db}, true), tx)
	first := tx.err
	tx.err = ErrTxOver
	if err == nil {
		err = first
	}
	return Classify(first) == ClassSerialization || Classify(err) == ClassSerialization, err
}

// InTx runs fn in one writing transaction and commits it.
//
// Fn may run several times: when the engine reports a serialization failure, a deadlock or a busy file, all is rolled back and fn runs again after
// a short pause, until Options.MaxAttempts. So nothing but the database happens in fn, and it resets what it collects. An error or a panic of fn,
// or the error of any statement even if fn swallowed it, rolls back and is returned (the panic goes on). ErrUnknownOutcome says that the
// connection was lost during COMMIT: the work may be there or not. When ctx ends while waiting for a turn or a pause, its error is returned.
//
// On SQLite fn may share its transaction with the functions of other callers: it sees what those before it wrote, and runs in its own caller's goroutine
// in any case. If it fails, the others do not notice; if the shared COMMIT fails, each is run again in a transaction of its own. A context that ends
// is noticed between statements, but cuts none short that is shared.
func (db *DB) InTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if db.engine == SQLite {
		return db.inTx(ctx, db.writer.attempt, fn)
	}
	return db.inTx(ctx, db.alone(db.beginWrite), fn)
}

// InReadTx runs fn in a transaction that reads one state of the database and refuses to write: a deferred transaction on SQLite, REPEATABLE READ
// READ ONLY on PostgreSQL. Fn may run several times, as in InTx.
func (db *DB) InReadTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return db.inTx(ctx, db.alone(db.beginRead), fn)
}

type insideKey struct{ db *DB }

func (db *DB) inside(ctx context.Context) bool { return ctx.Value(insideKey{db}) != nil }

// attemptFunc is one attempt at a transaction. Again says that another one may succeed.
type attemptFunc func(ctx context.Context, fn func(context.Context, *Tx) error) (again bool, err error)

func (db *DB) inTx(ctx context.Context, try attemptFunc, fn func(context.Context, *Tx) error) error {
	if db.inside(ctx) {
		return ErrNested
	}
	if db.isClosed() {
		return ErrClosed
	}
	for attempt := 1; ; attempt++ {
		again, err := try(ctx, fn)
		if err == nil || !again || attempt >= db.opts.MaxAttempts {
			return err
		}
		if cut := db.pause(ctx, attempt); cut != nil {
			return fmt.Errorf("%w while trying again after: %w", cut, err)
		}
		db.counter.retries.Add(1)
	}
}

// alone is an attempt in a transaction of its own.
func (db *DB) alone(begin func(context.Context) (session, error)) attemptFunc {
	return func(ctx context.Context, fn func(context.Context, *Tx) error) (again bool, err error) {
		s, err := begin(ctx)
		if err != nil {
			return Classify(err) == ClassSerialization || errors.Is(err, errStaleConn), fmt.Errorf("begin: %w", err)
		}
		tx := &Tx{db: db, run: s}
		ended := false
		defer func() { // an error or a panic of fn, or its goroutine's exit
			if !ended {
				db.counter.rollbacks.Add(1)
				s.rollback(ctx)
				tx.err = ErrTxOver
			}
		}()
		if again, err = tx.call(ctx, fn); err != nil {
			return again, err
		}
		ended = true
		err = s.commit(ctx)
		db.count(err)
		if err == nil {
			tx.settled()
		}
		return Classify(err) == ClassSerialization, err
	}
}

// count counts what became of a function's transaction.
func (db *DB) count(err error) {
	switch {
	case err == nil:
		db.counter.commits.Add(1)
	case errors.Is(err, ErrUnknownOutcome):
		db.counter.unknown.Add(1)
	default:
		db.counter.rollbacks.Add(1)
	}
}

// pause waits before attempt+1: up to 2 ms at first, doubling to at most 128 ms, at a random-looking point of the upper half, so that two who
// collided do not collide again.
func (db *DB) pause(ctx context.Context, attempt int) error {
	limit := 2 * time.Millisecond << min(attempt-1, 6)
	wait := limit/2 + time.Duration(db.scatter()%uint64(limit/2))
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// scatter is splitmix64 over a counter, seeded by the process: enough to spread pauses, and no source of secrets.
func (db *DB) scatter() uint64 {
	z := db.jitter.Add(0x9e3779b97f4a7c15) + uint64(os.Getpid())<<32
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
