// Package audit says who did what to which record.
//
// An Entry is written in the transaction of the change it tells of, so that there is never one without the other. It promises to hold nothing personal:
// details are names of fields, slugs and times, and Check refuses what could be a person's name or address. Sealing the log against tampering is left to a later issue's sequencer, reading it to the administration.
package audit

import (
	"fmt"

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

// maxPlain is the longest value of a detail, in bytes: a list of field names fits.
const maxPlain = 200

// Check says what an entry lacks, and refuses details beyond the letters a-z and A-Z, digits and "_.,:;/=-". That keeps out sentences, email addresses,
// international phone numbers and most full names. That a single word is not somebody's name is left to the caller.
func (e Entry) Check() error {
	switch {
	case e.AtMicros <= 0:
		return fmt.Errorf("audit %s: no time", e.Action)
	case e.ActorKind == "":
		return fmt.Errorf("audit %s: no actor", e.Action)
	case !plain(string(e.Action)) || !plain(e.SubjectKind) || e.Subject == "":
		return fmt.Errorf("audit %.40q: want an action and a subject", string(e.Action))
	}
	for k, v := range e.Detail {
		if !plain(k) || v != "" && !plain(v) {
			return fmt.Errorf("audit %s: detail %.40q is not plain", e.Action, k) // the value may be personal, so it is not repeated
		}
	}
	return nil
}

// plain reports whether s is made of the closed alphabet, is not empty and not too long.
func plain(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '_', c == '.', c == ',', c == ':', c == ';', c == '/', c == '=', c == '-':
		default:
			return false
		}
	}
	return s != "" && len(s) <= maxPlain
}
