package admin

import (
	"net/http"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// Deps are what the pages of staff and administrators need.
type Deps struct {
	Identity *identity.Service
}

// Door is the door of staff who look after people, and of administrators.
type Door struct {
	Deps
	Site *web.Site
	*web.Mux
}

// New returns the door of staff who look after people, and of administrators.
func New(site *web.Site, deps Deps) *Door {
	d := &Door{Deps: deps, Site: site}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const staff = "/{lang}/staff/{org}/"
	return []web.Route{
		// people
		{"GET", staff + "people", actor.PersonSearch, d.people},
		{"POST", staff + "people", actor.PersonSearch, d.peoplePost},
		{"GET", staff + "person", actor.PersonSearch, d.person},
		{"POST", staff + "person", actor.PersonSearch, d.personPost},
		{"POST", staff + "person/close", actor.PersonSearch, d.personClose},
		{"GET", staff + "person/guardianship/{id}", actor.GuardianshipRecord, d.endGuardianship},
		{"POST", staff + "person/guardianship/{id}", actor.GuardianshipRecord, d.endGuardianshipPost},
		{"GET", staff + "person/mandate/{id}", actor.MandateRecord, d.endMandate},
		{"POST", staff + "person/mandate/{id}", actor.MandateRecord, d.endMandatePost},
	}
}

// desks are the pages below /{lang}/staff/{org}/ that are this door's; the rest of /{lang}/staff is for signing in.
var desks = []string{"people", "person", "glass"}

// Serves reports whether an address is this door's: /{lang}/admin and what is below it, and the pages about people below /{lang}/staff/{org}.
func Serves(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch {
	case len(parts) >= 2 && parts[1] == "admin":
		return true
	case len(parts) >= 4 && parts[1] == "staff":
		for _, d := range desks {
			if parts[3] == d {
				return true
			}
		}
	}
	return false
}

// menu are the pages that one may be led to, in their order, each with its right.
var menu = []struct {
	door, page string
	right      actor.Right
}{
	{"staff", "people", actor.PersonSearch},
}

// Links lists where somebody may go: the pages of each organisation where a role of theirs opens them, and then those of the installation.
func Links(v *web.Visit, who actor.Actor, orgs []org.Organisation) []ui.Link {
	b := v.Base("")
	var out []ui.Link
	for _, o := range orgs {
		for _, l := range pagesOf(b, who, o.ID) {
			l.Text = b.T("admin.page_at", "page", l.Text, "org", o.Name.In(b.Lang))
			out = append(out, l)
		}
	}
	return out
}

// pagesOf lists the pages of an organisation that somebody may see.
func pagesOf(b web.Base, who actor.Actor, o ids.Org) []ui.Link {
	var out []ui.Link
	for _, m := range menu {
		if who.May(m.right, actor.Object{Org: o}) != nil {
			continue
		}
		out = append(out, ui.Link{Href: web.Path(b.Lang, "", m.door, string(o), m.page), Text: b.T(m.page + ".title")})
	}
	return out
}

// at is an address below /{lang}/staff/{org}.
func at(b web.Base, parts ...string) string {
	return web.Path(b.Lang, "", append([]string{"staff", string(b.Org)}, parts...)...)
}

// leadTo redirects to an address below /{lang}/staff/{org}, with a query.
func leadTo(v *web.Visit, query string, parts ...string) error {
	return v.SeeOther(at(web.Base{Lang: v.Lang, Org: v.OrgID()}, parts...) + query)
}

// page begins a page of this door: compact, out of search engines, with the pages that the reader may see on top.
func page(v *web.Visit, title string) web.Base {
	b := dress(v.Base(title))
	b.Nav = pagesOf(b, v.Actor(), b.Org)
	return b
}

func dress(b web.Base) web.Base {
	b.Compact, b.Wide, b.NoIndex, b.Help = true, true, true, ui.Help{}
	return b
}

// show answers with a page; what is wrong with a form makes it 422.
func show(v *web.Visit, p DeskPage) error {
	status := http.StatusOK
	if len(p.Trouble) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return v.Render(status, ShowDesk(p))
}

// DeskPage is a page of those who work here: a heading, what was just done or is wrong, and its parts in their order.
type DeskPage struct {
	web.Base
	// Back leads one page back; empty shows no link.
	Back string
	// Done says what was just done.
	Done string
	// Trouble are the lines of the error summary; nil for none.
	Trouble []ui.ErrorItem
	Lead    string
	Parts   []web.Component
}

// trouble is what is wrong with a form, in words.
type trouble struct {
	said  map[string]string // by the name of the field
	items []ui.ErrorItem
}

// troubleOf puts a fault of a form into words. Nil is no trouble.
func troubleOf(b web.Base, err error) trouble {
	t := trouble{said: map[string]string{}}
	if err == nil {
		return t
	}
	f := fault.Of(err)
	for _, field := range f.Fields {
		text := b.Printer.TA(field.Key, field.Args)
		t.said[field.Name] = text
		t.items = append(t.items, ui.ErrorItem{Href: "#" + field.Name, Text: text})
	}
	if len(f.Fields) == 0 {
		t.items = append(t.items, ui.ErrorItem{Text: b.Printer.TA(f.Key, f.Args)})
	}
	return t
}

// on puts the trouble on a page.
func (t trouble) on(p *DeskPage) {
	p.Trouble, p.HasError = t.items, len(t.items) > 0
}
