package model

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/store"
	"luukku/store/db"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// town is the one organisation of each house.
const town = ids.Org("town")

// plan is what a house is to be like.
type plan struct {
	zone     string
	offices  map[ids.Office]officePlan
	services map[ids.Service]string // the policy's fields
}

type officePlan struct {
	hours []string
	units []unitPlan
}

// unitPlan is a unit; without hours it has the office's, and without services it serves all.
type unitPlan struct {
	hours    []string
	services []ids.Service
}

func unitID(office ids.Office, i int) ids.Unit {
	return ids.Unit(fmt.Sprintf("%s.desk-%02d", office, i))
}

// house is one node: a store with the booking room over it, and the free times in memory.
type house struct {
	db   *sqldb.DB
	room *booking.Service
	st   *store.Store
	keys *seal.Keyring
	now  clock.Now
}

// open opens a database and a house over it, with its free times in memory. The database is closed when the test ends, and must not contradict itself.
func open(t testing.TB, dsn string, now clock.Now, p plan) *house {
	t.Helper()
	d, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { closeDB(t, d) })
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
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatalf("make keys: %v", err)
	}
	h := node(d, 0, keys, now)
	h.configure(t, p, 1)
	h.fill(t)
	return h
}

func closeDB(t testing.TB, d *sqldb.DB) {
	if err := d.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// node is one node of an installation over a database.
func node(d *sqldb.DB, number int, keys *seal.Keyring, now clock.Now) *house {
	gen := &ids.Gen{Now: now, Rand: rand.Reader, Node: number}
	board := &booking.Board{}
	st := store.New(d, store.Options{Now: now, Gen: gen, Node: number, Board: board})
	return &house{db: d, st: st, keys: keys, now: now, room: &booking.Service{
		Store: st, Gen: gen, Codes: keys.CodeKeys(), Seals: keys, Guard: limit.NewCodeGuard(limit.CodeLimits{}), Now: now, Board: board,
	}}
}

// second opens another node over the same database, which follows what others commit for as long as the test runs.
func (h *house) second(t testing.TB, dsn string) *house {
	t.Helper()
	d, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatalf("open the second node: %v", err)
	}
	t.Cleanup(func() { closeDB(t, d) })
	other := node(d, 1, h.keys, h.now)
	other.follow(t)
	return other
}

// follow keeps the free times in memory true to what other nodes commit.
func (h *house) follow(t testing.TB) {
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.st.Follow(ctx, func(err error) { t.Errorf("follow: %v", err) })
	}()
	t.Cleanup(func() { stop(); <-done })
}

func (h *house) fill(t testing.TB) {
	t.Helper()
	if err := h.st.FillBoard(t.Context(), town); err != nil {
		t.Fatalf("fill the board: %v", err)
	}
}

func document(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("write document: %v", err)
	}
	return string(b)
}

func weekly(t testing.TB, lines []string) (rules []org.Weekly) {
	t.Helper()
	for _, l := range lines {
		w, err := org.ParseWeekly(l)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, w)
	}
	return rules
}

func text(s string) i18n.Text { return i18n.Text{"en": s} }

// configure writes a plan as a version of the configuration.
func (h *house) configure(t testing.TB, p plan, version int64) {
	t.Helper()
	o := org.Organisation{Name: text("Town"), Country: "FI", Zone: p.zone, Languages: []i18n.Lang{"en"}}
	err := h.db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		q := db.New(tx)
		steps := []error{
			q.PutInstallation(ctx, db.PutInstallationParams{Doc: document(t, org.Installation{Name: text("Luukku"), PhoneCountries: []string{"FI"}}), Version: version}),
			q.PutOrganisation(ctx, db.PutOrganisationParams{Org: string(town), Doc: document(t, o), Version: version}),
		}
		for id, office := range p.offices {
			doc := org.Office{Name: text(string(id)), Hours: weekly(t, office.hours)}
			steps = append(steps, q.PutOffice(ctx, db.PutOfficeParams{Org: string(town), ID: string(id), Doc: document(t, doc)}))
			for i, u := range office.units {
				unit := org.Unit{Name: text("desk"), Hours: weekly(t, u.hours), Services: u.services}
				steps = append(steps, q.PutUnit(ctx, db.PutUnitParams{
					Org: string(town), ID: string(unitID(id, i)), Office: string(id), Position: int64(i), Doc: document(t, unit),
				}))
			}
		}
		for id, fields := range p.services {
			if version == 1 {
				steps = append(steps,
					q.PutService(ctx, db.PutServiceParams{Org: string(town), ID: string(id), Doc: document(t, map[string]any{"name": text(string(id))})}),
					q.AddPolicy(ctx, db.AddPolicyParams{Org: string(town), Service: string(id), Version: version, Fields: fields}))
			}
			for office := range p.offices {
				steps = append(steps, q.PutOffer(ctx, db.PutOfferParams{Org: string(town), Service: string(id), Office: string(office)}))
			}
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

func visitor(name string) actor.Actor { return actor.Visitor([]byte("session of "+name), "192.0.2.1") }

func proven(name string, id ids.Appointment) actor.Actor {
	return actor.Visitor([]byte("session of "+name), "192.0.2.1", actor.Appointment{Org: town, ID: id})
}

func details(name string) booking.Details {
	return booking.Details{Name: name, Email: name + "@example.org", Lang: "en"}
}

// postgresDSN returns the address of a fresh database on PostgreSQL.
func postgresDSN(t testing.TB) string {
	return pgtest.DSN(t, func(dsn string) error {
		d, err := sqldb.Open(context.Background(), dsn)
		if err != nil {
			return err
		}
		if err := store.Migrate(context.Background(), d); err != nil {
			return err
		}
		return d.Close()
	})
}

// fileDSN returns the address of a new SQLite file, in group commit and with every sync.
func fileDSN(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "luukku.db") }

// day is 24 hours in seconds.
const day = int64(24 * time.Hour / time.Second)
