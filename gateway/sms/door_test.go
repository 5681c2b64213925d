package sms_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/gateway/sms"
	"luukku/gateway/sms/kannel"
)

// desk takes what the door hands on, or fails.
type desk struct {
	in       []texting.Inbound
	arrivals []notify.Arrival
	err      error
}

func (d *desk) Receive(_ context.Context, m texting.Inbound) error {
	d.in = append(d.in, m)
	return d.err
}

func (d *desk) Arrived(_ context.Context, a notify.Arrival) error {
	d.arrivals = append(d.arrivals, a)
	return d.err
}

// knock is one request at a door, and how it was answered.
func knock(t *testing.T, d *desk, method, target, body string, set func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	door := &sms.Door{
		Receiver: d, Arrivals: d, Log: slog.New(slog.DiscardHandler),
		SenderOf: func(r *http.Request) netip.Addr { return netip.MustParseAddr(strings.Split(r.RemoteAddr, ":")[0]) },
		Gateways: []sms.Gateway{
			{
				Name: "main", Secret: "s3cret", From: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Wire: kannel.New(kannel.Config{}),
				OrgOf: func(_ context.Context, number string) (ids.Org, bool, error) {
					if number == "11111" {
						return "", false, errors.New("the database is away")
					}
					return "town", number == "16400", nil
				},
			},
			{Name: "shut", Wire: kannel.New(kannel.Config{})},
		},
	}
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer s3cret")
	r.Header.Set("Content-Type", `text/plain; charset="UTF-8"`)
	r.Header.Set("X-Kannel-From", "+358401234567")
	r.Header.Set("X-Kannel-To", "16400")
	if set != nil {
		set(r)
	}
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	if w.Body.Len() != 0 {
		t.Errorf("%s: the answer tells %q", target, w.Body)
	}
	return w
}

func TestTheDoorHearsOnlyWhoKnowsItsSecret(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		method, target, body string
		set                  func(*http.Request)
		want                 int
	}{
		"a message":               {"POST", "/sms/main/in?id=1", "Hei", nil, 200},
		"an empty message":        {"POST", "/sms/main/in?id=1", "", nil, 200},
		"no secret":               {"POST", "/sms/main/in?id=1", "Hei", func(r *http.Request) { r.Header.Del("Authorization") }, 403},
		"another secret":          {"POST", "/sms/main/in?id=1", "Hei", func(r *http.Request) { r.Header.Set("Authorization", "Bearer s3creu") }, 403},
		"half the secret":         {"POST", "/sms/main/in?id=1", "Hei", func(r *http.Request) { r.Header.Set("Authorization", "Bearer s3c") }, 403},
		"as a password":           {"POST", "/sms/main/in?id=1", "Hei", func(r *http.Request) { r.SetBasicAuth("main", "s3cret") }, 200},
		"as a wrong password":     {"POST", "/sms/main/in?id=1&secret=s3cret", "Hei", func(r *http.Request) { r.SetBasicAuth("main", "x") }, 403},
		"in the address":          {"GET", "/sms/main/in?id=1&secret=s3cret&text=Hei", "", func(r *http.Request) { r.Header.Del("Authorization") }, 200},
		"from elsewhere":          {"POST", "/sms/main/in?id=1", "Hei", func(r *http.Request) { r.RemoteAddr = "198.51.100.1:1" }, 403},
		"a gateway without one":   {"POST", "/sms/shut/in?id=1", "Hei", func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }, 404},
		"no such gateway":         {"POST", "/sms/other/in", "Hei", nil, 404},
		"no such door":            {"POST", "/sms/main/out", "Hei", nil, 404},
		"another method":          {"PUT", "/sms/main/in", "Hei", nil, 405},
		"too long":                {"POST", "/sms/main/in", strings.Repeat("x", 65<<10), nil, 413},
		"nobody wrote it":         {"POST", "/sms/main/in", "Hei", func(r *http.Request) { r.Header.Del("X-Kannel-From") }, 400},
		"nobody's number":         {"POST", "/sms/main/in", "Hei", func(r *http.Request) { r.Header.Set("X-Kannel-To", "999") }, 400},
		"a database that is away": {"POST", "/sms/main/in", "Hei", func(r *http.Request) { r.Header.Set("X-Kannel-To", "11111") }, 503},
		"a receipt":               {"GET", "/sms/main/receipt?ref=town.x1&status=1", "", nil, 200},
		"half a receipt":          {"GET", "/sms/main/receipt?ref=town.x1", "", nil, 400},
		"no reference":            {"GET", "/sms/main/receipt?ref=x1&status=1", "", nil, 400},
		"a reference with more":   {"GET", "/sms/main/receipt?ref=TOWN%00.x1&status=1", "", nil, 400},
		"a garbled form":          {"POST", "/sms/main/in", "%zz", func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 400},
	} {
		d := &desk{}
		if w := knock(t, d, tt.method, tt.target, tt.body, tt.set); w.Code != tt.want {
			t.Errorf("%s: got %d, want %d", name, w.Code, tt.want)
		}
		if taken := len(d.in) + len(d.arrivals); (taken == 1) != (tt.want == 200) {
			t.Errorf("%s: the door handed on %d", name, taken)
		}
	}
}

func TestWhatCouldNotBeKeptIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	d := &desk{err: errors.New("the disk is full")}
	if w := knock(t, d, "POST", "/sms/main/in?id=1", "Hei", nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("got %d", w.Code)
	}
	if w := knock(t, d, "GET", "/sms/main/receipt?ref=town.x1&status=1", "", nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("got %d", w.Code)
	}
	d.err = fault.Invalid("sms.empty", nil)
	if w := knock(t, d, "POST", "/sms/main/in?id=1", "Hei", nil); w.Code != http.StatusBadRequest {
		t.Errorf("got %d", w.Code)
	}
}

func TestNumbersAsGatewaysWriteThem(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"+358401234567": "+358401234567", "358401234567": "+358401234567", "00358401234567": "+358401234567", " 358401234567 ": "+358401234567",
		"16400": "16400", "0401234567": "0401234567", "Mikkeli": "Mikkeli", "": "", "+": "+", "1234567890123456": "1234567890123456",
	} {
		if got := sms.Number(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestReferencesComeBack(t *testing.T) {
	t.Parallel()
	for _, o := range []ids.Org{"town", ""} {
		if org, id, ok := sms.FromReference(sms.Reference(o, "n.1")); !ok || org != o || id != "n.1" {
			t.Errorf("%q: got %q, %q, %v", o, org, id, ok)
		}
	}
	for _, bad := range []string{"", "x", ".", "town.", "Town.x", "to wn.x", "town.x\n", strings.Repeat("a", 300) + ".x"} {
		if o, id, ok := sms.FromReference(bad); ok {
			t.Errorf("%q: got %q, %q", bad, o, id)
		}
	}
}
