package pdf_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"luukku/base/pdf"
	"luukku/base/pdf/pdftest"
)

// letter is a letter of some length.
func letter(lang, title string, paragraphs int) pdf.Document {
	d := pdf.Document{
		Title: title, Lang: lang, Author: "Vuorelan kaupunki", At: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Foot: "VUO/2026/17",
		Page: func(n, of int) string { return fmt.Sprintf("page %d of %d", n, of) },
		Address: &pdf.Address{
			Window: pdf.DIN5008B, Lines: []string{"Maija Meikäläinen", "Mallikatu 1 A 2", "00100 MALLILA"}, Return: "Vuorelan kaupunki, Kirkkokatu 1, 00100 VUORELA",
			Beside: []pdf.Fact{{Name: "Date", Value: "20.11.2026"}, {Name: "Reference", Value: "VUO/2026/17"}},
		},
	}
	for i := range paragraphs {
		d.Blocks = append(d.Blocks, pdf.Paragraph{Text: fmt.Sprintf("Paragraph %d. %s", i+1, strings.Repeat("Hakemuksenne on hyväksytty ja päätös on lainvoimainen. ", 6))})
	}
	return d
}

func write(t *testing.T, d pdf.Document) pdf.File {
	t.Helper()
	f, err := d.Write()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A reader that is not ours finds the structure tree, the language, the title and all text, in the order in which it is read.
func TestADocumentIsTagged(t *testing.T) {
	t.Parallel()
	d := letter("fi", "Päätös (nro 17) hakemuksestanne", 1)
	d.Blocks = append(d.Blocks,
		pdf.Heading{Level: 2, Text: "Liitteet"}, pdf.List{Items: []string{"Kartta", "Selvitys"}},
		pdf.Facts{{Name: "Saapunut", Value: "20.11.2026 klo 9.00.01"}},
		pdf.Table{Head: []string{"Maksu", "Euroa"}, Rows: [][]string{{"Lupa", "12,00"}, {"Kopio", "0,50"}}, RowHeads: true},
		pdf.Tick{Text: "Suostun tähän.", Box: "Rasti ruutuun"}, pdf.Blank{Label: "Nimi"},
	)
	f := write(t, d)
	info := pdftest.Info(t, f.Bytes)
	for _, want := range []string{"Title:           " + d.Title, "Tagged:          yes", "Pages:           1", "Author:          Vuorelan kaupunki", "JavaScript:      no", "Page size:       595.28 x 841.89 pts (A4)"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, info)
		}
	}
	tree := pdftest.Structure(t, f.Bytes)
	last := -1
	for _, want := range []string{
		"Document", "P (block)", `"Maija Meikäläinen`, "H1 (block)", `"Päätös (nro 17) hakemuksestanne"`, "P (block)", "Paragraph 1.", "H2 (block)", `"Liitteet"`, "L (block)", "LI (block)", "Lbl", `"•"`,
		"LBody", `"Kartta"`, `"Selvitys"`, "Table (block)", "TH", `"Saapunut"`, "TD", `"20.11.2026 klo 9.00.01"`, "Table (block)", `"Maksu"`, `"Euroa"`, `"Lupa"`, `"12,00"`, `"0,50"`, "Figure", `"Suostun tähän."`, `"Nimi"`,
	} {
		at := strings.Index(tree[last+1:], want)
		if at < 0 {
			t.Fatalf("the tree has no %s where it belongs:\n%s", want, tree)
		}
		last += at + 1
	}
	if strings.Contains(tree, "page 1 of 1") {
		t.Error("the foot of the page is read out")
	}
	for _, want := range []string{"/Lang (fi)", "/MarkInfo <</Marked true>>", "/DisplayDocTitle true", "/Scope /Column", "/Scope /Row", "/Alt <FEFF0052"} {
		if !bytes.Contains(f.Bytes, []byte(want)) {
			t.Errorf("the document has no %s", want)
		}
	}
}

// The same document is the same bytes; another day, or another letter in it, is another.
func TestTheSameDocumentIsTheSameBytes(t *testing.T) {
	t.Parallel()
	first := write(t, letter("fi", "Päätös", 12))
	for range 5 {
		if again := write(t, letter("fi", "Päätös", 12)); !bytes.Equal(first.Bytes, again.Bytes) {
			t.Fatal("the same document is written in another way")
		}
	}
	other := letter("fi", "Päätös", 12)
	other.At = other.At.Add(time.Second)
	if bytes.Equal(first.Bytes, write(t, other).Bytes) {
		t.Error("another time gives the same bytes")
	}
}

// A long text flows over pages with their numbers; nothing of it is lost, and nothing stands in the margins.
func TestALongLetterFlowsOverPages(t *testing.T) {
	t.Parallel()
	const paragraphs = 60
	d := letter("fi", "Pitkä päätös", paragraphs)
	d.Blocks = append(d.Blocks, pdf.Paragraph{Text: strings.Repeat("x", 3000)}, pdf.Paragraph{Text: strings.Repeat("rivi\n", 100)})
	rows := make([][]string, 80)
	for i := range rows {
		rows[i] = []string{fmt.Sprintf("row-%d", i), strings.Repeat("sana ", 1+i%20)}
	}
	rows = append(rows, []string{"row-long", strings.Repeat("pitkä ", 2000)})
	d.Blocks = append(d.Blocks, pdf.Table{Head: []string{"Number", "Text"}, Rows: rows})
	f := write(t, d)
	if f.Pages < 8 {
		t.Errorf("got %d pages", f.Pages)
	}
	text := pdftest.Text(t, f.Bytes)
	for i := range paragraphs {
		if !strings.Contains(text, fmt.Sprintf("Paragraph %d.", i+1)) {
			t.Errorf("paragraph %d is lost", i+1)
		}
	}
	for n := range f.Pages {
		if !strings.Contains(text, fmt.Sprintf("page %d of %d", n+1, f.Pages)) {
			t.Errorf("page %d has no number", n+1)
		}
	}
	for what, want := range map[string]int{"x": 3000, "rivi": 100, "pitkä": 2000, "row-": 81} {
		if got := strings.Count(strings.ReplaceAll(text, "Text", ""), what); got != want {
			t.Errorf("%q stands there %d times, want %d", what, got, want)
		}
	}
	for _, w := range pdftest.Words(t, f.Bytes) {
		if w.Left < 19 || w.Right > 191 || w.Top < 15 || w.Bottom > 290 {
			t.Errorf("page %d: %q stands in the margin, at %.1f to %.1f, %.1f to %.1f mm", w.Page, w.Text, w.Left, w.Right, w.Top, w.Bottom)
		}
	}
}

// In the window stand the address and the return address and nothing else, however long the sender's name, the address and the text are.
func TestNothingButTheAddressStandsInTheWindow(t *testing.T) {
	t.Parallel()
	long := letter("fi", strings.Repeat("Erittäin pitkä otsikko ", 8), 40)
	long.Author = strings.Repeat("Pitkänimisen hyvinvointialueen yhtymä ", 5)
	long.Address.Lines = []string{strings.Repeat("Maria-Magdalena ", 12), "Toinen rivi", "Kolmas", "Neljäs", "Viides", "Kuudes " + strings.Repeat("y", 200), "FI-00100 MALLILA"}
	long.Address.Return = strings.Repeat("Kirkkokatu 1, ", 20)
	for i := range 9 {
		long.Address.Beside = append(long.Address.Beside, pdf.Fact{Name: fmt.Sprint("Fact ", i), Value: strings.Repeat("value ", 20)})
	}
	for name, d := range map[string]pdf.Document{"short": letter("fi", "Päätös", 3), "long": long} {
		address := map[string]bool{}
		for _, l := range append(d.Address.Lines, d.Address.Return) {
			for word := range strings.FieldsSeq(l) {
				address[word] = true
			}
		}
		win, found := d.Address.Window, 0
		for _, w := range pdftest.Words(t, write(t, d).Bytes) {
			if w.Page > 1 || w.Right < win.X || w.Left > win.X+win.Width || w.Bottom < win.Y || w.Top > win.Y+win.Height {
				continue
			}
			if found++; !address[w.Text] && !strings.Contains(w.Text, "yyy") {
				t.Errorf("%s: %q stands in the window, at %.1f, %.1f mm", name, w.Text, w.Left, w.Top)
			}
			if w.Left < win.X || w.Right > win.X+win.Width || w.Top < win.Y || w.Bottom > win.Y+win.Height+0.5 {
				t.Errorf("%s: %q does not stand in the window as a whole, %.1f to %.1f, %.1f to %.1f mm", name, w.Text, w.Left, w.Right, w.Top, w.Bottom)
			}
		}
		if found < 6 {
			t.Errorf("%s: %d words stand in the window", name, found)
		}
	}
}

// All letters of the four languages and of the Sámi ones are there; what the font has not is reported.
func TestCharacters(t *testing.T) {
	t.Parallel()
	const all = "ÄäÖöÅå Šš Žž ÁáČčĎďÉéĚěÍíŇňÓóŘřŤťÚúŮůÝý Đđ Ŋŋ Ŧŧ € – — ’ ” § • Привет Ωμέγα"
	d := pdf.Document{Title: "Letters", Lang: "cs", Blocks: []pdf.Block{pdf.Paragraph{Text: all + " a\u030a e\u0301"}}}
	f := write(t, d)
	if f.Missing != "" {
		t.Errorf("the font has no %s", f.Missing)
	}
	text := pdftest.Text(t, f.Bytes)
	for word := range strings.FieldsSeq(all + " å é") {
		if !strings.Contains(text, word) {
			t.Errorf("%s is not in %s", word, text)
		}
	}
	d.Blocks = []pdf.Block{pdf.Paragraph{Text: "李 and 😀\x00\u202e"}}
	if f = write(t, d); f.Missing != "李😀" {
		t.Errorf("missing are %q", f.Missing)
	}
	if text := pdftest.Text(t, f.Bytes); !strings.Contains(text, "□ and □") {
		t.Errorf("got %q", text)
	}
}

func BenchmarkLetter(b *testing.B) {
	d := letter("fi", "Päätös", 6)
	for b.Loop() {
		if _, err := d.Write(); err != nil {
			b.Fatal(err)
		}
	}
}
