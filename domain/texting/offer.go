package texting

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/consent"
	"luukku/domain/waiting"
)

// Told is an offer of a freed time that was told by text message.
type Told struct {
	Code    string
	Freed   ids.Freed
	Waiting ids.Waiting
	// Key is the keyed hash of the number that it went to.
	Key                  []byte
	CreatedAt, ExpiresAt int64 // Unix seconds; the code is nobody else's until ExpiresAt
	// Own is the organisation's number from which nothing but this goes to that number at a time: a plain YES to it answers. Empty for none.
	Own string
}

// Live reports whether what was told may still be answered.
func (t Told) Live(now int64) bool { return now <= t.ExpiresAt-codeRest }

// Asks reports whether it is no offer, but the question whether a number that joined a waiting list is theirs who gave it, and wants offers.
func (t Told) Asks() bool { return t.Freed == "" }

// codeRest is how long after its time the code of an offer is nobody else's, in seconds: who answers too late is told so, and takes no other time.
const codeRest = 14 * 24 * 60 * 60

// CodeOf returns how an offer is answered from a number (E.164), making its code when there is none; of a place without a freed time, how it is answered
// that the number is theirs. No two of an organisation have the same code at a time. Of the organisation's numbers for offers (from), one that has told the
// number of nothing that may still be answered is its own.
func (s *Service) CodeOf(ctx context.Context, o ids.Org, v booking.OfferView, number string, from []string) (Told, error) {
	key, now := s.NumberKey(number), s.Now().Unix()
	until := v.Freed.Start
	if v.Freed.ID == "" {
		until = v.Entry.CreatedAt + waiting.AskedLife
	}
	const tries = 50
	for i := range tries {
		t, err := s.Store.OfferOf(ctx, o, v.Freed.ID, v.Entry.ID)
		if err == nil || !fault.Is(err, fault.KindNotFound) {
			return t, err
		}
		sum := sha256.Sum256([]byte(s.Gen.New() + strconv.Itoa(i)))
		t = Told{
			Code: offerCode([4]byte(sum[:4])), Freed: v.Freed.ID, Waiting: v.Entry.ID, Key: key, CreatedAt: now, ExpiresAt: until + codeRest,
		}
		if t.Own, err = s.ownFor(ctx, o, t, from); err != nil {
			return Told{}, err
		}
		kept, err := s.Store.PutOffer(ctx, o, t)
		if err != nil {
			return Told{}, err
		}
		if kept {
			return t, nil
		}
	}
	return Told{}, fault.Unavailable("error.unavailable", 0)
}

// ownFor is the first of the numbers for offers from which nothing that may still be answered went to the same number; empty when there is none.
func (s *Service) ownFor(ctx context.Context, o ids.Org, t Told, from []string) (string, error) {
	if len(from) == 0 || t.Asks() {
		return "", nil
	}
	list, err := s.Store.OffersOfNumber(ctx, o, t.Key, 0)
	if err != nil {
		return "", err
	}
	for _, own := range from {
		if !slices.ContainsFunc(list, func(x Told) bool { return x.Own == own && x.Live(t.CreatedAt) }) {
			return own, nil
		}
	}
	return "", nil
}

// Enough reports whether a number (E.164) has been told so often within a day as anybody wants to be, whoever waits with it: of other offers than that of a
// freed time to one who waits, or, where it is no offer, of other questions whether they want some.
func (s *Service) Enough(ctx context.Context, o ids.Org, v booking.OfferView, number string, most int) (bool, error) {
	list, err := s.Store.OffersOfNumber(ctx, o, s.NumberKey(number), s.Now().Unix()-24*60*60+1)
	n := 0
	for _, t := range list {
		if t.Asks() != (v.Freed.ID == "") {
			continue
		}
		if t.Freed != v.Freed.ID || t.Waiting != v.Entry.ID {
			n++
		}
	}
	return n >= most, err
}

// answerOffer takes an offered time, or says no to it. The code opens it, from the number that it was sent to.
func (t *talk) answerOffer(ctx context.Context, verb Verb, code string) (reply, error) {
	told, err := t.Store.Offer(ctx, t.in.Org, code)
	switch {
	case fault.Is(err, fault.KindNotFound), err == nil && !bytes.Equal(told.Key, t.key):
		return t.keep(t.p().T("sms.offer_unknown")), nil
	case err != nil:
		return reply{}, err
	case told.Asks():
		return t.answerAsked(ctx, verb, told)
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

// answerAsked takes the answer of a number that joined a waiting list: that it is theirs who gave it, and that they agree to offers by text message.
func (t *talk) answerAsked(ctx context.Context, verb Verb, told Told) (reply, error) {
	if verb == No {
		e, err := t.Booking.Waiter(ctx, actor.System("text"), t.in.Org, told.Waiting)
		if err != nil {
			return t.offerRefused(err)
		}
		if e.State == waiting.Asked { // who has an email address goes on waiting, and is told there
			if err := t.Booking.Leave(ctx, t.who, e); err != nil {
				return reply{}, err
			}
		}
		return t.keep(t.p().T("sms.waiting_no")), nil
	}
	if err := t.Booking.ProveWaiting(ctx, t.who, t.in.Org, told.Waiting); err != nil {
		return t.offerRefused(err)
	}
	if t.Consent != nil {
		if err := t.Consent.Agree(ctx, t.in.Org, t.number, consent.Offers, consent.ByText); err != nil {
			return reply{}, err
		}
	}
	return t.keep(t.p().T("sms.waiting_yes", "org", t.org())), nil
}

// toOwn takes a plain yes or no that was sent to a number from which one offer alone went to them; done is false when none did, or several may be meant.
func (t *talk) toOwn(ctx context.Context, verb Verb) (r reply, done bool, err error) {
	if !slices.Contains(t.cfg.Org.OfferNumbers, t.in.To) {
		return r, false, nil
	}
	list, err := t.Store.OffersOfNumber(ctx, t.in.Org, t.key, 0)
	if err != nil {
		return r, false, err
	}
	for _, o := range list { // the newest first: while one may be answered, no other goes from there
		if o.Own == t.in.To {
			r, err = t.answerOffer(ctx, verb, o.Code)
			return r, true, err
		}
	}
	return r, false, nil
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
		return t.keep(t.askOffer(told)), nil
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
		if o.Live(t.now.Unix()) {
			return t.say(t.askOffer(o)), nil
		}
	}
	return reply{room: true}, nil
}

// askOffer says how what was told is answered.
func (t *talk) askOffer(told Told) string {
	if told.Asks() {
		return t.p().T("sms.ask.waiting", "code", told.Code)
	}
	return t.p().T("sms.ask.offer", "code", told.Code)
}
