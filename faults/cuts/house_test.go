package cuts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/app"
	"luukku/base/config"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/store"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// TestMain doubles as a node: asked by the environment, this process serves the town until it is ended.
func TestMain(m *testing.M) {
	if os.Getenv(nodeVariable) != "" {
		os.Exit(serveNode())
	}
	os.Exit(pgtest.Main(m))
}

// record keeps what a server logged.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

// settings are those of a node: where it keeps its files, its database, and the mail server of the test.
func settings(data, dsn string, mail *postOffice) map[string]string {
	return map[string]string{
		"LUUKKU_BASE_URL": "http://127.0.0.1", "LUUKKU_DATA": data, "LUUKKU_DATABASE": dsn, "LUUKKU_SMTP_HOST": "127.0.0.1",
		"LUUKKU_SMTP_PORT": mail.port(), "LUUKKU_SMTP_TLS": "none", "LUUKKU_SMTP_FROM": "no-reply@town.example",
		"LUUKKU_LIMITS_REQUESTS_PER_SECOND": "1000000", "LUUKKU_LIMITS_IN_PROGRESS": "4096", "LUUKKU_LIMITS_WAIT": "0", // slowness is not what is tested
	}
}

// town is a running server in this process.
type town struct {
	base string
	log  *record
	data *sqldb.DB // its database, to look at
}

// open serves the town on a database until the test ends.
func open(t *testing.T, dsn string, mail *postOffice) *town {
	t.Helper()
	env := settings(filepath.Join(t.TempDir(), "data"), dsn, mail)
	c, err := config.Load("", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &town{base: "http://" + l.Addr().String(), log: &record{}}
	a, err := app.Open(t.Context(), c, app.Options{Log: slog.New(slog.NewTextHandler(h.log, nil))})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	h.data = a.Store.DB()
	if err := configure(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, a.Close()); err != nil {
			t.Errorf("the server ended: %v", err)
		}
	})
	return h
}

// configure applies the town's blueprint.
func configure(ctx context.Context, a *app.App) error {
	b, err := os.ReadFile("testdata/town.toml")
	if err != nil {
		return err
	}
	doc, problems := blueprint.Parse(b)
	if faults := blueprint.Faults(problems); len(faults) > 0 {
		return errors.New(faults[0].String())
	}
	_, err = a.Blueprints.Apply(ctx, actor.System("test"), doc, blueprint.Options{})
	return err
}

// migrate makes the schema that the databases of PostgreSQL are copied from.
func migrate(dsn string) error {
	d, err := sqldb.Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	return errors.Join(store.Migrate(context.Background(), d), d.Close())
}

// at is a database's address with another host and port.
func at(t *testing.T, dsn, address string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("the address of the database cannot be read")
	}
	u.Host = address
	return u.String()
}

// hostOf is where a database listens.
func hostOf(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("the address of the database cannot be read")
	}
	return u.Host
}

// starts are all times of a service at an office from tomorrow on, on so many days. The town must be answering.
func (h *town) starts(t *testing.T, service, office string, days int) []string {
	t.Helper()
	day := time.Now().AddDate(0, 0, 2)
	ask := "/api/v1/organisations/town/free-times?service=" + service + "&office=" + office + "&from=" + day.Format(time.DateOnly) +
		"&to=" + day.AddDate(0, 0, days-1).Format(time.DateOnly)
	got := newPerson(h.base).send(t.Context(), form{method: http.MethodGet, path: ask})
	var list struct {
		Days []struct{ Slots []struct{ Start string } }
	}
	if err := json.Unmarshal(got.body, &list); err != nil || got.status != http.StatusOK {
		t.Fatalf("free times: %v: %s", err, got)
	}
	var all []string
	for _, d := range list.Days {
		for _, s := range d.Slots {
			all = append(all, s.Start)
		}
	}
	if len(all) < days {
		t.Fatalf("got %d times on %d days: %s", len(all), days, got)
	}
	return all
}

// healthy waits until a server answers that it is ready, by itself.
func healthy(t *testing.T, base string, within time.Duration) {
	t.Helper()
	p := newPerson(base)
	for end := time.Now().Add(within); ; time.Sleep(50 * time.Millisecond) {
		got := p.send(t.Context(), form{method: http.MethodGet, path: "/readyz"})
		if got.status == http.StatusOK {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("not ready again after %s: %s", within, got)
		}
	}
}

// lastLines are the end of a log, for messages.
func lastLines(r *record) string {
	lines := strings.Split(strings.TrimSpace(r.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}
