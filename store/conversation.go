package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/conversation"
	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/domain/worklist"
	"luukku/store/db"
)

var _ conversation.Store = (*Store)(nil)

// errThere ends a transaction whose work was done before.
var errThere = errors.New("it is there already")

// EntryOf returns the item of an entry, or NotFound "error.not_found".
func (s *Store) EntryOf(ctx context.Context, o ids.Org, id string) (ids.Work, error) {
	item, err := s.read.WorkEntryItem(ctx, db.WorkEntryItemParams{Org: string(o), ID: id})
	return ids.Work(item), s.found(err, "error.not_found", "find entry of work")
}

// Talk returns a conversation as it is stored, or NotFound "error.not_found".
func (s *Store) Talk(ctx context.Context, o ids.Org, item ids.Work) (conversation.Talk, error) {
	r, err := s.read.Conversation(ctx, db.ConversationParams{Org: string(o), Item: string(item)})
	if err != nil {
		return conversation.Talk{}, s.found(err, "error.not_found", "read conversation %s", item)
	}
	return talkOf(r), nil
}

func talkOf(r db.Conversation) conversation.Talk {
	return conversation.Talk{
		Org: ids.Org(r.Org), Item: ids.Work(r.Item), Inbox: ids.Inbox(r.Inbox), Sealed: r.Number, NumberKey: r.NumberKey, Lang: i18n.Lang(r.Lang),
		Known: conversation.Known{
			Claim: conversation.Claim(r.Claim), Claimed: ids.Person(r.Claimed), Person: ids.Person(r.Person), By: conversation.By(r.KnownBy),
		},
		ToldAt: r.ToldAt, About: ids.Appointment(r.About),
	}
}

// ListedTalk returns a conversation as a list needs it, or NotFound "error.not_found".
func (s *Store) ListedTalk(ctx context.Context, o ids.Org, item ids.Work) (conversation.ListedTalk, error) {
	r, err := s.read.ConversationListed(ctx, db.ConversationListedParams{Org: string(o), Item: string(item)})
	if err != nil {
		return conversation.ListedTalk{}, s.found(err, "error.not_found", "read conversation %s", item)
	}
	t := conversation.ListedTalk{Talk: talkOf(db.Conversation{
		Org: r.Org, Item: r.Item, Inbox: r.Inbox, Number: r.Number, NumberKey: r.NumberKey, Lang: r.Lang, Claim: r.Claim, Claimed: r.Claimed, Person: r.Person,
		KnownBy: r.KnownBy, ToldAt: r.ToldAt, About: r.About,
	})}
	if r.ClaimedProtected != 0 {
		t.Protected = append(t.Protected, ids.Person(r.Claimed))
	}
	if r.PersonProtected != 0 {
		t.Protected = append(t.Protected, ids.Person(r.Person))
	}
	return t, nil
}

// OpenOf returns the item of the open conversation of a number and an inbox, or NotFound "error.not_found".
func (s *Store) OpenOf(ctx context.Context, o ids.Org, numberKey []byte, box ids.Inbox) (ids.Work, error) {
	item, err := s.read.OpenConversationOf(ctx, db.OpenConversationOfParams{Org: string(o), NumberKey: numberKey, Inbox: string(box)})
	return ids.Work(item), s.found(err, "error.not_found", "find open conversation")
}

// Texts returns the texts of a conversation, the oldest first.
func (s *Store) Texts(ctx context.Context, o ids.Org, item ids.Work) ([]conversation.Message, error) {
	in, err := s.read.TextsInOfItem(ctx, db.TextsInOfItemParams{Org: string(o), Item: string(item)})
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", s.fault(err))
	}
	sent, err := s.read.TextsOutOfItem(ctx, db.TextsOutOfItemParams{Org: string(o), Item: string(item)})
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", s.fault(err))
	}
	var out []conversation.Message
	for _, r := range in {
		out = append(out, conversation.Message{ID: ids.Text(r.ID), At: r.At, Sealed: r.Body})
	}
	for _, r := range sent {
		out = append(out, conversation.Message{ID: ids.Text(r.ID), Out: true, At: r.CreatedAt, Sealed: r.Body, State: notify.State(r.State), Fate: notify.Fate(r.Fate), FateAt: r.FateAt.Int64})
	}
	slices.SortStableFunc(out, func(a, b conversation.Message) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(number(a.Out), number(b.Out)), cmp.Compare(a.ID, b.ID)) // within a second an answer comes after what it answers
	})
	return out, nil
}

// Earlier returns the other conversations with the same number, or with the same person where that is certain, the newest first.
func (s *Store) Earlier(ctx context.Context, o ids.Org, t conversation.Talk) ([]ids.Work, error) {
	list, err := s.read.ConversationsOfNumber(ctx, db.ConversationsOfNumberParams{Org: string(o), NumberKey: t.NumberKey})
	if err != nil {
		return nil, fmt.Errorf("read earlier conversations: %w", s.fault(err))
	}
	if t.Person != "" {
		more, err := s.read.ConversationsOfPerson(ctx, db.ConversationsOfPersonParams{Org: string(o), Person: string(t.Person)})
		if err != nil {
			return nil, fmt.Errorf("read earlier conversations: %w", s.fault(err))
		}
		list = append(list, more...)
	}
	slices.Sort(list) // items are numbered in the order of time
	var out []ids.Work
	for _, r := range slices.Backward(slices.Compact(list)) {
		if id := ids.Work(r); id != t.Item && len(out) < mostEarlier {
			out = append(out, id)
		}
	}
	return out, nil
}

// mostEarlier is how many other conversations are shown beside one.
const mostEarlier = 20

// Arrive takes a message into the open conversation of its number, or a new one, once.
func (s *Store) Arrive(ctx context.Context, a conversation.Arrival) error {
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error { return s.arrive(ctx, q, a) })
	if err != nil && !errors.Is(err, errThere) {
		return fmt.Errorf("take message into a conversation: %w", err)
	}
	return nil
}

func (s *Store) arrive(ctx context.Context, q *db.Queries, a conversation.Arrival) error {
	item, talk, opened, err := s.openFor(ctx, q, a)
	if err != nil {
		return err
	}
	a.Entry.Item = item.ID
	if n, err := putEntry(ctx, q, a.Entry); err != nil || n == 0 {
		return orThere(err)
	}
	if err := updateWork(ctx, q, item.Came(a.Entry.At), item.Version); err != nil {
		return err
	}
	for _, c := range a.Claims {
		talk.Known = talk.Known.With(c.Claim, c.Person)
	}
	if a.Lang != "" {
		talk.Lang = a.Lang
	}
	told := a.Auto != nil && (a.Shut == 0 && opened || a.Shut > 0 && talk.ToldAt < a.Shut)
	if told {
		talk.ToldAt = a.Auto.Text.CreatedAt
		if err := s.putSaid(ctx, q, item.ID, *a.Auto); err != nil {
			return err
		}
	}
	if err := putTalk(ctx, q, talk); err != nil {
		return err
	}
	for _, e := range a.Audit(item.ID, opened, told) {
		if err := putAudit(ctx, q, e); err != nil {
			return err
		}
	}
	return nil
}

// openFor returns the open conversation of a number, beginning it when there is none.
func (s *Store) openFor(ctx context.Context, q *db.Queries, a conversation.Arrival) (worklist.Item, conversation.Talk, bool, error) {
	o := string(a.Item.Org)
	n, err := q.OpenConversation(ctx, db.OpenConversationParams{Org: o, NumberKey: a.Talk.NumberKey, Inbox: string(a.Talk.Inbox), Item: string(a.Item.ID)})
	if err != nil {
		return a.Item, a.Talk, false, err
	}
	if n == 1 {
		return a.Item, a.Talk, true, begin(ctx, q, a.Item, a.Talk)
	}
	id, err := q.OpenConversationOf(ctx, db.OpenConversationOfParams{Org: o, NumberKey: a.Talk.NumberKey, Inbox: string(a.Talk.Inbox)})
	if err != nil {
		return a.Item, a.Talk, false, err
	}
	i, err := q.WorkItem(ctx, db.WorkItemParams{Org: o, ID: id})
	if err != nil {
		return a.Item, a.Talk, false, err
	}
	t, err := q.Conversation(ctx, db.ConversationParams{Org: o, Item: id})
	return workOf(i), talkOf(t), false, err
}

func begin(ctx context.Context, q *db.Queries, i worklist.Item, t conversation.Talk) error {
	if err := putWork(ctx, q, i); err != nil {
		return err
	}
	return q.PutConversation(ctx, db.PutConversationParams{
		Org: string(t.Org), Item: string(t.Item), Inbox: string(t.Inbox), Number: t.Sealed, NumberKey: t.NumberKey, Lang: string(t.Lang), Claim: string(t.Claim),
		Claimed: string(t.Claimed), Person: string(t.Person), KnownBy: string(t.By), ToldAt: t.ToldAt, About: string(t.About),
	})
}

func putTalk(ctx context.Context, q *db.Queries, t conversation.Talk) error {
	return q.ChangeConversation(ctx, db.ChangeConversationParams{
		Org: string(t.Org), Item: string(t.Item), Lang: string(t.Lang), Claim: string(t.Claim), Claimed: string(t.Claimed), Person: string(t.Person),
		KnownBy: string(t.By), ToldAt: t.ToldAt, About: string(t.About),
	})
}

// putSaid keeps a message that goes out with its entry.
func (s *Store) putSaid(ctx context.Context, q *db.Queries, item ids.Work, m conversation.Outgoing) error {
	m.Entry.Item, m.Text.About = item, "conversation/"+string(item)
	if n, err := putEntry(ctx, q, m.Entry); err != nil || n == 0 {
		return orThere(err)
	}
	return s.Texting().putOut(ctx, q, []texting.SealedOut{m.Text}...)
}

// Say carries a change out together with what is sent; repeated is true when it was done already.
func (s *Store) Say(ctx context.Context, c worklist.Change, t conversation.Talk, fresh bool, out ...conversation.Outgoing) (repeated bool, err error) {
	if planted.Bug("text-before-answer") && !fresh {
		for _, m := range out {
			if err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error { return s.putSaid(ctx, q, c.Now.ID, m) }); err != nil {
				return errors.Is(err, errThere), nil
			}
		}
		out = nil
	}
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		if fresh {
			n, err := q.OpenConversation(ctx, db.OpenConversationParams{Org: string(t.Org), NumberKey: t.NumberKey, Inbox: string(t.Inbox), Item: string(t.Item)})
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.Conflict("inbox.open_already", nil)
			}
			if err := begin(ctx, q, c.Now, t); err != nil {
				return err
			}
		}
		for _, m := range out {
			if err := s.putSaid(ctx, q, c.Now.ID, m); err != nil {
				return err
			}
		}
		if again, err := changeWork(ctx, q, c); err != nil || again {
			return orThere(err)
		}
		return putTalk(ctx, q, t)
	})
	if errors.Is(err, errThere) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("answer in a conversation: %w", err)
	}
	return false, nil
}

// orThere is what went wrong, or that nothing had to be done.
func orThere(err error) error {
	if err != nil {
		return err
	}
	return errThere
}
