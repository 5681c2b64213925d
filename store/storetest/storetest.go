// Package storetest is the suite that the store must pass on every engine: SQLite, PostgreSQL, and PostgreSQL at SERIALIZABLE with retry.
//
// It promises that what the booking room calls impossible is tried on real databases with real races, through the room's own use cases, and that every
// database is checked for contradictions when it closes. What the pages make of it is left to the end-to-end tests.
package storetest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/seal"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/store"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// Engine is one database to run the suite on.
type Engine struct {
	Name string
	// DSN returns the address of an empty database of the test's own, whose schema is current or will be made so.
	DSN     func(t testing.TB) string
	Options sqldb.Options
}

// House is a store with a booking room over it and one organisation, "town", whose office "hall" offers "passport" (20 minutes, no hold) and "permit"
// (30 minutes, held for 15) on weekdays from 9 to 15, Helsinki time.
type House struct {
	DB      *sqldb.DB
	Store   *store.Store
	Booking *booking.Service
	Clock   *clock.Fixed
	Keys    *seal.Keyring
}

// Monday is the moment that the house's clock stands at first: Monday 23 November 2026, 8:00 in Helsinki.
var Monday = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

// Open opens a house with so many units at its office.
func Open(t testing.TB, e Engine, units int) *House {
	t.Helper()
	h := join(Database(t, e.DSN(t), e.Options), newKeys(t), clock.NewFixed(Monday))
	h.configure(t, units)
	if err := h.Store.FillBoard(t.Context(), "town"); err != nil {
		t.Fatalf("fill the board: %v", err)
	}
	return h
}

// Database opens a database for a test: its schema is current, it is closed when the test ends, and what it holds then must not contradict itself.
func Database(t testing.TB, dsn string, o sqldb.Options) *sqldb.DB {
	t.Helper()
	d, err := sqldb.OpenWith(t.Context(), dsn, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := store.Migrate(t.Context(), d); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	d.OnClose(func(ctx context.Context, read sqldb.DBTX) error {
		found, err := store.CheckInvariants(ctx, read)
		for _, f := range found {
			t.Errorf("invariant: %s", f)
		}
		return err
	})
	return d
}

func join(d *sqldb.DB, keys *seal.Keyring, now *clock.Fixed) *House {
	gen := &ids.Gen{Now: now.Now, Rand: rand.Reader}
	board := &booking.Board{}
	st := store.New(d, store.Options{Now: now.Now, Gen: gen, Board: board})
	return &House{DB: d, Store: st, Clock: now, Keys: keys, Booking: &booking.Service{
		Store: st, Gen: gen, Codes: keys.CodeKeys(), Seals: keys, Guard: limit.NewCodeGuard(limit.CodeLimits{}), Now: now.Now, Board: board,
	}}
}

func newKeys(t testing.TB) *seal.Keyring {
	t.Helper()
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatalf("make keys: %v", err)
	}
	return keys
}

func (h *House) configure(t testing.TB, units int) {
	t.Helper()
	doc := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("write document: %v", err)
		}
		return string(b)
	}
	hours, err := org.ParseWeekly("mon-fri 09:00-15:00")
	if err != nil {
		t.Fatal(err)
	}
	o := org.Organisation{Name: text("Town"), Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "en"}, ClosedOnHolidays: true}
	err = h.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		q := db.New(tx)
		steps := []error{
			q.PutInstallation(ctx, db.PutInstallationParams{Doc: doc(org.Installation{Name: text("Luukku"), PhoneCountries: []string{"FI"}}), Version: 1}),
			q.PutOrganisation(ctx, db.PutOrganisationParams{Org: "town", Doc: doc(o), Version: 1}),
			q.PutCategory(ctx, db.PutCategoryParams{Org: "town", ID: "documents", Doc: doc(catalog.Category{Name: text("Documents")})}),
			q.PutOffice(ctx, db.PutOfficeParams{Org: "town", ID: "hall", Doc: doc(org.Office{Name: text("Hall"), Hours: []org.Weekly{hours}})}),
		}
		for i := range units {
			id := "hall.desk-" + string(rune('a'+i/26)) + string(rune('a'+i%26))
			steps = append(steps, q.PutUnit(ctx, db.PutUnitParams{Org: "town", ID: id, Office: "hall", Position: int64(i), Doc: doc(org.Unit{Name: text(id)})}))
		}
		for s, policy := range map[string]string{"passport": `{"length":"20m","hold":"0m","max_live":0}`, "permit": `{"length":"30m","max_live":2}`} {
			steps = append(steps,
				q.PutService(ctx, db.PutServiceParams{Org: "town", ID: s, Doc: doc(catalog.Service{Name: text(s), Category: "documents"})}),
				q.PutOffer(ctx, db.PutOfferParams{Org: "town", Service: s, Office: "hall"}),
				q.AddPolicy(ctx, db.AddPolicyParams{Org: "town", Service: s, Version: 1, Fields: policy}))
		}
		for _, err := range steps {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("configure: %v", err)
	}
}

func text(s string) i18n.Text { return i18n.Text{"en": s, "fi": s} }

// configurePolicy sets a service's policy anew, as the second version.
func (h *House) configurePolicy(t testing.TB, service, fields string) {
	t.Helper()
	err := h.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if err := db.New(tx).AddPolicy(ctx, db.AddPolicyParams{Org: "town", Service: service, Version: 2, Fields: fields}); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE organisation SET version = 2 WHERE org = 'town'")
		return err
	})
	if err != nil {
		t.Fatalf("configure policy: %v", err)
	}
}
