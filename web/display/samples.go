package display

import (
	"context"
	"fmt"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
)

// Samples are all states of this door's pages, with made-up facts.
func Samples() []web.Sample {
	return []web.Sample{
		board("", staff.DisplaySettings{Languages: []i18n.Lang{"sv"}}, sampleFacts(9, 32, nil)),
		board("empty", staff.DisplaySettings{}, sampleFacts(9, 32, func(h *queue.Hall) { h.Tickets, h.Messages = nil, nil })),
		board("closing", staff.DisplaySettings{}, sampleFacts(15, 20, nil)),
		board("some", staff.DisplaySettings{Services: []ids.Service{"parking"}, Languages: []i18n.Lang{"en", "fi"}}, sampleFacts(15, 50, nil)),
		sample("none", "", func(b web.Base) web.Component { return ShowNone(newNonePage(b)) }),
		sample("queue", "", func(b web.Base) web.Component { return showQueue(b, sampleFacts(9, 32, nil)) }),
		sample("queue", "empty", func(b web.Base) web.Component {
			return showQueue(b, sampleFacts(20, 0, func(h *queue.Hall) { h.Tickets, h.Messages = nil, nil }))
		}),
		ticket("", sampleTicket(18, queue.Waiting), nil),
		ticket("next", sampleTicket(19, queue.Waiting), nil),
		ticket("unknown", sampleTicket(21, queue.Waiting), nil),
		ticket("called", sampleTicket(17, queue.Called), nil),
		ticket("serving", sampleTicket(16, queue.Serving), nil),
		ticket("parked", sampleTicket(25, queue.Parked), func(p *TicketPage) { p.Done = p.T("my_ticket.done_parked") }),
		ticket("missed", sampleTicket(12, queue.Missed), nil),
		ticket("done", sampleTicket(11, queue.Done), nil),
		ticket("left", sampleTicket(10, queue.Left), func(p *TicketPage) { p.Done = p.T("my_ticket.done_left") }),
		ticket("leave", sampleTicket(18, queue.Waiting), func(p *TicketPage) { p.Leave = true }),
		ticket("asked", sampleTicket(18, queue.Waiting), func(p *TicketPage) { p.asks(true, "") }),
		ticket("agreed", sampleTicket(18, queue.Waiting), func(p *TicketPage) {
			p.asks(true, "+358401234567")
			p.Done = p.T("my_ticket.done_texted")
		}),
		ticket("mistyped", sampleTicket(18, queue.Waiting), func(p *TicketPage) {
			p.asks(true, "")
			p.mistyped("040 12", fault.Field{Name: "phone", Key: "field.phone"})
		}),
		ticket("not-now", sampleTicket(17, queue.Called), func(p *TicketPage) { p.Wrong = p.T("my_ticket.not_now") }),
		ticket("old", func() queue.Ticket {
			t := sampleTicket(5, queue.Waiting)
			t.ID, t.Day = "old", "2026-11-20"
			return t
		}(), nil),
	}
}

func sample(page, state string, show func(b web.Base) web.Component) web.Sample {
	return web.Sample{Page: "display/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component { return show(b) }}
}

func board(state string, settings staff.DisplaySettings, f facts) web.Sample {
	return sample("board", state, func(b web.Base) web.Component {
		own := settings
		own.Languages = append([]i18n.Lang{b.Lang}, settings.Languages...)
		s := screen{texts: i18n.MustLoad(), settings: own, facts: f}
		p := s.page(b)
		p.Src = ""
		return ShowDisplay(p, s.board())
	})
}

// showQueue is the queue without its stream.
func showQueue(b web.Base, f facts) web.Component {
	p := newQueuePage(b, f)
	p.Live.Src = ""
	return ShowQueue(p)
}

func ticket(state string, t queue.Ticket, with func(*TicketPage)) web.Sample {
	return sample("ticket", state, func(b web.Base) web.Component {
		p := newTicketPage(b, t, sampleFacts(9, 32, nil), b.URL("ticket", "a-made-up-secret"))
		p.Live.Src = ""
		if with != nil {
			with(&p)
		}
		return ShowTicket(p)
	})
}

const sampleOffice ids.Office = "kallio"

func sampleFacts(hour, minute int, change func(*queue.Hall)) facts {
	c := sampleConfig()
	now := time.Date(2026, time.November, 23, hour, minute, 0, 0, c.Zone())
	h := &queue.Hall{Org: c.Org.ID, Office: sampleOffice, Day: "2026-11-23", At: now.Unix()}
	at := now.Unix()
	for _, x := range []struct {
		n     int
		state queue.State
	}{{16, queue.Serving}, {17, queue.Called}, {15, queue.Serving}, {18, queue.Waiting}, {19, queue.Waiting}, {21, queue.Waiting}, {25, queue.Parked}} {
		t := sampleTicket(x.n, x.state)
		t.CalledAt += at
		t.ArrivedAt += at
		if t.State == queue.Parked {
			t.ParkedUntil = at + 28*60
		}
		h.Tickets = append(h.Tickets, t)
	}
	for n, state := range map[int]queue.State{10: queue.Left, 11: queue.Done, 12: queue.Missed} {
		t := sampleTicket(n, state)
		t.CalledAt += at
		h.Gone = append(h.Gone, t)
	}
	h.Messages = []queue.Message{{ID: "1", Text: i18n.Text{
		"fi": "Palvelupiste 2 on tänään kiinni.", "sv": "Disk 2 är stängd i dag.", "en": "Counter 2 is closed today.", "cs": "Přepážka 2 je dnes zavřená.",
	}, Until: at + 3600, At: at}}
	if change != nil {
		change(h)
	}
	w := &queue.Waits{
		Hall: h, Quality: queue.Quality{Told: 42, Median: 190},
		Services: map[ids.Service]queue.Wait{"passport": {Seconds: 22 * 60, Ahead: 2}, "parking": {Seconds: 4 * 60, Ahead: 1}},
		Tickets:  map[ids.Ticket]queue.Wait{"t19": {Seconds: 150, Ahead: 0}, "t18": {Seconds: 640, Ahead: 2}, "t21": {Seconds: -1, Ahead: 5}},
	}
	return facts{Config: c, office: sampleOffice, waits: w, now: now}
}

// sampleTicket is a ticket whose times count from now.
func sampleTicket(n int, state queue.State) queue.Ticket {
	t := queue.Ticket{
		Org: "vuorela", ID: ids.Ticket(fmt.Sprintf("t%d", n)), Office: sampleOffice, Day: "2026-11-23", Service: "passport", Prefix: "A", Number: n, Kind: queue.WalkIn,
		Lang: "fi", State: state, ArrivedAt: -int64(40-n) * 60,
	}
	if n%2 == 1 {
		t.Service, t.Prefix = "parking", "P"
	}
	switch state {
	case queue.Called, queue.Serving, queue.Missed, queue.Done:
		t.Counter, t.Calls, t.CalledAt = ids.Unit(fmt.Sprintf("kallio-%d", n%3+1)), 1, -int64(20-n)*40+110
	}
	return t
}

func sampleConfig() *catalog.Config {
	weekly, err := org.ParseWeekly("mon-fri 08:00-16:15")
	if err != nil {
		panic("samples: " + err.Error())
	}
	var units []org.Unit
	for n := 1; n <= 3; n++ {
		units = append(units, org.Unit{ID: ids.Unit(fmt.Sprintf("kallio-%d", n)), Name: i18n.Text{
			"fi": fmt.Sprintf("Palvelupiste %d", n), "sv": fmt.Sprintf("Disk %d", n), "en": fmt.Sprintf("Counter %d", n), "cs": fmt.Sprintf("Přepážka %d", n),
		}})
	}
	c := &catalog.Config{
		Version: 1,
		Org: org.Organisation{
			ID: "vuorela", Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Short: i18n.Text{"fi": "Vuorela"},
			Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"},
		},
		Offices: []org.Office{{
			ID: sampleOffice, Name: i18n.Text{"fi": "Kallion palvelupiste", "sv": "Berghälls serviceställe", "en": "Kallio service point", "cs": "Kallio"},
			Hours: []org.Weekly{weekly}, Units: units,
		}},
		Categories: []catalog.Category{{ID: "documents", Name: i18n.Text{"fi": "Asiakirjat", "sv": "Handlingar", "en": "Documents", "cs": "Doklady"}}},
		Services: []catalog.Service{
			{ID: "passport", Category: "documents", Order: 1, Name: i18n.Text{"fi": "Passi tai henkilökortti", "sv": "Pass eller identitetskort", "en": "Passport or identity card", "cs": "Cestovní pas nebo průkaz totožnosti"}},
			{ID: "parking", Category: "documents", Order: 2, Name: i18n.Text{"fi": "Asukaspysäköintitunnus", "sv": "Boendeparkering", "en": "Parking permit", "cs": "Parkovací karta"}},
		},
		Offers: []catalog.Offer{{Service: "passport", Office: sampleOffice}, {Service: "parking", Office: sampleOffice}},
		Policies: []catalog.PolicyDoc{
			{Service: "passport", Version: 1, Settings: catalog.Settings{"walk_in_last": 15 * 60}},
			{Service: "parking", Version: 1, Settings: catalog.Settings{"walk_in_last": 30 * 60}},
		},
	}
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error())
	}
	return c
}
