package app

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"luukku/base/clock"
	"luukku/base/config"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/notify"
	"luukku/gateway/pair"
	"luukku/gateway/sms"
	"luukku/gateway/sms/httpgate"
	"luukku/gateway/sms/kannel"
	"luukku/web"
)

// The names of the gateways in the addresses by which they deliver.
const (
	firstGateway  = "main"
	secondGateway = "second"
)

// texter is where text messages go: the outbox in the demo, the gateways that the settings name, or nowhere yet. Whichever it is, what leaves is counted. It
// also opens the door by which gateways deliver.
func (a *App) texter(keys *seal.Keyring, mailer notify.Mailer) (notify.Texter, error) {
	a.sms = &sms.Door{Arrivals: a.Store.Gate(), Log: a.Log, SenderOf: func(r *http.Request) netip.Addr { return web.SenderOf(r, a.Config.Proxies()) }}
	next, _ := mailer.(notify.Texter)
	if next == nil {
		first, err := a.gateway(firstGateway, a.Config.SMS.Gateway)
		if err != nil {
			return nil, err
		}
		second, err := a.gateway(secondGateway, a.Config.SMSOther)
		if err != nil {
			return nil, err
		}
		if next = together(first, second, a.Now); next == nil {
			return nil, nil
		}
	}
	numbers := numbersOf(a.Config.SMS)
	s := a.Config.SMS
	return &notify.Gate{
		Texter: next, Store: a.Store.Gate(), Hash: keys.LookupHash, Now: a.Now, Log: a.Log,
		Limits:    notify.Limits{Prefixes: s.Prefixes, PerNumber: s.PerNumber, Burst: s.Burst, Budget: s.Budget},
		Countries: a.phoneCountries,
		FromOf: func(o ids.Org) string {
			i := slices.IndexFunc(numbers, func(n numberOf) bool { return n.org == o })
			if i < 0 {
				return ""
			}
			return numbers[i].number
		},
	}, nil
}

// together is one gateway, two of which the second takes over, or none.
func together(first, second notify.Texter, now clock.Now) notify.Texter {
	if first != nil && second != nil {
		return pair.NewTexter(first, second, now)
	}
	return first
}

// gateway sets one gateway up, with its place at the door; nil for one that is not set.
func (a *App) gateway(name string, g config.Gateway) (notify.Texter, error) {
	if g.Kind == "none" || g.Kind == "" {
		return nil, nil
	}
	receipts, err := a.receipts(name, g)
	if err != nil {
		return nil, err
	}
	var out interface {
		notify.Texter
		sms.Wire
	}
	switch g.Kind {
	case "kannel":
		c := kannel.Config{URL: g.URL, Username: g.Username, Password: g.Password.Reveal(), From: g.From, Receipts: receipts}
		if err := c.Check(); err != nil {
			return nil, fmt.Errorf("set up text messages: %w", err)
		}
		out = kannel.New(c)
	default:
		text, err := os.ReadFile(g.DescriptionFile)
		if err != nil {
			return nil, fmt.Errorf("set up text messages: read sms.description_file: %w", err)
		}
		d, err := httpgate.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("set up text messages: %s: %w", g.DescriptionFile, err)
		}
		out = httpgate.New(httpgate.Config{Description: d, Username: g.Username, Secret: g.Password.Reveal(), From: g.From, Receipts: receipts})
	}
	at := sms.Gateway{Name: name, Secret: g.ReceiveSecret.Reveal(), Wire: out, OrgOf: a.orgOfNumber}
	for _, s := range g.ReceiveFrom {
		if p, err := netip.ParsePrefix(s); err == nil {
			at.From = append(at.From, p.Masked())
		}
	}
	a.sms.Gateways = append(a.sms.Gateways, at)
	return out, nil
}

// receipts is the address by which a gateway tells what became of a message, with its secret; empty when it has none.
func (a *App) receipts(name string, g config.Gateway) (string, error) {
	if g.ReceiveSecret == "" {
		return "", nil
	}
	u, err := url.Parse(cmp.Or(g.ReceiveURL, a.Config.BaseURL))
	if err != nil {
		return "", fmt.Errorf("set up text messages: %w", err)
	}
	u.User = url.UserPassword(name, g.ReceiveSecret.Reveal())
	u.Path = "/sms/" + name + "/receipt"
	return u.String(), nil
}

type numberOf struct {
	number string
	org    ids.Org
}

// numbersOf reads the setting sms.numbers.
func numbersOf(s config.SMS) []numberOf {
	var out []numberOf
	for _, n := range s.Numbers {
		if number, org, ok := strings.Cut(n, "="); ok {
			out = append(out, numberOf{number, ids.Org(org)})
		}
	}
	return out
}

// orgOfNumber finds whose number a message was sent to; false for nobody's.
func (a *App) orgOfNumber(ctx context.Context, number string) (o ids.Org, ok bool, err error) {
	for _, n := range numbersOf(a.Config.SMS) {
		if n.number == number || sms.Number(n.number) == number {
			return n.org, true, nil
		}
	}
	list, err := a.Store.Organisations(ctx)
	if err != nil || len(list) != 1 {
		return "", false, err
	}
	return list[0].ID, true, nil
}
