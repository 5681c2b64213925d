package web

import (
	"context"
	"net/http"
	"time"

	"luukku/base/fault"
)

// csp is the content security policy of every page: nothing from anywhere else, nothing inline. The data: pictures are the design system's masks.
const csp = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// requestTime is how long one request may take before it is told to come back.
const requestTime = 20 * time.Second

// Guard puts around every door what all of them need: the headers that keep a page safe, protection against forms from other sites, a limit of body
// size (bytes) and of time.
func (s *Site) Guard(next http.Handler, maxBody int64) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ShowFault(w, r, &fault.Fault{Kind: fault.KindForbidden, Key: "error.csrf"})
	}))
	inner := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		h.Set("X-Frame-Options", "DENY")
		if s.Secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		ctx, cancel := context.WithTimeout(r.Context(), requestTime)
		defer cancel()
		inner.ServeHTTP(w, r.WithContext(ctx))
	})
}
