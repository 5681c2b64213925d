// Package eid signs people in with OpenID providers: e-IDs, brokers that stand for several, and an organisation's own provider for its staff.
//
// It promises that what it returns was said by the provider, to us, now, and about this sign-in: the signature by a published key and an algorithm that was
// chosen beforehand, issuer, audience, times, nonce. It uses the authorization code flow with PKCE (S256) and nothing else, proves who we are with a signed
// assertion, signs requests and reads encrypted tokens where the provider wants so. Whatever a provider sends is limited in size and time. No identifier and
// no token is ever in an error.
//
// It leaves to others: what an acr is worth and whether that is enough, whose account it is, that a code's state and a logout token's jti are good once, and
// where our keys are stored. Our protocol code stands on go-jose for all cryptography; there is no other OpenID library below it, since encrypted tokens,
// signed user info, bounded answers and one fault for each cause would have to be built around it all the same.
//
// Sources: OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0 and Back-Channel Logout 1.0; RFC 6749, 7523, 7636, 8725, 9101, 9207.
package eid

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
)

// How a provider wants us to prove who we are, and to whom our assertions are addressed.
const (
	AuthPrivateKey    = "private_key_jwt"
	AuthSecret        = "client_secret_basic"
	AudienceToken     = "token_endpoint"
	AudienceIssuer    = "issuer"
	defaultSigningAlg = "RS256"
)

// Skew is how far a provider's clock may be from ours.
const Skew = 60 * time.Second

// Options is what a Client needs.
type Options struct {
	// HTTP sends the requests; a proxy and rules for what may be reached are its transport's. Nil is a client of its own without any.
	HTTP *http.Client
	Now  clock.Now
	Gen  *ids.Gen
	// Keys are our own keys.
	Keys Keys
	// Secret opens the sealed client secret of a provider with client_secret_basic; nil takes Provider.Secret as it is.
	Secret func(p identity.Provider) ([]byte, error)
	// Timeout of each request to a provider; 0 is 8 seconds.
	Timeout time.Duration
	// AllowHTTP believes providers without TLS. It is for the demo and for tests.
	AllowHTTP bool
}

// Client speaks with providers. It is safe for concurrent use.
type Client struct {
	http    *http.Client
	now     clock.Now
	gen     *ids.Gen
	keys    Keys
	secret  func(p identity.Provider) ([]byte, error)
	timeout time.Duration
	plain   bool
	parties parties
}

var _ identity.EID = (*Client)(nil)

// New returns a client.
func New(o Options) *Client {
	base := http.Client{}
	if o.HTTP != nil {
		base = *o.HTTP
	}
	base.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	base.Jar = nil
	c := &Client{
		http: &base, now: o.Now, gen: o.Gen, keys: o.Keys, secret: o.Secret, timeout: cmp.Or(o.Timeout, 8*time.Second), plain: o.AllowHTTP,
	}
	if c.secret == nil {
		c.secret = func(p identity.Provider) ([]byte, error) { return p.Secret, nil }
	}
	return c
}

// reserved are the parameters of a request that are ours to set, whatever an administrator entered.
var reserved = []string{
	"client_id", "code_challenge", "code_challenge_method", "nonce", "redirect_uri", "request", "request_uri", "response_mode", "response_type", "scope", "state",
}

// AuthURL returns where the browser goes to sign in.
func (c *Client) AuthURL(ctx context.Context, p identity.Provider, r identity.AuthRequest) (string, error) {
	if r.State == "" || r.Nonce == "" || len(r.Verifier) < 43 { // RFC 7636, section 4.1
		return "", errors.New("a sign-in without state, nonce or verifier")
	}
	m, err := c.discover(ctx, p.Issuer)
	if err != nil {
		return "", err
	}
	challenge := sha256.Sum256([]byte(r.Verifier))
	q := map[string]string{
		"response_type": "code", "client_id": p.ClientID, "redirect_uri": r.ReturnTo, "scope": scope(p), "state": r.State, "nonce": r.Nonce,
		"code_challenge": base64.RawURLEncoding.EncodeToString(challenge[:]), "code_challenge_method": "S256",
	}
	if r.Lang != "" {
		q["ui_locales"] = string(r.Lang)
	}
	if acr := acrValues(p, r.Level); acr != "" {
		q["acr_values"] = acr
	}
	if r.Fresh {
		q["prompt"], q["max_age"] = "login", "0"
	}
	for name, value := range p.Params {
		if !slices.Contains(reserved, name) {
			q[name] = value
		}
	}
	if p.SignedRequest {
		signed, err := c.requestObject(p, q)
		if err != nil {
			return "", err
		}
		// What OAuth wants to see outside, too (OpenID Connect Core, section 6.1); what counts is in the object.
		q = map[string]string{"response_type": "code", "client_id": p.ClientID, "scope": q["scope"], "request": signed}
	}
	return withQuery(m.Authorize, q)
}

// scope is openid and whatever else is configured.
func scope(p identity.Provider) string {
	all := []string{"openid"}
	for _, s := range p.Scopes {
		if s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return strings.Join(all, " ")
}

// acrValues are the values that are worth the level at least, the least first: providers take them in the order of preference.
func acrValues(p identity.Provider, least actor.Level) string {
	if least == actor.LevelNone {
		return ""
	}
	var values []string
	for acr, level := range p.Levels {
		if level >= least && acr != "" && !strings.Contains(acr, " ") {
			values = append(values, acr)
		}
	}
	slices.SortFunc(values, func(a, b string) int {
		return cmp.Or(cmp.Compare(p.Levels[a], p.Levels[b]), strings.Compare(a, b))
	})
	return strings.Join(values, " ")
}

// withQuery adds parameters to an address that may have some already.
func withQuery(address string, params map[string]string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("address of a provider: %w", err)
	}
	q := u.Query()
	for name, value := range params {
		q.Set(name, value)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}
