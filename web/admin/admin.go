// Package admin is the door of those who run an installation. Setup is the first start: a form that makes the installation and its first organisation, for
// whoever has the link that the server printed. Door is what comes after: staff who look after people, and administrators who look after staff, means to sign
// in, devices, keys and the audit log.
//
// It promises that the link sets up once, that a wrong, used or old one tells nothing, that guessing is slowed, that nothing typed is lost to a fault, that no
// address says whom a page is about, and that a code or a key is shown once. What may be configured is left to domain/org and domain/blueprint, who may do what
// to domain/actor, what happens to domain/identity and domain/staff, words to the texts, class names to web/ui.
package admin

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/limit"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/web"
)

// Setup is the door of the first start.
type Setup struct {
	Site *web.Site
	// FirstAdministrator makes the secret of the link by which the first administrator comes in; empty when there is one. May be nil.
	FirstAdministrator func(ctx context.Context) (token string, err error)

	setup blueprint.Setup
	mux   *http.ServeMux

	guessing sync.Mutex // a guess is judged and counted before the next one is
	wrong    *limit.Limiter[string]
}

// wrongLinks is how many wrong links an address may try.
var wrongLinks = limit.Rate{N: 20, Per: 10 * time.Minute, Burst: 10}

// NewSetup returns the door of the first start.
func NewSetup(site *web.Site, st blueprint.SetupStore, blueprints *blueprint.Service) *Setup {
	s := &Setup{
		Site: site, mux: http.NewServeMux(), wrong: limit.New[string](wrongLinks, site.Now),
		setup: blueprint.Setup{Store: st, Gen: blueprints.Gen, Now: blueprints.Now},
	}
	for _, r := range s.Routes() {
		s.mux.HandleFunc(r.Method+" "+r.Path, s.serve(r.Handle))
	}
	return s
}

// Routes is every page of this door. What may be done here hangs on the link alone.
func (s *Setup) Routes() []web.Route {
	return []web.Route{
		web.GET("/{lang}/setup/{token}", actor.Public, s.linked(s.form)),
		web.POST("/{lang}/setup/{token}", actor.Public, s.linked(s.formPost)),
		web.GET("/{lang}/setup/done", actor.Public, s.done),
	}
}

// ServeHTTP answers for /{lang}/setup and what is under it. The app has made sure that the first segment is a language.
func (s *Setup) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.mux.Handler(r); pattern == "" {
		r.SetPathValue("lang", strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 2)[0])
		s.serve(func(*web.Visit) error { return noLink() })(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

func noLink() error { return fault.NotFound("setup.no_link") }

// serve opens the visit of a request and hands it to the page. What no link leads to looks the same whatever the reason.
func (s *Setup) serve(h web.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := s.Site.Open(w, r, i18n.Lang(r.PathValue("lang")), "")
		if err == nil {
			err = web.ReadForm(r)
		}
		if err == nil {
			err = h(v)
		}
		if fault.IsKey(err, "setup.no_link") {
			err = v.Render(http.StatusNotFound, ShowNoLink(newNoLinkPage(base(v))))
		}
		if err != nil {
			v.Fail(err)
		}
	}
}

// linked hands on a visit with the right link, and counts the wrong ones by address.
func (s *Setup) linked(h web.Handler) web.Handler {
	return func(v *web.Visit) error {
		if err := s.judge(v); err != nil {
			return err
		}
		return h(v)
	}
}

func (s *Setup) judge(v *web.Visit) error {
	s.guessing.Lock()
	defer s.guessing.Unlock()
	if wait, ok := s.wrong.Peek(v.Address()); !ok {
		return fault.TooMany("error.too_many", wait)
	}
	err := s.setup.Check(v.Ctx(), v.R.PathValue("token"))
	if fault.IsKey(err, "setup.no_link") {
		s.wrong.Penalise(v.Address())
	}
	return err
}

// base begins a page of this door. Before there is an installation all languages are offered.
func base(v *web.Visit) web.Base {
	b := v.Base("")
	if len(b.LangLinks) == 0 {
		rest := strings.TrimPrefix(v.R.URL.Path, "/"+string(v.Lang))
		b.LangLinks = allLanguages(b.Lang, rest)
	}
	return b
}
