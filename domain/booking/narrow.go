package booking

import (
	"slices"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/org"
)

// staffHorizon is how far ahead staff book.
const staffHorizon = 400 * 24 * time.Hour

// ForStaff returns the schedule as staff see it: with the share of the units that is kept for them, up to the start, and days that are not open yet.
func (s Schedule) ForStaff() Schedule {
	s.staff = true
	s.Policy.Notice, s.Policy.Opens, s.Policy.Horizon = 0, 0, max(s.Policy.Horizon, staffHorizon)
	return s
}

// Only returns the schedule with those of its units that are wanted: who speak a language, who have a skill, the one professional.
func (s Schedule) Only(want func(*org.Unit) bool) Schedule {
	var units []*org.Unit
	for _, u := range s.Units {
		if want(u) {
			units = append(units, u)
		}
	}
	if len(units) == len(s.Units) {
		return s
	}
	if s.all == nil {
		s.all = s.Units
	}
	s.Units = units
	return s
}

// wanted reports whether a unit is one of the schedule's.
func (s Schedule) wanted(u ids.Unit) bool {
	return slices.ContainsFunc(s.Units, func(x *org.Unit) bool { return x.ID == u })
}

// walked reports whether times are looked for by walking: the memory has those of the offer's own length, as they are for everybody.
func (s Schedule) walked() bool { return s.staff || s.step != 0 }

// With returns the schedule with one unit alone.
func (s Schedule) With(u ids.Unit) Schedule {
	return s.Only(func(x *org.Unit) bool { return x.ID == u })
}

// Lasting returns the schedule with times of another length, such as that of a visit of several people. They begin where the service's own times begin.
func (s Schedule) Lasting(length time.Duration) Schedule {
	if length == s.Policy.Length {
		return s
	}
	if s.step == 0 {
		s.step = s.Busy()
	}
	s.Policy.Length = length
	return s
}

// ForMove returns the schedule in which an appointment is moved: times of its own length, at units that serve all that it is for, the same one where the
// policy says so; staff have their share.
func (s Schedule) ForMove(who actor.Actor, a Appointment) Schedule {
	if serves(who) || who.Kind == actor.KindSystem {
		s = s.ForStaff()
	} else if s.Config.PolicyAt(a.PolicyVersion, a.Service, a.Office).SameUnit {
		s = s.With(a.Unit)
	}
	s = s.serving(a.Visit().Also)
	if length := time.Duration(a.End-a.Start) * time.Second; length > 0 && length != s.Config.PolicyAt(a.PolicyVersion, a.Service, a.Office).Length {
		s = s.Lasting(length) // a visit of several people, or of several services
	}
	return s
}

// open returns a time with the units that can be booked by whoever asks: of those that are open then, the last ones of the office's order are kept for
// staff until the policy's release.
func (s Schedule) open(slot Slot) Slot {
	if share := s.Policy.StaffShare; share > 0 && !s.staff && slot.Start > releasedAt(s, s.Now.Unix()) {
		slot.Units = slices.Clip(slot.Units[:max(0, len(slot.Units)-share)])
	}
	if s.all != nil {
		slot.Units = slices.DeleteFunc(slices.Clone(slot.Units), func(u ids.Unit) bool { return !s.wanted(u) })
	}
	return slot
}

// releasedAt is the last second whose times are for everybody: the staff's share begins after it.
func releasedAt(s Schedule, now int64) int64 {
	if s.Policy.StaffRelease == 0 {
		return now - 1 // what has begun is nobody's any more
	}
	return now + seconds(s.Policy.StaffRelease)
}
