package mailbox

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// HoldWhy is why a letter is held. It is chosen, never written: what is written down of a court's matter would be personal.
type HoldWhy string

// The reasons.
const (
	HoldCourt  HoldWhy = "court"  // a court or another authority asked for it
	HoldAppeal HoldWhy = "appeal" // an appeal or a claim is pending
	HoldCrime  HoldWhy = "crime"  // a crime is looked into
	HoldAudit  HoldWhy = "audit"  // those who oversee the organisation look into something
	HoldAsked  HoldWhy = "asked"  // the person asked that it not be deleted (GDPR, article 18)
)

// HoldWhys are they.
var HoldWhys = []HoldWhy{HoldCourt, HoldAppeal, HoldCrime, HoldAudit, HoldAsked}

// Hold is that a letter is not deleted, whatever its class and its reader say, until somebody lets it go. Its reader sees nothing of it.
type Hold struct {
	Org    ids.Org
	Letter ids.Letter
	Why    HoldWhy
	// Ref is the number of the matter for which it is held, and never personal.
	Ref string
	By  ids.Staff
	At  int64
}

// HeldLetter is a hold with what tells the letter: nothing of what it says, and not whose it is.
type HeldLetter struct {
	Hold
	Kind      Kind
	SentRef   string
	CreatedAt int64
}

// mostHolds is how many a list shows.
const mostHolds = 500

// Holds are the letters that an organisation holds, the newest first.
func (s *Service) Holds(ctx context.Context, who actor.Actor, o ids.Org) ([]HeldLetter, error) {
	if err := who.May(actor.LetterHold, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	return s.Store.Holds(ctx, o, mostHolds)
}

// HoldLetter holds a letter. Faults: NotFound; Invalid at "letter" for one that is not there, was deleted already or is held, at "why" and "ref".
func (s *Service) HoldLetter(ctx context.Context, who actor.Actor, h Hold) error {
	if err := who.May(actor.LetterHold, actor.Object{Org: h.Org}); err != nil {
		return err
	}
	var bad []fault.Field
	if h.Letter == "" {
		bad = append(bad, fault.Field{Name: "letter", Key: "field.required"})
	}
	if !slices.Contains(HoldWhys, h.Why) {
		bad = append(bad, fault.Field{Name: "why", Key: "error.field.choose"})
	}
	if len(h.Ref) > MostRef || !refForm.MatchString(h.Ref) {
		bad = append(bad, fault.Field{Name: "ref", Key: "hold.bad_ref"})
	}
	if len(bad) > 0 {
		return fault.Invalid("form.invalid", nil, bad...)
	}
	h.By, h.At = who.Staff, s.Now().Unix()
	wrong := func(key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "letter", Key: key})
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		l, err := tx.SentLetter(ctx, h.Org, h.Letter)
		switch {
		case fault.Is(err, fault.KindNotFound):
			return wrong("hold.unknown")
		case err != nil:
			return err
		case len(l.Sealed) == 0:
			return wrong("hold.gone")
		}
		if ok, err := tx.PutHold(ctx, h); err != nil {
			return err
		} else if !ok {
			return wrong("hold.already")
		}
		if err := dropDeletions(ctx, tx, h.Org, h.Letter); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(h.Org, who, audit.LetterHeld, "letter", string(h.Letter), map[string]string{"why": string(h.Why), "ref": h.Ref}))
	})
}

// ReleaseHold lets a letter go: what would have deleted it is looked at again, and its reader is told in time. Let go twice it is let go once.
func (s *Service) ReleaseHold(ctx context.Context, who actor.Actor, o ids.Org, id ids.Letter) error {
	if err := who.May(actor.LetterHold, actor.Object{Org: o}); err != nil {
		return err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		l, err := tx.SentLetter(ctx, o, id)
		if err != nil {
			return err
		}
		if ok, err := tx.DropHold(ctx, o, id); err != nil || !ok {
			return err
		}
		if st := l.Stand(); st.Binned > 0 && st.Purged == 0 {
			if err := tx.PutDue(ctx, Due{Org: o, Letter: id, What: Purged, At: PurgeAt(st.Binned)}); err != nil {
				return err
			}
		}
		k, err := tx.Kept(ctx, o, id)
		if err == nil {
			err = lapses(ctx, tx, k, c.Zone(), s.Now().Unix())
		}
		if err != nil && !fault.Is(err, fault.KindNotFound) {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, audit.LetterReleased, "letter", string(id), nil))
	})
}

// isHeld reports whether somebody holds a letter. The letter is locked: nobody holds it before the transaction ends.
func isHeld(ctx context.Context, tx Tx, o ids.Org, id ids.Letter) (bool, error) {
	_, err := tx.Hold(ctx, o, id)
	if fault.Is(err, fault.KindNotFound) {
		return false, nil
	}
	return err == nil, err
}

// orDrop forgets what was due, unless something went wrong.
func orDrop(ctx context.Context, tx Tx, d Due, err error) error {
	if err != nil {
		return err
	}
	return tx.DropDue(ctx, d)
}
