package blueprint

import (
	"luukku/base/ids"
	"luukku/domain/catalog"
)

// Config returns an organisation as it would be once it is stored, for looking at what is not: with these settings and no history. It fails when the zone is
// unknown or an office offers what is not there.
func (o Organisation) Config(in Installation, version int64) (*catalog.Config, error) {
	c := &catalog.Config{
		Version: version, Installation: in.Installation, Org: o.Organisation, Help: o.Help, Groups: o.Groups, Categories: o.Categories, Inboxes: o.Inboxes,
		Wordings: o.Wordings, FormTexts: o.FormTexts,
	}
	add := func(doc catalog.PolicyDoc, s catalog.Settings) {
		if len(s) > 0 {
			doc.Version, doc.Settings = version, s
			c.Policies = append(c.Policies, doc)
		}
	}
	add(catalog.PolicyDoc{Installation: true}, in.Policy)
	add(catalog.PolicyDoc{}, o.Policy)
	known := map[ids.Service]bool{}
	for _, s := range o.Services {
		known[s.ID] = true
		c.Services = append(c.Services, s.Service)
		add(catalog.PolicyDoc{Service: s.ID}, s.Policy)
	}
	for _, f := range o.Offices {
		c.Offices = append(c.Offices, f.Office)
		for _, s := range f.Services {
			if known[s] {
				c.Offers = append(c.Offers, catalog.Offer{Service: s, Office: f.ID})
			}
			add(catalog.PolicyDoc{Service: s, Office: f.ID}, f.Policy[s])
		}
	}
	return c, c.Prepare()
}
