package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
)

// DBTX runs statements; it is what sqlc's generated code asks for. A DB's reader and a Tx are both one.
type DBTX interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// ErrReader is what a reader answers to ExecContext.
var ErrReader = errors.New("sqldb: the reader only queries; what writes goes through InTx")

// Reader returns what runs single queries outside a transaction, each seeing what is committed when it starts. It does not write: ExecContext is
// refused on both engines (database/sql would repeat a statement whose connection was lost, done or not), and SQLite refuses writing queries.
// Inside the function of InTx or InReadTx (with their context) it refuses with ErrNested: what a transaction reads, it reads through its Tx, or a
// busy pool could wait for itself.
func (db *DB) Reader() DBTX { return &db.reader }

// maxStatements bounds how many query texts a cache keeps prepared; texts beyond it (dynamic lists) run without one.
const maxStatements = 512

// reader runs statements on the pool. On SQLite it keeps them prepared, since that driver compiles the text each time otherwise; pgx keeps its
// own per connection.
type reader struct {
	db    *DB
	cache bool
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
	ran   atomic.Int64
}

var _ DBTX = (*reader)(nil)

// Reads counts the queries of the Reader since the database was opened, those of transactions aside.
func (db *DB) Reads() int64 { return db.reader.ran.Load() }

// stmt returns the prepared statement of a text, or nil when it should run unprepared (the cache is off or full, or the text is wrong, which
// running it then says).
func (r *reader) stmt(ctx context.Context, text string) *sql.Stmt {
	if !r.cache {
		return nil
	}
	s, full := r.kept(text)
	if s != nil || full {
		return s
	}
	s, err := r.db.pool.PrepareContext(ctx, text)
	if err != nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if other := r.stmts[text]; other != nil {
		_ = s.Close() // somebody was faster; this one was never used
		return other
	}
	if r.stmts == nil {
		r.stmts = make(map[string]*sql.Stmt)
	}
	r.stmts[text] = s
	return s
}

// kept returns the prepared statement of a text if there is one already, and whether the cache takes no more. A reading transaction asks here and never
// prepares: that would want a second connection of the pool while holding one, and a full pool would wait for itself.
func (r *reader) kept(text string) (s *sql.Stmt, full bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.stmts[text], len(r.stmts) >= maxStatements
}

func (r *reader) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.stmts {
		_ = s.Close() // the pool closes right after
	}
	r.stmts, r.cache = nil, false
}

func (r *reader) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, ErrReader
}

func (r *reader) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if r.db.inside(ctx) {
		return nil, ErrNested
	}
	return r.db.pool.PrepareContext(ctx, r.db.text(query))
}

func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if r.db.inside(ctx) {
		return nil, ErrNested
	}
	r.ran.Add(1)
	text := r.db.text(query)
	if s := r.stmt(ctx, text); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return r.db.pool.QueryContext(ctx, text, args...)
}

func (r *reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if r.db.inside(ctx) {
		return r.db.refusedRow(ctx, ErrNested)
	}
	r.ran.Add(1)
	text := r.db.text(query)
	if r.db.engine == SQLite { // to be ready to interrupt a statement takes two goroutines, which is more than looking up a row takes
		if err := ctx.Err(); err != nil {
			return r.db.refusedRow(ctx, err)
		}
		ctx = context.WithoutCancel(ctx)
	}
	if s := r.stmt(ctx, text); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return r.db.pool.QueryRowContext(ctx, text, args...)
}
