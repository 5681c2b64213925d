package api_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/store/storetest"
	"luukku/web"
)

// prefix of the one organisation of the house.
const town = "/api/v1/organisations/town"

// monday is a free time of the house, and wednesday another.
const (
	monday    = "2026-11-23T10:00:00+02:00"
	wednesday = "2026-11-25T10:00:00+02:00"
)

// client is a program that speaks to a house of its own.
type client struct {
	*storetest.House
	door    *api.Door
	handler http.Handler
	log     *safeBuffer
	mu      sync.Mutex
	asked   []string // every address that was asked for
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func open(t *testing.T, units int) *client {
	t.Helper()
	h := storetest.Open(t, storetest.Engine{Name: "SQLite", DSN: func(testing.TB) string { return "sqlite::memory:" }}, units)
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	log := &safeBuffer{}
	site := &web.Site{
		Texts: texts, Directory: h.Store, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now, Log: slog.New(slog.NewTextHandler(log, nil)),
		BaseURL: "https://town.example",
	}
	door := api.New(site, h.Booking)
	return &client{House: h, door: door, handler: site.Guard(door, 1<<20), log: log}
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// ask sends a request; headers are names and values by turns, body is text or something to write as JSON.
func (c *client) ask(t testing.TB, method, path string, body any, headers ...string) answer {
	t.Helper()
	var sent string
	switch b := body.(type) {
	case nil:
	case string:
		sent = b
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		sent = string(raw)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(sent))
	r.RemoteAddr = "192.0.2.7:4000"
	if sent != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	c.mu.Lock()
	c.asked = append(c.asked, path)
	c.mu.Unlock()
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return answer{t, w.Code, w.Header(), w.Body.Bytes()}
}

func (c *client) get(t testing.TB, path string, headers ...string) answer {
	t.Helper()
	return c.ask(t, http.MethodGet, path, nil, headers...)
}

// want checks the status and returns the answer.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("got status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// read reads the answer's JSON.
func read[T any](a answer) T {
	a.t.Helper()
	var v T
	dec := json.NewDecoder(bytes.NewReader(a.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		a.t.Fatalf("read %s: %v", a.body, err)
	}
	return v
}

// problem checks that the answer is a problem of the type and returns it.
func (a answer) problem(status int, kind string) api.Problem {
	a.t.Helper()
	a.want(status)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("got content type %q, want a problem", got)
	}
	p := read[api.Problem](a)
	if p.Type != "/problems/"+kind || p.Status != status || p.Title == "" || p.Detail == "" || strings.ContainsAny(p.Title+p.Detail, "⟦⟧") {
		a.t.Errorf("got problem %+v, want %s with status, title and detail", p, kind)
	}
	for _, f := range p.Fields {
		if f.Name == "" || f.Detail == "" || strings.ContainsAny(f.Detail, "⟦⟧") {
			a.t.Errorf("got field %+v, want a name and what to mend", f)
		}
	}
	return p
}

// fields are the names of the wrong fields, with a comma between.
func fields(p api.Problem) string {
	var names []string
	for _, f := range p.Fields {
		names = append(names, f.Name)
	}
	return strings.Join(names, ",")
}

// request is a body.
type request map[string]any

// wish is the body of a booking, with other values by turns.

func wish(with ...any) request {
	r := request{"service": "passport", "office": "hall", "start": monday, "name": "Specimen Person", "email": "specimen@example.org", "lang": "en"}
	for i := 0; i+1 < len(with); i += 2 {
		r[with[i].(string)] = with[i+1]
	}
	return r
}

func (c *client) post(t testing.TB, key string, body any, headers ...string) answer {
	t.Helper()
	return c.ask(t, http.MethodPost, town+"/appointments", body, append([]string{"Idempotency-Key", key}, headers...)...)
}

// booked books and returns what came back.
func (c *client) booked(t testing.TB, with ...any) api.Booked {
	t.Helper()
	return read[api.Booked](c.post(t, "key-of-"+t.Name(), wish(with...)).want(http.StatusCreated))
}
