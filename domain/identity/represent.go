package identity

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Represented returns the company or association of a public number, and whether anybody may act for it now; its zero value for one that is not known here. Only Luukku itself may ask.
func (s *Service) Represented(ctx context.Context, who actor.Actor, number string) (Company, bool, error) {
	if who.Kind != actor.KindSystem {
		return Company{}, false, fault.NotFound("error.not_found")
	}
	c, err := s.Store.CompanyByNumber(ctx, number)
	if fault.Is(err, fault.KindNotFound) {
		return Company{}, false, nil
	}
	if err != nil {
		return Company{}, false, err
	}
	list, err := s.Store.MandatesFor(ctx, c.ID)
	today := s.today()
	return c, slices.ContainsFunc(list, func(m Mandate) bool { return m.Good(today) }), err
}

// ActsFor reports whether a person may act for somebody now: by a mandate, or as a guardian. Only Luukku itself may ask.
func (s *Service) ActsFor(ctx context.Context, who actor.Actor, p ids.Person, of actor.Owner) (bool, error) {
	if who.Kind != actor.KindSystem {
		return false, fault.NotFound("error.not_found")
	}
	_, err := s.actingFor(ctx, p, of)
	if fault.Is(err, fault.KindForbidden) {
		return false, nil
	}
	return err == nil, err
}
