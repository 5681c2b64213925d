package file

import (
	"bufio"
	"compress/zlib"
	"encoding/hex"
	"io"
	"strings"
)

// A PDF can run a script when it is opened, and start programs. Nobody needs that in a letter, and no reader can be trusted to ask. What does it has a name in the file:
// in the open, or packed in a stream of objects. Both are looked at, whatever way a name is written.

// mostObjects is how much of streams of objects is unpacked, in bytes: one of them, and all.
const (
	mostObjects    = 64 * MB
	mostAllObjects = 512 * MB
)

// pdfLook looks through a PDF.
type pdfLook struct {
	at   io.ReaderAt
	size int64
	// of are the names since the last object began.
	of pdfNames
	// script and locked are what was found, unread that something could not be looked at.
	script, locked, unread bool
	unpacked               int64
	pages                  *pageCount
}

// pdfNames are what the dictionary before a stream says of it.
type pdfNames struct{ objects, filter, flate, other bool }

// checkPDF refuses a PDF that runs something, or that cannot be looked at.
func checkPDF(at io.ReaderAt, size int64, name string) error {
	p := &pdfLook{at: at, size: size}
	if err := p.look(&counted{in: bufio.NewReaderSize(io.NewSectionReader(at, 0, size), 64<<10)}, true); err != nil {
		return err
	}
	switch {
	case p.script:
		return wrong("file.pdf_script", name, nil)
	case p.locked:
		return wrong("file.locked", name, nil)
	case p.unread:
		return wrong("file.pdf_unread", name, nil)
	}
	return nil
}

// counted reads bytes and knows where it is.
type counted struct {
	in *bufio.Reader
	at int64
}

func (c *counted) next() (byte, error) {
	b, err := c.in.ReadByte()
	if err == nil {
		c.at++
	}
	return b, err
}

func (c *counted) back() {
	if c.in.UnreadByte() == nil {
		c.at--
	}
}

// look reads names and words to the end, or until a script is found. streams says whether streams of objects are looked into: there are none in them.
func (p *pdfLook) look(in *counted, streams bool) error {
	var word [8]byte
	n := 0
	for !p.script {
		c, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if c >= 'a' && c <= 'z' {
			if n < len(word) {
				word[n] = c
			}
			n++
			continue
		}
		said := ""
		if n > 0 && n < len(word) {
			said = string(word[:n])
		}
		switch n = 0; {
		case c == '/':
			name, err := pdfName(in)
			if err != nil && err != io.EOF {
				return err
			}
			p.named(name)
			if p.pages != nil {
				p.pages.named(name)
			}
		case p.pages != nil && (c == '<' || c == '>' || c >= '0' && c <= '9'):
			p.pages.read(c, in.at)
		case said == "obj":
			p.of = pdfNames{}
			if p.pages != nil {
				p.pages.object()
			}
		case said == "stream" && streams && (c == '\r' || c == '\n'):
			p.stream(in.at - 1)
		}
	}
	return nil
}

// named takes a name in.
func (p *pdfLook) named(name string) {
	switch name {
	case "JavaScript", "Launch":
		p.script = true
	case "Encrypt":
		p.locked = true
	case "ObjStm", "First":
		p.of.objects = true
	case "Filter", "F":
		p.of.filter = true
	case "FlateDecode", "Fl":
		p.of.flate = true
	case "LZWDecode", "LZW", "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85", "RunLengthDecode", "RL", "Crypt", "Predictor":
		p.of.other = true
	}
}

// stream looks into a stream whose word ends at an offset, if it is one of objects.
func (p *pdfLook) stream(offset int64) {
	of := p.of
	p.of = pdfNames{}
	switch {
	case !of.objects, !of.filter:
		return // no objects in it, or they are in the open
	case of.other || !of.flate || p.unpacked > mostAllObjects:
		p.unread = true
		return
	}
	var end [2]byte
	if _, err := p.at.ReadAt(end[:], offset); err == nil && end == [2]byte{'\r', '\n'} {
		offset++
	}
	z, err := zlib.NewReader(io.NewSectionReader(p.at, offset+1, p.size-offset-1))
	if err != nil {
		p.unread = true
		return
	}
	defer z.Close()
	in := &counted{in: bufio.NewReaderSize(io.LimitReader(z, mostObjects+1), 32<<10)}
	if p.pages != nil {
		p.pages.before = 0
		p.pages.object()
	}
	err = p.look(in, false)
	p.of = pdfNames{}
	p.unpacked += in.at
	p.unread = p.unread || err != nil || in.at > mostObjects
}

// pdfName reads a name after its slash, with what is written by numbers (#4a) put right.
func pdfName(in *counted) (string, error) {
	var b strings.Builder
	for b.Len() < 64 {
		c, err := in.next()
		if err != nil {
			return b.String(), err
		}
		if c <= ' ' || strings.IndexByte("()<>[]{}/%", c) >= 0 {
			in.back()
			break
		}
		if digits, err := in.in.Peek(2); c == '#' && err == nil {
			var n [1]byte
			if _, err := hex.Decode(n[:], digits); err == nil {
				_, _ = in.next()
				_, _ = in.next()
				c = n[0]
			}
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}
