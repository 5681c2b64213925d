package eidtest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/gateway/eid"
)

// scripted is a provider that answers what a test tells it to, and otherwise as an honest one.
type scripted struct {
	base  string
	clock *clock.Fixed
	gen   *ids.Gen
	ours  *eid.Ring
	key   *rsa.PrivateKey

	// What is sent instead of what is right; the zero value is the honest answer.
	claims   func(map[string]any)        // changes what the ID token says
	write    func(payload []byte) string // writes the token in another way
	config   func(map[string]any)        // changes the configuration
	handlers map[string]http.HandlerFunc // answers an address in another way
	keySet   func() []jose.JSONWebKey    // publishes other keys
	header   func(o *jose.SignerOptions) // changes the header of the ID token
	alg      jose.SignatureAlgorithm     // signs by another algorithm; empty is RS256
	seal     func(signed string) string  // puts the token into an envelope
	asked    map[string]*atomic.Int64    // how often each address was asked
	timeout  time.Duration               // of our requests; 0 is the usual one
	request  identity.AuthRequest        // what was asked
	provider identity.Provider
}

// The keys of the provider, and of somebody else.
var (
	scriptedKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	otherKey    = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newScripted(t *testing.T) *scripted {
	t.Helper()
	s := &scripted{clock: clock.NewFixed(Start), key: scriptedKey(), handlers: map[string]http.HandlerFunc{}, asked: map[string]*atomic.Int64{}}
	s.gen = NewGen(s.clock.Now, 5)
	s.ours = Keys(t, s.clock.Now)
	mux := http.NewServeMux()
	for path, honest := range map[string]http.HandlerFunc{
		"/.well-known/openid-configuration": s.configuration, "/jwks": s.jwks, "/token": s.token, "/userinfo": s.userInfo,
	} {
		s.asked[path] = new(atomic.Int64)
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			s.asked[path].Add(1)
			if other, ok := s.handlers[path]; ok {
				other(w, r)
				return
			}
			honest(w, r)
		})
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	s.base = srv.URL
	s.provider = identity.Provider{
		ID: "scripted", Issuer: s.base, ClientID: "luukku", SigningAlg: "ES256", Levels: map[string]actor.Level{"substantial": actor.LevelSubstantial},
		Claims: identity.Claims{Identifier: "nin", Kind: natid.FinnishCode, Name: "name", Groups: "groups"},
	}
	s.request = identity.AuthRequest{
		State: "state-0123456789", Nonce: "nonce-0123456789", Verifier: strings.Repeat("v", 43), ReturnTo: ReturnTo, Level: actor.LevelSubstantial, At: Start.Unix(),
	}
	return s
}

func (s *scripted) configuration(w http.ResponseWriter, _ *http.Request) {
	c := map[string]any{
		"issuer": s.base, "authorization_endpoint": s.base + "/authorize", "token_endpoint": s.base + "/token", "jwks_uri": s.base + "/jwks",
		"userinfo_endpoint": s.base + "/userinfo", "end_session_endpoint": s.base + "/end?from=here",
	}
	if s.config != nil {
		s.config(c)
	}
	_ = json.NewEncoder(w).Encode(c)
}

func (s *scripted) jwks(w http.ResponseWriter, _ *http.Request) {
	keys := []jose.JSONWebKey{{Key: s.key.Public(), KeyID: "k1", Use: "sig"}}
	if s.keySet != nil {
		keys = s.keySet()
	}
	_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: keys})
}

// honest is what an ordinary ID token says now.
func (s *scripted) honest() map[string]any {
	now := s.clock.Now().Unix()
	return map[string]any{
		"iss": s.base, "aud": "luukku", "sub": "subject-1", "iat": now, "exp": now + 300, "auth_time": now, "nonce": s.request.Nonce, "acr": "substantial",
		"nin": "131052-308T", "name": "Matti Meikäläinen", "sid": "sid-1",
	}
}

// idToken writes a token as the test wants it.
func (s *scripted) idToken(said map[string]any) string {
	if s.claims != nil {
		s.claims(said)
	}
	payload := must(json.Marshal(said))
	token := ""
	if s.write != nil {
		token = s.write(payload)
	} else {
		token = s.signed(payload)
	}
	if s.seal != nil {
		token = s.seal(token)
	}
	return token
}

func (s *scripted) signed(payload []byte) string {
	alg := s.alg
	if alg == "" {
		alg = jose.RS256
	}
	o := (&jose.SignerOptions{}).WithHeader("kid", "k1")
	if s.header != nil {
		s.header(o)
	}
	signer := must(jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: s.key}, o))
	return must(must(signer.Sign(payload)).CompactSerialize())
}

func (s *scripted) token(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "access-1", "token_type": "Bearer", "id_token": s.idToken(s.honest())})
}

func (s *scripted) userInfo(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"sub": "subject-1", "groups": []string{"one", "two"}})
}

func (s *scripted) client() *eid.Client {
	return eid.New(eid.Options{Now: s.clock.Now, Gen: s.gen, Keys: s.ours, Timeout: s.timeout, AllowHTTP: true})
}

func (s *scripted) redeem(t *testing.T) (identity.Assertion, error) {
	t.Helper()
	return s.client().Redeem(t.Context(), s.provider, s.request, "code-1", "")
}

func (s *scripted) wantSignedIn(t *testing.T) identity.Assertion {
	t.Helper()
	a, err := s.redeem(t)
	if err != nil {
		t.Fatalf("got %v, want the sign-in believed", err)
	}
	return a
}

func (s *scripted) wantRefused(t *testing.T) {
	t.Helper()
	a, err := s.redeem(t)
	Refused(t, err)
	noSecrets(t, err)
	if a.Subject != "" || a.Identifier != "" {
		t.Error("something is returned beside the fault")
	}
}

// noSecrets fails the test when an error says what nobody may read in a log.
func noSecrets(t *testing.T, err error) {
	t.Helper()
	for _, secret := range []string{"131052", "308T", "access-1", "code-1", "eyJ", "nonce-0", "vvvvv", "Meik"} {
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error has %s in it: %v", secret, err)
		}
	}
}

func set(name string, value any) func(map[string]any) {
	return func(c map[string]any) {
		if value == nil {
			delete(c, name)
			return
		}
		c[name] = value
	}
}

func TestWhatAnHonestProviderSaysIsBelieved(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	a := s.wantSignedIn(t)
	want := identity.Assertion{
		Issuer: s.base, Subject: "subject-1", ACR: "substantial", AuthAt: Start.Unix(), SID: "sid-1", Identifier: "131052-308T", Name: "Matti Meikäläinen",
	}
	if a.IDToken == "" || a.Issuer != want.Issuer || a.Subject != want.Subject || a.ACR != want.ACR || a.AuthAt != want.AuthAt || a.SID != want.SID ||
		a.Identifier != want.Identifier || a.Name != want.Name {
		t.Errorf("got %+v, want %+v", a, want)
	}
}

// Times are compared in whole seconds, with a skew of 60.
func TestClaimsAreHeldAgainstTheRequestAndTheClock(t *testing.T) {
	t.Parallel()
	now := Start.Unix()
	for name, c := range map[string]struct {
		claims func(map[string]any)
		good   bool
	}{
		"another issuer":                 {set("iss", "https://elsewhere.example"), false},
		"the issuer with a slash":        {func(c map[string]any) { c["iss"] = c["iss"].(string) + "/" }, false},
		"another audience":               {set("aud", "somebody-else"), false},
		"no audience":                    {set("aud", nil), false},
		"a list with us alone":           {set("aud", []string{"luukku"}), true},
		"two audiences and no azp":       {set("aud", []string{"luukku", "other"}), false},
		"two audiences, asked by us":     {func(c map[string]any) { c["aud"], c["azp"] = []string{"luukku", "other"}, "luukku" }, true},
		"two audiences, asked by other":  {func(c map[string]any) { c["aud"], c["azp"] = []string{"luukku", "other"}, "other" }, false},
		"asked by another":               {set("azp", "other"), false},
		"another nonce":                  {set("nonce", "nonce-of-another"), false},
		"no nonce":                       {set("nonce", nil), false},
		"an empty nonce":                 {set("nonce", ""), false},
		"no subject":                     {set("sub", nil), false},
		"a subject beyond 255":           {set("sub", strings.Repeat("s", 256)), false},
		"a subject that is a number":     {set("sub", 17), false},
		"expired at the last second":     {set("exp", now-59), true},
		"expired":                        {set("exp", now-60), false},
		"no exp":                         {set("exp", nil), false},
		"exp that is a text":             {set("exp", fmt.Sprint(now+300)), false},
		"exp with a fraction":            {set("exp", float64(now)+0.5), true},
		"exp beyond all clocks":          {set("exp", 1e300), false},
		"written a skew ahead":           {set("iat", now+60), true},
		"written further ahead":          {set("iat", now+61), false},
		"no iat":                         {set("iat", nil), false},
		"not before a skew ahead":        {set("nbf", now+60), true},
		"not before further ahead":       {set("nbf", now+61), false},
		"proven a skew ahead":            {set("auth_time", now+60), true},
		"proven further ahead":           {set("auth_time", now+61), false},
		"auth_time that is a text":       {set("auth_time", "now"), false},
		"the right access token":         {set("at_hash", "d0s7yoLBtSRGMNbrDEWMDg"), false},
		"another access token":           {set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), false},
		"a logout token":                 {set("events", map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}), false},
		"no acr, which is for the asker": {set("acr", nil), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScripted(t)
			s.claims = c.claims
			if c.good {
				s.wantSignedIn(t)
			} else {
				s.wantRefused(t)
			}
		})
	}
}

func TestWithoutAnACRNoneIsMadeUp(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	s.claims = set("acr", nil)
	if a := s.wantSignedIn(t); a.ACR != "" {
		t.Errorf("got acr %q, want none", a.ACR)
	}
}

func TestTheAccessTokenBelongsToTheIDToken(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	s.claims = set("at_hash", halfHash("access-1"))
	s.wantSignedIn(t)
}

func TestAProofIsAskedAnew(t *testing.T) {
	t.Parallel()
	now := Start.Unix()
	for name, c := range map[string]struct {
		at   any
		good bool
	}{"now": {now, true}, "a skew before": {now - 60, true}, "before": {now - 61, false}, "not said": {nil, false}} {
		s := newScripted(t)
		s.request.Fresh = true
		s.claims = set("auth_time", c.at)
		_, err := s.redeem(t)
		if (err == nil) != c.good {
			t.Errorf("%s: got %v, want believed: %v", name, err, c.good)
		}
	}
}

func TestSignaturesThatProveNothingAreRefused(t *testing.T) {
	t.Parallel()
	encode := base64.RawURLEncoding.EncodeToString
	for name, wrong := range map[string]func(s *scripted){
		"none": func(s *scripted) {
			s.write = func(p []byte) string { return encode([]byte(`{"alg":"none","kid":"k1"}`)) + "." + encode(p) + "." }
		},
		"a hash keyed with our public key": func(s *scripted) {
			s.write = func(p []byte) string {
				public := must(json.Marshal(jose.JSONWebKey{Key: s.key.Public()}))
				o := (&jose.SignerOptions{}).WithHeader("kid", "k1")
				return must(must(must(jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: public}, o)).Sign(p)).CompactSerialize())
			}
		},
		"RS512, which was not agreed on": func(s *scripted) { s.alg = jose.RS512 },
		"another key under the name of the first": func(s *scripted) {
			s.write = func(p []byte) string {
				other := scripted{key: otherKey()}
				return other.signed(p)
			}
		},
		"a key that comes with the token": func(s *scripted) {
			s.write = func(p []byte) string {
				o := &jose.SignerOptions{EmbedJWK: true}
				return must(must(must(jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: otherKey()}, o)).Sign(p)).CompactSerialize())
			}
		},
		"a key that is not published": func(s *scripted) { s.header = func(o *jose.SignerOptions) { o.WithHeader("kid", "k9") } },
		"a key for encryption": func(s *scripted) {
			s.keySet = func() []jose.JSONWebKey { return []jose.JSONWebKey{{Key: s.key.Public(), KeyID: "k1", Use: "enc"}} }
		},
		"a key for another algorithm": func(s *scripted) {
			s.keySet = func() []jose.JSONWebKey {
				return []jose.JSONWebKey{{Key: s.key.Public(), KeyID: "k1", Use: "sig", Algorithm: "PS256"}}
			}
		},
		"a payload that was changed": func(s *scripted) {
			s.write = func(p []byte) string {
				parts := strings.Split(s.signed(p), ".")
				return parts[0] + "." + encode([]byte(strings.Replace(string(p), "subject-1", "subject-2", 1))) + "." + parts[2]
			}
		},
		"no JSON":             func(s *scripted) { s.write = func([]byte) string { return s.signed([]byte("131052-308T")) } },
		"null":                func(s *scripted) { s.write = func([]byte) string { return s.signed([]byte("null")) } },
		"no token at all":     func(s *scripted) { s.write = func([]byte) string { return "131052-308T" } },
		"a token without end": func(s *scripted) { s.claims = set("x", strings.Repeat("x", 70<<10)) },
		"a logout token's type": func(s *scripted) {
			s.header = func(o *jose.SignerOptions) { o.WithType("logout+jwt") }
		},
		"an unknown critical header": func(s *scripted) {
			s.header = func(o *jose.SignerOptions) { o.WithHeader("x", 1).WithCritical("x") }
		},
		"plain, where it must be encrypted": func(s *scripted) { s.provider.EncryptedIDToken = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScripted(t)
			wrong(s)
			s.wantRefused(t)
		})
	}
}

func halfHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// The test is not parallel: Go itself must be told to let a weak key through, so that it is us who refuse it.
func TestWeakKeysAreRefused(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	s := newScripted(t)
	s.key = must(rsa.GenerateKey(rand.Reader, 1024))
	s.wantRefused(t)
}

func idOf(s string) ids.Provider { return ids.Provider(s) }
