package store

import (
	"context"
	"encoding/json"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/audit"
	"luukku/domain/notify"
	"luukku/domain/queue"
	"luukku/domain/texting"
	"luukku/store/db"
)

var _ queue.Texts = (*Lobby)(nil)

// putTextsTasks has looked whether anybody is to be told by text message, at those of the offices where anybody wants to be. Each change has a task of its own:
// one that began before the change may not have seen it.
func (s *Store) putTextsTasks(ctx context.Context, q *db.Queries, offices []queue.TextsArgs) error {
	for _, o := range offices {
		n, err := q.CountTicketTextsAt(ctx, db.CountTicketTextsAtParams{Org: string(o.Org), Office: string(o.Office)})
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		args, err := json.Marshal(o)
		if err != nil {
			return err
		}
		now, id := s.opts.Now().Unix(), string(s.opts.Gen.Task())
		_, err = q.PutTask(ctx, db.PutTaskParams{
			Bucket: int64(task.BucketOf(id)), ID: id, Kind: queue.TaskTexts, Uniq: id, Args: string(args), RunAt: now, CreatedAt: now, Lane: notify.LaneHouse,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func askedOf(r db.TicketText) queue.Asked {
	return queue.Asked{
		Org: ids.Org(r.Org), Ticket: ids.Ticket(r.Ticket), Office: ids.Office(r.Office), Sealed: r.Number, NearAt: r.NearAt, CalledAt: r.CalledAt, Until: r.UntilAt,
	}
}

// Asked returns what was asked for with a ticket, its zero value for nothing.
func (l *Lobby) Asked(ctx context.Context, o ids.Org, id ids.Ticket) (queue.Asked, error) {
	r, err := l.q.TicketText(ctx, db.TicketTextParams{Org: string(o), Ticket: string(id)})
	if noRows(err) {
		return queue.Asked{}, nil
	}
	if err != nil {
		return queue.Asked{}, l.fault(err)
	}
	return askedOf(r), nil
}

// AskedAt returns those of an office whose number is there.
func (l *Lobby) AskedAt(ctx context.Context, o ids.Org, office ids.Office) ([]queue.Asked, error) {
	rows, err := l.q.TicketTextsAt(ctx, db.TicketTextsAtParams{Org: string(o), Office: string(office)})
	if err != nil {
		return nil, l.fault(err)
	}
	out := make([]queue.Asked, len(rows))
	for i, r := range rows {
		out[i] = askedOf(r)
	}
	return out, nil
}

// PutAsked keeps a number in the place of another, and has looked whether anything is due. False when the ticket has ended.
func (l *Lobby) PutAsked(ctx context.Context, a queue.Asked, e audit.Entry) (ok bool, err error) {
	err = l.store.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		ok = false
		t, err := q.Ticket(ctx, db.TicketParams{Org: string(a.Org), ID: string(a.Ticket)})
		if err != nil {
			return err
		}
		if ok = queue.State(t.State).Live(); !ok {
			return nil
		}
		err = q.PutTicketText(ctx, db.PutTicketTextParams{Org: string(a.Org), Ticket: string(a.Ticket), Office: string(a.Office), Number: a.Sealed, UntilAt: a.Until})
		if err != nil {
			return err
		}
		if err := putAudit(ctx, q, e); err != nil {
			return err
		}
		return l.store.putTextsTasks(ctx, q, []queue.TextsArgs{{Org: a.Org, Office: a.Office}})
	})
	return ok, err
}

// DropAsked erases a number.
func (l *Lobby) DropAsked(ctx context.Context, o ids.Org, id ids.Ticket, e audit.Entry) error {
	return l.store.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.DropTicketText(ctx, db.DropTicketTextParams{Org: string(o), Ticket: string(id)})
		if err != nil || n == 0 {
			return err
		}
		return putAudit(ctx, q, e)
	})
}

// PutTold has a text message handed over and writes down that it was told, both or neither. False when it was told before, or its number is another by now.
func (l *Lobby) PutTold(ctx context.Context, d queue.DueText, m texting.SealedOut, e audit.Entry) (told bool, err error) {
	err = l.store.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		told = false
		org, ticket := string(d.Asked.Org), string(d.Asked.Ticket)
		var n int64
		var err error
		if d.Telling == queue.TellCalled {
			n, err = q.ToldTicketCalled(ctx, db.ToldTicketCalledParams{At: m.CreatedAt, Org: org, Ticket: ticket, Number: d.Asked.Sealed})
		} else {
			n, err = q.ToldTicketNear(ctx, db.ToldTicketNearParams{At: m.CreatedAt, Org: org, Ticket: ticket, Number: d.Asked.Sealed})
		}
		if err != nil || n == 0 {
			return err
		}
		told = true
		if err := l.store.Texting().putOut(ctx, q, m); err != nil {
			return err
		}
		return putAudit(ctx, q, e)
	})
	return told, err
}
