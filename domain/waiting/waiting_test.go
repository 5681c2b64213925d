package waiting

import (
	"testing"
	"time"
	_ "time/tzdata"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/org"
)

func helsinki(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func date(t *testing.T, s string) org.Date {
	t.Helper()
	d, err := org.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestWhoWantsATime holds each part of a wish against a time just inside of it and just outside: Tuesday 24 November 2026, 9:20 to 9:40.
func TestWhoWantsATime(t *testing.T) {
	t.Parallel()
	zone := helsinki(t)
	start := time.Date(2026, 11, 24, 9, 20, 0, 0, zone).Unix()
	free := Time{Service: "hygienist", Office: "north", Unit: "dentist-1", Start: start, End: start + 20*60}
	days := func(list ...time.Weekday) org.Weekdays { return org.OnDays(list...) }
	for name, c := range map[string]struct {
		wish Wish
		want bool
	}{
		"anything":                   {Wish{}, true},
		"this office":                {Wish{Offices: []ids.Office{"south", "north"}}, true},
		"another office":             {Wish{Offices: []ids.Office{"south"}}, false},
		"this professional":          {Wish{Unit: "dentist-1"}, true},
		"another professional":       {Wish{Unit: "dentist-2"}, false},
		"from that day":              {Wish{From: date(t, "2026-11-24")}, true},
		"from the day after":         {Wish{From: date(t, "2026-11-25")}, false},
		"until that day":             {Wish{Until: date(t, "2026-11-24")}, true},
		"until the day before":       {Wish{Until: date(t, "2026-11-23")}, false},
		"Tuesdays":                   {Wish{Days: days(time.Tuesday, time.Friday)}, true},
		"Mondays":                    {Wish{Days: days(time.Monday)}, false},
		"after 9:20":                 {Wish{After: 9*60 + 20}, true},
		"after 9:21":                 {Wish{After: 9*60 + 21}, false},
		"before 9:40":                {Wish{Before: 9*60 + 40}, true},
		"before 9:39":                {Wish{Before: 9*60 + 39}, false},
		"told a day before":          {Wish{Notice: start - now(start)}, true},
		"told a day and a second":    {Wish{Notice: start - now(start) + 1}, false},
		"earlier than a second late": {Wish{Earlier: start + 1}, true},
		"earlier than that time":     {Wish{Earlier: start}, false},
	} {
		e := Entry{Service: "hygienist", State: Waiting, Wish: c.wish}
		if got := e.Wants(free, now(start), zone); got != c.want {
			t.Errorf("%s: got %t, want %t", name, got, c.want)
		}
	}
	for _, e := range []Entry{{Service: "filling", State: Waiting}, {Service: "hygienist", State: Served}, {Service: "hygienist", State: Left}} {
		if e.Wants(free, now(start), zone) {
			t.Errorf("%s who %s is offered a time", e.Service, e.State)
		}
	}
}

// now is a day before a start.
func now(start int64) int64 { return start - 24*60*60 }

// TestAVisitOverMidnightEndsNoEarlierThanItsDay: who must be gone by ten in the evening is not offered what ends at half past midnight.
func TestAVisitOverMidnightEndsNoEarlierThanItsDay(t *testing.T) {
	t.Parallel()
	zone := helsinki(t)
	start := time.Date(2026, 11, 24, 23, 30, 0, 0, zone).Unix()
	free := Time{Service: "x", Start: start, End: start + 60*60}
	if (Entry{Service: "x", State: Waiting, Wish: Wish{Before: 22 * 60}}).Wants(free, start-1, zone) {
		t.Error("a visit that ends after midnight is offered to who must be gone by ten")
	}
	if !(Entry{Service: "x", State: Waiting, Wish: Wish{Before: org.EndOfDay}}).Wants(free, start-1, zone) {
		t.Error("a visit that begins in the evening is not offered to who has the whole evening")
	}
}

func TestWhoHasWaitedLongestComesFirst(t *testing.T) {
	t.Parallel()
	line := []Entry{{ID: "c", CreatedAt: 2}, {ID: "b", CreatedAt: 1}, {ID: "a", CreatedAt: 2}}
	Line(line)
	if line[0].ID != "b" || line[1].ID != "a" || line[2].ID != "c" {
		t.Errorf("got %v, want b, a, c", line)
	}
}

func TestWishesThatCannotBeMet(t *testing.T) {
	t.Parallel()
	today := date(t, "2026-11-24")
	for name, c := range map[string]struct {
		wish  Wish
		field string
	}{
		"today still":          {Wish{Until: today}, ""},
		"until yesterday":      {Wish{Until: today.Add(-1)}, "until"},
		"until before from":    {Wish{From: today.Add(3), Until: today.Add(2)}, "until"},
		"before after":         {Wish{After: 600, Before: 600}, "before"},
		"a minute is a window": {Wish{After: 600, Before: 601}, ""},
	} {
		err := c.wish.Check(today)
		got := ""
		if err != nil {
			got = fault.Of(err).Fields[0].Name
		}
		if got != c.field {
			t.Errorf("%s: got a fault of %q, want %q", name, got, c.field)
		}
	}
}
