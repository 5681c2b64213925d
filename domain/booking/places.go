package booking

import (
	"cmp"
	"slices"

	"luukku/base/ids"
	"luukku/domain/org"
)

// Place is an office that offers a service, with its first free time.
type Place struct {
	Office *org.Office
	First  FreeTime // without its number of units
	// Any is false when no time is free up to the horizon.
	Any bool
}

// PlaceOrder is how places are sorted.
type PlaceOrder string

// The orders of places.
const (
	ByFirst PlaceOrder = "first" // by first free time
	ByName  PlaceOrder = "place" // by group and name, as the organisation lists them
)

// sortPlaces puts those with the earliest times first, and those without any last.
func sortPlaces(places []Place) {
	slices.SortStableFunc(places, func(a, b Place) int {
		if a.Any != b.Any {
			if a.Any {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.First.Start, b.First.Start)
	})
}

// places are the offices of a service with their first free times, in the organisation's order, as long as nothing changes and until has not passed.
type places struct {
	version      uint64
	since, until int64
	list         []Place
	untils       []int64          // of each place
	at           map[ids.Unit]int // whose unit it is, as an index of list
	first        int              // the index of the place with the earliest time, or -1
	sum          uint64           // of all the first times: other times, another sum
}

// placesOf returns the places of a service.
func (c *calendar) placesOf(service ids.Service, now int64) (*places, error) {
	version := c.board.version.Load()
	have, ok := c.places.Load(service)
	if !ok {
		return c.placesAfter(nil, service, version, now)
	}
	p := have.(*places)
	if p.version == version && p.since <= now && now <= p.until {
		return p, nil
	}
	return c.placesAfter(p, service, version, now)
}

// placesAfter looks for the first free times again: of those places alone that may have another one since p, which is nil when none are known.
func (c *calendar) placesAfter(p *places, service ids.Service, version uint64, now int64) (*places, error) {
	offices := c.config.OfficesOf(service)
	made := &places{version: version, since: now}
	look := slices.Repeat([]bool{true}, len(offices))
	units, some := c.changedSince(p, version, now)
	if some {
		made.list, made.untils, made.at = slices.Clone(p.list), slices.Clone(p.untils), p.at
		for i := range look {
			look[i] = p.untils[i] < now
		}
		for _, u := range units {
			if i, ok := p.at[u]; ok {
				look[i] = true
			}
		}
	} else {
		made.list, made.untils, made.at = make([]Place, len(offices)), make([]int64, len(offices)), map[ids.Unit]int{}
	}
	for i, office := range offices {
		if !look[i] {
			continue
		}
		o, err := c.offer(service, office.ID)
		if err != nil {
			return nil, err
		}
		made.set(i, o, now)
		if !some { // otherwise it is known, and others read it
			for _, u := range o.schedule.Units {
				made.at[u.ID] = i
			}
		}
	}
	made.sumUp(c.today(now).end)
	c.places.Store(service, made)
	return made, nil
}

// changedSince returns the units that changed since p was made; ok is false when all are to be looked at.
func (c *calendar) changedSince(p *places, version uint64, now int64) (units []ids.Unit, ok bool) {
	if p == nil || p.since > now {
		return nil, false
	}
	return c.board.changed(p.version, version)
}

// set finds the first free time of one place.
func (p *places) set(i int, o *offer, now int64) {
	f := o.firstFree(now)
	p.list[i], p.untils[i] = Place{Office: o.schedule.Office, Any: f.any}, f.until
	if f.any {
		p.list[i].First = FreeTime{Start: f.start, End: f.start + seconds(o.schedule.Policy.Length)}
	}
}

// sumUp finds the earliest of all, and until when they hold.
func (p *places) sumUp(until int64) {
	p.first, p.until = -1, until
	for i, place := range p.list {
		if place.Any && (p.first < 0 || place.First.Start < p.list[p.first].First.Start) {
			p.first = i
		}
		p.sum = (p.sum ^ uint64(place.First.Start)) * 0x9e3779b97f4a7c15 // the golden ratio: each bit reaches far
		p.until = min(p.until, p.untils[i])
	}
}

// fingerprint tells one answer to "is there an earlier time elsewhere, and which is the first" from another: 0 when there is none.
func (p *places) fingerprint(o *offer, own *firstTime) uint64 {
	if p.first < 0 {
		return 0
	}
	first := p.list[p.first]
	if first.Office.ID == o.schedule.Office.ID || own.any && first.First.Start >= own.start {
		return 0
	}
	return uint64(p.first+1)<<40 ^ uint64(first.First.Start)
}
