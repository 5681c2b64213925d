package org

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/se"

	"luukku/base/i18n"
)

// The moving days of Finland, from the almanac: Good Friday, Easter Sunday, Easter Monday, Ascension Day, Whit Sunday, Midsummer Eve and Day, All Saints.
var finland = map[int][8]string{
	2024: {"03-29", "03-31", "04-01", "05-09", "05-19", "06-21", "06-22", "11-02"},
	2025: {"04-18", "04-20", "04-21", "05-29", "06-08", "06-20", "06-21", "11-01"},
	2026: {"04-03", "04-05", "04-06", "05-14", "05-24", "06-19", "06-20", "10-31"},
	2027: {"03-26", "03-28", "03-29", "05-06", "05-16", "06-25", "06-26", "11-06"},
	2028: {"04-14", "04-16", "04-17", "05-25", "06-04", "06-23", "06-24", "11-04"},
}

func TestHolidaysOfFinland(t *testing.T) {
	t.Parallel()
	for year, m := range finland {
		want := []string{
			"01-01 new_year", "01-06 epiphany", m[0] + " good_friday", m[1] + " easter_sunday", m[2] + " easter_monday", "05-01 may_day", m[3] + " ascension",
			m[4] + " pentecost", m[5] + " midsummer_eve*", m[6] + " midsummer_day", m[7] + " all_saints", "12-06 independence_day", "12-24 christmas_eve*",
			"12-25 christmas_day", "12-26 boxing_day",
		}
		var got []string
		for _, h := range Holidays("FI", year) {
			line := h.Date.String()[5:] + " " + strings.TrimPrefix(h.Key, "holiday.fi.")
			if h.Eve {
				line += "*"
			}
			got = append(got, line)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%d: want - got +:\n%s", year, d)
		}
	}
}

// oracleDates asks rickar/cal for the dates of holidays.
func oracleDates(year int, holidays []*cal.Holiday) []string {
	set := map[string]bool{}
	for _, h := range holidays {
		if actual, _ := h.Calc(year); !actual.IsZero() {
			set[actual.Format(time.DateOnly)] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func TestHolidaysOfSwedenAndCzechiaAgreeWithAnotherLibrary(t *testing.T) {
	t.Parallel()
	for year := 2016; year <= 2060; year++ {
		for country, oracle := range map[string][]*cal.Holiday{
			// Its list leaves out the two Sundays.
			"SE": append(slices.Clone(se.Holidays), se.Paskdagen, se.Pingstdagen),
			"CZ": cz.Holidays,
		} {
			set := map[string]bool{}
			for _, h := range Holidays(country, year) {
				set[h.Date.String()] = true
			}
			if d := cmp.Diff(oracleDates(year, oracle), slices.Sorted(maps.Keys(set))); d != "" {
				t.Errorf("%s %d: want - got +:\n%s", country, year, d)
			}
		}
	}
}

func TestEvesAreFlagged(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"FI": {"2026-06-19", "2026-12-24"}, "SE": {"2026-06-19", "2026-12-24", "2026-12-31"}, "CZ": nil,
	}
	for _, country := range HolidayCountries() {
		var got []string
		for _, h := range Holidays(country, 2026) {
			if h.Eve {
				got = append(got, h.Date.String())
			}
		}
		if d := cmp.Diff(want[country], got); d != "" {
			t.Errorf("%s: want - got +:\n%s", country, d)
		}
	}
}

func TestGoodFridayIsACzechHolidayFrom2016(t *testing.T) {
	t.Parallel()
	for d, want := range map[string]bool{"2015-04-03": false, "2016-03-25": true, "2026-04-03": true} {
		if _, got := HolidayOn("CZ", date(t, d)); got != want {
			t.Errorf("%s: got %v, want %v", d, got, want)
		}
	}
}

func TestEasterAgreesWithAnotherLibrary(t *testing.T) {
	t.Parallel()
	for year := 1900; year < 2200; year++ {
		want, _ := aa.Easter.Calc(year)
		if got := easterSunday(year).String(); got != want.Format(time.DateOnly) {
			t.Errorf("%d: got %s, want %s", year, got, want.Format(time.DateOnly))
		}
	}
}

func TestHolidayOnAgreesWithHolidays(t *testing.T) {
	t.Parallel()
	for _, country := range append(HolidayCountries(), "XX") {
		want := map[Date]Holiday{}
		for year := 2007; year <= 2009; year++ { // in 2008 two holidays fell on 1 May
			for _, h := range Holidays(country, year) {
				if _, taken := want[h.Date]; !taken {
					want[h.Date] = h
				}
			}
		}
		for d := date(t, "2007-01-01"); d.Before(date(t, "2010-01-01")); d = d.Add(1) {
			got, ok := HolidayOn(country, d)
			if w, there := want[d]; ok != there || got != w {
				t.Errorf("%s %s: got %v, want %v", country, d, got, w)
			}
		}
	}
	if _, ok := HolidayOn("FI", Date{}); ok {
		t.Error("no date is a holiday")
	}
}

func TestEveryHolidayHasItsName(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, country := range HolidayCountries() {
		for _, h := range Holidays(country, 2026) {
			used[h.Key] = true
		}
	}
	for _, key := range texts.Keys() {
		if strings.HasPrefix(key, "holiday.") && !used[key] {
			t.Errorf("%s is the name of no holiday", key)
		}
	}
	for key := range used {
		for _, l := range i18n.Languages() {
			if got := texts.Printer(l.Code).T(key); got == "" || strings.Contains(got, key) {
				t.Errorf("%s in %s: got %q", key, l.Code, got)
			}
		}
	}
}
