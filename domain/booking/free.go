package booking

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Schedule is what the times of one service at one office follow from (FHIR: Schedule): its calendar, units and policy at one moment. It is a plain
// value; its methods are pure.
type Schedule struct {
	Config  *catalog.Config
	Service *catalog.Service
	Office  *org.Office
	Units   []*org.Unit
	Policy  catalog.Policy
	Now     time.Time

	all   []*org.Unit // every unit of the service at the office, whichever of them are wanted; nil when Units are all
	staff bool        // whether staff ask: their share of the units is theirs to book
	step  int64       // seconds from one start to the next, where that is not Busy: a visit longer than the service's own
}

// NewSchedule returns the schedule of a service at an office, or a NotFound fault when the office does not offer it.
func NewSchedule(c *catalog.Config, service ids.Service, office ids.Office, now time.Time) (Schedule, error) {
	s, o, err := c.Offered(service, office)
	if err != nil {
		return Schedule{}, err
	}
	return Schedule{
		Config: c, Service: s, Office: o, Units: c.Units(service, office), Policy: c.Policy(service, office), Now: now,
	}, nil
}

// DayKind says what a day is like for somebody who looks for a time.
type DayKind string

// The kinds of days.
const (
	DayFree   DayKind = "free"   // there are times
	DayFull   DayKind = "full"   // open, and every time that could still be booked is taken
	DayClosed DayKind = "closed" // closed; Calendar says why
	DayOver   DayKind = "over"   // past, or every time is past or too close
	DayBeyond DayKind = "beyond" // beyond the horizon
)

// DayTimes are the free times of one local day.
type DayTimes struct {
	Date org.Date
	Kind DayKind
	Free FreeTimes
	// Calendar is why a closed day is closed; nil for the others.
	Calendar *org.Day
	// Opens is the moment from which a day beyond the horizon can be booked.
	Opens time.Time
}

// Zone is the time zone of the office.
func (s Schedule) Zone() *time.Location { return s.Config.Zone() }

// Today is the office's local date now.
func (s Schedule) Today() org.Date { return s.Config.Today(s.Now) }

// LastDay is the last date that can be booked.
func (s Schedule) LastDay() org.Date { return LastDay(s.Policy, s.Now, s.Zone()) }

// UnitIDs are the units' ids.
func (s Schedule) UnitIDs() []ids.Unit {
	out := make([]ids.Unit, len(s.Units))
	for i, u := range s.Units {
		out[i] = u.ID
	}
	return out
}

// Busy is how long a unit is taken by an appointment: its length and the gap after it, in seconds.
func (s Schedule) Busy() int64 { return seconds(s.Policy.Length + s.Policy.Gap) }

// Grid returns every time of a day that the calendar has at one of the units, with all units that are open then, free or not, in order: from the beginning of each opening, one after another, as long as the
// appointment itself ends before closing. The walk is in absolute time, so that a day on which the clocks change loses or gains the times of that hour.
func (s Schedule) Grid(d org.Date) []Slot {
	at := map[int64]*Slot{}
	every := s.all
	if every == nil {
		every = s.Units
	}
	length, step := seconds(s.Policy.Length), cmp.Or(s.step, s.Busy())
	for _, u := range every {
		for _, span := range org.OpenSpans(s.Config.Org, *s.Office, *u, s.Service.ID, d, s.Zone()) {
			for start := span.Start; start+length <= span.End; start = s.after(start, step) {
				slot := at[start]
				if slot == nil {
					slot = &Slot{Start: start, End: start + length}
					at[start] = slot
				}
				slot.Units = append(slot.Units, u.ID)
			}
		}
	}
	out := make([]Slot, 0, len(at))
	for _, start := range slices.Sorted(maps.Keys(at)) {
		if s.all == nil || slices.ContainsFunc(at[start].Units, s.wanted) {
			out = append(out, *at[start])
		}
	}
	return out
}

// after is so many seconds after a start.
func (s Schedule) after(start, busy int64) int64 {
	if planted.Bug("grid-walks-local") {
		t := time.Unix(start, 0).In(s.Zone())
		return max(start+CellSeconds, time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute()+int(busy/60), 0, 0, s.Zone()).Unix())
	}
	return start + busy
}

// At returns the time of the grid that begins at a second; ok is false when the calendar has none there: closed, off the grid, or a local time that
// daylight saving skips.
func (s Schedule) At(start int64) (slot Slot, ok bool) {
	d := org.DateOf(time.Unix(start, 0).In(s.Zone()))
	grid := s.Grid(d)
	i, ok := slices.BinarySearchFunc(grid, start, func(x Slot, t int64) int { return cmp.Compare(x.Start, t) })
	if !ok {
		return Slot{}, false
	}
	return s.open(grid[i]), true
}

// Day returns the free times of a day, given the taken cells; nil is none.
func (s Schedule) Day(d org.Date, busy Occupancy) DayTimes {
	out := DayTimes{Date: d}
	today := s.Today()
	if d.Before(today) {
		out.Kind = DayOver
		return out
	}
	grid := s.Grid(d)
	if len(grid) == 0 {
		out.Kind, out.Calendar = DayClosed, s.closed(d)
		return out
	}
	if last := s.LastDay(); d.After(last) {
		out.Kind, out.Opens = DayBeyond, OpensAt(s.Policy, d, s.Now, s.Zone())
		return out
	}
	out.Free = FreeTimes{base: FirstCell(grid[0].Start), length: seconds(s.Policy.Length)}
	now, inTime := s.Now.Unix(), false
	for _, slot := range grid {
		if slot.Start < now || now > LastNotice(s.Policy, slot.Start) {
			continue
		}
		inTime = true
		if free := s.freeUnits(s.open(slot), busy); len(free) > 0 {
			out.Free.put(slot.Start, len(free))
		}
	}
	switch {
	case out.Free.Len() > 0:
		out.Kind = DayFree
	case inTime:
		out.Kind = DayFull
	default:
		out.Kind = DayOver
	}
	return out
}

// closed says why a day has no times. Where the units differ, the first that knows more than "closed" tells.
func (s Schedule) closed(d org.Date) *org.Day {
	day := org.Day{Date: d, State: org.StateClosed}
	for _, u := range s.Units {
		if got := org.DayState(s.Config.Org, *s.Office, *u, s.Service.ID, d, s.Zone()); got.State == org.StateHoliday || got.State == org.StateClosure {
			return &got
		}
	}
	return &day
}

func (s Schedule) freeUnits(slot Slot, busy Occupancy) []ids.Unit {
	if busy == nil {
		return slot.Units
	}
	first, last := FirstCell(slot.Start), LastCell(slot.Start+s.Busy())
	var free []ids.Unit
	for _, u := range slot.Units {
		if !busy.AnyIn(u, first, last) {
			free = append(free, u)
		}
	}
	return free
}

// Window is the range of cells that the days from first to last (included) can touch, a day's margin on both sides for clock changes and gaps.
func (s Schedule) Window(first, last org.Date) (from, to int64) {
	return FirstCell(first.Add(-1).At(0, s.Zone()).Unix()), LastCell(last.Add(2).At(0, s.Zone()).Unix())
}

// Spread picks the first free times to offer: in order, at most perDay of one day and perHalf before and after noon, so that the list spans days.
func Spread(days []DayTimes, zone *time.Location, most, perDay, perHalf int) []FreeTime {
	var out []FreeTime
	for _, d := range days {
		halves := [2]int{}
		for t := range d.Free.All() {
			half := 0
			if time.Unix(t.Start, 0).In(zone).Hour() >= 12 {
				half = 1
			}
			if halves[half] == perHalf || halves[0]+halves[1] == perDay {
				continue
			}
			halves[half]++
			if out = append(out, t); len(out) == most {
				return out
			}
		}
	}
	return out
}

// Nearest returns the n times closest to a moment, in time order.
func Nearest(days []DayTimes, start int64, n int) []FreeTime {
	var all []FreeTime
	for _, d := range days {
		all = slices.AppendSeq(all, d.Free.All())
	}
	slices.SortStableFunc(all, func(a, b FreeTime) int { return cmp.Compare(distance(a.Start, start), distance(b.Start, start)) })
	all = all[:min(n, len(all))]
	slices.SortFunc(all, func(a, b FreeTime) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

func distance(a, b int64) int64 { return max(a-b, b-a) }
