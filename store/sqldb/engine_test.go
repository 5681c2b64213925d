package sqldb_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	osexec "os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

func TestBadAddressesAreRefusedWithASentence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dsn, want string }{
		{"", "must begin with"},
		{"mysql://x", "must begin with"},
		{"sqlite:", "needs a file's path"},
		{"sqlite:" + dir + "/x.db?mode=ro", "question mark"},
		{"sqlite:" + dir + "/no/such/x.db", "no such file"},
		{"sqlite:" + dir, "is a directory"},
		{"sqlite:" + text, "not a database"},
		{"postgres://town:hunter2@127.0.0.1:1/x?luukku_isolation=none", "luukku_isolation"},
		{"postgres://town:hunter2@127.0.0.1:1/x", "refused"},
		{"postgres://town:hunter2@127.0.0.1:port/x", "parse"},
	} {
		db, err := sqldb.Open(t.Context(), c.dsn)
		if err == nil {
			t.Errorf("%s was opened: %v", c.dsn, db.Close())
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %q, want %q in it", c.dsn, err, c.want)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the password is in %q", c.dsn, err)
		}
	}
}

func TestMemoryDatabasesAreApartAndLeaveNothing(t *testing.T) {
	t.Parallel()
	one, two := openMigrated(t, "sqlite::memory:"), openMigrated(t, "sqlite::memory:")
	mustExec(t, one, "INSERT INTO account (id, balance) VALUES ('a', 0)")
	if n := number(t, two.Reader(), "SELECT count(*) FROM account"); n != 0 {
		t.Errorf("the other has %d rows", n)
	}
	var file string
	if err := one.Reader().QueryRowContext(t.Context(), "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file); err != nil {
		t.Fatal(err)
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(file)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its files are still there: %v", err)
	}
}

func TestLeftoversOfKilledProcessesAreSwept(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	make := func(name string) string {
		dir := filepath.Join(base, "luukku-sqlite-"+name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	dead, alive, young := make("dead"), make("alive"), make("young")
	if err := os.WriteFile(filepath.Join(dead, "lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	lock, err := sqldb.LockFile(filepath.Join(alive, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	sqldb.Sweep(base)
	if _, err := os.Stat(dead); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the dead one's is still there: %v", err)
	}
	for _, dir := range []string{alive, young} {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("one in use was removed: %v", err)
		}
	}
}

func TestFileIsPrivateDurableAndKept(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "l.db")
	db := openMigrated(t, "sqlite:"+name)
	mustExec(t, db, "INSERT INTO account (id, balance) VALUES ('a', 5)")
	for _, file := range []string{name, name + "-wal", name + "-shm"} {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has rights %o, want 600", filepath.Base(file), got)
		}
	}
	err := db.InTx(t.Context(), func(_ context.Context, tx *sqldb.Tx) error {
		if n := number(t, tx, "PRAGMA synchronous"); n != 2 {
			t.Errorf("synchronous is %d, want 2 (FULL)", n)
		}
		if n := number(t, tx, "PRAGMA foreign_keys"); n != 1 {
			t.Errorf("foreign_keys is %d, want 1", n)
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	again := open(t, "sqlite:"+name, sqldb.Options{})
	if n := number(t, again.Reader(), "SELECT balance FROM account"); n != 5 {
		t.Errorf("balance is %d, want 5", n)
	}
}

func TestReaderDoesNotWrite(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		if _, err := db.Reader().ExecContext(t.Context(), raise); !errors.Is(err, sqldb.ErrReader) {
			t.Errorf("exec: got %v, want ErrReader", err)
		}
		if db.Engine() == sqldb.SQLite {
			var n int
			err := db.Reader().QueryRowContext(t.Context(), raise+" RETURNING balance").Scan(&n)
			wantClass(t, err, sqldb.ClassUnavailable)
		}
		if n := number(t, db.Reader(), "SELECT balance FROM account"); n != 0 {
			t.Errorf("balance is %d, want 0", n)
		}
	})
}

func TestCloseRunsTheChecksOnce(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		want, runs := errors.New("a booking without its hour"), 0
		db.OnClose(func(ctx context.Context, read sqldb.DBTX) error {
			runs++
			if n := number(t, read, "SELECT count(*) FROM account"); n != 1 {
				t.Errorf("the check sees %d rows, want 1", n)
			}
			return want
		})
		if err := db.Close(); !errors.Is(err, want) {
			t.Errorf("got %v, want what the check found", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("the second Close: %v", err)
		}
		if runs != 1 {
			t.Errorf("the check ran %d times, want once", runs)
		}
	})
}

func TestIsolationOfTheAddress(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t, migrateDSN)
	for suffix, want := range map[string]string{
		"": "read committed", "&luukku_isolation=serializable": "serializable", "&luukku_isolation=read_committed": "read committed",
	} {
		db := open(t, dsn+suffix, sqldb.Options{})
		level := func(run func(context.Context, func(context.Context, *sqldb.Tx) error) error) (level string) {
			err := run(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				return tx.QueryRowContext(ctx, "SELECT current_setting('transaction_isolation')").Scan(&level)
			})
			if err != nil {
				t.Error(err)
			}
			return level
		}
		if got := level(db.InTx); got != want || string(db.Isolation()) != want {
			t.Errorf("%q: got %s and %s, want %s", suffix, got, db.Isolation(), want)
		}
		if got := level(db.InReadTx); got != "repeatable read" {
			t.Errorf("reading: got %s, want repeatable read", got)
		}
	}
}

// TestLibcIsTheVersionThatSQLiteNames: modernc.org/sqlite is translated for one version of modernc.org/libc, and may misbehave with another.
func TestLibcIsTheVersionThatSQLiteNames(t *testing.T) {
	t.Parallel()
	list := func(format, module string) string {
		out, err := osexec.Command("go", "list", "-m", "-f", format, module).Output()
		if err != nil {
			t.Fatalf("go list -m %s: %v", module, err)
		}
		return strings.TrimSpace(string(out))
	}
	mod, err := os.ReadFile(list("{{.GoMod}}", "modernc.org/sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`modernc\.org/libc (v\S+)`).FindSubmatch(mod)
	if named == nil {
		t.Fatal("modernc.org/sqlite's go.mod names no libc")
	}
	if got, want := list("{{.Version}}", "modernc.org/libc"), string(named[1]); got != want {
		t.Errorf("modernc.org/libc is %s, want %s: go get modernc.org/libc@%s", got, want, want)
	}
}
