package crash

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"luukku/faults/report"
	"luukku/store/sqldb"
)

// perDirectory is how many ends one data directory sees before the next one begins empty, so that a night does not measure how long its checks take.
const perDirectory = 25

// moment is when to kill: 20 to 200 ms from now.
func moment() time.Duration { return 20*time.Millisecond + rand.N(180*time.Millisecond) }

// inspect opens a SQLite database after the end of its process, which recovers it, and holds the ledger against it.
func inspect(t *testing.T, dir string, l *ledger) {
	t.Helper()
	d, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(dir, "luukku.db"))
	if err != nil {
		t.Fatalf("open after the end: %v", err)
	}
	l.check(t.Context(), t, d.Reader())
	if err := d.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// intact asks SQLite whether the file is sound.
func intact(ctx context.Context, t *testing.T, read sqldb.DBTX) {
	t.Helper()
	var answer string
	if err := read.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&answer); err != nil || answer != "ok" {
		t.Errorf("integrity check: %q, %v", answer, err)
	}
}

// TestKill9 ends the process with kill -9 at a random moment, with sixteen clients at work, again and again on the same data.
func TestKill9(t *testing.T) {
	var sum tally
	for sum.runs < report.Size(50, 1000) && !t.Failed() {
		dir, l := t.TempDir(), newLedger()
		for i := 0; i < perDirectory && sum.runs < report.Size(50, 1000) && !t.Failed(); i++ {
			p := start(t, "book", dir, l)
			p.wait(t)
			time.Sleep(moment())
			p.kill()
			inspect(t, dir, l)
			sum.runs++
		}
		sum.add(t, l)
	}
	sum.report(t, "kill -9, SQLite")
}

// TestKill9Server does the same to the server, whose clients come over HTTP and whose jobs are at work as well.
func TestKill9Server(t *testing.T) {
	var sum tally
	dir, unanswered := t.TempDir(), 0
	for sum.runs < report.Size(10, 100) && !t.Failed() {
		p := start(t, "serve", dir, newLedger())
		c := gather("http://" + p.wait(t))
		time.Sleep(2 * moment())
		p.kill()
		c.leave()
		unanswered += int(c.unanswered.Load())
		d, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(dir, "luukku.db"))
		if err != nil {
			t.Fatalf("open after the end: %v", err)
		}
		c.kept(t, d.Reader(), &sum)
		found := newLedger()
		found.check(t.Context(), t, d.Reader())
		sum.contradictions += found.contradictions
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		sum.runs++
	}
	sum.report(t, "kill -9, server over HTTP", report.Of(unanswered, "unanswered"))
}
