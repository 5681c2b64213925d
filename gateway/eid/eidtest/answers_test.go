package eidtest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/gateway/eid"
)

// envelope encrypts for our key of an algorithm.
func (s *scripted) envelope(alg jose.KeyAlgorithm, enc jose.ContentEncryption, o *jose.EncrypterOptions) func(string) string {
	return func(signed string) string {
		for _, k := range s.ours.Public().Keys {
			if k.Use == "enc" && strings.HasPrefix(k.Algorithm, string(alg)[:3]) {
				e := must(jose.NewEncrypter(enc, jose.Recipient{Algorithm: alg, Key: k.Key, KeyID: k.KeyID}, o))
				return must(must(e.Encrypt([]byte(signed))).CompactSerialize())
			}
		}
		panic("no key for " + alg)
	}
}

func TestEncryptedTokensAreReadByWhatWasAgreedOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		alg  jose.KeyAlgorithm
		enc  jose.ContentEncryption
		good bool
	}{
		{jose.RSA_OAEP_256, jose.A256GCM, true},
		{jose.RSA_OAEP_256, jose.A128GCM, true},
		{jose.ECDH_ES, jose.A256GCM, true},
		{jose.ECDH_ES, jose.A128GCM, true},
		{jose.RSA_OAEP, jose.A256GCM, false},
		{jose.RSA1_5, jose.A256GCM, false},
		{jose.ECDH_ES_A128KW, jose.A256GCM, false},
		{jose.RSA_OAEP_256, jose.A128CBC_HS256, false},
		{jose.ECDH_ES, jose.A192GCM, false},
	} {
		t.Run(string(c.alg)+" "+string(c.enc), func(t *testing.T) {
			t.Parallel()
			s := newScripted(t)
			s.provider.EncryptedIDToken = true
			s.seal = s.envelope(c.alg, c.enc, nil)
			if !c.good {
				s.wantRefused(t)
				return
			}
			if a := s.wantSignedIn(t); strings.Count(a.IDToken, ".") != 2 {
				t.Error("the token is kept in its envelope")
			}
		})
	}
}

func TestAnEnvelopeDoesNotReplaceTheSignature(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(s *scripted, p []byte) string{
		"claims alone": func(_ *scripted, p []byte) string { return string(p) },
		"another key":  func(_ *scripted, p []byte) string { return (&scripted{key: otherKey()}).signed(p) },
		"another envelope": func(s *scripted, p []byte) string {
			return s.envelope(jose.RSA_OAEP_256, jose.A256GCM, nil)(s.signed(p))
		},
		"a lot, made little": func(s *scripted, _ []byte) string { return strings.Repeat("a", 1<<20) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScripted(t)
			s.provider.EncryptedIDToken = true
			s.write = func(p []byte) string { return write(s, p) }
			s.seal = s.envelope(jose.RSA_OAEP_256, jose.A256GCM, &jose.EncrypterOptions{Compression: jose.DEFLATE})
			s.wantRefused(t)
		})
	}
}

func TestATokenForAKeyOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	other := *s
	other.ours = OtherKeys(t, s.clock.Now)
	s.seal = other.envelope(jose.RSA_OAEP_256, jose.A256GCM, nil)
	s.wantRefused(t)
}

func TestUserInfoIsAboutTheSamePersonAndAddsOnlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	answer := func(media, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			_, _ = w.Write([]byte(body))
		}
	}
	for name, c := range map[string]struct {
		script func(s *scripted)
		good   bool
	}{
		"honest":          {func(*scripted) {}, true},
		"another subject": {func(s *scripted) { s.handlers["/userinfo"] = answer("application/json", `{"sub":"subject-2"}`) }, false},
		"no subject":      {func(s *scripted) { s.handlers["/userinfo"] = answer("application/json", `{"nin":"131052-308T"}`) }, false},
		"no JSON":         {func(s *scripted) { s.handlers["/userinfo"] = answer("text/html", `131052-308T`) }, false},
		"refused":         {func(s *scripted) { s.handlers["/userinfo"] = status(http.StatusForbidden) }, false},
		"signed": {func(s *scripted) {
			s.handlers["/userinfo"] = answer("application/jwt", s.signed([]byte(`{"iss":"`+s.base+`","aud":"luukku","sub":"subject-1","groups":["one","two"]}`)))
		}, true},
		"signed and encrypted": {func(s *scripted) {
			signed := s.signed([]byte(`{"iss":"` + s.base + `","aud":"luukku","sub":"subject-1","groups":["one","two"]}`))
			s.handlers["/userinfo"] = answer("application/jwt", s.envelope(jose.ECDH_ES, jose.A256GCM, nil)(signed))
		}, true},
		"signed for somebody else": {func(s *scripted) {
			s.handlers["/userinfo"] = answer("application/jwt", s.signed([]byte(`{"iss":"`+s.base+`","aud":"other","sub":"subject-1"}`)))
		}, false},
		"signed by another": {func(s *scripted) {
			other := scripted{key: otherKey()}
			s.handlers["/userinfo"] = answer("application/jwt", other.signed([]byte(`{"iss":"`+s.base+`","aud":"luukku","sub":"subject-1"}`)))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScripted(t)
			s.provider.UserInfo = true
			c.script(s)
			if !c.good {
				s.wantRefused(t)
				return
			}
			if a := s.wantSignedIn(t); len(a.Groups) != 2 || a.Identifier != "131052-308T" || a.Name != "Matti Meikäläinen" {
				t.Errorf("got groups %v, name %q; want those of both", a.Groups, a.Name)
			}
		})
	}
	t.Run("what the ID token said stands", func(t *testing.T) {
		s := newScripted(t)
		s.provider.UserInfo = true
		s.handlers["/userinfo"] = answer("application/json", `{"sub":"subject-1","nin":"020202-002X","acr":"high","nonce":"x","groups":"one"}`)
		if a := s.wantSignedIn(t); a.Identifier != "131052-308T" || a.ACR != "substantial" || len(a.Groups) != 1 {
			t.Errorf("got acr %s, groups %v", a.ACR, a.Groups)
		}
	})
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(`{"error":"131052-308T","error_description":"eyJ"}`))
	}
}

func TestAProviderThatDoesNotAnswerIsSaidToBeDown(t *testing.T) {
	t.Parallel()
	slow := func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // only then does the server see that the client hangs up
		<-r.Context().Done()
	}
	huge := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"x":"` + strings.Repeat("x", 300<<10) + `"}`))
	}
	garbage := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>131052-308T")) }
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte(`{`))
	}
	away := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }
	for name, wrong := range map[string]http.HandlerFunc{
		"slow": slow, "huge": huge, "garbage": garbage, "cut off": cut, "an error": status(http.StatusBadGateway), "too many": status(http.StatusTooManyRequests),
		"led away": away,
	} {
		for _, path := range []string{"/.well-known/openid-configuration", "/jwks", "/token"} {
			t.Run(name+" at "+path, func(t *testing.T) {
				t.Parallel()
				s := newScripted(t)
				s.handlers[path] = wrong
				s.timeout = 300 * time.Millisecond
				_, err := s.redeem(t)
				noSecrets(t, err)
				if path == "/token" && (name == "garbage" || name == "led away") { // an answer, and no good one
					Refused(t, err)
					return
				}
				Down(t, err)
			})
		}
	}
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		s := newScripted(t)
		s.provider.Issuer = "http://127.0.0.1:1"
		_, err := s.client().AuthURL(t.Context(), s.provider, s.request)
		Down(t, err)
	})
}

func TestConfigurationsThatLieAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(map[string]any){
		"another issuer's":       set("issuer", "https://elsewhere.example"),
		"no token endpoint":      set("token_endpoint", nil),
		"no keys":                set("jwks_uri", nil),
		"no place to go":         set("authorization_endpoint", ""),
		"half an address":        set("token_endpoint", "/token"),
		"an address with a name": set("jwks_uri", "https://user:password@provider.example/jwks"),
		"a script":               set("authorization_endpoint", "javascript:alert(1)"),
	} {
		s := newScripted(t)
		s.config = change
		_, err := s.redeem(t)
		if err == nil {
			t.Errorf("%s: got no error", name)
			continue
		}
		Down(t, err)
	}
}

func TestWithoutTLSNobodyIsBelieved(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	c := eid.New(eid.Options{Now: s.clock.Now, Gen: s.gen, Keys: s.ours})
	_, err := c.AuthURL(t.Context(), s.provider, s.request)
	Down(t, err)
	if got := s.asked["/.well-known/openid-configuration"].Load(); got != 0 {
		t.Errorf("got %d requests without TLS, want none", got)
	}
}

func TestAnAnswerOfAnotherProviderIsNotRedeemed(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	for iss, good := range map[string]bool{"": true, s.base: true, "https://elsewhere.example": false, s.base + "/": false} {
		if _, err := s.client().Redeem(t.Context(), s.provider, s.request, "code-1", iss); (err == nil) != good {
			t.Errorf("iss %q: got %v, want redeemed: %v", iss, err, good)
		}
	}
	s.config = set("authorization_response_iss_parameter_supported", true)
	before := s.asked["/token"].Load()
	_, err := s.redeem(t)
	Refused(t, err)
	if s.asked["/token"].Load() != before {
		t.Error("a code without iss was sent to the provider that always says iss")
	}
}

// What is published is kept for ten minutes; an unknown key is looked for, and made-up ones are not looked for without end.
func TestKeysAreAskedForWhenNeededAndNotMore(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	c := s.client()
	try := func() error {
		_, err := c.Redeem(t.Context(), s.provider, s.request, "code-1", "")
		return err
	}
	jwks := func() int64 { return s.asked["/jwks"].Load() }
	for range 5 {
		if err := try(); err != nil {
			t.Fatal(err)
		}
	}
	if got := jwks() + s.asked["/.well-known/openid-configuration"].Load(); got != 2 {
		t.Errorf("got %d requests for five sign-ins, want 2", got)
	}
	// The provider takes a new key into use.
	s.header = func(o *jose.SignerOptions) { o.WithHeader("kid", "k2") }
	s.keySet = func() []jose.JSONWebKey {
		return []jose.JSONWebKey{{Key: s.key.Public(), KeyID: "k1", Use: "sig"}, {Key: s.key.Public(), KeyID: "k2", Use: "sig"}}
	}
	s.clock.Advance(30 * time.Second)
	if err := try(); err != nil || jwks() != 2 {
		t.Errorf("got %v after %d requests for keys, want the new key found at once", err, jwks())
	}
	// Somebody makes up keys.
	s.header = func(o *jose.SignerOptions) { o.WithHeader("kid", "made-up") }
	for range 5 {
		s.clock.Advance(5 * time.Second)
		Refused(t, try())
	}
	if jwks() != 2 {
		t.Errorf("got %d requests for keys within half a minute, want no more than 2", jwks())
	}
	s.clock.Advance(5 * time.Second)
	Refused(t, try())
	if jwks() != 3 {
		t.Errorf("got %d requests for keys, want 3", jwks())
	}
	// A key that was withdrawn is forgotten after ten minutes.
	s.header = nil
	s.keySet = func() []jose.JSONWebKey { return nil }
	if err := try(); err != nil {
		t.Error(err)
	}
	s.clock.Advance(10 * time.Minute)
	Refused(t, try())
}

func TestAProviderThatIsDownForAWhileIsRememberedForAnHour(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	c := s.client()
	try := func() error {
		_, err := c.Redeem(t.Context(), s.provider, s.request, "code-1", "")
		return err
	}
	if err := try(); err != nil {
		t.Fatal(err)
	}
	s.handlers["/jwks"], s.handlers["/.well-known/openid-configuration"] = status(500), status(500)
	s.clock.Advance(59 * time.Minute)
	if err := try(); err != nil {
		t.Errorf("got %v, want the sign-in believed by the keys of an hour ago", err)
	}
	s.clock.Advance(time.Minute)
	Down(t, try())
	// Whoever asks next does not make us ask again at once.
	before := s.asked["/.well-known/openid-configuration"].Load()
	for range 5 {
		Down(t, try())
	}
	if got := s.asked["/.well-known/openid-configuration"].Load(); got != before {
		t.Errorf("got %d more requests to a provider that was just down, want none", got-before)
	}
	delete(s.handlers, "/jwks")
	delete(s.handlers, "/.well-known/openid-configuration")
	s.clock.Advance(5 * time.Second)
	if err := try(); err != nil {
		t.Errorf("got %v, want the provider back", err)
	}
}

func TestWaitingForASlowProviderEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	s.timeout = 300 * time.Millisecond
	begun := make(chan struct{}, 1)
	s.handlers["/.well-known/openid-configuration"] = func(_ http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-r.Context().Done()
	}
	c := s.client()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = c.AuthURL(t.Context(), s.provider, s.request)
	}()
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.AuthURL(ctx, s.provider, s.request)
	Down(t, err)
	<-done
}

func TestRefusalsOfTheTokenEndpointAreLoggedByTheirNameAlone(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"error":"invalid_client","error_description":"131052-308T"}`: "invalid_client",
		`{"error":"131052-308T"}`:                                      "no error of the standard",
		`131052-308T`:                                                  "no error of the standard",
	} {
		s := newScripted(t)
		s.handlers["/token"] = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(body))
		}
		_, err := s.redeem(t)
		Refused(t, err)
		noSecrets(t, err)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s in it", err, want)
		}
	}
}

func TestARequestAsksForWhatIsConfigured(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	s.provider.Scopes = []string{"profile", "openid", ""}
	s.provider.Levels = map[string]actor.Level{"low": actor.LevelLow, "high": actor.LevelHigh, "substantial": actor.LevelSubstantial, "b": actor.LevelHigh}
	s.provider.Params = map[string]string{"ftn_idp_id": "bank-1", "state": "fixed", "redirect_uri": "https://elsewhere.example", "nonce": "fixed"}
	s.request.Fresh, s.request.Lang = true, "sv"
	want := map[string]string{
		"response_type": "code", "client_id": "luukku", "redirect_uri": ReturnTo, "scope": "openid profile", "state": s.request.State, "nonce": s.request.Nonce,
		"code_challenge_method": "S256", "acr_values": "substantial b high", "ui_locales": "sv", "prompt": "login", "max_age": "0", "ftn_idp_id": "bank-1",
	}
	address := must(s.client().AuthURL(t.Context(), s.provider, s.request))
	q := must(url.Parse(address)).Query()
	for name, value := range want {
		if q.Get(name) != value {
			t.Errorf("%s: got %q, want %q", name, q.Get(name), value)
		}
	}
	if len(q["state"]) != 1 || len(q) != len(want)+1 || q.Get("code_challenge") == "" || strings.Contains(address, s.request.Verifier) {
		t.Errorf("got %v", q)
	}
	// Signed, all of it is in the object, and outside only what must be.
	s.provider.SignedRequest = true
	q = must(url.Parse(must(s.client().AuthURL(t.Context(), s.provider, s.request)))).Query()
	jws := must(jose.ParseSignedCompact(q.Get("request"), []jose.SignatureAlgorithm{jose.ES256}))
	var said map[string]any
	ours := s.ours.Public()
	if err := json.Unmarshal(must(jws.Verify(ours.Key(jws.Signatures[0].Header.KeyID)[0].Key)), &said); err != nil {
		t.Fatal(err)
	}
	for name, value := range want {
		if name != "max_age" && said[name] != value {
			t.Errorf("%s in the object: got %v, want %q", name, said[name], value)
		}
	}
	if said["max_age"] != 0.0 || said["iss"] != "luukku" || said["aud"] != s.base || said["exp"].(float64) > float64(Start.Unix()+300) || len(q) != 4 {
		t.Errorf("got %v beside %v", said, q)
	}
}

func TestASignInWithoutItsSecretsIsNotBegun(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	for _, wrong := range []func(r *identity.AuthRequest){
		func(r *identity.AuthRequest) { r.State = "" }, func(r *identity.AuthRequest) { r.Nonce = "" }, func(r *identity.AuthRequest) { r.Verifier = "short" },
	} {
		r := s.request
		wrong(&r)
		if address, err := s.client().AuthURL(t.Context(), s.provider, r); err == nil {
			t.Errorf("got %s", address)
		}
	}
}

func TestAClientSecretIsSentAsTheStandardSays(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	s.provider.AuthMethod, s.provider.ClientID, s.provider.Secret = "client_secret_basic", "luukku:1", []byte("sealed")
	got := make(chan string, 1)
	s.handlers["/token"] = func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		got <- id + " " + secret + " " + r.PostFormValue("client_assertion")
		s.token(w, r)
	}
	s.claims = set("aud", "luukku:1")
	c := eid.New(eid.Options{Now: s.clock.Now, Gen: s.gen, Keys: s.ours, AllowHTTP: true, Secret: func(identity.Provider) ([]byte, error) { return []byte("p/w d"), nil }})
	if _, err := c.Redeem(t.Context(), s.provider, s.request, "code-1", ""); err != nil {
		t.Fatal(err)
	}
	if got := <-got; got != "luukku%3A1 p%2Fw+d " {
		t.Errorf("got %q", got)
	}
}
