package booking

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

// A place is lost when the unit does not serve the appointment to its last minute any more; at its edges it is not.
func TestAffected(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, helsinki)
	sch := schedule(t, ordinary, now, 2, "mon-fri 09:00-15:00")
	day := date(t, "2026-11-23")
	at := func(m int) int64 { return day.At(org.Minute(m), helsinki).Unix() }
	visit := func(unit ids.Unit, from, to int) Listed {
		return Listed{ID: "a", Service: "passport", Office: "hall", Unit: unit, Start: at(from), End: at(to), Status: Booked}
	}
	weekly := func(s string) []org.Weekly {
		w, err := org.ParseWeekly(s)
		if err != nil {
			t.Fatal(err)
		}
		return []org.Weekly{w}
	}
	shut := func(from, to org.Minute) func(*org.Office) {
		return func(o *org.Office) { o.Closures = []org.Closure{{From: day, FromMinute: from, ToMinute: to}} }
	}
	nine := visit("desk-a", 9*60, 9*60+20)
	for _, c := range []struct {
		name  string
		was   func(*org.Office) // what holds before; nil is nine to three
		edit  func(*org.Office)
		visit Listed
		want  bool
	}{
		{"nothing changes", nil, func(*org.Office) {}, nine, false},
		{"closed all day", nil, shut(0, 0), nine, true},
		{"closed the day after", nil, func(o *org.Office) { o.Closures = []org.Closure{{From: day.Add(1)}} }, nine, false},
		{"closed from its end", nil, shut(9*60+20, 0), nine, false},
		{"closed from a minute before its end", nil, shut(9*60+19, 0), nine, true},
		{"closed until its begin", nil, shut(8*60, 9*60), nine, false},
		{"closed until a minute after its begin", nil, shut(8*60, 9*60+1), nine, true},
		{"opened later", nil, func(o *org.Office) { o.Hours = weekly("mon-fri 09:20-15:00") }, nine, true},
		{"off the grid, but open", nil, func(o *org.Office) { o.Hours = weekly("mon-fri 08:50-15:00") }, nine, false},
		{"the hours go", nil, func(o *org.Office) { o.Hours = nil }, nine, true},
		{"walk-in alone", nil, func(o *org.Office) { o.Hours = weekly("mon-fri 09:00-15:00 walk-in") }, nine, true},
		{"for another service", nil, func(o *org.Office) { o.Hours = weekly("mon-fri 09:00-15:00 for permit") }, nine, true},
		{"the unit's last day is the day before", nil, func(o *org.Office) { o.Units[0].Until = day.Add(-1) }, nine, true},
		{"the unit's last day is that day", nil, func(o *org.Office) { o.Units[0].Until = day }, nine, false},
		{"another unit's day off", nil, func(o *org.Office) {
			o.Units[1].Exceptions = []org.Exception{{Date: day, Closed: true, Kind: org.AnyKind}}
		}, nine, false},
		{"the unit's day off", nil, func(o *org.Office) {
			o.Units[0].Exceptions = []org.Exception{{Date: day, Closed: true, Kind: org.AnyKind}}
		}, nine, true},
		{"the unit goes", nil, func(o *org.Office) { o.Units = o.Units[1:] }, nine, true},
		{"beside the counters", nil, shut(0, 0), visit(OverUnit("hall", 1), 9*60, 9*60+20), true},
		{"beside the counters, later", nil, shut(12*60, 0), visit(OverUnit("hall", 1), 9*60, 9*60+20), false},
		{"kept before, and the day stays as it is", shut(0, 12*60), func(o *org.Office) { o.Hours = append(o.Hours, weekly("sat 09:00-12:00")...) }, nine, false},
		{"kept before, and the day changes again", shut(0, 12*60), shut(0, 0), nine, true},
	} {
		before := sch.Config
		if c.was != nil {
			o := *sch.Office
			o.Units = append([]org.Unit(nil), o.Units...)
			c.was(&o)
			var err error
			if before, err = before.WithOffice(o); err != nil {
				t.Fatal(err)
			}
		}
		o, err := before.Office("hall")
		if err != nil {
			t.Fatal(err)
		}
		changed := *o
		changed.Units = append([]org.Unit(nil), changed.Units...)
		changed.Hours = append([]org.Weekly(nil), changed.Hours...)
		c.edit(&changed)
		after, err := before.WithOffice(changed)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(Affected(before, after, []Listed{c.visit})) == 1; got != c.want {
			t.Errorf("%s: got affected %t, want %t", c.name, got, c.want)
		}
		cancelled := c.visit
		cancelled.Status = Cancelled
		if got := Affected(before, after, []Listed{cancelled}); len(got) != 0 {
			t.Errorf("%s: a cancelled one is affected", c.name)
		}
	}
}

// On the days on which clocks change, and over midnight.
func TestAffectedOverClockChangesAndMidnight(t *testing.T) {
	t.Parallel()
	sch := schedule(t, ordinary, time.Date(2026, 10, 20, 8, 0, 0, 0, helsinki), 1, "sat-mon 00:00-24:00")
	sunday := date(t, "2026-10-25")                                 // four becomes three
	second := time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC).Unix() // 3:30 for the second time
	visits := []Listed{
		{ID: "late", Service: "passport", Office: "hall", Unit: "desk-a", Start: second, End: second + 1200, Status: Booked},
		{ID: "midnight", Service: "passport", Office: "hall", Unit: "desk-a", Start: sunday.At(0, helsinki).Unix() - 600, End: sunday.At(0, helsinki).Unix() + 600, Status: Booked},
	}
	for _, c := range []struct {
		from, to org.Minute
		want     []ids.Appointment
	}{
		{4 * 60, 0, nil}, // closed from four: after the second half past three
		{3*60 + 45, 0, []ids.Appointment{"late"}}, // the closure begins with the first 3:45
		{0, 5, []ids.Appointment{"midnight"}},
		{0, 3 * 60, []ids.Appointment{"midnight"}},
		{0, 4 * 60, []ids.Appointment{"late", "midnight"}},
	} {
		o := *sch.Office
		o.Closures = []org.Closure{{From: sunday, FromMinute: c.from, ToMinute: c.to}}
		after, err := sch.Config.WithOffice(o)
		if err != nil {
			t.Fatal(err)
		}
		var got []ids.Appointment
		for _, a := range Affected(sch.Config, after, visits) {
			got = append(got, a.ID)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("closed %s to %s: want - got +:\n%s", c.from, c.to, d)
		}
	}
}

func TestWishNarrowsDownTheUnits(t *testing.T) {
	t.Parallel()
	sch := schedule(t, ordinary, time.Date(2026, 11, 20, 8, 0, 0, 0, helsinki), 3, "mon-fri 09:00-10:00")
	day := date(t, "2026-11-23")
	if sch.Spoken() != nil || sch.Professionals() != nil {
		t.Error("units that are all alike give a choice")
	}
	o := *sch.Office
	o.Units = append([]org.Unit(nil), o.Units...)
	o.Units[1].Languages, o.Units[2].Kind = []i18n.Lang{"en"}, org.Professional
	o.Units[2].Languages = []i18n.Lang{"cs"}
	c, err := sch.Config.WithOffice(o)
	if err != nil {
		t.Fatal(err)
	}
	c.Org.Languages = []i18n.Lang{"en", "sv", "cs"}
	made, err := NewSchedule(c, "passport", "hall", sch.Now)
	if err != nil {
		t.Fatal(err)
	}
	made.Policy = sch.Policy
	if d := cmp.Diff([]i18n.Lang{"en", "sv", "cs"}, made.Spoken()); d != "" {
		t.Error(d)
	}
	if p := made.Professionals(); len(p) != 1 || p[0].ID != "desk-c" {
		t.Errorf("got %v, want desk-c", p)
	}
	for _, x := range []struct {
		wish Wish
		want int // units free at nine
	}{
		{Wish{}, 3}, {Wish{Language: "en"}, 2}, {Wish{Language: "sv"}, 1}, {Wish{Language: "cs"}, 2}, {Wish{Unit: "desk-c"}, 1}, {Wish{Unit: "desk-a"}, 0}, // a counter cannot be asked for
		{Wish{Language: "sv", Unit: "desk-c"}, 0},
	} {
		free := freeAtFirst(made.As(x.wish).Day(day, nil))
		if free != x.want {
			t.Errorf("%+v: got %d units, want %d", x.wish, free, x.want)
		}
	}
	// The share of the staff is the last of all units, whoever is asked for.
	made.Policy.StaffShare = 1
	for wish, want := range map[Wish]int{{}: 2, {Language: "en"}: 2, {Language: "sv"}: 1, {Language: "cs"}: 1, {Unit: "desk-c"}: 0} {
		free := freeAtFirst(made.As(wish).Day(day, nil))
		if free != want {
			t.Errorf("%+v with a share of staff: got %d units, want %d", wish, free, want)
		}
	}
}

// freeAtFirst is how many units are free at the first free time of a day.
func freeAtFirst(d DayTimes) int {
	first, _ := d.Free.First()
	return first.Units
}
