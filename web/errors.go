package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/planted"
	"luukku/domain/actor"
)

// FaultPage is the page of a fault that no other page shows.
type FaultPage struct {
	Base
	Heading string
	Text    string
	// Code is the incident's, for the log and the phone; empty for anything but Internal.
	Code string
	// Again is where to see whether what was sent was done; empty when that is no question.
	Again string
	// SignIn is where to sign in first; empty when that is no matter.
	SignIn string
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

// BusyKey is the key of the fault of a house that turns visitors away because too many are there. It is no incident.
const BusyKey = "error.busy"

// UnknownKey is the key of the fault of a change of which nobody knows whether it was made.
const UnknownKey = "error.unknown_outcome"

// own are answers which the kind of a fault alone does not say.
var own = map[string]struct {
	status  int
	heading string
}{
	BusyKey:           {http.StatusServiceUnavailable, "error.busy_title"},
	"acting.ended":    {http.StatusForbidden, "acting.ended_title"},
	"error.csrf":      {http.StatusForbidden, "error.csrf_title"},
	"error.method":    {http.StatusMethodNotAllowed, "error.method_title"},
	"error.too_large": {http.StatusRequestEntityTooLarge, "error.too_large_title"},
}

// judge says what an error is to the reader.
func (v *Visit) judge(err error) *fault.Fault {
	if tooLarge(err) {
		return fault.Invalid("error.too_large", nil)
	}
	return Timely(v.R, err)
}

// Timely says what an error is, a fault as it is. What failed because the request took too long is worth another try, and no bug; if it was to change
// something, nobody knows whether it did. Whoever has changed something and then found the database gone is not told that nothing was done.
func Timely(r *http.Request, err error) *fault.Fault {
	f := fault.Of(err)
	if f.Kind == fault.KindUnavailable && f.Key == "error.unavailable" && changes(r) && fault.Changed(r.Context()) && !planted.Bug("done-is-no") {
		return fault.Unavailable(UnknownKey, 2*time.Second).Because(err)
	}
	if f.Kind != fault.KindInternal || !errors.Is(r.Context().Err(), context.DeadlineExceeded) {
		return f
	}
	if changes(r) {
		return fault.Unavailable(UnknownKey, 10*time.Second).Because(err)
	}
	return fault.Unavailable("error.unavailable", 10*time.Second).Because(err)
}

// changes reports whether a request is to change something.
func changes(r *http.Request) bool { return !reading(r) }

// Fail shows a fault as a page.
func (v *Visit) Fail(err error) {
	if fault.Left(v.Ctx()) {
		v.Site.Log.Debug("reader left", "route", v.R.Pattern, "method", v.R.Method)
		return
	}
	f := v.judge(err)
	// A request that ran out of time has some more to be told so.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.Ctx()), 5*time.Second)
	defer cancel()
	v.R = v.R.WithContext(ctx)
	if f.Kind == fault.KindSignInRequired && reading(v.R) {
		_ = v.SeeOther(v.SignInURL(v.R.URL.RequestURI(), levelOf(f)))
		return
	}
	page := FaultPage{Front: v.URL()}
	status := StatusOf(f.Kind)
	special, ok := own[f.Key]
	switch {
	case ok:
		status = special.status
		page.Heading, page.Text = v.P.T(special.heading), v.P.T(f.Key)
	case f.Kind == fault.KindInternal:
		page.Code = v.Site.incident(v.R, err)
		page.Heading, page.Text = v.P.T("error.internal_title"), v.P.T("error.internal", "code", page.Code)
	case f.Kind == fault.KindTooMany:
		v.retryAfter(f.RetryAfter)
		page.Heading, page.Text = v.P.T("error.too_many_title"), v.P.T("error.too_many", "wait", roundUp(f.RetryAfter))
	case f.Key == UnknownKey:
		v.retryAfter(f.RetryAfter)
		v.Site.Outage(v.R, err)
		page.Heading, page.Text, page.Again = v.P.T("error.unknown_outcome_title"), v.P.T(f.Key), v.R.URL.EscapedPath()
	case f.Kind == fault.KindUnavailable:
		v.retryAfter(f.RetryAfter)
		v.Site.Outage(v.R, err)
		page.Heading, page.Text = v.P.T("error.unavailable_title"), v.P.T("error.unavailable")
	case f.Kind == fault.KindSignInRequired:
		page.Heading, page.Text = v.P.T("error.sign_in_title"), v.P.T("error.sign_in")
		page.SignIn = v.SignInURL(v.R.URL.Path, levelOf(f))
	case f.Kind == fault.KindInvalid, f.Kind == fault.KindConflict:
		page.Heading, page.Text = v.P.T("error.bad_request_title"), v.P.TA(f.Key, f.Args)
	case f.Kind == fault.KindNotFound && v.P.Has(f.Key):
		page.Heading, page.Text = v.P.T("error.not_found_title"), v.P.T(f.Key)
	default: // what a stranger may not see looks as if it were not there
		page.Heading, page.Text = v.P.T("error.not_found_title"), v.P.T("error.not_found")
	}
	page.Base = v.Base(page.Heading)
	page.NoIndex = true
	if err := v.Render(status, ShowFault(page)); err != nil {
		v.Site.Log.Error("error page failed", "error", err.Error())
		http.Error(v.W, http.StatusText(status), status)
	}
}

// reading reports whether a request is for a page.
func reading(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// levelOf is how surely the reader must sign in to get past a fault.
func levelOf(f *fault.Fault) actor.Level {
	name, _ := f.Args["level"].(string)
	level, _ := actor.ParseLevel(name)
	return level
}

// ShowFault shows a fault outside of any door, in the language the address or the browser asks for.
func (s *Site) ShowFault(w http.ResponseWriter, r *http.Request, err error) {
	v, openErr := s.Open(w, r, LanguageOf(r), "")
	if openErr != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	v.Fail(err)
}

// LanguageOf is the language that an address is in, or else that the browser asks for.
func LanguageOf(r *http.Request) i18n.Lang {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if l, ok := i18n.Lookup(first); ok {
		return l.Code
	}
	return i18n.Match(r.Header.Get("Accept-Language"))
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

// Lost is the fault of a request that no page of a door answers: the page is not there, or it does not know the method. Then the answer says which it
// knows.
func Lost(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) error {
	var known []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		asked := r.Clone(r.Context())
		asked.Method = m
		if _, pattern := mux.Handler(asked); pattern != "" {
			known = append(known, m)
		}
	}
	if len(known) == 0 {
		return fault.NotFound("error.not_found")
	}
	w.Header().Set("Allow", strings.Join(known, ", "))
	return fault.Invalid("error.method", nil)
}
