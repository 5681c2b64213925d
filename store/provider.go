package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/domain/identity"
	"luukku/store/db"
)

// Providers returns the means to sign in of an organisation, and then the installation's, each in their order.
func (s *Store) Providers(ctx context.Context, o ids.Org) ([]identity.Provider, error) {
	var out []identity.Provider
	for _, of := range []ids.Org{o, ""} {
		rows, err := s.read.ProvidersOf(ctx, string(of))
		if err != nil {
			return nil, fmt.Errorf("read providers: %w", s.fault(err))
		}
		for _, r := range rows {
			p, err := providerOf(r)
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
		if o == "" {
			break
		}
	}
	return out, nil
}

// Provider returns one means to sign in, or NotFound.
func (s *Store) Provider(ctx context.Context, o ids.Org, id ids.Provider) (identity.Provider, error) {
	r, err := s.read.Provider(ctx, db.ProviderParams{Org: string(o), ID: string(id)})
	if err != nil {
		return identity.Provider{}, s.found(err, "sign_in.no_provider", "read provider %s", id)
	}
	return providerOf(r)
}

func providerOf(r db.Provider) (identity.Provider, error) {
	p := identity.Provider{}
	if err := json.Unmarshal([]byte(r.Doc), &p); err != nil {
		return p, fmt.Errorf("read provider %s: %w", r.ID, err)
	}
	p.Org, p.ID, p.Position, p.Enabled, p.Secret = ids.Org(r.Org), ids.Provider(r.ID), int(r.Position), r.Enabled != 0, r.Secret
	return p, nil
}

// PutProvider writes a means to sign in over what was there.
func (s *Store) PutProvider(ctx context.Context, p identity.Provider, e audit.Entry) error {
	doc, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		err := q.PutProvider(ctx, db.PutProviderParams{
			Org: string(p.Org), ID: string(p.ID), Position: int64(p.Position), Enabled: number(p.Enabled), Doc: string(doc), Secret: p.Secret,
		})
		if err != nil {
			return err
		}
		return putAudit(ctx, q, e)
	})
}

// DropProvider takes a means to sign in away; false when it was not there.
func (s *Store) DropProvider(ctx context.Context, o ids.Org, id ids.Provider, e audit.Entry) (bool, error) {
	n := int64(0)
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		var err error
		if n, err = q.DropProvider(ctx, db.DropProviderParams{Org: string(o), ID: string(id)}); err != nil || n == 0 {
			return err
		}
		return putAudit(ctx, q, e)
	})
	return n == 1, err
}

// EIDKey is one of our keys towards providers, with its private part sealed.
type EIDKey struct {
	ID        string
	Use       string // "sig" or "enc"
	Alg       string
	Private   []byte
	CreatedAt int64
	RetiredAt int64 // 0 while it is used
}

// EIDKeys returns our keys towards providers, the oldest first.
func (s *Store) EIDKeys(ctx context.Context) ([]EIDKey, error) {
	rows, err := s.read.EIDKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", s.fault(err))
	}
	out := make([]EIDKey, len(rows))
	for i, r := range rows {
		out[i] = EIDKey{ID: r.ID, Use: r.UseFor, Alg: r.Alg, Private: r.Private, CreatedAt: r.CreatedAt, RetiredAt: r.RetiredAt}
	}
	return out, nil
}

// PutEIDKeys writes keys towards providers over what was there.
func (s *Store) PutEIDKeys(ctx context.Context, keys []EIDKey, e audit.Entry) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		for _, k := range keys {
			err := q.PutEIDKey(ctx, db.PutEIDKeyParams{
				ID: k.ID, UseFor: k.Use, Alg: k.Alg, Private: k.Private, CreatedAt: k.CreatedAt, RetiredAt: k.RetiredAt,
			})
			if err != nil {
				return err
			}
		}
		return putAudit(ctx, q, e)
	})
}
