package booking

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// mostUndelivered is how many messages the list of those that could not be delivered shows.
const mostUndelivered = 200

// Undelivered returns the messages of an organisation that could not be delivered, or of which nobody knows: of the offices where the actor works. That
// somebody reads the list is written down.
func (s *Service) Undelivered(ctx context.Context, who actor.Actor, o ids.Org) ([]notify.Letter, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	list, err := s.Store.Undelivered(ctx, o, mostUndelivered)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(l notify.Letter) bool {
		return who.May(actor.BookingDesk, actor.Object{Org: o, Office: l.Office}) != nil
	})
	return list, s.Store.PutAudit(ctx, s.entry(o, who, audit.NoticesListed, "organisation", string(o), nil))
}

// ResendNotice has a message that could not be delivered sent once more, to the address and in the words that hold by then. Faults: Conflict
// "undelivered.done_gone" for one that is not on the list any more.
func (s *Service) ResendNotice(ctx context.Context, who actor.Actor, o ids.Org, id ids.Notice) error {
	return s.settleLetter(ctx, who, o, id, audit.NoticeResent, s.Store.ResendNotice)
}

// DropNotice takes a message off the list: somebody has seen it, and nothing more is to be done. Its faults are those of ResendNotice.
func (s *Service) DropNotice(ctx context.Context, who actor.Actor, o ids.Org, id ids.Notice) error {
	return s.settleLetter(ctx, who, o, id, audit.NoticeDropped, s.Store.DropNotice)
}

func (s *Service) settleLetter(ctx context.Context, who actor.Actor, o ids.Org, id ids.Notice, action audit.Action,
	do func(context.Context, ids.Org, ids.Notice, int64, audit.Entry) (bool, error),
) error {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return err
	}
	n, err := s.Store.Notice(ctx, o, id)
	if err != nil {
		return err
	}
	if n.Appointment != "" {
		a, err := s.Store.Appointment(ctx, o, n.Appointment)
		if err == nil {
			err = who.May(actor.BookingDesk, actor.Object{Org: o, Office: a.Office})
		}
		if err != nil {
			return err
		}
	}
	done, err := do(ctx, o, id, s.Now().Unix(), s.entry(o, who, action, "notice", string(id), map[string]string{"event": string(n.Event), "channel": string(n.Channel)}))
	if err == nil && !done {
		return fault.Conflict("undelivered.done_gone", nil)
	}
	if err == nil && s.Committed != nil {
		s.Committed()
	}
	return err
}

// Told returns what somebody was told of an appointment, in the order in which it happened, for who may open it.
func (s *Service) Told(ctx context.Context, who actor.Actor, a Appointment) ([]notify.Letter, error) {
	if err := s.MayOpen(ctx, who, a.Org, a.ID); err != nil {
		return nil, err
	}
	return s.Store.ToldOf(ctx, a.Org, a.ID)
}

// MailOfLink returns the address, and the notice, of the mail that carried a link to take consent back, or NotFound "link.not_found".
func (s *Service) MailOfLink(ctx context.Context, token string) (n notify.Notice, email string, err error) {
	o, id, err := s.Store.UnsubscribeSubject(ctx, ids.HashToken(token), s.Now().Unix())
	if err != nil {
		return n, "", err
	}
	if n, err = s.Store.Notice(ctx, o, id); err != nil {
		return n, "", err
	}
	if n.Waiting != "" {
		e, err := s.Store.WaitingEntry(ctx, o, n.Waiting)
		return n, e.Email, err
	}
	a, err := s.Store.Appointment(ctx, o, n.Appointment)
	return n, a.Details.Email, err
}
