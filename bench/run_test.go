package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"luukku/store"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// options run the parts in this test program.
func options(t *testing.T) Options {
	t.Helper()
	return Options{Quick: true, Dir: t.TempDir(), Self: Self("bench-part"), Progress: func(s string) { t.Log(s) }}
}

// measure runs rows and returns their reports.
func measure(t *testing.T, o Options, names ...string) []Report {
	t.Helper()
	chosen, err := Rows(names)
	if err != nil {
		t.Fatal(err)
	}
	var got []Report
	if err := Run(t.Context(), chosen, o, func(r Report) { got = append(got, r) }); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(chosen) {
		t.Fatalf("got %d reports, want %d", len(got), len(chosen))
	}
	return got
}

func TestQuickRowEndsInTheJSONThatIsPromised(t *testing.T) {
	t.Parallel()
	r := measure(t, options(t), "hello")[0]
	line := r.JSON()
	if strings.Contains(line, "\n") {
		t.Errorf("got %s, want one line", line)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"name", "ratio", "target", "pass", "iqr", "cpu_us_per_op", "n"} {
		if _, ok := got[key]; !ok {
			t.Errorf("%s has no key %s", line, key)
		}
	}
	if *r.Ratio < 0.2 || *r.Ratio > 5 || r.N == 0 || r.CPU <= 0 || len(r.Wrong) > 0 {
		t.Errorf("got %s, want two equal servers measured", line)
	}
	if r.Seconds > 40 {
		t.Errorf("got %g s, want a quick row within 40", r.Seconds)
	}
}

// Every row over little data: what it asks of the server is answered rightly, and what was acknowledged is there. What it measures means nothing.
func TestRowsWork(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.tiny, o.Profile = true, t.TempDir()
	for _, r := range measure(t, o, "book/sqlite", "book/sqlite-naive", "book/single", "audit/sqlite", "lose", "page", "memory", "start", "growth", "remind", "text", "kiosk", "queue", "mail") {
		if r.Ratio == nil || len(r.Wrong) > 0 || r.N == 0 {
			t.Errorf("got %s", r.JSON())
		}
		t.Log(r.Text())
	}
}

func TestBookingOnPostgreSQLWorks(t *testing.T) {
	t.Parallel()
	if _, err := findPgbench(); err != nil {
		t.Skip(err)
	}
	dsn := pgtest.DSN(t, nil)
	o := options(t)
	o.tiny, o.Database = true, dsn
	if r := measure(t, o, "book/pg")[0]; r.Ratio == nil || len(r.Wrong) > 0 || r.N == 0 || r.Figures["peer_per_second"] == 0 {
		t.Errorf("got %s", r.JSON())
	}
	if err := checkEmpty(t.Context(), dsn); err != nil {
		t.Errorf("after the row: got %v, want the database empty again", err)
	}
}

func TestAuditOnPostgreSQL(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.tiny, o.Database = true, pgtest.DSN(t, nil)
	if r := measure(t, o, "audit/pg")[0]; r.Ratio == nil || len(r.Wrong) > 0 || r.N == 0 {
		t.Errorf("got %s", r.JSON())
	}
}

func TestDatabaseWithDataIsRefused(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t, nil)
	if err := sqldb.Administer(t.Context(), dsn, "CREATE SCHEMA other", "CREATE TABLE other.precious (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.Database = dsn
	rows, err := Rows([]string{"hello"})
	if err != nil {
		t.Fatal(err)
	}
	err = Run(t.Context(), rows, o, func(r Report) { t.Errorf("got %s, want no row to run", r.JSON()) })
	if !errors.Is(err, ErrNotEmpty) || !strings.Contains(err.Error(), "other.precious") {
		t.Errorf("got %v, want that the database has a table", err)
	}
	d, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if names, err := store.Tables(t.Context(), d); err != nil || !slices.Equal(names, []string{"other.precious"}) {
		t.Errorf("got %v %v, want the table untouched", names, err)
	}
	o.Database = "sqlite:/tmp/x"
	if err := Run(t.Context(), rows, o, nil); err == nil || !strings.Contains(err.Error(), "postgres://") {
		t.Errorf("got %v, want that it must be PostgreSQL", err)
	}
}

func TestRowsAreFoundByNameAndFamily(t *testing.T) {
	t.Parallel()
	all, err := Rows(nil)
	if err != nil || len(all) < 10 {
		t.Fatalf("got %d rows, %v", len(all), err)
	}
	names := map[string]bool{}
	for _, r := range all {
		if names[r.Name] || r.About == "" || r.Run == nil || r.Target.Value == 0 {
			t.Errorf("row %q is there twice, or says or does nothing", r.Name)
		}
		names[r.Name] = true
	}
	got, err := Rows([]string{"page", "hello"})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range got {
		found[r.Name] = true
	}
	if want := map[string]bool{"hello": true, "page/week": true, "page/304": true, "page/authorised": true, "page/desk": true}; !maps.Equal(found, want) {
		t.Errorf("got %v, want %v", found, want)
	}
	if _, err := Rows([]string{"hello", "pagg"}); err == nil || !strings.Contains(err.Error(), `"pagg"`) || !strings.Contains(err.Error(), "book/single") {
		t.Errorf("got %v, want which row there is not, and which there are", err)
	}
}

func TestPartThatDiesSaysWhatItSaid(t *testing.T) {
	t.Parallel()
	e := &Env{Options: options(t), row: "dies", dir: t.TempDir(), shared: newShared()}
	defer func() {
		if err := e.close(); err == nil {
			t.Error("the part ended badly, and nobody said so")
		}
	}()
	if _, err := e.Start(t.Context(), "nonsense", nil); err == nil || !strings.Contains(err.Error(), `no part "nonsense"`) {
		t.Errorf("got %v, want what the part said", err)
	}
}

func TestProcessRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	in := strings.NewReader("null\n" + `{"do":"fly"}` + "\n")
	if err := Process(t.Context(), "load", in, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "the load cannot fly") {
		t.Errorf("got %s", out.String())
	}
}
