package sqldb_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// schema is a small schema of both engines: an account with a balance, and entries that point to it.
var schema = fstest.MapFS{
	"sqlite/0001_account.sql": {Data: []byte(`-- +goose Up
CREATE TABLE account (id TEXT NOT NULL PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
CREATE TABLE entry (account TEXT NOT NULL REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED, n INTEGER NOT NULL, note BLOB,
	PRIMARY KEY (account, n)) STRICT;
`)},
	"postgres/0001_account.sql": {Data: []byte(`-- +goose Up
CREATE TABLE account (id TEXT NOT NULL PRIMARY KEY, balance BIGINT NOT NULL);
CREATE TABLE entry (account TEXT NOT NULL REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED, n BIGINT NOT NULL, note BYTEA,
	PRIMARY KEY (account, n));
`)},
}

func migrateDSN(dsn string) error {
	ctx := context.Background()
	db, err := sqldb.Open(ctx, dsn)
	if err != nil {
		return err
	}
	return errors.Join(sqldb.Migrate(ctx, db, schema), db.Close())
}

// open opens a database that the test closes at its end.
func open(t *testing.T, dsn string, opts sqldb.Options) *sqldb.DB {
	t.Helper()
	db, err := sqldb.OpenWith(t.Context(), dsn, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func openMigrated(t *testing.T, dsn string) *sqldb.DB {
	t.Helper()
	db := open(t, dsn, sqldb.Options{})
	if err := sqldb.Migrate(t.Context(), db, schema); err != nil {
		t.Fatal(err)
	}
	return db
}

// each runs a test on every kind of database, each time with the account "a" of balance 0.
func each(t *testing.T, test func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	t.Parallel()
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite memory":         func(*testing.T) string { return "sqlite::memory:" },
		"sqlite file":           func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "a file #1%20.db") },
		"postgres":              func(t *testing.T) string { return pgtest.DSN(t, migrateDSN) },
		"postgres serializable": func(t *testing.T) string { return pgtest.DSN(t, migrateDSN) + "&luukku_isolation=serializable" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := openMigrated(t, dsn(t))
			mustExec(t, db, "INSERT INTO account (id, balance) VALUES ('a', 0)")
			test(t, db)
		})
	}
}

func exec(ctx context.Context, db *sqldb.DB, query string, args ...any) error {
	return db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

func mustExec(t *testing.T, db *sqldb.DB, query string, args ...any) {
	t.Helper()
	if err := exec(t.Context(), db, query, args...); err != nil {
		t.Fatal(err)
	}
}

// number reads one number.
func number(t *testing.T, read sqldb.DBTX, query string, args ...any) int {
	t.Helper()
	var n int
	if err := read.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func wantClass(t *testing.T, err error, want sqldb.Class) {
	t.Helper()
	if err == nil {
		t.Errorf("got no error, want one of class %s", want)
		return
	}
	if got := sqldb.Classify(err); got != want {
		t.Errorf("got class %s (%v), want %s", got, err, want)
	}
}
