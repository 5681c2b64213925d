package mailbox

import (
	"cmp"
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/domain/actor"
)

// servedBySignIn is the detail of a publication of a letter that signing in serves.
const servedBySignIn = "by_sign_in"

// mostMet is how many letters are met in one step.
const mostMet = 100

// Arrive records that somebody entitled came to the mailbox: the first time after a letter was published is an event of it where its rule of service says that this serves it
// (ServiceRule.BySignIn). What counts as coming is a page of the mailbox that is asked for under a sign-in strong enough for mailboxes, by its owner or by whoever may act for them; the
// second is that in which it was asked for. The list of one's own matters does not count, nor a notice. A letter that is published while a page is on its way is met by the next one.
func (s *Service) Arrive(ctx context.Context, who actor.Actor) error {
	of, err := s.owner(ctx, who)
	if err != nil {
		return err
	}
	now := s.Now().Unix()
	for {
		list, err := s.Store.Unmet(ctx, of, now, mostMet)
		if err != nil || len(list) == 0 {
			return err
		}
		slices.SortFunc(list, func(a, b TellArgs) int { return cmp.Or(cmp.Compare(a.Org, b.Org), cmp.Compare(a.Letter, b.Letter)) })
		if err := s.inTx(ctx, func(ctx context.Context, tx Tx) error { return s.meet(ctx, tx, who, of, list, now) }); err != nil {
			return err
		}
		if len(list) < mostMet {
			return nil
		}
	}
}

// meet records it for letters that nobody has met yet. All are read before the first event is written: whoever changes one of them waits for one thing at a time.
func (s *Service) meet(ctx context.Context, tx Tx, who actor.Actor, of actor.Owner, list []TellArgs, now int64) error {
	var met []Letter
	for _, a := range list {
		l, err := tx.Letter(ctx, of, a.Letter)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if st := l.Stand(); st.BySignIn && st.SignedIn == 0 && Visible(l.Letter, st, now) {
			met = append(met, l.Letter)
		}
	}
	for _, l := range met {
		if err := tx.PutEvent(ctx, s.event(l, who, SignedIn, now, "")); err != nil {
			return err
		}
	}
	return nil
}
