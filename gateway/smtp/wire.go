package smtp

import (
	"context"
	"crypto/tls"
	"net"
	"strconv"
	"sync"
)

// wire is the connection of one message. It remembers what went wrong on it first, which the mail library does not tell, and can be closed at any
// moment, also while it is being made.
type wire struct {
	cfg Config

	mu     sync.Mutex
	conn   net.Conn
	failed error
	closed bool
}

func (w *wire) tls() *tls.Config {
	return &tls.Config{ServerName: w.cfg.Host, RootCAs: w.cfg.RootCAs, MinVersion: tls.VersionTLS12}
}

// dial connects and, when encryption starts with the first octet, shakes hands. It is called once.
func (w *wire) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(w.cfg.Host, strconv.Itoa(w.cfg.Port)))
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.conn = conn
	closed := w.closed
	w.mu.Unlock()
	if closed {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	watched := watchedConn{Conn: conn, wire: w}
	if w.cfg.TLS != TLS {
		return watched, nil
	}
	secured := tls.Client(watched, w.tls())
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secured, nil
}

func (w *wire) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	if w.conn != nil {
		_ = w.conn.Close()
	}
}

func (w *wire) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed == nil {
		w.failed = err
	}
}

// cause is why the conversation broke off: the caller's context, or the first error of the connection, or nil.
func (w *wire) cause(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

// watchedConn tells its wire what goes wrong.
type watchedConn struct {
	net.Conn
	wire *wire
}

func (c watchedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		c.wire.note(err)
	}
	return n, err
}

func (c watchedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		c.wire.note(err)
	}
	return n, err
}
