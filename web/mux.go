package web

import (
	"errors"
	"net/http"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Route is one line of a door's list: a method, a path with {lang} and, for an organisation's pages, {org}, the right that the page needs, and the page.
type Route struct {
	Method, Path string
	Right        actor.Right
	Handle       Handler
}

// GET is a route of a page that is read.
func GET(path string, right actor.Right, h Handler) Route {
	return Route{Method: http.MethodGet, Path: path, Right: right, Handle: h}
}

// POST is a route of a form that is sent.
func POST(path string, right actor.Right, h Handler) Route {
	return Route{Method: http.MethodPost, Path: path, Right: right, Handle: h}
}

// Mux serves the routes of a door. Who lacks a route's right gets no further than here; what a right over one object needs is asked again by the room, which
// knows whose the object is.
type Mux struct {
	site   *Site
	routes []Route
	mux    *http.ServeMux
}

// NewMux returns the door of a list of routes. A route without a right that exists is a mistake in the program.
func NewMux(site *Site, routes []Route) *Mux {
	m := &Mux{site: site, routes: routes, mux: http.NewServeMux()}
	for _, r := range routes {
		rule, ok := actor.RuleOf(r.Right)
		if !ok {
			panic("web: the route " + r.Method + " " + r.Path + " has no right")
		}
		m.mux.HandleFunc(r.Method+" "+r.Path, m.serve(rule, r.Handle))
	}
	return m
}

// Routes are all lines of the list.
func (m *Mux) Routes() []Route { return m.routes }

// serve opens the visit of a request, and hands it to the page when the actor has the right.
func (m *Mux) serve(rule actor.Rule, h Handler) http.HandlerFunc {
	// What hangs on a session, a shown code or a device's secret is judged where the object is known: for a stranger it is not there, and for many pages that
	// is an answer.
	atOnce := !rule.Anyone && !rule.Session && !rule.Proven && !rule.Device
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := m.site.Open(w, r, i18n.Lang(r.PathValue("lang")), ids.Org(r.PathValue("org")))
		if err == nil && atOnce {
			err = v.May(rule.Right, actor.Object{})
		}
		if err == nil {
			err = ReadForm(r)
		}
		if err != nil {
			v.Fail(err)
			return
		}
		v.Serve(h)
	}
}

// May is what the actor of the visit may do with an object of the organisation of the address.
func (v *Visit) May(right actor.Right, on actor.Object) error {
	if v.Org != nil && on.Org == "" {
		on.Org = v.OrgID()
	}
	return v.Actor().May(right, on)
}

// ReadForm reads a posted form once for all handlers: one that is too large or broken is told as such, and never read as an empty one. Forms with files and
// those of other kinds are left to their handlers.
func ReadForm(r *http.Request) error {
	if r.Method != http.MethodPost || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return nil
	}
	err := r.ParseForm()
	if _, large := errors.AsType[*http.MaxBytesError](err); err == nil || large {
		return err
	}
	return fault.Invalid("error.bad_request", nil).Because(err)
}

// ServeHTTP answers for /{lang}/.... The app has made sure that the first segment is a language, and that the address is this door's.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := m.mux.Handler(r); pattern == "" {
		m.lost(w, r)
		return
	}
	m.mux.ServeHTTP(w, r)
}

// lost answers an address that no page has, in the looks of the organisation where it names one; and a method that the page does not know.
func (m *Mux) lost(w http.ResponseWriter, r *http.Request) {
	parts := strings.SplitN(strings.Trim(r.URL.Path, "/"), "/", 3)
	o := ids.Org("")
	if len(parts) > 1 && !ids.ReservedOrg(parts[1]) {
		o = ids.Org(parts[1])
	}
	v, err := m.site.Open(w, r, i18n.Lang(parts[0]), o)
	if err == nil {
		err = Lost(m.mux, w, r)
	}
	v.Fail(err)
}
