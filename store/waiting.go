package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/domain/waiting"
	"luukku/store/db"
)

// CountNotices counts the notices of an event about an appointment.
func (s *Store) CountNotices(ctx context.Context, o ids.Org, id ids.Appointment, event notify.Event) (int, error) {
	n, err := s.read.CountNotices(ctx, db.CountNoticesParams{Org: string(o), Appointment: string(id), Event: string(event)})
	if err != nil {
		return 0, fmt.Errorf("count notices of %s: %w", id, s.fault(err))
	}
	return int(n), nil
}

// CountNoShows counts the visits that somebody missed since a moment, by their contacts or their account; one of both counts once.
func (s *Store) CountNoShows(ctx context.Context, o ids.Org, contacts [][]byte, account ids.Person, since int64) (int, error) {
	missed := map[string]bool{}
	for _, c := range contacts {
		list, err := s.read.NoShowsOfContact(ctx, db.NoShowsOfContactParams{Org: string(o), Contact: c, Since: since})
		if err != nil {
			return 0, fmt.Errorf("count missed visits: %w", s.fault(err))
		}
		for _, id := range list {
			missed[id] = true
		}
	}
	if account != "" {
		list, err := s.read.NoShowsOfAccount(ctx, db.NoShowsOfAccountParams{Account: orNull(account), Org: string(o), Since: since})
		if err != nil {
			return 0, fmt.Errorf("count missed visits: %w", s.fault(err))
		}
		for _, id := range list {
			missed[id] = true
		}
	}
	return len(missed), nil
}

// AnyWaiting reports whether somebody waits for a service.
func (s *Store) AnyWaiting(ctx context.Context, o ids.Org, service ids.Service) (bool, error) {
	_, err := s.read.AnyWaiting(ctx, db.AnyWaitingParams{Org: string(o), Service: string(service)})
	if err != nil && !noRows(err) {
		return false, fmt.Errorf("read waiting list: %w", s.fault(err))
	}
	return err == nil, nil
}

// WaitingLine returns who waits for a service, those who have waited longest first, at most 1000.
func (s *Store) WaitingLine(ctx context.Context, o ids.Org, service ids.Service) ([]booking.Waiter, error) {
	rows, err := s.read.WaitingLine(ctx, db.WaitingLineParams{Org: string(o), Service: string(service)})
	if err != nil {
		return nil, fmt.Errorf("read waiting list: %w", s.fault(err))
	}
	return waiters(rows)
}

// WaitingOfAccount returns the places of an account that still wait.
func (s *Store) WaitingOfAccount(ctx context.Context, p ids.Person) ([]booking.Waiter, error) {
	rows, err := s.read.WaitingOfAccount(ctx, orNull(p))
	if err != nil {
		return nil, fmt.Errorf("read waiting list: %w", s.fault(err))
	}
	return waiters(rows)
}

func waiters(rows []db.Waiting) ([]booking.Waiter, error) {
	out := make([]booking.Waiter, len(rows))
	for i, r := range rows {
		e, err := waiterOf(r)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// WaitingEntry returns somebody's place on a waiting list, or NotFound "waiting.not_found".
func (s *Store) WaitingEntry(ctx context.Context, o ids.Org, id ids.Waiting) (booking.Waiter, error) {
	r, err := s.read.Waiting(ctx, db.WaitingParams{Org: string(o), ID: string(id)})
	if err != nil {
		return booking.Waiter{}, s.found(err, "waiting.not_found", "read waiting list %s", id)
	}
	return waiterOf(r)
}

func waiterOf(r db.Waiting) (booking.Waiter, error) {
	e := booking.Waiter{
		Org: ids.Org(r.Org), ID: ids.Waiting(r.ID), Service: ids.Service(r.Service), State: waiting.State(r.State), Person: ids.Person(r.Person), Name: r.Name,
		Email: r.Email, Phone: r.Phone, Lang: i18n.Lang(r.Lang), Account: ids.Person(r.Account.String), Moves: ids.Appointment(r.Moves),
		MadeBy: ids.Staff(r.MadeBy), Offers: r.Offers, CreatedAt: r.CreatedAt, EndedAt: r.EndedAt.Int64,
	}
	if err := json.Unmarshal([]byte(r.Wish), &e.Wish); err != nil {
		return e, fmt.Errorf("read the wish of %s: %w", r.ID, err)
	}
	return e, nil
}

// Freed returns a freed time, or NotFound "offer.not_found".
func (s *Store) Freed(ctx context.Context, o ids.Org, id ids.Freed) (booking.Freed, error) {
	r, err := s.read.Freed(ctx, db.FreedParams{Org: string(o), ID: string(id)})
	if err != nil {
		return booking.Freed{}, s.found(err, "offer.not_found", "read freed time %s", id)
	}
	return freedOf(r), nil
}

func freedOf(r db.Freed) booking.Freed {
	return booking.Freed{
		Org: ids.Org(r.Org), ID: ids.Freed(r.ID), Service: ids.Service(r.Service), Office: ids.Office(r.Office), Unit: ids.Unit(r.Unit), Start: r.StartAt,
		End: r.EndAt, BusyUntil: r.BusyUntil, State: booking.FreedState(r.State), Round: r.Round, ExpiresAt: r.ExpiresAt, CreatedAt: r.CreatedAt,
	}
}

// OffersOf returns the offers of a freed time.
func (s *Store) OffersOf(ctx context.Context, o ids.Org, id ids.Freed) ([]booking.Offer, error) {
	rows, err := s.read.OffersOf(ctx, db.OffersOfParams{Org: string(o), Freed: string(id)})
	if err != nil {
		return nil, fmt.Errorf("read offers of %s: %w", id, s.fault(err))
	}
	out := make([]booking.Offer, len(rows))
	for i, r := range rows {
		out[i] = booking.Offer{
			Freed: ids.Freed(r.Freed), Waiting: ids.Waiting(r.Waiting), Round: r.Round, State: booking.OfferState(r.State), ExpiresAt: r.ExpiresAt,
			CreatedAt: r.CreatedAt,
		}
	}
	return out, nil
}

// OffersSince counts the offers that somebody who waits got after a moment, on whatever lists: by their number or by their email address, whichever had more.
func (s *Store) OffersSince(ctx context.Context, o ids.Org, e booking.Waiter, since int64) (int, error) {
	var byPhone, byEmail int64
	var err error
	if e.Phone != "" {
		if byPhone, err = s.read.OffersSincePhone(ctx, db.OffersSincePhoneParams{Org: string(o), Since: since, Phone: e.Phone}); err != nil {
			return 0, fmt.Errorf("count offers: %w", s.fault(err))
		}
	}
	if e.Email != "" {
		if byEmail, err = s.read.OffersSinceEmail(ctx, db.OffersSinceEmailParams{Org: string(o), Since: since, Email: e.Email}); err != nil {
			return 0, fmt.Errorf("count offers: %w", s.fault(err))
		}
	}
	return int(max(byPhone, byEmail)), nil
}

// The kinds of the links that mails about the waiting list carry.
const (
	offerLink   = "offer"
	waitingLink = "waiting"
	askedLink   = "asked" // in a text message: whoever has it has the number
)

// OfferSubject returns which offer a mailed link is about, as "freed/waiting".
func (s *Store) OfferSubject(ctx context.Context, hash []byte, now int64) (ids.Org, string, error) {
	return s.subjectOf(ctx, offerLink, hash, now)
}

// WaitingSubject returns which place on a waiting list a link is about, and whether it was sent by text message.
func (s *Store) WaitingSubject(ctx context.Context, hash []byte, now int64) (o ids.Org, w ids.Waiting, texted bool, err error) {
	o, subject, err := s.subjectOf(ctx, waitingLink, hash, now)
	if fault.Is(err, fault.KindNotFound) {
		texted = true
		o, subject, err = s.subjectOf(ctx, askedLink, hash, now)
	}
	return o, ids.Waiting(subject), texted && err == nil, err
}

func (s *Store) subjectOf(ctx context.Context, kind string, hash []byte, now int64) (ids.Org, string, error) {
	r, err := s.read.Secret(ctx, hash)
	if err == nil && (r.Kind != kind || now > r.ExpiresAt) {
		err = errNoRows
	}
	if err != nil {
		return "", "", s.found(err, "link.not_found", "read link")
	}
	return ids.Org(r.Org), r.Subject, nil
}

// WaitingLink is a link in a message about a place on a waiting list, or about a freed time that is offered there. Who asks whether offers may come by text
// message proves by it that the number is theirs.
func WaitingLink(o ids.Org, freed ids.Freed, w ids.Waiting, ch notify.Channel, hash []byte, expires int64) Link {
	switch {
	case freed != "":
		return Link{hash, offerLink, string(freed) + "/" + string(w), o, expires}
	case ch == notify.SMS:
		return Link{hash, askedLink, string(w), o, expires}
	}
	return Link{hash, waitingLink, string(w), o, expires}
}
