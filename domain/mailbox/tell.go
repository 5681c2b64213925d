package mailbox

import (
	"context"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
)

// Telling is how somebody is told that something arrived: never what, and never about what (S4.5).
type Telling struct {
	Person       ids.Person
	Acting       bool // it is in a mailbox that they share
	Lang         i18n.Lang
	Email, Phone string // those they want, once proven; empty for none
	// Otherwise is the proven number of who wants mail alone, for mail that cannot be delivered; empty for none.
	Otherwise string
}

// RemindDays is after how many days somebody is told again of a letter that they have not read, unless the installation has set another number.
const RemindDays = 7

// RemindAt is the second in which somebody is reminded of a letter, so many days after it was published.
func RemindAt(l Letter, days int) int64 { return l.PublishAt + int64(days)*24*60*60 }

// Remindings say how to remind of a letter, asked when that is due: nobody is left when it is not needed any more, since it was read, confirmed, recalled, sent on paper or reminded of, or has
// expired. early is how many seconds there still are until then.
func (s *Service) Remindings(ctx context.Context, a TellArgs) (list []Telling, early int64, err error) {
	l, err := s.Store.SentLetter(ctx, a.Org, a.Letter)
	if fault.Is(err, fault.KindNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	set, err := s.settings(ctx)
	if err != nil {
		return nil, 0, err
	}
	if early := RemindAt(l.Letter, set.RemindDays) - s.Now().Unix(); early > 0 {
		return nil, early, nil
	}
	if st := l.Stand(); st.Reminded > 0 || st.Unserved > 0 {
		return nil, 0, nil
	}
	list, err = s.toTell(ctx, l)
	return list, 0, err
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
	if l.Stand().Told > 0 {
		return nil, nil
	}
	return s.toTell(ctx, l)
}

// toTell are those who are told of a letter that is there and that nobody has read.
func (s *Service) toTell(ctx context.Context, l Stored) ([]Telling, error) {
	if st := l.Stand(); !Visible(l.Letter, st, s.Now().Unix()) || st.Read > 0 || st.Confirmed > 0 {
		return nil, nil
	}
	b, err := box(ctx, s.Store, l.Owner)
	if err != nil || !b.Open() {
		return nil, err
	}
	return s.tellings(ctx, l.Owner, b)
}

// tellings are those who are told of something in a mailbox: its owner, and those who may act for them now.
func (s *Service) tellings(ctx context.Context, of actor.Owner, b Box) ([]Telling, error) {
	tellers, err := s.Store.Tellers(ctx, of)
	if err != nil {
		return nil, err
	}
	to, err := s.manned(ctx, of)
	if err != nil {
		return nil, err
	}
	if of.Person != "" && to.Manned {
		tellers = append(tellers, Teller{Owner: of, Person: of.Person, TellEmail: b.TellEmail, TellPhone: b.TellPhone, Lang: b.Lang})
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
	account, err := s.account(ctx, t.Person)
	if err != nil || account.Person == "" {
		return Telling{}, err
	}
	out := Telling{Person: t.Person, Acting: t.Owner.Person != t.Person, Lang: t.Lang}
	if t.TellEmail && account.EmailVerified {
		out.Email = account.Email
	}
	switch {
	case t.TellPhone && account.PhoneVerified:
		out.Phone = account.Phone
	case account.PhoneVerified:
		out.Otherwise = account.Phone
	}
	return out, nil
}

// account is somebody's, its zero value for whom has none.
func (s *Service) account(ctx context.Context, p ids.Person) (identity.Account, error) {
	who := actor.System("mailbox")
	who.Person = p
	a, err := s.People.Mine(ctx, who)
	if fault.Is(err, fault.KindNotFound) {
		return identity.Account{}, nil
	}
	return a, err
}

// Told records that somebody was told or reminded, or, with what Unreached, that nobody could be; each once.
func (s *Service) Told(ctx context.Context, a TellArgs, what What) error {
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		l, err := tx.SentLetter(ctx, a.Org, a.Letter)
		if err != nil {
			return err
		}
		if st := l.Stand(); (map[What]int64{Told: st.Told, Reminded: st.Reminded, Unreached: st.Unreached})[what] > 0 {
			return nil
		}
		return tx.PutEvent(ctx, s.event(l.Letter, actor.System("mailbox"), what, s.Now().Unix(), ""))
	})
}
