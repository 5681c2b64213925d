// Package store is all the SQL of Luukku, a file per room. The queries are text in queries/*.sql, in the subset that SQLite and PostgreSQL share; db/ is
// generated from them.
//
// Its one type Store implements what each room asks of storage. It promises that a change is one transaction, that what the rooms call impossible is
// impossible in the database (a double booking above all), and that nothing personal is in an error. Rules are left to the rooms, engines to sqldb.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/live"
	"luukku/base/planted"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/store/db"
	"luukku/store/migrations"
	"luukku/store/sqldb"
)

// Store is the database as the rooms see it. It is safe for concurrent use.
type Store struct {
	db   *sqldb.DB
	read *db.Queries
	opts Options

	batches *batcher      // of plain changes, on PostgreSQL
	order   order         // of their commits, likewise
	strict  chan struct{} // lets one change through at a time where all would collide at the feed: at SERIALIZABLE; else nil

	installation  kept[org.Installation]
	organisations kept[[]org.Organisation]
	newest        kept[int64]  // the newest version of anything configured
	changes       atomic.Int64 // of the configuration, by this process
	writes        atomic.Uint64
	boxes         boxTurns
	turns         courseTurns
	lines         lines
	textHours     sync.Map // ids.Org as a string -> textHours

	mu      sync.Mutex
	configs map[ids.Org]cached
	loading sync.Mutex // one configuration is read at a time: a crowd after a change waits for one reader
}

// Options are what a store needs beside its database.
type Options struct {
	Now  clock.Now
	Node int // 0..15, different on each node of an installation
	Gen  *ids.Gen
	// Live is told the topics of each committed change. May be nil.
	Live *live.Hub
	// Board is what is taken, in memory; Follow keeps it true. May be nil.
	Board *booking.Board
	// ConfigAge is how old a configuration may be before its version is looked up again; zero looks every time.
	ConfigAge time.Duration
}

type cached struct {
	config  *catalog.Config
	checked time.Time
}

// New returns a store over an open database whose schema is current.
func New(d *sqldb.DB, opts Options) *Store {
	s := &Store{db: d, read: db.New(d.Reader()), opts: opts, configs: map[ids.Org]cached{}, turns: newCourseTurns()}
	s.batches = &batcher{store: s}
	if d.Engine() == sqldb.Postgres && d.Isolation() == sqldb.Serializable {
		s.strict = make(chan struct{}, 1)
	}
	return s
}

// Migrate brings the schema up to date.
func Migrate(ctx context.Context, d *sqldb.DB, progress ...func(sqldb.Progress)) error {
	return sqldb.Migrate(ctx, d, migrations.FS, progress...)
}

// DB is the database underneath, for health checks and statistics.
func (s *Store) DB() *sqldb.DB { return s.db }

// Writes is a number that grows with each transaction that may have changed what a page shows, before whoever asked for the change is answered. Ok is false
// where it cannot be told: on PostgreSQL other nodes write, too.
func (s *Store) Writes() (n uint64, ok bool) {
	return s.writes.Load(), s.db.Engine() == sqldb.SQLite
}

// inTx runs one writing transaction with the generated queries.
func (s *Store) inTx(ctx context.Context, do func(ctx context.Context, q *db.Queries, tx *sqldb.Tx) error) error {
	defer s.writes.Add(1) // whatever came of it: it may be committed and not known to be
	err := s.quietTx(ctx, do)
	if err == nil {
		fault.MarkChanged(ctx)
	}
	return err
}

// quietTx is inTx for what no page shows: lines of the log, the leases of tasks.
func (s *Store) quietTx(ctx context.Context, do func(ctx context.Context, q *db.Queries, tx *sqldb.Tx) error) error {
	return s.fault(s.db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return do(ctx, db.New(tx), tx) }))
}

// fault turns what the engine says into what a person can be told: full, unavailable and collided too often are faults with a time to wait, everything else stays as it is.
func (s *Store) fault(err error) error {
	if err == nil {
		return nil
	}
	var f *fault.Fault
	if errors.As(err, &f) || errors.Is(err, errVerdict) {
		return err
	}
	switch sqldb.Classify(err) {
	case sqldb.ClassUnavailable:
		return fault.Unavailable("error.unavailable", 10*time.Second).Because(err)
	case sqldb.ClassSerialization: // all attempts collided, and left nothing behind
		return fault.Unavailable("error.unavailable", 2*time.Second).Because(err)
	case sqldb.ClassFull:
		if planted.Bug("full-is-done") {
			return nil
		}
		return fault.Unavailable("error.unavailable", 5*time.Minute).Because(err)
	case sqldb.ClassUnknownOutcome:
		return fault.Unavailable("error.unknown_outcome", 2*time.Second).Because(err)
	}
	return err
}

// found turns "no rows" into a NotFound fault with a key, and wraps everything else with what was being done.
func (s *Store) found(err error, key, doing string, args ...any) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fault.NotFound(key)
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(doing, args...), s.fault(err))
}

// Ready reports whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	_, err := s.read.FeedNodes(ctx)
	return s.fault(err)
}
