package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web/ui"
)

// town is a directory of one organisation. With err set it is a database that does not answer.
type town struct {
	in  org.Installation
	org org.Organisation
	err error
}

func (d *town) Config(_ context.Context, o ids.Org) (*catalog.Config, error) {
	if d.err != nil {
		return nil, d.err
	}
	if o != d.org.ID {
		return nil, fault.NotFound("org.unknown")
	}
	c := &catalog.Config{Org: d.org, Installation: d.in}
	return c, c.Prepare()
}

func (d *town) Installation(context.Context) (org.Installation, error) { return d.in, d.err }

func (d *town) Organisations(context.Context) ([]org.Organisation, error) {
	return []org.Organisation{d.org}, d.err
}

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

// house is a site over a town, at a time that stands still, with a log.
type house struct {
	*Site
	town  *town
	clock *clock.Fixed
	log   *record
}

func newHouse(t testing.TB, baseURL string) *house {
	t.Helper()
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{
		clock: clock.NewFixed(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)), log: &record{},
		town: &town{
			in: org.Installation{Name: i18n.Text{"en": "Services of Vuorela"}, Brand: org.Brand{Primary: "#1e5f9e"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}},
			org: org.Organisation{
				ID: "vuorela", Name: i18n.Text{"en": "Vuorela"}, Zone: "Europe/Helsinki", Brand: org.Brand{Primary: "#b01c48"}, Languages: []i18n.Lang{"fi", "en"},
			},
		},
	}
	h.Site = &Site{
		Texts: texts(), Assets: assets, Directory: h.town, Seals: keys, Gen: &ids.Gen{Now: h.clock.Now, Rand: rand.Reader}, Now: h.clock.Now,
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})), BaseURL: baseURL,
	}
	return h
}

var texts = sync.OnceValue(i18n.MustLoad)

// page hands the visit of the English page of the organisation to a handler.
func (h *house) page(do Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := h.Open(w, r, "en", "vuorela")
		if err != nil {
			v.Fail(err)
			return
		}
		v.Serve(do)
	})
}

// plain is a page with nothing on it.
func plain(v *Visit) error {
	return v.Render(http.StatusOK, ShowFault(FaultPage{Base: v.Base("Plain")}))
}

// answer serves one request behind the guard.
func answered(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func request(t *testing.T, method, target string, headers ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}
