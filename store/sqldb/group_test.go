package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"luukku/store/sqldb"
)

type txFunc = func(ctx context.Context, tx *sqldb.Tx) error

// together runs functions in one batch, in their order: the first does not come back before the others wait in the queue. It returns what each was
// answered; errLeft stands for a panic or an exit.
func together(t *testing.T, db *sqldb.DB, fns ...txFunc) []error {
	t.Helper()
	errs := make([]error, len(fns))
	var all sync.WaitGroup
	start := func(i int, fn txFunc) {
		all.Go(func() {
			errs[i] = errLeft
			defer func() { _ = recover() }()
			errs[i] = db.InTx(t.Context(), fn)
		})
	}
	led := false
	start(0, func(ctx context.Context, tx *sqldb.Tx) error {
		if !led {
			led = true
			for i, fn := range fns[1:] {
				start(i+1, fn)
				for db.Stats().Waiting <= int64(i) {
					runtime.Gosched()
				}
			}
		}
		return fns[0](ctx, tx)
	})
	all.Wait()
	return errs
}

var errLeft = errors.New("it left")

// open1 opens a database with the account "a" of balance 0.
func open1(t *testing.T, dsn string) *sqldb.DB {
	t.Helper()
	db := openMigrated(t, dsn)
	mustExec(t, db, "INSERT INTO account (id, balance) VALUES ('a', 0)")
	return db
}

func file(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "l.db") }

// entry writes entry n.
func entry(n int) txFunc {
	return func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO entry (account, n) VALUES ('a', $1)", n)
		return err
	}
}

func wantEntries(t *testing.T, db *sqldb.DB, want ...int) {
	t.Helper()
	rows, err := db.Reader().QueryContext(t.Context(), "SELECT n FROM entry ORDER BY n")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		got = append(got, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("entries are %v, want %v", got, want)
	}
}

func TestThoseWhoWaitShareOneCommitInTheirOrder(t *testing.T) {
	t.Parallel()
	db := open1(t, "sqlite::memory:")
	before := db.Stats()
	const n = 20
	var order, settled []int
	fns := make([]txFunc, n)
	for i := range n {
		fns[i] = func(ctx context.Context, tx *sqldb.Tx) error {
			if rows := number(t, tx, "SELECT count(*) FROM entry"); rows != i {
				t.Errorf("function %d sees %d entries", i, rows)
			}
			order = append(order, i)
			tx.AfterCommit(func() {
				if rows := number(t, db.Reader(), "SELECT count(*) FROM entry"); rows != n {
					t.Errorf("after the commit %d entries are there, want %d", rows, n)
				}
				settled = append(settled, i)
			})
			return entry(i)(ctx, tx)
		}
	}
	if err := errors.Join(together(t, db, fns...)...); err != nil {
		t.Error(err)
	}
	for i := range n {
		if order[i] != i || settled[i] != i {
			t.Fatalf("ran as %v and settled as %v, want first come, first served", order, settled)
		}
	}
	after := db.Stats()
	if after.Batches != before.Batches+1 || after.Largest != n || after.Commits != before.Commits+n {
		t.Errorf("from %+v to %+v, want one batch of %d", before, after, n)
	}
}

func TestABatchIsBounded(t *testing.T) {
	t.Parallel()
	db := open1(t, "sqlite::memory:")
	fns := make([]txFunc, 2*sqldb.MaxBatch+10)
	for i := range fns {
		fns[i] = entry(i)
	}
	before := db.Stats().Batches
	if err := errors.Join(together(t, db, fns...)...); err != nil {
		t.Error(err)
	}
	if got := db.Stats(); got.Batches != before+3 || got.Largest != sqldb.MaxBatch {
		t.Errorf("got %d batches, the largest of %d, want 3 of at most %d", got.Batches-before, got.Largest, sqldb.MaxBatch)
	}
}

func TestNobodyIsAnsweredBeforeTheCommit(t *testing.T) {
	t.Parallel()
	db := open1(t, "sqlite::memory:")
	refusal := errors.New("refused because of what the first wrote")
	answers := make(chan error, 3)
	write := func(fn txFunc) { answers <- db.InTx(t.Context(), fn) }
	last := func(ctx context.Context, tx *sqldb.Tx) error {
		time.Sleep(20 * time.Millisecond) // not needed to pass: it gives the others the chance to be answered too early
		if len(answers) > 0 {
			t.Errorf("somebody was answered %v before the commit", <-answers)
		}
		return entry(3)(ctx, tx)
	}
	started := false
	go write(func(ctx context.Context, tx *sqldb.Tx) error {
		if !started {
			started = true
			go write(func(context.Context, *sqldb.Tx) error { return refusal })
			for db.Stats().Waiting < 1 {
				runtime.Gosched()
			}
			go write(last)
			for db.Stats().Waiting < 2 {
				runtime.Gosched()
			}
		}
		return entry(1)(ctx, tx)
	})
	for range 3 {
		if err := <-answers; err != nil && !errors.Is(err, refusal) {
			t.Error(err)
		}
	}
	wantEntries(t, db, 1, 3)
}

func TestFailingMembersHarmNoOther(t *testing.T) {
	t.Parallel()
	refusal := errors.New("refused")
	and := func(fn txFunc, then func(ctx context.Context, tx *sqldb.Tx) error) txFunc {
		return func(ctx context.Context, tx *sqldb.Tx) error { return errors.Join(fn(ctx, tx), then(ctx, tx)) }
	}
	for name, c := range map[string]struct {
		fail func(ctx context.Context, tx *sqldb.Tx) error
		want func(t *testing.T, err error)
	}{
		"its own error": {
			func(context.Context, *sqldb.Tx) error { return refusal },
			func(t *testing.T, err error) {
				if !errors.Is(err, refusal) {
					t.Errorf("got %v, want its own error", err)
				}
			},
		},
		"a swallowed error of a statement": {
			func(ctx context.Context, tx *sqldb.Tx) error { _ = entry(0)(ctx, tx); return nil },
			func(t *testing.T, err error) { wantClass(t, err, sqldb.ClassUnique) },
		},
		"a constraint at the commit": {
			func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.ExecContext(ctx, "INSERT INTO entry (account, n) VALUES ('nobody', 1)")
				return err
			},
			func(t *testing.T, err error) { wantClass(t, err, sqldb.ClassForeignKey) },
		},
		"a panic": {
			func(context.Context, *sqldb.Tx) error { panic("ouch") },
			func(t *testing.T, err error) {
				if !errors.Is(err, errLeft) {
					t.Errorf("got %v, want the panic in its own caller", err)
				}
			},
		},
		"an exit": {
			func(context.Context, *sqldb.Tx) error { runtime.Goexit(); return nil },
			func(t *testing.T, err error) {
				if !errors.Is(err, errLeft) {
					t.Errorf("got %v, want its own goroutine to end", err)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open1(t, "sqlite::memory:")
			mustExec(t, db, "INSERT INTO entry (account, n) VALUES ('a', 0)")
			// In the middle twice, and as the leader.
			errs := together(t, db, entry(1), and(entry(2), c.fail), entry(3), and(entry(4), c.fail), entry(5))
			c.want(t, errs[1])
			c.want(t, errs[3])
			if err := errors.Join(errs[0], errs[2], errs[4]); err != nil {
				t.Error(err)
			}
			errs = together(t, db, and(entry(6), c.fail), entry(7), entry(8))
			c.want(t, errs[0])
			if err := errors.Join(errs[1:]...); err != nil {
				t.Error(err)
			}
			wantEntries(t, db, 0, 1, 3, 5, 7, 8)
		})
	}
}

func TestFullDatabaseInABatch(t *testing.T) {
	t.Parallel()
	db := open1(t, file(t))
	mustExec(t, db, fmt.Sprintf("PRAGMA max_page_count = %d", number(t, db.Reader(), "PRAGMA page_count")+2))
	runs := make([]int, 4)
	counted := func(i int, fn txFunc) txFunc {
		return func(ctx context.Context, tx *sqldb.Tx) error { runs[i]++; return fn(ctx, tx) }
	}
	big := func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO entry (account, n, note) VALUES ('a', 10, $1)", make([]byte, 1<<20))
		return err
	}
	errs := together(t, db, counted(0, entry(1)), counted(1, entry(2)), counted(2, big), counted(3, entry(3)))
	wantClass(t, errs[2], sqldb.ClassFull)
	if err := errors.Join(errs[0], errs[1], errs[3]); err != nil {
		t.Errorf("others were told %v", err)
	}
	if runs[0] != 2 || runs[1] != 2 || runs[2] != 2 {
		t.Errorf("ran %v times, want the batch that SQLite rolled back run again: the test proves nothing", runs)
	}
	wantEntries(t, db, 1, 2, 3)
}

func TestContextsInABatch(t *testing.T) {
	t.Parallel()
	db := open1(t, "sqlite::memory:")
	between, during := context.Background(), context.Background()
	between, cancelBetween := context.WithCancel(between)
	during, cancelDuring := context.WithCancel(during)
	// A function in the batch with a context of its own: what it writes must go, and nothing else.
	with := func(ctx context.Context, fn txFunc) txFunc {
		return func(_ context.Context, tx *sqldb.Tx) error { return fn(ctx, tx) }
	}
	errs := together(t, db, entry(1),
		with(between, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := entry(2)(ctx, tx); err != nil {
				return err
			}
			cancelBetween()
			wantClass(t, entry(3)(ctx, tx), sqldb.ClassCanceled)
			var n int
			return tx.QueryRowContext(ctx, "SELECT 1").Scan(&n)
		}),
		with(during, func(ctx context.Context, tx *sqldb.Tx) error {
			if err := entry(4)(ctx, tx); err != nil {
				return err
			}
			time.AfterFunc(5*time.Millisecond, cancelDuring)
			_, err := tx.ExecContext(ctx, `INSERT INTO entry (account, n) WITH RECURSIVE many (n) AS
				(SELECT 100 UNION ALL SELECT n + 1 FROM many WHERE n < 100000) SELECT 'a', n FROM many`)
			if err != nil || ctx.Err() == nil {
				t.Errorf("got %v from a statement in the batch while its context ended, want it whole", err)
			}
			return entry(5)(ctx, tx)
		}),
		entry(6))
	wantClass(t, errs[1], sqldb.ClassCanceled)
	wantClass(t, errs[2], sqldb.ClassCanceled)
	if err := errors.Join(errs[0], errs[3]); err != nil {
		t.Error(err)
	}
	wantEntries(t, db, 1, 6)
}

func TestContextEndedBeforeItsTurnInABatch(t *testing.T) {
	t.Parallel()
	db := open1(t, "sqlite::memory:")
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error, 1)
	errs := together(t, db,
		func(c context.Context, tx *sqldb.Tx) error {
			if len(answer) == 0 {
				waiting := db.Stats().Waiting
				go func() {
					answer <- db.InTx(ctx, func(context.Context, *sqldb.Tx) error { t.Error("it ran"); return nil })
				}()
				for db.Stats().Waiting == waiting {
					runtime.Gosched()
				}
			}
			return entry(1)(c, tx)
		},
		func(c context.Context, tx *sqldb.Tx) error {
			cancel()
			wantClass(t, <-answer, sqldb.ClassCanceled) // while the batch goes on
			return entry(2)(c, tx)
		})
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	wantEntries(t, db, 1, 2)
}

func TestAfterCommitOfWhatWasNotCommitted(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		ran := 0
		after := func(fail error) error {
			return db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				tx.AfterCommit(func() { ran++ })
				if _, err := tx.ExecContext(ctx, raise); err != nil {
					return err
				}
				return fail
			})
		}
		if err := after(errors.New("no")); err == nil || ran != 0 {
			t.Errorf("after a rollback: got %v, ran %d times, want none", err, ran)
		}
		if err := after(nil); err != nil || ran != 1 {
			t.Errorf("after a commit: got %v, ran %d times, want once", err, ran)
		}
	})
}

// TestManyWritersAreDurableWhenAnswered copies the files under the open database, as a killed process would leave them.
func TestManyWritersAreDurableWhenAnswered(t *testing.T) {
	t.Parallel()
	dsn := file(t)
	db := open1(t, dsn)
	const writers = 500
	refusal := errors.New("refused")
	var all sync.WaitGroup
	var want []int
	for i := range writers {
		if i%7 != 0 {
			want = append(want, i)
		}
		all.Go(func() {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				if err := entry(i)(ctx, tx); err != nil || i%7 != 0 {
					return err
				}
				return refusal
			})
			if i%7 != 0 && err != nil || i%7 == 0 && !errors.Is(err, refusal) {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if got := db.Stats(); got.Largest < 2 || got.Waiting != 0 {
		t.Errorf("got %+v, want batches and nobody waiting", got)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(dsn[len("sqlite:"):] + suffix)
		if err == nil {
			err = os.WriteFile(copied+suffix, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	wantEntries(t, open(t, "sqlite:"+copied, sqldb.Options{}), want...)
}

// TestDiskFailsInACommit lets the write-ahead log grow no further: its writes then fail as those of a broken disk. The limit holds for a whole
// process, so this one is another.
func TestDiskFailsInACommit(t *testing.T) {
	if os.Getenv("LUUKKU_TEST_DISK_FAILS") == "" {
		t.Parallel()
		child := osexec.Command(os.Args[0], "-test.run=^TestDiskFailsInACommit$", "-test.v")
		child.Env = append(os.Environ(), "LUUKKU_TEST_DISK_FAILS=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	name := filepath.Join(t.TempDir(), "l.db")
	db := open1(t, "sqlite:"+name)
	wal, err := os.Stat(name + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	var no syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &no); err != nil {
		t.Fatal(err)
	}
	limit := func(to uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: to, Max: no.Max}); err != nil {
			t.Error(err)
		}
	}
	refusal := errors.New("the first was there before")
	refusals := 0
	errs := together(t, db, entry(1),
		func(ctx context.Context, tx *sqldb.Tx) error { // refused because of the first, until that is lost
			if number(t, tx, "SELECT count(*) FROM entry WHERE n = 1") > 0 {
				refusals++
				limit(uint64(wal.Size()))
				return refusal
			}
			limit(no.Cur)
			return entry(2)(ctx, tx)
		},
		entry(3))
	wantClass(t, errs[0], sqldb.ClassUnknownOutcome)
	wantClass(t, errs[2], sqldb.ClassUnknownOutcome)
	if errs[1] != nil || refusals != 1 {
		t.Errorf("who was refused because of what was lost: got %v after %d refusals, want to run again", errs[1], refusals)
	}
	wantEntries(t, db, 2)
	if got := db.Stats().Unknown; got != 2 {
		t.Errorf("%d unknown outcomes, want 2", got)
	}
}

// BenchmarkGroupCommit is a durable row from 256 goroutines, and from one.
func BenchmarkGroupCommit(b *testing.B) {
	for _, writers := range []int{1, 256} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			db, err := sqldb.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "l.db"))
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			if err := sqldb.Migrate(b.Context(), db, schema); err != nil {
				b.Fatal(err)
			}
			if err := exec(b.Context(), db, "INSERT INTO account (id, balance) VALUES ('a', 0)"); err != nil {
				b.Fatal(err)
			}
			rows := make(chan int)
			var all sync.WaitGroup
			b.ResetTimer()
			for range writers {
				all.Go(func() {
					for n := range rows {
						if err := db.InTx(b.Context(), entry(n)); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for n := range b.N {
				rows <- n
			}
			close(rows)
			all.Wait()
			b.ReportMetric(float64(b.N)/float64(db.Stats().Batches), "rows/commit")
		})
	}
}
