package browser

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
)

// Bytes is what a cold visit to a page takes over the wire, head lines and compression included.
type Bytes struct {
	Total    int64
	ByType   map[string]int64 // "Document", "Stylesheet", "Script", "Font", "Image", ...
	Requests int
}

// String tells the sum and the parts, largest first.
func (b Bytes) String() string {
	types := slices.SortedFunc(maps.Keys(b.ByType), func(x, y string) int { return int(b.ByType[y] - b.ByType[x]) })
	var parts []string
	for _, kind := range types {
		parts = append(parts, fmt.Sprintf("%s %d", kind, b.ByType[kind]))
	}
	return fmt.Sprintf("%d bytes in %d requests (%s)", b.Total, b.Requests, strings.Join(parts, ", "))
}

// Weight opens the shown page's address again with an empty cache and counts what is transferred until nothing is under way; streams that stay open are
// not waited for. The icon in the tab is left out: browsers fetch it when they like.
func Weight(t *Tab) Bytes {
	t.tb.Helper()
	address := t.URL()
	for _, do := range []func() error{
		step(t, network.ClearBrowserCache, cdp.Empty{}),
		step(t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}),
		// From another page: the same address again would be a reload, which asks differently.
		func() error { t.Go("about:blank"); t.watch.forgetRequests(); t.Go(address); return nil },
	} {
		if err := do(); err != nil {
			t.fatalf("weigh: %v", err)
		}
	}
	t.until("all requests have ended", func() bool { return t.watch.quiet() })
	b := t.watch.weigh()
	if err := step(t, network.SetCacheDisabled, network.SetCacheDisabledParams{})(); err != nil {
		t.fatalf("weigh: %v", err)
	}
	return b
}

func (w *watch) forgetRequests() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.requests)
}

func streams(kind network.ResourceType) bool {
	return kind == network.ResourceTypeEventSource || kind == network.ResourceTypeWebSocket
}

func (w *watch) quiet() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.requests {
		if !r.done && !streams(r.kind) {
			return false
		}
	}
	return true
}

func (w *watch) weigh() Bytes {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := Bytes{ByType: map[string]int64{}}
	for _, r := range w.requests {
		if strings.HasPrefix(r.url, "data:") || strings.HasPrefix(r.url, "about:") || r.kind == network.ResourceTypeOther {
			continue
		}
		b.Requests++
		b.Total += r.bytes
		b.ByType[string(r.kind)] += r.bytes
	}
	return b
}
