// Package erasure is the room in which people ask to be erased as a whole: what hinders it, the time to change one's mind, the word of the authorities, and the
// erasing itself.
//
// It promises that nobody is erased who did not ask, having shown who they are, and that who asked can take it back until it begins; that nothing is erased while something is under way that needs
// the person, such as a time ahead; that an authority which keeps something by law says so with its reason, and then what it has stays, and the account with it; and that an erasing that was cut off goes
// on where it was. What is erased how is left to the rooms that have it, and to the registry of columns.
package erasure

import (
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
)

// State is how far a request is.
type State string

// The states of a request.
const (
	Asked     State = "asked"      // nothing is erased yet, and it can be taken back
	TakenBack State = "taken_back" // by whom it is about
	Erasing   State = "erasing"    // it has begun, and goes on until it is done
	Partly    State = "partly"     // an authority keeps what it has, and the account stays with it
	Rest      State = "rest"       // the account is gone; what the law keeps stays under its key until its time is over
	Done      State = "done"       // nothing of the person can be read any more
)

// ID is a request's.
type ID string

// Request is that somebody wants to be erased.
type Request struct {
	Person ids.Person
	ID     ID
	State  State
	// AskedAt is when they asked, DueAt the last second in which nothing is erased, LookAt when the conductor looks at it again, EndedAt when it ended (Unix seconds).
	AskedAt, DueAt, LookAt, EndedAt int64
	Lang                            i18n.Lang
	// Receipt is where they hear that they were erased, sealed; nil once they heard.
	Receipt []byte
	Version int64
}

// Live reports whether it is still under way.
func (r Request) Live() bool { return r.State == Asked || r.State == Erasing || r.State == Rest }

// Word is what an authority says of a request.
type Word string

// The words.
const (
	Open    Word = "open"    // it has said nothing, and what it may erase is erased
	Refused Word = "refused" // it keeps what it has
	Erased  Word = "erased"
)

// Ground is by what an authority refuses (GDPR, article 17, paragraph 3).
type Ground string

// The grounds.
const (
	ByLaw     Ground = "law"     // the law obliges it to keep what it has, or it serves a public task
	ByHealth  Ground = "health"  // public health
	ByArchive Ground = "archive" // an archive in the public interest, research, statistics
	ByClaim   Ground = "claim"   // legal claims
)

// Grounds are all of them, in the order in which they are offered.
var Grounds = []Ground{ByLaw, ByHealth, ByArchive, ByClaim}

// Office is an authority that has something of who asked.
type Office struct {
	Org     ids.Org
	Person  ids.Person
	Request ID
	Word    Word
	Ground  Ground
	// Why are its reason and Appeal how one appeals, in its own words; sealed they are Sealed.
	Why, Appeal string
	Sealed      []byte
	By          ids.Staff
	At          int64
}

// DefaultDays is for how many days one can change one's mind where the installation says nothing else; MostDays is the longest: who asks is answered within a month (GDPR, article 12, paragraph 3).
const (
	DefaultDays = 14
	MostDays    = 30
	daySeconds  = 24 * 60 * 60
)

// DueAt is the last second in which nothing is erased of who asks at a moment.
func DueAt(asked int64, days int) int64 {
	if days <= 0 {
		days = DefaultDays
	}
	return asked + int64(min(days, MostDays))*daySeconds
}

// Fresh is for how many seconds after showing who they are somebody may ask to be erased.
const Fresh = 10 * 60

// MayAsk says whether somebody who showed who they are at a moment may ask: SignInRequired "erasing.again" when that is too long ago.
func MayAsk(shownAt, now int64) error {
	if now > shownAt+Fresh {
		return fault.SignInRequired("erasing.again")
	}
	return nil
}

// MayTakeBack says whether a request can be taken back: Conflict "erasing.begun" once it has begun.
func (r Request) MayTakeBack() error {
	if r.State != Asked {
		return fault.Conflict("erasing.begun", nil)
	}
	return nil
}

// Facts are what is under way of somebody: how many of each.
type Facts struct {
	// Bookings are times ahead, and Waiting places on waiting lists; Courses enrolments for courses that are not over, or waiting for one; Forms what was sent and is not decided; Letters what an authority
	// works with, or waits for to be confirmed.
	Bookings, Waiting, Courses, Forms, Letters int
}

// Hindrance is why nothing can be erased now.
type Hindrance string

// The hindrances.
const (
	HasBookings Hindrance = "bookings"
	HasWaiting  Hindrance = "waiting"
	HasCourses  Hindrance = "courses"
	HasForms    Hindrance = "forms"
	HasLetters  Hindrance = "letters"
)

// Hinders are the hindrances, in the order of the page.
func (f Facts) Hinders() []Hindrance {
	var out []Hindrance
	for _, x := range []struct {
		n int
		h Hindrance
	}{{f.Bookings, HasBookings}, {f.Waiting, HasWaiting}, {f.Courses, HasCourses}, {f.Forms, HasForms}, {f.Letters, HasLetters}} {
		if x.n > 0 {
			out = append(out, x.h)
		}
	}
	return out
}

// Step is what is to be done with a request.
type Step struct {
	// Wait is when to look again; 0 for what is to be erased now.
	Wait int64
	// But are the authorities that keep what they have. Account is true when the account goes, too: nobody keeps anything that the person must be able to see and to appeal.
	But     []ids.Org
	Account bool
}

// Next is what is to be done with a request now. What was asked is erased in the second after DueAt, unless something hinders: then it is looked at again a day later, as long as that takes. What has
// begun goes on.
func Next(r Request, offices []Office, f Facts, now int64) Step {
	if r.State == Asked && now <= r.DueAt {
		return Step{Wait: r.DueAt + 1}
	}
	if r.State == Asked && len(f.Hinders()) > 0 {
		return Step{Wait: now + daySeconds}
	}
	s := Step{Account: true}
	for _, o := range offices {
		if o.Word == Refused {
			s.But, s.Account = append(s.But, o.Org), false
		}
	}
	slices.Sort(s.But)
	return s
}

// Limits of what an authority writes, in characters.
const (
	MaxWhy    = 2000
	MaxAppeal = 2000
)
