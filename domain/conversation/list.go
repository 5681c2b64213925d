package conversation

import (
	"context"
	"fmt"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/worklist"
)

// Listed is a conversation as a list shows it.
type Listed struct {
	worklist.Item
	// Tail is the end of the number.
	Tail string
	Known
	// Hidden says that it is about somebody whose data is protected, whom the reader may not see.
	Hidden bool
}

// tail is how much of a number a list shows.
const tail = 4

// List returns a page of the conversations of a view, in the order of work; next is where the next one begins, nil when there is none.
func (s *Service) List(ctx context.Context, who actor.Actor, o ids.Org, w worklist.Wanted) (out []Listed, next *worklist.Place, err error) {
	w.Kind = worklist.Conversation
	page, _, err := s.Work.List(ctx, who, o, w)
	if err != nil {
		return nil, nil, err
	}
	talks, err := s.Listed(ctx, who, o, page.Items)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range page.Items {
		if t, ok := talks[i.ID]; ok { // else it was taken away a moment ago
			out = append(out, t)
		}
	}
	return out, page.Next, nil
}

// Listed returns those of a list of items that are conversations, as a list shows them.
func (s *Service) Listed(ctx context.Context, who actor.Actor, o ids.Org, items []worklist.Item) (map[ids.Work]Listed, error) {
	out := map[ids.Work]Listed{}
	for _, i := range items {
		if i.Kind != worklist.Conversation {
			continue
		}
		t, err := s.Store.ListedTalk(ctx, o, i.ID)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err == nil {
			err = s.openNumber(&t.Talk)
		}
		if err != nil {
			return nil, fmt.Errorf("list conversations: %w", err)
		}
		out[i.ID] = listed(who, i, t)
	}
	return out, nil
}

// listed is a conversation as somebody may see it in a list.
func listed(who actor.Actor, i worklist.Item, t ListedTalk) Listed {
	for _, p := range t.Protected {
		if !slices.Contains(who.Glass, p) {
			return Listed{Item: i, Hidden: true}
		}
	}
	return Listed{Item: i, Known: t.Known, Tail: Tail(t.Number)}
}

// Tail is the end of a number, as lists show it.
func Tail(number string) string { return number[max(0, len(number)-tail):] }

// Earlier returns what else was written with the same number or the same person, the newest first, as a list shows it: what the reader may see.
func (s *Service) Earlier(ctx context.Context, who actor.Actor, o ids.Org, list []ids.Work) ([]Listed, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	var out []Listed
	for _, id := range list {
		w, err := s.open(ctx, who, c, id)
		switch {
		case fault.Is(err, fault.KindNotFound):
			continue
		case err != nil:
			return nil, err
		}
		l := Listed{Item: w.Item, Known: w.Talk.Known, Tail: Tail(w.Talk.Number)}
		if w.Hidden {
			l = Listed{Item: w.Item, Hidden: true}
		}
		out = append(out, l)
	}
	return out, nil
}
