package desk

import (
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/waiting"
	"luukku/web"
)

// moreSamples are the states of the pages of times set aside and of the waiting list.
func moreSamples() []web.Sample {
	return []web.Sample{
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
	}
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
