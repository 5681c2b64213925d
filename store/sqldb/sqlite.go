package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"luukku/base/planted"
)

// memoryPath asks for a private temporary database.
const memoryPath = ":memory:"

func openSQLite(ctx context.Context, path string, opts Options) (*DB, error) {
	if path == memoryPath {
		return openTemporary(ctx, opts)
	}
	if path == "" || strings.ContainsAny(path, "?\x00") {
		return nil, errors.New("open sqlite: the address needs a file's path, without a question mark")
	}
	synchronous := "FULL"
	if planted.Bug("sync-normal") {
		synchronous = "NORMAL"
	}
	return openFile(ctx, path, synchronous, opts)
}

func openFile(ctx context.Context, path, synchronous string, opts Options) (_ *DB, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	if err := steadyPlans(); err != nil {
		return nil, err
	}
	// Made here and not by SQLite, so that nobody but the server's user reads it; the WAL takes over these rights.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}

	db := &DB{engine: SQLite, opts: opts.withDefaults(SQLite), refuse: newRefusing()}
	defer func() {
		if err != nil {
			_ = db.release() // the first error counts
		}
	}()
	// case_sensitive_like: LIKE means the same on both engines.
	common := []string{"busy_timeout(5000)", "foreign_keys(1)", "temp_store(MEMORY)", "trusted_schema(0)", "case_sensitive_like(1)"}
	writing := slices.Concat(common, []string{"journal_mode(WAL)", "synchronous(" + synchronous + ")", "cache_size(-32000)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)"})
	reading := slices.Concat(common, []string{"query_only(1)", "cache_size(-8000)"})

	db.writer = &writer{db: db, stmts: make(map[string]*sql.Stmt)}
	if db.writer.pool, err = sql.Open("sqlite", sqliteURI(path, "immediate", writing)); err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	db.writer.pool.SetMaxOpenConns(1)
	if db.pool, err = sql.Open("sqlite", sqliteURI(path, "deferred", reading)); err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	db.pool.SetMaxOpenConns(db.opts.MaxConns)
	db.pool.SetMaxIdleConns(db.opts.MaxConns)
	db.reader = reader{db: db, cache: true}
	if err = selfTest(ctx, db.writer.pool, synchronous); err != nil {
		return nil, fmt.Errorf("open sqlite %s: %w", filepath.Base(path), err)
	}
	if err = db.pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("open sqlite %s: %w", filepath.Base(path), err)
	}
	return db, nil
}

func sqliteURI(path, lock string, pragmas []string) string {
	// _dqs=0: a mistyped "name" is an error, not a string. _error_rc=1: an error's text belongs to its code.
	q := url.Values{"_txlock": {lock}, "_dqs": {"0"}, "_error_rc": {"1"}, "_pragma": pragmas}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

// selfTest checks what the store relies on and what another driver, build or file system would not give.
func selfTest(ctx context.Context, pool *sql.DB, synchronous string) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, want := range []struct{ pragma, value string }{
		{"journal_mode", "wal"}, {"foreign_keys", "1"}, {"synchronous", map[string]string{"FULL": "2", "NORMAL": "1", "OFF": "0"}[synchronous]},
	} {
		var got string
		if err := conn.QueryRowContext(ctx, "PRAGMA "+want.pragma).Scan(&got); err != nil {
			return fmt.Errorf("self-test: %w", err)
		}
		if got != want.value {
			return fmt.Errorf("self-test: %s is %q, must be %q; the file system may not support it", want.pragma, got, want.value)
		}
	}
	var order string
	if err := conn.QueryRowContext(ctx, `SELECT $2 || $1 || $2`, "a", "b").Scan(&order); err != nil {
		return fmt.Errorf("self-test of numbered parameters: %w", err)
	}
	if order != "bab" {
		return fmt.Errorf("self-test: numbered parameters bind as %q, must be %q", order, "bab")
	}
	if _, err := conn.ExecContext(ctx, `CREATE TEMP TABLE luukku_self_test (n INTEGER NOT NULL) STRICT`); err != nil {
		return fmt.Errorf("self-test of STRICT tables: %w", err)
	}
	if _, err := conn.ExecContext(ctx, `INSERT INTO temp.luukku_self_test (n) VALUES ($1)`, "x"); err == nil {
		return errors.New("self-test: a STRICT table took a text for a number")
	}
	if _, err := conn.ExecContext(ctx, `DROP TABLE temp.luukku_self_test`); err != nil {
		return fmt.Errorf("self-test: %w", err)
	}
	return nil
}

// openTemporary opens a private database for a test, in files of its own that Close removes.
//
// SQLite's real memory databases are no stand-in for the product's: they know no WAL, so a reader waits for the writer (or meets "table is
// locked") where the product's never does. This is the same engine in the same mode, without the syncs, in a directory in memory (/dev/shm) where
// there is one.
func openTemporary(ctx context.Context, opts Options) (*DB, error) {
	dir, err := temporaryDir()
	if err != nil {
		return nil, fmt.Errorf("open temporary sqlite: %w", err)
	}
	db, err := openFile(ctx, filepath.Join(dir.path, "luukku.db"), "OFF", opts)
	if err != nil {
		_ = dir.remove() // the first error counts
		return nil, err
	}
	db.tidy = dir.remove
	return db, nil
}
