package org

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"luukku/base/ids"
)

func weekly(t testing.TB, s string) Weekly {
	t.Helper()
	w, err := ParseWeekly(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestParseWeekly(t *testing.T) {
	t.Parallel()
	workdays := OnDays(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)
	for s, tc := range map[string]struct {
		want Weekly
		text string // as String writes it, when it differs
	}{
		"mon-fri 09:00-16:15": {want: Weekly{Days: workdays, From: 540, To: 975}},
		"tue,thu 12:00-18:00 from 2026-06-01 until 2026-08-31": {want: Weekly{
			Days: OnDays(time.Tuesday, time.Thursday), From: 720, To: 1080, ValidFrom: date(t, "2026-06-01"), ValidUntil: date(t, "2026-08-31"),
		}},
		"mon 9:00-15:00 walk-in":             {Weekly{Days: OnDays(time.Monday), From: 540, To: 900, Kind: WalkIn}, "mon 09:00-15:00 walk-in"},
		"mon-sun 00:00-24:00 phone":          {want: Weekly{Days: EveryDay, To: EndOfDay, Kind: Phone}},
		"mon 9:00-10:00 appointments":        {Weekly{Days: OnDays(time.Monday), From: 540, To: 600}, "mon 09:00-10:00"},
		"fri-mon 10:00-11:00":                {Weekly{Days: OnDays(time.Friday, time.Saturday, time.Sunday, time.Monday), From: 600, To: 660}, "mon,fri-sun 10:00-11:00"},
		" sun  08:00-09:00 until 2026-12-31": {Weekly{Days: OnDays(time.Sunday), From: 480, To: 540, ValidUntil: date(t, "2026-12-31")}, "sun 08:00-09:00 until 2026-12-31"},
		"wed 08:00-09:00 from 2026-12-31 walk-in for name-change,notary": {
			Weekly{
				Days: OnDays(time.Wednesday), From: 480, To: 540, ValidFrom: date(t, "2026-12-31"), Kind: WalkIn,
				Services: []ids.Service{"name-change", "notary"},
			},
			"wed 08:00-09:00 walk-in for name-change,notary from 2026-12-31",
		},
		"tue 09:00-15:00 every 2 weeks from 2026-11-03": {want: Weekly{
			Days: OnDays(time.Tuesday), From: 540, To: 900, Every: 2, ValidFrom: date(t, "2026-11-03"),
		}},
		"tue 12:00-16:00 1st,3rd of month":      {want: Weekly{Days: OnDays(time.Tuesday), From: 720, To: 960, Nth: 1<<0 | 1<<2}},
		"fri 09:00-12:00 phone last of month":   {Weekly{Days: OnDays(time.Friday), From: 540, To: 720, Nth: 1 << 5, Kind: Phone}, "fri 09:00-12:00 last of month phone"},
		"fri 09:00-12:00 last,5th,1st of month": {Weekly{Days: OnDays(time.Friday), From: 540, To: 720, Nth: 1<<5 | 1<<4 | 1}, "fri 09:00-12:00 1st,5th,last of month"},
	} {
		got, err := ParseWeekly(s)
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%q: want - got +:\n%s", s, d)
		}
		if tc.text == "" {
			tc.text = s
		}
		if got.String() != tc.text {
			t.Errorf("%q: got %q, want %q", s, got, tc.text)
		}
	}
}

func TestParseWeeklyRefuses(t *testing.T) {
	t.Parallel()
	for s, why := range map[string]string{
		"":                                 "want the form",
		"mon":                              "want the form",
		"mon 9-15":                         "time of day",
		"mon 09:00":                        "time of day",
		"mon 09:00-24:01":                  "time of day",
		"mon 09:60-10:00":                  "time of day",
		"mon 009:00-10:00":                 "time of day",
		"mon 15:00-09:00":                  "after they begin",
		"mon 09:00-09:00":                  "after they begin",
		"mon 22:00-00:00":                  "after they begin",
		"Mon 09:00-10:00":                  "days",
		"mon, 09:00-10:00":                 "days",
		"mon--fri 09:00-10:00":             "days",
		"day 09:00-10:00":                  "days",
		"mon 09:00-10:00 sometimes":        "not understood",
		"mon 09:00-10:00 from":             "from what",
		"mon 09:00-10:00 from yesterday":   "want the form 2026",
		"mon 09:00-10:00 until 2026-02-30": "no such date",
		"mon 09:00-10:00 walk-in phone":    "said twice",
		"mon 09:00-10:00 from 2026-01-01 from 2026-01-01":            "said twice",
		"mon 09:00-10:00 from 2026-02-01 until 2026-01-31":           "after they begin",
		"mon 09:00-10:00 for ":                                       "for what",
		"mon 09:00-10:00 for a,,b":                                   "no slug",
		"mon 09:00-10:00 for Notary":                                 "no slug",
		"mon 09:00-10:00 for a,a":                                    "named twice",
		"mon 09:00-10:00 every 2 weeks":                              "need a first date",
		"mon 09:00-10:00 every 1 weeks from 2026-11-02":              "from 2 to 52",
		"mon 09:00-10:00 every 53 weeks from 2026-11-02":             "from 2 to 52",
		"mon 09:00-10:00 every -2 weeks from 2026-11-02":             "from 2 to 52",
		"mon 09:00-10:00 every two weeks from 2026-11-02":            "from 2 to 52",
		"mon 09:00-10:00 every 2 months from 2026-11-02":             "every 2 weeks",
		"mon 09:00-10:00 every 2":                                    "every 2 weeks",
		"mon 09:00-10:00 6th of month":                               "1st,3rd or last",
		"mon 09:00-10:00 1st, of month":                              "1st,3rd or last",
		"mon 09:00-10:00 1st of":                                     "not understood",
		"mon 09:00-10:00 1st of month 2nd of month":                  "said twice",
		"mon 09:00-10:00 every 2 weeks 1st of month from 2026-11-02": "not both",
		"mon 09:00-10:00 " + strings.Repeat("x", 1_000_000):          "not understood",
	} {
		w, err := ParseWeekly(s)
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.60q: got %v, %v, want an error with %q", s, w, err, why)
		}
		if err != nil && len(err.Error()) > 400 {
			t.Errorf("%.60q: the error has %d bytes", s, len(err.Error()))
		}
	}
}

func TestWeeklyThatCannotBeReadBackIsNotWritten(t *testing.T) {
	t.Parallel()
	for _, w := range []Weekly{{}, {Days: 1 << 7, To: 60}, {Days: 1, From: -5, To: 60}, {Days: 1, To: 60, Kind: "secret"}, {Days: 1, To: 60, Services: []ids.Service{"a b"}}} {
		if b, err := w.MarshalText(); err == nil {
			t.Errorf("%+v: got %s, want an error", w, b)
		}
	}
}

// genDates draws no date or one around 2026.
func genDate() *rapid.Generator[Date] {
	return rapid.Custom(func(t *rapid.T) Date {
		if rapid.Bool().Draw(t, "open") {
			return Date{}
		}
		return Date{rapid.Int32Range(739_000, 741_000).Draw(t, "day")}
	})
}

func genWeekly() *rapid.Generator[Weekly] {
	return rapid.Custom(func(t *rapid.T) Weekly {
		from := rapid.IntRange(0, 1439).Draw(t, "from")
		w := Weekly{
			Days:       Weekdays(rapid.IntRange(1, int(EveryDay)).Draw(t, "days")),
			From:       Minute(from),
			To:         Minute(rapid.IntRange(from+1, 1440).Draw(t, "to")),
			ValidFrom:  genDate().Draw(t, "valid from"),
			ValidUntil: genDate().Draw(t, "valid until"),
			Kind:       rapid.SampledFrom([]Kind{Appointments, WalkIn, Phone}).Draw(t, "kind"),
		}
		if !w.ValidUntil.IsZero() && w.ValidUntil.Before(w.ValidFrom) {
			w.ValidFrom, w.ValidUntil = w.ValidUntil, w.ValidFrom
		}
		switch rapid.IntRange(0, 3).Draw(t, "repeats") {
		case 2:
			w.Nth = Ordinals(rapid.IntRange(1, int(allOrdinals)).Draw(t, "nth"))
		case 3:
			if !w.ValidFrom.IsZero() {
				w.Every = rapid.IntRange(2, MostWeeks).Draw(t, "every")
			}
		}
		slugs := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z0-9]{1,8}(-[a-z0-9]{1,4})?`), 0, 3, rapid.ID[string]).Draw(t, "services")
		for _, s := range slugs {
			w.Services = append(w.Services, ids.Service(s))
		}
		return w
	})
}

func TestWeeklyTextRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := genWeekly().Draw(t, "rule")
		got, err := ParseWeekly(want.String())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s: want - got +:\n%s", want, d)
		}
	})
}

func FuzzParseWeekly(f *testing.F) {
	for _, s := range []string{
		"mon-fri 09:00-16:15", "tue,thu 12:00-18:00 from 2026-06-01 until 2026-08-31", "mon 9:00-15:00 walk-in for a,b-c", "sat-mon 0:00-24:00 phone", "mon 1:0-2:00",
		"tue 09:00-15:00 every 2 weeks from 2026-11-03", "tue 12:00-16:00 1st,3rd of month", "fri 9:00-12:00 last of month walk-in",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWeekly(s)
		if err != nil {
			return
		}
		if err := w.Check(); err != nil {
			t.Fatalf("%q was taken, but: %v", s, err)
		}
		again, err := ParseWeekly(w.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", s, w, err)
		}
		if d := cmp.Diff(w, again); d != "" {
			t.Fatalf("%q became %q: %s", s, w, d)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-11-27")
	f.Add("2026-W48")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && d.String() != s {
			t.Fatalf("%q became %q", s, d)
		}
		if w, err := ParseWeek(s); err == nil && w.String() != s {
			t.Fatalf("%q became %q", s, w)
		}
	})
}

func TestWeekdaysRuns(t *testing.T) {
	t.Parallel()
	w := OnDays(time.Monday, time.Tuesday, time.Wednesday, time.Friday, time.Sunday)
	want := []DayRun{{time.Monday, time.Wednesday}, {time.Friday, time.Friday}, {time.Sunday, time.Sunday}}
	if d := cmp.Diff(want, w.Runs()); d != "" {
		t.Errorf("want - got +:\n%s", d)
	}
	if w.Has(time.Thursday) || !w.Has(time.Sunday) {
		t.Error("Has does not agree with OnDays")
	}
}
