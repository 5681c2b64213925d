package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/e2e/browser"
	"luukku/web"
	"luukku/web/gallery"
	"luukku/web/ui"
)

// samplesVar narrows the checks to the samples whose names match, for who mends one page: LUUKKU_SAMPLES=citizen-pick go test -run Sample ./e2e
const samplesVar = "LUUKKU_SAMPLES"

// samples are the gallery's, or those that were asked for.
func samples(t *testing.T) []web.Sample {
	t.Helper()
	all := gallery.All()
	want := os.Getenv(samplesVar)
	if want == "" {
		return all
	}
	re, err := regexp.Compile(want)
	if err != nil {
		t.Fatal(err)
	}
	var some []web.Sample
	for _, s := range all {
		if re.MatchString(s.Name()) {
			some = append(some, s)
		}
	}
	if len(some) == 0 {
		t.Fatalf("no sample matches %s", want)
	}
	return some
}

// towns is a directory of organisations that differ in their colours.
type towns []org.Organisation

func (d towns) Config(_ context.Context, id ids.Org) (*catalog.Config, error) {
	for _, o := range d {
		if o.ID == id {
			c := &catalog.Config{Version: 1, Org: o}
			return c, c.Prepare()
		}
	}
	return nil, fault.NotFound("error.not_found")
}

func (d towns) Installation(context.Context) (org.Installation, error) {
	return org.Installation{
		Name: i18n.Text{"fi": "Luukun esittely", "sv": "Luukku-demo", "en": "Luukku demo", "cs": "Ukázka systému Luukku"}, Default: "fi",
		Languages: []i18n.Lang{"fi", "sv", "en", "cs"},
	}, nil
}

func (d towns) Organisations(context.Context) ([]org.Organisation, error) { return d, nil }

// galleryTowns have the colours of the blueprints, and one that is as hard as can be: pale yellow.
func galleryTowns() towns {
	var all towns
	for _, row := range []struct {
		id    ids.Org
		brand org.Brand
	}{
		{"vuorela", org.Brand{Primary: "#b01c48", Accent: "#2e7d6b"}},
		{"register-office", org.Brand{Primary: "#0b4f6c", Accent: "#e0a526"}},
		{"pale", org.Brand{Primary: "#ffe14d"}},
	} {
		all = append(all, org.Organisation{
			ID: row.id, Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Brand: row.brand, Phone: "09 000 0000",
			Name:       i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"},
			PhoneHours: i18n.Text{"fi": "arkisin klo 9–15", "sv": "vardagar kl. 9–15", "en": "weekdays 9–15", "cs": "ve všední dny 9–15"},
		})
	}
	return all
}

// openGallery serves the gallery and its assets as the app does; it returns the base address.
func openGallery(t *testing.T) string {
	t.Helper()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Fatalf("%v: run make assets", err)
	}
	s := &web.Site{
		Texts: i18n.MustLoad(), Assets: assets, Directory: galleryTowns(), Log: slog.New(slog.DiscardHandler),
		Now:  clock.NewFixed(time.Date(2026, time.November, 20, 12, 2, 0, 0, time.UTC)).Now,
		Demo: &web.Demo{OutboxPath: "/dev/outbox", ClockPath: "/dev/clock"},
	}
	rooms := gallery.New(s)
	srv := httptest.NewServer(s.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, ui.AssetPrefix) {
			s.ServeAsset(w, r)
			return
		}
		rooms.ServeHTTP(w, r)
	}), 1<<20))
	t.Cleanup(srv.Close)
	return srv.URL
}

// otherLanguage is the second language a sample is looked at in: each page is seen in two of the four in every run.
func otherLanguage(i int) i18n.Lang { return []i18n.Lang{"fi", "sv", "cs"}[i%3] }

// TestSamplesAreValidHTML reads the source of every sample in every language.
func TestSamplesAreValidHTML(t *testing.T) {
	t.Parallel()
	base := openGallery(t)
	pages := map[string]string{}
	for _, s := range samples(t) {
		for _, l := range i18n.Languages() {
			name := string(l.Code) + "/" + s.Name()
			pages[name] = fetch(t, fmt.Sprintf("%s/%s/dev/gallery/%s", base, l.Code, s.Name()))
			if !strings.Contains(pages[name], fmt.Sprintf(`<html lang="%s"`, l.BCP47)) {
				t.Errorf("%s: the document does not say that its language is %s", name, l.BCP47)
			}
			if key := regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(pages[name]); key != "" {
				t.Errorf("%s: the text %s is missing", name, key)
			}
		}
	}
	for name, findings := range browser.HTMLValidate(t, pages) {
		for _, f := range findings {
			t.Errorf("%s: %s", name, f)
		}
	}
}

func fetch(t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(b.String(), "\r\n\r\n")
	if res.StatusCode != http.StatusOK {
		t.Errorf("%s: got status %d, want 200", address, res.StatusCode)
	}
	return body
}

// workers is how many tabs look at samples at once.
const workers = 2

// inTurn is of how many samples axe judges one in another language, too. What axe finds there and not in English is a text's fault, and the texts are the
// same on many pages.
const inTurn = 4

// darkInTurn is of how many samples one is judged in the dark: states of one page stand side by side and share their colours, and the three organisations
// come round.
const darkInTurn = 2

// TestSamplesInTheBrowser looks at every sample as a person's browser shows it: in English, wide and as on a phone, and in one more
// language at the narrowest. Axe judges it wide in English, one of a few narrow in the other language, and every second in the dark by its colours (each that
// was asked for by name).
func TestSamplesInTheBrowser(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	base := openGallery(t)
	type job struct {
		i int
		s web.Sample
	}
	all := samples(t)
	jobs := make(chan job, len(all))
	for i, s := range all {
		jobs <- job{i, s}
	}
	close(jobs)
	for w := range workers {
		t.Run(fmt.Sprintf("tab %d", w+1), func(t *testing.T) {
			t.Parallel()
			tab := b.Tab(t, browser.Options{Width: 1280, Height: 900})
			for j := range jobs {
				look := look{t: t, tab: tab, base: base, name: j.s.Name()}
				look.english(galleryTowns()[j.i%3].ID)
				if j.i%darkInTurn == 0 || os.Getenv(samplesVar) != "" {
					look.dark(galleryTowns()[j.i%3].ID)
				}
				look.narrow(otherLanguage(j.i), j.i%inTurn == 0)
			}
		})
	}
}

// look is one sample in one tab.
type look struct {
	t          *testing.T
	tab        *browser.Tab
	base, name string
}

func (l look) open(lang i18n.Lang, query string, width int) {
	l.t.Helper()
	l.tab.Forget()
	l.tab.Resize(width, 900)
	got := l.tab.Go(fmt.Sprintf("%s/%s/dev/gallery/%s?%s", l.base, lang, l.name, query))
	if got.Status != http.StatusOK {
		l.t.Errorf("%s in %s: got status %d, want 200", l.name, lang, got.Status)
	}
}

func (l look) axe(where string, o browser.AxeOptions) {
	l.t.Helper()
	for _, v := range browser.Axe(l.tab, o) {
		l.t.Errorf("%s, %s: axe: %s", l.name, where, v)
	}
}

func (l look) layout(where string, found []string) {
	l.t.Helper()
	for _, s := range found {
		l.t.Errorf("%s, %s: %s", l.name, where, s)
	}
}

func (l look) trouble(where string) {
	l.t.Helper()
	for _, s := range l.tab.Trouble() {
		l.t.Errorf("%s, %s: %s", l.name, where, s)
	}
}

// english looks at a sample as wide as a desk and as narrow as a phone.
func (l look) english(o ids.Org) {
	l.t.Helper()
	l.open("en", "scheme=light&org="+string(o), 1280)
	where := fmt.Sprintf("en, %s, 1280 px", o)
	l.axe(where, browser.AxeOptions{})
	l.layout(where, browser.Targets(l.tab))
	l.layout(where, browser.Overflow(l.tab))
	l.tab.Resize(390, 900)
	l.layout(fmt.Sprintf("en, %s, 390 px", o), browser.Overflow(l.tab))
	l.trouble("en")
}

// colours are the rules that depend on them. Nothing else has to be looked at in dark, and they not again in each language.
var colours = []string{"color-contrast", "link-in-text-block"}

func (l look) dark(o ids.Org) {
	l.t.Helper()
	if strings.HasPrefix(l.name, "kiosk-") || strings.HasPrefix(l.name, "display-") {
		return // a screen in the lobby has colours of its own
	}
	var was string
	l.tab.Eval(`(r => { const was = r.getAttribute("data-color-scheme") ?? ""; r.setAttribute("data-color-scheme", "dark"); return was })(document.documentElement)`, &was)
	if was == "" { // light, unless the sample has a look of its own
		l.t.Errorf("%s: the page has no scheme", l.name)
	}
	l.tab.WaitFor("document.getAnimations().length === 0") // colours take a moment, one element after the other
	l.axe(fmt.Sprintf("en, %s, dark", o), browser.AxeOptions{Only: colours})
	l.trouble("dark")
}

// narrow looks at a sample at the narrowest, in another language, whose words may be longer.
func (l look) narrow(lang i18n.Lang, judged bool) {
	l.t.Helper()
	l.open(lang, "scheme=light&org=vuorela", 320)
	where := string(lang) + ", 320 px"
	if judged {
		l.axe(where, browser.AxeOptions{Without: colours})
	}
	l.layout(where, browser.Overflow(l.tab))
	l.layout(where, browser.Targets(l.tab))
	l.layout(where, browser.TextSpacing(l.tab))
	l.trouble(where)
}
