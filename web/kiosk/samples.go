package kiosk

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
)

// Samples returns every screen of this door in every state, with made-up facts: for the gallery and the checks.
func Samples() []web.Sample {
	sample := func(name, state string, make func(p place) Screen) web.Sample {
		return web.Sample{Page: "kiosk/" + name, State: state, Make: func(_ context.Context, b web.Base) web.Component {
			return ShowScreen(make(samplePlace(b)).finish())
		}}
	}
	verdict := func(state string, a arrival) web.Sample {
		return sample("arrival", state, func(p place) Screen {
			x := a
			p.LangLinks = nil // as after every form
			x.slip = sampleSlip(p)
			x.office, x.address, x.clock = "Itäkeskus", "Turunlinnantie 1, Helsinki", p.Printer.Clock(p.now)
			x.start, x.from = p.Printer.At(p.now.Add(95*time.Minute)), p.Printer.Clock(p.now.Add(80*time.Minute))
			if a.Verdict == queue.TooLate {
				x.start = p.Printer.Clock(p.now.Add(-20 * time.Minute))
			}
			return newArrival(p, x)
		})
	}
	by := func(v queue.Verdict) queue.Arrival { return queue.Arrival{Verdict: v, ByPIN: true} }
	return []web.Sample{
		sample("welcome", "", newWelcome),
		sample("pin", "", func(p place) Screen { return newPIN(p, "", false) }),
		sample("pin", "short", func(p place) Screen { return newPIN(p, "482", true) }),
		verdict("in", arrival{Arrival: by(queue.CheckedIn)}),
		verdict("late", arrival{Arrival: queue.Arrival{Verdict: queue.Late, LateBy: 400}}),
		verdict("early", arrival{Arrival: by(queue.TooEarly), window: 15 * time.Minute}),
		verdict("early-qr", arrival{Arrival: queue.Arrival{Verdict: queue.TooEarly}}),
		verdict("lapsed", arrival{Arrival: by(queue.TooLate), late: "sealed", service: "passport", key: "key"}),
		verdict("lapsed-no-walk-in", arrival{Arrival: by(queue.TooLate)}),
		verdict("place", arrival{Arrival: queue.Arrival{Verdict: queue.WrongPlace}}),
		verdict("day", arrival{Arrival: queue.Arrival{Verdict: queue.WrongDay}}),
		verdict("already", arrival{Arrival: by(queue.AlreadyIn)}),
		verdict("unknown", arrival{Arrival: by(queue.Unknown), pin: "482 917"}),
		verdict("unknown-qr", arrival{Arrival: queue.Arrival{Verdict: queue.Unknown}}),
		verdict("resting", arrival{Arrival: by(queue.Resting)}),
		sample("services", "", func(p place) Screen { return newServices(p, sampleOffers(p, 5), 0) }),
		sample("services", "many", func(p place) Screen { return newServices(p, sampleOffers(p, 20), 7) }),
		sample("services", "closed", func(p place) Screen { return newServices(p, nil, 0) }),
		sample("ticket", "", func(p place) Screen { return sampleTicket(p, sampleSlip(p), notPrinted) }),
		sample("ticket", "printed", func(p place) Screen { return sampleTicket(p, sampleSlip(p), printed) }),
		sample("ticket", "print-failed", func(p place) Screen { return sampleTicket(p, sampleSlip(p), printFailed) }),
		sample("ticket", "no-printer", func(p place) Screen {
			p.set.PrintBy = staff.PrintNot
			t := sampleSlip(p)
			t.wait = -1
			return sampleTicket(p, t, notPrinted)
		}),
		sample("ticket", "browser", func(p place) Screen {
			p.set.PrintBy = staff.PrintBrowser
			t := sampleSlip(p)
			t.wait = 20
			return sampleTicket(p, t, notPrinted)
		}),
		sample("ticket", "called", func(p place) Screen {
			t := sampleSlip(p)
			t.state, t.counter = queue.Called, p.office.Name.In(p.Lang)+" 3"
			return newTicket(p, p.T("kiosk.already_title"), nil, t, notPrinted)
		}),
		sample("ticket", "over", func(p place) Screen {
			t := sampleSlip(p)
			t.state = queue.Missed
			return newTicket(p, p.T("kiosk.already_title"), nil, t, notPrinted)
		}),
		sample("help", "", newHelp),
		sample("trouble", "", func(p place) Screen { return newTrouble(p, fault.Of(fault.Invalid("queue.no_walk_in", nil))) }),
		sample("test", "", func(p place) Screen { return newTest(p, "") }),
		sample("test", "no-paper", func(p place) Screen { return newTest(p, p.T("kiosk.test_problem.paper")) }),
	}
}

func samplePlace(b web.Base) place {
	b.Org = "vuorela"
	return place{
		Base: b, zone: time.UTC, now: time.Date(2026, time.November, 20, 9, 32, 0, 0, time.UTC),
		office: org.Office{ID: "kallio", Name: i18n.Text{"fi": "Kallion palvelupiste", "sv": "Berghälls serviceställe", "en": "Kallio service point", "cs": "Kallio"}},
		set:    staff.KioskSettings{PrintBy: staff.PrintPrinter, Printer: "10.0.0.7:9100", Paper: 80, Ruler: 132},
	}
}

func sampleSlip(p place) slip {
	return slip{
		number: "A 017", service: sampleOffers(p, 1)[0].name, wait: 600, state: queue.Waiting, taken: p.now, sealed: "sealed",
		link: "https://town.example/t/vuorela/0k2m4n6p8r0t2v4w6y8z",
	}
}

func sampleTicket(p place, t slip, outcome string) Screen {
	p.LangLinks = nil
	return newTicket(p, p.T("kiosk.taken_title"), []string{t.service}, t, outcome)
}

func sampleOffers(p place, n int) []offer {
	names := []i18n.Text{
		{"fi": "Passi tai henkilökortti", "sv": "Pass eller identitetskort", "en": "Passport or identity card", "cs": "Cestovní pas nebo průkaz totožnosti"},
		{"fi": "Pysäköintitunnus", "sv": "Parkeringstillstånd", "en": "Parking permit", "cs": "Parkovací povolení"},
		{"fi": "Muutto ja osoitteenmuutos", "sv": "Flytt och adressändring", "en": "Moving and change of address", "cs": "Stěhování a změna adresy"},
	}
	out := make([]offer, n)
	for i := range out {
		out[i] = offer{service: "passport", name: names[i%3].In(p.Lang), waiting: (i * 3) % 8, wait: int64(i*300) - 1, key: "key"}
	}
	return out
}
