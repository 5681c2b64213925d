package cuts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// cut is a way to break the wire to PostgreSQL.
type cut int

// The ways. All but the last three are meant for one COMMIT.
const (
	beforeCommit cut = iota // the COMMIT never reaches the server
	sentCommit              // it was sent, and the wire is cut at once
	lostAnswer              // the server has answered, and the answer is lost
	afterAnswer             // the answer arrived, and the connection is dead when it is used again
	everybody               // every connection is cut when one sends its COMMIT
	anywhere                // after some bytes in either direction, in the middle of a message
	frozen                  // nothing passes for a while, in either direction
	cuts                    // how many there are
)

func (c cut) String() string {
	return [...]string{
		"before COMMIT", "COMMIT sent", "answer lost", "after the answer", "everybody", "anywhere", "frozen",
	}[c]
}

// wire is a proxy between the server and PostgreSQL that knows enough of the protocol to see a COMMIT.
type wire struct {
	l      net.Listener
	to     string
	budget atomic.Int64 // bytes until the cut called anywhere; below zero there is none
	thaw   atomic.Pointer[chan struct{}]

	mu    sync.Mutex
	armed *order
	links map[*link]bool
}

// order is one cut that waits for its moment.
type order struct {
	cut  cut
	done chan struct{} // closed when it has happened
}

// link is one connection of the server.
type link struct {
	w              *wire
	client, server net.Conn
	answer         atomic.Int32 // what is to become of the next answer
}

// What is to become of an answer.
const (
	pass int32 = iota
	drop
	passAndCut
)

func openWire(t *testing.T, to string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{l: l, to: to, links: map[*link]bool{}}
	w.budget.Store(-1)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { w.connect(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		w.cutAll()
		all.Wait()
	})
	return w
}

func (w *wire) address() string { return w.l.Addr().String() }

// arm has the next moment that fits cut; the channel is closed when it has.
func (w *wire) arm(c cut, bytes int64) <-chan struct{} {
	o := &order{cut: c, done: make(chan struct{})}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = o
	if c == anywhere {
		w.budget.Store(bytes)
	}
	return o.done
}

// disarm takes an order back that has not happened.
func (w *wire) disarm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = nil
	w.budget.Store(-1)
}

// take returns the order that is armed for this moment and has not happened, which it now does.
func (w *wire) take(fits func(cut) bool) (cut, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.armed == nil || !fits(w.armed.cut) {
		return 0, false
	}
	c := w.armed.cut
	close(w.armed.done)
	w.armed = nil
	return c, true
}

// freeze lets nothing pass for a while. Half of the time nothing of what was on its way arrives afterwards either.
func (w *wire) freeze(d time.Duration, cutAfter bool) {
	over := make(chan struct{})
	w.thaw.Store(&over)
	time.Sleep(d)
	if cutAfter {
		w.cutAll()
	}
	w.thaw.Store(nil)
	close(over)
}

// wait waits while the wire is frozen.
func (w *wire) wait() {
	if over := w.thaw.Load(); over != nil {
		<-*over
	}
}

func (w *wire) cutAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for l := range w.links {
		l.cut()
	}
}

func (w *wire) connect(client net.Conn) {
	server, err := net.Dial("tcp", w.to)
	if err != nil {
		_ = client.Close()
		return
	}
	l := &link{w: w, client: client, server: server}
	w.mu.Lock()
	w.links[l] = true
	w.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { l.up(); l.cut() })
	both.Go(func() { l.down(); l.cut() })
	both.Wait()
	w.mu.Lock()
	delete(w.links, l)
	w.mu.Unlock()
}

func (l *link) cut() {
	_ = l.client.Close()
	_ = l.server.Close()
}

var errCut = errors.New("cut")

// write passes bytes on, or the part of them that comes before the cut called anywhere.
func (l *link) write(to net.Conn, b []byte) error {
	l.w.wait()
	if l.w.budget.Load() >= 0 {
		if left := l.w.budget.Add(-int64(len(b))); left < 0 {
			if _, ok := l.w.take(func(c cut) bool { return c == anywhere }); ok {
				l.w.budget.Store(-1)
				_, _ = to.Write(b[:max(0, int64(len(b))+left)]) // cut either way
				return errCut
			}
		}
	}
	_, err := to.Write(b)
	return err
}

// up passes on what the client says, message by message.
func (l *link) up() {
	first := true
	for {
		m, err := message(l.client, first)
		if err != nil {
			return
		}
		commit := !first && isCommit(m)
		first = false
		if commit {
			err = l.commit(m)
		} else {
			err = l.write(l.server, m)
		}
		if err != nil {
			return
		}
	}
}

// commit passes a COMMIT on, or does to it what is armed.
func (l *link) commit(m []byte) error {
	c, ok := l.w.take(func(c cut) bool { return c < anywhere })
	if !ok {
		return l.write(l.server, m)
	}
	switch c {
	case beforeCommit:
		return errCut
	case sentCommit:
		_ = l.write(l.server, m) // cut either way
		return errCut
	case lostAnswer:
		l.answer.Store(drop)
	case afterAnswer:
		l.answer.Store(passAndCut)
	case everybody:
		l.answer.Store(drop)
		err := l.write(l.server, m)
		time.AfterFunc(time.Millisecond, l.w.cutAll)
		return err
	}
	return l.write(l.server, m)
}

// ready is the end of an answer outside of a transaction.
var ready = []byte{'Z', 0, 0, 0, 5, 'I'}

// down passes on what PostgreSQL says.
func (l *link) down() {
	buf := make([]byte, 32<<10)
	for {
		n, err := l.server.Read(buf)
		if n > 0 {
			what := l.answer.Load()
			if what == drop {
				return
			}
			if l.write(l.client, buf[:n]) != nil || what == passAndCut && bytes.HasSuffix(buf[:n], ready) {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// message reads one message of the protocol as it is; the first one of a connection has no type.
func message(r io.Reader, first bool) ([]byte, error) {
	kind := 1
	if first {
		kind = 0
	}
	head := make([]byte, kind+4)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	size := int(binary.BigEndian.Uint32(head[kind:]))
	if size < 4 || size > 64<<20 {
		return nil, errors.New("not the protocol of PostgreSQL")
	}
	m := make([]byte, kind+size)
	copy(m, head)
	_, err := io.ReadFull(r, m[len(head):])
	return m, err
}

// isCommit says that a message is a simple query, or the parsing of one, that commits.
func isCommit(m []byte) bool {
	text := m[5:]
	switch m[0] {
	case 'P': // name, text
		_, after, ok := bytes.Cut(text, []byte{0})
		if !ok {
			return false
		}
		text = after
	case 'Q':
	default:
		return false
	}
	return strings.HasPrefix(strings.ToUpper(strings.TrimSpace(string(text[:min(len(text), 16)]))), "COMMIT")
}
