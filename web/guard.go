package web

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"luukku/base/fault"
)

// csp is the content security policy of every page: nothing from anywhere else, nothing inline. The data: pictures are the design system's masks.
const csp = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Files come in and go out over slow lines: a request that brings or fetches some may take longer, and bring more.
const (
	FileTime = 15 * time.Minute
	maxFiles = 2 << 30
)

// BringsFiles reports whether a request brings files, and FetchesFiles whether it fetches some: their addresses say so.
func BringsFiles(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/files")
}

// FetchesFiles reports whether a request fetches files.
func FetchesFiles(r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	for _, end := range []string{"/files.zip", "/letters.zip", "/zip"} { // all of a letter, and batches to be printed
		if strings.HasSuffix(r.URL.Path, end) {
			return true
		}
	}
	return strings.Contains(r.URL.Path, "/file/") || strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.URL.Path, "/files/")
}

// requestTime is how long one request may take before it is told to come back.
const requestTime = 20 * time.Second

// cross refuses forms that pages of other sites post.
var cross = http.NewCrossOriginProtection()

// headerLine is a line of an answer's header, with the name as net/http writes it. Its values are shared, and never changed.
type headerLine struct {
	name   string
	values []string
}

// safety are the headers that keep every answer safe.
var safety = []headerLine{
	{"Content-Security-Policy", []string{csp}},
	{"X-Content-Type-Options", []string{"nosniff"}},
	// Not no-referrer: by the Fetch standard a browser then posts our own forms with "Origin: null". Over plain http to another machine it sends no
	// Sec-Fetch-Site either, and CrossOriginProtection would take every form for another site's. Other sites learn nothing by same-origin.
	{"Referrer-Policy", []string{"same-origin"}},
	{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
	{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	{"Permissions-Policy", []string{"camera=(), microphone=(), geolocation=(), payment=()"}},
	{"X-Frame-Options", []string{"DENY"}},
	// What may be kept says so itself: assets, public pages, and what the API calls public.
	{"Cache-Control", []string{"no-store"}},
}

// overTLS is for this host alone: what a town's other hosts speak is not ours to say.
var overTLS = []string{"max-age=31536000"}

// secure begins the header of an answer.
func (s *Site) secure(h http.Header) {
	for _, l := range safety {
		h[l.name] = l.values
	}
	if s.Secure() {
		h["Strict-Transport-Security"] = overTLS
	}
}

// Guard puts around every door what all of them need: the headers that keep a page safe, protection against forms from other sites, a limit of body
// size (bytes) and of time, and an incident page for what a bug threw.
func (s *Site) Guard(next http.Handler, maxBody int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.secure(w.Header())
		most, long := maxBody, requestTime
		if BringsFiles(r) {
			most, long = maxFiles, FileTime
		} else if FetchesFiles(r) {
			long = FileTime
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		ctx, cancel := context.WithTimeout(fault.Watch(r.Context()), long)
		defer cancel()
		out := &answer{ResponseWriter: w, asked: r}
		r = r.WithContext(ctx)
		defer s.mend(out, r)
		if err := cross.Check(r); err != nil || unplaced(r) {
			s.refuse(out, r, &fault.Fault{Kind: fault.KindForbidden, Key: "error.csrf"})
			return
		}
		next.ServeHTTP(out, r)
	})
}

// unplaced reports whether a request would change something by what a cookie of ours proves, and does not say from which site it comes. Browsers say so with every form;
// cross takes a request that does not for no browser's, and no browser's has our cookies.
func unplaced(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" && proves(r.Header)
}

// cookiePrefix is what the names of all our cookies begin with, after __Host- over TLS.
const cookiePrefix = "luukku-"

// proves reports whether a request comes with a cookie of ours other than the look, which proves nothing.
func proves(h http.Header) bool {
	for _, line := range h["Cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			name, _, _ := strings.Cut(strings.TrimSpace(pair), "=")
			name = strings.TrimPrefix(name, hostPrefix)
			if strings.HasPrefix(name, cookiePrefix) && name != lookCookie {
				return true
			}
		}
	}
	return false
}

func (s *Site) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if s.Refuse != nil {
		s.Refuse(w, r, err)
		return
	}
	s.ShowFault(w, r, err)
}

// answer remembers whether anything of an answer was sent, and the request as it came: without a limit of time.
type answer struct {
	http.ResponseWriter
	asked *http.Request
	begun bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = true
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// mend turns a panic of a handler into an incident: a code for the reader, and for the log what happened where. What has begun is cut off instead, so
// that nobody takes half an answer for a whole one.
func (s *Site) mend(w *answer, r *http.Request) {
	thrown := recover()
	switch {
	case thrown == nil:
		return
	case thrown == http.ErrAbortHandler:
		panic(thrown)
	}
	err := fmt.Errorf("panic: %v\n%s", thrown, debug.Stack())
	if w.begun {
		s.incident(r, err)
		panic(http.ErrAbortHandler)
	}
	s.refuse(w, r, err)
}
