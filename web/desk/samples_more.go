package desk

import (
	"maps"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/care"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/waiting"
	"luukku/web"
)

// moreSamples are the states of the pages of times set aside and of the waiting list.
func moreSamples() []web.Sample {
	return append(append(careSamples(), accessSamples()...), []web.Sample{
		desked("import", "", func(b web.Base) Page { return newImportPage(b, "", nil) }),
		desked("import", "wrong", func(b web.Base) Page {
			return newImportPage(b, "office,start", fault.Invalid("form.invalid", nil, fault.Field{Name: "csv", Key: "import.no_column", Args: fault.Args{"column": "service"}}))
		}),
		desked("import", "checked", func(b web.Base) Page { return newCheckedPage(b, sampleImport(300), "06A1B2C3D4E5F6G7H8J9K0MNPQ") }),
		desked("import", "none", func(b web.Base) Page {
			in := sampleImport(3)
			in.Lines = in.Lines[1:2]
			return newCheckedPage(b, in, "06A1B2C3D4E5F6G7H8J9K0MNPQ")
		}),
		desked("import", "done", func(b web.Base) Page { return newImportedPage(b, sampleImported(5, 5), "1") }),
		desked("import", "going", func(b web.Base) Page { return newImportedPage(b, sampleImported(5, 3), "1") }),
		desked("waiting", "", func(b web.Base) Page { return newWaitingPage(b, sampleWaiting(nil)) }),
		desked("waiting", "nobody", func(b web.Base) Page {
			f := sampleWaiting(nil)
			f.Line = nil
			return newWaitingPage(b, f)
		}),
		desked("waiting", "none", func(b web.Base) Page { return newWaitingPage(b, waitFacts{Config: sampleConfig()}) }),
		desked("waiting", "wrong", func(b web.Base) Page {
			return newWaitingPage(b, sampleWaiting(fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "field.name_required"}, fault.Field{Name: "first", Key: "field.date"})))
		}),
	}...)
}

// sampleImported is such a file of which so many good lines are done.
func sampleImported(lines, done int) booking.Import {
	in := sampleImport(lines)
	for i := range done {
		in.Lines[2*i].Made = true
	}
	return in
}

// sampleImport is a file of which every other line is wrong in its own way.
func sampleImport(lines int) booking.Import {
	faults := []error{
		fault.Invalid("import.office", fault.Args{"value": "kalio"}), fault.Invalid("import.start", fault.Args{"value": "tomorrow"}),
		fault.Invalid("import.twice", fault.Args{"line": 2}), fault.Conflict("booking.taken", fault.Args{"start": sampleNow()}),
		fault.Invalid("form.invalid", nil, fault.Field{Name: "email", Key: "field.email"}), fault.Invalid("propose.too_close", fault.Args{"lapse": sampleConfig().Policy("passport", "kallio").PreLapse}),
	}
	var in booking.Import
	for i := range 2 * lines {
		l := booking.ImportLine{Line: i + 2}
		if i%2 == 1 {
			l.Fault = faults[i/2%len(faults)]
		}
		in.Lines = append(in.Lines, l)
	}
	return in
}

func sampleWaiting(why error) waitFacts {
	c := sampleConfig()
	f := waitFacts{Config: c, Services: []*catalog.Service{&c.Services[0]}, Offices: sampleOffices(), Service: "passport", Key: "key", Why: why, Typed: waitTyped{Details: booking.Details{Lang: "fi"}}}
	from := org.DateOf(sampleNow())
	f.Line = []booking.Waiter{
		{ID: "1", Name: "Maija Meikäläinen", Phone: "+358401234567", CreatedAt: sampleNow().Unix(), Wish: waiting.Wish{Offices: []ids.Office{"kallio"}, From: from, Until: from.Add(14)}, Offers: 1},
		{ID: "2", Name: "Erik Exempel", CreatedAt: sampleNow().Unix(), Wish: waiting.Wish{Earlier: sampleNow().Unix()}},
		{ID: "3", Name: "Jana Nováková", CreatedAt: sampleNow().Unix()},
	}
	return f
}

// careSamples are the states of the pages of who is in care.
func careSamples() []web.Sample {
	wrong := func(name, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key})
	}
	return []web.Sample{
		desked("care", "", func(b web.Base) Page { return newFindCarePage(b, careSought{}, nil) }),
		desked("care", "unsigned", func(b web.Base) Page { return newFindCarePage(b, careSought{Unsigned: true}, nil) }),
		desked("care", "wrong", func(b web.Base) Page {
			return newFindCarePage(b, careSought{Identifier: "140385-902X"}, wrong("identifier", "field.required"))
		}),
		desked("care", "new", func(b web.Base) Page {
			return newFindCarePage(b, careSought{Identifier: "140385-902F", New: true}, wrong("name", "care.new_person"))
		}),
		desked("care-person", "", func(b web.Base) Page { return newCarePage(b, sampleCare(true)) }),
		desked("care-person", "none", func(b web.Base) Page { return newCarePage(b, sampleCare(false)) }),
		desked("care-person", "done", func(b web.Base) Page {
			p := newCarePage(b, sampleCare(true))
			p.Done = p.T("care.done_recorded")
			return p
		}),
		desked("care-person", "wrong", func(b web.Base) Page {
			f := sampleCare(true)
			f.Typed.Until, f.Why = "1.1.2020", wrong("until", "care.until_before")
			return newCarePage(b, f)
		}),
		desked("care-person", "changed", func(b web.Base) Page {
			p := newCarePage(b, sampleCare(true))
			p.Wrong, p.HasError = p.T("care.changed"), true
			return p
		}),
		desked("care-import", "", func(b web.Base) Page { return newCareImportPage(b, "", nil) }),
		desked("care-import", "wrong", func(b web.Base) Page {
			return newCareImportPage(b, "person", fault.Invalid("form.invalid", nil, fault.Field{Name: "csv", Key: "import.no_column", Args: fault.Args{"column": "agenda"}}))
		}),
		desked("care-import", "checked", func(b web.Base) Page { return newCareCheckedPage(b, sampleCareImport(0), "06A1B2C3D4E5F6G7H8J9K0MNPQ") }),
		desked("care-import", "none", func(b web.Base) Page {
			in := sampleCareImport(0)
			in.Lines = in.Lines[:2]
			return newCareCheckedPage(b, in, "06A1B2C3D4E5F6G7H8J9K0MNPQ")
		}),
		desked("care-import", "done", func(b web.Base) Page { return newCareImportedPage(b, sampleCareImport(3), "1") }),
		desked("care-import", "going", func(b web.Base) Page { return newCareImportedPage(b, sampleCareImport(1), "1") }),
		desked("waiting", "care", func(b web.Base) Page {
			f := sampleWaiting(wrong("identifier", "care.caller_not"))
			f.Config, f.NotInCare = sampleCareConfig(), map[ids.Waiting]bool{"2": true}
			f.Typed.Identifier, f.Typed.Days, f.Typed.Part = "140385-902F", []string{"mon", "thu"}, string(waiting.Morning)
			f.Line[0].Wish.Days, f.Line[0].Wish.Before = org.OnDays(time.Monday, time.Tuesday), 12*60
			return newWaitingPage(b, f)
		}),
		desked("appointment", "care", func(b web.Base) Page {
			f := sampleOpen(nil)
			f.Config = sampleCareConfig()
			return newOpenPage(b, f)
		}),
	}
}

// sampleCareConfig is the town with a service of which freed times are offered only to those in care.
func sampleCareConfig() *catalog.Config {
	c := sampleConfig()
	c.Categories = []catalog.Category{
		{ID: "documents", Name: i18n.Text{"fi": "Asiakirjat", "sv": "Dokument", "en": "Documents", "cs": "Doklady"}},
		{ID: "other", Name: i18n.Text{"fi": "Muut asiat", "sv": "Övrigt", "en": "Other matters", "cs": "Ostatní"}},
	}
	c.Services = slices.Clone(c.Services)
	for i := range c.Services {
		c.Services[i].Category = "documents"
	}
	for i := range c.Policies {
		if c.Policies[i].Service == "passport" {
			c.Policies[i].Settings = maps.Clone(c.Policies[i].Settings)
			c.Policies[i].Settings["waiting_list"], c.Policies[i].Settings["waiting_care"] = int64(catalog.WaitingTurn), int64(catalog.CareIn)
		}
	}
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error())
	}
	return c
}

func sampleCare(in bool) careFacts {
	c := sampleCareConfig()
	today := org.DateOf(sampleNow())
	f := careFacts{
		Config: c, Name: "Maija Meikäläinen", Today: today, Agenda: c.Services[0].Category, Typed: careTyped{From: typedDay(today)},
		Staff: map[ids.Staff]string{"1": "Aino Asiakaspalvelija"},
	}
	if in {
		r := care.Record{
			Agenda: f.Agenda, Version: 2, From: today.Add(-30), Until: today.Add(200), Needs: []ids.Service{c.Services[0].ID}, Source: care.FromStaff, By: "1",
			At: sampleNow().Unix(),
		}
		before := r
		before.Version, before.Until, before.Needs, before.Source, before.At = 1, org.Date{}, nil, care.FromImport, r.At-30*24*60*60
		f.Records, f.Seen = []care.Record{r, before}, 2
		f.Typed = careTyped{From: typedDay(r.From), Until: typedDay(r.Until), Needs: r.Needs}
	}
	return f
}

// sampleCareImport is a file of wrong and of good lines, so many of which are done.
func sampleCareImport(done int) care.Import {
	in := care.Import{Lines: []care.ImportLine{
		{Line: 2, Fault: fault.Invalid("import.new_person", nil)}, {Line: 3, Fault: fault.Invalid("import.agenda", fault.Args{"value": "dentures"})},
		{Line: 4}, {Line: 5}, {Line: 6}, {Line: 7, Already: true},
	}}
	for i := range done {
		in.Lines[2+i].Made = true
	}
	return in
}
