package queue

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/live"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Service has the use cases of the lobby.
type Service struct {
	Store        Store
	Appointments Appointments
	Seals        *seal.Keyring
	Gen          *ids.Gen
	Now          func() time.Time
	// Live tells when an office's lobby changed. Nil reads it anew each time.
	Live *live.Hub
	// Coming knows who is expected today. Without it the waits are told as if nobody were.
	Coming Coming
	// Texts keeps who is told by text message; nil where none can be sent. Refused is since when a number wants none, 0 when it has said no such thing.
	Texts   Texts
	Refused func(ctx context.Context, o ids.Org, number string) (int64, error)

	waits waits
	tries tries
	mu    sync.Mutex
	halls map[string]*hall
}

// at is an office with its configuration, as of now.
type at struct {
	*catalog.Config
	org    ids.Org
	office *org.Office
	now    int64
	day    string
}

func (s *Service) at(ctx context.Context, o ids.Org, office ids.Office) (at, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return at{}, err
	}
	f, err := c.Office(office)
	if err != nil {
		return at{}, err
	}
	now := s.Now().Unix()
	return at{Config: c, org: o, office: f, now: now, day: DayOf(now, c.Zone())}, nil
}

// bound is the policies' bound on how long a walk-in waits.
func (a at) bound(service ids.Service) int64 {
	return int64(a.Policy(service, a.office.ID).WalkInBound / time.Second)
}

func (s *Service) line(a at, who actor.Actor, what audit.Action, t ids.Ticket, detail map[string]string) audit.Entry {
	return audit.New(a.org, s.Gen.Audit(), s.Now().UnixMicro(), who, what, OfTicket, string(t), detail)
}

// OfTicket is the kind of subject that a ticket is in the audit log.
const OfTicket = "ticket"

// errAgain ends a transaction that somebody else was faster than; it is tried once more with what is there now.
var errAgain = errors.New("somebody else was faster")

// mostTries is how often a deed is tried anew. Whoever is overtaken so often is told so.
const mostTries = 20

// inTx runs do until nobody else is faster.
func (s *Service) inTx(ctx context.Context, do func(ctx context.Context, tx Tx) error) error {
	for range mostTries {
		err := s.Store.InTx(ctx, do)
		if !errors.Is(err, errAgain) {
			return err
		}
	}
	return fault.Conflict("queue.changed", nil)
}

// formLife is how long a form's answer is remembered.
const formLife = 24 * 60 * 60

func digest(parts ...any) []byte {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q", parts)))
	return sum[:]
}

// step is a step of a ticket that is now as it is after it.
func (a at) step(who actor.Actor, what What, before, t Ticket, reason string) Step {
	return Step{
		Org: t.Org, Office: t.Office, Day: t.Day, Ticket: t.ID, Seq: before.Rev + 1, What: what, At: a.now, Service: t.Service, Unit: t.Counter, By: who.ID(),
		Reason: reason, Before: before,
	}
}

// change writes a ticket that was read in the transaction, its step and its line of the log.
func (s *Service) change(ctx context.Context, tx Tx, a at, who actor.Actor, what What, before, t Ticket, reason string) (Ticket, error) {
	ok, err := tx.SetTicket(ctx, t)
	if err != nil {
		return t, err
	}
	if !ok {
		return t, errAgain
	}
	t.Rev++
	if err := tx.PutStep(ctx, a.step(who, what, before, t, reason)); err != nil {
		return t, err
	}
	tx.Touch(a.org, a.office.ID)
	detail := map[string]string{"what": string(what)}
	if t.Counter != "" {
		detail["counter"] = string(t.Counter)
	}
	if reason != "" {
		detail["why"] = reason
	}
	return t, tx.Audit(ctx, s.line(a, who, audit.TicketChanged, t.ID, detail))
}
