package pdf_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"luukku/base/pdf"
	"luukku/base/pdf/pdftest"
)

// Each corner of the pictures in these tests has a colour of its own: as seen, from the upper left one clockwise.
var corners = [4]color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 0, 255}}

// quartered is a picture of four fields, given from the upper left one clockwise.
func quartered(wide, high int, fields [4]color.RGBA) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			n := 0
			switch left, upper := x < wide/2, y < high/2; {
			case !left && upper:
				n = 1
			case !left:
				n = 2
			case !upper:
				n = 3
			}
			m.Set(x, y, fields[n])
		}
	}
	return m
}

// camera is a JPEG whose camera was held as Exif numbers it.
func camera(t *testing.T, m image.Image, held int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	binary.BigEndian.PutUint16(exif[6+8+2+8:], uint16(held))
	head := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...)
	return append(head, out.Bytes()[2:]...)
}

func pictured(t *testing.T, content []byte) pdf.File {
	t.Helper()
	p, err := pdf.NewPicture(content, "The fence")
	if err != nil {
		t.Fatal(err)
	}
	return write(t, pdf.Document{Title: "fence.jpg", Lang: "en", Author: "Town", At: time.Unix(0, 0), Blocks: []pdf.Block{p}})
}

// drawn is a page as somebody else's program draws it.
func drawn(t *testing.T, b []byte) image.Image {
	t.Helper()
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		fmt.Fprintf(os.Stderr, "SKIPPED, PICTURES ON PAPER NOT TESTED: %s (pdftoppm is not installed)\n", t.Name())
		t.Skip("pdftoppm is not installed (Debian: apt-get install poppler-utils)")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "in.pdf"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(tool, "-r", "50", "-png", "-singlefile", filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out")).CombinedOutput(); err != nil || len(said) > 0 {
		t.Fatalf("pdftoppm: %v: %s", err, said)
	}
	f, err := os.Open(filepath.Join(dir, "out.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// corner names the colour of a corner, or says that it is none of theirs.
func corner(c color.Color) int {
	r, g, b, _ := c.RGBA()
	for n, want := range corners {
		near := func(a uint32, b uint8) bool { return a>>8 > uint32(b)-70 || b == 0 && a>>8 < 70 }
		if near(r, want.R) && near(g, want.G) && near(b, want.B) {
			return n
		}
	}
	return -1
}

// However the camera was held, the picture stands upright on the page, with what it shows in words; and it is the same bytes each time.
func TestAPictureStandsUpright(t *testing.T) {
	t.Parallel()
	// How the four fields are stored by each number of Exif, as its standard says where the first row and the first column are seen.
	stored := map[int][4]int{
		1: {0, 1, 2, 3}, 2: {1, 0, 3, 2}, 3: {2, 3, 0, 1}, 4: {3, 2, 1, 0}, 5: {0, 3, 2, 1}, 6: {1, 2, 3, 0}, 7: {2, 1, 0, 3}, 8: {3, 0, 1, 2},
	}
	for held, fields := range stored {
		t.Run(fmt.Sprint(held), func(t *testing.T) {
			t.Parallel()
			wide, high := 400, 300 // as seen
			if held > 4 {
				wide, high = high, wide
			}
			content := camera(t, quartered(wide, high, [4]color.RGBA{corners[fields[0]], corners[fields[1]], corners[fields[2]], corners[fields[3]]}), held)
			f := pictured(t, content)
			if again := pictured(t, content); !bytes.Equal(f.Bytes, again.Bytes) {
				t.Error("the same picture is not the same bytes")
			}
			if tree := pdftest.Structure(t, f.Bytes); !strings.Contains(tree, "Figure") || !strings.Contains(pdftest.Info(t, f.Bytes), "Tagged:          yes") {
				t.Errorf("got %s", tree)
			}
			page := drawn(t, f.Bytes)
			var box image.Rectangle
			for y := range page.Bounds().Dy() {
				for x := range page.Bounds().Dx() {
					if corner(page.At(x, y)) >= 0 {
						box = box.Union(image.Rect(x, y, x+1, y+1))
					}
				}
			}
			if box.Dx() < box.Dy() || box.Dx() < 150 {
				t.Fatalf("the picture stands in %v", box)
			}
			for n, at := range []image.Point{{box.Min.X + 10, box.Min.Y + 10}, {box.Max.X - 10, box.Min.Y + 10}, {box.Max.X - 10, box.Max.Y - 10}, {box.Min.X + 10, box.Max.Y - 10}} {
				if got := corner(page.At(at.X, at.Y)); got != n {
					t.Errorf("corner %d shows field %d", n, got)
				}
			}
		})
	}
}

// A picture with what can be seen through stands on white; one that is broken, or would unpack to too much, is refused.
func TestAPictureThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewNRGBA(image.Rect(0, 0, 900, 3000))); err != nil {
		t.Fatal(err)
	}
	page := drawn(t, pictured(t, out.Bytes()).Bytes)
	if c := color.GrayModel.Convert(page.At(page.Bounds().Dx()/2, page.Bounds().Dy()/2)); c.(color.Gray).Y < 250 {
		t.Errorf("what can be seen through is %v", c)
	}
	huge := bytes.Clone(out.Bytes()[:33])
	binary.BigEndian.PutUint32(huge[16:], 1<<20)
	for name, b := range map[string][]byte{"broken": out.Bytes()[:60], "no picture": []byte("%PDF-1.7"), "too large": huge, "empty": nil} {
		if _, err := pdf.NewPicture(b, ""); !errors.Is(err, pdf.ErrPicture) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	two := pdf.Document{Title: "two", Lang: "en"}
	p, err := pdf.NewPicture(out.Bytes(), "")
	if err != nil {
		t.Fatal(err)
	}
	two.Blocks = []pdf.Block{p, p}
	if _, err := two.Write(); !errors.Is(err, pdf.ErrPicture) {
		t.Errorf("two pictures: got %v", err)
	}
}
