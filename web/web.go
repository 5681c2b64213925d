// Package web is what the doors of people share: the site, one visit, the base of every page, rendering, cookies, headers, and how a fault looks.
//
// A door's handlers take a Visit and return an error; a fault becomes the page it deserves, anything else an incident code. It promises that a page is
// rendered whole before a byte is sent, that nothing personal is in a URL or a log line, and that pages are same-origin with a strict content security
// policy. Routes and pages are left to the doors, class names to web/ui.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/web/ui"
)

// Directory is what pages need to know of who is served here.
type Directory interface {
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	Installation(ctx context.Context) (org.Installation, error)
	Organisations(ctx context.Context) ([]org.Organisation, error)
}

// Site is one running installation as its pages see it. It is set up once by app and safe for concurrent use.
type Site struct {
	Texts     *i18n.Catalog
	Assets    *ui.Assets
	Directory Directory
	Seals     *seal.Keyring
	Gen       *ids.Gen
	Now       clock.Now
	Log       *slog.Logger
	// BaseURL is the address that absolute links begin with, such as "https://town.example", without a slash at the end.
	BaseURL string
	// Trusted are the proxies whose X-Forwarded-For is believed.
	Trusted []netip.Prefix
	// Refuse answers what goes wrong before any door is reached, such as a form from another site; nil is ShowFault.
	Refuse func(w http.ResponseWriter, r *http.Request, err error)
	// Sessions knows who has signed in; nil knows nobody.
	Sessions Sessions
	// Hot keeps public pages; nil keeps none.
	Hot *Hot
	// Desk keeps pages of those who work here, for readers of one sight; nil keeps none.
	Desk *Hot
	// Own keeps pages of people who have signed in, each for one session; nil keeps none.
	Own *Hot
	// Streams are the event streams of pages that change by themselves.
	Streams *Streams
	// Demo is set in the demo, and nil where mail is really sent.
	Demo *Demo

	// Preview stands on top of each page of what is not published; nil where pages are real.
	Preview *ui.PreviewBar

	themes    sync.Map // colours -> *themed
	logos     sync.Map // path -> org.Logo
	logoPaths sync.Map // the logo as a brand has it -> path
	outages   outages
}

// Demo says where the demo's tools are.
type Demo struct {
	OutboxPath string // below the language, such as "/dev/outbox"
	ClockPath  string
}

// Secure reports whether the site is reached over TLS: its cookies say so then.
func (s *Site) Secure() bool { return strings.HasPrefix(s.BaseURL, "https:") }

// Visit is one request with what every handler needs of it.
type Visit struct {
	Site *Site
	W    http.ResponseWriter
	R    *http.Request
	Lang i18n.Lang
	P    *i18n.Printer
	Now  time.Time
	// Org is the organisation of the address, nil on pages of the installation.
	Org *catalog.Config

	signed *identity.Signed // who has signed in
	token  string           // the secret of their session
	ended  bool             // there was a session, and it has ended
	own    *owning          // what the page is kept under; nil for one that is not
}

// Handler answers one visit. What it returns is shown as a page: faults by their kind, anything else as an incident.
type Handler func(v *Visit) error

// Open makes the visit of a request for a language and, unless it is empty, an organisation. Unknown languages and organisations are NotFound.
func (s *Site) Open(w http.ResponseWriter, r *http.Request, lang i18n.Lang, o ids.Org) (*Visit, error) {
	v := &Visit{Site: s, W: w, R: r, Lang: lang, P: s.Texts.Printer(lang), Now: s.Now()}
	if err := v.signIn(); err != nil {
		return v, err
	}
	if o == "" {
		return v, nil
	}
	c, err := s.Directory.Config(r.Context(), o)
	if err != nil {
		return v, err
	}
	v.Org = c
	return v, nil
}

// Ctx is the request's context.
func (v *Visit) Ctx() context.Context { return v.R.Context() }

// OrgID is the slug of the organisation of the address.
func (v *Visit) OrgID() ids.Org { return v.Org.Org.ID }

// In returns a moment in the time zone of the page.
func (v *Visit) In(unix int64) time.Time { return time.Unix(unix, 0).In(v.Zone()) }

// URL returns the address of a page of the organisation in the visit's language: URL("services", slug). Parts are escaped.
func (v *Visit) URL(parts ...string) string {
	o := ids.Org("")
	if v.Org != nil {
		o = v.OrgID()
	}
	return Path(v.Lang, o, parts...)
}

// Path returns the path of a page: /{lang}/{org}/parts.... An empty organisation is the installation.
func Path(lang i18n.Lang, o ids.Org, parts ...string) string {
	var b strings.Builder
	b.WriteString("/" + string(lang) + "/")
	if o != "" {
		b.WriteString(url.PathEscape(string(o)))
		if len(parts) == 0 {
			b.WriteByte('/')
		}
	}
	for i, p := range parts {
		if i > 0 || o != "" {
			b.WriteByte('/')
		}
		b.WriteString(url.PathEscape(p))
	}
	return b.String()
}

// SeeOther redirects after a form was done: the browser gets the next page with GET.
func (v *Visit) SeeOther(path string) error {
	http.Redirect(v.W, v.R, path, http.StatusSeeOther)
	return nil
}

// Form returns one value of the posted form.
func (v *Visit) Form(name string) string { return v.R.PostFormValue(name) }

// Query returns one value of the address's query.
func (v *Visit) Query(name string) string { return v.R.URL.Query().Get(name) }
