package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"luukku/store/sqldb"
)

const raise = "UPDATE account SET balance = balance + 1 WHERE id = 'a'"

func TestErrorRollsBack(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		want := errors.New("no")
		got := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := tx.ExecContext(ctx, raise); err != nil {
				return err
			}
			return want
		})
		if !errors.Is(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if n := number(t, db.Reader(), "SELECT balance FROM account"); n != 0 {
			t.Errorf("balance is %d, want 0", n)
		}
	})
}

func TestPanicAndGoexitRollBackAndFreeTheWriter(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ways := map[string]func(){"panic": func() { panic("ouch") }, "goexit": runtime.Goexit}
		for name, leave := range ways {
			done := make(chan any)
			go func() {
				defer func() { done <- recover() }()
				_ = db.InTx(context.Background(), func(ctx context.Context, tx *sqldb.Tx) error {
					if _, err := tx.ExecContext(ctx, raise); err != nil {
						return err
					}
					leave()
					return nil
				})
			}()
			if got := <-done; name == "panic" && got != "ouch" {
				t.Errorf("recovered %v, want the function's own panic", got)
			}
		}
		mustExec(t, db, raise)
		if n := number(t, db.Reader(), "SELECT balance FROM account"); n != 1 {
			t.Errorf("balance is %d, want 1: what panicked was committed", n)
		}
	})
}

func TestSwallowedErrorIsNeverCommitted(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := tx.ExecContext(ctx, raise); err != nil {
				return err
			}
			_, first := tx.ExecContext(ctx, "INSERT INTO account (id, balance) VALUES ('a', 7)")
			wantClass(t, first, sqldb.ClassUnique)
			if _, err := tx.ExecContext(ctx, raise); !errors.Is(err, sqldb.ErrTxFailed) || !errors.Is(err, first) {
				t.Errorf("exec after an error: got %v, want ErrTxFailed and its cause", err)
			}
			if _, err := tx.QueryContext(ctx, "SELECT 1"); !errors.Is(err, sqldb.ErrTxFailed) { //nolint:sqlclosecheck // there are no rows
				t.Errorf("query after an error: got %v, want ErrTxFailed", err)
			}
			var n int
			if err := tx.QueryRowContext(ctx, "SELECT 1").Scan(&n); !errors.Is(err, sqldb.ErrTxFailed) {
				t.Errorf("row after an error: got %v, want ErrTxFailed", err)
			}
			return nil
		})
		wantClass(t, err, sqldb.ClassUnique)
		if n := number(t, db.Reader(), "SELECT balance FROM account"); n != 0 {
			t.Errorf("balance is %d, want 0", n)
		}
	})
}

func TestErrorOfOneRowIsRemembered(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			var id string
			_ = tx.QueryRowContext(ctx, "INSERT INTO account (id, balance) VALUES ('a', 7) RETURNING id").Scan(&id) // swallowed on purpose
			return nil
		})
		wantClass(t, err, sqldb.ClassUnique)
	})
}

func TestNoRowIsNoErrorOfTheTransaction(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			var n int
			if err := tx.QueryRowContext(ctx, "SELECT balance FROM account WHERE id = $1", "nobody").Scan(&n); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("got %v, want sql.ErrNoRows", err)
			}
			_, err := tx.ExecContext(ctx, raise)
			return err
		})
		if err != nil {
			t.Errorf("got %v, want a commit", err)
		}
	})
}

func TestTxIsUselessAfterItsFunction(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		var kept *sqldb.Tx
		if err := db.InTx(t.Context(), func(_ context.Context, tx *sqldb.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := kept.ExecContext(t.Context(), raise); !errors.Is(err, sqldb.ErrTxOver) {
			t.Errorf("got %v, want ErrTxOver", err)
		}
	})
}

func TestNothingNests(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		other := func(context.Context, *sqldb.Tx) error { t.Error("it ran"); return nil }
		err := db.InTx(t.Context(), func(ctx context.Context, _ *sqldb.Tx) error {
			if err := db.InTx(ctx, other); !errors.Is(err, sqldb.ErrNested) {
				t.Errorf("InTx: got %v, want ErrNested", err)
			}
			if err := db.InReadTx(ctx, other); !errors.Is(err, sqldb.ErrNested) {
				t.Errorf("InReadTx: got %v, want ErrNested", err)
			}
			var n int
			if err := db.Reader().QueryRowContext(ctx, "SELECT 1").Scan(&n); !errors.Is(err, sqldb.ErrNested) {
				t.Errorf("Reader: got %v, want ErrNested", err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestEndedContextRollsBackAndTheDatabaseLivesOn(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.ExecContext(ctx, raise)
			cancel()
			return err
		})
		wantClass(t, err, sqldb.ClassCanceled)
		wantClass(t, exec(ctx, db, raise), sqldb.ClassCanceled)
		mustExec(t, db, raise)
		if n := number(t, db.Reader(), "SELECT balance FROM account"); n != 1 {
			t.Errorf("balance is %d, want 1", n)
		}
	})
}

func TestEndedContextCutsAStatementShort(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := tx.ExecContext(ctx, raise); err != nil {
				return err
			}
			time.AfterFunc(30*time.Millisecond, cancel)
			var n int // would count for hours
			return tx.QueryRowContext(ctx, `WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 1000000000000)
				SELECT count(*) FROM many`).Scan(&n)
		})
		wantClass(t, err, sqldb.ClassCanceled)
		mustExec(t, db, raise)
		if n := number(t, db.Reader(), "SELECT balance FROM account"); n != 1 {
			t.Errorf("balance is %d, want 1", n)
		}
	})
}

func TestReadTransactionSeesOneState(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.InReadTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			if n := number(t, tx, "SELECT balance FROM account"); n != 0 {
				t.Errorf("balance is %d, want 0", n)
			}
			mustExec(t, db, raise) // the test's context: another transaction
			if n := number(t, tx, "SELECT balance FROM account"); n != 0 {
				t.Errorf("inside, balance became %d, want the 0 it began with", n)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if n := number(t, db.Reader(), "SELECT balance FROM account"); n != 1 {
			t.Errorf("balance is %d, want 1", n)
		}
	})
}

func TestReadTransactionRefusesToWrite(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.InReadTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.ExecContext(ctx, raise)
			return err
		})
		wantClass(t, err, sqldb.ClassUnavailable)
	})
}

func TestManyWritersNeverMeetALock(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{"memory": "sqlite::memory:", "file": "sqlite:" + filepath.Join(t.TempDir(), "l.db")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := openMigrated(t, dsn)
			mustExec(t, db, "INSERT INTO account (id, balance) VALUES ('a', 0)")
			const writers, rounds = 32, 10
			var all sync.WaitGroup
			for w := range writers {
				all.Go(func() {
					for r := range rounds {
						err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
							var n int // read, then write: an upgrade of a read lock would be refused
							if err := tx.QueryRowContext(ctx, "SELECT balance FROM account WHERE id = $1 FOR UPDATE", "a").Scan(&n); err != nil {
								return err
							}
							_, err := tx.ExecContext(ctx, "UPDATE account SET balance = $2 WHERE id = $1", "a", n+1)
							return err
						})
						if err != nil {
							t.Errorf("writer %d, round %d: %v", w, r, err)
						}
						_ = number(t, db.Reader(), "SELECT balance FROM account")
					}
				})
			}
			all.Wait()
			if n := number(t, db.Reader(), "SELECT balance FROM account"); n != writers*rounds {
				t.Errorf("balance is %d, want %d", n, writers*rounds)
			}
			if got := db.Stats(); got.Retries != 0 || got.Waiting != 0 {
				t.Errorf("got %+v, want no retries and nobody waiting", got)
			}
		})
	}
}

func TestWaitingWriterCanGiveUp(t *testing.T) {
	t.Parallel()
	db := openMigrated(t, "sqlite::memory:")
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error)
	err := db.InTx(t.Context(), func(context.Context, *sqldb.Tx) error {
		go func() { given <- exec(ctx, db, raise) }()
		for db.Stats().Waiting == 0 {
			runtime.Gosched()
		}
		cancel()
		wantClass(t, <-given, sqldb.ClassCanceled) // while we still hold the turn
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	mustExec(t, db, raise)
}

func TestClosingSendsWritersAway(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		inside, closed, waited := make(chan bool), make(chan error), make(chan error, 1)
		go func() {
			<-inside
			closed <- db.Close() // waits for the transaction below, on SQLite
		}()
		err := db.InTx(context.Background(), func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.ExecContext(ctx, raise)
			if db.Engine() == sqldb.SQLite {
				close(inside)
				go func() { waited <- exec(context.Background(), db, raise) }()
				for db.Stats().Waiting == 0 {
					runtime.Gosched()
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if db.Engine() == sqldb.SQLite {
			if err := <-waited; err != nil {
				wantClass(t, err, sqldb.ClassUnavailable) // or it came before Close
			}
		} else {
			close(inside)
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if err := exec(context.Background(), db, raise); !errors.Is(err, sqldb.ErrClosed) {
			t.Errorf("after Close: got %v, want ErrClosed", err)
		}
	})
}

func TestAnotherProcessAtTheFileIsWaitedFor(t *testing.T) {
	t.Parallel()
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "l.db")
	ours, theirs := openMigrated(t, dsn), open(t, dsn, sqldb.Options{})
	mustExec(t, ours, "INSERT INTO account (id, balance) VALUES ('a', 0)")
	done := make(chan error)
	err := theirs.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		go func() { done <- exec(context.Background(), ours, raise) }()
		time.Sleep(50 * time.Millisecond) // not needed to pass: it gives the other the chance to fail
		_, err := tx.ExecContext(ctx, raise)
		return err
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Error(err)
	}
	if n := number(t, ours.Reader(), "SELECT balance FROM account"); n != 2 {
		t.Errorf("balance is %d, want 2", n)
	}
}

func TestStatementsBeyondTheCacheRun(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		const texts = sqldb.MaxStatements + 50
		for range 2 {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				for i := range texts {
					if n := number(t, tx, fmt.Sprintf("SELECT balance + %d FROM account WHERE id = $1", i), "a"); n != i {
						return fmt.Errorf("got %d, want %d", n, i)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for i := range texts {
			if n := number(t, db.Reader(), fmt.Sprintf("SELECT balance + %d FROM account WHERE id = $1", i), "a"); n != i {
				t.Fatalf("got %d, want %d", n, i)
			}
		}
	})
}

func TestChangedTableUnderAPreparedStatement(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		read := func() error {
			return db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				rows, err := tx.QueryContext(ctx, "SELECT * FROM account WHERE id = $1", "a")
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
				}
				return rows.Err()
			})
		}
		for range 3 { // once prepared
			if err := read(); err != nil {
				t.Fatal(err)
			}
		}
		mustExec(t, db, "ALTER TABLE account ADD COLUMN colour TEXT NOT NULL DEFAULT 'green'")
		if err := read(); err != nil {
			t.Errorf("after the change: %v", err)
		}
	})
}
