package bench

import (
	"strings"
	"testing"
	"time"

	"luukku/domain/booking"
)

// freeFixture is a small one with full weeks, half full ones and a past.
var freeFixture = FixtureSpec{Offices: 9, Units: 3, Days: 60, Hours: "mon-fri 08:00-16:20", Live: 9000, Past: 1000}

func TestMemoryAndDatabaseSayTheSameOfAFixture(t *testing.T) {
	t.Parallel()
	e := rowEnv(t, "free/week")
	f, err := e.openFree(t.Context(), freeFixture)
	if err != nil {
		t.Fatal(err)
	}
	weeks, err := f.weeks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[booking.DayKind]bool{}
	for _, w := range weeks {
		if err := f.sameWeek(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		times, err := f.memory.Between(t.Context(), w.sch, w.first, w.last, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range times.Days {
			kinds[d.Kind] = true
		}
	}
	if !kinds[booking.DayFree] || !kinds[booking.DayFull] || !kinds[booking.DayClosed] {
		t.Errorf("got days of kinds %v, want free, full and closed ones compared", kinds)
	}
	if err := f.samePlaces(t.Context()); err != nil {
		t.Error(err)
	}
}

// What the rows compare before they measure would find a memory that is wrong.
func TestAWrongMemoryIsFound(t *testing.T) {
	t.Parallel()
	e := rowEnv(t, "free/400")
	f, err := e.openFree(t.Context(), freeFixture)
	if err != nil {
		t.Fatal(err)
	}
	_, places, err := f.memory.Places(t.Context(), f.fixture.Org, f.fixture.Service, booking.ByName)
	if err != nil {
		t.Fatal(err)
	}
	first, office := places[0].First, places[0].Office
	for _, u := range office.Units {
		f.memory.Board.Apply(booking.Applied{Unit: u.ID, Change: booking.Change{
			Org: f.fixture.Org, Now: f.app.Now().Unix(), Take: &booking.Take{Holder: "nobody", From: first.Start, To: first.End},
		}})
	}
	if err := f.samePlaces(t.Context()); err == nil || !strings.Contains(err.Error(), string(office.ID)) {
		t.Errorf("got %v, want the office with another first time", err)
	}
	sch, err := f.memory.Schedule(t.Context(), f.fixture.Org, f.fixture.Service, office.ID)
	if err != nil {
		t.Fatal(err)
	}
	monday := sch.Today().ISOWeek().Monday()
	found := false
	for w := range 9 {
		d := monday.Add(7 * w)
		found = found || f.sameWeek(t.Context(), week{sch, d, d.Add(6)}) != nil
	}
	if !found {
		t.Error("the week of the time that nobody took was not found to differ")
	}
}

func TestRoundsOfFreeTimes(t *testing.T) {
	t.Parallel()
	n := 0
	m, err := looped(8, func(int) error { n++; return nil })(t.Context(), 5*time.Millisecond)
	if err != nil || m.Ops != int64(n) || n%8 != 0 || m.Elapsed < 5*time.Millisecond {
		t.Errorf("got %+v, %v after %d calls", m, err, n)
	}
	e := rowEnv(t, "free/rebuild")
	f, err := e.openFree(t.Context(), freeFixture)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.app.Store.ScanBoard(t.Context(), f.fixture.Org)
	if want := int64(4 * freeFixture.Live); err != nil || rows < want || rows > want+4*int64(freeFixture.Past) {
		t.Errorf("got %d rows scanned, %v, want the cells of those to come, %d, and of yesterday", rows, err, want)
	}
}

func TestSlowAnswersFailARowWhateverTheRatio(t *testing.T) {
	t.Parallel()
	for per, fails := range map[float64]bool{2_000_000: false, 500_000: true} {
		res := Result{Ratio: 1000, Figures: map[string]float64{"per_second": per}}
		within(&res, time.Microsecond)
		if got := len(res.Wrong) > 0; got != fails {
			t.Errorf("%g answers a second: got %q, want a failure %v", per, res.Wrong, fails)
		}
	}
}
