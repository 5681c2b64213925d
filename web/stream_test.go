package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/live"
)

// board is something that many look at.
type board struct {
	hub   live.Hub
	value atomic.Int64
	made  atomic.Int64
	fails atomic.Bool
	pad   string
}

func (b *board) put(n int64) {
	b.value.Store(n)
	b.hub.Publish("board")
}

func (b *board) view() View {
	return View{Key: "board", Topics: []string{"board"}, Clock: func() string { return "9:32" }, Make: func(context.Context) ([]byte, error) {
		b.made.Add(1)
		if b.fails.Load() {
			return nil, errors.New("the database is gone")
		}
		return fmt.Appendf(nil, "value %d\n%s", b.value.Load(), b.pad), nil
	}}
}

// streaming serves a board over real connections, as the house does: behind the guard, with its times.
func streaming(t *testing.T, b *board, most, each int, allowed func(context.Context) error) (*Streams, *httptest.Server) {
	t.Helper()
	s := newHouse(t, "http://luukku.test").Site
	s.Streams = NewStreams(&b.hub, clock.Real(), most, each)
	s.Streams.beatEvery = 200 * time.Millisecond
	srv := httptest.NewUnstartedServer(s.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		view := b.view()
		view.Allowed = allowed
		if err := s.Streams.Serve(w, r, s, view); err != nil {
			http.Error(w, "no", StatusOf(fault.Of(err).Kind))
		}
	}), 1<<20))
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 500*time.Millisecond, 700*time.Millisecond
	srv.Config.RegisterOnShutdown(s.Streams.Close)
	srv.Start()
	t.Cleanup(func() {
		s.Streams.Close()
		srv.Close()
	})
	return s.Streams, srv
}

// noneOpen waits until every stream has ended: who listens hears of the end a moment before it is counted.
func noneOpen(t *testing.T, s *Streams) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); s.Open() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d streams are open, want none", s.Open())
		}
	}
}

// listen opens a stream.
func listen(t *testing.T, srv *httptest.Server) *bufio.Reader {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") || res.Header.Get("Content-Encoding") != "" {
		t.Fatalf("got %d %v, want a stream that nobody packs", res.StatusCode, res.Header)
	}
	return bufio.NewReader(res.Body)
}

// heard reads the next event: its name and its data.
func heard(r *bufio.Reader) (name, data string, err error) {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return "", "", err
		}
		line = strings.TrimSuffix(line, "\n")
		switch what, rest, _ := strings.Cut(line, ": "); {
		case what == "event":
			name = rest
		case what == "data":
			data += rest + "\n"
		case line == "" && name != "":
			return name, data, nil
		}
	}
}

// until reads until a state says what is wanted.
func until(r *bufio.Reader, want string) error {
	for {
		name, data, err := heard(r)
		if err != nil {
			return err
		}
		if name == "state" && strings.HasPrefix(data, want+"\n") {
			return nil
		}
	}
}

func TestAStreamBeginsWithTheStateAndGoesOnWithEachChange(t *testing.T) {
	t.Parallel()
	b := &board{}
	_, srv := streaming(t, b, 10, 10, nil)
	r := listen(t, srv)
	if name, data, err := heard(r); name != "state" || data != "value 0\n" || err != nil {
		t.Errorf("got %q %q %v, want the state first", name, data, err)
	}
	if name, data, err := heard(r); name != "beat" || data != "9:32\n" || err != nil {
		t.Errorf("got %q %q %v, want the beat after it", name, data, err)
	}
	b.put(7)
	if err := until(r, "value 7"); err != nil {
		t.Error(err)
	}
	// Longer than the server lets a request be read or answered.
	for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); {
		if name, data, err := heard(r); name != "beat" || err != nil {
			t.Fatalf("got %q %q %v, want beats alone while nothing changes", name, data, err)
		}
	}
}

func TestWhoAsksForNoStreamIsGivenTheStateOnce(t *testing.T) {
	t.Parallel()
	s, srv := streaming(t, &board{}, 10, 10, nil)
	res, err := srv.Client().Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if want := "event: state\ndata: value 0\n\nevent: beat\ndata: 9:32\n\n"; string(body) != want || err != nil {
		t.Errorf("got %q %v, want %q", body, err, want)
	}
	noneOpen(t, s)
}

func TestAThousandReadersGetWhatIsMadeOnce(t *testing.T) {
	t.Parallel()
	const readers = 1000
	b := &board{}
	s, srv := streaming(t, b, readers, readers, nil)
	s.beatEvery = time.Hour
	var all []*bufio.Reader
	for range readers {
		all = append(all, listen(t, srv))
	}
	s.mu.Lock()
	f := s.feeds["board"]
	s.mu.Unlock()
	eventually(t, "a feed that writes to all of them by itself", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.direct) == readers
	})
	before := b.made.Load()
	began := time.Now()
	b.put(1)
	failed := make(chan error, readers)
	for _, r := range all {
		go func() { failed <- until(r, "value 1") }()
	}
	for range readers {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d readers had the change within %v", readers, time.Since(began).Round(time.Millisecond))
	if n := b.made.Load() - before; n != 1 {
		t.Errorf("the change was made %d times, want once for all", n)
	}
}

// TestAChangeThatDoesNotShowIsNotSaid: only the beat says again what is shown already.
func TestAChangeThatDoesNotShowIsNotSaid(t *testing.T) {
	t.Parallel()
	b := &board{}
	s, srv := streaming(t, b, 10, 10, nil)
	s.beatEvery = time.Hour
	r := listen(t, srv)
	if err := until(r, "value 0"); err != nil {
		t.Fatal(err)
	}
	if name, _, err := heard(r); name != "beat" || err != nil {
		t.Fatalf("got %q %v, want the beat of the first state", name, err)
	}
	made := b.made.Load()
	b.put(0)
	eventually(t, "the view made anew", func() bool { return b.made.Load() > made })
	b.put(1)
	if name, data, err := heard(r); name != "state" || data != "value 1\n" || err != nil {
		t.Errorf("got %q %q %v, want nothing before the change that shows", name, data, err)
	}
}

// TestWithoutTakingTheConnectionOver: over a protocol or a writer that cannot be taken over each reader writes by itself, and hears the same.
func TestWithoutTakingTheConnectionOver(t *testing.T) {
	t.Parallel()
	b := &board{}
	s, srv := streaming(t, b, 10, 10, nil)
	inner := srv.Config.Handler
	srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inner.ServeHTTP(held{w}, r) })
	r := listen(t, srv)
	for n := range int64(3) {
		b.put(n)
		if err := until(r, fmt.Sprintf("value %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.feeds["board"]; f == nil || len(f.direct) > 0 {
		t.Error("the connection was taken over")
	}
}

// held is a writer whose connection nobody can take over.
type held struct{ w http.ResponseWriter }

func (h held) Header() http.Header         { return h.w.Header() }
func (h held) Write(b []byte) (int, error) { return h.w.Write(b) }
func (h held) WriteHeader(status int)      { h.w.WriteHeader(status) }
func (h held) Flush()                      { h.w.(http.Flusher).Flush() }

func (h held) SetReadDeadline(at time.Time) error {
	return http.NewResponseController(h.w).SetReadDeadline(at)
}

func (h held) SetWriteDeadline(at time.Time) error {
	return http.NewResponseController(h.w).SetWriteDeadline(at)
}

// A reader who takes nothing delays nobody, and whoever is slow ends with the last state.
func TestASlowReaderDelaysNobodyAndGetsTheLastChange(t *testing.T) {
	t.Parallel()
	b := &board{pad: strings.Repeat("x", 256<<10)}
	_, srv := streaming(t, b, 10, 10, nil)
	slow, quick := listen(t, srv), listen(t, srv)
	for n := int64(1); n <= 60; n++ { // 15 MB: more than the sockets take
		b.put(n)
		began := time.Now()
		if err := until(quick, fmt.Sprintf("value %d", n)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("a quick reader waited %v beside a slow one", took)
		}
	}
	states := 0
	for {
		name, data, err := heard(slow)
		if err != nil {
			t.Fatal(err)
		}
		if name != "state" {
			continue
		}
		states++
		if strings.HasPrefix(data, "value 60\n") {
			break
		}
	}
	if states == 61 {
		t.Error("the slow reader was given every state: nothing was tested")
	}
}

func TestTheLastOfManyChangesAlwaysArrives(t *testing.T) {
	t.Parallel()
	b := &board{}
	_, srv := streaming(t, b, 10, 10, nil)
	r := listen(t, srv)
	var wg sync.WaitGroup
	for w := range int64(4) {
		wg.Go(func() {
			for n := range int64(500) {
				b.put(w*1000 + n)
			}
		})
	}
	wg.Wait()
	b.put(-1)
	if err := until(r, "value -1"); err != nil {
		t.Error(err)
	}
}

func TestNothingIsSaidWhileNothingIsKnown(t *testing.T) {
	t.Parallel()
	b := &board{}
	_, srv := streaming(t, b, 10, 10, nil)
	r := listen(t, srv)
	if err := until(r, "value 0"); err != nil {
		t.Fatal(err)
	}
	b.fails.Store(true)
	b.put(1)
	words := make(chan string, 100)
	go func() {
		for {
			name, data, err := heard(r)
			if err != nil {
				return
			}
			words <- name + " " + data
		}
	}()
	time.Sleep(400 * time.Millisecond) // what was said before
	for len(words) > 0 {
		<-words
	}
	time.Sleep(700 * time.Millisecond)
	if n := len(words); n != 0 {
		t.Errorf("heard %d events although nothing is known: %q", n, <-words)
	}
	if res, err := srv.Client().Get(srv.URL); err != nil || res.StatusCode != http.StatusInternalServerError {
		t.Errorf("got %v %v, want who comes now told that it does not work", res, err)
	} else {
		res.Body.Close()
	}
	b.fails.Store(false)
	select {
	case got := <-words:
		if got != "state value 1\n" {
			t.Errorf("got %q, want the state", got)
		}
	case <-time.After(5 * time.Second):
		t.Error("heard nothing after the database was back")
	}
}

func TestStreamsHaveALimitForEachAddressAndForAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ most, each, want int }{{2, 10, http.StatusServiceUnavailable}, {10, 2, http.StatusTooManyRequests}} {
		_, srv := streaming(t, &board{}, c.most, c.each, nil)
		listen(t, srv)
		listen(t, srv)
		res, err := srv.Client().Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != c.want {
			t.Errorf("%+v: got %d for the third", c, res.StatusCode)
		}
	}
}

func TestStreamsEndWithTheServer(t *testing.T) {
	t.Parallel()
	s, srv := streaming(t, &board{}, 10, 10, nil)
	r := listen(t, srv)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := srv.Config.Shutdown(ctx); err != nil {
		t.Errorf("got %v, want the server stopped although a stream was open", err)
	}
	for {
		if _, _, err := heard(r); err != nil {
			break
		}
	}
	noneOpen(t, s)
}

func TestAStreamEndsWithItsReadersRight(t *testing.T) {
	t.Parallel()
	b := &board{}
	var lost atomic.Bool
	allowed := func(context.Context) error {
		if lost.Load() {
			return fault.SignInRequired("error.sign_in")
		}
		return nil
	}
	s, srv := streaming(t, b, 10, 10, allowed)
	s.allowedEvery = 50 * time.Millisecond
	r := listen(t, srv)
	if err := until(r, "value 0"); err != nil {
		t.Fatal(err)
	}
	lost.Store(true)
	if err := until(r, "value 1"); err != io.EOF {
		t.Errorf("got %v, want the stream ended", err)
	}
	res, err := srv.Client().Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("got %d, want 401", res.StatusCode)
	}
}

func TestAFeedEndsWithItsLastReader(t *testing.T) {
	t.Parallel()
	b := &board{}
	s, srv := streaming(t, b, 10, 10, nil)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	cancel()
	noneOpen(t, s)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.feeds) != 0 || len(s.by) != 0 {
		t.Errorf("%d feeds and %d addresses are kept, want none", len(s.feeds), len(s.by))
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still not: %s", what)
		}
	}
}
