package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/e2e/client"
)

// The search finds what people mean: other words, other cases, no accents, a slip of the finger.
func TestSearchForgivesSpelling(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	for l, queries := range map[i18n.Lang]map[string]string{
		"fi": {"nimenmuutos": "name-change", "Nimenmutos": "name-change", "sukunimi": "name-change", "NOTAARI": "notary", "notaari allekirjoitus": "notary"},
		"sv": {"namnändring": "name-change", "namnandring": "name-change", "notarius": "notary"},
		"en": {"name change": "name-change", "nmae change": "name-change", "surname": "name-change", "notery": "notary"},
		"cs": {"změna jména": "name-change", "zmena jmena": "name-change", "příjmení": "name-change", "notar": "notary"},
	} {
		for query, want := range queries {
			front := h.person(t).Get("/" + string(l) + "/register-office/")
			p := front.Form(say(l, "ui.search")).Set("q", query).Submit("").MustStatus(http.StatusOK)
			found := p.All("main a[href*=/services/]")
			if len(found) == 0 || !strings.HasSuffix(strings.SplitN(found[0].Attr("href"), "?", 2)[0], "/"+want) {
				t.Errorf("%s %q: want %s first: %s", l, query, want, p)
			}
		}
		none := h.person(t).Get("/"+string(l)+"/register-office/").Form(say(l, "ui.search")).Set("q", "xyzzyplugh").Submit("").MustStatus(http.StatusOK)
		none.MustText(say(l, "services.none_found"), h.service(t, registerOffice, "notary").Name.In(l)) // and all services below
	}
}

// Text size and colours are chosen on a page, kept in the browser, and lead back to where the reader was.
func TestAppearance(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	for _, l := range languages() {
		c := h.person(t)
		p := c.Get("/" + string(l) + "/register-office/services").Click(say(l, "web.nav.look")).MustStatus(http.StatusOK)
		saved := p.Form(say(l, "look.save")).Set(say(l, "look.size"), say(l, "look.sizes.150")).Set(say(l, "look.scheme"), say(l, "look.schemes.dark")).Submit("")
		shows(t, saved.MustStatus(http.StatusOK), "dark", "150")
		shows(t, c.Get("/"+string(l)+"/vuorela/"), "dark", "150")
		shows(t, h.person(t).Get("/"+string(l)+"/vuorela/"), "auto", "100")
		again := c.Get("/" + string(l) + "/vuorela/look").Form(say(l, "look.save"))
		if got := again.Value("size") + again.Value("scheme"); got != "150dark" {
			t.Errorf("%s: got %s, want the choice shown as it is", l, got)
		}
		again.Set("size", "100").Set("scheme", "auto").Submit("")
		shows(t, c.Get("/"+string(l)+"/vuorela/"), "auto", "100")
	}
	for _, back := range []string{"https://elsewhere.example/", "//elsewhere.example/", `/\elsewhere.example`, "/en/register-office/services"} {
		p := h.person(t).Get("/en/register-office/look").Form(say("en", "look.save")).Force("back", back).Submit("")
		if !strings.HasPrefix(p.URL, h.base) || (back[1] == 'e') != strings.HasSuffix(p.URL, "/services") {
			t.Errorf("back to %q led to %s", back, p.URL)
		}
	}
}

func shows(t *testing.T, p *client.Page, scheme, size string) {
	t.Helper()
	html := p.Find("html")
	if got := html.Attr("data-color-scheme") + " " + html.Attr("data-text-size"); got != scheme+" "+size {
		t.Errorf("%s: got %s, want %s %s", p.Path(), got, scheme, size)
	}
}

// Every link on every page that can be reached from the front page leads somewhere.
func TestNoDeadLinks(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	c := h.person(t)
	seen := map[string]bool{}
	queue := []string{"/en/", "/en/town-hall/", "/sv/oral-health/", "/fi/vuorela/", "/en/register-office/site-map", "/cs/register-office/", "/sv/vuorela/", "/en/dev"}
	for len(queue) > 0 && len(seen) < 600 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		p := c.Get(path)
		if p.Status != http.StatusOK {
			t.Errorf("%s: got status %d, want 200", path, p.Status)
		}
		if !p.IsHTML() {
			continue
		}
		for _, a := range p.All("a[href]") {
			href, _, _ := strings.Cut(a.Attr("href"), "#")
			if !strings.HasPrefix(href, "/") || strings.Contains(href, "/dev/gallery") || strings.Contains(href, "week=") || seen[href] {
				continue
			}
			queue = append(queue, href)
		}
	}
	if len(seen) < 200 {
		t.Errorf("got %d pages, want the whole site", len(seen))
	}
}
