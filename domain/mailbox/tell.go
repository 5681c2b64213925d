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
	Lang         i18n.Lang
	Email, Phone string // those they want, once proven; empty for none
}

// Telling says how to tell of a letter; ok is false when there is nobody to tell any more: it was read, recalled or told of, or they want no notices.
func (s *Service) Telling(ctx context.Context, a TellArgs) (t Telling, ok bool, err error) {
	l, err := s.Store.SentLetter(ctx, a.Org, a.Letter)
	if fault.Is(err, fault.KindNotFound) {
		return t, false, nil
	}
	if err != nil {
		return t, false, err
	}
	st := l.Stand()
	if !Visible(l.Letter, st, s.Now().Unix()) || st.Read > 0 || st.Confirmed > 0 || st.Told > 0 || l.Owner.Person == "" {
		return t, false, nil
	}
	b, err := s.Store.Box(ctx, l.Owner.Person)
	if err != nil || !b.Open() {
		return t, false, err
	}
	who := actor.System("mailbox")
	who.Person = l.Owner.Person
	account, err := s.People.Mine(ctx, who)
	if err != nil {
		return t, false, err
	}
	t = Telling{Person: l.Owner.Person, Lang: b.Lang}
	if b.TellEmail && account.EmailVerified {
		t.Email = account.Email
	}
	if b.TellPhone && account.PhoneVerified {
		t.Phone = account.Phone
	}
	return t, t.Email != "" || t.Phone != "", nil
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
