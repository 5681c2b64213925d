package booking

import (
	"cmp"
	"context"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// mostUndelivered is how many messages the list of those that could not be delivered shows.
const mostUndelivered = 200

// Undelivered is a message that could not be delivered. Number is sealed: who a text message went to that is no notice.
type Undelivered struct {
	notify.Letter
	Number []byte
}

// LetterRef names a message of the list: a notice, or a text message of its own.
type LetterRef struct {
	ID   ids.Notice
	Text bool
}

// Undelivered returns the messages of an organisation that could not be delivered, or of which nobody knows: of the offices where the actor works. Of a text
// message that belongs to nothing else, the number it went to is told. That somebody reads the list is written down.
func (s *Service) Undelivered(ctx context.Context, who actor.Actor, o ids.Org) ([]notify.Letter, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	list, err := s.Store.Undelivered(ctx, o, mostUndelivered)
	if err != nil {
		return nil, err
	}
	var out []notify.Letter
	for _, u := range list {
		if who.May(actor.BookingDesk, actor.Object{Org: o, Office: u.Office}) != nil {
			continue
		}
		if u.Text && u.About == "" {
			number, err := s.Seals.Open(u.Number, seal.Place{Table: "text_out", Column: "number", Row: string(o) + "/" + string(u.ID)})
			if err != nil {
				return nil, fmt.Errorf("open number of text message %s: %w", u.ID, err)
			}
			u.Letter.Number = string(number)
		}
		out = append(out, u.Letter)
	}
	return out, s.Store.PutAudit(ctx, s.entry(o, who, audit.NoticesListed, "organisation", string(o), nil))
}

// SendAgain has messages that could not be delivered sent once more, to the address and, for notices, in the words that hold by then; other takes the other
// channel where the person can be reached by it. It says how many there were. Fault: Conflict "undelivered.done_gone" when none is on the list any more, or none
// can be reached otherwise.
func (s *Service) SendAgain(ctx context.Context, who actor.Actor, o ids.Org, list []LetterRef, other bool) (int, error) {
	return s.settleLetters(ctx, who, o, list, func(r LetterRef, n notify.Notice, d Details) (bool, error) {
		if r.Text {
			if other {
				return false, nil
			}
			return s.Store.ResendText(ctx, o, ids.Text(r.ID), s.Now().Unix(), s.entry(o, who, audit.TextResent, "text", string(r.ID), nil))
		}
		by := cmp.Or(n.Channel, notify.Email)
		if other {
			if by = otherChannel(by, d); by == "" {
				return false, nil
			}
		}
		return s.Store.ResendNotice(ctx, o, r.ID, by, s.Now().Unix(), s.letterEntry(who, audit.NoticeResent, n, by))
	})
}

// otherChannel is how else somebody can be reached; empty for not at all.
func otherChannel(ch notify.Channel, d Details) notify.Channel {
	switch {
	case ch == notify.SMS && d.Email != "":
		return notify.Email
	case ch == notify.Email && notify.IsMobile(d.Phone):
		return notify.SMS
	}
	return ""
}

// SetAside takes messages off the list: somebody has seen them, and nothing more is to be done. It says how many there were; its faults are those of SendAgain.
func (s *Service) SetAside(ctx context.Context, who actor.Actor, o ids.Org, list []LetterRef) (int, error) {
	return s.settleLetters(ctx, who, o, list, func(r LetterRef, n notify.Notice, _ Details) (bool, error) {
		if r.Text {
			return s.Store.DropText(ctx, o, ids.Text(r.ID), s.Now().Unix(), s.entry(o, who, audit.TextDropped, "text", string(r.ID), nil))
		}
		return s.Store.DropNotice(ctx, o, r.ID, s.Now().Unix(), s.letterEntry(who, audit.NoticeDropped, n, n.Channel))
	})
}

func (s *Service) letterEntry(who actor.Actor, action audit.Action, n notify.Notice, by notify.Channel) audit.Entry {
	return s.entry(n.Org, who, action, "notice", string(n.ID), map[string]string{"event": string(n.Event), "channel": string(by)})
}

// settleLetters does one thing to each message that the actor may see, and counts those that were there.
func (s *Service) settleLetters(ctx context.Context, who actor.Actor, o ids.Org, list []LetterRef, do func(LetterRef, notify.Notice, Details) (bool, error)) (count int, err error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return 0, err
	}
	if len(list) == 0 || len(list) > mostUndelivered {
		return 0, fault.Invalid("form.invalid", nil, fault.Field{Name: "pick", Key: "undelivered.pick"})
	}
	for _, r := range list {
		var n notify.Notice
		var d Details
		if !r.Text {
			if n, d, err = s.letter(ctx, who, o, r.ID); err != nil {
				return count, err
			}
		}
		done, err := do(r, n, d)
		if err != nil {
			return count, err
		}
		if done {
			count++
		}
	}
	if count == 0 {
		return 0, fault.Conflict("undelivered.done_gone", nil)
	}
	if s.Committed != nil {
		s.Committed()
	}
	return count, nil
}

// letter returns a notice that the actor may send again, and how its person can be reached.
func (s *Service) letter(ctx context.Context, who actor.Actor, o ids.Org, id ids.Notice) (n notify.Notice, d Details, err error) {
	if n, err = s.Store.Notice(ctx, o, id); err != nil || n.Appointment == "" {
		return n, d, err
	}
	a, err := s.Store.Appointment(ctx, o, n.Appointment)
	if err == nil {
		err = who.May(actor.BookingDesk, actor.Object{Org: o, Office: a.Office})
	}
	return n, a.Details, err
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
