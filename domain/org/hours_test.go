package org

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHoursOn(t *testing.T) {
	t.Parallel()
	o, office, _ := specimen(t, "mon-fri 09:00-16:15", "mon 08:00-10:00 walk-in", "mon-fri 08:00-18:00 phone", "sun 02:00-05:00")
	office.Closures = []Closure{{From: date(t, "2026-06-02"), FromMinute: 12 * 60, ToMinute: 13 * 60}, {From: date(t, "2026-06-03")}}
	for _, tc := range []struct {
		date  string
		kinds []Kind
		want  []Hours
	}{
		{"2026-06-01", nil, []Hours{{8 * 60, 16*60 + 15}}},
		{"2026-06-01", []Kind{Appointments}, []Hours{{9 * 60, 16*60 + 15}}},
		{"2026-06-01", []Kind{WalkIn}, []Hours{{8 * 60, 10 * 60}}},
		{"2026-06-01", []Kind{Phone}, []Hours{{8 * 60, 18 * 60}}},
		{"2026-06-02", nil, []Hours{{9 * 60, 12 * 60}, {13 * 60, 16*60 + 15}}},
		{"2026-06-03", nil, nil},
		{"2026-06-06", nil, nil},
		{"2026-06-19", nil, nil},                       // Midsummer Eve
		{"2026-03-29", nil, []Hours{{2 * 60, 5 * 60}}}, // a sign at the door does not mind that clocks change
	} {
		if d := cmp.Diff(tc.want, HoursOn(o, office, date(t, tc.date), tc.kinds...)); d != "" {
			t.Errorf("%s %v: want - got +:\n%s", tc.date, tc.kinds, d)
		}
	}
}

func TestOpenNowToTheSecond(t *testing.T) {
	t.Parallel()
	o, office, loc := specimen(t, "mon-fri 09:00-16:00", "sun 02:00-03:30", "mon-fri 08:00-18:00 phone")
	for _, tc := range []struct {
		now   string
		kinds []Kind
		until string // "" when closed
	}{
		{"2026-06-01T08:59:59+03:00", nil, ""},
		{"2026-06-01T09:00:00+03:00", nil, "2026-06-01T16:00:00+03:00"},
		{"2026-06-01T15:59:59+03:00", nil, "2026-06-01T16:00:00+03:00"},
		{"2026-06-01T16:00:00+03:00", nil, ""},
		{"2026-06-01T16:00:00+03:00", []Kind{Phone}, "2026-06-01T18:00:00+03:00"},
		{"2026-06-01T06:00:00Z", nil, "2026-06-01T16:00:00+03:00"},
		{"2026-06-19T10:00:00+03:00", nil, ""},                          // Midsummer Eve
		{"2026-10-25T03:29:59+03:00", nil, "2026-10-25T03:30:00+02:00"}, // half past three comes twice
		{"2026-10-25T03:29:59+02:00", nil, "2026-10-25T03:30:00+02:00"},
		{"2026-10-25T03:30:00+02:00", nil, ""},
	} {
		now, err := time.Parse(time.RFC3339, tc.now)
		if err != nil {
			t.Fatal(err)
		}
		until, open := OpenNow(o, office, now, loc, tc.kinds...)
		got := ""
		if open {
			got = until.Format(time.RFC3339)
		}
		if got != tc.until {
			t.Errorf("%s %v: got %q, want %q", tc.now, tc.kinds, got, tc.until)
		}
	}
}

func TestWeekHoursGroupsDaysWithTheSameHours(t *testing.T) {
	t.Parallel()
	_, office, _ := specimen(t, "mon,wed 08:00-17:00", "tue,thu 08:00-15:00", "fri 08:00-12:00", "fri 12:30-14:30", "sat 10:00-12:00 from 2026-06-01")
	office.Closures = []Closure{{From: date(t, "2026-06-01")}} // closures are told apart
	want := []HoursLine{
		{OnDays(time.Monday, time.Wednesday), []Hours{{480, 1020}}},
		{OnDays(time.Tuesday, time.Thursday), []Hours{{480, 900}}},
		{OnDays(time.Friday), []Hours{{480, 720}, {750, 870}}},
		{OnDays(time.Saturday), []Hours{{600, 720}}},
		{OnDays(time.Sunday), nil},
	}
	if d := cmp.Diff(want, WeekHours(office, Week{2026, 23})); d != "" {
		t.Errorf("want - got +:\n%s", d)
	}
	want = append(want[:3:3], HoursLine{OnDays(time.Saturday, time.Sunday), nil})
	if d := cmp.Diff(want, WeekHours(office, Week{2026, 22})); d != "" {
		t.Errorf("the week before: want - got +:\n%s", d)
	}
}
