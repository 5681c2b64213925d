package store

import (
	"context"
	"fmt"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/folder"
	"luukku/domain/notify"
	"luukku/store/db"
	"luukku/store/sqldb"
)

type sqldbTx = sqldb.Tx

var _ booking.Store = (*Store)(nil)

// occupied is not in queries/ because its list of units is dynamic.
const occupied = `SELECT unit, cell FROM occupancy
WHERE org = $1 AND cell >= $2 AND cell < $3 AND (expires_at IS NULL OR expires_at >= $4) AND holder <> $5 AND unit IN (%s)`

// Occupied returns the taken cells of units.
func (s *Store) Occupied(ctx context.Context, o ids.Org, units []ids.Unit, from, to, now int64, holder string) (booking.Busy, error) {
	busy := booking.Busy{}
	if len(units) == 0 {
		return busy, nil
	}
	args := []any{string(o), from, to, now, holder}
	for _, u := range units {
		args = append(args, string(u))
	}
	rows, err := s.db.Reader().QueryContext(ctx, fmt.Sprintf(occupied, sqldb.In(len(units), 6)), args...)
	if err != nil {
		return nil, fmt.Errorf("read occupancy: %w", s.fault(err))
	}
	defer rows.Close()
	for rows.Next() {
		var unit string
		var cell int64
		if err := rows.Scan(&unit, &cell); err != nil {
			return nil, fmt.Errorf("read occupancy: %w", err)
		}
		busy.Add(ids.Unit(unit), cell)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read occupancy: %w", s.fault(err))
	}
	return busy, nil
}

// Hold returns a hold.
func (s *Store) Hold(ctx context.Context, o ids.Org, id ids.Hold) (booking.Hold, error) {
	r, err := s.read.Hold(ctx, db.HoldParams{Org: string(o), ID: string(id)})
	if err != nil {
		return booking.Hold{}, s.found(err, "hold.not_found", "read hold %s", id)
	}
	return holdOf(r), nil
}

// HoldsOf returns the holds of a session.
func (s *Store) HoldsOf(ctx context.Context, o ids.Org, session []byte) ([]booking.Hold, error) {
	rows, err := s.read.HoldsOfSession(ctx, db.HoldsOfSessionParams{Org: string(o), Session: session})
	if err != nil {
		return nil, fmt.Errorf("read holds: %w", s.fault(err))
	}
	out := make([]booking.Hold, len(rows))
	for i, r := range rows {
		out[i] = holdOf(r)
	}
	return out, nil
}

func holdOf(r db.Hold) booking.Hold {
	return booking.Hold{
		Org: ids.Org(r.Org), ID: ids.Hold(r.ID), Service: ids.Service(r.Service), Office: ids.Office(r.Office), Unit: ids.Unit(r.Unit),
		Start: r.StartAt, End: r.EndAt, BusyUntil: r.BusyUntil, ExpiresAt: r.ExpiresAt, Session: r.Session, Extended: r.Extended, CreatedAt: r.CreatedAt,
	}
}

// Draft returns a sealed draft.
func (s *Store) Draft(ctx context.Context, o ids.Org, id ids.Draft) (booking.SealedDraft, error) {
	r, err := s.read.Draft(ctx, db.DraftParams{Org: string(o), ID: string(id)})
	if err != nil {
		return booking.SealedDraft{}, s.found(err, "draft.not_found", "read draft %s", id)
	}
	return booking.SealedDraft{Org: o, ID: id, Session: r.Session, Data: r.Data, ExpiresAt: r.ExpiresAt}, nil
}

// PutDraft writes a draft.
func (s *Store) PutDraft(ctx context.Context, d booking.SealedDraft) error {
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return q.PutDraft(ctx, db.PutDraftParams{Org: string(d.Org), ID: string(d.ID), Session: d.Session, Data: d.Data, ExpiresAt: d.ExpiresAt})
	})
	if err != nil {
		return fmt.Errorf("write draft %s: %w", d.ID, err)
	}
	return nil
}

// Appointment returns an appointment, its note and reason sealed.
func (s *Store) Appointment(ctx context.Context, o ids.Org, id ids.Appointment) (booking.Appointment, error) {
	r, err := s.read.Appointment(ctx, db.AppointmentParams{Org: string(o), ID: string(id)})
	if err != nil {
		return booking.Appointment{}, s.found(err, "manage.not_found", "read appointment %s", id)
	}
	a := booking.Appointment{
		Org: o, ID: id, Service: ids.Service(r.Service), Office: ids.Office(r.Office), Unit: ids.Unit(r.Unit), Start: r.StartAt, End: r.EndAt,
		BusyUntil: r.BusyUntil, Status: booking.Status(r.Status), Person: ids.Person(r.Person),
		Details:       booking.Details{Name: r.Name, Email: r.Email, Phone: r.Phone, Lang: i18n.Lang(r.Lang)},
		PolicyVersion: r.PolicyVersion, Sequence: r.Sequence, CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt,
		CancelledAt: r.CancelledAt.Int64, CancelledBy: r.CancelledBy,
		Owner: actor.Owner{Person: ids.Person(r.Account.String), Company: ids.Company(r.Company.String)}, MadeBy: ids.Person(r.MadeBy.String),
	}
	a.ExpiresAt, a.Moves, a.Outcome = r.ExpiresAt.Int64, int(r.Moves), booking.VisitOutcome(r.Outcome)
	parts, err := s.read.AppointmentParts(ctx, db.AppointmentPartsParams{Org: string(o), Appointment: string(id)})
	if err != nil {
		return booking.Appointment{}, fmt.Errorf("read parts of %s: %w", id, s.fault(err))
	}
	a.Parts = partsOf(parts)
	return a.WithSealed(r.Note, r.CancelReason, r.Pin).WithBirth(r.Birth, r.BirthKey), nil
}

func partsOf(rows []db.AppointmentPartsRow) []booking.Part {
	if len(rows) == 0 {
		return nil
	}
	out := make([]booking.Part, len(rows))
	for i, r := range rows {
		out[i] = partOf(r)
	}
	return out
}

func partOf(r db.AppointmentPartsRow) booking.Part {
	return booking.Part{Service: ids.Service(r.Service), Name: r.Name, Account: ids.Person(r.Account.String), Sealed: r.Sealed}
}

// AppointmentsOf returns the appointments of an owner that begin at a moment (Unix seconds) or after it, 200 at most, as entries of the folder. The number
// stands in the query: SQLite makes a plan anew each time when it is a parameter.
func (s *Store) AppointmentsOf(ctx context.Context, o actor.Owner, since int64) ([]folder.Entry, error) {
	var rows []db.AppointmentsOfAccountRow
	var err error
	switch {
	case o.Company != "":
		var same []db.AppointmentsOfCompanyRow
		same, err = s.read.AppointmentsOfCompany(ctx, db.AppointmentsOfCompanyParams{Company: orNull(o.Company), Since: since})
		for _, r := range same {
			rows = append(rows, db.AppointmentsOfAccountRow(r))
		}
	case o.Person != "":
		rows, err = s.read.AppointmentsOfAccount(ctx, db.AppointmentsOfAccountParams{Account: orNull(o.Person), Since: since})
	}
	if err != nil {
		return nil, fmt.Errorf("read appointments of a folder: %w", s.fault(err))
	}
	out := make([]folder.Entry, len(rows))
	for i, r := range rows {
		out[i] = folder.Entry{
			Part: folder.Booked, Org: ids.Org(r.Org), Service: ids.Service(r.Service), Office: ids.Office(r.Office), Subject: r.ID, At: r.StartAt, End: r.EndAt,
			State: r.Status, Until: r.ExpiresAt.Int64, MadeBy: ids.Person(r.MadeBy.String),
		}
	}
	return out, nil
}

// PersonKey returns a person's wrapped key; nil after erasure.
func (s *Store) PersonKey(ctx context.Context, p ids.Person) ([]byte, error) {
	k, err := s.read.PersonKey(ctx, string(p))
	return k, s.found(err, "person.not_found", "read person %s", p)
}

// FormResult returns what a form key led to.
func (s *Store) FormResult(ctx context.Context, o ids.Org, key ids.FormKey, now int64) (string, bool, error) {
	r, err := s.read.FormKey(ctx, db.FormKeyParams{Org: string(o), ID: string(key)})
	switch {
	case noRows(err):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("read form key: %w", s.fault(err))
	}
	return r.Result, now <= r.ExpiresAt, nil
}

// LinkSubject returns what a mailed link is about.
func (s *Store) LinkSubject(ctx context.Context, hash []byte, now int64) (ids.Org, ids.Appointment, error) {
	r, err := s.read.Secret(ctx, hash)
	if err == nil && (r.Kind != linkKind || now > r.ExpiresAt) {
		err = errNoRows
	}
	if err != nil {
		return "", "", s.found(err, "link.not_found", "read link")
	}
	return ids.Org(r.Org), ids.Appointment(r.Subject), nil
}

const linkKind = "appointment"

// Link is the hash of a link that a message carries, with what it leads to.
type Link struct {
	hash          []byte
	kind, subject string
	org           ids.Org
	expires       int64 // Unix seconds
}

// AppointmentLink is a link to an appointment.
func AppointmentLink(o ids.Org, a ids.Appointment, hash []byte, expires int64) Link {
	return Link{hash, linkKind, string(a), o, expires}
}

// PutLink keeps the hash of a link that a mail about an appointment carries.
func (s *Store) PutLink(ctx context.Context, o ids.Org, a ids.Appointment, hash []byte, expires int64) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return s.putLinks(ctx, q, AppointmentLink(o, a, hash, expires))
	})
}

func (s *Store) putLinks(ctx context.Context, q *db.Queries, links ...Link) error {
	for _, l := range links {
		err := q.PutSecret(ctx, db.PutSecretParams{
			Hash: l.hash, Kind: l.kind, Org: string(l.org), Subject: l.subject, ExpiresAt: l.expires, CreatedAt: s.opts.Now().Unix(),
		})
		if err != nil {
			return fmt.Errorf("keep link: %w", err)
		}
	}
	return nil
}

// LastAppointment returns the newest appointment id of all organisations, or "" when there is none, so that a restarted node never makes one again.
func (s *Store) LastAppointment(ctx context.Context) (ids.Appointment, error) {
	orgs, err := s.read.Organisations(ctx)
	if err != nil {
		return "", fmt.Errorf("read organisations: %w", s.fault(err))
	}
	last := ""
	for _, o := range orgs {
		id, err := s.read.LastAppointment(ctx, o.Org)
		if err != nil && !noRows(err) {
			return "", fmt.Errorf("read last appointment: %w", s.fault(err))
		}
		last = max(last, id)
	}
	return ids.Appointment(last), nil
}

// unsubscribeKind is a link in a mail by which its person takes back that such mails are sent.
const unsubscribeKind = "unsubscribe"

// UnsubscribeLink is such a link.
func UnsubscribeLink(n notify.Notice, hash []byte, expires int64) Link {
	return Link{hash, unsubscribeKind, string(n.ID), n.Org, expires}
}

// UnsubscribeSubject returns the notice whose mail carried a link, or NotFound "link.not_found".
func (s *Store) UnsubscribeSubject(ctx context.Context, hash []byte, now int64) (ids.Org, ids.Notice, error) {
	r, err := s.read.Secret(ctx, hash)
	if err == nil && (r.Kind != unsubscribeKind || now > r.ExpiresAt) {
		err = errNoRows
	}
	if err != nil {
		return "", "", s.found(err, "link.not_found", "read link")
	}
	return ids.Org(r.Org), ids.Notice(r.Subject), nil
}
