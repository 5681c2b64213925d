package admin

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/store"
	"luukku/store/sqldb"
	"luukku/web"
)

// house is the door over a database of its own, at a time that stands still.
type house struct {
	store *store.Store
	setup blueprint.Setup
	admin *Setup
	clock *clock.Fixed
	door  http.Handler
	token string
}

func newHouse(t *testing.T) *house {
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
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{clock: clock.NewFixed(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))}
	gen := &ids.Gen{Now: h.clock.Now, Rand: rand.Reader}
	h.store = store.New(d, store.Options{Now: h.clock.Now, Gen: gen})
	site := &web.Site{
		Texts: i18n.MustLoad(), Directory: h.store, Seals: keys, Gen: gen, Now: h.clock.Now, Log: slog.New(slog.DiscardHandler),
		BaseURL: "http://booking.example",
	}
	door := NewSetup(site, h.store, &blueprint.Service{Store: h.store, Gen: gen, Now: h.clock.Now})
	h.setup, h.admin = door.setup, door
	h.door = site.Guard(door, 1<<20)
	h.token = h.link(t)
	return h
}

func (h *house) link(t *testing.T) string {
	t.Helper()
	token, err := h.setup.NewLink(t.Context())
	if err != nil || token == "" {
		t.Fatalf("new link: got %q, %v", token, err)
	}
	return token
}

// answer is what the door said, and where it led.
type answer struct {
	status   int
	location string
	page     string
	cookies  []*http.Cookie
}

func (h *house) do(t *testing.T, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	return answer{w.Code, w.Header().Get("Location"), w.Body.String(), w.Result().Cookies()}
}

func (h *house) get(t *testing.T, path string, cookies ...*http.Cookie) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://booking.example"+path, nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return h.do(t, r)
}

func posted(t *testing.T, path string, form url.Values) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://booking.example"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

func (h *house) post(t *testing.T, path string, form url.Values) answer {
	t.Helper()
	return h.do(t, posted(t, path, form))
}

// filled is a form filled in as it should be, with changes.
func filled(changes ...string) url.Values {
	form := url.Values{
		"name": {"Vuorelan ajanvaraus"}, "languages": {"sv", "fi"}, "default": {"fi"}, "org-name-fi": {"Vuorelan kaupunki"}, "org-name-sv": {"Vuorela stad"},
		"slug": {"vuorela"}, "country": {"FI"}, "zone": {""}, "phone": {"09 000 0000"}, "hours-fi": {"arkisin klo 9–15"}, "email": {"neuvonta@vuorela.example"},
		"primary": {"#b01c48"}, "accent": {"2E7D6B"}, "begin": {beginEmpty},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

// notSetUp fails when there is an installation.
func (h *house) notSetUp(t *testing.T) {
	t.Helper()
	if _, err := h.store.Installation(t.Context()); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("got %v, want no installation", err)
	}
}

func (h *house) config(t *testing.T, o ids.Org) *catalog.Config {
	t.Helper()
	c, err := h.store.Config(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
