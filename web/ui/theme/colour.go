package theme

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// colour is an sRGB colour as a style sheet writes it.
type colour struct{ r, g, b uint8 }

var (
	white = colour{255, 255, 255}
	black = colour{0, 0, 0}
)

// parse reads #rgb or #rrggbb, with or without the sign.
func parse(s string) (colour, bool) {
	hex := strings.TrimPrefix(strings.TrimSpace(s), "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if len(hex) != 6 || err != nil {
		return colour{}, false
	}
	return colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true
}

func (c colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

// luminance is the relative luminance of WCAG, 0 to 1.
func (c colour) luminance() float64 {
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// contrast is the contrast ratio of WCAG, 1 to 21.
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

func encode(x float64) uint8 {
	x = min(max(x, 0), 1)
	if x <= 0.0031308 {
		x *= 12.92
	} else {
		x = 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	return uint8(math.Round(x * 255))
}

// oklch is a colour by lightness (0 to 1), chroma and hue (radians), in which equal steps look equal.
type oklch struct{ l, c, h float64 }

// toOKLCH and its inverse use the matrices of the space's author (Björn Ottosson, "A perceptual color space for image processing").
func (c colour) toOKLCH() oklch {
	r, g, b := linear(c.r), linear(c.g), linear(c.b)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	light := 0.2104542553*l + 0.7936177850*m - 0.0040720468*s
	x := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	y := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	return oklch{light, math.Hypot(x, y), math.Atan2(y, x)}
}

// linearRGB may lie outside of 0 to 1 when no screen can show the colour.
func (o oklch) linearRGB() (r, g, b float64) {
	x, y := o.c*math.Cos(o.h), o.c*math.Sin(o.h)
	l := cube(o.l + 0.3963377774*x + 0.2158037573*y)
	m := cube(o.l - 0.1055613458*x - 0.0638541728*y)
	s := cube(o.l - 0.0894841775*x - 1.2914855480*y)
	return 4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s
}

func cube(x float64) float64 { return x * x * x }

// shown is the colour on a screen, with less chroma where the screen has not as much.
func (o oklch) shown() colour {
	inside := func(c float64) bool {
		const slack = 1e-4
		r, g, b := oklch{o.l, c, o.h}.linearRGB()
		return min(r, g, b) >= -slack && max(r, g, b) <= 1+slack
	}
	c := o.c
	if !inside(c) {
		low, high := 0.0, c
		for range 14 {
			if mid := (low + high) / 2; inside(mid) {
				low = mid
			} else {
				high = mid
			}
		}
		c = low
	}
	r, g, b := oklch{o.l, c, o.h}.linearRGB()
	return colour{encode(r), encode(g), encode(b)}
}

// atLuminance is the colour of that chroma and hue whose luminance is y, as near as 8 bits allow.
func atLuminance(y, c, h float64) colour {
	low, high := 0.0, 1.0
	for range 18 {
		mid := (low + high) / 2
		if (oklch{mid, c, h}).shown().luminance() < y {
			low = mid
		} else {
			high = mid
		}
	}
	return oklch{(low + high) / 2, c, h}.shown()
}

// darkerThan is the colour of that chroma and hue with at least the contrast to a light one, and no more than needed; lighterThan the same to a
// dark one. What cannot be reached is black or white.
func darkerThan(bg colour, ratio, c, h float64) colour {
	return reach(bg, ratio, c, h, (bg.luminance()+0.05)/ratio-0.05, -0.001)
}

func lighterThan(bg colour, ratio, c, h float64) colour {
	return reach(bg, ratio, c, h, (bg.luminance()+0.05)*ratio-0.05, 0.001)
}

func reach(bg colour, ratio, c, h, y, step float64) colour {
	for ; y > 0 && y < 1; y += step {
		if found := atLuminance(y, c, h); contrast(found, bg) >= ratio {
			return found
		}
	}
	if step < 0 {
		return black
	}
	return white
}
