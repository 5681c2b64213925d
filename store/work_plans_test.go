package store_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"luukku/store"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// workPlans are the queries that list what lies in an inbox, and the index by which each is answered, in its order.
var workPlans = map[string]string{
	"WorkLate": "work_item_due", "WorkTurns": "work_item_turn", "WorkDone": "work_item_done", "WorkBriefs": "work_item_turn",
	"SubmissionListed": "submission_item", "SubmissionsSent": "submission_sent", "SubmissionsSentUp": "submission_sent",
}

// manyForms are a hundred thousand forms of one inbox, of which a tenth is open, and two hundred of another, in the words of both engines. Most that is open is taken by one of the staff.
const manyForms = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100200)
INSERT INTO work_item (org, id, kind, inbox, state, subject, assignee, due_at, since, fresh, version, created_at, changed_at)
SELECT 'town', 'item' || CAST(i AS TEXT), 'submission', CASE WHEN i > 100000 THEN 'other' ELSE 'main' END, CASE WHEN i % 10 = 0 THEN 'open' ELSE 'closed' END, 'permit', CASE WHEN i % 70 = 0 THEN '' ELSE 'somebody' END,
    CASE WHEN i % 30 = 0 THEN 1000 + i ELSE 0 END, i, 0, 1, i, i FROM n`

const manySent = `INSERT INTO submission (org, id, number, form, version, digest, account, made_by, by_staff, level, lang, state, item, sent_at, answers_digest, asked_until, ended_at, delete_at, seen, seq, content)
SELECT 'town', 'sent' || id, id, subject, 1, '', 'person', 'person', '', 3, 'fi', CASE WHEN state = 'open' THEN 'received' ELSE 'decided' END, id, since, '', 0, 0, 0, 1, since, CAST('x' AS BYTEA) FROM work_item`

// TestWorkIsFoundByItsIndexes has each list of an inbox read no more than its page by the index that is made for it, on both engines: SQLite plans alike whatever there is, PostgreSQL among a hundred thousand.
func TestWorkIsFoundByItsIndexes(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		d := openUnchecked(t, "sqlite::memory:", sqldb.Options{})
		ctx, cancel := contextForMigration()
		defer cancel()
		if err := store.Migrate(ctx, d); err != nil {
			t.Fatal(err)
		}
		for name, text := range queriesNamed(t, workPlans) {
			plan := planOf(t, d.Reader(), "EXPLAIN QUERY PLAN "+named.ReplaceAllString(text, "NULL"))
			index := workPlans[name]
			if !strings.Contains(plan, index) || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s reads otherwise than by %s in its order:\n%s", name, index, plan)
			}
			if name == "WorkBriefs" && !strings.Contains(plan, "COVERING INDEX") {
				t.Errorf("what is counted is looked up one by one:\n%s", plan)
			}
		}
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		d := openUnchecked(t, pgtest.DSN(t, migrated), sqldb.Options{})
		err := d.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for _, s := range []string{manyForms, manySent, "ANALYZE work_item", "ANALYZE submission"} {
				if _, err := tx.ExecContext(ctx, s); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range queriesNamed(t, workPlans) {
			var params []string
			numbered := named.ReplaceAllStringFunc(text, func(p string) string {
				i := slices.Index(params, p)
				if i < 0 {
					i, params = len(params), append(params, p)
				}
				return "$" + strconv.Itoa(i+1)
			})
			var plan string
			err := d.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				for _, s := range []string{"SET LOCAL plan_cache_mode = force_generic_plan", "PREPARE listed AS " + numbered} {
					if _, err := tx.ExecContext(ctx, s); err != nil {
						return err
					}
				}
				plan = planOf(t, tx, "EXPLAIN EXECUTE listed ("+strings.TrimSuffix(strings.Repeat("NULL,", len(params)), ",")+")")
				_, err := tx.ExecContext(ctx, "DEALLOCATE listed")
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !strings.Contains(plan, workPlans[name]) || strings.Contains(plan, "Seq Scan on work_item") || strings.Contains(plan, "Seq Scan on submission") || strings.Contains(plan, "Sort") {
				t.Errorf("%s reads otherwise than by %s in its order:\n%s", name, workPlans[name], plan)
			}
		}
	})
}

var (
	named     = regexp.MustCompile(`@\w+`)
	statement = regexp.MustCompile(`(?s)-- name: (\w+) :\w+\n(.*?);`)
)

// queriesNamed are the texts of the queries that are named.
func queriesNamed(t *testing.T, names map[string]string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, file := range []string{"inbox.sql", "submission.sql"} {
		b, err := os.ReadFile("queries/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range statement.FindAllStringSubmatch(string(b), -1) {
			if _, ok := names[m[1]]; ok {
				out[m[1]] = m[2]
			}
		}
	}
	if len(out) != len(names) {
		t.Fatalf("found %d of %d queries", len(out), len(names))
	}
	return out
}

// planOf is the plan of a statement, a step in a line.
func planOf(t *testing.T, from sqldb.DBTX, explain string) string {
	t.Helper()
	rows, err := from.QueryContext(t.Context(), explain)
	if err != nil {
		t.Fatalf("%s: %v", explain, err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for rows.Next() {
		cells := make([]any, len(columns))
		var step string
		for i := range cells {
			cells[i] = new(any)
		}
		cells[len(cells)-1] = &step
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(step + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
