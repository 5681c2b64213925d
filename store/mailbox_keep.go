package store

import (
	"context"
	"encoding/json"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/store/db"
)

// Kept returns how long a letter is kept, or NotFound "error.not_found".
func (l letters) Kept(ctx context.Context, o ids.Org, id ids.Letter) (mailbox.Kept, error) {
	r, err := l.q.LetterKept(ctx, db.LetterKeptParams{Org: string(o), Letter: string(id)})
	if err != nil {
		return mailbox.Kept{}, l.found(err, "error.not_found", "read how long letter %s is kept", id)
	}
	return mailbox.Kept{Org: o, Letter: id, Class: r.Class, DeleteAt: r.DeleteAt, FilesAt: r.FilesAt, OwnerID: r.Owner}, nil
}

// Hold returns what holds a letter, or NotFound "error.not_found".
func (l letters) Hold(ctx context.Context, o ids.Org, id ids.Letter) (mailbox.Hold, error) {
	r, err := l.q.LetterHold(ctx, db.LetterHoldParams{Org: string(o), Letter: string(id)})
	if err != nil {
		return mailbox.Hold{}, l.found(err, "error.not_found", "read what holds letter %s", id)
	}
	return mailbox.Hold{Org: o, Letter: id, Why: mailbox.HoldWhy(r.Why), Ref: r.Ref, By: ids.Staff(r.HeldBy), At: r.At}, nil
}

// Lapses counts what is deleted of an owner's letters from one moment to another.
func (m *Mailboxes) Lapses(ctx context.Context, of actor.Owner, from, until int64) (mailbox.Lapse, error) {
	whole, err := m.q.LettersLapsing(ctx, db.LettersLapsingParams{Owner: of.ID(), FromAt: from, UntilAt: until})
	if err != nil {
		return mailbox.Lapse{}, m.fault(err)
	}
	files, err := m.q.FilesLapsing(ctx, db.FilesLapsingParams{Owner: of.ID(), FromAt: from, UntilAt: until})
	out := mailbox.Lapse{Letters: int(whole.Letters), Files: int(files.Letters), First: whole.First}
	if out.First == 0 || files.First > 0 && files.First < out.First {
		out.First = files.First
	}
	return out, m.fault(err)
}

// Holds returns the letters that an organisation holds, the newest first, at most so many.
func (m *Mailboxes) Holds(ctx context.Context, o ids.Org, most int) ([]mailbox.HeldLetter, error) {
	rows, err := m.q.LetterHolds(ctx, db.LetterHoldsParams{Org: string(o), Most: int32(most)})
	out := make([]mailbox.HeldLetter, len(rows))
	for i, r := range rows {
		out[i] = mailbox.HeldLetter{
			Hold: mailbox.Hold{Org: o, Letter: ids.Letter(r.Letter), Why: mailbox.HoldWhy(r.Why), Ref: r.Ref, By: ids.Staff(r.HeldBy), At: r.At},
			Kind: mailbox.Kind(r.Kind), SentRef: r.SentRef, CreatedAt: r.CreatedAt,
		}
	}
	return out, m.fault(err)
}

// PutKept remembers how long a letter is kept.
func (t *letterTx) PutKept(ctx context.Context, k mailbox.Kept) error {
	return t.q.PutLetterKept(ctx, db.PutLetterKeptParams{
		Org: string(k.Org), Letter: string(k.Letter), Owner: k.OwnerID, Class: k.Class, DeleteAt: k.DeleteAt, FilesAt: k.FilesAt,
	})
}

// DropKept forgets how long a letter is kept.
func (t *letterTx) DropKept(ctx context.Context, o ids.Org, id ids.Letter) error {
	return t.q.DropLetterKept(ctx, db.DropLetterKeptParams{Org: string(o), Letter: string(id)})
}

// PutLapseTask has somebody told that something of theirs is deleted soon, once for each day.
func (t *letterTx) PutLapseTask(ctx context.Context, a mailbox.LapseArgs, now int64) error {
	args, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := actor.Owner{Person: a.Person, Company: a.Company}.ID() + "/" + a.Day
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: mailbox.TaskLapse, Uniq: id, Args: string(args), RunAt: now, CreatedAt: now, Lane: notify.LaneMailLater,
	})
	return err
}

// PutHold holds a letter; false when it is held already.
func (t *letterTx) PutHold(ctx context.Context, h mailbox.Hold) (bool, error) {
	return one(t.q.PutLetterHold(ctx, db.PutLetterHoldParams{Org: string(h.Org), Letter: string(h.Letter), Why: string(h.Why), Ref: h.Ref, HeldBy: string(h.By), At: h.At}))
}

// DropHold lets a letter go; false when nobody held it.
func (t *letterTx) DropHold(ctx context.Context, o ids.Org, id ids.Letter) (bool, error) {
	return one(t.q.DropLetterHold(ctx, db.DropLetterHoldParams{Org: string(o), Letter: string(id)}))
}
