// Package outbox is the mailer of the demo: it keeps every message where a page can show it, and sends nothing.
//
// It promises what notify.Mailer promises, so that whoever hands mail over cannot tell it from the real thing, and passes the same suite. It can be
// told to fail, to show what happens then; what failed is kept too, marked. Where messages are kept is left to the Keeper.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"luukku/domain/notify"
)

// The answers of a simulated server.
const (
	codeTaken     = 250
	codeTryLater  = 451
	codeForbidden = 550
)

// Failures as notify.Stored names them.
const (
	FailureTemporary = "temporary"
	FailurePermanent = "permanent"
)

var errSimulated = errors.New("simulated in the demo")

// Mailer keeps instead of sending.
type Mailer struct {
	keeper notify.Keeper
	from   notify.Address
	now    func() time.Time

	mu        sync.Mutex
	failing   int
	permanent bool
}

var (
	_ notify.Mailer = (*Mailer)(nil)
	_ notify.Texter = (*Mailer)(nil)
)

// New returns a mailer that keeps into keeper. from stands in for a message that names no sender.
func New(keeper notify.Keeper, from notify.Address, now func() time.Time) *Mailer {
	return &Mailer{keeper: keeper, from: from, now: now}
}

// FailNext makes the next n messages fail, for good or only for now. Zero or less ends it. It replaces what an earlier call asked for.
func (o *Mailer) FailNext(n int, permanent bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failing, o.permanent = max(n, 0), permanent
}

// Failing returns how many messages are still to fail, and whether for good.
func (o *Mailer) Failing() (n int, permanent bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failing, o.permanent
}

// Send keeps one message, as notify.Mailer says. An error of the keeper reads as not handed over.
func (o *Mailer) Send(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	if m.From.IsZero() {
		m.From = o.from
	}
	if err := m.Check(); err != nil {
		return notify.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return notify.Receipt{}, &notify.Temporary{Stage: notify.StageConnect, Cause: err}
	}
	stored := notify.Stored{Message: m, At: o.now(), Receipt: notify.Receipt{Reference: m.MessageID(), Code: codeTaken, Answer: "kept in the outbox"}}
	fails, permanent := o.take()
	if !fails {
		if err := o.keep(ctx, stored); err != nil {
			return notify.Receipt{}, err
		}
		return stored.Receipt, nil
	}
	stored.Receipt, stored.Failure = notify.Receipt{Code: codeTryLater}, FailureTemporary
	if permanent {
		stored.Receipt, stored.Failure = notify.Receipt{Code: codeForbidden}, FailurePermanent
	}
	if err := o.keep(ctx, stored); err != nil {
		return notify.Receipt{}, err
	}
	if permanent {
		return notify.Receipt{}, &notify.Permanent{Stage: notify.StageReceive, Code: codeForbidden, Enhanced: "5.1.1", Cause: errSimulated}
	}
	return notify.Receipt{}, &notify.Temporary{Stage: notify.StageReceive, Code: codeTryLater, Enhanced: "4.3.0", Cause: errSimulated}
}

func (o *Mailer) keep(ctx context.Context, s notify.Stored) error {
	if err := o.keeper.Keep(ctx, s); err != nil {
		return &notify.Temporary{Stage: notify.StageContent, Cause: fmt.Errorf("keep in the outbox: %w", err)}
	}
	return nil
}

// take uses up one of the failures asked for.
func (o *Mailer) take() (fails, permanent bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failing == 0 {
		return false, false
	}
	o.failing--
	return true, o.permanent
}

// SendText keeps one text message, as notify.Texter says.
func (o *Mailer) SendText(ctx context.Context, t notify.Text) (notify.Receipt, error) {
	if err := t.Check(); err != nil {
		return notify.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return notify.Receipt{}, &notify.Temporary{Stage: notify.StageConnect, Cause: err}
	}
	stored := notify.Stored{
		SMS: t.To, SMSFrom: t.From, At: o.now(), Receipt: notify.Receipt{Reference: string(t.ID), Code: codeTaken, Answer: "kept in the outbox"},
		Message: notify.Message{Org: t.Org, ID: t.ID, Event: t.Event, Lang: t.Lang, From: o.from, Subject: t.Text, Text: t.Text},
	}
	fails, permanent := o.take()
	if !fails {
		if err := o.keep(ctx, stored); err != nil {
			return notify.Receipt{}, err
		}
		return stored.Receipt, nil
	}
	stored.Receipt, stored.Failure = notify.Receipt{Code: codeTryLater}, FailureTemporary
	if permanent {
		stored.Receipt, stored.Failure = notify.Receipt{Code: codeForbidden}, FailurePermanent
	}
	if err := o.keep(ctx, stored); err != nil {
		return notify.Receipt{}, err
	}
	if permanent {
		return notify.Receipt{}, &notify.Permanent{Stage: notify.StageReceive, Code: codeForbidden, Cause: errSimulated}
	}
	return notify.Receipt{}, &notify.Temporary{Stage: notify.StageReceive, Code: codeTryLater, Cause: errSimulated}
}
