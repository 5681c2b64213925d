// Package access is the room of services that open after a contact: the office opens one to a person, a company or an association, from when until when.
//
// Check is the one question that every way to a service asks before it begins, goes on and ends: a booking, a form, a course. The package promises that whether
// somebody has access is a pure function of the policy, of what was recorded and of a second; that what was recorded is never written over, but followed by what
// holds since; and that why it was granted is sealed. How people are told is left to jobs, what the service then does to its own room.
package access

import (
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
)

// Grant is what was recorded of somebody's access to a service.
type Grant struct {
	Org     ids.Org
	Service ids.Service
	Owner   actor.Owner
	// Version counts the records of an owner and a service; the highest holds.
	Version int64
	// Off is true for what was withdrawn.
	Off bool
	// From and Until are the first and the last second (Unix); Until is 0 for no end.
	From, Until int64
	// Why says why it was granted or withdrawn, in the words of who did.
	Why string
	// Erased is true when Why cannot be read any more: the person's key is gone.
	Erased bool

	ByKind actor.Kind
	By     string
	At     int64
}

// State is how a grant stands.
type State string

// The states.
const (
	None      State = "none"
	Later     State = "later" // it has not begun
	Open      State = "open"
	Over      State = "over"
	Withdrawn State = "withdrawn"
)

// States are all states of what was recorded.
var States = []State{Open, Later, Over, Withdrawn}

// StateAt is how a grant stands in a second: its first and its last second are good.
func (g Grant) StateAt(now int64) State {
	switch {
	case g.Version == 0:
		return None
	case g.Off:
		return Withdrawn
	case g.Until != 0 && now > g.Until:
		return Over
	case now < g.From:
		return Later
	}
	return Open
}

// NoticeBefore is how long before its end somebody is told that an access ends.
const NoticeBefore = 7 * 24 * 60 * 60

// TellEndAt is the second in which somebody is told that their access ends, if it was recorded in the second at; ok is false for one without an end, or so short that
// what they are told when it is granted is enough.
func (g Grant) TellEndAt(at int64) (when int64, ok bool) {
	when = g.Until - NoticeBefore
	return when, !g.Off && g.Until != 0 && when > max(at, g.From)
}

// Check says whether somebody may use a service now, by its policy and what was recorded of their access. Faults: SignInRequired; Invalid "access.company_only" for
// who acts for no company where only those may; Invalid "access.contact_first", "access.later", "access.over" or "access.withdrawn". Those who serve people at the
// office are the contact themselves, and may.
func Check(p catalog.Policy, who actor.Actor, g Grant, now int64) error {
	if !p.NeedsAccess && !p.ForCompany || who.Kind == actor.KindSystem || who.Kind == actor.KindStaff || who.Kind == actor.KindClient {
		return nil
	}
	if level := max(p.SignIn, actor.LevelLow); who.Kind != actor.KindCitizen || who.Level < level {
		if who.Kind == actor.KindCitizen {
			return actor.SignInAt("sign_in.stronger", level)
		}
		return actor.SignInAt("access.sign_in", level)
	}
	if p.ForCompany && who.For.Company == "" {
		return fault.Invalid("access.company_only", nil)
	}
	if !p.NeedsAccess {
		return nil
	}
	switch g.StateAt(now) {
	case Open:
		return nil
	case Later:
		return fault.Invalid("access.later", nil)
	case Over:
		return fault.Invalid("access.over", nil)
	case Withdrawn:
		return fault.Invalid("access.withdrawn", nil)
	}
	return fault.Invalid("access.contact_first", nil)
}

// Refused reports whether a fault is one by which Check says that a service is not open to somebody who is known.
func Refused(err error) bool {
	for _, key := range []string{"access.company_only", "access.contact_first", "access.later", "access.over", "access.withdrawn"} {
		if fault.IsKey(err, key) {
			return true
		}
	}
	return false
}
