package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"luukku/base/ids"
	"luukku/domain/dossier"
	"luukku/domain/notify"
	"luukku/store/db"
)

var _ dossier.Store = (*Store)(nil)

// TextsOfNumber returns the texts of a number since a moment (Unix seconds), with whom the conversations are that they are part of.
func (s *Store) TextsOfNumber(ctx context.Context, o ids.Org, key []byte, since int64) ([]dossier.Text, error) {
	in, err := s.read.KeptTextsIn(ctx, db.KeptTextsInParams{Org: string(o), NumberKey: key, Since: since})
	if err != nil {
		return nil, fmt.Errorf("read texts of a number: %w", s.fault(err))
	}
	sent, err := s.read.KeptTextsOut(ctx, db.KeptTextsOutParams{Org: string(o), NumberKey: key, Since: since})
	if err != nil {
		return nil, fmt.Errorf("read texts of a number: %w", s.fault(err))
	}
	var out []dossier.Text
	for _, r := range in {
		out = append(out, dossier.Text{
			ID: ids.Text(r.ID), At: r.At, Own: r.SentTo, Number: r.Number, Body: r.Body, State: r.State, Item: ids.Work(r.Item), Person: ids.Person(r.Person),
		})
	}
	for _, r := range sent {
		out = append(out, dossier.Text{
			ID: ids.Text(r.ID), Out: true, At: r.CreatedAt, Own: r.SentFrom, Number: r.Number, Body: r.Body, State: r.State, Item: ids.Work(r.Item),
			Person: ids.Person(r.Person),
		})
	}
	return out, nil
}

// TextsWith returns the texts of the conversations with a person.
func (s *Store) TextsWith(ctx context.Context, o ids.Org, p ids.Person) ([]dossier.Text, error) {
	items, err := s.read.ConversationsWith(ctx, db.ConversationsWithParams{Org: string(o), Person: string(p)})
	if err != nil {
		return nil, fmt.Errorf("read conversations of a person: %w", s.fault(err))
	}
	var out []dossier.Text
	for _, item := range items {
		in, err := s.read.KeptTextsInOfItem(ctx, db.KeptTextsInOfItemParams{Org: string(o), Item: item})
		if err != nil {
			return nil, fmt.Errorf("read texts of a person: %w", s.fault(err))
		}
		sent, err := s.read.KeptTextsOutOfItem(ctx, db.KeptTextsOutOfItemParams{Org: string(o), Item: item})
		if err != nil {
			return nil, fmt.Errorf("read texts of a person: %w", s.fault(err))
		}
		for _, r := range in {
			out = append(out, dossier.Text{
				ID: ids.Text(r.ID), At: r.At, Own: r.SentTo, Number: r.Number, Body: r.Body, State: r.State, Item: ids.Work(item), Person: p,
			})
		}
		for _, r := range sent {
			out = append(out, dossier.Text{
				ID: ids.Text(r.ID), Out: true, At: r.CreatedAt, Own: r.SentFrom, Number: r.Number, Body: r.Body, State: r.State, Item: ids.Work(item), Person: p,
			})
		}
	}
	return out, nil
}

// NoticesOfAccount returns what somebody was told of their appointments and places on waiting lists.
func (s *Store) NoticesOfAccount(ctx context.Context, o ids.Org, p ids.Person) ([]notify.Letter, error) {
	var out []notify.Letter
	add := func(id, event, channel, appointment, waiting, state string, at int64, settled sql.NullInt64) {
		out = append(out, notify.Letter{
			ID: ids.Notice(id), Event: notify.Event(event), Channel: notify.Channel(channel), Appointment: ids.Appointment(appointment), Waiting: ids.Waiting(waiting),
			CreatedAt: at, SettledAt: settled.Int64, State: notify.State(state),
		})
	}
	booked, err := s.read.NoticesOfAccount(ctx, db.NoticesOfAccountParams{Account: orNull(p), Org: string(o)})
	if err != nil {
		return nil, fmt.Errorf("read notices of a person: %w", s.fault(err))
	}
	for _, n := range booked {
		add(n.ID, n.Event, n.Channel, n.Appointment, n.Waiting, n.State, n.CreatedAt, n.SettledAt)
	}
	queued, err := s.read.NoticesOfWaiting(ctx, db.NoticesOfWaitingParams{Account: orNull(p), Org: string(o)})
	if err != nil {
		return nil, fmt.Errorf("read notices of a person: %w", s.fault(err))
	}
	for _, n := range queued {
		add(n.ID, n.Event, n.Channel, n.Appointment, n.Waiting, n.State, n.CreatedAt, n.SettledAt)
	}
	slices.SortFunc(out, func(a, b notify.Letter) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out, nil
}

// Erase overwrites texts, and takes away the conversations they are part of and what stands under a number alone.
func (s *Store) Erase(ctx context.Context, e dossier.Erasure) error {
	o := string(e.Org)
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		for _, item := range e.Items {
			c, err := q.Conversation(ctx, db.ConversationParams{Org: o, Item: string(item)})
			if err != nil && !noRows(err) {
				return err
			}
			if err == nil {
				if _, err := q.CloseConversation(ctx, db.CloseConversationParams{Org: o, NumberKey: c.NumberKey, Inbox: c.Inbox, Item: string(item)}); err != nil {
					return err
				}
			}
			if err := eraseItem(ctx, q, o, string(item)); err != nil {
				return err
			}
		}
		for _, b := range e.Blank {
			if err := blank(ctx, q, o, b); err != nil {
				return err
			}
		}
		if len(e.Key) > 0 {
			if err := eraseNumber(ctx, q, o, e.Key); err != nil {
				return err
			}
		}
		return putAudit(ctx, q, e.Audit)
	})
	if err != nil {
		return fmt.Errorf("erase text messages: %w", err)
	}
	return nil
}

func eraseItem(ctx context.Context, q *db.Queries, o, item string) error {
	if err := q.DropWorkEntries(ctx, db.DropWorkEntriesParams{Org: o, Item: item}); err != nil {
		return err
	}
	if err := q.DropConversation(ctx, db.DropConversationParams{Org: o, Item: item}); err != nil {
		return err
	}
	return q.EraseWorkItem(ctx, db.EraseWorkItemParams{Org: o, ID: item})
}

func blank(ctx context.Context, q *db.Queries, o string, b dossier.Blank) error {
	if b.Text.Out {
		return q.EraseTextOut(ctx, db.EraseTextOutParams{Number: b.Number, NumberKey: b.Key, Body: b.Body, Org: o, ID: string(b.Text.ID)})
	}
	return q.EraseTextIn(ctx, db.EraseTextInParams{Number: b.Number, NumberKey: b.Key, Body: b.Body, Org: o, ID: string(b.Text.ID)})
}

func eraseNumber(ctx context.Context, q *db.Queries, o string, key []byte) error {
	if err := q.EraseConversationOpen(ctx, db.EraseConversationOpenParams{Org: o, NumberKey: key}); err != nil {
		return err
	}
	if err := q.EraseTextDialogue(ctx, db.EraseTextDialogueParams{Org: o, NumberKey: key}); err != nil {
		return err
	}
	if err := q.EraseTextOffers(ctx, db.EraseTextOffersParams{Org: o, NumberKey: key}); err != nil {
		return err
	}
	return q.EraseTextLedger(ctx, db.EraseTextLedgerParams{Nothing: []byte{}, Org: o, NumberKey: key})
}
