// Package demoeid is the demo's own e-ID: OpenID providers at which the customary specimen persons sign in with a button, and the registers that know of
// them. It is opened in the demo alone.
//
// It promises to be as strict as the real ones: signed request objects, assertions that are good once, PKCE, codes that are good once and for a minute,
// encrypted ID tokens, logout tokens; so that what works here has been tried. Everything is in memory and forgotten when the server stops; keys come from the
// chance it is given. It identifies nobody, and its pages say so. Speaking to it is left to gateway/eid and gateway/register, as to any provider.
package demoeid

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/identity"
	"luukku/web"
)

// Prefix is the path below which the door answers, without a language: these are addresses that programs use.
const Prefix = "/demo-eid/"

// Options is what the demo's providers need to know of the one client they have: us.
type Options struct {
	// Chance is what the providers' keys are made of; the same chance makes the same keys.
	Chance io.Reader
	// ClientID is ours at every provider; empty is "luukku".
	ClientID string
	// ClientKeys are our public keys, for signatures and for encryption. They are asked for each time: keys are rotated.
	ClientKeys func() jose.JSONWebKeySet
	// ReturnTo reports whether a person may be sent to an address after sign-in or sign-out; nil allows every address of the site itself.
	ReturnTo func(address string) bool
	// Ended is where a provider posts its logout tokens; nil posts none.
	Ended func(provider ids.Provider) string
	// HTTP posts logout tokens; nil is a client of its own with a time limit.
	HTTP *http.Client
	// Org is the organisation that the groups of the staff's provider are roles of; empty leaves only the role for the installation.
	Org ids.Org
	// RegisterToken is the bearer token that the registers ask for; empty keeps them closed.
	RegisterToken string
}

// Door answers for /demo-eid/.
type Door struct {
	site *web.Site
	o    Options
	keys map[ids.Provider]providerKeys
	mux  *http.ServeMux

	mu       sync.Mutex
	pending  map[string]pending
	codes    map[string]code
	access   map[string]access
	sessions map[string]session
	seen     map[string]time.Time // jti -> when it expires by itself
	down     map[ids.Provider]bool
	moved    map[string]residence
}

var _ http.Handler = (*Door)(nil)

// New returns the door. It fails only when chance does.
func New(site *web.Site, o Options) (*Door, error) {
	d := &Door{
		site: site, o: o, mux: http.NewServeMux(), keys: map[ids.Provider]providerKeys{},
		pending: map[string]pending{}, codes: map[string]code{}, access: map[string]access{}, sessions: map[string]session{},
		seen: map[string]time.Time{}, down: map[ids.Provider]bool{}, moved: map[string]residence{},
	}
	d.o.ClientID = cmp.Or(o.ClientID, "luukku")
	if o.ReturnTo == nil {
		d.o.ReturnTo = d.ours
	}
	if o.HTTP == nil {
		d.o.HTTP = &http.Client{Timeout: 5 * time.Second}
	}
	for _, p := range table {
		k, err := newKeys(o.Chance)
		if err != nil {
			return nil, err
		}
		d.keys[p.id] = k
	}
	for _, r := range d.routes() {
		d.mux.HandleFunc(r.pattern, r.handle)
	}
	return d, nil
}

type route struct {
	pattern string
	handle  http.HandlerFunc
}

func (d *Door) routes() []route {
	return []route{
		{"GET /demo-eid/{provider}/.well-known/openid-configuration", d.at(d.configuration)},
		{"GET /demo-eid/{provider}/jwks", d.at(d.jwks)},
		{"GET /demo-eid/{provider}/authorize", d.at(d.authorize)},
		{"POST /demo-eid/{provider}/authorize", d.at(d.authorize)},
		{"GET /demo-eid/{provider}/choose", d.at(d.choose)},
		{"POST /demo-eid/{provider}/choose", d.at(d.chosen)},
		{"POST /demo-eid/{provider}/token", d.at(d.token)},
		{"GET /demo-eid/{provider}/userinfo", d.at(d.userInfo)},
		{"GET /demo-eid/{provider}/end", d.at(d.end)},
		{"POST /demo-eid/{provider}/end", d.at(d.end)},
		{"POST /demo-eid/register/person", d.registered(d.person)},
		{"POST /demo-eid/register/mandates", d.registered(d.mandates)},
	}
}

// ServeHTTP answers for /demo-eid/.... The caller has put the site's guard around it, as around every door.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := d.mux.Handler(r); pattern == "" {
		d.site.ShowFault(w, r, web.Lost(d.mux, w, r))
		return
	}
	d.mux.ServeHTTP(w, r)
}

// at finds the provider of an address. One that was made to be down answers as if its server were.
func (d *Door) at(h func(w http.ResponseWriter, r *http.Request, p provider)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, ok := byID(ids.Provider(r.PathValue("provider")))
		if !ok {
			http.NotFound(w, r)
			return
		}
		d.mu.Lock()
		down := d.down[p.id]
		d.mu.Unlock()
		if down {
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		}
		h(w, r, p)
	}
}

// SetDown makes a provider answer 503, or answer again.
func (d *Door) SetDown(p ids.Provider, down bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down[p] = down
}

// residence is where somebody lives since they moved.
type residence struct {
	address   identity.Address
	protected bool
}

// SetAddress has somebody move, or puts their address under a non-disclosure order, or ends it: providers and registers say so from now on.
func (d *Door) SetAddress(key string, a identity.Address, protected bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.moved[key] = residence{a, protected}
}

// today is a person as they are known now.
func (d *Door) today(s Specimen) Specimen {
	d.mu.Lock()
	defer d.mu.Unlock()
	if m, ok := d.moved[s.Key]; ok {
		s.Address, s.Protected = m.address, m.protected
	}
	return s
}

// issuer is a provider's name, below which its addresses are.
func (d *Door) issuer(p provider) string { return d.site.BaseURL + Prefix + string(p.id) }

// ours reports whether an address is of this site.
func (d *Door) ours(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Fragment == "" && u.User == nil && u.Scheme+"://"+u.Host == d.site.BaseURL
}

// language is the one that a request asks for, or else the browser's.
func language(r *http.Request, locales string) i18n.Lang {
	for _, l := range strings.Fields(locales) {
		if row, ok := i18n.Lookup(l); ok {
			return row.Code
		}
	}
	return i18n.Match(r.Header.Get("Accept-Language"))
}

// sweep forgets what has expired. The lock is held.
func (d *Door) sweep(now time.Time) {
	forget(d.pending, func(p pending) bool { return p.until.Before(now) })
	forget(d.codes, func(c code) bool { return c.until.Before(now) })
	forget(d.access, func(a access) bool { return a.until.Before(now) })
	forget(d.sessions, func(s session) bool { return s.until.Before(now) })
	forget(d.seen, func(t time.Time) bool { return t.Before(now) })
}

func forget[T any](m map[string]T, gone func(T) bool) {
	for k, v := range m {
		if gone(v) {
			delete(m, k)
		}
	}
}
