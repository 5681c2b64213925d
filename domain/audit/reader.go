package audit

import (
	"context"
	"fmt"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Filter narrows down what is read of the log. What is empty narrows nothing down.
type Filter struct {
	Action               Action
	Actor                string
	ActorKind            actor.Kind
	SubjectKind, Subject string // both or neither; ActorKind does not count then
	FromMicros           int64  // Unix microseconds, from this one on
	UntilMicros          int64  // and before this one
}

// Log is what reading the log needs of storage.
type Log interface {
	// AuditOf returns an organisation's entries, the newest first, at most so many: those before an entry, or from the newest.
	AuditOf(ctx context.Context, o ids.Org, f Filter, before ids.Audit, most int) ([]Entry, error)
	PutAudit(ctx context.Context, entries ...Entry) error
}

// Reader shows the log to those who may read it, and writes down that they did.
type Reader struct {
	Log Log
	Gen *ids.Gen
	Now clock.Now
}

// Read returns entries of an organisation (of the installation for the empty one), the newest first, at most so many: those before an entry, or from the
// newest when it is empty. That somebody reads is itself a line, written before anything is shown. Reasons are not among what is read: they are for the
// person whom they are about.
func (r *Reader) Read(ctx context.Context, who actor.Actor, o ids.Org, f Filter, before ids.Audit, most int) ([]Entry, error) {
	if err := who.May(actor.AuditRead, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	kind, subject := "organisation", string(o)
	if o == "" {
		kind, subject = "installation", "installation"
	}
	detail := map[string]string{}
	for name, value := range map[string]string{"action": string(f.Action), "kind": string(f.ActorKind), "subject": f.Subject} {
		if plain(value) {
			detail[name] = value
		}
	}
	if err := r.Log.PutAudit(ctx, New(o, r.Gen.Audit(), r.Now().UnixMicro(), who, AuditWasRead, kind, subject, detail)); err != nil {
		return nil, err
	}
	list, err := r.Log.AuditOf(ctx, o, f, before, most)
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return list, nil
}
