// Package client is a browser without JavaScript, for tests: it reads pages, follows links and sends forms as a person's browser would, and nothing else.
//
// It promises to do what a browser does and no more: cookies (Secure ones too on the loopback address, as browsers do), Origin, Referer and Sec-Fetch
// headers, redirects that turn a POST into a GET, only the form fields a browser would send, and it refuses what a person could not do (type into a
// read-only field, choose an option that is not there, send a form the browser would hold back). A step that cannot be taken ends the test with the
// page's address, status and text. What only a real browser can tell (layout, scripts, content security policy) is left to e2e/browser.
//
//	c := client.New(t, srv.URL)
//	p := c.Get("/en/").Click("Passport").Form("Book").Set("Your name", "Testi Henkilö").Submit("Continue")
//	if got, want := p.H1(), "Check your details"; got != want { ... }
package client

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	maxHops  = 10       // redirects in a row
	maxBytes = 32 << 20 // of one answer
	patience = 60 * time.Second
)

// Client is one browser window with its own cookies. It belongs to one test and is not safe for concurrent use; people who act at the same time have a
// Client each.
type Client struct {
	// Lang is sent as Accept-Language; "" sends none.
	Lang string
	// Old leaves the Sec-Fetch headers away, as browsers do on plain http to another machine and as old ones always do.
	Old bool
	// Header is sent with every request, over what the browser would have said.
	Header http.Header

	tb   testing.TB
	base *url.URL
	jar  jar
	http *http.Client
}

// New returns a window without cookies that resolves addresses against baseURL, such as an httptest server's.
func New(tb testing.TB, baseURL string) *Client {
	tb.Helper()
	base, err := url.Parse(baseURL)
	if err != nil || base.Host == "" {
		tb.Fatalf("client: %q is no address to start from", baseURL)
	}
	if base.Path == "" {
		base.Path = "/"
	}
	cookies, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatalf("client: cookie jar: %v", err)
	}
	transport := &http.Transport{}
	tb.Cleanup(transport.CloseIdleConnections)
	return &Client{
		tb: tb, base: base, jar: jar{cookies},
		http: &http.Client{
			Transport:     transport,
			Timeout:       patience,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Get types an address into the address bar. The path may be a whole URL.
func (c *Client) Get(path string) *Page {
	c.tb.Helper()
	return c.send(request{method: http.MethodGet, to: c.resolve(path), site: "none"})
}

// FromElsewhere posts a form that a page of another site carries: the attempt that cross-origin protection must refuse. The cookies go with it, as if
// SameSite did not exist.
func (c *Client) FromElsewhere(path string, values url.Values) *Page {
	c.tb.Helper()
	return c.send(request{
		method: http.MethodPost, to: c.resolve(path), body: []byte(values.Encode()), kind: urlencoded,
		site: "cross-site", origin: "https://elsewhere.example",
	})
}

// Raw sends a request that no browser would make; a header given here replaces the browser's own, and an empty value removes it. Redirects are followed.
func (c *Client) Raw(method, path string, header http.Header, body string) *Page {
	c.tb.Helper()
	return c.send(request{method: method, to: c.resolve(path), body: []byte(body), site: "none", extra: header})
}

// Cookie returns the cookie the browser would send to path.
func (c *Client) Cookie(path, name string) (*http.Cookie, bool) {
	for _, k := range c.jar.Cookies(c.resolve(path)) {
		if k.Name == name {
			return k, true
		}
	}
	return nil, false
}

// SetCookie puts a cookie into the jar, as if the site had set it on the front page.
func (c *Client) SetCookie(k *http.Cookie) { c.jar.SetCookies(c.base, []*http.Cookie{k}) }

// ForgetCookies empties the jar, as closing a private window does.
func (c *Client) ForgetCookies() {
	c.tb.Helper()
	cookies, err := cookiejar.New(nil)
	if err != nil {
		c.tb.Fatalf("client: cookie jar: %v", err)
	}
	c.jar = jar{cookies}
}

func (c *Client) resolve(path string) *url.URL {
	c.tb.Helper()
	u, err := c.base.Parse(path)
	if err != nil {
		c.tb.Fatalf("client: %q is no address: %v", path, err)
	}
	return u
}

// request is one navigation, before its redirects.
type request struct {
	method string
	to     *url.URL
	from   *Page // nil: typed, not clicked
	body   []byte
	kind   string // content type
	site   string // "none", "cross-site", or "" for what from says
	origin string // "" for what from says
	extra  http.Header
}

// Hop is one redirect that was followed.
type Hop struct {
	Status   int
	From, To string
}

func (c *Client) send(r request) *Page {
	c.tb.Helper()
	var trail []Hop
	site := r.site
	for {
		if site != "none" && r.from != nil {
			site = worse(site, relation(r.from.address, r.to))
		}
		resp, body := c.once(r, site)
		where := resp.Header.Get("Location")
		if resp.StatusCode < 300 || resp.StatusCode > 399 || where == "" || resp.StatusCode == http.StatusNotModified {
			return newPage(c, r.to, resp, body, trail)
		}
		next, err := r.to.Parse(where)
		if err != nil {
			c.tb.Fatalf("client: %s redirects to %q, which is no address", r.to, where)
		}
		if next.Fragment == "" {
			next.Fragment = r.to.Fragment
		}
		trail = append(trail, Hop{Status: resp.StatusCode, From: r.to.String(), To: next.String()})
		if len(trail) > maxHops {
			c.tb.Fatalf("client: more than %d redirects in a row: %v", maxHops, trail)
		}
		if site != "none" {
			site = worse(site, relation(r.to, next))
		}
		r.to = next
		if keepsMethod(resp.StatusCode, r.method) {
			continue
		}
		r.method, r.body, r.kind = http.MethodGet, nil, ""
	}
}

// keepsMethod says whether a redirect repeats the request: 307 and 308 do, the others turn all but GET and HEAD into GET.
func keepsMethod(status int, method string) bool {
	return status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect || method == http.MethodGet || method == http.MethodHead
}

func (c *Client) once(r request, site string) (*http.Response, []byte) {
	c.tb.Helper()
	if !c.reachable(r.to) {
		c.tb.Fatalf("client: would leave for %s; tests stay on this machine", r.to)
	}
	req, err := http.NewRequestWithContext(c.tb.Context(), r.method, withoutFragment(r.to), bytes.NewReader(r.body))
	if err != nil {
		c.tb.Fatalf("client: %s %s: %v", r.method, r.to, err)
	}
	req.Header = c.headers(r, site)
	for _, k := range c.jar.Cookies(r.to) {
		req.AddCookie(k)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		c.tb.Fatalf("client: %s %s: %v", r.method, r.to, err)
	}
	defer resp.Body.Close()
	c.jar.SetCookies(r.to, resp.Cookies())
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBytes+1))
	if err != nil {
		c.tb.Fatalf("client: %s %s: the answer broke off: %v", r.method, r.to, err)
	}
	if len(body) > maxBytes {
		c.tb.Fatalf("client: %s %s: more than %d bytes", r.method, r.to, maxBytes)
	}
	return resp, body
}

func (c *Client) headers(r request, site string) http.Header {
	h := http.Header{
		"User-Agent": {"Mozilla/5.0 (Luukku test without JavaScript)"},
		"Accept":     {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
	}
	if c.Lang != "" {
		h.Set("Accept-Language", c.Lang)
	}
	if r.kind != "" {
		h.Set("Content-Type", r.kind)
	}
	if !c.Old {
		h.Set("Sec-Fetch-Site", site)
		h.Set("Sec-Fetch-Mode", "navigate")
		h.Set("Sec-Fetch-Dest", "document")
		h.Set("Sec-Fetch-User", "?1")
	}
	referrer, origin := r.referrer()
	if referrer != "" {
		h.Set("Referer", referrer)
	}
	if origin != "" {
		h.Set("Origin", origin)
	}
	for _, extra := range []http.Header{c.Header, r.extra} {
		for k, v := range extra {
			if len(v) == 0 || v[0] == "" {
				h.Del(k)
				continue
			}
			h[http.CanonicalHeaderKey(k)] = slices.Clone(v)
		}
	}
	return h
}

// referrer tells the Referer and Origin a browser sends, which depend on the referrer policy of the page that was left: under "no-referrer" even a form
// of the same site is posted with "Origin: null".
func (r request) referrer() (referrer, origin string) {
	posts := r.method != http.MethodGet && r.method != http.MethodHead
	if r.from == nil {
		if posts {
			return "", r.origin
		}
		return "", ""
	}
	policy, same := r.from.referrerPolicy(), relation(r.from.address, r.to) == "same-origin"
	own := r.from.address.Scheme + "://" + r.from.address.Host
	full := withoutFragment(r.from.address)
	origin = own
	switch policy {
	case "no-referrer":
		referrer, origin = "", "null"
	case "same-origin":
		referrer = full
		if !same {
			referrer, origin = "", "null"
		}
	case "origin", "strict-origin":
		referrer = own + "/"
	case "unsafe-url", "no-referrer-when-downgrade":
		referrer = full
	default: // origin-when-cross-origin and its strict form, the browsers' own
		referrer = full
		if !same {
			referrer = own + "/"
		}
	}
	if !posts {
		origin = ""
	}
	return referrer, origin
}

// reachable keeps tests from calling the world: the machine itself and the installation under test only.
func (c *Client) reachable(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && (u.Host == c.base.Host || loopback(u))
}

func loopback(u *url.URL) bool {
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// relation is the value of Sec-Fetch-Site for a request from one address to another. The registrable domain is taken to be the whole host, which is
// right for tests, whose hosts are addresses and localhost.
func relation(from, to *url.URL) string {
	switch {
	case from.Scheme == to.Scheme && from.Host == to.Host:
		return "same-origin"
	case from.Scheme == to.Scheme && from.Hostname() == to.Hostname():
		return "same-site"
	}
	return "cross-site"
}

// worse is the farther of two relations: a chain of redirects is judged by its farthest step.
func worse(a, b string) string {
	order := []string{"", "same-origin", "same-site", "cross-site"}
	if slices.Index(order, a) > slices.Index(order, b) {
		return a
	}
	return b
}

func withoutFragment(u *url.URL) string {
	v := *u
	v.Fragment, v.RawFragment = "", ""
	return v.String()
}

// jar keeps cookies as browsers do: plain http to the loopback address counts as a safe place, so Secure cookies are kept and sent there.
type jar struct{ kept *cookiejar.Jar }

func (j jar) SetCookies(u *url.URL, cookies []*http.Cookie) { j.kept.SetCookies(safe(u), cookies) }
func (j jar) Cookies(u *url.URL) []*http.Cookie             { return j.kept.Cookies(safe(u)) }

func safe(u *url.URL) *url.URL {
	if u.Scheme != "http" || !loopback(u) {
		return u
	}
	v := *u
	v.Scheme = "https"
	return &v
}

// mediaType is the type of an answer without its parameters, "" when it has none.
func mediaType(h http.Header) string {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return ""
	}
	return kind
}
