package booking

import (
	"context"

	"luukku/base/ids"
)

// Stamp says how long an answer about the free times of a service at an office stays true. Two answers with the same Key are the same, as long as
// Until has not passed. Keys mean something within one process only.
type Stamp struct {
	Key StampKey
	// Until is the last Unix second in which the answer holds without anything being booked: then a hold runs out, a time comes too close, or a day begins.
	Until int64
}

// StampKey is what an answer follows from; it can be compared and be part of a map's key.
type StampKey struct {
	Config int64  // the configuration's version
	Times  uint64 // grows with each change of a unit of the office
	Places uint64 // tells which other office of the service has the earliest time, if that is earlier than here
	Day    int64  // the first second of the local date
	// Courses tells which courses an organisation runs, for pages that lead to them.
	Courses uint64
}

// Good reports whether an answer stamped s is still true at a moment.
func (s Stamp) Good(now int64) bool { return now <= s.Until }

// Stamp returns the stamp of everything that the page of free times of a service at an office follows from: the configuration, the office's times up to
// the horizon, the earliest place of the service, the day. Ok is false while the memory is not ready: then nothing is to be kept. Unknown ones are
// NotFound.
func (s *Service) Stamp(ctx context.Context, o ids.Org, service ids.Service, office ids.Office) (stamp Stamp, ok bool, err error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Stamp{}, false, err
	}
	t := s.Now()
	cal := s.calendar(c, t)
	if cal == nil {
		return Stamp{}, false, nil
	}
	of, err := cal.offer(service, office)
	if err != nil {
		return Stamp{}, false, err
	}
	now := t.Unix()
	first := of.firstFree(now)
	everywhere, err := cal.placesOf(service, now)
	if err != nil {
		return Stamp{}, false, err
	}
	// The version is read before anything is shown: what changes after it makes the stamp an old one.
	stamp.Key = StampKey{Config: c.Version, Times: first.version, Places: everywhere.fingerprint(of, first), Day: cal.today(now).begin}
	stamp.Until = min(everywhere.until, first.until, of.cut(now), cal.today(now).end)
	return stamp, true, nil
}
