package eidtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"
)

// The demo's providers are ours, and so is the client that they are tried with: what both get wrong in the same way is found by a client that is not ours.
func TestTheDemosProvidersServeAClientThatIsNotOurs(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	row := d.row(t, "staff")
	provider, err := oidc.NewProvider(t.Context(), row.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	config := oauth2.Config{
		ClientID: row.ClientID, Endpoint: provider.Endpoint(), RedirectURL: ReturnTo, Scopes: []string{oidc.ScopeOpenID},
	}
	config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	verifier := oauth2.GenerateVerifier()
	address := config.AuthCodeURL("state-1", oidc.Nonce("nonce-1"), oauth2.S256ChallengeOption(verifier))
	back := choose("clerk", "high")(t, address, false).Query()
	token, err := config.Exchange(t.Context(), back.Get("code"), oauth2.VerifierOption(verifier),
		oauth2.SetAuthURLParam("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
		oauth2.SetAuthURLParam("client_assertion", assertionFor(t, d, config.Endpoint.TokenURL)))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: row.ClientID, SupportedSigningAlgs: []string{"ES256"}, Now: d.clock.Now}).Verify(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := id.VerifyAccessToken(token.AccessToken); err != nil {
		t.Error(err)
	}
	var said struct {
		Email  string
		Groups []string
		ACR    string
	}
	if err := id.Claims(&said); err != nil || id.Nonce != "nonce-1" || said.Email == "" || len(said.Groups) != 1 || said.ACR != "http://eidas.europa.eu/LoA/high" {
		t.Errorf("got %+v, %v", said, err)
	}
	info, err := provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != id.Subject {
		t.Errorf("got %v, want user info about the same person", err)
	}
}

// assertionFor proves by hand who we are.
func assertionFor(t *testing.T, d *demo, audience string) string {
	t.Helper()
	now := d.clock.Now().Unix()
	key := must(d.keys.Signing("RS256"))
	signer := must(jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, nil))
	payload := must(json.Marshal(map[string]any{"iss": "luukku", "sub": "luukku", "aud": audience, "jti": "by-hand", "iat": now, "exp": now + 60}))
	return must(must(signer.Sign(payload)).CompactSerialize())
}

func TestTheDemoReachesItselfWithoutItsAddress(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	p := Party{Provider: d.row(t, "card"), Keys: d.keys, Now: d.clock.Now, Gen: NewGen(d.clock.Now, 6), Person: choose("veikko", "high"), ACR: "http://ftn.ficora.fi/2017/loa3"}
	p.HTTP = &http.Client{Transport: d.door.Transport(nil)} // there is no way out
	signsIn(t, p)
	p.Provider.Issuer = strings.Replace(p.Provider.Issuer, "127.0.0.1", "localhost", 1)
	_, err := p.Client().AuthURL(t.Context(), p.Provider, p.Request())
	Down(t, err)
}
