package blueprint

import (
	"maps"
	"slices"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Merge returns what is configured after want was applied over have.
func Merge(have, want Document) Document {
	out := Document{Installation: have.Installation, Organisations: slices.Clone(have.Organisations)}
	if want.Installation != nil {
		var stored Installation
		if have.Installation != nil {
			stored = *have.Installation
		}
		merged := merge(installationFields, stored, *want.Installation, want.root.child("installation"), want.root == nil)
		if merged.Default == "" {
			merged.Default = want.Installation.Default
		}
		out.Installation = &merged
	}
	for _, o := range want.Organisations {
		stored, ok := have.Organisation(o.ID)
		stored.ID = o.ID
		merged := mergeOrganisation(stored, o, want.root.child("organisations").child(string(o.ID)))
		if !ok {
			out.Organisations = append(out.Organisations, merged)
			continue
		}
		i := slices.IndexFunc(out.Organisations, func(e Organisation) bool { return e.ID == o.ID })
		out.Organisations[i] = merged
	}
	return out
}

func mergeOrganisation(have, want Organisation, n *node) Organisation {
	out := merge(organisationFields, have, want, n, n == nil)
	out.ID, out.Owns = want.ID, nil
	for _, s := range sections {
		whole := n == nil || slices.Contains(want.Owns, s.name)
		s.merge(have, want, n.child(s.name), whole, &out)
	}
	for i := range out.Offices {
		prunePolicy(&out.Offices[i], want)
	}
	return out
}

// prunePolicy drops the stored policy of a service that the office no longer offers; one that the file itself names stays, to be found wanting.
func prunePolicy(o *Office, want Organisation) {
	var named map[ids.Service]catalog.Settings
	if i := slices.IndexFunc(want.Offices, func(f Office) bool { return f.ID == o.ID }); i >= 0 {
		named = want.Offices[i].Policy
	}
	o.Policy = maps.Clone(o.Policy)
	maps.DeleteFunc(o.Policy, func(s ids.Service, _ catalog.Settings) bool {
		_, kept := named[s]
		return !kept && !slices.Contains(o.Services, s)
	})
}

// FromConfig returns what an organisation has configured as a document has it: at each level the newest policy.
func FromConfig(c *catalog.Config, hosts []string) Organisation {
	o := Organisation{
		Organisation: c.Org, Help: c.Help, Hosts: hosts, Policy: newest(c.Policies, "", ""), Groups: c.Groups, Categories: c.Categories, Inboxes: c.Inboxes,
		Wordings: c.Wordings, FormTexts: c.FormTexts,
	}
	for _, f := range c.Forms {
		o.Forms = append(o.Forms, FormEntry{Form: f})
	}
	for _, s := range c.Services {
		o.Services = append(o.Services, ServiceEntry{Service: s, Policy: newest(c.Policies, s.ID, "")})
	}
	for _, f := range c.Offices {
		o.Offices = append(o.Offices, officeOf(c, f))
	}
	return o
}

func officeOf(c *catalog.Config, f org.Office) Office {
	out := Office{Office: f}
	// In the order of services: the store keeps none of its own.
	for _, s := range c.Services {
		if !slices.Contains(c.Offers, catalog.Offer{Service: s.ID, Office: f.ID}) {
			continue
		}
		out.Services = append(out.Services, s.ID)
		if p := newest(c.Policies, s.ID, f.ID); len(p) > 0 {
			if out.Policy == nil {
				out.Policy = map[ids.Service]catalog.Settings{}
			}
			out.Policy[s.ID] = p
		}
	}
	return out
}

// newest returns the newest settings at a level of the organisation.
func newest(docs []catalog.PolicyDoc, service ids.Service, office ids.Office) catalog.Settings {
	var out catalog.PolicyDoc
	for _, d := range docs {
		if !d.Installation && d.Service == service && d.Office == office && d.Version >= out.Version {
			out = d
		}
	}
	return out.Settings
}
