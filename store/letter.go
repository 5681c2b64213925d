package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/store/db"
)

// Undelivered returns the notices and text messages that could not be delivered and that nobody has looked at, the newest first.
func (s *Store) Undelivered(ctx context.Context, o ids.Org, most int) ([]booking.Undelivered, error) {
	rows, err := s.read.Undelivered(ctx, db.UndeliveredParams{Org: string(o), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read what could not be delivered: %w", s.fault(err))
	}
	var out []booking.Undelivered
	for _, r := range rows {
		l := notify.Letter{
			ID: ids.Notice(r.ID), Event: notify.Event(r.Event), Channel: notify.Channel(r.Channel), Appointment: ids.Appointment(r.Appointment),
			Waiting: ids.Waiting(r.Waiting), Office: ids.Office(r.Office), Start: r.StartAt, SettledAt: r.SettledAt.Int64, State: notify.State(r.State), Why: r.Why,
			Fate: notify.Fate(r.Fate),
		}
		switch {
		case l.Channel == notify.SMS && r.HasEmail == 1:
			l.Other = notify.Email
		case l.Channel == notify.Email && notify.IsMobile(r.Phone):
			l.Other = notify.SMS
		}
		out = append(out, booking.Undelivered{Letter: l})
	}
	texts, err := s.read.UndeliveredTexts(ctx, db.UndeliveredTextsParams{Org: string(o), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read text messages that could not be delivered: %w", s.fault(err))
	}
	for _, r := range texts {
		out = append(out, booking.Undelivered{Number: r.Number, Letter: notify.Letter{
			ID: ids.Notice(r.ID), Event: notify.Event(r.Event), Channel: notify.SMS, SettledAt: r.SettledAt.Int64, State: notify.State(r.State), Why: r.Why,
			Fate: notify.Fate(r.Fate), Text: true, About: r.About,
		}})
	}
	slices.SortStableFunc(out, func(a, b booking.Undelivered) int { return cmp.Compare(b.SettledAt, a.SettledAt) })
	return out[:min(len(out), most)], nil
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
			SettledAt: r.SettledAt.Int64, State: notify.State(r.State), Fate: notify.Fate(r.Fate), FateAt: r.FateAt.Int64, Why: r.Why,
		}
	}
	return out, nil
}

// ResendNotice has a notice that could not be delivered sent once more, by the channel that is named; false where it is none of those.
func (s *Store) ResendNotice(ctx context.Context, o ids.Org, id ids.Notice, by notify.Channel, now int64, entry audit.Entry) (done bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.ResendNotice(ctx, db.ResendNoticeParams{Org: string(o), ID: string(id), Channel: string(by)})
		if done = err == nil && n == 1; !done {
			return err
		}
		if err := s.putAgain(ctx, q, by, notify.TaskSend, string(id), entry, notify.SendArgs{Org: o, Notice: id}); err != nil {
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

// putAgain records the task of something that is sent once more. That of the tries before may still lie there as a dead letter, under the thing's own name.
func (s *Store) putAgain(ctx context.Context, q *db.Queries, by notify.Channel, kind, id string, entry audit.Entry, args any) error {
	b, err := json.Marshal(args)
	if err != nil {
		return err
	}
	now, lane := s.opts.Now().Unix(), notify.LaneMail
	if by == notify.SMS {
		lane = notify.LaneText
	}
	uniq := id + "/" + strconv.FormatInt(entry.AtMicros, 10)
	_, err = q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(uniq)), ID: string(s.opts.Gen.Task()), Kind: kind, Uniq: uniq, Args: string(b), RunAt: now, CreatedAt: now,
		Lane: int64(lane),
	})
	return err
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

// ResendText has a text message that could not be delivered sent once more; false where it is none of those.
func (s *Store) ResendText(ctx context.Context, o ids.Org, id ids.Text, now int64, entry audit.Entry) (done bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.ResendTextOut(ctx, db.ResendTextOutParams{Org: string(o), ID: string(id), AgainAt: nullInt(now)})
		if done = err == nil && n == 1; !done {
			return err
		}
		if err := s.putAgain(ctx, q, notify.SMS, texting.TaskOut, string(id), entry, texting.TaskArgs{Org: o, ID: id}); err != nil {
			return err
		}
		return putAudit(ctx, q, entry)
	})
	return done, err
}

// DropText takes a text message off the list of those that could not be delivered; false where it is none of them.
func (s *Store) DropText(ctx context.Context, o ids.Org, id ids.Text, now int64, entry audit.Entry) (done bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.DropTextOut(ctx, db.DropTextOutParams{Org: string(o), ID: string(id), LookedAt: nullInt(now)})
		if done = err == nil && n == 1; !done {
			return err
		}
		return putAudit(ctx, q, entry)
	})
	return done, err
}
