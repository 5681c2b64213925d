package schemalint

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const goodSQLite = `
CREATE TABLE host (host TEXT NOT NULL PRIMARY KEY, org TEXT NOT NULL) STRICT;
CREATE TABLE office (org TEXT NOT NULL, id TEXT NOT NULL, open INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (org, id)) STRICT;
CREATE TABLE unit (org TEXT NOT NULL, id TEXT NOT NULL, office TEXT NOT NULL, position INTEGER, note BLOB, weight REAL,
	PRIMARY KEY (org, id), UNIQUE (org, office, position), FOREIGN KEY (org, office) REFERENCES office (org, id)) STRICT;
CREATE TABLE preference (person TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (person, name)) STRICT;
CREATE INDEX unit_position ON unit (org, position DESC);
`

const goodPostgres = `
CREATE TABLE host (host TEXT NOT NULL PRIMARY KEY, org TEXT NOT NULL);
CREATE TABLE office (org TEXT NOT NULL, id TEXT NOT NULL, open BOOLEAN NOT NULL DEFAULT TRUE, PRIMARY KEY (org, id));
CREATE TABLE unit (org TEXT NOT NULL, id TEXT NOT NULL, office TEXT NOT NULL, position BIGINT, note BYTEA, weight DOUBLE PRECISION,
	PRIMARY KEY (org, id), UNIQUE (org, office, position), FOREIGN KEY (org, office) REFERENCES office (org, id));
CREATE TABLE preference (person TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (person, name));
CREATE INDEX unit_position ON unit (org, position DESC);
`

func goodDirectory() map[string]string {
	return map[string]string{"host": "a host name leads to its organisation, before we know which"}
}

func goodRegistry() map[string]Column {
	r := map[string]Column{}
	for _, name := range strings.Fields(`host.host host.org office.org office.id office.open unit.org unit.id unit.office unit.position unit.note
			unit.weight preference.person preference.name`) {
		r[name] = Column{Clear, "all", "for ever", "nothing personal"}
	}
	return r
}

func schema(sqlite, postgres string) fstest.MapFS {
	return fstest.MapFS{
		"sqlite/0001_x.sql":   {Data: []byte("-- +goose Up\n" + sqlite)},
		"postgres/0001_x.sql": {Data: []byte("-- +goose Up\n" + postgres)},
	}
}

func TestGoodSchemaHasNoFindings(t *testing.T) {
	t.Parallel()
	found, err := Check(t.Context(), Schema{schema(goodSQLite, goodPostgres), pgtest.DSN(t, nil), goodDirectory(), goodRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 0 {
		t.Errorf("got findings:\n%s", strings.Join(found, "\n"))
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	registered := func(names ...string) func(*Schema) {
		return func(s *Schema) {
			for _, n := range names {
				s.Registry[n] = Column{Clear, "all", "for ever", "nothing personal"}
			}
		}
	}
	for name, c := range map[string]struct {
		sqlite, postgres string // added to the good schema
		change           func(*Schema)
		want             []string
	}{
		"key of no owner": {
			"CREATE TABLE a (id TEXT NOT NULL PRIMARY KEY, n TEXT NOT NULL UNIQUE) STRICT;",
			"CREATE TABLE a (id TEXT NOT NULL PRIMARY KEY, n TEXT NOT NULL UNIQUE);",
			registered("a.id", "a.n"),
			[]string{"a: primary key (id) does not begin with org or person", "a: unique key (n) does not begin with org or person"},
		},
		"unique index of no owner": {
			"CREATE UNIQUE INDEX u ON unit (position, org);", "CREATE UNIQUE INDEX u ON unit (position, org);", nil,
			[]string{"unit: unique key (position, org) does not begin with org or person"},
		},
		"foreign key of no owner": {
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY, h TEXT NOT NULL REFERENCES host (host)) STRICT;",
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY, h TEXT NOT NULL REFERENCES host (host));",
			registered("a.org", "a.h"),
			[]string{"a: foreign key (h) -> host (host) does not begin with org or person"},
		},
		"foreign key to another's": {
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY REFERENCES host (host)) STRICT;",
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY REFERENCES host (host));",
			registered("a.org"),
			[]string{"a: foreign key (org) -> host (host) does not lead to org"},
		},
		"one key excepted": {
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY, n TEXT NOT NULL UNIQUE, m TEXT NOT NULL UNIQUE) STRICT;",
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY, n TEXT NOT NULL UNIQUE, m TEXT NOT NULL UNIQUE);",
			func(s *Schema) {
				registered("a.org", "a.n", "a.m")(s)
				s.Directory["a(n)"] = "a slug of the installation"
			},
			[]string{"a: unique key (m) does not begin with org or person"},
		},
		"no primary key": {
			"CREATE TABLE a (org TEXT NOT NULL) STRICT;", "CREATE TABLE a (org TEXT NOT NULL);", registered("a.org"),
			[]string{"a: the table has no primary key"},
		},
		"not strict": {
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY);", "CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY);", registered("a.org"),
			[]string{"a: on sqlite the table is not STRICT"},
		},
		"stale exceptions": {
			"", "", func(s *Schema) {
				s.Directory["office"], s.Directory["gone"], s.Directory["host"] = "not needed", "not there", " "
			},
			[]string{
				"gone: the list of directory tables excepts what needs no exception or is not there",
				"host: the list of directory tables gives no reason",
				"office: the list of directory tables excepts what needs no exception or is not there",
			},
		},
		"table of one engine": {
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY) STRICT;", "CREATE TABLE b (org TEXT NOT NULL PRIMARY KEY);", registered("a.org"),
			[]string{"a: sqlite has the table, postgres has not", "b: postgres has the table, sqlite has not"},
		},
		"columns in another order": {
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY, b TEXT, c TEXT) STRICT;", "CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY, c TEXT, b TEXT);",
			registered("a.org", "a.b", "a.c"),
			[]string{"a: the columns differ: sqlite (org, b, c), postgres (org, c, b)"},
		},
		"other kinds, NULL and DEFAULT": {
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY, b TEXT NOT NULL, c INTEGER NOT NULL, d INTEGER DEFAULT 1) STRICT;",
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY, b BYTEA NOT NULL, c BIGINT, d BIGINT);", registered("a.org", "a.b", "a.c", "a.d"),
			[]string{
				"a.b: sqlite has it as TEXT, postgres as bytea",
				"a.c: NOT NULL on one engine alone (sqlite true, postgres false)",
				"a.d: a DEFAULT on one engine alone (sqlite true, postgres false)",
			},
		},
		"kinds of one engine": {
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY, b ANY, c TEXT) STRICT;",
			"CREATE TABLE a (org TEXT NOT NULL PRIMARY KEY, b TIMESTAMPTZ, c VARCHAR(9));", registered("a.org", "a.b", "a.c"),
			[]string{
				"a.b: postgres has it as timestamp with time zone, which is none of bigint, boolean, bytea, double precision, text",
				"a.b: sqlite has it as ANY, which is none of BLOB, INTEGER, REAL, TEXT",
				"a.c: postgres has it as character varying(9), which is none of bigint, boolean, bytea, double precision, text",
			},
		},
		"keys of one engine": {
			"CREATE TABLE a (org TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (org, b)) STRICT; CREATE INDEX a_b ON a (b);",
			"CREATE TABLE a (org TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (org), UNIQUE (org, b));", registered("a.org", "a.b"),
			[]string{
				"a: postgres alone has the primary key (org)", "a: postgres alone has the unique key (org, b)",
				"a: sqlite alone has the index (b)", "a: sqlite alone has the primary key (org, b)",
			},
		},
		"registry": {
			"", "", func(s *Schema) {
				delete(s.Registry, "unit.note")
				s.Registry["unit.colour"] = s.Registry["unit.id"]
				s.Registry["unit.weight"] = Column{"secret", "none", "", "overwritten"}
			},
			[]string{
				"unit.colour: the registry names it, and there is no such column",
				"unit.note: the registry of columns does not know it",
				"unit.weight: the registry says nothing of its retention",
				`unit.weight: the registry's content is "secret", must be clear, encrypted or hashed`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Schema{schema(goodSQLite+c.sqlite, goodPostgres+c.postgres), pgtest.DSN(t, nil), goodDirectory(), goodRegistry()}
			if c.change != nil {
				c.change(&s)
			}
			found, err := Check(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, found); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSQLiteAloneIsCheckedWithoutPostgres(t *testing.T) {
	t.Parallel()
	s := Schema{Migrations: schema(goodSQLite, "CREATE TABLE other (id BIGINT);"), Directory: goodDirectory(), Registry: goodRegistry()}
	found, err := Check(t.Context(), s)
	if err != nil || len(found) != 0 {
		t.Errorf("got %v, %v, want nothing", found, err)
	}
}

func TestBrokenMigrationIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := Check(t.Context(), Schema{Migrations: schema("CREATE TABEL a;", "")}); err == nil || !strings.Contains(err.Error(), "sqlite") {
		t.Errorf("got %v, want an error that names the engine", err)
	}
}

func TestRefusedQueries(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"SELECT now()":                                          "now(): that stays in Go",
		"SELECT a FROM t WHERE b > NOW ( )":                     "now(): that stays in Go",
		"SELECT CURRENT_TIMESTAMP":                              "CURRENT_TIMESTAMP: that stays in Go",
		"SELECT a FROM t WHERE b < c - INTERVAL '1 day'":        "INTERVAL: that stays in Go",
		"SELECT a FROM t WHERE a ILIKE $1":                      "ILIKE: fold case in Go",
		"SELECT a FROM t WHERE a LIKE $1 AND b = 1":             "LIKE: add ESCAPE: without it the engines differ on the backslash",
		"SELECT a FROM t WHERE lower(a) = $1":                   "lower(): fold case in Go",
		"SELECT DISTINCT ON (a) a FROM t":                       "DISTINCT ON: only one engine has it",
		"SELECT a FROM t WHERE a = ANY($1)":                     "any(): no arrays: sqldb.In makes a list",
		"SELECT ARRAY[1]":                                       "ARRAY: no arrays: sqldb.In makes a list\n[: no arrays\n]: no arrays",
		"SELECT a FROM unnest($1) a":                            "unnest(): no arrays: sqldb.Rows makes rows",
		"SELECT pg_advisory_xact_lock(1)":                       "pg_advisory_xact_lock(): no advisory locks and nothing else of one engine",
		"SELECT a->'b' FROM t":                                  "->: JSON stays in Go",
		"SELECT a ->> 'b' FROM t":                               "->>: JSON stays in Go",
		"SELECT json_extract(a, '$.b') FROM t":                  "json_extract(): JSON stays in Go",
		"SELECT a FROM t WHERE b @> $1":                         "@>: JSON stays in Go",
		"SELECT a::text FROM t":                                 "::: write CAST (x AS type)",
		"SELECT CAST(a AS BYTEA) FROM t":                        "CAST ... AS BYTEA: SQLite makes a number of it",
		"SELECT * FROM t":                                       "SELECT *: name the columns",
		"SELECT t.* FROM t":                                     ". *: name the columns",
		"SELECT a, * FROM t":                                    ", *: name the columns",
		"SELECT DISTINCT * FROM t":                              "DISTINCT *: name the columns",
		"INSERT INTO t (a) VALUES (1) RETURNING *":              "RETURNING *: name the columns",
		"WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x": "WITH ... DELETE: only one engine writes in a WITH",
	} {
		found, err := LintQueries(fstest.MapFS{"q.sql": {Data: []byte("-- name: X :one\n\n" + query + ";\n")}})
		if err != nil {
			t.Fatal(err)
		}
		var wants []string
		for _, w := range strings.Split(want, "\n") {
			wants = append(wants, "q.sql:3: "+w)
		}
		if diff := cmp.Diff(wants, found); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

const goodQueries = `-- name: One :one
-- SELECT * is what a comment may say; so is now() /* and
INSERT INTO office (org, id) VALUES (@org, @id) ON CONFLICT (org, id) DO UPDATE SET open = excluded.open RETURNING org, id;

/* name: Two, without interval '1 day' */
SELECT count(*), max(position) * 2, -1 * position, 'it''s now(); SELECT * FROM t' FROM unit AS "now" WHERE org = @org AND position<-1
	AND id LIKE @pattern ESCAPE '!' AND (office IN (SELECT id FROM office WHERE open) OR note IS NULL) AND weight > sqlc.narg('weight')
	ORDER BY position DESC LIMIT @most FOR UPDATE SKIP LOCKED;
-- name: Three :exec
DELETE FROM unit WHERE org = @org AND weight >= CAST(@a AS BIGINT)`

func TestGoodQueriesHaveNoFindings(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"q.sql": {Data: []byte(goodQueries)}}
	found, err := LintQueries(files)
	if err != nil || len(found) != 0 {
		t.Errorf("got %v, %v, want nothing", found, err)
	}
	db := migrated(t)
	found, err = PrepareQueries(t.Context(), db, files)
	if err != nil || len(found) != 0 {
		t.Errorf("prepared, got %v, %v, want nothing", found, err)
	}
}

func TestQueryThatSQLiteDoesNotKnow(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"q.sql": {Data: []byte("SELECT id FROM unit;\n\nSELECT id\nFROM unit WHERE colour IS NULL;\nSELECT overlay(id placing 'x' from 1) FROM unit;")}}
	found, err := PrepareQueries(t.Context(), migrated(t), files)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || !strings.HasPrefix(found[0], "q.sql:3: sqlite does not compile it: ") || !strings.HasPrefix(found[1], "q.sql:5: ") {
		t.Errorf("got %q, want findings of lines 3 and 5", found)
	}
}

func TestNoQueriesIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := LintQueries(fstest.MapFS{}); err == nil {
		t.Error("an empty folder was taken for good queries")
	}
}

func migrated(t *testing.T) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := sqldb.Migrate(t.Context(), db, schema(goodSQLite, goodPostgres)); err != nil {
		t.Fatal(err)
	}
	return db
}

// TestRegistryOfTheTestsIsWhole guards the tests above: a column missing from the good registry would hide others.
func TestRegistryOfTheTestsIsWhole(t *testing.T) {
	t.Parallel()
	found, err := Check(t.Context(), Schema{Migrations: schema(goodSQLite, goodPostgres), Directory: goodDirectory()})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range slices.Sorted(maps.Keys(goodRegistry())) {
		want = append(want, fmt.Sprintf("%s: the registry of columns does not know it", name))
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestPlansThatReadTooMuch(t *testing.T) {
	t.Parallel()
	db := migrated(t)
	whole := map[string]string{"All": "all are wanted", "Narrow": "it was once"}
	files := fstest.MapFS{"q.sql": {Data: []byte(`-- name: All :many
SELECT id FROM unit;

-- name: Narrow :one
SELECT id FROM unit WHERE org = @org AND id = @id;

-- name: Wide :many
SELECT id FROM unit WHERE org = @org AND note = sqlc.narg('note') ORDER BY id;
`)}}
	found, err := CheckPlans(t.Context(), db, files, whole)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || !strings.Contains(found[0], "q.sql:8: Wide reads too much: SEARCH unit") || !strings.HasPrefix(found[1], "Narrow is said to") {
		t.Errorf("got %q, want Wide, and Narrow that is none", found)
	}
}
