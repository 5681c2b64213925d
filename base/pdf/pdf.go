// Package pdf writes documents for people as PDF: letters, receipts, forms to fill in by hand.
//
// A Document is what it says, in its reading order: headings, paragraphs, lists, tables. What comes out is a tagged PDF: every piece of text stands in the structure tree as what it is,
// what is there for the eye alone is marked as an artifact, and language and title are named, so that a screen reader reads it as it reads a page. The same Document gives the same bytes.
//
// It promises that nothing of the text stands in the window of the envelope but the address, that no text is lost or cut off at the end of a page or of a line, and that a character which
// the font has not is reported and never dropped in silence. What a letter or receipt says is left to the rooms, where it is sent to the doors.
package pdf

import (
	"slices"
	"time"
)

// Document is a document in its reading order.
type Document struct {
	Title string
	// Lang is the language of the text, as BCP 47 names it.
	Lang string
	// Author is who it is from; it stands at the head of a letter.
	Author string
	// At is when it was made; it is not shown.
	At time.Time
	// Address makes it a letter: the first page has an address field for the window of an envelope. Nil for a document without.
	Address *Address
	Blocks  []Block
	// Foot stands at the foot of each page, beside the number of the page.
	Foot string
	// Page puts the number of a page into words.
	Page func(n, of int) string
}

// Address is what the window of the envelope shows, and what stands beside it.
type Address struct {
	Window Window
	// Lines are name and address of whom it is for; Return is the sender in one small line above them.
	Lines  []string
	Return string
	// Beside stands to the right of the window: date, reference and the like.
	Beside []Fact
}

// Fact is a value with its name.
type Fact struct{ Name, Value string }

// Window is where the address stands on the first page, in millimetres from its upper left corner.
type Window struct {
	X, Y, Width, Height float64
	// Notes is how much of its height, from the top, is for the return address and notes of the post; the address stands below.
	Notes float64
	// Body is where the text may begin.
	Body float64
	// Source names the standard.
	Source string
}

// DIN5008B is the address field of a letter by DIN 5008:2020, form B: 85 by 45 mm, 20 mm from the left and 45 mm from the upper edge, of which the upper 17.7 mm are for the return address and
// notes. It lies in the window of envelopes DL and C6/5 by DIN 680.
var DIN5008B = Window{X: 20, Y: 45, Width: 85, Height: 45, Notes: 17.7, Body: 103.4, Source: "DIN 5008:2020, form B"}

// Block is a piece of a document.
type Block interface{ block() }

// Heading is a heading; Level counts from 1.
type Heading struct {
	Level int
	Text  string
}

// Paragraph is running text; a line feed in it begins a new line.
type Paragraph struct{ Text string }

// List is a list with points, or with numbers.
type List struct {
	Items    []string
	Numbered bool
}

// Table is a table with a head, which is repeated on each page. The first column names its row where RowHeads is set.
type Table struct {
	Head     []string
	Rows     [][]string
	RowHeads bool
}

// Facts are names with their values, one below the other.
type Facts []Fact

// Tick is a box to tick by hand, with what it says; Box puts the box into words.
type Tick struct{ Text, Box string }

// Blank is a line to write on by hand, with what is asked for; More are so many lines more.
type Blank struct {
	Label string
	More  int
}

func (Heading) block()   {}
func (Paragraph) block() {}
func (List) block()      {}
func (Table) block()     {}
func (Facts) block()     {}
func (Tick) block()      {}
func (Blank) block()     {}

// File is a written document.
type File struct {
	Bytes []byte
	Pages int
	// Missing are the characters that the font has not; a box stands in their places.
	Missing string
}

// Write writes the document.
func (d Document) Write() (File, error) {
	w, err := newWriter(d)
	if err != nil {
		return File{}, err
	}
	pictures := 0
	if d.Address != nil {
		w.letterhead()
	} else {
		w.heading(Heading{1, d.Title})
	}
	for i, b := range d.Blocks {
		switch b := b.(type) {
		case Heading:
			w.together(d.Blocks[i+1:])
			w.heading(b)
		case Paragraph:
			w.paragraph(b)
		case List:
			w.list(b)
		case Table:
			w.table(b)
		case Facts:
			w.facts(b)
		case Tick:
			w.tick(b)
		case Blank:
			w.blank(b)
		case Picture:
			if pictures++; pictures > 1 { // the writer of images has no order for more
				return File{}, ErrPicture
			}
			w.picture(b)
		case Drawn:
			w.drawn(b)
		}
	}
	w.feet()
	plain, err := w.plain()
	if err != nil {
		return File{}, err
	}
	tagged, err := tag(plain, w.root, w.marks, d.Lang)
	return File{Bytes: tagged, Pages: len(w.marks), Missing: string(slices.Sorted(keys(w.missing)))}, err
}
