package jobs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/seal"
	"luukku/base/task"
	"luukku/blueprints"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/jobs"
	"luukku/store"
	"luukku/store/db"
	"luukku/store/sqldb"
)

const (
	town    ids.Org     = "vuorela"
	service ids.Service = "passport-or-id"
	kallio  ids.Office  = "kallio"
	harbour ids.Office  = "itakeskus"
	base                = "https://booking.example.org"

	// What no mail may tell.
	canaryName   = "Canarina Specimen"
	canaryNote   = "canary-note: needs a wheelchair"
	canaryReason = "canary-reason: fell ill"
	email        = "specimen@example.org"
)

var texts = i18n.MustLoad()

// monday is Monday 23 November 2026, 8:00 in Helsinki.
var monday = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

// at is a time of the Monday after, in Unix seconds.
func at(hour, minute int) int64 {
	return monday.Add(7*24*time.Hour + time.Duration(hour-8)*time.Hour + time.Duration(minute)*time.Minute).Unix()
}

// mailer is the far side: it takes what it is given, or fails as it is told to.
type mailer struct {
	mu    sync.Mutex
	fail  []error // of the next sends
	tried []notify.Message
	taken []notify.Message
}

func (m *mailer) Send(_ context.Context, msg notify.Message) (notify.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := msg.Check(); err != nil {
		return notify.Receipt{}, err
	}
	m.tried = append(m.tried, msg)
	if len(m.fail) > 0 {
		err := m.fail[0]
		m.fail = m.fail[1:]
		return notify.Receipt{}, err
	}
	m.taken = append(m.taken, msg)
	return notify.Receipt{Reference: msg.MessageID(), Code: 250}, nil
}

func (m *mailer) counts() (tried, taken int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.tried), len(m.taken)
}

// last is the latest mail that was taken.
func (m *mailer) last(t *testing.T) notify.Message {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.taken) == 0 {
		t.Fatal("no mail was taken")
	}
	return m.taken[len(m.taken)-1]
}

// house is the demo town on SQLite, with its booking room.
type house struct {
	*store.Store
	Booking *booking.Service
	db      *sqldb.DB
	clock   *clock.Fixed
	gen     *ids.Gen
	keys    *seal.Keyring
}

func open(t *testing.T) house {
	t.Helper()
	d, err := sqldb.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := store.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	d.OnClose(func(ctx context.Context, read sqldb.DBTX) error {
		found, err := store.CheckInvariants(ctx, read)
		for _, f := range found {
			t.Errorf("invariant: %s", f)
		}
		return err
	})
	now := clock.NewFixed(monday)
	gen := &ids.Gen{Now: now.Now, Rand: rand.Reader}
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	st := store.New(d, store.Options{Now: now.Now, Gen: gen, ConfigAge: time.Hour})
	plan, err := blueprints.Read("demo-town")
	if err != nil {
		t.Fatal(err)
	}
	doc, problems := blueprint.Parse(plan)
	if bad := blueprint.Faults(problems); len(bad) > 0 {
		t.Fatal(bad)
	}
	if _, err := (&blueprint.Service{Store: st, Gen: gen, Now: now.Now}).Apply(t.Context(), actor.System("test"), doc, blueprint.Options{}); err != nil {
		t.Fatal(err)
	}
	return house{Store: st, db: d, clock: now, gen: gen, keys: keys, Booking: &booking.Service{
		Store: st, Gen: gen, Codes: keys.CodeKeys(), Seals: keys, Guard: limit.NewCodeGuard(limit.CodeLimits{}), Now: now.Now,
	}}
}

// deps are the jobs' with a mailer.
func (h house) deps(m notify.Mailer) jobs.Deps {
	return jobs.Deps{
		Store: h.Store, Booking: h.Booking, Texts: texts, Mailer: m, From: notify.Address{Email: "no-reply@office.example.org"}, Gen: h.gen, Now: h.clock.Now,
		Log: slog.New(slog.DiscardHandler), BaseURL: base, Audit: h.keys,
	}
}

// run works off what is due now, as a runner does, and returns when nothing is due any more.
func (h house) run(t *testing.T, d jobs.Deps, set ...func(*task.Runner)) {
	t.Helper()
	r := &task.Runner{Store: h.Tasks(), Now: h.clock.Now, Log: d.Log, NewID: h.gen.Task, Handlers: map[string]task.Handler{}, Poll: time.Millisecond, Workers: notify.Workers}
	for _, s := range set {
		s(r)
	}
	jobs.Register(r, d)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	for !h.idle(t) {
		time.Sleep(time.Millisecond)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("the runner ended with %v", err)
	}
}

// idle reports whether nothing is due or leased.
func (h house) idle(t *testing.T) bool {
	t.Helper()
	lease := h.clock.Now().Add(2 * time.Minute).Unix() // the runner's, by a clock that stands
	rows, err := h.db.Reader().QueryContext(t.Context(),
		"SELECT id FROM task WHERE dead_at IS NULL AND kind = $1 AND (run_at <= $2 OR run_at = $3)", notify.TaskSend, h.clock.Now().Unix(), lease)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	return !rows.Next()
}

func visitor(a ...actor.Appointment) actor.Actor {
	return actor.Visitor([]byte("session"), "192.0.2.1", a...)
}

func proven(a booking.Appointment) actor.Actor {
	return visitor(actor.Appointment{Org: a.Org, ID: a.ID})
}

func details(lang i18n.Lang) booking.Details {
	return booking.Details{Name: canaryName, Email: email, Phone: "+358401234567", Lang: lang, Note: canaryNote}
}

func (h house) book(t *testing.T, lang i18n.Lang) booking.Appointment {
	t.Helper()
	b, err := h.Booking.Book(t.Context(), visitor(), booking.BookRequest{
		Org: town, Service: service, Office: kallio, Start: at(9, 20), Details: details(lang), Key: h.gen.FormKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Appointment
}

// bookForAnother books the next day's first time for somebody else.
func (h house) bookForAnother(t *testing.T) booking.Appointment {
	t.Helper()
	d := details("en")
	d.Email, d.Phone = "second@example.org", ""
	b, err := h.Booking.Book(t.Context(), visitor(), booking.BookRequest{
		Org: town, Service: service, Office: kallio, Start: at(9, 20) + 24*60*60, Details: d, Key: h.gen.FormKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Appointment
}

func (h house) edit(t *testing.T, a booking.Appointment, d booking.Details) booking.Appointment {
	t.Helper()
	a, err := h.Booking.Edit(t.Context(), proven(a), booking.EditRequest{Org: a.Org, ID: a.ID, Details: d, Key: h.gen.FormKey()})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (h house) move(t *testing.T, a booking.Appointment, to ids.Office, start int64) booking.Appointment {
	t.Helper()
	a, err := h.Booking.Move(t.Context(), proven(a), booking.MoveRequest{Org: a.Org, ID: a.ID, Office: to, Start: start, Key: h.gen.FormKey()})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (h house) cancel(t *testing.T, a booking.Appointment) booking.Appointment {
	t.Helper()
	a, err := h.Booking.Cancel(t.Context(), proven(a), booking.CancelRequest{Org: a.Org, ID: a.ID, Reason: canaryReason, Key: h.gen.FormKey()})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// states are the states of an appointment's notices, oldest first.
func (h house) states(t *testing.T, a booking.Appointment) []notify.State {
	t.Helper()
	var out []notify.State
	for _, n := range h.notices(t, a) {
		out = append(out, n.State)
	}
	return out
}

func (h house) notices(t *testing.T, a booking.Appointment) []notify.Notice {
	t.Helper()
	rows, err := db.New(h.db.Reader()).NoticesOf(t.Context(), db.NoticesOfParams{Org: string(a.Org), Appointment: string(a.ID)})
	if err != nil {
		t.Fatal(err)
	}
	var out []notify.Notice
	for _, r := range rows {
		out = append(out, notify.Notice{Org: a.Org, ID: ids.Notice(r.ID), Event: notify.Event(r.Event), Appointment: a.ID, State: notify.State(r.State)})
	}
	return out
}

// tasks returns how many tasks of notices there are, and how many of them are dead letters.
func (h house) tasks(t *testing.T) (live, dead int) {
	t.Helper()
	rows, err := h.db.Reader().QueryContext(t.Context(), "SELECT dead_at IS NOT NULL FROM task WHERE kind = $1", notify.TaskSend)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var isDead bool
		if err := rows.Scan(&isDead); err != nil {
			t.Fatal(err)
		}
		if isDead {
			dead++
		} else {
			live++
		}
	}
	return live, dead
}

// repeat records the task of a notice once more, as a lost acknowledgement would leave it.
func (h house) repeat(t *testing.T, n notify.Notice) {
	t.Helper()
	args, err := json.Marshal(notify.SendArgs{Org: n.Org, Notice: n.ID})
	if err != nil {
		t.Fatal(err)
	}
	now := h.clock.Now().Unix()
	added, err := h.Tasks().Add(t.Context(), task.Task{
		Bucket: task.BucketOf(string(n.ID)), ID: h.gen.Task(), Kind: notify.TaskSend, Uniq: string(n.ID), Args: args, RunAt: now,
	}, now)
	if err != nil || !added {
		t.Fatalf("add: got %v, %v", added, err)
	}
}

// logged collects a log.
func logged() (*bytes.Buffer, *slog.Logger) {
	var b bytes.Buffer
	return &b, slog.New(slog.NewTextHandler(&b, nil))
}
