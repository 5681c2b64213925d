// Package kannel hands text messages to Kannel (kannel.org) and reads what it delivers, by the HTTP interface of its smsbox.
//
// It promises what notify.Texter promises: refused for good, not handed over, and outcome unknown are three different errors, and none of them holds a number
// or a word of the message. Splitting long messages and joining their parts is Kannel's, as the configuration in docs/sms.md says.
package kannel

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/gateway/sms"
)

// Config is how to reach Kannel's smsbox.
type Config struct {
	URL      string // of sendsms, such as http://127.0.0.1:13013/cgi-bin/sendsms
	Username string
	Password string
	From     string // for a message that names no sender; empty leaves it to Kannel's global-sender
	// Receipts is where Kannel tells what became of a message; empty asks for none.
	Receipts string
	Timeout  time.Duration // zero: sms.DefaultTimeout
}

// Check reports what makes the configuration useless. It never holds the password.
func (c Config) Check() error {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("kannel: the address of sendsms is missing or malformed")
	case c.Username == "" || c.Password == "" || !isHeader(c.Username) || !isHeader(c.Password):
		return errors.New("kannel: sendsms asks for a user name and a password")
	}
	return nil
}

// isHeader reports whether s can stand in a header as it is.
func isHeader(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// Gateway sends through one Kannel.
type Gateway struct {
	cfg    Config
	client *http.Client
}

var (
	_ notify.Texter = (*Gateway)(nil)
	_ sms.Wire      = (*Gateway)(nil)
)

// New returns a gateway. A configuration that Check refuses makes every SendText fail, with an error that may be retried once it is mended.
func New(cfg Config) *Gateway { return &Gateway{cfg, sms.Client(cfg.Timeout)} }

// Kannel's codings, and which receipts are asked for: delivered, failed, buffered, and refused by the network.
const (
	coding7Bit = "0"
	codingUCS2 = "2"
	mask       = 1 | 2 | 4 | 16
)

// SendText hands one message over, as notify.Texter says.
func (g *Gateway) SendText(ctx context.Context, t notify.Text) (notify.Receipt, error) {
	if err := g.cfg.Check(); err != nil {
		return notify.Receipt{}, &notify.Temporary{Stage: notify.StageConnect, Cause: err}
	}
	if err := t.Check(); err != nil {
		return notify.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return notify.Receipt{}, &notify.Temporary{Stage: notify.StageConnect, Cause: err}
	}
	a, err := sms.Do(ctx, g.client, http.MethodPost, g.cfg.URL, g.header(t), []byte(t.Text))
	if err != nil {
		return notify.Receipt{}, err
	}
	if err := judge(a); err != nil {
		return notify.Receipt{}, err
	}
	return notify.Receipt{Reference: string(t.ID), Code: a.Status, Answer: sms.Words(a.Body)}, nil
}

// header is what sendsms is told beside the text, which is the body: nothing of it stands in an address, which servers write into their logs.
func (g *Gateway) header(t notify.Text) http.Header {
	h := http.Header{}
	set := func(name, value string) { h.Set("X-Kannel-"+name, value) }
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	set("Username", g.cfg.Username)
	set("Password", g.cfg.Password)
	set("To", t.To)
	set("Coding", coding7Bit)
	if notify.SizeOf(t.Text).Alphabet == notify.UCS2 {
		set("Coding", codingUCS2)
	}
	if from := orElse(t.From, g.cfg.From); from != "" {
		set("From", from)
	}
	if g.cfg.Receipts != "" {
		set("Dlr-Mask", strconv.Itoa(mask))
		// Kannel puts the kind in the place of %d. Encoding would hide it.
		set("Dlr-Url", sms.With(g.cfg.Receipts, url.Values{"ref": {sms.Reference(t.Org, t.ID)}})+"&status=%d")
	}
	return h
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// judge reads Kannel's answer. Its user guide knows 202 for accepted and queued, 4xx for what is wrong with the request, 503 for later. What is wrong with our
// standing or our settings is no fault of the message, which is sent once they are mended.
func judge(a sms.Answer) error {
	words := strings.ToLower(string(a.Body))
	switch {
	case a.Status >= 200 && a.Status <= 299:
		return nil
	case a.Status == http.StatusForbidden && strings.Contains(words, "denied by"): // a black or white list
		return &notify.Permanent{Stage: notify.StageReceive, Code: a.Status, Cause: errors.New("the number is on a list")}
	case a.Status == http.StatusBadRequest && !strings.Contains(words, "sender missing"):
		return &notify.Permanent{Stage: notify.StageContent, Code: a.Status}
	case a.Status == http.StatusRequestEntityTooLarge:
		return &notify.Permanent{Stage: notify.StageContent, Code: a.Status}
	}
	return &notify.Temporary{Stage: notify.StageFinal, Code: a.Status}
}

var errNoMessage = errors.New("kannel: no message")

// In reads a message as post-url brings it (the text is the body, the rest is in X-Kannel headers) or get-url (all in the query: from, to, text, charset, id, at).
func (g *Gateway) In(d sms.Delivered) (texting.Inbound, error) {
	m := texting.Inbound{
		From: sms.Number(field(d, "from", "X-Kannel-From")), To: sms.Number(field(d, "to", "X-Kannel-To")), Ref: field(d, "id", "X-Kannel-Id"),
	}
	text, charset := d.Body, orElse(d.Charset, d.Fields.Get("charset"))
	if d.Fields.Has("text") {
		text = []byte(d.Fields.Get("text"))
	} else if d.Type == "application/octet-stream" {
		charset = "UTF-16BE" // a message that Kannel could not recode
	}
	if field(d, "coding", "X-Kannel-Coding") == codingUCS2 && charset == "" {
		charset = "UTF-16BE"
	}
	var ok bool
	if m.Body, ok = decode(text, charset); !ok || m.From == "" {
		return m, errNoMessage
	}
	if at, err := strconv.ParseInt(d.Fields.Get("at"), 10, 64); err == nil {
		m.At = at
	} else if at, err := time.Parse(time.DateTime, d.Header.Get("X-Kannel-Time")); err == nil {
		m.At = at.Unix()
	}
	return m, nil
}

// field reads what is in the query or else in a header.
func field(d sms.Delivered, name, header string) string {
	return strings.TrimSpace(orElse(d.Fields.Get(name), d.Header.Get(header)))
}

// decode reads a text in one of the charsets that Kannel recodes to.
func decode(b []byte, charset string) (string, bool) {
	switch strings.ToUpper(charset) {
	case "UTF-16BE", "UCS-2", "UTF-16":
		if len(b)%2 != 0 {
			return "", false
		}
		list := make([]uint16, len(b)/2)
		for i := range list {
			list[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
		}
		return string(utf16.Decode(list)), true
	case "ISO-8859-1", "LATIN1", "LATIN-1":
		out, err := charmap.ISO8859_1.NewDecoder().Bytes(b)
		return string(out), err == nil
	case "WINDOWS-1252":
		out, err := charmap.Windows1252.NewDecoder().Bytes(b)
		return string(out), err == nil
	}
	b = bytes.ToValidUTF8(b, nil)
	return string(b), utf8.Valid(b)
}

// fates are Kannel's kinds of receipts.
var fates = map[string]notify.Fate{"1": notify.Delivered, "2": notify.Undelivered, "16": notify.Undelivered, "4": notify.Buffered, "8": notify.Buffered}

// Receipt reads what dlr-url brings.
func (g *Gateway) Receipt(d sms.Delivered) (notify.Arrival, error) {
	org, id, ok := sms.FromReference(d.Fields.Get("ref"))
	fate, known := fates[d.Fields.Get("status")]
	if !ok || !known {
		return notify.Arrival{}, errors.New("kannel: no receipt")
	}
	a := notify.Arrival{Org: org, ID: id, Channel: notify.SMS, Fate: fate}
	if fate == notify.Undelivered {
		a.Why = notify.WhyReturned
	}
	return a, nil
}
