package staff

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/net/html"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/identity"
	"luukku/domain/org"
	room "luukku/domain/staff"
	"luukku/store"
	"luukku/store/sqldb"
	"luukku/web"
	"luukku/web/ui"
	"luukku/web/webtest"
)

// house is the door over a database of its own, at a time that stands still.
type house struct {
	staff *room.Service
	clock *clock.Fixed
	site  *web.Site
	base  string
}

// sessions knows staff alone.
type sessions struct{ *room.Service }

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
	h := &house{clock: clock.NewFixed(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)), base: "http://localhost"}
	gen := &ids.Gen{Now: h.clock.Now, Rand: rand.Reader}
	st := store.New(d, store.Options{Now: h.clock.Now, Gen: gen})
	log := slog.New(slog.DiscardHandler)
	people := &identity.Service{Store: st.People(), Seals: keys, Gen: gen, Now: h.clock.Now, Log: log}
	h.staff, err = room.NewService(room.Deps{
		Store: st.Workers(), Directory: st, Sessions: people, Seals: keys, Gen: gen, Now: h.clock.Now, Rand: rand.Reader, Log: log, BaseURL: h.base, Cores: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	h.site = &web.Site{
		Texts: i18n.MustLoad(), Assets: assets, Directory: st, Seals: keys, Gen: gen, Now: h.clock.Now, Log: log, BaseURL: h.base, Sessions: sessions{h.staff},
	}
	b := &blueprint.Service{Store: st, Gen: gen, Now: h.clock.Now}
	doc, problems := blueprint.Parse([]byte(town))
	if len(blueprint.Faults(problems)) > 0 {
		t.Fatal(problems)
	}
	if _, err := b.Apply(t.Context(), actor.System("test"), doc, blueprint.Options{}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h.site.Guard(New(h.site, h.staff, people), 1<<20))
	t.Cleanup(server.Close)
	h.base = server.URL
	return h
}

const town = `format = 1
[installation]
name = { fi = "Luukku", en = "Luukku" }
languages = ["en", "fi"]
default = "en"

[organisations.town]
name = { fi = "Kaupunki", en = "Town" }
country = "FI"
zone = "Europe/Helsinki"
languages = ["fi", "en"]
`

// browser is somebody's browser.
type browser struct {
	t *testing.T
	h *house
	*http.Client
}

func (h *house) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what the door said, and where it led.
type answer struct {
	status int
	to     string
	page   string
	header http.Header
}

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	res, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	var page strings.Builder
	if _, err := copyAll(&page, res); err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header.Get("Location"), page.String(), res.Header}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.h.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b *browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.h.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// want fails unless the answer has a status, leads somewhere, or says words.
func (a answer) want(t *testing.T, status int, to string, words ...string) answer {
	t.Helper()
	if a.status != status || to != "" && a.to != to {
		t.Fatalf("got %d to %q, want %d to %q\n%.600s", a.status, a.to, status, to, plain(a.page))
	}
	for _, w := range words {
		if !strings.Contains(plain(a.page), w) {
			t.Errorf("the page does not say %q:\n%s", w, plain(a.page))
		}
	}
	if a.page != "" && status != http.StatusSeeOther {
		for _, wrong := range webtest.Unsound(a.page) {
			t.Error(wrong)
		}
	}
	return a
}

func plain(page string) string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return page
	}
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

const password = "keltainen sateenvarjo 7"

func (h *house) say(key string, args ...any) string {
	return h.site.Texts.Printer("en").T(key, args...)
}

func (h *house) app(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, h.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// secretOn is the key that a page shows for the authenticator app.
func secretOn(t *testing.T, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if webtest.Attr(n, "class") == "lk-code-value" {
			return strings.ReplaceAll(n.FirstChild.Data, " ", "")
		}
	}
	t.Fatal("the page shows no key")
	return ""
}

// first becomes the first administrator by a password, and returns the secret of the app.
func (b *browser) first() (secret string) {
	b.t.Helper()
	token, err := b.h.staff.FirstLink(b.t.Context())
	if err != nil || token == "" {
		b.t.Fatalf("first link: %q, %v", token, err)
	}
	return b.accept(token, "Maija Meikäläinen", "maija@town.example")
}

func (b *browser) accept(token, name, email string) (secret string) {
	b.t.Helper()
	at := "/en/staff/invitation/" + token
	b.get(at).want(b.t, http.StatusOK, "")
	b.post(at, "person", name, "email", email, "password", password).want(b.t, http.StatusSeeOther, at+"/code")
	secret = secretOn(b.t, b.get(at+"/code").want(b.t, http.StatusOK, "").page)
	b.post(at+"/code", "code", b.h.app(b.t, secret)).want(b.t, http.StatusSeeOther, "/en/staff/security/codes")
	return secret
}

// signIn signs in by password and code.
func (b *browser) signIn(email, secret string) answer {
	b.t.Helper()
	b.post("/en/staff/sign-in", "email", email, "password", password).want(b.t, http.StatusSeeOther, "/en/staff/sign-in/code")
	return b.post("/en/staff/sign-in/code", "code", b.h.app(b.t, secret))
}

// hire invites somebody, and returns the link's secret.
func (h *house) hire(t *testing.T, email string, g actor.Grant) string {
	t.Helper()
	i, err := h.staff.Invite(t.Context(), actor.System("test"), "", email, "en", g)
	if err != nil {
		t.Fatal(err)
	}
	_, token, _, err := h.staff.InvitationMail(t.Context(), i.Org, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	webtest.Samples(t, h.site, "", "/staff", org.Brand{}, Samples())
}
