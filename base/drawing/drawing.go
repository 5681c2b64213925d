// Package drawing is plain pictures made of shapes and words, drawn alike on the web (SVG) and on paper (base/pdf): the pictures of a guide.
//
// It promises that words stay within the room they are given, whatever the language, that nothing but the few colours of a Tone is used, all of which can be told from their ground, and that what comes
// out is safe to put into a page.
package drawing

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// Tone is a colour by what it is for.
type Tone int

// The tones. None draws nothing.
const (
	None   Tone = iota
	Ink         // words and outlines
	Quiet       // what is there and does not matter
	Soft        // grounds
	Paper       // the ground of all
	Accent      // what to do
	Light       // the ground of what was chosen
	Good        // what is done
)

// RGB are the parts of a colour.
func (t Tone) RGB() (r, g, b int) {
	c := [...]int{None: 0xFFFFFF, Ink: 0x1A1A1A, Quiet: 0xB4BDC6, Soft: 0xEEF1F4, Paper: 0xFFFFFF, Accent: 0x0B4F8A, Light: 0xDCE9F5, Good: 0x1C6B38}[t]
	return c >> 16, c >> 8 & 0xFF, c & 0xFF
}

func (t Tone) hex() string {
	if t == None {
		return "none"
	}
	r, g, b := t.RGB()
	return fmt.Sprintf("#%02x%02x%02x", r, g, b)
}

// Shape is one piece of a drawing; lengths are in its units, from the upper left corner.
type Shape interface{ shape() }

// Box is a rectangle with round corners; Circle a circle around X and Y.
type (
	Box struct {
		X, Y, W, H, Round float64
		Fill, Line        Tone
	}
	Circle struct {
		X, Y, R    float64
		Fill, Line Tone
	}
)

// Stroke is a line through points, two numbers each.
type Stroke struct {
	Points []float64
	Wide   float64
	Line   Tone
}

// Words are one line of text: its foot at Y, beginning at X, or around it where they are Centred. W is the room they have: they are made smaller where it is not enough.
type Words struct {
	X, Y, W, Size float64
	Text          string
	Ink           Tone
	Bold, Centred bool
}

func (Box) shape()    {}
func (Circle) shape() {}
func (Stroke) shape() {}
func (Words) shape()  {}

// Drawing is a picture of so many units, with what it shows in words.
type Drawing struct {
	W, H   float64
	Alt    string
	Shapes []Shape
}

// glyph is how wide a letter is for its size, at most: of capitals in a bold face, on average.
const glyph = 0.66

// Fit is the size at which words have room, where a letter is so wide for its size.
func (w Words) Fit() float64 {
	if need := float64(utf8.RuneCountInString(w.Text)) * glyph * w.Size; w.W > 0 && need > w.W {
		return w.Size * w.W / need
	}
	return w.Size
}

// SVG is the drawing for a page.
func (d Drawing) SVG() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img" aria-label="%s">`, d.W, d.H, d.W, d.H, html.EscapeString(d.Alt))
	for _, s := range d.Shapes {
		switch s := s.(type) {
		case Box:
			fmt.Fprintf(&b, `<rect x="%g" y="%g" width="%g" height="%g" rx="%g" fill="%s" stroke="%s"/>`, s.X, s.Y, s.W, s.H, s.Round, s.Fill.hex(), s.Line.hex())
		case Circle:
			fmt.Fprintf(&b, `<circle cx="%g" cy="%g" r="%g" fill="%s" stroke="%s"/>`, s.X, s.Y, s.R, s.Fill.hex(), s.Line.hex())
		case Stroke:
			points := make([]string, len(s.Points))
			for i, p := range s.Points {
				points[i] = fmt.Sprintf("%g", p)
			}
			fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="%g" stroke-linecap="round" stroke-linejoin="round"/>`, strings.Join(points, " "), s.Line.hex(), s.Wide)
		case Words:
			weight, anchor := "400", "start"
			if s.Bold {
				weight = "700"
			}
			if s.Centred {
				anchor = "middle"
			}
			fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="%.2f" font-weight="%s" text-anchor="%s" fill="%s">%s</text>`, s.X, s.Y, s.Fit(), weight, anchor, s.Ink.hex(), html.EscapeString(s.Text))
		}
	}
	b.WriteString("</svg>")
	return b.String()
}
