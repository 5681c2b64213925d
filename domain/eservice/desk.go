package eservice

import (
	"context"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/worklist"
)

// SubmissionsListed returns those of a list of items that are forms that were sent, as a list shows them. Whose data is protected is named to those alone who have broken the glass.
func (s *Service) SubmissionsListed(ctx context.Context, who actor.Actor, o ids.Org, items []worklist.Item) (map[ids.Work]Listed, error) {
	out := map[ids.Work]Listed{}
	for _, i := range items {
		if i.Kind != worklist.Submission {
			continue
		}
		x, err := s.Store.SubmissionListed(ctx, o, i.ID)
		if fault.Is(err, fault.KindNotFound) { // it was deleted a moment ago
			continue
		}
		if err != nil {
			return nil, err
		}
		out[i.ID] = x.shownTo(who)
	}
	return out, nil
}

// shownTo is what was sent as a list shows it to somebody.
func (x Listed) shownTo(who actor.Actor) Listed {
	if x.Protected = x.Protected && !slices.Contains(who.Glass, x.Owner.Person); x.Protected {
		x.Name = ""
	}
	return x
}

// ByNumber finds the work of what was sent under a number, for those who may see it. Invalid at the field "number" when there is none for them.
func (s *Service) ByNumber(ctx context.Context, who actor.Actor, o ids.Org, number string) (ids.Work, error) {
	x, err := s.Store.SubmissionOfNumber(ctx, o, strings.TrimSpace(number))
	if err == nil {
		_, err = s.Work.Item(ctx, who, o, x.Item)
	}
	if fault.Is(err, fault.KindNotFound) {
		err = fault.Invalid("form.invalid", nil, fault.Field{Name: "number", Key: "submission.no_number"})
	}
	return x.Item, err
}
