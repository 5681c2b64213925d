package app

import (
	"context"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/web"
	"luukku/web/admin"
	coursepages "luukku/web/course"
	"luukku/web/desk"
	"luukku/web/display"
	eservicepages "luukku/web/eservice"
	feedbackpages "luukku/web/feedback"
	"luukku/web/inbox"
	"luukku/web/lobby"
	mailboxpages "luukku/web/mailbox"
	"luukku/web/portal"
	"luukku/web/sent"
)

// Handler is every door behind one address.
func (a *App) Handler() http.Handler { return a.first(a.behind()) }

// Routes is every page of every door, with the right that it needs. The API describes its own.
func (a *App) Routes() []web.Route {
	all := slices.Concat(a.citizen.Routes(), a.portal.Routes(), a.feedback.Routes(), a.courses.Routes(), a.my.Routes(), a.mail.Routes(), a.forms.Routes(), a.openForms.Routes(), a.openSent.Routes(), a.deskForms.Routes(), a.sent.Routes(), a.staffDoor.Routes(), a.admin.Routes(), a.desk.Routes(), a.inbox.Routes(), a.display.Routes(), a.lobby.Routes(), a.kiosk.Routes(), a.setup.Routes())
	if a.dev != nil {
		all = append(all, a.dev.Routes()...)
	}
	return all
}

// behind are the doors. Which one is chosen by the first segments of the path, before any mux.
func (a *App) behind() http.Handler {
	return a.Site.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wait, slowed := r.Context().Value(slowedKey{}).(time.Duration); slowed {
			a.fail(w, r, fault.TooMany("error.too_many", wait))
			return
		}
		a.route(w, r)
	}), a.Config.Limits.RequestBody)
}

// slowedKey is where the context of a request that came too often has how long to wait.
type slowedKey struct{}

// first counts a request against the share of its address and answers what is kept ready; the rest it leaves to next, with a mark on those that came too
// often. Health checks and hashed assets are not counted.
func (a *App) first(next http.Handler) http.Handler {
	trusted := a.Config.Proxies()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if path == "/healthz" || path == "/readyz" || strings.HasPrefix(path, "/assets/") {
			next.ServeHTTP(w, r)
			return
		}
		if wait, ok := a.limits.Allow(limit.Network(web.SenderOf(r, trusted))); !ok {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), slowedKey{}, wait)))
			return
		}
		if !a.Site.ServeHot(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// fail answers what goes wrong before a door is reached, in the way of the door that was meant.
func (a *App) fail(w http.ResponseWriter, r *http.Request, err error) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		a.api.Fail(w, r, err)
		return
	}
	a.Site.ShowFault(w, r, err)
}

func (a *App) route(w http.ResponseWriter, r *http.Request) {
	// The path is read as it was sent, as the doors' own muxes do, so that no escape leads past this choice.
	sent := r.URL.EscapedPath()
	if !readable(r.URL.Path, sent) {
		a.fail(w, r, fault.NotFound("error.not_found"))
		return
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(sent, "/"), "/")
	if first == "api" {
		a.api.ServeHTTP(w, r)
		return
	}
	if want := tidied(sent); want != sent && reads(r) {
		a.lead(w, r, want)
		return
	}
	if !a.takes(w, r, first) {
		return
	}
	switch {
	case sent == "/":
		a.front(w, r)
	case sent == "/healthz":
		plain(w, http.StatusOK, "ok")
	case sent == "/readyz":
		a.ready(w, r)
	case sent == "/favicon.ico":
		http.Redirect(w, r, a.Site.Assets.URL("icon.svg"), http.StatusFound)
	case sent == "/robots.txt":
		plain(w, http.StatusOK, a.robots())
	case sent == "/sitemap.xml":
		a.sitemap(w, r)
	case first == "l":
		a.shortLink(w, r, rest)
	case first == "t":
		a.ticket(w, r, rest)
	case first == "assets":
		a.Site.ServeAsset(w, r)
	case first == "eid":
		a.eidDoor(w, r)
	case first == "sms":
		a.sms.ServeHTTP(w, r)
	case first == "demo-eid" && a.demoEID != nil:
		a.demoEID.ServeHTTP(w, r)
	case first == "kiosk" && a.kiosk.Bare(w, r):
	case first == "setup", first == "staff", first == "display", first == "kiosk", first == "dev" && a.dev != nil:
		w.Header().Add("Vary", "Accept-Language")
		http.Redirect(w, r, "/"+string(a.language(r))+r.URL.RequestURI(), http.StatusFound)
	default:
		a.inLanguage(w, r, first, rest)
	}
}

// shortLink leads on from the short address of a text message, to a page that shows a button: who only looks at links opens nothing.
func (a *App) shortLink(w http.ResponseWriter, r *http.Request, token string) {
	o, page, lang, err := a.Booking.ShortLink(r.Context(), token)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	if _, ok := i18n.Lookup(string(lang)); !ok {
		lang = i18n.Default
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, web.Path(lang, o, page, token), http.StatusFound)
}

// ticket leads on from the address on a ticket's paper to its page, in the ticket's language.
func (a *App) ticket(w http.ResponseWriter, r *http.Request, rest string) {
	o, token, _ := strings.Cut(rest, "/")
	if err := a.display.Short(w, r, ids.Org(o), token); err != nil {
		a.fail(w, r, err)
	}
}

// readable reports whether a path is text without a slash in disguise: no name of ours is anything else, and no database has to wonder about it.
func readable(path, sent string) bool {
	return strings.HasPrefix(path, "/") && utf8.ValidString(path) && !strings.ContainsFunc(path, unicode.IsControl) &&
		!strings.Contains(strings.ToLower(sent), "%2f")
}

// tidied is the one address of a page: without empty and dotted segments, and with a slash at the end of front pages alone.
func tidied(sent string) string {
	want := path.Clean(sent)
	lang, _, _ := strings.Cut(want[1:], "/")
	_, page := i18n.Lookup(lang)
	parts := strings.Count(want, "/")
	if want != "/" && (page && parts == 1 || (!page || parts == 2) && strings.HasSuffix(sent, "/")) {
		want += "/"
	}
	return want
}

// reads reports whether a request only reads.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// lead sends a reader for good to where a page is, with the query.
func (a *App) lead(w http.ResponseWriter, r *http.Request, to string) {
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, to, http.StatusPermanentRedirect)
}

// takes answers the methods that no page has, and OPTIONS; true leaves the rest to the door. The API knows its own.
func (a *App) takes(w http.ResponseWriter, r *http.Request, first string) bool {
	allow := "GET, HEAD, OPTIONS"
	if _, ok := i18n.Lookup(first); ok || first == "eid" || first == "sms" || first == "demo-eid" && a.demoEID != nil {
		allow = "GET, HEAD, POST, OPTIONS"
	}
	switch {
	case r.Method == http.MethodOptions:
		w.Header().Set("Allow", allow)
		w.WriteHeader(http.StatusNoContent)
		return false
	case !slices.Contains(strings.Split(allow, ", "), r.Method):
		w.Header().Set("Allow", allow)
		a.fail(w, r, fault.Invalid("error.method", nil))
		return false
	}
	return true
}

// robots asks search engines to leave alone what belongs to one person, and the demo altogether.
func (a *App) robots() string {
	if a.dev != nil {
		return "User-agent: *\nDisallow: /\n"
	}
	return "User-agent: *\nDisallow: /api/\nDisallow: /setup/\nDisallow: /*/setup/\nDisallow: /*/book/\nDisallow: /*/enrolment/\nDisallow: /*/enrol/\nDisallow: /*/fill/\nDisallow: /*/sent/\nDisallow: /*/appointment\nDisallow: /l/\nDisallow: /t/\nDisallow: /*/ticket/\nDisallow: /*/link/\nDisallow: /*/staff/\nDisallow: /*/admin/\nDisallow: /*/my/\nDisallow: /*/sign-in\n\nSitemap: " + a.Config.BaseURL + "/sitemap.xml\n"
}

// inLanguage answers for /{lang}/....
func (a *App) inLanguage(w http.ResponseWriter, r *http.Request, first, rest string) {
	if _, ok := i18n.Lookup(first); !ok {
		a.fail(w, r, fault.NotFound("error.not_found"))
		return
	}
	switch second, third, _ := strings.Cut(rest, "/"); {
	case second == "setup":
		a.setup.ServeHTTP(w, r)
	case coursepages.Serves(r.URL.Path):
		a.courses.ServeHTTP(w, r)
	case feedbackpages.Serves(r.URL.Path):
		a.feedback.ServeHTTP(w, r)
	case desk.Serves(r.URL.Path):
		a.desk.ServeHTTP(w, r)
	case eservicepages.ServesDesk(r.URL.Path):
		a.deskForms.ServeHTTP(w, r)
	case inbox.Serves(r.URL.Path):
		a.inbox.ServeHTTP(w, r)
	case lobby.Serves(r.URL.Path):
		a.lobby.ServeHTTP(w, r)
	case display.Serves(r.URL.Path):
		a.display.ServeHTTP(w, r)
	case admin.Serves(r.URL.Path):
		a.admin.ServeHTTP(w, r)
	case second == "kiosk":
		a.kiosk.ServeHTTP(w, r)
	case second == "staff":
		a.staffDoor.ServeHTTP(w, r)
	case portal.Serves(r.URL.Path):
		a.portal.ServeHTTP(w, r)
	case eservicepages.ServesOpen(r.URL.Path):
		a.openForms.ServeHTTP(w, r)
	case sent.ServesOpen(r.URL.Path):
		a.openSent.ServeHTTP(w, r)
	case sent.Serves(r.URL.Path):
		a.sent.ServeHTTP(w, r)
	case mailboxpages.Serves(r.URL.Path):
		a.mail.ServeHTTP(w, r)
	case eservicepages.Serves(r.URL.Path):
		a.forms.ServeHTTP(w, r)
	case second == "my", second == "sign-in":
		a.my.ServeHTTP(w, r)
	case second == "dev" && a.dev == nil:
		a.fail(w, r, fault.NotFound("error.not_found"))
	case second == "dev" && (third == "gallery" || strings.HasPrefix(third, "gallery/")):
		a.gallery.ServeHTTP(w, r)
	case second == "dev":
		a.dev.ServeHTTP(w, r)
	case rest == "" && a.ownHost(w, r, i18n.Lang(first)):
	default:
		a.citizen.ServeHTTP(w, r)
	}
}

// front leads from the bare address to the front page in the language that the browser asks for.
func (a *App) front(w http.ResponseWriter, r *http.Request) {
	lang := a.language(r)
	w.Header().Add("Vary", "Accept-Language")
	if !a.ownHost(w, r, lang) {
		http.Redirect(w, r, web.Path(lang, ""), http.StatusFound)
	}
}

// ownHost leads a town's own address to the town's front page; false when the host is nobody's.
func (a *App) ownHost(w http.ResponseWriter, r *http.Request, lang i18n.Lang) bool {
	host, _, _ := strings.Cut(r.Host, ":")
	o, err := a.Store.OrgOfHost(r.Context(), strings.ToLower(strings.TrimSuffix(host, ".")))
	if err != nil {
		return false
	}
	http.Redirect(w, r, web.Path(lang, o), http.StatusFound)
	return true
}

// language is what the browser asks for among the installation's languages.
func (a *App) language(r *http.Request) i18n.Lang {
	in, err := a.Store.Installation(r.Context())
	if err != nil || len(in.Languages) == 0 {
		return i18n.Match(r.Header.Get("Accept-Language"))
	}
	among := in.Languages
	if i := slices.Index(among, in.Default); i > 0 { // the default is what Match falls back to
		among = slices.Concat([]i18n.Lang{in.Default}, among[:i], among[i+1:])
	}
	return i18n.Match(r.Header.Get("Accept-Language"), among...)
}

func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.Store.Ready(ctx); err != nil {
		w.Header().Set("Retry-After", "5")
		plain(w, http.StatusServiceUnavailable, "the database does not answer")
		return
	}
	plain(w, http.StatusOK, "ready")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}
