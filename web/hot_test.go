package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"luukku/domain/booking"
	"luukku/web/ui"
)

// facts are what the page of a test is made from.
type facts struct {
	stamp booking.Stamp
	known bool
	made  int
	// during happens while the page is written.
	during func()
}

func (f *facts) follow(*Visit) Follow {
	return func(context.Context) (booking.Stamp, bool) { return f.stamp, f.known }
}

// hotHouse is a house that keeps pages, with one of them.
func hotHouse(t testing.TB, page Handler) (*house, *facts, http.Handler) {
	t.Helper()
	h := newHouse(t, "https://booking.example")
	h.Hot = NewHot(HotRoom)
	f := &facts{known: true, stamp: booking.Stamp{Until: h.clock.Now().Unix() + 60}}
	public := h.Public(Public{Query: "week", Follow: f.follow}, func(v *Visit) error {
		f.made++
		if f.during != nil {
			f.during()
		}
		return page(v)
	})
	doors := h.Guard(h.page(public), 1<<20)
	return h, f, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !h.ServeHot(w, r) {
			doors.ServeHTTP(w, r)
		}
	})
}

func TestPublicPageIsMadeOnceForItsStamp(t *testing.T) {
	t.Parallel()
	h, f, door := hotHouse(t, plain)
	ask := func(want int, what string) {
		t.Helper()
		if got := answered(door, request(t, http.MethodGet, "/en/vuorela/")); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "</html>") {
			t.Errorf("%s: got %d", what, got.Code)
		}
		if f.made != want {
			t.Errorf("%s: got it made %d times, want %d", what, f.made, want)
		}
	}
	ask(1, "first")
	ask(1, "again")
	f.stamp.Key.Times++
	ask(2, "after a booking")
	ask(2, "again")
	h.clock.Advance(time.Minute)
	f.stamp.Until = h.clock.Now().Unix()
	ask(2, "in its last second")
	h.clock.Advance(time.Second)
	ask(3, "after that")
	ask(4, "and never kept beyond its time")
	f.stamp.Until += 60
	ask(5, "a new time")
	ask(5, "again")
	h.clock.Advance(-time.Hour)
	ask(6, "the clock was set back")
	f.known = false
	ask(7, "nothing is known")
	ask(8, "still nothing")
}

func TestPageThatChangedWhileItWasWrittenIsNotKept(t *testing.T) {
	t.Parallel()
	_, f, door := hotHouse(t, plain)
	f.during = func() { f.stamp.Key.Times++ }
	answered(door, request(t, http.MethodGet, "/en/vuorela/"))
	f.during = nil
	for _, times := range []uint64{0, 1} { // whether things go back to how they were or stay as they are now
		f.stamp.Key.Times = times
		before := f.made
		answered(door, request(t, http.MethodGet, "/en/vuorela/"))
		if f.made != before+1 {
			t.Errorf("under stamp %d: got the page that nobody knows to be true, want a new one", times)
		}
	}
}

func TestPageOfAnOlderConfigurationIsNotKept(t *testing.T) {
	t.Parallel()
	_, f, door := hotHouse(t, plain)
	f.stamp.Key.Config = 7 // newer than what the visit began under
	for want := 1; want < 3; want++ {
		if answered(door, request(t, http.MethodGet, "/en/vuorela/")); f.made != want {
			t.Errorf("got it made %d times, want %d", f.made, want)
		}
	}
}

// canary stands wherever a request can say something of its visitor. It may reach no page that is kept.
const canary = "CANARY-9f3a"

// canaries puts it there.
func canaries(r *http.Request) *http.Request {
	for _, name := range []string{sessionCookie, appointmentCookie, lookCookie, "luukku-setup", "other"} {
		r.AddCookie(&http.Cookie{Name: hostPrefix + name, Value: canary})
		r.AddCookie(&http.Cookie{Name: name, Value: canary})
	}
	for _, name := range []string{"Authorization", "User-Agent", "Referer", "X-Forwarded-For", "Accept-Language", "If-None-Match", "Origin", "From"} {
		r.Header.Set(name, canary)
	}
	r.Host, r.RemoteAddr = canary+".example", canary+":1"
	r.SetPathValue("draft", canary)
	return r.WithContext(context.WithValue(r.Context(), http.ServerContextKey, canary))
}

func TestPublicPageKnowsNothingOfItsVisitor(t *testing.T) {
	t.Parallel()
	seen := 0
	_, _, door := hotHouse(t, func(v *Visit) error {
		seen++
		for what, got := range map[string]string{
			"request": fmt.Sprint(v.R), "actor": fmt.Sprint(v.Actor()), "address": v.Address(), "draft": v.R.PathValue("draft"), "session": v.cookie(sessionCookie),
			"server": fmt.Sprint(v.Ctx().Value(http.ServerContextKey)), "header": fmt.Sprint(v.W.Header()),
		} {
			if strings.Contains(got, canary) {
				t.Errorf("%s: the page sees its visitor: %s", what, got)
			}
		}
		if _, ok := v.Opened(); ok || len(v.Actor().Session) > 0 {
			t.Error("the page sees who has proven what")
		}
		return plain(v)
	})
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		got := answered(door, canaries(request(t, method, "/en/vuorela/?week=2026-W48")))
		if strings.Contains(fmt.Sprint(got.Header(), got.Body), canary) {
			t.Errorf("%s: the answer tells of its visitor:\n%v", method, got.Header())
		}
		if set := got.Header()["Set-Cookie"]; set != nil {
			t.Errorf("%s: got %v, want no cookie", method, set)
		}
	}
	if seen != 1 {
		t.Errorf("got it made %d times, want once for both", seen)
	}
}

func TestPublicPageCannotKeepAVisitorsThings(t *testing.T) {
	t.Parallel()
	for what, do := range map[string]Handler{
		"session": func(v *Visit) error { v.ActorWithSession(); return plain(v) },
		"look":    func(v *Visit) error { v.SetLook(ui.Appearance{Size: "150"}); return plain(v) },
		"header":  func(v *Visit) error { v.W.Header().Set("X-Of-Ours", "x"); return plain(v) },
	} {
		h, f, door := hotHouse(t, do)
		for range 2 {
			got := answered(door, request(t, http.MethodGet, "/en/vuorela/"))
			if got.Code != http.StatusInternalServerError || got.Header()["Set-Cookie"] != nil || got.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s: got %d with %v, want an incident", what, got.Code, got.Header())
			}
		}
		if f.made != 2 || !strings.Contains(h.log.String(), "public page") {
			t.Errorf("%s: got it made %d times and the log %q", what, f.made, h.log)
		}
	}
}

func TestAddressWithMoreInItIsAnsweredForItsVisitor(t *testing.T) {
	t.Parallel()
	_, f, door := hotHouse(t, plain)
	for query, public := range map[string]bool{
		"": true, "?week=2026-W48": true, "?week=": false, "?week=a%20b": false, "?draft=x": false, "?week=2026-W48&draft=x": false, "?week=1;x=2": false, "?other=1": false, "?": true,
	} {
		before := f.made
		for range 2 {
			got := answered(door, request(t, http.MethodGet, "/en/vuorela/"+query)).Header().Get("Cache-Control")
			if want := map[bool]string{true: "private, no-cache", false: "no-store"}[public]; got != want {
				t.Errorf("%q: got Cache-Control %q, want %q", query, got, want)
			}
		}
		if want := map[bool]int{true: 1, false: 2}[public]; f.made-before != want {
			t.Errorf("%q: got it made %d times, want %d", query, f.made-before, want)
		}
	}
}

func TestHotAndColdAnswersAreTheSame(t *testing.T) {
	t.Parallel()
	h, f, door := hotHouse(t, plain)
	_, _, cold := hotHouse(t, plain)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, look := range []string{"", "150.contrast", "125.dark", "nonsense", `"150.dark"`} {
			for _, packing := range []string{"", "gzip", "br"} {
				ask := func(door http.Handler) *httptest.ResponseRecorder {
					r := request(t, method, "/en/vuorela/", "Accept-Encoding", packing)
					r.Header.Set("Cookie", "a=b; "+hostPrefix+lookCookie+"="+look)
					return answered(door, r)
				}
				want := ask(cold)
				ask(door)
				before := f.made
				got := ask(door)
				if f.made != before {
					t.Fatalf("%s %q %q: got it made anew, want it kept", method, look, packing)
				}
				if got.Code != want.Code || got.Body.String() != want.Body.String() || fmt.Sprint(got.Header()) != fmt.Sprint(want.Header()) {
					t.Errorf("%s %q %q: got %d %v, want %d %v", method, look, packing, got.Code, got.Header(), want.Code, want.Header())
				}
			}
		}
	}
	h.town.err = errors.New("the database is gone")
	if got := answered(door, request(t, http.MethodGet, "/en/vuorela/")); got.Code != http.StatusOK {
		t.Errorf("got %d without a database, want what is kept as long as it is known to be true", got.Code)
	}
}

func TestUnchangedPageIsNotSentAgain(t *testing.T) {
	t.Parallel()
	_, f, door := hotHouse(t, plain)
	tags := map[string]string{}
	for _, packing := range []string{"", "gzip"} {
		tags[packing] = answered(door, request(t, http.MethodGet, "/en/vuorela/", "Accept-Encoding", packing)).Header().Get("ETag")
	}
	if tags[""] == tags["gzip"] || tags["gzip"] == "" {
		t.Fatalf("got tags %q, want one for each packing", tags)
	}
	tag := tags["gzip"]
	for had, want := range map[string]int{
		tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, "": 200, tags[""]: 200, strings.Trim(tag, `"`): 200,
	} {
		for _, anew := range []bool{false, true} {
			if anew {
				f.stamp.Key.Times++
			}
			got := answered(door, request(t, http.MethodGet, "/en/vuorela/", "Accept-Encoding", "gzip", "If-None-Match", had))
			if got.Code != want || (got.Body.Len() == 0) != (want == 304) || got.Header().Get("ETag") != tag {
				t.Errorf("%s, made anew %v: got %d with %d bytes and tag %s, want %d", had, anew, got.Code, got.Body.Len(), got.Header().Get("ETag"), want)
			}
			wantHeader := http.Header{"Etag": {tag}, "Cache-Control": {"private, no-cache"}, "Vary": {"Accept-Encoding"}}
			if want == 304 && !maps.EqualFunc(got.Header(), wantHeader, func(a, b []string) bool { return a[0] == b[0] }) {
				t.Errorf("%s, made anew %v: got %v, want %v", had, anew, got.Header(), wantHeader)
			}
		}
	}
}

func TestMemoryOfPagesIsBoundedAndKeepsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	const room = 16 << 16
	h := NewHot(room)
	page := func(i int) *hotPage {
		return &hotPage{key: hotKey{uri: fmt.Sprint("/", i)}, body: make([]byte, 1000)}
	}
	wanted := page(-1)
	h.keep(wanted)
	for i := range 10_000 {
		h.keep(page(i))
		if h.get(wanted.key) != wanted {
			t.Fatalf("after %d others: got the page that is asked for forgotten", i)
		}
	}
	kept, size := 0, 0
	for i := range h.shards {
		s := &h.shards[i]
		kept += len(s.pages)
		size += s.size
		if len(s.ring) != len(s.pages) {
			t.Errorf("got %d in the ring and %d to find", len(s.ring), len(s.pages))
		}
		for at, p := range s.ring {
			if p.at != at || s.pages[p.key] != p {
				t.Errorf("got %s lost", p.key.uri)
			}
		}
	}
	if size > room || kept < room/2/wanted.cost() {
		t.Errorf("got %d pages of %d bytes, want them to fill %d", kept, size, room)
	}
	large := &hotPage{key: hotKey{uri: "/large"}, body: make([]byte, room)}
	if h.keep(large); h.get(large.key) != nil {
		t.Error("got a page kept that is larger than all there is")
	}
	for range 3 {
		if h.keep(page(1)); h.get(page(1).key) == nil {
			t.Error("got a page lost that was written anew")
		}
	}
}

func TestPageIsMadeOnceForAllWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHot(HotRoom)
		made, finish := atomic.Int64{}, make(chan struct{})
		write := func() (*hotPage, error) {
			made.Add(1)
			<-finish
			return &hotPage{}, nil
		}
		key := flightKey{hotKey: hotKey{uri: "/"}}
		newer := key
		newer.stamp.Times++
		for i := range 20 {
			go func() {
				k := key
				if i%2 == 1 {
					k = newer
				}
				if p, err := h.once(k, write); p == nil || err != nil {
					t.Errorf("got %v, %v, want the page", p, err)
				}
			}()
		}
		synctest.Wait()
		if got := made.Load(); got != 2 {
			t.Errorf("got %d made at once, want one for each of two stamps", got)
		}
		close(finish)
		synctest.Wait()
		if got := made.Load(); got != 2 {
			t.Errorf("got %d made, want those who waited to get what was made", got)
		}
	})
}

func TestWhoWaitedForAPageThatFailedMakesIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, key, fail := NewHot(HotRoom), flightKey{hotKey: hotKey{uri: "/"}}, make(chan struct{})
		for range 3 {
			go func() {
				defer func() { _ = recover() }()
				_, _ = h.once(key, func() (*hotPage, error) { <-fail; panic("broken") })
			}()
			synctest.Wait()
			go func() {
				if p, err := h.once(key, func() (*hotPage, error) { return &hotPage{}, nil }); p == nil || err != nil {
					t.Errorf("got %v, %v, want the page", p, err)
				}
			}()
		}
		synctest.Wait()
		close(fail)
	})
}

func TestFormOfOneFieldIsRead(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"slot=2026-11-23T09%3A20%3A00%2B02%3A00": "slot=2026-11-23T09:20:00+02:00", "slot=2026-11-23T09:20:00%2b02:00": "slot=2026-11-23T09:20:00+02:00",
		"slot=a+b": "slot=a b", "slot=": "slot=", "slot=a&draft=x": "", "slot=a;b": "", "slot": "", "": "", "slot=%zz": "", "=a": "",
	} {
		if got, ok := oneField(form); ok != (want != "") || ok && got != want {
			t.Errorf("%q: got %q, %v; want %q", form, got, ok, want)
		}
	}
}

// nobody takes an answer and throws it away.
type nobody struct{ header http.Header }

func (n nobody) Header() http.Header         { return n.header }
func (n nobody) WriteHeader(int)             {}
func (n nobody) Write(b []byte) (int, error) { return len(b), nil }

func TestKeptPagesAreSentWithoutAllocating(t *testing.T) {
	h, _, door := hotHouse(t, plain)
	tag := answered(door, request(t, http.MethodGet, "/en/vuorela/", "Accept-Encoding", "gzip")).Header().Get("ETag")
	for what, r := range map[string]*http.Request{
		"page":      request(t, http.MethodGet, "/en/vuorela/", "Accept-Encoding", "gzip, deflate, br", "Cookie", "a=b; "+hostPrefix+lookCookie+"=100.auto"),
		"unchanged": request(t, http.MethodGet, "/en/vuorela/", "Accept-Encoding", "gzip", "If-None-Match", tag),
	} {
		w := nobody{http.Header{}}
		if !h.ServeHot(w, r) {
			t.Fatalf("%s: got it not kept", what)
		}
		if got := testing.AllocsPerRun(100, func() { h.ServeHot(w, r) }); got > 0 {
			t.Errorf("%s: got %v allocations, want none", what, got)
		}
	}
}

func BenchmarkServeHot(b *testing.B) {
	h, _, door := hotHouse(b, plain)
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/en/vuorela/", nil)
	r.Header.Set("Accept-Encoding", "gzip, deflate, br")
	answered(door, r)
	w := nobody{http.Header{}}
	for b.Loop() {
		clear(w.header)
		if !h.ServeHot(w, r) {
			b.Fatal("got it not kept")
		}
	}
}
