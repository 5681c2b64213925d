// Package webhook tells programs of others, by HTTP, what happens to letters: signed as the Standard Webhooks specification 1.0.0 has it (standardwebhooks.com), without a word of content.
//
// It promises that nobody reaches into our own network through it: what a name stands for is looked at when the connection is made, and only addresses of the public internet and of networks that the
// settings name are connected to; that no redirect is followed; and that whoever answers slowly is waited for no longer than Timeout. When to try again is left to domain/mailbox.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"time"

	"luukku/domain/mailbox"
)

// Timeout is how long an address may take to answer.
const Timeout = 10 * time.Second

// maxAnswer bounds what is read of an answer; nothing of it is used.
const maxAnswer = 16 << 10

// Options say where messages may go.
type Options struct {
	// Networks are ours in which there may be hooks.
	Networks []netip.Prefix
	// Demo lets them be on this machine, and spoken to by plain HTTP there.
	Demo bool
	// Timeout replaces the package's in tests, Roots what certificates are trusted by.
	Timeout time.Duration
	Roots   *x509.CertPool
}

// Sender sends messages.
type Sender struct {
	o      Options
	client *http.Client
}

var errForbidden = errors.New("an address that may not be connected to")

// New returns a sender.
func New(o Options) *Sender {
	if o.Timeout <= 0 {
		o.Timeout = Timeout
	}
	s := &Sender{o: o}
	dialer := &net.Dialer{Timeout: o.Timeout, Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil || !s.may(a.Addr()) {
			return errForbidden
		}
		return nil
	}}
	s.client = &http.Client{
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{ // no proxy of the environment is asked: it would connect for us to wherever it likes
			DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots}, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, ForceAttemptHTTP2: true,
		},
	}
	return s
}

// ours are networks that are nobody's on the public internet, besides those that netip knows: RFC 6890 and its kin. Some lead to IPv4 addresses in disguise.
var ours = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// may reports whether an address may be connected to.
func (s *Sender) may(a netip.Addr) bool {
	a = a.Unmap()
	in := func(p netip.Prefix) bool { return p.Contains(a) }
	switch {
	case s.o.Demo && a.IsLoopback(), slices.ContainsFunc(s.o.Networks, in):
		return true
	case !a.IsGlobalUnicast(), a.IsPrivate(), a.IsLoopback(), a.IsLinkLocalUnicast(), a.Zone() != "":
		return false
	}
	return !slices.ContainsFunc(ours, in)
}

// MayHTTP reports whether an address may be plain HTTP: in the demo, on this machine.
func (s *Sender) MayHTTP(host string) bool {
	a, err := netip.ParseAddr(host)
	return s.o.Demo && (host == "localhost" || err == nil && a.IsLoopback())
}

// Sign is the signature of a message, as its header has it.
func Sign(secret []byte, id string, at int64, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + strconv.FormatInt(at, 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Send sends a message.
func (s *Sender) Send(ctx context.Context, m mailbox.HookMessage) (status int, trouble string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return 0, mailbox.HookUnresolved
	}
	r.GetBody = nil // what was sent once is not sent again by itself: trying again is the room's
	r.Header = http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"Luukku"}, "Webhook-Id": {m.ID}, "Webhook-Timestamp": {strconv.FormatInt(m.At, 10)},
		"Webhook-Signature": {Sign(m.Secret, m.ID, m.At, m.Body)},
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return 0, troubleOf(err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer) // so that the connection can be used again; what it says is nobody's
	return resp.StatusCode, ""
}

// troubleOf is a word for why nothing was answered. The library's own words have the address in them.
func troubleOf(err error) string {
	var dns *net.DNSError
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var slow interface{ Timeout() bool }
	switch {
	case errors.Is(err, errForbidden):
		return mailbox.HookForbidden
	case errors.As(err, &dns):
		return mailbox.HookUnresolved
	case errors.As(err, &verify), errors.As(err, &record):
		return mailbox.HookTLS
	case errors.As(err, &slow) && slow.Timeout():
		return mailbox.HookTimeout
	}
	return mailbox.HookRefused
}
