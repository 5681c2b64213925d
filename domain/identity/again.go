package identity

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
)

// ReadAgain shows staff a person's data once more after ReadPerson, or after the glass was broken: nothing is written down, since the reason stands in the
// log already. Whoever calls it keeps for whom a person was opened, and for how long. The right is asked anew each time.
func (s *Service) ReadAgain(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person) (View, error) {
	if err := who.May(actor.PersonRead, actor.Object{Org: o, Owner: actor.Owner{Person: p}}); err != nil {
		return View{}, err
	}
	if err := s.openTo(ctx, who, p); err != nil {
		return View{}, err
	}
	return s.view(ctx, p)
}
