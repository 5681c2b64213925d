package queue

import (
	"context"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
)

// Appointment is what the lobby knows of an appointment. Nothing in it names anybody.
type Appointment struct {
	ID       ids.Appointment
	Service  ids.Service
	Office   ids.Office
	Unit     ids.Unit
	Start    int64
	Sequence int64
	Lang     i18n.Lang
	Owner    actor.Owner
	// Good is whether it stands: booked, and not cancelled, lapsed or waiting to be confirmed.
	Good bool
}

// Appointments is the room of appointments as the lobby sees it.
type Appointments interface {
	// ByPIN finds the appointment of a PIN at an office on its day (YYYY-MM-DD), or NotFound.
	ByPIN(ctx context.Context, o ids.Org, office ids.Office, day, pin string) (Appointment, error)
	// ByCode finds the appointment of what a QR code or a typed booking code says, wherever and whenever it is, or NotFound.
	ByCode(ctx context.Context, o ids.Org, code string) (Appointment, error)
	// ByID is for the desk.
	ByID(ctx context.Context, o ids.Org, id ids.Appointment) (Appointment, error)
}

// Reader is what the room reads, alike in and outside of a transaction.
type Reader interface {
	// Ticket returns a ticket, or NotFound "queue.no_ticket".
	Ticket(ctx context.Context, o ids.Org, id ids.Ticket) (Ticket, error)
	// TicketOf returns the ticket of an appointment, or NotFound.
	TicketOf(ctx context.Context, o ids.Org, a ids.Appointment) (Ticket, error)
	// LiveTickets returns an office's live tickets of a day, by arrival.
	LiveTickets(ctx context.Context, o ids.Org, office ids.Office, day string) ([]Ticket, error)
	// Tickets returns all tickets of a day, by arrival.
	Tickets(ctx context.Context, o ids.Org, office ids.Office, day string) ([]Ticket, error)
	// Steps returns what happened to a ticket, in its order; StepsOn what happened at an office on a day, by time.
	Steps(ctx context.Context, o ids.Org, id ids.Ticket) ([]Step, error)
	StepsOn(ctx context.Context, o ids.Org, office ids.Office, day string) ([]Step, error)
	// Counters returns the counters of an office at which somebody works.
	Counters(ctx context.Context, o ids.Org, office ids.Office) ([]Counter, error)
	// Alerts returns those that nobody has seen to yet, the newest first.
	Alerts(ctx context.Context, o ids.Org, office ids.Office) ([]Alert, error)
	// Messages returns those that are shown at a moment.
	Messages(ctx context.Context, o ids.Org, office ids.Office, now int64) ([]Message, error)
}

// Store is what the room needs of storage.
type Store interface {
	Reader
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	// SealedToken returns what opens to a ticket's token, or NotFound.
	SealedToken(ctx context.Context, o ids.Org, id ids.Ticket) ([]byte, error)
	// Resting returns the alerts of kiosks that began to rest at a moment or later, seen to or not.
	Resting(ctx context.Context, o ids.Org, office ids.Office, since int64) ([]Alert, error)
	// DarkSince returns the alerts of devices that were found dark at a moment or later, seen to or not.
	DarkSince(ctx context.Context, o ids.Org, office ids.Office, since int64) ([]Alert, error)
	// TicketByToken finds a ticket by the hash of what its paper and its page carry, or NotFound.
	TicketByToken(ctx context.Context, o ids.Org, hash []byte) (Ticket, error)
	// TicketsOfOwner returns the tickets in somebody's folder, the newest first, at most so many.
	TicketsOfOwner(ctx context.Context, of actor.Owner, most int) ([]Ticket, error)
	// Days returns the figures' raw material: all tickets of an office from a day to a day, both included (YYYY-MM-DD).
	Days(ctx context.Context, o ids.Org, office ids.Office, from, to string) ([]Ticket, error)
	// InTx runs do in one transaction and tells the open pages of the topics that it touched. It may run twice.
	InTx(ctx context.Context, do func(ctx context.Context, tx Tx) error) error
}

// Tx is one open transaction.
type Tx interface {
	Reader
	// NextNumber draws the next number of a range on a day, by FreeNumber.
	NextNumber(ctx context.Context, o ids.Org, office ids.Office, day string, r Range) (int, error)
	// NumberUnused reports whether nobody had a number of a range on a day. Nobody else draws or asks until the transaction ends.
	NumberUnused(ctx context.Context, o ids.Org, office ids.Office, day string, r Range, number int) (bool, error)
	// PutTicket makes a ticket with the hash of its token; false when its appointment has one on that day already.
	PutTicket(ctx context.Context, t Ticket, token, sealed []byte) (bool, error)
	// SetTicket writes a ticket whose Rev is the one that was read, and makes it one more; false when it has another by now.
	SetTicket(ctx context.Context, t Ticket) (bool, error)
	PutStep(ctx context.Context, s Step) error
	// SetCounter writes a counter whose Rev is the one that was read, 0 for one that is new; false when it has another by now.
	SetCounter(ctx context.Context, c Counter) (bool, error)
	// Counter returns a counter, its zero value with Rev 0 when nobody ever worked there.
	Counter(ctx context.Context, o ids.Org, office ids.Office, u ids.Unit) (Counter, error)
	// Arrived marks an appointment as come, if it still stands with the sequence that was read; false when it does not. Missed marks it as not come.
	Arrived(ctx context.Context, o ids.Org, a ids.Appointment, sequence, now int64) (bool, error)
	Missed(ctx context.Context, o ids.Org, a ids.Appointment, now int64) error
	// Came takes Missed back.
	Came(ctx context.Context, o ids.Org, a ids.Appointment, now int64) error
	PutAlert(ctx context.Context, a Alert) error
	// EndAlert says that somebody saw to it; false when it was seen to already.
	EndAlert(ctx context.Context, o ids.Org, id string, by ids.Staff, now int64) (bool, error)
	PutMessage(ctx context.Context, m Message) error
	DropMessage(ctx context.Context, o ids.Org, id string) error
	// UseForm remembers the answer to a form; used is the earlier answer when it was sent before.
	UseForm(ctx context.Context, o ids.Org, key ids.FormKey, kind string, digest []byte, result string, expires int64) (used string, again bool, err error)
	Audit(ctx context.Context, entries ...audit.Entry) error
	// Touch names an office whose lobby changed.
	Touch(o ids.Org, office ids.Office)
}
