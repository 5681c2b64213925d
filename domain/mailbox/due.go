package mailbox

import (
	"context"
	"errors"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// awaited has somebody look at a letter when it was to be confirmed, and when it can be read no longer.
func awaited(ctx context.Context, tx Tx, l Letter) error {
	if l.ConfirmBy > 0 {
		if err := tx.PutDeadline(ctx, TellArgs{Org: l.Org, Letter: l.ID}, l.ConfirmBy+1, l.CreatedAt); err != nil {
			return err
		}
	}
	if l.ExpiresAt > 0 {
		return tx.PutDue(ctx, Due{Org: l.Org, Letter: l.ID, What: Expired, At: l.ExpiresAt + 1})
	}
	return nil
}

// binned has a letter purged that lies in the bin long enough.
func binned(ctx context.Context, tx Tx, l Letter, what What, now int64) error {
	d := Due{Org: l.Org, Letter: l.ID, What: Purged, At: PurgeAt(now)}
	switch what {
	case Deleted:
		return tx.PutDue(ctx, d)
	case Restored:
		return tx.DropDue(ctx, d)
	}
	return nil
}

// Unserve looks at a letter after the time to confirm it: one that was not confirmed goes on paper, once, however often it is looked at. early is how many seconds are left when
// that time is not over yet.
func (s *Service) Unserve(ctx context.Context, a TellArgs) (early int64, err error) {
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		early = 0
		l, err := tx.SentLetter(ctx, a.Org, a.Letter)
		if fault.Is(err, fault.KindNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		now, st := s.Now().Unix(), l.Stand()
		if now <= l.ConfirmBy {
			early = l.ConfirmBy + 1 - now
			return nil
		}
		if !Overdue(l.Letter, st, now) || st.Unserved > 0 {
			return nil
		}
		who := actor.System("mailbox")
		if err := tx.PutEvent(ctx, s.event(l.Letter, who, Unserved, now, "")); err != nil {
			return err
		}
		if err := tx.PutPrint(ctx, a.Org, a.Letter, now); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(a.Org, who, audit.LetterUnserved, "letter", string(a.Letter), nil))
	})
	return early, err
}

// Sweep does what has become due with letters, at most so many of an organisation: those whose time to be read is over expire, those that lay in the bin long enough are
// purged, and those that are not kept for ever are told of and deleted. done counts them. One that cannot be dealt with does not keep the others from it.
func (s *Service) Sweep(ctx context.Context, most int) (done int, err error) {
	list, err := s.Store.Due(ctx, s.Now().Unix(), most)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, d := range list {
		if err := s.due(ctx, d); err != nil {
			failed = append(failed, err)
			continue
		}
		done++
	}
	if done > 0 {
		s.committed()
	}
	return done, errors.Join(failed...)
}

func (s *Service) due(ctx context.Context, d Due) error {
	if d.What != Expired && d.What != Purged {
		return s.lapse(ctx, d)
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		l, err := tx.SentLetter(ctx, d.Org, d.Letter)
		if fault.Is(err, fault.KindNotFound) {
			return tx.DropDue(ctx, d)
		}
		if err != nil {
			return err
		}
		if d.What == Purged {
			if held, err := isHeld(ctx, tx, d.Org, d.Letter); err != nil || held { // whoever lets it go has it looked at again
				return orDrop(ctx, tx, d, err)
			}
		}
		now, st := s.Now().Unix(), l.Stand()
		action := audit.LetterExpired
		switch {
		case d.What == Expired && st.Expired == 0 && st.Recalled == 0 && HasExpired(l.Letter, now):
		case d.What == Purged && st.Purged == 0 && st.Binned > 0 && now >= PurgeAt(st.Binned):
			action = audit.LetterPurged
			if l.Inward { // what a person wrote is the authority's by now; it is gone from their mailbox alone
				break
			}
			if err := tx.Erase(ctx, d.Org, d.Letter); err != nil {
				return err
			}
			if err := tx.SettlePrint(ctx, d.Org, d.Letter, now); err != nil {
				return err
			}
			if err := tx.DropLinks(ctx, holder(l.Letter), now); err != nil {
				return err
			}
			if err := dropDeletions(ctx, tx, d.Org, d.Letter); err != nil {
				return err
			}
			if err := tx.DropKept(ctx, d.Org, d.Letter); err != nil {
				return err
			}
		default:
			return tx.DropDue(ctx, d)
		}
		who := actor.System("mailbox")
		if err := tx.PutEvent(ctx, s.event(l.Letter, who, d.What, now, "")); err != nil {
			return err
		}
		if err := tx.Audit(ctx, s.entry(d.Org, who, action, "letter", string(d.Letter), nil)); err != nil {
			return err
		}
		return tx.DropDue(ctx, d)
	})
}
