package booking

import (
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
)

// callHold is how long a time is kept for who is on the phone; each look at the page keeps it anew.
const callHold = 15 * time.Minute

// CallRequest asks to keep a time for the length of a call.
type CallRequest struct {
	Org     ids.Org
	Service ids.Service
	Office  ids.Office
	Start   int64 // Unix seconds
	// Unit is the only one that will do; empty for any.
	Unit ids.Unit
	// Visit is how many come and for what else.
	Visit Visit
}

// HoldForCall keeps a time for somebody on the phone, in place of what the clerk's session kept before. Faults: NotFound for who may not; what the calendar
// refuses; Conflict "booking.taken", after which nothing is kept.
func (s *Service) HoldForCall(ctx context.Context, who actor.Actor, r CallRequest) (Hold, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: r.Org, Office: r.Office}); err != nil {
		return Hold{}, err
	}
	if len(who.Session) == 0 {
		return Hold{}, fault.Invalid("form.no_cookie", nil)
	}
	sch, err := s.Schedule(ctx, r.Org, r.Service, r.Office)
	if err != nil {
		return Hold{}, err
	}
	if sch = sch.ForStaff(); r.Unit != "" {
		sch = sch.With(r.Unit)
	}
	if sch, err = sch.For(r.Visit); err != nil {
		return Hold{}, err
	}
	slot, err := s.checkSlot(sch, r.Start)
	if err != nil {
		return Hold{}, err
	}
	c, err := s.giveBack(ctx, who, r.Org, sch.Now.Unix())
	if err != nil {
		return Hold{}, err
	}
	own := ownOf(c)
	units, free, err := s.candidates(ctx, sch, slot, own, "")
	if err == nil && free == 0 {
		err = taken(sch, slot.Start)
	}
	if err != nil {
		return Hold{}, err
	}
	h := Hold{
		Org: r.Org, ID: s.Gen.Hold(), Service: r.Service, Office: r.Office, Start: slot.Start, End: slot.End, BusyUntil: slot.Start + sch.Busy(),
		ExpiresAt: c.Now + seconds(callHold), Session: who.Session, CreatedAt: c.Now,
	}
	c.PutHold = &h
	c.Take = &Take{Units: units, Holder: string(h.ID), From: h.Start, To: h.BusyUntil, ExpiresAt: h.ExpiresAt}
	c.Audit = []audit.Entry{s.entry(r.Org, who, audit.HoldTaken, "hold", string(h.ID), nil)}
	c.Topics = []string{topic(r.Org, r.Office, sch, slot.Start)}
	out, err := s.commit(ctx, c)
	if err != nil {
		return Hold{}, err
	}
	if out.Verdict != Done {
		return Hold{}, verdictFault(out.Verdict, sch, r.Start)
	}
	h.Unit = out.Unit
	return h, nil
}

// giveBack is a change that gives back what a session keeps.
func (s *Service) giveBack(ctx context.Context, who actor.Actor, o ids.Org, now int64) (Change, error) {
	c := Change{Org: o, Now: now}
	earlier, err := s.Store.HoldsOf(ctx, o, who.Session)
	for _, h := range earlier {
		c.Free = append(c.Free, Cells{h.Unit, string(h.ID), h.Start, h.BusyUntil})
		c.DropHolds = append(c.DropHolds, h.ID)
	}
	return c, err
}

// EndCall gives back what a clerk's session keeps.
func (s *Service) EndCall(ctx context.Context, who actor.Actor, o ids.Org) error {
	c, err := s.giveBack(ctx, who, o, s.Now().Unix())
	if err != nil || len(c.DropHolds) == 0 {
		return err
	}
	_, err = s.commit(ctx, c)
	return err
}

// HeldForCall returns what a clerk's session keeps now; ok is false for nothing.
func (s *Service) HeldForCall(ctx context.Context, who actor.Actor, o ids.Org) (h Hold, ok bool, err error) {
	if len(who.Session) == 0 {
		return Hold{}, false, nil
	}
	list, err := s.Store.HoldsOf(ctx, o, who.Session)
	now := s.Now().Unix()
	i := slices.IndexFunc(list, func(h Hold) bool { return h.Alive(now) })
	if err != nil || i < 0 {
		return Hold{}, false, err
	}
	return list[i], true, nil
}

// DeskSchedule is the schedule of a service at an office as staff book it: their share, no deadlines, and one unit alone when it is asked for.
func (s *Service) DeskSchedule(ctx context.Context, o ids.Org, service ids.Service, office ids.Office, unit ids.Unit) (Schedule, error) {
	sch, err := s.Schedule(ctx, o, service, office)
	if err != nil {
		return sch, err
	}
	if sch = sch.ForStaff(); unit != "" {
		sch = sch.With(unit)
	}
	return sch, nil
}

// FreePlace is a free time at an office.
type FreePlace struct {
	Office ids.Office
	FreeTime
}

// At how many offices the desk looks for first free times, and how far ahead.
const (
	mostPlacesSearched = 40
	searchedAhead      = 120
)

// FirstForStaff returns the first free times of a visit over all offices where a clerk may book and all of it can be had, in order: at most so many of each
// office, and so many in all.
func (s *Service) FirstForStaff(ctx context.Context, who actor.Actor, c *catalog.Config, service ids.Service, visit Visit, perOffice, most int) ([]FreePlace, error) {
	var out []FreePlace
	searched := 0
	for _, office := range c.OfficesOf(service) {
		if who.May(actor.BookingDesk, actor.Object{Org: c.Org.ID, Office: office.ID}) != nil {
			continue
		}
		if searched++; searched > mostPlacesSearched {
			break
		}
		sch, err := s.DeskSchedule(ctx, c.Org.ID, service, office.ID, "")
		if err != nil {
			return nil, err
		}
		if sch, err = sch.For(visit); err != nil {
			continue // not all of it can be had here
		}
		found, err := s.firstDays(ctx, sch, perOffice)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			out = append(out, FreePlace{office.ID, t})
		}
	}
	slices.SortStableFunc(out, func(a, b FreePlace) int { return int(a.Start - b.Start) })
	return out[:min(len(out), most)], nil
}

// firstDays looks through a few weeks at a time for the first times.
func (s *Service) firstDays(ctx context.Context, sch Schedule, most int) ([]FreeTime, error) {
	const chunk = 14
	var out []FreeTime
	end := sch.Today().Add(searchedAhead)
	if sch.LastDay().Before(end) {
		end = sch.LastDay()
	}
	for first := sch.Today(); !first.After(end) && len(out) < most; first = first.Add(chunk) {
		last := first.Add(chunk - 1)
		if last.After(end) {
			last = end
		}
		t, err := s.Between(ctx, sch, first, last, "")
		if err != nil {
			return nil, err
		}
		out = append(out, Spread(t.Days, sch.Zone(), most-len(out), 2, 1)...)
	}
	return out, nil
}
