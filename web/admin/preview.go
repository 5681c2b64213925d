package admin

import (
	"bytes"
	"net/http"
	"strings"

	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/ui"
)

// Previewer answers requests for citizens' pages by a configuration that is not published. Nothing that it answers is kept anywhere.
type Previewer func(c *catalog.Config, bar ui.PreviewBar) http.Handler

// preview shows a citizens' page as it will be once the draft is published. It is the same page by the same code; its links stay within the preview, and
// nothing can be booked.
func (d *Door) preview(v *web.Visit) error {
	if d.Preview == nil {
		return notThere()
	}
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	config, err := c.Draft.Config(c.Installation, v.Org.Version)
	if err != nil {
		return show(v, newPreviewPage(page(v, ""), "preview.not_yet"))
	}
	b := baseOf(v)
	self := adminAt(b, "preview")
	citizen := web.Path(b.Lang, b.Org)
	r := v.R.Clone(v.Ctx())
	r.URL.Path, r.URL.RawPath = citizen+v.R.PathValue("path"), ""
	r.RequestURI = r.URL.RequestURI()
	r.Header = http.Header{"Accept-Language": v.R.Header["Accept-Language"]} // nobody in particular asks, and nothing is packed
	out := &previewed{header: http.Header{}}
	b.Printer = v.P
	d.Preview(config, *previewBar(b)).ServeHTTP(out, r)
	v.Site.ThemeURL(config.Org.Brand) // so that the colours are served
	v.Site.LogoURL(config.Org.Brand)
	// Every address of a citizens' page of this organisation stays here, in each language.
	inside := func(s string) string {
		for _, l := range i18n.Languages() {
			from, to := web.Path(l.Code, b.Org), web.Path(l.Code, "", "admin", string(b.Org), "preview")+"/"
			s = strings.ReplaceAll(s, `="`+from, `="`+to)
		}
		return s
	}
	h := v.W.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", out.header.Get("Content-Type"))
	if to := out.header.Get("Location"); to != "" {
		if rest, ok := strings.CutPrefix(to, citizen); ok {
			to = self + "/" + rest
		}
		http.Redirect(v.W, v.R, to, http.StatusSeeOther)
		return nil
	}
	return web.Send(v.W, v.R, out.status, []byte(inside(out.body.String())))
}

// previewBar says on top of a page that it is not published.
func previewBar(b web.Base) *ui.PreviewBar {
	return &ui.PreviewBar{Label: b.T("preview.label"), Text: b.T("preview.bar"), Back: ui.Link{Href: adminAt(b, "config"), Text: b.T("preview.back")}}
}

// previewPost refuses what would be done on a page of the preview.
func (d *Door) previewPost(v *web.Visit) error {
	p := newPreviewPage(page(v, ""), "preview.nothing_done")
	return v.Render(http.StatusConflict, ShowDesk(p))
}

func newPreviewPage(b web.Base, text string) DeskPage {
	b.Title = b.T("preview.title")
	return DeskPage{Base: b, Parts: []web.Component{
		ui.P(b.T(text)), ui.LinkButton(ui.Primary, ui.Link{Href: adminAt(b, "preview"), Text: b.T("preview.again")}),
		ui.LinkList([]ui.Link{{Href: adminAt(b, "config"), Text: b.T("preview.back")}}),
	}}
}

// previewed takes down what the previewer answers.
type previewed struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the answer's.
func (p *previewed) Header() http.Header { return p.header }

// WriteHeader takes the status down.
func (p *previewed) WriteHeader(status int) {
	if p.status == 0 {
		p.status = status
	}
}

// Write takes the body down.
func (p *previewed) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.body.Write(b)
}
