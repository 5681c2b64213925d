package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/store"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
	"luukku/store/storetest"
)

// auditNow is the moment that the clock of these tests stands at first.
var auditNow = storetest.Monday

// auditHouse is a store with keys and a clock, and nothing in it.
type auditHouse struct {
	*store.Store
	db    *sqldb.DB
	clock *clock.Fixed
	keys  auditKeys
	n     int
}

func auditHouses(t *testing.T, test func(t *testing.T, h *auditHouse)) {
	t.Helper()
	for name, dsn := range map[string]func() string{
		"SQLite":                  func() string { return "sqlite::memory:" },
		"PostgreSQL":              func() string { return pgtest.DSN(t, migrated) },
		"PostgreSQL serializable": func() string { return pgtest.DSN(t, migrated) },
	} {
		t.Run(name, func(t *testing.T) {
			o := sqldb.Options{}
			if strings.HasSuffix(name, "serializable") {
				o.Isolation = sqldb.Serializable
			}
			test(t, newAuditHouse(t, dsn(), o))
		})
	}
}

func newAuditHouse(t *testing.T, dsn string, o sqldb.Options) *auditHouse {
	t.Helper()
	h := &auditHouse{db: openUnchecked(t, dsn, o), clock: clock.NewFixed(auditNow), keys: newAuditKeys(1)}
	h.Store = store.New(h.db, store.Options{Now: h.clock.Now})
	return h
}

// openUnchecked is storetest.Database for data that is made to contradict itself.
func openUnchecked(t *testing.T, dsn string, o sqldb.Options) *sqldb.DB {
	t.Helper()
	d, err := sqldb.OpenWith(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := store.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return d
}

// entry is one more line.
func (h *auditHouse) entry() audit.Entry {
	h.n++
	at := h.clock.Now().UnixMicro() + int64(h.n)
	return audit.New("town", ids.Audit(fmt.Sprintf("a%06d", h.n)), at, actor.System("test"), audit.PersonRead, audit.OfPerson, "p1", map[string]string{"fields": "email"})
}

func (h *auditHouse) write(t *testing.T, n int) {
	t.Helper()
	for n > 0 {
		var some []audit.Entry
		for range min(n, 500) {
			some = append(some, h.entry())
		}
		if err := h.PutAudit(t.Context(), some...); err != nil {
			t.Fatalf("write: %v", err)
		}
		n -= len(some)
	}
}

func (h *auditHouse) seal(t *testing.T, most, want int) {
	t.Helper()
	got, err := h.SealAudit(t.Context(), h.keys, most)
	if err != nil || got != want {
		t.Fatalf("seal: got %d, %v; want %d", got, err, want)
	}
}

func (h *auditHouse) verify(t *testing.T, kept *audit.Head) store.AuditReport {
	t.Helper()
	r, err := h.VerifyAudit(t.Context(), h.keys, kept, nil)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return r
}

func (h *auditHouse) sound(t *testing.T, lines, unsealed int64) store.AuditReport {
	t.Helper()
	r := h.verify(t, nil)
	if r.Lines != lines || r.Unsealed != unsealed || len(r.Findings) > 0 {
		t.Errorf("got %d lines, %d unsealed and %q; want %d, %d and nothing found", r.Lines, r.Unsealed, r.Findings, lines, unsealed)
	}
	return r
}

func (h *auditHouse) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	err := h.db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestEveryLineIsSealedOnceInWhateverSteps(t *testing.T) {
	t.Parallel()
	auditHouses(t, func(t *testing.T, h *auditHouse) {
		h.sound(t, 0, 0)
		h.seal(t, 10, 0)
		h.write(t, 3)
		h.sound(t, 0, 3)
		h.seal(t, 2, 2)
		if r := h.sound(t, 2, 1); r.OldestMicros == 0 {
			t.Error("got no age of the line that waits")
		}
		h.seal(t, 300, 1)
		h.write(t, 600)
		h.seal(t, 300, 300)
		h.seal(t, 300, 300)
		h.seal(t, 300, 0)
		h.sound(t, 603, 0)
		if head, err := h.AuditHead(t.Context()); err != nil || head.Size != 603 || head.Check(h.keys) != nil {
			t.Errorf("got head %+v, %v; want one of 603 lines, signed", head, err)
		}
	})
}

// A transaction that began earlier may end later: its lines are older than the newest head when they can be seen at last.
func TestLineThatComesLateIsSealedAllTheSame(t *testing.T) {
	t.Parallel()
	auditHouses(t, func(t *testing.T, h *auditHouse) {
		late := h.entry()
		late.AtMicros -= int64(time.Hour / time.Microsecond)
		h.write(t, 2)
		h.seal(t, 100, 2)
		if err := h.PutAudit(t.Context(), late); err != nil {
			t.Fatal(err)
		}
		h.clock.Set(auditNow.Add(time.Minute))
		h.seal(t, 100, 1)
		h.sound(t, 3, 0)
	})
}

func TestSequencersAtOnceSealEachLineOnce(t *testing.T) {
	t.Parallel()
	auditHouses(t, func(t *testing.T, h *auditHouse) {
		h.write(t, 400)
		done := make(chan error)
		for range 4 {
			go func() {
				for {
					n, err := h.SealAudit(t.Context(), h.keys, 30)
					if err != nil || n == 0 {
						done <- err
						return
					}
				}
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Errorf("seal: %v", err)
			}
		}
		h.sound(t, 400, 0)
	})
}

// dying signs, and then the transaction comes to nothing.
type dying struct{ auditKeys }

func (d dying) SignHead([]byte) (int, []byte) { panic("the sequencer dies") }

func TestSequencerThatDiesLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	auditHouses(t, func(t *testing.T, h *auditHouse) {
		h.write(t, 5)
		h.seal(t, 3, 3)
		func() {
			defer func() { _ = recover() }()
			_, _ = h.SealAudit(t.Context(), dying{h.keys}, 10)
		}()
		h.sound(t, 3, 2)
		h.seal(t, 10, 2)
		h.sound(t, 5, 0)
	})
}

func TestHeadsOfAnHourAreThinnedAndSurviveARotation(t *testing.T) {
	t.Parallel()
	auditHouses(t, func(t *testing.T, h *auditHouse) {
		for range 3 {
			h.write(t, 2)
			h.seal(t, 10, 2)
			h.clock.Set(h.clock.Now().Add(time.Minute))
		}
		h.clock.Set(h.clock.Now().Add(time.Hour))
		h.keys = newAuditKeys(1, 2)
		h.write(t, 1)
		h.seal(t, 10, 1)
		if r := h.sound(t, 7, 0); r.Heads != 2 || r.Newest.Key != 2 {
			t.Errorf("got %d heads, the newest of key %d; want 2 heads and key 2", r.Heads, r.Newest.Key)
		}
		h.keys = newAuditKeys(2)
		if r := h.verify(t, nil); len(r.Findings) != 1 || !strings.Contains(r.Findings[0], "lacks the key") {
			t.Errorf("without the old key: got %q", r.Findings)
		}
	})
}

// spoil says how each column of the log is changed, by one byte or by one. "sealed" columns belong to a line, which must be named.
var spoil = []struct{ name, do, names string }{
	{"org", `UPDATE audit SET org = 'towm' WHERE id = 'a000300'`, "line 299 (towm, a000300)"},
	{"id", `UPDATE audit SET id = 'a00030x' WHERE id = 'a000300'`, "line 299 (town, a00030x)"},
	{"at_us", `UPDATE audit SET at_us = at_us + 1 WHERE id = 'a000300'`, "line 299 (town, a000300)"},
	{"actor_kind", `UPDATE audit SET actor_kind = 'systen' WHERE id = 'a000300'`, "line 299 (town, a000300)"},
	{"actor", `UPDATE audit SET actor = 'tesu' WHERE id = 'a000300'`, "line 299 (town, a000300)"},
	{"action", `UPDATE audit SET action = 'person.reae' WHERE id = 'a000300'`, "line 299 (town, a000300)"},
	{"subject_kind", `UPDATE audit SET subject_kind = 'persom' WHERE id = 'a000300'`, "line 299 (town, a000300)"},
	{"subject", `UPDATE audit SET subject = 'p2' WHERE id = 'a000300'`, "line 299 (town, a000300)"},
	{"detail", `UPDATE audit SET detail = '{"fields":"emaim"}' WHERE id = 'a000300'`, "line 299 (town, a000300)"},
	{"leaf", `UPDATE audit SET leaf = 5 WHERE id = 'a000300'`, "(town, a000300) says that it is line 5"},
	{"leaf taken away", `UPDATE audit SET leaf = NULL WHERE id = 'a000300'`, "line 299 is gone"},
	{"leaf beyond", `UPDATE audit SET leaf = 9999 WHERE id = 'a000700'`, "beyond the newest head"},
	{"leaf below", `UPDATE audit SET leaf = -1 WHERE id = 'a000001'`, "(town, a000001) says that it is line -1"},
	{"leaves exchanged", `UPDATE audit SET leaf = 597 - leaf WHERE id = 'a000300' OR id = 'a000299'`, "line 298 (town, a000300)"},
	{"line deleted", `DELETE FROM audit WHERE id = 'a000300'`, "line 299 is gone"},
	{"last line deleted", `DELETE FROM audit WHERE id = 'a000700'`, "line 699 is gone"},
	{"lines deleted", `DELETE FROM audit WHERE id >= 'a000300' AND id < 'a000303'`, "lines 299 to 301 are gone"},
	{"tile hash", `UPDATE audit_tile SET hashes = $1 WHERE level = 0 AND n = 1`, "the line itself is as it was sealed"},
	{"upper tile hash", `UPDATE audit_tile SET hashes = $1 WHERE level = 1 AND n = 0`, "the stored tile 0 of level 1"},
	{"tile n", `UPDATE audit_tile SET n = 3 WHERE level = 0 AND n = 1`, "the stored tile 1 of level 0 is gone"},
	{"tile level", `UPDATE audit_tile SET level = 2 WHERE level = 0 AND n = 1`, "the stored tile 1 of level 0 is gone"},
	{"tile deleted", `DELETE FROM audit_tile WHERE level = 1`, "the stored tile 0 of level 1 is gone"},
	{"tile too many", `INSERT INTO audit_tile (level, n, hashes) VALUES (0, 9, $1)`, "stored tiles"},
	{"head size", `UPDATE audit_head SET size = 401 WHERE size = 400`, "signature"},
	{"newest head size", `UPDATE audit_head SET size = 701 WHERE size = 700`, "signature"},
	{"head root", `UPDATE audit_head SET root = $1 WHERE size = 400`, "signature"},
	{"head at_us", `UPDATE audit_head SET at_us = at_us + 1 WHERE size = 400`, "signature"},
	{"head key_version", `UPDATE audit_head SET key_version = 7 WHERE size = 400`, "lacks the key"},
	{"head signature", `UPDATE audit_head SET signature = $1 WHERE size = 400`, "signature"},
	{"head deleted", `DELETE FROM audit_head WHERE size = 700`, "beyond the newest head"},
	{"heads deleted", `DELETE FROM audit_head`, "beyond the newest head"},
	{"head of nothing", `INSERT INTO audit_head (size, root, at_us, key_version, signature) VALUES (-1, $1, 1, 1, $1)`, "which is none"},
	{"reason org", `UPDATE audit_reason SET org = 'towm'`, "the reason beside line (towm, a000010)"},
	{"reason audit", `UPDATE audit_reason SET audit = 'a000011'`, "the reason beside line (town, a000011)"},
	{"reason person", `UPDATE audit_reason SET person = 'p2'`, "the reason beside line (town, a000010)"},
	{"reason", `UPDATE audit_reason SET reason = $1`, "the reason beside line (town, a000010)"},
	{"reason deleted", `DELETE FROM audit_reason`, "there should be 1"},
	{"reason too many", `INSERT INTO audit_reason (org, audit, person, reason) VALUES ('town', 'a000020', 'p1', $1)`, "the reason beside line (town, a000020)"},
}

// fillForTampering seals 400 lines and, an hour later, 300 more. Line 9 has a reason.
func (h *auditHouse) fillForTampering(t *testing.T) {
	t.Helper()
	h.write(t, 9)
	if err := h.PutAudit(t.Context(), h.entry().Because("p1", []byte("sealed words"))); err != nil {
		t.Fatal(err)
	}
	h.write(t, 390)
	h.seal(t, 1000, 400)
	h.clock.Set(h.clock.Now().Add(time.Hour))
	h.write(t, 300)
	h.seal(t, 1000, 300)
}

func TestEveryChangeByHandIsFound(t *testing.T) {
	t.Parallel()
	auditHouses(t, func(t *testing.T, h *auditHouse) {
		h.fillForTampering(t)
		h.sound(t, 700, 0)
		tables := []string{"audit", "audit_tile", "audit_head", "audit_reason"}
		for _, name := range tables {
			h.exec(t, fmt.Sprintf("CREATE TABLE kept_%s AS SELECT * FROM %s", name, name))
		}
		for _, s := range spoil {
			var args []any
			if strings.Contains(s.do, "$1") {
				args = append(args, h.oneByteOff(t, s.do))
			}
			h.exec(t, s.do, args...)
			found := h.verify(t, nil).Findings
			if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, s.names) }) {
				t.Errorf("%s: got %q, want one that says %q", s.name, found, s.names)
			}
			for _, name := range tables {
				h.exec(t, "DELETE FROM "+name)
				h.exec(t, fmt.Sprintf("INSERT INTO %s SELECT * FROM kept_%s", name, name))
			}
		}
		h.sound(t, 700, 0)
	})
}

// oneByteOff is what a statement is about to overwrite, with one byte changed, or anything for one that inserts.
func (h *auditHouse) oneByteOff(t *testing.T, do string) []byte {
	t.Helper()
	words := strings.Fields(do)
	if words[0] != "UPDATE" {
		return make([]byte, 32)
	}
	_, where, _ := strings.Cut(do, " WHERE ")
	if where == "" {
		where = "1 = 1"
	}
	var b []byte
	if err := h.db.Reader().QueryRowContext(t.Context(), fmt.Sprintf("SELECT %s FROM %s WHERE %s", words[3], words[1], where)).Scan(&b); err != nil {
		t.Fatal(err)
	}
	b = slices.Clone(b)
	b[len(b)/2] ^= 1
	return b
}

// Whoever has the database and the keys can write the log anew; a head that was kept elsewhere tells.
func TestHeadKeptElsewhereTellsOfALogWrittenAnew(t *testing.T) {
	t.Parallel()
	auditHouses(t, func(t *testing.T, h *auditHouse) {
		h.fillForTampering(t)
		head, err := h.AuditHead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h.write(t, 5)
		h.seal(t, 10, 5)
		if found := h.verify(t, &head).Findings; len(found) > 0 {
			t.Errorf("the log went on from the head: got %q", found)
		}
		h.exec(t, `DELETE FROM audit_tile`)
		h.exec(t, `DELETE FROM audit_head`)
		h.exec(t, `UPDATE audit SET leaf = NULL`)
		h.exec(t, `UPDATE audit SET subject = 'p2' WHERE id = 'a000300'`)
		h.seal(t, 1000, 705)
		h.sound(t, 705, 0)
		if found := h.verify(t, &head).Findings; len(found) != 1 || !strings.Contains(found[0], "written anew") {
			t.Errorf("written anew: got %q", found)
		}
		h.exec(t, `DELETE FROM audit_tile`)
		h.exec(t, `DELETE FROM audit_head`)
		h.exec(t, `DELETE FROM audit WHERE id > 'a000300'`)
		h.exec(t, `UPDATE audit SET leaf = NULL`)
		h.seal(t, 1000, 300)
		if found := h.verify(t, &head).Findings; len(found) != 1 || !strings.Contains(found[0], "lines are gone") {
			t.Errorf("cut short: got %q", found)
		}
	})
}

func TestLinesAreNotSealedOnADamagedTree(t *testing.T) {
	t.Parallel()
	auditHouses(t, func(t *testing.T, h *auditHouse) {
		h.write(t, 3)
		h.seal(t, 10, 3)
		h.exec(t, `UPDATE audit_tile SET hashes = $1`, make([]byte, 96))
		h.write(t, 1)
		if _, err := h.SealAudit(t.Context(), h.keys, 10); err == nil || !strings.Contains(err.Error(), "not the one that was signed") {
			t.Errorf("got %v, want that the tree is damaged", err)
		}
	})
}

func TestAuditIsReadByPagesAndByPerson(t *testing.T) {
	t.Parallel()
	auditHouses(t, func(t *testing.T, h *auditHouse) {
		h.write(t, 3)
		other := h.entry()
		other.Org, other.Action, other.Actor = "county", audit.PersonSearched, "s9"
		stranger := h.entry()
		stranger.Subject = "p2"
		reasoned := h.entry().Because("p1", []byte("sealed words"))
		if err := h.PutAudit(t.Context(), other, stranger, reasoned); err != nil {
			t.Fatal(err)
		}
		about := func(before audit.Entry, most int) string {
			list, err := h.AuditAbout(t.Context(), "p1", before, most)
			if err != nil {
				t.Fatal(err)
			}
			return idsOf(list)
		}
		if got := about(audit.Entry{}, 10); got != "a000006 a000004 a000003 a000002 a000001" {
			t.Errorf("about a person: got %s", got)
		}
		if got := about(other, 2); got != "a000003 a000002" {
			t.Errorf("about a person, further on: got %s", got)
		}
		for _, c := range []struct {
			filter store.AuditFilter
			before ids.Audit
			want   string
		}{
			{store.AuditFilter{}, "", "a000006 a000005 a000003 a000002 a000001"},
			{store.AuditFilter{}, "a000003", "a000002 a000001"},
			{store.AuditFilter{Action: audit.PersonSearched}, "", ""},
			{store.AuditFilter{SubjectKind: "person", Subject: "p2"}, "", "a000005"},
			{store.AuditFilter{FromMicros: stranger.AtMicros}, "", "a000006 a000005"},
			{store.AuditFilter{UntilMicros: stranger.AtMicros}, "", "a000003 a000002 a000001"},
			{store.AuditFilter{Actor: "nobody"}, "", ""},
		} {
			list, err := h.AuditOf(t.Context(), "town", c.filter, c.before, 10)
			if err != nil || idsOf(list) != c.want {
				t.Errorf("%+v before %q: got %s, %v; want %s", c.filter, c.before, idsOf(list), err, c.want)
			}
		}
		r, err := h.AuditReason(t.Context(), "town", reasoned.ID)
		if err != nil || r.Person != "p1" || string(r.Sealed) != "sealed words" {
			t.Errorf("got reason %+v, %v", r, err)
		}
	})
}

func idsOf(list []audit.Entry) string {
	var out []string
	for _, e := range list {
		out = append(out, string(e.ID))
	}
	return strings.Join(out, " ")
}

// BenchmarkSealAudit seals lines in batches as the job does. An operation is one line.
func BenchmarkSealAudit(b *testing.B) {
	for name, dsn := range map[string]func() string{"SQLite": func() string { return "sqlite:" + b.TempDir() + "/l.db" }, "PostgreSQL": func() string { return pgtest.DSN(b, migrated) }} {
		b.Run(name, func(b *testing.B) {
			d, err := sqldb.Open(b.Context(), dsn())
			if err != nil {
				b.Fatal(err)
			}
			defer d.Close()
			if err := store.Migrate(b.Context(), d); err != nil {
				b.Fatal(err)
			}
			h := &auditHouse{Store: store.New(d, store.Options{Now: clock.NewFixed(auditNow).Now}), clock: clock.NewFixed(auditNow), keys: newAuditKeys(1)}
			for b.Loop() {
				b.StopTimer()
				var some []audit.Entry
				for range 256 {
					some = append(some, h.entry())
				}
				if err := h.PutAudit(b.Context(), some...); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if _, err := h.SealAudit(b.Context(), h.keys, 256); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
