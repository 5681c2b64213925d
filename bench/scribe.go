package bench

import (
	"context"
	"fmt"

	"luukku/app"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/store"
)

// scribe lets the product's own rules decide drafts and bookings, and writes down what would go to the database instead of sending it there. So what is
// prepared for a row, and what a bare loop is given to write, is the product's work to the last row, and stays so when the product changes.
type scribe struct {
	*store.Store
	rooms   *booking.Service
	who     actor.Actor
	drafts  []booking.SealedDraft // written down and not yet taken
	current booking.SealedDraft   // the last draft
	changes []booking.Change
	// trusting takes every time for free, as its caller knows it to be.
	trusting bool
	given    map[ids.Unit]map[int64]bool // cells of changes that were written down
	people   int
}

var _ booking.Store = (*scribe)(nil)

// newScribe begins with the house of an app. Session is the secret in the visitor's cookie; people are numbered from first.
func newScribe(a *app.App, session string, first int) *scribe {
	s := &scribe{Store: a.Store, who: actor.Visitor(ids.HashToken(session), "192.0.2.1"), given: map[ids.Unit]map[int64]bool{}, people: first}
	b := a.Booking
	s.rooms = &booking.Service{Store: s, Gen: b.Gen, Codes: b.Codes, Seals: b.Seals, Guard: b.Guard, Now: b.Now}
	return s
}

// details are of a person who comes once: the limit of bookings for one contact is looked up and never met.
func (s *scribe) details() booking.Details {
	s.people++
	return booking.Details{
		Name: fmt.Sprintf("Visitor %07d", s.people), Email: fmt.Sprintf("visitor.%07d@people.example", s.people), Phone: visitorPhone(s.people), Lang: "fi",
	}
}

// draft writes down a draft that is ready to be booked.
func (s *scribe) draft(ctx context.Context, o ids.Org, service ids.Service, t FixtureTime) (ids.Draft, error) {
	s.trusting = true
	defer func() { s.trusting = false }()
	d, err := s.rooms.Pick(ctx, s.who, booking.PickRequest{Org: o, Service: service, Office: t.Office, Start: t.Start, Lang: "fi"})
	if err != nil {
		return "", fmt.Errorf("pick a time for a draft: %w", err)
	}
	if _, err := s.rooms.SaveDetails(ctx, s.who, o, d.ID, s.details()); err != nil {
		return "", fmt.Errorf("fill in a draft: %w", err)
	}
	s.drafts = append(s.drafts, s.current)
	return d.ID, nil
}

// book writes down the change that books a time.
func (s *scribe) book(ctx context.Context, o ids.Org, service ids.Service, t FixtureTime) error {
	id, err := s.draft(ctx, o, service, t)
	if err != nil {
		return err
	}
	s.drafts = s.drafts[:0]
	_, err = s.rooms.BookDraft(ctx, s.who, o, id)
	return err
}

// HoldsOf finds none: each draft is of a visitor who has just come.
func (s *scribe) HoldsOf(context.Context, ids.Org, []byte) ([]booking.Hold, error) { return nil, nil }

// FormResult finds none: no form is sent twice.
func (s *scribe) FormResult(context.Context, ids.Org, ids.FormKey, int64) (string, bool, error) {
	return "", false, nil
}

// Draft returns the last draft.
func (s *scribe) Draft(ctx context.Context, o ids.Org, id ids.Draft) (booking.SealedDraft, error) {
	if s.current.ID != id {
		return booking.SealedDraft{}, fault.NotFound("draft.not_found")
	}
	return s.current, nil
}

// PutDraft keeps the last draft.
func (s *scribe) PutDraft(_ context.Context, d booking.SealedDraft) error {
	s.current = d
	return nil
}

// Occupied is what the database has, and what was given away on paper.
func (s *scribe) Occupied(ctx context.Context, o ids.Org, units []ids.Unit, from, to, now int64, holder string) (booking.Busy, error) {
	if s.trusting {
		return booking.Busy{}, nil
	}
	busy, err := s.Store.Occupied(ctx, o, units, from, to, now, holder)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		for cell := from; cell < to; cell++ {
			if s.given[u][cell] {
				busy.Add(u, cell)
			}
		}
	}
	return busy, nil
}

// Commit writes a change down. It takes the first unit that it names.
func (s *scribe) Commit(_ context.Context, c booking.Change) (booking.Outcome, error) {
	out := booking.Outcome{Verdict: booking.Done}
	if c.Form != nil {
		out.Result = c.Form.Result
	}
	if t := c.Take; t != nil {
		if len(t.Units) == 0 {
			return booking.Outcome{}, fmt.Errorf("a change takes cells of no unit")
		}
		out.Unit = t.Units[0]
		cells := s.given[out.Unit]
		if cells == nil {
			cells = map[int64]bool{}
			s.given[out.Unit] = cells
		}
		for cell := booking.FirstCell(t.From); cell < booking.LastCell(t.To); cell++ {
			cells[cell] = true
		}
	}
	s.changes = append(s.changes, c)
	return out, nil
}

// flushDrafts puts the drafts that were written down into the database.
func (s *scribe) flushDrafts(ctx context.Context) error {
	if len(s.drafts) == 0 {
		return nil
	}
	err := s.Store.PutDrafts(ctx, s.drafts)
	s.drafts = s.drafts[:0]
	return err
}
