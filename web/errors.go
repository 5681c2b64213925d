package web

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
)

// FaultPage is the page of a fault that no other page shows.
type FaultPage struct {
	Base
	Heading string
	Text    string
	// Code is the incident's, for the log and the phone; empty for anything but Internal.
	Code string
	// Front is where to go on.
	Front string
}

// StatusOf is the HTTP status of a kind of fault. Forbidden looks like NotFound to a stranger.
func StatusOf(k fault.Kind) int {
	switch k {
	case fault.KindInvalid:
		return http.StatusUnprocessableEntity
	case fault.KindNotFound, fault.KindForbidden:
		return http.StatusNotFound
	case fault.KindSignInRequired:
		return http.StatusUnauthorized
	case fault.KindConflict:
		return http.StatusConflict
	case fault.KindTooMany:
		return http.StatusTooManyRequests
	case fault.KindUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// Serve answers a visit with a handler and shows what it returns as an error.
func (v *Visit) Serve(h Handler) {
	if err := h(v); err != nil {
		v.Fail(err)
	}
}

// Fail shows a fault as a page.
func (v *Visit) Fail(err error) {
	f := fault.Of(err)
	if tooLarge(err) {
		f = fault.Invalid("error.too_large", nil)
	}
	page := FaultPage{Front: v.URL()}
	status := StatusOf(f.Kind)
	switch f.Kind {
	case fault.KindInternal:
		page.Code = v.Site.incident(v.R, err)
		page.Heading, page.Text = v.P.T("error.internal_title"), v.P.T("error.internal", "code", page.Code)
	case fault.KindTooMany:
		v.retryAfter(f.RetryAfter)
		page.Heading = v.P.T("error.too_many_title")
		page.Text = v.P.T("error.too_many", "wait", roundUp(f.RetryAfter))
	case fault.KindUnavailable:
		v.retryAfter(f.RetryAfter)
		v.Site.incident(v.R, err)
		page.Heading, page.Text = v.P.T("error.unavailable_title"), v.P.T("error.unavailable")
	case fault.KindInvalid, fault.KindConflict:
		page.Heading, page.Text = v.P.T("error.bad_request_title"), v.P.TA(f.Key, f.Args)
	default:
		page.Heading, page.Text = v.P.T("error.not_found_title"), v.P.T("error.not_found")
		if f.Key == "error.csrf" {
			status = http.StatusForbidden
			page.Heading, page.Text = v.P.T("error.csrf_title"), v.P.T("error.csrf")
		} else if f.Kind == fault.KindNotFound && v.P.Has(f.Key) {
			page.Text = v.P.T(f.Key)
		}
	}
	page.Base = v.Base(page.Heading)
	page.NoIndex = true
	if err := v.Render(status, ShowFault(page)); err != nil {
		v.Site.Log.Error("error page failed", "error", err.Error())
		http.Error(v.W, http.StatusText(status), status)
	}
}

// ShowFault shows a fault outside of any door, in the language the address or the browser asks for.
func (s *Site) ShowFault(w http.ResponseWriter, r *http.Request, err error) {
	lang := i18n.Match(r.Header.Get("Accept-Language"))
	if first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); first != "" {
		if l, ok := i18n.Lookup(first); ok {
			lang = l.Code
		}
	}
	v, openErr := s.Open(w, r, lang, "")
	if openErr != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	v.Fail(err)
}

func (v *Visit) retryAfter(d time.Duration) {
	v.W.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(max(d, time.Second).Seconds()))))
}

// roundUp makes a wait sayable: whole minutes from a minute on, whole seconds below.
func roundUp(d time.Duration) time.Duration {
	unit := time.Second
	if d > time.Minute {
		unit = time.Minute
	}
	return max(unit, (d+unit-1)/unit*unit)
}

// incident logs what went wrong under a code that can be read over the phone. Neither address nor form is in the line.
func (s *Site) incident(r *http.Request, err error) string {
	code := strings.ToUpper(s.Gen.Token(40))
	if len(code) > 8 {
		code = code[:8]
	}
	s.Log.Error("incident", "code", code, "route", r.Pattern, "method", r.Method, "error", err.Error())
	return code
}

func tooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}
