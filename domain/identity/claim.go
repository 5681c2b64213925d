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
	if err := who.May(actor.InboxWork, actor.Object{Org: o, Office: office}); err != nil {
		return Account{}, err
	}
	if err := s.openTo(ctx, who, p); err != nil {
		return Account{}, err
	}
	a, err := s.Store.Account(ctx, p)
	return a.Account, err
}
