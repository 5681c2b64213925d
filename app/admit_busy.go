package app

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/web"
)

// busyAnswers are what somebody turned away is told, made beforehand: to write one must cost next to nothing.
type busyAnswers struct {
	made atomic.Pointer[map[busyKey]*captured]
}

// busyKey says which answer. Only programs are told in the body how long to wait.
type busyKey struct {
	lang i18n.Lang
	api  bool
	gzip bool
	wait int // seconds; 0 on pages
}

// make makes the answers, as the doors themselves would give them, with their headers.
func (b *busyAnswers) make(ctx context.Context, a *App) {
	all := map[busyKey]*captured{}
	for _, l := range i18n.Languages() {
		for _, packed := range []bool{false, true} {
			all[busyKey{lang: l.Code, gzip: packed}] = a.sayBusy(ctx, "/"+string(l.Code)+"/", l.Code, packed, 0)
		}
		for wait := range latestRetry + 1 {
			all[busyKey{lang: l.Code, api: true, wait: wait}] = a.sayBusy(ctx, "/api/v1", l.Code, false, wait)
		}
	}
	b.made.Store(&all)
}

// sayBusy asks for a path of a house that is too busy, and keeps the answer.
func (a *App) sayBusy(ctx context.Context, path string, l i18n.Lang, packed bool, wait int) *captured {
	out := &captured{header: http.Header{}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil { // a path of our own is always an address
		panic(err)
	}
	r.Header.Set("Accept-Language", string(l))
	if packed {
		r.Header.Set("Accept-Encoding", "gzip")
	}
	a.Site.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, r, fault.Unavailable(web.BusyKey, time.Duration(wait)*time.Second))
	}), 0).ServeHTTP(out, r)
	return out
}

// answer writes the answer for a request.
func (b *busyAnswers) answer(w http.ResponseWriter, r *http.Request, ofAPI func(*http.Request) i18n.Lang, wait int) {
	key := busyKey{api: strings.HasPrefix(r.URL.Path, "/api/")}
	if key.api {
		key.lang, key.wait = ofAPI(r), wait
	} else {
		key.lang, key.gzip = web.LanguageOf(r), strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
	}
	(*b.made.Load())[key].send(w, wait)
}

// captured keeps an answer. It is an http.ResponseWriter.
type captured struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header returns the headers.
func (c *captured) Header() http.Header { return c.header }

// WriteHeader keeps the status.
func (c *captured) WriteHeader(status int) { c.status = status }

// Write keeps the body.
func (c *captured) Write(b []byte) (int, error) { return c.body.Write(b) }

// send gives the answer again, with the seconds to wait.
func (c *captured) send(w http.ResponseWriter, wait int) {
	h := w.Header()
	for name, values := range c.header {
		h[name] = values
	}
	h["Retry-After"] = retryHeader(wait)
	w.WriteHeader(c.status)
	_, _ = w.Write(c.body.Bytes()) // who has left needs no answer
}
