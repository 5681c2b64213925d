package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// Fill writes many changes in one transaction, as their rows lie there when all is settled: appointments with their people, contacts, cells and audit
// lines, their notices sent and the links in them kept; and holds with their cells. It is for filling a database that nobody uses yet, as the bench does: it
// leaves form keys, limits, tasks and the change feed aside, and each change takes the one unit that its Take names. A cell that is taken already fails
// the whole.
func (s *Store) Fill(ctx context.Context, changes []booking.Change) error {
	f := newFilling()
	for _, c := range changes {
		if err := f.add(c); err != nil {
			return fmt.Errorf("fill the database: %w", err)
		}
	}
	f.sort()
	err := s.inTx(ctx, func(ctx context.Context, _ *db.Queries, tx *sqldb.Tx) error {
		for _, t := range f.tables() {
			if err := t.insert(ctx, tx); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	if s.opts.Board != nil {
		for _, c := range changes {
			s.opts.Board.Apply(Applied{Change: c, Unit: c.Take.Units[0]})
		}
	}
	return nil
}

// ScanBoard reads the rows that FillBoard reads, unit by unit as it does, and does nothing with them: what the engine alone takes for it. It returns how
// many there are.
func (s *Store) ScanBoard(ctx context.Context, o ids.Org) (rows int64, err error) {
	units, err := s.read.Units(ctx, string(o))
	if err != nil {
		return 0, fmt.Errorf("scan occupancy: %w", s.fault(err))
	}
	from := booking.FirstCell(s.opts.Now().Unix() - 24*60*60)
	for _, u := range units {
		n, err := s.scanUnit(ctx, o, ids.Unit(u.ID), from)
		if err != nil {
			return 0, fmt.Errorf("scan occupancy: %w", s.fault(err))
		}
		rows += n
	}
	return rows, nil
}

func (s *Store) scanUnit(ctx context.Context, o ids.Org, u ids.Unit, from int64) (n int64, err error) {
	rows, err := s.db.Reader().QueryContext(ctx, bookedCells, string(o), string(u), from)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for cell := int64(0); rows.Next(); n++ {
		if err := rows.Scan(&cell); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// filling gathers rows by table.
type filling struct {
	person, booked, held, hold, appointment, contact, notice, delivery, secret, audit *bulk

	contacts []contactRow // kept apart until they are sorted: their keys are hashes, and a tree is filled fastest in its order
}

type contactRow struct {
	org, appointment string
	hash             []byte
}

func newFilling() *filling {
	return &filling{
		person: newBulk("person", "person:text wrapped_key:bytea created_at:bigint"),
		booked: newBulk("occupancy", "org:text unit:text cell:bigint holder:text"),
		held:   newBulk("occupancy", "org:text unit:text cell:bigint holder:text expires_at:bigint"),
		hold: newBulk("hold", "org:text id:text service:text office:text unit:text start_at:bigint end_at:bigint busy_until:bigint expires_at:bigint "+
			"session:bytea extended:bigint created_at:bigint"),
		appointment: newBulk("appointment", "org:text id:text service:text office:text unit:text start_at:bigint end_at:bigint busy_until:bigint status:text "+
			"person:text name:text email:text phone:text lang:text note:bytea policy_version:bigint sequence:bigint created_at:bigint changed_at:bigint "+
			"cancelled_by:text name_key:text family_key:text"),
		contact: newBulk("appointment_contact", "org:text contact:bytea appointment:text"),
		notice: newBulk("notice", "org:text id:text event:text appointment:text person:text args:text created_at:bigint state:text "+
			"settled_at:bigint"),
		delivery: newBulk("delivery", "org:text notice:text at_us:bigint channel:text outcome:text reference:text"),
		secret:   newBulk("secret", "hash:bytea kind:text org:text subject:text expires_at:bigint created_at:bigint"),
		audit: newBulk("audit", "org:text id:text at_us:bigint actor_kind:text actor:text action:text subject_kind:text subject:text "+
			"detail:text"),
	}
}

func (f *filling) tables() []*bulk {
	return []*bulk{f.person, f.booked, f.held, f.hold, f.appointment, f.contact, f.notice, f.delivery, f.secret, f.audit}
}

// add takes in one change.
func (f *filling) add(c booking.Change) error {
	t := c.Take
	if t == nil || len(t.Units) != 1 {
		return errors.New("a change that takes no unit, or may take several, is none to fill with")
	}
	unit, o := t.Units[0], string(c.Org)
	for cell := booking.FirstCell(t.From); cell < booking.LastCell(t.To); cell++ {
		if t.ExpiresAt == 0 {
			f.booked.add(o, string(unit), cell, t.Holder)
		} else {
			f.held.add(o, string(unit), cell, t.Holder, t.ExpiresAt)
		}
	}
	if h := c.PutHold; h != nil {
		f.hold.add(o, string(h.ID), string(h.Service), string(h.Office), string(unit), h.Start, h.End, h.BusyUntil, h.ExpiresAt, h.Session, h.Extended,
			h.CreatedAt)
	}
	if p := c.PutPerson; p != nil {
		f.person.add(string(p.ID), p.WrappedKey, c.Now)
	}
	if a := c.PutAppointment; a != nil {
		note, _ := a.Sealed()
		first, last := booking.NameKeys(a.Details.Name)
		f.appointment.add(o, string(a.ID), string(a.Service), string(a.Office), string(unit), a.Start, a.End, a.BusyUntil, string(a.Status), string(a.Person),
			a.Details.Name, a.Details.Email, a.Details.Phone, string(a.Details.Lang), note, a.PolicyVersion, a.Sequence, a.CreatedAt, a.ChangedAt, "",
			first, last)
	}
	if k := c.Contacts; k != nil {
		for _, h := range k.Hashes {
			f.contacts = append(f.contacts, contactRow{o, string(k.Appointment), h})
		}
	}
	if err := f.addNotices(c); err != nil {
		return err
	}
	return f.addAudit(c)
}

// addNotices writes notices as they lie there once their mail is gone: begun a second after they were made, and sent. The link that the mail carried is
// kept as the hash of a secret that nobody has.
func (f *filling) addNotices(c booking.Change) error {
	for _, n := range c.Notices {
		args, err := object(n.Args)
		if err != nil {
			return err
		}
		o, id, sent := string(n.Org), string(n.ID), n.CreatedAt+1
		f.notice.add(o, id, string(n.Event), string(n.Appointment), string(n.Person), args, n.CreatedAt, string(notify.StateSent), sent)
		f.delivery.add(o, id, sent*1_000_000, "email", string(notify.OutcomeBegun), "")
		f.delivery.add(o, id, sent*1_000_000+1, "email", string(notify.StateSent), "<"+id+"@filled.example>")
		if l := c.LinksUntil; l != nil {
			hash := sha256.Sum256([]byte(id))
			f.secret.add(hash[:], linkKind, o, string(l.Appointment), l.ExpiresAt, sent)
		}
	}
	return nil
}

func (f *filling) addAudit(c booking.Change) error {
	for _, e := range c.Audit {
		if err := e.Check(); err != nil {
			return err
		}
		detail, err := object(e.Detail)
		if err != nil {
			return err
		}
		f.audit.add(string(e.Org), string(e.ID), e.AtMicros, string(e.ActorKind), e.Actor, string(e.Action), e.SubjectKind, e.Subject, detail)
	}
	return nil
}

// sort turns what was kept apart into rows, and puts rows with keys of chance in order.
func (f *filling) sort() {
	slices.SortFunc(f.contacts, func(a, b contactRow) int {
		return cmp.Or(bytes.Compare(a.hash, b.hash), cmp.Compare(a.appointment, b.appointment))
	})
	for _, k := range f.contacts {
		f.contact.add(k.org, k.hash, k.appointment)
	}
	slices.SortFunc(f.secret.rows, func(a, b []any) int { return bytes.Compare(a[0].([]byte), b[0].([]byte)) })
}

// bulk is rows of one table.
type bulk struct {
	name string
	cols []bulkColumn
	rows [][]any // each as long as cols: string, int64 or []byte, as the column's kind says
}

// bulkColumn is a column with its type on PostgreSQL.
type bulkColumn struct{ name, kind string }

// newBulk reads columns from "name:kind name:kind".
func newBulk(table, columns string) *bulk {
	b := &bulk{name: table}
	for _, c := range strings.Fields(columns) {
		name, kind, _ := strings.Cut(c, ":")
		b.cols = append(b.cols, bulkColumn{name, kind})
	}
	return b
}

func (b *bulk) add(values ...any) { b.rows = append(b.rows, values) }

// insert writes the rows. What is the same in all rows is given once.
func (b *bulk) insert(ctx context.Context, tx *sqldb.Tx) error {
	if len(b.rows) == 0 {
		return nil
	}
	var same, differ []int
	for i := range b.cols {
		if b.constant(i) {
			same = append(same, i)
		} else {
			differ = append(differ, i)
		}
	}
	if len(differ) == 0 { // one row
		same, differ = nil, same
	}
	if tx.Engine() == sqldb.Postgres {
		return b.unnest(ctx, tx, same, differ)
	}
	return b.values(ctx, tx, same, differ)
}

func (b *bulk) constant(col int) bool {
	first := b.rows[0][col]
	for _, r := range b.rows {
		if blob, ok := first.([]byte); ok && !bytes.Equal(blob, r[col].([]byte)) || !ok && r[col] != first {
			return false
		}
	}
	return true
}

func (b *bulk) into(order []int) string {
	names := make([]string, len(order))
	for i, c := range order {
		names[i] = b.cols[c].name
	}
	return fmt.Sprintf("INSERT INTO %s (%s) ", b.name, strings.Join(names, ", "))
}

// fillParams is how many parameters a statement of values takes.
const fillParams = 400

// values writes the rows as statements of many rows each. Only SQLite reads them: its parameters without a number are the ones that are found at once.
func (b *bulk) values(ctx context.Context, tx *sqldb.Tx, same, differ []int) error {
	most := max(fillParams/len(differ), 1)
	var args []any
	for _, c := range same {
		args = append(args, b.rows[0][c])
	}
	row := "(" + marks(len(differ)) + ")"
	text := func(rows int) string {
		list := "(VALUES " + strings.Repeat(row+",", rows-1) + row + ")"
		if len(same) == 0 {
			return b.into(differ) + "SELECT * FROM " + list
		}
		return b.into(slices.Concat(same, differ)) + "SELECT * FROM (SELECT " + marks(len(same)) + ") CROSS JOIN " + list
	}
	full := text(most)
	for rows := range slices.Chunk(b.rows, most) {
		args = args[:len(same)]
		for _, r := range rows {
			for _, c := range differ {
				args = append(args, r[c])
			}
		}
		statement := full
		if len(rows) < most {
			statement = text(len(rows))
		}
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			return err
		}
	}
	return nil
}

func marks(n int) string { return strings.Repeat("?,", n-1) + "?" }

// unnest writes the rows as one statement, a column an array.
func (b *bulk) unnest(ctx context.Context, tx *sqldb.Tx, same, differ []int) error {
	var picked, arrays []string
	var args []any
	for _, c := range same {
		args = append(args, b.rows[0][c])
		picked = append(picked, fmt.Sprintf("$%d::%s", len(args), b.cols[c].kind))
	}
	for _, c := range differ {
		args = append(args, b.array(c))
		picked = append(picked, "x."+b.cols[c].name)
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", len(args), b.cols[c].kind))
	}
	names := make([]string, len(differ))
	for i, c := range differ {
		names[i] = b.cols[c].name
	}
	text := b.into(slices.Concat(same, differ)) +
		fmt.Sprintf("SELECT %s FROM unnest(%s) AS x (%s)", strings.Join(picked, ", "), strings.Join(arrays, ", "), strings.Join(names, ", "))
	_, err := tx.ExecContext(ctx, text, args...)
	return err
}

func (b *bulk) array(col int) any {
	switch b.cols[col].kind {
	case "text":
		return columnOf[string](b.rows, col)
	case "bigint":
		return columnOf[int64](b.rows, col)
	}
	return columnOf[[]byte](b.rows, col)
}

func columnOf[T any](rows [][]any, col int) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = r[col].(T)
	}
	return out
}
