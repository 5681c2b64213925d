package booking

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/faults/report"
)

// The years whose clock changes are tried.
var (
	zonesFrom = time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)
	zonesTo   = time.Date(2029, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// change is a moment at which the clocks of a zone are set, by how many seconds.
type change struct{ at, by int64 }

// changesOf returns the clock changes of a zone in the years tried, and what its clocks show at their beginning.
func changesOf(zone *time.Location) (offset int, changes []change) {
	t := zonesFrom.In(zone)
	_, offset = t.Zone()
	for before := offset; ; {
		_, end := t.ZoneBounds()
		if end.IsZero() || !end.Before(zonesTo) {
			return offset, changes
		}
		t = end.In(zone)
		_, after := t.Zone()
		if after != before { // a zone may change its name alone
			changes = append(changes, change{end.Unix(), int64(after - before)})
		}
		before = after
	}
}

// differentZones returns a zone for each way in which clocks are set in the years tried, and how many names there are in all.
func differentZones(t *testing.T) (zones []*time.Location, names int) {
	t.Helper()
	b, err := os.ReadFile("testdata/zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, name := range strings.Fields(string(b)) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Errorf("zone %s: %v", name, err)
			continue
		}
		names++
		offset, changes := changesOf(zone)
		key := fmt.Sprint(offset, changes)
		if !seen[key] {
			seen[key] = true
			zones = append(zones, zone)
		}
	}
	return zones, names
}

// minutes are those of a stretch of absolute time, each with what the clock on the wall shows in it: all that the oracle knows of a zone.
type minutes struct {
	first int64 // Unix seconds
	date  []org.Date
	wall  []org.Minute
}

func minutesBetween(from, to time.Time, zone *time.Location) minutes {
	out := minutes{first: from.Unix()}
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		local := at.In(zone)
		out.date = append(out.date, org.DateOf(local))
		out.wall = append(out.wall, org.MinuteOf(local))
	}
	return out
}

// open tells of each minute whether it belongs to a rule of opening hours on a date: it lies between the first and the last minute of the rule.
func (m minutes) open(d org.Date, rules []org.Weekly) []bool {
	open := make([]bool, len(m.date)+1) // one more, so that every opening ends
	for _, r := range rules {
		if !r.InForce(d) {
			continue
		}
		first, last := -1, -1
		for i := range m.date {
			if m.date[i] == d && r.From <= m.wall[i] && m.wall[i] < r.To {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		for i := first; first >= 0 && i <= last; i++ {
			open[i] = true
		}
	}
	return open
}

// spans are the openings, in whole cells.
func (m minutes) spans(open []bool) (out []org.Span) {
	for i := 0; i < len(open); i++ {
		if !open[i] {
			continue
		}
		from := i
		for open[i] {
			i++
		}
		s := org.Span{Start: m.first + int64(from)*60, End: m.first + int64(i)*60}
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

// slots walks over the minutes: a time begins in the first whole cell of an opening, and then whenever the one before and its gap are over; all of its
// minutes must be open.
func (m minutes) slots(open []bool, length, busy int64, units []ids.Unit) (out []Slot) {
	next := int64(0)
	for i := range open {
		at := m.first + int64(i)*60
		switch {
		case !open[i]:
			next = 0
			continue
		case next == 0:
			next = LastCell(at) * CellSeconds
		}
		if at != next {
			continue
		}
		for j := int64(i); j < int64(i)+length/60; j++ {
			if !open[j] {
				next = -1 // no time any more until it closes
			}
		}
		if next > 0 {
			out = append(out, Slot{Start: at, End: at + length, Units: units})
			next = at + busy
		}
	}
	return out
}

// zoneHours are the calendars that are tried in each zone: whole days in one rule and in two, hours that clock changes cut into, and ordinary ones.
var zoneHours = [][]string{
	{"mon-sun 00:00-24:00"},
	{"mon-sun 00:00-02:30", "mon-sun 02:30-24:00"},
	{"mon-sun 00:30-03:15"},
	{"mon-sun 02:05-02:50", "mon-sun 03:00-03:40"},
	{"mon-sun 09:00-16:15"},
	{"mon-sun 22:45-24:00", "mon-sun 00:00-01:10"},
}

// zonePolicies are the lengths and gaps that are tried.
var zonePolicies = []catalog.Policy{
	{Length: 30 * time.Minute, Horizon: 60 * 24 * time.Hour},
	{Length: 25 * time.Minute, Gap: 10 * time.Minute, Horizon: 60 * 24 * time.Hour},
}

// zoneTrial holds the calendar of one zone against the oracle.
type zoneTrial struct {
	t          *testing.T
	zone       *time.Location
	days, grid int
}

func (z *zoneTrial) schedule(p catalog.Policy, hours []string) Schedule {
	z.t.Helper()
	office := org.Office{ID: "hall", Units: []org.Unit{{ID: "desk-a"}, {ID: "desk-b"}}}
	for _, h := range hours {
		w, err := org.ParseWeekly(h)
		if err != nil {
			z.t.Fatal(err)
		}
		office.Hours = append(office.Hours, w)
	}
	c := &catalog.Config{
		Org:     org.Organisation{ID: "town", Country: "FI", Zone: z.zone.String(), Languages: []i18n.Lang{"en"}},
		Offices: []org.Office{office}, Services: []catalog.Service{{ID: "passport"}}, Offers: []catalog.Offer{{Service: "passport", Office: "hall"}},
	}
	if err := c.Prepare(); err != nil {
		z.t.Fatal(err)
	}
	s, err := NewSchedule(c, "passport", "hall", zonesFrom)
	if err != nil {
		z.t.Fatal(err)
	}
	s.Policy = p
	return s
}

// around tries the days around a moment.
func (z *zoneTrial) around(at time.Time) {
	z.t.Helper()
	noon := at.Truncate(time.Hour)
	m := minutesBetween(noon.Add(-96*time.Hour), noon.Add(96*time.Hour), z.zone)
	middle := org.DateOf(at.In(z.zone))
	for i, hours := range zoneHours {
		s := z.schedule(zonePolicies[i%len(zonePolicies)], hours)
		end := int64(0)
		for d := middle.Add(-2); !d.After(middle.Add(2)); d = d.Add(1) {
			open := m.open(d, s.Office.Hours)
			spans := org.OpenSpans(s.Config.Org, *s.Office, *s.Units[0], "passport", d, z.zone)
			if diff := cmp.Diff(m.spans(open), spans); diff != "" {
				z.t.Fatalf("%s %s %v: open, want - got +:\n%s", z.zone, d, hours, diff)
			}
			if i == 0 {
				end = z.wholeDay(m, d, spans, end)
			}
			got := z.times(s, d, m.slots(open, seconds(s.Policy.Length), s.Busy(), s.UnitIDs()))
			if d == middle {
				z.found(s, got, FirstCell(at.Unix()))
			}
		}
	}
}

// wholeDay checks that a day that is open from midnight to midnight follows the one before without a gap or an overlap and has every minute of its date.
func (z *zoneTrial) wholeDay(m minutes, d org.Date, spans []org.Span, end int64) int64 {
	z.t.Helper()
	z.days++
	count := int64(0)
	for _, date := range m.date {
		if date == d {
			count++
		}
	}
	if len(spans) != 1 || end != 0 && spans[0].Start != end || spans[0].Seconds() != count*60 {
		z.t.Fatalf("%s %s: got %v, want one span of %d minutes from %d", z.zone, d, spans, count, end)
	}
	return spans[0].End
}

// times checks the grid of a day, and that taken cells take away what needs them and nothing else. It returns the grid.
func (z *zoneTrial) times(s Schedule, d org.Date, want []Slot) []Slot {
	z.t.Helper()
	got := s.Grid(d)
	z.grid += len(got)
	if len(want) == 0 && len(got) == 0 {
		return nil
	}
	if diff := differ(want, got); diff != "" {
		z.t.Fatalf("%s %s: times, want - got +:\n%s", z.zone, d, diff)
	}
	for i := 1; i < len(got); i++ {
		if FirstCell(got[i].Start) < LastCell(got[i-1].Start+s.Busy()) {
			z.t.Fatalf("%s %s: the times at %d and %d share a cell", z.zone, d, got[i-1].Start, got[i].Start)
		}
	}
	s.Now = time.Unix(got[0].Start, 0).Add(-24 * time.Hour)
	z.free(s, d, got)
	return got
}

// found checks that each time of a day is found by its start, and that nothing is found in other cells: in all within three hours of a moment, and in
// some of the others.
func (z *zoneTrial) found(s Schedule, grid []Slot, near int64) {
	z.t.Helper()
	if len(grid) == 0 {
		return
	}
	for cell := FirstCell(grid[0].Start) - 3; cell < LastCell(grid[len(grid)-1].End); cell++ {
		if distance(cell, near) > 36 && cell%7 != 0 {
			continue
		}
		at := cell * CellSeconds
		i := slices.IndexFunc(grid, func(x Slot) bool { return x.Start == at })
		slot, ok := s.At(at)
		if ok != (i >= 0) || ok && slot.End != grid[i].End {
			z.t.Fatalf("%s: at %d got %v %t, want %t", z.zone, at, slot, ok, i >= 0)
		}
	}
}

// differ is cmp.Diff, which is slow, for times that are nearly always equal.
func differ(want, got []Slot) string {
	same := slices.EqualFunc(want, got, func(a, b Slot) bool {
		return a.Start == b.Start && a.End == b.End && slices.Equal(a.Units, b.Units)
	})
	if same {
		return ""
	}
	return cmp.Diff(want, got)
}

// free takes some cells of one unit and holds the free times against a count of those cells.
func (z *zoneTrial) free(s Schedule, d org.Date, grid []Slot) {
	z.t.Helper()
	busy, taken := Busy{}, map[int64]bool{}
	for cell := FirstCell(grid[0].Start); cell < LastCell(grid[len(grid)-1].End); cell += 11 {
		busy.Add("desk-a", cell)
		taken[cell] = true
	}
	var want []FreeTime
	for _, slot := range grid {
		units := 2
		for at := slot.Start; at < slot.Start+s.Busy(); at += CellSeconds {
			if taken[at/CellSeconds] {
				units = 1
			}
		}
		want = append(want, FreeTime{Start: slot.Start, End: slot.End, Units: units})
	}
	got := s.Day(d, busy)
	if got := slices.Collect(got.Free.All()); !slices.Equal(want, got) {
		diff := cmp.Diff(want, got)
		z.t.Fatalf("%s %s: free times, want - got +:\n%s", z.zone, d, diff)
	}
}

// Every clock change that any zone of the world has in five years, each way of setting the clocks once, against the minutes as the standard library tells
// them: no time is lost, none is there twice, and the cells of one are never those of another.
func TestEveryClockChangeOfEveryZone(t *testing.T) {
	t.Parallel()
	zones, names := differentZones(t)
	if names < 590 {
		t.Fatalf("got %d names of zones, want all of them", names)
	}
	var mu sync.Mutex
	changed, days, times, lengths := 0, 0, 0, map[int64]bool{}
	t.Run("zones", func(t *testing.T) {
		for _, zone := range zones {
			t.Run(zone.String(), func(t *testing.T) {
				t.Parallel()
				z := &zoneTrial{t: t, zone: zone}
				_, changes := changesOf(zone)
				for _, c := range changes {
					z.around(time.Unix(c.at, 0))
				}
				z.around(time.Date(2026, time.January, 14, 12, 0, 0, 0, zone))
				z.around(time.Date(2028, time.February, 29, 12, 0, 0, 0, zone))
				mu.Lock()
				defer mu.Unlock()
				changed, days, times = changed+len(changes), days+z.days, times+z.grid
				for _, c := range changes {
					lengths[c.by] = true
				}
			})
		}
	})
	for _, by := range []int64{3600, -3600, 1800, -1800, 7200, -7200} {
		if !lengths[by] {
			t.Errorf("no clocks were set by %d seconds", by)
		}
	}
	report.Line(t, "clock changes of every zone", report.Of(len(zones), "runs"), report.Of(names, "names"), report.Of(changed, "changes"),
		report.Of(days, "days"), report.Of(times, "times"))
}
