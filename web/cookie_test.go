package web

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/web/ui"
)

func TestCookiesAreBoundToTheSite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, prefix string
		secure       bool
	}{{"https://booking.example", "__Host-", true}, {"http://booking.example", "", false}} {
		h := newHouse(t, c.base)
		got := answered(h.Guard(h.page(func(v *Visit) error {
			v.ActorWithSession()
			v.Prove("vuorela", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
			v.SetLook(ui.Appearance{Size: "150", Scheme: "dark"})
			v.KeepSealed("setup", "x")
			return plain(v)
		}), 1<<20), request(t, http.MethodGet, "/en/vuorela/")).Result().Cookies()
		if len(got) != 4 {
			t.Fatalf("%s: got %d cookies, want 4", c.base, len(got))
		}
		names := map[string]bool{}
		for _, k := range got {
			names[k.Name] = true
			if !k.HttpOnly || k.Secure != c.secure || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.Domain != "" {
				t.Errorf("%s: got %s, want it HttpOnly, SameSite=Lax, Path=/, without a domain, Secure %v", c.base, k.Raw, c.secure)
			}
			if lasts := k.MaxAge > 0; lasts != (k.Name == c.prefix+lookCookie) {
				t.Errorf("%s: got %s, want only the look to outlive the browser", c.base, k.Raw)
			}
		}
		for _, want := range []string{sessionCookie, appointmentCookie, lookCookie, "luukku-setup"} {
			if !names[c.prefix+want] {
				t.Errorf("%s: got %v, want %s", c.base, names, c.prefix+want)
			}
		}
	}
}

func TestProofIsForOneAppointmentAndForAWhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "https://booking.example")
	const id = ids.Appointment("01ARZ3NDEKTSV4RRFFQ69G5FAV")
	given := answered(h.page(func(v *Visit) error { v.Prove("vuorela", id); return plain(v) }), request(t, http.MethodGet, "/en/vuorela/")).Result().Cookies()[0]
	proven := func(value string) (got ids.Appointment) {
		r := request(t, http.MethodGet, "/en/vuorela/")
		r.AddCookie(&http.Cookie{Name: given.Name, Value: value})
		answered(h.page(func(v *Visit) error { got, _ = v.Opened(); return plain(v) }), r)
		return got
	}
	if got := proven(given.Value); got != id {
		t.Errorf("got %q, want %q", got, id)
	}
	if got := proven(given.Value[:len(given.Value)-2] + "AA"); got != "" {
		t.Errorf("changed: got %q, want nothing", got)
	}
	h.clock.Advance(proofLife)
	if got := proven(given.Value); got != id {
		t.Errorf("in the last second: got %q, want %q", got, id)
	}
	h.clock.Advance(time.Second)
	if got := proven(given.Value); got != "" {
		t.Errorf("after that: got %q, want nothing", got)
	}
}

func TestOnlyTrustedProxiesAreBelieved(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name, remote string
		forwarded    []string
		trusted      []netip.Prefix
		want         string
	}{
		{"nobody is trusted", "10.0.0.1:1", []string{"192.0.2.1"}, nil, "10.0.0.1"},
		{"a stranger's word", "198.51.100.1:1", []string{"192.0.2.1"}, trusted, "198.51.100.1"},
		{"a proxy's word", "10.0.0.1:1", []string{"192.0.2.1"}, trusted, "192.0.2.1"},
		{"what the visitor put in front", "10.0.0.1:1", []string{"127.0.0.1, 192.0.2.1"}, trusted, "192.0.2.1"},
		{"two proxies", "10.0.0.1:1", []string{"203.0.113.9, 192.0.2.1, 10.0.0.2"}, trusted, "192.0.2.1"},
		{"in two headers", "10.0.0.1:1", []string{"203.0.113.9", "192.0.2.1"}, trusted, "192.0.2.1"},
		{"with a port", "10.0.0.1:1", []string{"192.0.2.1:4711"}, trusted, "192.0.2.1"},
		{"IPv6 with a port", "10.0.0.1:1", []string{"[2001:db8:1:2::3]:4711"}, trusted, "2001:db8:1:2::/64"},
		{"nonsense", "10.0.0.1:1", []string{"192.0.2.1, unknown"}, trusted, "10.0.0.1"},
		{"no header", "10.0.0.1:1", nil, trusted, "10.0.0.1"},
		{"a visitor has a /64", "[2001:db8:1:2:3:4:5:6]:1", nil, trusted, "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:1", []string{"192.0.2.1"}, trusted, "192.0.2.1"},
		{"no address", "@", nil, trusted, "unknown"},
	} {
		r := request(t, http.MethodGet, "/")
		r.RemoteAddr = c.remote
		r.Header["X-Forwarded-For"] = c.forwarded
		if got := AddressOf(r, c.trusted); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
