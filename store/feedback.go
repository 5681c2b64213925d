package store

import (
	"context"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/domain/feedback"
	"luukku/domain/worklist"
	"luukku/store/db"
)

var _ feedback.Store = (*Store)(nil)

// PutFeedback keeps feedback, counts it, and puts its item before those who work here, all of it or nothing. One that is there already is left as it is.
func (s *Store) PutFeedback(ctx context.Context, f feedback.Stored, item *worklist.Item) error {
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.PutFeedback(ctx, db.PutFeedbackParams{
			Org: string(f.Org), Item: string(f.Item), Page: f.Page, Lang: f.Lang, Useful: string(f.Useful), At: f.At, Body: f.Sealed, ContactKey: f.Contact,
		})
		if err != nil || n == 0 {
			return err
		}
		c := db.CountFeedbackParams{Org: string(f.Org), Month: f.Month, Page: f.Page, Written: counted(item != nil), Yes: counted(f.Useful == feedback.Yes), No: counted(f.Useful == feedback.No)}
		if err := q.CountFeedback(ctx, c); err != nil || item == nil {
			return err
		}
		return q.PutWorkItem(ctx, db.PutWorkItemParams{
			Org: string(item.Org), ID: string(item.ID), Kind: string(item.Kind), Inbox: string(item.Inbox), State: string(item.State), Subject: item.Subject,
			Assignee: string(item.Assignee), DueAt: item.Due, Since: item.Since, Fresh: item.Fresh, Version: item.Version, CreatedAt: item.CreatedAt, ChangedAt: item.Changed,
		})
	})
	if err != nil {
		return fmt.Errorf("keep feedback: %w", err)
	}
	return nil
}

func counted(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Feedback returns one, or NotFound "error.not_found".
func (s *Store) Feedback(ctx context.Context, o ids.Org, id ids.Work) (feedback.Stored, error) {
	r, err := s.read.Feedback(ctx, db.FeedbackParams{Org: string(o), Item: string(id)})
	if err != nil {
		return feedback.Stored{}, s.found(err, "error.not_found", "read feedback %s", id)
	}
	return feedbackOf(r), nil
}

func feedbackOf(r db.Feedback) feedback.Stored {
	return feedback.Stored{Org: ids.Org(r.Org), Item: ids.Work(r.Item), Page: r.Page, Lang: r.Lang, Useful: feedback.Useful(r.Useful), At: r.At, Sealed: r.Body, Contact: r.ContactKey}
}

func feedbackList(rows []db.Feedback) []feedback.Stored {
	out := make([]feedback.Stored, len(rows))
	for i, r := range rows {
		out[i] = feedbackOf(r)
	}
	return out
}

// FeedbackFrom returns what was written under an address since a moment, the oldest first.
func (s *Store) FeedbackFrom(ctx context.Context, o ids.Org, contact []byte, since int64) ([]feedback.Stored, error) {
	rows, err := s.read.FeedbackFrom(ctx, db.FeedbackFromParams{Org: string(o), ContactKey: contact, Since: since})
	return feedbackList(rows), s.fault(err)
}

// FeedbackUnkeyed returns what was written before addresses had a key, at most so many.
func (s *Store) FeedbackUnkeyed(ctx context.Context, o ids.Org, most int) ([]feedback.Stored, error) {
	rows, err := s.read.FeedbackUnkeyed(ctx, db.FeedbackUnkeyedParams{Org: string(o), Most: int32(most)})
	return feedbackList(rows), s.fault(err)
}

// KeyFeedback writes the keys of addresses that have none.
func (s *Store) KeyFeedback(ctx context.Context, list []feedback.Stored) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		for _, f := range list {
			if err := q.KeyFeedback(ctx, db.KeyFeedbackParams{ContactKey: f.Contact, Org: string(f.Org), Item: string(f.Item)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// EraseFeedback takes feedback away with its item and what was done with it. What was counted of it stays.
func (s *Store) EraseFeedback(ctx context.Context, o ids.Org, id ids.Work, line audit.Entry) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		if err := q.DropFeedback(ctx, db.DropFeedbackParams{Org: string(o), Item: string(id)}); err != nil {
			return err
		}
		if err := eraseItem(ctx, q, string(o), string(id)); err != nil {
			return err
		}
		return putAudit(ctx, q, line)
	})
}

// FeedbackCounts returns what was counted from a month on, the newest month first, by page.
func (s *Store) FeedbackCounts(ctx context.Context, o ids.Org, from string) ([]feedback.Count, error) {
	rows, err := s.read.FeedbackCounts(ctx, db.FeedbackCountsParams{Org: string(o), FromMonth: from})
	if err != nil {
		return nil, fmt.Errorf("read counts of feedback: %w", s.fault(err))
	}
	out := make([]feedback.Count, len(rows))
	for i, r := range rows {
		out[i] = feedback.Count{Page: r.Page, Month: r.Month, Yes: r.Yes, No: r.No, Written: r.Written}
	}
	return out, nil
}
