package cuts

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"luukku/faults/report"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// detection is how often whoever watches the primary looks at it, and so about how long its death goes unnoticed.
const detection = 200 * time.Millisecond

// The primary dies with everything that it was doing, its synchronous standby is promoted, and the server finds it by itself: nothing that was acknowledged
// is lost.
func TestPrimaryKilled(t *testing.T) {
	t.Parallel()
	if os.Getenv(pgtest.EnvVar) != "" {
		t.Skipf("%s is set: no clusters of our own", pgtest.EnvVar)
	}
	runs := report.Size(1, 5)
	lost, doubles, acknowledged, unknowns, longest := 0, 0, 0, 0, time.Duration(0)
	for i := range runs {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			f, l, outage := failOver(t)
			f.report(t)
			lost, doubles, acknowledged, unknowns = lost+f.lost, doubles+f.doubles, acknowledged+l.acknowledged(), unknowns+l.unknowns
			longest = max(longest, outage)
		})
	}
	report.Line(t, "primary killed, standby promoted", report.Of(runs, "runs"), report.Of(acknowledged, "acknowledged"), report.Of(lost, "lost"),
		report.Of(doubles, "doubles"), report.Of(unknowns, "settled by the same form"), report.Of(int(longest.Milliseconds()), "ms of outage at most"))
}

// pair starts a primary with a database, and a standby that every commit waits for.
func pair(t *testing.T) (primary, standby *pgtest.Cluster) {
	t.Helper()
	primary, err := pgtest.Start(t.Context(), pgtest.Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, primary)
	if err := sqldb.Administer(t.Context(), primary.DSN("postgres"), "CREATE DATABASE town"); err != nil {
		t.Fatal(err)
	}
	if standby, err = primary.Standby(t.Context()); err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, standby)
	return primary, standby
}

func stopAtEnd(t *testing.T, c *pgtest.Cluster) {
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
}

// failOver kills a primary under load and promotes its standby. The outage is from the death to the first yes after the promotion.
func failOver(t *testing.T) (f *findings, l *ledger, outage time.Duration) {
	t.Helper()
	primary, standby := pair(t)
	both := at(t, primary.DSN("town"), fmt.Sprintf("127.0.0.1:%d,127.0.0.1:%d", primary.Port(), standby.Port()))
	mail := openPost(t)
	h := open(t, both+"&target_session_attrs=read-write&connect_timeout=2", mail)
	c := gather(t, clients, 0, h.places(t, 20), h.base)
	time.Sleep(time.Second)
	if c.ledger.acknowledged() == 0 {
		t.Fatal("nobody was told of a booking before the primary died")
	}

	died := time.Now()
	if err := primary.Halt(pgtest.Kill); err != nil {
		t.Fatal(err)
	}
	for alive(t.Context(), primary.DSN("postgres")) {
		time.Sleep(detection)
	}
	time.Sleep(detection)
	c.ledger.await() // whoever is told yes from now on is told so by the standby
	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	promoted := time.Since(died)
	select {
	case first := <-c.ledger.first:
		outage = first.Sub(died)
	case <-time.After(30 * time.Second):
		t.Fatalf("no booking within 30 s of the promotion: %s", lastLines(h.log))
	}
	t.Logf("promoted %s after the death, first yes after %s", promoted.Round(time.Millisecond), outage.Round(time.Millisecond))
	if outage > promoted+most {
		t.Errorf("the first yes came %s after the promotion, want %s at most", outage-promoted, most)
	}
	time.Sleep(time.Second)
	c.goHome(t)
	d := openDirect(t, standby.DSN("town"))
	quiet(t, d, mail, time.Duration(report.Size(1, 60))*time.Second)
	return c.ledger.compare(t, d), c.ledger, outage
}

// most is how long after a promotion the first yes may come: a second, and as much again for a machine that does other things.
const most = 2 * time.Second

func alive(ctx context.Context, dsn string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return sqldb.Administer(ctx, dsn, "SELECT 1") == nil
}
