package ui

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"luukku/web/ui/theme"
)

func bundle(t *testing.T) *Assets {
	t.Helper()
	a, err := openAssets(fstest.MapFS{
		"manifest.json": {Data: []byte(`{"app.css":{"file":"app.1.css","type":"text/css","hash":"1"},"f.woff2":{"file":"f.2.woff2","type":"font/woff2","hash":"2"}}`)},
		"app.1.css":     {Data: []byte("plain")},
		"app.1.css.gz":  {Data: []byte("gz")},
		"app.1.css.br":  {Data: []byte("br")},
		"f.2.woff2":     {Data: []byte("font")},
		"README":        {Data: []byte("not served")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestLookupChoosesTheEncodingTheBrowserTakes(t *testing.T) {
	t.Parallel()
	a := bundle(t)
	for _, tc := range []struct{ accept, encoding, body, etag string }{
		{"gzip, deflate, br", "br", "br", `"1-br"`}, {"gzip", "gzip", "gz", `"1-gzip"`}, {"", "", "plain", `"1"`}, {"br;q=0, gzip;q=0.5", "gzip", "gz", `"1-gzip"`},
		{"BR ; q=1.0", "br", "br", `"1-br"`}, {"identity", "", "plain", `"1"`}, {"br;q=x", "", "plain", `"1"`}, {"brotli", "", "plain", `"1"`},
	} {
		got, ok := a.Lookup(a.URL("app.css"), tc.accept)
		if !ok || got.Encoding != tc.encoding || string(got.Body) != tc.body || got.ETag != tc.etag || got.Type != "text/css" {
			t.Errorf("Accept-Encoding %q: got %+v (%v), want %s %s", tc.accept, got, ok, tc.encoding, tc.etag)
		}
	}
	if got, ok := a.Lookup("f.2.woff2", "br"); !ok || got.Encoding != "" || string(got.Body) != "font" {
		t.Errorf("a font: got %+v, want it uncompressed", got)
	}
}

func TestLookupServesNothingElse(t *testing.T) {
	t.Parallel()
	a := bundle(t)
	for _, path := range []string{"", "/assets/", "/assets/app.css", "/assets/README", "/assets/manifest.json", "/assets/../assets.go", "/assets/app.1.css.br"} {
		if _, ok := a.Lookup(path, "br"); ok {
			t.Errorf("%q is served", path)
		}
	}
	var none *Assets
	if _, ok := none.Lookup("app.css", ""); ok || none.URL("app.css") != "/assets/app.css" {
		t.Error("no bundle: want plain addresses and nothing served")
	}
}

func TestAMissingBundleSaysWhatToDo(t *testing.T) {
	t.Parallel()
	if _, err := openAssets(fstest.MapFS{"README": {}}); !errors.Is(err, ErrNoAssets) || !strings.Contains(err.Error(), "make assets") {
		t.Errorf("got %v, want ErrNoAssets", err)
	}
	if _, err := openAssets(fstest.MapFS{"manifest.json": {Data: []byte(`{"a.css":{"file":"a.1.css"}}`)}}); err == nil || errors.Is(err, ErrNoAssets) {
		t.Errorf("a bundle with a file missing: got %v, want another error", err)
	}
}

// The promise is 100 KB for a first visit; the budget is lower, so that growth is noticed before it hurts.
func TestAFirstVisitIsSmall(t *testing.T) {
	t.Parallel()
	a, err := OpenAssets()
	if errors.Is(err, ErrNoAssets) {
		t.Skip("the bundle is not built")
	}
	if err != nil {
		t.Fatal(err)
	}
	const budget = 60_000
	total := 0
	for _, name := range []string{"app.css", "app.js", "inter.woff2", "inter-cs.woff2", "icon.svg"} {
		f, ok := a.Lookup(a.URL(name), "gzip, br")
		if !ok {
			t.Fatalf("%s is not in the bundle", name)
		}
		t.Logf("%-15s %6d %s", name, len(f.Body), f.Encoding)
		total += len(f.Body)
	}
	th, err := theme.New("#8a1538", "#f5a800")
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	w := gzip.NewWriter(&page)
	if _, err := io.WriteString(w, render(t, full(texts.Printer("fi")))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("theme %d, page of everything %d", len(th.Gzip()), page.Len())
	if total += len(th.Gzip()) + page.Len(); total > budget {
		t.Errorf("a first visit takes %d bytes, want at most %d", total, budget)
	}
}
