package identity

import (
	"context"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
)

// Whose returns whose a national identifier is, for staff who record something of them: NotFound "person.not_found" for who is new here, Invalid at the
// field identifier for what is none.
func (s *Service) Whose(ctx context.Context, who actor.Actor, o ids.Org, kind natid.Kind, identifier natid.Secret) (ids.Person, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return "", err
	}
	value, err := s.parse(kind, identifier)
	if err != nil {
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: "identifier", Key: fault.Of(err).Key})
	}
	p, err := s.Store.PersonOfIdentifier(ctx, natid.Sort(kind, value), s.identifierHashes(natid.Sort(kind, value), value))
	if fault.Is(err, fault.KindNotFound) {
		return "", fault.NotFound("person.not_found")
	}
	return p, err
}

// MakeKnown is Whose that makes an account for who is new here, under the name that staff give them: when they sign in, it is theirs.
func (s *Service) MakeKnown(ctx context.Context, who actor.Actor, o ids.Org, kind natid.Kind, identifier natid.Secret, name string) (ids.Person, error) {
	p, err := s.Whose(ctx, who, o, kind, identifier)
	if !fault.Is(err, fault.KindNotFound) {
		return p, err
	}
	name, ok := i18n.CleanLine(name)
	if !ok || name == "" || len([]rune(name)) > maxName {
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "field.name_required"})
	}
	value, err := s.parse(kind, identifier)
	if err != nil {
		return "", err
	}
	kind = natid.Sort(kind, value)
	fresh, err := s.newPerson(Assertion{Name: name}.registered(value, kind))
	if err != nil {
		return "", err
	}
	err = s.inTxAgain(ctx, func(ctx context.Context, tx Tx) error {
		if p, err = known(tx.PersonOfIdentifier(ctx, kind, s.identifierHashes(kind, value))); err != nil || p != "" {
			return err
		}
		p = fresh.Person
		if err := s.put(ctx, tx, fresh, "staff"); err != nil {
			return err
		}
		return s.putIdentifier(ctx, tx, p, kind, value, "staff")
	})
	return p, err
}

// NameOf returns what a person is called, for staff at the desk who look after something of theirs: Invalid "person.protected" at the field person for whom
// only those may see who have broken the glass.
func (s *Service) NameOf(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person) (string, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return "", err
	}
	if err := s.openTo(ctx, who, p); err != nil {
		return "", err
	}
	a, err := s.Store.Account(ctx, p)
	return a.ShortName(), err
}
