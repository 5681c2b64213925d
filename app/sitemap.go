package app

import (
	"encoding/xml"
	"net/http"
	"strings"

	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/web"
)

// sitemap lists for search engines every page that is the same for everybody, in each of its languages (sitemaps.org). An organisation that says it is a demo is left out, as robots.txt
// leaves out the whole of one.
func (a *App) sitemap(w http.ResponseWriter, r *http.Request) {
	pages, err := a.openPages(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	var b strings.Builder
	b.WriteString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">` + "\n")
	for _, p := range pages {
		for _, l := range p.langs {
			b.WriteString("<url><loc>" + a.absolute(p.in(l)) + "</loc>")
			for _, other := range p.langs {
				b.WriteString(`<xhtml:link rel="alternate" hreflang="` + string(other) + `" href="` + a.absolute(p.in(other)) + `"/>`)
			}
			b.WriteString("</url>\n")
		}
	}
	b.WriteString("</urlset>\n")
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_ = web.Send(w, r, http.StatusOK, []byte(b.String()))
}

// openPage is a page that is the same for everybody: how it is called in each of its languages.
type openPage struct {
	langs []i18n.Lang
	in    func(i18n.Lang) string
}

func (a *App) absolute(path string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(a.Config.BaseURL+path)) // writing to memory does not fail
	return b.String()
}

func (a *App) openPages(r *http.Request) ([]openPage, error) {
	in, err := a.Store.Installation(r.Context())
	if err != nil {
		return nil, err
	}
	orgs, err := a.Store.Organisations(r.Context())
	if err != nil {
		return nil, err
	}
	out := []openPage{{in.Languages, func(l i18n.Lang) string { return web.Path(l, "") }}}
	parts, err := a.portal.Pages(r.Context())
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		out = append(out, openPage{in.Languages, func(l i18n.Lang) string { return web.Path(l, "", p...) }})
	}
	for _, o := range orgs {
		if o.MailboxOnly || o.Demo && a.dev == nil {
			continue
		}
		c, err := a.Store.Config(r.Context(), o.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range pagesOf(c) {
			out = append(out, openPage{o.Languages, func(l i18n.Lang) string { return web.Path(l, o.ID, p...) }})
		}
	}
	return out, nil
}

// pagesOf are the pages of an organisation that are worth finding.
func pagesOf(c *catalog.Config) [][]string {
	out := [][]string{nil, {"services"}, {"offices"}, {"help"}, {"accessibility"}, {"privacy"}}
	for i := range c.Services {
		out = append(out, []string{"services", string(c.Services[i].ID)})
	}
	for i := range c.Offices {
		out = append(out, []string{"offices", string(c.Offices[i].ID)})
	}
	return out
}
