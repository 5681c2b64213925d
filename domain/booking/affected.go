package booking

import (
	"context"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Affected returns those of the appointments that lose their place when one configuration takes the place of another: the unit does not serve them any more for
// their whole length. One that had no place before, because it was kept as an exception, is affected only when the hours of its unit on that day are others now.
func Affected(before, after *catalog.Config, list []Listed) []Listed {
	var out []Listed
	for _, a := range list {
		if a.Status != Booked && a.Status != Proposed && a.Status != Pending {
			continue
		}
		had, was := placeOf(before, a)
		has, is := placeOf(after, a)
		if !has && (had || !slices.Equal(was, is)) {
			out = append(out, a)
		}
	}
	return out
}

// placeOf says whether an appointment's unit serves it for its whole length, and when the unit is open for its service on that day.
func placeOf(c *catalog.Config, a Listed) (ok bool, open []org.Span) {
	_, office, err := c.Offered(a.Service, a.Office)
	if err != nil {
		return false, nil
	}
	units := c.Units(a.Service, a.Office)
	i := slices.IndexFunc(units, func(u *org.Unit) bool { return u.ID == a.Unit })
	unit := &org.Unit{} // beside the counters the office's own hours count
	switch {
	case i >= 0:
		unit = units[i]
	case !strings.HasPrefix(string(a.Unit), string(a.Office)+"+"): // see OverUnit
		return false, nil
	}
	d := org.DateOf(time.Unix(a.Start, 0).In(c.Zone()))
	// Hours that run to midnight go on with those of the next day.
	open = org.OpenSpans(c.Org, *office, *unit, a.Service, d, c.Zone())
	for _, s := range org.OpenSpans(c.Org, *office, *unit, a.Service, d.Add(1), c.Zone()) {
		if n := len(open); n > 0 && open[n-1].End == s.Start {
			open[n-1].End = s.End
		}
	}
	return slices.ContainsFunc(open, func(s org.Span) bool { return s.Start <= a.Start && a.End <= s.End }), open
}

// Displaced is an appointment that loses its place, with the nearest time that it could have instead.
type Displaced struct {
	Appointment Appointment
	// To is the nearest free time at the same office under the new hours, Unix seconds; 0 when none is free.
	To int64
	// Mailed is whether there is an address to tell at.
	Mailed bool
	// Hidden is set for those whose data is protected when the reader may not see it: the appointment has its times and its unit, and nothing of whose it is.
	Hidden bool
}

// seenBy hides from an actor whose appointments are those of protected people.
func (s *Service) seenBy(ctx context.Context, who actor.Actor, list []Displaced) error {
	for i := range list {
		d := &list[i]
		a := d.Appointment
		d.Mailed = a.Details.Email != ""
		switch err := s.mayMeet(ctx, who, a); {
		case fault.IsKey(err, "person.protected"):
			d.Hidden = true
			d.Appointment = Appointment{Org: a.Org, ID: a.ID, Office: a.Office, Unit: a.Unit, Start: a.Start, End: a.End, Status: a.Status}
		case err != nil:
			return err
		}
	}
	return nil
}

// mostAhead is how far ahead appointments are looked for: farther than any horizon.
const mostAhead = 800 * 24 * time.Hour

// AffectedBy returns the appointments of an office still to come that lose their place when a configuration takes the place of another, each with the nearest
// time that is free and not proposed to another of them. That somebody reads this is written down. NotFound for who may not.
func (s *Service) AffectedBy(ctx context.Context, who actor.Actor, before, after *catalog.Config, office ids.Office) ([]Displaced, error) {
	o := before.Org.ID
	if err := who.May(actor.HoursEdit, actor.Object{Org: o, Office: office}); err != nil {
		return nil, err
	}
	now := s.Now()
	list, err := s.Store.AppointmentsAt(ctx, o, office, now.Unix(), now.Add(mostAhead).Unix(), mostAffected)
	if err != nil {
		return nil, err
	}
	var out []Displaced
	for _, l := range Affected(before, after, list) {
		a, err := s.Store.Appointment(ctx, o, l.ID)
		if err != nil {
			return nil, err
		}
		if a.StatusAt(now.Unix()) == Lapsed {
			continue
		}
		out = append(out, Displaced{Appointment: a})
	}
	if len(out) == 0 {
		return nil, nil
	}
	if err := s.listed(ctx, who, o, office); err != nil {
		return nil, err
	}
	if err := s.propose(ctx, after, out); err != nil {
		return nil, err
	}
	return out, s.seenBy(ctx, who, out)
}

// Displaced returns appointments of an office, in the order of the list, and for those that are to look for another time the nearest that is free. That
// somebody reads this is written down. NotFound for who may not.
func (s *Service) Displaced(ctx context.Context, who actor.Actor, c *catalog.Config, office ids.Office, list []ids.Appointment, look []bool) ([]Displaced, error) {
	o := c.Org.ID
	if err := who.May(actor.HoursEdit, actor.Object{Org: o, Office: office}); err != nil {
		return nil, err
	}
	out := make([]Displaced, len(list))
	given := Busy{}
	for i, id := range list {
		a, err := s.Store.Appointment(ctx, o, id)
		if err != nil {
			return nil, err
		}
		if out[i].Appointment = a; look[i] {
			if out[i].To, err = s.nearest(ctx, c, a, given); err != nil {
				return nil, err
			}
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	if err := s.seenBy(ctx, who, out); err != nil {
		return nil, err
	}
	return out, s.listed(ctx, who, o, office)
}

// OtherUnit returns a unit that is free at a time for an appointment which is at another one now; empty when there is none.
func (s *Service) OtherUnit(ctx context.Context, a Appointment, start int64) (ids.Unit, error) {
	sch, err := s.Schedule(ctx, a.Org, a.Service, a.Office)
	if err != nil {
		return "", err
	}
	sch = sch.ForMove(actor.System("hours"), a).Only(func(u *org.Unit) bool { return u.ID != a.Unit })
	slot, ok := sch.At(start)
	if !ok {
		return "", nil
	}
	taken, err := s.occupied(ctx, sch, slot.Units, FirstCell(start), LastCell(start+sch.Busy()), nil)
	if err != nil {
		return "", err
	}
	if free := sch.freeUnits(slot, taken); len(free) > 0 {
		return free[0], nil
	}
	return "", nil
}

// listed writes down that somebody saw whom a change of hours affects.
func (s *Service) listed(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office) error {
	detail := map[string]string{"why": "hours"}
	return s.Store.PutAudit(ctx, audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.AppointmentsListed, "office", string(office), detail))
}

// mostAffected is how many appointments of an office are looked at.
const mostAffected = 50_000

// propose finds each of the displaced a time that is free and not another's proposal: those whose time is soonest choose first.
func (s *Service) propose(ctx context.Context, after *catalog.Config, list []Displaced) error {
	given := Busy{}
	for i := range list {
		to, err := s.nearest(ctx, after, list[i].Appointment, given)
		if err != nil {
			return err
		}
		list[i].To = to
	}
	return nil
}

// Both is what is taken in either of two.
type bothOccupied struct{ a, b Occupancy }

// AnyIn reports whether some cell of a unit is taken.
func (o bothOccupied) AnyIn(u ids.Unit, first, last int64) bool {
	return o.a.AnyIn(u, first, last) || o.b.AnyIn(u, first, last)
}

// nearest returns the free time nearest to an appointment's own, and marks it as given; 0 when there is none. Where some unit speaks the appointment's language,
// it is at one of those.
func (s *Service) nearest(ctx context.Context, after *catalog.Config, a Appointment, given Busy) (int64, error) {
	sch, err := NewSchedule(after, a.Service, a.Office, s.Now())
	if err != nil {
		return 0, nil // it is not offered here any more
	}
	end := latest(sch.LastDay(), dateAt(sch, a.Start))
	sch = sch.ForMove(actor.System("hours"), a)
	if speaking := sch.As(Wish{Language: a.Details.Lang}); len(speaking.Units) > 0 {
		sch = speaking
	}
	const around = 14
	day, today := dateAt(sch, a.Start), sch.Today()
	for reach := 0; ; reach += around {
		// The days on both sides that have not been looked at yet.
		early := [2]org.Date{latest(day.Add(-reach-around), today), day.Add(-reach)}
		late := [2]org.Date{latest(day.Add(reach+1), today), soonest(day.Add(reach+around), end)}
		var days []DayTimes
		for _, r := range [...][2]org.Date{early, late} {
			more, err := s.freeDays(ctx, sch, r[0], soonest(r[1], end), given)
			if err != nil {
				return 0, err
			}
			days = append(days, more...)
		}
		if near := Nearest(days, a.Start, 1); len(near) > 0 {
			return near[0].Start, s.give(ctx, sch, near[0].Start, given)
		}
		if !day.Add(-reach-around).After(today) && !day.Add(reach+around).Before(end) {
			return 0, nil
		}
	}
}

func latest(a, b org.Date) org.Date {
	if a.Before(b) {
		return b
	}
	return a
}

func soonest(a, b org.Date) org.Date {
	if b.Before(a) {
		return b
	}
	return a
}

// freeDays are the days from first to last with what is free of them and not given.
func (s *Service) freeDays(ctx context.Context, sch Schedule, first, last org.Date, given Busy) ([]DayTimes, error) {
	if last.Before(first) {
		return nil, nil
	}
	from, to := sch.Window(first, last)
	taken, err := s.occupied(ctx, sch, sch.UnitIDs(), from, to, nil)
	if err != nil {
		return nil, err
	}
	var out []DayTimes
	for d := first; !d.After(last); d = d.Add(1) {
		out = append(out, sch.Day(d, bothOccupied{taken, given}))
	}
	return out, nil
}

// give marks a time as given on the first unit that is free for it.
func (s *Service) give(ctx context.Context, sch Schedule, start int64, given Busy) error {
	slot, ok := sch.At(start)
	if !ok {
		return nil
	}
	first, last := FirstCell(start), LastCell(start+sch.Busy())
	taken, err := s.occupied(ctx, sch, slot.Units, first, last, nil)
	if err != nil {
		return err
	}
	if free := sch.freeUnits(slot, bothOccupied{taken, given}); len(free) > 0 {
		for c := first; c < last; c++ {
			given.Add(free[0], c)
		}
	}
	return nil
}
