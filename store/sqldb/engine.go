package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Engine names a kind of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Isolation is how strictly PostgreSQL separates writing transactions. SQLite always runs them one after another.
type Isolation string

// The isolations. ReadCommitted is the product's: keys and row locks carry the invariants. Serializable is for the suite, and as a stand-in for
// engines that know nothing weaker.
const (
	ReadCommitted Isolation = "read committed"
	Serializable  Isolation = "serializable"
)

// Options tune a database. The zero value is the product's choice.
type Options struct {
	// Isolation of writing transactions on PostgreSQL; ReadCommitted when empty. The DSN may say it too: ?luukku_isolation=serializable.
	Isolation Isolation
	// MaxConns is the most connections the pool opens (readers on SQLite, all on PostgreSQL). Zero: 8 on SQLite, 16 on PostgreSQL. At least 2.
	MaxConns int
	// MaxAttempts is how often InTx runs its function at most when the engine asks for it to be run again. Zero: 10, and 40 with Serializable,
	// where each who waits for a row fails when it is written: a turn may take as many attempts as there are others.
	MaxAttempts int
}

func (o Options) withDefaults(e Engine) Options {
	if o.Isolation == "" {
		o.Isolation = ReadCommitted
	}
	if o.MaxConns == 0 {
		o.MaxConns = 16
		if e == SQLite {
			o.MaxConns = 8
		}
	}
	o.MaxConns = max(o.MaxConns, 2)
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 10
		if o.Isolation == Serializable {
			o.MaxAttempts = 40
		}
	}
	return o
}

// DB is one open database. It is safe for concurrent use.
type DB struct {
	engine Engine
	opts   Options
	pool   *sql.DB // PostgreSQL: everything; SQLite: the readers
	writer *writer // SQLite only
	reader reader
	refuse *sql.DB // answers with an error that its context carries; see refusal.go
	texts  texts
	tidy   func() error // removes a temporary database's files

	mu     sync.Mutex
	checks []func(context.Context, DBTX) error
	closed bool

	jitter  atomic.Uint64
	counter counters
}

type counters struct {
	commits, rollbacks, retries, unknown, batches, largest atomic.Int64
}

// Stats are counts since the database was opened, for metrics.
type Stats struct {
	Engine    Engine
	Commits   int64       // transactions committed, reading ones included
	Batches   int64       // COMMITs of the one writer, each for all functions that shared the transaction (SQLite)
	Largest   int64       // the most functions that ever shared one (SQLite)
	Rollbacks int64       // attempts rolled back, those that were tried again included
	Retries   int64       // attempts that were repeated because the engine asked for it
	Unknown   int64       // commits whose outcome was lost with the connection
	Waiting   int64       // writing transactions waiting for their turn now (SQLite)
	Pool      sql.DBStats // the pool: readers on SQLite, everything on PostgreSQL
}

// Open opens the database that a DSN names, with the product's options.
//
//	sqlite:/path/to/file.db    a file, made when it is not there; its directory must exist
//	sqlite::memory:            a private database for a test, gone when closed (see openTemporary)
//	postgres://user@host/db    PostgreSQL 15 or newer; several hosts and target_session_attrs=read-write are understood
//
// It checks that the engine is what the store relies on, and fails with a sentence when it is not. An error never holds the DSN's password.
func Open(ctx context.Context, dsn string) (*DB, error) {
	return OpenWith(ctx, dsn, Options{})
}

// OpenWith is Open with options.
func OpenWith(ctx context.Context, dsn string, opts Options) (*DB, error) {
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"), opts)
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		return openPostgres(ctx, dsn, opts)
	}
	return nil, errors.New(`open database: the address must begin with "sqlite:" or "postgres://"`)
}

// Engine says which engine this is.
func (db *DB) Engine() Engine { return db.engine }

// Isolation says how strictly writing transactions are separated. SQLite answers Serializable.
func (db *DB) Isolation() Isolation {
	if db.engine == SQLite {
		return Serializable
	}
	return db.opts.Isolation
}

// OnClose registers a check that Close runs before it closes, in the order of registration, on a reader. Tests use it to verify the invariants
// of every database they open.
func (db *DB) OnClose(check func(ctx context.Context, read DBTX) error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.checks = append(db.checks, check)
}

// ErrClosed is what a transaction gets that starts, or waits for its turn, when its database closes.
var ErrClosed = errors.New("sqldb: the database is closed")

func (db *DB) isClosed() bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.closed
}

// Close waits for the transaction that is writing (SQLite), runs the registered checks, and closes every connection. It returns what the checks
// found, joined. A second Close does nothing.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		return nil
	}
	db.closed = true
	checks := db.checks
	db.mu.Unlock()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var errs []error
	if db.writer != nil {
		errs = append(errs, db.writer.retire(ctx))
	}
	for _, check := range checks {
		errs = append(errs, check(ctx, db.Reader()))
	}
	errs = append(errs, db.release())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// release gives every resource back.
func (db *DB) release() error {
	var errs []error
	db.reader.close()
	for _, pool := range []*sql.DB{db.pool, db.refuse} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	if db.writer != nil {
		errs = append(errs, db.writer.pool.Close())
	}
	if db.tidy != nil {
		errs = append(errs, db.tidy())
	}
	return errors.Join(errs...)
}

// Stats returns the counts of this moment.
func (db *DB) Stats() Stats {
	waiting := 0
	if db.writer != nil {
		waiting = db.writer.turn.waiting()
	}
	return Stats{
		Engine:    db.engine,
		Commits:   db.counter.commits.Load(),
		Batches:   db.counter.batches.Load(),
		Largest:   db.counter.largest.Load(),
		Rollbacks: db.counter.rollbacks.Load(),
		Retries:   db.counter.retries.Load(),
		Unknown:   db.counter.unknown.Load(),
		Waiting:   int64(waiting),
		Pool:      db.pool.Stats(),
	}
}
