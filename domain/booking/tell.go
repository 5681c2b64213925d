package booking

import (
	"context"
	"slices"

	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/notify"
)

// notices are what the person is told of an event, one by each channel: nothing where there is no address to tell it to. Whether it is sent is decided when
// it is sent.
func (s *Service) notices(ctx context.Context, a Appointment, event notify.Event, args map[string]string) []notify.Notice {
	n := notify.Notice{Org: a.Org, Event: event, Appointment: a.ID, Person: a.Person, Args: args}
	return s.byChannel(n, tellBy(s.policyNow(ctx, a), a.Details.Email, a.Details.Phone)...)
}

// answered are notices without those that would tell somebody by text message what they are just being answered by text message.
func answered(who actor.Actor, a Appointment, list []notify.Notice) []notify.Notice {
	if who.Number == "" || who.Number != a.Details.Phone {
		return list
	}
	return slices.DeleteFunc(list, func(n notify.Notice) bool { return n.Channel == notify.SMS && n.Appointment == a.ID })
}

// waitingNotices are what somebody on the list is told.
func (s *Service) waitingNotices(ctx context.Context, e Waiter, event notify.Event, args map[string]string) []notify.Notice {
	n := notify.Notice{Org: e.Org, Event: event, Waiting: e.ID, Person: e.Person, Args: args}
	p := s.policyNow(ctx, Appointment{Org: e.Org, Service: e.Service})
	if (event == notify.TimeOffered || event == notify.OfferGone) && p.Texts == catalog.TextsInstead {
		p.Texts = catalog.TextsAlways // the first answer counts: who can be reached at once is
	}
	return s.byChannel(n, tellBy(p, e.Email, e.Phone)...)
}

// AskArg is the argument of the notice that asks a number whether it is theirs who joined a list, and wants offers.
const AskArg = "ask"

// joinedNotices tell somebody that they are on a list. A number that is to get offers is asked for that by text message, whatever else is told by one.
func (s *Service) joinedNotices(ctx context.Context, who actor.Actor, r WaitRequest, e Waiter) []notify.Notice {
	list := s.waitingNotices(ctx, e, notify.WaitingJoined, nil)
	if !r.Texts || who.Kind == actor.KindStaff {
		return list
	}
	list = slices.DeleteFunc(list, func(n notify.Notice) bool { return n.Channel == notify.SMS })
	n := notify.Notice{Org: e.Org, Event: notify.WaitingJoined, Waiting: e.ID, Person: e.Person, Args: map[string]string{AskArg: "offers"}}
	return append(list, s.byChannel(n, notify.SMS)...)
}

func (s *Service) byChannel(n notify.Notice, channels ...notify.Channel) []notify.Notice {
	n.CreatedAt = s.Now().Unix()
	var out []notify.Notice
	for _, ch := range channels {
		n.ID, n.Channel = s.Gen.Notice(), ch
		out = append(out, n)
	}
	return out
}

// policyNow is the policy of an appointment as it is by now: what is told, and how, is no part of what was agreed when it was booked.
func (s *Service) policyNow(ctx context.Context, a Appointment) catalog.Policy {
	c, err := s.Store.Config(ctx, a.Org)
	if err != nil { // the transaction that follows fails on its own, or a mail is all that can be decided
		return catalog.Product
	}
	return c.Policy(a.Service, a.Office)
}

// tellBy are the channels by which somebody with these addresses is told of what happens to their booking.
func tellBy(p catalog.Policy, email, phone string) []notify.Channel {
	var out []notify.Channel
	if email != "" {
		out = append(out, notify.Email)
	}
	if (p.Texts == catalog.TextsAlways || p.Texts == catalog.TextsInstead && email == "") && notify.IsMobile(phone) {
		out = append(out, notify.SMS)
	}
	return out
}
