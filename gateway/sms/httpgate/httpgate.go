// Package httpgate hands text messages to any gateway that speaks HTTP, as a description says: where, with which header and body, which answers mean what, and
// how the fields of what it delivers are called.
//
// It promises what notify.Texter promises. Gateways that speak otherwise, or that sign their requests, need a package of their own.
package httpgate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/gateway/sms"
)

// Description is how a gateway is spoken to. In the address, the header and the body, {to}, {digits} (the number without its plus), {from}, {text}, {reference},
// {receipt_url}, {username} and {secret} stand for what they say.
type Description struct {
	Send struct {
		URL    string            `toml:"url"`
		Method string            `toml:"method"` // POST or PUT; empty: POST
		Type   string            `toml:"type"`   // json or form: how what is filled into the body is written
		Header map[string]string `toml:"header"`
		Body   string            `toml:"body"`
		// Accepted and Permanent are statuses such as "200-299" and "422". All others mean: not now.
		Accepted  []string `toml:"accepted"`
		Permanent []string `toml:"permanent"`
		// Reference is where the answer has the gateway's number of the message, such as "messages.0.id"; empty: nowhere.
		Reference string `toml:"reference"`
	} `toml:"send"`
	// In and Receipt are the names of fields: of a form or the query, or paths such as "message.body" in JSON.
	In struct {
		From string `toml:"from"`
		To   string `toml:"to"`
		Text string `toml:"text"`
		ID   string `toml:"id"`
	} `toml:"in"`
	Receipt struct {
		Reference string   `toml:"reference"` // where our {reference} comes back
		Status    string   `toml:"status"`
		Delivered []string `toml:"delivered"`
		Failed    []string `toml:"failed"`
		Buffered  []string `toml:"buffered"`
		// NoSuchNumber and Expired are failures of which more is known: there is no such number, or it could not be reached for too long.
		NoSuchNumber []string `toml:"no_such_number"`
		Expired      []string `toml:"expired"`
	} `toml:"receipt"`
}

// Parse reads a description, in TOML, and checks it.
func Parse(text []byte) (Description, error) {
	var d Description
	if err := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields().Decode(&d); err != nil {
		if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
			row, _ := strict.Errors[0].Position()
			return d, fmt.Errorf("line %d: there is no such field: %s", row, strings.Join(strict.Errors[0].Key(), "."))
		}
		return d, fmt.Errorf("this is not TOML: %w", err)
	}
	if d.Send.Method == "" {
		d.Send.Method = http.MethodPost
	}
	if len(d.Send.Accepted) == 0 {
		d.Send.Accepted = []string{"200-299"}
	}
	return d, d.check()
}

func (d Description) check() error {
	u, err := url.Parse(d.fill(d.Send.URL, notify.Text{}, Config{}, url.QueryEscape))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("send.url must be a whole address")
	case d.Send.Method != http.MethodPost && d.Send.Method != http.MethodPut:
		return errors.New("send.method must be POST or PUT: others may be sent twice on the way")
	case d.Send.Type != "json" && d.Send.Type != "form":
		return errors.New("send.type must be json or form")
	case !strings.Contains(d.Send.Body, "{text}") || !strings.Contains(d.Send.Body, "{to}") && !strings.Contains(d.Send.Body, "{digits}"):
		return errors.New("send.body must have {to} or {digits}, and {text}")
	case d.Send.Type == "json" && !json.Valid([]byte(d.fill(d.Send.Body, notify.Text{}, Config{}, inJSON))):
		return errors.New("send.body is not JSON")
	case (d.In.From == "") != (d.In.Text == ""):
		return errors.New("in.from and in.text belong together")
	case (d.Receipt.Reference == "") != (d.Receipt.Status == ""):
		return errors.New("receipt.reference and receipt.status belong together")
	}
	for _, s := range slices.Concat(d.Send.Accepted, d.Send.Permanent) {
		if _, _, ok := span(s); !ok {
			return fmt.Errorf("%q is no status: write 422, or 200-299", s)
		}
	}
	return nil
}

// span reads "422" or "200-299".
func span(s string) (from, to int, ok bool) {
	a, b, two := strings.Cut(s, "-")
	if !two {
		b = a
	}
	from, err1 := strconv.Atoi(a)
	to, err2 := strconv.Atoi(b)
	return from, to, err1 == nil && err2 == nil && from >= 100 && to <= 599 && from <= to
}

func among(list []string, status int) bool {
	return slices.ContainsFunc(list, func(s string) bool {
		from, to, ok := span(s)
		return ok && status >= from && status <= to
	})
}

// Config is the description with what is the installation's own.
type Config struct {
	Description
	Username, Secret string
	From             string // for a message that names no sender
	Receipts         string // where the gateway may tell what became of a message
	Timeout          time.Duration
}

// Gateway sends as its description says.
type Gateway struct {
	cfg    Config
	client *http.Client
}

var (
	_ notify.Texter = (*Gateway)(nil)
	_ sms.Wire      = (*Gateway)(nil)
)

// New returns a gateway.
func New(cfg Config) *Gateway { return &Gateway{cfg, sms.Client(cfg.Timeout)} }

// fill puts a message's values in, each written so that it stays one value.
func (d Description) fill(template string, t notify.Text, c Config, write func(string) string) string {
	from := t.From
	if from == "" {
		from = c.From
	}
	receipts := c.Receipts
	if receipts != "" {
		receipts = sms.With(receipts, url.Values{"ref": {sms.Reference(t.Org, t.ID)}})
	}
	return strings.NewReplacer(
		"{to}", write(t.To), "{digits}", write(strings.TrimPrefix(t.To, "+")), "{from}", write(from), "{text}", write(t.Text),
		"{reference}", write(sms.Reference(t.Org, t.ID)), "{receipt_url}", write(receipts), "{username}", write(c.Username), "{secret}", write(c.Secret),
	).Replace(template)
}

// inJSON writes a text as the inside of a JSON string.
func inJSON(s string) string {
	b, _ := json.Marshal(s) // a string always can be
	return string(b[1 : len(b)-1])
}

func asIs(s string) string { return s }

// SendText hands one message over, as notify.Texter says.
func (g *Gateway) SendText(ctx context.Context, t notify.Text) (notify.Receipt, error) {
	if err := t.Check(); err != nil {
		return notify.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return notify.Receipt{}, &notify.Temporary{Stage: notify.StageConnect, Cause: err}
	}
	write, header := inJSON, http.Header{"Content-Type": {"application/json"}}
	if g.cfg.Send.Type == "form" {
		write = url.QueryEscape
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range g.cfg.Send.Header {
		header.Set(name, g.cfg.fill(value, notify.Text{Org: t.Org, ID: t.ID}, g.cfg, asIs))
	}
	a, err := sms.Do(ctx, g.client, g.cfg.Send.Method, g.cfg.fill(g.cfg.Send.URL, t, g.cfg, url.QueryEscape), header, []byte(g.cfg.fill(g.cfg.Send.Body, t, g.cfg, write)))
	switch {
	case err != nil:
		return notify.Receipt{}, err
	case among(g.cfg.Send.Accepted, a.Status):
		return notify.Receipt{Reference: g.reference(a, t), Code: a.Status, Answer: sms.Words(a.Body)}, nil
	case among(g.cfg.Send.Permanent, a.Status):
		return notify.Receipt{}, &notify.Permanent{Stage: notify.StageContent, Code: a.Status}
	}
	return notify.Receipt{}, &notify.Temporary{Stage: notify.StageFinal, Code: a.Status}
}

// reference is the gateway's number of a message, or else ours.
func (g *Gateway) reference(a sms.Answer, t notify.Text) string {
	var answer any
	if g.cfg.Send.Reference != "" && json.Unmarshal(a.Body, &answer) == nil {
		if ref := at(answer, g.cfg.Send.Reference); ref != "" && len(ref) <= 100 && !strings.Contains(ref, strings.TrimPrefix(t.To, "+")) {
			return ref
		}
	}
	return string(t.ID)
}

// at follows a path such as "messages.0.id"; empty when it leads nowhere.
func at(v any, path string) string {
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(x) {
				return ""
			}
			v = x[i]
		default:
			return ""
		}
	}
	switch x := v.(type) {
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return ""
}

// fields returns how to read a field of what was delivered.
func fields(d sms.Delivered) (func(name string) string, error) {
	if d.Type != "application/json" {
		return d.Fields.Get, nil
	}
	var body any
	if err := json.Unmarshal(d.Body, &body); err != nil {
		return nil, errors.New("httpgate: the body is not JSON")
	}
	return func(name string) string {
		if d.Fields.Has(name) {
			return d.Fields.Get(name)
		}
		return at(body, name)
	}, nil
}

// In reads a message that came in.
func (g *Gateway) In(d sms.Delivered) (texting.Inbound, error) {
	field, err := fields(d)
	if err != nil {
		return texting.Inbound{}, err
	}
	in := g.cfg.In
	m := texting.Inbound{From: sms.Number(field(in.From)), To: sms.Number(field(in.To)), Body: field(in.Text), Ref: field(in.ID)}
	if in.From == "" || m.From == "" {
		return m, errors.New("httpgate: no message")
	}
	return m, nil
}

// Receipt reads what became of a message. Our reference may also come back as the field "ref" of {receipt_url}.
func (g *Gateway) Receipt(d sms.Delivered) (notify.Arrival, error) {
	field, err := fields(d)
	if err != nil {
		return notify.Arrival{}, err
	}
	r := g.cfg.Description.Receipt
	ref := field(r.Reference)
	if d.Fields.Has("ref") {
		ref = d.Fields.Get("ref")
	}
	org, id, ok := sms.FromReference(ref)
	status := field(r.Status)
	a := notify.Arrival{Org: org, ID: id, Channel: notify.SMS}
	switch {
	case !ok || status == "":
		return a, errors.New("httpgate: no receipt")
	case slices.Contains(r.Delivered, status):
		a.Fate = notify.Delivered
	case slices.Contains(r.Failed, status):
		a.Fate, a.Why = notify.Undelivered, notify.WhyReturned
	case slices.Contains(r.NoSuchNumber, status):
		a.Fate, a.Why = notify.Undelivered, notify.WhyNoSuch
	case slices.Contains(r.Expired, status):
		a.Fate, a.Why = notify.Undelivered, notify.WhyExpired
	case slices.Contains(r.Buffered, status):
		a.Fate = notify.Buffered
	default:
		return a, errors.New("httpgate: a status that the description does not know")
	}
	return a, nil
}
