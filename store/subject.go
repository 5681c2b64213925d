package store

import (
	"context"
	"fmt"
	"strings"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/dossier"
)

// subject says which rows of a table are somebody's. In its conditions $1 is the person or the company, and $2 the present second.
type subject struct {
	table string
	// person and company are the conditions of whose rows they are; empty where none are.
	person, company string
	// key is whose key seals what is sealed in a row, as an expression; empty for the installation's.
	key string
	// closed says that what is sealed in a row is opened by its room alone, by its own rules.
	closed bool
}

const (
	account      = "account = $1"
	companys     = "company = $1"
	ofPerson     = "person = $1"
	ofBooking    = "EXISTS (SELECT 1 FROM appointment a WHERE a.org = %[1]s.org AND a.id = %[1]s.appointment AND a.%[2]s = $1)"
	ofWaiting    = "EXISTS (SELECT 1 FROM waiting w WHERE w.org = %[1]s.org AND w.id = %[1]s.waiting AND w.account = $1)"
	ofLetter     = "EXISTS (SELECT 1 FROM letter_shelf s JOIN letter l ON l.org = s.org AND l.id = s.letter WHERE s.org = %[1]s.org AND s.letter = %[1]s.%[3]s AND s.owner = $1 AND s.publish_at <= $2 AND l.%[2]s = $1)"
	ofSubmission = "EXISTS (SELECT 1 FROM submission x WHERE x.org = %[1]s.org AND x.id = %[1]s.submission AND x.%[2]s = $1)"
	ofDraft      = "EXISTS (SELECT 1 FROM form_draft d WHERE d.org = %[1]s.org AND d.id = %[1]s.draft AND d.by_staff = '' AND d.%[2]s = $1)"
	ofNotice     = "EXISTS (SELECT 1 FROM notice n LEFT JOIN appointment a ON a.org = n.org AND a.id = n.appointment LEFT JOIN waiting w ON w.org = n.org AND w.id = n.waiting WHERE n.org = %[1]s.org AND n.id = %[1]s.%[2]s AND (a.account = $1 OR w.account = $1))"
	ofEnrolment  = "EXISTS (SELECT 1 FROM enrolment e WHERE e.org = course_message.org AND e.course = course_message.course AND e.account = $1)"
)

// subjects are the tables that hold something of somebody's, as the registry says (TestSubjects): those that have a column that is given, and no other.
var subjects = []subject{
	{table: "person", person: ofPerson, key: "person"},
	{table: "account", person: ofPerson, key: "person"},
	{table: "postal_address", person: ofPerson, key: "person"},
	{table: "death", person: ofPerson},
	{table: "erasure", person: ofPerson},
	{table: "erasure_office", person: ofPerson},
	{table: "external_identity", person: ofPerson},
	{table: "identifier", person: ofPerson, key: "person"},
	{table: "session", person: "of_kind = 'citizen' AND subject = $1"},
	{table: "guardianship", person: "person = $1 OR dependant = $1", key: "dependant"},
	{table: "mandate", person: ofPerson, company: companys, key: "person"},
	{table: "company", company: "id = $1"},
	{table: "appointment", person: account, company: companys, key: "person"},
	{
		table: "appointment_part", person: fmt.Sprintf(ofBooking, "appointment_part", "account"), company: fmt.Sprintf(ofBooking, "appointment_part", "company"),
		key: "(SELECT a.person FROM appointment a WHERE a.org = appointment_part.org AND a.id = appointment_part.appointment)",
	},
	{table: "hours_visit", person: fmt.Sprintf(ofBooking, "hours_visit", "account"), company: fmt.Sprintf(ofBooking, "hours_visit", "company")},
	{table: "ticket", person: account, company: companys},
	{
		table: "ticket_step", person: "EXISTS (SELECT 1 FROM ticket t WHERE t.org = ticket_step.org AND t.id = ticket_step.ticket AND t.account = $1)",
		company: "EXISTS (SELECT 1 FROM ticket t WHERE t.org = ticket_step.org AND t.id = ticket_step.ticket AND t.company = $1)",
	},
	{table: "waiting", person: account},
	{table: "time_offer", person: fmt.Sprintf(ofWaiting, "time_offer")},
	{table: "notice", person: fmt.Sprintf(ofNotice, "notice", "id")},
	{table: "delivery", person: fmt.Sprintf(ofNotice, "delivery", "notice")},
	{table: "care", person: ofPerson, key: "person"},
	{table: "access_grant", person: account, company: companys, key: "account"},
	{table: "enrolment", person: "account = $1 OR (made_by = $1 AND account = '' AND company = '')", company: companys, key: "person"},
	{table: "course_message", person: ofEnrolment},
	{table: "mailbox", person: ofPerson},
	{table: "company_mailbox", company: companys},
	{table: "mailbox_teller", person: "person = $1 OR owner = $1", company: "owner = $1"},
	{table: "letter_preference", person: ofPerson},
	{table: "letter", person: account + " AND " + fmt.Sprintf(ofLetter, "letter", "account", "id"), company: companys + " AND " + fmt.Sprintf(ofLetter, "letter", "company", "id"), closed: true},
	{table: "letter_event", person: fmt.Sprintf(ofLetter, "letter_event", "account", "letter"), company: fmt.Sprintf(ofLetter, "letter_event", "company", "letter")},
	{table: "letter_shelf", person: "owner = $1 AND publish_at <= $2", company: "owner = $1 AND publish_at <= $2"},
	{table: "letter_keep", person: fmt.Sprintf(ofLetter, "letter_keep", "account", "letter"), company: fmt.Sprintf(ofLetter, "letter_keep", "company", "letter")},
	{table: "letter_draft", person: account, company: companys, key: "COALESCE(account, '')"},
	{table: "submission", person: account, company: companys, key: "COALESCE(account, '')"},
	{
		table: "submission_event", person: fmt.Sprintf(ofSubmission, "submission_event", "account"), company: fmt.Sprintf(ofSubmission, "submission_event", "company"),
		key: "(SELECT COALESCE(x.account, '') FROM submission x WHERE x.org = submission_event.org AND x.id = submission_event.submission)",
	},
	{table: "form_draft", person: account + " AND by_staff = ''", company: companys + " AND by_staff = ''", key: "COALESCE(account, '')"},
	{
		table: "form_part", person: "person = $1 OR " + fmt.Sprintf(ofDraft, "form_part", "account"), company: fmt.Sprintf(ofDraft, "form_part", "company"),
		key: "(SELECT COALESCE(d.account, '') FROM form_draft d WHERE d.org = form_part.org AND d.id = form_part.draft)",
	},
	{table: "conversation", person: ofPerson},
	{table: "consent"}, {table: "text_in"}, {table: "text_out"}, {table: "feedback"}, // found by an address, which the room knows and proves: see dossier.Export
	{table: "audit", person: "subject_kind = 'person' AND subject = $1", company: "subject_kind = 'company' AND subject = $1"},
	{table: "audit_reason", person: ofPerson, key: "person"},
	{table: "break_glass", person: ofPerson},
}

// mostRecords is how many rows of a table are in memory at once.
const mostRecords = 200

// RecordsOf goes through every row that is somebody's, table by table, with all columns: those that are given to them, and those by which what is sealed is opened.
func (s *Store) RecordsOf(ctx context.Context, of actor.Owner, each func(dossier.Record) error) error {
	registry := Columns()
	for _, x := range subjects {
		where := x.person
		if of.Company != "" {
			where = x.company
		}
		if where == "" {
			continue
		}
		t := columnsNamed(x.table)
		record := dossier.Record{Table: x.table, Columns: t}
		for _, c := range t {
			r := registry[x.table+"."+c]
			record.Given = append(record.Given, strings.HasPrefix(r.Export, "yes"))
			record.Sealed = append(record.Sealed, r.Content == "encrypted" && !x.closed)
			record.Closed = append(record.Closed, r.Content == "encrypted" && x.closed)
		}
		if err := s.records(ctx, x, where, of.ID(), record, each); err != nil {
			return fmt.Errorf("records of %s: %w", x.table, s.fault(err))
		}
	}
	return nil
}

// records reads the rows of one table, all in one statement, and hands them over once they are read.
func (s *Store) records(ctx context.Context, x subject, where, of string, record dossier.Record, each func(dossier.Record) error) error {
	key := x.key
	if key == "" {
		key = "''"
	}
	order := everyColumn(x.table)
	args := []any{of}
	if strings.Contains(where, "$2") {
		args = append(args, s.opts.Now().Unix())
	}
	for skip := 0; ; skip += mostRecords {
		list, err := s.page(ctx, fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s ORDER BY %s LIMIT %d OFFSET %d", strings.Join(record.Columns, ", "), key, x.table, where, order, mostRecords, skip), args, len(record.Columns))
		if err != nil {
			return err
		}
		for _, row := range list {
			n := len(row) - 1
			r := record
			r.Values = row[:n]
			if k, ok := row[n].(string); ok {
				r.Key = ids.Person(k)
			}
			if err := each(r); err != nil {
				return err
			}
		}
		if len(list) < mostRecords {
			return nil
		}
	}
}

func (s *Store) page(ctx context.Context, query string, args []any, n int) (list [][]any, err error) {
	rows, err := s.db.Reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row, into := make([]any, n+1), make([]any, n+1)
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// columnsNamed are the names of a table's columns, as the registry has them.
func columnsNamed(table string) []string {
	for _, t := range columnsOf {
		if t.table == table {
			names := strings.Fields(t.columns)
			for i := range names {
				names[i] = strings.TrimLeft(names[i], columnMarks)
			}
			return names
		}
	}
	return nil
}

// everyColumn is an order of a table's rows in which each has its place.
func everyColumn(table string) string {
	names := columnsNamed(table)
	for i := range names {
		names[i] = fmt.Sprint(i + 1)
	}
	return strings.Join(names, ", ")
}
