package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// watchers are displays and phones: connections that read an event stream, each with when its last change came.
type watchers struct {
	conns  []net.Conn
	mu     sync.Mutex
	at     []int64 // Unix nanoseconds; 0 for none since the mark
	come   int
	bytes  int64
	all    chan struct{}
	failed error
}

func openWatchers(context.Context, json.RawMessage) (part, error) { return &watchers{}, nil }

func (w *watchers) Close() error {
	for _, c := range w.conns {
		_ = c.Close()
	}
	return nil
}

// Call opens the connections, marks a moment, and waits for what comes after it.
func (w *watchers) Call(_ context.Context, do string, args json.RawMessage) (any, error) {
	switch do {
	case "open":
		var spec watchSpec
		if err := json.Unmarshal(args, &spec); err != nil {
			return nil, err
		}
		return nil, w.open(spec)
	case "mark":
		w.mark()
		return nil, nil
	case "await":
		return w.await()
	}
	return nil, fmt.Errorf("those who watch cannot %s", do)
}

func (w *watchers) mark() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at, w.come, w.bytes, w.all = make([]int64, len(w.conns)), 0, 0, make(chan struct{})
}

// awaitTime is how long a change may take to come to everybody.
const awaitTime = 10 * time.Second

func (w *watchers) await() (watched, error) {
	select {
	case <-w.all:
	case <-time.After(awaitTime):
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	out := watched{Bytes: w.bytes}
	for _, at := range w.at {
		if at > 0 {
			out.At = append(out.At, at)
		}
	}
	return out, w.failed
}

// open connects from many addresses, as those who come from outside have, some at a time.
func (w *watchers) open(spec watchSpec) error {
	w.conns = make([]net.Conn, spec.Conns)
	w.mark()
	errs := make([]error, spec.Conns)
	var all sync.WaitGroup
	turn := make(chan struct{}, 64)
	for i := range spec.Conns {
		all.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			errs[i] = w.connect(i, spec)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (w *watchers) connect(i int, spec watchSpec) error {
	d := net.Dialer{Timeout: 10 * time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+i%200))}}
	conn, err := d.Dial("tcp", spec.Addr)
	if err != nil {
		return fmt.Errorf("connection %d: %w", i+1, err)
	}
	w.conns[i] = conn
	if _, err := conn.Write(Request("GET", spec.Addr, spec.Path, []string{"Accept: text/event-stream", "Sec-Fetch-Site: same-origin"}, "")); err != nil {
		return err
	}
	if err := conn.SetReadDeadline(time.Now().Add(requestTime)); err != nil {
		return err
	}
	in := bufio.NewReaderSize(conn, 4<<10)
	a, err := http.ReadResponse(in, nil)
	if err != nil {
		return fmt.Errorf("connection %d: %w", i+1, err)
	}
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("connection %d got status %d", i+1, a.StatusCode)
	}
	lines := bufio.NewReaderSize(a.Body, 8<<10)
	if _, err := nextState(lines); err != nil { // what there is already
		return fmt.Errorf("connection %d: its first state: %w", i+1, err)
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	go w.read(i, lines)
	return nil
}

// nextState reads to the end of the next event "state", and returns the bytes of it.
func nextState(in *bufio.Reader) (n int64, err error) {
	state := false
	for {
		line, err := in.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) {
			n += int64(len(line))
			line, err = in.ReadSlice('\n')
		}
		if err != nil {
			return n, err
		}
		n += int64(len(line))
		switch {
		case bytes.HasPrefix(line, []byte("event: state")):
			state, n = true, int64(len(line))
		case len(line) <= 2 && state:
			return n, nil
		}
	}
}

func (w *watchers) read(i int, in *bufio.Reader) {
	for {
		n, err := nextState(in)
		at := time.Now().UnixNano()
		w.mu.Lock()
		if err != nil {
			if w.failed == nil {
				w.failed = fmt.Errorf("connection %d: %w", i+1, err)
			}
			w.mu.Unlock()
			return
		}
		if w.at[i] == 0 {
			w.at[i] = at
			w.bytes += n
			if w.come++; w.come == len(w.at) {
				close(w.all)
			}
		}
		w.mu.Unlock()
	}
}

// writer is the peer of event streams: it writes the same bytes to every connection, one after another, and does nothing else.
type writer struct {
	listener net.Listener
	event    []byte
	mu       sync.Mutex
	conns    []net.Conn
}

func openWriter(ctx context.Context, spec json.RawMessage) (part, error) {
	var in writerSpec
	if err := json.Unmarshal(spec, &in); err != nil {
		return nil, err
	}
	l, err := listenHere(ctx)
	if err != nil {
		return nil, err
	}
	const frame = len("event: state\ndata: \n\n")
	w := &writer{listener: l, event: fmt.Appendf(nil, "event: state\ndata: %s\n\n", bytes.Repeat([]byte("x"), max(in.Bytes-frame, 1)))}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // it was closed
			}
			go w.greet(c)
		}
	}()
	return w, nil
}

func (w *writer) greet(c net.Conn) {
	if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
		_ = c.Close()
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := c.Write(append([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"), w.event...)); err == nil {
		w.conns = append(w.conns, c)
	}
}

// Call tells the address, or writes an event to everybody.
func (w *writer) Call(_ context.Context, do string, _ json.RawMessage) (any, error) {
	switch do {
	case "address":
		return w.listener.Addr().String(), nil
	case "ready":
		return nil, nil
	case "change":
		w.mu.Lock()
		defer w.mu.Unlock()
		at := time.Now().UnixNano()
		for _, c := range w.conns {
			if _, err := c.Write(w.event); err != nil {
				return nil, err
			}
		}
		return at, nil
	}
	return nil, fmt.Errorf("the writer cannot %s", do)
}

func (w *writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		_ = c.Close()
	}
	return w.listener.Close()
}
