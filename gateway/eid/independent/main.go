// Command independent is an OpenID provider made of ory/fosite, for the suite that our client must pass: a second opinion on the protocol by people who do not
// know us. It is a module of its own, so that its many dependencies are none of the house's.
//
// It reads what it must know of its client as JSON from its standard input, writes its address as one line to its standard output, and ends with its input. Its
// one person signs in without being asked, or gives up when the address says so.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/storage"
	"github.com/ory/fosite/token/jwt"
)

// client is what the provider is told of its client. It is registered once for each algorithm, as <id>-<alg>: fosite takes one for each client.
type client struct {
	ID       string             `json:"id"`
	ReturnTo string             `json:"return_to"`
	Keys     jose.JSONWebKeySet `json:"keys"`
	ACR      string             `json:"acr"`
}

const kid = "independent"

type provider struct {
	issuer string
	client client
	oauth  fosite.OAuth2Provider
	key    *rsa.PrivateKey
}

func main() {
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	if err != nil {
		log.Fatal("no client on the standard input")
	}
	p := provider{}
	if err := json.Unmarshal(line, &p.client); err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	p.issuer = "http://" + l.Addr().String()
	if p.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		log.Fatal(err)
	}
	p.oauth = p.compose()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.configuration)
	mux.HandleFunc("GET /jwks", p.jwks)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userInfo)
	go func() { log.Fatal((&http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}).Serve(l)) }()
	fmt.Println(p.issuer)
	_, _ = io.Copy(io.Discard, in) // whoever started us has ended
}

func (p *provider) compose() fosite.OAuth2Provider {
	store := storage.NewMemoryStore()
	for _, alg := range []string{"RS256", "PS256", "ES256"} {
		id := p.client.ID + "-" + alg
		store.Clients[id] = &fosite.DefaultOpenIDConnectClient{
			DefaultClient: &fosite.DefaultClient{
				ID: id, RedirectURIs: []string{p.client.ReturnTo}, GrantTypes: []string{"authorization_code"}, ResponseTypes: []string{"code"}, Scopes: []string{"openid"},
			},
			JSONWebKeys: &p.client.Keys, TokenEndpointAuthMethod: "private_key_jwt", TokenEndpointAuthSigningAlgorithm: alg, RequestObjectSigningAlgorithm: alg,
		}
	}
	config := &fosite.Config{
		AuthorizeCodeLifespan: time.Minute, EnforcePKCE: true, IDTokenIssuer: p.issuer, GlobalSecret: []byte("thirty-two bytes for the test's codes!"),
		TokenURL: p.issuer + "/token", MinParameterEntropy: 8,
	}
	key := func(context.Context) (any, error) { return p.key, nil }
	return compose.Compose(
		config, store,
		&compose.CommonStrategy{
			CoreStrategy: compose.NewOAuth2HMACStrategy(config), OpenIDConnectTokenStrategy: compose.NewOpenIDConnectStrategy(key, config),
			Signer: &jwt.DefaultSigner{GetPrivateKey: key},
		},
		compose.OAuth2AuthorizeExplicitFactory, compose.OpenIDConnectExplicitFactory, compose.OAuth2PKCEFactory, compose.OAuth2TokenIntrospectionFactory,
	)
}

func (p *provider) session() *openid.DefaultSession {
	now := time.Now().UTC().Truncate(time.Second)
	return &openid.DefaultSession{
		Subject: "subject-1",
		Claims: &jwt.IDTokenClaims{
			Issuer: p.issuer, Subject: "subject-1", RequestedAt: now, AuthTime: now, IssuedAt: now, ExpiresAt: now.Add(5 * time.Minute),
			AuthenticationContextClassReference: p.client.ACR, AuthenticationMethodsReferences: []string{"mfa"},
		},
		Headers: &jwt.Headers{Extra: map[string]any{"kid": kid}},
	}
}

func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	ask, err := p.oauth.NewAuthorizeRequest(ctx, r)
	if err != nil {
		log.Print("authorize: ", explain(err))
		p.oauth.WriteAuthorizeError(ctx, w, ask, err)
		return
	}
	if r.URL.Query().Get("give-up") != "" {
		p.oauth.WriteAuthorizeError(ctx, w, ask, fosite.ErrAccessDenied)
		return
	}
	ask.GrantScope("openid")
	answer, err := p.oauth.NewAuthorizeResponse(ctx, ask, p.session())
	if err != nil {
		log.Print("authorize: ", explain(err))
		p.oauth.WriteAuthorizeError(ctx, w, ask, err)
		return
	}
	p.oauth.WriteAuthorizeResponse(ctx, w, ask, answer)
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	ask, err := p.oauth.NewAccessRequest(ctx, r, &openid.DefaultSession{})
	if err != nil {
		log.Print("token: ", explain(err))
		p.oauth.WriteAccessError(ctx, w, ask, err)
		return
	}
	answer, err := p.oauth.NewAccessResponse(ctx, ask)
	if err != nil {
		log.Print("token: ", explain(err))
		p.oauth.WriteAccessError(ctx, w, ask, err)
		return
	}
	p.oauth.WriteAccessResponse(ctx, w, ask, answer)
}

// userInfo answers with a signed JWT.
func (p *provider) userInfo(w http.ResponseWriter, r *http.Request) {
	_, ask, err := p.oauth.IntrospectToken(r.Context(), fosite.AccessTokenFromRequest(r), fosite.AccessToken, &openid.DefaultSession{})
	if err != nil {
		http.Error(w, "no", http.StatusUnauthorized)
		return
	}
	key := jose.JSONWebKey{Key: p.key, KeyID: kid}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.PS256, Key: key}, nil)
	if err != nil {
		log.Fatal(err)
	}
	payload, _ := json.Marshal(map[string]any{
		"iss": p.issuer, "aud": ask.GetClient().GetID(), "sub": ask.GetSession().GetSubject(), "given_name": "Inka", "family_name": "Riippumaton",
		"nin": "IE/FI/independent-1",
	})
	jws, err := signer.Sign(payload)
	if err != nil {
		log.Fatal(err)
	}
	compact, _ := jws.CompactSerialize()
	w.Header().Set("Content-Type", "application/jwt; charset=utf-8")
	_, _ = io.WriteString(w, compact)
}

func (p *provider) configuration(w http.ResponseWriter, _ *http.Request) {
	send(w, map[string]any{
		"issuer": p.issuer, "authorization_endpoint": p.issuer + "/authorize", "token_endpoint": p.issuer + "/token", "jwks_uri": p.issuer + "/jwks",
		"userinfo_endpoint": p.issuer + "/userinfo", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (p *provider) jwks(w http.ResponseWriter, _ *http.Request) {
	send(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: kid, Use: "sig"}}})
}

func send(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func explain(err error) string {
	e := fosite.ErrorToRFC6749Error(err)
	return strings.Join([]string{e.ErrorField, e.DescriptionField, e.HintField, e.DebugField}, " | ")
}
