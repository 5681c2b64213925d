package app

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"luukku/domain/actor"
	"luukku/domain/booking"
)

// The hot answers over real connections, and what a handler that only says hello costs beside them: the ratios are what counts.

func BenchmarkHello(b *testing.B) {
	loaded(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }), asked("GET", "/", ""), 200)
}

func BenchmarkHotWeek(b *testing.B) {
	h := hotTown(b)
	loaded(b, h.door, asked("GET", weekPage, "", "Accept-Encoding: gzip"), 200)
}

func BenchmarkHotWeekUnchanged(b *testing.B) {
	h := hotTown(b)
	tag := h.ask(b, "GET", weekPage, "Accept-Encoding", "gzip").Header.Get("ETag")
	loaded(b, h.door, asked("GET", weekPage, "", "Accept-Encoding: gzip", "If-None-Match: "+tag), 304)
}

func BenchmarkHotLost(b *testing.B) {
	h := hotTown(b)
	form := h.taken(b)
	loaded(b, h.door, asked("POST", weekPage, form, "Accept-Encoding: gzip", "Content-Type: "+formType), 409)
}

// BenchmarkColdWeek writes the page anew each time, behind all doors.
func BenchmarkColdWeek(b *testing.B) {
	h := hotTown(b)
	h.Site.Hot = nil
	for b.Loop() {
		if got := h.ask(b, "GET", weekPage, "Accept-Encoding", "gzip"); got.StatusCode != 200 {
			b.Fatalf("got %d", got.StatusCode)
		}
	}
}

const weekPage = "/en/vuorela/book/passport-or-id/kallio"

// hotTown is a town whose free times are in memory, and that nobody is too often for.
func hotTown(tb testing.TB) *house {
	tb.Helper()
	h := open(tb, settings(tb, map[string]string{"LUUKKU_LIMITS_REQUESTS_PER_SECOND": "1000000"}), false)
	h.town(tb)
	h.remembers(tb)
	return h
}

// remembers waits until the free times are in memory.
func (h *house) remembers(tb testing.TB) {
	tb.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		_, ok, err := h.Booking.Stamp(tb.Context(), "vuorela", "passport-or-id", "kallio")
		if ok {
			return
		}
		if err != nil || time.Now().After(end) {
			tb.Fatalf("the free times are not in memory: %v", err)
		}
	}
}

// taken books all of a time, and returns the form that asks for it.
func (h *house) taken(tb testing.TB) (form string) {
	tb.Helper()
	ctx := tb.Context()
	sch, err := h.Booking.Schedule(ctx, "vuorela", "passport-or-id", "kallio")
	if err != nil {
		tb.Fatal(err)
	}
	free, err := h.Booking.FirstFree(ctx, sch, 20, "")
	if err != nil {
		tb.Fatal(err)
	}
	slot, ok := free.First()
	if !ok {
		tb.Fatal("no time is free")
	}
	for i := range slot.Units {
		_, err := h.Booking.Book(ctx, actor.Visitor(nil, "192.0.2.1"), booking.BookRequest{
			Org: "vuorela", Service: sch.Service.ID, Office: sch.Office.ID, Start: slot.Start, Key: h.Booking.Gen.FormKey(),
			Details: booking.Details{Name: "Maija Meikäläinen", Email: fmt.Sprintf("maija%d@example.org", i), Phone: fmt.Sprintf("+35840123456%d", i), Lang: "fi"},
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return url.Values{"slot": {time.Unix(slot.Start, 0).In(sch.Zone()).Format(time.RFC3339)}}.Encode()
}

// asked is a request as it goes over the wire.
func asked(method, path, body string, headers ...string) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", method, path)
	for _, h := range headers {
		s.WriteString(h + "\r\n")
	}
	if method == http.MethodPost {
		fmt.Fprintf(&s, "Content-Length: %d\r\n", len(body))
	}
	return s.String() + "\r\n" + body
}

// loaded sends a request again and again over connections that stay open.
func loaded(b *testing.B, door http.Handler, request string, want int) {
	srv := httptest.NewServer(door)
	defer srv.Close()
	b.SetParallelism(16)
	b.ReportAllocs()
	before := processorTime(b)
	defer func() { b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op") }()
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		in := bufio.NewReaderSize(conn, 64<<10)
		for pb.Next() {
			if _, err := io.WriteString(conn, request); err != nil {
				b.Error(err)
				return
			}
			if got, err := answerOn(in); err != nil || got != want {
				b.Errorf("got %d, %v; want %d", got, err, want)
				return
			}
		}
	})
}

// answerOn reads one answer, quickly, and returns its status.
func answerOn(in *bufio.Reader) (status int, err error) {
	length := 0
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		switch {
		case err != nil:
			return 0, err
		case first:
			status = int(line[9]-'0')*100 + int(line[10]-'0')*10 + int(line[11]-'0')
		case len(line) == 2:
			_, err = in.Discard(length)
			return status, err
		case len(line) > 16 && string(line[:16]) == "Content-Length: ":
			for _, c := range line[16 : len(line)-2] {
				length = length*10 + int(c-'0')
			}
		}
	}
}

// processorTime is what this process has used so far, the client's part included: a better witness than the clock on a machine with other work.
func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
