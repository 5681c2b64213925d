// Package care is the room of who is in care: under which agenda, from when until when, and which of its services they need.
//
// It promises that whether somebody is in care is a pure function of what was recorded and of a day; that what was recorded is never written over, but
// followed by what holds since; and that the needs are sealed under the person's own key. Who is offered what because of it is left to domain/booking, and
// who somebody is to domain/identity.
package care

import (
	"slices"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Source says where a record comes from.
type Source string

// The sources.
const (
	FromStaff  Source = "staff"
	FromImport Source = "import"
)

// Record is a care relationship: somebody is in care under an agenda.
type Record struct {
	Org    ids.Org
	Person ids.Person
	Agenda ids.Category
	// Version counts the records of a person under an agenda; the highest holds.
	Version int64
	// Off is true for what was taken away: they are not in care.
	Off bool
	// From and Until are the first and the last day; without Until it has no end.
	From, Until org.Date
	// Needs are the services of the agenda that they need.
	Needs []ids.Service
	// Erased is true when the needs cannot be read any more: the person's key is gone.
	Erased bool

	Source Source
	By     ids.Staff
	At     int64 // Unix seconds
}

// On reports whether somebody is in care on a day: the first and the last day count.
func (r Record) On(day org.Date) bool {
	return !r.Off && !r.Erased && r.Version > 0 && !day.Before(r.From) && (r.Until.IsZero() || !day.After(r.Until))
}

// Over reports whether a care relationship is of no use on a day and any day after it.
func (r Record) Over(day org.Date) bool {
	return r.Off || r.Erased || r.Version == 0 || !r.Until.IsZero() && day.After(r.Until)
}

// Serves reports whether a record is what a policy demands of whom a service is offered to, its days apart.
func (r Record) Serves(demand catalog.Care, service ids.Service) bool {
	return demand < catalog.CareNeed || slices.Contains(r.Needs, service)
}

// Fits reports whether somebody may be offered a visit of a service on a day.
func Fits(demand catalog.Care, r Record, service ids.Service, day org.Date) bool {
	return demand == catalog.CareAnyone || r.On(day) && r.Serves(demand, service)
}

// MayWait reports whether it makes sense to wait for such a visit, today or later.
func MayWait(demand catalog.Care, r Record, service ids.Service, today org.Date) bool {
	return demand == catalog.CareAnyone || !r.Over(today) && r.Serves(demand, service)
}

// Same reports whether two records say the same: the days, and the needs in any order.
func (r Record) Same(o Record) bool {
	return r.Off == o.Off && r.From == o.From && r.Until == o.Until && slices.Equal(sorted(r.Needs), sorted(o.Needs))
}

func sorted(list []ids.Service) []ids.Service {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

// Agendas are those of an organisation under which care decides who is offered a freed time, with their services.
func Agendas(c *catalog.Config) []ids.Category {
	var out []ids.Category
	for i := range c.Services {
		s := &c.Services[i]
		if !slices.Contains(out, s.Category) && Demanded(c, s.ID) > catalog.CareAnyone {
			out = append(out, s.Category)
		}
	}
	return out
}

// Demanded is the least that a service demands at any of the offices where it has a waiting list.
func Demanded(c *catalog.Config, service ids.Service, offices ...ids.Office) catalog.Care {
	least, found := catalog.CareNeed, false
	for _, o := range c.OfficesOf(service) {
		p := c.Policy(service, o.ID)
		if p.Waiting == catalog.WaitingOff || len(offices) > 0 && !slices.Contains(offices, o.ID) {
			continue
		}
		least, found = min(least, p.WaitingCare), true
	}
	if !found {
		return catalog.CareAnyone
	}
	return least
}
