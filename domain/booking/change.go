package booking

import (
	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// Change is one hot change of this room as a value: what must hold, which cells are freed and taken, which rows are written. It is decided by the rules
// before any transaction begins; the store checks the preconditions and commits it whole or not at all. The order of its fields is the order of its
// effects.
type Change struct {
	Org ids.Org
	Now int64 // Unix seconds; one change has one now

	// Session is the hash of the session of the visitor who books; empty for everybody else.
	Session []byte
	// Form settles repeats: when its key was used, nothing else is done and the earlier result is the outcome.
	Form *Form
	// Limit is how many live appointments the contacts may have, this one included.
	Limit *Limit
	// Claim demands that the appointment is booked and unchanged since it was read; its sequence grows by one.
	Claim *Claim
	// Free gives back cells that a holder has. Cells it no longer has are no matter.
	Free []Cells
	// Take occupies one unit for the whole time: the first of the candidates whose cells can all be had.
	Take *Take
	// Prolong keeps a living hold until later.
	Prolong *Prolong

	// Keep takes cells that this change gives back for a freed time that is offered; where they are somebody's, nothing is kept. It comes after Take.
	Keep *Keep
	// Offer is what happens to a freed time that is there already.
	Offer *OfferChange

	PutPerson      *Person
	PutAppointment *Appointment // its Unit is filled in by Take
	SetTime        *Appointment // likewise
	SetDetails     *Appointment
	SetCancelled   *Appointment
	// SetStatus writes the status and the end of waiting: confirmed, or lapsed. SetOutcome writes what came of the visit.
	SetStatus  *Appointment
	SetOutcome *Appointment
	// Restored takes back that it was cancelled.
	Restored *Appointment
	// PutPIN gives the appointment the first of the candidates that nobody at the office has on that day, in place of what it had; DropPIN takes it away.
	PutPIN     *PIN
	DropPIN    ids.Appointment
	PutWaiting *Waiter
	SetWaiting *Waiter   // the state, and how many offers there were
	Contacts   *Contacts // the contacts of the appointment from now on
	PutHold    *Hold     // its Unit is filled in by Take
	DropHolds  []ids.Hold
	// LinksUntil prolongs the mailed links of the appointment.
	LinksUntil *LinksUntil

	Notices []notify.Notice
	Tasks   []Job
	Audit   []audit.Entry
	Topics  []string // for the change feed
}

// Form is a form key with what it is used for. Digest tells another request under the same key from the same one again.
type Form struct {
	Key       ids.FormKey
	Kind      string
	Digest    []byte
	Result    string
	ExpiresAt int64
}

// Limit bounds the live appointments of contacts, given as keyed hashes in ascending order.
type Limit struct {
	Contacts [][]byte
	Max      int
	Except   ids.Appointment // not counted: the appointment being changed
}

// Claim is the precondition of a change to an appointment: that it has its time, or, with Lapsed, that nobody confirmed it in time.
type Claim struct {
	ID       ids.Appointment
	Sequence int64
	Lapsed   bool
	// Cancelled demands that it was cancelled: it comes back.
	Cancelled bool
	// Held says that its cells have an end: it is pending or proposed.
	Held bool
}

// PIN is a kiosk PIN to be given to an appointment. Each candidate is a keyed hash, and the PIN sealed under the person's key.
type PIN struct {
	Appointment ids.Appointment
	Office      ids.Office
	Day         string // the local date
	Hashes      [][]byte
	Sealed      [][]byte

	plain []string
}

// Job is a durable task that is written with the change.
type Job struct {
	Kind  string
	Uniq  string
	Args  string // a JSON object
	RunAt int64  // Unix seconds
	Lane  int    // one of notify's
}

// Cells are the cells of one unit from From up to To, Unix seconds, that Holder has.
type Cells struct {
	Unit     ids.Unit
	Holder   string
	From, To int64
}

// Take asks for cells.
type Take struct {
	Units    []ids.Unit // in order of preference
	Holder   string
	From, To int64 // Unix seconds, To excluded
	// ExpiresAt is the last second of a hold; 0 for an appointment.
	ExpiresAt int64
}

// Prolong asks for a later end of a living hold.
type Prolong struct {
	Hold      Hold
	ExpiresAt int64
}

// Person is whoever the appointment is about, with the wrapped key that their data is sealed under.
type Person struct {
	ID         ids.Person
	WrappedKey []byte
}

// Contacts are the keyed hashes of an appointment's email and phone.
type Contacts struct {
	Appointment ids.Appointment
	Hashes      [][]byte
}

// LinksUntil says until when an appointment's links show it.
type LinksUntil struct {
	Appointment ids.Appointment
	ExpiresAt   int64
}

// Verdict is what became of a change.
type Verdict int

// The verdicts. Only Done changed anything.
const (
	Done      Verdict = iota
	Repeated          // the form key was used for this before: Result is what it led to then
	KeyReused         // the form key was used for something else
	Taken             // no candidate unit could be had
	Stale             // the appointment was changed or cancelled since it was read
	TooMany           // a contact has too many live appointments
	OfferGone         // the freed time went to somebody else, or its offers are over
	HoldGone          // the hold ran out before it could be prolonged
)

// Outcome is a verdict with its facts.
type Outcome struct {
	Verdict Verdict
	Unit    ids.Unit // the unit that was taken
	PIN     int      // which candidate became the PIN
	Kept    bool     // whether Keep kept its cells
	Result  string   // of the form key, for Done and Repeated
}
