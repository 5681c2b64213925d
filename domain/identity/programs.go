package identity

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
)

// Known is a person as a program names them: by a national identifier.
type Known struct {
	Kind       natid.Kind
	Identifier natid.Secret
}

// RecordGuardianshipOf is RecordGuardianship of two people who are named by their national identifiers. Who is not here, or no identifier, is Invalid at the
// field "guardian" or "dependant".
func (s *Service) RecordGuardianshipOf(ctx context.Context, who actor.Actor, r RecordRequest, guardian, dependant Known) (ids.Guardianship, error) {
	if err := who.May(actor.GuardianshipRecord, actor.Object{Org: r.Org}); err != nil {
		return "", err
	}
	var err error
	if r.Guardian, err = s.known(ctx, "guardian", guardian); err != nil {
		return "", err
	}
	if r.Dependant, err = s.known(ctx, "dependant", dependant); err != nil {
		return "", err
	}
	return s.RecordGuardianship(ctx, who, r)
}

// RevokeGuardianshipOf is RevokeGuardianship of a guardian who is named by a national identifier.
func (s *Service) RevokeGuardianshipOf(ctx context.Context, who actor.Actor, o ids.Org, guardian Known, id ids.Guardianship) error {
	if err := who.May(actor.GuardianshipRecord, actor.Object{Org: o}); err != nil {
		return err
	}
	p, err := s.known(ctx, "guardian", guardian)
	if err != nil {
		return err
	}
	return s.RevokeGuardianship(ctx, who, o, p, id)
}

func (s *Service) known(ctx context.Context, field string, k Known) (ids.Person, error) {
	value, err := natid.Parse(k.Kind, k.Identifier.Reveal(), natid.Options{Test: s.TestIdentifiers})
	if err != nil {
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: field, Key: fault.Of(err).Key})
	}
	p, err := s.Store.PersonOfIdentifier(ctx, k.Kind, s.identifierHashes(k.Kind, value))
	if fault.Is(err, fault.KindNotFound) {
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: field, Key: "people.unknown"})
	}
	return p, err
}

// PersonToOpen is a person as a program names them to whom a service is opened. Who is not here, or no identifier, is Invalid at the field "identifier".
func (s *Service) PersonToOpen(ctx context.Context, who actor.Actor, o ids.Org, k Known) (ids.Person, error) {
	if err := who.May(actor.AccessGrant, actor.Object{Org: o}); err != nil {
		return "", err
	}
	return s.known(ctx, "identifier", k)
}
