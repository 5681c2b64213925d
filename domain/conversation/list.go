package conversation

import (
	"context"
	"fmt"

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

// List returns the conversations of a view, in the order of work, with the counts of all views.
func (s *Service) List(ctx context.Context, who actor.Actor, o ids.Org, inbox ids.Inbox, v worklist.View) ([]Listed, map[worklist.View]int, error) {
	items, counts, err := s.Work.List(ctx, who, o, inbox, v)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	var out []Listed
	for _, i := range items {
		if i.Kind != worklist.Conversation {
			continue
		}
		t, err := s.talk(ctx, o, i.ID)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("list conversations: %w", err)
		}
		l := Listed{Item: i, Known: t.Known, Tail: t.Number[max(0, len(t.Number)-tail):]}
		for _, p := range []ids.Person{t.Claimed, t.Person} {
			if p == "" {
				continue
			}
			if _, err := s.People.InboxPerson(ctx, who, o, c.Inbox(i.Inbox).Office, p); fault.Is(err, fault.KindInvalid) {
				l.Hidden = true
			}
		}
		if l.Hidden {
			l.Tail, l.Known = "", Known{}
		}
		out = append(out, l)
	}
	return out, counts, nil
}
