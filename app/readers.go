package app

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/web/my"
)

// readers tells a person who looked at their data.
type readers struct{ app *App }

// ReadersOf returns what staff and programs did with a person's data, the newest first.
func (r readers) ReadersOf(ctx context.Context, p ids.Person, most int) ([]my.Look, error) {
	entries, err := r.app.Store.AuditAbout(ctx, p, audit.Entry{}, most)
	if err != nil {
		return nil, err
	}
	var out []my.Look
	for _, e := range entries {
		if e.ActorKind != actor.KindStaff && e.ActorKind != actor.KindClient {
			continue
		}
		l := my.Look{At: e.AtMicros / 1_000_000, Org: e.Org, Action: string(e.Action)}
		if l.Reason, err = r.reason(ctx, p, e); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// reason is why somebody looked, in their words; empty when none was asked.
func (r readers) reason(ctx context.Context, p ids.Person, e audit.Entry) (string, error) {
	kept, err := r.app.Store.AuditReason(ctx, e.Org, e.ID)
	if fault.Is(err, fault.KindNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return r.app.Identity.OpenReason(ctx, p, e.Org, e.ID, kept.Sealed)
}
