package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"golang.org/x/mod/sumdb/tlog"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/store/db"
	"luukku/store/sqldb"
)

var _ audit.Log = (*Store)(nil)

// PutAudit writes entries in a transaction of their own: for readings, which change nothing else. What changes something writes its entries with the change.
func (s *Store) PutAudit(ctx context.Context, entries ...audit.Entry) error {
	err := s.quietTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldb.Tx) error {
		for _, e := range entries {
			if err := putAudit(ctx, q, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write audit: %w", err)
	}
	return nil
}

func putAudit(ctx context.Context, q *db.Queries, e audit.Entry) error {
	if err := e.Check(); err != nil {
		return err
	}
	detail, err := object(e.Detail)
	if err != nil {
		return err
	}
	err = q.PutAudit(ctx, db.PutAuditParams{
		Org: string(e.Org), ID: string(e.ID), AtUs: e.AtMicros, ActorKind: string(e.ActorKind), Actor: e.Actor, Action: string(e.Action),
		SubjectKind: e.SubjectKind, Subject: e.Subject, Detail: detail,
	})
	if err != nil || e.Reason == nil {
		return err
	}
	return q.PutAuditReason(ctx, db.PutAuditReasonParams{
		Org: string(e.Org), Audit: string(e.ID), Person: string(e.Reason.Person), Reason: e.Reason.Sealed,
	})
}

// AuditFilter narrows down what AuditOf returns.
type AuditFilter = audit.Filter

// AuditOf returns an organisation's entries, the newest first, at most so many: those before the entry with the id, or from the newest when it is empty. The
// entries have no reasons: see AuditReason.
func (s *Store) AuditOf(ctx context.Context, o ids.Org, f audit.Filter, before ids.Audit, most int) ([]audit.Entry, error) {
	if before == "" {
		before = "zzzzzzzzzzzzzzzzzzzzzzzzzzz" // longer than any, of the last letter
	}
	if f.UntilMicros == 0 {
		f.UntilMicros = math.MaxInt64
	}
	if f.Subject != "" {
		rows, err := s.read.AuditSubjectPage(ctx, db.AuditSubjectPageParams{
			Org: string(o), SubjectKind: f.SubjectKind, Subject: f.Subject, Before: string(before), FromUs: f.FromMicros, UntilUs: f.UntilMicros,
			Action: string(f.Action), Actor: f.Actor, Most: int32(most),
		})
		if err != nil {
			return nil, fmt.Errorf("read audit of %s: %w", o, s.fault(err))
		}
		return entries(rows)
	}
	rows, err := s.read.AuditPage(ctx, db.AuditPageParams{
		Org: string(o), Before: string(before), FromUs: f.FromMicros, UntilUs: f.UntilMicros, Action: string(f.Action), Actor: f.Actor,
		ActorKind: string(f.ActorKind), Most: int32(most),
	})
	if err != nil {
		return nil, fmt.Errorf("read audit of %s: %w", o, s.fault(err))
	}
	return entries(rows)
}

// AuditAbout returns what was done with a person's data, whichever organisation did it, the newest first, at most so many: those before an entry, or from the
// newest when it is the zero one.
func (s *Store) AuditAbout(ctx context.Context, p ids.Person, before audit.Entry, most int) ([]audit.Entry, error) {
	until := before.AtMicros
	if until == 0 {
		until = math.MaxInt64
	}
	rows, err := s.read.AuditAboutPerson(ctx, db.AuditAboutPersonParams{
		Person: string(p), BeforeUs: until, BeforeID: string(before.ID), Most: int32(most),
	})
	if err != nil {
		return nil, fmt.Errorf("read audit about a person: %w", s.fault(err))
	}
	return entries(rows)
}

// AuditReason returns the sealed reason that stands beside an entry, or NotFound "error.not_found".
func (s *Store) AuditReason(ctx context.Context, o ids.Org, id ids.Audit) (audit.Reason, error) {
	r, err := s.read.AuditReason(ctx, db.AuditReasonParams{Org: string(o), Audit: string(id)})
	if err != nil {
		return audit.Reason{}, s.found(err, "error.not_found", "read the reason of audit %s", id)
	}
	return audit.Reason{Person: ids.Person(r.Person), Sealed: r.Reason}, nil
}

// ErrNoHead says that nothing was sealed yet.
var ErrNoHead = errors.New("nothing is sealed in the audit log yet")

// AuditHead returns the newest head of the log, or ErrNoHead.
func (s *Store) AuditHead(ctx context.Context) (audit.Head, error) { return newestHead(ctx, s.read) }

func newestHead(ctx context.Context, q *db.Queries) (audit.Head, error) {
	h, err := q.NewestAuditHead(ctx)
	switch {
	case noRows(err):
		return audit.Head{}, ErrNoHead
	case err != nil:
		return audit.Head{}, fmt.Errorf("read the newest head of the audit log: %w", err)
	}
	return headOf(h), nil
}

// headOf reads a head as it is stored. A root of another length is nobody's root.
func headOf(h db.AuditHead) audit.Head {
	out := audit.Head{Size: h.Size, AtMicros: h.AtUs, Key: int(h.KeyVersion), Signature: h.Signature}
	if len(h.Root) == tlog.HashSize {
		out.Root = tlog.Hash(h.Root)
	}
	return out
}

// rowOf is what is sealed of a line.
func rowOf(a db.Audit) audit.Row {
	return audit.Row{
		Org: a.Org, ID: a.ID, AtMicros: a.AtUs, ActorKind: a.ActorKind, Actor: a.Actor, Action: a.Action, SubjectKind: a.SubjectKind, Subject: a.Subject,
		Detail: a.Detail,
	}
}

func entries(rows []db.Audit) ([]audit.Entry, error) {
	out := make([]audit.Entry, len(rows))
	for i, r := range rows {
		out[i] = audit.Entry{
			Org: ids.Org(r.Org), ID: ids.Audit(r.ID), AtMicros: r.AtUs, ActorKind: actor.Kind(r.ActorKind), Actor: r.Actor, Action: audit.Action(r.Action),
			SubjectKind: r.SubjectKind, Subject: r.Subject,
		}
		if err := json.Unmarshal([]byte(r.Detail), &out[i].Detail); err != nil {
			return nil, fmt.Errorf("read audit %s: %w", r.ID, err)
		}
	}
	return out, nil
}
