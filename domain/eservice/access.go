package eservice

import (
	"context"

	"luukku/domain/actor"
	"luukku/domain/catalog"
)

// checkAccess says whether somebody may begin and send a form, where a service that it leads to opens after a contact, or to companies alone (S2.7): as booking a time for it asks, of each of its services.
func (s *Service) checkAccess(ctx context.Context, who actor.Actor, c *catalog.Config, f *catalog.Form) error {
	for _, id := range f.Services {
		if err := s.Access.Check(ctx, who, c, id, ""); err != nil {
			return err
		}
	}
	return nil
}
