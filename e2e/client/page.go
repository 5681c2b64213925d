package client

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Page is an answer, after its redirects. Its methods that look for something end the test when it is not there, except those that say otherwise.
type Page struct {
	Status int         // of the last answer
	URL    string      // where the browser ended up, with the fragment
	Header http.Header // of the last answer
	Body   []byte      // as it came, decompressed
	Trail  []Hop       // the redirects that led here, first to last

	c       *Client
	address *url.URL
	doc     *html.Node // nil when the answer is not HTML
}

func newPage(c *Client, at *url.URL, resp *http.Response, body []byte, trail []Hop) *Page {
	c.tb.Helper()
	p := &Page{Status: resp.StatusCode, URL: at.String(), Header: resp.Header, Body: body, Trail: trail, c: c, address: at}
	if mediaType(resp.Header) == "text/html" {
		// Scripting off, so that the content of noscript is content.
		doc, err := html.ParseWithOptions(bytes.NewReader(body), html.ParseOptionEnableScripting(false))
		if err != nil {
			c.tb.Fatalf("client: %s: %v", at, err)
		}
		p.doc = doc
	}
	return p
}

// Path is the address without scheme and host, with query and fragment.
func (p *Page) Path() string {
	u := *p.address
	u.Scheme, u.Host, u.User = "", "", nil
	return u.String()
}

// IsHTML says whether the answer is a page, and not a file or an API's answer.
func (p *Page) IsHTML() bool { return p.doc != nil }

// Title returns the document's title, "" when it has none.
func (p *Page) Title() string { return p.textOf("title") }

// H1 returns the text of the first level-one heading, "" when there is none.
func (p *Page) H1() string { return p.textOf("h1") }

// Lang returns the language the document declares, "" when none.
func (p *Page) Lang() string {
	if all := p.All("html"); len(all) == 1 {
		return all[0].Attr("lang")
	}
	return ""
}

func (p *Page) textOf(sel string) string {
	if all := p.All(sel); len(all) > 0 {
		return all[0].Text()
	}
	return ""
}

// Text returns what the page says, a line for each block; the body as it came when the answer is not HTML.
func (p *Page) Text() string {
	if p.doc == nil {
		return string(p.Body)
	}
	if body := p.All("body"); len(body) > 0 {
		return body[0].Text()
	}
	return ""
}

// HasText says whether the page says s, whatever the spaces and line breaks.
func (p *Page) HasText(s string) bool {
	return strings.Contains(squeeze(p.Text()), squeeze(s))
}

// MustStatus ends the test unless the status is want; it returns the page.
func (p *Page) MustStatus(want int) *Page {
	p.c.tb.Helper()
	if p.Status != want {
		p.fatalf("got status %d, want %d", p.Status, want)
	}
	return p
}

// MustText ends the test unless the page says all of want; it returns the page.
func (p *Page) MustText(want ...string) *Page {
	p.c.tb.Helper()
	for _, s := range want {
		if !p.HasText(s) {
			p.fatalf("the page does not say %q", s)
		}
	}
	return p
}

// Errors returns the items of the error summary, in order; none when there is no summary. The summary is the first element with the attribute
// data-error-summary, one of the classes ds-error-summary and error-summary, or role="alert" with a list in it.
func (p *Page) Errors() []string {
	for _, sel := range []string{"[data-error-summary]", ".ds-error-summary", ".error-summary", "[role=alert]"} {
		for _, box := range p.All(sel) {
			items := box.All("li")
			if len(items) == 0 {
				continue
			}
			var out []string
			for _, li := range items {
				out = append(out, li.Text())
			}
			return out
		}
	}
	return nil
}

// Link returns the link with this text (or, failing that, the one that contains it; an image's alt and aria-label count as text).
func (p *Page) Link(text string) *Link {
	p.c.tb.Helper()
	n, why := pick("link", text, p.links(), (*Element).name)
	if n == nil {
		p.fatalf("%s", why)
	}
	return &Link{Element: n}
}

// HasLink says whether Link would find one.
func (p *Page) HasLink(text string) bool {
	n, _ := pick("link", text, p.links(), (*Element).name)
	return n != nil
}

func (p *Page) links() []*Element {
	return slices.DeleteFunc(p.All("a[href], area[href]"), func(e *Element) bool { return hidden(e.n) })
}

// Click follows the link with this text, or presses the button with this text, whichever there is.
func (p *Page) Click(text string) *Page {
	p.c.tb.Helper()
	links, buttons := p.links(), p.buttons()
	n, why := pick("link or button", text, append(links, buttons...), (*Element).name)
	if n == nil {
		p.fatalf("%s", why)
	}
	if n.n.DataAtom == atom.A || n.n.DataAtom == atom.Area {
		return (&Link{Element: n}).Click()
	}
	form := p.formOf(n)
	if form == nil {
		p.fatalf("the button %q belongs to no form and does nothing without JavaScript", text)
	}
	return form.press(n)
}

// Follow opens an address found on this page (a redirect's target, a link in an attribute), as a click on it would.
func (p *Page) Follow(href string) *Page {
	p.c.tb.Helper()
	to, err := p.base().Parse(href)
	if err != nil {
		p.fatalf("%q is no address: %v", href, err)
	}
	return p.c.send(request{method: http.MethodGet, to: to, from: p})
}

// Again loads the page again by GET, as entering the address anew would.
func (p *Page) Again() *Page {
	p.c.tb.Helper()
	return p.c.send(request{method: http.MethodGet, to: p.address, site: "none"})
}

// base is what the page's addresses are relative to.
func (p *Page) base() *url.URL {
	if all := p.All("base[href]"); len(all) > 0 {
		if u, err := p.address.Parse(all[0].Attr("href")); err == nil {
			return u
		}
	}
	return p.address
}

// referrerPolicy is the last policy the answer names, as browsers read it.
func (p *Page) referrerPolicy() string {
	parts := strings.Split(strings.Join(p.Header.Values("Referrer-Policy"), ","), ",")
	policy := strings.ToLower(strings.TrimSpace(parts[len(parts)-1]))
	for _, m := range p.All("meta[name=referrer]") {
		policy = strings.ToLower(strings.TrimSpace(m.Attr("content")))
	}
	return policy
}

func (p *Page) fatalf(format string, args ...any) {
	p.c.tb.Helper()
	p.c.tb.Fatalf("%s\n%s", fmt.Sprintf(format, args...), p)
}

// String shows address, status, redirects, heading, errors and the beginning of the text, for messages.
func (p *Page) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s, status %d", p.URL, p.Status)
	for _, h := range p.Trail {
		fmt.Fprintf(&b, "\n    by way of %s (%d)", h.From, h.Status)
	}
	for _, e := range p.Errors() {
		fmt.Fprintf(&b, "\n    error: %s", e)
	}
	text := []rune(p.Text())
	if len(text) > 2000 {
		text = append(text[:2000], '…')
	}
	fmt.Fprintf(&b, "\n%s\n---", string(text))
	return b.String()
}

// Link is an anchor of a page.
type Link struct{ *Element }

// Href returns the whole address it leads to.
func (l *Link) Href() string {
	u, err := l.p.base().Parse(strings.TrimSpace(l.Attr("href")))
	if err != nil {
		return l.Attr("href")
	}
	return u.String()
}

// Click follows it.
func (l *Link) Click() *Page {
	l.p.c.tb.Helper()
	return l.p.Follow(strings.TrimSpace(l.Attr("href")))
}

// pick chooses the one element a person means by its name: the whole name first, then a part of it, letter case aside. It returns a sentence instead when
// there is none, or when several different ones fit (the same name twice takes the first).
func pick(kind, want string, from []*Element, name func(*Element) string) (*Element, string) {
	want = squeeze(want)
	fold := strings.ToLower(want)
	for _, fits := range []func(string) bool{
		func(s string) bool { return s == want },
		func(s string) bool { return want != "" && strings.Contains(strings.ToLower(s), fold) },
	} {
		var found []*Element
		names := map[string]bool{}
		for _, e := range from {
			if s := name(e); fits(s) {
				found, names[s] = append(found, e), true
			}
		}
		if len(names) > 1 {
			return nil, fmt.Sprintf("%q means more than one %s: %s", want, kind, list(found, name))
		}
		if len(found) > 0 {
			return found[0], ""
		}
	}
	return nil, fmt.Sprintf("no %s %q; there is: %s", kind, want, list(from, name))
}

func list(from []*Element, name func(*Element) string) string {
	var names []string
	for _, e := range from {
		names = append(names, fmt.Sprintf("%q", name(e)))
	}
	if len(names) == 0 {
		return "none"
	}
	if len(names) > 40 {
		names = append(names[:40], "…")
	}
	return strings.Join(names, ", ")
}
