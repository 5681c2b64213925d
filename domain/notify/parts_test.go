package notify_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"luukku/domain/notify"
)

func TestPartsAtTheEdges(t *testing.T) {
	t.Parallel()
	a, e, c, m := strings.Repeat("a", 1), "€", "č", "😀"
	for name, tt := range map[string]struct {
		text string
		want notify.Size
	}{
		"nothing":                        {"", notify.Size{Alphabet: notify.GSM7, Units: 0, Left: 160, Parts: 1}},
		"159":                            {strings.Repeat(a, 159), notify.Size{Alphabet: notify.GSM7, Units: 159, Left: 1, Parts: 1}},
		"160":                            {strings.Repeat(a, 160), notify.Size{Alphabet: notify.GSM7, Units: 160, Left: 0, Parts: 1}},
		"161":                            {strings.Repeat(a, 161), notify.Size{Alphabet: notify.GSM7, Units: 161, Left: 145, Parts: 2}},
		"306":                            {strings.Repeat(a, 306), notify.Size{Alphabet: notify.GSM7, Units: 306, Left: 0, Parts: 2}},
		"307":                            {strings.Repeat(a, 307), notify.Size{Alphabet: notify.GSM7, Units: 307, Left: 152, Parts: 3}},
		"extension counts twice":         {strings.Repeat(a, 158) + e, notify.Size{Alphabet: notify.GSM7, Units: 160, Left: 0, Parts: 1}},
		"extension at the edge":          {strings.Repeat(a, 159) + e, notify.Size{Alphabet: notify.GSM7, Units: 161, Left: 145, Parts: 2}},
		"extension is not split":         {strings.Repeat(a, 152) + e + strings.Repeat(a, 20), notify.Size{Alphabet: notify.GSM7, Units: 174, Left: 131, Parts: 2}},
		"extension not split, full":      {strings.Repeat(a, 152) + e + strings.Repeat(a, 151), notify.Size{Alphabet: notify.GSM7, Units: 305, Left: 0, Parts: 2}},
		"one more for what is not split": {strings.Repeat(a, 152) + e + strings.Repeat(a, 152), notify.Size{Alphabet: notify.GSM7, Units: 306, Left: 152, Parts: 3}},
		"Finnish and Swedish are GSM":    {"Äiti, åäö ÅÄÖ é", notify.Size{Alphabet: notify.GSM7, Units: 15, Left: 145, Parts: 1}},
		"Czech is not":                   {"Přijďte včas, prosím", notify.Size{Alphabet: notify.UCS2, Units: 20, Left: 50, Parts: 1, Odd: "řďčí"}},
		"69 and one":                     {strings.Repeat(a, 69) + c, notify.Size{Alphabet: notify.UCS2, Units: 70, Left: 0, Parts: 1, Odd: "č"}},
		"70 and one":                     {strings.Repeat(a, 70) + c, notify.Size{Alphabet: notify.UCS2, Units: 71, Left: 63, Parts: 2, Odd: "č"}},
		"134":                            {strings.Repeat(c, 134), notify.Size{Alphabet: notify.UCS2, Units: 134, Left: 0, Parts: 2, Odd: "č"}},
		"135":                            {strings.Repeat(c, 135), notify.Size{Alphabet: notify.UCS2, Units: 135, Left: 66, Parts: 3, Odd: "č"}},
		"35 emoji":                       {strings.Repeat(m, 35), notify.Size{Alphabet: notify.UCS2, Units: 70, Left: 0, Parts: 1, Odd: m}},
		"36 emoji, none split":           {strings.Repeat(m, 36), notify.Size{Alphabet: notify.UCS2, Units: 72, Left: 61, Parts: 2, Odd: m}},
		"emoji at the edge is not split": {strings.Repeat(a, 66) + m + strings.Repeat(a, 65), notify.Size{Alphabet: notify.UCS2, Units: 133, Left: 0, Parts: 2, Odd: m}},
		"in UCS-2 a euro is one":         {"€č", notify.Size{Alphabet: notify.UCS2, Units: 2, Left: 68, Parts: 1, Odd: "č"}},
		"a typographic hyphen is odd":    {"klo 9–10", notify.Size{Alphabet: notify.UCS2, Units: 8, Left: 62, Parts: 1, Odd: "–"}},
	} {
		if got := notify.SizeOf(tt.text); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", name, got, tt.want)
		}
	}
}

// A text is as long as its UTF-16 when it is odd, never takes fewer parts than its units need, and never more than one wasted unit a part explains.
func TestPartsHoldTheirText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("aä€[č😀\n"))).Draw(t, "text")
		s := notify.SizeOf(text)
		alone, part := 160, 153
		if s.Alphabet == notify.UCS2 {
			alone, part = 70, 67
			if want := len(utf16.Encode([]rune(text))); s.Units != want {
				t.Fatalf("got %d units, want %d", s.Units, want)
			}
		}
		if (s.Units <= alone) != (s.Parts == 1) {
			t.Fatalf("%d units in %d parts", s.Units, s.Parts)
		}
		if s.Parts > 1 && (s.Parts*part-s.Left < s.Units || s.Parts*part-s.Left > s.Units+s.Parts-1) {
			t.Fatalf("%d units in %d parts with %d left", s.Units, s.Parts, s.Left)
		}
	})
}
