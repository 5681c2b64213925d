package inbox

import (
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/eservice"
	"luukku/domain/org"
	"luukku/domain/worklist"
	"luukku/web"
)

// formsSamples are the lists of forms that were sent, and their figures.
func formsSamples() []web.Sample {
	list := func(state string, change func(f *formsFacts)) web.Sample {
		return sample("forms", state, func(b web.Base) Page { return newFormsPage(b, sampleForms(b, change)) })
	}
	figures := func(state string, change func(f *figuresFacts)) web.Sample {
		return sample("figures", state, func(b web.Base) Page { return newFiguresPage(b, sampleFigures(b, change)) })
	}
	return []web.Sample{
		list("", nil),
		list("given", func(f *formsFacts) { f.Did, f.Done, f.Changed = true, 2, []string{"2026-000126"} }),
		list("narrowed", func(f *formsFacts) {
			place := sampleItem("14", 1, worklist.Open, 0, "").Place(sampleNow().Unix())
			f.Exports, f.Asked.Form, f.Asked.Late, f.Wanted.After, f.Found.After = true, "parking", "yes", &place, &place
		}),
		list("none", func(f *formsFacts) { f.Found = eservice.Found{} }),
		list("wrong", func(f *formsFacts) {
			f.Asked.From, f.Asked.Until, f.Found = "30.2.2026", "1.1.2026", eservice.Found{}
			f.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "from", Key: "field.date"})
		}),
		list("none-chosen", func(f *formsFacts) { f.Why = fault.Invalid("inbox.forms.choose_some", nil) }),
		figures("", nil),
		figures("none", func(f *figuresFacts) { f.Figures = eservice.Figures{} }),
		figures("wrong", func(f *figuresFacts) {
			f.TypedFrom, f.Why = "toissapäivä", fault.Invalid("form.invalid", nil, fault.Field{Name: "from", Key: "field.date"})
		}),
	}
}

func sampleForms(b web.Base, change func(f *formsFacts)) formsFacts {
	c := *sampleSent(b, eservice.Received, nil).Config
	c.Inboxes = sampleConfig().Inboxes
	f := formsFacts{
		Config: &c, Inboxes: c.Inboxes, Now: sampleNow(), Me: "1", Staff: map[ids.Staff]string{"1": "Aino Asiakaspalvelija"},
		Takers: []worklist.Colleague{{ID: "1", Name: "Aino Asiakaspalvelija"}, {ID: "2", Name: "Veli Vastaaja"}},
	}
	for i, s := range []eservice.State{eservice.Received, eservice.InProgress, eservice.MoreAsked, eservice.Decided} {
		x := sampleSentRow(b, s).Sent
		x.Item = ids.Work([]string{"11", "12", "13", "14"}[i])
		x.Number = "2026-00012" + string(rune('3'+i))
		x.Work = sampleItem(x.Item, int64(60*24*(i+1)), worklist.Open, 0, "")
		if x.Work.Inbox = "town-hall"; i > 0 {
			x.Work.Assignee, x.Work.Due = "1", sampleNow().Unix()+int64(2-i)*86400
		}
		f.Found.List = append(f.Found.List, x)
	}
	if change != nil {
		change(&f)
	}
	return f
}

func sampleFigures(b web.Base, change func(f *figuresFacts)) figuresFacts {
	f := figuresFacts{Config: sampleForms(b, nil).Config, From: org.DateOf(sampleNow()).Add(-365), Until: org.DateOf(sampleNow())}
	row := eservice.FigureRow{Received: 31, Open: 6, Decided: 22, Withdrawn: 2, Closed: 1, Late: 3, Median: 4 * 86400, P90: 11 * 86400}
	few := eservice.FigureRow{Received: 3, Open: 1, Decided: 2}
	keyed := func(r eservice.FigureRow, key string) eservice.FigureRow {
		r.Key = key
		return r
	}
	f.Figures = eservice.Figures{
		All: row, Forms: []eservice.FigureRow{keyed(row, "parking"), keyed(few, "day-care")}, Inboxes: []eservice.FigureRow{keyed(row, "town-hall")},
		Months: []eservice.FigureRow{keyed(few, "2026-10"), keyed(row, "2026-11")},
	}
	if change != nil {
		change(&f)
	}
	return f
}
