package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/domain/queue"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// lobbyTx is one open transaction as domain/queue sees it.
type lobbyTx struct {
	lobby
	topics  []string
	offices []queue.TextsArgs // of the topics
}

// InTx runs do in one transaction, and tells the open pages of the offices that it touched, here before it comes back and on other nodes by the feed.
func (l *Lobby) InTx(ctx context.Context, do func(ctx context.Context, tx queue.Tx) error) error {
	return l.store.inTx(ctx, func(ctx context.Context, q *db.Queries, tx *sqldb.Tx) error {
		t := &lobbyTx{lobby: lobby{q, l.store.found, l.store.fault}}
		if err := do(ctx, t); err != nil {
			return err
		}
		if len(t.topics) == 0 {
			return nil
		}
		if err := l.store.putTextsTasks(ctx, q, t.offices); err != nil {
			return err
		}
		if err := putFeed(ctx, q, l.store.opts.Node, l.store.opts.Now().Unix(), t.topics); err != nil {
			return err
		}
		if l.store.opts.Live != nil {
			tx.AfterCommit(func() { l.store.opts.Live.Publish(t.topics...) })
		}
		return nil
	})
}

// Touch names an office whose lobby changed.
func (t *lobbyTx) Touch(o ids.Org, office ids.Office) {
	topic := queue.Topic(o, office)
	for _, have := range t.topics {
		if have == topic {
			return
		}
	}
	t.topics, t.offices = append(t.topics, topic), append(t.offices, queue.TextsArgs{Org: o, Office: office})
}

// NextNumber draws the next number of a range on a day. Who draws waits for who drew before, so that no number is drawn twice.
func (t *lobbyTx) NextNumber(ctx context.Context, o ids.Org, office ids.Office, day string, r queue.Range) (int, error) {
	drawn, err := t.q.NextTicketNumber(ctx, db.NextTicketNumberParams{
		Org: string(o), Office: string(office), Day: day, Prefix: r.Prefix, First: int64(r.First), Last: int64(r.Last),
	})
	if err != nil {
		return 0, err
	}
	n := int(drawn)
	if unused, err := t.unused(ctx, o, office, day, r.Prefix, n); unused || err != nil {
		return n, err
	}
	rows, err := t.q.TicketNumbers(ctx, db.TicketNumbersParams{Org: string(o), Office: string(office), Day: day, Prefix: r.Prefix})
	if err != nil {
		return 0, err
	}
	used := map[int]bool{}
	for _, x := range rows {
		used[int(x.Number)] = used[int(x.Number)] || queue.State(x.State).Live()
	}
	n = queue.FreeNumber(r, n, used)
	return n, t.q.SetLastTicketNumber(ctx, db.SetLastTicketNumberParams{Number: int64(n), Org: string(o), Office: string(office), Day: day, Prefix: r.Prefix})
}

// NumberUnused reports whether nobody had a number of a range on a day.
func (t *lobbyTx) NumberUnused(ctx context.Context, o ids.Org, office ids.Office, day string, r queue.Range, number int) (bool, error) {
	err := t.q.LockTicketNumbers(ctx, db.LockTicketNumbersParams{Org: string(o), Office: string(office), Day: day, Prefix: r.Prefix})
	if err != nil {
		return false, err
	}
	return t.unused(ctx, o, office, day, r.Prefix, number)
}

func (t *lobbyTx) unused(ctx context.Context, o ids.Org, office ids.Office, day, prefix string, number int) (bool, error) {
	n, err := t.q.TicketsOfNumber(ctx, db.TicketsOfNumberParams{Org: string(o), Office: string(office), Day: day, Prefix: prefix, Number: int64(number)})
	return n == 0, err
}

// PutTicket makes a ticket; false when its appointment has one on that day already.
func (t *lobbyTx) PutTicket(ctx context.Context, k queue.Ticket, token, sealed []byte) (bool, error) {
	return one(t.q.PutTicket(ctx, db.PutTicketParams{
		Org: string(k.Org), ID: string(k.ID), Office: string(k.Office), Day: k.Day, Service: string(k.Service), Prefix: k.Prefix, Number: int64(k.Number),
		Kind: string(k.Kind), Priority: int64(k.Priority), Reason: string(k.Reason), Appointment: orNull(k.Appointment), Account: orNull(k.Owner.Person),
		Company: orNull(k.Owner.Company), Unit: string(k.Unit), Lang: string(k.Lang), Speaks: number(k.Speaks), State: string(k.State), BookedAt: k.BookedAt,
		ArrivedAt: k.ArrivedAt, ServiceSince: k.ServiceSince, CalledAt: k.CalledAt, BegunAt: k.BegunAt, EndedAt: k.EndAt, Calls: int64(k.Calls),
		Counter: string(k.Counter), CalledBy: string(k.By), ParkedUntil: k.ParkedUntil, Estimate: k.Estimate, Rev: k.Rev, Token: token, SealedToken: sealed,
	}))
}

// SetTicket writes a ticket whose Rev is the one that was read; false when it has another by now. The number to which texts about it go is erased when it ends.
func (t *lobbyTx) SetTicket(ctx context.Context, k queue.Ticket) (bool, error) {
	if !k.State.Live() {
		if _, err := t.q.DropTicketText(ctx, db.DropTicketTextParams{Org: string(k.Org), Ticket: string(k.ID)}); err != nil {
			return false, err
		}
	}
	return one(t.q.SetTicket(ctx, db.SetTicketParams{
		Service: string(k.Service), Priority: int64(k.Priority), Reason: string(k.Reason), Unit: string(k.Unit), Lang: string(k.Lang), Speaks: number(k.Speaks),
		State: string(k.State), ServiceSince: k.ServiceSince, CalledAt: k.CalledAt, BegunAt: k.BegunAt, EndedAt: k.EndAt, Calls: int64(k.Calls),
		Counter: string(k.Counter), CalledBy: string(k.By), ParkedUntil: k.ParkedUntil, Org: string(k.Org), ID: string(k.ID), Seen: k.Rev,
	}))
}

// PutStep writes down what happened to a ticket.
func (t *lobbyTx) PutStep(ctx context.Context, s queue.Step) error {
	before, err := json.Marshal(s.Before)
	if err != nil {
		return fmt.Errorf("write ticket %s before a step: %w", s.Ticket, err)
	}
	return t.q.PutTicketStep(ctx, db.PutTicketStepParams{
		Org: string(s.Org), Ticket: string(s.Ticket), Seq: s.Seq, Office: string(s.Office), Day: s.Day, What: string(s.What), At: s.At, Service: string(s.Service),
		Unit: string(s.Unit), MadeBy: s.By, Reason: s.Reason, Before: string(before),
	})
}

// Counter returns a counter, its zero value with Rev 0 when nobody ever worked there.
func (t *lobbyTx) Counter(ctx context.Context, o ids.Org, office ids.Office, u ids.Unit) (queue.Counter, error) {
	r, err := t.q.Counter(ctx, db.CounterParams{Org: string(o), Office: string(office), Unit: string(u)})
	if noRows(err) {
		return queue.Counter{Org: o, Office: office, Unit: u}, nil
	}
	if err != nil {
		return queue.Counter{}, err
	}
	return counterOf(r)
}

// SetCounter writes a counter whose Rev is the one that was read, 0 for one that is new; false when it has another by now.
func (t *lobbyTx) SetCounter(ctx context.Context, k queue.Counter) (bool, error) {
	services, err := json.Marshal(k.Services)
	if err != nil {
		return false, err
	}
	if k.Rev == 0 {
		return one(t.q.PutCounter(ctx, db.PutCounterParams{
			Org: string(k.Org), Office: string(k.Office), Unit: string(k.Unit), Staff: string(k.Staff), Since: k.Since, BreakSince: k.BreakSince,
			Services: string(services), Ticket: string(k.Ticket),
		}))
	}
	return one(t.q.SetCounter(ctx, db.SetCounterParams{
		Staff: string(k.Staff), Since: k.Since, BreakSince: k.BreakSince, Services: string(services), Ticket: string(k.Ticket), Org: string(k.Org),
		Office: string(k.Office), Unit: string(k.Unit), Seen: k.Rev,
	}))
}

// Arrived marks an appointment as come, if it still stands with the sequence that was read.
func (t *lobbyTx) Arrived(ctx context.Context, o ids.Org, a ids.Appointment, sequence, now int64) (bool, error) {
	return one(t.q.AppointmentArrived(ctx, db.AppointmentArrivedParams{ChangedAt: now, Org: string(o), ID: string(a), Sequence: sequence}))
}

func (t *lobbyTx) outcome(ctx context.Context, o ids.Org, a ids.Appointment, outcome string, now int64) error {
	_, err := t.q.AppointmentOutcome(ctx, db.AppointmentOutcomeParams{Outcome: outcome, ChangedAt: now, Org: string(o), ID: string(a)})
	return err
}

// Missed marks an appointment as not come.
func (t *lobbyTx) Missed(ctx context.Context, o ids.Org, a ids.Appointment, now int64) error {
	return t.outcome(ctx, o, a, "noshow", now)
}

// Came takes Missed back.
func (t *lobbyTx) Came(ctx context.Context, o ids.Org, a ids.Appointment, now int64) error {
	return t.outcome(ctx, o, a, "came", now)
}

// PutAlert puts an alert up.
func (t *lobbyTx) PutAlert(ctx context.Context, a queue.Alert) error {
	return t.q.PutLobbyAlert(ctx, db.PutLobbyAlertParams{
		Org: string(a.Org), ID: a.ID, Office: string(a.Office), Kind: string(a.Kind), Device: string(a.Device), Unit: string(a.Unit), At: a.At,
	})
}

// EndAlert says that somebody saw to an alert; false when it was seen to already.
func (t *lobbyTx) EndAlert(ctx context.Context, o ids.Org, id string, by ids.Staff, now int64) (bool, error) {
	return one(t.q.EndLobbyAlert(ctx, db.EndLobbyAlertParams{DoneAt: now, DoneBy: string(by), Org: string(o), ID: id}))
}

// PutMessage shows a message.
func (t *lobbyTx) PutMessage(ctx context.Context, m queue.Message) error {
	doc, err := json.Marshal(m.Text)
	if err != nil {
		return err
	}
	return t.q.PutLobbyMessage(ctx, db.PutLobbyMessageParams{
		Org: string(m.Org), ID: m.ID, Office: string(m.Office), Doc: string(doc), UntilAt: m.Until, At: m.At, MadeBy: string(m.By),
	})
}

// DropMessage takes a message back.
func (t *lobbyTx) DropMessage(ctx context.Context, o ids.Org, id string) error {
	_, err := t.q.DropLobbyMessage(ctx, db.DropLobbyMessageParams{Org: string(o), ID: id})
	return err
}

// UseForm remembers the answer to a form; used is the earlier answer when it was sent before.
func (t *lobbyTx) UseForm(ctx context.Context, o ids.Org, key ids.FormKey, kind string, digest []byte, result string, expires int64) (used string, again bool, err error) {
	return useForm(ctx, t.q, o, key, kind, digest, result, expires)
}

// Audit writes lines of the audit log.
func (t *lobbyTx) Audit(ctx context.Context, entries ...audit.Entry) error {
	for _, e := range entries {
		if err := putAudit(ctx, t.q, e); err != nil {
			return err
		}
	}
	return nil
}

// useForm remembers the answer to a form, or finds the earlier one.
func useForm(ctx context.Context, q *db.Queries, o ids.Org, key ids.FormKey, kind string, digest []byte, result string, expires int64) (used string, again bool, err error) {
	n, err := q.PutFormKey(ctx, db.PutFormKeyParams{Org: string(o), ID: string(key), Kind: kind, Digest: digest, Result: result, ExpiresAt: expires})
	if err != nil || n == 1 {
		return "", false, err
	}
	earlier, err := q.FormKey(ctx, db.FormKeyParams{Org: string(o), ID: string(key)})
	if err != nil {
		return "", false, err
	}
	if earlier.Kind != kind || string(earlier.Digest) != string(digest) {
		return "", false, fault.Conflict("form.key_reused", nil)
	}
	return earlier.Result, true, nil
}
