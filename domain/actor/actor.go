// Package actor says who asks. Every use case takes an Actor after its context.
//
// It promises that who asks is given explicitly, never hidden in a context, and that what an actor may do is one function, May. In this first thread
// nobody signs in: a visitor may read what is public, and handle the drafts of their session and the appointments whose code or link they showed. How
// people sign in is left to domain/identity.
package actor

import (
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
)

// Kind is what sort of actor asks.
type Kind string

// The kinds.
const (
	KindVisitor Kind = "visitor" // a person who has not signed in
	KindSystem  Kind = "system"  // Luukku itself: jobs, set-up, blueprints
	KindAPI     Kind = "api"     // a program that speaks the JSON API for a visitor
)

// Actor is who asks.
type Actor struct {
	Kind Kind
	// Name says which part of the system acts, for KindSystem.
	Name string
	// Session is the hash of the visitor's session secret; empty before the first form.
	Session []byte
	// Address is the network address for limits (base/limit.AddressKey); it is never stored.
	Address string
	// Proven are the appointments whose code or link this actor has shown.
	Proven []Appointment
}

// Appointment names an appointment of an organisation.
type Appointment struct {
	Org ids.Org
	ID  ids.Appointment
}

// Visitor is a person who has not signed in.
func Visitor(session []byte, address string, proven ...Appointment) Actor {
	return Actor{Kind: KindVisitor, Session: session, Address: address, Proven: proven}
}

// System is a part of Luukku itself.
func System(name string) Actor { return Actor{Kind: KindSystem, Name: name} }

// ID names the actor in the audit log; nothing in it is personal.
func (a Actor) ID() string {
	if a.Kind == KindSystem {
		return a.Name
	}
	return ""
}

// MayAppointment returns nil when the actor may see and change an appointment, and a NotFound fault when not: a stranger does not learn that it exists.
func (a Actor) MayAppointment(o ids.Org, id ids.Appointment) error {
	if a.Kind == KindSystem || slices.Contains(a.Proven, Appointment{o, id}) {
		return nil
	}
	return fault.NotFound("manage.not_found")
}

// MayDraft returns nil when the actor may go on with a draft or hold of a session, and a NotFound fault when not.
func (a Actor) MayDraft(session []byte) error {
	if len(a.Session) > 0 && slices.Equal(a.Session, session) {
		return nil
	}
	return fault.NotFound("draft.not_found")
}
