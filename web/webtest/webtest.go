// Package webtest is what the tests of the doors share: whether a page is sound, and every sample rendered in every language, to be looked at if one likes.
// It is imported by tests alone. How pages look and behave in a browser is left to e2e.
package webtest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/web"
)

// Samples renders every state of every page in every language and checks that it is a sound page. The pages are an organisation's, or the installation's
// when there is none; path is what their address has after the language. With LUUKKU_SHOTS they are also left in that directory, with the colours of
// the brand, to be looked at.
func Samples(t *testing.T, site *web.Site, o ids.Org, path string, brand org.Brand, samples []web.Sample) {
	t.Helper()
	shots := os.Getenv("LUUKKU_SHOTS")
	if shots != "" {
		leaveAssets(t, site, shots, brand)
	}
	seen := map[string]bool{}
	for _, s := range samples {
		if seen[s.Name()] {
			t.Errorf("two samples are called %s", s.Name())
		}
		seen[s.Name()] = true
		for _, l := range i18n.Languages() {
			t.Run(s.Name()+"/"+string(l.Code), func(t *testing.T) {
				page := render(t, site, s, l.Code, o, path)
				if shots != "" {
					leave(t, filepath.Join(shots, string(l.Code), s.Name()+".html"), []byte(page))
				}
				for _, wrong := range Unsound(page) {
					t.Error(wrong)
				}
			})
		}
	}
}

func render(t *testing.T, site *web.Site, s web.Sample, lang i18n.Lang, o ids.Org, path string) string {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+string(lang)+path, nil)
	v, err := site.Open(httptest.NewRecorder(), r, lang, o)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := s.Make(t.Context(), v.Base("")).Render(t.Context(), &buf); err != nil {
		t.Fatalf("render: %v", err)
	}
	return buf.String()
}

// Unsound says what is wrong with a page's HTML.
func Unsound(page string) []string {
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
		if id := Attr(n, "id"); id != "" {
			idsSeen[id]++
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				wrong = append(wrong, n.Data+" has "+a.Key+", which the content security policy refuses")
			}
		}
		for _, name := range []string{"aria-describedby", "aria-labelledby", "form", "for"} {
			for _, id := range strings.Fields(Attr(n, name)) {
				refs[id] = n.Data + " " + name
			}
		}
		if href := Attr(n, "href"); strings.HasPrefix(href, "#") {
			refs[href[1:]] = "link " + href
		}
		switch n.Data {
		case "title":
			title = strings.TrimSpace(text(n))
		case "label":
			labelled[Attr(n, "for")] = true
		case "input", "select", "textarea":
			if Attr(n, "type") != "hidden" {
				controls = append(controls, Attr(n, "id"))
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
	for _, id := range stranded(doc) {
		wrong = append(wrong, "the summary of errors leads to "+id+", which cannot have the focus")
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

// stranded are the elements that links of a summary of errors lead to, and that cannot have the focus.
func stranded(doc *html.Node) []string {
	takes, led := map[string]bool{}, []string{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		field := slices.Contains([]string{"input", "select", "textarea", "button"}, n.Data) && Attr(n, "type") != "hidden"
		if id := Attr(n, "id"); id != "" && (field || Attr(n, "tabindex") != "" || n.Data == "a" && Attr(n, "href") != "") {
			takes[id] = true
		}
		if !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "data-error-summary" }) {
			continue
		}
		for l := range n.Descendants() {
			if href := Attr(l, "href"); strings.HasPrefix(href, "#") {
				led = append(led, href[1:])
			}
		}
	}
	return slices.DeleteFunc(led, func(id string) bool { return takes[id] })
}

var missing = regexp.MustCompile(`⟦[^⟧]*⟧`)

// Attr is an attribute of an element, "" when it has none.
func Attr(n *html.Node, name string) string {
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
func leaveAssets(t *testing.T, site *web.Site, dir string, brand org.Brand) {
	t.Helper()
	paths := []string{site.ThemeURL(brand)}
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
