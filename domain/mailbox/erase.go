package mailbox

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// byErasure is the detail of what was deleted since its owner was erased.
const byErasure = "erasure"

// EraseOf takes away what somebody's letters say and what is attached to them, and the letters that they have begun, except at some organisations. A letter that is held stays, and one that somebody still
// works with: left counts them. The office's own record of a matter is not here but in its case system. It may be called again.
func (s *Service) EraseOf(ctx context.Context, p ids.Person, but []ids.Org) (left int, err error) {
	of := actor.Owner{Person: p}
	drafts, err := s.Store.Drafts(ctx, of)
	if err != nil {
		return 0, err
	}
	for _, d := range drafts {
		if slices.Contains(but, d.Org) {
			continue
		}
		if err := s.inTx(ctx, func(ctx context.Context, tx Tx) error { return s.dropDraft(ctx, tx, d) }); err != nil {
			return 0, err
		}
	}
	for before := ids.Letter(""); ; {
		page, err := s.Store.Letters(ctx, of, before, mostExported)
		if err != nil {
			return left, err
		}
		for _, l := range page {
			before = l.ID
			if slices.Contains(but, l.Org) || len(l.Sealed) == 0 {
				continue
			}
			stays, err := s.eraseLetter(ctx, l.Letter)
			if err != nil {
				return left, err
			}
			if stays {
				left++
			}
		}
		if len(page) < mostExported {
			return left, nil
		}
	}
}

// eraseLetter takes one letter away for good, unless it stays.
func (s *Service) eraseLetter(ctx context.Context, l Letter) (stays bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		stays = false
		held, err := isHeld(ctx, tx, l.Org, l.ID)
		if err == nil && !held {
			held, err = worked(ctx, tx, l)
		}
		if err != nil || held {
			stays = held
			return err
		}
		now, who := s.Now().Unix(), actor.System("erasure")
		for _, do := range []func() error{
			func() error { return tx.DropLinks(ctx, holder(l), now) },
			func() error { return tx.Erase(ctx, l.Org, l.ID) },
			func() error { return tx.SettlePrint(ctx, l.Org, l.ID, now) },
			func() error { return dropDeletions(ctx, tx, l.Org, l.ID) },
			func() error { return tx.DropKept(ctx, l.Org, l.ID) },
			func() error { return tx.PutEvent(ctx, s.event(l, who, Purged, now, byErasure)) },
		} {
			if err := do(); err != nil && !fault.Is(err, fault.KindNotFound) {
				return err
			}
		}
		return tx.Audit(ctx, s.entry(l.Org, who, audit.LetterPurged, "letter", string(l.ID), map[string]string{"by": byErasure}))
	})
	return stays, err
}
