package citizen

import (
	"net/url"
	"strings"

	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/ui"
)

// ways are those to a service beside booking a time, in the order of their kinds. Where no time is booked, the first form leads on, or the first e-service elsewhere.
func ways(b web.Base, c *catalog.Config, s *catalog.Service) (out []Way, on *ui.Link) {
	booked := len(c.OfficesOf(s.ID)) > 0
	if forms := c.FormsFor(s.ID); len(forms) > 0 {
		w := Way{Name: b.T("service.way.form")}
		for _, f := range forms {
			name, in := f.Name.InOK(b.Lang)
			w.Links = append(w.Links, ui.Link{Href: formURL(b, f.ID), Text: name, Lang: foreign(in, b.Lang)})
		}
		if !booked {
			on = &ui.Link{Href: w.Links[0].Href, Text: b.T("service.go_to"), Hidden: w.Links[0].Text}
		}
		out = append(out, w)
	}
	for _, kind := range catalog.ChannelKinds {
		for _, ch := range s.Channels {
			if ch.Kind != kind {
				continue
			}
			w := Way{Name: b.T("service.way." + string(kind)), Text: ch.Text.In(b.Lang)}
			name, in := ch.Name.InOK(b.Lang)
			switch {
			case kind.Leads():
				at := ch.Address.In(b.Lang)
				l := ui.Link{Href: at, Text: name, Note: " (" + host(at) + ")", Rel: "external"}
				if in != b.Lang {
					l.Lang = string(in)
				}
				w.Links = []ui.Link{l}
				if kind == catalog.Printable {
					w.Links = append(blanks(b, c, s), l)
				}
				if kind == catalog.Online && on == nil && !booked {
					on = &ui.Link{Href: at, Text: b.T("service.go_to"), Hidden: name, Rel: "external"}
				}
			case kind == catalog.Telephone:
				w.Phone = c.Org.Phone
				if w.Text == "" {
					w.Text = c.Org.PhoneHours.In(b.Lang)
				}
			case name != "":
				w.Name = name
			}
			out = append(out, w)
		}
	}
	return out, on
}

// blanks are the forms of a service on paper.
func blanks(b web.Base, c *catalog.Config, s *catalog.Service) (out []ui.Link) {
	for _, f := range c.FormsFor(s.ID) {
		name, in := f.Name.InOK(b.Lang)
		l := blankLink(b, f, name)
		l.Lang = foreign(in, b.Lang)
		out = append(out, l)
	}
	return out
}

// host is the name of the machine at an address, as people know it.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.TrimPrefix(u.Host, "www.")
}

// audienceWords is whom a service is for, in words; empty where it is for everybody or does not say.
func audienceWords(b web.Base, s *catalog.Service) string {
	if len(s.Audience) == 0 || len(s.Audience) == len(catalog.Audiences) {
		return ""
	}
	return b.T("service.audience." + string(s.Audience[0]))
}

// share puts the page's own address on it, to be copied or mailed, and describes the service for programs.
func (page *ServicePage) share(v *web.Visit, s *catalog.Service) {
	page.described(v.Site.BaseURL, v.URL("services", string(s.ID)), v.Org, s)
}

func (page *ServicePage) described(root, path string, c *catalog.Config, s *catalog.Service) {
	page.sharedAt(root+path, page.Title)
	page.Structured = structuredService(page.Base, c, s, root, page.Share)
}

// structuredService describes a service for programs, as schema.org has it (GovernmentService).
func structuredService(b web.Base, c *catalog.Config, s *catalog.Service, root, at string) string {
	provider := map[string]any{"@type": "GovernmentOrganization", "name": c.Org.Name.In(b.Lang)}
	if c.Org.Phone != "" {
		provider["telephone"] = c.Org.Phone
	}
	channels := []map[string]any{}
	if len(c.OfficesOf(s.ID)) > 0 {
		channels = append(channels, map[string]any{"@type": "ServiceChannel", "name": b.T("service.book"), "serviceUrl": at})
	}
	for _, f := range c.FormsFor(s.ID) {
		channels = append(channels, map[string]any{"@type": "ServiceChannel", "name": f.Name.In(b.Lang), "serviceUrl": root + formURL(b, f.ID)})
	}
	for _, ch := range s.Channels {
		way := map[string]any{"@type": "ServiceChannel", "name": b.T("service.way." + string(ch.Kind))}
		switch {
		case ch.Kind.Leads():
			way["serviceUrl"] = ch.Address.In(b.Lang)
		case ch.Kind == catalog.Telephone && c.Org.Phone != "":
			way["servicePhone"] = map[string]any{"@type": "ContactPoint", "telephone": c.Org.Phone}
		}
		channels = append(channels, way)
	}
	v := map[string]any{
		"@type": "GovernmentService", "name": s.Name.In(b.Lang), "url": at, "provider": provider, "inLanguage": string(b.Lang),
		"serviceType": s.Summary.In(b.Lang), "availableChannel": channels,
	}
	if words := audienceWords(b, s); words != "" {
		v["audience"] = map[string]any{"@type": "Audience", "audienceType": words}
	}
	if !s.Updated.IsZero() {
		v["dateModified"] = s.Updated.String()
	}
	return web.Structured(v)
}
