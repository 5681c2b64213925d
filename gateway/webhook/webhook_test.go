package webhook

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"luukku/domain/mailbox"
)

// The signature is that of the example in the specification.
func TestSignatureOfTheSpecification(t *testing.T) {
	t.Parallel()
	key, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := Sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Nobody reaches into our network, by whatever name an address goes; networks that the settings name are open, and this machine is in the demo.
func TestAddressesThatMayBeConnectedTo(t *testing.T) {
	t.Parallel()
	inside := []string{
		"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1",
		"::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001:db8::1", "2001::1", "fec0::1",
	}
	s := New(Options{})
	for _, a := range inside {
		if s.may(netip.MustParseAddr(a)) {
			t.Errorf("%s may be connected to", a)
		}
	}
	for _, a := range []string{"8.8.8.8", "193.166.3.1", "2a00:1190::1", "::ffff:8.8.8.8"} {
		if !s.may(netip.MustParseAddr(a)) {
			t.Errorf("%s may not be connected to", a)
		}
	}
	s = New(Options{Networks: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}, Demo: true})
	for a, want := range map[string]bool{"10.20.3.4": true, "::ffff:10.20.3.4": true, "10.21.0.1": false, "127.0.0.1": true, "::1": true, "169.254.169.254": false} {
		if s.may(netip.MustParseAddr(a)) != want {
			t.Errorf("%s: may is not %v", a, want)
		}
	}
	for host, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true, "10.20.3.4": false, "example.org": false} {
		if s.MayHTTP(host) != want || New(Options{}).MayHTTP(host) {
			t.Errorf("%s: may be plain HTTP is not %v", host, want)
		}
	}
}

func TestWhatAnAddressAnswers(t *testing.T) {
	t.Parallel()
	m := mailbox.HookMessage{ID: "hook.1-2", At: 1700000000, Body: []byte(`{"type":"letters.events"}`), Secret: []byte("secret")}
	slow := make(chan struct{})
	var followed bool
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			<-slow
		case "/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		case "/elsewhere":
			followed = true
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			b, err := io.ReadAll(r.Body)
			if err != nil || r.Header.Get("webhook-id") != m.ID || r.Header.Get("webhook-timestamp") != "1700000000" || r.Header.Get("webhook-signature") != Sign(m.Secret, m.ID, m.At, b) {
				t.Errorf("got %v, %s", r.Header, b)
			}
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	defer plain.Close()
	defer close(slow)
	secure := httptest.NewTLSServer(plain.Config.Handler)
	defer secure.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	s := New(Options{Demo: true, Timeout: 300 * time.Millisecond})
	for url, want := range map[string]struct {
		status  int
		trouble string
	}{
		plain.URL + "/": {204, ""}, plain.URL + "/busy": {503, ""}, plain.URL + "/moved": {307, ""}, plain.URL + "/slow": {0, mailbox.HookTimeout}, secure.URL + "/": {0, mailbox.HookTLS},
		gone.URL: {0, mailbox.HookRefused}, "http://nobody.invalid/": {0, mailbox.HookUnresolved}, "http://169.254.169.254/latest": {0, mailbox.HookForbidden}, "http://[::ffff:10.0.0.1]/": {0, mailbox.HookForbidden},
	} {
		m.URL = url
		if status, trouble := s.Send(t.Context(), m); status != want.status || trouble != want.trouble {
			t.Errorf("%s: got %d %q, want %+v", url, status, trouble, want)
		}
	}
	if followed {
		t.Error("a redirect was followed")
	}
	m.URL = plain.URL
	if _, trouble := New(Options{}).Send(t.Context(), m); trouble != mailbox.HookForbidden {
		t.Errorf("outside of the demo this machine is reached: %q", trouble)
	}
	if status, trouble := New(Options{Demo: true, Roots: secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}).Send(t.Context(), mailbox.HookMessage{
		URL: secure.URL, ID: m.ID, At: m.At, Body: m.Body, Secret: m.Secret,
	}); status != 204 {
		t.Errorf("over TLS: got %d %q", status, trouble)
	}
}
