package org

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // so that zones are the same on every machine

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"pgregory.net/rapid"
)

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestDateAgreesWithTheStandardCalendarOnEveryDay(t *testing.T) {
	t.Parallel()
	at := time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)
	for d := (Date{firstDay}); d.n <= lastDay; d.n += 1 {
		if d.n%97 == 0 || d.n == firstDay || d.n == lastDay || at.Day() > 27 && at.Month() == time.February {
			y, w := at.ISOWeek()
			if got, want := d.String(), at.Format(time.DateOnly); got != want {
				t.Fatalf("day %d: got %s, want %s", d.n, got, want)
			}
			if d.Weekday() != at.Weekday() || d.ISOWeek() != (Week{y, w}) || DateOf(at) != d {
				t.Fatalf("%s: got %s, %s, %s, want %s, week %d of %d", d, d.Weekday(), d.ISOWeek(), DateOf(at), at.Weekday(), w, y)
			}
			if got, err := ParseDate(d.String()); err != nil || got != d {
				t.Fatalf("parse %s: got %s, %v", d, got, err)
			}
		}
		at = at.AddDate(0, 0, 1)
	}
	if got := (Date{lastDay}).String(); got != "9999-12-31" {
		t.Errorf("last day: got %s", got)
	}
}

func TestParseDateRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "2026-11-2", "2026-11-31", "2026-02-29", "2026-00-10", "2026-13-01", "2026-01-00", "0000-01-01", "-026-01-01", "+026-01-01", "2026/11/27",
		"27.11.2026", "2026-11-27 ", "2026-11-27T00:00:00Z", "２０２６-11-27", "20261127",
	} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q: got %s, want an error", s, d)
		}
	}
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	d := date(t, "2028-02-28")
	for days, want := range map[int]string{
		0: "2028-02-28", 1: "2028-02-29", 2: "2028-03-01", -59: "2027-12-31", 366: "2029-02-28", 1 << 40: "9999-12-31", -1 << 40: "0001-01-01",
	} {
		if got := d.Add(days).String(); got != want {
			t.Errorf("add %d: got %s, want %s", days, got, want)
		}
	}
	if got := d.DaysTo(date(t, "2029-02-28")); got != 366 {
		t.Errorf("days to: got %d, want 366", got)
	}
	var none Date
	if !none.Add(5).IsZero() || none.String() != "" || !none.Before(Date{firstDay}) {
		t.Error("no date must stay no date, and sort first")
	}
	if y, m, day := none.YMD(); y != 0 || m != 0 || day != 0 {
		t.Errorf("no date: got %d-%d-%d", y, m, day)
	}
}

func TestDateOfIsTheLocalOne(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 27, 22, 30, 0, 0, time.UTC)
	if got := DateOf(at.In(zone(t, "Europe/Helsinki"))); got != date(t, "2026-11-28") {
		t.Errorf("got %s, want 2026-11-28", got)
	}
}

func TestWeeks(t *testing.T) {
	t.Parallel()
	for s, monday := range map[string]string{
		"2026-W48": "2026-11-23", "2026-W53": "2026-12-28", "2027-W01": "2027-01-04", "2025-W01": "2024-12-30", "2020-W53": "2020-12-28",
	} {
		w, err := ParseWeek(s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
			continue
		}
		if got := w.Monday().String(); got != monday || w.String() != s {
			t.Errorf("%s: got %s from %s, want %s", s, w, got, monday)
		}
		if w.Next().Prev() != w || w.Next().Monday() != w.Monday().Add(7) || !w.Before(w.Next()) || w.Before(w.Prev()) {
			t.Errorf("%s: next %s, previous %s", s, w.Next(), w.Prev())
		}
		if ds := w.Dates(); ds[0] != w.Monday() || ds[6].Weekday() != time.Sunday || ds[6].ISOWeek() != w {
			t.Errorf("%s: dates %v", s, ds)
		}
	}
	for _, s := range []string{"", "2026-W54", "2025-W53", "2026-W00", "2026-48", "2026-w48", "0000-W01", "2026-W1", "2026-W048", "W48-2026"} {
		if w, err := ParseWeek(s); err == nil {
			t.Errorf("%q: got %s, want an error", s, w)
		}
	}
}

func TestEveryDateIsInItsWeek(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := Date{rapid.Int32Range(firstDay+7, lastDay-7).Draw(t, "day")}
		w := d.ISOWeek()
		if n := w.Monday().DaysTo(d); n < 0 || n > 6 {
			t.Fatalf("%s is %d days after the Monday of %s", d, n, w)
		}
		got, err := ParseWeek(w.String())
		if err != nil || got != w {
			t.Fatalf("parse %s: got %s, %v", w, got, err)
		}
	})
}

// written has every type of this package that is text in files.
type written struct {
	Date   Date         `json:"date,omitzero" toml:"date,omitzero"`
	None   Date         `json:"none,omitzero" toml:"none,omitzero"`
	Week   Week         `json:"week" toml:"week"`
	Minute Minute       `json:"minute" toml:"minute"`
	Hours  []Weekly     `json:"hours" toml:"hours"`
	Keys   map[Date]int `json:"keys" toml:"-"`
}

func TestTextFormsInJSONAndTOML(t *testing.T) {
	t.Parallel()
	d := date(t, "2026-11-27")
	want := written{
		Date: d, Week: Week{2026, 48}, Minute: 495, Keys: map[Date]int{d: 1},
		Hours: []Weekly{{Days: OnDays(time.Monday), From: 540, To: 1440, Kind: WalkIn}},
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const text = `{"date":"2026-11-27","week":"2026-W48","minute":"08:15","hours":["mon 09:00-24:00 walk-in"],"keys":{"2026-11-27":1}}`
	if string(b) != text {
		t.Errorf("JSON: got %s, want %s", b, text)
	}
	var got written
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("JSON: want - got +:\n%s", diff)
	}
	if b, err = toml.Marshal(want); err != nil {
		t.Fatal(err)
	}
	got = written{Keys: want.Keys}
	if err := toml.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("TOML: want - got +:\n%s\nfrom\n%s", diff, b)
	}
}

func TestTOMLDatesStandInQuotes(t *testing.T) {
	t.Parallel()
	var got Notice
	if err := toml.Unmarshal([]byte("from = \"2026-06-01\"\n[text]\nfi = \"x\"\n"), &got); err != nil || got.From != date(t, "2026-06-01") {
		t.Errorf("got %s, %v", got.From, err)
	}
	// TOML's own dates are refused with a reason, not read as something else.
	if err := toml.Unmarshal([]byte("from = 2026-06-01\n"), &got); err == nil || !strings.Contains(err.Error(), "local date") {
		t.Errorf("without quotes: got %v, want an error", err)
	}
}
