package eid

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/domain/identity"
)

// What we take from providers, whatever a token says of itself (RFC 8725, section 3.1). "none" and keyed hashes are not among them.
var (
	signingAlgs = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256}
	keyAlgs     = []jose.KeyAlgorithm{jose.RSA_OAEP_256, jose.ECDH_ES}
	contentEncs = []jose.ContentEncryption{jose.A256GCM, jose.A128GCM}
)

// longest is how long a token may be (bytes).
const longest = 64 << 10

// claims are what a token says, each as its JSON.
type claims map[string]json.RawMessage

// text returns a claim that is a string, "" when it is none.
func (c claims) text(name string) string {
	var s string
	if name == "" || json.Unmarshal(c[name], &s) != nil {
		return ""
	}
	return s
}

// texts returns a claim that is a list of strings, or one string.
func (c claims) texts(name string) []string {
	if one := c.text(name); one != "" {
		return []string{one}
	}
	var list []string
	if name == "" || json.Unmarshal(c[name], &list) != nil {
		return nil
	}
	return list
}

// seconds returns a claim that is a time, in Unix seconds. There is none when it is no number, or one beyond all clocks.
func (c claims) seconds(name string) (at int64, ok bool) {
	var f float64
	raw := c[name]
	if len(raw) == 0 || string(raw) == "null" || json.Unmarshal(raw, &f) != nil || math.IsNaN(f) || f < 0 || f > 1e11 {
		return 0, false
	}
	return int64(f), true
}

// flag returns a claim that says yes or no, nil when it says neither. Registers write it as true, "true", 1 or "1". What cannot be read is yes: it is about what is not to be shown.
func (c claims) flag(name string) *bool {
	raw := c[name]
	if name == "" || len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	said := strings.ToLower(strings.TrimSpace(strings.Trim(string(raw), `"`)))
	if said == "" {
		return nil
	}
	yes := said != "false" && said != "0"
	return &yes
}

// address returns the postal address: the claim of OpenID Connect (Core, section 5.1.1), and what the provider has as claims of their own instead.
func (c claims) address(n identity.Claims) identity.Address {
	var a struct {
		Street  string `json:"street_address"`
		Code    string `json:"postal_code"`
		Town    string `json:"locality"`
		Country string `json:"country"`
	}
	if n.Address != "" && json.Unmarshal(c[n.Address], &a) != nil {
		a.Street, a.Code, a.Town, a.Country = "", "", "", ""
	}
	return identity.Address{
		Street: cmp.Or(c.text(n.Street), a.Street), Code: cmp.Or(c.text(n.PostalCode), a.Code), Town: cmp.Or(c.text(n.Town), a.Town), Country: cmp.Or(c.text(n.Country), a.Country),
	}
}

// has reports whether a claim is there at all.
func (c claims) has(name string) bool {
	_, ok := c[name]
	return name != "" && ok
}

// opened is a token that was read: decrypted if need be, its signature checked.
type opened struct {
	claims
	typ       string
	signed    string // the JWS itself, without its envelope
	encrypted bool
}

// open decrypts a token, when it is encrypted, and checks that the provider signed it. What it claims is not looked at.
func (c *Client) open(ctx context.Context, p identity.Provider, token, what string) (opened, error) {
	if len(token) > longest {
		return opened{}, failed(what + " is too long")
	}
	out := opened{signed: token}
	if strings.Count(token, ".") == 4 {
		plain, err := c.decrypt(token, what)
		if err != nil {
			return opened{}, err
		}
		out.signed, out.encrypted = plain, true
	}
	jws, err := jose.ParseSignedCompact(out.signed, signingAlgs)
	if err != nil || len(jws.Signatures) != 1 {
		return opened{}, failed(what + " is no JWS by an algorithm that we take")
	}
	header := jws.Signatures[0].Protected
	keys, err := c.keysOf(ctx, p.Issuer, header.KeyID, jose.SignatureAlgorithm(header.Algorithm))
	if err != nil {
		return opened{}, err
	}
	payload := verified(jws, keys)
	if payload == nil || json.Unmarshal(payload, &out.claims) != nil || out.claims == nil {
		return opened{}, failed(what + " has a wrong signature, or is no JSON")
	}
	out.typ, _ = header.ExtraHeaders[jose.HeaderType].(string)
	return out, nil
}

// verified returns the payload when one of the keys signed it, else nil.
func verified(jws *jose.JSONWebSignature, keys []jose.JSONWebKey) []byte {
	for _, k := range keys {
		if payload, err := jws.Verify(k.Key); err == nil {
			return payload
		}
	}
	return nil
}

// decrypt opens what was encrypted for one of our keys.
func (c *Client) decrypt(token, what string) (string, error) {
	jwe, err := jose.ParseEncryptedCompact(token, keyAlgs, contentEncs)
	if err != nil {
		return "", failed(what + " is no JWE by an algorithm that we take")
	}
	for _, k := range c.keys.Decryption() {
		if jwe.Header.KeyID != "" && jwe.Header.KeyID != k.KeyID || keyAlg(k.Public()) != jose.KeyAlgorithm(jwe.Header.Algorithm) {
			continue
		}
		if plain, err := jwe.Decrypt(k.Key); err == nil {
			return string(plain), nil
		}
	}
	return "", failed(what + " is encrypted for none of our keys")
}

// checkIssuerAndAudience holds what every token must say of who wrote it for whom.
func checkIssuerAndAudience(t opened, p identity.Provider, what string) error {
	audience := t.texts("aud")
	switch {
	case t.text("iss") != p.Issuer:
		return failed(what + " is another issuer's")
	case !slices.Contains(audience, p.ClientID):
		return failed(what + " is for somebody else")
	}
	return nil
}

// checkTimes holds a token's times against the clock. At the very second of exp plus the skew it is too late.
func checkTimes(t opened, now time.Time, what string) error {
	skew, at := int64(Skew/time.Second), now.Unix()
	exp, ok := t.seconds("exp")
	if !ok || at >= exp+skew {
		return failed(what + " has expired, or does not say when it does")
	}
	iat, ok := t.seconds("iat")
	if !ok || iat > at+skew {
		return failed(what + " was written in the future, or does not say when")
	}
	if nbf, ok := t.seconds("nbf"); t.has("nbf") && (!ok || nbf > at+skew) {
		return failed(what + " is not good yet")
	}
	return nil
}
