package demoeid

import (
	"context"
	"encoding/json"
	"log/slog"
	mrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
	"luukku/web/webtest"
)

type directory struct{}

func (directory) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return nil, fault.NotFound("error.not_found")
}
func (directory) Installation(context.Context) (org.Installation, error) {
	return org.Installation{Name: i18n.Text{"fi": "Luukku"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi"}, nil
}
func (directory) Organisations(context.Context) ([]org.Organisation, error) { return nil, nil }

var start = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

const base = "https://demo.example"

func site(t *testing.T, now clock.Now) *web.Site {
	t.Helper()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Fatal(err)
	}
	return &web.Site{
		Texts: i18n.MustLoad(), Assets: assets, Directory: directory{}, Log: slog.New(slog.DiscardHandler), Now: now, BaseURL: base,
		Gen: &ids.Gen{Now: now, Rand: mrand.NewChaCha8([32]byte{1}), Node: 1},
	}
}

// client is the providers' one client.
type client struct {
	door  *Door
	clock *clock.Fixed
	key   jose.JSONWebKey
}

func newClient(t *testing.T) *client {
	t.Helper()
	k, err := p256(mrand.NewChaCha8([32]byte{7}))
	if err != nil {
		t.Fatal(err)
	}
	c := &client{clock: clock.NewFixed(start), key: jose.JSONWebKey{Key: k, KeyID: "c1", Use: "sig", Algorithm: "ES256"}}
	enc := jose.JSONWebKey{Key: k, KeyID: "c2", Use: "enc", Algorithm: "ECDH-ES"}
	c.door, err = New(site(t, c.clock.Now), Options{
		Chance: mrand.NewChaCha8([32]byte{2}), Org: "vuorela", RegisterToken: "open sesame",
		ClientKeys: func() jose.JSONWebKeySet {
			return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{enc.Public(), c.key.Public()}}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *client) sign(t *testing.T, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: c.key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(b)
	if err != nil {
		t.Fatal(err)
	}
	s, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// object is what an ordinary request object says.
func (c *client) object() map[string]any {
	now := c.clock.Now().Unix()
	return map[string]any{
		"iss": "luukku", "aud": base + "/demo-eid/mobile", "iat": now, "exp": now + 300, "client_id": "luukku", "response_type": "code",
		"redirect_uri": base + "/back", "scope": "openid", "state": "state-1", "nonce": "nonce-1", "code_challenge_method": "S256",
		"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "ui_locales": "sv", // RFC 7636, appendix B
	}
}

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

func (c *client) do(t *testing.T, method, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	c.door.ServeHTTP(w, r)
	return w
}

func (c *client) authorize(t *testing.T, object map[string]any) *httptest.ResponseRecorder {
	t.Helper()
	q := url.Values{"client_id": {"luukku"}, "scope": {"openid"}, "response_type": {"code"}, "request": {c.sign(t, object)}}
	return c.do(t, http.MethodGet, "/demo-eid/mobile/authorize?"+q.Encode(), nil)
}

func location(t *testing.T, w *httptest.ResponseRecorder) *url.URL {
	t.Helper()
	u, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusSeeOther {
		t.Fatalf("got status %d, want to be led on: %s", w.Code, w.Body)
	}
	return u
}

// code signs a person in and returns the code.
func (c *client) code(t *testing.T) string {
	t.Helper()
	page := location(t, c.authorize(t, c.object()))
	back := location(t, c.do(t, http.MethodPost, page.Path, url.Values{"request": page.Query()["request"], "person": {"onni"}, "level": {"high"}}))
	q := back.Query()
	if q.Get("code") == "" || q.Get("state") != "state-1" || q.Get("iss") != base+"/demo-eid/mobile" {
		t.Fatalf("got led to %s", back)
	}
	return q.Get("code")
}

func (c *client) exchange(t *testing.T, code string, change func(assertion map[string]any, form url.Values)) *httptest.ResponseRecorder {
	t.Helper()
	assertion := map[string]any{
		"iss": "luukku", "sub": "luukku", "aud": base + "/demo-eid/mobile/token", "jti": c.door.site.Gen.Token(128), "exp": c.clock.Now().Unix() + 60,
	}
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {base + "/back"}, "code_verifier": {verifier},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
	if change != nil {
		change(assertion, form)
	}
	if !form.Has("client_assertion") {
		form.Set("client_assertion", c.sign(t, assertion))
	}
	return c.do(t, http.MethodPost, "/demo-eid/mobile/token", form)
}

func TestARequestThatIsNotInOrderIsNotAnsweredAtItsAddress(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for name, change := range map[string]func(o map[string]any){
		"another client":         func(o map[string]any) { o["client_id"] = "other" },
		"another issuer":         func(o map[string]any) { o["iss"] = "other" },
		"another audience":       func(o map[string]any) { o["aud"] = base + "/demo-eid/bank" },
		"expired":                func(o map[string]any) { o["exp"] = start.Unix() },
		"a strange return":       func(o map[string]any) { o["redirect_uri"] = "https://elsewhere.example/" },
		"a return that looks it": func(o map[string]any) { o["redirect_uri"] = base + ".elsewhere.example/" },
		"no return":              func(o map[string]any) { delete(o, "redirect_uri") },
	} {
		o := c.object()
		change(o)
		if w := c.authorize(t, o); w.Code != http.StatusUnprocessableEntity || w.Header().Get("Location") != "" {
			t.Errorf("%s: got status %d and %q, want a page that says no", name, w.Code, w.Header().Get("Location"))
		}
	}
	q := url.Values{}
	for name, value := range c.object() {
		if s, ok := value.(string); ok {
			q.Set(name, s)
		}
	}
	if w := c.do(t, http.MethodGet, "/demo-eid/mobile/authorize?"+q.Encode(), nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a request that is not signed: got status %d", w.Code)
	}
	if w := c.do(t, http.MethodGet, "/demo-eid/staff/authorize?"+q.Encode(), nil); w.Code != http.StatusSeeOther {
		t.Errorf("a request of staff that is not signed: got status %d, want it taken", w.Code)
	}
}

func TestARequestThatAsksWrongIsToldSo(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for want, change := range map[string]func(o map[string]any){
		"unsupported_response_type": func(o map[string]any) { o["response_type"] = "id_token" },
		"invalid_request":           func(o map[string]any) { o["code_challenge_method"] = "plain" },
		"login_required":            func(o map[string]any) { o["prompt"] = "none" },
	} {
		o := c.object()
		change(o)
		q := location(t, c.authorize(t, o)).Query()
		if q.Get("error") != want || q.Get("state") != "state-1" || q.Get("iss") == "" || q.Has("code") {
			t.Errorf("got %v, want %s", q, want)
		}
	}
}

func TestThePageSpeaksTheLanguageThatWasAskedForAndOffersTheOthers(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	page := location(t, c.authorize(t, c.object()))
	w := c.do(t, http.MethodGet, page.String(), nil)
	body := w.Body.String()
	if w.Code != http.StatusOK || w.Header().Get("Content-Language") != "sv" || !strings.Contains(body, "ingen identifieras på riktigt") {
		t.Errorf("got status %d in %s", w.Code, w.Header().Get("Content-Language"))
	}
	q := page.Query()
	q.Set("lang", "cs")
	if other := page.Path + "?" + strings.ReplaceAll(q.Encode(), "&", "&amp;"); !strings.Contains(body, other) {
		t.Errorf("the page does not lead to %s", other)
	}
}

func TestAPageThatWasOpenTooLongSaysSo(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	page := location(t, c.authorize(t, c.object()))
	c.clock.Advance(thinking + time.Second)
	form := url.Values{"request": page.Query()["request"], "person": {"onni"}, "lang": {"fi"}}
	for _, w := range []*httptest.ResponseRecorder{c.do(t, http.MethodGet, page.String(), nil), c.do(t, http.MethodPost, page.Path, form)} {
		if w.Code != http.StatusUnprocessableEntity || w.Header().Get("Location") != "" {
			t.Errorf("got status %d", w.Code)
		}
	}
}

func TestNobodySignsInWhereTheyAreNotKnown(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for person, level := range map[string]string{"erika": "high", "clerk": "high", "": "high", "onni": "low"} {
		page := location(t, c.authorize(t, c.object()))
		back := location(t, c.do(t, http.MethodPost, page.Path, url.Values{"request": page.Query()["request"], "person": {person}, "level": {level}}))
		if back.Query().Has("code") || back.Query().Get("error") == "" {
			t.Errorf("%s at level %s: got led to %s", person, level, back)
		}
	}
}

func TestTheTokenEndpointIsStrict(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	used := ""
	for _, x := range []struct {
		name   string
		change func(a map[string]any, f url.Values)
		want   int
	}{
		{"in order", func(a map[string]any, f url.Values) { used = c.sign(t, a); f.Set("client_assertion", used) }, http.StatusOK},
		{"for the issuer", func(a map[string]any, _ url.Values) { a["aud"] = base + "/demo-eid/mobile" }, http.StatusOK},
		{"an assertion again", func(_ map[string]any, f url.Values) { f.Set("client_assertion", used) }, http.StatusUnauthorized},
		{"an assertion good for 61 seconds", func(a map[string]any, _ url.Values) { a["exp"] = start.Unix() + 61 }, http.StatusUnauthorized},
		{"an assertion that expired", func(a map[string]any, _ url.Values) { a["exp"] = start.Unix() }, http.StatusUnauthorized},
		{"an assertion without a name", func(a map[string]any, _ url.Values) { delete(a, "jti") }, http.StatusUnauthorized},
		{"an assertion for another", func(a map[string]any, _ url.Values) { a["aud"] = base + "/demo-eid/bank/token" }, http.StatusUnauthorized},
		{"an assertion of another", func(a map[string]any, _ url.Values) { a["sub"] = "other" }, http.StatusUnauthorized},
		{"no assertion", func(_ map[string]any, f url.Values) { f.Set("client_assertion", "") }, http.StatusUnauthorized},
		{"another grant", func(_ map[string]any, f url.Values) { f.Set("grant_type", "password") }, http.StatusBadRequest},
		{"another verifier", func(_ map[string]any, f url.Values) { f.Set("code_verifier", verifier+"x") }, http.StatusBadRequest},
		{"another return", func(_ map[string]any, f url.Values) { f.Set("redirect_uri", base+"/other") }, http.StatusBadRequest},
		{"no code", func(_ map[string]any, f url.Values) { f.Set("code", "") }, http.StatusBadRequest},
	} {
		if w := c.exchange(t, c.code(t), x.change); w.Code != x.want {
			t.Errorf("%s: got status %d, want %d: %s", x.name, w.Code, x.want, w.Body)
		}
	}
	code := c.code(t)
	c.clock.Advance(codeLife - time.Second)
	if w := c.exchange(t, code, nil); w.Code != http.StatusOK {
		t.Errorf("a code after 59 seconds: got status %d", w.Code)
	}
	if w := c.exchange(t, code, nil); w.Code != http.StatusBadRequest {
		t.Errorf("a code again: got status %d", w.Code)
	}
	code = c.code(t)
	c.clock.Advance(codeLife)
	if w := c.exchange(t, code, nil); w.Code != http.StatusBadRequest {
		t.Errorf("a code after a minute: got status %d", w.Code)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for path, want := range map[string]int{
		"/demo-eid/nobody/jwks": 404, "/demo-eid/": 404, "/demo-eid/bank": 404, "/demo-eid/bank/token": 405, "/demo-eid/register/person": 405,
		"/demo-eid/bank/jwks": 200, "/demo-eid/bank/.well-known/openid-configuration": 200, "/demo-eid/bank/choose?request=x": 422, "/demo-eid/bank/userinfo": 401,
	} {
		if w := c.do(t, http.MethodGet, path, nil); w.Code != want {
			t.Errorf("%s: got status %d, want %d", path, w.Code, want)
		}
	}
}

func TestSpecimensAreWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, s := range Specimens() {
		if s.Kind == "" {
			continue
		}
		id, err := natid.Parse(s.Kind, s.Identifier.Reveal(), natid.Options{Test: true})
		if err != nil || id != s.Identifier {
			t.Errorf("%s: %v, want an identifier in the form in which it is written", s.Key, err)
		}
		if born, ok := natid.Birth(s.Kind, id); ok && born != s.Birth {
			t.Errorf("%s: got birth %s, and %s in the identifier", s.Key, s.Birth, born)
		}
		if _, err := natid.Parse(s.Kind, s.Identifier.Reveal(), natid.Options{}); s.Kind == natid.FinnishCode && !fault.IsKey(err, "natid.test") {
			t.Errorf("%s: got %v, want a code that no real person has", s.Key, err)
		}
	}
}

func TestProvidersAreReadyToBeStored(t *testing.T) {
	t.Parallel()
	rows := newClient(t).door.Providers("https://demo.example")
	var citizens, staff []ids.Provider
	for _, p := range rows {
		if p.Audience == identity.ForStaff {
			staff = append(staff, p.ID)
		} else {
			citizens = append(citizens, p.ID)
		}
		if len(p.Name.Missing([]i18n.Lang{"fi", "sv", "en", "cs"})) > 0 || len(p.Levels) == 0 || !p.Enabled || !strings.HasPrefix(p.Issuer, "https://demo.example/demo-eid/") {
			t.Errorf("got %+v", p)
		}
	}
	if want := []ids.Provider{"bank", "mobile", "card", "swedish", "czech", "european"}; !slices.Equal(citizens, want) || !slices.Equal(staff, []ids.Provider{"staff"}) {
		t.Errorf("got %v and %v", citizens, staff)
	}
	groups := rows[len(rows)-1].Groups
	for name, g := range groups {
		role, ok := actor.RoleByID(g.Role)
		if !ok || role.Installation != (g.Org == "") {
			t.Errorf("%s: got %+v", name, g)
		}
	}
	if _, ok := groups["gardeners"]; ok || len(groups) != 8 {
		t.Errorf("got %v", groups)
	}
}

// TestEverySampleIsASoundPage renders every state of every page in every language. With LUUKKU_SHOTS it also leaves them in that directory.
func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	webtest.Samples(t, site(t, clock.NewFixed(start).Now), "", "/demo-eid/bank/choose", org.Brand{}, Samples())
}
