package app

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/config"
	"luukku/blueprints"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// monday is when the houses of tests stand: Monday 23 November 2026 at 9:00 in Helsinki.
var monday = time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC)

// record keeps what was logged.
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

// house is an app at a time that stands still, with a log.
type house struct {
	*App
	clock *clock.Fixed
	log   *record
	door  http.Handler
}

// settings are those of a fresh data directory, with what the environment adds.
func settings(t testing.TB, env map[string]string) config.Config {
	t.Helper()
	c, err := config.Load("", func(name string) string {
		if name == "LUUKKU_DATA" && env[name] == "" {
			env = withData(env, filepath.Join(t.TempDir(), "data"))
		}
		return env[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func withData(env map[string]string, dir string) map[string]string {
	out := map[string]string{"LUUKKU_DATA": dir}
	for k, v := range env {
		out[k] = v
	}
	return out
}

func options(now clock.Now, log *record) Options {
	return Options{Now: now, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
}

// open opens an app that closes with the test.
func open(t testing.TB, c config.Config, demo bool) *house {
	t.Helper()
	h := &house{clock: clock.NewFixed(monday), log: &record{}}
	o := options(h.clock.Now, h.log)
	o.Demo = demo
	a, err := Open(t.Context(), c, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	h.App, h.door = a, a.Handler()
	return h
}

// refused is the error of an app that does not open.
func refused(t *testing.T, c config.Config, demo bool) error {
	t.Helper()
	o := options(clock.NewFixed(monday).Now, &record{})
	o.Demo = demo
	a, err := Open(t.Context(), c, o)
	if err == nil {
		t.Fatalf("got it open, want it refused; closing: %v", a.Close())
	}
	return err
}

// newTown is a house with the installation and the town of a blueprint, which has a host of its own.
func newTown(t testing.TB, env map[string]string) *house {
	t.Helper()
	h := open(t, settings(t, env), false)
	h.town(t)
	return h
}

func (h *house) town(t testing.TB) {
	t.Helper()
	b, err := blueprints.Read("demo-town")
	if err != nil {
		t.Fatal(err)
	}
	const head = "[organisations.vuorela]\n"
	b = bytes.Replace(b, []byte(head), []byte(head+"hosts = [\"vuorela.example\"]\n"), 1)
	doc, problems := blueprint.Parse(b)
	if faults := blueprint.Faults(problems); len(faults) > 0 {
		t.Fatal(faults)
	}
	if _, err := h.Blueprints.Apply(t.Context(), actor.System("test"), doc, blueprint.Options{}); err != nil {
		t.Fatal(err)
	}
}

// onPostgres is a database of its own, and how to take it away from whoever uses it.
func onPostgres(t *testing.T) (dsn string, take func()) {
	t.Helper()
	dsn = pgtest.DSN(t, func(string) error { return nil })
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	return dsn, func() {
		t.Helper()
		if err := sqldb.Administer(t.Context(), u.String(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Fatal(err)
		}
	}
}

// ask serves one request. Headers come in pairs.
func (h *house) ask(t testing.TB, method, target string, headers ...string) *http.Response {
	t.Helper()
	return h.send(h.request(t, method, target, "", headers...))
}

func (h *house) request(t testing.TB, method, target, body string, headers ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func (h *house) send(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	return w.Result()
}

// serve lets a house answer on a port of its own until stop is called, which returns what Serve did.
func (h *house) serve(t *testing.T) (address string, stop func() error) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Serve(ctx, l) }()
	stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return "http://" + l.Addr().String(), stop
}
