package store

import (
	"context"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/worklist"
	"luukku/store/db"
)

var _ worklist.Store = (*Store)(nil)

// WorkItem returns an item, or NotFound "error.not_found".
func (s *Store) WorkItem(ctx context.Context, o ids.Org, id ids.Work) (worklist.Item, error) {
	r, err := s.read.WorkItem(ctx, db.WorkItemParams{Org: string(o), ID: string(id)})
	if err != nil {
		return worklist.Item{}, s.found(err, "error.not_found", "read work %s", id)
	}
	return workOf(r), nil
}

func workOf(r db.WorkItem) worklist.Item {
	return worklist.Item{
		Org: ids.Org(r.Org), ID: ids.Work(r.ID), Kind: worklist.Kind(r.Kind), Inbox: ids.Inbox(r.Inbox), State: worklist.State(r.State), Subject: r.Subject,
		Assignee: ids.Staff(r.Assignee), Due: r.DueAt, Since: r.Since, Fresh: r.Fresh, Version: r.Version, CreatedAt: r.CreatedAt, Changed: r.ChangedAt,
	}
}

// last is after every kind and every identifier: a range until there leaves none out, and a plan is the same for a filter as without.
const last = "~"

// between is the range of one word, or of all when there is none.
func between(word string, one bool) (from, to string) {
	if one {
		return word, word
	}
	return "", last
}

// WorkPart returns a part of what lies in an inbox, in the order of work.
func (s *Store) WorkPart(ctx context.Context, o ids.Org, box ids.Inbox, p worklist.Part) ([]worklist.Item, error) {
	kindFrom, kindTo := between(string(p.Kind), p.Kind != "")
	ownFrom, ownTo := between(string(p.Assignee), p.Whose)
	var rows []db.WorkItem
	var err error
	switch p.In {
	case worklist.Lates:
		rows, err = s.read.WorkLate(ctx, db.WorkLateParams{
			Org: string(o), Inbox: string(box), Now: p.Now, AfterAt: p.After.At, AfterID: string(p.After.ID), KindFrom: kindFrom, KindTo: kindTo, AssigneeFrom: ownFrom, AssigneeTo: ownTo, Most: int32(p.Most),
		})
	case worklist.Opens, worklist.Waits:
		state, until := worklist.Open, p.DueUntil
		if p.In == worklist.Waits {
			state = worklist.Waiting
		}
		if until == 0 {
			until = 1 << 62
		}
		rows, err = s.read.WorkTurns(ctx, db.WorkTurnsParams{
			Org: string(o), Inbox: string(box), State: string(state), AfterAt: p.After.At, AfterID: string(p.After.ID), KindFrom: kindFrom, KindTo: kindTo, AssigneeFrom: ownFrom, AssigneeTo: ownTo,
			DueFrom: p.DueFrom, DueTo: until, Now: p.Now, Most: int32(p.Most),
		})
	default:
		kinds := worklist.Kinds
		if p.Kind != "" {
			kinds = []worklist.Kind{p.Kind}
		}
		for _, k := range kinds {
			var more []db.WorkItem
			if more, err = s.read.WorkDone(ctx, db.WorkDoneParams{Org: string(o), Inbox: string(box), Kind: string(k), BeforeAt: p.After.At, BeforeID: string(p.After.ID), Most: int32(p.Most)}); err != nil {
				break
			}
			rows = append(rows, more...)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read work: %w", s.fault(err))
	}
	out := make([]worklist.Item, len(rows))
	for i, r := range rows {
		out[i] = workOf(r)
	}
	worklist.Sort(out, p.Now)
	return out[:min(len(out), p.Most)], nil
}

// WorkBriefs returns so many that lie in an inbox in a state, the oldest first, with what they are found and counted by.
func (s *Store) WorkBriefs(ctx context.Context, o ids.Org, box ids.Inbox, state worklist.State, k worklist.Kind, most int) ([]worklist.Item, error) {
	from, to := between(string(k), k != "")
	rows, err := s.read.WorkBriefs(ctx, db.WorkBriefsParams{Org: string(o), Inbox: string(box), State: string(state), KindFrom: from, KindTo: to, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("count work: %w", s.fault(err))
	}
	out := make([]worklist.Item, len(rows))
	for i, r := range rows {
		out[i] = worklist.Item{
			Org: o, ID: ids.Work(r.ID), Kind: worklist.Kind(r.Kind), Inbox: ids.Inbox(r.Inbox), State: worklist.State(r.State), Since: r.Since, Assignee: ids.Staff(r.Assignee), Due: r.DueAt, Version: r.Version,
		}
	}
	return out, nil
}

// WorkEntries returns what happened to an item, in its order.
func (s *Store) WorkEntries(ctx context.Context, o ids.Org, id ids.Work) ([]worklist.Entry, error) {
	rows, err := s.read.WorkEntries(ctx, db.WorkEntriesParams{Org: string(o), Item: string(id)})
	if err != nil {
		return nil, fmt.Errorf("read what happened to work: %w", s.fault(err))
	}
	out := make([]worklist.Entry, len(rows))
	for i, r := range rows {
		out[i] = worklist.Entry{
			Org: o, ID: r.ID, Item: id, What: worklist.What(r.What), At: r.At, ActorKind: actor.Kind(r.ActorKind), Actor: r.Actor, Detail: r.Detail, Sealed: r.Body,
		}
	}
	return out, nil
}

// ChangeWork carries a change out, or is Conflict "work.changed". A conversation that is closed lets the next message of its number begin another; one that is
// opened again is Conflict "inbox.open_already" when there is another by now.
func (s *Store) ChangeWork(ctx context.Context, c worklist.Change) error {
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		_, err := changeWork(ctx, q, c)
		return err
	})
	if err != nil {
		return fmt.Errorf("change work %s: %w", c.Now.ID, err)
	}
	return nil
}

// changeWork is ChangeWork within a transaction; repeated is true, and nothing is done, when an entry of it is there already.
func changeWork(ctx context.Context, q *db.Queries, c worklist.Change) (repeated bool, err error) {
	for _, e := range c.Entries {
		e.Item = c.Now.ID
		if n, err := putEntry(ctx, q, e); err != nil || n == 0 {
			return err == nil, err
		}
	}
	was, err := q.WorkItem(ctx, db.WorkItemParams{Org: string(c.Now.Org), ID: string(c.Now.ID)})
	if err != nil {
		return false, err
	}
	if err := updateWork(ctx, q, c.Now, c.Now.Version); err != nil {
		return false, err
	}
	if err := followState(ctx, q, worklist.State(was.State), c.Now); err != nil {
		return false, err
	}
	for _, e := range c.Audit {
		if err := putAudit(ctx, q, e); err != nil {
			return false, err
		}
	}
	return false, nil
}

func putWork(ctx context.Context, q *db.Queries, i worklist.Item) error {
	err := q.PutWorkItem(ctx, db.PutWorkItemParams{
		Org: string(i.Org), ID: string(i.ID), Kind: string(i.Kind), Inbox: string(i.Inbox), State: string(i.State), Subject: i.Subject, Assignee: string(i.Assignee),
		DueAt: i.Due, Since: i.Since, Fresh: i.Fresh, Version: i.Version, CreatedAt: i.CreatedAt, ChangedAt: i.Changed,
	})
	if err != nil {
		return err
	}
	return numberMatter(ctx, q, i)
}

func updateWork(ctx context.Context, q *db.Queries, i worklist.Item, seen int64) error {
	n, err := q.ChangeWorkItem(ctx, db.ChangeWorkItemParams{
		Org: string(i.Org), ID: string(i.ID), Inbox: string(i.Inbox), State: string(i.State), Assignee: string(i.Assignee), DueAt: i.Due, Since: i.Since,
		Fresh: i.Fresh, ChangedAt: i.Changed, Seen: seen,
	})
	if err == nil && n == 0 {
		return fault.Conflict("work.changed", nil)
	}
	if err != nil {
		return err
	}
	return numberMatter(ctx, q, i)
}

// numberMatter gives an exchange of letters, and a form that was sent, the next number of its organisation's changes; what happened to a form in this change has the same. Who changes one waits for who changed one before, so that numbers become visible in their order.
func numberMatter(ctx context.Context, q *db.Queries, i worklist.Item) error {
	switch i.Kind {
	case worklist.Letter:
	case worklist.Submission:
		seq, err := q.NextSubmissionSeq(ctx, string(i.Org))
		if err != nil {
			return err
		}
		if err := q.NumberSubmission(ctx, db.NumberSubmissionParams{Seq: seq, Org: string(i.Org), Item: string(i.ID)}); err != nil {
			return err
		}
		return q.NumberSubmissionEvents(ctx, db.NumberSubmissionEventsParams{Seq: seq, Org: string(i.Org), Item: string(i.ID)})
	default:
		return nil
	}
	seq, err := q.NextMatterSeq(ctx, string(i.Org))
	if err != nil {
		return err
	}
	return q.NumberMatter(ctx, db.NumberMatterParams{Seq: seq, Org: string(i.Org), Item: string(i.ID)})
}

// followState keeps which conversation with a number is the open one.
func followState(ctx context.Context, q *db.Queries, was worklist.State, i worklist.Item) error {
	closed := i.State == worklist.Closed
	if i.Kind != worklist.Conversation || closed == (was == worklist.Closed) {
		return nil
	}
	t, err := q.Conversation(ctx, db.ConversationParams{Org: string(i.Org), Item: string(i.ID)})
	if err != nil {
		return err
	}
	if closed {
		_, err := q.CloseConversation(ctx, db.CloseConversationParams{Org: t.Org, NumberKey: t.NumberKey, Inbox: t.Inbox, Item: t.Item})
		return err
	}
	n, err := q.OpenConversation(ctx, db.OpenConversationParams{Org: t.Org, NumberKey: t.NumberKey, Inbox: t.Inbox, Item: t.Item})
	if err == nil && n == 0 {
		return fault.Conflict("inbox.open_already", nil)
	}
	return err
}

func putEntry(ctx context.Context, q *db.Queries, e worklist.Entry) (int64, error) {
	return q.PutWorkEntry(ctx, db.PutWorkEntryParams{
		Org: string(e.Org), ID: e.ID, Item: string(e.Item), What: string(e.What), At: e.At, ActorKind: string(e.ActorKind), Actor: e.Actor, Detail: e.Detail, Body: e.Sealed,
	})
}
