package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/domain/notify"
	"luukku/store/db"
)

var _ notify.Keeper = (*Store)(nil)

// Kept is a mail in the demo's outbox.
type Kept struct {
	ID string
	notify.Stored
}

// Keep puts a mail into the demo's outbox.
func (s *Store) Keep(ctx context.Context, m notify.Stored) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	return s.KeepMessage(ctx, OutboxMessage{
		ID: s.opts.Gen.New(), Org: m.Message.Org, Event: string(m.Message.Event), Lang: string(m.Message.Lang), CreatedAt: m.At.Unix(), Body: body,
	})
}

// KeptMails returns the newest mails of the demo's outbox, newest first.
func (s *Store) KeptMails(ctx context.Context, most int) ([]Kept, error) {
	rows, err := s.Messages(ctx, most)
	if err != nil {
		return nil, err
	}
	out := make([]Kept, len(rows))
	for i, r := range rows {
		if out[i], err = keptOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// KeptMail returns one mail of the demo's outbox, or NotFound "notice.not_found".
func (s *Store) KeptMail(ctx context.Context, id string) (Kept, error) {
	r, err := s.Message(ctx, id)
	if err != nil {
		return Kept{}, err
	}
	return keptOf(r)
}

func keptOf(r OutboxMessage) (Kept, error) {
	k := Kept{ID: r.ID}
	if err := json.Unmarshal(r.Body, &k.Stored); err != nil {
		return Kept{}, fmt.Errorf("read mail %s: %w", r.ID, err)
	}
	return k, nil
}

// LastOutcome returns the outcome of the latest try to hand a notice over; empty before the first.
func (s *Store) LastOutcome(ctx context.Context, n notify.Notice) (notify.State, error) {
	outcome, err := s.read.LastDelivery(ctx, db.LastDeliveryParams{Org: string(n.Org), Notice: string(n.ID)})
	switch {
	case noRows(err):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("read deliveries of notice %s: %w", n.ID, s.fault(err))
	}
	return notify.State(outcome), nil
}
