package org

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"regexp"
	"slices"
	"strings"
)

// A logo is kept with the colours, as a data: address of a PNG picture or an SVG drawing, so that it goes wherever the configuration goes. A drawing is a
// program, too: it is kept only as CleanSVG writes it, from elements and attributes that draw and do nothing else.

// Logo is a picture.
type Logo struct {
	Type string // its media type
	Body []byte
}

// The media types of logos, and the largest picture: bytes as they are uploaded, and pixels in each direction.
const (
	LogoPNG    = "image/png"
	LogoSVG    = "image/svg+xml"
	MaxLogo    = 64 << 10
	maxPixels  = 2000
	logoPrefix = "data:"
	logoCoding = ";base64,"
)

// The faults of a logo.
var (
	ErrLogoKind  = errors.New("the logo is neither a PNG picture nor an SVG drawing")
	ErrLogoLarge = fmt.Errorf("the logo has more than %d bytes or %d pixels", MaxLogo, maxPixels)
)

// NewLogo reads what was uploaded: the picture again, and of a drawing what draws.
func NewLogo(b []byte) (Logo, error) {
	if len(b) > MaxLogo {
		return Logo{}, ErrLogoLarge
	}
	if c, err := png.DecodeConfig(bytes.NewReader(b)); err == nil {
		if c.Width > maxPixels || c.Height > maxPixels {
			return Logo{}, ErrLogoLarge
		}
		picture, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			return Logo{}, ErrLogoKind
		}
		var out bytes.Buffer // without what cameras and programs write beside the picture
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, picture); err != nil {
			return Logo{}, ErrLogoKind
		}
		if out.Len() > MaxLogo {
			return Logo{}, ErrLogoLarge
		}
		return Logo{LogoPNG, out.Bytes()}, nil
	}
	clean, err := CleanSVG(b)
	if err != nil {
		return Logo{}, err
	}
	return Logo{LogoSVG, clean}, nil
}

// Address is the logo as a brand has it.
func (l Logo) Address() string {
	return logoPrefix + l.Type + logoCoding + base64.StdEncoding.EncodeToString(l.Body)
}

// ReadLogo reads the logo of a brand; ok is false when there is none, or none that may be shown.
func ReadLogo(address string) (l Logo, ok bool) {
	rest, ok := strings.CutPrefix(address, logoPrefix)
	if !ok {
		return Logo{}, false
	}
	kind, coded, ok := strings.Cut(rest, logoCoding)
	body, err := base64.StdEncoding.DecodeString(coded)
	if !ok || err != nil || len(body) > MaxLogo {
		return Logo{}, false
	}
	switch kind {
	case LogoPNG:
		c, err := png.DecodeConfig(bytes.NewReader(body))
		ok = err == nil && c.Width <= maxPixels && c.Height <= maxPixels
	case LogoSVG:
		clean, err := CleanSVG(body)
		ok = err == nil && bytes.Equal(clean, body)
	default:
		ok = false
	}
	return Logo{kind, body}, ok
}

const (
	svgSpace   = "http://www.w3.org/2000/svg"
	xlinkSpace = "http://www.w3.org/1999/xlink"
)

// svgElements draw. What is in others is left out with them.
var svgElements = strings.Fields("svg g path rect circle ellipse line polyline polygon title desc defs linearGradient radialGradient stop clipPath mask symbol use text tspan")

// svgAttributes say how. Of a style attribute, what is one of these stays, as an attribute.
var svgAttributes = strings.Fields("id viewBox width height x y x1 y1 x2 y2 cx cy r rx ry fx fy d points transform fill fill-opacity fill-rule stroke stroke-width " +
	"stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-dasharray stroke-dashoffset opacity clip-path clip-rule clipPathUnits mask maskUnits " +
	"maskContentUnits gradientUnits gradientTransform spreadMethod offset stop-color stop-opacity preserveAspectRatio font-family font-size font-weight " +
	"font-style text-anchor letter-spacing dx dy version color display visibility")

// svgValue is what an attribute may say: nothing with a scheme, an escape or a function other than of colours, transforms and references within the drawing.
var (
	svgValue     = regexp.MustCompile(`^[\pL\pN\s#%.,+\-_'"()*/]*$`)
	svgReference = regexp.MustCompile(`^#[A-Za-z0-9_.\-]+$`)
	svgURL       = regexp.MustCompile(`^url\(['"]?#[A-Za-z0-9_.\-]+['"]?\)$`)
)

// maxDepth is how deep elements may stand within each other.
const maxDepth = 64

// CleanSVG writes a drawing anew from what is allowed. Cleaning what is clean changes nothing. ErrLogoKind says that it is no drawing.
func CleanSVG(b []byte) ([]byte, error) {
	if len(b) > MaxLogo {
		return nil, ErrLogoLarge
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	var out bytes.Buffer
	var open []string
	skip := 0 // how many elements deep in one that is left out
	seen := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, ErrLogoKind
		}
		switch t := t.(type) {
		case xml.StartElement:
			name := t.Name.Local
			ok := (t.Name.Space == svgSpace || t.Name.Space == "") && slices.Contains(svgElements, name)
			if len(open) == 0 && (name != "svg" || seen) {
				return nil, ErrLogoKind
			}
			if skip > 0 || !ok {
				skip++
				continue
			}
			if len(open) >= maxDepth {
				return nil, ErrLogoKind
			}
			seen = true
			writeSVG(&out, name, t.Attr, len(open) == 0)
			open = append(open, name)
		case xml.EndElement:
			if skip > 0 {
				skip--
				continue
			}
			open = open[:len(open)-1]
			out.WriteString("</" + t.Name.Local + ">")
		case xml.CharData:
			if skip == 0 && len(open) > 0 && slices.Contains([]string{"title", "desc", "text", "tspan"}, open[len(open)-1]) {
				if err := xml.EscapeText(&out, t); err != nil {
					return nil, ErrLogoKind
				}
			}
		}
	}
	if !seen || out.Len() > MaxLogo {
		return nil, ErrLogoKind
	}
	return out.Bytes(), nil
}

// writeSVG writes the beginning of an element with what it may say.
func writeSVG(out *bytes.Buffer, name string, attrs []xml.Attr, root bool) {
	out.WriteString("<" + name)
	if root {
		out.WriteString(` xmlns="` + svgSpace + `"`)
	}
	done := map[string]bool{}
	put := func(name, value string) {
		value = strings.TrimSpace(value)
		if done[name] || !slices.Contains(svgAttributes, name) || !svgValue.MatchString(value) {
			return
		}
		if strings.Contains(strings.ToLower(value), "url") && !svgURL.MatchString(value) {
			return
		}
		done[name] = true
		writeAttribute(out, name, value)
	}
	for _, a := range attrs { // a style says more than an attribute
		if a.Name.Space == "" && a.Name.Local == "style" {
			for part := range strings.SplitSeq(a.Value, ";") {
				if name, value, ok := strings.Cut(part, ":"); ok {
					put(strings.TrimSpace(name), value)
				}
			}
		}
	}
	for _, a := range attrs {
		switch {
		case a.Name.Local == "href" && (a.Name.Space == "" || a.Name.Space == xlinkSpace):
			if svgReference.MatchString(a.Value) && !done["href"] && (name == "use" || strings.HasSuffix(name, "Gradient")) {
				done["href"] = true
				writeAttribute(out, "href", a.Value)
			}
		case a.Name.Space == "":
			put(a.Name.Local, a.Value)
		}
	}
	out.WriteString(">")
}

func writeAttribute(out *bytes.Buffer, name, value string) {
	out.WriteString(" " + name + `="`)
	// Escaping what svgValue lets through cannot fail on a buffer.
	_ = xml.EscapeText(out, []byte(value))
	out.WriteString(`"`)
}
