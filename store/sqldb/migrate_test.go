package sqldb_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// with returns the schema and further pairs of migrations, the same text for both engines.
func with(steps map[string]string) fs.FS {
	all := maps.Clone(schema)
	for name, text := range steps {
		for _, engine := range []string{"sqlite/", "postgres/"} {
			all[engine+name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
		}
	}
	return all
}

func TestMigrateGoesForwardOnceAndTells(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		files := with(map[string]string{
			"0002_colour.sql": "ALTER TABLE account ADD COLUMN colour TEXT;",
			"0003_shape.sql":  "ALTER TABLE account ADD COLUMN shape TEXT;",
		})
		status, err := sqldb.MigrationStatus(t.Context(), db, files)
		if err != nil {
			t.Fatal(err)
		}
		want := []sqldb.Migration{{Version: 1, Name: "0001_account.sql", Applied: true}, {Version: 2, Name: "0002_colour.sql"}, {Version: 3, Name: "0003_shape.sql"}}
		if diff := cmp.Diff(want, status); diff != "" {
			t.Errorf("status (-want +got):\n%s", diff)
		}
		var told []string
		tell := func(p sqldb.Progress) {
			told = append(told, fmt.Sprintf("%s %d/%d %t", p.Name, p.Step, p.Steps, p.Applied))
		}
		for range 2 { // the second time there is nothing to do
			if err := sqldb.Migrate(t.Context(), db, files, tell); err != nil {
				t.Fatal(err)
			}
		}
		wantTold := []string{"0002_colour.sql 1/2 false", "0002_colour.sql 1/2 true", "0003_shape.sql 2/2 false", "0003_shape.sql 2/2 true"}
		if diff := cmp.Diff(wantTold, told); diff != "" {
			t.Errorf("progress (-want +got):\n%s", diff)
		}
		mustExec(t, db, "UPDATE account SET colour = 'red', shape = 'round'")
	})
}

func TestFailedMigrationLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		files := with(map[string]string{"0002_broken.sql": "CREATE TABLE half (id TEXT);\nCREATE TABLE account (id TEXT);"})
		err := sqldb.Migrate(t.Context(), db, files)
		if err == nil || !strings.Contains(err.Error(), "0002_broken.sql") {
			t.Errorf("got %v, want an error that names 0002_broken.sql", err)
		}
		wantClass(t, exec(t.Context(), db, "INSERT INTO half (id) VALUES ('x')"), sqldb.ClassOther) // there is no such table
		mustExec(t, db, raise)                                                                      // and the writer is free
		if err := sqldb.Migrate(t.Context(), db, with(map[string]string{"0002_broken.sql": "CREATE TABLE half (id TEXT);"})); err != nil {
			t.Errorf("mended, it still fails: %v", err)
		}
	})
}

func TestMigrationWithoutItsPairIsRefused(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite::memory:", sqldb.Options{})
	err := sqldb.Migrate(t.Context(), db, fstest.MapFS{"sqlite/0001_x.sql": {}, "sqlite/0002_y.sql": {}, "postgres/0001_x.sql": {}})
	if err == nil || !strings.Contains(err.Error(), "sqlite/0002_y.sql") || strings.Contains(err.Error(), "0001_x") {
		t.Errorf("got %v, want sqlite/0002_y.sql alone named", err)
	}
	if err := sqldb.Migrate(t.Context(), db, fstest.MapFS{}); err == nil {
		t.Error("no migrations at all were taken for success")
	}
}

func TestNodesThatStartAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{"postgres": pgtest.DSN(t, nil), "sqlite": "sqlite:" + filepath.Join(t.TempDir(), "l.db")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			steps := map[string]string{}
			for i := 2; i < 8; i++ {
				steps[fmt.Sprintf("%04d_t.sql", i)] = fmt.Sprintf("CREATE TABLE t%d (id TEXT);", i)
			}
			files := with(steps)
			shared := open(t, dsn, sqldb.Options{})
			var mu sync.Mutex
			applied := map[string]int{}
			var nodes sync.WaitGroup
			for range 4 {
				db := shared // SQLite has one process per file, and so one DB
				if name == "postgres" {
					db = open(t, dsn, sqldb.Options{})
				}
				nodes.Go(func() {
					err := sqldb.Migrate(t.Context(), db, files, func(p sqldb.Progress) {
						if p.Applied {
							mu.Lock()
							applied[p.Name]++
							mu.Unlock()
						}
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			nodes.Wait()
			for file, n := range applied {
				if n != 1 {
					t.Errorf("%s was applied %d times", file, n)
				}
			}
			if len(applied) != 7 {
				t.Errorf("%d migrations were applied, want 7", len(applied))
			}
		})
	}
}

func TestMigrateThatGivesUpLeavesTheWriterFree(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		want := errors.New("enough")
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("recovered %v, want %v", got, want)
				}
			}()
			_ = sqldb.Migrate(t.Context(), db, with(map[string]string{"0002_x.sql": "CREATE TABLE x (id TEXT);"}), func(sqldb.Progress) { panic(want) })
		}()
		mustExec(t, db, raise)
		if err := sqldb.Migrate(t.Context(), db, with(map[string]string{"0002_x.sql": "CREATE TABLE x (id TEXT);"})); err != nil {
			t.Error(err)
		}
	})
}
