package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/base/task"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/store/db"
	"luukku/store/sqldb"
)

var errNoRows = sql.ErrNoRows

func noRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// errVerdict ends a transaction whose preconditions did not hold.
var errVerdict = errors.New("a precondition did not hold")

// Commit makes a booking change durable as one transaction. It shares the transaction with others that wait: on SQLite all do, on PostgreSQL the plain
// ones (see batcher).
func (s *Store) Commit(ctx context.Context, c booking.Change) (booking.Outcome, error) {
	if s.lost(ctx, c) {
		return booking.Outcome{Verdict: booking.Taken}, nil
	}
	if s.db.Engine() == sqldb.Postgres && plain(c) {
		out, err := s.batches.commit(ctx, c)
		if err == nil && out.Verdict == booking.Done {
			fault.MarkChanged(ctx) // the transaction may have been another's
		}
		return out, err
	}
	return s.single(ctx, c)
}

// lost says that a change has no unit to take, from memory. A form that was used before has its own answer, though, and its transaction gives it.
func (s *Store) lost(ctx context.Context, c booking.Change) bool {
	if !s.refused(c) {
		return false
	}
	if c.Form == nil {
		return true
	}
	_, err := s.read.FormKey(ctx, db.FormKeyParams{Org: string(c.Org), ID: string(c.Form.Key)})
	return noRows(err)
}

// partial ends a transaction on PostgreSQL that had some cells of a unit and not all, and names the units that it has not tried.
type partial struct{ rest []ids.Unit }

func (partial) Error() string { return "some cells of a unit were had and some not" }

// single commits a change by itself: what it means is said here and nowhere else.
func (s *Store) single(ctx context.Context, c booking.Change) (booking.Outcome, error) {
	for {
		out, err := s.attempt(ctx, c)
		var p partial
		if !errors.As(err, &p) {
			return out, err
		}
		t := *c.Take
		t.Units = p.rest
		c.Take = &t
	}
}

// attempt commits a change by itself, or tells with partial with which units it is to be attempted again.
func (s *Store) attempt(ctx context.Context, c booking.Change) (booking.Outcome, error) {
	var out booking.Outcome
	err := s.change(ctx, func(ctx context.Context, q *db.Queries, tx *sqldb.Tx) ([]Applied, error) {
		out = booking.Outcome{} // the function may run twice
		w := writer{q: q, tx: tx, c: c, out: &out, store: s}
		err := w.run(ctx)
		return []Applied{{Change: c, Unit: out.Unit, Kept: out.Kept}}, err
	})
	switch {
	case errors.Is(err, errVerdict):
		s.order.wait()
		return out, nil
	case err != nil:
		return booking.Outcome{}, fmt.Errorf("commit booking change: %w", err)
	}
	return out, nil
}

// change runs a transaction and has what it changed applied, in the order of the commits and before it comes back.
func (s *Store) change(ctx context.Context, do func(context.Context, *db.Queries, *sqldb.Tx) ([]Applied, error)) error {
	if s.strict != nil {
		select {
		case s.strict <- struct{}{}:
			defer func() { <-s.strict }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var place *position
	var done []Applied
	firm := func() {}
	end := func() { place.end(); firm() }
	defer func() { end() }()
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, tx *sqldb.Tx) (err error) {
		end() // of an attempt before
		if done, err = do(ctx, q, tx); err != nil {
			return err
		}
		firm = s.opts.Board.Loosen(done)
		apply := func() { s.applied(done) }
		if tx.Engine() == sqldb.SQLite {
			tx.AfterCommit(apply)
			return nil
		}
		place = s.order.enter()
		mine := place
		tx.AfterCommit(func() { mine.committed(apply) })
		return nil
	})
	if errors.Is(err, sqldb.ErrUnknownOutcome) {
		for _, a := range done {
			s.doubtful(a.Change)
		}
	}
	return err
}

// writer carries out one change inside a transaction.
type writer struct {
	q     *db.Queries
	tx    *sqldb.Tx
	c     booking.Change
	out   *booking.Outcome
	store *Store
}

// run checks and writes in the order of Change's fields. Rows that several changes may want are locked in one order everywhere: form key, contacts,
// appointment, cells.
func (w writer) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		w.form, w.limit, w.claim, w.offer, w.free, w.take, w.keep, w.prolong, w.person, w.appointment, w.pin, w.waiting, w.holds, w.links, w.notices, w.tasks,
		w.audit, w.feed,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w writer) verdict(v booking.Verdict) error {
	w.out.Verdict = v
	return errVerdict
}

func (w writer) form(ctx context.Context) error {
	f := w.c.Form
	if f == nil {
		return nil
	}
	sum := f.Digest
	if sum == nil {
		sum = []byte{}
	}
	w.out.Result = f.Result
	n, err := w.q.PutFormKey(ctx, db.PutFormKeyParams{
		Org: string(w.c.Org), ID: string(f.Key), Kind: f.Kind, Digest: sum, Result: f.Result, ExpiresAt: f.ExpiresAt,
	})
	if err != nil || n == 1 || planted.Bug("form-key-ignored") {
		return err
	}
	used, err := w.q.FormKey(ctx, db.FormKeyParams{Org: string(w.c.Org), ID: string(f.Key)})
	if err != nil {
		return err
	}
	w.out.Result = used.Result
	if used.Kind != f.Kind || !bytes.Equal(used.Digest, sum) {
		return w.verdict(booking.KeyReused)
	}
	return w.verdict(booking.Repeated)
}

func (w writer) limit(ctx context.Context) error {
	l := w.c.Limit
	if l == nil {
		return nil
	}
	for _, contact := range l.Contacts {
		if w.tx.Engine() == sqldb.Postgres { // on SQLite nobody else writes
			if err := w.q.LockContact(ctx, db.LockContactParams{Org: string(w.c.Org), Contact: contact, At: w.c.Now}); err != nil {
				return err
			}
		}
		n, err := w.q.LiveOfContact(ctx, db.LiveOfContactParams{
			Org: string(w.c.Org), Contact: contact, Now: nullInt(w.c.Now), OtherThan: string(l.Except),
		})
		if err != nil {
			return err
		}
		if n >= int64(l.Max) {
			return w.verdict(booking.TooMany)
		}
	}
	return nil
}

func (w writer) claim(ctx context.Context) error {
	if w.c.Claim == nil {
		return nil
	}
	how := db.ClaimAppointmentParams{
		ChangedAt: w.c.Now, Org: string(w.c.Org), ID: string(w.c.Claim.ID), Sequence: w.c.Claim.Sequence, Now: nullInt(w.c.Now),
	}
	if planted.Bug("confirm-late") {
		how.Now.Int64--
	}
	claim := w.q.ClaimAppointment
	if w.c.Claim.Lapsed {
		claim = func(ctx context.Context, p db.ClaimAppointmentParams) (int64, error) {
			return w.q.ClaimLapsed(ctx, db.ClaimLapsedParams(p))
		}
	}
	if w.c.Claim.Cancelled {
		claim = func(ctx context.Context, p db.ClaimAppointmentParams) (int64, error) {
			return w.q.ClaimCancelled(ctx, db.ClaimCancelledParams{ChangedAt: p.ChangedAt, Org: p.Org, ID: p.ID, Sequence: p.Sequence})
		}
	}
	n, err := claim(ctx, how)
	if err != nil {
		return err
	}
	if n != 1 && !planted.Bug("claim-ignored") {
		return w.verdict(booking.Stale)
	}
	return nil
}

func (w writer) free(ctx context.Context) error {
	for _, f := range w.c.Free {
		if planted.Bug("move-keeps-old") && w.c.SetTime != nil && f.Holder == string(w.c.SetTime.ID) {
			continue
		}
		if err := w.release(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (w writer) release(ctx context.Context, f booking.Cells) error {
	_, err := w.q.Release(ctx, db.ReleaseParams{
		Org: string(w.c.Org), Unit: string(f.Unit), FromCell: booking.FirstCell(f.From), ToCell: booking.LastCell(f.To), Holder: f.Holder,
	})
	return err
}

// take tries the candidates in order: the expired holds in the way go, then every cell must be had. The primary key decides, on both engines: of two
// transactions that want a cell, one inserts it and the other's insert, having waited for the first, does nothing.
//
// On PostgreSQL a row that was inserted and deleted again keeps others waiting until the transaction ends. Whoever went on to the next unit with such rows
// behind them could wait for one who waits for them, and the candidates come in no common order. So a transaction that had only some cells of a unit ends.
func (w writer) take(ctx context.Context) error {
	t := w.c.Take
	if t == nil {
		return nil
	}
	if w.store.refused(w.c) {
		return w.verdict(booking.Taken)
	}
	first, last, now := booking.FirstCell(t.From), booking.LastCell(t.To), w.c.Now
	if planted.Bug("hold-expires-early") {
		now++
	}
	for i, u := range t.Units {
		err := w.q.DropExpired(ctx, db.DropExpiredParams{
			Org: string(w.c.Org), Unit: string(u), FromCell: first, ToCell: last, Now: sql.NullInt64{Int64: now, Valid: true},
		})
		if err != nil {
			return err
		}
		n, err := w.insertCells(ctx, u, first, last)
		if err != nil {
			return err
		}
		if n == last-first || n > 0 && planted.Bug("take-partial") {
			w.out.Unit = u
			return nil
		}
		// Some cells were had and some not: give back what was.
		if n > 0 {
			if w.tx.Engine() == sqldb.Postgres && !planted.Bug("partial-goes-on") {
				return partial{t.Units[i+1:]}
			}
			if err := w.release(ctx, booking.Cells{Unit: u, Holder: t.Holder, From: t.From, To: t.To}); err != nil {
				return err
			}
		}
	}
	return w.verdict(booking.Taken)
}

// insertCells occupies the free ones of a range of cells, in ascending order, and returns how many it got.
func (w writer) insertCells(ctx context.Context, u ids.Unit, first, last int64) (int64, error) {
	expires := sql.NullInt64{Int64: w.c.Take.ExpiresAt, Valid: w.c.Take.ExpiresAt != 0}
	var b strings.Builder
	b.WriteString("INSERT INTO occupancy (org, unit, cell, holder, expires_at) VALUES ")
	b.WriteString(sqldb.Rows(int(last-first), 5, 1))
	b.WriteString(" ON CONFLICT (org, unit, cell) DO NOTHING")
	args := make([]any, 0, 5*(last-first))
	for cell := first; cell < last; cell++ {
		args = append(args, string(w.c.Org), string(u), cell, w.c.Take.Holder, expires)
	}
	res, err := w.tx.ExecContext(ctx, b.String(), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (w writer) prolong(ctx context.Context) error {
	p := w.c.Prolong
	if p == nil {
		return nil
	}
	n, err := w.q.ExtendHold(ctx, db.ExtendHoldParams{ExpiresAt: p.ExpiresAt, Org: string(w.c.Org), ID: string(p.Hold.ID), Now: w.c.Now})
	if err != nil {
		return err
	}
	if n != 1 {
		return w.verdict(booking.HoldGone)
	}
	first, last := booking.FirstCell(p.Hold.Start), booking.LastCell(p.Hold.BusyUntil)
	n, err = w.q.ExtendOccupancy(ctx, db.ExtendOccupancyParams{
		ExpiresAt: sql.NullInt64{Int64: p.ExpiresAt, Valid: true}, Org: string(w.c.Org), Unit: string(p.Hold.Unit),
		FromCell: first, ToCell: last, Holder: string(p.Hold.ID), Now: sql.NullInt64{Int64: w.c.Now, Valid: true},
	})
	if err != nil {
		return err
	}
	if n != last-first {
		return w.verdict(booking.HoldGone)
	}
	return nil
}

func (w writer) person(ctx context.Context) error {
	if p := w.c.PutPerson; p != nil {
		return w.q.PutPerson(ctx, db.PutPersonParams{Person: string(p.ID), WrappedKey: p.WrappedKey, CreatedAt: w.c.Now})
	}
	return nil
}

func (w writer) appointment(ctx context.Context) error {
	o := string(w.c.Org)
	if a := w.c.PutAppointment; a != nil {
		note, _ := a.Sealed()
		birth, birthKey := a.SealedBirth()
		first, last := booking.NameKeys(a.Details.Name)
		err := w.q.PutAppointment(ctx, db.PutAppointmentParams{
			Org: o, ID: string(a.ID), Service: string(a.Service), Office: string(a.Office), Unit: string(w.out.Unit), StartAt: a.Start, EndAt: a.End,
			BusyUntil: a.BusyUntil, Status: string(a.Status), Person: string(a.Person), Name: a.Details.Name, Email: a.Details.Email,
			Phone: a.Details.Phone, Lang: string(a.Details.Lang), Note: note, PolicyVersion: a.PolicyVersion, Sequence: a.Sequence,
			CreatedAt: a.CreatedAt, ChangedAt: a.ChangedAt, Account: orNull(a.Owner.Person), Company: orNull(a.Owner.Company), MadeBy: orNull(a.MadeBy), ExpiresAt: orNullInt(a.ExpiresAt), NameKey: first, FamilyKey: last, Birth: birth, BirthKey: birthKey,
		})
		if err != nil {
			return err
		}
		if err := w.parts(ctx, a); err != nil {
			return err
		}
	}
	if a := w.c.SetTime; a != nil {
		err := w.q.SetTime(ctx, db.SetTimeParams{
			Office: string(a.Office), Unit: string(w.out.Unit), StartAt: a.Start, EndAt: a.End, BusyUntil: a.BusyUntil, PolicyVersion: a.PolicyVersion,
			Moves: int64(a.Moves), Org: o, ID: string(a.ID),
		})
		if err != nil {
			return err
		}
	}
	if a := w.c.SetDetails; a != nil {
		note, _ := a.Sealed()
		birth, birthKey := a.SealedBirth()
		first, last := booking.NameKeys(a.Details.Name)
		err := w.q.SetDetails(ctx, db.SetDetailsParams{
			Name: a.Details.Name, Email: a.Details.Email, Phone: a.Details.Phone, Lang: string(a.Details.Lang), Note: note, Org: o, ID: string(a.ID),
			NameKey: first, FamilyKey: last, Birth: birth, BirthKey: birthKey,
		})
		if err != nil {
			return err
		}
		if err := w.parts(ctx, a); err != nil {
			return err
		}
	}
	if a := w.c.SetCancelled; a != nil {
		_, reason := a.Sealed()
		err := w.q.SetCancelled(ctx, db.SetCancelledParams{
			CancelledAt: sql.NullInt64{Int64: a.CancelledAt, Valid: true}, CancelledBy: a.CancelledBy, CancelReason: reason, Org: o, ID: string(a.ID),
		})
		if err != nil {
			return err
		}
	}
	if a := w.c.SetStatus; a != nil {
		if err := w.q.SetStatus(ctx, db.SetStatusParams{Status: string(a.Status), ExpiresAt: orNullInt(a.ExpiresAt), Org: o, ID: string(a.ID)}); err != nil {
			return err
		}
	}
	if a := w.c.SetOutcome; a != nil {
		if err := w.q.SetOutcome(ctx, db.SetOutcomeParams{Outcome: string(a.Outcome), Org: o, ID: string(a.ID)}); err != nil {
			return err
		}
	}
	if a := w.c.Restored; a != nil {
		if err := w.q.Restore(ctx, db.RestoreParams{Unit: string(w.out.Unit), Org: o, ID: string(a.ID)}); err != nil {
			return err
		}
	}
	return w.contacts(ctx)
}

func (w writer) contacts(ctx context.Context) error {
	k := w.c.Contacts
	if k == nil {
		return nil
	}
	if w.c.PutAppointment == nil {
		err := w.q.DropContacts(ctx, db.DropContactsParams{Org: string(w.c.Org), Appointment: string(k.Appointment)})
		if err != nil {
			return err
		}
	}
	for _, h := range k.Hashes {
		err := w.q.PutContact(ctx, db.PutContactParams{Org: string(w.c.Org), Contact: h, Appointment: string(k.Appointment)})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w writer) holds(ctx context.Context) error {
	for _, id := range w.c.DropHolds {
		if _, err := w.q.DropHold(ctx, db.DropHoldParams{Org: string(w.c.Org), ID: string(id)}); err != nil {
			return err
		}
	}
	h := w.c.PutHold
	if h == nil {
		return nil
	}
	return w.q.PutHold(ctx, db.PutHoldParams{
		Org: string(w.c.Org), ID: string(h.ID), Service: string(h.Service), Office: string(h.Office), Unit: string(w.out.Unit),
		StartAt: h.Start, EndAt: h.End, BusyUntil: h.BusyUntil, ExpiresAt: h.ExpiresAt, Session: h.Session, CreatedAt: h.CreatedAt,
	})
}

func (w writer) links(ctx context.Context) error {
	l := w.c.LinksUntil
	if l == nil {
		return nil
	}
	return w.q.ExtendSecrets(ctx, db.ExtendSecretsParams{
		ExpiresAt: l.ExpiresAt, Kind: linkKind, Org: string(w.c.Org), Subject: string(l.Appointment),
	})
}

// notices writes what people are told and, for each, the task that sends it.
func (w writer) notices(ctx context.Context) error {
	for _, n := range w.c.Notices {
		args, err := object(n.Args)
		if err != nil {
			return err
		}
		err = w.q.PutNotice(ctx, db.PutNoticeParams{
			Org: string(n.Org), ID: string(n.ID), Event: string(n.Event), Appointment: string(n.Appointment), Person: string(n.Person), Args: args,
			CreatedAt: n.CreatedAt, Waiting: string(n.Waiting), Channel: string(cmp.Or(n.Channel, notify.Email)),
		})
		if err != nil {
			return err
		}
		job, err := json.Marshal(notify.SendArgs{Org: n.Org, Notice: n.ID})
		if err != nil {
			return err
		}
		_, err = w.q.PutTask(ctx, db.PutTaskParams{
			Bucket: int64(task.BucketOf(string(n.ID))), ID: string(w.store.opts.Gen.Task()), Kind: notify.TaskSend, Uniq: string(n.ID), Args: string(job),
			RunAt: w.c.Now, CreatedAt: w.c.Now, Lane: int64(notify.LaneOf(n.Event, n.Channel)),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w writer) audit(ctx context.Context) error {
	for _, e := range w.c.Audit {
		if err := putAudit(ctx, w.q, e); err != nil {
			return err
		}
	}
	return nil
}

func (w writer) feed(ctx context.Context) error {
	return putFeed(ctx, w.q, w.store.opts.Node, w.c.Now, w.c.Topics)
}

// putFeed numbers topics in the node's change feed. It comes last in a transaction: the node's row is locked from here to the commit, so that numbers
// become visible in their order.
func putFeed(ctx context.Context, q *db.Queries, node int, now int64, topics []string) error {
	if len(topics) == 0 {
		return nil
	}
	last, err := q.NextFeed(ctx, db.NextFeedParams{Node: int64(node), More: int64(len(topics))})
	if err != nil {
		return err
	}
	for i, t := range topics {
		err := q.PutFeed(ctx, db.PutFeedParams{Node: int64(node), Seq: last - int64(len(topics)-1-i), Topic: t, At: now})
		if err != nil {
			return err
		}
	}
	return nil
}

// object writes a JSON object; nothing is an empty one.
func object(m map[string]string) (string, error) {
	if m == nil {
		return "{}", nil
	}
	b, err := json.Marshal(m)
	return string(b), err
}
