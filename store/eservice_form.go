package store

import (
	"context"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/blueprint"
	"luukku/domain/eservice"
	"luukku/domain/form"
	"luukku/store/db"
)

// documents puts what is in force into the forms of an organisation.
func (v blueprintView) documents(ctx context.Context, o *blueprint.Organisation) error {
	for i := range o.Forms {
		r, err := v.q.FormDocumentAt(ctx, db.FormDocumentAtParams{Org: string(o.ID), Form: string(o.Forms[i].ID), At: v.store.opts.Now().Unix()})
		if noRows(err) {
			continue
		}
		if err != nil {
			return err
		}
		d, mistake := form.Open([]byte(r.Document))
		if mistake != nil {
			return fmt.Errorf("version %d of form %s is no document", r.Number, o.Forms[i].ID)
		}
		o.Forms[i].Document = d.Layout()
	}
	return nil
}

// putFormVersions numbers and adds the versions of a change. Whoever configures has the lock, so that nobody else counts.
func putFormVersions(ctx context.Context, q *db.Queries, c blueprint.Change) error {
	for _, f := range c.Forms {
		n, err := q.NewestFormVersion(ctx, db.NewestFormVersionParams{Org: string(f.Org), Form: string(f.Form)})
		if err != nil {
			return err
		}
		err = q.AddFormVersion(ctx, db.AddFormVersionParams{
			Org: string(f.Org), Form: string(f.Form), Number: n + 1, Digest: f.Digest, FromAt: f.From, Document: string(f.Document), Note: f.Note, MadeAt: c.Now, MadeBy: string(f.By),
		})
		if err != nil {
			return fmt.Errorf("add a version of form %s: %w", f.Form, err)
		}
	}
	return nil
}

// FormVersions returns the versions of a form, the newest first, without what they ask.
func (s *Store) FormVersions(ctx context.Context, o ids.Org, f ids.Form) ([]eservice.Version, error) {
	rows, err := s.read.FormVersions(ctx, db.FormVersionsParams{Org: string(o), Form: string(f)})
	if err != nil {
		return nil, fmt.Errorf("read versions of form %s: %w", f, s.fault(err))
	}
	out := make([]eservice.Version, len(rows))
	for i, r := range rows {
		out[i] = eservice.Version{Org: o, Form: f, Number: r.Number, Digest: r.Digest, From: r.FromAt, Note: r.Note, MadeAt: r.MadeAt, MadeBy: ids.Staff(r.MadeBy)}
	}
	return out, nil
}

// FormVersion returns a version with what it asks, or NotFound "forms.no_version".
func (s *Store) FormVersion(ctx context.Context, o ids.Org, f ids.Form, number int64) (eservice.Version, error) {
	r, err := s.read.FormVersion(ctx, db.FormVersionParams{Org: string(o), Form: string(f), Number: number})
	if noRows(err) {
		return eservice.Version{}, fault.NotFound("forms.no_version")
	}
	if err != nil {
		return eservice.Version{}, fmt.Errorf("read version %d of form %s: %w", number, f, s.fault(err))
	}
	return eservice.Version{
		Org: o, Form: f, Number: r.Number, Digest: r.Digest, From: r.FromAt, Document: []byte(r.Document), Note: r.Note, MadeAt: r.MadeAt, MadeBy: ids.Staff(r.MadeBy),
	}, nil
}
