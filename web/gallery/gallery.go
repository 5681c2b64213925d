// Package gallery shows every page of the product in every state, with made-up facts: for whoever changes a page and wants to see it, in each language,
// in the colours of each organisation, light and dark, in each text size.
//
// It promises that a sample is the page as it really is: drawn by the same component, in the same document, sent by the same code, with the same
// headers. It keeps nothing and needs nothing but the directory of organisations, so it can be looked at without a booking in the database. The samples
// themselves are left to the doors; where the gallery hangs is left to app, which offers it in the demo alone.
package gallery

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/admin"
	"luukku/web/citizen"
	"luukku/web/course"
	"luukku/web/demoeid"
	"luukku/web/desk"
	"luukku/web/dev"
	"luukku/web/display"
	"luukku/web/eservice"
	"luukku/web/feedback"
	"luukku/web/inbox"
	"luukku/web/kiosk"
	"luukku/web/lobby"
	"luukku/web/mailbox"
	"luukku/web/my"
	"luukku/web/portal"
	"luukku/web/sent"
	"luukku/web/staff"
	"luukku/web/ui"
)

// All returns every state of every page, page by page: those of each door, of faults, and of the gallery itself.
func All() []web.Sample {
	return slices.Concat(citizen.Samples(), my.Samples(), mailbox.Samples(), eservice.Samples(), sent.Samples(), portal.Samples(), staff.Samples(), admin.Samples(), desk.Samples(), inbox.Samples(), display.Samples(), feedback.Samples(), course.Samples(), lobby.Samples(), dev.Samples(), kiosk.Samples(), demoeid.Samples(), faultSamples(), ownSamples())
}

// Gallery answers for /{lang}/dev/gallery.
type Gallery struct {
	site    *web.Site
	samples []web.Sample
	byName  map[string]web.Sample
	mux     *http.ServeMux
}

var _ http.Handler = (*Gallery)(nil)

// New returns the gallery of a site. The caller has put the site's guard around it, as around every door.
func New(site *web.Site) http.Handler {
	g := &Gallery{site: site, samples: All(), byName: map[string]web.Sample{}, mux: http.NewServeMux()}
	for _, s := range g.samples {
		g.byName[s.Name()] = s
	}
	g.mux.HandleFunc("GET /{lang}/dev/gallery", g.serve(g.list))
	g.mux.HandleFunc("GET /{lang}/dev/gallery/{$}", g.serve(g.list))
	g.mux.HandleFunc("GET /{lang}/dev/gallery/{name}", g.serve(g.show))
	g.mux.HandleFunc("/", g.serve(lost))
	return g
}

func (g *Gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.mux.ServeHTTP(w, r) }

func lost(*web.Visit) error { return fault.NotFound("error.not_found") }

// serve opens a visit in the language of the address and in the colours of the organisation that the query names; without one, of the first there is.
func (g *Gallery) serve(h web.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		lang := i18n.Default
		row, known := i18n.Lookup(firstSegment(r.URL.Path))
		if known {
			lang = row.Code
		}
		o, err := g.organisation(r)
		v, openErr := g.site.Open(w, r, lang, o)
		switch {
		case err != nil:
			v.Fail(err)
		case openErr != nil:
			v.Fail(openErr)
		case !known:
			v.Fail(fault.NotFound("error.not_found"))
		default:
			v.Serve(h)
		}
	}
}

func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// organisation is the one that the query names, or the first; empty before anything is set up.
func (g *Gallery) organisation(r *http.Request) (ids.Org, error) {
	if o := r.URL.Query().Get("org"); o != "" {
		return ids.Org(o), nil
	}
	orgs, err := g.site.Directory.Organisations(r.Context())
	if err != nil || len(orgs) == 0 {
		return "", err
	}
	return orgs[0].ID, nil
}

// show draws one sample as it really is.
func (g *Gallery) show(v *web.Visit) error {
	s, ok := g.byName[v.R.PathValue("name")]
	if !ok {
		return fault.NotFound("error.not_found")
	}
	return v.Render(http.StatusOK, s.Make(v.Ctx(), dressed(v)))
}

// list shows what there is to see.
func (g *Gallery) list(v *web.Visit) error {
	orgs, err := v.Site.Directory.Organisations(v.Ctx())
	if err != nil {
		return err
	}
	shown := look{Scheme: v.Query("scheme"), Size: v.Query("size")}
	if v.Org != nil {
		shown.Org = v.OrgID()
	}
	return v.Render(http.StatusOK, ShowList(newListPage(dressed(v), g.samples, orgs, shown)))
}

// dressed is the base of a page in the chosen colours and text size.
func dressed(v *web.Visit) web.Base {
	b := v.Base("")
	if scheme := v.Query("scheme"); scheme != "" {
		b.Appearance.Scheme = scheme
	}
	if size := v.Query("size"); size != "" {
		b.Appearance.Size = size
	}
	return b
}

// look is how samples are looked at.
type look struct {
	Org    ids.Org
	Scheme string
	Size   string
}

// address is a page of the gallery seen so. An empty name is the list.
func (l look) address(lang i18n.Lang, name string) string {
	q := url.Values{}
	for key, value := range map[string]string{"org": string(l.Org), "scheme": l.Scheme, "size": l.Size} {
		if value != "" {
			q.Set(key, value)
		}
	}
	path := web.Path(lang, "", "dev", "gallery")
	if name != "" {
		path = web.Path(lang, "", "dev", "gallery", name)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// ListPage is the list of samples.
type ListPage struct {
	web.Base
	Orgs, Schemes, Sizes []ui.Link
	Count                string
	Pages                []ui.DefinitionRow
}

func newListPage(b web.Base, samples []web.Sample, orgs []org.Organisation, shown look) ListPage {
	b.Title, b.NoIndex = b.T("gallery.title"), true
	p := ListPage{Base: b, Count: b.N("gallery.count", len(samples))}
	for _, o := range orgs {
		l := shown
		l.Org = o.ID
		p.Orgs = append(p.Orgs, ui.Link{Text: o.Name.In(b.Lang), Href: l.address(b.Lang, ""), Current: o.ID == shown.Org})
	}
	for i, scheme := range []string{"auto", "light", "dark", "contrast"} {
		l := shown
		l.Scheme = scheme
		current := scheme == shown.Scheme || i == 0 && shown.Scheme == ""
		p.Schemes = append(p.Schemes, ui.Link{Text: b.T("look.schemes." + scheme), Href: l.address(b.Lang, ""), Current: current})
	}
	for i, size := range []string{"100", "125", "150"} {
		l := shown
		l.Size = size
		current := size == shown.Size || i == 0 && shown.Size == ""
		p.Sizes = append(p.Sizes, ui.Link{Text: b.T("look.sizes." + size), Href: l.address(b.Lang, ""), Current: current})
	}
	p.Pages = pageRows(b, samples, shown)
	return p
}

// pageRows are the pages in the order of the samples, each with links to its states.
func pageRows(b web.Base, samples []web.Sample, shown look) []ui.DefinitionRow {
	var order []string
	states := map[string][]ui.Link{}
	for _, s := range samples {
		if _, ok := states[s.Page]; !ok {
			order = append(order, s.Page)
		}
		text := s.State
		if text == "" {
			text = b.T("gallery.ordinary")
		}
		states[s.Page] = append(states[s.Page], ui.Link{Text: text, Hidden: s.Page, Href: shown.address(b.Lang, s.Name())})
	}
	var rows []ui.DefinitionRow
	for _, page := range order {
		rows = append(rows, ui.DefinitionRow{Key: page, Content: ui.LinkList(states[page])})
	}
	return rows
}
