package eservice

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// EraseOf throws away what somebody has begun to fill in for themselves, with what is attached to it and who was asked to sign, and who they are in drafts of others that they were asked to sign, except at
// some organisations. What was sent stays as long as the form's rule says.
func (s *Service) EraseOf(ctx context.Context, p ids.Person, but []ids.Org) (left int, err error) {
	if err := s.eraseDrafts(ctx, p, but); err != nil {
		return 0, err
	}
	return 0, s.eraseSignatures(ctx, p, but)
}

func (s *Service) eraseDrafts(ctx context.Context, p ids.Person, but []ids.Org) error {
	list, err := s.Store.FormDraftsOf(ctx, actor.Owner{Person: p}, mostDrafts)
	if err != nil {
		return err
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
			return err
		}
	}
	return nil
}

// eraseSignatures takes somebody out of the drafts of others: what they are called, where they were written to, and what they signed. Nothing of another's form is lost: whose it is is told that a signature
// is not there any more, and a draft that was looked at before it went is not sent as if it were.
func (s *Service) eraseSignatures(ctx context.Context, p ids.Person, but []ids.Org) error {
	list, err := s.Store.FormPartsOf(ctx, p)
	if err != nil {
		return err
	}
	told := 0
	for _, was := range list {
		if slices.Contains(but, was.Org) {
			continue
		}
		tells := 0
		err := s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
			tells = 0
			d, err := tx.FormDraft(ctx, was.Org, was.Draft)
			if err != nil { // sent, or thrown away, a moment ago, and its parts with it
				return orNobody(err)
			}
			parts, err := s.partsOf(ctx, tx, d)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(parts, func(x Part) bool { return x.ID == was.ID && x.Person == p })
			if i < 0 {
				return nil
			}
			x, now := parts[i], s.Now().Unix()
			if err := s.putPart(ctx, tx, d, x.gone(now)); err != nil {
				return err
			}
			if x.Opens(now) {
				tells = 1
				if err := tx.PutDraftTelling(ctx, TaskTellGone, TellDraftArgs{Org: x.Org, Draft: x.Draft, Part: x.ID}, now); err != nil {
					return err
				}
			}
			return tx.Audit(ctx, s.draftLine(d, actor.System("erasure"), audit.FormSignerErased, map[string]string{"part": x.ID}))
		})
		if err != nil {
			return err
		}
		told += tells
	}
	if told > 0 && s.Committed != nil {
		s.Committed()
	}
	return nil
}

// Gone says how to tell whose a draft is that a signature is not there any more; nobody is left when the draft was sent or thrown away since. Of a company's, who began it is told.
func (s *Service) Gone(ctx context.Context, a TellDraftArgs) ([]DraftTelling, error) {
	d, err := s.Store.FormDraft(ctx, a.Org, a.Draft)
	if err != nil {
		return nil, orNobody(err)
	}
	return s.draftTellings(ctx, d.MadeBy)
}
