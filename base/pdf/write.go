package pdf

import (
	"bytes"
	"fmt"
	"html"
	"iter"
	"maps"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// The page, in millimetres: A4 with room to file it.
const (
	pageWidth, pageHeight                            = 210, 297
	leftMargin, rightMargin, topMargin, bottomMargin = 25, 20, 20, 25
	textWidth                                        = pageWidth - leftMargin - rightMargin
)

// Sizes in points; leading is a line's height for its size.
const (
	bodySize  = 11.0
	smallSize = 8.0
	leading   = 1.36
	point     = 25.4 / 72
)

func lineHeight(size float64) float64 { return size * leading * point }

// The font is Go (Bigelow & Holmes, BSD licence), drawn after DIN 1450 for legibility: Latin with all letters of the EU's languages and of the Sámi ones, Greek and Cyrillic.
const family = "go"

// instead stands in the place of a character that the font has not.
const instead = '□'

// element is a node of the structure tree.
type element struct {
	tag  string
	attr string // attributes as PDF writes them; empty for none
	alt  string // what a picture shows, in words
	kids []any  // *element or mark, in their reading order
	obj  int
}

// mark is a piece of marked content of a page.
type mark struct{ page, id int }

func (e *element) add(tag string) *element {
	kid := &element{tag: tag}
	e.kids = append(e.kids, kid)
	return kid
}

type writer struct {
	doc     Document
	pdf     *fpdf.Fpdf
	font    *sfnt.Font
	buf     sfnt.Buffer
	y       float64 // of the next line's upper edge
	root    *element
	marks   [][]*element // by page: whose each mark is
	missing map[rune]bool
}

func newWriter(d Document) (*writer, error) {
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	w := &writer{doc: d, pdf: fpdf.New("P", "mm", "A4", ""), font: f, root: &element{tag: "Document"}, missing: map[rune]bool{}}
	p := w.pdf
	p.SetCatalogSort(true)
	p.SetCreationDate(d.At.UTC())
	p.SetModificationDate(d.At.UTC())
	p.SetProducer("Luukku", true)
	p.SetTitle(w.clean(d.Title), true)
	p.SetAuthor(w.clean(d.Author), true)
	p.SetXmpMetadata(metadata(d))
	p.SetAutoPageBreak(false, 0)
	p.SetMargins(leftMargin, topMargin, rightMargin)
	p.AddUTF8FontFromBytes(family, "", goregular.TTF)
	p.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	w.page()
	return w, nil
}

// metadata names title, author and language as XMP does.
func metadata(d Document) []byte {
	esc := html.EscapeString
	return fmt.Appendf(nil, `<?xpacket begin="`+"\uFEFF"+`" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`, esc(d.Title), esc(d.Author), esc(d.Lang))
}

func keys(m map[rune]bool) iter.Seq[rune] { return maps.Keys(m) }

// clean makes text what can be written: composed, without control characters, with a box for what the font has not.
func (w *writer) clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', unicode.Is(unicode.Zs, r):
			if r == '\u00a0' {
				return r
			}
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		if r <= 0xFFFF { // the writer of the font's subset knows no others
			if g, err := w.font.GlyphIndex(&w.buf, r); err == nil && g != 0 {
				return r
			}
		}
		w.missing[r] = true
		return instead
	}, norm.NFC.String(strings.ReplaceAll(s, "\r\n", "\n")))
}

// page begins a new page.
func (w *writer) page() {
	w.pdf.AddPage()
	w.marks = append(w.marks, nil)
	w.y = topMargin
}

// room begins a new page unless so many millimetres are left on this one.
func (w *writer) room(height float64) bool {
	if w.y+height <= pageHeight-bottomMargin {
		return false
	}
	w.page()
	return true
}

// marked writes content that belongs to an element.
func (w *writer) marked(e *element, write func()) {
	n := len(w.marks) - 1
	id := len(w.marks[n])
	w.marks[n] = append(w.marks[n], e)
	e.kids = append(e.kids, mark{n, id})
	w.pdf.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", e.tag, id))
	write()
	w.pdf.RawWriteStr("EMC")
}

// artifact writes what is there for the eye alone.
func (w *writer) artifact(kind string, write func()) {
	w.pdf.RawWriteStr("/Artifact <<" + kind + ">> BDC")
	write()
	w.pdf.RawWriteStr("EMC")
}

func (w *writer) style(size float64, bold bool) {
	w.pdf.SetFont(family, map[bool]string{true: "B"}[bold], size)
}

// lines breaks text, in the present style, into lines of a width. What has no place to break is broken where the line ends.
func (w *writer) lines(text string, width float64) []string {
	var out []string
	for _, para := range strings.Split(strings.TrimRight(w.clean(text), "\n "), "\n") {
		line := ""
		for _, word := range strings.Split(strings.TrimRight(para, " "), " ") {
			next := word
			if line != "" {
				next = line + " " + word
			}
			if w.pdf.GetStringWidth(next) <= width {
				line = next
				continue
			}
			if line != "" {
				out = append(out, line)
			}
			for line = word; w.pdf.GetStringWidth(line) > width; {
				runes := []rune(line)
				n := len(runes) - 1
				for n > 1 && w.pdf.GetStringWidth(string(runes[:n])) > width {
					n--
				}
				if n = max(n, 1); n == len(runes) {
					break
				}
				out, line = append(out, string(runes[:n])), string(runes[n:])
			}
		}
		out = append(out, line)
	}
	return out
}

// put writes lines at a place, in the present style, and returns where it ends. An empty line has nothing to be marked.
func (w *writer) put(x, y, size float64, lines []string) float64 {
	for _, l := range lines {
		if l != "" {
			w.pdf.Text(x, y+size*point*1.02, l)
		}
		y += lineHeight(size)
	}
	return y
}

// flow writes an element's lines from the present place on, over as many pages as it needs. A line is never alone at a page's end or beginning where there are more.
func (w *writer) flow(e *element, x, size float64, bold bool, lines []string) {
	h := lineHeight(size)
	for len(lines) > 0 {
		fit := int((pageHeight - bottomMargin - w.y + 0.001) / h)
		switch left := len(lines) - fit; {
		case fit < 1, fit < 2 && len(lines) > 1:
			w.page()
			continue
		case left == 1 && fit > 2:
			fit--
		}
		fit = min(fit, len(lines))
		w.style(size, bold)
		w.marked(e, func() { w.put(x, w.y, size, lines[:fit]) })
		w.y += float64(fit) * h
		if lines = lines[fit:]; len(lines) > 0 {
			w.page()
		}
	}
}

func (w *writer) heading(h Heading) {
	level := min(max(h.Level, 1), 6)
	size := []float64{16, 13, 11.5}[min(level, 3)-1]
	w.style(size, true)
	lines := w.lines(h.Text, textWidth)
	if w.y > topMargin {
		w.y += 3
	}
	w.room(float64(len(lines))*lineHeight(size) + 2*lineHeight(bodySize)) // never alone at the end of a page
	w.flow(w.root.add(fmt.Sprintf("H%d", level)), leftMargin, size, true, lines)
	w.y += 1.5
}

// paragraph writes text; an empty line in it ends a paragraph.
func (w *writer) paragraph(p Paragraph) {
	for part := range strings.SplitSeq(strings.ReplaceAll(p.Text, "\r\n", "\n"), "\n\n") {
		if part = strings.Trim(part, "\n"); strings.TrimSpace(part) == "" {
			continue
		}
		w.style(bodySize, false)
		w.flow(w.root.add("P"), leftMargin, bodySize, false, w.lines(part, textWidth))
		w.y += 2.2
	}
}

func (w *writer) list(l List) {
	e := w.root.add("L")
	const indent = 6
	for i, item := range l.Items {
		w.style(bodySize, false)
		lines := w.lines(item, textWidth-indent)
		w.room(min(float64(len(lines)), 2) * lineHeight(bodySize))
		li, label := e.add("LI"), "•"
		if l.Numbered {
			label = fmt.Sprintf("%d.", i+1)
		}
		w.style(bodySize, false)
		w.marked(li.add("Lbl"), func() { w.put(leftMargin, w.y, bodySize, []string{label}) })
		w.flow(li.add("LBody"), leftMargin+indent, bodySize, false, lines)
		w.y += 0.8
	}
	w.y += 1.4
}

// facts are a table of two columns, of which the first names the second.
func (w *writer) facts(list Facts) {
	rows := make([][]string, len(list))
	for i, f := range list {
		rows[i] = []string{f.Name, f.Value}
	}
	w.rows(nil, rows, true, []float64{52, textWidth - 52}, false)
}

func (w *writer) table(t Table) {
	n := len(t.Head)
	for _, r := range t.Rows {
		n = max(n, len(r))
	}
	if n == 0 {
		return
	}
	// Each column as wide as its longest word at least; what is left is shared by what they say.
	least, want, sum := make([]float64, n), make([]float64, n), 0.0
	for i, row := range append([][]string{t.Head}, t.Rows...) {
		w.style(bodySize-1, i == 0)
		for c, text := range row {
			text = w.clean(text)
			for word := range strings.FieldsSeq(text) {
				least[c] = max(least[c], min(w.pdf.GetStringWidth(word)+3, textWidth/float64(n)))
			}
			want[c] = max(want[c], min(w.pdf.GetStringWidth(text)+3, textWidth/2))
		}
	}
	left := float64(textWidth)
	for c := range n {
		want[c] = max(want[c]-least[c], 0.1)
		sum += want[c]
		left -= least[c]
	}
	widths := make([]float64, n)
	for c := range n {
		widths[c] = least[c] + max(left, 0)*want[c]/sum
	}
	w.rows(t.Head, t.Rows, t.RowHeads, widths, true)
}

// rows writes the rows of a table. One that does not fit begins the next page, below the head again; one that is longer than a page goes on over several.
func (w *writer) rows(head []string, rows [][]string, rowHeads bool, widths []float64, lined bool) {
	const size = bodySize - 1
	e := w.root.add("Table")
	top := func(artifact bool) {
		if head == nil {
			return
		}
		if artifact { // it was read before
			w.artifact("/Type /Pagination", func() { w.row(nil, head, widths, size, func(int) (string, string, bool) { return "", "", true }) })
			return
		}
		w.row(e.add("TR"), head, widths, size, func(int) (string, string, bool) { return "TH", "<</O /Table /Scope /Column>>", true })
	}
	w.room(3 * lineHeight(size))
	top(false)
	for _, r := range rows {
		cells := func(c int) (string, string, bool) {
			if rowHeads && c == 0 {
				return "TH", "<</O /Table /Scope /Row>>", true
			}
			return "TD", "", false
		}
		high := 0
		for c, text := range r {
			_, _, bold := cells(c)
			w.style(size, bold)
			high = max(high, len(w.lines(text, widths[c]-3)))
		}
		most := int((pageHeight - bottomMargin - topMargin - 2*lineHeight(size)) / lineHeight(size))
		if high > most { // longer than a page: it goes on as further rows
			w.long(e, r, widths, size, cells, most, top)
			continue
		}
		if w.room(float64(high)*lineHeight(size) + 2) {
			top(true)
		}
		w.row(e.add("TR"), r, widths, size, cells)
		if lined {
			w.artifact("/Type /Layout", func() {
				w.pdf.SetLineWidth(0.1)
				w.pdf.Line(leftMargin, w.y-0.6, leftMargin+textWidth, w.y-0.6)
			})
		}
	}
	w.y += 2.5
}

// row writes the cells of one row; tr is nil for what is no part of the text.
func (w *writer) row(tr *element, cells []string, widths []float64, size float64, how func(int) (tag, attr string, bold bool)) {
	x, end := float64(leftMargin), w.y+lineHeight(size)
	for c, text := range cells {
		tag, attr, bold := how(c)
		w.style(size, bold)
		lines := w.lines(text, widths[c]-3)
		put := func() { end = max(end, w.put(x, w.y, size, lines)) }
		if tr == nil {
			put()
		} else {
			cell := tr.add(tag)
			cell.attr = attr
			w.marked(cell, put)
		}
		x += widths[c]
	}
	w.y = end + 1.2
}

// long writes a row that is longer than a page, piece by piece.
func (w *writer) long(e *element, cells []string, widths []float64, size float64, how func(int) (string, string, bool), most int, top func(bool)) {
	tr, pieces := e.add("TR"), make([][]string, len(cells))
	tags := make([]*element, len(cells))
	for c, text := range cells {
		tag, attr, bold := how(c)
		w.style(size, bold)
		pieces[c], tags[c] = w.lines(text, widths[c]-3), tr.add(tag)
		tags[c].attr = attr
	}
	for more := true; more; {
		w.page()
		top(true)
		x, end := float64(leftMargin), w.y
		more = false
		for c := range pieces {
			_, _, bold := how(c)
			n := min(len(pieces[c]), most-2)
			if n > 0 {
				w.style(size, bold)
				w.marked(tags[c], func() { end = max(end, w.put(x, w.y, size, pieces[c][:n])) })
			}
			pieces[c] = pieces[c][n:]
			more = more || len(pieces[c]) > 0
			x += widths[c]
		}
		w.y = end + 1.2
	}
}

// tick is a box to tick by hand.
func (w *writer) tick(t Tick) {
	const indent = 8
	w.style(bodySize, false)
	lines := w.lines(t.Text, textWidth-indent)
	w.room(float64(min(len(lines), 20)) * lineHeight(bodySize))
	e := w.root.add("P")
	box := e.add("Figure")
	box.attr = fmt.Sprintf("<</O /Layout /Placement /Inline /BBox [%.2f %.2f %.2f %.2f]>>", leftMargin/point, (pageHeight-w.y-4.6)/point, (leftMargin+4)/point, (pageHeight-w.y-0.6)/point)
	box.alt = t.Box
	w.marked(box, func() {
		w.pdf.SetLineWidth(0.3)
		w.pdf.Rect(leftMargin, w.y+0.6, 4, 4, "D")
	})
	w.flow(e, leftMargin+indent, bodySize, false, lines)
	w.y += 2.2
}

// blank is a line to write on.
func (w *writer) blank(b Blank) {
	w.room(16)
	w.style(bodySize-1, false)
	lines := w.lines(b.Label, textWidth)
	w.flow(w.root.add("P"), leftMargin, bodySize-1, false, lines)
	for range b.More + 1 {
		w.room(8)
		w.y += 8
		w.artifact("/Type /Layout", func() {
			w.pdf.SetLineWidth(0.2)
			w.pdf.Line(leftMargin, w.y, leftMargin+textWidth, w.y)
		})
	}
	w.y += 3
}

// letterhead writes the sender, the address in its window and what stands beside it; the text begins below.
func (w *writer) letterhead() {
	a := w.doc.Address
	win := a.Window
	besideX := max(win.X+win.Width+10, 125)
	w.style(13, true)
	from := w.lines(w.doc.Author, besideX-leftMargin-5)
	w.flow(w.root.add("P"), leftMargin, 13, true, from[:min(len(from), 3)]) // it ends above the window
	if a.Return != "" {
		w.style(smallSize-1, false)
		line := w.lines(a.Return, win.Width-10)[0]
		w.marked(w.root.add("P"), func() { w.put(win.X+5, win.Y+win.Notes-lineHeight(smallSize), smallSize-1, []string{line}) })
	}
	w.address(a)
	y := win.Y + 5
	for _, f := range a.Beside {
		e := w.root.add("P")
		for i, text := range []string{f.Name, f.Value} {
			size := []float64{smallSize, bodySize - 1}[i]
			w.style(size, false)
			lines := w.lines(text, pageWidth-rightMargin-besideX)
			w.marked(e, func() { y = w.put(besideX, y, size, lines) })
		}
		y += 1
	}
	w.artifact("/Type /Layout", func() { // where it is folded and punched
		w.pdf.SetLineWidth(0.1)
		for _, mark := range []float64{105, 148.5, 210} {
			w.pdf.Line(4, mark, 7, mark)
		}
	})
	w.y = max(win.Body, y+4)
	w.heading(Heading{1, w.doc.Title})
}

// address writes name and address so large that all of it stands in the window.
func (w *writer) address(a *Address) {
	win := a.Window
	var lines []string
	size := bodySize
	for ; ; size -= 0.5 {
		w.style(size, false)
		lines = nil
		for _, l := range a.Lines {
			lines = append(lines, w.lines(strings.ReplaceAll(l, "\n", " "), win.Width-10)...)
		}
		if float64(len(lines))*lineHeight(size) <= win.Height-win.Notes || size <= 4 {
			break
		}
	}
	if len(lines) > 0 {
		w.marked(w.root.add("P"), func() { w.put(win.X+5, win.Y+win.Notes, size, lines) })
	}
}

// feet writes what stands at the foot of each page.
func (w *writer) feet() {
	if w.doc.Page == nil && w.doc.Foot == "" {
		return
	}
	for n := range w.marks {
		w.pdf.SetPage(n + 1)
		w.style(smallSize, false)
		w.artifact("/Type /Pagination /Subtype /Footer", func() {
			y := float64(pageHeight - 14)
			if w.doc.Foot != "" {
				w.put(leftMargin, y, smallSize, w.lines(w.doc.Foot, textWidth-30)[:1])
			}
			if w.doc.Page != nil {
				text := w.clean(w.doc.Page(n+1, len(w.marks)))
				w.put(pageWidth-rightMargin-w.pdf.GetStringWidth(text), y, smallSize, []string{text})
			}
		})
	}
	w.pdf.SetPage(len(w.marks))
}

// plain is the document before it is tagged.
func (w *writer) plain() ([]byte, error) {
	var out bytes.Buffer
	if err := w.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("write pdf: %w", err)
	}
	return out.Bytes(), nil
}
