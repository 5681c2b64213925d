package store

import (
	"context"
	"fmt"

	"luukku/domain/eservice"
	"luukku/domain/worklist"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// FilledSubmission is a form that was sent as FillSubmissions writes it.
type FilledSubmission struct {
	eservice.Submission
	Work   worklist.Item
	Events []eservice.Event
}

// FillSubmissions writes forms that people sent, with what happened to them and the work that they are, in one transaction, each as changed once after the other. It is for filling a database that nobody
// uses yet, as the bench does.
func (s *Store) FillSubmissions(ctx context.Context, list []FilledSubmission) error {
	sent := newBulk("submission", "org:text id:text number:text form:text version:bigint digest:text account:text made_by:text by_staff:text level:bigint lang:text state:text item:text sent_at:bigint "+
		"answers_digest:text asked_until:bigint ended_at:bigint delete_at:bigint seen:bigint seq:bigint content:bytea")
	event := newBulk("submission_event", "org:text submission:text seq:bigint at:bigint what:text actor_kind:text actor:text level:bigint detail:text until_at:bigint")
	work := newBulk("work_item", "org:text id:text kind:text inbox:text state:text subject:text assignee:text due_at:bigint since:bigint fresh:bigint version:bigint created_at:bigint changed_at:bigint")
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, tx *sqldb.Tx) error {
		sent.rows, event.rows, work.rows = nil, nil, nil // it may run twice
		for _, x := range list {
			o := string(x.Submission.Org)
			seq, err := q.NextSubmissionSeq(ctx, o)
			if err != nil {
				return fmt.Errorf("number a submission: %w", err)
			}
			sent.add(o, string(x.Submission.ID), x.Number, string(x.Form), x.Submission.Version, x.Digest, string(x.Owner.Person), string(x.MadeBy), string(x.By), int64(x.Level), string(x.Lang),
				string(x.Submission.State), string(x.Item), x.SentAt, x.AnswersDigest, x.AskedUntil, x.EndedAt, x.DeleteAt, x.Seen, seq, x.Sealed)
			for i, e := range x.Events {
				event.add(o, string(x.Submission.ID), int64(i+1), e.At, string(e.What), string(e.ActorKind), e.Actor, int64(e.Level), e.Detail, e.Until)
			}
			w := x.Work
			work.add(o, string(w.ID), string(w.Kind), string(w.Inbox), string(w.State), w.Subject, string(w.Assignee), w.Due, w.Since, w.Fresh, w.Version, w.CreatedAt, w.Changed)
		}
		return insertBulks(ctx, tx, sent, event, work)
	})
}
