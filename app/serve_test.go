package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"luukku/base/config"
)

func TestRunningRequestsAreFinishedBeforeTheServerStops(t *testing.T) {
	t.Parallel()
	h := newTown(t, nil)
	address, stop := h.serve(t)
	if got := get(t, address+"/readyz"); got != "ready" {
		t.Fatalf("got %q, want it ready", got)
	}
	// A form whose second half comes when the server has been told to stop.
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const form = "size=150&scheme=dark"
	head := "POST /en/vuorela/look HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n" +
		"Expect: 100-continue\r\nConnection: close\r\n\r\n"
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
	proceed := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	if _, err := io.ReadFull(conn, proceed); err != nil { // the handler is reading now
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for { // until nobody is let in any more
		c, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
		if err != nil {
			break
		}
		c.Close()
	}
	select {
	case err := <-stopped:
		t.Fatalf("got it stopped (%v) while a request was running", err)
	default:
	}
	if _, err := io.WriteString(conn, form); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 303 ") {
		t.Errorf("got %.60q, %v; want the form taken", answer, err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: got %v, want none", err)
	}
}

func get(t *testing.T, address string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// pipes is a listener whose connections are in memory, so that their deadlines follow the bubble's clock.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func TestWhoSendsSlowlyIsCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, more string
		most        time.Duration
	}{
		"no header":      {"", "", 5 * time.Second},
		"half a header":  {"GET / HTTP/1.1\r\n", "X: y\r\n", 5 * time.Second},
		"a body by bits": {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", "z", 31 * time.Second},
		"idle":           {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "", 2 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := &App{Log: slog.New(slog.DiscardHandler), Config: config.Default()}
			srv := a.server(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
			l := &pipes{conns: make(chan net.Conn, 1), done: make(chan struct{})}
			go func() { _ = srv.Serve(l) }()
			ours, theirs := net.Pipe()
			l.conns <- theirs
			begun, cut := time.Now(), make(chan time.Duration, 1)
			go func() { // reads what is answered until the end
				_, _ = io.Copy(io.Discard, ours)
				cut <- time.Since(begun)
			}()
			_, _ = io.WriteString(ours, c.first)
			for range 200 {
				if _, err := io.WriteString(ours, c.more); err != nil {
					break
				}
				time.Sleep(time.Second)
			}
			synctest.Wait() // the reader learns of the end, too
			select {
			case after := <-cut:
				if after > c.most {
					t.Errorf("%s: cut off after %v, want %v at most", name, after, c.most)
				}
			default:
				t.Errorf("%s: not cut off after 200 s", name)
			}
			if err := srv.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			ours.Close()
			synctest.Wait()
		})
	}
}

func TestServersOwnLogNamesNoAddress(t *testing.T) {
	t.Parallel()
	log := &record{}
	a := &App{Log: options(nil, log).Log, Config: config.Default()}
	srv := a.server(nil)
	srv.ErrorLog.Print("http: TLS handshake error from 192.0.2.7:51234: EOF")
	srv.ErrorLog.Print("http: panic serving [2001:db8::7]:51234: broken")
	if got := log.String(); strings.Contains(got, "192.0.2.7") || strings.Contains(got, "2001:db8") || !strings.Contains(got, "handshake") || !strings.Contains(got, "broken") {
		t.Errorf("got %q, want both lines without addresses", got)
	}
}

func TestCommandsReachTheRunningServerAlone(t *testing.T) {
	t.Parallel()
	h := newTown(t, nil)
	if _, err := Control(t.Context(), h.Config.Data, http.MethodGet, "/blueprint/export", nil); !errors.Is(err, ErrNotRunning) || strings.Contains(err.Error(), "http") {
		t.Errorf("got %v, want ErrNotRunning in words of our own", err)
	}
	_, stop := h.serve(t)
	var reply ControlReply
	for { // until the socket is there
		var err error
		reply, err = Control(t.Context(), h.Config.Data, http.MethodGet, "/blueprint/export?org=vuorela", nil)
		if err == nil {
			break
		}
		if !errors.Is(err, ErrNotRunning) {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
	plan, err := Control(t.Context(), h.Config.Data, http.MethodPost, "/blueprint/plan", strings.NewReader(reply.Document))
	if err != nil || len(plan.Lines)+len(plan.Problems) > 0 {
		t.Errorf("got %v, %v, %v; want no difference to what was exported", plan.Lines, plan.Problems, err)
	}
	if _, err := Control(t.Context(), h.Config.Data, http.MethodPost, "/blueprint/plan", strings.NewReader(strings.Repeat("#", maxDocument+1))); err == nil || !strings.Contains(err.Error(), "larger than 16 MB") {
		t.Errorf("got %v, want it too large", err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := Control(t.Context(), h.Config.Data, http.MethodGet, "/blueprint/export", nil); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after the stop: got %v, want ErrNotRunning", err)
	}
}

func TestAPathTooLongForASocketIsSaid(t *testing.T) {
	t.Parallel()
	h := open(t, settings(t, map[string]string{"LUUKKU_DATA": t.TempDir() + "/" + strings.Repeat("d", 100)}), false)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := h.Serve(ctx, l); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("got %v, want the path too long", err)
	}
}
