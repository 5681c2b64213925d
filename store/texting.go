package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/store/db"
)

// Texting is the store as domain/texting sees it.
type Texting struct{ *Store }

var _ texting.Store = Texting{}

// Texting returns the store as domain/texting sees it.
func (s *Store) Texting() Texting { return Texting{s} }

// PutIn keeps a message that came in, with its task.
func (s Texting) PutIn(ctx context.Context, m texting.SealedIn) (kept bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.PutTextIn(ctx, db.PutTextInParams{
			Org: string(m.Org), ID: string(m.ID), Gateway: m.Gateway, Ref: m.Ref, Number: m.Number, NumberKey: m.NumberKey, SentTo: m.To, Body: m.Text, At: m.At,
		})
		if kept = err == nil && n == 1; !kept {
			return err
		}
		return s.putTextTask(ctx, q, texting.TaskIn, m.Org, m.ID)
	})
	if err != nil {
		return false, fmt.Errorf("keep text message: %w", err)
	}
	return kept, nil
}

func (s Texting) putTextTask(ctx context.Context, q *db.Queries, kind string, o ids.Org, id ids.Text) error {
	args, err := json.Marshal(texting.TaskArgs{Org: o, ID: id})
	if err != nil {
		return err
	}
	now, lane := s.opts.Now().Unix(), notify.LaneHouse
	if kind == texting.TaskOut {
		lane = notify.LaneTextUrgent
	}
	_, err = q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(string(id))), ID: string(s.opts.Gen.Task()), Kind: kind, Uniq: string(id), Args: string(args), RunAt: now, CreatedAt: now,
		Lane: int64(lane),
	})
	return err
}

// TextIn returns a message that came in, or NotFound "sms.not_found".
func (s Texting) TextIn(ctx context.Context, o ids.Org, id ids.Text) (texting.SealedIn, error) {
	r, err := s.read.TextIn(ctx, db.TextInParams{Org: string(o), ID: string(id)})
	if err != nil {
		return texting.SealedIn{}, s.found(err, "sms.not_found", "read text message %s", id)
	}
	return texting.SealedIn{
		In:  texting.In{Org: o, ID: id, Gateway: r.Gateway, To: r.SentTo, At: r.At, State: texting.State(r.State)},
		Ref: r.Ref, Number: r.Number, NumberKey: r.NumberKey, Text: r.Body,
	}, nil
}

// SettleIn ends a message that came in, and says whether it was new.
func (s Texting) SettleIn(ctx context.Context, o ids.Org, id ids.Text, state texting.State) (first bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.SettleTextIn(ctx, db.SettleTextInParams{Org: string(o), ID: string(id), State: string(state)})
		first = n == 1
		return err
	})
	return first, err
}

// PutOut keeps messages that go out, with their tasks.
func (s Texting) PutOut(ctx context.Context, list ...texting.SealedOut) error {
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error { return s.putOut(ctx, q, list...) })
	if err != nil {
		return fmt.Errorf("keep text messages to send: %w", err)
	}
	return nil
}

// putOut is PutOut within a transaction.
func (s Texting) putOut(ctx context.Context, q *db.Queries, list ...texting.SealedOut) error {
	for _, m := range list {
		err := q.PutTextOut(ctx, db.PutTextOutParams{
			Org: string(m.Org), ID: string(m.ID), Event: string(m.Event), Number: m.Number, NumberKey: m.NumberKey, Body: m.Text, Lang: string(m.Lang),
			SentFrom: m.From, About: m.About, CreatedAt: m.CreatedAt,
		})
		if err != nil {
			return err
		}
		if err := s.putTextTask(ctx, q, texting.TaskOut, m.Org, m.ID); err != nil {
			return err
		}
	}
	return nil
}

// TextOut returns a message that goes out, or NotFound "sms.not_found".
func (s Texting) TextOut(ctx context.Context, o ids.Org, id ids.Text) (texting.SealedOut, error) {
	r, err := s.read.TextOut(ctx, db.TextOutParams{Org: string(o), ID: string(id)})
	if err != nil {
		return texting.SealedOut{}, s.found(err, "sms.not_found", "read text message %s", id)
	}
	return texting.SealedOut{
		Outgoing: texting.Outgoing{
			Org: o, ID: id, Event: notify.Event(r.Event), Lang: i18n.Lang(r.Lang), From: r.SentFrom, About: r.About, CreatedAt: r.CreatedAt,
			State: notify.State(r.State), Reference: r.Reference, Round: int(r.Round), AgainAt: r.AgainAt.Int64,
		},
		Number: r.Number, NumberKey: r.NumberKey, Text: r.Body,
	}, nil
}

// SettleOut records what became of a message that goes out (Unix seconds); one that has ended already stays as it is.
func (s Texting) SettleOut(ctx context.Context, o ids.Org, id ids.Text, state notify.State, reference, why string, at int64) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		_, err := q.SettleTextOut(ctx, db.SettleTextOutParams{Org: string(o), ID: string(id), State: string(state), Reference: reference, Why: why, SettledAt: nullInt(at)})
		return err
	})
}
