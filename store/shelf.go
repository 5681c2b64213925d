package store

import (
	"context"
	"fmt"
	"math"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/store/db"
)

// shelfQuery is what both readings of a shelf ask for.
func shelfQuery(of actor.Owner, w mailbox.Wanted, now int64, before ids.Letter, most int) db.ShelfLettersParams {
	if before == "" {
		before = "~" // after every id
	}
	until := w.Until
	if until == 0 {
		until = math.MaxInt64
	}
	return db.ShelfLettersParams{
		Owner: of.ID(), Folder: string(w.Folder), BeforeID: string(before), Now: now, FromAt: w.From, UntilAt: until, OfOrg: string(w.Org), LeastFresh: number(w.Unread), Most: int32(most),
	}
}

// Shelf returns an owner's letters of a folder that are there at a moment, the newest first, at most so many.
func (m *Mailboxes) Shelf(ctx context.Context, of actor.Owner, w mailbox.Wanted, now int64, before ids.Letter, most int) ([]mailbox.Listed, error) {
	rows, err := m.q.ShelfLetters(ctx, shelfQuery(of, w, now, before, most))
	if err != nil {
		return nil, m.fault(err)
	}
	out := make([]mailbox.Listed, len(rows))
	for i, r := range rows {
		out[i] = mailbox.Listed{
			Org: ids.Org(r.Org), ID: ids.Letter(r.Letter), Inward: r.Inward == 1, Kind: mailbox.Kind(r.Kind), PublishAt: r.PublishAt, Fresh: r.Fresh == 1, Waits: r.Waits == 1, Sealed: r.Content,
		}
	}
	return out, nil
}

// Sheets returns what a search reads of the same letters.
func (m *Mailboxes) Sheets(ctx context.Context, of actor.Owner, w mailbox.Wanted, now int64, before ids.Letter, most int) ([]mailbox.Sheet, error) {
	rows, err := m.q.ShelfContents(ctx, db.ShelfContentsParams(shelfQuery(of, w, now, before, most)))
	if err != nil {
		return nil, m.fault(err)
	}
	out := make([]mailbox.Sheet, len(rows))
	for i, r := range rows {
		out[i] = mailbox.Sheet{Org: ids.Org(r.Org), Letter: ids.Letter(r.Letter), Waits: r.Waits == 1, Ref: r.Ref, Sealed: r.Content}
	}
	return out, nil
}

// Fresh counts the new letters of an owner's inbox.
func (m *Mailboxes) Fresh(ctx context.Context, of actor.Owner, now int64) (int, error) {
	n, err := m.q.FreshLetters(ctx, db.FreshLettersParams{Owner: of.ID(), Folder: string(mailbox.Inbox), Now: now})
	return int(n), m.fault(err)
}

// Unmet returns letters of an owner that wait for somebody to sign in, and are there at a moment, at most so many.
func (m *Mailboxes) Unmet(ctx context.Context, of actor.Owner, now int64, most int) ([]mailbox.TellArgs, error) {
	rows, err := m.q.UnmetLetters(ctx, db.UnmetLettersParams{Owner: of.ID(), Now: now, Most: int32(most)})
	out := make([]mailbox.TellArgs, len(rows))
	for i, r := range rows {
		out[i] = mailbox.TellArgs{Org: ids.Org(r.Org), Letter: ids.Letter(r.Letter)}
	}
	return out, m.fault(err)
}

// shelve puts a letter where it lies once something has happened to it. Letters that this transaction wrote are remembered; others are read.
func (t *letterTx) shelve(ctx context.Context, e mailbox.Event) error {
	l, ok := t.wrote[e.Letter]
	if ok {
		l.Events = append(l.Events, e)
	}
	if !e.What.Shelves() {
		return nil
	}
	if !ok {
		read, err := t.SentLetter(ctx, e.Org, e.Letter)
		if err != nil {
			return err
		}
		l = &read
	}
	t.touched[l.Owner.ID()] = true
	s, there := mailbox.Shelve(l.Letter, l.Stand())
	if !there {
		return t.q.DropLetterShelf(ctx, db.DropLetterShelfParams{Org: string(e.Org), Letter: string(e.Letter)})
	}
	return t.q.PutLetterShelf(ctx, db.PutLetterShelfParams{
		Org: string(e.Org), Letter: string(e.Letter), Owner: l.Owner.ID(), Folder: string(s.Folder), Fresh: number(s.Fresh), Waits: number(s.Waits), Unmet: number(s.Unmet), PublishAt: s.PublishAt,
		ExpiresAt: s.ExpiresAt,
	})
}

// letterInvariants are those of mailboxes: each letter lies where its events say, and nothing lies there that is no letter.
func letterInvariants(ctx context.Context, q *db.Queries) ([]string, error) {
	var found []string
	strays, err := q.ShelvedWithoutLetter(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range strays {
		found = append(found, fmt.Sprintf("letter %s of %s lies in a mailbox and is not there", s.Letter, s.Org))
	}
	orgs, err := q.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range orgs {
		more, err := lettersElsewhere(ctx, q, o.Org)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// lettersElsewhere are an organisation's letters that lie elsewhere than their events say.
func lettersElsewhere(ctx context.Context, q *db.Queries, o string) (found []string, err error) {
	const most = 1000
	for after := ""; ; {
		rows, err := q.CheckLetters(ctx, db.CheckLettersParams{Org: o, AfterID: after, Most: most})
		if err != nil || len(rows) == 0 {
			return found, err
		}
		after = rows[len(rows)-1].ID
		events, err := q.CheckLetterEvents(ctx, db.CheckLetterEventsParams{Org: o, FromID: rows[0].ID, UntilID: after})
		if err != nil {
			return nil, err
		}
		of := map[string][]mailbox.Event{}
		for _, e := range events {
			of[e.Letter] = append(of[e.Letter], mailbox.Event{At: e.At, What: mailbox.What(e.What), Detail: e.Detail})
		}
		for _, r := range rows {
			l := mailbox.Letter{
				Owner: actor.Owner{Person: ids.Person(r.Account.String), Company: ids.Company(r.Company.String)}, Inward: r.Inward == 1, Mode: mailbox.Mode(r.Mode),
				Channel: mailbox.Channel(r.Channel), PublishAt: r.PublishAt, ExpiresAt: r.ExpiresAt,
			}
			want, there := mailbox.Shelve(l, mailbox.Stand(of[r.ID]))
			got := mailbox.Shelf{
				Folder: mailbox.Folder(r.Folder.String), Fresh: r.Fresh.Int64 == 1, Waits: r.Waits.Int64 == 1, Unmet: r.Unmet.Int64 == 1, PublishAt: r.ShelfPublishAt.Int64, ExpiresAt: r.ShelfExpiresAt.Int64,
			}
			if got != want || r.Folder.Valid != there || there && r.Owner.String != l.Owner.ID() {
				found = append(found, fmt.Sprintf("letter %s of %s lies elsewhere than its events say", r.ID, o))
			}
		}
		if len(rows) < most {
			return found, nil
		}
	}
}
