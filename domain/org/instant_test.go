package org

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestInstantWhereClocksChange(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name             string
		zone             string
		date, minute     string
		opening, closing string // UTC
	}{
		// Helsinki, 29 March 2026: 03:00 becomes 04:00 at 01:00 UTC.
		{"before the gap", "Europe/Helsinki", "2026-03-29", "02:59", "2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z"},
		{"the gap's first minute", "Europe/Helsinki", "2026-03-29", "03:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"in the gap", "Europe/Helsinki", "2026-03-29", "03:30", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"after the gap", "Europe/Helsinki", "2026-03-29", "04:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"well after the gap", "Europe/Helsinki", "2026-03-29", "09:00", "2026-03-29T06:00:00Z", "2026-03-29T06:00:00Z"},
		// Helsinki, 25 October 2026: 04:00 becomes 03:00 at 01:00 UTC.
		{"before the repeat", "Europe/Helsinki", "2026-10-25", "02:59", "2026-10-24T23:59:00Z", "2026-10-24T23:59:00Z"},
		{"run up to once, set to later", "Europe/Helsinki", "2026-10-25", "03:00", "2026-10-25T00:00:00Z", "2026-10-25T00:00:00Z"},
		{"repeated", "Europe/Helsinki", "2026-10-25", "03:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"run up to twice, shown once", "Europe/Helsinki", "2026-10-25", "04:00", "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"},
		{"end of the long day", "Europe/Helsinki", "2026-10-25", "24:00", "2026-10-25T22:00:00Z", "2026-10-25T22:00:00Z"},
		// São Paulo, 4 November 2018: midnight itself was skipped; 18 February 2018: midnight became 23:00 of the day before.
		{"a skipped midnight", "America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z"},
		{"24:00 before a skipped midnight", "America/Sao_Paulo", "2018-11-03", "24:00", "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z"},
		{"the last hour twice", "America/Sao_Paulo", "2018-02-17", "23:30", "2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z"},
		{"24:00 after the last hour twice", "America/Sao_Paulo", "2018-02-17", "24:00", "2018-02-18T03:00:00Z", "2018-02-18T03:00:00Z"},
		{"midnight after the last hour twice", "America/Sao_Paulo", "2018-02-18", "00:00", "2018-02-18T03:00:00Z", "2018-02-18T03:00:00Z"},
		// Lord Howe moves by half an hour: 4 October 2026 02:00 -> 02:30, 5 April 2026 02:00 -> 01:30.
		{"half an hour skipped", "Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z", "2026-10-03T15:30:00Z"},
		{"half an hour repeated", "Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"},
		// Casablanca leaves +01 for Ramadan: 15 February 2026 03:00 -> 02:00, 22 March 2026 02:00 -> 03:00.
		{"Ramadan begins", "Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30:00Z", "2026-02-15T02:30:00Z"},
		{"Ramadan is over", "Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22T02:00:00Z", "2026-03-22T02:00:00Z"},
		{"no changes, half an hour off", "Asia/Kolkata", "2026-03-29", "09:00", "2026-03-29T03:30:00Z", "2026-03-29T03:30:00Z"},
		// Samoa skipped the whole of 30 December 2011.
		{"a skipped day's noon", "Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"before the zone's first change", "Europe/Helsinki", "1500-06-01", "12:00", "1500-06-01T10:20:11Z", "1500-06-01T10:20:11Z"},
		{"far in the future", "Europe/Helsinki", "9999-12-31", "24:00", "9999-12-31T22:00:00Z", "9999-12-31T22:00:00Z"},
	} {
		m, err := ParseMinute(tc.minute)
		if err != nil {
			t.Fatal(err)
		}
		for edge, want := range []string{tc.opening, tc.closing} {
			got := Instant(date(t, tc.date), m, zone(t, tc.zone), Edge(edge)).UTC().Format(time.RFC3339)
			if got != want {
				t.Errorf("%s, edge %d: got %s, want %s", tc.name, edge, got, want)
			}
		}
	}
}

func TestAtIsTheOpeningInstantInTheZone(t *testing.T) {
	t.Parallel()
	got := date(t, "2026-10-25").At(210, zone(t, "Europe/Helsinki"))
	if want := "2026-10-25 03:30:00 +0300 EEST"; got.String() != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// wall is what the clock shows in one minute.
type wall struct {
	date   Date
	minute Minute
}

// year is every minute of a zone's year, with a few days before and after it.
type year struct {
	loc     *time.Location
	first   int64 // Unix seconds of minutes[0]
	minutes []wall
	changes []Date // the dates around each clock change
}

// readYear asks the standard library for the local time of every minute.
func readYear(loc *time.Location, y int) year {
	start := time.Date(y, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -4)
	end := time.Date(y, time.December, 31, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 5)
	out := year{loc: loc, first: start.Unix()}
	_, before := start.In(loc).Zone()
	for at := start; at.Before(end); at = at.Add(time.Minute) {
		local := at.In(loc)
		out.minutes = append(out.minutes, wall{DateOf(local), MinuteOf(local)})
		if _, now := local.Zone(); now != before {
			for i := -2; i <= 2; i++ {
				out.changes = append(out.changes, DateOf(local).Add(i))
			}
			before = now
		}
	}
	slices.SortFunc(out.changes, Date.Compare)
	out.changes = slices.Compact(out.changes)
	return out
}

// around returns the part of the year that can hold minutes of the date.
func (y year) around(d Date) (first int64, minutes []wall) {
	from := max(0, (int64(d.n)-epochDay)*secondsPerDay-y.first-36*3600) / 60
	to := min(int64(len(y.minutes)), from+4*24*60)
	return y.first + from*60, y.minutes[from:to]
}

// mark sets every minute from the first to the last one whose wall time is in [from, to) of the date. That is the meaning of a rule: what lies between
// its first and its last minute belongs to it, also when the clock is set back out of it.
func mark(minutes []wall, d Date, from, to Minute, set []bool, value bool) {
	first, last := -1, -1
	for i, w := range minutes {
		if w.date == d && w.minute >= from && w.minute < to {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	for i := first; first >= 0 && i <= last; i++ {
		set[i] = value
	}
}

// oracle works out the open spans of rules and closures minute by minute.
func (y year) oracle(rules []Weekly, closures []Closure, d Date) []Span {
	first, minutes := y.around(d)
	open := make([]bool, len(minutes)+1) // one more, so that the last span ends
	for _, r := range rules {
		if r.InForce(d) && r.Kind == Appointments {
			mark(minutes, d, r.From, r.To, open, true)
		}
	}
	for _, c := range closures {
		if c.Covers(d) {
			from, to := c.minutes()
			mark(minutes, d, from, to, open, false)
		}
	}
	var out []Span
	for i := 0; i < len(open); i++ {
		if !open[i] {
			continue
		}
		start := i
		for open[i] {
			i++
		}
		s := Span{first + int64(start)*60, first + int64(i)*60}
		for s.Start%CellSeconds != 0 {
			s.Start += 60
		}
		for s.End%CellSeconds != 0 {
			s.End -= 60
		}
		if s.Start < s.End {
			out = append(out, s)
		}
	}
	return out
}

// plainOracle is the strict reading, for days without a clock change: exactly the minutes whose wall time is inside some rule.
func plainOracle(minutes []wall, first int64, rules []Weekly, d Date) map[int64]bool {
	out := map[int64]bool{}
	for i, w := range minutes {
		for _, r := range rules {
			if w.date == d && r.InForce(d) && r.Kind == Appointments && w.minute >= r.From && w.minute < r.To {
				out[first+int64(i)*60] = true
			}
		}
	}
	return out
}

var oracleZones = []struct {
	name string
	year int
}{
	{"Europe/Helsinki", 2026}, {"America/Sao_Paulo", 2018}, {"Australia/Lord_Howe", 2026}, {"Africa/Casablanca", 2026}, {"Asia/Kolkata", 2026},
	{"America/St_Johns", 2010}, {"Pacific/Apia", 2011}, {"Europe/Dublin", 2026}, {"Asia/Gaza", 2026}, {"America/Nuuk", 2024},
}

func TestOpenSpansCoverExactlyTheMinutesOfTheRules(t *testing.T) {
	t.Parallel()
	for _, z := range oracleZones {
		t.Run(fmt.Sprint(z.name, z.year), func(t *testing.T) {
			t.Parallel()
			y := readYear(zone(t, z.name), z.year)
			rapid.Check(t, func(t *rapid.T) {
				rules := rapid.SliceOfN(genOpening(), 1, 4).Draw(t, "rules")
				firstOfYear := civil(z.year, time.January, 1)
				dates := append(slices.Clone(y.changes), firstOfYear.Add(rapid.IntRange(0, 364).Draw(t, "day")))
				d := rapid.SampledFrom(dates).Draw(t, "date")
				closures := rapid.SliceOfN(genClosure(d), 0, 2).Draw(t, "closures")
				office := Office{Hours: rules, Closures: closures}
				got := OpenSpans(Organisation{}, office, Unit{}, "", d, y.loc)
				if diff := cmp.Diff(y.oracle(rules, closures, d), got); diff != "" {
					t.Fatalf("%s: want - got +:\n%s", d, diff)
				}
				if slices.Contains(y.changes, d) {
					return
				}
				first, minutes := y.around(d)
				inside := plainOracle(minutes, first, rules, d)
				for _, s := range OpenSpans(Organisation{}, Office{Hours: rules}, Unit{}, "", d, y.loc) {
					for at := s.Start; at < s.End; at += 60 {
						if !inside[at] {
							t.Fatalf("%s: %d is open, and its wall time is in no rule", d, at)
						}
						delete(inside, at)
					}
				}
				for at := range inside {
					cell := at - at%CellSeconds
					whole := inside[cell] && inside[cell+60] && inside[cell+120] && inside[cell+180] && inside[cell+240]
					if whole {
						t.Fatalf("%s: the cell at %d is in a rule and not open", d, cell)
					}
				}
			})
		})
	}
}

// genOpening draws rules that meet clock changes often: every day, early hours, five-minute and odd minutes.
func genOpening() *rapid.Generator[Weekly] {
	return rapid.Custom(func(t *rapid.T) Weekly {
		from := rapid.OneOf(rapid.IntRange(0, 1439), rapid.IntRange(0, 300), rapid.SampledFrom([]int{0, 60, 90, 120, 150, 180, 210, 240, 1380, 1410})).Draw(t, "from")
		to := rapid.OneOf(rapid.IntRange(from+1, 1440), rapid.Just(1440), rapid.IntRange(from+1, min(from+90, 1440))).Draw(t, "to")
		days := rapid.OneOf(rapid.Just(int(EveryDay)), rapid.IntRange(1, int(EveryDay))).Draw(t, "days")
		kind := rapid.SampledFrom([]Kind{Appointments, Appointments, Appointments, WalkIn}).Draw(t, "kind")
		return Weekly{Days: Weekdays(days), From: Minute(from), To: Minute(to), Kind: kind}
	})
}

func genClosure(d Date) *rapid.Generator[Closure] {
	return rapid.Custom(func(t *rapid.T) Closure {
		from := rapid.IntRange(0, 1439).Draw(t, "closed from")
		c := Closure{From: d.Add(rapid.IntRange(-2, 1).Draw(t, "first closed day")), FromMinute: Minute(from)}
		c.To = c.From.Add(rapid.IntRange(0, 2).Draw(t, "closed days"))
		c.ToMinute = Minute(rapid.SampledFrom([]int{0, 1440, from + 1, min(from+75, 1440)}).Draw(t, "closed to"))
		return c
	})
}

// Every date of five years must have its 24 hours, except where a clock change adds or takes some, and no time may be lost or doubled between dates.
func TestDaysFollowEachOtherWithoutGapOrOverlap(t *testing.T) {
	t.Parallel()
	office := Office{Hours: []Weekly{{Days: EveryDay, To: EndOfDay}}}
	for _, name := range []string{"Europe/Helsinki", "Europe/Prague", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata", "America/New_York"} {
		loc := zone(t, name)
		end := int64(0)
		for d := date(t, "2024-01-01"); d.Before(date(t, "2029-01-01")); d = d.Add(1) {
			spans := OpenSpans(Organisation{}, office, Unit{}, "", d, loc)
			if len(spans) != 1 || end != 0 && spans[0].Start != end {
				t.Fatalf("%s %s: got %v, want one span from %d", name, d, spans, end)
			}
			end = spans[0].End
		}
	}
}

func BenchmarkOpenSpans(b *testing.B) {
	loc := zone(b, "Europe/Helsinki")
	o := Organisation{Country: "FI", ClosedOnHolidays: true}
	office := Office{Hours: []Weekly{weekly(b, "mon-wed 09:00-16:15"), weekly(b, "thu 09:00-18:00"), weekly(b, "fri 09:00-15:00")}}
	d := date(b, "2026-11-27")
	b.ReportAllocs()
	for b.Loop() {
		OpenSpans(o, office, Unit{}, "", d, loc)
	}
}
