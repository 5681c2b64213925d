package conversation

import "luukku/base/ids"

// Claim is what is known of the identity codes in a conversation.
type Claim string

// The claims, from nothing to certainty: no code; one that fails its check; a good one that nobody here has; none, but the office wrote first, to a number that is on
// record for somebody; somebody's whose number on record is another; codes of several people; somebody's whose number on record is the one that it came from.
const (
	ClaimNone    Claim = ""
	ClaimWrong   Claim = "wrong"
	ClaimUnknown Claim = "unknown"
	ClaimRecord  Claim = "record"
	ClaimOther   Claim = "other"
	ClaimSeveral Claim = "several"
	ClaimFits    Claim = "fits"
)

// By says how it is known who a conversation is with.
type By string

// Who a conversation is with is known by a code that fits the number, or because one of the staff has said so. The number alone tells nothing.
const (
	ByNobody By = ""
	ByCode   By = "code"
	ByStaff  By = "staff"
)

// Known is what is known of who a conversation is with.
type Known struct {
	Claim Claim
	// Claimed is whose code was written, or to whose number the office wrote.
	Claimed ids.Person
	// Person is who it is with, once that is certain.
	Person ids.Person
	By     By
}

// Coded reports whether Claimed rests on a code that was written, and not on the number that the office wrote to.
func (k Known) Coded() bool {
	return k.Claimed != "" && (k.Claim == ClaimOther || k.Claim == ClaimSeveral || k.Claim == ClaimFits)
}

// Word is what is known in one word: none, or a claim, unless it is certain by staff or there are codes of several people.
func (k Known) Word() string {
	switch {
	case k.Claim == ClaimSeveral:
		return string(k.Claim)
	case k.By == ByStaff:
		return "staff"
	case k.By == ByCode:
		return string(ClaimFits)
	case k.Claim == ClaimNone:
		return "none"
	}
	return string(k.Claim)
}

// With is what is known after another message with one code. A second person's code takes certainty away that rested on the first, and is told where one of the
// staff has said who it is; a code that is no good takes nothing away.
func (k Known) With(c Claim, person ids.Person) Known {
	switch {
	case c == ClaimNone:
		return k
	case person == "":
		if !k.Coded() {
			k.Claim = c
		}
		return k
	case !k.Coded() && k.By == ByNobody: // it is their own word now
	case k.Claimed != "" && k.Claimed != person, k.By == ByStaff && k.Person != person:
		k.Claim = ClaimSeveral
		if k.By != ByStaff {
			k.Claimed, k.Person, k.By = person, "", ByNobody
		}
		return k
	case k.Claim == ClaimSeveral:
		return k
	}
	k.Claim, k.Claimed = c, person
	if c == ClaimFits && k.By == ByNobody {
		k.Person, k.By = person, ByCode
	}
	return k
}

// Confirmed is what is known after one of the staff has said who it is.
func (k Known) Confirmed(person ids.Person) Known {
	k.Person, k.By = person, ByStaff
	if k.Claim == ClaimSeveral {
		k.Claimed = person
	}
	return k
}
