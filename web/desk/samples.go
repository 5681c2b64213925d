package desk

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/consent"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// Samples are all states of this door's pages, with made-up facts.
func Samples() []web.Sample {
	wrong := func(name, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key})
	}
	return append([]web.Sample{
		desked("day", "", func(b web.Base) Page {
			p := newDayPage(b, sampleDay(sampleRows()))
			offerUndo(&p, undoOutcome)
			return p
		}),
		desked("day", "empty", func(b web.Base) Page { return newDayPage(b, sampleDay(nil)) }),
		desked("print", "", func(b web.Base) Page {
			f := sampleDay(sampleRows())
			f.Print = true
			return newPrintPage(b, f)
		}),
		desked("book", "", func(b web.Base) Page {
			return newCallPage(b, callFacts{Config: sampleConfig(), Offices: sampleOffices(), Now: sampleNow()})
		}),
		desked("book", "times", func(b web.Base) Page { return newCallPage(b, sampleCall(false)) }),
		desked("book", "kept", func(b web.Base) Page { return newCallPage(b, sampleCall(true)) }),
		desked("book", "full", func(b web.Base) Page {
			f := sampleCall(true)
			f.Held, f.State.Full = booking.Hold{}, true
			return newCallPage(b, f)
		}),
		desked("book", "visit", func(b web.Base) Page {
			f := sampleCall(true)
			f.Typed.Visit, f.Typed.Details.Others = booking.Visit{People: 3, Also: []ids.Service{"permit"}}, "Onni Meikäläinen"
			f.State.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "other-2", Key: "field.name_required"})
			return newCallPage(b, f)
		}),
		desked("book", "wrong", func(b web.Base) Page {
			f := sampleCall(true)
			f.Typed.Details.Name, f.Typed.Birth, f.State.Why = "", typedDate{"31", "2", "1990"}, fault.Invalid("form.invalid", nil,
				fault.Field{Name: "name", Key: "field.name_required"}, fault.Field{Name: "birth", Key: "field.date"})
			return newCallPage(b, f)
		}),
		desked("book", "people", func(b web.Base) Page {
			f := sampleCall(false)
			f.State.Sought, f.State.Found = true, []foundPerson{{Name: "Maija Meikäläinen", Email: "maija@example.org", Token: "a"}, {Name: "Matti Meikäläinen", Token: "b"}}
			return newCallPage(b, f)
		}),
		desked("book", "nobody", func(b web.Base) Page {
			f := sampleCall(false)
			f.State.Sought = true
			return newCallPage(b, f)
		}),
		desked("find", "", func(b web.Base) Page { return newFindPage(b, sought{}, nil) }),
		desked("find", "wrong", func(b web.Base) Page { return newFindPage(b, sought{}, wrong("name", "desk.nothing_sought")) }),
		desked("find", "found", func(b web.Base) Page {
			p := newFindPage(b, sought{Name: "meik"}, nil)
			p.Parts = append([]web.Component{foundList(p.Base, sampleConfig(), sampleRows(), sampleNow())}, p.Parts...)
			return p
		}),
		desked("find", "nothing", func(b web.Base) Page {
			p := newFindPage(b, sought{Name: "x"}, nil)
			p.Parts = append([]web.Component{foundList(p.Base, sampleConfig(), nil, sampleNow())}, p.Parts...)
			return p
		}),
		desked("undelivered", "", func(b web.Base) Page { return newUndeliveredPage(b, sampleConfig(), sampleUndelivered(), "", nil) }),
		desked("undelivered", "wrong", func(b web.Base) Page {
			return newUndeliveredPage(b, sampleConfig(), sampleUndelivered(), "", wrong("pick", "undelivered.pick"))
		}),
		desked("undelivered", "resent", func(b web.Base) Page {
			return newUndeliveredPage(b, sampleConfig(), sampleUndelivered()[:1], "resent", nil)
		}),
		desked("undelivered", "none", func(b web.Base) Page { return newUndeliveredPage(b, sampleConfig(), nil, "", nil) }),
		desked("appointment", "messages", func(b web.Base) Page {
			return newOpenPage(b, sampleOpen(func(f *openFacts) {
				f.Told = sampleTold()
				f.History = []consent.Row{{Channel: notify.SMS, Scope: consent.Reminders, At: sampleNow().Unix() - 86400, Basis: consent.ByText}}
			}))
		}),
		desked("text", "", func(b web.Base) Page { return newTextPage(b, sampleText(nil)) }),
		desked("text", "wrong", func(b web.Base) Page {
			return newTextPage(b, sampleText(func(f *textFacts) { f.Why = wrong("text", "field.required") }))
		}),
		desked("text", "refused", func(b web.Base) Page {
			return newTextPage(b, sampleText(func(f *textFacts) { f.No = wrong("text", "inbox.refused") }))
		}),
		desked("text", "open", func(b web.Base) Page {
			return newTextPage(b, sampleText(func(f *textFacts) {
				f.Text, f.Open, f.Why = "Voitteko tulla tiistaina?", "/fi/staff/vuorela/inbox/1", fault.Conflict("inbox.open_already", nil)
			}))
		}),
		desked("appointment", "", func(b web.Base) Page { return newOpenPage(b, sampleOpen(nil)) }),
		desked("appointment", "booked", func(b web.Base) Page {
			f := sampleOpen(nil)
			f.Done = "booked"
			return newOpenPage(b, f)
		}),
		desked("appointment", "cancelled", func(b web.Base) Page {
			p := newOpenPage(b, sampleOpen(func(f *openFacts) {
				f.A.Status, f.A.CancelledBy, f.A.Reason, f.A.CancelledAt = booking.Cancelled, "office", "Virkailija sairastui", f.Now.Unix()
			}))
			offerUndo(&p, undoCancel)
			return p
		}),
		desked("appointment", "proposed", func(b web.Base) Page {
			return newOpenPage(b, sampleOpen(func(f *openFacts) {
				f.A.Status, f.A.Start, f.A.End = booking.Proposed, f.A.Start+20*24*60*60, f.A.End+20*24*60*60
				f.A.ExpiresAt = f.A.Start - 14*24*60*60
			}))
		}),
		desked("appointment", "missed", func(b web.Base) Page {
			return newOpenPage(b, sampleOpen(func(f *openFacts) { f.Missed, f.Limit, f.A.Outcome = 3, 3, booking.OutcomeNoShow }))
		}),
		desked("appointment", "meanwhile", func(b web.Base) Page {
			p := newOpenPage(b, sampleOpen(nil))
			p.Wrong = p.T("desk.meanwhile_moved", "from", sampleNow(), "to", sampleNow().Add(time.Hour), "place", "Kallio")
			return p
		}),
		desked("appointment", "visit", func(b web.Base) Page { return newOpenPage(b, sampleOpen(visiting)) }),
		desked("details", "visit", func(b web.Base) Page {
			f := sampleOpen(visiting)
			return newEditPage(b, f.Config, f.A, f.A.Details, typedOf(f.A.Details.Birth), "key", nil)
		}),
		desked("details", "", func(b web.Base) Page {
			f := sampleOpen(nil)
			return newEditPage(b, f.Config, f.A, f.A.Details, typedOf(f.A.Details.Birth), "key", nil)
		}),
		desked("details", "wrong", func(b web.Base) Page {
			f := sampleOpen(nil)
			return newEditPage(b, f.Config, f.A, booking.Details{Lang: "fi"}, typedDate{}, "key", wrong("name", "field.name_required"))
		}),
		desked("move", "", func(b web.Base) Page { return newMovePage(b, sampleMove(nil)) }),
		desked("move", "taken", func(b web.Base) Page {
			return newMovePage(b, sampleMove(fault.Conflict("booking.taken", fault.Args{"start": sampleNow()})))
		}),
		desked("cancel", "", func(b web.Base) Page {
			f := sampleOpen(nil)
			return newCancelPage(b, f.Config, f.A, "", "key", nil)
		}),
		desked("cancel", "untold", func(b web.Base) Page {
			f := sampleOpen(nil)
			f.A.Details.Email = ""
			return newCancelPage(b, f.Config, f.A, "x", "key", wrong("reason", "field.bad_characters"))
		}),
	}, moreSamples()...)
}

// desked is one state of a page of the desk.
func desked(page, state string, make func(b web.Base) Page) web.Sample {
	return web.Sample{Page: "desk/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
		b.Org = "vuorela"
		b = dress(b)
		b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}, {Href: at(b), Text: b.T("desk.title")}}
		return ShowDesk(make(b))
	}}
}

// sampleNow is when the samples are: Friday 20 November 2026 at 11:02 in Helsinki.
func sampleNow() time.Time { return time.Date(2026, time.November, 20, 9, 2, 0, 0, time.UTC) }

func sampleConfig() *catalog.Config {
	hours := []org.Weekly{mustWeekly("mon-fri 08:00-16:00")}
	unit := func(id ids.Unit, n string) org.Unit {
		return org.Unit{ID: id, Name: i18n.Text{"fi": "Tiski " + n, "sv": "Disk " + n, "en": "Desk " + n, "cs": "Přepážka " + n}}
	}
	c := &catalog.Config{
		Version:      1,
		Installation: org.Installation{PhoneCountries: []string{"FI"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi"},
		Org: org.Organisation{
			ID: "vuorela", Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"},
			Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"},
		},
		Offices: []org.Office{
			{
				ID: "kallio", Name: i18n.Text{"fi": "Kallion palvelupiste", "sv": "Berghälls serviceställe", "en": "Kallio service point", "cs": "Kallio"},
				Street: i18n.Text{"fi": "Toinen linja 7", "sv": "Andra linjen 7"}, Hours: hours, Units: []org.Unit{unit("kallio-1", "1"), unit("kallio-2", "2")},
			},
			{
				ID: "itakeskus", Name: i18n.Text{"fi": "Itäkeskuksen palvelupiste", "sv": "Östra centrums serviceställe", "en": "Itäkeskus service point", "cs": "Itäkeskus"},
				Hours: hours, Units: []org.Unit{unit("ita-1", "1")},
			},
		},
		Services: []catalog.Service{{
			ID: "permit", Name: i18n.Text{"fi": "Pysäköintilupa", "sv": "Parkeringstillstånd", "en": "Parking permit", "cs": "Parkovací povolení"},
		}, {
			ID: "passport", Combines: []ids.Service{"permit"}, Name: i18n.Text{"fi": "Passi tai henkilökortti", "sv": "Pass eller identitetskort", "en": "Passport or identity card", "cs": "Pas nebo průkaz"},
			Bring: i18n.TextList{"fi": {"vanha passi", "passikuva"}, "sv": {"det gamla passet", "passfoto"}, "en": {"the old passport", "a photo"}, "cs": {"starý pas", "fotografii"}},
		}},
		Offers:   []catalog.Offer{{Service: "passport", Office: "kallio"}, {Service: "permit", Office: "kallio"}, {Service: "passport", Office: "itakeskus"}},
		Policies: []catalog.PolicyDoc{{Service: "passport", Version: 1, Settings: catalog.Settings{"length": 40 * 60, "max_people": 3}}},
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

func sampleOffices() []*org.Office {
	c := sampleConfig()
	return []*org.Office{&c.Offices[0], &c.Offices[1]}
}

func sampleRows() []booking.DeskRow {
	at := func(h, m int) int64 { return time.Date(2026, time.November, 20, h-2, m, 0, 0, time.UTC).Unix() }
	row := func(h, m int, unit ids.Unit, name, phone, code string) booking.DeskRow {
		return booking.DeskRow{
			Listed: booking.Listed{ID: ids.Appointment("06A1B2C3D" + code[:1]), Service: "passport", Office: "kallio", Unit: unit, Start: at(h, m), End: at(h, m) + 2400, Status: booking.Booked},
			Name:   name, Phone: phone, Code: code,
		}
	}
	list := []booking.DeskRow{
		row(8, 0, "kallio-1", "Maija Meikäläinen", "+358401234567", "K7PQ3M9XTR"), row(8, 40, "kallio-2", "Matti Meikäläinen", "", "0JQ2V6HD9G"),
		row(9, 20, "kallio-1", "Erik Exempel", "+358401234568", "9GXE41NZWM"), row(10, 40, "kallio-1", "Jana Nováková", "+358401234569", "3CD8RT0PHV"),
		row(11, 20, "kallio+1", "Sanna Mallikas", "", "5Y6TM70CRK"), row(13, 20, "kallio-2", "Onni Meikäläinen", "", "8ABCDEFGHJ"), {},
	}
	list[0].Outcome, list[1].Outcome = booking.OutcomeCame, booking.OutcomeNoShow
	list[2].Status, list[2].CancelledBy = booking.Cancelled, "office"
	list[4].Parts = []booking.Part{
		{Service: "passport", Name: "Sanna Mallikas"}, {Service: "permit", Name: "Sanna Mallikas"}, {Service: "passport", Name: "Onni Mallikas"}, {Service: "permit", Name: "Onni Mallikas"},
	}
	list[3].Note = "Kuulosilmukka"
	list[5].Status, list[5].ExpiresAt = booking.Proposed, at(13, 0)
	list[6] = booking.DeskRow{Listed: booking.Listed{Office: "kallio", Unit: "kallio-2", Start: at(14, 0), End: at(14, 40), Status: booking.Booked}, Protected: true, Hidden: true}
	return list
}

func sampleDay(list []booking.DeskRow) dayFacts {
	c := sampleConfig()
	return dayFacts{
		Config: c, Asked: dayAsked{Office: "kallio", Date: c.Today(sampleNow())}, Offices: sampleOffices(), List: list, Now: sampleNow(), Relative: "desk/", Phone: notify.ShowPhone,
	}
}

func sampleSchedule() booking.Schedule {
	s, err := booking.NewSchedule(sampleConfig(), "passport", "kallio", sampleNow())
	if err != nil {
		panic("samples: " + err.Error())
	}
	return s
}

func sampleWeek(s booking.Schedule) (w org.Week, days []booking.DayTimes) {
	w = s.Today().ISOWeek().Next()
	for i := range 7 {
		days = append(days, s.Day(w.Monday().Add(i), nil))
	}
	return w, days
}

func sampleCall(kept bool) callFacts {
	s := sampleSchedule()
	f := callFacts{Config: s.Config, Offices: sampleOffices(), Now: sampleNow(), Schedule: s}
	f.Week, f.Days = sampleWeek(s)
	f.Typed = called{
		Details: booking.Details{Name: "Maija Meikäläinen", Phone: "040 123 4567", Lang: "fi"}, Birth: typedDate{"1", "1", "1990"}, Service: "passport", Office: "kallio",
	}
	for _, t := range booking.Spread(f.Days, s.Zone(), 6, 3, 2) {
		f.First = append(f.First, booking.FreePlace{Office: "kallio", FreeTime: t})
	}
	if kept {
		start := f.First[0].Start
		f.Typed.Slot = slotValue("kallio", start, s.Zone())
		f.Held = booking.Hold{ID: "1", Office: "kallio", Start: start, End: start + 2400, ExpiresAt: f.Now.Unix() + 900}
	}
	return f
}

// sampleUndelivered are messages that could not be delivered, for each reason one.
func sampleUndelivered() []notify.Letter {
	now, start := sampleNow().Unix(), sampleOpen(nil).A.Start
	return []notify.Letter{
		{ID: "1", Event: notify.AppointmentBooked, Channel: notify.SMS, Appointment: "06A1B2C3D4", Start: start, SettledAt: now, State: notify.StateFailed, Why: "recipient", Other: notify.Email},
		{ID: "2", Event: notify.AppointmentReminder, Channel: notify.Email, Appointment: "06A1B2C3D4", Start: start, SettledAt: now, State: notify.StateFailed, Why: notify.WhyTries},
		{ID: "3", Event: notify.TimeOffered, Channel: notify.SMS, Waiting: "w", SettledAt: now, State: notify.StateUnknown, Why: "final"},
		{ID: "4", Event: notify.AppointmentMoved, Channel: notify.Email, Appointment: "06A1B2C3D4", Start: start, SettledAt: now, State: notify.StateFailed, Why: "message"},
		{ID: "5", Event: notify.AppointmentReminder, Channel: notify.SMS, Appointment: "06A1B2C3D4", Start: start, SettledAt: now, State: notify.StateFailed, Why: notify.WhyExpired, Fate: notify.Undelivered},
		{ID: "6", Event: notify.AppointmentBooked, Channel: notify.Email, Appointment: "06A1B2C3D4", Start: start, SettledAt: now, State: notify.StateFailed, Why: notify.WhyFull, Fate: notify.Undelivered},
		{ID: "7", Event: "conversation.answer", Channel: notify.SMS, SettledAt: now, State: notify.StateFailed, Why: notify.WhyReturned, Fate: notify.Undelivered, Text: true, About: "conversation/1"},
		{ID: "8", Event: "conversation.by_itself", Channel: notify.SMS, SettledAt: now, State: notify.StateUnknown, Text: true, About: "conversation/1"},
		{ID: "9", Event: "text.answer", Channel: notify.SMS, SettledAt: now, State: notify.StateFailed, Why: notify.WhyNoSuch, Text: true, Number: "+358401234567"},
	}
}

func sampleTold() []notify.Letter {
	now := sampleNow().Unix()
	return []notify.Letter{
		{ID: "1", Event: notify.AppointmentBooked, Channel: notify.Email, CreatedAt: now, SettledAt: now, State: notify.StateSent, Fate: notify.Delivered, FateAt: now + 60},
		{ID: "4", Event: notify.AppointmentMoved, Channel: notify.SMS, CreatedAt: now, SettledAt: now, State: notify.StateSent, Fate: notify.Buffered},
		{ID: "5", Event: notify.AppointmentReminder, Channel: notify.Email, CreatedAt: now, SettledAt: now, State: notify.StateFailed, Fate: notify.Undelivered, Why: notify.WhyNoSuch},
		{ID: "6", Event: notify.AppointmentChanged, Channel: notify.Email, CreatedAt: now, SettledAt: now, State: notify.StateSent},
		{ID: "2", Event: notify.AppointmentBooked, Channel: notify.SMS, CreatedAt: now, SettledAt: now, State: notify.StateDropped},
		{ID: "3", Event: notify.AppointmentReminder, Channel: notify.SMS, CreatedAt: now, State: notify.StateWaiting},
	}
}

func sampleOpen(change func(f *openFacts)) openFacts {
	start := time.Date(2026, time.November, 20, 9, 20, 0, 0, time.UTC).Unix()
	f := openFacts{Config: sampleConfig(), Code: "K7PQ3M9XTR", Now: sampleNow(), Key: "key", A: booking.Appointment{
		Org: "vuorela", ID: "06A1B2C3D4", Service: "passport", Office: "kallio", Unit: "kallio-1", Start: start, End: start + 2400, Status: booking.Booked, PIN: "482917",
		Details: booking.Details{Name: "Maija Meikäläinen", Email: "maija@example.org", Phone: "+358401234567", Lang: "fi", Note: "Kuulosilmukka", Birth: "1990-01-01"},
	}}
	if change != nil {
		change(&f)
	}
	return f
}

// visiting makes a visit of two people for two services of an appointment.
func visiting(f *openFacts) {
	one, two := f.A.Details.Name, "Onni Meikäläinen"
	f.A.End += 3600
	f.A = f.A.WithParts([]booking.Part{{Service: "passport", Name: one}, {Service: "permit", Name: one}, {Service: "passport", Name: two}, {Service: "permit", Name: two}})
}

func sampleMove(why error) moveFacts {
	s := sampleSchedule()
	f := moveFacts{Config: s.Config, A: sampleOpen(nil).A, Places: sampleOffices(), Schedule: s, Key: "key", Why: why, Units: s.Units}
	f.Asked = moveAsked{Office: "kallio"}
	f.Asked.Week, f.Days = sampleWeek(s)
	return f
}
