package app

import (
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"luukku/store/pgtest"
	"luukku/web"
)

func TestEachAddressHasItsDoor(t *testing.T) {
	t.Parallel()
	h := newTown(t, nil)
	const town = "/en/vuorela/"
	for _, c := range []struct {
		method, path string
		status       int
		location     string
	}{
		{"GET", "/", 302, "/fi/"},
		{"HEAD", "/", 302, "/fi/"},
		{"GET", "/healthz", 200, ""},
		{"HEAD", "/healthz", 200, ""},
		{"GET", "/readyz", 200, ""},
		{"GET", "/robots.txt", 200, ""},
		{"GET", "/en/", 200, ""},
		{"HEAD", "/en/", 200, ""},
		{"GET", town, 200, ""},
		{"GET", town + "services", 200, ""},
		{"GET", "/api/v1/openapi.json", 200, ""},
		{"GET", "/setup/x", 302, "/fi/setup/x"},
		{"GET", "/en/setup/x", 404, ""},

		{"GET", "/xx/", 404, ""},
		{"GET", "/EN/", 404, ""},
		{"GET", "/en/nowhere/", 404, ""},
		{"GET", town + "nowhere", 404, ""},
		{"GET", "/api/v1/nowhere", 404, ""},
		{"GET", "/assets/nowhere.css", 404, ""},
		{"GET", "/assets/../healthz", 308, "/healthz"},

		// The demo's tools are not there.
		{"GET", "/dev/clock", 404, ""},
		{"GET", "/en/dev/clock", 404, ""},
		{"POST", "/en/dev/clock", 404, ""},
		{"GET", "/en/dev/outbox.json", 404, ""},
		{"GET", "/en/dev/gallery", 404, ""},

		// One address for each page.
		{"GET", "/en", 308, "/en/"},
		{"GET", "/en/vuorela?a=%20b", 307, "/en/vuorela/?a=%20b"},
		{"GET", town + "services/", 308, town + "services"},
		{"GET", town + "services/?q=x", 308, town + "services?q=x"},
		{"HEAD", town + "services/", 308, town + "services"},
		{"POST", town + "services/", 404, ""},
		{"GET", "//en/", 308, "/en/"},
		{"GET", "//other.example/en/", 308, "/other.example/en/"},
		{"GET", "/en//vuorela//services", 308, town + "services"},
		{"GET", "/en/./vuorela/../vuorela/", 308, town},
		{"GET", "/healthz/", 404, ""},
		{"GET", "/robots.txt/x", 404, ""},
		{"GET", "/assets//x/../nowhere", 308, "/assets/nowhere"},

		// Nothing hides behind an escape.
		{"GET", "/en%2Fvuorela/", 404, ""},
		{"GET", "/en/vuorela%2Fservices", 404, ""},
		{"GET", "/en/vuorela/services%2F", 404, ""},
		{"GET", "/en%2f", 404, ""},
		{"GET", "/en/%76uorela/", 200, ""},
		{"GET", "/%65n/", 404, ""},
		{"GET", "/en/%00/", 404, ""},
		{"GET", "/en/vuorela/services/%00", 404, ""},
		{"GET", "/en/vuorela/%0d%0aSet-Cookie:x", 404, ""},
		{"GET", "/en/vuorela/%ff", 404, ""},
		{"GET", "/api/v1/organisations/%00/services", 404, ""},
		{"GET", "/en/vuorela/offices/" + strings.Repeat("x", 5000), 404, ""},

		{"OPTIONS", town, 204, ""},
		{"OPTIONS", "/healthz", 204, ""},
		{"PUT", town, 405, ""},
		{"DELETE", "/en/vuorela/appointment", 405, ""},
		{"TRACE", "/", 405, ""},
		{"POST", "/healthz", 405, ""},
		{"POST", "/", 405, ""},
	} {
		got := h.ask(t, c.method, c.path)
		if got.StatusCode != c.status || got.Header.Get("Location") != c.location {
			t.Errorf("%s %.60s: got %d to %q, want %d to %q", c.method, c.path, got.StatusCode, got.Header.Get("Location"), c.status, c.location)
		}
		if allow := got.Header.Get("Allow"); (c.status == 405 || c.method == "OPTIONS") && !strings.HasPrefix(allow, "GET, HEAD") {
			t.Errorf("%s %s: got Allow %q, want what is possible", c.method, c.path, allow)
		}
	}
	if log := h.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("got incidents: %s", log)
	}
}

func TestFrontIsInTheBrowsersLanguage(t *testing.T) {
	t.Parallel()
	h := newTown(t, nil)
	for accept, want := range map[string]string{
		"": "/fi/", "sv": "/sv/", "sv-FI,sv;q=0.9,fi;q=0.8": "/sv/", "de, en;q=0.3, cs;q=0.4": "/cs/", "de": "/fi/", "*": "/fi/", "fi;q=0, en;q=0.1": "/en/", "\x00": "/fi/",
	} {
		got := h.ask(t, http.MethodGet, "/", "Accept-Language", accept)
		if got.Header.Get("Location") != want || got.Header.Get("Vary") != "Accept-Language" {
			t.Errorf("%q: got %q, Vary %q; want %q", accept, got.Header.Get("Location"), got.Header.Get("Vary"), want)
		}
	}
}

func TestOwnHostLeadsToItsOrganisation(t *testing.T) {
	t.Parallel()
	h := newTown(t, nil)
	for _, c := range []struct{ url, want string }{
		{"http://vuorela.example/", "/sv/vuorela/"},
		{"http://Vuorela.Example:8080/", "/sv/vuorela/"},
		{"http://vuorela.example./", "/sv/vuorela/"},
		{"http://vuorela.example/en/", "/en/vuorela/"},
		{"http://other.example/", "/sv/"},
		{"http://[::1]:8080/", "/sv/"},
		{"http://vuorela.example/en/vuorela/services", ""},
	} {
		if got := h.ask(t, http.MethodGet, c.url, "Accept-Language", "sv").Header.Get("Location"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.url, got, c.want)
		}
	}
}

func TestEveryKindOfAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	h := newTown(t, map[string]string{"LUUKKU_BASE_URL": "https://booking.example", "LUUKKU_LIMITS_REQUESTS_PER_SECOND": "1"})
	const kept = "public, max-age=31536000, immutable"
	asset := h.Site.Assets.URL("app.css")
	kinds := []struct{ kind, method, path, cache, mime string }{
		{"public page", "GET", "/en/vuorela/", "private, no-cache", "text/html; charset=utf-8"},
		{"kept page", "GET", "/en/vuorela/", "private, no-cache", "text/html; charset=utf-8"},
		{"page", "GET", "/en/vuorela/appointment", "no-store", "text/html; charset=utf-8"},
		{"lost page", "GET", "/en/vuorela/nowhere", "no-store", "text/html; charset=utf-8"},
		{"form of another site", "POST", "/en/vuorela/look", "no-store", "text/html; charset=utf-8"},
		{"asset", "GET", asset, kept, "text/css; charset=utf-8"},
		{"lost asset", "GET", "/assets/nowhere.css", "no-store", "text/plain; charset=utf-8"},
		{"redirect", "GET", "/", "no-store", "text/html; charset=utf-8"},
		{"API", "GET", "/api/v1/organisations", "", "application/json"},
		{"lost API", "GET", "/api/v1/nowhere", "no-store", "application/problem+json"},
		{"API from another site", "POST", "/api/v1/organisations/vuorela/holds", "no-store", "application/problem+json"},
		{"health", "GET", "/healthz", "no-store", "text/plain; charset=utf-8"},
		{"options", "OPTIONS", "/en/", "no-store", ""},
	}
	check := func(kind string, got http.Header, cache, mime string) {
		t.Helper()
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000",
			"Cross-Origin-Resource-Policy": "same-origin", "Content-Type": mime,
		} {
			if got.Get(header) != want {
				t.Errorf("%s: %s: got %q, want %q", kind, header, got.Get(header), want)
			}
		}
		if cache != "" && got.Get("Cache-Control") != cache {
			t.Errorf("%s: Cache-Control: got %q, want %q", kind, got.Get("Cache-Control"), cache)
		}
		if !strings.HasPrefix(got.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: got policy %q", kind, got.Get("Content-Security-Policy"))
		}
	}
	for _, k := range kinds {
		site := "same-origin"
		if strings.Contains(k.kind, "another site") {
			site = "cross-site"
		}
		got := h.ask(t, k.method, k.path, "Sec-Fetch-Site", site)
		if site == "cross-site" && got.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", k.kind, got.StatusCode)
		}
		check(k.kind, got.Header, k.cache, k.mime)
	}
	for path, mime := range map[string]string{"/en/vuorela/": "text/html; charset=utf-8", "/api/v1/organisations": "application/problem+json"} {
		got := h.ask(t, "GET", path)
		for range 20 {
			got = h.ask(t, "GET", path)
		}
		if got.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("%s: got %d, want 429", path, got.StatusCode)
		}
		check("too many at "+path, got.Header, "no-store", mime)
	}
}

func TestWhoAsksTooOftenWaitsAndOthersDoNot(t *testing.T) {
	t.Parallel()
	h := newTown(t, map[string]string{"LUUKKU_LIMITS_REQUESTS_PER_SECOND": "2", "LUUKKU_TRUSTED_PROXIES": "10.0.0.0/8"})
	ask := func(path, forwarded string) *http.Response {
		r := h.request(t, http.MethodGet, path, "", "X-Forwarded-For", forwarded)
		r.RemoteAddr = "10.0.0.1:1234"
		return h.send(r)
	}
	served := 0
	for range 50 {
		if ask("/en/vuorela/z", "192.0.2.1").StatusCode == http.StatusNotFound { // a name that ends like a health check's
			served++
		}
	}
	if served != 20 {
		t.Errorf("got %d of 50 answered, want the burst of 20", served)
	}
	slowed := ask("/en/", "192.0.2.1")
	wait, err := strconv.Atoi(slowed.Header.Get("Retry-After"))
	if slowed.StatusCode != http.StatusTooManyRequests || err != nil || wait != 1 {
		t.Errorf("got %d, Retry-After %q; want 429 and 1", slowed.StatusCode, slowed.Header.Get("Retry-After"))
	}
	for path, forwarded := range map[string]string{
		"/en/": "192.0.2.2", "/healthz": "192.0.2.1", "/readyz": "192.0.2.1", h.Site.Assets.URL("app.css"): "192.0.2.1",
	} {
		if got := ask(path, forwarded); got.StatusCode != http.StatusOK {
			t.Errorf("%s for %s: got %d, want 200", path, forwarded, got.StatusCode)
		}
	}
	h.clock.Advance(time.Duration(wait) * time.Second)
	if got := ask("/en/", "192.0.2.1"); got.StatusCode != http.StatusOK {
		t.Errorf("after waiting: got %d, want 200", got.StatusCode)
	}
}

func TestWithoutADatabaseWhatIsStaticGoesOn(t *testing.T) {
	t.Parallel()
	if os.Getenv(pgtest.EnvVar) != "" {
		t.Skipf("%s is set: no server of our own to stop", pgtest.EnvVar)
	}
	cluster, err := pgtest.Start(t.Context(), pgtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	})
	h := newTown(t, map[string]string{"LUUKKU_DATABASE": cluster.DSN("postgres")})
	if got := h.ask(t, http.MethodGet, "/readyz").StatusCode; got != http.StatusOK {
		t.Fatalf("got %d, want it ready", got)
	}
	if err := cluster.Halt(pgtest.Fast); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(time.Minute) // what was read before the stop is too old to be answered from memory
	for path, want := range map[string]int{
		"/readyz": 503, "/healthz": 200, "/robots.txt": 200, h.Site.Assets.URL("app.css"): 200, "/": 302, "/en/vuorela/services": 503, "/xx/": 404,
		"/api/v1/organisations": 503, web.ThemePrefix + "0123456789abcdef.css": 503,
	} {
		got := h.ask(t, http.MethodGet, path)
		if got.StatusCode != want {
			t.Errorf("%s: got %d, want %d: %s", path, got.StatusCode, want, h.log)
		}
		if want == 503 && got.Header.Get("Retry-After") == "" {
			t.Errorf("%s: nobody is told when to come back", path)
		}
	}
	if err := cluster.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/readyz", "/en/vuorela/services"} {
		if got := h.ask(t, http.MethodGet, path).StatusCode; got != http.StatusOK {
			t.Errorf("%s: got %d when the database is back, want 200", path, got)
		}
	}
}

func TestLogsTellNothingOfPeople(t *testing.T) {
	t.Parallel()
	dsn, take := onPostgres(t)
	h := newTown(t, map[string]string{"LUUKKU_DATABASE": dsn})
	const name, address = "Meikalainen", "198.51.100.7"
	for _, path := range []string{"/en/vuorela/" + name, "/en/?q=" + name, "/en/vuorela/services?q=" + name, "/api/v1/organisations/" + name, "/en/vuorela/link/" + name} {
		for _, method := range []string{"GET", "POST", "PUT"} {
			r := h.request(t, method, path, "code="+name+"&name="+name, "Content-Type", "application/x-www-form-urlencoded")
			r.RemoteAddr = address + ":4711"
			h.send(r)
		}
	}
	take()
	h.clock.Advance(time.Minute) // what is remembered is looked up again
	r := h.request(t, "GET", "/en/vuorela/services?q="+name, "")
	r.RemoteAddr = address + ":4711"
	if got := h.send(r); got.StatusCode < 500 {
		t.Errorf("got %d, want it failed", got.StatusCode)
	}
	log := h.log.String()
	if log == "" {
		t.Error("nothing was logged: this proves nothing")
	}
	if strings.Contains(log, name) || strings.Contains(log, address) {
		t.Errorf("the log tells of a person:\n%s", log)
	}
}

func TestRobotsAreKeptFromPersonalPagesAndFromTheDemo(t *testing.T) {
	t.Parallel()
	for demo, want := range map[bool]string{false: "Disallow: /*/appointment\n", true: "Disallow: /\n"} {
		h := open(t, settings(t, nil), demo)
		b, err := io.ReadAll(h.ask(t, "GET", "/robots.txt").Body)
		if err != nil || !strings.Contains(string(b), want) {
			t.Errorf("demo %v: got %q, %v; want %q", demo, b, err, want)
		}
		if got := h.ask(t, "GET", "/dev/clock").StatusCode == http.StatusFound; got != demo {
			t.Errorf("demo %v: got its tools there: %v", demo, got)
		}
	}
}
