package store

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// What the bench needs of the database beside the rooms' own ways: the product's statements without the product around them, and counts that say
// whether what was acknowledged is there.

// CommitBare makes changes durable in one transaction, by exactly the statements that Commit runs for each. Nobody waits in a queue, nobody is answered,
// nothing in memory is told, and a precondition that does not hold fails the whole: it is what the engine alone makes of the product's work.
func (s *Store) CommitBare(ctx context.Context, changes []booking.Change) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, tx *sqldb.Tx) error {
		for _, c := range changes {
			var out booking.Outcome
			w := writer{q: q, tx: tx, c: c, out: &out, store: s}
			if err := w.run(ctx); errors.Is(err, errVerdict) {
				return fmt.Errorf("a bare change ended with verdict %d", out.Verdict)
			} else if err != nil {
				return err
			}
		}
		return nil
	})
}

// PutDrafts writes many new drafts in one transaction.
func (s *Store) PutDrafts(ctx context.Context, drafts []booking.SealedDraft) error {
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldb.Tx) error {
		for _, d := range drafts {
			err := q.PutDraft(ctx, db.PutDraftParams{Org: string(d.Org), ID: string(d.ID), Session: d.Session, Data: d.Data, ExpiresAt: d.ExpiresAt})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write drafts: %w", err)
	}
	return nil
}

// BookedAfter counts an organisation's appointments whose id comes after another's, with those of them whose form key is there. Each booking has both.
func (s *Store) BookedAfter(ctx context.Context, o ids.Org, last ids.Appointment) (appointments, forms int64, err error) {
	row := s.db.Reader().QueryRowContext(ctx, `SELECT count(*) FROM appointment WHERE org = $1 AND id > $2`, string(o), string(last))
	if err := row.Scan(&appointments); err != nil {
		return 0, 0, fmt.Errorf("count appointments: %w", s.fault(err))
	}
	row = s.db.Reader().QueryRowContext(ctx, `SELECT count(*) FROM form_key WHERE org = $1 AND result > $2`, string(o), string(last))
	if err := row.Scan(&forms); err != nil {
		return 0, 0, fmt.Errorf("count form keys: %w", s.fault(err))
	}
	return appointments, forms, nil
}

// AppointmentsAfter returns an organisation's booked appointments whose id comes after another's, in the order of ids, with what tells where and when they are.
func (s *Store) AppointmentsAfter(ctx context.Context, o ids.Org, last ids.Appointment, most int) ([]booking.Appointment, error) {
	rows, err := s.db.Reader().QueryContext(ctx, `SELECT id, office, start_at FROM appointment WHERE org = $1 AND id > $2 AND status = 'booked' ORDER BY id LIMIT $3`,
		string(o), string(last), most)
	if err != nil {
		return nil, fmt.Errorf("read appointments: %w", s.fault(err))
	}
	defer rows.Close()
	var out []booking.Appointment
	for rows.Next() {
		a := booking.Appointment{Org: o, Status: booking.Booked}
		if err := rows.Scan(&a.ID, &a.Office, &a.Start); err != nil {
			return nil, fmt.Errorf("read appointments: %w", s.fault(err))
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// Relations of somebody's making in a PostgreSQL database, in whatever schema; sequences last, since many go with their tables.
const relations = ` FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' ORDER BY c.relkind = 'S', 1`

// Tables lists the tables, views and sequences that somebody has made in a PostgreSQL database.
func Tables(ctx context.Context, d *sqldb.DB) ([]string, error) {
	return texts(ctx, d, `SELECT n.nspname || '.' || c.relname`+relations)
}

// DropTables removes every table and sequence from a PostgreSQL database that was empty before the bench began.
func DropTables(ctx context.Context, dsn string) error {
	d, err := sqldb.Open(ctx, dsn)
	if err != nil {
		return err
	}
	drop, err := texts(ctx, d, `SELECT format('DROP %s IF EXISTS %I.%I CASCADE', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname,
c.relname)`+relations)
	if err = errors.Join(err, d.Close()); err != nil {
		return err
	}
	return sqldb.Administer(ctx, dsn, drop...)
}

// texts runs a query of one column.
func texts(ctx context.Context, d *sqldb.DB, query string) ([]string, error) {
	rows, err := d.Reader().QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("look what is in the database: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("look what is in the database: %w", err)
		}
		out = append(out, text)
	}
	return out, rows.Err()
}

// BareBooking is a script for PostgreSQL's pgbench: one statement that writes the rows of one booking, at a time and for a person by chance. BareSetUp
// is run before it, once.
//
//go:embed bare/booking.sql
var BareBooking string

// BareSetUp makes what BareBooking needs.
const BareSetUp = `CREATE SEQUENCE IF NOT EXISTS bare_booking`

// BareOrg is the organisation that BareBooking books for. It is nowhere configured.
const BareOrg ids.Org = "bare"
