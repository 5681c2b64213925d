package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"luukku/base/config"
	"luukku/base/seal"
	"luukku/e2e/client"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// attempt is one booking that a program asks for, and what it was told.
type attempt struct {
	key, start string
	status     int
	problem    string // the name of the problem, when it is one
	code       string // of the booking that was made
	replayed   bool   // the house says that it was made before
	after      time.Duration
	retryAfter string
}

// programs ask through the API, many at once, without waiting for each other.
type programs struct {
	base string
	o    order
	http *http.Client
}

func newPrograms(t *testing.T, h *house, o order) *programs {
	tr := &http.Transport{MaxIdleConns: 500, MaxIdleConnsPerHost: 500}
	t.Cleanup(tr.CloseIdleConnections)
	return &programs{base: h.base, o: o, http: &http.Client{Transport: tr, Timeout: time.Minute}}
}

// book asks for a time under a key.
func (p *programs) book(t *testing.T, key, start string) attempt {
	t.Helper()
	body := fmt.Sprintf(`{"service":%q,"office":%q,"start":%q,"name":%q}`, p.o.service, p.o.office, start, p.o.name)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.base+"/api/v1/organisations/"+url.PathEscape(string(p.o.org))+"/appointments", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return attempt{}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	return p.send(t, r, attempt{key: key, start: start})
}

// look asks for the week's calendar.
func (p *programs) look(t *testing.T) attempt {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.base+p.o.calendar(), nil)
	if err != nil {
		t.Error(err)
		return attempt{}
	}
	return p.send(t, r, attempt{})
}

func (p *programs) send(t *testing.T, r *http.Request, a attempt) attempt {
	t.Helper()
	begun := time.Now()
	res, err := p.http.Do(r)
	if err != nil {
		t.Errorf("every request gets an answer, got %v", err)
		return a
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Errorf("every answer is whole, got %v", err)
	}
	a.after, a.status, a.retryAfter = time.Since(begun), res.StatusCode, res.Header.Get("Retry-After")
	a.replayed = res.Header.Get("Idempotent-Replayed") == "true"
	var said struct{ Type, Code string }
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(b, &said); err != nil {
			t.Errorf("got %.100s: %v", b, err)
		}
	}
	a.problem, a.code = strings.TrimPrefix(said.Type, "/problems/"), said.Code
	return a
}

// settle repeats what was asked, under its key, and holds the answer against the first one: what was made is there, once; what was not is not.
//
// It counts those that were acknowledged and are not there.
func (p *programs) settle(t *testing.T, all []attempt) (lost int) {
	t.Helper()
	for _, a := range all {
		again := p.book(t, a.key, a.start)
		switch {
		case again.status != http.StatusCreated && again.status != http.StatusOK && again.status != http.StatusConflict:
			t.Errorf("asked again for %+v: got %+v, want a booking or that the time is taken", a, again)
		case a.code != "" && (again.code != a.code || !again.replayed):
			lost++
			t.Errorf("acknowledged and lost: told %+v at first, and %+v when asked again", a, again)
		case a.code == "" && a.problem != "error.unknown_outcome" && again.replayed:
			t.Errorf("told that nothing was done, and it was: %+v at first, and %+v when asked again", a, again)
		}
	}
	return lost
}

// weeks are the free times of several weeks.
func weeks(t *testing.T, h *house, o order) (all []string) {
	t.Helper()
	for week := 49; week <= 52; week++ {
		all = append(all, times(h.person(t).Get(o.calendar()+"?week="+weekValue(2026, week)).MustStatus(http.StatusOK))...)
	}
	return all
}

// More ask than a small gate lets in, and they do not wait for each other: the others are told at once when to come back, what is being served goes on
// being served, and what anybody was told about a booking is true.
func TestOverload_WorkGoesOnAndNobodyIsLiedTo(t *testing.T) {
	t.Parallel()
	for _, e := range []engine{sqlite, postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			h := openWith(t, e, func(c *config.Config) { c.Limits.InProgress, c.Limits.RequestsPerSecond = 4, 100_000 })
			h.troubled = true // the overload is a line of the log
			o := desk()
			p, free := newPrograms(t, h, o), weeks(t, h, o)
			const length, bursts, size = 4 * time.Second, 80, 24
			var mu sync.Mutex
			var bookings []attempt
			var served, shed [2]int // in either half
			var all sync.WaitGroup
			one := func(half, i int) {
				var a attempt
				if i%3 == 0 {
					a = p.look(t)
				} else {
					a = p.book(t, fmt.Sprintf("overload-%s-%06d", e, i), free[i%len(free)])
				}
				mu.Lock()
				defer mu.Unlock()
				if a.key != "" {
					bookings = append(bookings, a)
				}
				switch a.status {
				case http.StatusOK, http.StatusCreated, http.StatusConflict:
					served[half]++
				case http.StatusServiceUnavailable:
					shed[half]++
					if n, err := strconv.Atoi(a.retryAfter); err != nil || n < 2 || n > 10 || a.key != "" && a.problem != "error.busy" {
						t.Errorf("got %+v, want to be told when to come back and that the house is full", a)
					}
					if a.after > 2*time.Second { // generous: how fast it is, luukku bench measures
						t.Errorf("turned away after %v", a.after)
					}
				default:
					t.Errorf("got %+v, want it done, taken or come back", a)
				}
			}
			tick := time.NewTicker(length / bursts)
			defer tick.Stop()
			for b := range bursts {
				for i := range size {
					all.Go(func() { one(b*2/bursts, b*size+i) })
				}
				<-tick.C
			}
			all.Wait()
			lost := p.settle(t, bookings)
			t.Logf("night: overload %s: %d runs, %d acknowledged, %d lost, %v served and %v turned away in either half", e, bursts*size, acknowledged(bookings), lost, served, shed)
			if shed[0]+shed[1] < bursts || acknowledged(bookings) == 0 {
				t.Errorf("served %v and turned away %v with %d bookings: there was no overload, or no work done in it", served, shed, acknowledged(bookings))
			}
			if served[1]*4 < served[0] {
				t.Errorf("served %d in the first half and %d in the second: the work does not go on", served[0], served[1])
			}
		})
	}
}

func acknowledged(all []attempt) (n int) {
	for _, a := range all {
		if a.code != "" {
			n++
		}
	}
	return n
}

// Five hundred ask for a page and read none of it, far more than may be in progress: nobody else notices.
func TestOverload_SlowReadersStopNobody(t *testing.T) {
	t.Parallel()
	h := openWith(t, sqlite, func(c *config.Config) { c.Limits.InProgress = 16 })
	o := desk()
	o.open(h.person(t), "XXXX-XXXX-XX") // everything is warm
	for i := range 500 {
		conn := connect(t, h)
		if err := conn.(*net.TCPConn).SetReadBuffer(1); err != nil { // the least that the system gives
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.%d\r\n\r\n", o.calendar(), i%250)
		var one [1]byte
		if _, err := conn.Read(one[:]); err != nil || one[0] != 'H' {
			t.Fatalf("reader %d: got %q, %v; want the beginning of an answer", i, one, err)
		}
	}
	for range 500 { // and as many send half a form
		fmt.Fprintf(connect(t, h), "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nslot=2026", o.calendar())
	}
	o.book(t, h.person(t), 0)
	h.troubled = true // when they all hang up, 500 halves of forms are there at once: more than may be in progress
}

func connect(t *testing.T, h *house) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// holdVariable tells a process of this test to hold connections: an address and how many.
const holdVariable = "LUUKKU_TEST_HOLD"

// Ten thousand visitors keep their connections open. Somebody else books, and the memory they take is within bounds.
func TestOverload_TenThousandConnections(t *testing.T) {
	if address := os.Getenv(holdVariable); address != "" {
		hold(t, address)
		return
	}
	n := 10_000
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	if most := int(files.Cur) - 1000; most < n {
		n = most
		t.Logf("this system lets a process open %d files: %d connections instead of 10,000", files.Cur, n)
	}
	h := open(t, sqlite)
	o := desk()
	o.book(t, h.person(t), 0)
	before := inUse()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestOverload_TenThousandConnections$", "-test.v")
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%s,%d", holdVariable, strings.TrimPrefix(h.base, "http://"), n))
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	held := 0
	for lines := bufio.NewScanner(stdout); held == 0 && lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "holding %d", &held); err != nil && strings.Contains(lines.Text(), "FAIL") {
			t.Error(lines.Text())
		}
	}
	if held < n {
		t.Errorf("%d connections are held, want %d", held, n)
	}
	each := (inUse() - before) / max(1, int64(held))
	t.Logf("night: connections: %d runs, %d bytes each", held, each)
	if each > 40<<10 {
		t.Errorf("an idle connection takes %d bytes, want 40 kB at most", each)
	}
	o.book(t, h.person(t), 1)
	if err := stdin.Close(); err != nil {
		t.Error(err)
	}
	if err := child.Wait(); err != nil {
		t.Error(err)
	}
}

// inUse are the bytes of heap and stacks in use.
func inUse() int64 {
	runtime.GC()
	runtime.GC() // what finalizers held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// hold opens connections, has an answer on each, and keeps them until standard input ends.
func hold(t *testing.T, address string) {
	address, count, _ := strings.Cut(address, ",")
	n, err := strconv.Atoi(count)
	if err != nil {
		t.Fatal(err)
	}
	conns := make([]net.Conn, n)
	var next atomic.Int64
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
				if err != nil {
					t.Errorf("connection %d: %v", i, err)
					return
				}
				conns[i] = conn
				fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
				var got [512]byte
				if n, err := conn.Read(got[:]); err != nil || !strings.HasPrefix(string(got[:n]), "HTTP/1.1 200 ") {
					t.Errorf("connection %d: got %.60q, %v", i, got[:n], err)
					return
				}
			}
		})
	}
	all.Wait()
	held := 0
	for _, c := range conns {
		if c != nil {
			held++
		}
	}
	fmt.Printf("holding %d\n", held)
	_, _ = io.Copy(io.Discard, os.Stdin)
	for _, c := range conns {
		if c != nil {
			c.Close()
		}
	}
}

// The database dies while bookings are made, and comes back. Each answer was yes, no, or that nobody knows; asked again under the same key, each yes is
// the same booking, each no was none, and the rest is settled. Nothing is started anew.
func TestOverload_DeadDatabase(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]pgtest.How{"stopped": pgtest.Fast, "killed": pgtest.Kill} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if os.Getenv(pgtest.EnvVar) != "" {
				t.Skipf("%s is set: no server of our own to stop", pgtest.EnvVar)
			}
			cluster, err := pgtest.Start(t.Context(), pgtest.Options{Durable: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := cluster.Stop(); err != nil {
					t.Error(err)
				}
			})
			h := openWith(t, sqlite, func(c *config.Config) { c.Database = seal.Secret(cluster.DSN("postgres")) })
			h.file, h.troubled = "", true
			o := desk()
			p, free := newPrograms(t, h, o), weeks(t, h, o)
			check := o.fill(press(t, h.person(t).Get(o.calendar()), times(h.person(t).Get(o.calendar()))[7]))

			var mu sync.Mutex
			var bookings []attempt
			var all sync.WaitGroup
			var next, dead atomic.Int64
			enough := make(chan struct{})
			for range 8 {
				all.Go(func() {
					for {
						select {
						case <-enough:
							return
						default:
						}
						i := int(next.Add(1))
						a := p.book(t, fmt.Sprintf("dead-%s-%06d", name, i), free[i%len(free)])
						switch {
						case a.status == http.StatusServiceUnavailable:
							dead.Add(1)
							if a.retryAfter == "" || a.problem != "error.unavailable" && a.problem != "error.unknown_outcome" {
								t.Errorf("got %+v, want to be told when to come back, and whether it is known", a)
							}
							time.Sleep(20 * time.Millisecond)
						case a.status != http.StatusCreated && a.status != http.StatusConflict:
							t.Errorf("got %+v, want yes, no or unknown", a)
							return
						}
						mu.Lock()
						bookings = append(bookings, a)
						mu.Unlock()
					}
				})
			}
			await(t, "bookings", func() bool { mu.Lock(); defer mu.Unlock(); return acknowledged(bookings) >= 20 })
			if err := cluster.Halt(how); err != nil {
				t.Fatal(err)
			}
			await(t, "refusals", func() bool { return dead.Load() >= 40 })
			o.deadPages(t, h, check.Path())
			saved := o.save(check)
			if saved.Status != http.StatusServiceUnavailable || saved.Header.Get("Retry-After") == "" ||
				saved.H1() != say("en", "error.unavailable_title") && saved.H1() != say("en", "error.unknown_outcome_title") {
				t.Errorf("saved while the database is gone: %s", saved)
			}
			if err := cluster.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
			mu.Lock()
			before := acknowledged(bookings)
			mu.Unlock()
			await(t, "bookings after it is back", func() bool { mu.Lock(); defer mu.Unlock(); return acknowledged(bookings) >= before+20 })
			close(enough)
			all.Wait()
			codeOn(t, "en", o.save(check).MustStatus(http.StatusOK)) // the same form again
			unknown := 0
			for _, a := range bookings {
				if a.problem == "error.unknown_outcome" {
					unknown++
				}
			}
			lost := p.settle(t, bookings)
			t.Logf("night: database %s: %d runs, %d acknowledged, %d lost, %d refused, %d unknown", name, len(bookings), acknowledged(bookings), lost, dead.Load(), unknown)
		})
	}
}

// deadPages sees that what needs the database says so, and that what does not goes on.
func (o order) deadPages(t *testing.T, h *house, draft string) {
	t.Helper()
	if got := h.person(t).Get(draft); got.Status != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Errorf("want 503 with the time to come back: %s", got)
	}
	if got := h.person(t).Raw("GET", "/healthz", nil, ""); got.Status != http.StatusOK {
		t.Errorf("/healthz: got %d, want 200: the process answers", got.Status)
	}
	if got := h.person(t).Raw("GET", "/readyz", nil, ""); got.Status != http.StatusServiceUnavailable {
		t.Errorf("/readyz: got %d, want 503", got.Status)
	}
}

// await waits until something holds; half a minute is a fault.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s within half a minute", what)
		}
	}
}

// The disk is full while somebody books: the answer says that it cannot be done now, reading goes on, and once there is room the same form books.
func TestOverload_FullDisk(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	h.troubled = true
	o := desk()
	o.note = strings.Repeat("A note that takes room. ", 18)
	pages := func(want string) (n int) {
		t.Helper()
		err := h.app.Store.DB().InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { // on the connection that writes
			return tx.QueryRowContext(ctx, want).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	_, code, _ := o.book(t, h.person(t), 0)
	var checks []*client.Page
	for i := range 3 {
		p, _ := o.pick(t, h.person(t), i+1)
		checks = append(checks, o.fill(p))
	}
	pages(fmt.Sprintf("PRAGMA max_page_count = %d", pages("PRAGMA page_count")))
	p, free := newPrograms(t, h, o), weeks(t, h, o)
	full, row := 0, 0
	var bookings []attempt
	for i := 0; i < len(free) && row < 10; i++ {
		a := p.book(t, fmt.Sprintf("full-disk-%04d", i), free[i])
		bookings = append(bookings, a)
		row++
		switch {
		case a.status == http.StatusServiceUnavailable && a.problem == "error.unavailable" && a.retryAfter != "":
			full++
		case a.status == http.StatusCreated:
			row = 0
		default:
			t.Errorf("got %+v, want it done, or that it cannot be done now", a)
		}
	}
	if full == 0 {
		t.Error("the disk is not full: the test proves nothing")
	}
	o.open(h.person(t), code).MustText(o.name) // reading goes on
	for _, check := range checks {
		p := o.save(check)
		booked := p.Status == http.StatusOK && p.H1() == say("en", "done.title") // there was a little room left
		if !booked && (p.Status != http.StatusServiceUnavailable || p.H1() != say("en", "error.unavailable_title") || p.Header.Get("Retry-After") == "") {
			t.Errorf("saved on a full disk: %s", p)
		}
	}
	pages("PRAGMA max_page_count = 1000000")
	for _, check := range checks {
		codeOn(t, "en", o.save(check).MustStatus(http.StatusOK))
	}
	lost := p.settle(t, bookings)
	t.Logf("night: full disk: %d runs, %d acknowledged, %d lost, %d refused", len(bookings), acknowledged(bookings), lost, full)
}
