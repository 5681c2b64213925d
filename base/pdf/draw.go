package pdf

import (
	"fmt"

	"luukku/base/drawing"
)

// Drawn is a drawing in the text, as wide as the text where Width is 0, or so many millimetres wide.
type Drawn struct {
	drawing.Drawing
	Width float64
}

func (Drawn) block() {}

// size is how large a drawing is on the page, and how large one of its units, in millimetres.
func (d Drawn) size() (wide, high, scale float64) {
	wide = d.Width
	if wide <= 0 || wide > textWidth {
		wide = textWidth
	}
	scale = wide / d.W
	return wide, d.H * scale, scale
}

// together begins a new page when a drawing that follows a heading and its text has no room on this one.
func (w *writer) together(next []Block) {
	const head = 30 // of a heading and some lines, in millimetres
	for _, b := range next[:min(len(next), 2)] {
		if d, ok := b.(Drawn); ok {
			_, high, _ := d.size()
			w.room(high + head)
			return
		}
	}
}

// drawn draws a drawing with its words, which are part of the picture and read out by its Alt.
func (w *writer) drawn(d Drawn) {
	wide, high, scale := d.size()
	w.room(high)
	x, y := float64(leftMargin), w.y
	e := w.root.add("Figure")
	e.alt = d.Alt
	e.attr = fmt.Sprintf("<</O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f]>>", x/point, (pageHeight-y-high)/point, (x+wide)/point, (pageHeight-y)/point)
	w.marked(e, func() {
		for _, s := range d.Shapes {
			switch s := s.(type) {
			case drawing.Box:
				w.pdf.RoundedRect(x+s.X*scale, y+s.Y*scale, s.W*scale, s.H*scale, s.Round*scale, "1234", w.tones(s.Fill, s.Line, scale))
			case drawing.Circle:
				w.pdf.Circle(x+s.X*scale, y+s.Y*scale, s.R*scale, w.tones(s.Fill, s.Line, scale))
			case drawing.Stroke:
				w.tones(drawing.None, s.Line, s.Wide*scale)
				w.pdf.SetLineCapStyle("round")
				for i := 0; i+3 < len(s.Points); i += 2 {
					w.pdf.Line(x+s.Points[i]*scale, y+s.Points[i+1]*scale, x+s.Points[i+2]*scale, y+s.Points[i+3]*scale)
				}
				w.pdf.SetLineCapStyle("butt")
			case drawing.Words:
				text := w.clean(s.Text)
				w.style(s.Fit()*scale/point, s.Bold)
				w.pdf.SetTextColor(s.Ink.RGB())
				at := x + s.X*scale
				if s.Centred {
					at -= w.pdf.GetStringWidth(text) / 2
				}
				w.pdf.Text(at, y+s.Y*scale, text)
			}
		}
		w.pdf.SetTextColor(0, 0, 0)
		w.pdf.SetDrawColor(0, 0, 0)
	})
	w.y += high + 4
}

// tones chooses the colours of a shape with an outline so wide, and says how it is painted.
func (w *writer) tones(fill, line drawing.Tone, wide float64) string {
	w.pdf.SetFillColor(fill.RGB())
	w.pdf.SetDrawColor(line.RGB())
	w.pdf.SetLineWidth(wide)
	switch {
	case fill == drawing.None:
		return "D"
	case line == drawing.None:
		return "F"
	}
	return "FD"
}
