package booking

import (
	"cmp"
	"context"
	"slices"

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
		n += len(d.Slots)
	}
	return n
}

// First returns the first free time; ok is false when there is none.
func (t Times) First() (slot Slot, ok bool) {
	for _, d := range t.Days {
		if len(d.Slots) > 0 {
			return d.Slots[0], true
		}
	}
	return Slot{}, false
}

// Schedule returns the schedule of a service at an office as of now, or NotFound.
func (s *Service) Schedule(ctx context.Context, o ids.Org, service ids.Service, office ids.Office) (Schedule, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Schedule{}, err
	}
	return NewSchedule(c, service, office, s.Now())
}

// Between returns the free times of the days from first to last, both included. Cells that moving (an appointment's id, or "") occupies count as free.
func (s *Service) Between(ctx context.Context, sch Schedule, first, last org.Date, moving ids.Appointment) (Times, error) {
	if days := first.DaysTo(last); days < 0 || days > 400 {
		return Times{}, fault.Invalid("booking.bad_range", nil)
	}
	from, to := sch.Window(first, last)
	busy, err := s.Store.Occupied(ctx, sch.Config.Org.ID, sch.UnitIDs(), from, to, sch.Now.Unix(), string(moving))
	if err != nil {
		return Times{}, err
	}
	out := Times{Schedule: sch}
	for d := first; !d.After(last); d = d.Add(1) {
		out.Days = append(out.Days, sch.Day(d, busy))
	}
	return out, nil
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

// Place is an office that offers a service, with its first free time.
type Place struct {
	Office *org.Office
	First  Slot
	// Any is false when no time is free up to the horizon.
	Any bool
}

// PlaceOrder is how places are sorted.
type PlaceOrder string

// The orders of places.
const (
	ByFirst PlaceOrder = "first" // by first free time
	ByName  PlaceOrder = "place" // by group and name, as the organisation lists them
)

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
	for _, office := range c.OfficesOf(service) {
		sch, err := NewSchedule(c, service, office.ID, now)
		if err != nil {
			return nil, nil, err
		}
		t, err := s.FirstFree(ctx, sch, 1, "")
		if err != nil {
			return nil, nil, err
		}
		p := Place{Office: office}
		p.First, p.Any = t.First()
		out = append(out, p)
	}
	if order == ByFirst {
		slices.SortStableFunc(out, func(a, b Place) int {
			if a.Any != b.Any {
				if a.Any {
					return -1
				}
				return 1
			}
			return cmp.Compare(a.First.Start, b.First.Start)
		})
	}
	return c, out, nil
}

// Alternatives returns the n free times nearest to a start, two weeks around it, or else the first free ones.
func (s *Service) Alternatives(ctx context.Context, sch Schedule, start int64, n int, moving ids.Appointment) ([]Slot, error) {
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
