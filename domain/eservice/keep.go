package eservice

import (
	"context"
	"errors"

	"luukku/base/fault"
	"luukku/base/planted"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// SweepSubmissions deletes what was sent and has ended so long ago that its time is over, with what is attached to it, at most so many of an organisation, and counts them. What is held stays.
func (s *Service) SweepSubmissions(ctx context.Context, most int) (done int, err error) {
	now := s.Now().Unix()
	if planted.Bug("deleted-early") {
		now++
	}
	list, err := s.Store.SubmissionsDue(ctx, now, most)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, due := range list {
		err := s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
			x, err := tx.Submission(ctx, due.Org, due.ID)
			if fault.Is(err, fault.KindNotFound) || err == nil && (x.DeleteAt == 0 || x.DeleteAt > now) { // gone, or opened again meanwhile
				return nil
			}
			if err != nil {
				return err
			}
			if err := tx.Letters().DropLinks(ctx, x.holder(), now); err != nil {
				return err
			}
			if err := tx.DropSubmission(ctx, x); err != nil {
				return err
			}
			return tx.Letters().Audit(ctx, s.line(x, actor.System("eservice"), audit.SubmissionDeleted, nil))
		})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		done++
	}
	return done, errors.Join(failed...)
}
