package org

import (
	"time"

	"luukku/base/ids"
)

// WalkInNow reports whether somebody without an appointment is served at the office at the instant, for a service, and until when. Where the office has
// walk-in hours they alone count, and otherwise those of appointments.
func WalkInNow(o Organisation, office Office, service ids.Service, now time.Time, loc *time.Location) (until time.Time, open bool) {
	kind := Appointments
	if office.hasWalkIn() {
		kind = WalkIn
	}
	d := DateOf(now.In(loc))
	want := func(k Kind, services []ids.Service) bool { return k == kind && offers(services, service) }
	for _, s := range openings(o, office, d, absolute(d, loc), want) {
		if s.Contains(now.Unix()) {
			return time.Unix(s.End, 0).In(loc), true
		}
	}
	return time.Time{}, false
}

func (o Office) hasWalkIn() bool {
	for _, w := range o.Hours {
		if w.Kind == WalkIn {
			return true
		}
	}
	return false
}
