package org

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"luukku/base/ids"
)

func exception(t testing.TB, s string) Exception {
	t.Helper()
	e, err := ParseException(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestParseException(t *testing.T) {
	t.Parallel()
	eve := date(t, "2026-12-24")
	for s, tc := range map[string]struct {
		want Exception
		text string
	}{
		"2026-12-24 09:00-12:00":              {want: Exception{Date: eve, From: 540, To: 720}},
		"2026-12-24 9:00-12:00 appointments":  {Exception{Date: eve, From: 540, To: 720}, "2026-12-24 09:00-12:00"},
		"2026-12-24 closed":                   {want: Exception{Date: eve, Closed: true, Kind: AnyKind}},
		"2026-12-24 closed appointments":      {want: Exception{Date: eve, Closed: true}},
		"2026-12-24 closed phone":             {want: Exception{Date: eve, Closed: true, Kind: Phone}},
		"2026-12-24 00:00-24:00 walk-in":      {want: Exception{Date: eve, To: EndOfDay, Kind: WalkIn}},
		"2026-12-24 09:00-12:00 for a-b,c":    {want: Exception{Date: eve, From: 540, To: 720, Services: []ids.Service{"a-b", "c"}}},
		"2026-12-24 9:00-12:00 for a walk-in": {Exception{Date: eve, From: 540, To: 720, Kind: WalkIn, Services: []ids.Service{"a"}}, "2026-12-24 09:00-12:00 walk-in for a"},
	} {
		got, err := ParseException(s)
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
	for s, why := range map[string]string{
		"": "want the form", "2026-12-24": "want the form", "mon 09:00-12:00": "want the form 2026", "2026-02-30 closed": "no such date",
		"2026-12-24 12:00-12:00": "after they begin", "2026-12-24 shut": "time of day", "2026-12-24 closed for a": "neither hours nor services",
		"2026-12-24 09:00-12:00 phone walk-in": "said twice", "2026-12-24 09:00-12:00 for": "not understood", "2026-12-24 09:00-12:00 any": "not understood",
		"2026-12-24 09:00-12:00 for A": "no slug", "2026-12-24 09:00-12:00 for a for b": "not understood",
	} {
		if e, err := ParseException(s); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: got %v, %v, want an error with %q", s, e, err, why)
		}
	}
	for _, e := range []Exception{{}, {Date: eve}, {Date: eve, Kind: AnyKind, To: 60}, {Date: eve, Closed: true, To: 60}, {Date: eve, To: 60, Kind: "x"}} {
		if b, err := e.MarshalText(); err == nil {
			t.Errorf("%+v: got %s, want an error", e, b)
		}
	}
}

func genException() *rapid.Generator[Exception] {
	return rapid.Custom(func(t *rapid.T) Exception {
		e := Exception{Date: Date{rapid.Int32Range(739_000, 741_000).Draw(t, "date")}}
		if rapid.IntRange(0, 2).Draw(t, "closed") == 0 {
			e.Closed, e.Kind = true, rapid.SampledFrom([]Kind{Appointments, WalkIn, Phone, AnyKind}).Draw(t, "closed kind")
			return e
		}
		from := rapid.IntRange(0, 1439).Draw(t, "from")
		e.From, e.To = Minute(from), Minute(rapid.IntRange(from+1, 1440).Draw(t, "to"))
		e.Kind = rapid.SampledFrom([]Kind{Appointments, WalkIn, Phone}).Draw(t, "kind")
		if rapid.Bool().Draw(t, "some services") {
			e.Services = []ids.Service{"a"}
		}
		return e
	})
}

func TestExceptionTextRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := genException().Draw(t, "exception")
		got, err := ParseException(want.String())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s: want - got +:\n%s", want, d)
		}
	})
}

func FuzzParseException(f *testing.F) {
	for _, s := range []string{"2026-12-24 09:00-12:00", "2026-12-24 closed", "2026-12-24 closed phone", "2026-12-24 9:00-24:00 for a,b walk-in"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseException(s)
		if err != nil {
			return
		}
		if err := e.Check(); err != nil {
			t.Fatalf("%q was taken, but: %v", s, err)
		}
		again, err := ParseException(e.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", s, e, err)
		}
		if d := cmp.Diff(e, again); d != "" {
			t.Fatalf("%q became %q: %s", s, e, d)
		}
	})
}
