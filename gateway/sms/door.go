package sms

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/notify"
	"luukku/domain/texting"
)

// maxRequest bounds what a gateway may deliver at once, in octets: a message of ten parts many times over.
const maxRequest = 64 << 10

// errGarbled is a request that is no message and no receipt.
var errGarbled = errors.New("the request is neither a message nor a receipt")

// Delivered is a request of a gateway: its fields, from the query and from a form, and its body when it is no form.
type Delivered struct {
	Header http.Header
	Fields url.Values
	// Type is the media type of the body, Charset what it says of its letters.
	Type, Charset string
	Body          []byte
}

// Wire reads what one kind of gateway delivers. Whose organisation a message is for is not its matter. An error means that the request is garbled.
type Wire interface {
	In(d Delivered) (texting.Inbound, error)
	Receipt(d Delivered) (notify.Arrival, error)
}

// Gateway is one that may come to the door.
type Gateway struct {
	Name   string
	Secret string // which every request carries; empty closes the door to this gateway
	// From are the networks that it comes from; none takes all.
	From []netip.Prefix
	Wire Wire
	// OrgOf finds whom a number belongs to that messages are sent to; false for nobody's.
	OrgOf func(ctx context.Context, number string) (o ids.Org, ok bool, err error)
}

// Door takes what gateways deliver: /sms/{gateway}/in and /sms/{gateway}/receipt, by GET or POST.
type Door struct {
	Gateways []Gateway
	Receiver texting.Receiver
	Arrivals notify.Arrivals
	// SenderOf finds the address that a request comes from.
	SenderOf func(r *http.Request) netip.Addr
	Log      *slog.Logger
}

// ServeHTTP answers with a status alone. 200 means that what was delivered is kept; 4xx that it never will be; 503 that it may be delivered again.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := d.serve(w, r)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
}

func (d *Door) serve(w http.ResponseWriter, r *http.Request) int {
	g, what, ok := d.find(r.URL.Path)
	if !ok {
		return http.StatusNotFound
	}
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return http.StatusMethodNotAllowed
	}
	if !g.knows(r) || !g.near(d.SenderOf(r)) {
		d.Log.Warn("gateway.refused", "gateway", g.Name, "what", what)
		return http.StatusForbidden
	}
	got, status := read(w, r)
	if status != http.StatusOK {
		d.Log.Warn("gateway.unread", "gateway", g.Name, "what", what, "status", status)
		return status
	}
	var err error
	if what == "in" {
		err = d.in(r.Context(), g, got)
	} else {
		err = d.receipt(r.Context(), g, got)
	}
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, errGarbled), fault.Is(err, fault.KindInvalid):
		d.Log.Warn("gateway.garbled", "gateway", g.Name, "what", what)
		return http.StatusBadRequest
	}
	d.Log.Error("gateway.not_kept", "gateway", g.Name, "what", what, "error", err.Error())
	return http.StatusServiceUnavailable
}

// find splits a path.
func (d *Door) find(path string) (Gateway, string, bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) != 3 || parts[0] != "sms" || parts[2] != "in" && parts[2] != "receipt" {
		return Gateway{}, "", false
	}
	for _, g := range d.Gateways {
		if g.Name == parts[1] && g.Secret != "" {
			return g, parts[2], true
		}
	}
	return Gateway{}, "", false
}

// knows reports whether a request carries the secret: as a bearer token, as the password of basic authentication, or as the field "secret" of the query, for
// gateways that can do no better. What is compared has the same length whatever was sent.
func (g Gateway) knows(r *http.Request) bool {
	got := r.URL.Query().Get("secret")
	if _, password, ok := r.BasicAuth(); ok {
		got = password
	} else if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		got = token
	}
	want, is := sha256.Sum256([]byte(g.Secret)), sha256.Sum256([]byte(got))
	return subtle.ConstantTimeCompare(want[:], is[:]) == 1
}

// near reports whether an address may deliver.
func (g Gateway) near(a netip.Addr) bool {
	for _, p := range g.From {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return len(g.From) == 0
}

// read reads a request, and says with which status it is refused.
func read(w http.ResponseWriter, r *http.Request) (Delivered, int) {
	d := Delivered{Header: r.Header, Fields: r.URL.Query()}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong || len(r.URL.RawQuery) > maxRequest {
		return d, http.StatusRequestEntityTooLarge
	}
	if err != nil {
		return d, http.StatusBadRequest
	}
	d.Body = body
	media, more, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil {
		d.Type, d.Charset = media, more["charset"]
	}
	if d.Type == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return d, http.StatusBadRequest
		}
		for k, v := range form {
			d.Fields[k] = append(v, d.Fields[k]...)
		}
	}
	d.Fields.Del("secret")
	return d, http.StatusOK
}

// in hands on a message that came in.
func (d *Door) in(ctx context.Context, g Gateway, got Delivered) error {
	m, err := g.Wire.In(got)
	if err != nil {
		return errors.Join(errGarbled, err)
	}
	org, ok, err := g.OrgOf(ctx, m.To)
	if err != nil {
		return err
	}
	if !ok {
		d.Log.Warn("gateway.nobodys_number", "gateway", g.Name)
		return errGarbled
	}
	m.Org, m.Gateway = org, g.Name
	return d.Receiver.Receive(ctx, m)
}

// receipt records what became of a message.
func (d *Door) receipt(ctx context.Context, g Gateway, got Delivered) error {
	a, err := g.Wire.Receipt(got)
	if err != nil {
		return errors.Join(errGarbled, err)
	}
	return d.Arrivals.Arrived(ctx, a)
}
