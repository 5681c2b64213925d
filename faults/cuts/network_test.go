package cuts

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// manner is what the network does with a message that is handed to it.
type manner int

const (
	takes        manner = iota
	takesAndDies        // it has the message, and the connection ends without an answer
	garbles             // it has the message, and answers something that is not HTTP
	isDown              // the connection ends before anything was read
	isBusy              // 503
	hasEnough           // 429
	refuses             // 400, for good
	manners
)

// network is a gateway of text messages, as Kannel speaks, that does what it likes. It remembers how often it has each message, and what it has told of it.
type network struct {
	srv *httptest.Server

	mu     sync.Mutex
	chance *rand.Rand
	has    map[string]int // by our reference; the number of times
	denied map[string]bool
	told   map[string]string // the last word of its receipt: "1" or "2"
	gate   func(ref string)  // called when it has a message, before it answers; may be nil
	hang   chan struct{}     // while open, nobody gets an answer; nil does not hang
	stuck  int               // how many wait for it
	decent bool              // takes everything
	tell   func(u *url.URL)  // how a receipt reaches the server, which has another address each time it is started
	busy   sync.WaitGroup    // receipts that are under way
	done   context.Context   //nolint:containedctx // the test's
	tried  map[manner]int    // what it did

}

func openNetwork(t *testing.T) *network {
	t.Helper()
	n := &network{
		chance: rand.New(rand.NewPCG(7, 8)), has: map[string]int{}, denied: map[string]bool{}, told: map[string]string{}, tried: map[manner]int{}, done: t.Context(), //nolint:gosec // no secret

	}
	n.srv = httptest.NewServer(http.HandlerFunc(n.serve))
	t.Cleanup(func() {
		n.release()
		n.srv.CloseClientConnections()
		n.srv.Close()
		n.busy.Wait()
	})
	return n
}

func (n *network) release() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.hang != nil {
		close(n.hang)
		n.hang = nil
	}
}

// behave sets what it does from now on.
func (n *network) behave(do func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	do()
}

func (n *network) serve(w http.ResponseWriter, r *http.Request) {
	receipt, err := url.Parse(strings.TrimSuffix(r.Header.Get("X-Kannel-Dlr-Url"), "&status=%d"))
	ref := ""
	if err == nil {
		ref = strings.TrimPrefix(receipt.Query().Get("ref"), "town.")
	}
	n.mu.Lock()
	hang, do := n.hang, manner(0)
	if hang != nil {
		n.stuck++
	} else if !n.decent && n.chance.IntN(2) == 0 {
		do = manner(n.chance.IntN(int(manners)))
	}
	n.mu.Unlock()
	if hang != nil {
		<-hang
	}
	n.mu.Lock()
	n.tried[do]++
	if do <= garbles {
		n.has[ref]++
	}
	n.denied[ref] = n.denied[ref] || do == refuses
	gate := n.gate
	n.mu.Unlock()
	if do <= garbles {
		n.receipts(receipt, ref)
		if gate != nil {
			gate(ref)
		}
	}
	reply(w, do)
}

func reply(w http.ResponseWriter, do manner) {
	switch do {
	case takes:
		w.WriteHeader(http.StatusAccepted)
	case isBusy:
		w.WriteHeader(http.StatusServiceUnavailable)
	case hasEnough:
		w.WriteHeader(http.StatusTooManyRequests)
	case refuses:
		w.WriteHeader(http.StatusBadRequest)
	default:
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		if do == garbles {
			_, _ = conn.Write([]byte("\x00\x01 lorem ipsum\r\n\r\n"))
		}
		_ = conn.Close()
	}
}

// receipts tells what became of a message: early or late, twice, out of order, or not at all.
func (n *network) receipts(u *url.URL, ref string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	last := []string{"", "1", "1", "2"}[n.chance.IntN(4)]
	if last == "" || n.tell == nil {
		return
	}
	if n.told[ref] == "" {
		n.told[ref] = last
	}
	words := []string{"8", last, last, "4"}
	first := time.Duration(n.chance.IntN(3)) * 20 * time.Millisecond
	tell := n.tell
	n.busy.Go(func() {
		time.Sleep(first)
		for _, w := range words {
			v := *u
			q := v.Query()
			q.Set("status", w)
			v.RawQuery = q.Encode()
			tell(&v)
		}
	})
}

// deliver is how a receipt, or a message, reaches the server: again until it is taken, as gateways do.
func (n *network) deliver(base func() string) func(u *url.URL) {
	return func(u *url.URL) {
		for n.done.Err() == nil {
			v := *u
			v.Host = strings.TrimPrefix(base(), "http://")
			r, err := http.NewRequestWithContext(n.done, http.MethodGet, v.String(), nil)
			if err != nil {
				panic(fmt.Sprintf("receipt: %v", err))
			}
			res, err := http.DefaultClient.Do(r)
			if err == nil {
				_ = res.Body.Close()
				if res.StatusCode < 500 {
					return
				}
			}
			time.Sleep(30 * time.Millisecond)
		}
	}
}
