package actor

import (
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/planted"
)

// Bounds are what a program's key is limited to within its organisation. What is empty limits nothing; what is not is held against every object that the program asks for: it is one of these, or it is not there.
type Bounds struct {
	// Offices are the places whose work it has: what belongs to the organisation as a whole belongs to none of them.
	Offices []ids.Office
	// Inboxes and Forms are those whose work it has, for the rights over what lies in inboxes, and over forms.
	Inboxes []ids.Inbox
	Forms   []ids.Form
}

// IsZero reports whether nothing is limited.
func (b Bounds) IsZero() bool { return len(b.Offices)+len(b.Inboxes)+len(b.Forms) == 0 }

// Mark tells bounds from others: the same for the same, in whatever order they were chosen.
func (b Bounds) Mark() string {
	return "offices=" + inOrder(b.Offices) + ";inboxes=" + inOrder(b.Inboxes) + ";forms=" + inOrder(b.Forms)
}

func inOrder[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, x := range slices.Sorted(slices.Values(list)) {
		words[i] = string(x)
	}
	return strings.Join(words, ",")
}

// covers reports whether an object is within the bounds, for a right.
func (b Bounds) covers(rule Rule, on Object) bool {
	return (len(b.Offices) == 0 || slices.Contains(b.Offices, on.Office) || planted.Bug("key-beyond-office")) &&
		(!rule.OfInbox || len(b.Inboxes) == 0 || slices.Contains(b.Inboxes, on.Inbox) || planted.Bug("key-beyond-inbox")) &&
		(!rule.OfForm || len(b.Forms) == 0 || slices.Contains(b.Forms, on.Form) || planted.Bug("key-beyond-form"))
}

// Fits says whether bounds mean something for each of some rights: each bound needs a right that it limits, and each right must be one that a bound to places can limit. It is a fault with the fields
// "offices", "inboxes" and "forms".
func (b Bounds) Fits(scopes []Right) error {
	var wrong []fault.Field
	ofInbox, ofForm := false, false
	for _, r := range scopes {
		rule, _ := RuleOf(r)
		ofInbox, ofForm = ofInbox || rule.OfInbox, ofForm || rule.OfForm
		if len(b.Offices) > 0 && !rule.OfOffice && len(wrong) == 0 {
			wrong = append(wrong, fault.Field{Name: "offices", Key: "clients.offices_whole"})
		}
	}
	if len(b.Inboxes) > 0 && !ofInbox {
		wrong = append(wrong, fault.Field{Name: "inboxes", Key: "clients.inboxes_nothing"})
	}
	if len(b.Forms) > 0 && !ofForm {
		wrong = append(wrong, fault.Field{Name: "forms", Key: "clients.forms_nothing"})
	}
	if len(wrong) > 0 {
		return fault.Invalid("form.invalid", nil, wrong...)
	}
	return nil
}

// MaySomewhere is May for something of an organisation, wherever in it: for what a list is opened with of which each line is asked for by itself.
func (a Actor) MaySomewhere(r Right, o ids.Org) error {
	a.Only = Bounds{}
	return a.May(r, Object{Org: o})
}
