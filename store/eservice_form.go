package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/audit"
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
	if b := c.Built; b.Form != "" {
		if err := endBuilding(ctx, q, b); err != nil {
			return err
		}
	}
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

// endBuilding drops the states of a form that was built, if nobody changed or published it meanwhile.
func endBuilding(ctx context.Context, q *db.Queries, b blueprint.FormBuilt) error {
	n, err := q.NewestFormVersion(ctx, db.NewestFormVersionParams{Org: string(b.Org), Form: string(b.Form)})
	if err != nil {
		return err
	}
	if n != b.Base {
		return fault.Conflict("forms.published", nil)
	}
	return dropEdits(ctx, q, b.Org, b.Form, b.Seq)
}

// dropEdits drops the states of a form that is being built, if the newest is the one that was seen.
func dropEdits(ctx context.Context, q *db.Queries, o ids.Org, f ids.Form, seq int64) error {
	// Who adds a state has the one before it: of dropping it and adding to it only one is done.
	_, err := q.LockFormEdit(ctx, db.LockFormEditParams{Org: string(o), Form: string(f), Seq: seq})
	var r db.NewestFormEditRow
	if err == nil {
		r, err = q.NewestFormEdit(ctx, db.NewestFormEditParams{Org: string(o), Form: string(f)})
	}
	if noRows(err) || (err == nil && r.Seq != seq) {
		return fault.Conflict("forms.edited", nil)
	}
	if err != nil {
		return err
	}
	_, err = q.DropFormEdits(ctx, db.DropFormEditsParams{Org: string(o), Form: string(f), Seq: seq})
	return err
}

// FormEdits returns the forms of an organisation that are being built, each as it stands.
func (s *Store) FormEdits(ctx context.Context, o ids.Org) ([]eservice.Edit, error) {
	rows, err := s.read.FormEdits(ctx, string(o))
	if err != nil {
		return nil, fmt.Errorf("read forms that are being built: %w", s.fault(err))
	}
	out := make([]eservice.Edit, len(rows))
	for i, r := range rows {
		out[i] = eservice.Edit{Org: o, Form: ids.Form(r.Form), Seq: r.Seq, Before: r.Before, Base: r.Base, MadeAt: r.MadeAt, MadeBy: ids.Staff(r.MadeBy)}
		if err := json.Unmarshal([]byte(r.Doc), &out[i].Built); err != nil {
			return nil, fmt.Errorf("form %s: %w", r.Form, err)
		}
	}
	return out, nil
}

// FormEdit returns a state of a form that is being built, the newest for seq 0; NotFound "forms.not_built" when there is none.
func (s *Store) FormEdit(ctx context.Context, o ids.Org, f ids.Form, seq int64) (eservice.Edit, error) {
	var r db.NewestFormEditRow
	var err error
	if seq == 0 {
		r, err = s.read.NewestFormEdit(ctx, db.NewestFormEditParams{Org: string(o), Form: string(f)})
	} else {
		var one db.FormEditRow
		one, err = s.read.FormEdit(ctx, db.FormEditParams{Org: string(o), Form: string(f), Seq: seq})
		r = db.NewestFormEditRow(one)
	}
	if noRows(err) {
		return eservice.Edit{}, fault.NotFound("forms.not_built")
	}
	if err != nil {
		return eservice.Edit{}, fmt.Errorf("read form %s as it is built: %w", f, s.fault(err))
	}
	e := eservice.Edit{Org: o, Form: f, Seq: r.Seq, Before: r.Before, Base: r.Base, MadeAt: r.MadeAt, MadeBy: ids.Staff(r.MadeBy)}
	return e, json.Unmarshal([]byte(r.Doc), &e.Built)
}

// keptEdits is how many states of a form that is built are kept to go back to.
const keptEdits = 50

// PutFormEdit adds a state to a form that is being built: Conflict "forms.edited" when there is one of its number, so that of two who change the same state one is told.
func (s *Store) PutFormEdit(ctx context.Context, e eservice.Edit, line audit.Entry) error {
	doc, err := json.Marshal(e.Built)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		if e.Seq > 1 {
			_, err := q.LockFormEdit(ctx, db.LockFormEditParams{Org: string(e.Org), Form: string(e.Form), Seq: e.Seq - 1})
			if noRows(err) {
				return fault.Conflict("forms.edited", nil) // it was published or dropped
			}
			if err != nil {
				return err
			}
		}
		n, err := q.AddFormEdit(ctx, db.AddFormEditParams{
			Org: string(e.Org), Form: string(e.Form), Seq: e.Seq, Before: e.Before, Base: e.Base, Doc: string(doc), MadeAt: e.MadeAt, MadeBy: string(e.MadeBy),
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Conflict("forms.edited", nil)
		}
		if _, err := q.DropFormEdits(ctx, db.DropFormEditsParams{Org: string(e.Org), Form: string(e.Form), Seq: e.Seq - keptEdits}); err != nil {
			return err
		}
		return putAudit(ctx, q, line)
	})
}

// DropFormEdits drops what is being built of a form: Conflict "forms.edited" when it is not the state that whoever drops it saw.
func (s *Store) DropFormEdits(ctx context.Context, o ids.Org, f ids.Form, seq int64, line audit.Entry) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		if err := dropEdits(ctx, q, o, f, seq); err != nil {
			return err
		}
		return putAudit(ctx, q, line)
	})
}
