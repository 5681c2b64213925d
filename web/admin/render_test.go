package admin

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// nothing is the directory of a database before the first start.
type nothing struct{}

func (nothing) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return nil, fault.NotFound("org.unknown")
}

func (nothing) Installation(context.Context) (org.Installation, error) {
	return org.Installation{}, fault.NotFound("installation.none")
}
func (nothing) Organisations(context.Context) ([]org.Organisation, error) { return nil, nil }

// sampleSite is a site that dresses pages as a running one does.
func sampleSite(t *testing.T) *web.Site {
	t.Helper()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	now := clock.NewFixed(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	return &web.Site{Texts: i18n.MustLoad(), Assets: assets, Directory: nothing{}, Now: now.Now, Log: slog.New(slog.DiscardHandler)}
}

func renderSample(t *testing.T, site *web.Site, s web.Sample, lang i18n.Lang) string {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+string(lang)+sampleLink, nil)
	v, err := site.Open(httptest.NewRecorder(), r, lang, "")
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := s.Make(t.Context(), v.Base("")).Render(t.Context(), &buf); err != nil {
		t.Fatalf("render: %v", err)
	}
	return buf.String()
}

// TestEverySampleIsASoundPage renders every state of every page in every language. With LUUKKU_SHOTS it also leaves them in that directory, to be looked at.
func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	site := sampleSite(t)
	shots := os.Getenv("LUUKKU_SHOTS")
	if shots != "" {
		leaveAssets(t, site, shots)
	}
	seen := map[string]bool{}
	for _, s := range Samples() {
		if seen[s.Name()] {
			t.Errorf("two samples are called %s", s.Name())
		}
		seen[s.Name()] = true
		for _, l := range i18n.Languages() {
			t.Run(s.Name()+"/"+string(l.Code), func(t *testing.T) {
				page := renderSample(t, site, s, l.Code)
				if shots != "" {
					leave(t, filepath.Join(shots, string(l.Code), s.Name()+".html"), []byte(page))
				}
				for _, wrong := range unsound(page) {
					t.Error(wrong)
				}
			})
		}
	}
}

// unsound says what is wrong with a page's HTML.
func unsound(page string) []string {
	var wrong []string
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	idsSeen, refs, count := map[string]int{}, map[string]string{}, map[string]int{}
	controls, labelled := []string{}, map[string]bool{}
	title := ""
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		if id := attr(n, "id"); id != "" {
			idsSeen[id]++
		}
		for _, name := range []string{"aria-describedby", "aria-labelledby", "form", "for"} {
			for _, id := range strings.Fields(attr(n, name)) {
				refs[id] = n.Data + " " + name
			}
		}
		if href := attr(n, "href"); strings.HasPrefix(href, "#") {
			refs[href[1:]] = "link " + href
		}
		switch n.Data {
		case "title":
			title = strings.TrimSpace(text(n))
		case "label":
			labelled[attr(n, "for")] = true
		case "input", "select", "textarea":
			if attr(n, "type") != "hidden" {
				controls = append(controls, attr(n, "id"))
			}
		case "button", "a":
			if strings.TrimSpace(text(n)) == "" {
				wrong = append(wrong, "a "+n.Data+" without words")
			}
		}
	}
	if count["h1"] != 1 {
		wrong = append(wrong, "want one h1")
	}
	if title == "" || strings.HasPrefix(title, "–") || !strings.Contains(title, " – ") {
		wrong = append(wrong, "title "+title)
	}
	for id, n := range idsSeen {
		if n > 1 {
			wrong = append(wrong, "the id "+id+" is there twice")
		}
	}
	for id, from := range refs {
		if idsSeen[id] == 0 {
			wrong = append(wrong, from+" names "+id+", which is not there")
		}
	}
	for _, id := range controls {
		if !labelled[id] {
			wrong = append(wrong, "the control "+id+" has no label")
		}
	}
	if m := missing.FindString(page); m != "" {
		wrong = append(wrong, "missing text "+m)
	}
	if strings.Contains(page, "%!") {
		wrong = append(wrong, "a value was not put into words")
	}
	slices.Sort(wrong)
	return wrong
}

var missing = regexp.MustCompile(`⟦[^⟧]*⟧`)

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// leaveAssets writes what the pages load.
func leaveAssets(t *testing.T, site *web.Site, dir string) {
	t.Helper()
	paths := []string{site.ThemeURL(org.Brand{})}
	for _, name := range []string{"app.css", "app.js", "icon.svg", "inter.woff2", "inter-ext.woff2", "inter-cs.woff2"} {
		paths = append(paths, site.Assets.URL(name))
	}
	for _, p := range paths {
		w := httptest.NewRecorder()
		site.ServeAsset(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, p, nil))
		if w.Code == http.StatusOK {
			leave(t, filepath.Join(dir, filepath.FromSlash(p)), w.Body.Bytes())
		}
	}
}

func leave(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
