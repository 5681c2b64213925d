package booking

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/folder"
)

// Store is what the room needs of storage.
type Store interface {
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
