package mailbox

import (
	"cmp"
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Mine is the mailbox that somebody works in, with what was said about letters: their own, or that of whom they act for. What they want to be told of is always their own wish.
type Mine struct {
	Box
	// Shared says that it is not their own; History is that of its owner.
	Shared     bool
	Preference Preference
	History    []Preference
	// Grounds are the rules by which letters go without paper though nobody agreed: the one that holds and those that will. NoChoice says that paper cannot be chosen now.
	Grounds  []org.Ground
	NoChoice bool
	// Terms is the version that holds now; TermsNew that another one was accepted.
	TermsNow string
	// TooYoung says that its owner has not reached the age from which the installation lets people have one.
	TooYoung bool
	TermsNew bool
}

// Mine returns the mailbox that the actor works in; its Version is 0 for who never had one. NotFound for who acts for somebody who can have none.
func (s *Service) Mine(ctx context.Context, who actor.Actor) (Mine, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return Mine{}, err
	}
	b, err := box(ctx, s.Store, of)
	if err != nil {
		return Mine{}, err
	}
	history, err := preferences(ctx, s.Store, of, b)
	if err != nil {
		return Mine{}, err
	}
	set, err := s.settings(ctx)
	if err != nil {
		return Mine{}, err
	}
	now := s.Now().Unix()
	m := Mine{Box: b, Shared: !inPerson(who), History: history, Preference: PreferenceUnder(PreferenceAt(history, "", now), set, of, now), Grounds: GroundsOf(set.Grounds, of, now, set.Zone)}
	g, held := GroundAt(set.Grounds, of, now, set.Zone)
	m.NoChoice = held && !g.Choice
	if m.Shared {
		list, err := s.Store.Tellers(ctx, of)
		if err != nil {
			return Mine{}, err
		}
		t := tellerOf(list, who.Person)
		m.TellEmail, m.TellPhone, m.Lang = t.TellEmail, t.TellPhone, cmp.Or(t.Lang, b.Lang)
	}
	if err := s.oldEnough(ctx, who); fault.IsKey(err, "mailbox.too_young") {
		m.TooYoung = true
	} else if err != nil {
		return Mine{}, err
	}
	m.TermsNow, err = s.Terms(ctx)
	m.TermsNew = b.Open() && b.Terms != m.TermsNow
	return m, err
}

// OpenRequest opens a mailbox.
type OpenRequest struct {
	// Terms is the version that was read and accepted.
	Terms                string
	TellEmail, TellPhone bool
	Lang                 i18n.Lang
}

// Open opens the actor's mailbox, or opens it again: for themselves (S4.2), or for a company for all who hold a mandate for it. From then on letters come without paper. A welcome letter greets
// who opens it for the first time. Opened twice it is opened once. Faults: NotFound where there are no mailboxes; Invalid at "terms" for a version that does not hold now.
func (s *Service) Open(ctx context.Context, who actor.Actor, r OpenRequest) error {
	if err := s.mayOpen(ctx, who, r.Terms); err != nil {
		return err
	}
	keeps, err := s.Keeper(ctx)
	if err != nil {
		return err
	}
	keeper, err := s.Store.Config(ctx, keeps)
	if err != nil {
		return err
	}
	now, of := s.Now().Unix(), who.Owner()
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		b, err := box(ctx, tx, of)
		if err != nil || b.Open() {
			return err
		}
		first := b.Version == 0
		b = Box{Person: of.Person, Company: of.Company, OpenedBy: who.Person, OpenedAt: now, Terms: r.Terms, Lang: r.Lang, SignedIn: now, Version: b.Version}
		if inPerson(who) {
			b.TellEmail, b.TellPhone = r.TellEmail, r.TellPhone
		}
		if ok, err := tx.PutBox(ctx, b); err != nil || !ok {
			return orAgain(err)
		}
		if err := putTeller(ctx, tx, who, r.TellEmail, r.TellPhone, r.Lang); err != nil {
			return err
		}
		if err := s.prefers(ctx, tx, who, Preference{Channel: Electronic, Basis: Consent, Terms: r.Terms, From: now}); err != nil {
			return err
		}
		if first {
			if err := s.welcome(ctx, tx, keeper, b); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, s.about(who, audit.MailboxOpened, map[string]string{"terms": r.Terms}))
	})
	if err == nil {
		s.committed()
	}
	return err
}

func (s *Service) mayOpen(ctx context.Context, who actor.Actor, terms string) error {
	if who.Kind != actor.KindCitizen {
		return fault.NotFound("error.not_found")
	}
	if _, err := s.owner(ctx, who); err != nil {
		return err
	}
	if err := s.oldEnough(ctx, who); err != nil {
		return err
	}
	now, err := s.Terms(ctx)
	switch {
	case err != nil:
		return err
	case now == "":
		return fault.NotFound("error.not_found")
	case terms != now:
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "terms", Key: "mailbox.accept_terms"})
	}
	return nil
}

// oldEnough says whether somebody has reached the age from which the installation lets people have a mailbox: on their birthday they have. Whose birth is not known is taken at their
// means of signing in, which are for adults. Forbidden "mailbox.too_young". An account for a child is nobody's to open (S4.2), nor their own before that day.
func (s *Service) oldEnough(ctx context.Context, who actor.Actor) error {
	if s.Adult == nil || !inPerson(who) {
		return nil
	}
	years, today, err := s.Adult(ctx)
	if err != nil || years == 0 {
		return err
	}
	a, err := s.People.Mine(ctx, who)
	if err != nil {
		return err
	}
	if birth, err := org.ParseDate(a.Birth); err == nil && today.Before(Reaches(birth, years)) {
		return fault.Forbidden("mailbox.too_young")
	}
	return nil
}

// Reaches is the date on which somebody reaches an age in years. Who was born on 29 February does so on 1 March of a year without that day.
func Reaches(birth org.Date, years int) org.Date {
	return org.DateOf(birth.At(720, time.UTC).AddDate(years, 0, 0))
}

// prefers appends to the history of the owner in whose mailbox the actor works. A company's is told by when it was opened and closed (preferences).
func (s *Service) prefers(ctx context.Context, tx Tx, who actor.Actor, p Preference) error {
	if p.Person = who.Owner().Person; p.Person == "" {
		return nil
	}
	p.At, p.ByKind, p.By = s.Now().Unix(), who.Kind, who.ID()
	return tx.PutPreference(ctx, p)
}

// about is a line of the log about the mailbox in which the actor works.
func (s *Service) about(who actor.Actor, a audit.Action, detail map[string]string) audit.Entry {
	of := who.Owner()
	if of.Company != "" {
		return s.entry("", who, a, "company", string(of.Company), detail)
	}
	return s.entry("", who, a, audit.OfPerson, string(of.Person), detail)
}

func orAgain(err error) error {
	if err == nil {
		return errAgain
	}
	return err
}

// welcome greets a new mailbox.
func (s *Service) welcome(ctx context.Context, tx Tx, keeper *catalog.Config, b Box) error {
	p := s.Texts.Printer(b.Lang)
	l := Letter{
		Org: keeper.Org.ID, ID: s.Gen.Letter(), Owner: actor.Owner{Person: b.Person, Company: b.Company}, Kind: Welcome, Mode: Ordinary, Lang: b.Lang, CreatedAt: b.OpenedAt, PublishAt: b.OpenedAt,
		Channel: Electronic, Content: Content{Subject: p.T("mailbox.welcome_subject"), Body: p.T("mailbox.welcome_body")},
	}
	l.Thread = l.ID
	if err := s.sealed(ctx, tx, &l, nil); err != nil {
		return err
	}
	return s.publish(ctx, tx, keeper, actor.System("mailbox"), l)
}

// publish writes a letter that is there for its reader from now on.
func (s *Service) publish(ctx context.Context, tx Tx, c *catalog.Config, who actor.Actor, l Letter) error {
	if err := tx.PutLetter(ctx, l); err != nil {
		return err
	}
	for _, what := range []What{Accepted, Published} {
		detail := ""
		if what == Published && l.BySignIn {
			detail = servedBySignIn
		}
		if err := tx.PutEvent(ctx, s.event(l, who, what, l.CreatedAt, detail)); err != nil {
			return err
		}
	}
	return s.keep(ctx, tx, c, l)
}

// SetRequest changes what a mailbox's owner wants to be told.
type SetRequest struct {
	TellEmail, TellPhone bool
	Lang                 i18n.Lang
	// Terms is the version that is accepted with it; empty leaves it as it is.
	Terms string
	Seen  int64
}

// Set changes the actor's mailbox. Conflict "letter.changed" when it was changed elsewhere since it was seen.
func (s *Service) Set(ctx context.Context, who actor.Actor, r SetRequest) error {
	m, err := s.Mine(ctx, who)
	if err != nil {
		return err
	}
	switch {
	case !m.Open():
		return fault.NotFound("error.not_found")
	case r.Terms != "" && r.Terms != m.TermsNow:
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "terms", Key: "mailbox.accept_terms"})
	case m.Version != r.Seen:
		return errAgain
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		b, err := box(ctx, tx, who.Owner())
		if err != nil {
			return err
		}
		b.Version = r.Seen
		if inPerson(who) {
			b.TellEmail, b.TellPhone, b.Lang = r.TellEmail, r.TellPhone, r.Lang
		}
		if r.Terms != "" {
			b.Terms = r.Terms
		}
		if inPerson(who) || r.Terms != "" {
			if ok, err := tx.PutBox(ctx, b); err != nil || !ok {
				return orAgain(err)
			}
		}
		if err := putTeller(ctx, tx, who, r.TellEmail, r.TellPhone, r.Lang); err != nil {
			return err
		}
		return tx.Audit(ctx, s.about(who, audit.MailboxChanged, nil))
	})
}

// Close closes the actor's mailbox: from the next second on letters go on paper again (S4.7). What lies in it stays readable.
func (s *Service) Close(ctx context.Context, who actor.Actor) error {
	if _, err := s.Mine(ctx, who); err != nil {
		return err
	}
	now := s.Now().Unix()
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		b, err := box(ctx, tx, who.Owner())
		if err != nil || !b.Open() {
			return err
		}
		b.ClosedAt = now
		if ok, err := tx.PutBox(ctx, b); err != nil || !ok {
			return orAgain(err)
		}
		if err := s.prefers(ctx, tx, who, Preference{Channel: Paper, Basis: Wish, From: now}); err != nil {
			return err
		}
		return tx.Audit(ctx, s.about(who, audit.MailboxClosed, nil))
	})
}

// PaperUntil has letters sent on paper until the last second of a time, and without paper again after it. Faults: NotFound without a mailbox, and for a company, whose letters are not
// for one of those to put off who act for it; Invalid at "until".
func (s *Service) PaperUntil(ctx context.Context, who actor.Actor, until int64) error {
	m, err := s.Mine(ctx, who)
	if err != nil {
		return err
	}
	now := s.Now().Unix()
	switch {
	case !m.Open() || m.Company != "":
		return fault.NotFound("error.not_found")
	case m.NoChoice:
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "mailbox.no_choice"})
	case until <= now:
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "field.date"})
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := s.prefers(ctx, tx, who, Preference{Channel: Paper, Basis: Wish, From: now, Until: until}); err != nil {
			return err
		}
		return tx.Audit(ctx, s.about(who, audit.MailboxPaper, nil))
	})
}

// Paperless has letters come without paper again, before the paper that was asked for is over. Nothing is changed for whom they come without paper. NotFound without a mailbox.
func (s *Service) Paperless(ctx context.Context, who actor.Actor) error {
	m, err := s.Mine(ctx, who)
	switch {
	case err != nil:
		return err
	case !m.Open() || m.Company != "":
		return fault.NotFound("error.not_found")
	case m.Preference.Channel == Electronic:
		return nil
	}
	now := s.Now().Unix()
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := s.prefers(ctx, tx, who, Preference{Channel: Electronic, Basis: Consent, Terms: m.Box.Terms, From: now}); err != nil {
			return err
		}
		return tx.Audit(ctx, s.about(who, audit.MailboxPaper, nil))
	})
}
