// Package actor says who asks, and what they may do. Every use case takes an Actor after its context.
//
// It promises that who asks is given explicitly, never hidden in a context, and that what an actor may do is one function, May, over one table of rights
// (Rights) and one of roles (Roles). How people sign in is left to domain/identity, how those who work here do to domain/staff.
package actor

import (
	"luukku/base/ids"
)

// Kind is what sort of actor asks.
type Kind string

// The kinds.
const (
	KindVisitor Kind = "visitor" // a person who has not signed in
	KindCitizen Kind = "citizen" // a person who has signed in with an e-ID
	KindStaff   Kind = "staff"   // somebody who works here and has signed in
	KindDevice  Kind = "device"  // a kiosk or a display that was enrolled
	KindClient  Kind = "client"  // a program with an API key of its own
	KindAPI     Kind = "api"     // a program that speaks the JSON API for a visitor
	KindSystem  Kind = "system"  // Luukku itself: jobs, set-up, blueprints
)

// DeviceKind is what sort of device it is.
type DeviceKind string

// The kinds. What a display shows everybody may see; a kiosk lets people in.
const (
	Kiosk   DeviceKind = "kiosk"
	Display DeviceKind = "display"
)

// Level is how surely it is known who somebody is (eIDAS: low, substantial, high). More is surer.
type Level int

// The levels of assurance.
const (
	LevelNone Level = iota
	LevelLow
	LevelSubstantial
	LevelHigh
)

var levelNames = [...]string{"none", "low", "substantial", "high"}

// String is the level's name as documents have it.
func (l Level) String() string {
	if l < 0 || int(l) >= len(levelNames) {
		return levelNames[LevelNone]
	}
	return levelNames[l]
}

// ParseLevel reads what String wrote.
func ParseLevel(name string) (Level, bool) {
	for i, n := range levelNames {
		if n == name {
			return Level(i), true
		}
	}
	return LevelNone, false
}

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
	// Sent are the forms that were sent without signing in whose code or link this actor has shown.
	Sent []SentForm

	// Number is the phone number (E.164) from which the actor writes, and is answered: no mailed link need ask whether it is theirs. It is never stored.
	Number string

	// Person is the citizen who has signed in, Level how surely, and For whom they act for now; nobody is themselves.
	Person ids.Person
	Level  Level
	For    Owner

	// Staff is who works here, with what they were granted; Glass is what they have broken the glass for.
	Staff  ids.Staff
	Grants []Grant
	Glass  []ids.Person

	// Device and Client are a device and a program with a key; Org and Office are theirs, DeviceKind is what the device is, Scopes what the program may do.
	Device     ids.Device
	DeviceKind DeviceKind
	Client     ids.Client
	Org        ids.Org
	Office     ids.Office
	Scopes     []Right
	// Only is what a program is limited to.
	Only Bounds
}

// Owner is whose something is: a person's or a company's. The zero Owner is nobody.
type Owner struct {
	Person  ids.Person
	Company ids.Company
}

// IsZero reports whether the owner is nobody.
func (o Owner) IsZero() bool { return o == Owner{} }

// ID is the owner's identifier, whichever it is.
func (o Owner) ID() string {
	if o.Company != "" {
		return string(o.Company)
	}
	return string(o.Person)
}

// Appointment names an appointment of an organisation.
type Appointment struct {
	Org ids.Org
	ID  ids.Appointment
}

// SentForm names what was sent to an organisation without signing in.
type SentForm struct {
	Org ids.Org
	ID  ids.Submission
}

// Visitor is a person who has not signed in.
func Visitor(session []byte, address string, proven ...Appointment) Actor {
	return Actor{Kind: KindVisitor, Session: session, Address: address, Proven: proven}
}

// System is a part of Luukku itself.
func System(name string) Actor { return Actor{Kind: KindSystem, Name: name} }

// ID names the actor in the audit log; nothing in it is personal.
func (a Actor) ID() string {
	switch a.Kind {
	case KindSystem:
		return a.Name
	case KindCitizen:
		return string(a.Person)
	case KindStaff:
		return string(a.Staff)
	case KindDevice:
		return string(a.Device)
	case KindClient:
		return string(a.Client)
	}
	return ""
}

// Owner is whose folder the actor works in: that of whom they act for, or their own. It is nobody's for who has not signed in as a citizen.
func (a Actor) Owner() Owner {
	if a.Kind != KindCitizen {
		return Owner{}
	}
	if !a.For.IsZero() {
		return a.For
	}
	return Owner{Person: a.Person}
}

// Object is what an actor wants to do something with. What does not apply is left empty.
type Object struct {
	Org    ids.Org
	Office ids.Office
	// Inbox is where it lies, and Form the form that it answers.
	Inbox ids.Inbox
	Form  ids.Form
	// Owner is whose it is.
	Owner Owner
	// Session is the hash of the session that it belongs to.
	Session []byte
	// Appointment is the appointment that it is or belongs to.
	Appointment ids.Appointment
	// Sent is the form that was sent which it is or belongs to.
	Sent ids.Submission
	// Staff and Device are whose own it is.
	Staff  ids.Staff
	Device ids.Device
	// Level is how surely it must be known who the citizen is, where that is more than the right asks.
	Level Level
}
