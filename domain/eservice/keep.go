package eservice

import (
	"context"
	"errors"

	"luukku/base/fault"
	"luukku/base/planted"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/mailbox"
)

// SweepSubmissions deletes what was sent and has ended so long ago that its time is over, with what is attached to it, at most so many of an organisation, and counts them. What is held stays.
func (s *Service) SweepSubmissions(ctx context.Context, most int) (done int, err error) {
	now := s.Now().Unix()
	if planted.Bug("deleted-early") {
		now++
	}
	if err := s.tellEndings(ctx, now, most); err != nil {
		return 0, err
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
			if h, err := tx.SubmissionHold(ctx, due.Org, due.ID); err == nil && !h.Over(now) { // held a moment ago
				return nil
			} else if err := orNobody(err); err != nil {
				return err
			}
			if x.ToldAt == 0 { // the next sweep tells of it first
				return nil
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

// toldBefore is how long before it is deleted people are told of it, in seconds: as of letters.
const toldBefore = mailbox.LapseDays * day

// lateTold is how much later they may be told, in seconds, without moving the deletion.
const lateTold = day

// told is what was sent after whose it is was told that it is deleted: where they are told far too late, it is deleted later. What is kept for so short a time is told of when it ended.
func (s Submission) told(now int64) Submission {
	s.ToldAt = now
	if from := s.DeleteAt - toldBefore; from > s.EndedAt && now > from+lateTold {
		s.DeleteAt = now + toldBefore
	}
	return s
}

// tellEndings has people told of what is deleted before long, each once.
func (s *Service) tellEndings(ctx context.Context, now int64, most int) error {
	list, err := s.Store.SubmissionsToTell(ctx, now+toldBefore, most)
	if err != nil {
		return err
	}
	for _, x := range list {
		err := s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
			x, err := tx.Submission(ctx, x.Org, x.ID)
			if fault.Is(err, fault.KindNotFound) || err == nil && (x.ToldAt > 0 || x.DeleteAt == 0 || x.DeleteAt > now+toldBefore) {
				return nil
			}
			if err != nil {
				return err
			}
			ok, err := tx.SetTold(ctx, x.told(now))
			if err == nil && !ok {
				err = errAgain
			}
			if err != nil || x.MadeBy == "" && x.Owner.Person == "" {
				return err
			}
			return tx.PutEnding(ctx, TellArgs{Org: x.Org, Submission: x.ID, Seq: x.Seen}, now)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// SentEndings say whom to tell that what they sent is deleted before long, and how; of a company's, who sent it. Nobody is left when it is gone, opened again or held since.
func (s *Service) SentEndings(ctx context.Context, a TellArgs) ([]DraftTelling, error) {
	x, err := s.Store.Submission(ctx, a.Org, a.Submission)
	if err != nil || x.ToldAt == 0 || x.DeleteAt == 0 {
		return nil, orNobody(err)
	}
	if h, err := s.Store.SubmissionHold(ctx, a.Org, a.Submission); err == nil && (h.Until == 0 || h.Until >= x.DeleteAt) {
		return nil, nil
	} else if err := orNobody(err); err != nil {
		return nil, err
	}
	if x.Owner.Person != "" {
		return s.draftTellings(ctx, x.Owner.Person)
	}
	return s.draftTellings(ctx, x.MadeBy)
}
