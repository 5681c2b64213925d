package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"

	"luukku/base/config"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/notify"
	"luukku/gateway/bounce"
	"luukku/gateway/outbox"
	"luukku/gateway/pair"
	"luukku/gateway/smtp"
)

// demoSender is where the demo's mails come from; the organisation's name stands beside it.
var demoSender = notify.Address{Email: "no-reply@luukku.example"}

// mailer is where mail goes: the outbox in the demo, the mail server that the settings name, or nowhere yet. With it the way back is opened.
func (a *App) mailer(keys *seal.Keyring, o Options) (notify.Mailer, error) {
	if o.Demo {
		return outbox.New(a.Store, demoSender, a.Now), nil
	}
	if at := a.Config.Bounces.Address; at != "" {
		a.bounces = &bounce.Intake{Arrivals: a.Store.Gate(), Log: a.Log, Returns: bounce.Returns{
			Address: at, Hash: keys.LookupHash, Hashes: keys.LookupHashes, Orgs: a.organisations,
		}}
	}
	first, err := a.mailServer(a.Config.SMTP)
	if err != nil || first == nil {
		return nil, err
	}
	second, err := a.mailServer(a.Config.MailTwo)
	if err != nil || second == nil {
		return first, err
	}
	return pair.NewMailer(first, second, a.Now), nil
}

func (a *App) organisations(ctx context.Context) ([]ids.Org, error) {
	list, err := a.Store.Organisations(ctx)
	var out []ids.Org
	for _, o := range list {
		out = append(out, o.ID)
	}
	return out, err
}

// mailServer sets one mail server up; nil for one that is not set.
func (a *App) mailServer(s config.SMTP) (notify.Mailer, error) {
	if s.Host == "" {
		return nil, nil
	}
	c := smtp.Config{
		Host: s.Host, Port: s.Port, Username: s.Username, Password: s.Password.Reveal(), TLS: smtp.Encryption(s.TLS),
		From: notify.Address{Name: s.FromName, Email: s.From}, Helo: s.HELO, Now: a.Now,
	}
	if a.bounces != nil {
		c.ReturnPath, c.EnvelopeFrom = a.bounces.Returns.Path, a.bounces.Returns.Address
	}
	var err error
	if c.DKIM, err = DKIM(a.Config); err != nil {
		return nil, err
	}
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("set up mail: %w", err)
	}
	return smtp.New(c), nil
}

// DKIM is how the settings sign mail; without a key when they do not.
func DKIM(c config.Config) (smtp.DKIM, error) {
	if c.DKIM.KeyFile == "" {
		return smtp.DKIM{}, nil
	}
	text, err := os.ReadFile(c.DKIM.KeyFile)
	if err != nil {
		return smtp.DKIM{}, fmt.Errorf("set up mail: read dkim.key_file: %w", err)
	}
	d := smtp.DKIM{Domain: c.DKIM.Domain, Selector: c.DKIM.Selector}
	if d.Domain == "" {
		d.Domain = c.SMTP.From[strings.LastIndexByte(c.SMTP.From, '@')+1:]
	}
	if d.Key, err = smtp.ParseKey(text); err != nil {
		return smtp.DKIM{}, fmt.Errorf("set up mail: dkim.key_file %s: %w", c.DKIM.KeyFile, err)
	}
	return d, nil
}

// openReturns opens the door by which the mail server hands over what came back; nil when there is none.
func (a *App) openReturns(ctx context.Context) (net.Listener, error) {
	if a.bounces == nil || a.Config.Bounces.Listen == "" {
		return nil, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.Config.Bounces.Listen)
	if err != nil {
		return nil, fmt.Errorf("open bounces.listen: %w", err)
	}
	return l, nil
}

// errNoReturns is what luukku bounce hears when the settings have no way back.
var errNoReturns = errors.New("bounces.address is not set")

// Returned is what luukku bounce hears in Lines: whether the address was one of ours.
const (
	ReturnTaken   = "taken"
	ReturnForeign = "foreign"
)

// returned takes one mail that came back.
func (c *control) returned(r *http.Request) (ControlReply, error) {
	if c.app.bounces == nil {
		return ControlReply{}, errNoReturns
	}
	err := c.app.bounces.Take(r.Context(), r.URL.Query().Get("to"), r.Body)
	if errors.Is(err, bounce.ErrForeign) {
		return ControlReply{Lines: []string{ReturnForeign}}, nil
	}
	return ControlReply{Lines: []string{ReturnTaken}}, err
}
