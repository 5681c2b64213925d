package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/audit"
	"luukku/domain/erasure"
	"luukku/domain/identity"
	"luukku/domain/notify"
	"luukku/store/db"
	"luukku/store/sqldb"
)

var (
	_ erasure.Store = (*Erasures)(nil)
	_ erasure.Tx    = erasureTx{}
)

// Erasures is the store as domain/erasure sees it.
type Erasures struct{ *Store }

// Erasures returns who asked to be erased, and what of them is erased.
func (s *Store) Erasures() *Erasures { return &Erasures{s} }

func requestOf(r db.Erasure) erasure.Request {
	return erasure.Request{
		Person: ids.Person(r.Person), ID: erasure.ID(r.ID), State: erasure.State(r.State), AskedAt: r.AskedAt, DueAt: r.DueAt, LookAt: r.LookAt, EndedAt: r.EndedAt, Lang: i18n.Lang(r.Lang),
		Receipt: r.Receipt, Version: r.Version,
	}
}

// Last returns somebody's newest request with what the authorities say, or NotFound.
func (s *Erasures) Last(ctx context.Context, p ids.Person) (erasure.Request, []erasure.Office, error) {
	r, err := s.read.LastErasure(ctx, string(p))
	if err != nil {
		return erasure.Request{}, nil, s.found(err, "error.not_found", "read an erasure")
	}
	rows, err := s.read.ErasureOffices(ctx, db.ErasureOfficesParams{Person: r.Person, Erasure: r.ID})
	if err != nil {
		return erasure.Request{}, nil, fmt.Errorf("read an erasure: %w", s.fault(err))
	}
	offices := make([]erasure.Office, len(rows))
	for i, o := range rows {
		offices[i] = officeOf(o)
	}
	return requestOf(r), offices, nil
}

func officeOf(o db.ErasureOffice) erasure.Office {
	return erasure.Office{
		Org: ids.Org(o.Org), Person: ids.Person(o.Person), Request: erasure.ID(o.Erasure), Word: erasure.Word(o.Word), Ground: erasure.Ground(o.Ground), Sealed: o.Why, By: ids.Staff(o.ByStaff), At: o.At,
	}
}

// longestVisit is how long before its end an appointment begins at most, in seconds.
const longestVisit = 24 * 60 * 60

// Facts are what is under way of somebody, courses aside.
func (s *Erasures) Facts(ctx context.Context, p ids.Person, now int64) (f erasure.Facts, err error) {
	of := orNull(p)
	var to, open int
	for _, x := range []struct {
		at   *int
		read func() (int64, error)
	}{
		{&f.Bookings, func() (int64, error) {
			return s.read.BookingsAhead(ctx, db.BookingsAheadParams{Account: of, Since: now - longestVisit, Now: now})
		}},
		{&f.Waiting, func() (int64, error) { return s.read.WaitsOfAccount(ctx, of) }},
		{&f.Forms, func() (int64, error) { return s.read.OpenSubmissions(ctx, of) }},
		{&to, func() (int64, error) {
			return s.read.LettersToConfirm(ctx, db.LettersToConfirmParams{Owner: string(p), Now: now})
		}},
		{&open, func() (int64, error) { return s.read.OpenMatters(ctx, of) }},
	} {
		n, err := x.read()
		if err != nil {
			return f, fmt.Errorf("read what is under way: %w", s.fault(err))
		}
		*x.at = int(n)
	}
	f.Letters = to + open
	return f, nil
}

// notServed are tables with an organisation that say nothing of whether it has something of somebody.
var notServed = []string{"erasure_office", "audit", "audit_reason", "break_glass", "death", "guardianship", "mandate"}

// OfficesOf are the authorities that have something of somebody, by the tables whose rows are somebody's.
func (s *Erasures) OfficesOf(ctx context.Context, p ids.Person) ([]ids.Org, error) {
	var out []ids.Org
	for _, x := range subjects {
		if x.person == "" || columnsNamed(x.table)[0] != "org" || slices.Contains(notServed, x.table) {
			continue
		}
		args := []any{string(p)}
		if strings.Contains(x.person, "$2") {
			args = append(args, s.opts.Now().Unix())
		}
		rows, err := s.page(ctx, fmt.Sprintf("SELECT DISTINCT org, '' FROM %s WHERE %s", x.table, x.person), args, 1)
		if err != nil {
			return nil, fmt.Errorf("look for organisations that have something: %w", s.fault(err))
		}
		for _, r := range rows {
			if o, ok := r[0].(string); ok && !slices.Contains(out, ids.Org(o)) {
				out = append(out, ids.Org(o))
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// At are the requests of people of whom an authority has something, the newest first.
func (s *Erasures) At(ctx context.Context, o ids.Org, most int) ([]erasure.Listed, error) {
	rows, err := s.read.ErasuresAt(ctx, db.ErasuresAtParams{Org: string(o), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read erasures: %w", s.fault(err))
	}
	out := make([]erasure.Listed, len(rows))
	for i, r := range rows {
		out[i] = erasure.Listed{
			Request: requestOf(db.Erasure{Person: r.Person, ID: r.Erasure, State: r.State, AskedAt: r.AskedAt, DueAt: r.DueAt, LookAt: r.LookAt, EndedAt: r.EndedAt, Lang: r.Lang, Version: r.Version}),
			Office:  officeOf(db.ErasureOffice{Org: r.Org, Person: r.Person, Erasure: r.Erasure, Word: r.Word, Ground: r.Ground, Why: r.Why, ByStaff: r.ByStaff, At: r.At}),
			Name:    identity.Account{Name: r.Name, Given: r.Given, Family: r.Family}.ShortName(),
		}
	}
	return out, nil
}

// Due are the requests that are to be looked at.
func (s *Erasures) Due(ctx context.Context, now int64, most int) ([]erasure.Request, error) {
	rows, err := s.read.DueErasures(ctx, db.DueErasuresParams{Now: now, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read erasures: %w", s.fault(err))
	}
	out := make([]erasure.Request, len(rows))
	for i, r := range rows {
		out[i] = requestOf(r)
	}
	return out, nil
}

// Remains reports whether something of somebody is there that is sealed under their key, and has to stay.
func (s *Erasures) Remains(ctx context.Context, p ids.Person) (bool, error) {
	for _, read := range []func(context.Context, sql.NullString) (int64, error){s.read.SubmissionsLeft, s.read.LettersLeft, s.read.FormDraftsLeft} {
		n, err := read(ctx, orNull(p))
		if err != nil {
			return false, fmt.Errorf("read what remains: %w", s.fault(err))
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, nil
}

// gone is how the rows of a table are erased: those that are somebody's and over. In where $1 is the person and $2 the present second. Without set they are deleted. What depends on other rows stands before
// them; a row that was erased fits no more.
type gone struct{ table, key, where, set string }

const (
	past     = "(a.end_at < $2 OR a.status NOT IN ('booked', 'pending', 'proposed'))"
	ofPast   = "EXISTS (SELECT 1 FROM appointment a WHERE a.org = %[1]s.org AND a.id = %[1]s.appointment AND a.account = $1 AND " + past + ")"
	pastSelf = "account = $1 AND (end_at < $2 OR status NOT IN ('booked', 'pending', 'proposed'))"
)

var erasures = []gone{
	{"kiosk_pin", "org, office, day, pin", fmt.Sprintf(ofPast, "kiosk_pin"), ""},
	{"appointment_contact", "org, contact, appointment", fmt.Sprintf(ofPast, "appointment_contact"), ""},
	{
		"appointment_part", "org, appointment, position", fmt.Sprintf(ofPast, "appointment_part") + " AND (name <> '' OR sealed IS NOT NULL OR account IS NOT NULL)",
		"name = '', sealed = NULL, account = NULL",
	},
	// Each appointment has a key of its own, under which lie its note and the names of those who came along.
	{"person", "person", "person <> $1 AND wrapped_key IS NOT NULL AND person IN (SELECT a.person FROM appointment a WHERE a.account = $1 AND " + past + " AND a.org NOT IN (%s))", "wrapped_key = NULL, erased_at = $2"},
	{
		"appointment", "org, id", pastSelf,
		"name = '', email = '', phone = '', note = NULL, cancel_reason = NULL, pin = NULL, name_key = '', family_key = '', birth = NULL, birth_key = NULL, made_by = NULL, account = NULL",
	},
	// What they did for others is the others': that it was them goes.
	{"appointment", "org, id", "made_by = $1 AND made_by IS NOT NULL", "made_by = NULL"},
	{"enrolment", "org, id", "made_by = $1 AND made_by <> '' AND (account <> '' OR company <> '')", "made_by = ''"},
	{"form_draft", "org, id", "made_by = $1 AND company IS NOT NULL", "made_by = ''"},
	{"form_part", "org, draft, id", "asked_by = $1", "asked_by = ''"},
	{"waiting", "org, id", "account = $1 AND state <> 'waiting'", "name = '', email = '', phone = '', account = NULL"},
	{"ticket", "org, id", "account = $1 AND ended_at > 0", "account = NULL"},
	{"conversation", "org, item", "person = $1", ""},
	{"care", "org, person, agenda, version", "person = $1", ""},
}

// EraseRows erases somebody's rows that belong to no other room's function, except at some organisations, at most so many of a table in a transaction of its own, and says whether there may be more. A table is begun only
// when those that stand before it are done: what is found by an appointment is not found any more once the appointment is nobody's.
func (s *Erasures) EraseRows(ctx context.Context, p ids.Person, but []ids.Org, now int64, most int) (more bool, err error) {
	for _, g := range erasures {
		n, err := s.eraseRows(ctx, g, p, but, now, most)
		if err != nil {
			return false, fmt.Errorf("erase rows of %s: %w", g.table, err)
		}
		if n >= int64(most) {
			return true, nil // what stands after it would no longer lead to the rest of it
		}
	}
	return false, nil
}

func (s *Erasures) eraseRows(ctx context.Context, g gone, p ids.Person, but []ids.Org, now int64, most int) (n int64, err error) {
	args := []any{string(p)}
	if strings.Contains(g.where+g.set, "$2") {
		args = append(args, now)
	}
	kept := "''"
	for _, o := range but {
		args = append(args, string(o))
		kept += fmt.Sprintf(", $%d", len(args))
	}
	where := g.where
	if strings.Contains(where, "%s") {
		where = fmt.Sprintf(where, kept)
	} else {
		where += " AND org NOT IN (" + kept + ")"
	}
	do := "DELETE FROM " + g.table
	if g.set != "" {
		do = "UPDATE " + g.table + " SET " + g.set
	}
	text := fmt.Sprintf("%s WHERE (%s) IN (SELECT %s FROM %s WHERE %s LIMIT %d)", do, g.key, g.key, g.table, where, most)
	err = s.inTx(ctx, func(ctx context.Context, _ *db.Queries, tx *sqldb.Tx) error {
		res, err := tx.ExecContext(ctx, text, args...)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// InTx runs do in one transaction.
func (s *Erasures) InTx(ctx context.Context, do func(ctx context.Context, tx erasure.Tx) error) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldb.Tx) error { return do(ctx, erasureTx{q, s.Store}) })
}

// erasureTx is one open transaction as domain/erasure sees it.
type erasureTx struct {
	q     *db.Queries
	store *Store
}

// Put writes a request; false when one is under way.
func (t erasureTx) Put(ctx context.Context, r erasure.Request, offices []ids.Org) (bool, error) {
	n, err := t.q.PutErasure(ctx, db.PutErasureParams{
		Person: string(r.Person), ID: string(r.ID), State: string(r.State), AskedAt: r.AskedAt, DueAt: r.DueAt, LookAt: r.LookAt, Lang: string(r.Lang),
	})
	if err != nil || n == 0 {
		return false, err
	}
	for _, o := range offices {
		if err := t.q.PutErasureOffice(ctx, db.PutErasureOfficeParams{Org: string(o), Person: string(r.Person), Erasure: string(r.ID)}); err != nil {
			return false, err
		}
	}
	return true, nil
}

// Set writes a request whose Version is the one that was read.
func (t erasureTx) Set(ctx context.Context, r erasure.Request) (bool, error) {
	n, err := t.q.SetErasure(ctx, db.SetErasureParams{
		State: string(r.State), LookAt: r.LookAt, EndedAt: r.EndedAt, Receipt: r.Receipt, Person: string(r.Person), ID: string(r.ID), Seen: r.Version,
	})
	return n == 1, err
}

// SetOffice writes what an authority says, whose word is still open.
func (t erasureTx) SetOffice(ctx context.Context, o erasure.Office) (bool, error) {
	n, err := t.q.SetErasureOffice(ctx, db.SetErasureOfficeParams{
		Word: string(o.Word), Ground: string(o.Ground), Why: o.Sealed, ByStaff: string(o.By), At: o.At, Org: string(o.Org), Person: string(o.Person), Erasure: string(o.Request),
	})
	return n == 1, err
}

// EraseAccount takes an account away: means to sign in, sessions, what is known of the person, and for whom they act, or who for them.
func (t erasureTx) EraseAccount(ctx context.Context, p ids.Person, now int64) error {
	of := string(p)
	for _, do := range []func() error{
		func() error { return t.q.EraseSessions(ctx, of) },
		func() error { return t.q.EraseIdentities(ctx, of) },
		func() error { return t.q.EraseIdentifiers(ctx, of) },
		func() error { return t.q.DropVerifications(ctx, of) },
		func() error { return t.q.EraseAddresses(ctx, of) },
		func() error { return t.q.EraseMailbox(ctx, db.EraseMailboxParams{Now: now, Person: of}) },
		func() error { return t.q.EraseTellers(ctx, db.EraseTellersParams{Person: of, Owner: of}) },
		func() error {
			return t.q.EndGuardianships(ctx, db.EndGuardianshipsParams{Now: now, Person: of, Dependant: of})
		},
		func() error { return t.q.EndMandates(ctx, db.EndMandatesParams{Now: now, Person: of}) },
		func() error { return t.q.EraseAccount(ctx, db.EraseAccountParams{Now: now, Person: of}) },
	} {
		if err := do(); err != nil {
			return fmt.Errorf("erase an account: %w", err)
		}
	}
	return nil
}

// EraseKey takes a person's key: nothing that is sealed under it can be read any more.
func (t erasureTx) EraseKey(ctx context.Context, p ids.Person, now int64) error {
	return t.q.EraseKey(ctx, db.EraseKeyParams{Now: nullInt(now), Person: string(p)})
}

// Tell has somebody told, once for each thing.
func (t erasureTx) Tell(ctx context.Context, a erasure.TellArgs, now int64) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := string(a.ID) + "/" + string(a.What) + "/" + string(a.Org)
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: erasure.TaskTell, Uniq: id, Args: string(b), RunAt: now, CreatedAt: now, Lane: notify.LaneMail,
	})
	return err
}

// Audit writes lines of the audit log.
func (t erasureTx) Audit(ctx context.Context, list ...audit.Entry) error {
	for _, e := range list {
		if err := putAudit(ctx, t.q, e); err != nil {
			return err
		}
	}
	return nil
}
