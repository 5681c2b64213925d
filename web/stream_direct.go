package web

import (
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"
)

// direct is a stream that the feed writes to by itself: to a thousand readers one after another, with one system call each. Waking each reader's goroutine
// to do the same costs several times as much. Whoever does not take all of it at once goes on in a goroutine of its own, and holds nobody up.
//
// It is for connections of HTTP/1.1 without TLS, as they come from a proxy and in the house; on the others each reader writes by itself (reader.follow).
type direct struct {
	conn net.Conn
	raw  syscall.RawConn
	now  func() time.Time
	// ended is closed when nothing more can be written, or the reader left.
	ended chan struct{}
	once  sync.Once

	mu      sync.Mutex
	number  int  // of the state that was written last
	behind  bool // a goroutine writes what was not taken at once
	nothing bool // nothing is to be written any more
}

// directly takes the connection over, after the head and what was already said; nil when it cannot be, and then nothing has happened.
func (r *reader) directly(number int) *direct {
	if r.major != 1 || r.minor < 1 { // written in chunks
		return nil
	}
	conn, _, err := r.control.Hijack()
	if err != nil {
		return nil
	}
	d := &direct{conn: conn, now: r.clock, ended: make(chan struct{}), number: number}
	if c, ok := conn.(syscall.Conn); ok {
		d.raw, _ = c.SyscallConn() // without it a goroutine writes
	}
	go d.listen()
	return d
}

// listen waits for the reader to leave: nobody else reads the connection any more. Who says more than they asked is cut off.
func (d *direct) listen() {
	_, _ = d.conn.Read(make([]byte, 1))
	d.end()
}

func (d *direct) end() { d.once.Do(func() { close(d.ended) }) }

// close says that the answer is complete, if that can be said at once, and closes the connection.
func (d *direct) close() {
	d.mu.Lock()
	d.nothing = true
	whole := !d.behind
	d.mu.Unlock()
	if whole && d.conn.SetWriteDeadline(d.now().Add(time.Second)) == nil {
		_, _ = d.conn.Write([]byte("0\r\n\r\n"))
	}
	_ = d.conn.Close()
	d.end()
}

// offer writes what was said, or leaves it to the goroutine that is behind.
func (d *direct) offer(f *feed, s *said) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.nothing || d.behind {
		return
	}
	what := d.next(s)
	if len(what) == 0 {
		return
	}
	n, err := d.try(what)
	switch {
	case err != nil:
		d.nothing = true
		d.end()
	case n < len(what):
		d.behind = true
		go d.catchUp(f, what[n:])
	}
}

// has is the number of the state that the reader has, or is being given.
func (d *direct) has() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.number
}

// next is what a reader lacks of what was said, as a chunk.
func (d *direct) next(s *said) []byte {
	switch {
	case s.err != nil:
		return nil
	case s.number > d.number:
		d.number = s.number
		return s.stateChunk
	case s.number < d.number: // overtaken by what was said after it
		return nil
	}
	return s.beatChunk
}

// try writes as much as the connection takes at once.
func (d *direct) try(what []byte) (n int, err error) {
	if d.raw == nil {
		return 0, nil
	}
	failed := d.raw.Write(func(fd uintptr) bool {
		for {
			n, err = syscall.Write(int(fd), what)
			if err != syscall.EINTR {
				return true
			}
		}
	})
	switch {
	case failed != nil:
		return 0, failed
	case err == syscall.EAGAIN:
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("write to a stream: %w", err)
	}
	return n, nil
}

// catchUp writes the rest, and what was said meanwhile. Who takes nothing for too long is dropped.
func (d *direct) catchUp(f *feed, rest []byte) {
	for {
		err := d.conn.SetWriteDeadline(d.now().Add(writeTime))
		if err == nil {
			_, err = d.conn.Write(rest)
		}
		if err == nil {
			err = d.conn.SetWriteDeadline(time.Time{}) // of the goroutine alone: a deadline that passed would forbid every later write
		}
		d.mu.Lock()
		if err != nil || d.nothing {
			d.nothing = true
			d.mu.Unlock()
			d.end()
			return
		}
		if last := f.last(); last.number > d.number && last.err == nil {
			rest = d.next(last)
			d.mu.Unlock()
			continue
		}
		d.behind = false
		d.mu.Unlock()
		return
	}
}

// chunk frames what is said as HTTP/1.1 sends it (RFC 9112, 7.1).
func chunk(what []byte) []byte {
	return append(fmt.Appendf(make([]byte, 0, len(what)+16), "%x\r\n%s", len(what), what), '\r', '\n')
}
