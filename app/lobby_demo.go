package app

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web/dev"
)

// lobbyTools opens the demo's lobbies.
type lobbyTools struct{ *App }

var _ dev.Lobbies = lobbyTools{}

// Places are the offices of the demo that offer something.
func (l lobbyTools) Places(ctx context.Context) ([]dev.Place, error) {
	orgs, err := l.Store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	var out []dev.Place
	for _, o := range orgs {
		c, err := l.Store.Config(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		for _, f := range c.Offices {
			if len(c.ServicesAt(f.ID)) > 0 {
				out = append(out, dev.Place{Org: c.Org, Office: f})
			}
		}
	}
	return out, nil
}

// Enrol makes a device at an office and a browser's secret for it.
func (l lobbyTools) Enrol(ctx context.Context, o ids.Org, office ids.Office, kind string) (string, error) {
	_, code, err := l.Staff.MakeDevice(ctx, actor.System("demo"), o, staff.DeviceKind(kind), office, "Demo")
	if err != nil {
		return "", err
	}
	_, token, err := l.Staff.EnrolDevice(ctx, code, "demo")
	return token, err
}

// comers is how many people come at once.
const comers = 8

// Come has some people take numbers for the services that are open to walk-ins.
func (l lobbyTools) Come(ctx context.Context, o ids.Org, office ids.Office) (int, error) {
	c, err := l.Store.Config(ctx, o)
	if err != nil {
		return 0, err
	}
	at, err := c.Office(office)
	if err != nil {
		return 0, err
	}
	var open []ids.Service
	for _, s := range c.ServicesAt(office) {
		if queue.WalkInOpen(c, at, s.ID, l.Now()) {
			open = append(open, s.ID)
		}
	}
	if len(open) == 0 {
		return 0, fault.Invalid("queue.no_walk_in", nil)
	}
	for i := range comers {
		lang := i18n.Default
		if n := len(c.Org.Languages); n > 0 {
			lang = c.Org.Languages[i%n]
		}
		_, err := l.Queue.Take(ctx, actor.System("demo"), queue.TakeRequest{Org: o, Office: office, Service: open[i%len(open)], Lang: lang, Key: ids.FormKey(l.gen.New())})
		if err != nil {
			return i, err
		}
	}
	return comers, nil
}

// before is how long before the opening the clock is set.
const before = 15 * time.Minute

// Opening is how long it is until a quarter of an hour before the office opens; 0 when it is open.
func (l lobbyTools) Opening(ctx context.Context, o ids.Org, office ids.Office) (time.Duration, bool, error) {
	c, err := l.Store.Config(ctx, o)
	if err != nil {
		return 0, false, err
	}
	at, err := c.Office(office)
	if err != nil {
		return 0, false, err
	}
	now := l.Now()
	for t := now; t.Before(now.AddDate(0, 0, 14)); t = t.Add(5 * time.Minute) {
		if _, open := org.OpenNow(c.Org, *at, t, c.Zone()); open {
			return max(0, t.Sub(now)-before), true, nil
		}
	}
	return 0, false, nil
}
