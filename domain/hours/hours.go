// Package hours is the room of changing an office's opening hours while people have appointments there.
//
// A Change is written down before anything else happens: what is to be otherwise, as an Edit of the hours that hold then. Whoever looks at it is told what it
// would do to the hours that hold now and who would lose their place (Plan); whoever carries it out (Carry) says what is to become of each of those. Then the hours
// are saved in one transaction, and after it each appointment is moved, cancelled or kept by booking's own use cases, with its notice. The room promises that a
// change is carried out once, that nobody's change is written over another's unseen, that nothing is saved while somebody affected has no choice made for them,
// and that what was not finished is known and can be gone on with: each appointment's form key is made from the change's, so that doing it twice does it once.
//
// What hours mean is left to domain/org, who is affected and where they could go to domain/booking, how hours are stored to domain/blueprint.
package hours

import (
	"context"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/domain/catalog"
)

// Change is a change of an office's opening hours.
type Change struct {
	Org       ids.Org
	ID        ids.HoursChange
	Office    ids.Office
	Edit      Edit
	By        ids.Staff
	CreatedAt int64 // Unix seconds
	// AppliedAt is when the hours were saved; 0 while it is a plan.
	AppliedAt int64
}

// Choice is what is to become of an appointment that loses its place.
type Choice string

// The choices.
const (
	Move   Choice = "move"   // to the time that was shown
	Cancel Choice = "cancel" // and tell
	Keep   Choice = "keep"   // as an exception: they are served although it is closed
)

// Valid reports whether the choice is one of the list.
func (c Choice) Valid() bool { return c == Move || c == Cancel || c == Keep }

// VisitState is how far the choice has been carried out.
type VisitState string

// The states of a visit.
const (
	Waiting VisitState = "waiting"
	Settled VisitState = "settled"
	// Failed says that the choice could not be carried out: another is to be made.
	Failed VisitState = "failed"
	// Gone says that there was nothing to do any more: the person had moved or cancelled it themselves.
	Gone VisitState = "gone"
)

// Visit is what was decided about one appointment.
type Visit struct {
	Appointment ids.Appointment
	Was         int64 // its start when the change was made, Unix seconds
	Choice      Choice
	To          int64 // the new start of a move
	State       VisitState
	SettledAt   int64
}

// Store is what the room needs of storage.
type Store interface {
	// Config returns what an organisation has configured, or a NotFound fault.
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	// PutHoursChange writes a new change, and drops plans of the organisation that were made before a moment (Unix seconds).
	PutHoursChange(ctx context.Context, c Change, dropBefore int64) error
	// HoursChange returns a change, or NotFound "hours.no_change".
	HoursChange(ctx context.Context, o ids.Org, id ids.HoursChange) (Change, error)
	// PutHoursVisits writes what was decided, over what was there.
	PutHoursVisits(ctx context.Context, o ids.Org, id ids.HoursChange, visits ...Visit) error
	// HoursVisits returns what was decided, in the order of the appointments' old times.
	HoursVisits(ctx context.Context, o ids.Org, id ids.HoursChange) ([]Visit, error)
	// OfficeHistory returns what was changed about an office's opening hours, the newest first: before a row, or from the newest, at most so many.
	OfficeHistory(ctx context.Context, o ids.Org, office ids.Office, before ids.Audit, most int) ([]blueprint.HistoryRow, error)
	// AppointmentsAt returns the appointments of an office that begin in [from, until), in the order of their time, at most so many.
	AppointmentsAt(ctx context.Context, o ids.Org, office ids.Office, from, until int64, most int) ([]booking.Listed, error)
	// Occupied returns the taken cells of units in [from, to), as booking.Store has it.
	Occupied(ctx context.Context, o ids.Org, units []ids.Unit, from, to, now int64, holder string) (booking.Busy, error)
}

// Service is the room. Its fields are set once by app.
type Service struct {
	Store      Store
	Booking    *booking.Service
	Blueprints *blueprint.Service
	Gen        *ids.Gen
	Now        clock.Now
}
