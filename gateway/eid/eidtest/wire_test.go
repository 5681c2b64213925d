package eidtest

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"luukku/gateway/eid"
)

// What a provider sends on to another address, be it an honest one, is not followed: a code and an assertion are for one address alone.
func TestNoRequestIsSentOnToAnotherAddress(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			s := newScripted(t)
			s.provider.UserInfo = true
			honest := map[string]http.HandlerFunc{
				"/.well-known/openid-configuration": s.configuration, "/jwks": s.jwks, "/token": s.token, "/userinfo": s.userInfo,
			}[path]
			s.handlers[path] = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.RawQuery == "" {
					http.Redirect(w, r, path+"?again", http.StatusTemporaryRedirect)
					return
				}
				honest(w, r)
			}
			if _, err := s.redeem(t); err == nil || s.asked[path].Load() != 1 {
				t.Errorf("got %v after %d requests, want one request and no sign-in", err, s.asked[path].Load())
			}
		})
	}
}

func TestAssertionsSayWhoWeAreToWhomTheProviderWants(t *testing.T) {
	t.Parallel()
	s := newScripted(t)
	for audience, want := range map[string]string{"": s.base + "/token", eid.AudienceToken: s.base + "/token", eid.AudienceIssuer: s.base} {
		s.provider.AssertionAudience = audience
		s.handlers["/token"] = func(w http.ResponseWriter, r *http.Request) {
			jws := must(jose.ParseSignedCompact(r.PostFormValue("client_assertion"), []jose.SignatureAlgorithm{jose.ES256}))
			var said struct {
				Iss, Sub, Aud, JTI string
				Iat, Exp           int64
			}
			_ = json.Unmarshal(jws.UnsafePayloadWithoutVerification(), &said)
			if said.Aud != want || said.Iss != "luukku" || said.Sub != "luukku" || said.JTI == "" || said.Iat != Start.Unix() || said.Exp != Start.Unix()+60 {
				t.Errorf("%q: got %+v, want it for %s", audience, said, want)
			}
			s.token(w, r)
		}
		s.wantSignedIn(t)
	}
}
