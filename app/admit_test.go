package app

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"luukku/base/admit"
	"luukku/base/i18n"
)

func TestWhoFinishesSomethingIsKnownByTheAddress(t *testing.T) {
	t.Parallel()
	for ask, want := range map[string]admit.Class{
		"GET /": admit.Begin, "GET /en/": admit.Begin, "GET /en/vuorela/": admit.Begin, "GET /en/vuorela/services": admit.Begin,
		"GET /en/vuorela/book/passport/kallio": admit.Begin, "POST /en/vuorela/book/passport/kallio": admit.Begin,
		"GET /en/vuorela/book/draft/abc/details": admit.Finish, "POST /en/vuorela/book/draft/abc/check": admit.Finish,
		"POST /en/vuorela/book/draft/abc/extend": admit.Finish, "GET /en/vuorela/booked": admit.Finish,
		"GET /en/vuorela/appointment": admit.Finish, "POST /en/vuorela/appointment/cancel": admit.Finish, "POST /en/vuorela/link/abc": admit.Finish,
		"POST /en/vuorela/look": admit.Begin, "GET /api/v1/openapi.json": admit.Begin,
		"GET /api/v1/organisations/vuorela/free-times": admit.Begin, "POST /api/v1/organisations/vuorela/holds": admit.Begin,
		"POST /api/v1/organisations/vuorela/holds/abc/extend": admit.Finish, "POST /api/v1/organisations/vuorela/appointments": admit.Finish,
		"DELETE /api/v1/organisations/vuorela/appointment": admit.Finish, "POST /api/v1/organisations/vuorela/appointment/move": admit.Finish,
		"GET /api/v1/organisations/vuorela/services": admit.Begin,
		"GET /en/my/forms":                           admit.Begin, "POST /en/my/forms/new/vuorela/day-care": admit.Begin, "GET /en/my/forms/draft/abc": admit.Finish, "POST /en/my/forms/draft/abc/step/2": admit.Finish,
		"POST /en/my/forms/draft/abc/send": admit.Finish, "GET /en/vuorela/fill/feedback": admit.Begin, "POST /en/vuorela/fill/draft/abc/send": admit.Finish, "GET /en/vuorela/forms/draft": admit.Begin,
		"GET /en/vuorela/courses/swimming": admit.Begin, "POST /en/vuorela/courses/swimming/enrol": admit.Begin, "POST /en/vuorela/courses/swimming/enrol/abc": admit.Finish,
		"GET /en/vuorela/courses/swimming/enrol/abc/done": admit.Finish, "POST /en/vuorela/enrolment/abc": admit.Finish, "GET /en/staff/vuorela/courses/swimming": admit.Begin,
	} {
		method, path, _ := strings.Cut(ask, " ")
		if got, passes := classOf(method, path); got != want || passes {
			t.Errorf("%s: got class %d, passes %t; want %d, false", ask, got, passes, want)
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/assets/app-1.css"} {
		if _, passes := classOf("GET", path); !passes {
			t.Errorf("%s does not pass", path)
		}
	}
}

// guarded is a house whose keeper lets n requests in, before a handler of the test's.
func guarded(t *testing.T, n int, next http.HandlerFunc) (*house, *keeper, *httptest.Server) {
	t.Helper()
	return guardedBy(t, n, 0, next)
}

// guardedBy is guarded with a keeper who turns people away when requests wait so many milliseconds for a processor; 0 never does: how busy the machine of a test is
// is not what is tested.
func guardedBy(t *testing.T, n, wait int, next http.HandlerFunc) (*house, *keeper, *httptest.Server) {
	t.Helper()
	h := newTown(t, map[string]string{"LUUKKU_LIMITS_IN_PROGRESS": strconv.Itoa(n), "LUUKKU_LIMITS_WAIT": strconv.Itoa(wait)})
	k, err := h.openKeeper(t.Context(), next)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(k)
	t.Cleanup(func() {
		srv.Close()
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return h, k, srv
}

// fill takes every slot that new visitors may have, until let go.
func fill(t *testing.T, k *keeper) {
	t.Helper()
	for k.gate.Enter(admit.Begin, k.now()) == admit.In {
	}
	k.gate.TakeCounts()
}

func TestWhoIsTurnedAwayIsToldSoInTheirLanguage(t *testing.T) {
	t.Parallel()
	_, k, srv := guarded(t, 8, func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "served") })
	fill(t, k)
	texts := i18n.MustLoad()
	for _, l := range i18n.Languages() {
		for _, path := range []string{"/" + string(l.Code) + "/vuorela/", "/"} {
			res := do(t, http.MethodGet, srv.URL+path, "", "Accept-Language", string(l.Code), "Accept-Encoding", "gzip")
			z, err := gzip.NewReader(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(z)
			if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), texts.Printer(l.Code).T("error.busy")) {
				t.Errorf("%s %s: got %d %.300s", l.Code, path, res.StatusCode, body)
			}
			comesBack(t, res)
			h := res.Header
			if h.Get("Content-Security-Policy") == "" || h.Get("Cache-Control") != "no-store" || !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
				t.Errorf("%s %s: got headers %v, want those of every page", l.Code, path, h)
			}
		}
		res := do(t, http.MethodGet, srv.URL+"/api/v1/organisations", "", "Accept-Language", string(l.Code))
		var p struct {
			Type, Detail string
			Status       int
			RetryAfter   int `json:"retry_after"`
		}
		if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
			t.Fatal(err)
		}
		if p.Type != "/problems/error.busy" || p.Status != 503 || p.RetryAfter != comesBack(t, res) || p.Detail != texts.Printer(l.Code).T("api.as_error_busy") ||
			res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %+v", l.Code, p)
		}
	}
	for path, want := range map[string]int{"/healthz": 200, "/assets/x": 200, "/en/vuorela/booked": 200, "/en/": 503} {
		if got := do(t, http.MethodGet, srv.URL+path, "").StatusCode; got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
}

func do(t *testing.T, method, address, body string, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// comesBack is the time to come back at; it must be 2 to 10 seconds.
func comesBack(t *testing.T, res *http.Response) int {
	t.Helper()
	n, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || n < 2 || n > 10 {
		t.Errorf("got Retry-After %q, want 2 to 10", res.Header.Get("Retry-After"))
	}
	return n
}

func TestLateProcessorsTurnNewVisitorsAwayFirst(t *testing.T) {
	t.Parallel()
	_, k, _ := guardedBy(t, 8, 20, func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "served") })
	if got := status(k, "GET", "/en/vuorela/"); got != 200 {
		t.Fatalf("got %d, want 200", got)
	}
	for k.gate.TakeCounts().Longest == 0 { // the probe of that request is through
		time.Sleep(time.Millisecond)
	}
	k.gate = admit.New(admit.Options{Slots: 8, Wait: time.Hour}) // hours, so that the machine's own moments do not count
	k.began = time.Now().Add(-100 * time.Hour)
	k.gate.Probe(1)
	k.gate.Returned(1 + int64(2*time.Hour))
	k.gate.Probe(k.now() - int64(3*time.Hour))
	for range 3 {
		if begin, finish := status(k, "GET", "/en/vuorela/"), status(k, "GET", "/en/vuorela/booked"); begin != 503 || finish != 200 {
			t.Errorf("got %d for who begins and %d for who finishes, want 503 and 200", begin, finish)
		}
	}
	if n := k.gate.TakeCounts(); n.Late != 3 || n.In != 3 {
		t.Errorf("got %+v, want three of each", n)
	}
}

func status(h http.Handler, method, path string) int {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Code
}

// An answer that is being read slowly, or a body that comes slowly, is no request in progress.
func TestWhoIsSlowHoldsNoSlot(t *testing.T) {
	t.Parallel()
	_, k, srv := guarded(t, 8, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(make([]byte, 64<<20)) // more than any socket takes
	})
	for range 20 {
		conn := dial(t, srv)
		fmt.Fprintf(conn, "GET /en/ HTTP/1.1\r\nHost: x\r\n\r\n")
		if got, err := bufio.NewReaderSize(conn, 16).ReadString('\n'); err != nil || !strings.Contains(got, " 200 ") {
			t.Fatalf("got %q, %v; want it served", got, err)
		}
	}
	for range 20 {
		fmt.Fprintf(dial(t, srv), "POST /en/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf a form")
	}
	for end := time.Now().Add(10 * time.Second); k.gate.Running() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d are in progress, want none", k.gate.Running())
		}
	}
	if n := k.gate.TakeCounts(); n.In != 20 || n.Full != 0 {
		t.Errorf("got %+v, want 20 let in and nobody turned away", n)
	}
}

func dial(t *testing.T, srv *httptest.Server) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestABodyReachesTheDoorWhole(t *testing.T) {
	t.Parallel()
	_, _, srv := guarded(t, 8, func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		plain(w, http.StatusOK, fmt.Sprintf("%d %v", len(b), err))
	})
	for _, n := range []int{0, 1, aheadBytes - 1, aheadBytes, aheadBytes + 1, 10 * aheadBytes} {
		for _, chunked := range []bool{false, true} {
			var body io.Reader = strings.NewReader(strings.Repeat("x", n))
			if chunked {
				body = io.MultiReader(body)
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/en/", body)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if want := fmt.Sprintf("%d <nil>", n); string(got) != want {
				t.Errorf("%d bytes, chunked %t: got %q, want %q", n, chunked, got, want)
			}
		}
	}
}

func TestBeyondTheConnectionsEverybodyIsTold(t *testing.T) {
	t.Parallel()
	h := newTown(t, map[string]string{"LUUKKU_LIMITS_CONNECTIONS": "16"})
	address, _ := h.serve(t)
	address = strings.TrimPrefix(address, "http://")
	var held []net.Conn
	for range 16 {
		held = append(held, ask(t, address, "200"))
	}
	ask(t, address, "503") // nobody has been idle for long
	held[3].Close()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if c := try(t, address); strings.Contains(c, " 200 ") {
			break
		} else if time.Now().After(end) {
			t.Fatalf("got %q although one has left", c)
		}
	}
}

func TestIdleConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	c := &crowd{most: 16, open: map[*visitor]struct{}{}}
	var all []*visitor
	for i := range 16 {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		v := &visitor{Conn: ours, crowd: c}
		c.open[v] = struct{}{}
		all = append(all, v)
		if i > 0 { // the first works
			v.idle.Store(time.Now().Add(-time.Duration(i) * time.Second).UnixNano())
		}
	}
	if v := c.seat(nil); v != nil {
		t.Error("got a place before one was free")
	}
	if v := c.seat(nil); v == nil || c.size() != 15 || c.closed.Load() != 2 {
		t.Errorf("got %v with %d here and %d closed, want a place, 15 and 2", v, c.size(), c.closed.Load())
	}
	for i, v := range all {
		if _, here := c.open[v]; here == (i >= 14) {
			t.Errorf("visitor %d, idle for %d s: here %t, want those away that were idle longest", i, i, here)
		}
	}
}

// ask asks for the health of a house and wants a status; the connection stays open.
func ask(t *testing.T, address, want string) net.Conn {
	t.Helper()
	conn, got := request(t, address)
	if !strings.Contains(got, " "+want+" ") {
		t.Fatalf("got %q, want %s", got, want)
	}
	return conn
}

func try(t *testing.T, address string) string {
	t.Helper()
	conn, got := request(t, address)
	conn.Close()
	return got
}

func request(t *testing.T, address string) (net.Conn, string) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	got := make([]byte, 4096)
	n, err := conn.Read(got)
	if err != nil {
		t.Fatalf("an answer was expected: %v", err)
	}
	return conn, string(got[:n])
}

func TestAMinuteWithPeopleTurnedAwayIsALineOfTheLog(t *testing.T) {
	t.Parallel()
	h, k, _ := guardedBy(t, 8, 20, func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "served") })
	c := &crowd{}
	status(k, "GET", "/en/")
	k.report(c)
	if got := h.log.String(); strings.Contains(got, "overload") {
		t.Errorf("got %q, want nothing about a quiet minute", got)
	}
	fill(t, k)
	status(k, "GET", "/en/")
	c.refused.Add(3)
	k.report(c)
	if got := h.log.String(); !strings.Contains(got, "level=WARN msg=overload served=0 late=0 full=1 ") || !strings.Contains(got, "refused=3") {
		t.Errorf("got %q, want one turned away and three refused", got)
	}
}

func BenchmarkKeeper(b *testing.B) {
	k := &keeper{gate: admit.New(admit.Options{Slots: 8, Wait: 20 * time.Millisecond}), began: time.Now(), next: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	var err error
	if k.probe, err = openProbe(func() { k.gate.Returned(k.now()) }); err != nil {
		b.Fatal(err)
	}
	defer k.Close()
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/en/vuorela/book/passport/kallio", nil)
	b.ReportAllocs()
	for b.Loop() {
		k.ServeHTTP(w, r)
	}
}
