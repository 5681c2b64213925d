package eid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"luukku/base/fault"
)

// most is how long an answer of a provider may be (bytes).
const most = 256 << 10

// tryAgain is when somebody whom a provider did not answer may try again.
const tryAgain = time.Minute

// failed is an answer that is not to be believed. Why is for the log: fixed words, never what the answer said.
func failed(why string) error { return fault.Invalid("sign_in.failed", nil).Because(errors.New(why)) }

// down is a provider that does not answer.
func down(cause error) error {
	return fault.Unavailable("sign_in.provider_down", tryAgain).Because(cause)
}

// answer is what a provider sent back.
type answer struct {
	status int
	media  string
	body   []byte
}

// ask sends one request and reads the whole answer. Redirects are not followed: where a provider answers is what its configuration says.
func (c *Client) ask(ctx context.Context, r *http.Request, what string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	resp, err := c.http.Do(r.WithContext(ctx))
	if err != nil {
		return answer{}, down(fmt.Errorf("%s of %s: %w", what, r.URL.Host, bare(err)))
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return answer{}, down(fmt.Errorf("%s of %s: the answer broke off", what, r.URL.Host))
	}
	if len(body) > most {
		return answer{}, down(fmt.Errorf("%s of %s: the answer is longer than %d bytes", what, r.URL.Host, most))
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return answer{}, down(fmt.Errorf("%s of %s: status %d", what, r.URL.Host, resp.StatusCode))
	}
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		media = ""
	}
	return answer{resp.StatusCode, strings.ToLower(media), body}, nil
}

// bare is an error of the wire without the address that was asked, whose query may hold what is nobody's business.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// getJSON reads a public document of a provider. Whatever is wrong with it, the provider is down: nobody can sign in.
func (c *Client) getJSON(ctx context.Context, address, what string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return down(fmt.Errorf("%s: not an address", what))
	}
	r.Header.Set("Accept", "application/json")
	a, err := c.ask(ctx, r, what)
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		return down(fmt.Errorf("%s of %s: status %d", what, r.URL.Host, a.status))
	}
	if json.Unmarshal(a.body, into) != nil {
		return down(fmt.Errorf("%s of %s: not the JSON it should be", what, r.URL.Host))
	}
	return nil
}
