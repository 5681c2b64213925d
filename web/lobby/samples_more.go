package lobby

import (
	"luukku/base/ids"
	"luukku/domain/queue"
	"luukku/web"
	"luukku/web/ui"
)

// moreSamples are the states of the pages of figures, of lists, and of what was written by hand.
func moreSamples() []web.Sample {
	return []web.Sample{
		sample("list", "", func(b web.Base) Page {
			c := sampleConfig()
			return newListPage(b, c, &c.Offices[0], sampleComing(), sampleNow())
		}),
		sample("list", "nobody", func(b web.Base) Page {
			c := sampleConfig()
			return newListPage(b, c, &c.Offices[0], nil, sampleNow())
		}),
		sample("entry", "", func(b web.Base) Page { return newEntryPage(b, sampleEntry()) }),
		sample("entry", "wrong", func(b web.Base) Page {
			f := sampleEntry()
			f.Lines[0] = entry{Service: "permit", Number: "7", Time: "8.15", Done: "P 007"}
			f.Lines[1] = entry{Service: "permit", Number: "0", Time: "25.00", Wrong: map[string]string{"number": b.T("queue.number_range"), "time": b.T("lobby.clock_wrong")}}
			f.Entered, f.Items = 1, []ui.ErrorItem{{Href: "#number_2", Text: b.T("entry.wrong", "n", "2", "what", b.T("queue.number_range"))}, {Href: "#time_2", Text: b.T("entry.wrong", "n", "2", "what", b.T("lobby.clock_wrong"))}}
			return newEntryPage(b, f)
		}),
		sample("figures", "", func(b web.Base) Page { return newFiguresPage(b, sampleFigures()) }),
		sample("figures", "none", func(b web.Base) Page {
			f := sampleFigures()
			f.Figures = queue.Figures{}
			return newFiguresPage(b, f)
		}),
		sample("figures", "wrong", func(b web.Base) Page {
			f := sampleFigures()
			f.TypedFrom, f.Why = "31.2.2026", wrongAt("day", "field.date")
			return newFiguresPage(b, f)
		}),
	}
}

func sampleFigures() figuresFacts {
	c := sampleConfig()
	today := c.Today(sampleNow())
	row := func(key string, came, served int, wait int64) queue.FigureRow {
		return queue.FigureRow{
			Key: key, Came: came, Booked: came / 2, Served: served, Missed: 1, Left: came - served - 1, Wait: queue.Spread{N: served, Median: wait, P90: 2 * wait},
			Service: queue.Spread{N: served, Median: 420, P90: 900},
		}
	}
	f := figuresFacts{Config: c, Office: &c.Offices[0], From: today.Add(-4), Until: today, Today: today}
	f.Figures = queue.Figures{
		All: row("", 48, 44, 660), Hours: []queue.FigureRow{row("08", 20, 18, 500), row("09", 28, 26, 900)}, Services: []queue.FigureRow{row("passport", 30, 28, 480), row("permit", 18, 16, 1200)},
		Counters: []queue.FigureRow{row("kallio-1", 26, 24, 700), row("kallio-3", 22, 20, 650)},
	}
	f.Figures.All.Off = queue.Spread{N: 40, Median: 180, P90: 600}
	return f
}

func sampleEntry() entryFacts {
	c := sampleConfig()
	return entryFacts{Config: c, Office: &c.Offices[0], Lines: make([]entry, entryLines), Keys: make([]ids.FormKey, entryLines)}
}
