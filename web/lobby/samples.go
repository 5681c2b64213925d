package lobby

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// Samples are all states of this door's pages, with made-up facts.
func Samples() []web.Sample {
	desk := func(state string, change func(f *deskFacts)) web.Sample {
		return sample("desk", state, func(b web.Base) Page { return newDeskPage(b, sampleDesk(change)) })
	}
	return append([]web.Sample{
		sample("choose", "", func(b web.Base) Page {
			c := sampleConfig()
			return newChoosePage(b, []*org.Office{&c.Offices[0], &c.Offices[1]})
		}),
		desk("", nil),
		desk("called", called),
		desk("idle", idle),
		desk("closed", func(f *deskFacts) {
			f.Mine, f.Here, f.Client, f.Next = queue.Counter{}, queue.Ticket{}, client{}, queue.Ticket{}
		}),
		desk("break", func(f *deskFacts) {
			idle(f)
			f.Mine.BreakSince = f.Now.Unix() - 600
		}),
		desk("nobody", func(f *deskFacts) {
			idle(f)
			f.Hall.Tickets, f.Next, f.Done = nil, queue.Ticket{}, "nobody"
		}),
		desk("last", func(f *deskFacts) {
			f.Hall.Tickets, f.Next = f.Hall.Tickets[:1], queue.Ticket{}
		}),
		desk("coming", func(f *deskFacts) { f.Tab = tabComing }),
		desk("done", func(f *deskFacts) {
			idle(f)
			f.Tab, f.Done, f.About = tabDone, "missed", f.Hall.Gone[1]
		}),
		desk("alerts", func(f *deskFacts) {
			for i, k := range []queue.AlertKind{queue.AlertEmergency, queue.AlertHelp, queue.AlertResting, queue.AlertPrinter, queue.AlertDark} {
				a := queue.Alert{ID: string(rune('1' + i)), Kind: k, At: f.Now.Unix() - 60}
				if a.Device = "1"; k == queue.AlertEmergency {
					a.Device, a.Unit = "", "kallio-2"
				}
				f.Hall.Alerts = append(f.Hall.Alerts, a)
			}
			f.Hall.Messages = []queue.Message{sampleMessage()}
		}),
		desk("services", func(f *deskFacts) {
			f.Hall.Counters[0].Services, f.Hall.Counters[1].Services = []ids.Service{"passport"}, []ids.Service{"passport"}
			f.Hall.Counters[2].Services = f.Hall.Counters[0].Services
			f.Mine, f.Done = f.Hall.Counters[0], "services"
			f.Next, _ = queue.Next(f.Hall.Tickets, queue.DeskAt(f.Config, f.Mine), f.Now.Unix(), f.bound)
		}),
		desk("services-wrong", func(f *deskFacts) {
			f.Mine, f.Here, f.Client, f.Next = queue.Counter{}, queue.Ticket{}, client{}, queue.Ticket{}
			f.Office.Units[0].Services = []ids.Service{"passport"}
			f.Chosen = &choice{Unit: "kallio-1", Over: true, Services: []ids.Service{"permit"}, Why: wrongAt("services", "queue.not_served_there")}
		}),
		desk("changed", func(f *deskFacts) { f.Wrong = "A 018 – Tiski 1" }),
		desk("protected", func(f *deskFacts) { f.Client = client{Hidden: true} }),
		sample("ticket", "", func(b web.Base) Page { return newTicketPage(b, sampleTicket(nil)) }),
		sample("ticket", "pick", func(b web.Base) Page {
			return newTicketPage(b, sampleTicket(func(f *ticketFacts) { idle(&f.deskFacts) }))
		}),
		sample("ticket", "wrong", func(b web.Base) Page {
			return newTicketPage(b, sampleTicket(func(f *ticketFacts) {
				idle(&f.deskFacts)
				f.Typed = typed(map[string]string{"do": "pick"})
				f.Why = wrongAt("reason", "error.field.choose")
			}))
		}),
		sample("ticket", "served", func(b web.Base) Page {
			return newTicketPage(b, sampleTicket(func(f *ticketFacts) {
				f.Ticket, f.Client = f.Here, client{Name: "Maija Meikäläinen", Note: "Kuulosilmukka"}
			}))
		}),
		sample("ticket", "parked", func(b web.Base) Page {
			return newTicketPage(b, sampleTicket(func(f *ticketFacts) {
				f.Ticket = f.Hall.Tickets[5]
				f.Typed, f.Why = typed(map[string]string{"priority": "1", "do": "raise"}), wrongAt("reason", "error.field.choose")
			}))
		}),
		sample("ticket", "printers", func(b web.Base) Page {
			return newTicketPage(b, sampleTicket(func(f *ticketFacts) {
				f.Printers = []staff.Device{{ID: "1", Name: "Aula 1"}, {ID: "2", Name: "Aula 2"}}
				f.Why = fault.Conflict(notPrinted, nil)
			}))
		}),
		sample("paper", "", func(b web.Base) Page {
			c := sampleConfig()
			t := sampleHall().Tickets[1]
			t.Lang = "cs"
			return newPaperPage(b, c, paper{Ticket: t, Office: &c.Offices[0], Link: "https://varaus.vuorela.example/t/vuorela/sample"})
		}),
		sample("walk-in", "", func(b web.Base) Page {
			return newWalkInPage(b, walkFacts{deskFacts: sampleDesk(nil), Typed: typed(nil)})
		}),
		sample("walk-in", "wrong", func(b web.Base) Page {
			return newWalkInPage(b, walkFacts{deskFacts: sampleDesk(nil), Typed: typed(map[string]string{"speaks": "yes", "priority": "1"}), Why: wrongAt("service", "error.field.choose")})
		}),
		sample("messages", "", func(b web.Base) Page {
			return newMessagesPage(b, walkFacts{deskFacts: sampleDesk(nil), Typed: typed(nil)})
		}),
		sample("messages", "shown", func(b web.Base) Page {
			f := sampleDesk(func(f *deskFacts) { f.Hall.Messages = []queue.Message{sampleMessage()} })
			return newMessagesPage(b, walkFacts{deskFacts: f, Typed: typed(map[string]string{"text_en": "Back at noon", "until": "99"}), Why: wrongAt("until", "lobby.clock_wrong")})
		}),
		sample("end", "", func(b web.Base) Page { return newEndPage(b, sampleDesk(nil)) }),
	}, moreSamples()...)
}

func typed(m map[string]string) func(string) string {
	return func(name string) string { return m[name] }
}

// sample is one state of a page of the lobby.
func sample(page, state string, make func(b web.Base) Page) web.Sample {
	return web.Sample{Page: "lobby/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
		b.Org = "vuorela"
		b = dress(b)
		b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}, {Href: at(b), Text: b.T("lobby.title")}}
		return ShowLobby(make(b))
	}}
}

// sampleNow is when the samples are: Friday 20 November 2026 at 9:32 in Helsinki.
func sampleNow() time.Time { return time.Date(2026, time.November, 20, 7, 32, 0, 0, time.UTC) }

func sampleConfig() *catalog.Config {
	hours := []org.Weekly{mustWeekly("mon-fri 08:00-16:00")}
	unit := func(id ids.Unit, n string) org.Unit {
		return org.Unit{ID: id, Name: i18n.Text{"fi": "Tiski " + n, "sv": "Disk " + n, "en": "Counter " + n, "cs": "Přepážka " + n}}
	}
	c := &catalog.Config{
		Version:      1,
		Installation: org.Installation{PhoneCountries: []string{"FI"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi"},
		Org: org.Organisation{
			ID: "vuorela", Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"},
			Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"},
		},
		Offices: []org.Office{{
			ID: "kallio", Name: i18n.Text{"fi": "Kallio", "sv": "Berghäll", "en": "Kallio", "cs": "Kallio"}, Hours: hours, Email: "kallio@vuorela.example",
			Units: []org.Unit{unit("kallio-1", "1"), unit("kallio-2", "2"), unit("kallio-3", "3"), unit("kallio-4", "4")},
		}, {ID: "itakeskus", Name: i18n.Text{"fi": "Itäkeskus", "sv": "Östra centrum", "en": "Itäkeskus", "cs": "Itäkeskus"}, Hours: hours}},
		Services: []catalog.Service{
			{ID: "permit", Name: i18n.Text{"fi": "Pysäköintilupa", "sv": "Parkeringstillstånd", "en": "Parking permit", "cs": "Parkovací povolení"}},
			{ID: "passport", Name: i18n.Text{"fi": "Passi tai henkilökortti", "sv": "Pass eller identitetskort", "en": "Passport or identity card", "cs": "Pas nebo průkaz"}},
		},
		Offers:   []catalog.Offer{{Service: "passport", Office: "kallio"}, {Service: "permit", Office: "kallio"}},
		Policies: []catalog.PolicyDoc{{Service: "permit", Version: 1, Settings: catalog.Settings{"walk_in_bound": 30 * 60}}},
	}
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error()) // made-up facts that the tests read
	}
	return c
}

func mustWeekly(s string) org.Weekly {
	w, err := org.ParseWeekly(s)
	if err != nil {
		panic("samples: " + err.Error())
	}
	return w
}

// sampleHall is a lobby in the middle of a morning.
func sampleHall() *queue.Hall {
	now := sampleNow().Unix()
	ticket := func(prefix string, n int, service ids.Service, ago int64, kind queue.Kind, state queue.State) queue.Ticket {
		return queue.Ticket{
			Org: "vuorela", ID: ids.Ticket(queue.FormatNumber(prefix, n)[:1] + "-" + string(rune('0'+n%10))), Office: "kallio", Day: "2026-11-20", Service: service, Prefix: prefix, Number: n,
			Kind: kind, State: state, ArrivedAt: now - ago*60, ServiceSince: now - ago*60, BookedAt: now - now%1200, Lang: "fi", Rev: 3, Estimate: 600,
		}
	}
	h := &queue.Hall{Org: "vuorela", Office: "kallio", Day: "2026-11-20", At: now, Tickets: []queue.Ticket{
		ticket("A", 17, "passport", 20, queue.Booked, queue.Serving), ticket("A", 18, "passport", 4, queue.Booked, queue.Waiting), ticket("P", 6, "permit", 31, queue.WalkIn, queue.Waiting),
		ticket("A", 19, "passport", 2, queue.Booked, queue.Waiting), ticket("P", 5, "permit", 12, queue.WalkIn, queue.Called), ticket("P", 8, "permit", 15, queue.WalkIn, queue.Parked),
	}, Gone: []queue.Ticket{
		ticket("A", 11, "passport", 60, queue.Booked, queue.Done), ticket("A", 12, "passport", 50, queue.Booked, queue.Missed), ticket("P", 3, "permit", 55, queue.WalkIn, queue.Left),
	}}
	here := &h.Tickets[0]
	here.Counter, here.CalledAt, here.BegunAt, here.Appointment, here.Speaks, here.Lang, here.Calls = "kallio-3", now-9*60, now-8*60, "06A1B2C3D4", true, "sv", 1
	h.Tickets[3].Priority, h.Tickets[3].Reason = queue.First, "mobility"
	h.Tickets[4].Counter, h.Tickets[4].CalledAt, h.Tickets[4].Calls = "kallio-1", now-60, 2
	h.Tickets[5].ParkedUntil = now + 900
	for i := range h.Gone {
		h.Gone[i].Counter, h.Gone[i].EndAt = "kallio-3", now-int64(3-i)*140
	}
	h.Gone[2].Counter = ""
	h.Counters = []queue.Counter{
		{Org: "vuorela", Office: "kallio", Unit: "kallio-3", Staff: "1", Since: now - 3600, Ticket: here.ID, Rev: 4}, {Org: "vuorela", Office: "kallio", Unit: "kallio-1", Staff: "2", Since: now - 3600, Ticket: h.Tickets[4].ID, Rev: 2},
		{Org: "vuorela", Office: "kallio", Unit: "kallio-2", Staff: "3", Since: now - 3600, BreakSince: now - 300, Rev: 2},
	}
	return h
}

func sampleMessage() queue.Message {
	return queue.Message{ID: "1", Office: "kallio", Until: sampleNow().Unix() + 3600, Text: i18n.Text{
		"fi": "Passikone on rikki.", "sv": "Passmaskinen är trasig.", "en": "The passport machine is out of order.", "cs": "Přístroj na pasy nefunguje.",
	}}
}

func sampleDesk(change func(f *deskFacts)) deskFacts {
	c := sampleConfig()
	h := sampleHall()
	f := deskFacts{
		Config: c, Office: &c.Offices[0], Hall: h, Mine: h.Counters[0], Here: h.Tickets[0], Client: client{Name: "Maija Meikäläinen", Note: "Kuulosilmukka"}, MaySee: true, Tab: tabWaiting,
		Staff: map[ids.Staff]string{"1": "Aino Korhonen", "2": "Veli Virtanen", "3": "Sari Salo"}, Devices: map[ids.Device]string{"1": "Aula 1"}, Now: sampleNow(), Key: "key",
		Coming: sampleComing(),
	}
	f.Next, _ = queue.Next(h.Tickets, queue.DeskAt(c, f.Mine), f.Now.Unix(), f.bound)
	if change != nil {
		change(&f)
	}
	return f
}

func sampleComing() []booking.DeskRow {
	at := sampleNow().Unix() + 28*60
	row := func(minutes int64, unit ids.Unit, name string) booking.DeskRow {
		return booking.DeskRow{Listed: booking.Listed{ID: "06A1B2C3D5", Service: "passport", Office: "kallio", Unit: unit, Start: at + minutes*60, End: at + minutes*60 + 1200, Status: booking.Booked}, Name: name}
	}
	list := []booking.DeskRow{row(0, "kallio-1", "Erik Exempel"), row(20, "kallio-3", "Jana Nováková"), row(40, "kallio-2", "")}
	list[1].Note = "Pyörätuoli"
	list[2] = booking.DeskRow{Listed: booking.Listed{Office: "kallio", Unit: "kallio-2", Start: at + 2400, Status: booking.Booked}, Protected: true, Hidden: true}
	return list
}

// called has the counter's number on its way.
func called(f *deskFacts) {
	f.Hall.Tickets[0].State, f.Hall.Tickets[0].BegunAt, f.Hall.Tickets[0].Calls = queue.Called, 0, 2
	f.Here, f.Done = f.Hall.Tickets[0], "called"
	f.About = f.Here
}

// idle has nobody at the counter.
func idle(f *deskFacts) {
	f.Hall.Tickets = f.Hall.Tickets[1:]
	f.Mine.Ticket, f.Hall.Counters[0].Ticket = "", ""
	f.Here, f.Client = queue.Ticket{}, client{}
}

func sampleTicket(change func(f *ticketFacts)) ticketFacts {
	f := ticketFacts{deskFacts: sampleDesk(nil), Typed: typed(nil)}
	f.Client = client{}
	f.Ticket = f.Hall.Tickets[2]
	now := f.Now.Unix()
	step := func(seq int64, what queue.What, ago int64, unit ids.Unit, by, reason string) queue.Step {
		return queue.Step{Ticket: f.Ticket.ID, Seq: seq, What: what, At: now - ago*60, Service: "permit", Unit: unit, By: by, Reason: reason}
	}
	f.Steps = []queue.Step{
		step(1, queue.StepTaken, 31, "", "9", ""), step(2, queue.StepCalled, 20, "kallio-1", "2", ""), step(3, queue.StepMissed, 15, "kallio-1", "2", ""),
		step(4, queue.StepUndone, 14, "", "2", "missed"), step(5, queue.StepMoved, 9, "", "3", ""), step(6, queue.StepRaised, 2, "", "3", "mobility"),
	}
	if change != nil {
		change(&f)
	}
	return f
}
