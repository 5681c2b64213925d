package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"luukku/base/planted"
	"luukku/base/task"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// batchWriter carries out the plain changes of a batch, each of its steps for all of them. It is writer in the large, and does what writer does or refuses:
// its steps are writer's, in the same order, and rows that several transactions may want are locked in the order of their keys.
type batchWriter struct {
	tx      *sqldb.Tx
	store   *Store
	live    []*request        // those that nothing was found against
	refused map[*request]bool // the others
	undo    bool              // some of the others have given something up that cannot be taken back
}

func (w *batchWriter) run(ctx context.Context) error {
	if _, err := w.tx.ExecContext(ctx, batchPlans); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{w.forms, w.limits, w.free, w.take} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if w.undo {
		return errVerdict
	}
	for _, step := range []func(context.Context) error{w.people, w.appointments, w.holds, w.notices, w.audit, w.feed} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// out are those that were refused.
func (w *batchWriter) out() []*request { return slices.Collect(maps.Keys(w.refused)) }

// refuse takes out those of whom bad says so, and returns them.
func (w *batchWriter) refuse(bad func(*request) bool) (list []*request) {
	w.live = slices.DeleteFunc(slices.Clone(w.live), func(r *request) bool {
		if !bad(r) {
			return false
		}
		w.refused[r] = true
		list = append(list, r)
		return true
	})
	return list
}

// takeBack removes what refused ones have written by then: their form keys, and the cells that they had of their units.
func (w *batchWriter) takeBack(ctx context.Context, list []*request) error {
	forms, cells := arraysOf("text", "text"), arraysOf("text", "text", "bigint", "bigint", "text")
	for _, r := range list {
		o, t := string(r.change.Org), r.change.Take
		if f := r.change.Form; f != nil {
			forms.add(o, string(f.Key))
		}
		cells.add(o, string(r.unit), booking.FirstCell(t.From), booking.LastCell(t.To), t.Holder)
	}
	if err := w.exec(ctx, batchDropForms, forms); err != nil {
		return err
	}
	return w.exec(ctx, batchRelease, cells)
}

// insert is a statement that writes rows of a table from arrays, one for each column.
type insert struct {
	text  string
	kinds []string
}

// inserting makes the statement from columns as "name:kind name:kind" and what follows the rows. The kinds are PostgreSQL's; "bigint?" and "text?" may be NULL.
func inserting(table, columns, end string) insert {
	var names, arrays []string
	var kinds []string
	for i, c := range strings.Fields(columns) {
		name, kind, _ := strings.Cut(c, ":")
		names, kinds = append(names, name), append(kinds, kind)
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", i+1, strings.TrimSuffix(kind, "?")))
	}
	text := fmt.Sprintf("INSERT INTO %s (%s) SELECT * FROM unnest(%s) %s", table, strings.Join(names, ", "), strings.Join(arrays, ", "), end)
	return insert{text, kinds}
}

// The statements of a batch.
var (
	batchForms    = inserting("form_key", "org:text id:text kind:text digest:bytea result:text expires_at:bigint", "ON CONFLICT (org, id) DO NOTHING RETURNING org, id")
	batchLocks    = inserting("contact_lock", "org:text contact:bytea at:bigint", "ON CONFLICT (org, contact) DO UPDATE SET at = excluded.at")
	batchCells    = inserting("occupancy", "org:text unit:text cell:bigint holder:text expires_at:bigint?", "ON CONFLICT (org, unit, cell) DO NOTHING RETURNING org, holder")
	batchPeople   = inserting("person", "person:text wrapped_key:bytea created_at:bigint", "")
	batchContacts = inserting("appointment_contact", "org:text contact:bytea appointment:text", "ON CONFLICT (org, contact, appointment) DO NOTHING")
	batchHolds    = inserting("hold", "org:text id:text service:text office:text unit:text start_at:bigint end_at:bigint busy_until:bigint expires_at:bigint "+
		"session:bytea extended:bigint created_at:bigint", "")
	batchAppointments = inserting("appointment", "org:text id:text service:text office:text unit:text start_at:bigint end_at:bigint busy_until:bigint "+
		"status:text person:text name:text email:text phone:text lang:text note:bytea policy_version:bigint sequence:bigint created_at:bigint "+
		"changed_at:bigint cancelled_by:text account:text? company:text? made_by:text? expires_at:bigint? name_key:text family_key:text birth:bytea birth_key:bytea", "")
	batchNotices = inserting("notice", "org:text id:text event:text appointment:text person:text args:text created_at:bigint state:text waiting:text channel:text", "")
	batchTasks   = inserting("task", "bucket:bigint id:text kind:text uniq:text args:text run_at:bigint tries:bigint last_error:text created_at:bigint",
		"ON CONFLICT (bucket, kind, uniq) DO NOTHING")
	batchAudit = inserting("audit", "org:text id:text at_us:bigint actor_kind:text actor:text action:text subject_kind:text subject:text detail:text", "")
	batchFeed  = inserting("feed", "node:bigint seq:bigint topic:text at:bigint", "")
)

const (
	// batchPlans keeps the planner to indexes. On tables that were filled a moment ago it guesses, and once it guessed wrong for 128 rows a batch takes seconds.
	batchPlans = `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`

	batchLive = `SELECT k.request, (SELECT count(*) FROM appointment_contact c
    WHERE c.org = k.org AND c.contact = k.contact AND c.appointment <> k.other_than
        AND (SELECT a.end_at FROM appointment a WHERE a.org = c.org AND a.id = c.appointment
            AND (a.status = 'booked' OR a.status = 'pending' AND a.expires_at >= k.now)) > k.now)
FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bigint[], $5::text[]) AS k (request, org, contact, now, other_than)`

	batchRelease = `DELETE FROM occupancy o USING unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS f (org, unit, from_cell, to_cell, holder)
WHERE o.org = f.org AND o.unit = f.unit AND o.cell >= f.from_cell AND o.cell < f.to_cell AND o.holder = f.holder`

	batchExpired = `DELETE FROM occupancy o USING unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) AS f (org, unit, from_cell, to_cell, now)
WHERE o.org = f.org AND o.unit = f.unit AND o.cell >= f.from_cell AND o.cell < f.to_cell AND o.expires_at < f.now`

	batchDropForms = `DELETE FROM form_key k USING unnest($1::text[], $2::text[]) AS f (org, id) WHERE k.org = f.org AND k.id = f.id`

	batchDropHolds = `DELETE FROM hold h USING unnest($1::text[], $2::text[]) AS f (org, id) WHERE h.org = f.org AND h.id = f.id`
)

// arrays is rows of one statement, column by column.
type arrays struct {
	kinds []string
	cols  []any
	rows  int
}

func arraysOf(kinds ...string) *arrays {
	t := &arrays{kinds: kinds}
	for _, k := range kinds {
		switch k {
		case "text":
			t.cols = append(t.cols, []string(nil))
		case "bigint":
			t.cols = append(t.cols, []int64(nil))
		case "text?":
			t.cols = append(t.cols, []*string(nil))
		case "bigint?":
			t.cols = append(t.cols, []*int64(nil))
		default:
			t.cols = append(t.cols, [][]byte(nil))
		}
	}
	return t
}

func (i insert) arrays() *arrays { return arraysOf(i.kinds...) }

func (t *arrays) add(values ...any) {
	t.rows++
	for i, v := range values {
		switch col := t.cols[i].(type) {
		case []string:
			t.cols[i] = append(col, v.(string))
		case []int64:
			t.cols[i] = append(col, v.(int64))
		case []*string:
			t.cols[i] = append(col, v.(*string))
		case []*int64:
			t.cols[i] = append(col, v.(*int64))
		case [][]byte:
			t.cols[i] = append(col, v.([]byte))
		}
	}
}

// pointer is where a text is, and nowhere for an empty one.
func pointer(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func intPointer(v int64) *int64 {
	if v == 0 {
		return nil
	}
	return &v
}

// exec runs a statement with the rows, unless there are none.
func (w *batchWriter) exec(ctx context.Context, text string, t *arrays) error {
	if t.rows == 0 {
		return nil
	}
	_, err := w.tx.ExecContext(ctx, text, t.cols...)
	return err
}

// pairs runs a statement that returns pairs, and counts each.
func (w *batchWriter) pairs(ctx context.Context, text string, t *arrays) (map[[2]string]int64, error) {
	got := map[[2]string]int64{}
	if t.rows == 0 {
		return got, nil
	}
	rows, err := w.tx.QueryContext(ctx, text, t.cols...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p [2]string
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			return nil, err
		}
		got[p]++
	}
	return got, rows.Err()
}

// forms writes the form keys. One that is there already leaves nothing behind that would have to be undone.
func (w *batchWriter) forms(ctx context.Context) error {
	keyed := slices.DeleteFunc(slices.Clone(w.live), func(r *request) bool { return r.change.Form == nil })
	slices.SortFunc(keyed, func(a, b *request) int {
		return cmp.Or(cmp.Compare(a.change.Org, b.change.Org), cmp.Compare(a.change.Form.Key, b.change.Form.Key))
	})
	t := batchForms.arrays()
	for _, r := range keyed {
		f := r.change.Form
		t.add(string(r.change.Org), string(f.Key), f.Kind, append([]byte{}, f.Digest...), f.Result, f.ExpiresAt)
	}
	got, err := w.pairs(ctx, batchForms.text, t)
	if err != nil {
		return err
	}
	w.refuse(func(r *request) bool {
		return r.change.Form != nil && got[[2]string{string(r.change.Org), string(r.change.Form.Key)}] == 0
	})
	return nil
}

// limits locks the contacts and counts their live appointments.
func (w *batchWriter) limits(ctx context.Context) error {
	type contact struct {
		request int
		hash    []byte
	}
	var list []contact
	for i, r := range w.live {
		if r.change.Limit != nil {
			for _, h := range r.change.Limit.Contacts {
				list = append(list, contact{i, h})
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, func(a, b contact) int {
		return cmp.Or(cmp.Compare(w.live[a.request].change.Org, w.live[b.request].change.Org), bytes.Compare(a.hash, b.hash))
	})
	locks, counted := batchLocks.arrays(), arraysOf("bigint", "text", "bytea", "bigint", "text")
	for _, k := range list {
		c := w.live[k.request].change
		locks.add(string(c.Org), k.hash, c.Now)
		counted.add(int64(k.request), string(c.Org), k.hash, c.Now, string(c.Limit.Except))
	}
	if err := w.exec(ctx, batchLocks.text, locks); err != nil {
		return err
	}
	return w.tooMany(ctx, counted)
}

func (w *batchWriter) tooMany(ctx context.Context, counted *arrays) error {
	rows, err := w.tx.QueryContext(ctx, batchLive, counted.cols...)
	if err != nil {
		return err
	}
	defer rows.Close()
	over := map[*request]bool{}
	for rows.Next() {
		var request, n int64
		if err := rows.Scan(&request, &n); err != nil {
			return err
		}
		if r := w.live[request]; n >= int64(r.change.Limit.Max) {
			over[r] = true
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	return w.takeBack(ctx, w.refuse(func(r *request) bool { return over[r] }))
}

func (w *batchWriter) free(ctx context.Context) error {
	t := arraysOf("text", "text", "bigint", "bigint", "text")
	for _, r := range w.live {
		for _, f := range r.change.Free {
			t.add(string(r.change.Org), string(f.Unit), booking.FirstCell(f.From), booking.LastCell(f.To), f.Holder)
		}
	}
	return w.exec(ctx, batchRelease, t)
}

// take occupies every request's unit: the expired holds in the way go, then each must have all its cells.
func (w *batchWriter) take(ctx context.Context) error {
	byUnit := slices.SortedFunc(slices.Values(w.live), func(a, b *request) int {
		return cmp.Or(cmp.Compare(a.change.Org, b.change.Org), cmp.Compare(a.unit, b.unit), cmp.Compare(a.change.Take.From, b.change.Take.From))
	})
	expired, cells := arraysOf("text", "text", "bigint", "bigint", "bigint"), batchCells.arrays()
	for _, r := range byUnit {
		o, unit, t := string(r.change.Org), string(r.unit), r.change.Take
		var until *int64
		if t.ExpiresAt != 0 {
			until = &t.ExpiresAt
		}
		expired.add(o, unit, booking.FirstCell(t.From), booking.LastCell(t.To), r.change.Now)
		for cell := booking.FirstCell(t.From); cell < booking.LastCell(t.To); cell++ {
			cells.add(o, unit, cell, t.Holder, until)
		}
	}
	if err := w.exec(ctx, batchExpired, expired); err != nil {
		return err
	}
	got, err := w.pairs(ctx, batchCells.text, cells)
	if err != nil {
		return err
	}
	lost := w.refuse(func(r *request) bool { return !had(r, got[[2]string{string(r.change.Org), r.change.Take.Holder}]) })
	w.undo = slices.ContainsFunc(lost, func(r *request) bool { return len(r.change.Free) > 0 })
	return w.takeBack(ctx, lost)
}

// had says whether the cells that were had are all that a request needs.
func had(r *request, cells int64) bool {
	if planted.Bug("batch-partial") {
		return cells > 0
	}
	t := r.change.Take
	return cells == booking.LastCell(t.To)-booking.FirstCell(t.From)
}

func (w *batchWriter) people(ctx context.Context) error {
	t := batchPeople.arrays()
	for _, r := range w.live {
		if p := r.change.PutPerson; p != nil {
			t.add(string(p.ID), p.WrappedKey, r.change.Now)
		}
	}
	return w.exec(ctx, batchPeople.text, t)
}

func (w *batchWriter) appointments(ctx context.Context) error {
	booked, contacts := batchAppointments.arrays(), batchContacts.arrays()
	for _, r := range w.live {
		o := string(r.change.Org)
		if a := r.change.PutAppointment; a != nil {
			note, _ := a.Sealed()
			birth, birthKey := a.SealedBirth()
			first, last := booking.NameKeys(a.Details.Name)
			booked.add(o, string(a.ID), string(a.Service), string(a.Office), string(r.unit), a.Start, a.End, a.BusyUntil, string(a.Status), string(a.Person),
				a.Details.Name, a.Details.Email, a.Details.Phone, string(a.Details.Lang), note, a.PolicyVersion, a.Sequence, a.CreatedAt, a.ChangedAt, "",
				pointer(string(a.Owner.Person)), pointer(string(a.Owner.Company)), pointer(string(a.MadeBy)), intPointer(a.ExpiresAt),
				first, last, birth, birthKey)
		}
		if k := r.change.Contacts; k != nil {
			for _, h := range k.Hashes {
				contacts.add(o, h, string(k.Appointment))
			}
		}
	}
	if err := w.exec(ctx, batchAppointments.text, booked); err != nil {
		return err
	}
	return w.exec(ctx, batchContacts.text, contacts)
}

func (w *batchWriter) holds(ctx context.Context) error {
	gone, put := arraysOf("text", "text"), batchHolds.arrays()
	for _, r := range w.live {
		o := string(r.change.Org)
		for _, id := range r.change.DropHolds {
			gone.add(o, string(id))
		}
		if h := r.change.PutHold; h != nil {
			put.add(o, string(h.ID), string(h.Service), string(h.Office), string(r.unit), h.Start, h.End, h.BusyUntil, h.ExpiresAt, h.Session, int64(0), h.CreatedAt)
		}
	}
	if err := w.exec(ctx, batchDropHolds, gone); err != nil {
		return err
	}
	return w.exec(ctx, batchHolds.text, put)
}

func (w *batchWriter) notices(ctx context.Context) error {
	notices, tasks := batchNotices.arrays(), batchTasks.arrays()
	for _, r := range w.live {
		for _, n := range r.change.Notices {
			args, err := object(n.Args)
			if err != nil {
				return err
			}
			job, err := json.Marshal(notify.SendArgs{Org: n.Org, Notice: n.ID})
			if err != nil {
				return err
			}
			notices.add(string(n.Org), string(n.ID), string(n.Event), string(n.Appointment), string(n.Person), args, n.CreatedAt, "waiting", string(n.Waiting), string(cmp.Or(n.Channel, notify.Email)))
			tasks.add(int64(task.BucketOf(string(n.ID))), string(w.store.opts.Gen.Task()), notify.TaskSend, string(n.ID), string(job), r.change.Now, int64(0), "",
				r.change.Now)
		}
		for _, j := range r.change.Tasks {
			tasks.add(int64(task.BucketOf(j.Uniq)), string(w.store.opts.Gen.Task()), j.Kind, j.Uniq, j.Args, j.RunAt, int64(0), "", r.change.Now)
		}
	}
	if err := w.exec(ctx, batchNotices.text, notices); err != nil {
		return err
	}
	return w.exec(ctx, batchTasks.text, tasks)
}

func (w *batchWriter) audit(ctx context.Context) error {
	t := batchAudit.arrays()
	for _, r := range w.live {
		for _, e := range r.change.Audit {
			if err := e.Check(); err != nil {
				return err
			}
			detail, err := object(e.Detail)
			if err != nil {
				return err
			}
			t.add(string(e.Org), string(e.ID), e.AtMicros, string(e.ActorKind), e.Actor, string(e.Action), e.SubjectKind, e.Subject, detail)
		}
	}
	return w.exec(ctx, batchAudit.text, t)
}

// feed comes last, as in putFeed.
func (w *batchWriter) feed(ctx context.Context) error {
	t := batchFeed.arrays()
	node := int64(w.store.opts.Node)
	for _, r := range w.live {
		for _, topic := range r.change.Topics {
			t.add(node, int64(t.rows+1), topic, r.change.Now)
		}
	}
	if t.rows == 0 {
		return nil
	}
	last, err := db.New(w.tx).NextFeed(ctx, db.NextFeedParams{Node: node, More: int64(t.rows)})
	if err != nil {
		return err
	}
	seqs := t.cols[1].([]int64)
	for i := range seqs {
		seqs[i] += last - int64(t.rows)
	}
	return w.exec(ctx, batchFeed.text, t)
}
