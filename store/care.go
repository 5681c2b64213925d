package store

import (
	"context"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/domain/care"
	"luukku/domain/org"
	"luukku/store/db"
)

var _ care.Store = (*Store)(nil)

// The states of a care record.
const (
	careOn  = "on"
	careOff = "off"
)

// CareNow returns what holds of a person under an agenda, or NotFound "care.not_found".
func (s *Store) CareNow(ctx context.Context, o ids.Org, p ids.Person, agenda ids.Category) (care.Stored, error) {
	r, err := s.read.CareNow(ctx, db.CareNowParams{Org: string(o), Person: string(p), Agenda: string(agenda)})
	if err != nil {
		return care.Stored{}, s.found(err, "care.not_found", "read care")
	}
	return careOf(r)
}

// CareOf returns everything recorded of a person, by agenda, the newest first.
func (s *Store) CareOf(ctx context.Context, o ids.Org, p ids.Person) ([]care.Stored, error) {
	rows, err := s.read.CareOf(ctx, db.CareOfParams{Org: string(o), Person: string(p)})
	if err != nil {
		return nil, fmt.Errorf("read care: %w", s.fault(err))
	}
	return careList(rows)
}

// CareOfPerson is CareOf for every organisation, by organisation and agenda.
func (s *Store) CareOfPerson(ctx context.Context, p ids.Person) ([]care.Stored, error) {
	rows, err := s.read.CareOfPerson(ctx, string(p))
	if err != nil {
		return nil, fmt.Errorf("read care: %w", s.fault(err))
	}
	return careList(rows)
}

func careList(rows []db.Care) (out []care.Stored, err error) {
	out = make([]care.Stored, len(rows))
	for i, r := range rows {
		if out[i], err = careOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func careOf(r db.Care) (care.Stored, error) {
	out := care.Stored{Sealed: r.Needs, Record: care.Record{
		Org: ids.Org(r.Org), Person: ids.Person(r.Person), Agenda: ids.Category(r.Agenda), Version: r.Version, Off: r.State == careOff,
		Source: care.Source(r.Source), By: ids.Staff(r.RecordedBy), At: r.CreatedAt,
	}}
	var err error
	if out.From, err = org.ParseDate(r.FromDate); err != nil {
		return out, fmt.Errorf("read care: %w", err)
	}
	if r.UntilDate == "" {
		return out, nil
	}
	if out.Until, err = org.ParseDate(r.UntilDate); err != nil {
		return out, fmt.Errorf("read care: %w", err)
	}
	return out, nil
}

// PutCare adds a record with its line of the audit log; false when the version is there already.
func (s *Store) PutCare(ctx context.Context, r care.Stored, e audit.Entry) (bool, error) {
	p := db.PutCareParams{
		Org: string(r.Org), Person: string(r.Person), Agenda: string(r.Agenda), Version: r.Version, State: careOn, FromDate: r.From.String(),
		Needs: r.Sealed, Source: string(r.Source), RecordedBy: string(r.By), CreatedAt: r.At,
	}
	if r.Off {
		p.State = careOff
	}
	if !r.Until.IsZero() {
		p.UntilDate = r.Until.String()
	}
	var made bool
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.PutCare(ctx, p)
		if made = n == 1; err != nil || !made {
			return err
		}
		return putAudit(ctx, q, e)
	})
	if err != nil {
		return false, fmt.Errorf("record care: %w", err)
	}
	return made, nil
}
