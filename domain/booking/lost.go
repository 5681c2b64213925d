package booking

import (
	"context"

	"luukku/base/ids"
)

// Lost returns the fault with which Pick would refuse a time of the calendar to a session, "booking.taken", when that is certain from memory; nil leaves
// it to Pick. The database is not asked, and nothing is written. A nil session is somebody who holds nothing.
func (s *Service) Lost(sch Schedule, start int64, session []byte) error {
	slot, err := s.checkSlot(sch, start)
	if err != nil || !s.Board.Gone(sch.Config.Org.ID, slot, sch.Busy(), sch.Now.Unix(), session) {
		return nil
	}
	return taken(sch, start)
}

// PlacesStamp returns the stamp of what the page of a service's places follows from: the configuration, the first free time at each office, the day. Ok
// is false while the memory is not ready: then nothing is to be kept. An unknown service is NotFound.
func (s *Service) PlacesStamp(ctx context.Context, o ids.Org, service ids.Service) (stamp Stamp, ok bool, err error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Stamp{}, false, err
	}
	if _, err := c.Service(service); err != nil {
		return Stamp{}, false, err
	}
	now := s.Now()
	cal := s.calendar(c, now)
	if cal == nil {
		return Stamp{}, false, nil
	}
	p, err := cal.placesOf(service, now.Unix())
	if err != nil {
		return Stamp{}, false, err
	}
	return Stamp{Key: StampKey{Config: c.Version, Places: p.sum, Day: cal.today(now.Unix()).begin}, Until: p.until}, true, nil
}
