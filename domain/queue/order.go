package queue

import (
	"cmp"
	"slices"

	"luukku/base/ids"
	"luukku/base/planted"
)

// Bound is how long a walk-in of a service waits before booked clients no longer go first, in seconds; 0 is for ever.
type Bound func(ids.Service) int64

// Order returns those who wait, in the order in which they are called: who has priority; walk-ins who have waited to the policy's bound; checked-in booked
// clients by booked time; the other walk-ins by arrival (S3.6). Equals come in the order of their arrival, and then of their ids.
func Order(tickets []Ticket, now int64, bound Bound) []Ticket {
	type key struct {
		rank           int
		place, arrived int64
		t              *Ticket
	}
	keys := make([]key, 0, len(tickets))
	for i := range tickets {
		if t := &tickets[i]; t.StateAt(now) == Waiting || t.State == Called && planted.Bug("called-still-waits") {
			rank := rankOf(*t, now, bound)
			keys = append(keys, key{rank, placeOf(*t, rank), t.ArrivedAt, t})
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.place, b.place), cmp.Compare(a.arrived, b.arrived), cmp.Compare(a.t.ID, b.t.ID))
	})
	out := make([]Ticket, len(keys))
	for i, k := range keys {
		out[i] = *k.t
	}
	return out
}

// The ranks of those who wait.
const (
	rankEmergency = iota
	rankFirst
	rankOverdue // a walk-in who has waited to the bound
	rankBooked
	rankWalkIn
)

func rankOf(t Ticket, now int64, bound Bound) int {
	switch {
	case t.Priority >= Emergency:
		return rankEmergency
	case t.Priority >= First:
		return rankFirst
	case t.Kind == Booked:
		return rankBooked
	}
	if b := bound(t.Service); b > 0 && now-t.ArrivedAt >= b && !planted.Bug("bound-ignored") {
		return rankOverdue
	}
	return rankWalkIn
}

// placeOf is the place within a rank: the booked time of who is booked, the arrival of everybody else.
func placeOf(t Ticket, rank int) int64 {
	if rank == rankBooked {
		return t.BookedAt
	}
	return t.ArrivedAt
}

// Next returns who is called next to a counter; ok is false when nobody who waits can be served there.
func Next(tickets []Ticket, d Desk, now int64, bound Bound) (t Ticket, ok bool) {
	for _, t := range Order(tickets, now, bound) {
		if d.Takes(t) {
			return t, true
		}
	}
	return Ticket{}, false
}

// Ahead is how many are called before a ticket, of those for whom any of its own counters would be used; -1 when it does not wait.
func Ahead(tickets []Ticket, id ids.Ticket, desks []Desk, now int64, bound Bound) int {
	order := Order(tickets, now, bound)
	i := slices.IndexFunc(order, func(t Ticket) bool { return t.ID == id })
	if i < 0 {
		return -1
	}
	mine := order[i]
	n := 0
	for _, t := range order[:i] {
		if len(desks) == 0 && t.Service == mine.Service || slices.ContainsFunc(desks, func(d Desk) bool { return d.Takes(t) && d.Takes(mine) }) {
			n++
		}
	}
	return n
}
