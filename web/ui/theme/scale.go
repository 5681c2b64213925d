package theme

import (
	"bytes"
	"fmt"
)

// scale is the sixteen colours that the design system makes of one.
type scale struct {
	background, backgroundTinted                        colour
	surface, surfaceTinted, surfaceHover, surfaceActive colour
	borderSubtle, borderDefault, borderStrong           colour
	textSubtle, textDefault                             colour
	base, baseHover, baseActive, onBase, onBaseSubtle   colour
	// edge says that base is too near to the page and needs a border.
	edge bool
}

// recipe is how far each colour stands from the page's, as a contrast ratio, and how much chroma it may have at most.
type recipe struct {
	page   colour
	lift   func(bg colour, ratio, c, h float64) colour // away from the page
	ratios [10]float64                                 // background-tinted … text-default
	chroma [10]float64
	text   float64 // of words on base, at least
	apart  float64 // of base from the page, at least; less makes an edge where seeds are kept
	keep   bool    // base is the seed itself, with an edge if need be, instead of another colour
}

// The steps are such that the subtle text keeps 4.5:1 (7:1 in high contrast) on every surface, the pressed one included.
var recipes = map[Scheme]recipe{
	Light: {
		page: white, lift: darkerThan,
		ratios: [10]float64{1.11, 1, 1.22, 1.4, 1.62, 1.9, 4.4, 7.4, 7.4, 14},
		chroma: [10]float64{.01, 0, .022, .04, .06, .08, .16, .3, .3, .14},
		text:   4.5, apart: 3, keep: true,
	},
	Dark: {
		page: colour{0x17, 0x18, 0x1a}, lift: lighterThan,
		ratios: [10]float64{1.06, 1.2, 1.28, 1.42, 1.66, 2.1, 4.7, 7.8, 7.8, 14.2},
		chroma: [10]float64{.015, .02, .025, .03, .04, .06, .085, .085, .085, .02},
		text:   4.5, apart: 4, // 3:1 also on a tinted surface
	},
	Contrast: {
		page: white, lift: darkerThan,
		ratios: [10]float64{1, 1, 1.1, 1.25, 1.45, 7.2, 8, 11, 11, 18},
		chroma: [10]float64{0, 0, .01, .03, .05, .2, .2, .2, .2, .02},
		text:   7, apart: 4.5,
	},
}

// newScale computes the scale of the seed in the scheme.
func newScale(s Scheme, seed colour) scale {
	r := recipes[s]
	o := seed.toOKLCH()
	if o.c < 0.004 {
		o.c = 0 // a grey's hue is noise
	}
	var steps [10]colour
	for i := range steps {
		steps[i] = r.page
		if r.ratios[i] > 1 {
			steps[i] = r.lift(r.page, r.ratios[i], min(o.c, r.chroma[i]), o.h)
		}
	}
	sc := scale{
		background: r.page, backgroundTinted: steps[0], surface: steps[1], surfaceTinted: steps[2], surfaceHover: steps[3], surfaceActive: steps[4],
		borderSubtle: steps[5], borderDefault: steps[6], borderStrong: steps[7], textSubtle: steps[8], textDefault: steps[9],
	}
	sc.setBase(r, seed, o)
	return sc
}

func (sc *scale) setBase(r recipe, seed colour, o oklch) {
	sc.base = seed
	if contrast(seed, r.page) < r.apart {
		if r.keep {
			sc.edge = true
		} else {
			sc.base = r.lift(r.page, r.apart, o.c, o.h)
		}
	}
	sc.onBase = onto(sc.base)
	if contrast(sc.base, sc.onBase) < r.text {
		// Only high contrast asks for more than the better of black and white always gives.
		sc.base = darkerThan(white, r.text, o.c, o.h)
		sc.onBase = white
	}
	sc.baseHover = shift(sc.base, sc.onBase, r, 0.06)
	sc.baseActive = shift(sc.base, sc.onBase, r, 0.12)
	sc.onBaseSubtle = sc.onBase
	if c := contrast(sc.base, sc.onBase); c > 6 {
		lift := lighterThan
		if sc.onBase == black {
			lift = darkerThan
		}
		sc.onBaseSubtle = lift(sc.base, max(4.6, c*0.8), min(o.c, 0.04), o.h)
	}
}

// onto is black or white, whichever can be read on the colour: white when it can.
func onto(c colour) colour {
	if contrast(c, white) >= 4.5 {
		return white
	}
	return black
}

// shift moves the colour away from its words, by so much lightness, or the other way round where there is no room, as long as both the words and
// the button itself stand out.
func shift(base, words colour, r recipe, by float64) colour {
	o := base.toOKLCH()
	if words == white {
		by = -by
	}
	enough := min(contrast(base, r.page), r.apart)
	for _, d := range []float64{by, -by, by / 2, -by / 2} {
		l := o.l + d
		if l < 0.05 || l > 0.99 {
			continue
		}
		c := oklch{l, o.c, o.h}.shown()
		if contrast(c, words) >= r.text && contrast(c, r.page) >= enough {
			return c
		}
	}
	return base
}

func (sc scale) write(b *bytes.Buffer, name string) {
	for _, v := range []struct {
		step string
		c    colour
	}{
		{"background-default", sc.background}, {"background-tinted", sc.backgroundTinted},
		{"surface-default", sc.surface}, {"surface-tinted", sc.surfaceTinted}, {"surface-hover", sc.surfaceHover}, {"surface-active", sc.surfaceActive},
		{"border-subtle", sc.borderSubtle}, {"border-default", sc.borderDefault}, {"border-strong", sc.borderStrong},
		{"text-subtle", sc.textSubtle}, {"text-default", sc.textDefault},
		{"base-default", sc.base}, {"base-hover", sc.baseHover}, {"base-active", sc.baseActive},
		{"base-contrast-subtle", sc.onBaseSubtle}, {"base-contrast-default", sc.onBase},
	} {
		fmt.Fprintf(b, "--ds-color-%s-%s:%s;", name, v.step, v.c)
	}
}
