package booking

import (
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Times are free times of one service at one office, with the schedule they follow from.
type Times struct {
	Schedule Schedule
	Days     []DayTimes
}

// Free counts the free times.
func (t Times) Free() int {
	n := 0
	for _, d := range t.Days {
		n += d.Free.Len()
	}
	return n
}

// First returns the first free time; ok is false when there is none.
func (t Times) First() (first FreeTime, ok bool) {
	for _, d := range t.Days {
		if first, ok := d.Free.First(); ok {
			return first, true
		}
	}
	return FreeTime{}, false
}

// calendar returns the memory of a configuration's times, or nil when it is not ready: then the database is asked.
func (s *Service) calendar(c *catalog.Config, now time.Time) *calendar {
	if !s.Board.Ready(c.Org.ID) {
		return nil
	}
	return s.Board.calendarOf(c, now)
}

// Remembering reports whether the memory of an organisation's free times is being filled: a second or two after the start. Until then the database is asked.
func (s *Service) Remembering(o ids.Org) bool { return s.Board != nil && !s.Board.Ready(o) }

// offer returns a schedule's offer in memory, or nil when the database is to be asked.
func (s *Service) offer(sch Schedule) *offer {
	cal := s.calendar(sch.Config, sch.Now)
	if cal == nil || sch.walked() {
		return nil
	}
	o, err := cal.narrowed(sch)
	if err != nil {
		return nil
	}
	return o
}

// Schedule returns the schedule of a service at an office as of now, or NotFound.
func (s *Service) Schedule(ctx context.Context, o ids.Org, service ids.Service, office ids.Office) (Schedule, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Schedule{}, err
	}
	now := s.Now()
	cal := s.calendar(c, now)
	if cal == nil {
		return NewSchedule(c, service, office, now)
	}
	known, err := cal.offer(service, office)
	if err != nil {
		return Schedule{}, err
	}
	sch := known.schedule
	sch.Now = now
	return sch, nil
}

// Between returns the free times of the days from first to last, both included. Cells that moving (an appointment's id, or "") occupies count as free.
func (s *Service) Between(ctx context.Context, sch Schedule, first, last org.Date, moving ids.Appointment) (Times, error) {
	days := first.DaysTo(last) + 1
	if days < 1 || days > 401 {
		return Times{}, fault.Invalid("booking.bad_range", nil)
	}
	out := Times{Schedule: sch, Days: make([]DayTimes, 0, days)}
	if o := s.offer(sch); o != nil && moving == "" {
		out.Days = o.between(out.Days, first, last, sch)
		return out, nil
	}
	var own []Own
	if moving != "" {
		var err error
		if own, err = s.ownCells(ctx, sch.Config.Org.ID, moving); err != nil {
			return Times{}, err
		}
	}
	from, to := sch.Window(first, last)
	taken, err := s.occupied(ctx, sch, sch.UnitIDs(), from, to, own)
	if err != nil {
		return Times{}, err
	}
	for d := first; !d.After(last); d = d.Add(1) {
		out.Days = append(out.Days, sch.Day(d, taken))
	}
	return out, nil
}

// occupied returns what is taken of units for somebody whose own cells count as free: from memory, or from the database while the memory is not ready,
// which can leave out one holder only.
func (s *Service) occupied(ctx context.Context, sch Schedule, units []ids.Unit, from, to int64, own []Own) (Occupancy, error) {
	o, now := sch.Config.Org.ID, sch.Now.Unix()
	if s.Board.Ready(o) {
		return s.Board.View(o, now, own...), nil
	}
	holder := ""
	for _, mine := range own {
		if holder == "" || mine.Booked {
			holder = mine.Holder
		}
	}
	return s.Store.Occupied(ctx, o, units, from, to, now, holder)
}

// ownCells are the cells of an appointment that is to be moved; none when it is not booked.
func (s *Service) ownCells(ctx context.Context, o ids.Org, id ids.Appointment) ([]Own, error) {
	a, err := s.Store.Appointment(ctx, o, id)
	if st := a.StatusAt(s.Now().Unix()); err != nil || st == Cancelled || st == Lapsed {
		return nil, err
	}
	return []Own{{Cells: Cells{a.Unit, string(a.ID), a.Start, a.BusyUntil}, Booked: a.Status == Booked}}, nil
}

// FirstFree returns the days from today on, up to the first on which the wanted number of free times is reached, or to the horizon. It reads a few
// weeks at a time, because the first free time is usually near.
func (s *Service) FirstFree(ctx context.Context, sch Schedule, want int, moving ids.Appointment) (Times, error) {
	const chunk = 21
	out := Times{Schedule: sch}
	last := sch.LastDay()
	for first := sch.Today(); !first.After(last); first = first.Add(chunk) {
		end := first.Add(chunk - 1)
		if end.After(last) {
			end = last
		}
		t, err := s.Between(ctx, sch, first, end, moving)
		if err != nil {
			return Times{}, err
		}
		out.Days = append(out.Days, t.Days...)
		if out.Free() >= want {
			break
		}
	}
	return out, nil
}

// Places returns the offices that offer a service with their first free times.
func (s *Service) Places(ctx context.Context, o ids.Org, service ids.Service, order PlaceOrder) (*catalog.Config, []Place, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	if _, err := c.Service(service); err != nil {
		return nil, nil, err
	}
	now := s.Now()
	var out []Place
	if cal := s.calendar(c, now); cal != nil {
		known, err := cal.placesOf(service, now.Unix())
		if err != nil {
			return nil, nil, err
		}
		out = slices.Clone(known.list)
	} else if out, err = s.searchPlaces(ctx, c, service, now); err != nil {
		return nil, nil, err
	}
	if order == ByFirst {
		sortPlaces(out)
	}
	return c, out, nil
}

// searchPlaces asks the database for each office's first free time.
func (s *Service) searchPlaces(ctx context.Context, c *catalog.Config, service ids.Service, now time.Time) ([]Place, error) {
	var out []Place
	for _, office := range c.OfficesOf(service) {
		sch, err := NewSchedule(c, service, office.ID, now)
		if err != nil {
			return nil, err
		}
		t, err := s.FirstFree(ctx, sch, 1, "")
		if err != nil {
			return nil, err
		}
		p := Place{Office: office}
		p.First, p.Any = t.First()
		p.First.Units = 0 // nobody asks how many
		out = append(out, p)
	}
	return out, nil
}

// Alternatives returns the n free times nearest to a start, two weeks around it, or else the first free ones.
func (s *Service) Alternatives(ctx context.Context, sch Schedule, start int64, n int, moving ids.Appointment) ([]FreeTime, error) {
	day := dateAt(sch, start)
	first, last := day.Add(-7), day.Add(7)
	if first.Before(sch.Today()) {
		first = sch.Today()
	}
	if last.After(sch.LastDay()) {
		last = sch.LastDay()
	}
	if !last.Before(first) {
		t, err := s.Between(ctx, sch, first, last, moving)
		if err != nil {
			return nil, err
		}
		if t.Free() > 0 {
			return Nearest(t.Days, start, n), nil
		}
	}
	t, err := s.FirstFree(ctx, sch, n, moving)
	if err != nil {
		return nil, err
	}
	return Nearest(t.Days, start, n), nil
}
