// Package printertest is a ticket printer that speaks ESC/POS over TCP and prints into memory, with the faults of real ones. It is imported by tests alone.
package printertest

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// State is how a printer is. The zero State is a printer that is well.
type State struct {
	NoPaper, CoverOpen bool
	// Hangs takes everything and answers nothing.
	Hangs bool
	// CutAfter cuts the line after so many bytes of a slip; 0 does not.
	CutAfter int
	// EndsIn has the paper end after so many slips from now; 0 does not.
	EndsIn int
	// NoReport leaves the question unanswered whether all was printed, as some printers do.
	NoReport bool
}

// Printer is one printer.
type Printer struct {
	tb      testing.TB
	address string

	mu    sync.Mutex
	ln    net.Listener
	state State
	slips []Slip
	lines sync.WaitGroup
	open  map[net.Conn]bool
}

// Slip is what came out: its text, line by line, and what its QR code says.
type Slip struct {
	Text string
	Code string
	// Largest is the size of its largest letters, 1 to 8, and Columns how many of the printer's letters its longest line is wide.
	Largest, Columns int
}

// Start starts a printer on the port on which printers listen, at an address of its own. It ends with the test.
func Start(tb testing.TB) *Printer {
	tb.Helper()
	p := &Printer{tb: tb, open: map[net.Conn]bool{}}
	for n := 1; n < 250; n++ {
		for _, port := range []int{9100, 9101} {
			ln, err := net.Listen("tcp", fmt.Sprintf("127.0.7.%d:%d", n, port))
			if err != nil {
				continue
			}
			p.address = ln.Addr().String()
			p.serve(ln)
			tb.Cleanup(p.Off)
			return p
		}
	}
	tb.Fatal("no address is free for a printer")
	return nil
}

// Address is where it is, as host:port.
func (p *Printer) Address() string { return p.address }

// Set changes how it is.
func (p *Printer) Set(s State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
}

// Slips are what it printed, the last one last.
func (p *Printer) Slips() []Slip {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Slip(nil), p.slips...)
}

// Taking is how many lines to it are open.
func (p *Printer) Taking() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

// Off pulls its plug; On puts it back.
func (p *Printer) Off() {
	p.mu.Lock()
	if p.ln != nil {
		_ = p.ln.Close()
		p.ln = nil
	}
	for c := range p.open {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.lines.Wait()
}

// On starts it again at its address.
func (p *Printer) On() {
	ln, err := net.Listen("tcp", p.address)
	if err != nil {
		p.tb.Fatalf("start the printer again: %v", err)
	}
	p.serve(ln)
}

func (p *Printer) serve(ln net.Listener) {
	p.mu.Lock()
	p.ln = ln
	p.mu.Unlock()
	p.lines.Add(1)
	go func() {
		defer p.lines.Done()
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.open[c] = true
			p.mu.Unlock()
			p.lines.Add(1)
			go func() {
				defer p.lines.Done()
				p.talk(c)
				p.mu.Lock()
				delete(p.open, c)
				p.mu.Unlock()
				_ = c.Close()
			}()
		}
	}()
}

// talk takes what comes over one line.
func (p *Printer) talk(c net.Conn) {
	r := &reader{c: c}
	slip := blank()
	for {
		cmd, err := r.next()
		if err != nil {
			return
		}
		p.mu.Lock()
		s := p.state
		p.mu.Unlock()
		if s.CutAfter > 0 && slip.bytes+len(cmd) >= s.CutAfter && cmd[0] != 0x10 {
			return
		}
		switch {
		case cmd[0] == 0x10:
			if !s.Hangs {
				_, _ = c.Write([]byte{s.answer(cmd[2])})
			}
		case cmd[0] == 0x1d && cmd[1] == 'r':
			if !s.Hangs && !s.NoReport && !s.NoPaper {
				_, _ = c.Write([]byte{0})
			}
		default:
			if slip.take(cmd) && !s.Hangs && !s.NoPaper && !s.CoverOpen {
				p.came(slip.Slip())
				slip = blank()
			}
		}
	}
}

// came is a slip that came out.
func (p *Printer) came(s Slip) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slips = append(p.slips, s)
	if p.state.EndsIn > 0 {
		if p.state.EndsIn--; p.state.EndsIn == 0 {
			p.state.NoPaper = true
		}
	}
}

// answer is what it says of itself.
func (s State) answer(question byte) byte {
	b := byte(0x12)
	switch {
	case question == 1 && (s.NoPaper || s.CoverOpen):
		b |= 0x08
	case question == 2 && s.CoverOpen:
		b |= 0x04
	case question == 2 && s.NoPaper:
		b |= 0x20
	case question == 4 && s.NoPaper:
		b |= 0x60
	}
	return b
}

// reader cuts what comes into commands and letters.
type reader struct{ c net.Conn }

func (r *reader) next() ([]byte, error) {
	out, err := r.more(nil, 1)
	if err != nil {
		return nil, err
	}
	want := map[byte]int{0x10: 2, 0x1b: 1, 0x1d: 1}[out[0]]
	if out, err = r.more(out, want); err != nil || want == 0 {
		return out, err
	}
	rest := 0
	switch {
	case out[0] == 0x1b && out[1] != '@', out[0] == 0x1d && (out[1] == '!' || out[1] == 'r'):
		rest = 1
	case out[0] == 0x1d && out[1] == 'V':
		rest = 2
	case out[0] == 0x1d && out[1] == '(':
		if out, err = r.more(out, 3); err != nil {
			return nil, err
		}
		rest = int(out[3]) + int(out[4])<<8
	}
	return r.more(out, rest)
}

func (r *reader) more(out []byte, n int) ([]byte, error) {
	b := make([]byte, n)
	for have := 0; have < n; {
		k, err := r.c.Read(b[have:])
		if err != nil {
			return nil, err
		}
		have += k
	}
	return append(out, b...), nil
}

// paper is a slip that is coming out.
type paper struct {
	text    bytes.Buffer
	code    string
	page    byte
	size    int
	largest int
	columns int
	line    int
	bytes   int
}

func blank() *paper { return &paper{size: 1} }

func (p *paper) Slip() Slip {
	return Slip{Text: strings.TrimSpace(p.text.String()), Code: p.code, Largest: p.largest, Columns: p.columns}
}

// take prints a letter or does a command; true when the paper was cut.
func (p *paper) take(cmd []byte) (done bool) {
	p.bytes += len(cmd)
	switch {
	case len(cmd) == 1 && cmd[0] == '\n':
		p.text.WriteByte('\n')
		p.line = 0
	case len(cmd) == 1:
		table := charmap.CodePage437
		switch p.page {
		case 19:
			table = charmap.CodePage858
		case 18:
			table = charmap.CodePage852
		}
		p.text.WriteRune(table.DecodeByte(cmd[0]))
		p.line += p.size
		p.largest, p.columns = max(p.largest, p.size), max(p.columns, p.line)
	case cmd[0] == 0x1b && cmd[1] == 't':
		p.page = cmd[2]
	case cmd[0] == 0x1d && cmd[1] == '!':
		p.size = int(cmd[2]&7) + 1
	case cmd[0] == 0x1d && cmd[1] == '(' && cmd[6] == 80:
		p.code = string(cmd[8:])
	case cmd[0] == 0x1d && cmd[1] == 'V':
		return true
	}
	return false
}
