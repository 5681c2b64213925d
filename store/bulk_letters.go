package store

import (
	"context"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/mailbox"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// FilledBox is somebody's mailbox as FillBoxes writes it.
type FilledBox struct {
	mailbox.Box
	WrappedKey []byte // empty for who is known already
}

// FillBoxes writes mailboxes of people who are known by nothing else, with the consent to each, in one transaction. It is for filling a database that nobody uses yet, as the bench does.
func (s *Store) FillBoxes(ctx context.Context, boxes []FilledBox) error {
	defer s.boxes.all.Add(1)
	person := newBulk("person", "person:text wrapped_key:bytea created_at:bigint")
	box := newBulk("mailbox", "person:text opened_at:bigint closed_at:bigint terms:text tell_email:bigint tell_phone:bigint lang:text signed_in:bigint version:bigint")
	said := newBulk("letter_preference", "person:text version:bigint channel:text basis:text for_org:text terms:text from_at:bigint until_at:bigint at:bigint by_kind:text made_by:text")
	for _, b := range boxes {
		p := string(b.Person)
		if len(b.WrappedKey) > 0 {
			person.add(p, b.WrappedKey, b.OpenedAt)
		}
		box.add(p, b.OpenedAt, b.ClosedAt, b.Terms, number(b.TellEmail), number(b.TellPhone), string(b.Lang), b.SignedIn, int64(1))
		said.add(p, int64(1), string(mailbox.Electronic), string(mailbox.Consent), "", b.Terms, b.OpenedAt, int64(0), b.OpenedAt, "citizen", p)
	}
	return s.insertAll(ctx, person, box, said)
}

// FillLetters writes letters of one organisation with what happened to them, in one transaction, as PutLetter and PutEvent do it one by one. It is for filling a database that nobody uses yet.
func (s *Store) FillLetters(ctx context.Context, o ids.Org, letters []mailbox.Stored) error {
	defer s.boxes.all.Add(1)
	letter := newBulk("letter", "org:text id:text account:text thread:text inward:bigint written_by:text kind:text mode:text lang:text reply:bigint created_at:bigint publish_at:bigint "+
		"expires_at:bigint confirm_by:bigint channel:text ref:text digest:bytea content:bytea")
	event := newBulk("letter_event", "org:text seq:bigint letter:text at:bigint what:text actor_kind:text actor:text for_company:text level:bigint detail:text")
	shelf := newBulk("letter_shelf", "org:text letter:text owner:text folder:text fresh:bigint waits:bigint publish_at:bigint expires_at:bigint unmet:bigint")
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, tx *sqldb.Tx) error {
		letter.rows, event.rows, shelf.rows = nil, nil, nil // it may run twice
		for _, l := range letters {
			letter.add(string(o), string(l.ID), string(l.Owner.Person), string(l.Thread), number(l.Inward), string(l.By), string(l.Kind), string(l.Mode), string(l.Lang), number(l.Reply), l.CreatedAt,
				l.PublishAt, l.ExpiresAt, l.ConfirmBy, string(l.Channel), l.Ref, l.Digest, l.Sealed)
			for _, e := range l.Events {
				seq, err := q.NextLetterSeq(ctx, string(o))
				if err != nil {
					return fmt.Errorf("number an event: %w", err)
				}
				event.add(string(o), seq, string(l.ID), e.At, string(e.What), string(e.ActorKind), e.Actor, string(e.For), int64(e.Level), e.Detail)
			}
			if x, ok := mailbox.Shelve(l.Letter, l.Stand()); ok {
				shelf.add(string(o), string(l.ID), l.Owner.ID(), string(x.Folder), number(x.Fresh), number(x.Waits), x.PublishAt, x.ExpiresAt, number(x.Unmet))
			}
		}
		return insertBulks(ctx, tx, letter, event, shelf)
	})
}

func (s *Store) insertAll(ctx context.Context, tables ...*bulk) error {
	return s.inTx(ctx, func(ctx context.Context, _ *db.Queries, tx *sqldb.Tx) error { return insertBulks(ctx, tx, tables...) })
}

func insertBulks(ctx context.Context, tx *sqldb.Tx, tables ...*bulk) error {
	for _, t := range tables {
		if err := t.insert(ctx, tx); err != nil {
			return fmt.Errorf("fill %s: %w", t.name, err)
		}
	}
	return nil
}

// CountLetters counts an organisation's letters that were published.
func (s *Store) CountLetters(ctx context.Context, o ids.Org) (n int64, err error) {
	row := s.db.Reader().QueryRowContext(ctx, `SELECT count(*) FROM letter_event WHERE org = $1 AND what = 'published'`, string(o))
	if err := row.Scan(&n); err != nil {
		return 0, fmt.Errorf("count letters: %w", s.fault(err))
	}
	return n, nil
}
