package catalog

import (
	"net/url"
	"slices"

	"luukku/base/i18n"
)

// ChannelKind is a way to a service beside booking a time for it.
type ChannelKind string

// The ways.
const (
	Online    ChannelKind = "online"    // an e-service elsewhere
	Printable ChannelKind = "printable" // a form to print, fill in and send or bring
	Telephone ChannelKind = "phone"
	WalkIn    ChannelKind = "walk-in" // coming without a booking
)

// ChannelKinds are all of them, in the order in which pages name them.
var ChannelKinds = []ChannelKind{Online, Printable, Telephone, WalkIn}

// Channel is a way to one service.
type Channel struct {
	Kind ChannelKind `json:"kind"`
	// Name is what is there, as people know it; Address where, for what is online or to be printed: of each language its own where there are several.
	Name    i18n.Text `json:"name,omitempty"`
	Address i18n.Text `json:"address,omitempty"`
	// Text says more: when, where, what it takes.
	Text i18n.Text `json:"text,omitempty"`
}

// Leads reports whether a way is an address.
func (k ChannelKind) Leads() bool { return k == Online || k == Printable }

// Audience is whom a service is for.
type Audience string

// The audiences.
const (
	ForPersons   Audience = "person"
	ForCompanies Audience = "company" // and associations
)

// Audiences are all of them.
var Audiences = []Audience{ForPersons, ForCompanies}

// For reports whether a service is for somebody; one that does not say is for everybody.
func (s *Service) For(a Audience) bool {
	return len(s.Audience) == 0 || slices.Contains(s.Audience, a)
}

// LifeEvent is a time in a life in which people need services. They are those by which the European public service vocabulary (CPSV-AP) and the national catalogues of
// services group theirs, as far as towns and offices have to do with them.
type LifeEvent string

// LifeEvents are all of them, in the order in which pages name them.
var LifeEvents = []LifeEvent{
	"having-a-child", "day-care-and-school", "studying", "working", "moving", "building-and-living", "getting-married", "separating", "illness-and-care", "retiring",
	"death-in-the-family", "travelling", "starting-a-business",
}

// During returns the services that are needed at a time of life, in the organisation's order.
func (c *Config) During(e LifeEvent) []*Service {
	var out []*Service
	for i := range c.Services {
		if slices.Contains(c.Services[i].LifeEvents, e) {
			out = append(out, &c.Services[i])
		}
	}
	return out
}

// ValidAddress reports whether a way may lead to an address: one of the web, encrypted, without a password in it.
func ValidAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && len(s) <= 500
}
