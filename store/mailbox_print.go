package store

import (
	"context"
	"encoding/json"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/store/db"
)

// Due returns what has become due with letters, at most so many of an organisation.
func (m *Mailboxes) Due(ctx context.Context, now int64, most int) ([]mailbox.Due, error) {
	orgs, err := m.store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []mailbox.Due
	for _, o := range orgs {
		rows, err := m.q.LettersDue(ctx, db.LettersDueParams{Org: string(o.ID), Now: now, Most: int32(most)})
		if err != nil {
			return nil, m.fault(err)
		}
		for _, r := range rows {
			out = append(out, mailbox.Due{Org: o.ID, Letter: ids.Letter(r.Letter), What: mailbox.What(r.What), At: r.At})
		}
	}
	return out, nil
}

// PrintWaiting counts an organisation's letters that wait to be printed, and says since when the oldest does.
func (m *Mailboxes) PrintWaiting(ctx context.Context, o ids.Org) (letters, oldest int64, err error) {
	r, err := m.q.LetterPrintWaiting(ctx, string(o))
	return r.Letters, r.Oldest, m.fault(err)
}

// Batch returns a print batch with its letters, or NotFound.
func (m *Mailboxes) Batch(ctx context.Context, o ids.Org, id ids.PrintBatch) (mailbox.Batch, error) {
	r, err := m.q.PrintBatch(ctx, db.PrintBatchParams{Org: string(o), ID: string(id)})
	if err != nil {
		return mailbox.Batch{}, m.found(err, "error.not_found", "read print batch")
	}
	b := mailbox.Batch{Org: o, ID: id, MadeAt: r.MadeAt, Taken: map[ids.Letter]int{}}
	list, err := m.q.LettersOfBatch(ctx, db.LettersOfBatchParams{Org: string(o), Batch: string(id)})
	for _, l := range list {
		b.Letters = append(b.Letters, ids.Letter(l.Letter))
		b.Taken[ids.Letter(l.Letter)] = int(l.Taken)
	}
	return b, m.fault(err)
}

// Batches returns the newest print batches, those before one when it is named, without letters.
func (m *Mailboxes) Batches(ctx context.Context, o ids.Org, before ids.PrintBatch, most int) ([]mailbox.Batch, error) {
	if before == "" {
		before = "~" // after every id
	}
	rows, err := m.q.PrintBatches(ctx, db.PrintBatchesParams{Org: string(o), BeforeID: string(before), Most: int32(most)})
	out := make([]mailbox.Batch, len(rows))
	for i, r := range rows {
		out[i] = mailbox.Batch{Org: o, ID: ids.PrintBatch(r.ID), MadeAt: r.MadeAt}
	}
	return out, m.fault(err)
}

// PutDeadline has somebody look at a letter once the time to confirm it is over.
func (t *letterTx) PutDeadline(ctx context.Context, a mailbox.TellArgs, at, now int64) error {
	args, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := string(a.Org) + "/" + string(a.Letter) + "/deadline"
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: mailbox.TaskDeadline, Uniq: id, Args: string(args), RunAt: at, CreatedAt: now, Lane: notify.LaneHouseLater,
	})
	return err
}

// PutReminder has somebody told again at a moment.
func (t *letterTx) PutReminder(ctx context.Context, a mailbox.TellArgs, at, now int64) error {
	args, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := string(a.Org) + "/" + string(a.Letter) + "/reminder"
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: mailbox.TaskRemind, Uniq: id, Args: string(args), RunAt: at, CreatedAt: now, Lane: notify.LaneMailLater,
	})
	return err
}

// PutDue remembers what becomes due with a letter.
func (t *letterTx) PutDue(ctx context.Context, d mailbox.Due) error {
	return t.q.PutLetterDue(ctx, db.PutLetterDueParams{Org: string(d.Org), Letter: string(d.Letter), What: string(d.What), At: d.At})
}

// DropDue forgets it.
func (t *letterTx) DropDue(ctx context.Context, d mailbox.Due) error {
	return t.q.DropLetterDue(ctx, db.DropLetterDueParams{Org: string(d.Org), Letter: string(d.Letter), What: string(d.What)})
}

// Erase takes a letter's content away.
func (t *letterTx) Erase(ctx context.Context, o ids.Org, id ids.Letter) error {
	t.touched[""] = true // whose it is, is not known here
	return t.q.EraseLetter(ctx, db.EraseLetterParams{Content: []byte{}, Org: string(o), ID: string(id)})
}

// PutPrint puts a letter into the queue of those that go on paper, once.
func (t *letterTx) PutPrint(ctx context.Context, o ids.Org, id ids.Letter, now int64) error {
	return t.q.PutLetterPrint(ctx, db.PutLetterPrintParams{Org: string(o), Letter: string(id), QueuedAt: now})
}

// DropPrint takes a letter out of the queue, unless it is in a batch.
func (t *letterTx) DropPrint(ctx context.Context, o ids.Org, id ids.Letter) error {
	return t.q.DropLetterPrint(ctx, db.DropLetterPrintParams{Org: string(o), Letter: string(id)})
}

// TakePrint puts the letters that have waited longest into a batch, at most so many. What somebody else took meanwhile is theirs.
func (t *letterTx) TakePrint(ctx context.Context, b mailbox.Batch, most int) ([]ids.Letter, error) {
	rows, err := t.q.LettersToPrint(ctx, db.LettersToPrintParams{Org: string(b.Org), Most: int32(most)})
	if err != nil {
		return nil, err
	}
	out := make([]ids.Letter, 0, len(rows))
	for _, l := range rows {
		ok, err := one(t.q.TakeLetterPrint(ctx, db.TakeLetterPrintParams{Batch: string(b.ID), Org: string(b.Org), Letter: l}))
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, ids.Letter(l))
		}
	}
	return out, nil
}

// PutBatch writes a print batch.
func (t *letterTx) PutBatch(ctx context.Context, b mailbox.Batch) error {
	return t.q.PutPrintBatch(ctx, db.PutPrintBatchParams{Org: string(b.Org), ID: string(b.ID), MadeAt: b.MadeAt})
}
