package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

func TestTakenKeyIsUnique(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		err := exec(t.Context(), db, "INSERT INTO account (id, balance) VALUES ('a', 1)")
		wantClass(t, err, sqldb.ClassUnique)
		if !sqldb.IsUnique(fmt.Errorf("book: %w", err)) {
			t.Error("wrapped, it is no longer unique")
		}
	})
}

func TestMissingParentIsForeignKey(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		// The constraint is deferred: it is COMMIT that fails.
		wantClass(t, exec(t.Context(), db, "INSERT INTO entry (account, n) VALUES ('nobody', 1)"), sqldb.ClassForeignKey)
		mustExec(t, db, "INSERT INTO entry (account, n) VALUES ('a', 1)")
		if n := number(t, db.Reader(), "SELECT count(*) FROM entry"); n != 1 {
			t.Errorf("%d entries, want 1", n)
		}
	})
}

func TestBadTextIsOther(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		wantClass(t, exec(t.Context(), db, "INSERT INTO nothing_of_ours (id) VALUES (1)"), sqldb.ClassOther)
		wantClass(t, exec(t.Context(), db, "INSERT INTO account (id, balance) VALUES ('b', NULL)"), sqldb.ClassOther)
	})
}

// TestWriteSkewIsRetried lets two real transactions read what the other writes. Each must run again or be run after the other.
func TestWriteSkewIsRetried(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.DSN(t, migrateDSN), sqldb.Options{Isolation: sqldb.Serializable})
	mustExec(t, db, "INSERT INTO account (id, balance) VALUES ('a', 1), ('b', 1)")
	var bothRead sync.WaitGroup
	bothRead.Add(2)
	var runs atomic.Int64
	take := func(id string) error {
		var once sync.Once
		return db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			runs.Add(1)
			var sum int
			if err := tx.QueryRowContext(ctx, "SELECT sum(balance) FROM account").Scan(&sum); err != nil {
				return err
			}
			once.Do(func() { bothRead.Done(); bothRead.Wait() })
			if sum < 2 {
				return nil // one of the two must stay
			}
			_, err := tx.ExecContext(ctx, "UPDATE account SET balance = 0 WHERE id = $1", id)
			return err
		})
	}
	var both sync.WaitGroup
	for _, id := range []string{"a", "b"} {
		both.Go(func() {
			if err := take(id); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := number(t, db.Reader(), "SELECT sum(balance) FROM account"); n != 1 {
		t.Errorf("the sum is %d, want 1", n)
	}
	if runs.Load() < 3 || db.Stats().Retries < 1 {
		t.Errorf("ran %d times with %d retries, want one of the two twice", runs.Load(), db.Stats().Retries)
	}
}

func TestDeadlockIsRetried(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.DSN(t, migrateDSN)+"&deadlock_timeout=20ms", sqldb.Options{})
	mustExec(t, db, "INSERT INTO account (id, balance) VALUES ('a', 0), ('b', 0)")
	var bothLocked, both sync.WaitGroup
	bothLocked.Add(2)
	for _, ids := range [][2]string{{"a", "b"}, {"b", "a"}} {
		both.Go(func() {
			var once sync.Once
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				for _, id := range ids {
					if _, err := tx.ExecContext(ctx, "UPDATE account SET balance = balance + 1 WHERE id = $1", id); err != nil {
						return err
					}
					once.Do(func() { bothLocked.Done(); bothLocked.Wait() })
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := number(t, db.Reader(), "SELECT sum(balance) FROM account"); n != 4 {
		t.Errorf("the sum is %d, want 4", n)
	}
	if db.Stats().Retries == 0 {
		t.Error("no retry: there was no deadlock, the test proves nothing")
	}
}

func TestRetriesAreBounded(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite::memory:", sqldb.Options{MaxAttempts: 3})
	runs := 0
	err := db.InTx(t.Context(), func(context.Context, *sqldb.Tx) error {
		runs++
		return fmt.Errorf("collided: %w", &pgconn.PgError{Code: "40001"})
	})
	wantClass(t, err, sqldb.ClassSerialization)
	if runs != 3 {
		t.Errorf("ran %d times, want 3", runs)
	}
}

func TestBusyFileIsSerialization(t *testing.T) {
	t.Parallel()
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "l.db")
	ours, theirs := open(t, dsn, sqldb.Options{MaxAttempts: 2}), open(t, dsn, sqldb.Options{})
	mustExec(t, ours, "PRAGMA busy_timeout = 1")
	err := theirs.InTx(t.Context(), func(context.Context, *sqldb.Tx) error {
		wantClass(t, exec(t.Context(), ours, "CREATE TABLE x (id INTEGER) STRICT"), sqldb.ClassSerialization)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if n := ours.Stats().Retries; n != 1 {
		t.Errorf("%d retries, want 1", n)
	}
}

func TestFullDatabase(t *testing.T) {
	t.Parallel()
	db := openMigrated(t, "sqlite:"+filepath.Join(t.TempDir(), "l.db"))
	mustExec(t, db, "INSERT INTO account (id, balance) VALUES ('a', 0)")
	mustExec(t, db, fmt.Sprintf("PRAGMA max_page_count = %d", number(t, db.Reader(), "PRAGMA page_count")+2))
	insert := func(size int) error {
		return exec(t.Context(), db, "INSERT INTO entry (account, n, note) VALUES ('a', $1, $2)", size, make([]byte, size))
	}
	wantClass(t, insert(1<<20), sqldb.ClassFull)
	if err := insert(1); err != nil {
		t.Errorf("a small row after that: %v", err)
	}
	if n := number(t, db.Reader(), "SELECT count(*) FROM entry"); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
}

func TestStoppedServerIsUnavailableAndComesBack(t *testing.T) {
	t.Parallel()
	if os.Getenv(pgtest.EnvVar) != "" {
		t.Skipf("%s is set: no server of our own to stop", pgtest.EnvVar)
	}
	cluster, err := pgtest.Start(t.Context(), pgtest.Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	})
	db := openMigrated(t, cluster.DSN("postgres"))
	mustExec(t, db, "INSERT INTO account (id, balance) VALUES ('a', 0)")
	for _, how := range []pgtest.How{pgtest.Fast, pgtest.Kill} {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := tx.ExecContext(ctx, raise); err != nil {
				return err
			}
			if err := cluster.Halt(how); err != nil {
				t.Error(err)
			}
			_, err := tx.ExecContext(ctx, raise)
			return err
		})
		wantClass(t, err, sqldb.ClassUnavailable) // cut in the middle
		wantClass(t, exec(t.Context(), db, raise), sqldb.ClassUnavailable)
		var n int
		wantClass(t, db.Reader().QueryRowContext(t.Context(), "SELECT balance FROM account").Scan(&n), sqldb.ClassUnavailable)
		if err := cluster.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		mustExec(t, db, raise)
		// A restart that nobody saw: the pool's connections are dead, the next transaction must not be.
		if err := errors.Join(cluster.Halt(how), cluster.Resume(t.Context())); err != nil {
			t.Fatal(err)
		}
		mustExec(t, db, raise)
	}
	if n := number(t, db.Reader(), "SELECT balance FROM account"); n != 4 {
		t.Errorf("balance is %d, want 4", n)
	}
}

// TestConnectionLostInCommitIsUnknown has COMMIT reach the server, and its answer be lost.
func TestConnectionLostInCommitIsUnknown(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t, migrateDSN)
	if strings.Contains(os.Getenv(pgtest.EnvVar), "sslmode=require") {
		t.Skip("the proxy cannot read an encrypted connection")
	}
	host := dsn[strings.Index(dsn, "@")+1:]
	host = host[:strings.Index(host, "/")]
	db := open(t, strings.Replace(dsn, host, losingCommits(t, host), 1), sqldb.Options{})
	err := exec(t.Context(), db, "INSERT INTO account (id, balance) VALUES ('a', 0)")
	wantClass(t, err, sqldb.ClassUnknownOutcome)
	if !errors.Is(err, sqldb.ErrUnknownOutcome) {
		t.Errorf("got %v, want ErrUnknownOutcome", err)
	}
	if got := db.Stats(); got.Unknown != 1 || got.Retries != 0 {
		t.Errorf("got %+v, want one unknown outcome and no retry", got)
	}
	direct := open(t, dsn, sqldb.Options{})
	if n := number(t, direct.Reader(), "SELECT count(*) FROM account"); n != 1 {
		t.Errorf("%d accounts, want 1: the proxy should have let COMMIT through", n)
	}
}

// losingCommits is a proxy that cuts a connection when the answer to COMMIT comes. The protocol ends a text with a zero byte.
func losingCommits(t *testing.T, target string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				client.Close()
				return
			}
			var committing atomic.Bool
			go func() {
				defer server.Close()
				_, _ = io.Copy(writerFunc(func(b []byte) (int, error) {
					if strings.Contains(string(b), "COMMIT\x00") {
						committing.Store(true)
					}
					return server.Write(b)
				}), client)
			}()
			go func() {
				defer client.Close()
				_, _ = io.Copy(writerFunc(func(b []byte) (int, error) {
					if committing.Load() {
						return 0, net.ErrClosed
					}
					return client.Write(b)
				}), server)
			}()
		}
	}()
	return l.Addr().String()
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestServerGoingDownInCommitIsUnknown(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t, migrateDSN)
	db := open(t, dsn, sqldb.Options{})
	mustExec(t, db, `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`)
	mustExec(t, db, `CREATE CONSTRAINT TRIGGER die AFTER INSERT ON account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`)
	wantClass(t, exec(t.Context(), db, "INSERT INTO account (id, balance) VALUES ('a', 0)"), sqldb.ClassUnknownOutcome)
}

// Whatever keeps us from a session, or ends one, is a database that is not there for the moment, and no bug: a database that is being dropped or restored,
// a role whose password is changed, a server that does not take connections yet.
func TestNoSessionIsUnavailable(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t, migrateDSN)
	db := open(t, dsn, sqldb.Options{})
	name := number(t, db.Reader(), "SELECT oid::bigint FROM pg_database WHERE datname = current_database()")
	server := strings.Replace(dsn, "/luukku_test", "/postgres?x=", 1)
	server = server[:strings.Index(server, "?")]
	if err := sqldb.Administer(t.Context(), server, fmt.Sprintf(`DO $$ BEGIN
		EXECUTE (SELECT format('ALTER DATABASE %%I ALLOW_CONNECTIONS false', datname) FROM pg_database WHERE oid = %d); END $$`, name),
		fmt.Sprintf("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datid = %d", name)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		wantClass(t, exec(t.Context(), db, raise), sqldb.ClassUnavailable)
	}
	fatal := &pgconn.PgError{Code: "XX000", Severity: "FATAL", SeverityUnlocalized: "FATAL"}
	wantClass(t, fmt.Errorf("read: %w", fatal), sqldb.ClassUnavailable)
}

func TestClassesOfServerCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]sqldb.Class{
		"23505": sqldb.ClassUnique, "23503": sqldb.ClassForeignKey, "23502": sqldb.ClassOther, "23514": sqldb.ClassOther,
		"40001": sqldb.ClassSerialization, "40P01": sqldb.ClassSerialization,
		"53100": sqldb.ClassFull, "53300": sqldb.ClassUnavailable, "57P01": sqldb.ClassUnavailable, "57P03": sqldb.ClassUnavailable,
		"08006": sqldb.ClassUnavailable, "25006": sqldb.ClassUnavailable, "57014": sqldb.ClassUnavailable,
		"42601": sqldb.ClassOther, "0A000": sqldb.ClassOther, "": sqldb.ClassOther,
	} {
		if got := sqldb.Classify(fmt.Errorf("x: %w", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("%s: got %s, want %s", code, got, want)
		}
	}
	for err, want := range map[error]sqldb.Class{
		nil: sqldb.ClassOther, io.EOF: sqldb.ClassUnavailable, context.Canceled: sqldb.ClassCanceled, errors.New("x"): sqldb.ClassOther,
		&net.OpError{Op: "read", Err: syscall.ECONNRESET}:         sqldb.ClassUnavailable,
		sqldb.Unknown(&pgconn.PgError{Code: "57P01"}):             sqldb.ClassUnknownOutcome,
		fmt.Errorf("y: %w", sqldb.Unknown(io.ErrUnexpectedEOF)):   sqldb.ClassUnknownOutcome,
		fmt.Errorf("waiting: %w", context.DeadlineExceeded):       sqldb.ClassCanceled,
		fmt.Errorf("a wrapped one: %w", errors.New("of no sort")): sqldb.ClassOther,
	} {
		if got := sqldb.Classify(err); got != want {
			t.Errorf("%v: got %s, want %s", err, got, want)
		}
	}
}
