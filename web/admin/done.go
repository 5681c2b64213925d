package admin

import (
	"net/http"
	"slices"
	"strings"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// doneCookie lets the browser that set up, and no other, see what was done.
const doneCookie = "setup"

// DonePage says what was set up, and what comes next.
type DonePage struct {
	web.Base
	Rows []ui.DefinitionRow
	// Missing are the languages, in words, in which the organisation has no name yet; empty for none.
	Missing string
	Example bool
	Command string
	// Administrator leads to where the first administrator says who they are; empty when there is one.
	Administrator string
	// Front is the organisation's front page, Home the installation's.
	Front, Home string
}

// done shows what was set up to whoever has just done it.
func (s *Setup) done(v *web.Visit) error {
	kept, ok := v.Sealed(doneCookie)
	if !ok {
		return noLink()
	}
	begin, rest, _ := strings.Cut(kept, "/")
	slug, first, _ := strings.Cut(rest, "/")
	in, err := v.Site.Directory.Installation(v.Ctx())
	if err != nil {
		return err
	}
	c, err := v.Site.Directory.Config(v.Ctx(), ids.Org(slug))
	if err != nil {
		return err
	}
	p := newDonePage(base(v), v.Site.BaseURL, in, c.Org, begin)
	if first != "" {
		p.Administrator = web.Path(v.Lang, "", "staff", "invitation", first)
	}
	return v.Render(http.StatusOK, ShowDone(p))
}

func newDonePage(b web.Base, site string, in org.Installation, o org.Organisation, begin string) DonePage {
	b.Title, b.NoIndex = b.T("setup.done_title"), true
	lang := b.Lang
	if !slices.Contains(o.Languages, lang) {
		lang = in.Default
	}
	p := DonePage{
		Base: b, Example: begin != beginEmpty, Front: web.Path(lang, o.ID), Home: web.Path(b.Lang, ""),
		Command: "luukku blueprint apply FILE",
		Missing: languageList(b, o.Name.Missing(o.Languages)),
	}
	p.Rows = []ui.DefinitionRow{
		{Key: b.T("setup.name"), Content: ui.Words(b.Printer, in.Name)},
		{Key: b.T("setup.languages"), Value: languageList(b, in.Languages)},
		{Key: b.T("setup.org_name"), Content: ui.Words(b.Printer, o.Name)},
		{Key: b.T("setup.done_address"), Value: site + web.Path(lang, o.ID)},
		{Key: b.T("setup.zone"), Value: o.Zone},
	}
	if slices.Contains(beginnings, begin) {
		p.Rows = append(p.Rows, ui.DefinitionRow{Key: b.T("setup.begin"), Value: b.T("setup.beginnings." + beginKey(begin))})
	}
	return p
}

func languageList(b web.Base, list []i18n.Lang) string {
	var out []string
	for _, l := range list {
		out = append(out, b.T("common.languages."+string(l)))
	}
	return b.Printer.List(out)
}

// lookAfter is how the link onwards looks: primary where nothing comes before it.
func lookAfter(before string) ui.Look {
	if before != "" {
		return ui.Secondary
	}
	return ui.Primary
}
