package sqldb_test

import (
	"strings"
	"testing"

	"luukku/store/sqldb"
)

// A plan that hangs on its parameters is seen by a partial index: SQLite plans anew with the values at hand and takes the index when they fit it. A plan that is
// kept cannot.
func TestSQLitePlansDoNotHangOnParameters(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite::memory:", sqldb.Options{})
	mustExec(t, db, "CREATE TABLE steady (k TEXT NOT NULL, n INTEGER NOT NULL) STRICT")
	mustExec(t, db, "CREATE INDEX steady_open ON steady (n) WHERE k = 'open'")
	for query, index := range map[string]bool{
		"SELECT n FROM steady WHERE k = $1 ORDER BY n":                false,
		"SELECT n FROM steady WHERE k = $1 AND k = 'open' ORDER BY n": true,
	} {
		rows, err := db.Reader().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, "open")
		if err != nil {
			t.Fatal(err)
		}
		plan := ""
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan += detail + "; "
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(plan, "steady_open"); got != index {
			t.Errorf("%s: got plan %s; want the partial index used: %v", query, plan, index)
		}
	}
}
