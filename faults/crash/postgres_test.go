package crash

import (
	"testing"
	"time"

	"luukku/faults/report"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// audit holds a ledger against a PostgreSQL database, when those who worked for a process that is gone have ended.
func audit(t *testing.T, dsn string, l *ledger) {
	t.Helper()
	d, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatalf("open after the end: %v", err)
	}
	until(t, "backends of a killed process end", func() bool {
		var working int
		err := d.Reader().QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`).Scan(&working)
		return err == nil && working == 0
	})
	l.check(t.Context(), t, d.Reader())
	if err := d.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// TestKill9Postgres ends the server process, not the database, while sixteen clients are at work.
func TestKill9Postgres(t *testing.T) {
	var sum tally
	for sum.runs < report.Size(10, 100) && !t.Failed() {
		dsn, dir, l := pgtest.DSN(t, nil), t.TempDir(), newLedger()
		for i := 0; i < perDirectory && sum.runs < report.Size(10, 100) && !t.Failed(); i++ {
			p := start(t, "book", dir, l, "LUUKKU_DATABASE="+dsn)
			p.wait(t)
			time.Sleep(3 * moment()) // its first connections take a while
			p.kill()
			audit(t, dsn, l)
			sum.runs++
		}
		sum.add(t, l)
	}
	sum.report(t, "kill -9, app on PostgreSQL")
}

// TestPostgresKilled ends the database server with all its processes while sixteen clients are at work, and starts it again. The product goes on by
// itself.
func TestPostgresKilled(t *testing.T) {
	pgtest.DSN(t, nil) // says so where PostgreSQL is left out
	c, err := pgtest.Start(t.Context(), pgtest.Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Errorf("stop postgres: %v", err)
		}
	})
	var sum tally
	dsn, l := c.DSN("postgres"), newLedger()
	p := start(t, "book", t.TempDir(), l, "LUUKKU_DATABASE="+dsn)
	p.wait(t)
	for range report.Size(3, 20) {
		time.Sleep(3 * moment()) // its first connections take a while
		if err := c.Halt(pgtest.Kill); err != nil {
			t.Fatal(err)
		}
		before := p.acknowledged()
		if err := c.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !until(t, "bookings after the database is back", func() bool { return p.acknowledged() > before+clients }) {
			break
		}
		sum.runs++
	}
	p.kill()
	audit(t, dsn, l)
	sum.add(t, l)
	sum.report(t, "kill -9, PostgreSQL itself", report.Of(l.unavailable, "told to come back"))
}
