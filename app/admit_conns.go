package app

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"luukku/base/i18n"
)

// crowd is a listener that keeps count of its connections. Near as many as there may be, it closes those that have been idle longest, which their
// browsers hardly notice; beyond it, whoever connects is told to come back, and not left hanging.
type crowd struct {
	net.Listener
	most   int
	answer []byte // for those beyond it; nil: their connections are closed

	mu    sync.Mutex
	open  map[*visitor]struct{}
	swept time.Time

	telling         chan struct{} // one for each who is being told
	refused, closed atomic.Int64  // since they were last reported
}

const (
	keptFiles   = 200              // of the files a process may open, for all that is no visitor
	idleEnough  = 5 * time.Second  // from here on an idle connection may be closed to make room
	sweepPause  = time.Second / 10 // between two looks for idle ones
	tellAtMost  = 256              // how many beyond the limit are told at one time; the others' connections are closed
	tellingTime = 2 * time.Second
)

// openCrowd counts the connections of a listener: as many as the settings say, as far as the system lets a process have so many.
func (a *App) openCrowd(l net.Listener) *crowd {
	most := a.Config.Limits.Connections
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err == nil && files.Cur < uint64(most+keptFiles) {
		most = max(1, int(files.Cur)-keptFiles)
		a.Log.Info("connections", "setting", a.Config.Limits.Connections, "open_files", files.Cur, "most", most)
	}
	return &crowd{Listener: l, most: most, answer: a.tooManyConnections(), open: map[*visitor]struct{}{}, telling: make(chan struct{}, tellAtMost)}
}

// tooManyConnections is the answer to somebody of whom no more is known than that they came: in every language.
func (a *App) tooManyConnections() []byte {
	var text strings.Builder
	for _, l := range i18n.Languages() {
		p := a.Site.Texts.Printer(l.Code)
		fmt.Fprintf(&text, "%s. %s\n\n", p.T("error.busy_title"), p.T("error.busy"))
	}
	return fmt.Appendf(nil, "HTTP/1.1 503 Service Unavailable\r\nRetry-After: %d\r\nConnection: close\r\nCache-Control: no-store\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: %d\r\n\r\n%s", latestRetry, text.Len(), text.String())
}

// Accept waits for the next visitor for whom there is room.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if v := c.seat(conn); v != nil {
			return v, nil
		}
		c.refused.Add(1)
		c.refuse(conn)
	}
}

// seat counts a connection in; nil when there is no room for it.
func (c *crowd) seat(conn net.Conn) *visitor {
	c.mu.Lock()
	n := len(c.open)
	var old []*visitor
	if n >= c.most-c.most/8 && time.Since(c.swept) > sweepPause {
		c.swept = time.Now()
		old = longestIdle(c.open, c.most/8)
	}
	var v *visitor
	if n < c.most {
		v = &visitor{Conn: conn, crowd: c}
		c.open[v] = struct{}{}
	}
	c.mu.Unlock()
	for _, o := range old {
		c.closed.Add(1)
		_ = o.Close() // the server finds it closed
	}
	return v
}

// longestIdle are the n that have been idle longest, of those that have been for long enough.
func longestIdle(open map[*visitor]struct{}, n int) []*visitor {
	type waiting struct {
		v     *visitor
		since int64
	}
	var idle []waiting
	before := time.Now().Add(-idleEnough).UnixNano()
	for v := range open {
		if since := v.idle.Load(); since != 0 && since < before {
			idle = append(idle, waiting{v, since})
		}
	}
	slices.SortFunc(idle, func(a, b waiting) int { return cmp.Compare(a.since, b.since) })
	out := make([]*visitor, 0, n)
	for _, w := range idle[:min(n, len(idle))] {
		out = append(out, w.v)
	}
	return out
}

// refuse tells somebody to come back, once the request is there: a browser does not expect an answer before it has asked.
func (c *crowd) refuse(conn net.Conn) {
	if c.answer == nil {
		_ = conn.Close()
		return
	}
	select {
	case c.telling <- struct{}{}:
	default:
		_ = conn.Close() // there are too many even to be told
		return
	}
	go func() {
		defer func() { <-c.telling }()
		defer conn.Close()
		if conn.SetDeadline(time.Now().Add(tellingTime)) != nil {
			return
		}
		if _, err := conn.Read(make([]byte, 4<<10)); err != nil {
			return
		}
		if _, err := conn.Write(c.answer); err != nil {
			return
		}
		if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(conn, 64<<10)) // closing on what is unread would take the answer back
		}
	}()
}

// size is how many are here.
func (c *crowd) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open)
}

// note is told by the server what its connections do.
func (c *crowd) note(conn net.Conn, state http.ConnState) {
	if over, ok := conn.(*tls.Conn); ok {
		conn = over.NetConn()
	}
	v, ok := conn.(*visitor)
	if !ok {
		return
	}
	switch state {
	case http.StateIdle:
		v.idle.Store(time.Now().UnixNano())
	case http.StateActive:
		v.idle.Store(0)
	}
}

// visitor is one connection.
type visitor struct {
	net.Conn
	crowd *crowd
	idle  atomic.Int64 // since when, Unix nanoseconds; 0 while it is not
}

// Close closes the connection and gives up its place.
func (v *visitor) Close() error {
	v.crowd.mu.Lock()
	delete(v.crowd.open, v)
	v.crowd.mu.Unlock()
	return v.Conn.Close()
}

// SyscallConn is for who writes without waiting.
func (v *visitor) SyscallConn() (syscall.RawConn, error) {
	if c, ok := v.Conn.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// CloseWrite tells the other side that nothing more comes, so that it reads the last answer.
func (v *visitor) CloseWrite() error {
	if half, ok := v.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
