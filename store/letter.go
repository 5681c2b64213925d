package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/audit"
	"luukku/domain/notify"
	"luukku/store/db"
)

// Undelivered returns the notices that could not be delivered and that nobody has looked at, the newest first.
func (s *Store) Undelivered(ctx context.Context, o ids.Org, most int) ([]notify.Letter, error) {
	rows, err := s.read.Undelivered(ctx, db.UndeliveredParams{Org: string(o), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read what could not be delivered: %w", s.fault(err))
	}
	out := make([]notify.Letter, len(rows))
	for i, r := range rows {
		out[i] = notify.Letter{
			ID: ids.Notice(r.ID), Event: notify.Event(r.Event), Channel: notify.Channel(r.Channel), Appointment: ids.Appointment(r.Appointment),
			Waiting: ids.Waiting(r.Waiting), Office: ids.Office(r.Office), Start: r.StartAt, SettledAt: r.SettledAt.Int64, State: notify.State(r.State), Why: r.Why,
		}
	}
	return out, nil
}

// ToldOf returns what somebody was told of an appointment, in the order in which it happened.
func (s *Store) ToldOf(ctx context.Context, o ids.Org, id ids.Appointment) ([]notify.Letter, error) {
	rows, err := s.read.ToldOf(ctx, db.ToldOfParams{Org: string(o), Appointment: string(id)})
	if err != nil {
		return nil, fmt.Errorf("read notices of %s: %w", id, s.fault(err))
	}
	out := make([]notify.Letter, len(rows))
	for i, r := range rows {
		out[i] = notify.Letter{
			ID: ids.Notice(r.ID), Event: notify.Event(r.Event), Channel: notify.Channel(r.Channel), Appointment: id, CreatedAt: r.CreatedAt,
			SettledAt: r.SettledAt.Int64, State: notify.State(r.State),
		}
	}
	return out, nil
}

// ResendNotice has a notice that could not be delivered sent once more; false where it is none of those.
func (s *Store) ResendNotice(ctx context.Context, o ids.Org, id ids.Notice, now int64, entry audit.Entry) (done bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.ResendNotice(ctx, db.ResendNoticeParams{Org: string(o), ID: string(id)})
		if done = err == nil && n == 1; !done {
			return err
		}
		args, err := json.Marshal(notify.SendArgs{Org: o, Notice: id})
		if err != nil {
			return err
		}
		// The task of the tries before may still lie there as a dead letter, under the notice's own name.
		uniq := string(id) + "/" + strconv.FormatInt(entry.AtMicros, 10)
		_, err = q.PutTask(ctx, db.PutTaskParams{
			Bucket: int64(task.BucketOf(uniq)), ID: string(s.opts.Gen.Task()), Kind: notify.TaskSend, Uniq: uniq, Args: string(args), RunAt: now, CreatedAt: now,
		})
		if err != nil {
			return err
		}
		// That the last try was cut short says nothing about the next one.
		err = q.PutDelivery(ctx, db.PutDeliveryParams{Org: string(o), Notice: string(id), AtUs: entry.AtMicros, Outcome: string(notify.StateWaiting)})
		if err != nil {
			return err
		}
		return putAudit(ctx, q, entry)
	})
	return done, err
}

// DropNotice takes a notice off the list of those that could not be delivered; false where it is none of them.
func (s *Store) DropNotice(ctx context.Context, o ids.Org, id ids.Notice, now int64, entry audit.Entry) (done bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.DropNotice(ctx, db.DropNoticeParams{Org: string(o), ID: string(id), LookedAt: nullInt(now)})
		if done = err == nil && n == 1; !done {
			return err
		}
		return putAudit(ctx, q, entry)
	})
	return done, err
}
