// Package audit says who did what to which record.
//
// An Entry is written in the transaction of the change it tells of, so that there is never one without the other. It promises to hold nothing personal:
// details are names of fields, slugs and times. Sealing the log against tampering is left to a later issue's sequencer, reading it to the administration.
package audit

import (
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Action is what was done, as "thing.verb".
type Action string

// The actions so far.
const (
	AppointmentBooked    Action = "appointment.booked"
	AppointmentChanged   Action = "appointment.changed"
	AppointmentMoved     Action = "appointment.moved"
	AppointmentCancelled Action = "appointment.cancelled"
	HoldTaken            Action = "hold.taken"
	BlueprintApplied     Action = "blueprint.applied"
	SetUp                Action = "installation.set_up"
)

// Entry is one line of the audit log.
type Entry struct {
	Org         ids.Org // empty for the installation
	ID          ids.Audit
	AtMicros    int64 // Unix microseconds
	ActorKind   actor.Kind
	Actor       string
	Action      Action
	SubjectKind string
	Subject     string
	Detail      map[string]string // never personal
}

// New returns an entry of an actor's act.
func New(o ids.Org, id ids.Audit, atMicros int64, who actor.Actor, action Action, subjectKind, subject string, detail map[string]string) Entry {
	return Entry{
		Org: o, ID: id, AtMicros: atMicros, ActorKind: who.Kind, Actor: who.ID(), Action: action,
		SubjectKind: subjectKind, Subject: subject, Detail: detail,
	}
}
