package backup

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/app"
	"luukku/base/clock"
	"luukku/base/config"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/blueprints"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/faults/report"
	"luukku/store"
	"luukku/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// monday is Monday 23 November 2026 at 9:00 in Helsinki.
var monday = time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC)

const (
	town    = ids.Org("vuorela")
	clients = 6
)

// TestBackupUnderLoad takes backups while people book, move and cancel, and restores each one on an empty machine of either engine.
func TestBackupUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("a drill of backups")
	}
	for _, from := range []string{"sqlite", "postgres"} {
		t.Run(from, func(t *testing.T) {
			drills := report.Size(2, 25)
			kept, acknowledged := 0, 0
			for i := range drills {
				to := []string{"sqlite", "postgres"}[i%2]
				k, a := drill(t, from, to)
				kept, acknowledged = kept+k, acknowledged+a
			}
			report.Line(t, "backup under load, "+from, report.Of(drills, "runs"), report.Of(acknowledged, "acknowledged"), report.Of(kept, "checked"))
		})
	}
}

// drill is one backup from one engine restored on another: it returns how many acknowledged bookings were looked for, and how many there were in all.
func drill(t *testing.T, from, to string) (checked, acknowledged int) {
	t.Helper()
	c := settings(t, from)
	a := open(t, c)
	applyTown(t, a)
	p := crowd(t, a)
	p.until(t, 30)
	before := p.list()
	keys, err := seal.Load(c.KeyFile, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Store.SealAudit(t.Context(), keys, 20); err != nil { // and the rest waits
		t.Fatalf("seal the audit log: %v", err)
	}
	file := filepath.Join(t.TempDir(), "backup")
	if err := app.Backup(t.Context(), c, file, func(string) {}); err != nil {
		t.Fatalf("back up: %v", err)
	}
	p.stop()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}

	empty := settings(t, to)
	done, err := app.Restore(t.Context(), empty, file, func(string) {})
	if err != nil {
		t.Fatalf("restore on %s: %v", to, err)
	}
	for _, f := range done.Contradictions {
		t.Errorf("from %s to %s: %s", from, to, f)
	}
	if done.Keys == "" {
		t.Error("nothing is said of the missing keys")
	}
	b, err := os.ReadFile(c.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(empty.KeyFile, b, 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := app.VerifyAudit(t.Context(), empty, "", func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range log.Findings {
		t.Errorf("audit log from %s to %s: %s", from, to, f)
	}
	if log.Lines == 0 || log.Lines+log.Unsealed < int64(len(before)) {
		t.Errorf("audit log from %s to %s: got %d lines and %d that wait, want one for each of %d bookings", from, to, log.Lines, log.Unsealed, len(before))
	}
	restored := open(t, empty)
	for _, id := range before {
		who := actor.Actor{Kind: actor.KindVisitor, Proven: []actor.Appointment{{Org: town, ID: id}}}
		got, err := restored.Booking.Appointment(t.Context(), who, town, id)
		if err != nil {
			t.Errorf("appointment %s was acknowledged before the backup from %s to %s: %v", id, from, to, err)
		} else if got.Details.Name != "Specimen" || got.Details.Note == "" {
			t.Errorf("appointment %s came back as %+v", id, got.Details)
		}
	}
	if err := restored.Close(); err != nil {
		t.Fatal(err)
	}
	return len(before), len(p.list())
}

// people book and cancel until they are stopped.
type people struct {
	mu     sync.Mutex
	booked []ids.Appointment
	stop   func()
}

func crowd(t *testing.T, a *app.App) *people {
	ctx, cancel := context.WithCancel(context.Background())
	p := &people{}
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() { p.one(ctx, t, a, i) })
	}
	var once sync.Once
	p.stop = func() { once.Do(func() { cancel(); wg.Wait() }) }
	t.Cleanup(p.stop)
	return p
}

func (p *people) one(ctx context.Context, t *testing.T, a *app.App, n int) {
	sch, err := a.Booking.Schedule(ctx, town, "digital-help", "kallio")
	for week := 0; err == nil; week = (week + 1) % 6 {
		var times booking.Times
		day := sch.Today().Add(1 + 7*week)
		if times, err = a.Booking.Between(ctx, sch, day, day.Add(6), ""); err != nil {
			break
		}
		for i, d := range times.Days {
			free := slices.Collect(d.Free.All())
			if len(free) == 0 {
				continue
			}
			err = p.book(ctx, a, n, free[(n+i)%len(free)].Start)
			if err != nil {
				break
			}
		}
		if ctx.Err() != nil {
			return
		}
	}
	if ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		t.Errorf("person %d: %v", n, err)
	}
}

func (p *people) book(ctx context.Context, a *app.App, n int, start int64) error {
	who := actor.Actor{Kind: actor.KindVisitor}
	made, err := a.Booking.Book(ctx, who, booking.BookRequest{
		Org: town, Service: "digital-help", Office: "kallio", Start: start, Key: a.Booking.Gen.FormKey(),
		Details: booking.Details{Name: "Specimen", Email: fmt.Sprintf("specimen.%s@people.example", a.Booking.Gen.FormKey()), Lang: "fi", Note: "A ramp, please"},
	})
	if fault.Is(err, fault.KindConflict) {
		return nil
	}
	if err != nil {
		return err
	}
	id := made.Appointment.ID
	p.mu.Lock()
	p.booked = append(p.booked, id)
	odd := len(p.booked)%3 == 0
	p.mu.Unlock()
	if !odd {
		return nil
	}
	who.Proven = []actor.Appointment{{Org: town, ID: id}}
	_, err = a.Booking.Cancel(ctx, who, booking.CancelRequest{Org: town, ID: id, Key: a.Booking.Gen.FormKey()})
	return err
}

func (p *people) list() []ids.Appointment {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]ids.Appointment(nil), p.booked...)
}

// until waits for so many bookings.
func (p *people) until(t *testing.T, n int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); len(p.list()) < n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("got %d bookings in a minute", len(p.list()))
		}
	}
}

func settings(t *testing.T, engine string) config.Config {
	t.Helper()
	set := map[string]string{"LUUKKU_DATA": filepath.Join(t.TempDir(), "data")}
	if engine == "postgres" {
		set["LUUKKU_DATABASE"] = pgtest.DSN(t, func(string) error { return nil })
	}
	c, err := config.Load("", func(name string) string { return set[name] })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t *testing.T, c config.Config) *app.App {
	t.Helper()
	now := clock.NewFixed(monday)
	a, err := app.Open(t.Context(), c, app.Options{Now: now.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func applyTown(t *testing.T, a *app.App) {
	t.Helper()
	b, err := blueprints.Read("demo-town")
	if err != nil {
		t.Fatal(err)
	}
	doc, problems := blueprint.Parse(b)
	if faults := blueprint.Faults(problems); len(faults) > 0 {
		t.Fatal(faults)
	}
	if _, err := a.Blueprints.Apply(t.Context(), actor.System("test"), doc, blueprint.Options{}); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedBackups: what is cut short, changed, or another kind of file is refused, and nothing is left in the database; nor is a backup restored over
// anything, or written over anything.
func TestDamagedBackups(t *testing.T) {
	c := settings(t, "sqlite")
	a := open(t, c)
	applyTown(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "backup")
	if err := app.Backup(t.Context(), c, file, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if err := app.Backup(t.Context(), c, file, func(string) {}); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("a second backup into the same file: got %v", err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(whole)
	changed[len(changed)/2] ^= 0x10
	for name, b := range map[string][]byte{"cut": whole[:len(whole)*2/3], "changed": changed, "a letter": []byte("Dear town,"), "nothing": nil} {
		bad := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		empty := settings(t, "sqlite")
		if _, err := app.Restore(t.Context(), empty, bad, func(string) {}); !errors.Is(err, store.ErrCutBackup) && !errors.Is(err, store.ErrNotBackup) {
			t.Errorf("%s: got %v, want it refused as damaged", name, err)
		}
		if _, err := app.Restore(t.Context(), empty, file, func(string) {}); err != nil {
			t.Errorf("%s: the good one afterwards: %v", name, err)
		}
	}
	if _, err := app.Restore(t.Context(), c, file, func(string) {}); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("over data: got %v, want ErrNotEmpty", err)
	}
}
