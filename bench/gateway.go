package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"luukku/base/ids"
	"luukku/domain/notify"
	"luukku/gateway/sms/kannel"
)

// gatewayTakes is how long the gateway of the bench takes for a message: so long does a Kannel next door.
const gatewayTakes = 5 * time.Millisecond

// The user and the secret at the gateway, on this machine and for as long as a row runs.
const (
	gatewayUser   = "luukku"
	gatewaySecret = "bench"
)

// gateway is a part that takes text messages as Kannel's sendsms does, and remembers when each number had one.
type gateway struct {
	listener net.Listener
	server   *http.Server
	got      atomic.Int64

	mu sync.Mutex
	at map[string][]int64 // Unix nanoseconds, by number
}

func openGateway(ctx context.Context, _ json.RawMessage) (part, error) {
	l, err := listenHere(ctx)
	if err != nil {
		return nil, err
	}
	g := &gateway{listener: l, at: map[string][]int64{}}
	g.server = &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(g.take)}
	go func() { _ = g.server.Serve(l) }() // it ends when it is closed
	return g, nil
}

// take accepts a message; it counts from when the gateway has said yes.
func (g *gateway) take(w http.ResponseWriter, r *http.Request) {
	_, err := io.Copy(io.Discard, r.Body)
	to := r.Header.Get("X-Kannel-To")
	if err != nil || to == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	time.Sleep(gatewayTakes)
	g.mu.Lock()
	g.at[to] = append(g.at[to], time.Now().UnixNano())
	g.mu.Unlock()
	g.got.Add(1)
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, "0: Accepted for delivery")
}

// Call tells the address, how many messages there were, and when, by number. "forget" begins anew.
func (g *gateway) Call(_ context.Context, do string, _ json.RawMessage) (any, error) {
	switch do {
	case "address":
		return g.listener.Addr().String(), nil
	case "count":
		return g.got.Load(), nil
	case "taken", "forget":
		g.mu.Lock()
		defer g.mu.Unlock()
		if do == "forget" {
			g.at = map[string][]int64{}
			g.got.Store(0)
			return nil, nil
		}
		return maps.Clone(g.at), nil // what is there of a number is added to, never changed
	}
	return nil, fmt.Errorf("the gateway cannot %s", do)
}

func (g *gateway) Close() error { return g.server.Close() }

// sendsms is the address of a gateway as Kannel has it.
func sendsms(addr string) string { return "http://" + addr + "/cgi-bin/sendsms" }

// poster is the peer of who sends text messages: a loop that only posts, with the product's own client.
type poster struct{}

func openPoster(context.Context, json.RawMessage) (part, error) { return poster{}, nil }

// posting is how many messages are posted, and by how many at once.
type posting struct {
	Addr  string `json:"addr"`
	Conns int    `json:"conns"`
	N     int    `json:"n"`
	Text  string `json:"text"`
}

// Call posts, each message to a number of its own.
func (poster) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	var p posting
	if err := json.Unmarshal(args, &p); err != nil || do != "post" {
		return nil, errors.Join(fmt.Errorf("the poster cannot %s", do), err)
	}
	g := kannel.New(kannel.Config{URL: sendsms(p.Addr), Username: gatewayUser, Password: gatewaySecret})
	var next, failed atomic.Int64
	begun, before := time.Now(), usage().CPU
	var all sync.WaitGroup
	for range p.Conns {
		all.Go(func() {
			for i := next.Add(1); i <= int64(p.N); i = next.Add(1) {
				t := notify.Text{Org: fixtureOrg, ID: ids.Notice(fmt.Sprintf("bench%d", i)), To: fixturePhone(int(i)), Text: p.Text}
				if _, err := g.SendText(ctx, t); err != nil {
					failed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if n := failed.Load(); n > 0 {
		return nil, fmt.Errorf("%d of %d messages were not taken", n, p.N)
	}
	return Measure{Ops: int64(p.N), Elapsed: time.Since(begun), CPU: usage().CPU - before}, ctx.Err()
}

func (poster) Close() error { return nil }
