package booking

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/folder"
	"luukku/domain/notify"
)

// Store is what the room needs of storage.
type Store interface {
	DeskStore
	// Config returns what an organisation has configured, or a NotFound fault.
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	// Occupied returns the taken cells of units in [from, to), holds that ran out before now aside, and what holder itself occupies aside.
	Occupied(ctx context.Context, o ids.Org, units []ids.Unit, from, to, now int64, holder string) (Busy, error)
	// Hold returns a hold, or a NotFound fault.
	Hold(ctx context.Context, o ids.Org, id ids.Hold) (Hold, error)
	// HoldsOf returns the holds of a session, expired ones included.
	HoldsOf(ctx context.Context, o ids.Org, session []byte) ([]Hold, error)
	// Draft returns the sealed draft, or a NotFound fault.
	Draft(ctx context.Context, o ids.Org, id ids.Draft) (SealedDraft, error)
	// PutDraft writes a draft over what was there.
	PutDraft(ctx context.Context, d SealedDraft) error
	// Appointment returns an appointment with its note and reason still sealed, or a NotFound fault.
	Appointment(ctx context.Context, o ids.Org, id ids.Appointment) (Appointment, error)
	// AppointmentsOf returns the appointments of an owner that begin at a moment (Unix seconds) or later, as entries of their folder.
	AppointmentsOf(ctx context.Context, o actor.Owner, since int64) ([]folder.Entry, error)
	// AppointmentsAt returns the appointments of an office that begin in [from, until), in the order of their time, at most so many.
	AppointmentsAt(ctx context.Context, o ids.Org, office ids.Office, from, until int64, most int) ([]Listed, error)
	// PutAudit writes lines of the audit log about what was read.
	PutAudit(ctx context.Context, entries ...audit.Entry) error
	// PersonKey returns the wrapped key of a person, or a NotFound fault; nil when the person was erased.
	PersonKey(ctx context.Context, p ids.Person) ([]byte, error)
	// FormResult returns what a form key led to; ok is false when the key is unknown or older than now.
	FormResult(ctx context.Context, o ids.Org, key ids.FormKey, now int64) (result string, ok bool, err error)
	// LinkSubject returns what a mailed link is about, or a NotFound fault when it is unknown or ran out before now.
	LinkSubject(ctx context.Context, hash []byte, now int64) (ids.Org, ids.Appointment, error)
	// CountNotices counts the notices of an event about an appointment.
	CountNotices(ctx context.Context, o ids.Org, id ids.Appointment, event notify.Event) (int, error)
	// Notice returns a notice, or NotFound. Undelivered returns those that could not be delivered and that nobody has looked at, the newest first; ToldOf all
	// of an appointment. The others say whether it was there.
	Notice(ctx context.Context, o ids.Org, id ids.Notice) (notify.Notice, error)
	// UnsubscribeSubject returns the notice whose mail carried a link to take consent back, or NotFound.
	UnsubscribeSubject(ctx context.Context, hash []byte, now int64) (ids.Org, ids.Notice, error)
	Undelivered(ctx context.Context, o ids.Org, most int) ([]Undelivered, error)
	ToldOf(ctx context.Context, o ids.Org, id ids.Appointment) ([]notify.Letter, error)
	ResendNotice(ctx context.Context, o ids.Org, id ids.Notice, by notify.Channel, now int64, entry audit.Entry) (bool, error)
	DropNotice(ctx context.Context, o ids.Org, id ids.Notice, now int64, entry audit.Entry) (bool, error)
	ResendText(ctx context.Context, o ids.Org, id ids.Text, now int64, entry audit.Entry) (bool, error)
	DropText(ctx context.Context, o ids.Org, id ids.Text, now int64, entry audit.Entry) (bool, error)
	// CountNoShows counts the visits from a moment on that somebody missed, by their contacts or their account.
	CountNoShows(ctx context.Context, o ids.Org, contacts [][]byte, account ids.Person, since int64) (int, error)
	// AnyWaiting reports whether somebody waits for a service, WaitingLine returns who does, those who have waited longest first, at most 1000.
	AnyWaiting(ctx context.Context, o ids.Org, service ids.Service) (bool, error)
	WaitingLine(ctx context.Context, o ids.Org, service ids.Service) ([]Waiter, error)
	// WaitingEntry returns somebody's place, or NotFound; WaitingOfAccount the places of an account that still wait.
	WaitingEntry(ctx context.Context, o ids.Org, id ids.Waiting) (Waiter, error)
	WaitingOfAccount(ctx context.Context, p ids.Person) ([]Waiter, error)
	// Freed returns a freed time, or NotFound; OffersOf its offers; OffersSince counts the offers to one who waits
	// since a moment, on whatever lists they are: by their number and their email address.
	Freed(ctx context.Context, o ids.Org, id ids.Freed) (Freed, error)
	OffersOf(ctx context.Context, o ids.Org, id ids.Freed) ([]Offer, error)
	OffersSince(ctx context.Context, o ids.Org, e Waiter, since int64) (int, error)
	// OfferSubject and WaitingSubject return what a link is about, or NotFound when it is unknown or ran out before now; texted is whether it was sent by text
	// message.
	OfferSubject(ctx context.Context, hash []byte, now int64) (ids.Org, string, error)
	WaitingSubject(ctx context.Context, hash []byte, now int64) (o ids.Org, w ids.Waiting, texted bool, err error)
	// Commit makes a change durable as one transaction, or says which of its preconditions did not hold; then nothing of it was done. An error means
	// that the change was not made, except fault key "error.unknown_outcome", after which only the form key can tell.
	Commit(ctx context.Context, c Change) (Outcome, error)
}

// SealedDraft is a draft as stored.
type SealedDraft struct {
	Org       ids.Org
	ID        ids.Draft
	Session   []byte
	Data      []byte
	ExpiresAt int64
}
