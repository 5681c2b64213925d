package file

import (
	"bufio"
	"io"
)

// Paper is how a file goes on paper.
type Paper string

// The ways on paper.
const (
	// AsIs says that its own pages are printed.
	AsIs Paper = "as_is"
	// Drawn says that pages are made of it: of a picture or a text.
	Drawn Paper = "drawn"
	// OnRequest says that it is not printed: no page of it would say all that it says. Who gets the letter on paper is told how to get it.
	OnRequest Paper = "on_request"
)

// What is drawn at most: a picture of which a page is made, and a text that nobody would call a data file, in bytes.
const (
	mostPicture = 20 * MB
	mostText    = 256 << 10
)

// PaperOf is how a file of a type and size goes on paper, as far as that tells. A spreadsheet has no pages, a text of an office program others in each of them, and of a TIFF only the first would be seen:
// whoever sends them has them as PDF, if anybody does.
func PaperOf(t Type, size int64) Paper {
	row := t.row()
	switch {
	case t == PDF:
		return AsIs
	case row.picture && row.inline && size <= mostPicture, row.text && size <= mostText:
		return Drawn
	}
	return OnRequest
}

// Paper is how the file goes on paper.
func (f File) Paper() Paper { return PaperOf(f.Type, f.Size) }

// Pages counts the pages of a PDF that was taken. 0 when they cannot be told, as of one that was changed and has pages that are no part of it any more.
func Pages(at io.ReaderAt, size int64) int {
	p := &pdfLook{at: at, size: size, pages: &pageCount{numbered: map[int]bool{}}}
	err := p.look(&counted{in: bufio.NewReaderSize(io.NewSectionReader(at, 0, size), 64<<10)}, true)
	if found := len(p.pages.numbered) + p.pages.packed; err == nil && !p.unread && found == p.pages.most {
		return found
	}
	return 0
}

// pageCount counts pages in two ways: those that there are, and as many as the uppermost of the lists of pages says that there are (ISO 32000-1, 7.7.3.2).
type pageCount struct {
	// numbered are the pages that are objects of their own, once each however often they were changed; packed is how many are in streams of objects.
	numbered     map[int]bool
	packed, most int
	// open are the dictionaries that are not closed, the innermost last.
	open []pageDict
	// number is the object that is read, 0 in a stream of them.
	number int
	// last and before are the last two whole numbers, digit where the last digit was.
	last, before int
	digit        int64
	// less is that a text in hexadecimal digits, or a dictionary, may have begun, and where; more that a dictionary may end.
	less, more int64
	// typed and counted say that the next name is a type, and the next number a count.
	typed, counted bool
}

type pageDict struct {
	pages, page bool
	count       int
}

// Bounds of what is counted: how deep dictionaries lie, and how many pages there are.
const (
	mostOpen  = 64
	mostPages = 1 << 20
)

// object begins an object whose number and generation were read.
func (c *pageCount) object() {
	c.number = c.before
	c.open, c.less, c.more, c.typed, c.counted = c.open[:0], 0, 0, false, false
}

func (c *pageCount) named(name string) {
	typed := c.typed
	c.typed, c.counted = name == "Type", name == "Count"
	if n := len(c.open); typed && n > 0 {
		c.open[n-1].pages, c.open[n-1].page = name == "Pages", name == "Page"
	}
}

// read takes in what opens and closes dictionaries, and digits, which end before an offset.
func (c *pageCount) read(b byte, at int64) {
	n := len(c.open)
	switch {
	case b >= '0' && b <= '9':
		if c.digit != at-1 {
			c.before, c.last = c.last, 0
		}
		if c.digit = at; c.last < mostPages {
			c.last = c.last*10 + int(b-'0')
		}
		if c.counted && n > 0 {
			c.open[n-1].count = c.last
		}
	case b == '<' && c.less != 0 && c.less == at-1:
		if c.less = 0; n < mostOpen {
			c.open = append(c.open, pageDict{})
		}
	case b == '<':
		c.less = at
	case c.less != 0: // the end of a text
		c.less = 0
	case c.more != 0 && c.more == at-1:
		c.more = 0
		if n > 0 {
			c.closed(c.open[n-1])
			c.open = c.open[:n-1]
		}
	default:
		c.more = at
	}
}

func (c *pageCount) closed(d pageDict) {
	c.typed, c.counted = false, false
	switch {
	case d.page && c.number > 0:
		if len(c.numbered) < mostPages {
			c.numbered[c.number] = true
		}
	case d.page:
		c.packed++
	case d.pages:
		c.most = max(c.most, d.count)
	}
}
