package guide

import (
	"time"

	"luukku/base/drawing"
	"luukku/base/i18n"
)

// The size of every picture, in its units.
const wide, high = 400, 220

// pictures are drawn with words of the reader's language, of which each says little: what they show is said in words beside them.
var pictures = map[string]func(p *i18n.Printer) drawing.Drawing{
	"service": searching, "office": places, "time": week, "change": changing, "sign_in": means, "form": filling, "follow": following,
}

// canvas is a page in a browser, with a strip of colour for its head.
type canvas struct{ shapes []drawing.Shape }

func page() *canvas {
	c := &canvas{}
	c.box(1, 1, wide-2, high-2, 10, drawing.Paper, drawing.Quiet)
	c.box(1, 1, wide-2, 26, 10, drawing.Soft, drawing.Quiet)
	for i := range 3 {
		c.add(drawing.Circle{X: 18 + 14*float64(i), Y: 14, R: 4, Fill: drawing.Quiet})
	}
	c.box(70, 7, 312, 14, 7, drawing.Paper, drawing.Quiet)
	return c
}

func (c *canvas) add(list ...drawing.Shape) { c.shapes = append(c.shapes, list...) }

func (c *canvas) box(x, y, w, h, round float64, fill, line drawing.Tone) {
	c.add(drawing.Box{X: x, Y: y, W: w, H: h, Round: round, Fill: fill, Line: line})
}

// bar stands for text that does not matter.
func (c *canvas) bar(x, y, w float64) { c.box(x, y, w, 8, 4, drawing.Quiet, drawing.None) }

func (c *canvas) words(x, y, w, size float64, text string, ink drawing.Tone) {
	c.add(drawing.Words{X: x, Y: y, W: w, Size: size, Text: text, Ink: ink, Bold: true})
}

// button is what to press; a quiet one is what else there is.
func (c *canvas) button(x, y, w float64, text string, main bool) {
	fill, ink := drawing.Accent, drawing.Paper
	if !main {
		fill, ink = drawing.Paper, drawing.Accent
	}
	c.box(x, y, w, 28, 5, fill, drawing.Accent)
	c.add(drawing.Words{X: x + w/2, Y: y + 19, W: w - 12, Size: 13, Text: text, Ink: ink, Bold: true, Centred: true})
}

// tick is a mark that something is done.
func (c *canvas) tick(x, y float64) {
	c.add(drawing.Circle{X: x, Y: y, R: 10, Fill: drawing.Good}, drawing.Stroke{Points: []float64{x - 4.5, y, x - 1, y + 4, x + 5, y - 4}, Wide: 2.4, Line: drawing.Paper})
}

// hand points at something from below.
func (c *canvas) hand(x, y float64) {
	c.add(drawing.Stroke{Points: []float64{x, y, x + 3, y + 20, x + 8, y + 15, x + 14, y + 26, x + 19, y + 23, x + 13, y + 13, x + 20, y + 12, x, y}, Wide: 2.4, Line: drawing.Ink})
}

func (c *canvas) done() drawing.Drawing {
	return drawing.Drawing{W: wide, H: high, Shapes: c.shapes}
}

// searching is a word in the search field, and what was found.
func searching(p *i18n.Printer) drawing.Drawing {
	c := page()
	c.box(24, 44, 250, 30, 5, drawing.Paper, drawing.Ink)
	c.words(36, 64, 226, 15, p.T("help.draw.word"), drawing.Ink)
	c.button(284, 45, 92, p.T("help.draw.search"), true)
	c.box(24, 88, 352, 36, 6, drawing.Light, drawing.Accent)
	c.words(38, 111, 240, 14, p.T("help.draw.found"), drawing.Accent)
	for i, w := range []float64{210, 160} {
		y := 134 + 40*float64(i)
		c.box(24, y, 352, 34, 6, drawing.Paper, drawing.Quiet)
		c.bar(38, y+13, w)
	}
	c.hand(300, 108)
	return c.done()
}

// clockAt is a time of day as people of a language write it.
func clockAt(p *i18n.Printer, hour, minute int) string {
	return p.Clock(time.Date(2026, time.November, 23, hour, minute, 0, 0, time.UTC))
}

// places are three offices, each with its first free time.
func places(p *i18n.Printer) drawing.Drawing {
	c := page()
	for i, w := range []float64{120, 150, 100} {
		y := 40 + 58*float64(i)
		fill, line := drawing.Paper, drawing.Quiet
		if i == 1 {
			fill, line = drawing.Light, drawing.Accent
		}
		c.box(24, y, 352, 48, 6, fill, line)
		c.add(drawing.Circle{X: 50, Y: y + 19, R: 9, Fill: drawing.Accent}, drawing.Circle{X: 50, Y: y + 19, R: 3.5, Fill: drawing.Paper},
			drawing.Stroke{Points: []float64{44, y + 26, 50, y + 38, 56, y + 26}, Wide: 3, Line: drawing.Accent})
		c.bar(76, y+14, w)
		c.bar(76, y+29, w*0.7)
		c.words(290, y+30, 78, 16, clockAt(p, 9+i, 20*i), drawing.Ink)
	}
	c.hand(350, 122)
	return c.done()
}

// week is a week of free times, of which one is chosen.
func week(p *i18n.Printer) drawing.Drawing {
	c := page()
	for day := range 5 {
		x := 24 + 71*float64(day)
		on := time.Date(2026, time.November, 23+day, 12, 0, 0, 0, time.UTC)
		c.add(drawing.Words{X: x + 32, Y: 52, W: 64, Size: 14, Text: p.WeekdayShort(on), Ink: drawing.Ink, Bold: true, Centred: true})
		for row := range 4 {
			if (day*3+row)%4 == 0 {
				continue // taken
			}
			y := 62 + 37*float64(row)
			chosen := day == 2 && row == 1
			fill, ink := drawing.Soft, drawing.Ink
			if chosen {
				fill, ink = drawing.Accent, drawing.Paper
			}
			c.box(x, y, 64, 29, 5, fill, drawing.None)
			c.add(drawing.Words{X: x + 32, Y: y + 20, W: 56, Size: 14, Text: clockAt(p, 9+row, 20*(day%3)), Ink: ink, Bold: chosen, Centred: true})
		}
	}
	c.hand(206, 118)
	return c.done()
}

// changing is a booking code, and what can be done with it.
func changing(p *i18n.Printer) drawing.Drawing {
	c := page()
	c.bar(24, 46, 130)
	c.box(24, 64, 352, 52, 6, drawing.Soft, drawing.None)
	c.add(drawing.Words{X: wide / 2, Y: 98, W: 330, Size: 24, Text: "7QK4-M2XH", Ink: drawing.Ink, Bold: true, Centred: true})
	c.bar(24, 130, 230)
	c.bar(24, 146, 180)
	c.button(24, 172, 168, p.T("help.draw.move"), true)
	c.button(206, 172, 170, p.T("help.draw.cancel"), false)
	return c.done()
}

// means are the ways to sign in: the bank, the phone, the card; whichever it is, it leads to the same folder.
func means(p *i18n.Printer) drawing.Drawing {
	c := page()
	for i, key := range []string{"bank", "mobile", "card"} {
		x := 24 + 121*float64(i)
		c.box(x, 42, 110, 92, 8, drawing.Paper, drawing.Accent)
		m := x + 55
		switch key {
		case "bank":
			c.add(drawing.Stroke{Points: []float64{m - 24, 72, m, 56, m + 24, 72, m - 24, 72}, Wide: 2.6, Line: drawing.Ink})
			for _, at := range []float64{-16, 0, 16} {
				c.add(drawing.Stroke{Points: []float64{m + at, 76, m + at, 92}, Wide: 4, Line: drawing.Ink})
			}
			c.add(drawing.Stroke{Points: []float64{m - 24, 98, m + 24, 98}, Wide: 2.6, Line: drawing.Ink})
		case "mobile":
			c.box(m-14, 52, 28, 50, 5, drawing.Paper, drawing.Ink)
			c.box(m-10, 58, 20, 32, 1, drawing.Light, drawing.None)
			c.add(drawing.Circle{X: m, Y: 96, R: 2.5, Fill: drawing.Ink})
		default:
			c.box(m-28, 60, 56, 36, 4, drawing.Paper, drawing.Ink)
			c.box(m-21, 69, 14, 11, 2, drawing.Accent, drawing.None)
			c.bar(m-1, 70, 22)
		}
		c.add(drawing.Words{X: m, Y: 124, W: 102, Size: 12, Text: p.T("help.draw." + key), Ink: drawing.Ink, Centred: true})
		c.add(drawing.Stroke{Points: []float64{m, 138, wide / 2, 164}, Wide: 1.6, Line: drawing.Quiet})
	}
	c.box(120, 166, 160, 38, 6, drawing.Light, drawing.Accent)
	c.tick(142, 185)
	c.words(160, 190, 112, 14, p.T("help.draw.folder"), drawing.Accent)
	return c.done()
}

// filling is a step of a form: how far it is, two answers, and on.
func filling(p *i18n.Printer) drawing.Drawing {
	c := page()
	c.add(drawing.Stroke{Points: []float64{60, 50, 340, 50}, Wide: 2, Line: drawing.Quiet})
	for i := range 4 {
		x := 60 + 93.3*float64(i)
		if i < 2 {
			c.tick(x, 50)
			continue
		}
		fill := drawing.Paper
		if i == 2 {
			fill = drawing.Accent
		}
		c.add(drawing.Circle{X: x, Y: 50, R: 10, Fill: fill, Line: drawing.Accent})
	}
	for i, key := range []string{"name", "address"} {
		y := 78 + 48*float64(i)
		c.words(24, y+4, 200, 12, p.T("help.draw."+key), drawing.Ink)
		c.box(24, y+10, 352, 24, 4, drawing.Paper, drawing.Ink)
	}
	c.words(34, 105, 330, 13, "Maija Meikäläinen", drawing.Ink)
	c.bar(34, 144, 170)
	c.button(24, 178, 140, p.T("common.continue"), true)
	c.bar(180, 188, 120)
	return c.done()
}

// following is how far something has come.
func following(p *i18n.Printer) drawing.Drawing {
	c := page()
	c.add(drawing.Stroke{Points: []float64{48, 64, 48, 180}, Wide: 3, Line: drawing.Quiet})
	for i, state := range []string{"received", "in_progress", "decided"} {
		y := 64 + 58*float64(i)
		if i < 2 {
			c.tick(48, y)
		} else {
			c.add(drawing.Circle{X: 48, Y: y, R: 10, Fill: drawing.Paper, Line: drawing.Accent})
		}
		fill := drawing.Soft
		if i == 1 {
			fill = drawing.Light
		}
		c.box(72, y-22, 304, 44, 6, fill, drawing.None)
		c.words(86, y-2, 280, 14, p.T("submission.state."+state), drawing.Ink)
		c.bar(86, y+7, 120+30*float64(i))
	}
	return c.done()
}
