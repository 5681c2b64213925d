// Package audit has the line that says who did what to which record.
//
// A use case makes an Entry in the same change that it describes, so that there is never one without the other. The package promises that an entry
// names things by id and says what happened in words from a closed alphabet: Check refuses detail that could be free text, a name or an address of a
// person. Entries are never changed. Storing, sealing and showing them is left to the store and the doors.
package audit

import (
	"fmt"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
)

// Entry is one line of the audit log.
type Entry struct {
	Org ids.Org // empty for what concerns the whole installation
	ID  ids.Audit
	At  int64 // Unix microseconds; the order of entries

	ActorKind actor.Kind
	ActorID   string // Actor.ID; sessions and addresses are never kept here

	Action      string // what was done, such as "appointment.cancel"
	SubjectKind string // to what kind of record, such as "appointment"
	SubjectID   string

	// Detail says more, without personal data: field names, old and new times as Unix seconds, slugs, counts, policy versions. See Check.
	Detail map[string]string
}

// Of begins an entry: who, when and what. The caller sets ID and Detail.
func Of(org ids.Org, by actor.Actor, at time.Time, action, subjectKind, subjectID string) Entry {
	return Entry{
		Org: org, At: at.UnixMicro(), ActorKind: by.Kind, ActorID: by.ID,
		Action: action, SubjectKind: subjectKind, SubjectID: subjectID,
	}
}

// maxDetail is the longest value of a detail, in bytes: a list of field names fits.
const maxDetail = 200

// Check says what is missing, and refuses detail beyond lower and upper case letters a-z, digits and "_.,:;/=-". That keeps out sentences, email
// addresses, international phone numbers and most names; that a short word is not somebody's name is left to the caller.
func (e Entry) Check() error {
	switch {
	case e.At <= 0:
		return fmt.Errorf("audit %s: no time", e.Action)
	case e.ActorKind == "":
		return fmt.Errorf("audit %s: no actor", e.Action)
	case !plain(e.Action) || !plain(e.SubjectKind) || e.SubjectID == "":
		return fmt.Errorf("audit %.40q: want an action and a subject", e.Action)
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
	return s != "" && len(s) <= maxDetail
}
