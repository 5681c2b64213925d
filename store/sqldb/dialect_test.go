package sqldb_test

import (
	"context"
	"strings"
	"testing"

	"luukku/store/sqldb"
)

func TestLockingClausesAreStripped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"SELECT a FROM t", "SELECT a FROM t"},
		{"SELECT a FROM t FOR UPDATE", "SELECT a FROM t"},
		{"SELECT a FROM t\nfor  update\n\tskip locked", "SELECT a FROM t"},
		{"SELECT a FROM t LIMIT $1 FOR UPDATE SKIP LOCKED;", "SELECT a FROM t LIMIT $1;"},
		{"SELECT a FROM t FOR UPDATE NOWAIT", "SELECT a FROM t"},
		{`SELECT a FROM t, "the u" FOR UPDATE OF t, "the u" SKIP LOCKED`, `SELECT a FROM t, "the u"`},
		{"SELECT a FROM t FOR NO KEY UPDATE", "SELECT a FROM t"},
		{"SELECT a FROM t FOR KEY SHARE", "SELECT a FROM t"},
		{"SELECT a FROM t FOR SHARE", "SELECT a FROM t"},
		{"UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t FOR UPDATE SKIP LOCKED) RETURNING id", "UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t) RETURNING id"},
		{"(SELECT a FROM t FOR UPDATE) UNION (SELECT a FROM u FOR UPDATE)", "(SELECT a FROM t) UNION (SELECT a FROM u)"},
		// words inside literals, names and comments stay
		{"SELECT ' FOR UPDATE', a FROM t", "SELECT ' FOR UPDATE', a FROM t"},
		{"SELECT 'it''s FOR UPDATE' FROM t FOR UPDATE", "SELECT 'it''s FOR UPDATE' FROM t"},
		{`SELECT a AS "x FOR UPDATE" FROM t`, `SELECT a AS "x FOR UPDATE" FROM t`},
		{"-- name: Take :one, FOR UPDATE\nSELECT a FROM t FOR UPDATE", "-- name: Take :one, FOR UPDATE\nSELECT a FROM t"},
		{"SELECT a /* FOR UPDATE */ FROM t", "SELECT a /* FOR UPDATE */ FROM t"},
		{"SELECT a FROM t -- FOR UPDATE", "SELECT a FROM t -- FOR UPDATE"},
		// other words that only look like it
		{"SELECT for_update FROM t", "SELECT for_update FROM t"},
		{"SELECT a FROM waiting_for UPDATE", "SELECT a FROM waiting_for UPDATE"},
		{"CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW", "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW"},
		{"SELECT a FROM t FOR", "SELECT a FROM t FOR"},
		{"SELECT a FROM t FOR UPDATED", "SELECT a FROM t FOR UPDATED"},
		{"SELECT 'open", "SELECT 'open"},
		{"SELECT a /* open", "SELECT a /* open"},
		{"", ""},
	} {
		if got := sqldb.WithoutLocks(c.in); got != c.want {
			t.Errorf("%q:\ngot  %q\nwant %q", c.in, got, c.want)
		}
	}
}

func FuzzLockingClausesAreStripped(f *testing.F) {
	f.Add("SELECT a FROM t FOR UPDATE OF \"x\", y SKIP LOCKED -- x")
	f.Add("'/*--\"")
	f.Fuzz(func(t *testing.T, in string) {
		got := sqldb.WithoutLocks(in)
		if len(got) > len(in) {
			t.Errorf("%q grew to %q", in, got)
		}
		if !strings.Contains(strings.ToLower(in), "for") && got != in {
			t.Errorf("%q became %q", in, got)
		}
	})
}

func TestLockingQueriesRunOnBothEngines(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			for _, query := range []string{
				"SELECT balance FROM account WHERE id = $1 FOR UPDATE", "SELECT balance FROM account WHERE id = $1 FOR UPDATE SKIP LOCKED",
			} {
				if n := number(t, tx, query, "a"); n != 0 {
					t.Errorf("got %d, want 0", n)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestParametersHaveNumbersAndKinds(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		note := []byte{0, 1, 255}
		mustExec(t, db, "INSERT INTO entry (note, account, n) VALUES ($3, $1, $2)", "a", int64(1)<<62, note)
		var account string
		var n int64
		var got []byte
		var yes bool
		err := db.Reader().QueryRowContext(t.Context(), "SELECT account, n, note, n > $1 AND account = $2 FROM entry WHERE account = $2", 5, "a").
			Scan(&account, &n, &got, &yes)
		if err != nil {
			t.Fatal(err)
		}
		if account != "a" || n != 1<<62 || string(got) != string(note) || !yes {
			t.Errorf("got %q, %d, %v, %v", account, n, got, yes)
		}
	})
}

func TestLikeMeansTheSameOnBothEngines(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		const like = "SELECT count(*) FROM account WHERE id LIKE $1 ESCAPE '!'"
		mustExec(t, db, "INSERT INTO account (id, balance) VALUES ('Ab', 0), ('a_c', 0), ('abc', 0)")
		for pattern, want := range map[string]int{"a%": 3, "A%": 1, "a!_c": 1, "a_c": 2, `a\%`: 0} {
			if n := number(t, db.Reader(), like, pattern); n != want {
				t.Errorf("%s: found %d, want %d", pattern, n, want)
			}
		}
	})
}

func TestLists(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{sqldb.In(3, 3), "$3,$4,$5"},
		{sqldb.In(1, 1), "$1"},
		{sqldb.In(0, 1), "NULL"},
		{sqldb.Rows(2, 3, 1), "($1,$2,$3),($4,$5,$6)"},
		{sqldb.Rows(1, 1, 7), "($7)"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestListsRunOnBothEngines(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		mustExec(t, db, "INSERT INTO account (id, balance) VALUES "+sqldb.Rows(2, 2, 1), "b", 1, "c", 2)
		if n := number(t, db.Reader(), "SELECT count(*) FROM account WHERE id IN ("+sqldb.In(2, 1)+")", "b", "c"); n != 2 {
			t.Errorf("found %d, want 2", n)
		}
		if n := number(t, db.Reader(), "SELECT count(*) FROM account WHERE id IN ("+sqldb.In(0, 1)+")"); n != 0 {
			t.Errorf("found %d in an empty list", n)
		}
		// As many parameters as a statement may have.
		args := make([]any, sqldb.MaxParams)
		for i := range args {
			args[i] = "b"
		}
		if n := number(t, db.Reader(), "SELECT count(*) FROM account WHERE id IN ("+sqldb.In(len(args), 1)+")", args...); n != 1 {
			t.Errorf("found %d, want 1", n)
		}
	})
}
