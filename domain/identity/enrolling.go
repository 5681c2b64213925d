package identity

import (
	"context"
	"slices"

	"luukku/base/ids"
	"luukku/domain/actor"
)

// InCare returns the accounts of those whom a person may enrol or sign up now, with their dates of birth: themselves first and then their dependants, or whom alone they act for. For a company
// there are none.
func (s *Service) InCare(ctx context.Context, who actor.Actor) ([]Account, error) {
	if err := who.May(actor.FolderRead, actor.Object{Owner: actor.Owner{Person: who.Person}}); err != nil {
		return nil, err
	}
	var people []ids.Person
	switch {
	case who.For.Company != "":
		return nil, nil
	case who.For.Person != "":
		people = []ids.Person{who.For.Person}
	default:
		people = []ids.Person{who.Person}
		choices, err := s.Choices(ctx, who)
		if err != nil {
			return nil, err
		}
		for _, c := range choices {
			if c.Owner.Person != "" && !slices.Contains(people, c.Owner.Person) {
				people = append(people, c.Owner.Person)
			}
		}
	}
	out := make([]Account, len(people))
	for i, p := range people {
		a, _, err := s.open(ctx, p)
		if err != nil {
			return nil, err
		}
		out[i] = a.Account
	}
	return out, nil
}

// Shielded reports whether a person is under a non-disclosure order and the actor has not broken the glass for them.
func (s *Service) Shielded(ctx context.Context, who actor.Actor, p ids.Person) (bool, error) {
	a, err := s.Store.Account(ctx, p)
	return err == nil && a.Protected && !slices.Contains(who.Glass, p), err
}
