// Package theme makes an organisation's colours.
//
// From one or two colours it computes every colour variable that the design system wants, for light, dark and high contrast, so that whatever was
// typed the page can be read: words on a button have at least 4.5:1 (7:1 in high contrast), links and borders of fields stand out from the page, a
// button in the dark has 3:1 against it, and a pale one has a border. It promises these for every colour there is, tells what it measured, and says
// what it had to add. It leaves the storing of the choice and the serving of the style sheet to others.
package theme

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"luukku/base/fault"
)

// Theme is the colours of one organisation. It does not change after New.
type Theme struct {
	css      []byte
	gzip     []byte
	hash     string
	measures []Measure
	pale     bool
}

// Measure is a contrast that was computed, and what it must be at least. What is the key of a text: ui.theme.<What> names it.
type Measure struct {
	Scheme Scheme
	What   string
	Ratio  float64
	Need   float64
}

// Scheme is a set of colours that the reader chose, or their device did.
type Scheme string

const (
	Light    Scheme = "light"
	Dark     Scheme = "dark"
	Contrast Scheme = "contrast"
)

// Default is the colour of an installation that has chosen none.
const Default = "#0062ba"

// The colours that mean something, the same for all.
var fixed = []struct {
	name string
	seed colour
}{
	{"neutral", colour{0x25, 0x26, 0x28}},
	{"info", colour{0x0a, 0x71, 0xc0}},
	{"success", colour{0x06, 0x7d, 0x17}},
	{"warning", colour{0xea, 0x9b, 0x1b}},
	{"danger", colour{0xc0, 0x1b, 0x1b}},
}

// New makes the theme of an organisation from its colour, and a second one for the line under the header (empty is the first), both as #rrggbb.
// An empty first colour is Default. It fails with an Invalid fault on the field "primary" or "accent".
func New(primary, accent string) (Theme, error) {
	if primary == "" {
		primary = Default
	}
	main, ok := parse(primary)
	if !ok {
		return Theme{}, badColour("primary")
	}
	second := main
	if accent != "" {
		if second, ok = parse(accent); !ok {
			return Theme{}, badColour("accent")
		}
	}
	return build(main, second), nil
}

func badColour(field string) error {
	return fault.Invalid("ui.theme.bad_colour", nil, fault.Field{Name: field, Key: "ui.theme.bad_colour"})
}

// CSS is the style sheet. It belongs to the theme: don't change it.
func (t Theme) CSS() []byte { return t.css }

// Gzip is the style sheet, compressed. It belongs to the theme: don't change it.
func (t Theme) Gzip() []byte { return t.gzip }

// Hash changes with the style sheet, so that its address can be kept for ever: 16 hexadecimal digits.
func (t Theme) Hash() string { return t.hash }

// Measures are the contrasts of the organisation's own colours, scheme by scheme.
func (t Theme) Measures() []Measure { return t.measures }

// Pale reports whether buttons got a border because the colour is too near to the page's.
func (t Theme) Pale() bool { return t.pale }

func build(main, second colour) Theme {
	var t Theme
	blocks := map[Scheme]string{}
	for _, s := range []Scheme{Light, Dark, Contrast} {
		var b bytes.Buffer
		scales := map[string]scale{}
		for _, f := range fixed {
			scales[f.name] = newScale(s, f.seed)
			scales[f.name].write(&b, f.name)
		}
		own := newScale(s, main)
		own.write(&b, "accent")
		brand := newScale(s, second)
		brand.write(&b, "brand1")
		neutral := scales["neutral"]
		writeRest(&b, s, own, brand, neutral)
		blocks[s] = b.String()
		t.measures = append(t.measures, measure(s, own, neutral)...)
		t.pale = t.pale || own.edge
	}
	t.css = sheet(blocks)
	sum := sha256.Sum256(t.css)
	t.hash = hex.EncodeToString(sum[:8])
	t.gzip = squeeze(t.css)
	return t
}

func writeRest(b *bytes.Buffer, s Scheme, own, brand, neutral scale) {
	edge := "transparent"
	if own.edge {
		edge = own.borderDefault.String()
	}
	line := brand.base
	if contrast(line, neutral.background) < 3 {
		line = brand.borderDefault
	}
	fmt.Fprintf(b, "--lk-edge:%s;--lk-brand-line:%s;--ds-color-focus-inner:%s;--ds-color-focus-outer:%s;--ds-link-color-visited:%s;color-scheme:%s",
		edge, line, neutral.background, neutral.textDefault, own.textSubtle, cssScheme(s))
}

func cssScheme(s Scheme) string {
	if s == Dark {
		return "dark"
	}
	return "light"
}

// sheet joins the schemes. On paper it is always light.
func sheet(blocks map[Scheme]string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "@layer org{:root{%s}", blocks[Light])
	fmt.Fprintf(&b, "@media screen{[data-color-scheme=dark]{%s}[data-color-scheme=contrast]{%s}}", blocks[Dark], blocks[Contrast])
	fmt.Fprintf(&b, "@media screen and (prefers-color-scheme:dark){[data-color-scheme=auto]{%s}}", blocks[Dark])
	fmt.Fprintf(&b, "@media screen and (prefers-color-scheme:light) and (prefers-contrast:more){[data-color-scheme=auto]{%s}}}\n", blocks[Contrast])
	return b.Bytes()
}

func squeeze(css []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(css)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("compress to memory: " + err.Error()) // neither the level nor a buffer can fail
	}
	return b.Bytes()
}

func measure(s Scheme, own, neutral scale) []Measure {
	text, button := 4.5, 3.0
	if s == Contrast {
		text, button = 7, 4.5
	}
	edge := own.base
	if own.edge {
		edge = own.borderDefault
	}
	return []Measure{
		{s, "button_text", contrast(own.base, own.onBase), text},
		{s, "button_text_hover", min(contrast(own.baseHover, own.onBase), contrast(own.baseActive, own.onBase)), text},
		{s, "button_page", contrast(edge, neutral.background), button},
		{s, "link_page", contrast(own.textSubtle, neutral.background), text},
		{s, "link_grey", contrast(own.textSubtle, neutral.surfaceTinted), text},
		{s, "text_tint", contrast(own.textDefault, own.surfaceActive), text},
		{s, "field_border", contrast(own.borderDefault, neutral.background), 3},
	}
}
