package booking

import (
	"testing"
	"time"

	"luukku/domain/catalog"
)

// TestDaysOpenAtTheSecond: "Monday 08:00 opens the week in five weeks", and each day at its time, one second before, at, and after; over both changes of
// the clocks, too.
func TestDaysOpenAtTheSecond(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	opening := func(s string) catalog.Opening {
		o, err := catalog.ParseOpening(s)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	for _, c := range []struct{ opens, now, last, next string }{
		{"daily 00:00", "2026-11-23 00:00:00", "2026-12-28", "2026-11-24 00:00:00"},
		{"daily 00:00", "2026-11-22 23:59:59", "2026-12-27", "2026-11-23 00:00:00"},
		{"daily 08:00", "2026-11-23 07:59:59", "2026-12-27", "2026-11-23 08:00:00"},
		{"daily 08:00", "2026-11-23 08:00:00", "2026-12-28", "2026-11-24 08:00:00"},
		{"mon 08:00", "2026-11-23 07:59:59", "2026-12-27", "2026-11-23 08:00:00"},
		{"mon 08:00", "2026-11-23 08:00:00", "2027-01-03", "2026-11-30 08:00:00"},
		{"mon 08:00", "2026-11-23 08:00:01", "2027-01-03", "2026-11-30 08:00:00"},
		{"mon 08:00", "2026-11-29 23:59:59", "2027-01-03", "2026-11-30 08:00:00"},
		{"sun 03:30", "2026-10-25 03:29:59", "2026-11-28", "2026-10-25 03:30:00"}, // the hour comes twice: the first one opens
		{"sun 03:30", "2027-03-28 04:00:00", "2027-05-08", "2027-04-04 03:30:00"}, // the hour is skipped: it opens when the clocks have gone on
	} {
		p := catalog.Policy{Horizon: 35 * 24 * time.Hour, Opens: opening(c.opens)}
		now, err := time.ParseInLocation("2006-01-02 15:04:05", c.now, zone)
		if err != nil {
			t.Fatal(err)
		}
		if c.now == "2026-10-25 03:29:59" {
			now = time.Unix(time.Date(2026, 10, 25, 0, 29, 59, 0, time.UTC).Unix(), 0)
		}
		if got := LastDay(p, now, zone).String(); got != c.last {
			t.Errorf("%s at %s: got %s, want %s", c.opens, c.now, got, c.last)
		}
		if got := NextOpening(p, now, zone).In(zone).Format("2006-01-02 15:04:05"); got != c.next {
			t.Errorf("%s at %s: next opening %s, want %s", c.opens, c.now, got, c.next)
		}
	}
}

// TestADayOpensWhenItIsSaidTo holds OpensAt against LastDay, second by second around it.
func TestADayOpensWhenItIsSaidTo(t *testing.T) {
	t.Parallel()
	zone, _ := time.LoadLocation("Europe/Helsinki")
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, zone)
	for _, opens := range []string{"daily 00:00", "daily 08:00", "mon 08:00", "fri 23:59"} {
		o, err := catalog.ParseOpening(opens)
		if err != nil {
			t.Fatal(err)
		}
		p := catalog.Policy{Horizon: 35 * 24 * time.Hour, Opens: o}
		for d := LastDay(p, now, zone).Add(1); d.Before(LastDay(p, now, zone).Add(40)); d = d.Add(1) {
			at := OpensAt(p, d, now, zone)
			if !at.After(now) || LastDay(p, at, zone).Before(d) || !LastDay(p, at.Add(-time.Second), zone).Before(d) {
				t.Fatalf("%s: %s is said to open at %s; the last day is %s then and %s a second before", opens, d, at, LastDay(p, at, zone),
					LastDay(p, at.Add(-time.Second), zone))
			}
		}
	}
}
