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
	first        int    // the index of the place with the earliest time, or -1
	sum          uint64 // of all the first times: other times, another sum
}

// placesOf returns the places of a service.
func (c *calendar) placesOf(service ids.Service, now int64) (*places, error) {
	version := c.board.version.Load()
	if have, ok := c.places.Load(service); ok {
		p := have.(*places)
		if p.version == version && p.since <= now && now <= p.until {
			return p, nil
		}
	}
	made := &places{version: version, since: now, until: c.today(now).end, first: -1}
	offices := c.config.OfficesOf(service)
	made.list = make([]Place, 0, len(offices))
	for i, office := range offices {
		o, err := c.offer(service, office.ID)
		if err != nil {
			return nil, err
		}
		f := o.firstFree(now)
		place := Place{Office: office, Any: f.any}
		if f.any {
			place.First = FreeTime{Start: f.start, End: f.start + seconds(o.schedule.Policy.Length)}
			if made.first < 0 || f.start < made.list[made.first].First.Start {
				made.first = i
			}
		}
		made.list = append(made.list, place)
		made.sum = (made.sum ^ uint64(place.First.Start)) * 0x9e3779b97f4a7c15 // the golden ratio: each bit reaches far
		made.until = min(made.until, f.until)
	}
	c.places.Store(service, made)
	return made, nil
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
