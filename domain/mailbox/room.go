package mailbox

import (
	"context"
	"errors"

	"luukku/base/fault"
	"luukku/base/ids"
)

// errNoBox undoes what was begun for somebody who has no mailbox.
var errNoBox = errors.New("no mailbox is open")

// Deliver puts a letter of another room into its owner's mailbox, once for its key; false where they have none that is open, or nobody is there to read it. With tell they are told that it came, as they
// chose. Its kind is a receipt, or a message.
func (s *Service) Deliver(ctx context.Context, key ids.FormKey, l Letter, tell bool) (bool, error) {
	c, err := s.Store.Config(ctx, l.Org)
	if err != nil {
		return false, err
	}
	if to, err := s.manned(ctx, l.Owner); err != nil || !to.Manned {
		return false, err
	}
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		_, again, err := tx.UseForm(ctx, l.Org, key, "letter", digest(string(key)), string(l.ID), l.CreatedAt+formLife)
		if again || err != nil {
			return err
		}
		put, err := s.Acknowledge(ctx, tx, c, l, tell)
		if err == nil && !put {
			err = errNoBox
		}
		return err
	})
	if errors.Is(err, errNoBox) {
		return false, nil
	}
	if fault.IsKey(err, "form.key_reused") { // the same, in another owner's mailbox
		return true, nil
	}
	s.committed()
	return err == nil, err
}
