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

// SubmissionsListed returns those of a list of items that are forms that were sent, as a list shows them: of a list that worklist.List made, closed ones or the others. Whose data is protected is named to
// those alone who have broken the glass.
func (s *Service) SubmissionsListed(ctx context.Context, who actor.Actor, o ids.Org, items []worklist.Item, closed bool) (map[ids.Work]Listed, error) {
	var boxes []ids.Inbox
	for _, i := range items {
		if i.Kind == worklist.Submission && !slices.Contains(boxes, i.Inbox) {
			boxes = append(boxes, i.Inbox)
		}
	}
	list, err := s.Store.SubmissionsOpen(ctx, o, boxes, closed, worklist.Most)
	if err != nil {
		return nil, err
	}
	out := map[ids.Work]Listed{}
	for _, x := range list {
		if x.Protected = x.Protected && !slices.Contains(who.Glass, x.Owner.Person); x.Protected {
			x.Name = ""
		}
		out[x.Item] = x
	}
	return out, nil
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
