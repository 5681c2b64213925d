package eidtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/base/natid"
)

// logoutToken is what an ordinary logout token says now.
func (s *scripted) logoutToken() map[string]any {
	now := s.clock.Now().Unix()
	return map[string]any{
		"iss": s.base, "aud": "luukku", "iat": now, "exp": now + 120, "jti": "jti-1", "sub": "subject-1", "sid": "sid-1",
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
}

func (s *scripted) endedBy(t *testing.T, said map[string]any) (string, natid.Secret, string, int64, error) {
	t.Helper()
	return s.client().EndedBy(t.Context(), s.provider, s.signed(must(json.Marshal(said))))
}

func TestALogoutTokenSaysWhoseSessionsEnd(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	sid, sub, jti, until, err := s.endedBy(t, s.logoutToken())
	if err != nil || sid != "sid-1" || sub != "subject-1" || jti != "jti-1" || until != Start.Unix()+120+60 {
		t.Errorf("got %s, %s, %d, %v; want sid-1, jti-1 and until when it is to be remembered", sid, jti, until, err)
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		good   bool
	}{
		"no sid":               {set("sid", nil), true},
		"no sub":               {set("sub", nil), true},
		"neither":              {func(c map[string]any) { delete(c, "sid"); delete(c, "sub") }, false},
		"another audience":     {set("aud", "other"), false},
		"another issuer":       {set("iss", "https://elsewhere.example"), false},
		"a nonce":              {set("nonce", "nonce"), false},
		"an empty nonce":       {set("nonce", ""), false},
		"no events":            {set("events", nil), false},
		"another event":        {set("events", map[string]any{"http://schemas.openid.net/event/other": map[string]any{}}), false},
		"an event that is not": {set("events", map[string]any{"http://schemas.openid.net/event/backchannel-logout": nil}), false},
		"events as a list":     {set("events", []string{"http://schemas.openid.net/event/backchannel-logout"}), false},
		"no jti":               {set("jti", nil), false},
		"no exp":               {set("exp", nil), false},
		"expired":              {set("exp", Start.Unix()-60), false},
		"of the future":        {set("iat", Start.Unix()+61), false},
		"old, good for a year": {func(c map[string]any) { c["iat"], c["exp"] = Start.Unix()-660, Start.Unix()+31536000 }, false},
		"new, good for a year": {set("exp", Start.Unix()+31536000), true},
	} {
		said := s.logoutToken()
		c.change(said)
		_, _, _, until, err := s.endedBy(t, said)
		switch {
		case c.good && (err != nil || until > Start.Unix()+660):
			t.Errorf("%s: got %v, to be remembered until %d; want it taken, and forgotten within minutes", name, err, until)
		case !c.good:
			Refused(t, err)
			noSecrets(t, err)
		}
	}
}

func TestAnIDTokenIsNoLogoutToken(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	_, _, _, _, err := s.endedBy(t, s.honest())
	Refused(t, err)
	s.header = func(o *jose.SignerOptions) { o.WithType("at+jwt") }
	_, _, _, _, err = s.endedBy(t, s.logoutToken())
	Refused(t, err)
	s.header = nil
	_, _, _, _, err = s.client().EndedBy(t.Context(), s.provider, (&scripted{key: otherKey()}).signed(must(json.Marshal(s.logoutToken()))))
	Refused(t, err)
	for _, garbage := range []string{"", ".", "a.b.c", strings.Repeat("x", 100<<10)} {
		_, _, _, _, err = s.client().EndedBy(t.Context(), s.provider, garbage)
		Refused(t, err)
	}
}

func TestTheAddressToSignOutAtSaysNothingOfThePerson(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	end := func() url.Values {
		t.Helper()
		return must(url.Parse(must(s.client().EndURL(t.Context(), s.provider, s.idToken(s.honest()), "state-1", ReturnTo)))).Query()
	}
	q := end()
	if q.Get("from") != "here" || q.Get("client_id") != "luukku" || q.Get("state") != "state-1" || q.Get("post_logout_redirect_uri") != ReturnTo {
		t.Errorf("got %v", q)
	}
	if q.Has("id_token_hint") {
		t.Error("a token with an identifier is in the address, and the provider has no key to encrypt it for")
	}
	s.keySet = func() []jose.JSONWebKey {
		return []jose.JSONWebKey{{Key: s.key.Public(), KeyID: "k1", Use: "sig"}, {Key: s.key.Public(), KeyID: "k2", Use: "enc", Algorithm: "RSA-OAEP-256"}}
	}
	hint := end().Get("id_token_hint")
	jwe, err := jose.ParseEncryptedCompact(hint, []jose.KeyAlgorithm{jose.RSA_OAEP_256}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil || strings.Count(string(must(jwe.Decrypt(s.key))), ".") != 2 {
		t.Errorf("got %v, want the token in an envelope for the provider", err)
	}
	s.claims = func(c map[string]any) { delete(c, "nin"); delete(c, "name") }
	if hint := end().Get("id_token_hint"); strings.Count(hint, ".") != 2 {
		t.Error("a token that says nothing of the person is not the hint")
	}
	s.claims = func(c map[string]any) { delete(c, "nin"); delete(c, "name"); c["sub"] = "9001012385" }
	if hint := end().Get("id_token_hint"); strings.Count(hint, ".") != 4 {
		t.Error("a token whose subject is a personal number is in the address as it is")
	}
	s.config = set("end_session_endpoint", nil)
	if address, err := s.client().EndURL(t.Context(), s.provider, "", "", ReturnTo); err != nil || address != "" {
		t.Errorf("got %q, %v; want none from a provider that has no such place", address, err)
	}
}

// The demo's provider is told by us, and tells us.
func TestWhoSignsOutOfTheDemoIsToldOfBehindTheScenes(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	for _, id := range []string{"bank", "staff"} {
		d.ended = nil
		person := map[string]string{"bank": "maija", "staff": "clerk"}[id]
		p := Party{
			Provider: d.row(t, idOf(id)), Keys: d.keys, HTTP: &http.Client{}, Now: d.clock.Now, Gen: NewGen(d.clock.Now, id[0]), Person: choose(person, "substantial"),
		}
		c := p.Client()
		a := p.SignIn(t, c, p.Request())
		address := must(c.EndURL(t.Context(), p.Provider, a.IDToken, "state-1", ReturnTo))
		if back := visit(t, http.MethodGet, address, nil); back.Query().Get("state") != "state-1" || !strings.HasPrefix(back.String(), ReturnTo) {
			t.Errorf("%s: got led to %s", id, back)
		}
		if len(d.ended) != 1 {
			t.Fatalf("%s: got %d logout tokens, want 1", id, len(d.ended))
		}
		sid, sub, jti, _, err := c.EndedBy(t.Context(), p.Provider, d.ended[0].Get("logout_token"))
		if err != nil || sid != a.SID || sub != a.Subject || jti == "" {
			t.Errorf("%s: got %v, want the session of the sign-in ended", id, err)
		}
		// A token of one provider means nothing at another.
		_, _, _, _, err = c.EndedBy(t.Context(), d.row(t, "card"), d.ended[0].Get("logout_token"))
		Refused(t, err)
		d.clock.Advance(time.Minute)
	}
}

func TestADemoProviderThatIsMadeToBeDownIs(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	p := Party{Provider: d.row(t, "bank"), Keys: d.keys, HTTP: &http.Client{}, Now: d.clock.Now, Gen: NewGen(d.clock.Now, 8), Person: choose("maija", "high")}
	d.door.SetDown("bank", true)
	_, err := p.Client().AuthURL(t.Context(), p.Provider, p.Request())
	Down(t, err)
	d.door.SetDown("bank", false)
	p.SignIn(t, p.Client(), p.Request())
}
