package model

import (
	"cmp"
	"slices"

	"luukku/domain/booking"
)

// The sequential model of a lobby: a few times at one office, bookings that wait for their mailed link, times that are set aside, clerks who book, move and
// cancel what they have looked at, and those who wait for a time that is given up. Each lobby has an office, a service and a waiting list of its own, so
// that a history can be told lobby by lobby.

// deed is what somebody asks for in a lobby.
type deed string

const (
	deedBook     deed = "book"      // a visitor, who must confirm by the mailed link
	deedDeskBook deed = "desk book" // a clerk, for somebody
	deedOver     deed = "book over" // likewise, beside the counters
	deedPropose  deed = "propose"   // a clerk sets a time aside
	deedConfirm  deed = "confirm"
	deedCancel   deed = "cancel"
	deedMove     deed = "move"  // a clerk moves what they have looked at
	deedLapse    deed = "lapse" // the task writes down that nobody confirmed
	deedJoin     deed = "join"
	deedLeave    deed = "leave"
	deedNext     deed = "offer next" // the task offers a freed time to who is next
	deedAccept   deed = "accept"
	deedDecline  deed = "decline"
	deedLook     deed = "look" // who has which time and who waits, asked when nothing else is going on
)

// request is something asked for. Now is the second in which all of it happened.
type request struct {
	deed   deed
	lobby  int
	slot   int
	visit  string
	seen   int64 // which state of the visit somebody has looked at; noSeen for who has not looked
	freed  string
	round  int64
	waiter string
	now    int64
}

const noSeen = int64(-1)

// outcome is what became of it: the key of a fault, or none, and what was committed. When it is unknown, it was committed or not.
type outcome struct {
	key     string
	unknown bool
	changed bool // something was committed
	id      string
	unit    int
	until   int64
	seq     int64
	kept    string   // the freed time that is kept for those who wait
	offered []string // to whom a freed time is offered
	over    bool     // it is for everybody again
	holders []holder
	line    []string
}

// place is a time at a unit; units from the lobby's number on are the lanes beside its counters.
type place struct{ slot, unit int }

// holder is who has a place: a visit or a freed time.
type holder struct {
	place
	id string
}

// meeting is an appointment in any state.
type meeting struct {
	id     string
	at     place
	status booking.Status
	until  int64
	seq    int64
}

func (v meeting) statusAt(now int64) booking.Status {
	if (v.status == booking.Pending || v.status == booking.Proposed) && now > v.until {
		return booking.Lapsed
	}
	return v.status
}

func (v meeting) has(now int64) bool {
	s := v.statusAt(now)
	return s == booking.Booked || s == booking.Pending || s == booking.Proposed
}

// freedTime is a time kept for those who wait, bid an offer of it, waiter one who waits.
type freedTime struct {
	id    string
	at    place
	state booking.FreedState
	round int64
	until int64
}

type bid struct {
	freed, waiter string
	round         int64
	state         booking.OfferState
	until         int64
	visit         string // that it became
}

type waiter struct {
	id      string
	since   int64
	waiting bool
	offers  int
}

// lobbyState is the state of a lobby. Whoever changes it changes a copy.
type lobbyState struct {
	visits []meeting
	freed  []freedTime
	bids   []bid
	line   []waiter
}

// changed is a list with an element in place of the one with the same key, or added.
func changed[T any](list []T, one T, same func(T) bool) []T {
	list = slices.Clone(list)
	if i := slices.IndexFunc(list, same); i >= 0 {
		list[i] = one
		return list
	}
	return append(list, one)
}

func (s lobbyState) withVisit(v meeting) lobbyState {
	s.visits = changed(s.visits, v, func(x meeting) bool { return x.id == v.id })
	slices.SortFunc(s.visits, func(a, b meeting) int { return cmp.Compare(a.id, b.id) })
	return s
}

func (s lobbyState) withFreed(f freedTime) lobbyState {
	s.freed = changed(s.freed, f, func(x freedTime) bool { return x.id == f.id })
	slices.SortFunc(s.freed, func(a, b freedTime) int { return cmp.Compare(a.id, b.id) })
	return s
}

func (s lobbyState) withBid(b bid) lobbyState {
	s.bids = changed(s.bids, b, func(x bid) bool { return x.freed == b.freed && x.waiter == b.waiter })
	slices.SortFunc(s.bids, func(a, b bid) int { return cmp.Or(cmp.Compare(a.freed, b.freed), cmp.Compare(a.waiter, b.waiter)) })
	return s
}

// withWaiter keeps the line in its order: who has waited longest comes first.
func (s lobbyState) withWaiter(w waiter) lobbyState {
	s.line = changed(s.line, w, func(x waiter) bool { return x.id == w.id })
	slices.SortFunc(s.line, func(a, b waiter) int { return cmp.Or(cmp.Compare(a.since, b.since), cmp.Compare(a.id, b.id)) })
	return s
}

func (s lobbyState) visit(id string) meeting {
	i := slices.IndexFunc(s.visits, func(v meeting) bool { return v.id == id })
	if i < 0 {
		return meeting{}
	}
	return s.visits[i]
}

func (s lobbyState) freedTime(id string) freedTime {
	i := slices.IndexFunc(s.freed, func(f freedTime) bool { return f.id == id })
	if i < 0 {
		return freedTime{}
	}
	return s.freed[i]
}

func (s lobbyState) bid(freed, waiter string) (bid, bool) {
	i := slices.IndexFunc(s.bids, func(b bid) bool { return b.freed == freed && b.waiter == waiter })
	if i < 0 {
		return bid{}, false
	}
	return s.bids[i], true
}

func (s lobbyState) waiter(id string) waiter {
	i := slices.IndexFunc(s.line, func(w waiter) bool { return w.id == id })
	if i < 0 {
		return waiter{}
	}
	return s.line[i]
}

// holder returns who has a place, leaving one out; empty is nobody.
func (s lobbyState) holder(at place, now int64, leave string) string {
	for _, v := range s.visits {
		if v.at == at && v.id != leave && v.has(now) {
			return v.id
		}
	}
	for _, f := range s.freed {
		if f.at == at && f.id != leave && f.state == booking.FreedOpen && now <= f.until {
			return f.id
		}
	}
	return ""
}

// remains reports whether somebody whose time has run out may still stand in the way of a place being kept for those who wait: nobody has swept up after them.
func (s lobbyState) remains(at place, now int64, leave string) bool {
	return slices.ContainsFunc(s.visits, func(v meeting) bool { return v.at == at && v.id != leave && v.status != v.statusAt(now) }) ||
		slices.ContainsFunc(s.freed, func(f freedTime) bool { return f.at == at && f.state == booking.FreedOpen && now > f.until })
}
