package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/store/db"
)

// SubmissionHold returns what holds it, or NotFound "error.not_found".
func (x submissions) SubmissionHold(ctx context.Context, o ids.Org, id ids.Submission) (eservice.Hold, error) {
	r, err := x.q.SubmissionHold(ctx, db.SubmissionHoldParams{Org: string(o), Submission: string(id)})
	if err != nil {
		return eservice.Hold{}, x.found(err, "error.not_found", "read what holds submission %s", id)
	}
	return eservice.Hold{Org: o, Submission: id, Why: mailbox.HoldWhy(r.Why), Ref: r.Ref, By: ids.Staff(r.HeldBy), At: r.At, Until: r.UntilAt}, nil
}

// SubmissionHolds returns what an organisation holds, the newest first.
func (s *Store) SubmissionHolds(ctx context.Context, o ids.Org, most int) ([]eservice.Held, error) {
	rows, err := s.read.SubmissionHolds(ctx, db.SubmissionHoldsParams{Org: string(o), Most: int32(most)})
	out := make([]eservice.Held, len(rows))
	for i, r := range rows {
		out[i] = eservice.Held{
			Hold:   eservice.Hold{Org: o, Submission: ids.Submission(r.Submission), Why: mailbox.HoldWhy(r.Why), Ref: r.Ref, By: ids.Staff(r.HeldBy), At: r.At, Until: r.UntilAt},
			Number: r.Number, Form: ids.Form(r.Form), State: eservice.State(r.State),
		}
	}
	return out, s.fault(err)
}

// SubmissionsToTell returns what is to be deleted by a moment and whose owners were not told of it yet, at most so many of an organisation.
func (s *Store) SubmissionsToTell(ctx context.Context, by int64, most int) ([]eservice.Submission, error) {
	orgs, err := s.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []eservice.Submission
	for _, o := range orgs {
		rows, err := s.read.SubmissionsToTell(ctx, db.SubmissionsToTellParams{Org: string(o.ID), ByAt: by, Most: int32(most)})
		if err != nil {
			return nil, s.fault(err)
		}
		for _, r := range rows {
			out = append(out, eservice.Submission{Org: ids.Org(r.Org), ID: ids.Submission(r.ID)})
		}
	}
	return out, nil
}

// SetTold writes when whose it is was told that it is deleted, and when that is; false when it is not as it was read.
func (t *submissionTx) SetTold(ctx context.Context, x eservice.Submission) (bool, error) {
	return one(t.q.SubmissionTold(ctx, db.SubmissionToldParams{ToldAt: x.ToldAt, DeleteAt: x.DeleteAt, Org: string(x.Org), ID: string(x.ID), WasSeen: x.Seen}))
}

// PutEnding has whoever it is from told that it is deleted before long.
func (t *submissionTx) PutEnding(ctx context.Context, a eservice.TellArgs, now int64) error {
	args, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := fmt.Sprintf("ending/%s/%s/%d", a.Org, a.Submission, a.Seq)
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: eservice.TaskTellEnd, Uniq: id, Args: string(args), RunAt: now, CreatedAt: now, Lane: notify.LaneMailLater,
	})
	return err
}
