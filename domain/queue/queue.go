// Package queue is the room of the lobby: who checks in, the tickets they get, the counters that call them, and what the displays and the phones show.
//
// It promises that every rule is a pure function of tickets, counters, policy and now (rules.go, order.go, estimate.go), that a ticket is called by one
// counter alone, and that a number is given once a day at an office. Deadlines are whole seconds, both ends included; the server's clock alone counts.
//
// Who has an appointment is left to domain/booking, how things look to the doors, printing to gateway/printer.
package queue

import (
	"fmt"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// State of a ticket.
type State string

// The states. A ticket is live in the first four.
const (
	Waiting State = "waiting"
	Called  State = "called"  // on the displays, on the way to the counter
	Serving State = "serving" // at the counter
	Parked  State = "parked"  // set aside by a counter, or its owner comes back later
	Done    State = "done"
	Missed  State = "missed" // was called and did not come
	Left    State = "left"   // gave the place up, or was still waiting at the end of the day
)

// Live reports whether something still happens to a ticket in the state.
func (s State) Live() bool { return s == Waiting || s == Called || s == Serving || s == Parked }

// Kind is how somebody came.
type Kind string

// The kinds.
const (
	Booked Kind = "booked"  // checked in for an appointment
	WalkIn Kind = "walk-in" // without one, or too late for it
)

// Priority of a ticket before others of its service.
type Priority int

// The priorities.
const (
	Normal    Priority = 0
	First     Priority = 1 // before all others, for a reason
	Emergency Priority = 2 // before those, too
)

// Reason says why somebody goes first: one of a closed list, and nothing about a person's health.
type Reason string

// Reasons are those that can be chosen; their texts are queue.reason_<reason>.
var Reasons = []Reason{"infant", "mobility", "pregnant", "our_mistake", "urgent", "other"}

// Ticket is somebody's place in the lobby's queue. Times are Unix seconds, 0 for never.
type Ticket struct {
	Org    ids.Org
	ID     ids.Ticket
	Office ids.Office
	// Day is the office's date (YYYY-MM-DD), on which the number is unique with its prefix.
	Day     string
	Service ids.Service
	Prefix  string
	Number  int
	Kind    Kind

	Priority Priority
	Reason   Reason
	// Appointment is what was checked in for, or what somebody came too late for; empty for none. Owner is in whose folder the ticket is.
	Appointment ids.Appointment
	Owner       actor.Owner
	// Unit is the professional or counter that alone can serve; empty for any that can.
	Unit ids.Unit
	// Lang is the language of what is said and shown to them; Speaks that they can only be served in it.
	Lang   i18n.Lang
	Speaks bool

	State State
	// BookedAt is the start of the appointment, ArrivedAt the place in the line: a ticket that moves on to another service keeps both.
	BookedAt, ArrivedAt int64
	// ServiceSince is when it came to the service it is in now: its first, or the one it moved on to.
	ServiceSince             int64
	CalledAt, BegunAt, EndAt int64
	// Calls is how often it was called, Counter where to, and By who called it.
	Calls   int
	Counter ids.Unit
	By      ids.Staff
	// ParkedUntil is when a parked ticket is back in the line by itself; 0 only when somebody brings it back.
	ParkedUntil int64
	// Estimate is how long they were told that they would wait, in seconds, when the ticket was taken; -1 when nobody could say.
	Estimate int64
	// Rev grows with every change: the precondition of the next.
	Rev int64
}

// Name is what is called and shown, such as "A 017".
func (t Ticket) Name() string { return FormatNumber(t.Prefix, t.Number) }

// FormatNumber writes a ticket's number as people read it.
func FormatNumber(prefix string, number int) string {
	if prefix == "" {
		return fmt.Sprintf("%03d", number)
	}
	return fmt.Sprintf("%s %03d", prefix, number)
}

// StateAt is the state at a moment: who comes back later is in the line again when the time has come.
func (t Ticket) StateAt(now int64) State {
	if t.State == Parked && t.ParkedUntil != 0 && now >= t.ParkedUntil {
		return Waiting
	}
	return t.State
}

// What happened to a ticket.
type What string

// The steps of a ticket's way.
const (
	StepTaken    What = "taken"    // a walk-in ticket was taken
	StepArrived  What = "arrived"  // somebody checked in
	StepEntered  What = "entered"  // a number given by hand was written down afterwards
	StepCalled   What = "called"   // by the order of the line
	StepPicked   What = "picked"   // by hand, with a reason
	StepRecalled What = "recalled" // called again
	StepBegun    What = "begun"
	StepDone     What = "done"
	StepMissed   What = "missed"
	StepLeft     What = "left"
	StepParked   What = "parked"
	StepReturned What = "returned" // back in the line
	StepMoved    What = "moved"    // on to another service, the place kept
	StepRaised   What = "raised"   // priority given or taken
	StepUndone   What = "undone"
)

// Step is one thing that happened to a ticket: append-only, and what figures are made of.
type Step struct {
	Org    ids.Org
	Office ids.Office
	Day    string
	Ticket ids.Ticket
	// Seq numbers the steps of a ticket: its Rev after the step.
	Seq     int64
	What    What
	At      int64
	Service ids.Service
	Unit    ids.Unit // the counter; empty for none
	By      string   // the actor's identifier
	// Reason is a word of a closed list or of the desk's own choice of reasons; nothing personal.
	Reason string
	// Before is the ticket as it was, for undo.
	Before Ticket
}

// Counter is a counter that somebody works at. A counter without one is closed.
type Counter struct {
	Org    ids.Org
	Office ids.Office
	Unit   ids.Unit
	Staff  ids.Staff
	Since  int64
	// BreakSince is when a break began; 0 when there is none.
	BreakSince int64
	// Services are those called at the counter for now; none is all that it can serve.
	Services []ids.Service
	// Ticket is who is called to or served at the counter; empty for nobody.
	Ticket ids.Ticket
	Rev    int64
}

// Open reports whether the counter calls people.
func (c Counter) Open() bool { return c.Staff != "" && c.BreakSince == 0 }

// AlertKind is what the staff are told in the lobby's matters.
type AlertKind string

// The kinds.
const (
	AlertHelp      AlertKind = "help"      // somebody at a kiosk asks for a person
	AlertResting   AlertKind = "resting"   // a kiosk rests after too many wrong PINs
	AlertPrinter   AlertKind = "printer"   // a kiosk's printer is out of paper or gone
	AlertEmergency AlertKind = "emergency" // a counter asks for help at once
	AlertDark      AlertKind = "dark"      // a display or kiosk has not been heard of
)

// Alert is something that the staff of an office should see to.
type Alert struct {
	Org    ids.Org
	ID     string
	Office ids.Office
	Kind   AlertKind
	// Device is where it comes from, or Unit; empty for neither.
	Device ids.Device
	Unit   ids.Unit
	At     int64
	// DoneAt is when somebody saw to it, By who; 0 while nobody has.
	DoneAt int64
	By     ids.Staff
}

// Message is what an office tells everybody who waits, on displays and pages, until a moment.
type Message struct {
	Org    ids.Org
	ID     string
	Office ids.Office
	Text   i18n.Text
	Until  int64
	At     int64
	By     ids.Staff
}

// Topic is the change feed's topic of an office's lobby.
func Topic(o ids.Org, office ids.Office) string { return "queue/" + string(o) + "/" + string(office) }
