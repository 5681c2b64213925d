package eidtest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/gateway/eid"
	"luukku/web"
	"luukku/web/demoeid"
	"luukku/web/ui"
)

// nowhere is the directory of a site that serves nobody.
type nowhere struct{}

func (nowhere) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return nil, fault.NotFound("error.not_found")
}
func (nowhere) Installation(context.Context) (org.Installation, error) {
	return org.Installation{Name: i18n.Text{"en": "Demo"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi"}, nil
}
func (nowhere) Organisations(context.Context) ([]org.Organisation, error) { return nil, nil }

// demo is a running demo provider.
type demo struct {
	door  *demoeid.Door
	clock *clock.Fixed
	keys  *eid.Ring
	base  string
	ended []url.Values // what was posted as logout tokens
}

func newDemo(t *testing.T) *demo {
	t.Helper()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Fatal(err)
	}
	d := &demo{clock: clock.NewFixed(Start)}
	d.keys = Keys(t, d.clock.Now)
	site := &web.Site{
		Texts: i18n.MustLoad(), Assets: assets, Directory: nowhere{}, Log: slog.New(slog.DiscardHandler), Now: d.clock.Now, Gen: NewGen(d.clock.Now, 1),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ended", func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		d.ended = append(d.ended, r.PostForm)
	})
	srv := httptest.NewServer(site.Guard(mux, 1<<20))
	t.Cleanup(srv.Close)
	d.base, site.BaseURL = srv.URL, srv.URL
	d.door, err = demoeid.New(site, demoeid.Options{
		Chance: Chance(2), ClientKeys: d.keys.Public, ReturnTo: func(address string) bool { return address == ReturnTo },
		Ended: func(ids.Provider) string { return srv.URL + "/ended" }, Org: "vuorela",
	})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle(demoeid.Prefix, d.door)
	return d
}

// row is one of the demo's providers.
func (d *demo) row(t *testing.T, id ids.Provider) identity.Provider {
	t.Helper()
	for _, p := range d.door.Providers(d.base) {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no provider %s", id)
	return identity.Provider{}
}

// browser does not follow redirects: where they lead is looked at.
var browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// visit sends one request as a browser does and returns where it leads.
func visit(t *testing.T, method, address string, form url.Values) *url.URL {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode < 300 || resp.StatusCode > 399 {
		t.Fatalf("%s %s: got status %d, want to be led on", method, r.URL.Path, resp.StatusCode)
	}
	to, err := resp.Location()
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// choose does what somebody does who chooses one of the specimen persons and a level.
func choose(person, level string) func(t *testing.T, address string, cancel bool) *url.URL {
	return func(t *testing.T, address string, cancel bool) *url.URL {
		t.Helper()
		page := visit(t, http.MethodGet, address, nil)
		if page.Query().Get("error") != "" { // led back at once
			return page
		}
		form := url.Values{"request": {page.Query().Get("request")}, "lang": {"en"}, "level": {level}}
		if cancel {
			form.Set("cancel", "1")
		} else {
			form.Set("person", person)
		}
		return visit(t, http.MethodPost, page.Scheme+"://"+page.Host+page.Path, form)
	}
}

func TestTheDemosProvidersPassTheSuite(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	gen := NewGen(d.clock.Now, 3)
	for _, c := range []struct {
		id     ids.Provider
		person string
		level  actor.Level
		acr    string
	}{
		{"bank", "maija", actor.LevelSubstantial, "http://ftn.ficora.fi/2017/loa2"},
		{"mobile", "onni", actor.LevelHigh, "http://ftn.ficora.fi/2017/loa3"},
		{"card", "veikko", actor.LevelHigh, "http://ftn.ficora.fi/2017/loa3"},
		{"swedish", "erika", actor.LevelSubstantial, "http://id.elegnamnden.se/loa/1.0/loa3"},
		{"czech", "jan", actor.LevelLow, "http://eidas.europa.eu/LoA/low"},
		{"european", "jane", actor.LevelSubstantial, "http://eidas.europa.eu/LoA/substantial"},
		{"staff", "clerk", actor.LevelSubstantial, "http://eidas.europa.eu/LoA/substantial"},
	} {
		t.Run(string(c.id), func(t *testing.T) {
			Run(t, Party{
				Provider: d.row(t, c.id), Keys: d.keys, HTTP: &http.Client{}, Now: d.clock.Now, Gen: gen,
				Level: c.level, ACR: c.acr, Person: choose(c.person, c.level.String()), Encrypts: c.id != "staff", Ends: true,
			})
		})
	}
}
