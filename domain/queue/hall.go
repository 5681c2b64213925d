package queue

import (
	"context"
	"sync"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
)

// Hall is an office's lobby as it was at a moment. It is shared: nobody changes it.
type Hall struct {
	Org    ids.Org
	Office ids.Office
	Day    string
	// At is when it was read (Unix seconds): what is older than a second is never given out.
	At int64
	// Tickets are the live ones, by arrival; Gone those that ended today, by arrival.
	Tickets, Gone []Ticket
	Counters      []Counter
	Alerts        []Alert
	Resting       []Alert // kiosks that rest
	Messages      []Message
}

// Ticket returns a ticket of the day.
func (h *Hall) Ticket(id ids.Ticket) (Ticket, bool) {
	for _, list := range [][]Ticket{h.Tickets, h.Gone} {
		for _, t := range list {
			if t.ID == id {
				return t, true
			}
		}
	}
	return Ticket{}, false
}

// Counter returns a counter; its zero value but for its name when nobody works there.
func (h *Hall) Counter(u ids.Unit) Counter {
	for _, k := range h.Counters {
		if k.Unit == u {
			return k
		}
	}
	return Counter{Org: h.Org, Office: h.Office, Unit: u}
}

// hall keeps an office's lobby in memory. It is read anew when the lobby changed, and after a second in any case.
type hall struct {
	mu      sync.Mutex
	now     *Hall
	version uint64
	read    time.Time
}

// fresh is how long a lobby is given out that nothing is known to have changed: another node's change may be on its way.
const fresh = time.Second

// Hall returns an office's lobby as it is now. It is NotFound for an unknown office.
func (s *Service) Hall(ctx context.Context, o ids.Org, office ids.Office) (*Hall, error) {
	topic := Topic(o, office)
	s.mu.Lock()
	if s.halls == nil {
		s.halls = map[string]*hall{}
	}
	k := s.halls[topic]
	if k == nil {
		k = &hall{}
		s.halls[topic] = k
	}
	s.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	version := uint64(0)
	if s.Live != nil {
		version = s.Live.Version(topic)
	}
	now := s.Now()
	if k.now != nil && s.Live != nil && k.version == version && now.Sub(k.read) < fresh && !now.Before(k.read) {
		return k.now, nil
	}
	h, err := s.readHall(ctx, o, office)
	if err != nil {
		if fault.Is(err, fault.KindNotFound) {
			s.mu.Lock()
			delete(s.halls, topic)
			s.mu.Unlock()
		}
		return nil, err
	}
	k.now, k.version, k.read = h, version, now
	return h, nil
}

func (s *Service) readHall(ctx context.Context, o ids.Org, office ids.Office) (*Hall, error) {
	a, err := s.at(ctx, o, office)
	if err != nil {
		return nil, err
	}
	h := &Hall{Org: o, Office: office, Day: a.day, At: a.now}
	all, err := s.Store.Tickets(ctx, o, office, a.day)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if t.State.Live() {
			h.Tickets = append(h.Tickets, t)
		} else {
			h.Gone = append(h.Gone, t)
		}
	}
	if h.Counters, err = s.Store.Counters(ctx, o, office); err != nil {
		return nil, err
	}
	if h.Alerts, err = s.Store.Alerts(ctx, o, office); err != nil {
		return nil, err
	}
	if h.Resting, err = s.Store.Resting(ctx, o, office, a.now-RestSeconds); err != nil {
		return nil, err
	}
	h.Messages, err = s.Store.Messages(ctx, o, office, a.now)
	return h, err
}
