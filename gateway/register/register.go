// Package register asks the population register and the register of mandates over HTTP, in the plain form that an adapter in front of the real ones speaks, and
// the demo's registers do.
//
// It promises that an identifier is in the body of a request and never in an address, a log or an error; that an answer is limited in size and time; and that
// nothing is asked twice by itself. What is done with the answers is left to domain/identity.
//
// Each question is a POST of {"kind": "FI-HETU", "identifier": "..."} with a bearer token: to <base>/person, which answers 404 for a person it does not know,
// and to <base>/mandates.
package register

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/natid"
	"luukku/domain/identity"
)

// most is how long an answer may be (bytes): a person with all their children, or all mandates of somebody with many.
const most = 1 << 20

// tryAgain is when somebody whom a register did not answer may try again.
const tryAgain = time.Minute

// Options say where the registers are.
type Options struct {
	// Base is the address below which both answer, without a slash at the end.
	Base string
	// Token proves who we are.
	Token natid.Secret
	// HTTP sends the requests; nil is a client of its own.
	HTTP *http.Client
	// Timeout of each request; 0 is 5 seconds.
	Timeout time.Duration
}

// Client asks both registers. It is safe for concurrent use.
type Client struct {
	o    Options
	http http.Client
}

var (
	_ identity.Register        = (*Client)(nil)
	_ identity.MandateRegister = (*Client)(nil)
)

// New returns a client.
func New(o Options) *Client {
	c := &Client{o: o}
	if o.HTTP != nil {
		c.http = *o.HTTP
	}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.o.Timeout = cmp.Or(o.Timeout, 5*time.Second)
	return c
}

// person is how a register writes a person, or one of their dependants.
type person struct {
	Identifier string     `json:"identifier"`
	Kind       natid.Kind `json:"kind"`
	Name       string     `json:"name"`
	Given      string     `json:"given"`
	Family     string     `json:"family"`
	Birth      string     `json:"birth"`
	Email      string     `json:"email"`
	Protected  bool       `json:"protected"`
	Address    *address   `json:"address"`
	Until      string     `json:"until"`
	Dependants []person   `json:"dependants"`
}

// address is how a register writes where somebody's post goes, as OpenID Connect does.
type address struct {
	Street  string `json:"street_address"`
	Code    string `json:"postal_code"`
	Town    string `json:"locality"`
	Country string `json:"country"`
}

// Person returns what the population register says of a person.
func (c *Client) Person(ctx context.Context, kind natid.Kind, identifier natid.Secret) (identity.Registered, error) {
	var p person
	switch status, err := c.ask(ctx, "person", kind, identifier, &p); {
	case err != nil:
		return identity.Registered{}, err
	case status == http.StatusNotFound:
		return identity.Registered{}, fault.NotFound("register.unknown")
	}
	if p.Kind != kind || p.Identifier != identifier.Reveal() {
		return identity.Registered{}, down("person", errors.New("the answer is about somebody else"))
	}
	out := identity.Registered{
		Identifier: natid.Secret(p.Identifier), Kind: p.Kind, Name: p.Name, Given: p.Given, Family: p.Family, Birth: p.Birth, Email: p.Email, Protected: p.Protected,
	}
	if a := p.Address; a != nil {
		out.Address = identity.Address{Street: a.Street, Code: a.Code, Town: a.Town, Country: a.Country}
	}
	for _, d := range p.Dependants {
		if !date(d.Birth) || !date(d.Until) {
			return identity.Registered{}, down("person", errors.New("a date of a dependant is none"))
		}
		out.Dependants = append(out.Dependants, identity.RegisteredDependant{
			Identifier: natid.Secret(d.Identifier), Kind: d.Kind, Name: d.Name, Given: d.Given, Family: d.Family, Birth: d.Birth, Until: d.Until,
		})
	}
	if !date(p.Birth) {
		return identity.Registered{}, down("person", errors.New("the date of birth is none"))
	}
	return out, nil
}

// Mandates returns whom a person may act for. A person whom the register does not know may act for nobody.
func (c *Client) Mandates(ctx context.Context, kind natid.Kind, identifier natid.Secret) ([]identity.RegisteredMandate, error) {
	var said struct {
		Mandates []struct {
			BusinessID string               `json:"business_id"`
			Name       string               `json:"name"`
			Kind       identity.CompanyKind `json:"kind"`
			Role       string               `json:"role"`
			From       string               `json:"from"`
			Until      string               `json:"until"`
		} `json:"mandates"`
	}
	status, err := c.ask(ctx, "mandates", kind, identifier, &said)
	if err != nil || status == http.StatusNotFound {
		return nil, err
	}
	var out []identity.RegisteredMandate
	for _, m := range said.Mandates {
		if m.BusinessID == "" || m.Role == "" || !date(m.From) || !date(m.Until) || m.Kind != identity.KindCompany && m.Kind != identity.KindAssociation {
			return nil, down("mandates", errors.New("a mandate is not whole"))
		}
		out = append(out, identity.RegisteredMandate(m))
	}
	return out, nil
}

// date reports whether a text is a date, or empty: a date that is misread would give somebody rights for too long.
func date(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return s == "" || err == nil
}

// down is a register that does not answer as it should.
func down(what string, cause error) error {
	return fault.Unavailable("register.down", tryAgain).Because(fmt.Errorf("register %s: %w", what, cause))
}

// ask sends one question and reads the answer, which is 200 or 404; anything else is a register that is down.
func (c *Client) ask(ctx context.Context, what string, kind natid.Kind, identifier natid.Secret, into any) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	body, err := json.Marshal(map[string]string{"kind": string(kind), "identifier": identifier.Reveal()})
	if err != nil {
		return 0, down(what, errors.New("the question cannot be written"))
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.o.Base, "/")+"/"+what, bytes.NewReader(body))
	if err != nil {
		return 0, down(what, errors.New("the address is none"))
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+c.o.Token.Reveal())
	resp, err := c.http.Do(r)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err
		}
		return 0, down(what, err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return resp.StatusCode, nil
	default:
		return 0, down(what, fmt.Errorf("status %d", resp.StatusCode))
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return 0, down(what, errors.New("the answer broke off"))
	case len(answer) > most:
		return 0, down(what, fmt.Errorf("the answer is longer than %d bytes", most))
	case json.Unmarshal(answer, into) != nil:
		return 0, down(what, errors.New("the answer is not the JSON it should be"))
	}
	return resp.StatusCode, nil
}
