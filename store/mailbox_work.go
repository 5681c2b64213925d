package store

import (
	"context"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
	"luukku/store/db"
)

func matterOf(r db.LetterWork) mailbox.Matter {
	return mailbox.Matter{Org: ids.Org(r.Org), Item: ids.Work(r.Item), Thread: ids.Letter(r.Thread), About: ids.Appointment(r.About)}
}

// Matter returns what an item of work is about, or NotFound "error.not_found".
func (m *Mailboxes) Matter(ctx context.Context, o ids.Org, item ids.Work) (mailbox.Matter, error) {
	r, err := m.q.Matter(ctx, db.MatterParams{Org: string(o), Item: string(item)})
	if err != nil {
		return mailbox.Matter{}, m.found(err, "error.not_found", "read what work %s is about", item)
	}
	return matterOf(r), nil
}

// MattersAbout returns those that are linked to a booking.
func (m *Mailboxes) MattersAbout(ctx context.Context, o ids.Org, about ids.Appointment) ([]mailbox.Matter, error) {
	if about == "" {
		return nil, nil
	}
	rows, err := m.q.MattersAbout(ctx, db.MattersAboutParams{Org: string(o), About: string(about)})
	if err != nil {
		return nil, m.fault(err)
	}
	out := make([]mailbox.Matter, len(rows))
	for i, r := range rows {
		out[i] = matterOf(r)
	}
	return out, nil
}

// MattersAfter returns the exchanges of letters of an organisation that changed after a number, in the order of their newest changes.
func (m *Mailboxes) MattersAfter(ctx context.Context, o ids.Org, after int64, most int) ([]mailbox.FedMatter, error) {
	rows, err := m.q.MattersAfter(ctx, db.MattersAfterParams{Org: string(o), AfterSeq: after, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read changes of letters' work: %w", m.fault(err))
	}
	out := make([]mailbox.FedMatter, len(rows))
	for i, r := range rows {
		out[i] = mailbox.FedMatter{
			Matter: mailbox.Matter{Org: ids.Org(r.Org), Item: ids.Work(r.ID), Thread: ids.Letter(r.Thread), About: ids.Appointment(r.About)}, Seq: r.Seq, Protected: r.Protected != 0,
			Work: workOf(db.WorkItem{
				Org: r.Org, ID: r.ID, Kind: r.Kind, Inbox: r.Inbox, State: r.State, Subject: r.Subject, Assignee: r.Assignee, DueAt: r.DueAt, Since: r.Since, Fresh: r.Fresh, Version: r.Version,
				CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt,
			}),
		}
	}
	return out, nil
}

// ListedMatter returns what an item of work is about as a list needs it, or NotFound "error.not_found".
func (m *Mailboxes) ListedMatter(ctx context.Context, o ids.Org, item ids.Work) (mailbox.ListedMatter, error) {
	r, err := m.q.MatterListed(ctx, db.MatterListedParams{Org: string(o), Item: string(item)})
	if err != nil {
		return mailbox.ListedMatter{}, m.found(err, "error.not_found", "read letter of work %s", item)
	}
	return mailbox.ListedMatter{
		Matter: matterOf(db.LetterWork{Org: r.Org, Item: r.Item, Thread: r.Thread, About: r.About}), Person: ids.Person(r.Account.String), Name: r.Name, Protected: r.Protected != 0,
	}, nil
}

// Exchange returns the letters of an exchange with an organisation, the oldest first.
func (l letters) Exchange(ctx context.Context, o ids.Org, first ids.Letter) ([]mailbox.Stored, error) {
	rows, err := l.q.LettersOfThread(ctx, db.LettersOfThreadParams{Org: string(o), Thread: string(first)})
	if err != nil {
		return nil, l.fault(err)
	}
	out := make([]mailbox.Stored, len(rows))
	for i, r := range rows {
		if out[i], err = l.withEvents(ctx, r, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// MatterOf returns the work that an exchange is, or NotFound "error.not_found".
func (t *letterTx) MatterOf(ctx context.Context, o ids.Org, thread ids.Letter) (mailbox.Matter, error) {
	r, err := t.q.MatterOf(ctx, db.MatterOfParams{Org: string(o), Thread: string(thread)})
	if err != nil {
		return mailbox.Matter{}, t.found(err, "error.not_found", "find the work of letter %s", thread)
	}
	return matterOf(r), nil
}

// PutMatter says which work an exchange is; false when it is another by now.
func (t *letterTx) PutMatter(ctx context.Context, m mailbox.Matter) (bool, error) {
	return one(t.q.PutMatter(ctx, db.PutMatterParams{Org: string(m.Org), Item: string(m.Item), Thread: string(m.Thread), About: string(m.About)}))
}

// LinkMatter says which booking an exchange is about.
func (t *letterTx) LinkMatter(ctx context.Context, m mailbox.Matter) error {
	return t.q.LinkMatter(ctx, db.LinkMatterParams{About: string(m.About), Org: string(m.Org), Item: string(m.Item)})
}

// WorkItem returns an item, or NotFound "error.not_found".
func (t *letterTx) WorkItem(ctx context.Context, o ids.Org, id ids.Work) (worklist.Item, error) {
	r, err := t.q.WorkItem(ctx, db.WorkItemParams{Org: string(o), ID: string(id)})
	if err != nil {
		return worklist.Item{}, t.found(err, "error.not_found", "read work %s", id)
	}
	return workOf(r), nil
}

// PutWork writes a new item with the first lines of its history.
func (t *letterTx) PutWork(ctx context.Context, i worklist.Item, entries ...worklist.Entry) error {
	if err := putWork(ctx, t.q, i); err != nil {
		return err
	}
	for _, e := range entries {
		e.Item = i.ID
		if _, err := putEntry(ctx, t.q, e); err != nil {
			return err
		}
	}
	return nil
}

// ChangeWork carries a change out, or is Conflict "work.changed".
func (t *letterTx) ChangeWork(ctx context.Context, c worklist.Change) error {
	_, err := changeWork(ctx, t.q, c)
	return err
}
