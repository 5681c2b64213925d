package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/dossier"
	"luukku/store/db"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// A canary is somebody of whom every column of every table that can be a person's holds something that nothing else holds: a word, a number, or the id of a row. What to plant is read from the registry
// and the schema, so that a table or a column that is added is planted, too.

const canaryOrg = "town"

var registered = Columns()

// canaryNow is when the canaries are looked at; every moment that is planted lies before it.
var canaryNow = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

// nobodys are the tables of which no row can be found to be somebody's, with a reason each; like those that are not about people, they are not planted.
var nobodys = map[string]string{
	"hold":        "of a browser that has not booked yet",
	"draft":       "of a browser that has not booked yet",
	"form_kept":   "of a browser, until it has signed in",
	"form_key":    "of a page, so that a form is sent once",
	"sign_in":     "a sign-in on its way, when nobody is known yet",
	"used_token":  "a token of a provider, whosever it was",
	"mailing":     "of the office that sends it: each has a letter of their own",
	"mailing_row": "emptied as its letter is written",
	"audit_tile":  "hashes of the log's lines",
	"audit_head":  "hashes of the log's lines",
}

// roots are tables that are not about people, and that rows of people lie under.
var roots = []string{"course", "hours_change"}

// canaryLinks are the columns that lead to a row, by the table that they lead to; "person" stands for the canary, "own" for who has a key without an account. A name with a table counts for it alone.
var canaryLinks = map[string]string{
	"person": "person", "account": "person", "owner": "person", "dependant": "person", "session.subject": "person", "audit.subject": "person", "made_by": "person", "asked_by": "person",
	"opened_by": "person", "written_by": "person",
	"appointment.person": "own", "waiting.person": "own", "notice.person": "own",
	"appointment": "appointment", "waiting": "waiting", "ticket": "ticket", "letter": "letter", "submission": "submission", "notice": "notice", "course": "course", "file": "file", "freed": "freed", "holder": "letter",
	"hours_visit.change": "hours_change", "item": "work_item", "thread": "letter", "letter_draft.answers": "letter", "draft": "form_draft", "erasure": "erasure", "audit_reason.audit": "audit",
	"work_entry.id": "text_in", "conversation.item": "talk", "conversation_open.item": "talk", "work_entry.item": "talk", "feedback.item": "said", "company": "company", "company.id": "company", "company_mailbox.company": "company",
}

// canaryFits are values that a rule looks at: rows that are over, and those that are a person's.
var canaryFits = map[string]any{
	"course.doc": "{}", "appointment.status": "booked", "session.of_kind": "citizen", "audit.subject_kind": "person", "work_item.state": "closed", "form_draft.by_staff": "", "form_part.state": "signed",
	"file_link.kind": "letter", "account.phone_since": int64(1), "account.lang": "fi",
}

// canaryMore are tables of which somebody has more rows than one: what differs in them.
// What begins with "=" is no link but stands there as it is.
var canaryMore = map[string][]map[string]string{
	"person":     {{"person": "own"}},
	"work_item":  {{"id": "talk"}, {"id": "said"}},
	"work_entry": {{"id": "text_out", "item": "talk"}, {"id": "said_entry", "item": "said"}},
	"file_link":  {{"kind": "=form", "holder": "form_draft"}},
}

// canaryGuests are the columns in which somebody stands in what is another's: they did it for them, or were asked to. What else leads to a person says whose a row is (TestGuestsAreAll).
var canaryGuests = []string{
	"appointment.made_by", "enrolment.made_by", "form_draft.made_by", "submission.made_by", "form_part.person", "form_part.asked_by", "company_mailbox.opened_by", "letter.written_by",
}

// canaryOwners are the columns that say whose a row is.
var canaryOwners = []string{"person", "account", "owner", "dependant", "subject"}

// cell is one column of a row that was planted.
type cell struct {
	table, column string
	value         any
	shared        bool // others have it, too
	more          bool // of the row beside the first: see canaryMore
	plain         string
	key           ids.Person // whose key it is sealed under; empty for none
}

func (c cell) name() string { return c.table + "." + c.column }

// canary is somebody with what was planted of them.
type canary struct {
	name    string
	company bool // what is theirs is a company's
	cells   []cell
	keys    map[ids.Person]seal.PersonKey
}

func (c *canary) id(of string) string { return of + "-" + c.name }

// word is what they plant in a column of words; none is part of another.
func (c *canary) word(table, column string) string { return c.name + "/" + table + "." + column + "." }

func (c *canary) person() ids.Person { return ids.Person(c.id("person")) }

func (c *canary) owner() actor.Owner {
	if c.company {
		return actor.Owner{Company: ids.Company(c.id("company"))}
	}
	return actor.Owner{Person: c.person()}
}

// aviary is a store with canaries.
type aviary struct {
	*Store
	keys *seal.Keyring
	gen  *ids.Gen
	n    int64
}

// eachCanary runs a test on every engine.
func eachCanary(t *testing.T, do func(t *testing.T, a *aviary)) {
	t.Helper()
	for engine, dsn := range map[string]func(t *testing.T) string{
		"SQLite":     func(*testing.T) string { return "sqlite::memory:" },
		"PostgreSQL": func(t *testing.T) string { return pgtest.DSN(t, migratedForCanaries) },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			do(t, openAviary(t, dsn(t)))
		})
	}
}

// migratedForCanaries prepares the database of which each test on PostgreSQL has a copy.
func migratedForCanaries(dsn string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	d, err := sqldb.Open(ctx, dsn)
	if err != nil {
		return err
	}
	return errors.Join(Migrate(ctx, d), d.Close())
}

func openAviary(t *testing.T, dsn string) *aviary {
	t.Helper()
	d, err := sqldb.OpenWith(t.Context(), dsn, sqldb.Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := Migrate(t.Context(), d); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatalf("make keys: %v", err)
	}
	now := func() time.Time { return canaryNow }
	gen := &ids.Gen{Now: now, Rand: rand.Reader}
	a := &aviary{Store: New(d, Options{Now: now, Gen: gen}), keys: keys, gen: gen, n: 1_600_000_000}
	a.do(t, func(ctx context.Context, tx *sqldb.Tx) error {
		return db.New(tx).PutOrganisation(ctx, db.PutOrganisationParams{Org: canaryOrg, Doc: `{"Name":{"fi":"Kaupunki"},"Country":"FI","Zone":"Europe/Helsinki","Languages":["fi"]}`, Version: 1})
	})
	return a
}

func (a *aviary) do(t *testing.T, do func(ctx context.Context, tx *sqldb.Tx) error) {
	t.Helper()
	if err := a.db.InTx(t.Context(), do); err != nil {
		t.Fatalf("plant: %v", err)
	}
}

// isPlanted reports whether rows of a table are planted.
func isPlanted(table string) bool {
	if nobodys[table] != "" {
		return false
	}
	return slices.Contains(roots, table) || slices.ContainsFunc(columnsNamed(table), func(column string) bool {
		return !strings.HasPrefix(registered[table+"."+column].Erasure, "none: ")
	})
}

// canaryTables are the tables that are planted: those that others lie under stand first.
func canaryTables() []string {
	out := slices.Clone(roots)
	for _, x := range columnsOf {
		if !slices.Contains(roots, x.table) && isPlanted(x.table) {
			out = append(out, x.table)
		}
	}
	return out
}

// plant plants somebody.
func (a *aviary) plant(t *testing.T, name string, company bool) *canary {
	t.Helper()
	c := &canary{name: name, company: company, keys: map[ids.Person]seal.PersonKey{}}
	for _, table := range canaryTables() {
		types := a.types(t, table)
		a.put(t, c, table, types, nil, 0)
		for i, more := range canaryMore[table] {
			a.put(t, c, table, types, more, i)
		}
	}
	a.seal(t, c)
	return c
}

// types are what the columns of a table hold: "text", "bytes" or "number".
func (a *aviary) types(t *testing.T, table string) map[string]string {
	t.Helper()
	rows, err := a.db.Reader().QueryContext(t.Context(), "SELECT * FROM "+table+" WHERE 1 = 0")
	if err != nil {
		t.Fatalf("read the columns of %s: %v", table, err)
	}
	defer rows.Close()
	list, err := rows.ColumnTypes()
	if err != nil {
		t.Fatalf("read the columns of %s: %v", table, err)
	}
	out := map[string]string{}
	for _, x := range list {
		switch n := strings.ToUpper(x.DatabaseTypeName()); {
		case n == "BLOB" || n == "BYTEA":
			out[x.Name()] = "bytes"
		case strings.HasPrefix(n, "INT") || n == "BIGINT":
			out[x.Name()] = "number"
		case n == "TEXT":
			out[x.Name()] = "text"
		default:
			t.Fatalf("%s.%s holds %s: say what a canary plants in it", table, x.Name(), n)
		}
	}
	return out
}

// visit has somebody stand in what is another's, instead of the other.
func (a *aviary) visit(t *testing.T, c, of *canary) {
	t.Helper()
	for _, x := range canaryGuests {
		table, column, _ := strings.Cut(x, ".")
		a.do(t, func(ctx context.Context, tx *sqldb.Tx) error {
			res, err := tx.ExecContext(ctx, fmt.Sprintf("UPDATE %s SET %s = $1 WHERE %s = $2", table, column, column), string(c.person()), string(of.person()))
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil || n == 0 {
				return fmt.Errorf("nobody stands in %s: %w", x, err)
			}
			return nil
		})
	}
}

// put plants one row; those beside the first are numbered.
func (a *aviary) put(t *testing.T, c *canary, table string, types map[string]string, differs map[string]string, n int) {
	t.Helper()
	names := columnsNamed(table)
	args, places := make([]any, len(names)), make([]string, len(names))
	for i, column := range names {
		x := a.cellOf(t, c, table, column, types[column], differs, n)
		args[i], places[i] = x.value, fmt.Sprintf("$%d", i+1)
		c.cells = append(c.cells, x)
	}
	text := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(names, ", "), strings.Join(places, ", "))
	a.do(t, func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := tx.ExecContext(ctx, text, args...); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		return nil
	})
}

// cellOf is what is planted in a column.
func (a *aviary) cellOf(t *testing.T, c *canary, table, column, holds string, more map[string]string, n int) cell {
	t.Helper()
	x, differs := cell{table: table, column: column, more: more != nil}, more[column]
	link := differs
	for _, by := range []string{table + "." + column, column} {
		if link == "" {
			link = canaryLinks[by]
		}
	}
	if link == "" && column == "id" {
		link = table
	}
	fit, fits := canaryFits[x.name()]
	word := c.word(table, column)
	if x.more {
		word += fmt.Sprintf(" more %d.", n)
	}
	if x.name() == "form_part.content" { // a signature that cannot be read cannot be taken out
		word = `{"name":"` + word + `"}`
	}
	switch {
	case column == "org":
		x.value, x.shared = canaryOrg, true
	case strings.HasPrefix(differs, "="):
		x.value, x.shared = differs[1:], true
	case x.name() == "person.wrapped_key":
		p := c.cells[len(c.cells)-1].value.(string) // whose key it is stands before it
		key, wrapped, err := a.keys.NewPersonKey(p)
		if err != nil {
			t.Fatalf("make a key: %v", err)
		}
		c.keys[ids.Person(p)], x.value = key, wrapped
	case fits:
		x.value, x.shared = fit, true
	case column == "number_key" || column == "address_key":
		x.value = a.keys.LookupHash("text.number", c.word("account", "phone"))
	case column == "contact_key":
		x.value = a.keys.LookupHash("contact of feedback", strings.ToLower(c.word("account", "email"))+"\n")
	case holds == "number":
		a.n++
		x.value = a.n
	case column == "account" && c.company, column == "company" && !c.company && table != "mandate" && table != "company_mailbox":
		x.value, x.shared = "", true
	case (table == "letter_shelf" || table == "letter_keep" || table == "mailbox_teller") && column == "owner":
		x.value = c.owner().ID()
	case table == "audit" && column == "subject":
		x.value = c.owner().ID()
	case link != "" && holds == "text":
		x.value = c.id(link)
	case holds == "bytes":
		x.value, x.plain = []byte(word), word
	default:
		x.value, x.plain = word, word
	}
	if c.company && x.name() == "audit.subject_kind" {
		x.value = "company"
	}
	return x
}

// seal seals what is planted in columns that are encrypted, as the dossier finds them: under whose key they are to be, and in their places.
func (a *aviary) seal(t *testing.T, c *canary) {
	t.Helper()
	err := a.RecordsOf(t.Context(), c.owner(), func(r dossier.Record) error {
		for i, column := range r.Columns {
			plain, ok := r.Values[i].([]byte)
			if !ok || !r.Given[i] || !r.Sealed[i] {
				continue
			}
			sealing := a.keys.Seal
			if r.Key != "" {
				key, ok := c.keys[r.Key]
				if !ok {
					return fmt.Errorf("%s.%s lies under the key of %q, who was not planted", r.Table, column, r.Key)
				}
				sealing = key.Seal
			}
			a.sealed(t, c, r.Table, column, string(plain), r.Key, func() ([]byte, error) { return sealing(plain, r.Place(column)) })
		}
		return nil
	})
	if err != nil {
		t.Fatalf("seal: %v", err)
	}
	a.sealSaid(t, c)
	for _, table := range []string{"text_in", "text_out"} {
		for _, column := range []string{"number", "body"} {
			word := c.word(table, column)
			a.sealed(t, c, table, column, word, "", func() ([]byte, error) {
				return a.keys.Seal([]byte(word), seal.Place{Table: table, Column: column, Row: canaryOrg + "/" + c.id(table)})
			})
		}
	}
}

// sealSaid seals what somebody wrote of a page.
func (a *aviary) sealSaid(t *testing.T, c *canary) {
	t.Helper()
	word := c.word("feedback", "body")
	a.sealed(t, c, "feedback", "body", word, "", func() ([]byte, error) {
		plain := fmt.Sprintf(`{"body":%q,"email":%q}`, word, c.word("account", "email"))
		return a.keys.Seal([]byte(plain), seal.Place{Table: "feedback", Column: "body", Row: canaryOrg + "/" + c.id("said")})
	})
}

func (a *aviary) sealed(t *testing.T, c *canary, table, column, plain string, key ids.Person, sealing func() ([]byte, error)) {
	t.Helper()
	b, err := sealing()
	if err != nil {
		t.Fatalf("seal %s.%s: %v", table, column, err)
	}
	for i := range c.cells {
		x := &c.cells[i]
		if x.table != table || x.column != column || x.plain != plain {
			continue
		}
		a.do(t, func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.ExecContext(ctx, fmt.Sprintf("UPDATE %s SET %s = $1 WHERE %s = $2", table, column, column), b, x.value)
			return err
		})
		x.value, x.key = b, key
	}
}
