package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// watch is what the browser has reported about one tab. The protocol's listener writes it, steps read it.
type watch struct {
	main   cdp.FrameID
	allow  []string
	dialog func()

	mu       sync.Mutex
	changed  chan struct{} // closed and renewed at every report that may end a wait
	loader   cdp.LoaderID  // of the document that is shown
	at       string        // its address
	pending  bool          // a navigation was asked for
	begun    int           // counts signs of navigations
	loading  bool
	world    runtime.ExecutionContextID // of our own scripts in the document, 0 when there is none
	answers  map[cdp.LoaderID]Response  // of documents
	requests map[network.RequestID]*request
	trouble  []string
}

type request struct {
	url      string
	kind     network.ResourceType
	document bool // of the tab itself, not of a frame in it
	bytes    int64
	done     bool
}

func newWatch(allow []string) *watch {
	return &watch{allow: allow, changed: make(chan struct{}), answers: map[cdp.LoaderID]Response{}, requests: map[network.RequestID]*request{}, dialog: func() {}}
}

// see takes one report. It must be quick and must not call the browser.
func (w *watch) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *page.EventFrameRequestedNavigation:
		if e.FrameID == w.main && e.Disposition == page.ClientNavigationDispositionCurrentTab {
			w.pending = true
			w.begun++
		}
	case *page.EventFrameStartedLoading:
		if e.FrameID == w.main {
			w.loading = true
			w.begun++
		}
	case *page.EventFrameNavigated:
		if e.Frame.ID == w.main {
			w.loader, w.at, w.pending, w.world = e.Frame.LoaderID, e.Frame.URL+e.Frame.URLFragment, false, 0
		}
	case *page.EventNavigatedWithinDocument:
		if e.FrameID == w.main {
			w.pending, w.at = false, e.URL
		}
	case *page.EventFrameStoppedLoading:
		if e.FrameID == w.main {
			w.loading, w.pending = false, false
		}
	case *page.EventJavascriptDialogOpening:
		w.add("a %s dialog opened: %s", e.Type, e.Message)
		w.dialog()
	case *runtime.EventExecutionContextsCleared:
		w.world = 0
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.add("console: %s", spoken(e.Args))
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		w.add("exception: %s (%s:%d)", text, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber+1)
	case *log.EventEntryAdded:
		// Failed requests are reported by the network, with more to tell.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			w.add("%s: %s", e.Entry.Source, e.Entry.Text)
		}
	default:
		w.seeNetwork(event)
		return
	}
	w.wake()
}

func (w *watch) seeNetwork(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		document := e.Type == network.ResourceTypeDocument && e.FrameID == w.main
		w.requests[e.RequestID] = &request{url: e.Request.URL, kind: e.Type, document: document}
		if !document && w.foreign(e.Request.URL, e.DocumentURL) {
			w.add("request to another origin: %s %s", e.Type, e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument && e.FrameID == w.main {
			w.answers[e.LoaderID] = Response{Status: int(e.Response.Status), URL: e.Response.URL, Header: header(e.Response.Headers)}
			break
		}
		if e.Response.Status >= http.StatusBadRequest && !strings.HasSuffix(e.Response.URL, "/favicon.ico") { // nobody asked for that
			w.add("request failed: %s %s: status %d", e.Type, e.Response.URL, e.Response.Status)
		}
	case *network.EventLoadingFinished:
		if r := w.requests[e.RequestID]; r != nil {
			r.done, r.bytes = true, int64(e.EncodedDataLength)
		}
	case *network.EventLoadingFailed:
		r := w.requests[e.RequestID]
		if r == nil {
			break
		}
		r.done = true
		if e.Canceled && e.BlockedReason == "" || r.document {
			break
		}
		why := e.ErrorText
		if e.BlockedReason != "" {
			why = "blocked, " + string(e.BlockedReason)
		}
		w.add("request failed: %s %s: %s", e.Type, r.url, why)
	default:
		return
	}
	w.wake()
}

func (w *watch) add(format string, args ...any) {
	w.trouble = append(w.trouble, fmt.Sprintf(format, args...))
}

func (w *watch) wake() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// foreign says whether a document's request leaves its origin for one that was not allowed.
func (w *watch) foreign(to, from string) bool {
	a, errA := url.Parse(to)
	b, errB := url.Parse(from)
	if errA != nil || errB != nil || a.Host == "" {
		return false // data:, blob: and about: stay inside
	}
	origin := a.Scheme + "://" + a.Host
	return origin != b.Scheme+"://"+b.Host && !slices.Contains(w.allow, origin)
}

// navigating notes that a navigation was begun, before the browser says so.
func (w *watch) navigating() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending = true
}

// arrived takes navigating back: the document stays.
func (w *watch) arrived() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending = false
}

// busy says whether a navigation is under way, and what to wait on for news.
func (w *watch) busy() (bool, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pending || w.loading, w.changed
}

// since says whether a navigation has begun since there were n signs of one, how many there are now, and what to wait on for news.
func (w *watch) since(n int) (begun bool, now int, news <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.begun > n, w.begun, w.changed
}

func (w *watch) response(id cdp.LoaderID) Response {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.answers[id]
}

func (w *watch) last() Response {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.answers[w.loader]
}

func (w *watch) address() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *watch) list() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.trouble)
}

// worldID returns the world of our scripts in the shown document, 0 when it has none yet.
func (w *watch) worldID() (runtime.ExecutionContextID, cdp.LoaderID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.world, w.loader
}

// dropWorld forgets our world, so that the next step makes a new one.
func (w *watch) dropWorld() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.world = 0
}

// setWorld notes the world unless the document has changed meanwhile.
func (w *watch) setWorld(id runtime.ExecutionContextID, of cdp.LoaderID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.loader == of {
		w.world = id
	}
}

func header(h network.Headers) http.Header {
	out := http.Header{}
	for k, v := range h {
		for line := range strings.SplitSeq(fmt.Sprint(v), "\n") {
			out.Add(k, line)
		}
	}
	return out
}

func spoken(args []*runtime.RemoteObject) string {
	var parts []string
	for _, a := range args {
		switch {
		case len(a.Value) > 0:
			parts = append(parts, strings.Trim(string(a.Value), `"`))
		case a.Description != "":
			parts = append(parts, a.Description)
		default:
			parts = append(parts, string(a.Type))
		}
	}
	return strings.Join(parts, " ")
}

// Trouble returns what went wrong in the tab since it was opened, in order: console errors and uncaught exceptions, violations of the content security
// policy, requests for parts of pages that failed or went to another origin, and dialogs. The statuses of pages themselves are no trouble; see Status.
func (t *Tab) Trouble() []string {
	t.tb.Helper()
	// What the page has reported so far arrives before the answer to this.
	ask[int](t, "1")
	return t.watch.list()
}

// Forget drops the trouble so far, for a tab that goes on to another page.
func (t *Tab) Forget() {
	t.tb.Helper()
	t.Trouble()
	t.watch.forget()
}

func (w *watch) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trouble = nil
}

// MustBeClean fails the test, without ending it, for each trouble that holds none of the given texts.
func (t *Tab) MustBeClean(except ...string) {
	t.tb.Helper()
	for _, s := range t.Trouble() {
		if !slices.ContainsFunc(except, func(part string) bool { return strings.Contains(s, part) }) {
			t.tb.Errorf("%s: %s", t.watch.address(), s)
		}
	}
}
