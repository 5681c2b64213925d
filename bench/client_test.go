package bench

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// speaker answers each connection's requests with given bytes, one after another, and counts connections.
func speaker(t *testing.T, answers ...string) (addr string, connections *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	connections = &atomic.Int64{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			go func() {
				defer c.Close()
				buf := make([]byte, 4096)
				for _, a := range answers {
					if _, err := c.Read(buf); err != nil {
						return
					}
					for i := 0; i < len(a); i += 7 { // in pieces, as a network may
						_, _ = c.Write([]byte(a[i:min(i+7, len(a))]))
					}
				}
			}()
		}
	}()
	return l.Addr().String(), connections
}

func dial(t *testing.T, addr string) *Conn {
	t.Helper()
	c, err := Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestClientReadsEachKindOfBody(t *testing.T) {
	t.Parallel()
	addr, connections := speaker(t,
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"e\"\r\n\r\nhello",
		"HTTP/1.1 409 Conflict\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\n\r\n",
		"HTTP/1.1 303 See Other\r\nLocation: /there\r\nSet-Cookie: a=b; Path=/\r\nSet-Cookie: c=d\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 204 No Content\r\n\r\n",
		"HTTP/1.0 200 OK\r\n\r\nuntil the end",
	)
	for _, keep := range []bool{true, false} {
		c := dial(t, addr)
		c.KeepBody = keep
		for i, want := range []struct {
			status int
			body   string
		}{{200, "hello"}, {409, "abc0123456789"}, {304, ""}, {303, ""}, {204, ""}, {200, "until the end"}} {
			a, err := c.Do([]byte("GET / HTTP/1.1\r\n\r\n"))
			if err != nil {
				t.Fatalf("answer %d: %v", i, err)
			}
			if a.Status != want.status || a.Bytes != int64(len(want.body)) || keep && want.body != "" && string(a.Body) != want.body {
				t.Errorf("answer %d: got %d, %d bytes, %q; want %v", i, a.Status, a.Bytes, a.Body, want)
			}
			if keep && i == 0 && a.ETag != `"e"` || keep && i == 3 && (a.Location != "/there" || fmt.Sprint(a.Cookies) != "[a=b c=d]") {
				t.Errorf("answer %d: got %+v", i, a)
			}
		}
	}
	if n := connections.Load(); n != 2 {
		t.Errorf("got %d connections, want one for each client: they are kept alive", n)
	}
}

func TestClientOpensAnewWhatTheServerClosed(t *testing.T) {
	t.Parallel()
	addr, connections := speaker(t, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
	c := dial(t, addr)
	for range 3 {
		if a, err := c.Do([]byte("GET / HTTP/1.1\r\n\r\n")); err != nil || a.Status != 200 {
			t.Fatalf("got %v %v", a, err)
		}
	}
	if n := connections.Load(); n != 3 {
		t.Errorf("got %d connections, want 3", n)
	}
}

func TestClientNeverTakesHalfAnAnswerForAWhole(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"cut in the body":   "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
		"cut in a chunk":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n012",
		"cut in the head":   "HTTP/1.1 200 OK\r\nContent-Le",
		"no HTTP":           "SSH-2.0-OpenSSH_9.2\r\n\r\n",
		"no status":         "HTTP/1.1 abc Huh\r\n\r\n",
		"no length":         "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
		"no chunk":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"nothing but a hat": "",
	} {
		addr, _ := speaker(t, answer)
		if a, err := dial(t, addr).Do([]byte("GET / HTTP/1.1\r\n\r\n")); err == nil {
			t.Errorf("%s: got %+v, want an error", name, a)
		}
	}
}

func TestLoadCountsWhatTheServerServed(t *testing.T) {
	t.Parallel()
	var served, wrong atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		if r.Method != "POST" || r.FormValue("slot") != "x" || r.Header.Get("X-One") != "1" {
			wrong.Add(1)
		}
		if r.URL.Path == "/taken" {
			w.WriteHeader(http.StatusConflict)
		}
	}))
	defer srv.Close()
	plan := Load{
		Addr: strings.TrimPrefix(srv.URL, "http://"), Conns: 8, Time: 10 * time.Second, Method: "POST", Headers: []string{"X-One: 1"}, Body: "slot=x", Once: true,
		First: 10,
	}
	var paths []string
	for i := range 110 {
		paths = append(paths, fmt.Sprintf("/%d", i))
	}
	paths[50] = "/taken"
	got, err := runLoad(t.Context(), plan, build(plan, paths))
	if err != nil {
		t.Fatal(err)
	}
	if got.Done != 100 || served.Load() != 100 || wrong.Load() != 0 || got.Latency.N != 100 {
		t.Errorf("got %d done of %d served (%d wrong), want each of 100 once", got.Done, served.Load(), wrong.Load())
	}
	if got.Statuses[409] != 1 || got.Only(200) == nil {
		t.Errorf("got %v: a wrong status must be told", got.Statuses)
	}
	if got.Elapsed > 5*time.Second {
		t.Errorf("got %v, want an end when nothing is left", got.Elapsed)
	}
}

func TestOpenLoopCountsTheWaitBeforeTheRequest(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if n.Add(1) == 1 {
			time.Sleep(300 * time.Millisecond) // once; those behind it on the one connection wait, too
		}
	}))
	defer srv.Close()
	plan := Load{Addr: strings.TrimPrefix(srv.URL, "http://"), Conns: 1, Time: 500 * time.Millisecond, PerSecond: 100, Method: "GET", Paths: []string{"/"}}
	got, err := runLoad(t.Context(), plan, build(plan, plan.Paths))
	if err != nil {
		t.Fatal(err)
	}
	if got.Done != 50 {
		t.Errorf("got %d requests in half a second, want all 50 that were due", got.Done)
	}
	if p := got.Latency.Quantile(0.5); p < 20*time.Millisecond {
		t.Errorf("got a median of %v, want the wait of those that were due while the server slept", p)
	}
}

func TestRequestsCarryTheirOwnBodyAndHeader(t *testing.T) {
	t.Parallel()
	plan := Load{Addr: "h:1", Method: "GET", Headers: []string{"A: 1"}}
	got := string(build(plan, []string{"/p\t\tIf-None-Match: \"x\""})[0])
	if want := "GET /p HTTP/1.1\r\nHost: h:1\r\nA: 1\r\nIf-None-Match: \"x\"\r\n\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	plan.Method = "POST"
	got = string(build(plan, []string{"/p\ta=b"})[0])
	if want := "POST /p HTTP/1.1\r\nHost: h:1\r\nA: 1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
