// Package audit says who did what to which record.
//
// An Entry is written in the transaction of the change it tells of, so that there is never one without the other. It promises to hold nothing personal:
// details are names of fields, slugs and times, and Check refuses what could be a person's name or address. What staff write as their reason for reading somebody's data stands beside
// the entry, sealed under that person's key.
//
// The log shows tampering: a Row has bytes that nothing else has, the rows' hashes are the leaves of a Merkle tree (Grow), and its Head is signed. Whoever keeps a
// head elsewhere can prove later that nothing before it was changed. Storing all this is left to the store, reading it to the administration.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"

	"luukku/base/ids"
	"luukku/domain/actor"
)

// Action is what was done, as "thing.verb".
type Action string

// The actions so far.
const (
	AppointmentBooked    Action = "appointment.booked"
	AppointmentProposed  Action = "appointment.proposed"
	AppointmentConfirmed Action = "appointment.confirmed"
	AppointmentResent    Action = "appointment.resent"
	AppointmentLapsed    Action = "appointment.lapsed"
	VisitRecorded        Action = "appointment.outcome"
	WaitingJoined        Action = "waitlist.joined"
	WaitingListed        Action = "waitlist.listed"
	WaitingProven        Action = "waitlist.proven" // the number has answered that it is theirs
	WaitingLeft          Action = "waitlist.left"
	TimeOffered          Action = "waitlist.offered"
	OfferAccepted        Action = "waitlist.accepted"
	OfferDeclined        Action = "waitlist.declined"
	AppointmentChanged   Action = "appointment.changed"
	CourseSaved          Action = "course.saved"
	CoursePublished      Action = "course.published"
	CourseCalledOff      Action = "course.called_off"
	CourseDropped        Action = "course.dropped"
	EnrolmentsListed     Action = "enrolment.listed"
	EnrolmentRead        Action = "enrolment.read"
	EnrolmentMade        Action = "enrolment.made"
	EnrolmentWaits       Action = "enrolment.waits"
	EnrolmentOffered     Action = "enrolment.offered"
	EnrolmentAccepted    Action = "enrolment.accepted"
	EnrolmentDeclined    Action = "enrolment.declined"
	EnrolmentLapsed      Action = "enrolment.lapsed" // an offer was not answered in time
	EnrolmentCancelled   Action = "enrolment.cancelled"
	EnrolmentMarked      Action = "enrolment.marked" // came, or did not
	EnrolmentErased      Action = "enrolment.erased" // who it is about
	EnrolmentsTold       Action = "enrolment.told"   // a message to all
	AppointmentMoved     Action = "appointment.moved"
	AppointmentCancelled Action = "appointment.cancelled"
	AppointmentRestored  Action = "appointment.restored"
	HoldTaken            Action = "hold.taken"
	BlueprintApplied     Action = "blueprint.applied"
	ConfigDrafted        Action = "config.drafted"
	ConfigDiscarded      Action = "config.discarded"
	ConfigPublished      Action = "config.published"
	FormEdited           Action = "form.edited"    // what is being built of a form was changed
	FormDiscarded        Action = "form.discarded" // or dropped
	FormPublished        Action = "form.published"
	SetUp                Action = "installation.set_up"
)

// OfPerson is the kind of subject that a person is. By these lines a person sees who looked at their data.
const OfPerson = "person"

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
	// Reason is why, in somebody's own words; nil when nobody asked. See Because.
	Reason *Reason
}

// Reason is what somebody wrote, sealed under the key of the person it is about.
type Reason struct {
	Person ids.Person
	Sealed []byte
}

// reasonDetail is the detail that binds a reason to its line: a digest of what is sealed, from which nothing can be learned once the key is erased.
const reasonDetail = "reason"

// Digest is what the line holds of its reason.
func (r Reason) Digest() string {
	sum := sha256.Sum256(parts("luukku audit reason 1", string(r.Person), string(r.Sealed)))
	return hex.EncodeToString(sum[:])
}

// Because returns the entry with its reason, and the reason's digest among the details.
func (e Entry) Because(person ids.Person, sealed []byte) Entry {
	e.Reason = &Reason{person, sealed}
	e.Detail = maps.Clone(e.Detail)
	if e.Detail == nil {
		e.Detail = map[string]string{}
	}
	e.Detail[reasonDetail] = e.Reason.Digest()
	return e
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
	if bound, ok := e.Detail[reasonDetail]; ok != (e.Reason != nil) || ok && bound != e.Reason.Digest() {
		return fmt.Errorf("audit %s: the reason and its digest do not belong together", e.Action)
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
