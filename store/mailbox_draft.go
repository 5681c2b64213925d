package store

import (
	"context"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/store/db"
)

func storedDraft(r db.LetterDraft) mailbox.Draft {
	return mailbox.Draft{
		Org: ids.Org(r.Org), ID: ids.Letter(r.ID), Owner: actor.Owner{Person: ids.Person(r.Account.String), Company: ids.Company(r.Company.String)}, Answers: ids.Letter(r.Answers),
		Kind: mailbox.Kind(r.Kind), Lang: i18n.Lang(r.Lang), CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt, ExpiresAt: r.ExpiresAt, Version: r.Version, Sealed: r.Content,
	}
}

// Draft returns an owner's draft, or NotFound. In a transaction, who changes it or sends it waits for the other, and sees it as it is then.
func (l letters) Draft(ctx context.Context, of actor.Owner, id ids.Letter) (mailbox.Draft, error) {
	read := func() (r db.LetterDraft, err error) {
		if of.Company != "" {
			return l.q.LetterDraftOfCompany(ctx, db.LetterDraftOfCompanyParams{Company: orNull(of.Company), ID: string(id)})
		}
		return l.q.LetterDraftOfAccount(ctx, db.LetterDraftOfAccountParams{Account: orNull(of.Person), ID: string(id)})
	}
	r, err := read()
	if err == nil && l.lock {
		if _, err = l.q.LockLetterDraft(ctx, db.LockLetterDraftParams{Org: r.Org, ID: r.ID}); err == nil {
			r, err = read()
		}
	}
	if err != nil {
		return mailbox.Draft{}, l.found(err, "error.not_found", "read draft")
	}
	return storedDraft(r), nil
}

// Drafts returns an owner's drafts, the newest first.
func (m *Mailboxes) Drafts(ctx context.Context, of actor.Owner) ([]mailbox.Draft, error) {
	var rows []db.LetterDraft
	var err error
	if of.Company != "" {
		rows, err = m.q.LetterDraftsOfCompany(ctx, orNull(of.Company))
	} else {
		rows, err = m.q.LetterDraftsOfAccount(ctx, orNull(of.Person))
	}
	out := make([]mailbox.Draft, len(rows))
	for i, r := range rows {
		out[i] = storedDraft(r)
	}
	return out, m.fault(err)
}

// DraftsDue returns drafts that are to be deleted, at most so many of an organisation.
func (m *Mailboxes) DraftsDue(ctx context.Context, now int64, most int) ([]mailbox.Draft, error) {
	orgs, err := m.store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []mailbox.Draft
	for _, o := range orgs {
		rows, err := m.q.LetterDraftsExpired(ctx, db.LetterDraftsExpiredParams{Org: string(o.ID), Now: now, Most: int32(most)})
		if err != nil {
			return nil, m.fault(err)
		}
		for _, r := range rows {
			out = append(out, storedDraft(r))
		}
	}
	return out, nil
}

// PutDraft writes a draft whose Version is the one that was read; false when it has another by now.
func (t *letterTx) PutDraft(ctx context.Context, d mailbox.Draft) (bool, error) {
	if d.Version == 0 {
		return one(t.q.PutLetterDraft(ctx, db.PutLetterDraftParams{
			Org: string(d.Org), ID: string(d.ID), Account: orNull(d.Owner.Person), Company: orNull(d.Owner.Company), Answers: string(d.Answers), Kind: string(d.Kind), Lang: string(d.Lang),
			CreatedAt: d.CreatedAt, ChangedAt: d.ChangedAt, ExpiresAt: d.ExpiresAt, Content: d.Sealed,
		}))
	}
	return one(t.q.SetLetterDraft(ctx, db.SetLetterDraftParams{
		Kind: string(d.Kind), Lang: string(d.Lang), ChangedAt: d.ChangedAt, ExpiresAt: d.ExpiresAt, Content: d.Sealed, Org: string(d.Org), ID: string(d.ID), Seen: d.Version,
	}))
}

// DropDraft takes a draft away; false when it is gone.
func (t *letterTx) DropDraft(ctx context.Context, o ids.Org, id ids.Letter) (bool, error) {
	return one(t.q.DropLetterDraft(ctx, db.DropLetterDraftParams{Org: string(o), ID: string(id)}))
}

// PublishLetter writes which way a letter goes that waited, since when, and until when it can be confirmed.
func (t *letterTx) PublishLetter(ctx context.Context, l mailbox.Letter) error {
	t.touched[l.Owner.ID()] = true
	return t.q.PublishLetter(ctx, db.PublishLetterParams{
		Channel: string(l.Channel), PublishAt: l.PublishAt, ConfirmBy: l.ConfirmBy, Org: string(l.Org), ID: string(l.ID),
	})
}
