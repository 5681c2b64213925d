package eservice

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/catalog"
)

// checkAccess says whether somebody may begin and send a form, where a service that it leads to opens after a contact, or to companies alone (S2.7): as booking a time for it asks, of each of its services.
func (s *Service) checkAccess(ctx context.Context, who actor.Actor, c *catalog.Config, f *catalog.Form) error {
	for _, id := range f.Services {
		if err := s.Access.Check(ctx, who, c, id, ""); access.Refused(err) {
			return NotOpen{id, err}
		} else if err != nil {
			return err
		}
	}
	return nil
}

// NotOpen is a fault of access.Check with the service that is not open to who would use a form.
type NotOpen struct {
	Service ids.Service
	Why     error
}

func (n NotOpen) Error() string { return n.Why.Error() }
func (n NotOpen) Unwrap() error { return n.Why }
