package web

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"luukku/base/fault"
)

// csp is the content security policy of every page: nothing from anywhere else, nothing inline. The data: pictures are the design system's masks.
const csp = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// requestTime is how long one request may take before it is told to come back.
const requestTime = 20 * time.Second

// Guard puts around every door what all of them need: the headers that keep a page safe, protection against forms from other sites, a limit of body
// size (bytes) and of time, and an incident page for what a bug threw.
func (s *Site) Guard(next http.Handler, maxBody int64) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, &fault.Fault{Kind: fault.KindForbidden, Key: "error.csrf"})
	}))
	inner := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		// Not no-referrer: by the Fetch standard a browser then posts our own forms with "Origin: null". Over plain http to another machine it sends no
		// Sec-Fetch-Site either, and CrossOriginProtection would take every form for another site's. Other sites learn nothing by same-origin.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		h.Set("X-Frame-Options", "DENY")
		if s.Secure() {
			// This host alone: what a town's other hosts speak is not ours to say.
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		// What may be kept says so itself: assets, and what the API calls public.
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		ctx, cancel := context.WithTimeout(r.Context(), requestTime)
		defer cancel()
		r = r.WithContext(ctx)
		out := &answer{ResponseWriter: w}
		defer s.mend(out, r)
		inner.ServeHTTP(out, r)
	})
}

func (s *Site) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if s.Refuse != nil {
		s.Refuse(w, r, err)
		return
	}
	s.ShowFault(w, r, err)
}

// answer remembers whether anything of an answer was sent.
type answer struct {
	http.ResponseWriter
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
