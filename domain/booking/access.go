package booking

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
)

// checkAccess says whether somebody may book a service, and all that they want beside it, where a service opens after a contact, or to companies alone (S2.7).
func (s *Service) checkAccess(ctx context.Context, who actor.Actor, c *catalog.Config, service ids.Service, office ids.Office, also ...ids.Service) error {
	for _, id := range append([]ids.Service{service}, also...) {
		if err := s.Access.Check(ctx, who, c, id, office); err != nil {
			return err
		}
	}
	return nil
}

// hasAccess reports whether somebody who waits may have a freed time.
func (s *Service) hasAccess(ctx context.Context, e Waiter, f Freed, c *catalog.Config) (bool, error) {
	if e.Moves != "" {
		return true, nil // what was booked may be moved
	}
	return s.Access.Has(ctx, actor.Owner{Person: e.Account}, c, f.Service, f.Office)
}
