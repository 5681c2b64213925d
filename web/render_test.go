package web

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
)

func TestPagesArePackedForWhoTakesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	want := answered(h.page(plain), request(t, http.MethodGet, "/en/vuorela/")).Body.String()
	if len(want) < 1000 || !strings.HasSuffix(want, "</html>") {
		t.Fatalf("got %d bytes, want a whole page", len(want))
	}
	for accept, packed := range map[string]bool{
		"gzip": true, "br, GZIP;q=0.5": true, "gzip; q=1": true, "": false, "br": false, "gzip;q=0": false, "gzip; q=0.0, br": false, "xgzip": false,
	} {
		got := answered(h.page(plain), request(t, http.MethodGet, "/en/vuorela/", "Accept-Encoding", accept))
		if got.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: got Vary %q, want Accept-Encoding", accept, got.Header().Get("Vary"))
		}
		if is := got.Header().Get("Content-Encoding") == "gzip"; is != packed {
			t.Errorf("%q: got packed %v, want %v", accept, is, packed)
			continue
		}
		if body := unpacked(t, got.Result()); body != want {
			t.Errorf("%q: got another page of %d bytes, want the same of %d", accept, len(body), len(want))
		}
	}
}

// unpacked is the body of an answer.
func unpacked(t *testing.T, res *http.Response) string {
	t.Helper()
	var r io.Reader = res.Body
	if res.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Error(err)
			return ""
		}
		r = z
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

func TestPagesPackedAtOnceDoNotMix(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	var all sync.WaitGroup
	for _, path := range []string{"/en/vuorela/a", "/en/vuorela/b", "/en/vuorela/c", "/en/vuorela/d"} {
		all.Go(func() {
			for range 20 {
				body := unpacked(t, answered(h.page(plain), request(t, http.MethodGet, path, "Accept-Encoding", "gzip")).Result())
				if !strings.Contains(body, `href="/fi`+strings.TrimPrefix(path, "/en")+`"`) {
					t.Errorf("got the page of another address, want that of %s", path)
				}
			}
		})
	}
	all.Wait()
}

var themeRE = regexp.MustCompile(`/assets/theme-[0-9a-f]+\.css`)

func TestColoursAreMadeForWhoAsksAnotherNode(t *testing.T) {
	t.Parallel()
	one, two := newHouse(t, "https://booking.example"), newHouse(t, "https://booking.example")
	organisation := themeRE.FindString(answered(one.page(plain), request(t, http.MethodGet, "/en/vuorela/")).Body.String())
	installation := themeRE.FindString(answered(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		one.ShowFault(w, r, errors.New("broken"))
	}), request(t, http.MethodGet, "/en/")).Body.String())
	if organisation == "" || installation == "" || organisation == installation {
		t.Fatalf("got %q and %q, want two style sheets", organisation, installation)
	}
	for _, path := range []string{organisation, installation} {
		get := func(h *house) string {
			got := answered(h.Guard(http.HandlerFunc(h.ServeAsset), 1<<20), request(t, http.MethodGet, path))
			if got.Code != http.StatusOK || got.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s: got %d, Cache-Control %q; want it for ever", path, got.Code, got.Header().Get("Cache-Control"))
			}
			return got.Body.String()
		}
		if css := get(two); css == "" || css != get(one) {
			t.Errorf("%s: got %d bytes, want the same from both nodes", path, len(css))
		}
	}
}

func TestColoursThatAreNobodysAreNotThere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	ask := func() *http.Response {
		return answered(h.Guard(http.HandlerFunc(h.ServeAsset), 1<<20), request(t, http.MethodGet, ThemePrefix+"0123456789abcdef.css")).Result()
	}
	if got := ask(); got.StatusCode != http.StatusNotFound || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d, Cache-Control %q; want 404 that nobody keeps", got.StatusCode, got.Header.Get("Cache-Control"))
	}
	h.town.err = errors.New("the database is gone")
	if got := ask(); got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("without a database: got %d, Cache-Control %q; want 503 that nobody keeps", got.StatusCode, got.Header.Get("Cache-Control"))
	}
}

func TestOtherLanguagesLeadToTheSamePage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	for path, want := range map[string]string{
		"/en/vuorela/services?q=a%20b&x=1": `href="/fi/vuorela/services?q=a%20b&amp;x=1"`,
		"/en/vuorela/a%3Fb%2Fc%23d":        `href="/fi/vuorela/a%3Fb%2Fc%23d"`,
		"/en/vuorela/%22%3E":               `href="/fi/vuorela/%22%3E"`,
	} {
		if page := answered(h.page(plain), request(t, http.MethodGet, path)).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s: the page lacks %s", path, want)
		}
	}
}
