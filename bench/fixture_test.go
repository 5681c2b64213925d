package bench

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/app"
	"luukku/base/config"
	"luukku/base/seal"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// engines are databases for a fixture, by name.
func engines(t *testing.T) map[string]func(*testing.T) string {
	t.Helper()
	return map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "luukku.db") },
		"postgres": func(t *testing.T) string { return pgtest.DSN(t, func(string) error { return nil }) },
	}
}

// openApp opens an installation on a database.
func openApp(t *testing.T, dsn string) *app.App {
	t.Helper()
	c := config.Default()
	c.Data = t.TempDir()
	c.Database, c.KeyFile = seal.Secret(dsn), filepath.Join(c.Data, "keys")
	a, err := app.Open(t.Context(), c, app.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return a
}

var smallFixture = FixtureSpec{Offices: 7, Units: 3, Days: 30, Hours: "mon-fri 08:00-16:20", Live: 4000, Past: 1500, Seed: 5}

func TestFixtureIsSoundAndHasWhatItWasAskedFor(t *testing.T) {
	t.Parallel()
	for name, dsn := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := openApp(t, dsn(t))
			f, err := smallFixture.Fill(t.Context(), a, t.Logf)
			if err != nil {
				t.Fatal(err)
			}
			found, err := a.Store.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range found {
				t.Errorf("invariant: %s", s)
			}
			if got, want := counted(t, a.Store.DB()), smallFixture.Live+smallFixture.Past; got != [3]int{want, 4 * want, want} {
				t.Errorf("got %d appointments, cells and sent notices, want %d with four cells each", got, want)
			}
			fixtureAgrees(t, a, f)
			if _, err := smallFixture.Fill(t.Context(), a, nil); err == nil {
				t.Error("a database that has data was filled again")
			}
		})
	}
}

// counted counts appointments, cells and sent notices.
func counted(t *testing.T, d *sqldb.DB) (n [3]int) {
	t.Helper()
	for i, q := range []string{"SELECT count(*) FROM appointment", "SELECT count(*) FROM occupancy", "SELECT count(*) FROM notice WHERE state = 'sent'"} {
		if err := d.Reader().QueryRowContext(t.Context(), q).Scan(&n[i]); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// fixtureAgrees holds what the fixture says is free against what the service says.
func fixtureAgrees(t *testing.T, a *app.App, f *Fixture) {
	t.Helper()
	type key struct {
		office string
		start  int64
	}
	want, got := map[key]int{}, map[key]int{}
	taken := 0
	for x := range f.Times {
		taken += f.Spec.Units - x.Free
		if x.Free > 0 && x.Start >= f.tomorrow {
			want[key{string(x.Office), x.Start}] = x.Free
		}
	}
	if taken != f.Spec.Live {
		t.Errorf("the fixture says that %d times to come are taken, want %d", taken, f.Spec.Live)
	}
	full := false
	for _, office := range f.Offices {
		sch, err := a.Booking.Schedule(t.Context(), f.Org, f.Service, office)
		if err != nil {
			t.Fatal(err)
		}
		times, err := a.Booking.Between(t.Context(), sch, sch.Today().Add(1), sch.LastDay(), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range times.Days {
			full = full || d.Kind == booking.DayFull
			for s := range d.Free.All() {
				got[key{string(office), s.Start}] = s.Units
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("free units by office and time, want - got +:\n%s", d)
	}
	if !full {
		t.Error("no day is full, want some of the first ones to be")
	}
}

func TestFixtureIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	var first []FixtureTime
	for range 2 {
		a := openApp(t, "sqlite::memory:")
		f, err := smallFixture.Fill(t.Context(), a, nil)
		if err != nil {
			t.Fatal(err)
		}
		free, err := f.FreeTimes(100)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = free
			continue
		}
		if d := cmp.Diff(first, free); d != "" {
			t.Errorf("first - second +:\n%s", d)
		}
	}
}

func TestFixtureWithFullDaysLeavesAsManyTimesAsWanted(t *testing.T) {
	t.Parallel()
	a := openApp(t, "sqlite::memory:")
	s := FixtureSpec{Offices: 4, Units: 2, Days: 8, Notice: 24 * time.Hour, Hours: "mon-sun 09:00-12:20", Always: true, Full: 2, Free: 100}
	f, err := s.Fill(t.Context(), a, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, places, err := a.Booking.Places(t.Context(), f.Org, f.Service, booking.ByFirst)
	if err != nil {
		t.Fatal(err)
	}
	day := org.DateOf(time.Now().In(helsinki(t))).Add(2)
	if first := org.DateOf(time.Unix(places[0].First.Start, 0).In(helsinki(t))); first.Before(day) {
		t.Errorf("got a first free time on %s, want none before %s", first, day)
	}
	n := 0
	for x := range f.Times {
		n += x.Free
	}
	if n != 100 {
		t.Errorf("got %d free times, want 100", n)
	}
}

func helsinki(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestFixtureRefusesMoreThanFits(t *testing.T) {
	t.Parallel()
	a := openApp(t, "sqlite::memory:")
	s := smallFixture
	s.Live = 1_000_000
	if _, err := s.Fill(context.Background(), a, nil); err == nil {
		t.Error("got a fixture with more bookings than times")
	}
}
