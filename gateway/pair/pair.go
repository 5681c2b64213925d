// Package pair puts two gateways of one channel together: messages take the first, and the second takes over while the first fails or is slow.
//
// It promises that a message which may have left by one is never sent by the other, and that one refused for good is not tried elsewhere. Which message waits how
// long is left to the tasks.
package pair

import (
	"context"
	"sync"
	"time"

	"luukku/base/clock"
	"luukku/domain/notify"
)

// When the first gateway is left alone: after so many failures in a row, where an answer that took longer than Slow is one, for Rest.
const (
	Failures = 3
	Slow     = 10 * time.Second
	Rest     = 30 * time.Second
)

// breaker says which gateway is asked first. It is open while the first rests; then one message at a time tries it.
type breaker struct {
	now clock.Now

	mu     sync.Mutex
	failed int
	until  time.Time
	trying bool
}

// first reports whether the first gateway is asked first.
func (b *breaker) first() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.failed < Failures:
		return true
	case b.now().Before(b.until) || b.trying:
		return false
	}
	b.trying = true
	return true
}

// done counts how the first gateway did.
func (b *breaker) done(well bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	if well {
		b.failed = 0
		return
	}
	if b.failed = min(b.failed+1, Failures); b.failed == Failures {
		b.until = b.now().Add(Rest)
	}
}

// send asks one gateway, and the other only when nothing can have left.
func (b *breaker) send(ctx context.Context, first, second func() (notify.Receipt, error)) (notify.Receipt, error) {
	if !b.first() {
		r, err := second()
		if err == nil || notify.IsPermanent(err) || notify.IsUnknown(err) || ctx.Err() != nil {
			return r, err
		}
		return b.watch(ctx, first) // better a gateway that was bad than none
	}
	r, err := b.watch(ctx, first)
	if err == nil || notify.IsPermanent(err) || notify.IsUnknown(err) || ctx.Err() != nil {
		return r, err
	}
	return second()
}

// watch asks the first gateway and counts how it did. A message refused for good is the message's fault.
func (b *breaker) watch(ctx context.Context, first func() (notify.Receipt, error)) (notify.Receipt, error) {
	began := b.now()
	r, err := first()
	ours := err != nil && ctx.Err() != nil // we gave up: no fault of the gateway's, unless it was slow
	b.done((err == nil || notify.IsPermanent(err) || ours) && b.now().Sub(began) < Slow)
	return r, err
}

// Texter is two gateways of text messages.
type Texter struct {
	first, second notify.Texter
	breaker       breaker
}

var _ notify.Texter = (*Texter)(nil)

// NewTexter puts two together.
func NewTexter(first, second notify.Texter, now clock.Now) *Texter {
	return &Texter{first: first, second: second, breaker: breaker{now: now}}
}

// SendText hands one message over by one of the two, as notify.Texter says.
func (p *Texter) SendText(ctx context.Context, t notify.Text) (notify.Receipt, error) {
	return p.breaker.send(ctx, func() (notify.Receipt, error) { return p.first.SendText(ctx, t) },
		func() (notify.Receipt, error) { return p.second.SendText(ctx, t) })
}

// Mailer is two mail servers.
type Mailer struct {
	first, second notify.Mailer
	breaker       breaker
}

var _ notify.Mailer = (*Mailer)(nil)

// NewMailer puts two together.
func NewMailer(first, second notify.Mailer, now clock.Now) *Mailer {
	return &Mailer{first: first, second: second, breaker: breaker{now: now}}
}

// Send hands one mail over by one of the two, as notify.Mailer says.
func (p *Mailer) Send(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	return p.breaker.send(ctx, func() (notify.Receipt, error) { return p.first.Send(ctx, m) },
		func() (notify.Receipt, error) { return p.second.Send(ctx, m) })
}
