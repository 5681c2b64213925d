package store

import (
	"context"
	"encoding/json"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/store/db"
)

// Mailing returns a mailing with the counts of its rows, or NotFound "error.not_found".
func (m *Mailboxes) Mailing(ctx context.Context, o ids.Org, id ids.Mailing) (mailbox.Mailing, error) {
	r, err := m.q.Mailing(ctx, db.MailingParams{Org: string(o), ID: string(id)})
	if err != nil {
		return mailbox.Mailing{}, m.found(err, "error.not_found", "read mailing %s", id)
	}
	return m.counted(ctx, r)
}

// Mailings returns the newest of an organisation, at most so many.
func (m *Mailboxes) Mailings(ctx context.Context, o ids.Org, most int) ([]mailbox.Mailing, error) {
	rows, err := m.q.Mailings(ctx, db.MailingsParams{Org: string(o), BeforeID: "~", Most: int32(most)})
	if err != nil {
		return nil, m.fault(err)
	}
	out := make([]mailbox.Mailing, len(rows))
	for i, r := range rows {
		if out[i], err = m.counted(ctx, r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m *Mailboxes) counted(ctx context.Context, r db.Mailing) (mailbox.Mailing, error) {
	out := mailbox.Mailing{
		Org: ids.Org(r.Org), ID: ids.Mailing(r.ID), State: mailbox.MailingState(r.State), Kind: mailbox.Kind(r.Kind), Mode: mailbox.Mode(r.Mode), Lang: i18n.Lang(r.Lang),
		Reply: r.Reply == 1, MadeAt: r.MadeAt, By: ids.Staff(r.MadeBy), Sealed: r.Content, Counts: map[mailbox.RowState]map[mailbox.Reach]int{},
	}
	rows, err := m.q.MailingCounts(ctx, db.MailingCountsParams{Org: r.Org, Mailing: r.ID})
	for _, c := range rows {
		state := mailbox.RowState(c.State)
		if out.Counts[state] == nil {
			out.Counts[state] = map[mailbox.Reach]int{}
		}
		out.Counts[state][mailbox.Reach(c.Way)] = int(c.N)
	}
	return out, m.fault(err)
}

// WrongRows are the rows of a mailing that cannot be sent, in their order.
func (m *Mailboxes) WrongRows(ctx context.Context, o ids.Org, id ids.Mailing, most int) ([]mailbox.MailingRow, error) {
	return m.mailingRows(ctx, o, id, mailbox.RowWrong, most)
}

// RowsToSend are the rows of a mailing that wait, in their order.
func (m *Mailboxes) RowsToSend(ctx context.Context, o ids.Org, id ids.Mailing, most int) ([]mailbox.MailingRow, error) {
	return m.mailingRows(ctx, o, id, mailbox.RowWaits, most)
}

func (m *Mailboxes) mailingRows(ctx context.Context, o ids.Org, id ids.Mailing, s mailbox.RowState, most int) ([]mailbox.MailingRow, error) {
	rows, err := m.q.MailingRows(ctx, db.MailingRowsParams{Org: string(o), Mailing: string(id), State: string(s), Most: int32(most)})
	if err != nil {
		return nil, m.fault(err)
	}
	out := make([]mailbox.MailingRow, len(rows))
	for i, r := range rows {
		out[i] = mailbox.MailingRow{
			Org: o, Mailing: id, Line: int(r.Line), State: s, Way: mailbox.Reach(r.Way), Why: r.Why, Letter: ids.Letter(r.Letter), Sealed: r.Content,
		}
	}
	return out, nil
}

// PutMailing writes a mailing with its rows.
func (t *letterTx) PutMailing(ctx context.Context, m mailbox.Mailing, rows []mailbox.MailingRow) error {
	err := t.q.PutMailing(ctx, db.PutMailingParams{
		Org: string(m.Org), ID: string(m.ID), State: string(m.State), Kind: string(m.Kind), Mode: string(m.Mode), Lang: string(m.Lang), Reply: number(m.Reply), MadeAt: m.MadeAt,
		MadeBy: string(m.By), Content: m.Sealed,
	})
	for _, r := range rows {
		if err != nil {
			return err
		}
		sealed := r.Sealed
		if sealed == nil {
			sealed = []byte{}
		}
		err = t.q.PutMailingRow(ctx, db.PutMailingRowParams{
			Org: string(r.Org), Mailing: string(r.Mailing), Line: int64(r.Line), State: string(r.State), Way: string(r.Way), Why: r.Why, Content: sealed,
		})
	}
	return err
}

// SetMailing changes a mailing's state; false when it has another by now.
func (t *letterTx) SetMailing(ctx context.Context, m mailbox.Mailing, to mailbox.MailingState) (bool, error) {
	return one(t.q.SetMailing(ctx, db.SetMailingParams{State: string(to), Org: string(m.Org), ID: string(m.ID), Was: string(m.State)}))
}

// SettleRow says what became of a row, and takes away whom it was for; false when something has become of it already.
func (t *letterTx) SettleRow(ctx context.Context, r mailbox.MailingRow) (bool, error) {
	return one(t.q.SettleMailingRow(ctx, db.SettleMailingRowParams{
		State: string(r.State), Way: string(r.Way), Why: r.Why, Letter: string(r.Letter), Content: []byte{}, Org: string(r.Org), Mailing: string(r.Mailing), Line: int64(r.Line),
	}))
}

// PutMailingTask has a mailing sent.
func (t *letterTx) PutMailingTask(ctx context.Context, a mailbox.MailingArgs, now int64) error {
	args, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := string(a.Org) + "/" + string(a.Mailing)
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: mailbox.TaskMailing, Uniq: id, Args: string(args), RunAt: now, CreatedAt: now, Lane: notify.LaneLetters,
	})
	return err
}

// MailingsUnsent are those that were looked through before a moment and never sent, at most so many of an organisation.
func (m *Mailboxes) MailingsUnsent(ctx context.Context, before int64, most int) ([]mailbox.MailingArgs, error) {
	orgs, err := m.store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []mailbox.MailingArgs
	for _, o := range orgs {
		rows, err := m.q.MailingsUnsent(ctx, db.MailingsUnsentParams{Org: string(o.ID), State: string(mailbox.MailingChecked), Before: before, Most: int32(most)})
		if err != nil {
			return nil, m.fault(err)
		}
		for _, r := range rows {
			out = append(out, mailbox.MailingArgs{Org: o.ID, Mailing: ids.Mailing(r.ID)})
		}
	}
	return out, nil
}

// DropMailing takes a mailing that was never sent away, with its rows; false when it is being sent by now, or gone.
func (t *letterTx) DropMailing(ctx context.Context, a mailbox.MailingArgs) (bool, error) {
	ok, err := one(t.q.DropMailing(ctx, db.DropMailingParams{Org: string(a.Org), ID: string(a.Mailing), State: string(mailbox.MailingChecked)}))
	if err != nil || !ok {
		return false, err
	}
	return true, t.q.DropMailingRows(ctx, db.DropMailingRowsParams{Org: string(a.Org), Mailing: string(a.Mailing)})
}
