package lobby

import (
	"luukku/domain/queue"
	"luukku/web"
)

// moreSamples are the states of the pages of figures, of lists, and of what was written by hand.
func moreSamples() []web.Sample {
	return []web.Sample{
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
