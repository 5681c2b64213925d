package eservice

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

var _ mailbox.HookFeed = (*Service)(nil)

// Told is an event of which programs are told, with where what it happened to lies now.
type Told struct {
	Event
	// Fed is the number under which programs are told of it; it grows with each change of anything that was sent to the organisation.
	Fed    int64
	Number string
	Work   worklist.Item
	// Protected says that it is of somebody whose data is protected: to a program it is not there.
	Protected bool
}

// HookEvents are the events of what was sent to an organisation, after a number, for a program that is told of them: those of the first so many that it may hear of, and the number up to which there are no
// others. Whoever asks again after that misses none. NotFound for who may work on no forms.
func (s *Service) HookEvents(ctx context.Context, who actor.Actor, o ids.Org, after int64, most int) (list []mailbox.HookEvent, last int64, err error) {
	if err := who.MaySomewhere(actor.SubmissionWork, o); err != nil {
		return nil, after, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, after, err
	}
	upTo, err := s.Store.SubmissionSeq(ctx, o) // read first: of what had this number by then, all is on the page
	if err != nil {
		return nil, after, err
	}
	page, err := s.Store.SubmissionEventsAfter(ctx, o, after, most)
	if err != nil {
		return nil, after, err
	}
	for _, e := range page {
		last = e.Fed
		on := e.Work.Object(c)
		if !e.Protected && who.May(worklist.RightOver(who, worklist.Submission), on) == nil {
			list = append(list, mailbox.HookEvent{Seq: e.Fed, Submission: e.Submission, Number: e.Number, Form: on.Form, Inbox: on.Inbox, What: string(e.What), Unix: e.At})
		}
	}
	if len(page) < most {
		last = max(last, upTo, after)
	}
	return list, last, nil
}
