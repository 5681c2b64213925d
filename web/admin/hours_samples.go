package admin

import (
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/hours"
	"luukku/domain/org"
	"luukku/web"
)

// sampleHoursOffice is an office with something of everything.
func sampleHoursOffice() (*catalog.Config, *org.Office) {
	rule := func(s string) org.Weekly {
		w, _ := org.ParseWeekly(s)
		return w
	}
	exception := func(s string) org.Exception {
		e, _ := org.ParseException(s)
		return e
	}
	day := func(s string) org.Date {
		d, _ := org.ParseDate(s)
		return d
	}
	name := func(fi, sv, en, cs string) i18n.Text { return i18n.Text{"fi": fi, "sv": sv, "en": en, "cs": cs} }
	c := &catalog.Config{
		Version: 7,
		Org:     org.Organisation{ID: "vuorela", Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, ClosedOnHolidays: true},
		Services: []catalog.Service{
			{ID: "passport", Name: name("Passi", "Pass", "Passport", "Cestovní pas")}, {ID: "notary", Name: name("Julkinen notaari", "Notarius publicus", "Notary", "Notář")},
		},
		Offers: []catalog.Offer{{Service: "passport", Office: "hall"}, {Service: "notary", Office: "hall"}},
		Offices: []org.Office{{
			ID: "hall", Name: name("Kaupungintalo", "Stadshuset", "Town hall", "Radnice"),
			Hours:      []org.Weekly{rule("mon-fri 09:00-16:15"), rule("tue 16:15-18:00 walk-in"), rule("thu 16:15-18:00 for notary every 2 weeks from 2026-11-05")},
			Exceptions: []org.Exception{exception("2026-11-26 12:00-16:15"), exception("2026-12-23 09:00-12:00")},
			Closures: []org.Closure{{
				From: day("2026-12-30"), To: day("2026-12-31"), Reason: name("Henkilökunnan koulutus", "Personalen utbildas", "Staff training", "Školení zaměstnanců"),
			}},
			Units: []org.Unit{
				{ID: "hall-desk-1", Name: name("Palvelutiski 1", "Disk 1", "Service desk 1", "Přepážka 1"), Languages: []i18n.Lang{"fi", "sv"}, Skills: []org.Skill{"fingerprints"}},
				{ID: "hall-notary", Name: name("Notaari", "Notarien", "The notary", "Notář"), Kind: org.Professional, Hours: []org.Weekly{rule("tue 10:00-15:00 1st,3rd of month")}},
			},
		}},
	}
	if err := c.Prepare(); err != nil {
		return nil, nil
	}
	return c, &c.Offices[0]
}

// sampleNoon is a Monday in the autumn of 2026.
var sampleNoon = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func hoursSample(page, state string, make func(w hourWords) DeskPage) web.Sample {
	return desked("hours"+page, state, func(b web.Base) DeskPage {
		c, o := sampleHoursOffice()
		return make(hourWords{b, c, o, sampleNoon})
	})
}

func sampleVisit(id, name, email, phone string, at time.Time) booking.Appointment {
	return booking.Appointment{
		Org: "vuorela", ID: ids.Appointment(id), Service: "passport", Office: "hall", Unit: "hall-desk-1", Start: at.Unix(), End: at.Unix() + 1200, Status: booking.Booked,
		Details: booking.Details{Name: name, Email: email, Phone: phone, Lang: "fi"},
	}
}

func hoursSamples() []web.Sample {
	maija := sampleVisit("06A1B2C3D4", "Maija Meikäläinen", "maija@example.org", "+358401234567", sampleNoon.Add(48*time.Hour))
	matti := sampleVisit("06A1B2C3D5", "Matti Meikäläinen", "", "+358401234568", sampleNoon.Add(49*time.Hour))
	onni := sampleVisit("06A1B2C3D6", "Onni Meikäläinen", "onni@example.org", "", sampleNoon.Add(50*time.Hour))
	later := sampleNoon.Add(72 * time.Hour).Unix()
	invalid := func(name, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key})
	}
	plan := func(w hourWords, e hours.Edit, affected ...booking.Displaced) hours.Plan {
		after, err := e.Apply(*w.office)
		if err != nil {
			return hours.Plan{Config: w.config}
		}
		return hours.Plan{Change: hours.Change{ID: "1", Office: "hall", Edit: e}, Config: w.config, Differences: hours.Differences(*w.office, after), Affected: affected}
	}
	closing := func(w hourWords) hours.Edit {
		c := org.Closure{From: w.config.Today(sampleNoon).Add(2), Reason: i18n.Text{"fi": "Vesivahinko", "sv": "Vattenskada", "en": "Water damage", "cs": "Škoda způsobená vodou"}}
		return hours.Edit{Kind: hours.Close, Closure: &c}
	}
	three := []booking.Displaced{{Appointment: maija, To: later, Mailed: true}, {Appointment: matti, To: later + 1200}, {Appointment: onni, Mailed: true}}
	hidden := booking.Displaced{Appointment: sampleVisit("06A1B2C3D7", "", "", "", sampleNoon.Add(51*time.Hour)), To: later + 2400, Hidden: true}
	done := func(a booking.Appointment, c hours.Choice, s hours.VisitState) hours.Outcome {
		return hours.Outcome{
			Visit: hours.Visit{Appointment: a.ID, Was: a.Start, Choice: c, To: later, State: s}, Displaced: booking.Displaced{Appointment: a, To: later, Mailed: a.Details.Email != ""},
		}
	}
	return []web.Sample{
		hoursSample("", "", func(w hourWords) DeskPage { return newHoursPage(w.b, w.config, []*org.Office{w.office}, sampleNoon) }),
		hoursSample("", "nothing", func(w hourWords) DeskPage { return newHoursPage(w.b, w.config, nil, sampleNoon) }),
		hoursSample("-week", "", func(w hourWords) DeskPage {
			return newHoursWeekPage(w, org.Week{Year: 2026, Number: 48}, w.config.Today(sampleNoon))
		}),
		hoursSample("-week", "holiday", func(w hourWords) DeskPage {
			return newHoursWeekPage(w, org.Week{Year: 2026, Number: 52}, w.config.Today(sampleNoon))
		}),
		hoursSample("-week", "empty", func(w hourWords) DeskPage {
			w.office = &org.Office{ID: "hall", Name: w.office.Name}
			return newHoursWeekPage(w, org.Week{Year: 2026, Number: 48}, w.config.Today(sampleNoon))
		}),
		hoursSample("-month", "", func(w hourWords) DeskPage {
			first, _ := org.MakeDate(2026, 11, 1)
			return newMonthPage(w, first, []hours.Load{
				{Week: org.Week{Year: 2026, Number: 47}, Booked: 41_400, Total: 145_000, Appointments: 34}, {Week: org.Week{Year: 2026, Number: 48}, Booked: 3_900, Total: 145_000, Appointments: 3},
			})
		}),
		hoursSample("-history", "", func(w hourWords) DeskPage {
			return newHistoryPage(w, []blueprint.HistoryRow{
				{ID: "2", AtMicros: sampleNoon.UnixMicro(), Kind: actor.KindStaff, Actor: "1", What: "offices.hall.hours", Was: "mon-fri 09:00-16:15", Became: "mon-fri 09:00-16:15\ntue 16:15-18:00 walk-in"},
				{ID: "1", AtMicros: sampleNoon.UnixMicro(), Kind: actor.KindSystem, What: "offices.hall.units.notary.until", Became: "2026-12-31"},
			}, map[string]string{"1": "Matti Meikäläinen"}, "")
		}),
		hoursSample("-history", "nothing", func(w hourWords) DeskPage { return newHistoryPage(w, nil, nil, "") }),
		hoursSample("-new", "", func(w hourWords) DeskPage {
			return newSeriesPage(w, seriesForm{Repeat: repeatWeek, ValidFrom: typedToday(sampleMoment())}, nil)
		}),
		hoursSample("-new", "errors", func(w hourWords) DeskPage {
			typed := seriesForm{From: "9", To: "8", Repeat: repeatWeeks, Every: "x", BreakFrom: "12"}
			_, err := typed.rules()
			return newSeriesPage(w, typed, err)
		}),
		hoursSample("-series", "", func(w hourWords) DeskPage {
			r := w.office.Hours[2]
			typed := typedRule(r)
			typed.Scope, typed.Date = string(org.Following), typedDay(nextOf(r, w.config.Today(sampleNoon)))
			return newSeriesChangePage(w, "", r, typed, nil)
		}),
		hoursSample("-series", "errors", func(w hourWords) DeskPage {
			return newSeriesChangePage(w, "", w.office.Hours[0], typedRule(w.office.Hours[0]), invalid("date", "hours.not_its_day"))
		}),
		hoursSample("-day", "", func(w hourWords) DeskPage {
			f := dayForm{Date: typedDate{"26", "11", "2026"}, How: dayHours}
			date, _ := org.ParseDate("2026-11-26")
			f.fill(w, date)
			return newDayPage(w, f, nil)
		}),
		hoursSample("-day", "errors", func(w hourWords) DeskPage {
			f := dayForm{Date: typedDate{"31", "2", "2026"}, How: dayHours}
			_, err := f.edit(w)
			return newDayPage(w, f, err)
		}),
		hoursSample("-close", "", func(w hourWords) DeskPage { return newClosePage(w, closeForm{}, nil) }),
		hoursSample("-close", "errors", func(w hourWords) DeskPage {
			_, err := closeForm{FromMinute: "noon"}.closure(w)
			return newClosePage(w, closeForm{FromMinute: "noon"}, err)
		}),
		hoursSample("-unit", "", func(w hourWords) DeskPage { return newUnitPage(w, &w.office.Units[1], typedDate{}, nil) }),
		hoursSample("-check", "nobody", func(w hourWords) DeskPage { return newPlanPage(w, plan(w, closing(w)), "", nil, nil) }),
		hoursSample("-check", "affected", func(w hourWords) DeskPage { return newPlanPage(w, plan(w, closing(w), three...), "", nil, nil) }),
		hoursSample("-check", "protected", func(w hourWords) DeskPage { return newPlanPage(w, plan(w, closing(w), three[0], hidden), "", nil, nil) }),
		hoursSample("-check", "meanwhile", func(w hourWords) DeskPage {
			return newPlanPage(w, plan(w, closing(w), three...), hours.Keep, nil, fault.Conflict("hours.meanwhile", nil))
		}),
		hoursSample("-check", "overlap", func(w hourWords) DeskPage {
			r, _ := org.ParseWeekly("mon-fri 15:00-18:00")
			p := plan(w, hours.Edit{Kind: hours.AddSeries, Rules: []org.Weekly{r}})
			p.Overlaps = []org.Overlap{{Line: r.String(), Other: w.office.Hours[0].String()}}
			return newPlanPage(w, p, "", nil, nil)
		}),
		hoursSample("-check", "unfit", func(w hourWords) DeskPage { return newUnfitPage(w, fault.Invalid("hours.no_series", nil)) }),
		hoursSample("-done", "", func(w hourWords) DeskPage {
			return newOutcomePage(w, hours.Change{ID: "1", Office: "hall"}, []hours.Outcome{
				done(maija, hours.Move, hours.Settled), done(matti, hours.Cancel, hours.Settled), done(onni, hours.Keep, hours.Settled),
			})
		}),
		hoursSample("-done", "left", func(w hourWords) DeskPage {
			return newOutcomePage(w, hours.Change{ID: "1", Office: "hall"}, []hours.Outcome{
				done(maija, hours.Move, hours.Failed), done(matti, hours.Move, hours.Settled), done(onni, hours.Cancel, hours.Gone),
			})
		}),
		hoursSample("-done", "protected", func(w hourWords) DeskPage {
			o := done(hidden.Appointment, hours.Move, hours.Settled)
			o.Hidden, o.Mailed = true, false
			return newOutcomePage(w, hours.Change{ID: "1", Office: "hall"}, []hours.Outcome{done(maija, hours.Move, hours.Settled), o})
		}),
		hoursSample("-done", "nobody", func(w hourWords) DeskPage { return newOutcomePage(w, hours.Change{ID: "1", Office: "hall"}, nil) }),
	}
}
