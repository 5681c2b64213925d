package store

import (
	"context"
	"encoding/json"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/file"
	"luukku/domain/notify"
	"luukku/store/db"
)

var (
	_ file.Store = (*Files)(nil)
	_ file.Tx    = (*fileTx)(nil)
)

// Files is the store as domain/file sees it.
type Files struct {
	store *Store
	files
}

// Files returns the attachments.
func (s *Store) Files() *Files { return &Files{s, files{s.read, s.found, s.fault, false}} }

// files reads what is read alike in and outside of a transaction.
type files struct {
	q     *db.Queries
	found func(err error, key, doing string, args ...any) error
	fault func(error) error
	// lock has whoever reads a file wait for who changes it.
	lock bool
}

func storedFile(r db.File) file.File {
	return file.File{
		Org: ids.Org(r.Org), ID: ids.File(r.ID), Type: file.Type(r.Type), Size: r.Size, Digest: r.Digest, State: file.State(r.State), CreatedAt: r.CreatedAt, ScannedAt: r.ScannedAt,
		HeldUntil: r.HeldUntil, Sealed: r.Sealed,
	}
}

func storedLink(r db.FileLink) file.Link {
	return file.Link{
		Holder: file.Holder{Org: ids.Org(r.Org), Kind: file.Kind(r.Kind), ID: r.Holder}, File: ids.File(r.File), Position: r.Position,
		Owner: actor.Owner{Person: ids.Person(r.Account.String), Company: ids.Company(r.Company.String)}, Sealed: r.Sealed,
	}
}

// File returns a file, or NotFound.
func (f files) File(ctx context.Context, o ids.Org, id ids.File) (file.File, error) {
	if f.lock {
		if _, err := f.q.LockFile(ctx, db.LockFileParams{Org: string(o), ID: string(id)}); err != nil {
			return file.File{}, f.found(err, "error.not_found", "lock file")
		}
	}
	r, err := f.q.File(ctx, db.FileParams{Org: string(o), ID: string(id)})
	if err != nil {
		return file.File{}, f.found(err, "error.not_found", "read file")
	}
	return storedFile(r), nil
}

// FilesOf returns what a holder has, with its links, in their order.
func (f files) FilesOf(ctx context.Context, h file.Holder) ([]file.File, []file.Link, error) {
	rows, err := f.q.FilesOf(ctx, db.FilesOfParams{Org: string(h.Org), Kind: string(h.Kind), Holder: h.ID})
	if err != nil {
		return nil, nil, f.fault(err)
	}
	list, links := make([]file.File, len(rows)), make([]file.Link, len(rows))
	for i, r := range rows {
		list[i] = storedFile(db.File{
			Org: r.Org, ID: r.ID, Type: r.Type, Size: r.Size, Digest: r.Digest, State: r.State, CreatedAt: r.CreatedAt, ScannedAt: r.ScannedAt, HeldUntil: r.HeldUntil, Sealed: r.Sealed,
		})
		links[i] = storedLink(db.FileLink{
			Org: r.Org, Kind: string(h.Kind), Holder: h.ID, File: r.ID, Position: r.Position, Account: r.Account, Company: r.Company, Sealed: r.LinkSealed,
		})
	}
	return list, links, nil
}

// Holders returns the links to a file.
func (f files) Holders(ctx context.Context, o ids.Org, id ids.File) ([]file.Link, error) {
	rows, err := f.q.FileHolders(ctx, db.FileHoldersParams{Org: string(o), File: string(id)})
	if err != nil {
		return nil, f.fault(err)
	}
	out := make([]file.Link, len(rows))
	for i, r := range rows {
		out[i] = storedLink(r)
	}
	return out, nil
}

// PersonKey returns somebody's wrapped key, or NotFound.
func (f files) PersonKey(ctx context.Context, p ids.Person) ([]byte, error) {
	b, err := f.q.PersonKey(ctx, string(p))
	if err != nil {
		return nil, f.found(err, "account.not_found", "read person key")
	}
	return b, nil
}

// Unheld returns files that nobody may hold any more: uploads that were not attached in time, and those that were let go of. Somebody may hold one of them all the same.
func (m *Files) Unheld(ctx context.Context, now int64, most int) ([]file.File, error) {
	orgs, err := m.store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []file.File
	for _, o := range orgs {
		lapsed, err := m.q.LapsedFiles(ctx, db.LapsedFilesParams{Org: string(o.ID), Now: now, Most: int32(most)})
		if err != nil {
			return nil, m.fault(err)
		}
		loose, err := m.q.LooseFiles(ctx, db.LooseFilesParams{Org: string(o.ID), Now: now, Most: int32(most)})
		if err != nil {
			return nil, m.fault(err)
		}
		for _, r := range append(lapsed, loose...) {
			out = append(out, storedFile(r))
		}
	}
	return out, nil
}

// FilesWaiting counts an organisation's files that wait for the scanner, and says since when the oldest does.
func (m *Files) FilesWaiting(ctx context.Context, o ids.Org, now int64) (n, oldest int64, err error) {
	r, err := m.q.FilesWaiting(ctx, db.FilesWaitingParams{Org: string(o), Now: now})
	return r.Files, r.Oldest, m.fault(err)
}

// FileTx runs do in one transaction.
func (m *Files) FileTx(ctx context.Context, do func(ctx context.Context, tx file.Tx) error) error {
	return m.store.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return do(ctx, &fileTx{files{q, m.store.found, m.store.fault, true}})
	})
}

// fileTx is one open transaction as domain/file sees it.
type fileTx struct{ files }

// PutFile writes a new file.
func (t *fileTx) PutFile(ctx context.Context, f file.File) error {
	sealed := f.Sealed
	if sealed == nil {
		sealed = []byte{}
	}
	return t.q.PutFile(ctx, db.PutFileParams{
		Org: string(f.Org), ID: string(f.ID), Type: string(f.Type), Size: f.Size, Digest: f.Digest, State: string(f.State), CreatedAt: f.CreatedAt, ScannedAt: f.ScannedAt,
		HeldUntil: f.HeldUntil, Sealed: sealed,
	})
}

// SetFileState writes what the scanner said; false when it was written before.
func (t *fileTx) SetFileState(ctx context.Context, o ids.Org, id ids.File, s file.State, at int64) (bool, error) {
	return one(t.q.SetFileState(ctx, db.SetFileStateParams{State: string(s), ScannedAt: at, Org: string(o), ID: string(id)}))
}

// PutLink gives a file to a holder.
func (t *fileTx) PutLink(ctx context.Context, l file.Link) error {
	return t.q.PutFileLink(ctx, db.PutFileLinkParams{
		Org: string(l.Org), Kind: string(l.Kind), Holder: l.ID, File: string(l.File), Position: l.Position, Account: orNull(l.Owner.Person), Company: orNull(l.Owner.Company), Sealed: l.Sealed,
	})
}

// DropLink takes a file from a holder; false when it did not have it.
func (t *fileTx) DropLink(ctx context.Context, h file.Holder, id ids.File, now int64) (bool, error) {
	ok, err := one(t.q.DropFileLink(ctx, db.DropFileLinkParams{Org: string(h.Org), Kind: string(h.Kind), Holder: h.ID, File: string(id)}))
	if err != nil || !ok {
		return ok, err
	}
	return true, t.q.PutLooseFile(ctx, db.PutLooseFileParams{Org: string(h.Org), File: string(id), At: now})
}

// DropLinks takes all files from a holder.
func (t *fileTx) DropLinks(ctx context.Context, h file.Holder, now int64) error {
	list, _, err := t.FilesOf(ctx, h)
	if err != nil {
		return err
	}
	for _, f := range list {
		if _, err := t.DropLink(ctx, h, f.ID, now); err != nil {
			return err
		}
	}
	return nil
}

// DropFile forgets a file unless somebody holds it; false then.
func (t *fileTx) DropFile(ctx context.Context, o ids.Org, id ids.File, now int64) (bool, error) {
	if _, err := t.q.LockFile(ctx, db.LockFileParams{Org: string(o), ID: string(id)}); noRows(err) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	if err := t.q.LetFileGo(ctx, db.LetFileGoParams{Sealed: []byte{}, Org: string(o), ID: string(id), Now: now}); err != nil {
		return false, err
	}
	if err := t.q.DropLooseFile(ctx, db.DropLooseFileParams{Org: string(o), File: string(id)}); err != nil {
		return false, err
	}
	return one(t.q.DropFile(ctx, db.DropFileParams{Org: string(o), ID: string(id)}))
}

// PutScan has a file looked at by the scanner.
func (t *fileTx) PutScan(ctx context.Context, f file.Ref, now int64) error {
	args, err := json.Marshal(f)
	if err != nil {
		return err
	}
	id := string(f.Org) + "/" + string(f.File) + "/scan"
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: file.TaskScan, Uniq: id, Args: string(args), RunAt: now, CreatedAt: now, Lane: notify.LaneScan,
	})
	return err
}

// UseForm remembers the answer to a form; used is the earlier answer when it was sent before.
func (t *fileTx) UseForm(ctx context.Context, o ids.Org, key ids.FormKey, kind string, digest []byte, result string, expires int64) (used string, again bool, err error) {
	return useForm(ctx, t.q, o, key, kind, digest, result, expires)
}

// Audit writes lines of the audit log.
func (t *fileTx) Audit(ctx context.Context, entries ...audit.Entry) error {
	for _, e := range entries {
		if err := putAudit(ctx, t.q, e); err != nil {
			return err
		}
	}
	return nil
}
