package citizen

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"luukku/web"
	"luukku/web/ui"
)

// LookPage is where a reader chooses text size and colours.
type LookPage struct {
	web.Base
	Heading      string
	Saved        bool
	Action       string
	Back         string // a path on this site; empty leads to the front page
	Size, Scheme ui.Choices
}

// look shows the choice of text size and colours.
func (d *Door) look(v *web.Visit) error {
	page := newLookPage(v.Base(""), v.R.URL.Path, samePath(v.Query("back")))
	page.Saved = v.Query("done") != ""
	return v.Render(http.StatusOK, ShowLook(page))
}

// lookPost keeps the choice and leads back to where the reader came from. A choice that there is not counts as the ordinary one.
func (d *Door) lookPost(v *web.Visit) error {
	v.SetLook(ui.Appearance{Size: v.Form("size"), Scheme: v.Form("scheme")})
	if back := samePath(v.Form("back")); back != "" {
		return v.SeeOther(back)
	}
	return v.SeeOther(v.R.URL.Path + "?done=saved")
}

func newLookPage(b web.Base, action, back string) LookPage {
	p := LookPage{Base: b, Heading: b.T("look.title"), Action: action, Back: back}
	p.Title, p.NoIndex = p.Heading, true
	now := b.Appearance
	p.Size = ui.Choices{Name: "size", Legend: b.T("look.size")}
	for _, size := range []string{"100", "125", "150"} {
		p.Size.Options = append(p.Size.Options, ui.Choice{Value: size, Label: b.T("look.sizes." + size), Checked: size == cmp.Or(now.Size, "100")})
	}
	p.Scheme = ui.Choices{Name: "scheme", Legend: b.T("look.scheme")}
	for _, scheme := range []string{"auto", "light", "dark", "contrast"} {
		p.Scheme.Options = append(p.Scheme.Options, ui.Choice{
			Value: scheme, Label: b.T("look.schemes." + scheme), Hint: b.T("look.hints." + scheme), Checked: scheme == cmp.Or(now.Scheme, "auto"),
		})
	}
	return p
}

// samePath returns a path of this site, with its query, or nothing: an address elsewhere would make the page a springboard for frauds. Browsers read a
// backslash as a slash and drop line breaks and tabs, so neither may be in it.
func samePath(path string) string {
	if len(path) > 500 || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return ""
	}
	if strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return ""
	}
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.HasPrefix(u.Path, "//") {
		return ""
	}
	return path
}
