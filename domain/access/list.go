package access

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// MostListed is how many a list of a service has: the soonest ends.
const MostListed = 500

// EndingDays is how far ahead a list looks for what ends.
const EndingDays = 30

// Ending is the filter of what is open and ends within EndingDays; the others are the states, and empty for all.
const Ending State = "ending"

// Views are what a list can be of, in its order.
var Views = []State{Open, Ending, Later, Over, Withdrawn, ""}

// Filter is what of a service's access somebody wants to see.
type Filter struct {
	View State
}

// Bounds are a filter as numbers: a grant that holds fits when it is off or on as asked, begins within From and ends within Until, or has no end where Endless.
type Bounds struct {
	On, Off     bool
	From, Until [2]int64
	Endless     bool
}

// always is later than any second that is recorded.
const always = int64(1) << 60

// At are the bounds of a filter in a second: they say what StateAt says.
func (f Filter) At(now int64) Bounds {
	b := Bounds{On: true, From: [2]int64{0, always}, Until: [2]int64{1, always}, Endless: true}
	switch f.View {
	case Open:
		b.From[1], b.Until[0] = now, now
	case Ending:
		b.From[1], b.Until, b.Endless = now, [2]int64{now, now + EndingDays*24*60*60}, false
	case Later:
		b.From[0], b.Until[0] = now+1, now
	case Over:
		b.Until[1], b.Endless = now-1, false
	case Withdrawn:
		b.On, b.Off = false, true
	default:
		b.Off = true
	}
	return b
}

// Fits reports whether a grant that holds is within bounds.
func (b Bounds) Fits(g Grant) bool {
	if g.Off && !b.Off || !g.Off && !b.On || g.From < b.From[0] || g.From > b.From[1] {
		return false
	}
	if g.Until == 0 {
		return b.Endless
	}
	return g.Until >= b.Until[0] && g.Until <= b.Until[1]
}

// Holder is what holds of somebody's access, and who that is, without why.
type Holder struct {
	Grant
	Name   string
	Number string // of a company
	// Hidden says that their data is protected: their name is told to nobody who lists.
	Hidden bool
}

// List returns who has access to a service, by a filter. That it was listed is written down. NotFound for a service that there is not.
func (s *Service) List(ctx context.Context, who actor.Actor, o ids.Org, service ids.Service, f Filter) ([]Holder, error) {
	if err := who.May(actor.AccessGrant, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	if _, err := c.Service(service); err != nil {
		return nil, fault.NotFound("service.unknown")
	}
	list, err := s.Store.AccessOfService(ctx, o, service, f, s.Now().Unix(), MostListed)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Hidden {
			list[i].Name = ""
		}
	}
	e := audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.AccessListed, "service", string(service), map[string]string{"view": string(f.View)})
	return list, s.Store.PutAudit(ctx, e)
}
