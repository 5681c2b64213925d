package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/booking"
	"luukku/domain/consent"
	"luukku/domain/notify"
	"luukku/domain/waiting"
	"luukku/store"
)

// lapse writes down that nobody confirmed an appointment in time.
func (d Deps) lapse(ctx context.Context, t task.Task) error {
	var args booking.LapseArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	return d.Booking.Lapse(ctx, args.Org, args.Appointment)
}

// offer offers a freed time to those who wait, or to the next of them.
func (d Deps) offer(ctx context.Context, t task.Task) error {
	var args booking.OfferArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	return d.Booking.OfferNext(ctx, args.Org, args.Freed, args.Round)
}

// remind has somebody told that their time comes near.
func (d Deps) remind(ctx context.Context, t task.Task) error {
	var args booking.RemindArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	return d.Booking.Remind(ctx, args)
}

// loadWaiting reads what a notice about the waiting list is about, and puts it as an appointment that there might be.
func (s *sender) loadWaiting(ctx context.Context, sub *subject) (why string, err error) {
	n := sub.notice
	sub.entry, err = s.Store.WaitingEntry(ctx, n.Org, n.Waiting)
	if fault.Is(err, fault.KindNotFound) {
		return "gone", nil
	}
	if err != nil {
		return "", err
	}
	e := sub.entry
	sub.appointment = booking.Appointment{
		Org: n.Org, Service: e.Service, Person: e.Person, Details: booking.Details{Name: e.Name, Email: e.Email, Phone: e.Phone, Lang: e.Lang},
	}
	if id := n.Args["freed"]; id != "" {
		if sub.freed, err = s.Store.Freed(ctx, n.Org, ids.Freed(id)); err != nil {
			return "", err
		}
		f := sub.freed
		offers, err := s.Store.OffersOf(ctx, n.Org, f.ID)
		if err != nil {
			return "", err
		}
		for _, o := range offers {
			if o.Waiting == e.ID {
				sub.offer = o
			}
		}
		sub.appointment.Office, sub.appointment.Unit, sub.appointment.Start, sub.appointment.End = f.Office, f.Unit, f.Start, f.End
	}
	now := s.Now().Unix()
	if n.Channel == notify.SMS && (n.Event == notify.TimeOffered || n.Args[booking.AskArg] != "") {
		why, err := s.tooOften(ctx, *sub)
		if why != "" || err != nil {
			return why, err
		}
	}
	switch {
	case noAddress(n.Channel, sub.appointment.Details):
		return "no address", nil
	case n.Event == notify.TimeOffered && booking.CheckOffer(sub.offerView(), now) != nil, n.Event == notify.WaitingJoined && e.State != waiting.Waiting && !e.MayProve(now):
		return "overtaken", nil
	}
	return "", nil
}

// tooOften says why a number is not texted again today: it was told of as many offers, or asked as often, as one person wants to be. A number that has agreed
// already is not asked again, unless its place on the list waits for the answer.
func (s *sender) tooOften(ctx context.Context, sub subject) (why string, err error) {
	n, e := sub.notice, sub.entry
	cfg, err := s.Store.Config(ctx, n.Org)
	if err != nil {
		return "", err
	}
	if n.Args[booking.AskArg] != "" && e.State == waiting.Waiting {
		if may, err := s.Consent.May(ctx, n.Org, e.Phone, consent.Offers); may || err != nil {
			return "agreed", err
		}
	}
	enough, err := s.Texting.Enough(ctx, n.Org, sub.offerView(), e.Phone, cfg.Policy(e.Service, sub.freed.Office).OffersADay)
	if enough {
		why = "enough"
	}
	return why, err
}

// offerView is the offer that a notice is about.
func (s subject) offerView() booking.OfferView {
	return booking.OfferView{Offer: s.offer, Freed: s.freed, Entry: s.entry}
}

// waitingFacts are what a notice about the waiting list is written from.
func (s *sender) waitingFacts(ctx context.Context, sub subject) (facts, error) {
	n := sub.notice
	f := facts{subject: sub, baseURL: s.BaseURL, from: s.From, now: s.Now().Unix()}
	if n.Channel == notify.SMS && (n.Event == notify.TimeOffered || n.Args[booking.AskArg] != "") {
		told, err := s.Texting.CodeOf(ctx, n.Org, sub.offerView(), sub.entry.Phone, sub.config.Org.OfferNumbers)
		if err != nil {
			return facts{}, err
		}
		f.code, f.sender = told.Code, told.Own
	}
	if n.Event != notify.OfferGone {
		f.token = s.Gen.LinkToken()
		until := f.now + waitingLinkLife
		if n.Event == notify.TimeOffered {
			until = sub.freed.Start + waitingLinkLife // long after, the page still says what became of it
		}
		f.links = append(f.links, store.WaitingLink(n.Org, ids.Freed(n.Args["freed"]), n.Waiting, n.Channel, ids.HashToken(f.token), until))
	}
	return f, nil
}

// waitingLinkLife is how long a link about a place on a waiting list is good, in seconds.
const waitingLinkLife = 366 * 24 * 60 * 60
