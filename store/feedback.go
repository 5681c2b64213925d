package store

import (
	"context"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/feedback"
	"luukku/domain/worklist"
	"luukku/store/db"
)

var _ feedback.Store = (*Store)(nil)

// PutFeedback keeps feedback, counts it, and puts its item before those who work here, all of it or nothing. One that is there already is left as it is.
func (s *Store) PutFeedback(ctx context.Context, f feedback.Stored, item *worklist.Item) error {
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.PutFeedback(ctx, db.PutFeedbackParams{
			Org: string(f.Org), Item: string(f.Item), Page: f.Page, Lang: f.Lang, Useful: string(f.Useful), At: f.At, Body: f.Sealed,
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
	return feedback.Stored{Org: o, Item: id, Page: r.Page, Lang: r.Lang, Useful: feedback.Useful(r.Useful), At: r.At, Sealed: r.Body}, nil
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
