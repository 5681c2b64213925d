package queue

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
)

// Wait is how long somebody still waits, as far as anybody can say now.
type Wait struct {
	// Seconds is what is expected from now on; -1 when no counter is open that could serve them. Eight of ten wait between Low and High.
	Seconds, Low, High int64
	// Ahead is how many are called before them, of those who would use any of their counters.
	Ahead int
}

// Known reports whether anything can be said.
func (w Wait) Known() bool { return w.Seconds >= 0 }

// unknown is the wait where no counter is open.
var unknown = Wait{Seconds: -1, Low: -1, High: -1}

// Waits is what an office's lobby can be told about waiting, as of its Hall. It is shared: nobody changes it.
type Waits struct {
	Hall *Hall
	// Tickets has everybody who waits. Services has who would take a walk-in ticket now, for each service of the office.
	Tickets  map[ids.Ticket]Wait
	Services map[ids.Service]Wait
	Quality  Quality
}

// Quality is how good the waits were that were told lately.
type Quality struct {
	// Told is how many of those called lately had been told a time, Median how far it was from what they waited, in seconds; half were nearer.
	Told   int
	Median int64
}

// latest is how many of those called last count for Quality.
const latest = 50

// QualityOf compares what those called last were told with what they waited. Who was called again, set aside or moved on says nothing of the estimate.
func QualityOf(lists ...[]Ticket) Quality {
	type told struct{ at, off int64 }
	var called []told
	for _, list := range lists {
		for i := range list {
			if t := &list[i]; t.Estimate >= 0 && t.Calls == 1 && t.CalledAt > 0 && t.ServiceSince == t.ArrivedAt {
				off := t.CalledAt - t.ArrivedAt - t.Estimate
				called = append(called, told{t.CalledAt, max(off, -off)})
			}
		}
	}
	if len(called) == 0 {
		return Quality{}
	}
	slices.SortFunc(called, func(a, b told) int { return cmp.Compare(b.at, a.at) })
	called = called[:min(len(called), latest)]
	slices.SortFunc(called, func(a, b told) int { return cmp.Compare(a.off, b.off) })
	return Quality{Told: len(called), Median: called[len(called)/2].off}
}

// Estimates says how long everybody waits who is in a lobby, and who would come to it now: the open counters work the line off, in the order in which
// they would call, with service times drawn from what is known, many times over.
func Estimates(h *Hall, c *catalog.Config, past *Past, now int64) *Waits {
	out := &Waits{Hall: h, Quality: QualityOf(h.Gone, h.Tickets)}
	bound := func(s ids.Service) int64 { return int64(c.Policy(s, h.Office).WalkInBound / time.Second) }
	var services []ids.Service
	for _, s := range c.ServicesAt(h.Office) {
		services = append(services, s.ID)
	}
	habits := past.with(h, c)
	room := newRoom(h, c, habits, past.coming(h, c, now), services, now, bound)
	out.Tickets, out.Services = room.waits()
	return out
}

// Coming is what the lobby knows of appointments whose clients have not come yet.
type Coming interface {
	// Coming returns those of an office that stand and begin within the times given, both included, whether they have come or not.
	Coming(ctx context.Context, o ids.Org, office ids.Office, from, until int64) ([]Appointment, error)
}

// waits keeps what is known of the days before, and the last waits, of each office.
type waits struct {
	mu sync.Mutex
	of map[string]*officeWaits
}

// officeWaits is an office's. Whoever holds mu may ask the database, and so never asks for it within a transaction.
type officeWaits struct {
	mu   sync.Mutex
	read int64
	past atomic.Pointer[Past]
	last atomic.Pointer[Waits]

	given   sync.Mutex
	tickets []Ticket // given here and perhaps not in last yet
}

// pastDays is how many days before count, and pastFresh how long in seconds the appointments to come are kept.
const (
	pastDays  = 14
	pastFresh = 60
)

func (s *Service) officeWaits(o ids.Org, office ids.Office) *officeWaits {
	s.waits.mu.Lock()
	defer s.waits.mu.Unlock()
	if s.waits.of == nil {
		s.waits.of = map[string]*officeWaits{}
	}
	k := s.waits.of[Topic(o, office)]
	if k == nil {
		k = &officeWaits{}
		s.waits.of[Topic(o, office)] = k
	}
	return k
}

// Waits is Hall with how long everybody waits. It is NotFound for an unknown office.
func (s *Service) Waits(ctx context.Context, o ids.Org, office ids.Office) (*Waits, error) {
	h, err := s.Hall(ctx, o, office)
	if err != nil {
		return nil, err
	}
	a, err := s.at(ctx, o, office)
	if err != nil {
		return nil, err
	}
	k := s.officeWaits(o, office)
	k.mu.Lock()
	defer k.mu.Unlock()
	if w := k.last.Load(); w != nil && w.Hall == h {
		return w, nil
	}
	if err := s.learn(ctx, a, k); err != nil {
		return nil, err
	}
	w := Estimates(h, a.Config, k.past.Load(), a.now)
	k.last.Store(w)
	return w, nil
}

// learn brings what is known of the days before, and of who is still to come, up to date.
func (s *Service) learn(ctx context.Context, a at, k *officeWaits) error {
	past := k.past.Load()
	if past == nil || past.Day != a.day {
		noon := time.Unix(a.now, 0).In(a.Zone())
		before, from := noon.AddDate(0, 0, -1), noon.AddDate(0, 0, -pastDays)
		days, err := s.Store.Days(ctx, a.org, a.office.ID, DayOf(from.Unix(), a.Zone()), DayOf(before.Unix(), a.Zone()))
		if err != nil {
			return err
		}
		past, k.read = Learn(a.day, days), 0
		k.past.Store(past)
	}
	if s.Coming == nil || a.now-k.read < pastFresh && a.now >= k.read {
		return nil
	}
	list, err := s.Coming.Coming(ctx, a.org, a.office.ID, a.now-pastWindow, a.now+simulated)
	if err != nil {
		return err
	}
	k.read = a.now
	k.past.Store(past.Expecting(list))
	return nil
}

// tell says how long a new ticket will wait, in seconds, as far as anybody can say now; -1 when no counter is open that could serve it, and when nothing can be
// read. It reckons with the lobby as it was a second ago at most, and with what was given here since then: a rush does not read the lobby for everybody who comes.
func (s *Service) tell(ctx context.Context, a at, t Ticket) int64 {
	k := s.officeWaits(a.org, a.office.ID)
	w := k.last.Load()
	if w == nil || w.Hall.Day != a.day || a.now-w.Hall.At > 1 || a.now < w.Hall.At {
		var err error
		if w, err = s.Waits(ctx, a.org, a.office.ID); err != nil {
			return -1
		}
	}
	h := *w.Hall
	h.Tickets = append(slices.Clip(h.Tickets), k.since(w.Hall)...)
	h.Tickets = append(h.Tickets, t)
	if x, ok := Estimates(&h, a.Config, k.past.Load(), a.now).Tickets[t.ID]; ok {
		return x.Seconds
	}
	return -1
}

// told remembers a ticket until the lobby is read anew.
func (s *Service) told(a at, t Ticket) {
	k := s.officeWaits(a.org, a.office.ID)
	k.given.Lock()
	defer k.given.Unlock()
	k.tickets = append(k.tickets, t)
}

// since are the tickets that were given after a lobby was read.
func (k *officeWaits) since(h *Hall) []Ticket {
	k.given.Lock()
	defer k.given.Unlock()
	k.tickets = slices.DeleteFunc(k.tickets, func(t Ticket) bool {
		_, there := h.Ticket(t.ID)
		return there || t.Day != h.Day
	})
	return slices.Clone(k.tickets)
}
