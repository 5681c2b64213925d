package pdf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // the first of its pictures
	_ "image/jpeg"
	"image/png"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/draw"
)

// Picture is a picture that stands by itself, as large as the page has room for it and never larger than it is at 96 points to the inch. A document has one at
// most.
type Picture struct {
	// Alt is what it shows, in words.
	Alt  string
	kind string // as the writer names it
	data []byte
	// wide and high are its size in pixels as it is stored; turned is how it is to be turned, as Exif numbers it.
	wide, high, turned int
}

func (Picture) block() {}

// Pixels that are unpacked at once, and those of a picture that fills a page, at about 300 to the inch.
const (
	mostPixels = 40 << 20
	mostWide   = 2000
	mostHigh   = 2900
)

// ErrPicture is that a picture cannot be drawn: it is broken, of a kind that is not known, or too large to be unpacked.
var ErrPicture = errors.New("pdf: the picture cannot be drawn")

// NewPicture reads a JPEG, PNG or GIF. A JPEG is drawn as it is, turned as its camera was held; the others without what can be seen through, and no finer than a printer prints.
func NewPicture(content []byte, alt string) (Picture, error) {
	is, kind, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return Picture{}, errors.Join(ErrPicture, err)
	}
	if is.Width < 1 || is.Height < 1 || is.Width > mostPixels/is.Height {
		return Picture{}, fmt.Errorf("%w: %d by %d pixels", ErrPicture, is.Width, is.Height)
	}
	p := Picture{Alt: alt, kind: "jpg", data: content, wide: is.Width, high: is.Height, turned: turned(content)}
	if kind == "jpeg" {
		return p, nil
	}
	from, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return Picture{}, errors.Join(ErrPicture, err)
	}
	p.turned = upright
	if scale := min(1, mostWide/float64(p.wide), mostHigh/float64(p.high)); scale < 1 {
		p.wide, p.high = max(1, int(float64(p.wide)*scale)), max(1, int(float64(p.high)*scale))
	}
	to := image.NewRGBA(image.Rect(0, 0, p.wide, p.high))
	draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	if err := png.Encode(&out, to); err != nil {
		return Picture{}, errors.Join(ErrPicture, err)
	}
	p.kind, p.data = "png", out.Bytes()
	return p, nil
}

// upright is how a picture is stored that need not be turned, by Exif.
const upright = 1

// turned reads from a JPEG how the camera was held: tag 0x0112 of Exif (CIPA DC-008, 4.6.4), 1 to 8.
func turned(b []byte) int {
	for at := 2; at+4 <= len(b) && b[at] == 0xFF; { // segment by segment, up to the pixels
		marker, size := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if marker == 0xDA || size < 2 || at+2+size > len(b) {
			break
		}
		if body := b[at+4 : at+2+size]; marker == 0xE1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return orientation(body[6:])
		}
		at += 2 + size
	}
	return upright
}

// orientation is what the first directory of a TIFF says.
func orientation(b []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(b) < 8:
		return upright
	case b[0] == 'M':
		order = binary.BigEndian
	}
	at := int(order.Uint32(b[4:]))
	if at < 8 || at+2 > len(b) {
		return upright
	}
	for n, at := int(order.Uint16(b[at:])), at+2; n > 0 && at+12 <= len(b); n, at = n-1, at+12 {
		if order.Uint16(b[at:]) != 0x0112 {
			continue
		}
		if v := int(order.Uint16(b[at+8:])); v >= 1 && v <= 8 {
			return v
		}
	}
	return upright
}

// angles are how far a picture is turned counterclockwise, by its number in Exif; those of mirrored are seen in a mirror, too.
var (
	angles   = [9]float64{3: 180, 4: 180, 5: -90, 6: -90, 7: 90, 8: 90}
	mirrored = [9]bool{2: true, 4: true, 5: true, 7: true}
)

// picture draws a picture below what was written, or on a page of its own when it has little room there.
func (w *writer) picture(p Picture) {
	const dot = 25.4 / 96
	wide, high := float64(p.wide)*dot, float64(p.high)*dot
	lies := angles[p.turned] == 90 || angles[p.turned] == -90
	if lies {
		wide, high = high, wide
	}
	room := pageHeight - bottomMargin - w.y
	fit := func(room float64) float64 { return min(1, textWidth/wide, room/high) }
	if whole := float64(pageHeight - bottomMargin - topMargin); fit(room) < fit(whole)*0.7 {
		w.page()
		room = whole
	}
	scale := fit(room)
	wide, high = wide*scale, high*scale
	x, y := float64(leftMargin), w.y
	e := w.root.add("Figure")
	e.alt = p.Alt
	e.attr = fmt.Sprintf("<</O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f]>>", x/point, (pageHeight-y-high)/point, (x+wide)/point, (pageHeight-y)/point)
	how := fpdf.ImageOptions{ImageType: p.kind}
	const name = "picture"
	w.pdf.RegisterImageOptionsReader(name, how, bytes.NewReader(p.data))
	w.marked(e, func() {
		cx, cy := x+wide/2, y+high/2
		w.pdf.TransformBegin()
		if mirrored[p.turned] {
			w.pdf.TransformMirrorHorizontal(cx)
		}
		if a := angles[p.turned]; a != 0 {
			w.pdf.TransformRotate(a, cx, cy)
		}
		if lies {
			wide, high = high, wide
		}
		w.pdf.ImageOptions(name, cx-wide/2, cy-high/2, wide, high, false, how, 0, "")
		w.pdf.TransformEnd()
	})
	if lies {
		wide, high = high, wide
	}
	w.y += high + 2.2
}
