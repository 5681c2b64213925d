package mailbox

import (
	"context"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Telling is how somebody is told that something arrived: never what, and never about what (S4.5).
type Telling struct {
	Person       ids.Person
	Acting       bool // it is in a mailbox that they share
	Lang         i18n.Lang
	Email, Phone string // those they want, once proven; empty for none
}

// Tellings say how to tell of a letter: its owner, and those who may act for them now, each where they want. Nobody is left when it was read, recalled or told of.
func (s *Service) Tellings(ctx context.Context, a TellArgs) ([]Telling, error) {
	l, err := s.Store.SentLetter(ctx, a.Org, a.Letter)
	if fault.Is(err, fault.KindNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	st := l.Stand()
	if !Visible(l.Letter, st, s.Now().Unix()) || st.Read > 0 || st.Confirmed > 0 || st.Told > 0 {
		return nil, nil
	}
	b, err := box(ctx, s.Store, l.Owner)
	if err != nil || !b.Open() {
		return nil, err
	}
	tellers, err := s.Store.Tellers(ctx, l.Owner)
	if err != nil {
		return nil, err
	}
	if l.Owner.Person != "" {
		tellers = append(tellers, Teller{Owner: l.Owner, Person: l.Owner.Person, TellEmail: b.TellEmail, TellPhone: b.TellPhone, Lang: b.Lang})
	}
	var out []Telling
	for _, t := range tellers {
		to, err := s.telling(ctx, t)
		if err != nil {
			return nil, err
		}
		if to.Email != "" || to.Phone != "" {
			out = append(out, to)
		}
	}
	return out, nil
}

// telling is where somebody is told: at what they ticked and have proven, while they may act for the mailbox's owner. A mandate that has ended tells nobody anything.
func (s *Service) telling(ctx context.Context, t Teller) (Telling, error) {
	who := actor.System("mailbox")
	if !t.TellEmail && !t.TellPhone {
		return Telling{}, nil
	}
	if t.Owner.Person != t.Person {
		if ok, err := s.People.ActsFor(ctx, who, t.Person, t.Owner); err != nil || !ok {
			return Telling{}, err
		}
	}
	who.Person = t.Person
	account, err := s.People.Mine(ctx, who)
	if err != nil {
		if fault.Is(err, fault.KindNotFound) {
			err = nil
		}
		return Telling{}, err
	}
	out := Telling{Person: t.Person, Acting: t.Owner.Person != t.Person, Lang: t.Lang}
	if t.TellEmail && account.EmailVerified {
		out.Email = account.Email
	}
	if t.TellPhone && account.PhoneVerified {
		out.Phone = account.Phone
	}
	return out, nil
}

// Told records that somebody was told, or, with what Unreached, that nobody could be.
func (s *Service) Told(ctx context.Context, a TellArgs, what What) error {
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		l, err := tx.SentLetter(ctx, a.Org, a.Letter)
		if err != nil || l.Stand().Told > 0 {
			return err
		}
		return tx.PutEvent(ctx, s.event(l.Letter, actor.System("mailbox"), what, s.Now().Unix(), ""))
	})
}
