package org

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// specimen is an organisation in Helsinki that closes on holidays, and an office of it.
func specimen(t testing.TB, lines ...string) (Organisation, Office, *time.Location) {
	t.Helper()
	o := Organisation{ID: "town", Country: "FI", Zone: "Europe/Helsinki", ClosedOnHolidays: true}
	office := Office{ID: "helsinki"}
	for _, l := range lines {
		office.Hours = append(office.Hours, weekly(t, l))
	}
	return o, office, zone(t, o.Zone)
}

// local writes spans as the clock on the wall shows them.
func local(spans []Span, loc *time.Location) []string {
	var out []string
	for _, s := range spans {
		out = append(out, time.Unix(s.Start, 0).In(loc).Format("15:04")+"-"+time.Unix(s.End, 0).In(loc).Format("15:04"))
	}
	return out
}

func TestOpenSpans(t *testing.T) {
	t.Parallel()
	o, office, loc := specimen(t,
		"mon-fri 09:00-12:00", "mon-fri 12:00-16:15", "mon 11:00-13:00", // these touch and overlap
		"tue 16:00-18:00 from 2026-06-01 until 2026-06-30",
		"wed 17:00-19:00 for notary",
		"fri 16:30-18:00 walk-in", "sat 10:00-12:00 phone",
		"thu 16:31-16:58",
	)
	early := Unit{From: date(t, "2026-06-02"), Until: date(t, "2026-06-09"), Services: []ids.Service{"passport"}, Hours: []Weekly{weekly(t, "tue 08:00-09:00")}}
	for _, tc := range []struct {
		name    string
		unit    Unit
		service ids.Service
		date    string
		want    []string
	}{
		{"merged", Unit{}, "", "2026-06-01", []string{"09:00-16:15"}},
		{"a rule's last day", Unit{}, "", "2026-06-30", []string{"09:00-18:00"}},
		{"after a rule's last day", Unit{}, "", "2026-07-07", []string{"09:00-16:15"}},
		{"before a rule's first day", Unit{}, "", "2026-05-26", []string{"09:00-16:15"}},
		{"a rule for the service", Unit{}, "notary", "2026-06-03", []string{"09:00-16:15", "17:00-19:00"}},
		{"a rule for another service", Unit{}, "passport", "2026-06-03", []string{"09:00-16:15"}},
		{"any service", Unit{}, "", "2026-06-03", []string{"09:00-16:15", "17:00-19:00"}},
		{"trimmed inward to cells", Unit{}, "", "2026-06-04", []string{"09:00-16:15", "16:35-16:55"}},
		{"walk-in is not for appointments", Unit{}, "", "2026-06-05", []string{"09:00-16:15"}},
		{"neither is the phone", Unit{}, "", "2026-06-06", nil},
		{"a unit's own hours", early, "passport", "2026-06-02", []string{"08:00-09:00"}},
		{"a unit's last day", early, "", "2026-06-09", []string{"08:00-09:00"}},
		{"after a unit's last day", early, "passport", "2026-06-16", nil},
		{"before a unit's first day", early, "passport", "2026-05-26", nil},
		{"a service the unit does not serve", early, "notary", "2026-06-02", nil},
	} {
		got := local(OpenSpans(o, office, tc.unit, tc.service, date(t, tc.date), loc), loc)
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: want - got +:\n%s", tc.name, d)
		}
	}
}

func TestDayStateTellsWhy(t *testing.T) {
	t.Parallel()
	o, office, loc := specimen(t, "mon-fri 09:00-16:00")
	training := Closure{From: date(t, "2026-06-03"), FromMinute: 12 * 60, ToMinute: 14 * 60, Reason: i18n.Text{"en": "staff training"}}
	afternoon := Closure{From: date(t, "2026-06-04"), FromMinute: 12 * 60}
	morning := Closure{From: date(t, "2026-06-04"), To: date(t, "2026-06-05"), ToMinute: 12 * 60}
	holidays := Closure{From: date(t, "2026-06-15"), To: date(t, "2026-06-21"), Reason: i18n.Text{"en": "summer"}}
	evening := Closure{From: date(t, "2026-06-08"), FromMinute: 18 * 60, ToMinute: 24 * 60}
	office.Closures = []Closure{training, afternoon, morning, holidays, evening}
	open := o
	open.ClosedOnHolidays = false
	for _, tc := range []struct {
		name    string
		o       Organisation
		date    string
		state   State
		closure Closure
		holiday string
		spans   []string
	}{
		{"an open day", o, "2026-06-02", StateOpen, Closure{}, "", []string{"09:00-16:00"}},
		{"no hours", o, "2026-06-06", StateClosed, Closure{}, "", nil},
		{"a closure within the day", o, "2026-06-03", StateOpen, training, "", []string{"09:00-12:00", "14:00-16:00"}},
		{"two closures that leave nothing", o, "2026-06-04", StateClosure, afternoon, "", nil},
		{"a closure until noon", o, "2026-06-05", StateOpen, morning, "", []string{"12:00-16:00"}},
		{"a closure outside the hours", o, "2026-06-08", StateOpen, Closure{}, "", []string{"09:00-16:00"}},
		{"a long closure's first day", o, "2026-06-15", StateClosure, holidays, "", nil},
		{"a holiday within it", o, "2026-06-19", StateHoliday, Closure{}, "holiday.fi.midsummer_eve", nil},
		{"a long closure's last day, without hours", o, "2026-06-21", StateClosure, holidays, "", nil},
		{"after it", o, "2026-06-22", StateOpen, Closure{}, "", []string{"09:00-16:00"}},
		{"a holiday without hours", o, "2026-12-06", StateHoliday, Closure{}, "holiday.fi.independence_day", nil},
		{"a holiday on which they work", open, "2026-12-25", StateOpen, Closure{}, "", []string{"09:00-16:00"}},
	} {
		got := DayState(tc.o, office, Unit{}, "", date(t, tc.date), loc)
		if got.State != tc.state || got.Holiday.Key != tc.holiday || got.Date != date(t, tc.date) {
			t.Errorf("%s: got %s %q on %s, want %s %q", tc.name, got.State, got.Holiday.Key, got.Date, tc.state, tc.holiday)
		}
		if d := cmp.Diff(tc.closure, got.Closure); d != "" {
			t.Errorf("%s: closure: want - got +:\n%s", tc.name, d)
		}
		if d := cmp.Diff(tc.spans, local(got.Spans, loc)); d != "" {
			t.Errorf("%s: spans: want - got +:\n%s", tc.name, d)
		}
	}
}

func TestSpanCells(t *testing.T) {
	t.Parallel()
	if first, end := (Span{600, 1500}).Cells(); first != 2 || end != 5 {
		t.Errorf("got %d to %d, want 2 to 5", first, end)
	}
	if got, want := (Span{-301, 299}).trim(), (Span{-300, 0}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	s := Span{600, 1500}
	if !s.Contains(600) || s.Contains(1500) || s.Seconds() != 900 {
		t.Error("a span has its start and not its end")
	}
}

func TestNoticesAreShownOnTheirDates(t *testing.T) {
	t.Parallel()
	o := Organisation{Notices: []Notice{{From: date(t, "2026-12-01"), Until: date(t, "2026-12-06")}, {}}}
	for d, want := range map[string]int{"2026-11-30": 1, "2026-12-01": 2, "2026-12-06": 2, "2026-12-07": 1} {
		if got := len(o.NoticesOn(date(t, d))); got != want {
			t.Errorf("%s: got %d notices, want %d", d, got, want)
		}
	}
}

func TestLocationDoesNotDependOnTheMachine(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{"Europe/Helsinki": true, "UTC": true, "": false, "Local": false, "Europe/Atlantis": false, "../../etc/passwd": false} {
		for range 2 { // as it is read, and as it is remembered
			if loc, err := (Organisation{Zone: name}).Location(); (err == nil) != ok || ok && loc.String() != name {
				t.Errorf("%q: got %v, %v", name, loc, err)
			}
		}
	}
}
