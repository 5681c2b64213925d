package app

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/web"
)

// Handler is every door behind one address. The door is chosen by the first segments of the path, before any mux.
func (a *App) Handler() http.Handler {
	return a.limited(a.Site.Guard(http.HandlerFunc(a.route), a.Config.Limits.RequestBody))
}

func (a *App) route(w http.ResponseWriter, r *http.Request) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch first {
	case "":
		a.front(w, r)
	case "healthz":
		plain(w, http.StatusOK, "ok")
	case "readyz":
		a.ready(w, r)
	case "assets":
		a.Site.ServeAsset(w, r)
	case "api":
		a.api.ServeHTTP(w, r)
	case "favicon.ico":
		http.Redirect(w, r, a.Site.Assets.URL("icon.svg"), http.StatusFound)
	case "robots.txt":
		plain(w, http.StatusOK, "User-agent: *\nDisallow: /api/\nDisallow: /*/book/\nDisallow: /*/appointment\nDisallow: /*/link/\n")
	case "setup", "dev":
		if first == "dev" && a.dev == nil {
			a.Site.ShowFault(w, r, fault.NotFound("error.not_found"))
			return
		}
		http.Redirect(w, r, "/"+string(a.language(r))+r.URL.RequestURI(), http.StatusFound)
	default:
		a.inLanguage(w, r, first, rest)
	}
}

// inLanguage answers for /{lang}/....
func (a *App) inLanguage(w http.ResponseWriter, r *http.Request, first, rest string) {
	if _, ok := i18n.Lookup(first); !ok {
		a.Site.ShowFault(w, r, fault.NotFound("error.not_found"))
		return
	}
	switch second, _, _ := strings.Cut(rest, "/"); {
	case second == "setup":
		a.setup.ServeHTTP(w, r)
	case strings.HasPrefix(rest, "dev/gallery") && a.dev != nil:
		a.gallery.ServeHTTP(w, r)
	case second == "dev" && a.dev != nil:
		a.dev.ServeHTTP(w, r)
	case rest == "" && a.ownHost(w, r, i18n.Lang(first)):
	default:
		a.citizen.ServeHTTP(w, r)
	}
}

// front leads from the bare address to the front page in the language that the browser asks for.
func (a *App) front(w http.ResponseWriter, r *http.Request) {
	lang := a.language(r)
	if !a.ownHost(w, r, lang) {
		http.Redirect(w, r, web.Path(lang, ""), http.StatusFound)
	}
}

// ownHost leads a town's own address to the town's front page; false when the host is nobody's.
func (a *App) ownHost(w http.ResponseWriter, r *http.Request, lang i18n.Lang) bool {
	host, _, _ := strings.Cut(r.Host, ":")
	o, err := a.Store.OrgOfHost(r.Context(), strings.ToLower(host))
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

// limited slows an address that asks for more than its share. Health checks and hashed assets are not counted.
func (a *App) limited(next http.Handler) http.Handler {
	var trusted []netip.Prefix = a.Config.Proxies()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/assets/") && !strings.HasSuffix(r.URL.Path, "z") {
			if wait, ok := a.limits.Allow(web.AddressOf(r, trusted)); !ok {
				a.Site.ShowFault(w, r, fault.TooMany("error.too_many", wait))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
