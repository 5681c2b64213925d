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

// OpenBatches returns the batches with letters of which nothing was said, the oldest first.
func (m *Mailboxes) OpenBatches(ctx context.Context, o ids.Org, most int) ([]mailbox.Batch, error) {
	rows, err := m.q.OpenPrintBatches(ctx, db.OpenPrintBatchesParams{Org: string(o), Most: int32(most)})
	out := make([]mailbox.Batch, len(rows))
	for i, r := range rows {
		out[i] = mailbox.Batch{Org: o, ID: ids.PrintBatch(r.Batch), MadeAt: r.MadeAt}
	}
	return out, m.fault(err)
}

// Run returns how far a batch came.
func (m *Mailboxes) Run(ctx context.Context, b mailbox.Batch) (mailbox.PrintRun, error) {
	r, err := m.q.CountLettersOfBatch(ctx, db.CountLettersOfBatchParams{Org: string(b.Org), Batch: string(b.ID)})
	return mailbox.PrintRun{Batch: b, Count: r.Letters, Open: r.Waiting, Printed: r.Printed, Posted: r.Posted, Returned: r.Returned}, m.fault(err)
}

// ReturnedLetters returns the letters that came back, the last first.
func (m *Mailboxes) ReturnedLetters(ctx context.Context, o ids.Org, most int) ([]mailbox.ReturnedLetter, error) {
	rows, err := m.q.ReturnedLetters(ctx, db.ReturnedLettersParams{Org: string(o), Most: int32(most)})
	out := make([]mailbox.ReturnedLetter, len(rows))
	for i, r := range rows {
		out[i] = mailbox.ReturnedLetter{Letter: ids.Letter(r.Letter), Batch: ids.PrintBatch(r.Batch), Posted: r.PostedAt, Returned: r.ReturnedAt}
	}
	return out, m.fault(err)
}

// BatchOf is the batch that a letter is in.
func (t *letterTx) BatchOf(ctx context.Context, o ids.Org, id ids.Letter) (ids.PrintBatch, error) {
	b, err := t.q.BatchOfLetter(ctx, db.BatchOfLetterParams{Org: string(o), Letter: string(id)})
	if noRows(err) {
		return "", nil
	}
	return ids.PrintBatch(b), err
}

// ReleasePrint takes a letter out of a batch of which nothing was said.
func (t *letterTx) ReleasePrint(ctx context.Context, o ids.Org, b ids.PrintBatch, id ids.Letter) (bool, error) {
	return one(t.q.ReleaseLetterPrint(ctx, db.ReleaseLetterPrintParams{Org: string(o), Letter: string(id), Batch: string(b)}))
}

// SetPaper remembers what a printer said of a letter.
func (t *letterTx) SetPaper(ctx context.Context, o ids.Org, id ids.Letter, what mailbox.What, at int64) error {
	switch what {
	case mailbox.Printed:
		return t.q.SetLetterPrinted(ctx, db.SetLetterPrintedParams{Org: string(o), Letter: string(id), At: at})
	case mailbox.Posted:
		return t.q.SetLetterPosted(ctx, db.SetLetterPostedParams{Org: string(o), Letter: string(id), At: at})
	}
	return t.q.SetLetterReturned(ctx, db.SetLetterReturnedParams{Org: string(o), Letter: string(id), At: at})
}

// SettlePrint remembers that nobody waits for a letter to be printed any more.
func (t *letterTx) SettlePrint(ctx context.Context, o ids.Org, id ids.Letter, at int64) error {
	return t.q.SettleLetterPrint(ctx, db.SettleLetterPrintParams{Org: string(o), Letter: string(id), At: at})
}

func hookOf(r db.LetterHook) mailbox.Hook {
	return mailbox.Hook{
		Org: ids.Org(r.Org), ID: ids.Hook(r.ID), URL: r.Url, Sealed: r.Secret, MadeBy: ids.Staff(r.MadeBy), MadeAt: r.MadeAt, After: r.AfterSeq, DeliveredAt: r.DeliveredAt,
		FailingSince: r.FailingSince, Tries: r.Tries, NextAt: r.NextAt, Trouble: r.Trouble, DisabledAt: r.DisabledAt, Version: r.Version,
		Tells: mailbox.HookTells(r.Tells), Client: ids.Client(r.Client),
	}
}

// Hooks returns an organisation's hooks.
func (m *Mailboxes) Hooks(ctx context.Context, o ids.Org) ([]mailbox.Hook, error) {
	rows, err := m.q.LetterHooks(ctx, string(o))
	out := make([]mailbox.Hook, len(rows))
	for i, r := range rows {
		out[i] = hookOf(r)
	}
	return out, m.fault(err)
}

// Hook returns one of them, or NotFound.
func (m *Mailboxes) Hook(ctx context.Context, o ids.Org, id ids.Hook) (mailbox.Hook, error) {
	r, err := m.q.LetterHook(ctx, db.LetterHookParams{Org: string(o), ID: string(id)})
	if err != nil {
		return mailbox.Hook{}, m.found(err, "error.not_found", "read hook")
	}
	return hookOf(r), nil
}

// DueHooks returns the hooks that have something to be told.
func (m *Mailboxes) DueHooks(ctx context.Context, now int64, most int) ([]mailbox.HookArgs, error) {
	rows, err := m.q.DueLetterHooks(ctx, db.DueLetterHooksParams{Now: now, Most: int32(most)})
	out := make([]mailbox.HookArgs, len(rows))
	for i, r := range rows {
		out[i] = mailbox.HookArgs{Org: ids.Org(r.Org), Hook: ids.Hook(r.ID)}
	}
	return out, m.fault(err)
}

// LastSeq is the number of the last event of an organisation of which hooks are told.
func (t *letterTx) LastSeq(ctx context.Context, o ids.Org, tells mailbox.HookTells) (int64, error) {
	if tells == mailbox.HookForms {
		return t.q.LastSubmissionSeq(ctx, string(o))
	}
	return t.q.LastLetterSeq(ctx, string(o))
}

// PutHook writes a new hook.
func (t *letterTx) PutHook(ctx context.Context, h mailbox.Hook) error {
	return t.q.PutLetterHook(ctx, db.PutLetterHookParams{
		Org: string(h.Org), ID: string(h.ID), Url: h.URL, Secret: h.Sealed, MadeBy: string(h.MadeBy), MadeAt: h.MadeAt, AfterSeq: h.After,
		Tells: string(h.Tells), Client: string(h.Client),
	})
}

// SetHook writes a hook whose Version is the one that was read.
func (t *letterTx) SetHook(ctx context.Context, h mailbox.Hook) (bool, error) {
	return one(t.q.SetLetterHook(ctx, db.SetLetterHookParams{
		AfterSeq: h.After, DeliveredAt: h.DeliveredAt, FailingSince: h.FailingSince, Tries: h.Tries, NextAt: h.NextAt, Trouble: h.Trouble, DisabledAt: h.DisabledAt,
		Org: string(h.Org), ID: string(h.ID), Seen: h.Version,
	}))
}

// DropHook takes a hook away.
func (t *letterTx) DropHook(ctx context.Context, o ids.Org, id ids.Hook) (bool, error) {
	return one(t.q.DropLetterHook(ctx, db.DropLetterHookParams{Org: string(o), ID: string(id)}))
}

// PutHookTask has a hook told what happened; while it waits or runs, it is not asked again.
func (t *letterTx) PutHookTask(ctx context.Context, a mailbox.HookArgs, now int64) error {
	args, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := "hook/" + string(a.Org) + "/" + string(a.Hook)
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: mailbox.TaskHook, Uniq: id, Args: string(args), RunAt: now, CreatedAt: now, Lane: notify.LaneHooks,
	})
	return err
}
