package notify

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
)

// Departure is a message that is to leave, as it is counted. No number is in it.
type Departure struct {
	Org                 ids.Org
	ID                  ids.Notice
	NumberKey, BlockKey []byte
	Parts               int
	At                  int64 // Unix seconds
	Month               int64 // when its month began
}

// Stop is that an organisation's messages are stopped, or were.
type Stop struct {
	Open       bool
	Why        Why
	At         int64 // Unix seconds
	ReleasedAt int64
}

// Use is what an organisation sends: its own limits, whether it is stopped, and how many parts its month had.
type Use struct {
	Own   Limits
	Stop  Stop
	Month int
}

// GateStore counts what leaves. Admit counts a message once, however often it is tried, and judges it by what was counted before, in one transaction: a verdict
// that stops opens the organisation's breaker and writes a line of the audit log. While the breaker is open no message leaves that was not let go before.
type GateStore interface {
	Admit(ctx context.Context, d Departure, judge func(own Limits, p Past) Verdict) (Verdict, error)
}

// Gate is a Texter that lets go what an organisation may send, and stops what looks like somebody else's use of it.
type Gate struct {
	Texter Texter
	Store  GateStore
	// Hash is the keyed hash by which numbers are counted.
	Hash func(kind, value string) []byte
	// Limits are the installation's. Without prefixes those of Countries hold.
	Limits Limits
	// Countries are whose numbers are written to, as ISO 3166 codes.
	Countries func(ctx context.Context) []string
	// FromOf finds the number that an organisation's messages come from; empty leaves it to the gateway. May be nil.
	FromOf func(o ids.Org) string
	Now    clock.Now
	Log    *slog.Logger
}

var _ Texter = (*Gate)(nil)

// Held is why a message did not leave. It says so within a fault that has how long to wait.
type Held struct{ Why Why }

// Error says so.
func (h *Held) Error() string { return "held back: " + string(h.Why) }

// SendText lets one message go, as Texter says. One that is held may be tried again later, and is not counted; one to a number that is never written to is
// Permanent.
func (g *Gate) SendText(ctx context.Context, t Text) (Receipt, error) {
	if err := t.Check(); err != nil {
		return Receipt{}, err
	}
	now := g.Now()
	year, month, _ := now.UTC().Date()
	installed := g.installed(ctx)
	parts := SizeOf(t.Text).Parts
	v, err := g.Store.Admit(ctx, Departure{
		Org: t.Org, ID: t.ID, NumberKey: g.Hash("text.number", t.To), BlockKey: g.Hash("text.block", Block(t.To)), Parts: parts,
		At: now.Unix(), Month: time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Unix(),
	}, func(own Limits, p Past) Verdict { return Judge(own.Or(installed), p, t.To, parts) })
	switch {
	case err != nil:
		return Receipt{}, &Temporary{Stage: StageConnect, Cause: fmt.Errorf("count a text message: %w", err)}
	case v.Stop && v.Why != WhyStopped:
		g.Log.Error("text.stopped", "org", t.Org, "why", v.Why)
	case v.Why != "":
		g.Log.Info("text.held", "text", t.ID, "why", v.Why)
	}
	if v.Final {
		return Receipt{}, &Permanent{Stage: StageReceive, Cause: &Held{v.Why}}
	}
	if v.Why != "" {
		return Receipt{}, fault.Unavailable("error.unavailable", v.Wait).Because(&Held{v.Why})
	}
	if t.From == "" && g.FromOf != nil {
		t.From = g.FromOf(t.Org)
	}
	return g.Texter.SendText(ctx, t)
}

// installed are the installation's limits.
func (g *Gate) installed(ctx context.Context) Limits {
	l := g.Limits.Or(UsualLimits)
	if len(l.Prefixes) == 0 && g.Countries != nil {
		l.Prefixes = PrefixesOf(g.Countries(ctx))
	}
	return l
}

// PrefixesOf are the beginnings of the numbers of countries.
func PrefixesOf(countries []string) []string {
	var out []string
	for _, c := range countries {
		if code := phonenumbers.GetCountryCodeForRegion(strings.ToUpper(c)); code != 0 {
			out = append(out, fmt.Sprintf("+%d", code))
		}
	}
	return out
}
