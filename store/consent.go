package store

import (
	"context"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/consent"
	"luukku/domain/notify"
	"luukku/store/db"
)

var _ consent.Store = (*Store)(nil)

// ConsentsOf returns what was said of an address, in its order.
func (s *Store) ConsentsOf(ctx context.Context, o ids.Org, key []byte) ([]consent.Row, error) {
	rows, err := s.read.ConsentsOf(ctx, db.ConsentsOfParams{Org: string(o), AddressKey: key})
	if err != nil {
		return nil, fmt.Errorf("read consents: %w", s.fault(err))
	}
	out := make([]consent.Row, len(rows))
	for i, r := range rows {
		out[i] = consent.Row{
			ID: r.ID, Channel: notify.Channel(r.Channel), Scope: consent.Scope(r.Scope), Given: r.Given != 0, At: r.At, Basis: consent.Basis(r.Basis),
			ByKind: actor.Kind(r.ByKind), By: r.ByID,
		}
	}
	return out, nil
}

// PutConsents adds to what was said of an address, with the lines of the audit log.
func (s *Store) PutConsents(ctx context.Context, o ids.Org, key []byte, list []consent.Row, entries ...audit.Entry) error {
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		for _, r := range list {
			given := int64(0)
			if r.Given {
				given = 1
			}
			err := q.PutConsent(ctx, db.PutConsentParams{
				Org: string(o), AddressKey: key, ID: r.ID, Channel: string(r.Channel), Scope: string(r.Scope), Given: given, At: r.At, Basis: string(r.Basis),
				ByKind: string(r.ByKind), ByID: r.By,
			})
			if err != nil {
				return err
			}
		}
		for _, e := range entries {
			if err := putAudit(ctx, q, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write consents: %w", err)
	}
	return nil
}
