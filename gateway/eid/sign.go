package eid

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/domain/identity"
)

// For how long what we sign is good. Providers want assertions to be short-lived (60 seconds at most in the Finnish trust network); a request waits for a
// person's browser.
const (
	assertionLife = 60 * time.Second
	requestLife   = 5 * time.Minute
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// sign makes a compact JWS of some claims.
func (c *Client) sign(p identity.Provider, typ string, claims map[string]any) (string, error) {
	alg := cmp.Or(p.SigningAlg, defaultSigningAlg)
	key, err := c.keys.Signing(alg)
	if err != nil {
		return "", err
	}
	options := (&jose.SignerOptions{}).WithHeader("kid", key.KeyID)
	if typ != "" {
		options = options.WithType(jose.ContentType(typ))
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key.Key}, options)
	if err != nil {
		return "", fmt.Errorf("sign by %s: %w", alg, err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("write claims: %w", err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign by %s: %w", alg, err)
	}
	return jws.CompactSerialize()
}

// requestObject signs the parameters of a request (RFC 9101), so that nobody between us and the provider changes them.
func (c *Client) requestObject(p identity.Provider, params map[string]string) (string, error) {
	now := c.now()
	claims := map[string]any{
		"iss": p.ClientID, "aud": p.Issuer, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(requestLife).Unix(), "jti": c.gen.Token(128),
	}
	for name, value := range params {
		claims[name] = value
	}
	if n, err := strconv.Atoi(params["max_age"]); err == nil {
		claims["max_age"] = n // a number in JSON (OpenID Connect Core, section 6.1)
	}
	return c.sign(p, "oauth-authz-req+jwt", claims)
}

// proveOurselves adds to the form for the token endpoint who we are, or returns the Authorization header that says so.
func (c *Client) proveOurselves(p identity.Provider, m metadata, form url.Values) (header string, err error) {
	if p.AuthMethod == AuthSecret {
		secret, err := c.secret(p)
		if err != nil {
			return "", fmt.Errorf("open the client secret: %w", err)
		}
		pair := url.QueryEscape(p.ClientID) + ":" + url.QueryEscape(string(secret)) // RFC 6749, section 2.3.1
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)), nil
	}
	audience := m.Token
	if p.AssertionAudience == AudienceIssuer {
		audience = p.Issuer
	}
	now := c.now()
	assertion, err := c.sign(p, "JWT", map[string]any{
		"iss": p.ClientID, "sub": p.ClientID, "aud": audience, "jti": c.gen.Token(128), "iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	})
	if err != nil {
		return "", err
	}
	form.Set("client_id", p.ClientID)
	form.Set("client_assertion_type", assertionType)
	form.Set("client_assertion", assertion)
	return "", nil
}
