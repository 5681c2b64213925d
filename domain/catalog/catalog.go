// Package catalog knows what an organisation offers: its services with their instructions, the offices that offer them, and the policy of each.
//
// Config is the whole of it at one version: immutable, held in memory, answering every look-up without a database. The package promises that a
// policy is read one way everywhere (product < installation < organisation < service < service at an office), and that an appointment can be judged by
// the version it was made under. When times are free is left to domain/booking.
package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

// Category is a group of services.
type Category struct {
	ID    ids.Category `json:"id"`
	Name  i18n.Text    `json:"name"`
	Order int          `json:"order,omitempty"`
	// Tickets are the numbers of those who wait for one of its services.
	Tickets Tickets `json:"tickets,omitzero"`
}

// Tickets is a range of numbers, from First to Last, with a letter or two before them; its zero value leaves the choice to the lobby.
type Tickets struct {
	Prefix string `json:"prefix,omitempty"`
	First  int    `json:"first,omitempty"`
	Last   int    `json:"last,omitempty"`
}

// Service is what a person comes for (FHIR: HealthcareService).
type Service struct {
	ID          ids.Service   `json:"id"`
	Category    ids.Category  `json:"category"`
	Name        i18n.Text     `json:"name"`
	Summary     i18n.Text     `json:"summary"`
	Description i18n.Text     `json:"description"`
	Price       i18n.Text     `json:"price,omitempty"`
	Bring       i18n.TextList `json:"bring,omitempty"`
	Synonyms    i18n.TextList `json:"synonyms,omitempty"`
	Order       int           `json:"order,omitempty"`
	Popular     bool          `json:"popular,omitempty"`
	// Skills are those that a unit must have to serve it.
	Skills []org.Skill `json:"skills,omitempty"`
	// Requirements say who can have it and what it takes, one thing each.
	Requirements i18n.TextList `json:"requirements,omitempty"`
	// Channels are the ways to it beside booking a time.
	Channels   []Channel   `json:"channels,omitempty"`
	Audience   []Audience  `json:"audience,omitempty"`
	LifeEvents []LifeEvent `json:"life_events,omitempty"`
	// Updated is the day on which somebody last looked through what is said of it.
	Updated org.Date `json:"updated,omitzero"`
	// Combines are the services that can be had in the same visit, after this one.
	Combines []ids.Service `json:"combines,omitempty"`
}

// Offer says that an office offers a service.
type Offer struct {
	Service ids.Service
	Office  ids.Office
}

// PolicyDoc is what was set at one level at one time. Service and Office are empty at the wider levels; Installation marks the widest.
type PolicyDoc struct {
	Installation    bool
	Service         ids.Service
	Office          ids.Office
	Version         int64
	Settings        Settings
	TouchesExisting bool // whether appointments made before this version follow it too
}

// Config is everything one organisation has configured, at one version. It is immutable and safe for concurrent use.
type Config struct {
	Version      int64
	Installation org.Installation
	Org          org.Organisation
	Help         i18n.Text // the general help page (S1.9)
	HelpAt       int64     // when what the help page says was last changed here, in Unix seconds; no part of a blueprint
	Groups       []org.Group
	Offices      []org.Office
	Categories   []Category
	Services     []Service
	Offers       []Offer
	Policies     []PolicyDoc
	Inboxes      []org.Inbox
	Wordings     []org.Wording // how notices are worded, where that is not the product's
	FormTexts    []FormText    // what those who handle forms have ready to write
	Forms        []Form        // without what they ask

	zone     *time.Location
	offices  map[ids.Office]int
	services map[ids.Service]int
	groups   map[string]int
	offering map[ids.Service][]*org.Office // in the organisation's order
	offered  map[ids.Office][]*Service     // likewise
	offers   map[Offer]struct{}
	policies map[level][]PolicyDoc
	resolved *sync.Map                        // of those in force: level -> Policy
	search   map[i18n.Lang]func() *i18n.Index // made when first asked for
}

type level struct {
	installation bool
	service      ids.Service
	office       ids.Office
}

// Prepare makes the look-ups. Whoever fills a Config calls it once before handing it out. It fails when the zone is unknown or an offer names what is
// not there.
func (c *Config) Prepare() error {
	zone, err := c.Org.Location()
	if err != nil {
		return fmt.Errorf("zone of %s: %w", c.Org.ID, err)
	}
	c.zone = zone
	c.offices, c.services, c.groups = map[ids.Office]int{}, map[ids.Service]int{}, map[string]int{}
	for i := range c.Offices {
		c.offices[c.Offices[i].ID] = i
	}
	for i := range c.Services {
		c.services[c.Services[i].ID] = i
	}
	for i := range c.Groups {
		c.groups[c.Groups[i].ID] = i
	}
	if err := c.join(); err != nil {
		return err
	}
	c.policies, c.resolved = map[level][]PolicyDoc{}, &sync.Map{}
	for _, d := range c.Policies {
		at := level{d.Installation, d.Service, d.Office}
		c.policies[at] = append(c.policies[at], d)
	}
	for _, docs := range c.policies {
		slices.SortFunc(docs, func(a, b PolicyDoc) int { return cmp.Compare(a.Version, b.Version) })
	}
	c.index()
	return nil
}

// join makes the look-ups between services and offices.
func (c *Config) join() error {
	c.offers, c.offering, c.offered = map[Offer]struct{}{}, map[ids.Service][]*org.Office{}, map[ids.Office][]*Service{}
	offices, services := map[ids.Service][]int{}, map[ids.Office][]int{}
	for _, o := range c.Offers {
		office, okOffice := c.offices[o.Office]
		service, okService := c.services[o.Service]
		if !okOffice || !okService {
			return fmt.Errorf("%s: the offer of %s at %s names what is not there", c.Org.ID, o.Service, o.Office)
		}
		if _, twice := c.offers[o]; twice {
			continue
		}
		c.offers[o] = struct{}{}
		offices[o.Service], services[o.Office] = append(offices[o.Service], office), append(services[o.Office], service)
	}
	for id, at := range offices {
		slices.Sort(at)
		for _, i := range at {
			c.offering[id] = append(c.offering[id], &c.Offices[i])
		}
	}
	for id, at := range services {
		slices.Sort(at)
		for _, i := range at {
			c.offered[id] = append(c.offered[id], &c.Services[i])
		}
	}
	return nil
}

// Zone is the organisation's time zone.
func (c *Config) Zone() *time.Location { return c.zone }

// Today is the local date at a moment.
func (c *Config) Today(now time.Time) org.Date { return org.DateOf(now.In(c.zone)) }

// Office returns an office, or a NotFound fault.
func (c *Config) Office(id ids.Office) (*org.Office, error) {
	i, ok := c.offices[id]
	if !ok {
		return nil, fault.NotFound("office.unknown")
	}
	return &c.Offices[i], nil
}

// Group returns the group of an office; ok is false when it has none.
func (c *Config) Group(id string) (org.Group, bool) {
	i, ok := c.groups[id]
	if !ok {
		return org.Group{}, false
	}
	return c.Groups[i], true
}

// Service returns a service, or a NotFound fault.
func (c *Config) Service(id ids.Service) (*Service, error) {
	i, ok := c.services[id]
	if !ok {
		return nil, fault.NotFound("service.unknown")
	}
	return &c.Services[i], nil
}

// Offered returns the service and the office, or NotFound when either is unknown or the office does not offer the service.
func (c *Config) Offered(service ids.Service, office ids.Office) (*Service, *org.Office, error) {
	s, err := c.Service(service)
	if err != nil {
		return nil, nil, err
	}
	o, err := c.Office(office)
	if err != nil {
		return nil, nil, err
	}
	if _, ok := c.offers[Offer{service, office}]; !ok {
		return nil, nil, fault.NotFound("office.not_offered")
	}
	return s, o, nil
}

// OfficesOf returns the offices that offer a service, in the organisation's order. The list is shared: nobody changes it.
func (c *Config) OfficesOf(service ids.Service) []*org.Office { return c.offering[service] }

// ServicesAt returns the services that an office offers, in the organisation's order. The list is shared: nobody changes it.
func (c *Config) ServicesAt(office ids.Office) []*Service { return c.offered[office] }

// Units returns the units of an office that can serve a service on some day: those that are not for other services, and have the skills it needs.
func (c *Config) Units(service ids.Service, office ids.Office) []*org.Unit {
	o, err := c.Office(office)
	if err != nil {
		return nil
	}
	var needs []org.Skill
	if s, err := c.Service(service); err == nil {
		needs = s.Skills
	}
	var out []*org.Unit
	for i := range o.Units {
		if u := &o.Units[i]; (len(u.Services) == 0 || slices.Contains(u.Services, service)) && u.Able(needs) {
			out = append(out, u)
		}
	}
	return out
}

// Policy returns the policy in force now for a service at an office. It is put together once.
func (c *Config) Policy(service ids.Service, office ids.Office) Policy {
	if _, known := c.services[service]; !known && service != "" || c.resolved == nil {
		return c.PolicyAt(c.Version, service, office)
	}
	at := level{service: service, office: office}
	if len(c.policies[at]) == 0 {
		at.office = "" // all offices without rules of their own have the same
	}
	if known, ok := c.resolved.Load(at); ok {
		return known.(Policy)
	}
	p := c.PolicyAt(c.Version, service, at.office)
	c.resolved.Store(at, p)
	return p
}

// PolicyAt returns the policy that an appointment made under a version follows: at each level the newest document that is not younger than it, or that
// was said to touch existing appointments.
func (c *Config) PolicyAt(version int64, service ids.Service, office ids.Office) Policy {
	levels := [...]level{{installation: true}, {}, {service: service}, {service: service, office: office}}
	settings := make([]Settings, 0, len(levels))
	for _, at := range levels {
		docs := c.policies[at]
		for i := len(docs) - 1; i >= 0; i-- {
			if docs[i].Version <= version || docs[i].TouchesExisting {
				settings = append(settings, docs[i].Settings)
				break
			}
		}
	}
	return Resolve(settings...)
}
