// Package sms is what the gateways of text messages have in common: how a request leaves so that it is known whether it may have arrived, the door by which
// they deliver what comes in and tell what became of what went out, and our reference.
//
// The door promises that only who knows its secret is heard, that a message was kept before the gateway is told so, and that its answers tell nothing.
// How each kind of gateway speaks is left to the packages below; what a message means to domain/texting.
package sms

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"luukku/base/ids"
	"luukku/domain/notify"
)

// DefaultTimeout is how long a gateway may take to answer.
const DefaultTimeout = 20 * time.Second

// maxAnswer bounds what is read of a gateway's answer.
const maxAnswer = 64 << 10

// Why nothing is known, without a word of the request.
var (
	errConnect = errors.New("no usable connection")
	errCut     = errors.New("the connection broke while the request was sent")
	errSilent  = errors.New("the request was sent, and no answer came")
)

// Client returns the client by which requests leave: none is repeated by itself, no redirect is followed, and no proxy of the environment is asked.
func Client(timeout time.Duration) *http.Client {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{MaxIdleConnsPerHost: 32, IdleConnTimeout: 5 * time.Second, DisableCompression: true},
	}
}

// Answer is what a gateway said.
type Answer struct {
	Status int
	Body   []byte
}

// Do sends one request. Its error is a *notify.Temporary when the gateway cannot have got it, and a *notify.Unknown when it can: it left whole, and no answer
// came. The method must be POST or PUT: others the library may send twice.
func Do(ctx context.Context, c *http.Client, method, address string, header http.Header, body []byte) (Answer, error) {
	var whole atomic.Bool
	trace := &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) { whole.Store(i.Err == nil) }}
	r, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), method, address, bytes.NewReader(body))
	if err != nil {
		return Answer{}, &notify.Temporary{Stage: notify.StageConnect, Cause: errors.New("the gateway's address is malformed")}
	}
	r.Header = header
	resp, err := c.Do(r)
	if err != nil {
		return Answer{}, lost(ctx, err, whole.Load())
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // the status is the answer; what of its words is lost changes nothing
	return Answer{resp.StatusCode, text}, nil
}

// lost says what is known of a request without an answer. The library's own words hold the address, and with it perhaps a password.
func lost(ctx context.Context, err error, whole bool) error {
	cause := errConnect
	switch {
	case whole:
		return &notify.Unknown{Cause: errors.Join(errSilent, ctx.Err())}
	case ctx.Err() != nil:
		cause = ctx.Err()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		cause = errCut
	}
	return &notify.Temporary{Stage: notify.StageConnect, Cause: cause}
}

// Words makes an answer fit to be kept and logged: printable ASCII in one line, without digits in a row that might be a number, at most 200 octets.
func Words(body []byte) string {
	var b strings.Builder
	digits := 0
	for _, r := range string(body[:min(len(body), 400)]) {
		switch {
		case r >= '0' && r <= '9':
			if digits++; digits > 4 {
				continue
			}
		case r == '@' || r < ' ' || r > '~':
			r, digits = ' ', 0
		default:
			digits = 0
		}
		b.WriteRune(r)
	}
	s := strings.Join(strings.Fields(b.String()), " ")
	return s[:min(len(s), 200)]
}

// Reference is how a gateway calls a message of ours.
func Reference(o ids.Org, id ids.Notice) string { return string(o) + "." + string(id) }

// FromReference reads it back; false for what is none.
func FromReference(s string) (o ids.Org, id ids.Notice, ok bool) {
	org, rest, ok := strings.Cut(s, ".")
	if !ok || rest == "" || len(s) > 200 || strings.ContainsAny(s, "\x00\r\n ") || org != "" && !ids.ValidSlug(org) {
		return "", "", false
	}
	return ids.Org(org), ids.Notice(rest), true
}

// With returns an address with more in its query.
func With(address string, more url.Values) string {
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	return address + sep + more.Encode()
}
