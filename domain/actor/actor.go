// Package actor says who asks.
//
// An Actor is the second argument of every use case: what kind of party it is, by which id the audit log names it, and by which keys it is throttled. It
// promises that rights are a closed list, that a right which is not granted is refused, and that nothing in an Actor is a name, an address or a secret
// in the clear. Proving who somebody is, and the rights of members of staff one by one, are left to the identity room.
package actor

import "luukku/base/fault"

// Kind is what sort of party asks. The zero Kind is nobody, who may do nothing.
type Kind string

// The kinds.
const (
	KindAnonymous Kind = "anonymous" // a visitor who has not signed in
	KindCitizen   Kind = "citizen"   // a signed-in person
	KindStaff     Kind = "staff"     // a signed-in member of an organisation's staff
	KindSystem    Kind = "system"    // Luukku itself: a job, the command line, setting up
	KindAPI       Kind = "api"       // a program
)

// Right is something an actor may or may not do.
type Right string

// The rights.
const (
	// ReadPublic is to read what is on the public pages: offices, services, free times.
	ReadPublic Right = "read_public"
	// Book is to hold and book a time for oneself.
	Book Right = "book"
	// HandleOwn is to read, change and cancel the appointment or draft whose code, link or session the actor holds. Whether it does hold it is for the
	// room to check: the right says only that holding it is enough.
	HandleOwn Right = "handle_own"
	// HandleAny is to handle appointments without their code, as sending reminders does.
	HandleAny Right = "handle_any"
	// Configure is to change organisations, offices, services and policies.
	Configure Right = "configure"
)

// granted has the rights of each kind. Staff have the public's until the identity room grants them theirs one by one.
var granted = map[Kind][]Right{
	KindAnonymous: {ReadPublic, Book, HandleOwn},
	KindCitizen:   {ReadPublic, Book, HandleOwn},
	KindStaff:     {ReadPublic, Book, HandleOwn},
	KindAPI:       {ReadPublic, Book, HandleOwn},
	KindSystem:    {ReadPublic, Book, HandleOwn, HandleAny, Configure},
}

// Actor is who asks.
type Actor struct {
	Kind Kind
	// ID names the actor in the audit log: a person's or staff member's id, an API client's, a job's name. Empty for anonymous.
	ID string
	// Session is the hash of the browser session, by which drafts and throttles find the visitor again. Empty without one.
	Session string
	// Address is the keyed hash of the network address, for throttling. Empty for system.
	Address string
}

// Anonymous is a visitor, known by the hash of the session alone.
func Anonymous(session string) Actor { return Actor{Kind: KindAnonymous, Session: session} }

// System is Luukku itself, under the name of the job or command.
func System(name string) Actor { return Actor{Kind: KindSystem, ID: name} }

// From returns the actor with the keyed hash of the network address it came from.
func (a Actor) From(address string) Actor {
	a.Address = address
	return a
}

// May returns nil when the actor has the right, and a Forbidden fault when not, for an unknown kind or right too.
func (a Actor) May(r Right) error {
	for _, have := range granted[a.Kind] {
		if have == r {
			return nil
		}
	}
	return fault.Forbidden("error.forbidden")
}
