// Package smtp hands mail to the next mail server.
//
// It promises what notify.Mailer promises: refused for good, not handed over, and outcome unknown are three different errors, and none of them holds
// an address or a word of the message. A retry carries the same Message-ID. The connection is encrypted unless the configuration says otherwise; it
// never falls back to clear text by itself. Each message has its own connection: a town sends few, and nothing is shared that could go stale. When to
// try again is left to the tasks; queues are left to the mail server, what comes back to gateway/bounce.
package smtp

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	mailsmtp "github.com/wneessen/go-mail/smtp"

	"luukku/base/ids"
	"luukku/domain/notify"
)

// Encryption says how the connection is protected.
type Encryption string

// The ways. StartTLS is required when chosen: a server that does not offer it gets no mail.
const (
	StartTLS Encryption = "starttls" // the default, usually port 587
	TLS      Encryption = "tls"      // from the first octet, usually port 465
	Clear    Encryption = "none"     // for a mail server on the same machine only
)

// DefaultTimeout is for connecting, and again for handing over.
const DefaultTimeout = time.Minute

// farewell is how long a server may take to say goodbye after it has taken a message.
const farewell = 2 * time.Second

// Config is how to reach the mail server.
type Config struct {
	Host         string // a name, which the server's certificate must carry, or an address
	Port         int    // zero: 587, 465 or 25, as TLS says
	Username     string // empty: no sign-in
	Password     string
	TLS          Encryption     // empty: StartTLS
	RootCAs      *x509.CertPool // nil: the system's
	From         notify.Address // for a message that names no sender
	EnvelopeFrom string         // where bounces go; empty: the sender
	// ReturnPath is where bounces of one mail go; nil, or an empty answer, is EnvelopeFrom.
	ReturnPath func(o ids.Org, ref ids.Notice) string
	DKIM       DKIM          // without a key, nothing is signed
	Helo       string        // our name; empty: localhost
	Timeout    time.Duration // zero: DefaultTimeout
	Now        func() time.Time
}

// Check reports what makes the configuration useless. It never holds the password.
func (c Config) Check() error {
	switch {
	case c.Host == "" || strings.ContainsAny(c.Host, " \r\n\t/@"):
		return errors.New("smtp: host is missing or malformed")
	case c.Port < 0 || c.Port > 65535:
		return errors.New("smtp: no such port")
	case c.TLS != "" && c.TLS != StartTLS && c.TLS != TLS && c.TLS != Clear:
		return errors.New("smtp: tls must be starttls, tls or none")
	case c.Username == "" && c.Password != "":
		return errors.New("smtp: a password without a user name")
	case strings.ContainsAny(c.Helo, " \r\n\t"):
		return errors.New("smtp: helo is malformed")
	case c.Timeout < 0:
		return errors.New("smtp: negative timeout")
	case c.Now == nil:
		return errors.New("smtp: Now is missing")
	}
	for _, a := range []string{c.From.Email, c.EnvelopeFrom} {
		if clean, err := notify.ParseEmail(a); a != "" && (err != nil || clean != a) {
			return errors.New("smtp: the sender is not an email address")
		}
	}
	return c.DKIM.check()
}

// Gateway sends through one mail server.
type Gateway struct{ cfg Config }

var _ notify.Mailer = (*Gateway)(nil)

// New returns a gateway. A configuration that Check refuses makes every Send fail, with an error that may be retried once it is mended.
func New(cfg Config) *Gateway {
	if cfg.TLS == "" {
		cfg.TLS = StartTLS
	}
	if cfg.Port == 0 {
		cfg.Port = map[Encryption]int{StartTLS: 587, TLS: 465, Clear: 25}[cfg.TLS]
	}
	if cfg.Helo == "" {
		cfg.Helo = "localhost"
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	return &Gateway{cfg: cfg}
}

// Send hands one message over, as notify.Mailer says.
func (g *Gateway) Send(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	if err := g.cfg.Check(); err != nil {
		return notify.Receipt{}, &notify.Temporary{Stage: notify.StageConnect, Cause: err}
	}
	if m.From.IsZero() {
		m.From = g.cfg.From
	}
	if err := m.Check(); err != nil {
		return notify.Receipt{}, err
	}
	msg, err := render(m, g.returnPath(m), g.cfg.Now())
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Stage: notify.StageMessage, Cause: err}
	}
	if g.cfg.DKIM.Key != nil {
		if err := g.cfg.DKIM.sign(msg); err != nil {
			return notify.Receipt{}, &notify.Temporary{Stage: notify.StageMessage, Cause: err}
		}
	}
	if err := ctx.Err(); err != nil {
		return notify.Receipt{}, &notify.Temporary{Stage: notify.StageConnect, Cause: err}
	}
	w := &wire{cfg: g.cfg}
	defer w.close()
	defer context.AfterFunc(ctx, w.close)()
	return g.converse(ctx, w, m, msg)
}

// returnPath is where a server on the way sends a mail back to.
func (g *Gateway) returnPath(m notify.Message) string {
	if g.cfg.ReturnPath != nil {
		if path := g.cfg.ReturnPath(m.Org, m.ID); path != "" {
			return path
		}
	}
	return g.cfg.EnvelopeFrom
}

// converse connects, signs in and hands msg over, which is m rendered.
func (g *Gateway) converse(ctx context.Context, w *wire, m notify.Message, msg *mail.Msg) (notify.Receipt, error) {
	client, err := g.client(w)
	if err != nil {
		return notify.Receipt{}, &notify.Temporary{Stage: notify.StageConnect, Cause: err}
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return notify.Receipt{}, connectFault(err, w.cause(ctx))
	}
	err = client.SendWithSMTPClient(conn, msg)
	if err != nil && !msg.IsDelivered() {
		if answered(err) {
			goodbye(conn) // not after a broken conversation: there is nobody to tell, and a command must never end half a message
		}
		return notify.Receipt{}, sendFault(err, w.cause(ctx))
	}
	goodbye(conn)
	return notify.Receipt{Reference: m.MessageID(), Code: codeTaken, Answer: scrub(msg.ServerResponse())}, nil
}

// client returns a client for one message on one wire.
func (g *Gateway) client(w *wire) (*mail.Client, error) {
	opts := []mail.Option{
		mail.WithPort(g.cfg.Port), mail.WithTimeout(g.cfg.Timeout), mail.WithHELO(g.cfg.Helo), mail.WithDialContextFunc(w.dial),
		mail.WithTLSConfig(w.tls()), mail.WithoutNoop(), mail.WithoutRset(), mail.WithoutSMTPUTF8(), // our addresses are ASCII
	}
	policy := mail.NoTLS
	if g.cfg.TLS == StartTLS {
		policy = mail.TLSMandatory
	}
	opts = append(opts, mail.WithTLSPolicy(policy))
	if g.cfg.Username != "" {
		// The library sends PLAIN and LOGIN over an encrypted connection or to this machine only.
		opts = append(opts, mail.WithUsername(g.cfg.Username), mail.WithPassword(g.cfg.Password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	client, err := mail.NewClient(g.cfg.Host, opts...)
	if err != nil {
		return nil, fmt.Errorf("set up the mail client: %w", err)
	}
	return client, nil
}

// goodbye ends the conversation politely; what the server says to it changes nothing.
func goodbye(conn *mailsmtp.Client) {
	if conn.UpdateDeadline(farewell) == nil {
		_ = conn.Quit()
	}
}
