package eid

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/base/natid"
	"luukku/domain/identity"
)

// EndURL returns where the browser goes to sign out at the provider, too; empty when it has no such place.
//
// The provider learns who signs out from the ID token, as a hint. It stands in an address, and so one that says anything about the person is sent only when it
// can be encrypted for the provider (OpenID Connect RP-Initiated Logout 1.0, section 2); otherwise the provider asks the person by itself.
func (c *Client) EndURL(ctx context.Context, p identity.Provider, idToken, state, returnTo string) (string, error) {
	m, err := c.discover(ctx, p.Issuer)
	if err != nil || m.EndSession == "" {
		return "", err
	}
	q := map[string]string{"client_id": p.ClientID, "post_logout_redirect_uri": returnTo}
	if state != "" {
		q["state"] = state
	}
	if hint := c.hint(ctx, p, idToken); hint != "" {
		q["id_token_hint"] = hint
	}
	return withQuery(m.EndSession, q)
}

// hint is the ID token in a form that may stand in an address; empty when there is none.
func (c *Client) hint(ctx context.Context, p identity.Provider, idToken string) string {
	parts := strings.Split(idToken, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	var said claims
	if err != nil || json.Unmarshal(payload, &said) != nil {
		return ""
	}
	if !p.EncryptedIDToken && !says(said, p.Claims, c.now().Year()) {
		return idToken
	}
	key, ok := c.encryptionKey(ctx, p.Issuer)
	if !ok {
		return ""
	}
	options := (&jose.EncrypterOptions{}).WithContentType("JWT")
	to := jose.Recipient{Algorithm: keyAlg(key), Key: key.Key, KeyID: key.KeyID}
	encrypter, err := jose.NewEncrypter(jose.A256GCM, to, options)
	if err != nil {
		return ""
	}
	jwe, err := encrypter.Encrypt([]byte(idToken))
	if err != nil {
		return ""
	}
	sealed, err := jwe.CompactSerialize()
	if err != nil {
		return ""
	}
	return sealed
}

// personal are claims about a person that providers send unasked.
var personal = []string{
	"name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "email", "phone_number", "address", "birthdate", "nin", "ssn", "upn",
	"ftn_hetu", "ftn_satu", "unique_name",
}

// says reports whether a token says anything about the person beyond an opaque subject. At some brokers the subject is the national identifier.
func says(said claims, names identity.Claims, year int) bool {
	for _, name := range append(names.Names(), personal...) {
		if said.has(name) {
			return true
		}
	}
	for _, kind := range []natid.Kind{natid.FinnishCode, natid.SwedishNumber, natid.CzechNumber, natid.EIDASIdentifier} {
		if _, err := natid.Parse(kind, said.text("sub"), natid.Options{Test: true, Year: year}); err == nil {
			return true
		}
	}
	return false
}

// What a logout token is (OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6).
const (
	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
	// logoutLife is for how long after it was written a logout token is taken. Section 2.4 recommends two minutes for exp.
	logoutLife = 10 * time.Minute
)

// EndedBy checks a logout token and returns whose sessions end.
func (c *Client) EndedBy(ctx context.Context, p identity.Provider, token string) (string, natid.Secret, string, int64, error) {
	refuse := func(err error) (string, natid.Secret, string, int64, error) { return "", "", "", 0, err }
	const what = "the logout token"
	t, err := c.open(ctx, p, token, what)
	if err != nil {
		return refuse(err)
	}
	if err := checkIssuerAndAudience(t, p, what); err != nil {
		return refuse(err)
	}
	if err := checkTimes(t, c.now(), what); err != nil {
		return refuse(err)
	}
	iat, _ := t.seconds("iat")
	exp, _ := t.seconds("exp")
	exp = min(exp, iat+int64(logoutLife.Seconds())) + int64(Skew.Seconds())
	var events map[string]json.RawMessage
	var event map[string]any
	sid, sub, jti := t.text("sid"), t.text("sub"), t.text("jti")
	switch {
	case json.Unmarshal(t.claims["events"], &events) != nil, json.Unmarshal(events[logoutEvent], &event) != nil, event == nil:
		return refuse(failed("the logout token tells of no logout"))
	case t.has("nonce"):
		return refuse(failed("the logout token has a nonce, which is for ID tokens"))
	case t.typ != "" && !strings.EqualFold(t.typ, "logout+jwt") && !strings.EqualFold(t.typ, "JWT"):
		return refuse(failed("the logout token is of another type"))
	case sid == "" && sub == "":
		return refuse(failed("the logout token says of nobody whose sessions end"))
	case jti == "":
		return refuse(failed("the logout token has no name"))
	case c.now().Unix() >= exp:
		return refuse(failed("the logout token is too old"))
	}
	return sid, natid.Secret(sub), jti, exp, nil
}
