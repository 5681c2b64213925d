package booking

import (
	"luukku/base/ids"
	"luukku/domain/waiting"
)

// Freed is a time that became free and is kept, cells and all, for those on the waiting list to whom it is offered.
type Freed struct {
	Org       ids.Org
	ID        ids.Freed
	Service   ids.Service
	Office    ids.Office
	Unit      ids.Unit
	Start     int64
	End       int64
	BusyUntil int64
	State     FreedState
	Round     int64 // how many turns of offering there were; the precondition of the next change
	ExpiresAt int64 // the last second in which its cells are kept: a little longer than the offers of the round are good
	CreatedAt int64
}

// FreedState is what became of a freed time.
type FreedState string

// The states.
const (
	FreedOpen  FreedState = "open"
	FreedTaken FreedState = "taken"
	FreedOver  FreedState = "over" // nobody wanted it: it is for everybody again
)

// cells are the cells that the freed time keeps.
func (f Freed) cells() Cells { return Cells{f.Unit, string(f.ID), f.Start, f.BusyUntil} }

// Offer is a freed time as it was offered to one who waits.
type Offer struct {
	Freed     ids.Freed
	Waiting   ids.Waiting
	Round     int64
	State     OfferState
	ExpiresAt int64
	CreatedAt int64
}

// OfferState is what became of an offer.
type OfferState string

// The states.
const (
	Offered  OfferState = "offered"
	Accepted OfferState = "accepted"
	Declined OfferState = "declined"
	Gone     OfferState = "gone" // somebody else answered first
)

// Keep keeps cells for a freed time from the moment in which they are given back.
type Keep struct {
	Freed Freed
}

// OfferChange changes a freed time. It demands that the freed time is open, in that round, and, to be accepted, that its offers are still good.
type OfferChange struct {
	Freed ids.Freed
	Round int64
	// Accept is whose offer is accepted, Decline whose is declined; empty for neither. Who accepts is served and waits no longer.
	Accept, Decline ids.Waiting
	// Put are offers of a new round.
	Put []Offer
	// ExpiresAt is the last second in which the cells are kept, in the new round or in the one that it is.
	ExpiresAt int64
	// Over gives the time back to everybody.
	Over bool
}

// Waiter is somebody on the waiting list.
type Waiter = waiting.Entry
