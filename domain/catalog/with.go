package catalog

import (
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/org"
)

// WithOffice returns the configuration as it would be with an office changed. It is not the stored one: it is for looking at what a change would do.
func (c *Config) WithOffice(o org.Office) (*Config, error) {
	i, ok := c.offices[o.ID]
	if !ok {
		return nil, fault.NotFound("office.unknown")
	}
	out := &Config{
		Version: c.Version, Installation: c.Installation, Org: c.Org, Help: c.Help, Groups: c.Groups, Offices: slices.Clone(c.Offices),
		Categories: c.Categories, Services: c.Services, Offers: c.Offers, Policies: slices.Clone(c.Policies), Inboxes: c.Inboxes,
		Wordings: c.Wordings, FormTexts: c.FormTexts,
	}
	out.Offices[i] = o
	return out, out.Prepare()
}

// UnitOf returns a unit of an office; ok is false when there is none.
func (c *Config) UnitOf(office ids.Office, unit ids.Unit) (u *org.Unit, ok bool) {
	o, err := c.Office(office)
	if err != nil {
		return nil, false
	}
	i := slices.IndexFunc(o.Units, func(u org.Unit) bool { return u.ID == unit })
	if i < 0 {
		return nil, false
	}
	return &o.Units[i], true
}
