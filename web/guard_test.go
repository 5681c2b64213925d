package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"luukku/base/fault"
)

func TestEveryAnswerCarriesTheHeadersThatKeepPagesSafe(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]Handler{
		"page":     plain,
		"fault":    func(*Visit) error { return fault.NotFound("error.not_found") },
		"incident": func(*Visit) error { return errors.New("broken") },
		"panic":    func(*Visit) error { panic("broken") },
		"redirect": func(v *Visit) error { return v.SeeOther("/en/vuorela/") },
	} {
		for base, hsts := range map[string]string{"https://booking.example": "max-age=31536000", "http://booking.example": ""} {
			h := newHouse(t, base)
			got := answered(h.Guard(h.page(do), 1<<20), request(t, http.MethodGet, "/en/vuorela/")).Header()
			for header, want := range map[string]string{
				"Content-Security-Policy": csp, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": hsts,
			} {
				if got.Get(header) != want {
					t.Errorf("%s at %s: %s: got %q, want %q", name, base, header, got.Get(header), want)
				}
			}
		}
	}
	for _, must := range []string{"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(csp, must) {
			t.Errorf("the policy %q lacks %s", csp, must)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
		t.Errorf("the policy %q lets in what is not ours", csp)
	}
}

// originOfPost is the Origin header of a form posted by a page, as "append a request Origin header" of the Fetch standard decides it.
func originOfPost(policy, page, target string) string {
	same := page == target
	switch policy {
	case "no-referrer":
		return "null"
	case "same-origin":
		if !same {
			return "null"
		}
	case "no-referrer-when-downgrade", "strict-origin", "strict-origin-when-cross-origin":
		if strings.HasPrefix(page, "https:") && !strings.HasPrefix(target, "https:") {
			return "null"
		}
	}
	return page
}

// Over plain http to another machine browsers send no Sec-Fetch headers: Origin decides alone.
func TestOwnFormsAreTakenOverPlainHTTPAndOthersAreNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "http://booking.example")
	guarded := h.Guard(h.page(plain), 1<<20)
	policy := answered(guarded, request(t, http.MethodGet, "/en/vuorela/")).Header().Get("Referrer-Policy")
	for page, want := range map[string]int{"http://booking.example": http.StatusOK, "http://other.example": http.StatusForbidden} {
		r := request(t, http.MethodPost, "http://booking.example/en/vuorela/", "Origin", originOfPost(policy, page, "http://booking.example"))
		if got := answered(guarded, r); got.Code != want {
			t.Errorf("posted by %s with Origin %s (%s): got %d, want %d", page, r.Header.Get("Origin"), policy, got.Code, want)
		}
	}
	if policy != "same-origin" && policy != "strict-origin" {
		t.Errorf("got policy %q, want one that tells other sites no path", policy)
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	done := 0
	guarded := h.Guard(h.page(func(v *Visit) error { done++; return plain(v) }), 1<<20)
	for _, c := range []struct {
		method, header, value string
		want                  int
	}{
		{http.MethodPost, "Sec-Fetch-Site", "same-origin", http.StatusOK},
		{http.MethodPost, "Sec-Fetch-Site", "none", http.StatusOK},
		{http.MethodPost, "Sec-Fetch-Site", "cross-site", http.StatusForbidden},
		{http.MethodPost, "Sec-Fetch-Site", "same-site", http.StatusForbidden},
		{http.MethodPost, "Origin", "https://booking.example", http.StatusOK},
		{http.MethodPost, "Origin", "https://other.example", http.StatusForbidden},
		{http.MethodPost, "Origin", "null", http.StatusForbidden},
		{http.MethodPost, "", "", http.StatusOK}, // no browser
		{http.MethodGet, "Sec-Fetch-Site", "cross-site", http.StatusOK},
	} {
		before := done
		r := request(t, c.method, "https://booking.example/en/vuorela/", c.header, c.value)
		got := answered(guarded, r)
		if got.Code != c.want || (done > before) != (c.want == http.StatusOK) {
			t.Errorf("%s with %s %s: got %d, handled %v; want %d", c.method, c.header, c.value, got.Code, done > before, c.want)
		}
		if c.want == http.StatusForbidden && !strings.Contains(got.Body.String(), "The form was sent from another site") {
			t.Errorf("%s: the page does not say what happened", c.value)
		}
	}
}

func TestFormWithACookieOfOursMustSayWhereItComesFrom(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	guarded := h.Guard(h.page(plain), 1<<20)
	for _, c := range []struct {
		method, cookie, header, value string
		want                          int
	}{
		{http.MethodPost, "__Host-luukku-visit=x", "", "", http.StatusForbidden},
		{http.MethodPost, "other=y; __Host-luukku-citizen=x", "", "", http.StatusForbidden},
		{http.MethodPost, "__Host-luukku-staff=x", "", "", http.StatusForbidden},
		{http.MethodPost, "luukku-staff=x", "", "", http.StatusForbidden},
		{http.MethodDelete, "__Host-luukku-staff=x", "", "", http.StatusForbidden},
		{http.MethodPost, "__Host-luukku-staff=x", "Origin", "https://booking.example", http.StatusOK},
		{http.MethodPost, "__Host-luukku-staff=x", "Sec-Fetch-Site", "same-origin", http.StatusOK},
		{http.MethodPost, "__Host-luukku-staff=x", "Origin", "https://other.example", http.StatusForbidden},
		{http.MethodPost, "__Host-luukku-look=x; other=luukku-visit", "", "", http.StatusOK},
		{http.MethodPost, "", "", "", http.StatusOK}, // a program
		{http.MethodGet, "__Host-luukku-staff=x", "", "", http.StatusOK},
	} {
		r := request(t, c.method, "https://booking.example/en/vuorela/", "Cookie", c.cookie)
		if c.header != "" {
			r.Header.Set(c.header, c.value)
		}
		if got := answered(guarded, r); got.Code != c.want {
			t.Errorf("%s with %q and %s %s: got %d, want %d", c.method, c.cookie, c.header, c.value, got.Code, c.want)
		}
	}
}

var codeRE = regexp.MustCompile(`[0-9A-Z]{8}`)

// codeOf is the incident's code in a text, after what stands before it.
func codeOf(text, before string) string {
	_, after, _ := strings.Cut(text, before)
	return codeRE.FindString(after)
}

func TestIncidentShowsACodeThatIsInTheLogAndNothingElse(t *testing.T) {
	t.Parallel()
	const secret = "Maija"
	for name, do := range map[string]Handler{
		"error": func(*Visit) error { return errors.New("disk on fire") },
		"panic": func(*Visit) error { panic("disk on fire") },
	} {
		h := newHouse(t, "https://booking.example")
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/en/vuorela/x?code="+secret, strings.NewReader("name="+secret))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = "192.0.2.77:1234"
		got := answered(h.Guard(h.page(func(v *Visit) error { _ = v.Form("name"); return do(v) }), 1<<20), r)
		code := codeOf(got.Body.String(), "give this code: ")
		if got.Code != http.StatusInternalServerError || code == "" || strings.Contains(got.Body.String(), "disk") || strings.Contains(got.Body.String(), "goroutine") {
			t.Errorf("%s: got %d with code %q, want 500 with a code and no cause:\n%s", name, got.Code, code, got.Body)
		}
		log := h.log.String()
		if codeOf(log, "code=") != code || !strings.Contains(log, "disk on fire") || strings.Count(log, "\n") != 1 {
			t.Errorf("%s: got log %q, want one line with code %s and the cause", name, log, code)
		}
		if strings.Contains(log, secret) || strings.Contains(log, "192.0.2.77") {
			t.Errorf("%s: the log tells of the person: %q", name, log)
		}
	}
}

func TestHalfAnAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	srv := httptest.NewServer(h.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "the first half")
		panic("and no second")
	}), 1<<20))
	defer srv.Close()
	res, err := srv.Client().Get(srv.URL)
	if err == nil {
		_, err = io.ReadAll(res.Body)
		res.Body.Close()
	}
	if err == nil {
		t.Error("got a whole answer, want it cut")
	}
	if log := h.log.String(); !strings.Contains(log, "and no second") {
		t.Errorf("got log %q, want the incident", log)
	}
}

func TestTooLargeABodyIsToldAsSuch(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	read := h.page(func(v *Visit) error {
		if err := v.R.ParseForm(); err != nil {
			return err
		}
		return plain(v)
	})
	for size, want := range map[int]int{1 << 10: http.StatusOK, 1<<10 + 1: http.StatusRequestEntityTooLarge} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/en/vuorela/", strings.NewReader("a="+strings.Repeat("b", size-2)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		got := answered(h.Guard(read, 1<<10), r)
		if got.Code != want {
			t.Errorf("%d bytes: got %d, want %d", size, got.Code, want)
		}
		if want != http.StatusOK && !strings.Contains(got.Body.String(), "larger than we can take") {
			t.Error("the page does not say what happened")
		}
	}
}

func TestWhatTakesTooLongIsAskedToComeBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	slow := h.page(func(v *Visit) error {
		deadline, ok := v.Ctx().Deadline()
		if !ok || time.Until(deadline) > requestTime {
			t.Errorf("got deadline %v, want one within %v", deadline, requestTime)
		}
		<-v.Ctx().Done()
		return errors.New("interrupted") // as a database says it
	})
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	got := answered(h.Guard(slow, 1<<20), request(t, http.MethodGet, "/en/vuorela/").WithContext(late))
	if got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") != "10" || !strings.Contains(got.Body.String(), "</html>") {
		t.Errorf("got %d, Retry-After %q and %d bytes; want 503, 10 and a whole page", got.Code, got.Header().Get("Retry-After"), got.Body.Len())
	}
}

func TestReaderWhoLeftIsNoIncident(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	answered(h.Guard(h.page(func(v *Visit) error { return v.Ctx().Err() }), 1<<20), request(t, http.MethodGet, "/en/vuorela/").WithContext(gone))
	if log := h.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("got log %q, want no error", log)
	}
}

func TestWaitsAreSaid(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{0: "1", time.Millisecond: "1", 1500 * time.Millisecond: "2", time.Minute: "60"} {
		h := newHouse(t, "https://booking.example")
		got := answered(h.Guard(h.page(func(*Visit) error { return fault.TooMany("error.too_many", wait) }), 1<<20), request(t, http.MethodGet, "/en/vuorela/"))
		if got.Code != http.StatusTooManyRequests || got.Header().Get("Retry-After") != want {
			t.Errorf("%v: got %d, Retry-After %q; want 429 and %s", wait, got.Code, got.Header().Get("Retry-After"), want)
		}
	}
}

func TestPagesAreShownWhenTheDatabaseIsGone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	h.town.err = fault.Unavailable("error.unavailable", 10*time.Second)
	got := answered(h.Guard(h.page(plain), 1<<20), request(t, http.MethodGet, "/en/vuorela/"))
	if got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") != "10" || !strings.Contains(got.Body.String(), "</html>") {
		t.Errorf("got %d, Retry-After %q and %d bytes; want 503, 10 and a whole page", got.Code, got.Header().Get("Retry-After"), got.Body.Len())
	}
}

// A change is committed and then the database is gone, before the answer is put together: nobody knows, says the page, and nothing was done only where that
// is so.
func TestWhoChangedSomethingIsNotToldThatNothingWasDone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	words := map[string]string{}
	for name, method := range map[string]string{"changed": http.MethodPost, "nothing": http.MethodPost, "read": http.MethodGet} {
		do := func(v *Visit) error {
			if name != "nothing" {
				fault.MarkChanged(v.Ctx())
			}
			return fault.Unavailable("error.unavailable", 10*time.Second)
		}
		got := answered(h.Guard(h.page(do), 1<<20), request(t, method, "/en/vuorela/"))
		words[name] = got.Body.String()
		if got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") == "" {
			t.Errorf("%s: got %d with %v", name, got.Code, got.Header())
		}
	}
	p := h.Texts.Printer("en")
	for name, key := range map[string]string{"changed": UnknownKey, "nothing": "error.unavailable", "read": "error.unavailable"} {
		if !strings.Contains(words[name], p.T(key)) {
			t.Errorf("%s: got %s, want the words of %s", name, words[name], key)
		}
	}
}
