package eid

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"luukku/base/natid"
	"luukku/domain/identity"
)

// tokens are what a code was exchanged for.
type tokens struct {
	ID     string `json:"id_token"`
	Access string `json:"access_token"`
	Type   string `json:"token_type"`
}

// Redeem exchanges a code for what the provider says of the person.
func (c *Client) Redeem(ctx context.Context, p identity.Provider, r identity.AuthRequest, code, issuer string) (identity.Assertion, error) {
	m, err := c.discover(ctx, p.Issuer)
	if err != nil {
		return identity.Assertion{}, err
	}
	// An answer that another provider gave is not redeemed at this one (RFC 9207, section 2.4).
	if issuer != "" && issuer != p.Issuer || issuer == "" && m.IssParameter {
		return identity.Assertion{}, failed("the answer does not come from the provider that was asked")
	}
	if code == "" || r.Nonce == "" {
		return identity.Assertion{}, failed("the answer has no code")
	}
	got, err := c.exchange(ctx, p, m, r, code)
	if err != nil {
		return identity.Assertion{}, err
	}
	t, err := c.open(ctx, p, got.ID, "the ID token")
	if err != nil {
		return identity.Assertion{}, err
	}
	if err := c.checkIDToken(t, p, r, got.Access); err != nil {
		return identity.Assertion{}, err
	}
	said := t.claims
	if p.UserInfo && m.UserInfo != "" && lacks(said, p.Claims) {
		if said, err = c.withUserInfo(ctx, p, m, said, got); err != nil {
			return identity.Assertion{}, err
		}
	}
	return assertion(p, t, said), nil
}

// exchange redeems a code at the token endpoint.
func (c *Client) exchange(ctx context.Context, p identity.Provider, m metadata, r identity.AuthRequest, code string) (tokens, error) {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {r.ReturnTo}, "code_verifier": {r.Verifier}}
	header, err := c.proveOurselves(p, m, form)
	if err != nil {
		return tokens{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.Token, strings.NewReader(form.Encode()))
	if err != nil {
		return tokens{}, fmt.Errorf("token endpoint: %w", err)
	}
	if header != "" {
		req.Header.Set("Authorization", header)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	a, err := c.ask(ctx, req, "token endpoint")
	if err != nil {
		return tokens{}, err
	}
	if a.status != http.StatusOK {
		return tokens{}, failed(fmt.Sprintf("the token endpoint refused: status %d, %s", a.status, refusal(a.body)))
	}
	var got tokens
	if json.Unmarshal(a.body, &got) != nil || got.ID == "" {
		return tokens{}, failed("the token endpoint answered without an ID token")
	}
	return got, nil
}

// refusals are the errors of RFC 6749, section 5.2: the only words of a refusal that go to the log.
var refusals = []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "use_dpop_nonce"}

func refusal(body []byte) string {
	var said struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &said) == nil && slices.Contains(refusals, said.Error) {
		return said.Error
	}
	return "with no error of the standard"
}

// checkIDToken holds an ID token against what was asked (OpenID Connect Core, section 3.1.3.7).
func (c *Client) checkIDToken(t opened, p identity.Provider, r identity.AuthRequest, access string) error {
	const what = "the ID token"
	if p.EncryptedIDToken && !t.encrypted {
		return failed("the ID token is not encrypted, and must be")
	}
	if err := checkIssuerAndAudience(t, p, what); err != nil {
		return err
	}
	if err := checkTimes(t, c.now(), what); err != nil {
		return err
	}
	sub := t.text("sub")
	switch {
	case sub == "" || len(sub) > 255:
		return failed("the ID token has no subject")
	case len(t.texts("aud")) > 1 && !t.has("azp"), t.has("azp") && t.text("azp") != p.ClientID:
		return failed("the ID token was asked for by somebody else")
	case subtle.ConstantTimeCompare([]byte(t.text("nonce")), []byte(r.Nonce)) != 1:
		return failed("the ID token answers another sign-in")
	case t.has("at_hash") && t.text("at_hash") != halfHash(access):
		return failed("the access token is not the one of the ID token")
	case strings.EqualFold(t.typ, "logout+jwt"), t.has("events"):
		return failed("a logout token is no ID token")
	}
	return c.checkAuthTime(t, r)
}

// checkAuthTime holds when the person proved who they are against the clock and, when that was to be done anew, against when it was asked for.
func (c *Client) checkAuthTime(t opened, r identity.AuthRequest) error {
	skew := int64(Skew.Seconds())
	at, ok := t.seconds("auth_time")
	switch {
	case t.has("auth_time") && (!ok || at > c.now().Unix()+skew):
		return failed("auth_time is in the future, or no time")
	case r.Fresh && !ok:
		return failed("auth_time was asked for and is missing")
	case r.Fresh && r.At != 0 && at < r.At-skew:
		return failed("the person did not prove anew who they are")
	}
	return nil
}

// halfHash is the left half of SHA-256, as at_hash has it for all algorithms that we take.
func halfHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// lacks reports whether some configured claim is not among what was said.
func lacks(said claims, names identity.Claims) bool {
	return slices.ContainsFunc(names.Names(), func(name string) bool { return !said.has(name) })
}

// withUserInfo adds what the user info endpoint says to what the ID token said. It must speak of the same person.
func (c *Client) withUserInfo(ctx context.Context, p identity.Provider, m metadata, said claims, got tokens) (claims, error) {
	const what = "the user info"
	if got.Access == "" || !strings.EqualFold(got.Type, "Bearer") {
		return nil, failed("there is no access token to ask for user info with")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.UserInfo, nil)
	if err != nil {
		return nil, fmt.Errorf("user info endpoint: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+got.Access)
	req.Header.Set("Accept", "application/json, application/jwt")
	a, err := c.ask(ctx, req, "user info")
	if err != nil {
		return nil, err
	}
	if a.status != http.StatusOK {
		return nil, failed(fmt.Sprintf("the user info endpoint refused: status %d", a.status))
	}
	var more claims
	if a.media == "application/jwt" {
		t, err := c.open(ctx, p, strings.TrimSpace(string(a.body)), what)
		if err != nil {
			return nil, err
		}
		// A signed answer must say whose and for whom it is (OpenID Connect Core, section 5.3.2).
		if err := checkIssuerAndAudience(t, p, what); err != nil {
			return nil, err
		}
		more = t.claims
	} else if json.Unmarshal(a.body, &more) != nil {
		return nil, failed("the user info is no JSON")
	}
	if more.text("sub") != said.text("sub") {
		return nil, failed("the user info is about somebody else")
	}
	all := claims{}
	for name, value := range more {
		all[name] = value
	}
	for name, value := range said { // what was said in the ID token stands
		all[name] = value
	}
	return all, nil
}

// assertion is what was said, by the names that are configured. What decides is taken from the ID token alone.
func assertion(p identity.Provider, t opened, said claims) identity.Assertion {
	a := identity.Assertion{
		Issuer: p.Issuer, Subject: natid.Secret(t.text("sub")), ACR: t.text("acr"), AMR: t.texts("amr"), SID: t.text("sid"), IDToken: t.signed,
		Identifier: natid.Secret(said.text(p.Claims.Identifier)),
		Name:       said.text(p.Claims.Name), Given: said.text(p.Claims.Given), Family: said.text(p.Claims.Family),
		Birth: said.text(p.Claims.Birth), Email: said.text(p.Claims.Email), Groups: said.texts(p.Claims.Groups),
	}
	a.Address, a.Protected = said.address(p.Claims), said.flag(p.Claims.Protected)
	a.AuthAt, _ = t.seconds("auth_time")
	a.Name = cmp.Or(a.Name, strings.TrimSpace(a.Given+" "+a.Family))
	return a
}
