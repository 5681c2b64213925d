package file

import (
	"bytes"
	"strings"
	"testing"
	"time"

	writer "luukku/base/pdf"
)

// What is printed and what is not follows from type and size, to the byte.
func TestWhatGoesOnPaper(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		is   Type
		size int64
		want Paper
	}{
		{PDF, 1, AsIs}, {PDF, 1 << 40, AsIs},
		{JPEG, 20 * MB, Drawn}, {JPEG, 20*MB + 1, OnRequest}, {PNG, 1, Drawn}, {GIF, 1, Drawn},
		{HEIC, 1, OnRequest}, {TIFF, 1, OnRequest},
		{TXT, 256 << 10, Drawn}, {TXT, 256<<10 + 1, OnRequest}, {CSV, 1, Drawn},
		{DOCX, 1, OnRequest}, {XLSX, 1, OnRequest}, {ODT, 1, OnRequest}, {RTF, 1, OnRequest}, {ZIP, 1, OnRequest}, {"", 1, OnRequest},
	} {
		if got := PaperOf(c.is, c.size); got != c.want {
			t.Errorf("%s of %d bytes goes %s, want %s", c.is, c.size, got, c.want)
		}
	}
}

// The pages of a PDF are counted however it is written; where they cannot be told, nothing is said.
func TestPagesOfAPDF(t *testing.T) {
	t.Parallel()
	made := func(paragraphs int) writer.File {
		d := writer.Document{Title: "Decision", Lang: "en", At: time.Unix(0, 0)}
		for range paragraphs {
			d.Blocks = append(d.Blocks, writer.Paragraph{Text: strings.Repeat("It is granted. ", 40)})
		}
		f, err := d.Write()
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, paragraphs := range []int{1, 30, 100} { // each has an update at its end that changes all pages
		f := made(paragraphs)
		if got := Pages(bytes.NewReader(f.Bytes), int64(len(f.Bytes))); got != f.Pages {
			t.Errorf("a document of %d pages has %d", f.Pages, got)
		}
	}
	const page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"
	for name, c := range map[string]struct {
		content []byte
		want    int
	}{
		"two":               {pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Kids[3 0 R 4 0 R]/Count 2/Type/Pages>>", page, page), 2},
		"a list in a list":  {pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R 6 0 R] /Count 3>>", "<</Type/Pages/Kids[4 0 R 5 0 R]/Count 2>>", page, page, page), 3},
		"texts in it":       {pdf("<</Type/Pages/Count 1/Kids[2 0 R]/X<AB12>>>", "<</Type/Page/Y<</Z<>/Name/Page>>/ID[<01><02>]>>"), 1},
		"an outline":        {pdf("<</Type/Outlines/Count 7>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", page), 1},
		"packed":            {pdf("<</Type/Catalog/Pages 2 0 R>>", objects("/Type/ObjStm/N 3/First 15/Filter/FlateDecode", "2 0 3 50 4 99  <</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>> "+page+" "+page)), 2},
		"a page taken away": {append(pdf("<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>", page, page, page), pdf("<</Type/Pages/Kids[2 0 R]/Count 1>>")...), 0},
		"a count elsewhere": {pdf("<</Type/Pages/Kids[2 0 R]/Count 9 0 R>>", page), 0},
		"none":              {pdf("<</Type/Catalog>>"), 0},
	} {
		if got := Pages(bytes.NewReader(c.content), int64(len(c.content))); got != c.want {
			t.Errorf("%s: got %d pages, want %d", name, got, c.want)
		}
	}
	var many []string
	many = append(many, "<</Type/Pages/Count 500>>")
	for range 500 {
		many = append(many, page)
	}
	if b := pdf(many...); Pages(bytes.NewReader(b), int64(len(b))) != 500 {
		t.Error("500 pages are counted as another number")
	}
}
