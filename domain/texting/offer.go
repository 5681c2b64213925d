package texting

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
)

// Told is an offer of a freed time that was told by text message.
type Told struct {
	Code    string
	Freed   ids.Freed
	Waiting ids.Waiting
	// Key is the keyed hash of the number that it went to.
	Key                  []byte
	CreatedAt, ExpiresAt int64 // Unix seconds; the code is nobody else's until ExpiresAt
}

// codeRest is how long after its time the code of an offer is nobody else's, in seconds: who answers too late is told so, and takes no other time.
const codeRest = 14 * 24 * 60 * 60

// CodeOf returns the code by which an offer is answered from a number (E.164), making it when there is none. No two offers of an organisation have the same
// one at a time.
func (s *Service) CodeOf(ctx context.Context, o ids.Org, v booking.OfferView, number string) (string, error) {
	const tries = 50
	for i := range tries {
		t, err := s.Store.OfferOf(ctx, o, v.Freed.ID, v.Entry.ID)
		if err == nil {
			return t.Code, nil
		}
		if !fault.Is(err, fault.KindNotFound) {
			return "", err
		}
		sum := sha256.Sum256([]byte(s.Gen.New() + strconv.Itoa(i)))
		t = Told{
			Code: offerCode([4]byte(sum[:4])), Freed: v.Freed.ID, Waiting: v.Entry.ID, Key: s.NumberKey(number), CreatedAt: s.Now().Unix(),
			ExpiresAt: v.Freed.Start + codeRest,
		}
		kept, err := s.Store.PutOffer(ctx, o, t)
		if err != nil {
			return "", err
		}
		if kept {
			return t.Code, nil
		}
	}
	return "", fault.Unavailable("error.unavailable", 0)
}

// mostTold is how many offers a number is told within a day, whoever waits with it.
const mostTold = 3

// Enough reports whether a number (E.164) has been told of as many offers within a day as anybody wants to be, others than that of a freed time to one who
// waits.
func (s *Service) Enough(ctx context.Context, o ids.Org, v booking.OfferView, number string) (bool, error) {
	list, err := s.Store.OffersOfNumber(ctx, o, s.NumberKey(number), s.Now().Unix()-24*60*60)
	n := 0
	for _, t := range list {
		if t.Freed != v.Freed.ID || t.Waiting != v.Entry.ID {
			n++
		}
	}
	return n >= mostTold, err
}

// answerOffer takes an offered time, or says no to it. The code opens it, from the number that it was sent to.
func (t *talk) answerOffer(ctx context.Context, verb Verb, code string) (reply, error) {
	told, err := t.Store.Offer(ctx, t.in.Org, code)
	switch {
	case fault.Is(err, fault.KindNotFound), err == nil && !bytes.Equal(told.Key, t.key):
		return t.keep(t.p().T("sms.offer_unknown")), nil
	case err != nil:
		return reply{}, err
	}
	if verb == No {
		if err := t.Booking.DeclineOffer(ctx, t.who, t.in.Org, told.Freed, told.Waiting); err != nil {
			return t.offerRefused(err)
		}
		return t.keep(t.p().T("sms.offer_no")), nil
	}
	a, err := t.Booking.AcceptOffer(ctx, t.who, t.in.Org, told.Freed, told.Waiting)
	if err != nil {
		return t.offerRefused(err)
	}
	r, err := t.receipt("sms.booked", a)
	r.next = t.d
	return r, err
}

func (t *talk) offerRefused(err error) (reply, error) {
	if !refused(err) {
		return reply{}, err
	}
	return t.keep(t.why(err), t.call("")), nil
}

// bareOffer takes a code of an offer that came without a word: it asks.
func (t *talk) bareOffer(ctx context.Context, code string) (reply, error) {
	told, err := t.Store.Offer(ctx, t.in.Org, code)
	switch {
	case err == nil && bytes.Equal(told.Key, t.key):
		return t.keep(t.p().T("sms.ask.offer", "code", code)), nil
	case err != nil && !fault.Is(err, fault.KindNotFound):
		return reply{}, err
	case t.d != nil:
		return t.goOn(ctx, Command{Words: Words(t.in.Body)})
	}
	return reply{room: true}, nil
}

// yesToNothing takes a yes that answers no question: where a time is offered, it asks for the code.
func (t *talk) yesToNothing(ctx context.Context) (reply, error) {
	list, err := t.Store.OffersOfNumber(ctx, t.in.Org, t.key, t.now.Unix()-codeRest)
	if err != nil {
		return reply{}, err
	}
	for _, o := range list {
		if t.now.Unix() <= o.ExpiresAt-codeRest {
			return t.say(t.p().T("sms.ask.offer", "code", o.Code)), nil
		}
	}
	return reply{room: true}, nil
}
