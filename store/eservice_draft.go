package store

import (
	"context"
	"encoding/json"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/notify"
	"luukku/store/db"
)

// formDrafts reads drafts of forms alike in and outside of a transaction.
type formDrafts struct {
	q     *db.Queries
	found func(err error, key, doing string, args ...any) error
	fault func(error) error
	// lock has whoever reads a draft wait for who changes it.
	lock bool
}

func (s *Store) formDrafts() formDrafts { return formDrafts{s.read, s.found, s.fault, false} }

func storedFormDraft(r db.FormDraft) eservice.Draft {
	return eservice.Draft{
		Org: ids.Org(r.Org), ID: ids.Submission(r.ID), Form: ids.Form(r.Form), Version: r.Version, Owner: actor.Owner{Person: ids.Person(r.Account.String), Company: ids.Company(r.Company.String)},
		MadeBy: ids.Person(r.MadeBy), By: ids.Staff(r.ByStaff), Lang: i18n.Lang(r.Lang), CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt, ExpiresAt: r.ExpiresAt, ToldAt: r.ToldAt, Seen: r.Seen,
		Sealed: r.Content, Secret: r.Secret,
	}
}

func storedFormPart(r db.FormPart) eservice.Part {
	return eservice.Part{
		Org: ids.Org(r.Org), Draft: ids.Submission(r.Draft), ID: r.ID, Person: ids.Person(r.Person.String), Secret: r.Secret, By: ids.Person(r.AskedBy), AskedAt: r.AskedAt, ExpiresAt: r.ExpiresAt,
		State: eservice.PartState(r.State), StateAt: r.StateAt, Signed: r.Signed, Version: r.Version, Sealed: r.Content,
	}
}

func (x formDrafts) one(ctx context.Context, read func() (db.FormDraft, error)) (eservice.Draft, error) {
	r, err := read()
	if err == nil && x.lock {
		if _, err = x.q.LockFormDraft(ctx, db.LockFormDraftParams{Org: r.Org, ID: r.ID}); err == nil {
			r, err = read()
		}
	}
	if err != nil {
		return eservice.Draft{}, x.found(err, "error.not_found", "read draft of a form")
	}
	return storedFormDraft(r), nil
}

// FormDraft returns a draft, whoever's it is, or NotFound.
func (x formDrafts) FormDraft(ctx context.Context, o ids.Org, id ids.Submission) (eservice.Draft, error) {
	return x.one(ctx, func() (db.FormDraft, error) {
		return x.q.FormDraft(ctx, db.FormDraftParams{Org: string(o), ID: string(id)})
	})
}

// FormDraftOf returns an owner's draft, or NotFound. Outside of a transaction that of a person comes with what is beside it: each page of a form reads it.
func (x formDrafts) FormDraftOf(ctx context.Context, of actor.Owner, id ids.Submission) (eservice.Draft, error) {
	if of.Company == "" && !x.lock {
		r, err := x.q.FormDraftWithBeside(ctx, db.FormDraftWithBesideParams{FileKind: string(file.OfForm), Account: orNull(of.Person), ID: string(id)})
		if err != nil {
			return eservice.Draft{}, x.found(err, "error.not_found", "read draft of a form")
		}
		d := storedFormDraft(db.FormDraft{
			Org: r.Org, ID: r.ID, Form: r.Form, Version: r.Version, Account: r.Account, Company: r.Company, MadeBy: r.MadeBy, ByStaff: r.ByStaff, Lang: r.Lang, CreatedAt: r.CreatedAt,
			ChangedAt: r.ChangedAt, ExpiresAt: r.ExpiresAt, ToldAt: r.ToldAt, Seen: r.Seen, Content: r.Content, Secret: r.Secret,
		})
		d.Beside = &eservice.Beside{Key: r.WrappedKey, Files: r.Files, Parts: r.Parts}
		return d, nil
	}
	return x.one(ctx, func() (db.FormDraft, error) {
		if of.Company != "" {
			return x.q.FormDraftOfCompany(ctx, db.FormDraftOfCompanyParams{Company: orNull(of.Company), ID: string(id)})
		}
		return x.q.FormDraftOfAccount(ctx, db.FormDraftOfAccountParams{Account: orNull(of.Person), ID: string(id)})
	})
}

// FormDraftOfStaff returns a draft that one of the staff fills in for somebody, or NotFound.
func (x formDrafts) FormDraftOfStaff(ctx context.Context, by ids.Staff, id ids.Submission) (eservice.Draft, error) {
	return x.one(ctx, func() (db.FormDraft, error) {
		return x.q.FormDraftOfStaff(ctx, db.FormDraftOfStaffParams{ByStaff: string(by), ID: string(id)})
	})
}

// FormDraftOfSecret returns a draft that somebody fills in without signing in, by the hash of their browser's secret, or NotFound.
func (x formDrafts) FormDraftOfSecret(ctx context.Context, secret []byte, id ids.Submission) (eservice.Draft, error) {
	return x.one(ctx, func() (db.FormDraft, error) {
		return x.q.FormDraftOfSecret(ctx, db.FormDraftOfSecretParams{Secret: secret, ID: string(id)})
	})
}

// FormParts returns who was asked to fill a draft in together.
func (x formDrafts) FormParts(ctx context.Context, o ids.Org, id ids.Submission) ([]eservice.Part, error) {
	rows, err := x.q.FormParts(ctx, db.FormPartsParams{Org: string(o), Draft: string(id)})
	return storedFormParts(rows), x.fault(err)
}

func storedFormParts(rows []db.FormPart) []eservice.Part {
	out := make([]eservice.Part, len(rows))
	for i, r := range rows {
		out[i] = storedFormPart(r)
	}
	return out
}

// FormDraft returns a draft, whoever's it is; FormDraftOf an owner's; FormParts who was asked to fill it in together.
func (s *Store) FormDraft(ctx context.Context, o ids.Org, id ids.Submission) (eservice.Draft, error) {
	return s.formDrafts().FormDraft(ctx, o, id)
}

// FormDraftOf is eservice.DraftReader's.
func (s *Store) FormDraftOf(ctx context.Context, of actor.Owner, id ids.Submission) (eservice.Draft, error) {
	return s.formDrafts().FormDraftOf(ctx, of, id)
}

// FormDraftOfStaff is eservice.DraftReader's.
func (s *Store) FormDraftOfStaff(ctx context.Context, by ids.Staff, id ids.Submission) (eservice.Draft, error) {
	return s.formDrafts().FormDraftOfStaff(ctx, by, id)
}

// FormDraftOfSecret is eservice.DraftReader's.
func (s *Store) FormDraftOfSecret(ctx context.Context, secret []byte, id ids.Submission) (eservice.Draft, error) {
	return s.formDrafts().FormDraftOfSecret(ctx, secret, id)
}

// FormDraftsOfSecret returns the newest drafts that one browser fills in without signing in.
func (s *Store) FormDraftsOfSecret(ctx context.Context, secret []byte, most int) ([]eservice.Draft, error) {
	rows, err := s.read.FormDraftsOfSecret(ctx, db.FormDraftsOfSecretParams{Secret: secret, Most: int32(most)})
	return storedFormDrafts(rows), s.fault(err)
}

// FormDraftsOfStaff returns the newest drafts that one of the staff fills in for others.
func (s *Store) FormDraftsOfStaff(ctx context.Context, by ids.Staff, most int) ([]eservice.Draft, error) {
	rows, err := s.read.FormDraftsOfStaff(ctx, db.FormDraftsOfStaffParams{ByStaff: string(by), Most: int32(most)})
	return storedFormDrafts(rows), s.fault(err)
}

// FormParts is eservice.DraftReader's.
func (s *Store) FormParts(ctx context.Context, o ids.Org, id ids.Submission) ([]eservice.Part, error) {
	return s.formDrafts().FormParts(ctx, o, id)
}

// FormDraftsOf returns the newest drafts of an owner.
func (s *Store) FormDraftsOf(ctx context.Context, of actor.Owner, most int) ([]eservice.Draft, error) {
	var rows []db.FormDraft
	var err error
	if of.Company != "" {
		rows, err = s.read.FormDraftsOfCompany(ctx, db.FormDraftsOfCompanyParams{Company: orNull(of.Company), Most: int32(most)})
	} else {
		rows, err = s.read.FormDraftsOfAccount(ctx, db.FormDraftsOfAccountParams{Account: orNull(of.Person), Most: int32(most)})
	}
	return storedFormDrafts(rows), s.fault(err)
}

func storedFormDrafts(rows []db.FormDraft) []eservice.Draft {
	out := make([]eservice.Draft, len(rows))
	for i, r := range rows {
		out[i] = storedFormDraft(r)
	}
	return out
}

// FormPartsOf returns what somebody is asked to fill in with others.
func (s *Store) FormPartsOf(ctx context.Context, p ids.Person) ([]eservice.Part, error) {
	rows, err := s.read.FormPartsOfPerson(ctx, orNull(p))
	return storedFormParts(rows), s.fault(err)
}

// FormPartOfSecret returns the part of a link, or NotFound.
func (s *Store) FormPartOfSecret(ctx context.Context, hash []byte) (eservice.Part, error) {
	r, err := s.read.FormPartOfSecret(ctx, hash)
	if err != nil {
		return eservice.Part{}, s.found(err, "error.not_found", "read invitation to a form")
	}
	return storedFormPart(r), nil
}

// FormDraftsDue returns drafts that are to be deleted, at most so many of an organisation.
func (s *Store) FormDraftsDue(ctx context.Context, now int64, most int) ([]eservice.Draft, error) {
	return s.formDraftsOfAll(ctx, func(o ids.Org) ([]db.FormDraft, error) {
		return s.read.FormDraftsExpired(ctx, db.FormDraftsExpiredParams{Org: string(o), Now: now, Most: int32(most)})
	})
}

// FormDraftsEnding returns drafts that are to be deleted within so many seconds and of which nobody was told.
func (s *Store) FormDraftsEnding(ctx context.Context, now, within int64, most int) ([]eservice.Draft, error) {
	return s.formDraftsOfAll(ctx, func(o ids.Org) ([]db.FormDraft, error) {
		return s.read.FormDraftsToTell(ctx, db.FormDraftsToTellParams{Org: string(o), Until: now + within, Now: now, Most: int32(most)})
	})
}

func (s *Store) formDraftsOfAll(ctx context.Context, read func(o ids.Org) ([]db.FormDraft, error)) ([]eservice.Draft, error) {
	orgs, err := s.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []eservice.Draft
	for _, o := range orgs {
		rows, err := read(o.ID)
		if err != nil {
			return nil, s.fault(err)
		}
		out = append(out, storedFormDrafts(rows)...)
	}
	return out, nil
}

// PutFormKept keeps what was typed when a session had ended.
func (s *Store) PutFormKept(ctx context.Context, k eservice.Kept) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return q.PutFormKept(ctx, db.PutFormKeptParams{Org: string(k.Org), ID: k.ID, Session: k.Session, ExpiresAt: k.ExpiresAt, Content: k.Sealed})
	})
}

// TakeFormKept gives it back once, to the same browser; NotFound.
func (s *Store) TakeFormKept(ctx context.Context, o ids.Org, id string, session []byte, now int64) (k eservice.Kept, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		r, err := q.TakeFormKept(ctx, db.TakeFormKeptParams{Org: string(o), ID: id, Session: session, Now: now})
		if err != nil {
			return s.found(err, "error.not_found", "take what was typed")
		}
		k = eservice.Kept{Org: ids.Org(r.Org), ID: r.ID, Session: r.Session, ExpiresAt: r.ExpiresAt, Sealed: r.Content}
		return nil
	})
	return k, err
}

// SweepFormKept forgets what nobody came back for, at most so many of an organisation.
func (s *Store) SweepFormKept(ctx context.Context, now int64, most int) (done int, err error) {
	orgs, err := s.Organisations(ctx)
	if err != nil {
		return 0, err
	}
	for _, o := range orgs {
		err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
			n, err := q.DropFormKept(ctx, db.DropFormKeptParams{Org: string(o.ID), Now: now, Most: int32(most)})
			done += int(n)
			return err
		})
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// formDraftTx is one open transaction as the drafts of forms see it.
type formDraftTx struct {
	formDrafts
	fileTx
}

var _ eservice.DraftTx = (*formDraftTx)(nil)

// InDraftTx runs do in one transaction.
func (s *Store) InDraftTx(ctx context.Context, do func(ctx context.Context, tx eservice.DraftTx) error) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return do(ctx, &formDraftTx{formDrafts{q, s.found, s.fault, true}, fileTx{files{q, s.found, s.fault, true}}})
	})
}

// PutFormDraft writes a draft whose Seen is the one that was read; false when it has another by now, or is there.
func (t *formDraftTx) PutFormDraft(ctx context.Context, d eservice.Draft) (bool, error) {
	q := t.formDrafts.q
	if d.Seen == 0 {
		return one(q.PutFormDraft(ctx, db.PutFormDraftParams{
			Org: string(d.Org), ID: string(d.ID), Form: string(d.Form), Version: d.Version, Account: orNull(d.Owner.Person), Company: orNull(d.Owner.Company), MadeBy: string(d.MadeBy),
			ByStaff: string(d.By), Lang: string(d.Lang), CreatedAt: d.CreatedAt, ChangedAt: d.ChangedAt, ExpiresAt: d.ExpiresAt, Content: d.Sealed, Secret: d.Secret,
		}))
	}
	return one(q.SetFormDraft(ctx, db.SetFormDraftParams{
		Version: d.Version, Lang: string(d.Lang), ChangedAt: d.ChangedAt, ExpiresAt: d.ExpiresAt, ToldAt: d.ToldAt, Content: d.Sealed, Org: string(d.Org), ID: string(d.ID), WasSeen: d.Seen,
	}))
}

// OwnFormDraft gives a draft that was begun without signing in to an owner; false when it was changed since it was read, or is somebody's.
func (t *formDraftTx) OwnFormDraft(ctx context.Context, d eservice.Draft) (bool, error) {
	return one(t.formDrafts.q.OwnFormDraft(ctx, db.OwnFormDraftParams{
		Account: orNull(d.Owner.Person), Company: orNull(d.Owner.Company), MadeBy: string(d.MadeBy), ChangedAt: d.ChangedAt, ExpiresAt: d.ExpiresAt, Content: d.Sealed,
		Org: string(d.Org), ID: string(d.ID), WasSeen: d.Seen,
	}))
}

// DropFormDraft takes a draft away with who was asked to sign it; false when it is gone.
func (t *formDraftTx) DropFormDraft(ctx context.Context, o ids.Org, id ids.Submission) (bool, error) {
	return dropFormDraft(ctx, t.formDrafts.q, o, id)
}

// dropFormDraft takes a draft away with who was asked to sign it: it was sent, thrown away, or its time is over.
func dropFormDraft(ctx context.Context, q *db.Queries, o ids.Org, id ids.Submission) (bool, error) {
	ok, err := one(q.DropFormDraft(ctx, db.DropFormDraftParams{Org: string(o), ID: string(id)}))
	if err != nil || !ok {
		return ok, err
	}
	return true, q.DropFormParts(ctx, db.DropFormPartsParams{Org: string(o), Draft: string(id)})
}

// PutPart writes a part whose Version is the one that was read; false when it has another by now, or is there.
func (t *formDraftTx) PutPart(ctx context.Context, p eservice.Part) (bool, error) {
	q := t.formDrafts.q
	if p.Version == 0 {
		return one(q.PutFormPart(ctx, db.PutFormPartParams{
			Org: string(p.Org), Draft: string(p.Draft), ID: p.ID, Person: orNull(p.Person), Secret: p.Secret, AskedBy: string(p.By), AskedAt: p.AskedAt, ExpiresAt: p.ExpiresAt, State: string(p.State),
			StateAt: p.StateAt, Signed: p.Signed, Content: p.Sealed,
		}))
	}
	return one(q.SetFormPart(ctx, db.SetFormPartParams{
		Person: orNull(p.Person), Secret: p.Secret, State: string(p.State), StateAt: p.StateAt, Signed: p.Signed, Content: p.Sealed, Org: string(p.Org), Draft: string(p.Draft), ID: p.ID,
		WasVersion: p.Version,
	}))
}

// PutDraftTelling has somebody told of a draft, once.
func (t *formDraftTx) PutDraftTelling(ctx context.Context, kind string, a eservice.TellDraftArgs, now int64) error {
	args, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := kind + "/" + string(a.Org) + "/" + string(a.Draft) + "/" + a.Part
	if a.At > 0 { // a draft that was changed ends another time
		id += string(args)
	}
	_, err = t.formDrafts.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: kind, Uniq: id, Args: string(args), RunAt: now, CreatedAt: now, Lane: notify.LaneMail,
	})
	return err
}

// PersonKey returns somebody's wrapped key, or NotFound.
func (x formDrafts) PersonKey(ctx context.Context, p ids.Person) ([]byte, error) {
	return letters{x.q, x.found, x.fault, false}.PersonKey(ctx, p)
}

// PersonKey is the one of the same transaction.
func (t *formDraftTx) PersonKey(ctx context.Context, p ids.Person) ([]byte, error) {
	return t.formDrafts.PersonKey(ctx, p)
}

// Audit writes lines of the audit log.
func (t *formDraftTx) Audit(ctx context.Context, entries ...audit.Entry) error {
	return t.fileTx.Audit(ctx, entries...)
}
