package gallery

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/e2e/client"
	"luukku/web"
	"luukku/web/ui"
)

// twoTowns is a directory of two organisations with colours of their own.
type twoTowns []org.Organisation

func (d twoTowns) Config(_ context.Context, id ids.Org) (*catalog.Config, error) {
	for _, o := range d {
		if o.ID == id {
			c := &catalog.Config{Version: 1, Org: o}
			return c, c.Prepare()
		}
	}
	return nil, fault.NotFound("error.not_found")
}
func (d twoTowns) Installation(context.Context) (org.Installation, error) {
	return org.Installation{Name: i18n.Text{"en": "Demo"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi"}, nil
}
func (d twoTowns) Organisations(context.Context) ([]org.Organisation, error) { return d, nil }

func town(id ids.Org, name, colour string) org.Organisation {
	return org.Organisation{
		ID: id, Name: i18n.Text{"fi": name, "en": name}, Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"},
		Brand: org.Brand{Primary: colour},
	}
}

func site(t *testing.T, orgs ...org.Organisation) *client.Client {
	t.Helper()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Fatal(err)
	}
	s := &web.Site{
		Texts: i18n.MustLoad(), Assets: assets, Directory: twoTowns(orgs), Log: slog.New(slog.DiscardHandler),
		Now: clock.NewFixed(time.Date(2026, time.November, 20, 12, 2, 0, 0, time.UTC)).Now,
	}
	srv := httptest.NewServer(s.Guard(New(s), 1<<20))
	t.Cleanup(srv.Close)
	return client.New(t, srv.URL)
}

func TestNamesOfSamplesAreAddresses(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range All() {
		name := s.Name()
		if seen[name] {
			t.Errorf("two samples are called %s", name)
		}
		seen[name] = true
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("sample %q: want small letters, digits and hyphens alone", name)
		}
	}
}

func TestTheListLeadsToEverySample(t *testing.T) {
	t.Parallel()
	c := site(t, town("vuorela", "Vuorela", "#b01c48"), town("metsola", "Metsola", "#1e5f9e"))
	for _, l := range i18n.Languages() {
		list := c.Get("/" + string(l.Code) + "/dev/gallery").MustStatus(http.StatusOK)
		var hrefs []string
		for _, a := range list.All("main dl a") {
			hrefs = append(hrefs, a.Attr("href"))
		}
		if got, want := len(hrefs), len(All()); got != want {
			t.Fatalf("%s: got %d links, want one for each of %d samples", l.Code, got, want)
		}
		for _, href := range hrefs {
			p := list.Follow(href).MustStatus(http.StatusOK)
			if p.Lang() != l.BCP47 || p.H1() == "" || strings.Contains(string(p.Body), "⟦") {
				t.Errorf("%s: got language %q, heading %q; want a whole page in %s", href, p.Lang(), p.H1(), l.BCP47)
			}
		}
	}
}

func TestASampleIsSentAsEveryPageIs(t *testing.T) {
	t.Parallel()
	c := site(t, town("vuorela", "Vuorela", ""))
	h := c.Get("/en/dev/gallery/citizen-front").MustStatus(http.StatusOK).Header
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Content-Language": "en", "X-Content-Type-Options": "nosniff",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got, want := h.Get("Content-Security-Policy"), "default-src 'none'"; !strings.HasPrefix(got, want) {
		t.Errorf("policy: got %q, want it to begin with %q", got, want)
	}
}

func TestSamplesAreSeenAsChosen(t *testing.T) {
	t.Parallel()
	c := site(t, town("vuorela", "Vuorela", "#b01c48"), town("metsola", "Metsola", "#1e5f9e"))
	theme := func(path string) string {
		for _, l := range c.Get(path).MustStatus(http.StatusOK).All("link[rel=stylesheet]") {
			if href := l.Attr("href"); strings.HasPrefix(href, web.ThemePrefix) {
				return href
			}
		}
		t.Fatalf("%s has no colours", path)
		return ""
	}
	first, other := theme("/en/dev/gallery/citizen-front"), theme("/en/dev/gallery/citizen-front?org=metsola")
	if first == other || first != theme("/en/dev/gallery/citizen-front?org=vuorela") {
		t.Errorf("got colours %s and %s, want the first organisation's and those of the one asked for", first, other)
	}
	html := c.Get("/en/dev/gallery/citizen-front?scheme=dark&size=150").Find("html")
	if got, want := html.Attr("data-color-scheme")+" "+html.Attr("data-text-size"), "dark 150"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// The list hands the choice on.
	p := c.Get("/en/dev/gallery").Click("Metsola").Click("Dark").Click("Very large (150%)").Click("taken citizen/pick")
	html = p.Find("html")
	if got, want := html.Attr("data-color-scheme")+" "+html.Attr("data-text-size"), "dark 150"; got != want {
		t.Errorf("after choosing: got %s, want %s", got, want)
	}
	if got := theme(p.Path()); got != other {
		t.Errorf("after choosing: got colours %s, want %s", got, other)
	}
}

func TestWhatIsNotInTheGalleryIsNotFound(t *testing.T) {
	t.Parallel()
	c := site(t, town("vuorela", "Vuorela", ""))
	for _, path := range []string{"/en/dev/gallery/nothing", "/en/dev/gallery/citizen-front?org=nowhere", "/en/dev/other", "/xx/dev/gallery", "/en/dev/gallery?org=..%2F"} {
		c.Get(path).MustStatus(http.StatusNotFound)
	}
}

func TestTheGalleryOpensBeforeAnythingIsSetUp(t *testing.T) {
	t.Parallel()
	c := site(t)
	c.Get("/fi/dev/gallery").MustStatus(http.StatusOK)
	c.Get("/fi/dev/gallery/fault--not-found").MustStatus(http.StatusOK)
}
