package conversation

import (
	"context"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/worklist"
)

// Whole is a conversation as one of the staff reads it.
type Whole struct {
	Item     worklist.Item
	Talk     Talk
	Messages []Message
	History  []worklist.Entry
	// Earlier is what else was written with the same number or person.
	Earlier []Listed
	// RefusedAt is since when the number wants no messages; 0 when it has said no such thing since it last wrote.
	RefusedAt int64
	// Person is who it is with, or whose code was written; without an id when nobody is known.
	Person identity.Account
	// Hidden says that it is about somebody whose data is protected, and that the reader has not broken the glass: nothing of it is shown.
	Hidden bool
}

// Read opens a conversation, its codes hidden unless they are asked for. That it was read, and that codes were shown, is written down before anything is.
func (s *Service) Read(ctx context.Context, who actor.Actor, o ids.Org, id ids.Work, codes bool) (Whole, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Whole{}, err
	}
	w, err := s.open(ctx, who, c, id)
	if err != nil {
		return Whole{}, err
	}
	lines := []audit.Entry{s.Work.Line(o, who, audit.WorkRead, string(id), nil)}
	if codes && !w.Hidden {
		lines = append(lines, s.Work.Line(o, who, audit.CodeShown, string(id), nil))
	}
	if w.Person.Person != "" && !w.Hidden {
		lines = append(lines, audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.WorkRead, audit.OfPerson, string(w.Person.Person), nil))
	}
	if err := s.Store.PutAudit(ctx, lines...); err != nil {
		return Whole{}, err
	}
	if w.Hidden {
		w.Talk.Number, w.Person = "", identity.Account{}
		return w, nil
	}
	if w.Messages, err = s.messages(ctx, c, w.Talk, codes); err != nil {
		return Whole{}, err
	}
	if w.History, err = s.Work.History(ctx, o, id); err != nil {
		return Whole{}, err
	}
	if w.RefusedAt, err = s.refused(ctx, w.Talk); err != nil {
		return Whole{}, err
	}
	others, err := s.Store.Earlier(ctx, o, w.Talk)
	if err != nil {
		return Whole{}, err
	}
	w.Earlier, err = s.Earlier(ctx, who, o, others)
	return w, err
}

// open finds a conversation that somebody may see, and who it is with.
func (s *Service) open(ctx context.Context, who actor.Actor, c *catalog.Config, id ids.Work) (Whole, error) {
	var w Whole
	var err error
	o := c.Org.ID
	if w.Item, err = s.Work.Item(ctx, who, o, id); err != nil {
		return w, err
	}
	if w.Item.Kind != worklist.Conversation {
		return w, fault.NotFound("error.not_found")
	}
	if w.Talk, err = s.talk(ctx, o, id); err != nil {
		return w, err
	}
	office := c.Inbox(w.Item.Inbox).Office
	for _, p := range []ids.Person{w.Talk.Claimed, w.Talk.Person} {
		if p == "" {
			continue
		}
		a, err := s.People.InboxPerson(ctx, who, o, office, p)
		switch {
		case fault.Is(err, fault.KindInvalid):
			w.Hidden = true
		case fault.Is(err, fault.KindNotFound): // erased since
		case err != nil:
			return w, err
		default:
			w.Person = a
		}
	}
	return w, nil
}

func (s *Service) talk(ctx context.Context, o ids.Org, id ids.Work) (Talk, error) {
	t, err := s.Store.Talk(ctx, o, id)
	if err != nil {
		return t, err
	}
	return t, s.openNumber(&t)
}

func (s *Service) openNumber(t *Talk) error {
	b, err := s.Seals.Open(t.Sealed, numberPlace(t.Org, t.Item))
	if err != nil {
		return fmt.Errorf("open number: %w", err)
	}
	t.Number = string(b)
	return nil
}

func (s *Service) messages(ctx context.Context, c *catalog.Config, t Talk, codes bool) ([]Message, error) {
	list, err := s.Store.Texts(ctx, t.Org, t.Item)
	if err != nil {
		return nil, err
	}
	for i, m := range list {
		table := "text_in"
		if m.Out {
			table = "text_out"
		}
		b, err := s.Seals.Open(m.Sealed, seal.Place{Table: table, Column: "body", Row: string(t.Org) + "/" + string(m.ID)})
		if err != nil {
			return nil, fmt.Errorf("open message: %w", err)
		}
		found := s.codes(c, string(b), t.Number)
		list[i].Codes, list[i].Body = len(found) > 0, string(b)
		if !codes {
			list[i].Body = Masked(string(b), found)
		}
	}
	return list, nil
}
