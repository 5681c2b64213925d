package eservice

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// EraseDraftsOf throws away what somebody has begun to fill in for themselves, with what is attached to it and who was asked to sign, except at some organisations. What was sent stays as long as the form's
// rule says.
func (s *Service) EraseDraftsOf(ctx context.Context, p ids.Person, but []ids.Org) (left int, err error) {
	list, err := s.Store.FormDraftsOf(ctx, actor.Owner{Person: p}, mostDrafts)
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		if slices.Contains(but, d.Org) {
			continue
		}
		err := s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
			d, err := tx.FormDraft(ctx, d.Org, d.ID)
			if fault.Is(err, fault.KindNotFound) {
				return nil
			}
			if err == nil {
				err = s.drop(ctx, tx, d)
			}
			if err != nil {
				return err
			}
			return tx.Audit(ctx, s.draftLine(d, actor.System("erasure"), audit.FormDropped, nil))
		})
		if err != nil {
			return 0, err
		}
	}
	return 0, nil
}
