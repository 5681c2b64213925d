package org

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"luukku/base/i18n"
	"luukku/base/ids"
)

func TestRulesOfSomeWeeksAndDaysOfTheMonth(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string][]string{
		// The first date is a Wednesday: its week counts, and so does the Tuesday before it, as far as the rule has begun.
		"tue 09:00-15:00 every 2 weeks from 2026-11-04": {"2026-11-17", "2026-12-01", "2026-12-15", "2026-12-29"},
		"tue,thu 09:00-15:00 every 2 weeks from 2026-11-03": {
			"2026-11-03", "2026-11-05", "2026-11-17", "2026-11-19", "2026-12-01", "2026-12-03", "2026-12-15", "2026-12-17", "2026-12-29", "2026-12-31",
		},
		"mon 09:00-15:00 every 3 weeks from 2026-11-01":                      {"2026-11-16", "2026-12-07", "2026-12-28"},
		"tue 12:00-16:00 1st,3rd of month":                                   {"2026-11-03", "2026-11-17", "2026-12-01", "2026-12-15"},
		"fri 09:00-12:00 last of month":                                      {"2026-11-27", "2026-12-25"},
		"mon,tue 09:00-12:00 5th of month":                                   {"2026-11-30", "2026-12-29"},
		"sat 09:00-12:00 2nd,last of month from 2026-11-15 until 2026-12-15": {"2026-11-28", "2026-12-12"},
	} {
		w := weekly(t, rule)
		var got []string
		for d := date(t, "2026-11-01"); !d.After(date(t, "2026-12-31")); d = d.Add(1) {
			if w.InForce(d) {
				got = append(got, d.String())
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: want - got +:\n%s", rule, d)
		}
	}
	// Week 53 of 2026 is followed by week 1: every other week goes on across the year.
	w := weekly(t, "mon 09:00-15:00 every 2 weeks from 2026-12-21")
	if w.InForce(date(t, "2026-12-28")) || !w.InForce(date(t, "2027-01-04")) || w.InForce(date(t, "2027-01-11")) {
		t.Error("every second week does not go on across week 53")
	}
}

func TestExceptionsGoBeforeWeeklyHoursAndClosuresBeforeThem(t *testing.T) {
	t.Parallel()
	o, office, loc := specimen(t, "mon-fri 09:00-16:00", "mon-fri 16:00-18:00 walk-in")
	for _, s := range []string{
		"2026-11-24 12:00-14:00", "2026-11-24 15:00-17:00", "2026-11-25 closed", "2026-11-26 closed appointments", "2026-11-28 10:00-12:00",
		"2026-12-24 09:00-12:00", "2026-11-27 10:00-11:00 for notary", "2026-12-01 09:00-12:00", "2026-12-02 09:00-12:00",
	} {
		office.Exceptions = append(office.Exceptions, exception(t, s))
	}
	office.Closures = []Closure{{From: date(t, "2026-12-01")}, {From: date(t, "2026-12-02"), FromMinute: 10 * 60, ToMinute: 11 * 60}}
	own := Unit{Hours: []Weekly{weekly(t, "mon-fri 08:00-13:00")}}
	dayOff := Unit{Exceptions: []Exception{exception(t, "2026-11-23 closed"), exception(t, "2026-11-25 13:00-14:00"), exception(t, "2026-12-01 13:00-14:00")}}
	for _, tc := range []struct {
		name    string
		unit    Unit
		service ids.Service
		date    string
		want    []string
		state   State
	}{
		{"an ordinary day", Unit{}, "", "2026-11-23", []string{"09:00-16:00"}, StateOpen},
		{"other hours", Unit{}, "", "2026-11-24", []string{"12:00-14:00", "15:00-17:00"}, StateOpen},
		{"none at all", Unit{}, "", "2026-11-25", nil, StateClosed},
		{"none for appointments", Unit{}, "", "2026-11-26", nil, StateClosed},
		{"for one service", Unit{}, "notary", "2026-11-27", []string{"10:00-11:00"}, StateOpen},
		{"for one service, asked for another", Unit{}, "passport", "2026-11-27", nil, StateClosed},
		{"a Saturday", Unit{}, "", "2026-11-28", []string{"10:00-12:00"}, StateOpen},
		{"a holiday on which they open", Unit{}, "", "2026-12-24", []string{"09:00-12:00"}, StateOpen},
		{"a closed day stays closed", Unit{}, "", "2026-12-01", nil, StateClosure},
		{"a closure of an hour", Unit{}, "", "2026-12-02", []string{"09:00-10:00", "11:00-12:00"}, StateOpen},
		{"own hours", own, "", "2026-11-23", []string{"08:00-13:00"}, StateOpen},
		{"own hours within the office's of that day", own, "", "2026-11-24", []string{"12:00-13:00"}, StateOpen},
		{"own hours where the office is shut", own, "", "2026-11-25", nil, StateClosed},
		{"own hours don't open a Saturday", own, "", "2026-11-28", nil, StateClosed},
		{"own hours on an opened holiday", own, "", "2026-12-24", []string{"09:00-12:00"}, StateOpen},
		{"own hours on a holiday", own, "", "2026-12-25", nil, StateHoliday},
		{"a day off", dayOff, "", "2026-11-23", nil, StateClosed},
		{"a unit alone", dayOff, "", "2026-11-25", []string{"13:00-14:00"}, StateOpen},
		{"a unit alone where the office is closed for a reason", dayOff, "", "2026-12-01", nil, StateClosure},
		{"the office's other hours", dayOff, "", "2026-11-24", []string{"12:00-14:00", "15:00-17:00"}, StateOpen},
	} {
		got := DayState(o, office, tc.unit, tc.service, date(t, tc.date), loc)
		if d := cmp.Diff(tc.want, local(got.Spans, loc)); d != "" || got.State != tc.state {
			t.Errorf("%s: got state %s, want %s; want - got +:\n%s", tc.name, got.State, tc.state, d)
		}
	}
	if got := HoursOn(o, office, date(t, "2026-11-26")); !slices.Equal(got, []Hours{{16 * 60, 18 * 60}}) {
		t.Errorf("closed for appointments: got %v, want the walk-in hours", got)
	}
	if got := HoursOn(o, office, date(t, "2026-11-25")); got != nil {
		t.Errorf("closed for everything: got %v", got)
	}
	if got := HoursOn(o, office, date(t, "2026-12-24")); !slices.Equal(got, []Hours{{9 * 60, 12 * 60}}) {
		t.Errorf("an opened holiday: got %v, want 9 to 12 and no walk-in", got)
	}
}

// wallMinutes is the brute force of a rule on a date: every minute of absolute time from the first at which the clock has reached its beginning to the last at
// which the clock is before its end.
func wallMinutes(d Date, from, to Minute, loc *time.Location, set map[int64]bool, value bool) {
	day := d.utc().Unix()
	wall := func(t int64) int64 {
		_, offset := time.Unix(t, 0).In(loc).Zone()
		return t + int64(offset) - day
	}
	first, last := int64(-1), int64(-1)
	for t := day - 36*3600; t < day+60*3600; t += 60 {
		if first < 0 && wall(t) >= int64(from)*60 {
			first = t
		}
		if wall(t) < int64(to)*60 {
			last = t
		}
	}
	for t := first; first >= 0 && t <= last; t += 60 {
		set[t] = value
	}
}

// bruteForce is what DayState's spans must be, minute by minute.
func bruteForce(o Organisation, office Office, unit Unit, service ids.Service, d Date, loc *time.Location) []Span {
	open := map[int64]bool{}
	wanted := func(k Kind, services []ids.Service) bool {
		return k == Appointments && (len(services) == 0 || service == "" || slices.Contains(services, service))
	}
	holiday := false
	if o.ClosedOnHolidays {
		_, holiday = HolidayOn(o.Country, d)
	}
	exceptionsOf := func(list []Exception) (out []Exception, any bool) {
		for _, e := range list {
			if e.Date == d && (e.Kind == Appointments || e.Kind == AnyKind) {
				any = true
				if !e.Closed && wanted(e.Kind, e.Services) {
					out = append(out, e)
				}
			}
		}
		return out, any
	}
	add := func(set map[int64]bool, rules []Weekly, exceptions []Exception) {
		for _, w := range rules {
			if holds(w, d) && wanted(w.Kind, w.Services) {
				wallMinutes(d, w.From, w.To, loc, set, true)
			}
		}
		for _, e := range exceptions {
			wallMinutes(d, e.From, e.To, loc, set, true)
		}
	}
	mine, ofUnit := exceptionsOf(unit.Exceptions)
	theirs, ofOffice := exceptionsOf(office.Exceptions)
	switch {
	case !unit.Serves(service, d):
	case ofUnit:
		add(open, nil, mine)
	case len(unit.Hours) > 0 && ofOffice:
		within, own := map[int64]bool{}, map[int64]bool{}
		add(within, nil, theirs)
		add(own, unit.Hours, nil)
		for t := range own {
			open[t] = within[t]
		}
	case ofOffice:
		add(open, nil, theirs)
	case holiday:
	case len(unit.Hours) > 0:
		add(open, unit.Hours, nil)
	default:
		add(open, office.Hours, nil)
	}
	for _, c := range office.Closures {
		if c.Covers(d) {
			from, to := c.minutes()
			wallMinutes(d, from, to, loc, open, false)
		}
	}
	var out []Span
	for cell := d.utc().Unix() - 36*3600; cell < d.utc().Unix()+60*3600; cell += CellSeconds {
		whole := true
		for t := cell; t < cell+CellSeconds; t += 60 {
			whole = whole && open[t]
		}
		switch n := len(out); {
		case !whole:
		case n > 0 && out[n-1].End == cell:
			out[n-1].End += CellSeconds
		default:
			out = append(out, Span{cell, cell + CellSeconds})
		}
	}
	return out
}

// holds is InForce, by counting.
func holds(w Weekly, d Date) bool {
	if !w.Days.Has(d.Weekday()) || !w.ValidFrom.IsZero() && d.Before(w.ValidFrom) || !w.ValidUntil.IsZero() && d.After(w.ValidUntil) {
		return false
	}
	if w.Every > 1 {
		weeks := 0
		for at := w.ValidFrom.ISOWeek(); at.Before(d.ISOWeek()); at = at.Next() {
			weeks++
		}
		if weeks%w.Every != 0 {
			return false
		}
	}
	if w.Nth == 0 {
		return true
	}
	_, month, _ := d.YMD()
	sameBefore, sameAfter := 0, 0
	for i := 1; i <= 4; i++ {
		if _, m, _ := d.Add(-7 * i).YMD(); m == month {
			sameBefore++
		}
		if _, m, _ := d.Add(7 * i).YMD(); m == month {
			sameAfter++
		}
	}
	names := w.Nth.Names()
	return slices.Contains(names, []string{"1st", "2nd", "3rd", "4th", "5th"}[sameBefore]) || sameAfter == 0 && slices.Contains(names, "last")
}

func TestOpenSpansAgainstBruteForce(t *testing.T) {
	t.Parallel()
	loc := zone(t, "Europe/Helsinki")
	// Days on which clocks change, holidays with their eves, and ordinary ones.
	days := []string{"2026-03-29", "2026-10-25", "2026-12-24", "2026-12-25", "2026-11-23", "2026-11-24", "2026-11-30", "2027-01-04"}
	rapid.Check(t, func(t *rapid.T) {
		d := dateOf(t, rapid.SampledFrom(days).Draw(t, "date"))
		rule := rapid.Custom(func(t *rapid.T) Weekly {
			w := genWeekly().Draw(t, "rule")
			w.Services = rapid.SampledFrom([][]ids.Service{nil, nil, {"a"}, {"b"}}).Draw(t, "for")
			w.Days |= OnDays(d.Weekday())
			if w.Kind != Appointments && rapid.Bool().Draw(t, "serve") {
				w.Kind = Appointments
			}
			if rapid.Bool().Draw(t, "now") {
				w.ValidUntil = Date{}
			}
			return w
		})
		special := rapid.Custom(func(t *rapid.T) Exception {
			e := genException().Draw(t, "exception")
			e.Date = d.Add(rapid.IntRange(0, 2).Draw(t, "days after"))
			return e
		})
		closure := rapid.Custom(func(t *rapid.T) Closure {
			c := Closure{From: d.Add(rapid.IntRange(-2, 2).Draw(t, "closed from"))}
			c.To = c.From.Add(rapid.IntRange(0, 2).Draw(t, "closed days"))
			c.FromMinute = Minute(rapid.IntRange(0, 1400).Draw(t, "closed minute"))
			c.ToMinute = Minute(rapid.IntRange(int(c.FromMinute)+1, 1440).Draw(t, "to minute"))
			return c
		})
		o := Organisation{Country: "FI", Zone: "Europe/Helsinki", ClosedOnHolidays: rapid.Bool().Draw(t, "holidays")}
		office := Office{
			Hours:      rapid.SliceOfN(rule, 0, 4).Draw(t, "office hours"),
			Exceptions: rapid.SliceOfN(special, 0, 3).Draw(t, "office exceptions"),
			Closures:   rapid.SliceOfN(closure, 0, 2).Draw(t, "closures"),
		}
		unit := Unit{
			Hours:      rapid.SliceOfN(rule, 0, 2).Draw(t, "unit hours"),
			Exceptions: rapid.SliceOfN(special, 0, 2).Draw(t, "unit exceptions"),
		}
		service := rapid.SampledFrom([]ids.Service{"", "a", "b"}).Draw(t, "service")
		want, got := bruteForce(o, office, unit, service, d, loc), OpenSpans(o, office, unit, service, d, loc)
		if diff := cmp.Diff(local(want, loc), local(got, loc)); diff != "" || !slices.Equal(want, got) {
			t.Fatalf("%s: want - got +:\n%s", d, diff)
		}
	})
}

func dateOf(t interface{ Fatal(...any) }, s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOverlaps(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		lines      []string
		exceptions []string
		want       []string // index and date
	}{
		{[]string{"mon-fri 09:00-16:00", "mon 15:00-18:00 until 2001-12-31"}, nil, []string{"hours[1]"}},
		{[]string{"mon-fri 09:00-16:00", "mon 16:00-18:00"}, nil, nil},
		{[]string{"mon-fri 09:00-16:00", "mon 09:00-18:00 walk-in"}, nil, nil},
		{[]string{"mon 09:00-16:00 for a", "mon 09:00-18:00 for b"}, nil, nil},
		{[]string{"mon 09:00-16:00 for a,c", "mon 09:00-18:00 for b,c"}, nil, []string{"hours[1]"}},
		{[]string{"mon 09:00-16:00 until 2026-11-22", "mon 09:00-18:00 from 2026-11-23"}, nil, nil},
		{[]string{"mon 09:00-16:00 until 2026-11-22", "mon 09:00-18:00 from 2026-11-17"}, nil, nil}, // no Monday between
		{[]string{"mon 09:00-16:00 until 2026-11-23", "mon 09:00-18:00 from 2026-11-17"}, nil, []string{"hours[1] 2026-11-23"}},
		{[]string{"tue 09:00-16:00 every 2 weeks from 2026-11-03", "tue 09:00-16:00 every 2 weeks from 2026-11-10"}, nil, nil},
		{[]string{"tue 09:00-16:00 every 2 weeks from 2026-11-03", "tue 09:00-16:00 every 3 weeks from 2026-11-10"}, nil, []string{"hours[1] 2026-12-01"}},
		{[]string{"tue 09:00-16:00 1st of month", "tue 09:00-16:00 2nd of month"}, nil, nil},
		{[]string{"tue 09:00-16:00 4th of month from 2026-11-01", "tue 09:00-16:00 last of month from 2026-11-01"}, nil, []string{"hours[1] 2026-11-24"}},
		{nil, []string{"2026-12-24 09:00-12:00", "2026-12-24 11:00-13:00", "2026-12-25 09:00-12:00", "2026-12-24 12:00-13:00 phone"}, []string{"exceptions[1] 2026-12-24"}},
	} {
		var table Timetable
		for _, l := range tc.lines {
			table.Weekly = append(table.Weekly, weekly(t, l))
		}
		for _, l := range tc.exceptions {
			table.Exceptions = append(table.Exceptions, exception(t, l))
		}
		var got []string
		for i, o := range table.Overlaps() {
			s := o.At()
			if i < len(tc.want) && len(tc.want[i]) > len("exceptions[1]") {
				s += " " + o.On.String()
			} else if i < len(tc.want) && len(tc.want[i]) > len("hours[1]") && !o.Exception {
				s += " " + o.On.String()
			}
			got = append(got, s)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%v %v: want - got +:\n%s", tc.lines, tc.exceptions, d)
		}
	}
}

func TestOverlapsAreWarningsAndContradictionsFaults(t *testing.T) {
	t.Parallel()
	o, office, _ := specimen(t, "mon-fri 09:00-16:00", "mon 15:00-18:00")
	office.Name = map[i18n.Lang]string{"fi": "Helsinki"}
	office.Exceptions = []Exception{exception(t, "2026-12-24 closed"), exception(t, "2026-12-24 09:00-12:00")}
	o.Name, o.Languages = map[i18n.Lang]string{"fi": "Kunta"}, []i18n.Lang{"fi"}
	got := Validate(o, nil, []Office{office}, nil)
	if len(got) != 2 || got[0].Warning || got[0].Path != "offices.helsinki.exceptions[1]" || !got[1].Warning || got[1].Path != "offices.helsinki.hours[1]" {
		t.Errorf("got %v, want a fault of the second exception and a warning of the second rule", got)
	}
}

func TestChangeSeries(t *testing.T) {
	t.Parallel()
	table := Timetable{
		Weekly:     []Weekly{weekly(t, "mon-fri 09:00-16:00"), weekly(t, "tue 16:00-18:00 every 2 weeks from 2026-11-03")},
		Exceptions: []Exception{exception(t, "2026-12-22 10:00-12:00")},
	}
	later := weekly(t, "mon-fri 10:00-15:00")
	evening := weekly(t, "tue 17:00-19:00 every 2 weeks from 2026-11-03")
	for _, tc := range []struct {
		name  string
		i     int
		scope Scope
		on    string
		next  *Weekly
		want  []string // rules, then exceptions
	}{
		{"the whole series", 0, Whole, "", &later, []string{"mon-fri 10:00-15:00", "tue 16:00-18:00 every 2 weeks from 2026-11-03", "2026-12-22 10:00-12:00"}},
		{"the whole series goes", 0, Whole, "", nil, []string{"tue 16:00-18:00 every 2 weeks from 2026-11-03", "2026-12-22 10:00-12:00"}},
		{"from a day on", 0, Following, "2026-12-01", &later, []string{
			"mon-fri 09:00-16:00 until 2026-11-30", "mon-fri 10:00-15:00 from 2026-12-01", "tue 16:00-18:00 every 2 weeks from 2026-11-03", "2026-12-22 10:00-12:00",
		}},
		{"every second week from a day on", 1, Following, "2026-12-01", &evening, []string{
			"mon-fri 09:00-16:00", "tue 16:00-18:00 every 2 weeks from 2026-11-03 until 2026-11-30", "tue 17:00-19:00 every 2 weeks from 2026-12-01", "2026-12-22 10:00-12:00",
		}},
		{"from its first day on", 1, Following, "2026-11-03", &evening, []string{"mon-fri 09:00-16:00", "tue 17:00-19:00 every 2 weeks from 2026-11-03", "2026-12-22 10:00-12:00"}},
		{"it ends", 1, Following, "2026-11-17", nil, []string{"mon-fri 09:00-16:00", "tue 16:00-18:00 every 2 weeks from 2026-11-03 until 2026-11-16", "2026-12-22 10:00-12:00"}},
		{"one day", 0, OnlyDay, "2026-11-17", &later, []string{
			"mon-fri 09:00-16:00", "tue 16:00-18:00 every 2 weeks from 2026-11-03", "2026-11-17 10:00-15:00", "2026-11-17 16:00-18:00", "2026-12-22 10:00-12:00",
		}},
		{"one day goes, and the other series stays", 0, OnlyDay, "2026-11-17", nil, []string{
			"mon-fri 09:00-16:00", "tue 16:00-18:00 every 2 weeks from 2026-11-03", "2026-11-17 16:00-18:00", "2026-12-22 10:00-12:00",
		}},
		{"one day goes, and nothing is left", 0, OnlyDay, "2026-11-18", nil, []string{
			"mon-fri 09:00-16:00", "tue 16:00-18:00 every 2 weeks from 2026-11-03", "2026-11-18 closed appointments", "2026-12-22 10:00-12:00",
		}},
	} {
		var on Date
		if tc.on != "" {
			on = date(t, tc.on)
		}
		got, err := table.ChangeSeries(tc.i, tc.scope, on, tc.next)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		var lines []string
		for _, w := range got.Weekly {
			lines = append(lines, w.String())
		}
		for _, e := range got.Exceptions {
			lines = append(lines, e.String())
		}
		if d := cmp.Diff(tc.want, lines); d != "" {
			t.Errorf("%s: want - got +:\n%s", tc.name, d)
		}
	}
	for _, tc := range []struct {
		i     int
		scope Scope
		on    string
		want  error
	}{
		{2, Whole, "2026-11-17", ErrNoSeries}, {-1, Whole, "2026-11-17", ErrNoSeries}, {0, OnlyDay, "2026-11-21", ErrNotItsDay}, {1, Following, "2026-11-10", ErrNotItsDay},
		{0, OnlyDay, "2026-12-22", ErrDayHasOwn}, {0, "x", "2026-11-17", ErrUnknownPart},
	} {
		if _, err := table.ChangeSeries(tc.i, tc.scope, date(t, tc.on), nil); err != tc.want {
			t.Errorf("series %d, %s, on %s: got %v, want %v", tc.i, tc.scope, tc.on, err, tc.want)
		}
	}
	if len(table.Weekly) != 2 || len(table.Exceptions) != 1 || table.Weekly[0].String() != "mon-fri 09:00-16:00" {
		t.Errorf("the timetable itself was changed: %v", table)
	}
}

// A change from a day on leaves every date before it and makes every date after it as the new series says; nothing else moves.
func TestChangeFollowingKeepsWhatWas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		old := genWeekly().Draw(t, "rule")
		var on Date
		for d := later(old.ValidFrom, Date{739_900}); d.n < 740_700; d = d.Add(1) {
			if old.InForce(d) && rapid.IntRange(0, 3).Draw(t, "here") == 0 {
				on = d
				break
			}
		}
		if on.IsZero() {
			t.Skip("never open")
		}
		next := old
		next.To = min(next.To+30, EndOfDay)
		got, err := Timetable{Weekly: []Weekly{old}}.ChangeSeries(0, Following, on, &next)
		if err != nil {
			t.Fatal(err)
		}
		for d := on.Add(-400); d.Before(on.Add(400)); d = d.Add(1) {
			rule := old
			if !d.Before(on) {
				rule = next
			}
			want := Timetable{Weekly: []Weekly{rule}}.Hours(d, old.Kind)
			if diff := cmp.Diff(want, got.Hours(d, old.Kind)); diff != "" {
				t.Fatalf("%s: want - got +:\n%s", d, diff)
			}
		}
	})
}

func TestClearDay(t *testing.T) {
	t.Parallel()
	table := Timetable{Exceptions: []Exception{exception(t, "2026-12-24 closed"), exception(t, "2026-12-25 09:00-10:00")}}
	got := table.ClearDay(date(t, "2026-12-24"), Appointments)
	want := []Exception{exception(t, "2026-12-24 closed walk-in"), exception(t, "2026-12-24 closed phone"), exception(t, "2026-12-25 09:00-10:00")}
	if d := cmp.Diff(want, got.Exceptions); d != "" {
		t.Errorf("want - got +:\n%s", d)
	}
}
