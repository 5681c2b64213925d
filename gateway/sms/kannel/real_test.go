package kannel_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/gateway/sms"
	"luukku/gateway/sms/kannel"
	"luukku/gateway/sms/kannel/kanneltest"
	"luukku/gateway/smstest"
)

// inbox keeps what the door hands on.
type inbox struct {
	mu       sync.Mutex
	in       []texting.Inbound
	arrivals []notify.Arrival
}

func (b *inbox) Receive(_ context.Context, m texting.Inbound) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.in = append(b.in, m)
	return nil
}

func (b *inbox) Arrived(_ context.Context, a notify.Arrival) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.arrivals = append(b.arrivals, a)
	return nil
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 400 {
		if is() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("%s: it did not come", what)
}

// A message goes out through a real Kannel with its receipt; messages come in through it in every alphabet, also in parts out of order, also while we are down.
func TestARealKannelBothWays(t *testing.T) {
	t.Parallel()
	b := &inbox{}
	var down atomic.Bool
	down.Store(true)
	var g *kannel.Gateway
	var door *sms.Door
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() && strings.HasSuffix(r.URL.Path, "/in") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		door.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	k := kanneltest.Start(t, kanneltest.PostURL(srv.URL, "main", "s3cret"))
	receipts := strings.Replace(srv.URL, "http://", "http://main:s3cret@", 1) + "/sms/main/receipt"
	g = kannel.New(kannel.Config{URL: k.SendSMS, Username: kanneltest.Username, Password: kanneltest.Password, Receipts: receipts, Timeout: 5 * time.Second})
	door = &sms.Door{
		Receiver: b, Arrivals: b, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		SenderOf: func(r *http.Request) netip.Addr {
			host, _, _ := net.SplitHostPort(r.RemoteAddr)
			return netip.MustParseAddr(host)
		},
		Gateways: []sms.Gateway{{
			Name: "main", Secret: "s3cret", From: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Wire: g,
			OrgOf: func(context.Context, string) (ids.Org, bool, error) { return "town", true, nil },
		}},
	}

	k.Write(t, "+358401234567", "16400", "VARAA ä€ [x]")
	k.Raw(t, "+420601234567 16400 ucs2 %00P%01Y%00i%00j%00d%00u%D8%3D%DE%00")
	k.Raw(t, "+358401234567 16400 udh-text %05%00%03%07%02%02 toka")
	k.Raw(t, "+358401234567 16400 udh-text %05%00%03%07%02%01 eka ")
	time.Sleep(1500 * time.Millisecond) // long enough that Kannel has tried, and must try again
	down.Store(false)

	texts := map[string]string{"short": "Aika varattu äöå €[", "czech": "Přijďte včas", "long": strings.Repeat("a", 170)}
	for id, text := range texts {
		m := smstest.Text(id)
		m.Text, m.From = text, ""
		if r, err := g.SendText(t.Context(), m); err != nil || r.Code != http.StatusAccepted {
			t.Fatalf("%s: got %+v, %v", id, r, err)
		}
	}
	bad := kannel.New(kannel.Config{URL: k.SendSMS, Username: kanneltest.Username, Password: "wrong"})
	if _, err := bad.SendText(t.Context(), smstest.Text("x")); err == nil || notify.IsPermanent(err) || notify.IsUnknown(err) {
		t.Errorf("with a wrong password: got %v, want an error that may be tried again", err)
	}

	eventually(t, "what went out", func() bool { return len(k.Got()) == 4 })
	got := k.Got()
	slices.Sort(got)
	want := []string{
		"16400 +358401234567 text Aika varattu äöå €[",
		"16400 +358401234567 ucs-2 %00P%01Y%00i%00j%01%0F%00t%00e%00+%00v%01%0D%00a%00s",
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("the network did not get %q: %q", w, got)
		}
	}
	if n := len(slices.DeleteFunc(got, func(s string) bool { return !strings.Contains(s, "udh %05%00%03") })); n != notify.SizeOf(texts["long"]).Parts {
		t.Errorf("the long message went in %d parts", n)
	}
	eventually(t, "receipts", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		var ids []string
		for _, a := range b.arrivals {
			if a.Fate == notify.Delivered && a.Org == "town" && !slices.Contains(ids, string(a.ID)) {
				ids = append(ids, string(a.ID))
			}
		}
		return len(ids) == len(texts)
	})
	eventually(t, "what came in", func() bool { b.mu.Lock(); defer b.mu.Unlock(); return len(b.in) >= 3 })
	bodies := map[string]bool{}
	for _, m := range b.in {
		if m.Org != "town" || m.Gateway != "main" || m.To != "16400" || m.Ref == "" || m.At < time.Now().Add(-time.Hour).Unix() {
			t.Errorf("got %+v", m)
		}
		bodies[m.From+" "+m.Body] = true
	}
	for _, w := range []string{"+358401234567 VARAA ä€ [x]", "+420601234567 Přijdu😀", "+358401234567 eka toka"} {
		if !bodies[w] {
			t.Errorf("%q did not come in: %v", w, bodies)
		}
	}
}
