package drawing

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"
)

func TestWordsStayInTheirRoom(t *testing.T) {
	for text, want := range map[string]float64{"": 20, "Hae": 20, strings.Repeat("W", 10): 100 / (10 * glyph), "žluťoučký kůň úpěl": 100 / (18 * glyph)} {
		w := Words{W: 100, Size: 20, Text: text}
		if got := w.Fit(); math.Abs(got-want) > 1e-9 {
			t.Errorf("%q: got size %g, want %g", text, got, want)
		}
	}
	if got := (Words{Size: 20, Text: strings.Repeat("W", 99)}).Fit(); got != 20 {
		t.Errorf("with all the room there is: got %g", got)
	}
}

// What comes out is well-formed, says what it shows, and takes no words for marks.
func TestSVGIsSafe(t *testing.T) {
	evil := `"><script>alert(1)</script>&`
	d := Drawing{W: 10, H: 5, Alt: evil, Shapes: []Shape{
		Box{X: 1, Y: 2, W: 3, H: 4, Round: 1, Fill: Soft, Line: Ink}, Circle{X: 1, Y: 1, R: 1, Fill: Accent}, Stroke{Points: []float64{1, 2, 3.5, 4}, Wide: 2, Line: Good},
		Words{X: 1, Y: 2, Size: 3, Text: evil, Bold: true, Centred: true, Ink: Ink},
	}}
	var names []string
	said := ""
	for dec := xml.NewDecoder(strings.NewReader(d.SVG())); ; {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, d.SVG())
		}
		switch x := tok.(type) {
		case xml.StartElement:
			names = append(names, x.Name.Local)
			for _, a := range x.Attr {
				if a.Name.Local == "aria-label" && a.Value != evil {
					t.Errorf("it says %q", a.Value)
				}
			}
		case xml.CharData:
			said += string(x)
		}
	}
	if got := strings.Join(names, " "); got != "svg rect circle polyline text" || said != evil {
		t.Errorf("got %q saying %q", got, said)
	}
}

// What is written can be read on every ground: 4.5 to 1 and more, as WCAG 2.2 reckons contrast (1.4.3), and 7 to 1 for the words.
func TestTonesCanBeToldApart(t *testing.T) {
	light := func(c Tone) float64 {
		r, g, b := c.RGB()
		part := func(v int) float64 {
			x := float64(v) / 255
			if x <= 0.04045 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
	}
	for ink, want := range map[Tone]float64{Ink: 7, Accent: 4.5, Good: 4.5} {
		for _, ground := range []Tone{Paper, Soft, Light} {
			if got := (light(ground) + 0.05) / (light(ink) + 0.05); got < want {
				t.Errorf("%s on %s: %.2f, want %g", ink.hex(), ground.hex(), got, want)
			}
		}
	}
}
