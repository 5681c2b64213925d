// Package printer prints tickets on ticket printers: ESC/POS over TCP (host:9100), or over a file of the server's (/dev/usb/lp0).
//
// It promises that it never takes longer than MostTime, that a slip counts as printed only when the printer said that it is well afterwards, and that what is
// wrong is told as one of a closed list. What stands on a slip is left to web/kiosk, which printer a kiosk has to domain/staff.
package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Problem is what is wrong with a printer.
type Problem string

// The problems.
const (
	NoPaper  Problem = "paper"
	Open     Problem = "cover" // its cover is open
	Gone     Problem = "gone"  // nobody is there, or it left in the middle
	Slow     Problem = "slow"  // it is there and does not answer
	Offline  Problem = "offline"
	Mechanic Problem = "mechanic" // its knife or its motor
)

// Fault is a printer that does not print.
type Fault struct {
	Problem Problem
	cause   error
}

func (f *Fault) Error() string {
	if f.cause == nil {
		return "printer: " + string(f.Problem)
	}
	return "printer: " + string(f.Problem) + ": " + f.cause.Error()
}

func (f *Fault) Unwrap() error { return f.cause }

// ProblemOf returns what is wrong; empty for nothing.
func ProblemOf(err error) Problem {
	if err == nil {
		return ""
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Problem
	}
	return Gone
}

// How long things may take: to reach a printer, for it to say how it is, and all of it together.
const (
	dialTime   = time.Second
	answerTime = 700 * time.Millisecond
	MostTime   = 2800 * time.Millisecond
)

// Printers are those of an installation. One slip at a time goes to each. The zero value is ready; it is safe for concurrent use.
type Printers struct {
	mu   sync.Mutex
	busy map[string]chan struct{} // by address
}

// Print prints a slip on paper of 58 or 80 mm. Whatever goes wrong is a Fault.
func (p *Printers) Print(ctx context.Context, address string, paper int, s Slip) error {
	data := s.Bytes(paper)
	return p.with(ctx, address, func(ctx context.Context, l line) error { return l.print(ctx, data) })
}

// Ready reports how a printer is: nil when it could print.
func (p *Printers) Ready(ctx context.Context, address string) error {
	return p.with(ctx, address, func(ctx context.Context, l line) error { return l.well(ctx) })
}

// with talks to a printer, and comes back in time even when a file of the system's does not.
func (p *Printers) with(ctx context.Context, address string, talk func(ctx context.Context, l line) error) error {
	ctx, cancel := context.WithTimeout(ctx, MostTime)
	turn := p.turn(address)
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		cancel()
		return &Fault{Slow, ctx.Err()}
	}
	done := make(chan error, 1)
	go func() {
		defer cancel()
		defer func() { <-turn }()
		l, err := open(ctx, address)
		if err != nil {
			done <- &Fault{Gone, err}
			return
		}
		err = talk(ctx, l)
		_ = l.Close() // what it had to say, it has said
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return &Fault{Slow, ctx.Err()}
	}
}

// turn is where those stand in line who want to talk to a printer.
func (p *Printers) turn(address string) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy == nil {
		p.busy = map[string]chan struct{}{}
	}
	if p.busy[address] == nil {
		p.busy[address] = make(chan struct{}, 1)
	}
	return p.busy[address]
}

// wire is what *os.File and net.Conn have in common.
type wire interface {
	io.ReadWriteCloser
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
}

// line is a line to a printer. The files of some printers only take, and never answer: those are believed when they take.
type line struct {
	wire
	mute bool
}

func open(ctx context.Context, address string) (line, error) {
	if strings.HasPrefix(address, "/") {
		f, err := os.OpenFile(address, os.O_RDWR, 0)
		if err != nil {
			return line{}, fmt.Errorf("open printer: %w", err)
		}
		return line{wire: f, mute: true}, nil
	}
	d := net.Dialer{Timeout: dialTime}
	c, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return line{}, fmt.Errorf("reach printer: %w", err)
	}
	return line{wire: c}, nil
}

// print sends a slip to a printer that is well, and waits until it says that it is well still.
func (l line) print(ctx context.Context, data []byte) error {
	if err := l.well(ctx); err != nil {
		return err
	}
	if end, ok := ctx.Deadline(); ok {
		_ = l.SetDeadline(end) // files that know no deadline are left to with
	}
	if _, err := l.Write(append(data, 0x1d, 'r', 1)); err != nil {
		return wrong(err)
	}
	// It answers this question when everything before it was printed. Some never do: then it is asked how it is, which it answers at any time.
	_, err := l.read(printTime, func(b byte) bool { return b&0x93 == 0 })
	if gone(err) {
		if l.mute {
			return nil
		}
		return wrong(err)
	}
	return l.well(ctx)
}

// printTime is how long a slip takes at most, to the last line.
const printTime = 1500 * time.Millisecond

// The questions that a printer answers at once, whatever it is doing, and what their answers mean.
var questions = []struct {
	n     byte
	means []struct {
		bits    byte
		problem Problem
	}
}{
	{4, []meaning{{0x60, NoPaper}}},
	{2, []meaning{{0x04, Open}, {0x20, NoPaper}, {0x40, Mechanic}}},
	{1, []meaning{{0x08, Offline}}},
}

type meaning = struct {
	bits    byte
	problem Problem
}

// well asks a printer how it is.
func (l line) well(ctx context.Context) error {
	for _, q := range questions {
		if err := ctx.Err(); err != nil {
			return &Fault{Slow, err}
		}
		if _, err := l.Write([]byte{0x10, 0x04, q.n}); err != nil {
			return wrong(err)
		}
		b, err := l.read(answerTime, func(b byte) bool { return b&0x93 == 0x12 })
		if err != nil && l.mute {
			return nil
		}
		if err != nil {
			return wrong(err)
		}
		for _, m := range q.means {
			if b&m.bits != 0 {
				return &Fault{m.problem, nil}
			}
		}
	}
	return nil
}

// read waits for an answer of a kind; other bytes are answers to what nobody waits for any more.
func (l line) read(most time.Duration, ours func(b byte) bool) (byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	end, _ := ctx.Deadline() // it has one
	if err := l.SetReadDeadline(end); err != nil {
		return 0, err // nobody knows how long it would take
	}
	var b [1]byte
	for {
		if _, err := io.ReadFull(l, b[:]); err != nil {
			return 0, err
		}
		if ours(b[0]) {
			return b[0], nil
		}
	}
}

// gone reports whether a line was cut, and not only silent.
func gone(err error) bool {
	return err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, os.ErrNoDeadline)
}

// wrong puts an error of the line into the words of the list.
func wrong(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &Fault{Slow, err}
	case errors.Is(err, syscall.ENOSPC): // so says Linux of a printer without paper
		return &Fault{NoPaper, err}
	}
	return &Fault{Gone, err}
}
