package hours

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/org"
)

// Load is how much of an office's time is booked in a week: seconds of all its units together, of the days of the month that was asked for.
type Load struct {
	Week          org.Week
	Booked, Total int64
	Appointments  int
}

// Month returns the weeks of the month that a date is in. Days of a week that are another month's don't count.
func (s *Service) Month(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, in org.Date) ([]Load, error) {
	if err := may(who, o, office); err != nil {
		return nil, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	f, err := c.Office(office)
	if err != nil {
		return nil, err
	}
	units := make([]ids.Unit, len(f.Units))
	for i := range f.Units {
		units[i] = f.Units[i].ID
	}
	year, month, _ := in.YMD()
	first, err := org.MakeDate(year, month, 1)
	if err != nil {
		return nil, err
	}
	after := first
	for _, m, _ := after.YMD(); m == month; _, m, _ = after.YMD() {
		after = after.Add(1)
	}
	from, to := first.At(0, c.Zone()).Unix(), after.At(0, c.Zone()).Unix()
	taken, err := s.Store.Occupied(ctx, o, units, booking.FirstCell(from), booking.LastCell(to), s.Now().Unix(), "")
	if err != nil {
		return nil, err
	}
	list, err := s.Store.AppointmentsAt(ctx, o, office, from, to, mostOfMonth)
	if err != nil {
		return nil, err
	}
	var out []Load
	for d := first; d.Before(after); d = d.Add(1) {
		if len(out) == 0 || out[len(out)-1].Week != d.ISOWeek() {
			out = append(out, Load{Week: d.ISOWeek()})
		}
		l := &out[len(out)-1]
		begin, end := d.At(0, c.Zone()).Unix(), d.Add(1).At(0, c.Zone()).Unix()
		for _, a := range list {
			if a.Status == booking.Booked && begin <= a.Start && a.Start < end {
				l.Appointments++
			}
		}
		for i := range f.Units {
			for _, span := range org.OpenSpans(c.Org, *f, f.Units[i], "", d, c.Zone()) {
				l.Total += span.Seconds()
				firstCell, endCell := span.Cells()
				for cell := firstCell; cell < endCell; cell++ {
					if taken.AnyIn(f.Units[i].ID, cell, cell+1) {
						l.Booked += booking.CellSeconds
					}
				}
			}
		}
	}
	return out, nil
}

// mostOfMonth is how many appointments of a month are counted.
const mostOfMonth = 100_000
