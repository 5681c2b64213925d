package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/notify"
	"luukku/store/db"
)

// Notice returns a notice, or NotFound "notice.not_found".
func (s *Store) Notice(ctx context.Context, o ids.Org, id ids.Notice) (notify.Notice, error) {
	r, err := s.read.Notice(ctx, db.NoticeParams{Org: string(o), ID: string(id)})
	if err != nil {
		return notify.Notice{}, s.found(err, "notice.not_found", "read notice %s", id)
	}
	n := notify.Notice{
		Org: o, ID: id, Event: notify.Event(r.Event), Appointment: ids.Appointment(r.Appointment), Person: ids.Person(r.Person), CreatedAt: r.CreatedAt,
		State: notify.State(r.State), Waiting: ids.Waiting(r.Waiting), Channel: notify.Channel(r.Channel), Round: int(r.Round),
	}
	if err := json.Unmarshal([]byte(r.Args), &n.Args); err != nil {
		return notify.Notice{}, fmt.Errorf("read arguments of notice %s: %w", id, err)
	}
	return n, nil
}

// Settle records what became of one try to hand a notice over, and the notice's state after it. A receipt that came first counts: what did not arrive has failed,
// and what did was sent.
func (s *Store) Settle(ctx context.Context, n notify.Notice, state notify.State, d notify.Delivery, links ...Link) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		err := q.PutDelivery(ctx, db.PutDeliveryParams{
			Org: string(n.Org), Notice: string(n.ID), AtUs: d.AtMicros, Channel: string(d.Channel), Outcome: string(d.Outcome), Reference: d.Reference,
		})
		if err == nil {
			err = s.putLinks(ctx, q, links...)
		}
		if err != nil || state == notify.StateWaiting {
			return err
		}
		at := nullInt(d.AtMicros / 1_000_000)
		_, err = q.SettleNotice(ctx, db.SettleNoticeParams{State: string(state), SettledAt: at, Org: string(n.Org), ID: string(n.ID)})
		return err
	})
}

// OutboxMessage is one message of the demo's outbox.
type OutboxMessage struct {
	ID        string
	Org       ids.Org
	Event     string
	Lang      string
	CreatedAt int64 // Unix seconds
	Body      []byte
}

// KeepMessage puts a message into the demo's outbox; the same id again replaces it.
func (s *Store) KeepMessage(ctx context.Context, m OutboxMessage) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return q.PutOutboxMessage(ctx, db.PutOutboxMessageParams{
			ID: m.ID, Org: string(m.Org), Event: m.Event, Lang: m.Lang, CreatedAt: m.CreatedAt, Message: m.Body,
		})
	})
}

// Messages returns the newest messages of the demo's outbox.
func (s *Store) Messages(ctx context.Context, most int) ([]OutboxMessage, error) {
	rows, err := s.read.OutboxMessages(ctx, int32(most))
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", s.fault(err))
	}
	out := make([]OutboxMessage, len(rows))
	for i, r := range rows {
		out[i] = outboxMessage(r)
	}
	return out, nil
}

// Message returns one message of the demo's outbox, or NotFound.
func (s *Store) Message(ctx context.Context, id string) (OutboxMessage, error) {
	r, err := s.read.OutboxMessage(ctx, id)
	if err != nil {
		return OutboxMessage{}, s.found(err, "notice.not_found", "read outbox message")
	}
	return outboxMessage(r), nil
}

func outboxMessage(r db.OutboxMessage) OutboxMessage {
	return OutboxMessage{ID: r.ID, Org: ids.Org(r.Org), Event: r.Event, Lang: r.Lang, CreatedAt: r.CreatedAt, Body: r.Message}
}
