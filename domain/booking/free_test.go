package booking

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// schedule is one office with so many desks, open as the lines say, offering one service.
func schedule(t testing.TB, p catalog.Policy, now time.Time, desks int, hours ...string) Schedule {
	t.Helper()
	office := org.Office{ID: "hall"}
	for _, h := range hours {
		w, err := org.ParseWeekly(h)
		if err != nil {
			t.Fatal(err)
		}
		office.Hours = append(office.Hours, w)
	}
	for i := range desks {
		office.Units = append(office.Units, org.Unit{ID: ids.Unit("desk-" + string(rune('a'+i)))})
	}
	c := &catalog.Config{
		Org:      org.Organisation{ID: "town", Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"en"}, ClosedOnHolidays: true},
		Offices:  []org.Office{office},
		Services: []catalog.Service{{ID: "passport"}}, Offers: []catalog.Offer{{Service: "passport", Office: "hall"}},
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	s, err := NewSchedule(c, "passport", "hall", now)
	if err != nil {
		t.Fatal(err)
	}
	s.Policy = p
	return s
}

func clocks(slots []Slot) []string {
	var out []string
	for _, s := range slots {
		out = append(out, time.Unix(s.Start, 0).In(helsinki).Format("15:04-0700"))
	}
	return out
}

func freeSlots(d DayTimes) (slots []Slot) {
	for t := range d.Free.All() {
		slots = append(slots, Slot{Start: t.Start, End: t.End})
	}
	return slots
}

func date(t testing.TB, s string) org.Date {
	t.Helper()
	d, err := org.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var ordinary = catalog.Policy{Length: 20 * time.Minute, Horizon: 60 * 24 * time.Hour}

func TestGridEndsBeforeClosingAndLeavesGaps(t *testing.T) {
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, helsinki)
	p := ordinary
	p.Gap = 10 * time.Minute
	s := schedule(t, p, now, 1, "mon-fri 09:00-10:20")
	want := []string{"09:00+0200", "09:30+0200", "10:00+0200"} // the last ends at closing; its gap may not
	if diff := cmp.Diff(want, clocks(s.Grid(date(t, "2026-11-23")))); diff != "" {
		t.Error(diff)
	}
}

func TestGridOverClockChanges(t *testing.T) {
	now := time.Date(2026, 3, 20, 8, 0, 0, 0, helsinki)
	p := ordinary
	p.Length = 30 * time.Minute
	s := schedule(t, p, now, 1, "sun 02:00-05:00")
	// 29 March: three becomes four.
	if diff := cmp.Diff([]string{"02:00+0200", "02:30+0200", "04:00+0300", "04:30+0300"}, clocks(s.Grid(date(t, "2026-03-29")))); diff != "" {
		t.Error("forward:", diff)
	}
	// 25 October: four becomes three, and the hour comes twice.
	want := []string{"02:00+0300", "02:30+0300", "03:00+0300", "03:30+0300", "03:00+0200", "03:30+0200", "04:00+0200", "04:30+0200"}
	if diff := cmp.Diff(want, clocks(s.Grid(date(t, "2026-10-25")))); diff != "" {
		t.Error("back:", diff)
	}
}

func TestTimesThatTheCalendarDoesNotHave(t *testing.T) {
	s := schedule(t, ordinary, time.Date(2026, 11, 20, 8, 0, 0, 0, helsinki), 1, "mon-fri 09:00-15:00")
	for name, start := range map[string]time.Time{
		"off the grid":          time.Date(2026, 11, 23, 9, 10, 0, 0, helsinki),
		"a second off":          time.Date(2026, 11, 23, 9, 0, 1, 0, helsinki),
		"before opening":        time.Date(2026, 11, 23, 8, 40, 0, 0, helsinki),
		"would end after hours": time.Date(2026, 11, 23, 15, 0, 0, 0, helsinki),
		"a Sunday":              time.Date(2026, 11, 22, 9, 0, 0, 0, helsinki),
		"a holiday":             time.Date(2026, 12, 25, 9, 0, 0, 0, helsinki),
	} {
		if _, ok := s.At(start.Unix()); ok {
			t.Errorf("%s: the calendar has it", name)
		}
	}
	if _, ok := s.At(time.Date(2026, 11, 23, 14, 40, 0, 0, helsinki).Unix()); !ok {
		t.Error("the day's last time is not there")
	}
}

func TestDaysSayWhatTheyAre(t *testing.T) {
	p := ordinary
	p.Notice, p.Horizon = time.Hour, 20*24*time.Hour
	s := schedule(t, p, time.Date(2026, 11, 23, 9, 30, 0, 0, helsinki), 1, "mon-fri 09:00-11:00")
	full := Busy{}
	for _, slot := range s.Grid(date(t, "2026-11-24")) {
		for c := FirstCell(slot.Start); c < LastCell(slot.End); c++ {
			full.Add("desk-a", c)
		}
	}
	for day, want := range map[string]DayKind{
		"2026-11-22": DayOver, "2026-11-23": DayFree, "2026-11-24": DayFull, "2026-11-28": DayClosed, "2026-12-06": DayClosed, "2026-12-11": DayFree,
		"2026-12-14": DayBeyond,
	} {
		if got := s.Day(date(t, day), full); got.Kind != want {
			t.Errorf("%s: got %s, want %s", day, got.Kind, want)
		}
	}
	today := s.Day(date(t, "2026-11-23"), full)
	if diff := cmp.Diff([]string{"10:40+0200"}, clocks(freeSlots(today))); diff != "" {
		t.Error("today an hour ahead:", diff)
	}
	if got := s.Day(date(t, "2026-12-14"), full).Opens; got.Format("2006-01-02 15:04") != "2026-11-24 00:00" {
		t.Errorf("a day beyond the horizon opens at %s, want midnight of 2026-11-24", got)
	}
	if got := s.Day(date(t, "2026-12-06"), full).Calendar.State; got != org.StateHoliday {
		t.Errorf("Independence Day is closed because %s, want holiday", got)
	}
}

func TestGapKeepsTheUnitFree(t *testing.T) {
	p := ordinary
	p.Gap = 20 * time.Minute
	s := schedule(t, p, time.Date(2026, 11, 20, 8, 0, 0, 0, helsinki), 1, "mon 09:00-11:00")
	day := date(t, "2026-11-23")
	busy := Busy{}
	busy.Add("desk-a", FirstCell(day.At(9*60+35, helsinki).Unix())) // inside the gap after 9:00
	if diff := cmp.Diff([]string{"09:40+0200", "10:20+0200"}, clocks(freeSlots(s.Day(day, busy)))); diff != "" {
		t.Error(diff)
	}
}

func TestSpreadSpansDays(t *testing.T) {
	s := schedule(t, ordinary, time.Date(2026, 11, 20, 8, 0, 0, 0, helsinki), 1, "mon-fri 09:00-15:00")
	var days []DayTimes
	for d := date(t, "2026-11-23"); d.Before(date(t, "2026-11-28")); d = d.Add(1) {
		days = append(days, s.Day(d, nil))
	}
	got := Spread(days, helsinki, 7, 3, 2)
	perDay := map[int]int{}
	for _, slot := range got {
		perDay[time.Unix(slot.Start, 0).In(helsinki).Day()]++
	}
	if diff := cmp.Diff(map[int]int{23: 3, 24: 3, 25: 1}, perDay); diff != "" {
		t.Error(diff)
	}
}

func TestNearestComeInTimeOrder(t *testing.T) {
	days := []DayTimes{{}, {}}
	for _, start := range []int64{300, 1500, 2700} {
		days[0].Free.put(start, 1)
	}
	for _, start := range []int64{3000, 15000} {
		days[1].Free.put(start, 2)
	}
	var got []int64
	for _, s := range Nearest(days, 2850, 3) {
		got = append(got, s.Start)
	}
	if diff := cmp.Diff([]int64{1500, 2700, 3000}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCellSetIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s CellSet
		want := map[int64]bool{}
		for _, c := range rapid.SliceOf(rapid.Int64Range(-2000, 2000)).Draw(t, "cells") {
			s.Add(c)
			want[c] = true
		}
		from := rapid.Int64Range(-2100, 2100).Draw(t, "from")
		to := from + rapid.Int64Range(0, 70).Draw(t, "length")
		any := false
		for c := int64(-2100); c < 2100; c++ {
			if s.Has(c) != want[c] {
				t.Fatalf("cell %d: got %v, want %v", c, s.Has(c), want[c])
			}
			any = any || c >= from && c < to && want[c]
		}
		if got := s.AnyIn(from, to); got != any {
			t.Fatalf("any in [%d, %d): got %v, want %v", from, to, got, any)
		}
	})
}

func TestFreeTimesAgreeWithASimpleCount(t *testing.T) {
	day := date(t, "2026-11-23")
	rapid.Check(t, func(r *rapid.T) {
		p := catalog.Policy{
			Length: time.Duration(rapid.IntRange(1, 12).Draw(r, "length")) * 5 * time.Minute, Gap: time.Duration(rapid.IntRange(0, 3).Draw(r, "gap")) * 5 * time.Minute,
			Horizon: 60 * 24 * time.Hour,
		}
		s := schedule(t, p, time.Date(2026, 11, 20, 8, 0, 0, 0, helsinki), 2, "mon 09:00-15:00")
		busy, taken := Busy{}, map[ids.Unit]map[int64]bool{"desk-a": {}, "desk-b": {}}
		open := FirstCell(day.At(9*60, helsinki).Unix())
		for _, c := range rapid.SliceOf(rapid.Int64Range(0, 71)).Draw(r, "cells") {
			u := ids.Unit("desk-" + string(rune('a'+c%2)))
			busy.Add(u, open+c)
			taken[u][open+c] = true
		}
		free := map[int64]int{}
		times := s.Day(day, busy)
		for slot := range times.Free.All() {
			free[slot.Start] = slot.Units
		}
		for cell := open; cell < open+72; cell++ {
			start := cell * CellSeconds
			step := int64((p.Length + p.Gap) / time.Second)
			want := 0
			if (start-open*CellSeconds)%step == 0 && start+int64(p.Length/time.Second) <= (open+72)*CellSeconds {
				for _, u := range []ids.Unit{"desk-a", "desk-b"} {
					clash := false
					for c := cell; c < cell+step/CellSeconds; c++ {
						clash = clash || taken[u][c]
					}
					if !clash {
						want++
					}
				}
			}
			if free[start] != want {
				r.Fatalf("at %d cells after opening: got %d free, want %d", cell-open, free[start], want)
			}
		}
	})
}
