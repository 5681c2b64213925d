// Package trap holds off programs that fill in every form they meet, without a puzzle: by a field that nobody sees, and by how long a form was open.
//
// It promises that a person who sends a form in their own time is never held off, and that who is too quick loses nothing: they are asked to send it again. How often one network may send something is
// base/limit's to count, by the rates that are here.
package trap

import (
	"time"

	"luukku/base/fault"
	"luukku/base/limit"
)

// The time a form is open: who sends it sooner has not read it, and after the last second it is to be opened anew.
const (
	Soonest = 3 * time.Second
	Latest  = 24 * time.Hour
)

// How often one network may do something of which nobody knows who does it: say something of a page, send a form, and begin or change one. Behind one network may be a library, or everybody of one
// operator.
var (
	Saying  = limit.Rate{N: 1, Per: 5 * time.Minute, Burst: 5}
	Sending = limit.Rate{N: 1, Per: time.Minute, Burst: 10}
	Filling = limit.Rate{N: 1, Per: 2 * time.Second, Burst: 120}
	Files   = limit.Rate{N: 1, Per: 30 * time.Second, Burst: 20}
	// Codes is how often a code may be tried that opens what was sent.
	Codes = limit.Rate{N: 1, Per: 10 * time.Second, Burst: 20}
)

// Judge says what a form that was opened at one moment and sent at another is: nil for a person's. bait is a field that nobody sees. A form that was sent too soon, or lies too long, comes back
// with what was typed; silent is true for what only a program does. What is done with that the door says: feedback is thanked for and not kept, and a form that somebody may wait for comes back.
func Judge(opened, sent time.Time, bait string) (silent bool, err error) {
	switch d := sent.Sub(opened); {
	case bait != "":
		return true, nil
	case d < Soonest:
		return false, fault.Invalid("form.too_soon", nil)
	case d > Latest:
		return false, fault.Invalid("form.too_late", nil)
	}
	return false, nil
}
