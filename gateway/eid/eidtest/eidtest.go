// Package eidtest is the suite that every OpenID provider must pass with our client, and our client with every provider: the demo's own, an independent one
// made of a library that is not ours, and, for what no honest provider does, a scripted one. It is imported by tests alone.
package eidtest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/gateway/eid"
)

// ReturnTo is our own address that providers lead back to. Nothing listens there: the suite looks at where it is sent.
const ReturnTo = "https://luukku.example/sign-in/back"

// Party is a provider in the suite.
type Party struct {
	Provider identity.Provider
	Keys     eid.Keys
	HTTP     *http.Client
	Now      clock.Now
	Gen      *ids.Gen
	// Level is what its person signs in with, and ACR how it says so.
	Level actor.Level
	ACR   string
	// Person does at the provider's pages what a person does, from the address of a request to the one that it leads back to; with cancel they give up.
	Person func(t *testing.T, address string, cancel bool) *url.URL
	// Audiences are whom assertions may be addressed to; nil is the token endpoint and the issuer. ClientFor is who we are when we sign by an algorithm; nil is
	// always the same.
	Audiences []string
	ClientFor func(alg string) string
	// Encrypts and Ends say whether the provider encrypts ID tokens, and whether it has a place to sign out.
	Encrypts, Ends bool
}

// Client returns a client of the party's provider.
func (p Party) Client() *eid.Client {
	return eid.New(eid.Options{HTTP: p.HTTP, Now: p.Now, Gen: p.Gen, Keys: p.Keys, Timeout: 10 * time.Second, AllowHTTP: true})
}

// Request returns a new request for the party's level.
func (p Party) Request() identity.AuthRequest {
	return identity.AuthRequest{
		State: p.Gen.Token(128), Nonce: p.Gen.Token(128), Verifier: p.Gen.Token(256), Level: p.Level, Lang: "en", ReturnTo: ReturnTo, At: p.Now().Unix(),
	}
}

// Back signs a person in up to the address that the provider leads back to, and returns its query.
func (p Party) Back(t *testing.T, c *eid.Client, r identity.AuthRequest, cancel bool) url.Values {
	t.Helper()
	address, err := c.AuthURL(t.Context(), p.Provider, r)
	if err != nil {
		t.Fatalf("address to sign in at: %v", err)
	}
	u := p.Person(t, address, cancel)
	if got := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(); got != ReturnTo {
		t.Fatalf("got led to %s, want %s", got, ReturnTo)
	}
	q := u.Query()
	if q.Get("state") != r.State {
		t.Fatalf("got state %q, want the one of the request", q.Get("state"))
	}
	return q
}

// SignIn signs a person in, all the way.
func (p Party) SignIn(t *testing.T, c *eid.Client, r identity.AuthRequest) identity.Assertion {
	t.Helper()
	q := p.Back(t, c, r, false)
	a, err := c.Redeem(t.Context(), p.Provider, r, q.Get("code"), q.Get("iss"))
	if err != nil {
		t.Fatalf("sign-in: %v", err)
	}
	return a
}

// Run runs the suite.
func Run(t *testing.T, p Party) {
	t.Run("a person signs in", func(t *testing.T) { signsIn(t, p) })
	t.Run("every way to prove who we are", func(t *testing.T) { waysToProve(t, p) })
	t.Run("a person gives up", func(t *testing.T) {
		q := p.Back(t, p.Client(), p.Request(), true)
		if q.Get("code") != "" || q.Get("error") != "access_denied" {
			t.Errorf("got the error %q, want that the person gave up", q.Get("error"))
		}
	})
	t.Run("a code is good once", func(t *testing.T) {
		c, r := p.Client(), p.Request()
		q := p.Back(t, c, r, false)
		if _, err := c.Redeem(t.Context(), p.Provider, r, q.Get("code"), q.Get("iss")); err != nil {
			t.Fatal(err)
		}
		_, err := c.Redeem(t.Context(), p.Provider, r, q.Get("code"), q.Get("iss"))
		Refused(t, err)
	})
	t.Run("an assertion of ours is good once", func(t *testing.T) { assertionOnce(t, p) })
	wrongs := map[string]func(r *identity.AuthRequest, pr *identity.Provider, code, iss *string){
		"another verifier":       func(r *identity.AuthRequest, _ *identity.Provider, _, _ *string) { r.Verifier = p.Gen.Token(256) },
		"another nonce":          func(r *identity.AuthRequest, _ *identity.Provider, _, _ *string) { r.Nonce = p.Gen.Token(128) },
		"another return address": func(r *identity.AuthRequest, _ *identity.Provider, _, _ *string) { r.ReturnTo += "/other" },
		"a made-up code":         func(_ *identity.AuthRequest, _ *identity.Provider, code, _ *string) { *code = p.Gen.Token(256) },
		"no code":                func(_ *identity.AuthRequest, _ *identity.Provider, code, _ *string) { *code = "" },
		"another provider's name": func(_ *identity.AuthRequest, _ *identity.Provider, _, iss *string) {
			*iss = "https://elsewhere.example"
		},
		"another client's name": func(_ *identity.AuthRequest, pr *identity.Provider, _, _ *string) { pr.ClientID = "somebody-else" },
	}
	for name, wrong := range wrongs {
		t.Run(name+" is refused", func(t *testing.T) {
			c, r, pr := p.Client(), p.Request(), p.Provider
			q := p.Back(t, c, r, false)
			code, iss := q.Get("code"), q.Get("iss")
			wrong(&r, &pr, &code, &iss)
			_, err := c.Redeem(t.Context(), pr, r, code, iss)
			Refused(t, err)
		})
	}
	t.Run("the key of somebody else proves nothing", func(t *testing.T) {
		r := p.Request()
		q := p.Back(t, p.Client(), r, false)
		other := p
		other.Keys = OtherKeys(t, p.Now)
		_, err := other.Client().Redeem(t.Context(), p.Provider, r, q.Get("code"), q.Get("iss"))
		Refused(t, err)
	})
	t.Run("a person proves it anew", func(t *testing.T) {
		r := p.Request()
		r.Fresh = true
		if a := p.SignIn(t, p.Client(), r); a.AuthAt < r.At-1 {
			t.Errorf("got auth_time %d, want it after %d", a.AuthAt, r.At)
		}
	})
	t.Run("a provider that is asked to encrypt", func(t *testing.T) { encrypts(t, p) })
	t.Run("a person signs out", func(t *testing.T) { signsOut(t, p) })
}

func signsIn(t *testing.T, p Party) {
	r := p.Request()
	a := p.SignIn(t, p.Client(), r)
	if a.Issuer != p.Provider.Issuer || a.Subject == "" || a.ACR != p.ACR {
		t.Errorf("got issuer %s, acr %q, want %s, %q, and a subject", a.Issuer, a.ACR, p.Provider.Issuer, p.ACR)
	}
	if p.Provider.Claims.Identifier != "" && a.Identifier == "" {
		t.Error("got no identifier")
	}
	if a.Name == "" || a.IDToken == "" || a.AuthAt < r.At-1 {
		t.Errorf("got name %q, an ID token of %d bytes, auth_time %d; want all of them", a.Name, len(a.IDToken), a.AuthAt)
	}
	if again := p.SignIn(t, p.Client(), p.Request()); again.Subject != a.Subject {
		t.Error("the same person has another subject the second time")
	}
}

func waysToProve(t *testing.T, p Party) {
	if p.Audiences == nil {
		p.Audiences = []string{eid.AudienceToken, eid.AudienceIssuer}
	}
	for _, alg := range []string{"RS256", "PS256", "ES256"} {
		for _, audience := range p.Audiences {
			t.Run(alg+" for the "+audience, func(t *testing.T) {
				p := p
				p.Provider.SigningAlg, p.Provider.AssertionAudience = alg, audience
				if p.ClientFor != nil {
					p.Provider.ClientID = p.ClientFor(alg)
				}
				p.SignIn(t, p.Client(), p.Request())
			})
		}
	}
}

// assertionOnce sends the same request to the token endpoint twice, with two codes.
func assertionOnce(t *testing.T, p Party) {
	record := &recorder{next: p.HTTP.Transport}
	seen := p
	seen.HTTP = &http.Client{Transport: record}
	c, r := seen.Client(), p.Request()
	q := p.Back(t, c, r, false)
	if _, err := c.Redeem(t.Context(), p.Provider, r, q.Get("code"), q.Get("iss")); err != nil {
		t.Fatal(err)
	}
	sent, err := url.ParseQuery(record.form)
	if err != nil || sent.Get("client_assertion") == "" {
		t.Fatalf("got no assertion on the wire")
	}
	second := p.Request()
	sent.Set("code", p.Back(t, c, second, false).Get("code"))
	sent.Set("code_verifier", second.Verifier)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, record.address, strings.NewReader(sent.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := p.HTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode < 400 || resp.StatusCode >= 500 {
		t.Errorf("got status %d for an assertion that was used before, want it refused", resp.StatusCode)
	}
}

func encrypts(t *testing.T, p Party) {
	p.Provider.EncryptedIDToken = true
	r := p.Request()
	c := p.Client()
	q := p.Back(t, c, r, false)
	a, err := c.Redeem(t.Context(), p.Provider, r, q.Get("code"), q.Get("iss"))
	switch {
	case !p.Encrypts:
		Refused(t, err)
	case err != nil:
		t.Error(err)
	case strings.Count(a.IDToken, ".") != 2:
		t.Error("the ID token is kept in its envelope")
	}
}

func signsOut(t *testing.T, p Party) {
	c := p.Client()
	a := p.SignIn(t, c, p.Request())
	address, err := c.EndURL(t.Context(), p.Provider, a.IDToken, "s-1", ReturnTo)
	if err != nil || (address != "") != p.Ends {
		t.Fatalf("got %q, %v; want an address: %v", address, err, p.Ends)
	}
	if a.Identifier != "" && strings.Contains(address, a.Identifier.Reveal()) || strings.Contains(address, a.IDToken) && p.Encrypts {
		t.Error("the address to sign out at says who the person is")
	}
}

// Refused fails the test unless an error is the fault of an answer that is not to be believed, with a cause for the log.
func Refused(t *testing.T, err error) {
	t.Helper()
	if !fault.IsKey(err, "sign_in.failed") || !strings.Contains(err.Error(), ": ") {
		t.Errorf("got %v, want the sign-in refused, and why", err)
	}
}

// Down fails the test unless an error is the fault of a provider that does not answer.
func Down(t *testing.T, err error) {
	t.Helper()
	if !fault.IsKey(err, "sign_in.provider_down") || !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("got %v, want that the provider is down", err)
	}
}

// recorder keeps what was posted last.
type recorder struct {
	next    http.RoundTripper
	address string
	form    string
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPost && req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		b := new(strings.Builder)
		if _, err := copyTo(b, body); err != nil {
			return nil, err
		}
		r.address, r.form = req.URL.String(), b.String()
	}
	next := r.next
	if next == nil {
		next = http.DefaultTransport
	}
	return next.RoundTrip(req)
}
