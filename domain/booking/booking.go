// Package booking is the room of appointments: free times, holds, bookings, changes, moves and cancellations.
//
// Its terms are those of FHIR scheduling where it has one: a Slot is a time that can be booked, an Appointment is a booked one. It promises that every
// rule is a pure function of policy, facts, request and now (rules.go, free.go), and that whoever books, by whatever door, goes through one Change value
// whose cells the database alone grants: a time is never booked twice. Deadlines are whole seconds, inclusive. Whether a hold has run out is decided
// when it is read or written, never by a timer.
//
// It leaves to the doors how things look, to domain/catalog what is offered, to domain/notify how people are told, and to the store how a Change is
// made durable.
package booking

import (
	"context"
	"sync/atomic"
	"time"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/planted"
	"luukku/base/seal"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/care"
)

// CellSeconds is the grain of the occupancy table: a unit is taken in cells of five minutes, numbered by Unix time / 300.
const CellSeconds = 300

// Status of an appointment (FHIR: Appointment.status).
type Status string

// The statuses. A pending or proposed appointment has its time until ExpiresAt, and not a second longer, whatever the database still says; Lapsed is
// written down when somebody gets round to it.
const (
	Pending   Status = "pending"  // saved, and waiting for its mailed link (S3.2)
	Proposed  Status = "proposed" // a pre-reservation, waiting for its person (S5.4)
	Booked    Status = "booked"
	Cancelled Status = "cancelled"
	Lapsed    Status = "lapsed" // nobody confirmed it in time
)

// Slot is a time that can be booked (FHIR: Slot): Unix seconds, end excluded.
type Slot struct {
	Start, End int64
	// Units are those that can take it, in the office's order.
	Units []ids.Unit
}

// Details are what a person tells when booking. Email, phone and note may be empty.
type Details struct {
	Name  string    `json:"name"`
	Email string    `json:"email"`
	Phone string    `json:"phone"` // E.164
	Lang  i18n.Lang `json:"lang"`  // of the service and of what is sent
	Note  string    `json:"note"`  // help needed at the visit; sealed under the person's key
	// Birth is the date of birth (YYYY-MM-DD), where the desk asked for it; sealed, and found by a keyed hash.
	Birth string `json:"birth,omitempty"`
	// Others are the names of those who come along in a visit of several people, a line for each.
	Others string `json:"others,omitempty"`
}

// Appointment is a booked time (FHIR: Appointment). Times are Unix seconds.
type Appointment struct {
	Org     ids.Org
	ID      ids.Appointment
	Service ids.Service
	Office  ids.Office
	Unit    ids.Unit
	Start   int64
	End     int64
	// BusyUntil is End plus the gap: the unit is kept free until then.
	BusyUntil int64
	Status    Status
	// ExpiresAt is the last second in which a pending or proposed appointment can be confirmed; 0 for every other.
	ExpiresAt int64
	// PIN is the kiosk's: 6 digits, unique at its office on its day; empty for none. It is sealed under the person's key.
	PIN string
	// Outcome is what came of the visit; empty while nobody has said.
	Outcome VisitOutcome
	// Person is the contact: whose key seals the note. Everybody who books has one, signed in or not.
	Person  ids.Person
	Details Details
	// Parts are what a visit of several people, or of several services, is made of; none for one person and one service.
	Parts []Part
	// Owner is in whose folder it is, the zero Owner in nobody's; MadeBy is who booked it for them, empty when they did so themselves.
	Owner  actor.Owner
	MadeBy ids.Person
	// Moves is how often it was moved online.
	Moves int
	// PolicyVersion is the version of the configuration that the appointment was made or last moved under.
	PolicyVersion int64
	// Sequence grows with every change: iCalendar's SEQUENCE, and the precondition of the next change.
	Sequence    int64
	CreatedAt   int64
	ChangedAt   int64
	CancelledAt int64
	CancelledBy string // "client" or "office"
	// Reason is why it was cancelled; sealed under the person's key.
	Reason string

	sealedNote, sealedReason, sealedPIN []byte
	sealedBirth, birthKey               []byte
}

// StatusAt is the status at a moment: what nobody confirmed in time has lapsed.
func (a Appointment) StatusAt(now int64) Status {
	if planted.Bug("confirm-late") {
		now--
	}
	if (a.Status == Pending || a.Status == Proposed) && now > a.ExpiresAt {
		return Lapsed
	}
	return a.Status
}

// VisitOutcome is what came of a visit.
type VisitOutcome string

// The outcomes.
const (
	OutcomeNone    VisitOutcome = ""
	OutcomeCame    VisitOutcome = "came"
	OutcomeNoShow  VisitOutcome = "noshow"
	OutcomePapers  VisitOutcome = "papers"  // came, but lacked documents
	OutcomeService VisitOutcome = "service" // came, but to the wrong service
)

// Hold is a time kept for somebody who is filling in a form. It is good up to and including ExpiresAt.
type Hold struct {
	Org       ids.Org
	ID        ids.Hold
	Service   ids.Service
	Office    ids.Office
	Unit      ids.Unit
	Start     int64
	End       int64
	BusyUntil int64
	ExpiresAt int64
	Session   []byte // hash of the visitor's session
	Extended  int64  // how many times more time was asked for
	CreatedAt int64
}

// Alive reports whether the hold still keeps its time at a moment.
func (h Hold) Alive(now int64) bool { return h.ID != "" && now <= h.ExpiresAt }

// Draft is a booking, or the move of one, on its way: what was chosen and typed so far.
type Draft struct {
	Org     ids.Org         `json:"-"`
	ID      ids.Draft       `json:"-"`
	Service ids.Service     `json:"service"`
	Office  ids.Office      `json:"office"`
	Start   int64           `json:"start"`
	Length  int64           `json:"length"` // seconds
	Details Details         `json:"details"`
	Hold    ids.Hold        `json:"hold,omitempty"`
	Moves   ids.Appointment `json:"moves,omitempty"` // the appointment that is being moved
	Wish    Wish            `json:"wish,omitzero"`   // at which units it may be
	Visit   Visit           `json:"visit,omitzero"`
	// Filled is whether the details were accepted once.
	Filled bool `json:"filled,omitempty"`

	// HoldUntil is the last second of the hold, 0 when nothing is held.
	HoldUntil int64 `json:"-"`
	// Done is the appointment that the draft became.
	Done ids.Appointment `json:"-"`
}

// End is when the drafted appointment would end, in Unix seconds.
func (d Draft) End() int64 { return d.Start + d.Length }

// DraftLife is how long a draft keeps what was typed, from the last time it was saved.
const DraftLife = 24 * time.Hour

// FormKeyLife is how long the same form gets the same answer.
const FormKeyLife = 24 * time.Hour

// LinkLife is how long after an appointment its code and mailed link still show it.
const LinkLife = 30 * 24 * time.Hour

// mostExtensions bounds how often one hold can be prolonged: a day and a half at the product's 15 minutes, far beyond the ten times of WCAG 2.2.1, and
// short of keeping a time for ever.
const mostExtensions = 150

// Service is the room: what doors call. Its fields are set once by app.
type Service struct {
	Store Store
	Gen   *ids.Gen
	Codes ids.CodeKeys
	Seals *seal.Keyring
	Guard *limit.CodeGuard
	Now   clock.Now
	// Care knows who is in care; nil is nobody.
	Care *care.Service
	// Access knows to whom the office has opened a service; nil is to nobody.
	Access *access.Service
	// Board is what is taken, in memory; nil asks the database each time. Whoever makes the Store keeps it true.
	Board *Board
	// Committed is told after each commit which task to start at once, so that a mail leaves within moments. May be nil.
	Committed func()
	// Reaches reports whether somebody who waits wants to hear of a time by a channel that reaches them. Nil takes it of everybody.
	Reaches func(ctx context.Context, e Waiter) (bool, error)

	turn atomic.Uint64 // spreads bookings over the free units
}

// Code returns the booking code of an appointment: 10 characters, the id seen through the installation's key.
func (s *Service) Code(id ids.Appointment) (string, error) { return s.Codes.Code(id) }
