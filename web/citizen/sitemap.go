package citizen

import (
	"net/http"

	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/ui"
)

// SiteMapPage is every page of an organisation that has an address of its own.
type SiteMapPage struct {
	web.Base
	Heading string
	Parts   []SiteMapPart
}

// SiteMapPart is pages that belong together.
type SiteMapPart struct {
	Title string
	Links []ui.Link
	// Groups are pages under a heading of their own.
	Groups []SiteMapPart
}

// siteMap shows every page.
func (d *Door) siteMap(v *web.Visit) error {
	courses, err := d.running(v)
	if err != nil {
		return err
	}
	p := newSiteMapPage(v.Base(""), v.Org)
	if courses.Any {
		p.Parts[0].Links = append(p.Parts[0].Links, ui.Link{Href: p.URL("courses"), Text: p.T("course.list_title")})
	}
	return v.Render(http.StatusOK, ShowSiteMap(p))
}

func newSiteMapPage(b web.Base, c *catalog.Config) SiteMapPage {
	p := SiteMapPage{Base: b, Heading: b.T("site_map.title")}
	p.Title = p.Heading
	services := SiteMapPart{Title: b.T("site_map.services"), Links: []ui.Link{
		{Href: b.URL(), Text: b.T("common.front_page")},
		{Href: b.URL("services"), Text: b.T("site_map.all_services")},
	}}
	named := map[string]bool{}
	for _, cat := range c.Categories {
		group := SiteMapPart{Title: cat.Name.In(b.Lang)}
		for i := range c.Services {
			if s := &c.Services[i]; s.Category == cat.ID {
				group.Links = append(group.Links, ui.Link{Href: b.URL("services", string(s.ID)), Text: s.Name.In(b.Lang)})
				named[string(s.ID)] = true
			}
		}
		if len(group.Links) > 0 {
			services.Groups = append(services.Groups, group)
		}
	}
	for i := range c.Services {
		if s := &c.Services[i]; !named[string(s.ID)] {
			services.Links = append(services.Links, ui.Link{Href: b.URL("services", string(s.ID)), Text: s.Name.In(b.Lang)})
		}
	}
	if forms := c.OpenForms(); len(forms) > 0 {
		group := SiteMapPart{Title: b.T("forms.page.all"), Links: []ui.Link{{Href: b.URL("forms"), Text: b.T("front.forms")}}}
		for _, f := range forms {
			group.Links = append(group.Links, ui.Link{Href: formURL(b, f.ID), Text: f.Name.In(b.Lang)})
		}
		services.Groups = append(services.Groups, group)
	}
	contact := SiteMapPart{Title: b.T("contact.title"), Links: []ui.Link{{Href: b.URL("offices"), Text: b.T("site_map.all_offices")}}}
	for _, g := range officeGroups(b, c) {
		if g.Name == "" { // the only ones: no heading of their own
			for _, o := range g.Offices {
				contact.Links = append(contact.Links, ui.Link{Href: b.URL("offices", string(o.ID)), Text: o.Name.In(b.Lang)})
			}
			continue
		}
		part := SiteMapPart{Title: g.Name}
		for _, o := range g.Offices {
			part.Links = append(part.Links, ui.Link{Href: b.URL("offices", string(o.ID)), Text: o.Name.In(b.Lang)})
		}
		contact.Groups = append(contact.Groups, part)
	}
	p.Parts = []SiteMapPart{
		services,
		{Title: b.T("site_map.yours"), Links: []ui.Link{{Href: b.URL("appointment"), Text: b.T("web.nav.manage")}}},
		contact,
		{Title: b.T("site_map.about"), Links: []ui.Link{
			{Href: b.URL("help"), Text: b.T("web.nav.help")},
			{Href: b.URL("accessibility"), Text: b.T("web.nav.accessibility")},
			{Href: b.URL("privacy"), Text: b.T("web.nav.privacy")},
			{Href: b.URL("look"), Text: b.T("web.nav.look")},
		}},
	}
	return p
}
