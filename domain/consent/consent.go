// Package consent is the room of what people agreed to be told, by what channel, and when they took it back.
//
// It promises that what was said is never written over, but followed by what was said since; that whether something may be sent is a pure function of it, of
// the channel and of what it is about; and that no number and no address lies in it, only what they are found by. Who sends what is left to the jobs, how
// STOP is understood to domain/texting.
package consent

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// Scope is what somebody is told of.
type Scope string

// The scopes.
const (
	Appointments Scope = "appointments" // about a time that they have: booked, moved, cancelled
	Reminders    Scope = "reminders"    // that the time comes near
	Offers       Scope = "offers"       // times that become free, while they wait for one
	Care         Scope = "care"         // about their care, such as that it is time for a visit
)

// Scopes are all of them, in the order in which people see them.
var Scopes = []Scope{Appointments, Reminders, Offers, Care}

// Basis is how something was said.
type Basis string

// The bases.
const (
	ByText  Basis = "text"   // STOP or START by text message
	OnPage  Basis = "page"   // by themselves, signed in
	ByLink  Basis = "link"   // by the link in a message
	AtDesk  Basis = "desk"   // to somebody who works here
	AtStart Basis = "number" // nothing was said: it rests on the number or address that was given for it
)

// Row is one thing that somebody said.
type Row struct {
	ID      string
	Channel notify.Channel
	Scope   Scope
	Given   bool
	At      int64 // Unix seconds
	Basis   Basis
	ByKind  actor.Kind
	By      string
}

// Choosable reports whether a scope can be refused for a channel: the mail about a time that somebody booked belongs to the booking itself.
func Choosable(ch notify.Channel, scope Scope) bool {
	return ch != notify.Email || scope != Appointments
}

// Allowed says whether something may be sent, after everything that was said of the address, in its order. Where nothing was said, what was given for a
// booking may be used for it; for care, and for offers by text message, somebody must have agreed.
func Allowed(history []Row, ch notify.Channel, scope Scope) bool {
	if !Choosable(ch, scope) {
		return true
	}
	if r, ok := Latest(history, ch, scope); ok {
		return r.Given
	}
	return !AsksFirst(ch, scope)
}

// AsksFirst reports whether nothing is sent of a scope by a channel before somebody has agreed to it.
func AsksFirst(ch notify.Channel, scope Scope) bool {
	return scope == Care || ch == notify.SMS && scope == Offers
}

// Latest is the last thing that was said of a channel and a scope.
func Latest(history []Row, ch notify.Channel, scope Scope) (Row, bool) {
	for _, r := range slices.Backward(history) {
		if r.Channel == ch && r.Scope == scope {
			return r, true
		}
	}
	return Row{}, false
}

// ScopeOf is what a notice belongs to.
func ScopeOf(e notify.Event) Scope {
	switch e {
	case notify.AppointmentReminder:
		return Reminders
	case notify.TimeOffered, notify.OfferGone:
		return Offers
	}
	return Appointments
}

// Store is what the room needs of storage.
type Store interface {
	// ConsentsOf returns what was said of an address, in its order.
	ConsentsOf(ctx context.Context, o ids.Org, key []byte) ([]Row, error)
	// PutConsents adds to it, with the lines of the audit log.
	PutConsents(ctx context.Context, o ids.Org, key []byte, rows []Row, entries ...audit.Entry) error
}

// Service is the room.
type Service struct {
	Store Store
	Seals *seal.Keyring
	Gen   *ids.Gen
	Now   clock.Now
}

// Key is what an address is found by: a keyed hash, for a number the same as domain/texting's.
func (s *Service) Key(ch notify.Channel, address string) []byte {
	if ch == notify.SMS {
		return s.Seals.LookupHash("text.number", address)
	}
	return s.Seals.LookupHash("contact.email", strings.ToLower(address))
}

// May says whether a text message of a scope may be sent to a number, in E.164.
func (s *Service) May(ctx context.Context, o ids.Org, number string, scope Scope) (bool, error) {
	return s.MayBy(ctx, o, notify.SMS, number, scope)
}

// MayBy is May for any channel.
func (s *Service) MayBy(ctx context.Context, o ids.Org, ch notify.Channel, address string, scope Scope) (bool, error) {
	if !Choosable(ch, scope) {
		return true, nil
	}
	history, err := s.History(ctx, o, ch, address)
	return err == nil && Allowed(history, ch, scope), err
}

// RefusedAt is since when a number wants no text messages about appointments (Unix seconds), as STOP says; 0 when it has said no such thing.
func (s *Service) RefusedAt(ctx context.Context, o ids.Org, number string) (int64, error) {
	history, err := s.History(ctx, o, notify.SMS, number)
	if err != nil {
		return 0, err
	}
	if r, ok := Latest(history, notify.SMS, Appointments); ok && !r.Given {
		return r.At, nil
	}
	return 0, nil
}

// History is what was said of an address by that channel, in its order.
func (s *Service) History(ctx context.Context, o ids.Org, ch notify.Channel, address string) ([]Row, error) {
	if address == "" {
		return nil, nil
	}
	return s.Store.ConsentsOf(ctx, o, s.Key(ch, address))
}

// Stop takes back everything for text messages to a number, as STOP asks. It takes effect for what is queued already.
func (s *Service) Stop(ctx context.Context, o ids.Org, number string) error {
	return s.all(ctx, o, number, false)
}

// Start gives everything back that may be sent to who asks for nothing, as START asks. What needs its own consent comes back where it was once given.
func (s *Service) Start(ctx context.Context, o ids.Org, number string) error {
	return s.all(ctx, o, number, true)
}

// Agree gives one scope of text messages to a number, as its owner says by a text message from it, or by the link in one.
func (s *Service) Agree(ctx context.Context, o ids.Org, number string, scope Scope, basis Basis) error {
	return s.Say(ctx, actor.System("text"), o, notify.SMS, number, map[Scope]bool{scope: true}, basis)
}

func (s *Service) all(ctx context.Context, o ids.Org, number string, given bool) error {
	history, err := s.History(ctx, o, notify.SMS, number)
	if err != nil {
		return err
	}
	said := map[Scope]bool{}
	for _, scope := range Scopes {
		if AsksFirst(notify.SMS, scope) && given && !slices.ContainsFunc(history, func(r Row) bool { return r.Scope == scope && r.Given }) {
			continue
		}
		said[scope] = given
	}
	return s.say(ctx, actor.System("text"), o, notify.SMS, number, said, ByText, history)
}

// Say writes down what somebody chose. What is as it was is not written again. Faults: Invalid "consent.always" for what cannot be refused.
func (s *Service) Say(ctx context.Context, who actor.Actor, o ids.Org, ch notify.Channel, address string, said map[Scope]bool, basis Basis) error {
	history, err := s.History(ctx, o, ch, address)
	if err != nil {
		return err
	}
	return s.say(ctx, who, o, ch, address, said, basis, history)
}

// Withdraw takes back a consent.
func (s *Service) Withdraw(ctx context.Context, who actor.Actor, o ids.Org, ch notify.Channel, address string, scope Scope, basis Basis) error {
	return s.Say(ctx, who, o, ch, address, map[Scope]bool{scope: false}, basis)
}

func (s *Service) say(ctx context.Context, who actor.Actor, o ids.Org, ch notify.Channel, address string, said map[Scope]bool, basis Basis, history []Row) error {
	if address == "" {
		return fault.Invalid("consent.no_address", nil)
	}
	now := s.Now()
	rows, entries := s.changes(now, who, ch, said, basis, history), []audit.Entry(nil)
	for _, r := range rows {
		action := audit.ConsentWithdrawn
		if r.Given {
			action = audit.ConsentGiven
		}
		entries = append(entries, audit.New(o, s.Gen.Audit(), now.UnixMicro(), who, action, "consent", r.ID, map[string]string{
			"channel": string(ch), "scope": string(r.Scope), "basis": string(cmp.Or(basis, OnPage)),
		}))
	}
	if len(rows) == 0 {
		return nil
	}
	return s.Store.PutConsents(ctx, o, s.Key(ch, address), rows, entries...)
}

// changes are the rows for what is said now and was not before.
func (s *Service) changes(now time.Time, who actor.Actor, ch notify.Channel, said map[Scope]bool, basis Basis, history []Row) []Row {
	var rows []Row
	for _, scope := range Scopes {
		given, ok := said[scope]
		if !ok || !Choosable(ch, scope) || Allowed(history, ch, scope) == given {
			continue
		}
		rows = append(rows, Row{
			ID: s.Gen.New(), Channel: ch, Scope: scope, Given: given, At: now.Unix(), Basis: cmp.Or(basis, OnPage), ByKind: who.Kind, By: who.ID(),
		})
	}
	return rows
}
