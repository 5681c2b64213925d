package mailbox

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
)

// ExportFresh is for how many seconds after showing who they are somebody may take their whole mailbox with them.
const ExportFresh = 10 * 60

// MayExport says whether somebody who showed who they are at a moment may take their mailbox with them: SignInRequired "mailbox.export.again" when that is too long ago.
func MayExport(shownAt, now int64) error {
	if now > shownAt+ExportFresh {
		return fault.SignInRequired("mailbox.export.again")
	}
	return nil
}

// Exported is a letter as somebody takes it with them. What waits to be confirmed has neither subject nor body.
type Exported struct {
	Stored
	Standing Standing
	Served   Served
}

// mostExported is how many letters are in memory at once while a mailbox is taken along.
const mostExported = 50

// Export goes through all of the actor's letters, the newest first, whatever folder they lie in; what came while it went on is left out. Nothing is read by it in the sense of a receipt: the
// letters stand as before, and one that is to be confirmed stays closed. That the mailbox was taken along is in the log. shownAt is when the actor showed who they are. Faults: as MayExport.
func (s *Service) Export(ctx context.Context, who actor.Actor, shownAt int64, each func(Exported) error) error {
	of, err := s.owner(ctx, who)
	if err != nil {
		return err
	}
	now := s.Now().Unix()
	if err := MayExport(shownAt, now); err != nil {
		return err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Audit(ctx, s.entry("", who, audit.MailboxExported, audit.OfPerson, of.ID(), nil))
	})
	if err != nil {
		return err
	}
	configs := map[ids.Org]*catalog.Config{}
	for before := ids.Letter(""); ; {
		page, err := s.Store.Letters(ctx, of, before, mostExported)
		if err != nil {
			return err
		}
		if err := s.open(ctx, page); err != nil {
			return err
		}
		for _, l := range page {
			if before = l.ID; !Visible(l.Letter, l.Stand(), now) {
				continue
			}
			c := configs[l.Org]
			if c == nil {
				if c, err = s.Store.Config(ctx, l.Org); err != nil {
					return err
				}
				configs[l.Org] = c
			}
			x := Exported{Stored: l, Standing: l.Stand()}
			if x.Served, err = s.served(ctx, c, l); err != nil {
				return err
			}
			if err := each(x); err != nil {
				return err
			}
		}
		if len(page) < mostExported {
			return nil
		}
	}
}
