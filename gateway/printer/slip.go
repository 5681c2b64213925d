package printer

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Slip is what stands on the paper: lines in the reader's language, and the number, as large as the paper is wide. Empty lines are left out.
type Slip struct {
	Office  string
	Number  string
	Service string
	// Taken is when it was taken, Wait how long it may take, Watch what to do now.
	Taken, Wait, Watch string
	// Link is what the QR code says, LinkWords what it is for.
	Link, LinkWords string
	// Large prints the small lines in letters of twice the size.
	Large bool
}

// What is sent, by the names that Epson's reference gives it.
var (
	initialise = []byte{0x1b, '@'}
	centre     = []byte{0x1b, 'a', 1}
	cut        = []byte{0x1d, 'V', 'B', 0} // feeds to the knife, and leaves the paper hanging at one point
)

// The code pages. One has the letters of Finnish and Swedish, the other those of Czech that the first has not: each letter is sent in the first that has it.
const (
	page858 = 19
	page852 = 18
)

// most is how many times the printer's letters can be enlarged.
const most = 8

// Bytes is a slip as a printer with paper of 58 or 80 mm takes it.
func (s Slip) Bytes(paper int) []byte {
	dots := 576
	if paper == 58 {
		dots = 384
	}
	w := writer{columns: dots / 12}
	w.Write(initialise)
	w.Write(centre)
	w.page(page858)
	small := 1
	if s.Large {
		small = 2
	}
	w.lines(s.Office, small, false)
	w.feed(1)
	w.lines(s.Number, min(most, w.columns/max(1, utf8.RuneCountInString(s.Number))), true)
	w.feed(1)
	w.lines(s.Service, 2, true)
	w.lines(s.Taken, small, false)
	w.lines(s.Wait, small, true)
	w.lines(s.Watch, small, false)
	if s.Link != "" {
		w.feed(1)
		w.code(s.Link)
		w.lines(s.LinkWords, small, false)
	}
	w.Write(cut)
	return w.Bytes()
}

// writer writes text and commands, and knows which code page the printer is on.
type writer struct {
	bytes.Buffer
	columns int
	on      byte
}

func (w *writer) page(p byte) {
	if w.on != p {
		w.on = p
		w.Write([]byte{0x1b, 't', p})
	}
}

func (w *writer) feed(n byte) { w.Write([]byte{0x1b, 'd', n}) }

// lines writes a text, broken where words end, in letters of so many times the printer's size.
func (w *writer) lines(text string, size int, bold bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	size = max(1, size)
	strong := byte(0)
	if bold {
		strong = 1
	}
	w.Write([]byte{0x1b, 'E', strong, 0x1d, '!', byte(size-1)<<4 | byte(size-1)})
	for _, line := range broken(text, max(1, w.columns/size)) {
		w.text(line)
		w.WriteByte('\n')
	}
	w.Write([]byte{0x1b, 'E', 0, 0x1d, '!', 0})
}

func (w *writer) text(line string) {
	for _, r := range plain(line) {
		if b, ok := charmap.CodePage858.EncodeRune(r); ok {
			w.page(page858)
			w.WriteByte(b)
			continue
		}
		if b, ok := charmap.CodePage852.EncodeRune(r); ok {
			w.page(page852)
			w.WriteByte(b)
			continue
		}
		w.WriteByte(bare(r))
	}
}

// simple are signs that no code page has, in signs that all have.
var simple = strings.NewReplacer("–", "-", "—", "-", "−", "-", "’", "'", "‘", "'", "”", `"`, "“", `"`, "„", `"`, "…", "...", "\u00a0", " ", "\u202f", " ", "•", "-")

// plain leaves out what would be a command to the printer.
func plain(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, simple.Replace(norm.NFC.String(line)))
}

// bare is a letter without what is above and below it.
func bare(r rune) byte {
	if base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r))); base < utf8.RuneSelf {
		return byte(base)
	}
	return '?'
}

// broken breaks a text into lines of at most so many letters: between words, and inside of one that is longer.
func broken(text string, columns int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		for {
			with := word
			if line != "" {
				with = line + " " + word
			}
			if utf8.RuneCountInString(with) <= columns {
				line = with
				break
			}
			if line != "" {
				out, line = append(out, line), ""
				continue
			}
			letters := []rune(word)
			out, word = append(out, string(letters[:columns])), string(letters[columns:])
		}
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}

// code writes a QR code, which the printer draws itself.
func (w *writer) code(link string) {
	size := byte(6)
	if w.columns < 48 {
		size = 5
	}
	w.Write([]byte{0x1d, '(', 'k', 4, 0, 49, 65, 50, 0}) // model 2
	w.Write([]byte{0x1d, '(', 'k', 3, 0, 49, 67, size})  // dots of a module
	w.Write([]byte{0x1d, '(', 'k', 3, 0, 49, 69, 49})    // error correction M
	n := len(link) + 3
	w.Write([]byte{0x1d, '(', 'k', byte(n), byte(n >> 8), 49, 80, 48})
	w.WriteString(link)
	w.Write([]byte{0x1d, '(', 'k', 3, 0, 49, 81, 48}) // print it
	w.WriteByte('\n')
}
