package blueprint

import (
	"slices"
	"strings"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Uses are the things that hang on a thing, so that whoever removes it sees them first.
func (o *Organisation) Uses(ref Ref) []Ref {
	var out []Ref
	switch ref.Section {
	case "categories":
		for _, s := range o.Services {
			if string(s.Category) == ref.ID {
				out = append(out, Ref{Section: "services", ID: string(s.ID)})
			}
		}
	case "groups":
		for _, f := range o.Offices {
			if f.Group == ref.ID {
				out = append(out, Ref{Section: "offices", ID: string(f.ID)})
			}
		}
	case "services":
		for i := range o.Offices {
			f := &o.Offices[i]
			if slices.Contains(f.Services, ids.Service(ref.ID)) {
				out = append(out, Ref{Section: "offices", ID: string(f.ID)})
			}
			for _, u := range f.Units {
				if slices.Contains(u.Services, ids.Service(ref.ID)) {
					out = append(out, Ref{Section: Units, Office: f.ID, ID: unitName(f.ID, u.ID)})
				}
			}
		}
	case "offices":
		out = o.Refs(Units, ids.Office(ref.ID))
	}
	return out
}

// SetPolicy writes the settings of a level: of the organisation, of a service, or of a service at an office.
func (o *Organisation) SetPolicy(service ids.Service, office ids.Office, s catalog.Settings) {
	switch {
	case office != "":
		f := o.office(office)
		if f == nil || !slices.Contains(f.Services, service) {
			return
		}
		policies := map[ids.Service]catalog.Settings{}
		for k, v := range f.Policy {
			policies[k] = v
		}
		policies[service] = s
		if len(s) == 0 {
			delete(policies, service)
		}
		f.Policy = policies
	case service != "":
		for i := range o.Services {
			if o.Services[i].ID == service {
				o.Services[i].Policy = s
			}
		}
	default:
		o.Policy = s
	}
}

// PolicyOf returns the settings of a level.
func (o *Organisation) PolicyOf(service ids.Service, office ids.Office) catalog.Settings {
	return o.policies()[level{service, office}]
}

// Check returns what is wrong with an organisation, and what it might have forgotten, with paths from the organisation on.
func Check(o Organisation) []Problem {
	c := &checker{}
	c.organisation(o)
	c.unoffered(o)
	for i := range c.problems {
		c.problems[i].Path = strings.TrimPrefix(c.problems[i].Path, "organisations."+string(o.ID)+".")
	}
	return c.problems
}

// unoffered warns of what is set up and leads nowhere: services that no office offers, offices without counters or hours.
func (c *checker) unoffered(o Organisation) {
	c.prefix = "organisations." + string(o.ID) + "."
	defer func() { c.prefix = "" }()
	offered := map[ids.Service]bool{}
	for i := range o.Offices {
		f := &o.Offices[i]
		for _, s := range f.Services {
			offered[s] = true
		}
		path := "offices." + string(f.ID)
		switch {
		case len(f.Services) == 0:
			c.warn(path+".services", "offers no service")
		case len(f.Units) == 0:
			c.warn(path+".units", "has no counter or professional: nothing can be booked here")
		case len(f.Hours) == 0 && !slices.ContainsFunc(f.Units, func(u org.Unit) bool { return len(u.Hours) > 0 }):
			c.warn(path+".hours", "has no opening hours: nothing can be booked here")
		}
	}
	for _, s := range o.Services {
		if !offered[s.ID] && len(s.Channels) == 0 {
			c.warn("services."+string(s.ID), "no office offers it")
		}
	}
	for _, g := range o.Categories {
		if len(o.Uses(Ref{Section: "categories", ID: string(g.ID)})) == 0 {
			c.warn("categories."+string(g.ID), "has no services")
		}
	}
}
