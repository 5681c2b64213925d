package admin

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
	"luukku/domain/staff"
	"luukku/store/storetest"
	"luukku/web"
	"luukku/web/webtest"
)

// desk is the door of staff and administrators over a database of its own with an organisation "town", at a time that stands still.
type desk struct {
	*storetest.House
	identity *identity.Service
	staff    *staff.Service
	handler  http.Handler
	provider *provider
	tokens   map[actor.RoleID]string
	renewed  int // how often our keys towards providers were renewed
}

// provider is an identity provider of the outside world, and a register: whoever is next signs in.
type provider struct {
	next       identity.Assertion
	dependants []identity.RegisteredDependant
	down       bool
}

func (p *provider) AuthURL(_ context.Context, _ identity.Provider, r identity.AuthRequest) (string, error) {
	if p.down {
		return "", fault.Unavailable("sign_in.provider_down", 0)
	}
	return "https://eid.example/?state=" + r.State, nil
}

func (p *provider) Redeem(context.Context, identity.Provider, identity.AuthRequest, string, string) (identity.Assertion, error) {
	return p.next, nil
}

func (p *provider) EndURL(context.Context, identity.Provider, string, string, string) (string, error) {
	return "", nil
}

func (p *provider) EndedBy(context.Context, identity.Provider, string) (string, natid.Secret, string, int64, error) {
	return "", "", "", 0, fault.Invalid("sign_in.failed", nil)
}

func (p *provider) Person(context.Context, natid.Kind, natid.Secret) (identity.Registered, error) {
	return identity.Registered{Name: "Maija Sofia Meikäläinen", Given: "Maija", Family: "Meikäläinen", Dependants: p.dependants}, nil
}

// Identifiers with right check characters that belong to nobody.
const (
	ainoID = "010190-900P"
	onniID = "010119A901D"
)

func newDesk(t *testing.T) *desk {
	t.Helper()
	h := storetest.Open(t, storetest.Engine{Name: "SQLite", DSN: func(testing.TB) string { return "sqlite::memory:" }}, 1)
	d := &desk{House: h, provider: &provider{}, tokens: map[actor.RoleID]string{}}
	d.identity = &identity.Service{
		Store: h.Store.People(), EID: d.provider, Register: d.provider, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now,
		Log: slog.New(slog.DiscardHandler), Guard: limit.NewCodeGuard(limit.CodeLimits{}), TestIdentifiers: true,
	}
	var err error
	d.staff, err = staff.NewService(staff.Deps{
		Store: h.Store.Workers(), Directory: h.Store, Sessions: d.identity, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now,
		Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), BaseURL: "http://localhost",
	})
	if err != nil {
		t.Fatal(err)
	}
	site := &web.Site{
		Texts: i18n.MustLoad(), Directory: h.Store, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now, Log: slog.New(slog.DiscardHandler),
		BaseURL: "http://booking.example", Sessions: signedStaff{d},
	}
	d.handler = site.Guard(New(site, Deps{
		Identity: d.identity, Staff: d.staff, Log: &audit.Reader{Log: h.Store, Gen: h.Booking.Gen, Now: h.Clock.Now},
		Keys: OurKeys{ReturnTo: "http://booking.example/eid/return", Public: func() (string, error) { return "{}", nil }, Renew: func(context.Context, actor.Actor) error {
			d.renewed++
			return nil
		}},
	}), 1<<20)
	return d
}

// signedStaff tells the pages who of the staff has signed in, as app does.
type signedStaff struct{ desk *desk }

func (s signedStaff) Signed(ctx context.Context, _, token string) (identity.Signed, error) {
	return s.desk.staff.SignedStaff(ctx, token)
}

// as returns the session of somebody with a role at the town, or of the installation for a role of it; one is made when there is none yet.
func (d *desk) as(t *testing.T, role actor.RoleID) string {
	t.Helper()
	if token := d.tokens[role]; token != "" {
		return token
	}
	r, ok := actor.RoleByID(role)
	g := actor.Grant{Role: role}
	if ok && !r.Installation {
		g.Org = "town"
	}
	d.tokens[role] = d.member(t, string(role)+"@town.example", g)
	return d.tokens[role]
}

// member makes somebody who works here and returns the token of their session.
func (d *desk) member(t *testing.T, email string, grants ...actor.Grant) string {
	t.Helper()
	gen, now := d.Booking.Gen, d.Clock.Now().Unix()
	m := staff.Member{ID: ids.Staff(gen.New()), Email: email, Name: "Somebody " + email, Lang: "en", State: staff.Active, Handle: []byte(gen.New()), CreatedAt: now}
	token := gen.SessionToken()
	err := d.Store.Workers().InTx(t.Context(), func(ctx context.Context, tx staff.Tx) error {
		if _, err := tx.PutMember(ctx, m); err != nil {
			return err
		}
		for _, g := range grants {
			if _, err := tx.PutRole(ctx, m.ID, staff.Granted{Grant: g, At: now}); err != nil {
				return err
			}
		}
		return tx.PutSession(ctx, identity.Session{
			Hash: ids.HashToken(token), Of: identity.SessionOfStaff, Staff: m.ID, Level: actor.LevelSubstantial, CreatedAt: now, SeenAt: now, EndsAt: now + 12*3600,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// signIn has Aino sign in, whose child Onni is in the register, and returns her session.
func (d *desk) signIn(t *testing.T) identity.Signed {
	t.Helper()
	p := identity.Provider{
		ID: "bank", Enabled: true, Audience: identity.ForCitizens, Issuer: "https://eid.example", ClientID: "x",
		Levels: map[string]actor.Level{"high": actor.LevelHigh}, Claims: identity.Claims{Identifier: "nin", Kind: natid.FinnishCode},
	}
	e := audit.New("", d.Booking.Gen.Audit(), d.Clock.Now().UnixMicro(), actor.System("test"), audit.ProviderChanged, "provider", "bank", nil)
	if err := d.Store.PutProvider(t.Context(), p, e); err != nil {
		t.Fatal(err)
	}
	d.provider.next = identity.Assertion{
		Issuer: p.Issuer, Subject: "aino", ACR: "high", Identifier: ainoID, Name: "Maija Sofia Meikäläinen", Given: "Maija", Family: "Meikäläinen",
	}
	d.provider.dependants = []identity.RegisteredDependant{{Identifier: onniID, Kind: natid.FinnishCode, Name: "Onni Meikäläinen", Given: "Onni", Family: "Meikäläinen"}}
	at, browser, err := d.identity.Begin(t.Context(), identity.BeginRequest{Provider: "bank", Level: actor.LevelSubstantial, Audience: identity.ForCitizens})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	done, _, err := d.identity.Finish(t.Context(), identity.Answer{State: u.Query().Get("state"), Code: "x", Browser: browser})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := d.identity.Signed(t.Context(), done.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.identity.Agree(t.Context(), signed.Actor); err != nil {
		t.Fatal(err)
	}
	return signed
}

// browser keeps cookies.
type browser struct {
	desk *desk
	jar  map[string]string
}

func (d *desk) browser(token string) *browser {
	b := &browser{d, map[string]string{}}
	if token != "" {
		b.jar["luukku-staff"] = token
	}
	return b
}

func (b *browser) send(t *testing.T, r *http.Request) answer {
	t.Helper()
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.desk.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.jar[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.jar, c.Name)
		}
	}
	a := answer{w.Code, w.Header().Get("Location"), w.Body.String(), nil}
	if strings.Contains(w.Header().Get("Content-Type"), "html") && (a.status == http.StatusOK || a.status == http.StatusUnprocessableEntity) {
		for _, wrong := range webtest.Unsound(a.page) {
			t.Errorf("%s %s: %s", r.Method, r.URL.Path, wrong)
		}
	}
	return a
}

func (b *browser) get(t *testing.T, path string) answer {
	t.Helper()
	return b.send(t, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://booking.example"+path, nil))
}

// post sends a form: names and values by turns.
func (b *browser) post(t *testing.T, path string, form ...string) answer {
	t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		v.Add(form[i], form[i+1])
	}
	return b.send(t, posted(t, path, v))
}

// want checks the status and returns the answer.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("got status %d (to %q), want %d: %s", a.status, a.location, status, a.page)
	}
	return a
}

// says checks that a page has words in it.
func (a answer) says(t *testing.T, words ...string) answer {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(a.page, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
	return a
}

// hides checks that a page has no such words in it.
func (a answer) hides(t *testing.T, words ...string) answer {
	t.Helper()
	for _, w := range words {
		if strings.Contains(a.page, w) {
			t.Errorf("the page says %q", w)
		}
	}
	return a
}

// valueOf is the value of the first control with a name that begins so in a page's source.
func (a answer) valueOf(t *testing.T, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(a.page, `name="`+name+`" value="`)
	value, _, end := strings.Cut(rest, `"`)
	if !ok || !end {
		t.Fatalf("the page has no field %s", name)
	}
	return value
}
