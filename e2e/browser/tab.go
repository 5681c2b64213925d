package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Options says what kind of visitor opens a tab. The zero value is a desk browser of 1280 by 800 CSS pixels with scripts, in a light scheme.
type Options struct {
	Width, Height int      // of the viewport, in CSS pixels; 0 is 1280, 800
	NoScript      bool     // the page's scripts do not run
	Dark          bool     // prefers a dark scheme
	ForcedColours bool     // the system's own few colours, as Windows' contrast themes
	Print         bool     // the style sheets for paper
	Motion        bool     // does not ask for reduced motion; by default tabs do, so that pictures are still
	TextZoom      float64  // the browser's text size: 2 is 200 %; 0 is 1
	Lang          string   // Accept-Language and navigator.language, such as "fi"
	Allow         []string // other origins that pages may call, such as "http://127.0.0.1:8081"; Trouble names all others
}

// Tab is a window with its own cookies and storage. It belongs to one test and is not safe for concurrent use.
type Tab struct {
	tb      testing.TB
	ctx     context.Context
	opts    Options
	watch   *watch
	hasty   time.Duration              // in place of Wait, in this package's own tests
	axeIn   runtime.ExecutionContextID // the world axe-core was put into
	picture atomic.Int64
}

// Response is what the server answered to the address that was asked for, after redirects.
type Response struct {
	Status   int
	URL      string
	Header   http.Header
	Download bool // the browser offered to save it instead of showing it
}

// Tab opens a window, which closes when the test ends. When the test has failed by then, a picture of the window is saved.
func (b *Browser) Tab(tb testing.TB, o Options) *Tab {
	tb.Helper()
	if o.Width == 0 {
		o.Width = 1280
	}
	if o.Height == 0 {
		o.Height = 800
	}
	dispose := true
	ctx, cancel := chromedp.NewContext(b.ctx,
		chromedp.WithNewBrowserContext(func(p *target.CreateBrowserContextParams) { p.DisposeOnDetach = &dispose }))
	t := &Tab{tb: tb, ctx: ctx, opts: o, watch: newWatch(o.Allow)}
	tb.Cleanup(func() {
		if tb.Failed() {
			if path, err := t.keepPicture(); err == nil {
				tb.Logf("the tab at the end, %s: %s", t.watch.address(), path)
			}
		}
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatalf("browser: open a tab: %v", err)
	}
	if err := t.prepare(b.userAgent); err != nil {
		tb.Fatalf("browser: prepare a tab: %v", err)
	}
	return t
}

func (t *Tab) prepare(userAgent string) error {
	tree, err := chromedp.Call(t.ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return fmt.Errorf("frames: %w", err)
	}
	t.watch.main = tree.FrameTree.Frame.ID
	if err := chromedp.Listen(t.ctx, t.watch.see); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	t.watch.dialog = func() {
		// From another goroutine: the listener must not call. A dialog that is gone by then is no fault.
		go func() {
			_, _ = chromedp.Call(t.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	}
	o := t.opts
	media := "screen"
	if o.Print {
		media = "print"
	}
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}
	if o.Dark {
		features[0].Value = "dark"
	}
	if o.ForcedColours {
		features = append(features, &emulation.MediaFeature{Name: "forced-colors", Value: "active"})
	}
	if !o.Motion {
		features = append(features, &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"})
	}
	steps := []func() error{
		step(t, page.Enable, page.EnableParams{}),
		step(t, network.Enable, network.EnableParams{}),
		step(t, runtime.Enable, cdp.Empty{}),
		step(t, log.Enable, cdp.Empty{}),
		func() error { return t.size(o.Width, o.Height) },
		step(t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
		step(t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: features}),
	}
	if o.NoScript {
		steps = append(steps, step(t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	}
	if o.Lang != "" {
		steps = append(steps, step(t, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: userAgent, AcceptLanguage: o.Lang}))
	}
	if o.TextZoom != 0 {
		steps = append(steps, func() error { return t.textZoom(o.TextZoom) })
	}
	for _, do := range steps {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// step makes a protocol command that answers nothing into a function.
func step[P, R any](t *Tab, cmd cdp.Command[P, R], params P) func() error {
	return func() error {
		if _, err := call(t, cmd, params); err != nil {
			return fmt.Errorf("%s: %w", cmd.Method, err)
		}
		return nil
	}
}

// call runs a protocol command within the time a step has.
func call[P, R any](t *Tab, cmd cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := context.WithTimeout(t.ctx, Wait)
	defer cancel()
	return chromedp.Call(ctx, cmd, params)
}

// textZoom sets the text size a person chose in the browser's settings; 16 and 13 are the sizes browsers come with.
func (t *Tab) textZoom(factor float64) error {
	return step(t, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: int64(16 * factor), Fixed: int64(13 * factor)}})()
}

func (t *Tab) size(width, height int) error {
	return step(t, emulation.SetDeviceMetricsOverride,
		emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: int64(height), DeviceScaleFactor: 1})()
}

// Resize makes the viewport this many CSS pixels wide and high, without loading the page again.
func (t *Tab) Resize(width, height int) {
	t.tb.Helper()
	if err := t.size(width, height); err != nil {
		t.fatalf("resize: %v", err)
	}
	t.until("the window has its new size", func() bool {
		return ask[bool](t, fmt.Sprintf("innerWidth === %d && innerHeight === %d", width, height))
	})
}

// Go opens an address and waits until the page and its pictures and style sheets have loaded. An error status is an answer; a server that does not answer
// ends the test.
func (t *Tab) Go(address string) Response {
	t.tb.Helper()
	if u, err := url.Parse(address); err != nil || u.Scheme == "" {
		t.tb.Fatalf("browser: %q is no whole address", address)
	}
	t.watch.navigating()
	got, err := call(t, page.Navigate, page.NavigateParams{URL: address})
	if err != nil {
		t.fatalf("open %s: %v", address, err)
	}
	resp := t.watch.response(got.LoaderID)
	if got.ErrorText != "" && !got.IsDownload && resp.Status != http.StatusNoContent {
		t.fatalf("open %s: %s", address, got.ErrorText)
	}
	if got.ErrorText != "" || got.LoaderID == "" {
		t.watch.arrived()
	}
	t.settle()
	if got.LoaderID == "" {
		resp = t.watch.last()
	} else {
		resp = t.watch.response(got.LoaderID)
	}
	resp.Download = got.IsDownload
	return resp
}

// Back presses the browser's back button.
func (t *Tab) Back() {
	t.tb.Helper()
	past, err := call(t, page.GetNavigationHistory, cdp.Empty{})
	if err != nil {
		t.fatalf("read the history: %v", err)
	}
	if past.CurrentIndex < 1 {
		t.fatalf("there is nothing to go back to")
	}
	t.watch.navigating()
	if _, err := call(t, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: past.Entries[past.CurrentIndex-1].ID}); err != nil {
		t.fatalf("go back: %v", err)
	}
	t.settle()
}

// URL returns the address in the address bar.
func (t *Tab) URL() string {
	t.tb.Helper()
	return ask[string](t, "location.href")
}

// Path returns the address without scheme and host.
func (t *Tab) Path() string {
	t.tb.Helper()
	return ask[string](t, "location.pathname + location.search + location.hash")
}

// Status returns the status of the page that is shown.
func (t *Tab) Status() int { return t.watch.last().Status }

// Title returns the document's title.
func (t *Tab) Title() string {
	t.tb.Helper()
	return ask[string](t, "luukku.squeeze(document.title)")
}

// H1 returns the text of the first level-one heading, "" when there is none.
func (t *Tab) H1() string {
	t.tb.Helper()
	return ask[string](t, "luukku.squeeze(document.querySelector('h1')?.innerText ?? '')")
}

// Text returns what the page shows, a line for each block.
func (t *Tab) Text() string {
	t.tb.Helper()
	return ask[string](t, "luukku.text()")
}

// HTML returns the page as it stands now.
func (t *Tab) HTML() string {
	t.tb.Helper()
	return ask[string](t, "document.documentElement.outerHTML")
}

// HasText says whether the page shows s now, whatever the spaces and line breaks.
func (t *Tab) HasText(s string) bool {
	t.tb.Helper()
	return strings.Contains(squeeze(t.Text()), squeeze(s))
}

// MustText waits until the page shows all of want; the test ends when it does not come to that.
func (t *Tab) MustText(want ...string) {
	t.tb.Helper()
	for _, s := range want {
		t.until(fmt.Sprintf("the page shows %q", s), func() bool { return t.HasText(s) })
	}
}

// MustNotText waits until the page no longer shows s; the test ends when it still does.
func (t *Tab) MustNotText(s string) {
	t.tb.Helper()
	t.until(fmt.Sprintf("the page does not show %q", s), func() bool { return !t.HasText(s) })
}

// WaitFor waits until a JavaScript expression is true in the page.
func (t *Tab) WaitFor(expression string) {
	t.tb.Helper()
	t.until(expression, func() bool { return ask[bool](t, "!!("+expression+")") })
}

// Eval runs an expression in the page's own world, waits for its promise if it is one, and decodes its JSON value into out (nil: nothing). It works in a
// tab without scripts, too, except for promises and timers.
func (t *Tab) Eval(expression string, out any) {
	t.tb.Helper()
	if err := t.evaluate(expression, 0, out); err != nil {
		t.fatalf("evaluate %s: %v", expression, err)
	}
}

// Cookies returns the cookies the browser would send to the page's address.
func (t *Tab) Cookies() []*http.Cookie {
	t.tb.Helper()
	got, err := call(t, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		t.fatalf("read the cookies: %v", err)
	}
	var out []*http.Cookie
	for _, k := range got.Cookies {
		one := &http.Cookie{Name: k.Name, Value: k.Value, Domain: k.Domain, Path: k.Path, Secure: k.Secure, HttpOnly: k.HTTPOnly}
		switch k.SameSite {
		case network.CookieSameSiteStrict:
			one.SameSite = http.SameSiteStrictMode
		case network.CookieSameSiteLax:
			one.SameSite = http.SameSiteLaxMode
		case network.CookieSameSiteNone:
			one.SameSite = http.SameSiteNoneMode
		}
		out = append(out, one)
	}
	return out
}

// Screenshot saves a PNG picture of what is shown, or of the full page however long. Folders are made.
func (t *Tab) Screenshot(path string, full bool) {
	t.tb.Helper()
	if err := t.shoot(path, full); err != nil {
		t.tb.Fatalf("browser: picture %s: %v", path, err)
	}
}

func (t *Tab) shoot(path string, full bool) error {
	p := page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng}
	if full {
		size, err := call(t, page.GetLayoutMetrics, cdp.Empty{})
		if err != nil {
			return fmt.Errorf("measure: %w", err)
		}
		beyond := true
		p.CaptureBeyondViewport = &beyond
		p.Clip = &page.Viewport{Width: size.CSSContentSize.Width, Height: size.CSSContentSize.Height, Scale: 1}
	}
	got, err := call(t, page.CaptureScreenshot, p)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, got.Data, 0o644)
}

// keepPicture saves the tab's picture in the test's artefact directory.
func (t *Tab) keepPicture() (string, error) {
	path := filepath.Join(t.tb.ArtifactDir(), fmt.Sprintf("tab-%d.png", t.picture.Add(1)))
	return path, t.shoot(path, false)
}

// fatalf ends the test with what the tab shows.
func (t *Tab) fatalf(format string, args ...any) {
	t.tb.Helper()
	var text string
	if err := t.evaluate("document.body ? document.body.innerText : ''", 0, &text); err != nil {
		text = "(the page cannot be read: " + err.Error() + ")"
	}
	if r := []rune(text); len(r) > 2000 {
		text = string(r[:2000]) + "…"
	}
	picture, err := t.keepPicture()
	if err != nil {
		picture = "no picture: " + err.Error()
	}
	t.tb.Fatalf("%s\n--- %s, status %d, %s\n%s\n--- trouble: %q", fmt.Sprintf(format, args...), t.watch.address(), t.Status(), picture, text, t.watch.list())
}

func squeeze(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\u00ad", "", "\u200b", "", "\u2060", "", "\ufeff", "").Replace(s)), " ")
}
