package identity

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
)

// Claimed tells whose an identity code is that somebody wrote in a message; an account without a person when nobody here has it. Only Luukku itself may ask:
// to staff it is told by the conversation, which is written down.
func (s *Service) Claimed(ctx context.Context, who actor.Actor, _ ids.Org, kind natid.Kind, code natid.Secret) (Account, error) {
	if who.Kind != actor.KindSystem {
		return Account{}, fault.NotFound("error.not_found")
	}
	p, err := s.Store.PersonOfIdentifier(ctx, kind, s.identifierHashes(kind, code))
	if fault.Is(err, fault.KindNotFound) {
		return Account{}, nil
	}
	if err != nil {
		return Account{}, err
	}
	a, err := s.Store.Account(ctx, p)
	return a.Account, err
}

// InboxPerson returns who a conversation is with, for those who answer it: Invalid "person.protected" at the field person for whom only those may see who have
// broken the glass.
func (s *Service) InboxPerson(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, p ids.Person) (Account, error) {
	err := who.May(actor.InboxWork, actor.Object{Org: o, Office: office})
	if who.Kind == actor.KindClient { // a program has a right of its own for letters, and one for forms; whoever asks has held its limits against the item
		if err = who.MaySomewhere(actor.InboxWork, o); err != nil {
			err = mayCasework(who, o)
		}
	}
	if err != nil {
		return Account{}, err
	}
	if err := s.openTo(ctx, who, p); err != nil {
		return Account{}, err
	}
	a, err := s.Store.Account(ctx, p)
	return a.Account, err
}

// mayCasework is whether somebody may work on letters or on forms, as a case system does.
func mayCasework(who actor.Actor, o ids.Org) error {
	if who.MaySomewhere(actor.SubmissionWork, o) == nil {
		return nil
	}
	return who.MaySomewhere(actor.LetterWork, o)
}

// Writer is who wrote a letter or sent a form, as a case system knows them: a person by the identifier that a register has, a company by its public number. Both are empty for whom no register knows.
type Writer struct {
	Kind    natid.Kind
	Code    natid.Secret
	Company Company
}

// Writer returns who wrote to an organisation, to a program that works on letters or forms and that was shown one of theirs. Invalid for whom only those may see who have broken the glass.
func (s *Service) Writer(ctx context.Context, who actor.Actor, o ids.Org, of actor.Owner) (Writer, error) {
	if err := mayCasework(who, o); err != nil {
		return Writer{}, err
	}
	if of.Person == "" && of.Company == "" {
		return Writer{}, nil
	}
	if of.Company != "" {
		c, err := s.Store.Company(ctx, of.Company)
		return Writer{Company: c}, err
	}
	if err := s.openTo(ctx, who, of.Person); err != nil {
		return Writer{}, err
	}
	kind, code, err := s.identifier(ctx, of.Person)
	if fault.Is(err, fault.KindNotFound) {
		err = nil
	}
	return Writer{Kind: kind, Code: code}, err
}
