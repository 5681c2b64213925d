package sqldb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// migrationLock is the key of the lock that nodes which start at once take before they migrate ("luukku" in ASCII).
const migrationLock = 0x6c75756b6b75

// MigrationTable is where the applied migrations are written down; it belongs to goose.
const MigrationTable = "goose_db_version"

// Migration is one step of the schema.
type Migration struct {
	Version int64
	Name    string // the file's name, such as "0002_booking.sql"
	Applied bool
}

// Progress is told to a callback of Migrate: once when a step begins, and once when it is done.
type Progress struct {
	Migration
	Step  int           // 1 for the first of this run
	Steps int           // how many this run has
	Took  time.Duration // zero when the step begins
}

// Migrate brings the schema up to date from pairs of files, sqlite/NNNN_name.sql and postgres/NNNN_name.sql, in goose's format, each in a
// transaction of its own. It only goes forward. Several nodes may call it at once: on PostgreSQL one works and the others wait, on SQLite it takes
// the writer's turn. A file without its pair is an error before anything is touched.
func Migrate(ctx context.Context, db *DB, migrations fs.FS, progress ...func(Progress)) error {
	err := withProvider(ctx, db, migrations, func(p *goose.Provider) error {
		done, err := statusOf(ctx, p)
		if err != nil {
			return err
		}
		pending := slices.DeleteFunc(done, func(m Migration) bool { return m.Applied })
		for i, m := range pending {
			tell := func(applied bool, took time.Duration) {
				m.Applied = applied
				for _, f := range progress {
					f(Progress{m, i + 1, len(pending), took})
				}
			}
			tell(false, 0)
			result, err := p.UpByOne(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", m.Name, err)
			}
			tell(true, result.Duration)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// MigrationStatus lists the migrations of the files, in order, and whether each is applied.
func MigrationStatus(ctx context.Context, db *DB, migrations fs.FS) ([]Migration, error) {
	var list []Migration
	err := withProvider(ctx, db, migrations, func(p *goose.Provider) (err error) {
		list, err = statusOf(ctx, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("migration status: %w", err)
	}
	return list, nil
}

func statusOf(ctx context.Context, p *goose.Provider) ([]Migration, error) {
	all, err := p.Status(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Migration, 0, len(all))
	for _, s := range all {
		list = append(list, Migration{s.Source.Version, path.Base(s.Source.Path), s.State == goose.StateApplied})
	}
	return list, nil
}

// withProvider calls fn while no other node or goroutine migrates.
func withProvider(ctx context.Context, db *DB, migrations fs.FS, fn func(*goose.Provider) error) error {
	if err := checkPairs(migrations); err != nil {
		return err
	}
	own, err := fs.Sub(migrations, string(db.engine))
	if err != nil {
		return err
	}
	dialect, pool := goose.DialectPostgres, db.pool
	if db.engine == SQLite {
		if err := db.writer.turn.take(ctx); err != nil {
			return err
		}
		defer db.writer.turn.pass()
		db.writer.letGo() // goose takes the one connection
		dialect, pool = goose.DialectSQLite3, db.writer.pool
	} else {
		unlock, err := lockMigrations(ctx, db)
		if err != nil {
			return err
		}
		defer unlock()
	}
	p, err := goose.NewProvider(dialect, pool, own, goose.WithDisableGlobalRegistry(true), goose.WithTableName(MigrationTable))
	if err != nil {
		return err
	}
	return fn(p) // not closed: the pool is ours
}

// lockMigrations takes the lock in a transaction of its own, so that it works through a transaction-pooling PgBouncer and falls with its
// connection when the node dies.
func lockMigrations(ctx context.Context, db *DB) (unlock func(), err error) {
	s, err := db.beginPostgres(ctx, "BEGIN ISOLATION LEVEL READ COMMITTED")
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	for _, text := range []string{
		"SET LOCAL idle_in_transaction_session_timeout = 0",
		fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", migrationLock),
	} {
		if _, err := s.exec(ctx, text, nil); err != nil {
			s.rollback(ctx)
			return nil, fmt.Errorf("lock: %w", err)
		}
	}
	return func() { s.rollback(ctx) }, nil
}

// checkPairs says which migration lacks its pair.
func checkPairs(migrations fs.FS) error {
	have := map[string][]string{}
	for _, e := range []Engine{SQLite, Postgres} {
		files, err := fs.Glob(migrations, string(e)+"/*.sql")
		if err != nil {
			return err
		}
		for _, f := range files {
			have[path.Base(f)] = append(have[path.Base(f)], string(e))
		}
	}
	if len(have) == 0 {
		return errors.New("there are no migrations in sqlite/ and postgres/")
	}
	var single []string
	for name, engines := range have {
		if len(engines) == 1 {
			single = append(single, engines[0]+"/"+name)
		}
	}
	if len(single) > 0 {
		slices.Sort(single)
		return fmt.Errorf("these migrations have no pair for the other engine: %s", strings.Join(single, ", "))
	}
	return nil
}
