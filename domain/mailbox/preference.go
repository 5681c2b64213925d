package mailbox

import (
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Basis is why letters may go the way that they go.
type Basis string

// The bases.
const (
	Consent Basis = "consent" // they agreed to letters without paper
	Law     Basis = "law"     // the law says so, without their consent
	Wish    Basis = "wish"    // they want paper
	None    Basis = "none"    // nothing was said
)

// Preference is how somebody wants letters, from a moment on. Preferences are a history: one is never changed, another follows it, and who wants paper for a while has an earlier one
// again afterwards. So tomorrow's rule is another row, and what held on a day can be shown.
type Preference struct {
	Person  ids.Person
	Version int64 // counts a person's preferences
	Channel Channel
	Basis   Basis
	// Org narrows it to one organisation's letters (S4.8: consent given to the unit that serves the person); empty is for all of them.
	Org ids.Org
	// Terms is the version of the terms of use that was accepted with it; empty for none.
	Terms string
	// From and Until are the first and the last second; Until is 0 for no end.
	From, Until int64
	// At is when it was recorded, ByKind and By who did.
	At     int64
	ByKind actor.Kind
	By     string
	// How an authority was given what it recorded; empty for what people said themselves.
	How How
	// Source is the law where the basis is one; it is never kept with what people said.
	Source string
}

// holds reports whether a preference says something about an organisation's letters at a moment.
func (p Preference) holds(o ids.Org, at int64) bool {
	return (p.Org == "" || p.Org == o) && p.From <= at && (p.Until == 0 || at <= p.Until)
}

// PreferenceAt is what holds for an organisation's letters at a moment: the last that was said and has not ended; what was said to the organisation itself goes before what was said
// to all of them at an earlier time, and after it at a later one. Nobody who said nothing is written to electronically.
func PreferenceAt(history []Preference, o ids.Org, at int64) Preference {
	best := Preference{Channel: Paper, Basis: None}
	for _, p := range history {
		if p.holds(o, at) && p.Version > best.Version {
			best = p
		}
	}
	return best
}

// How is by what an authority was given a consent that it recorded (S4.8).
type How string

// The ways.
const (
	ByForm  How = "form"  // the printed form, signed
	ByPhone How = "phone" // told by phone
)

// Hows are they.
var Hows = []How{ByForm, ByPhone}
