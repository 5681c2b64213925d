// Package course is the room of courses and events: what takes place when and where, for whom, how many places there are, and who has one or waits for one.
//
// It promises that a place is given once, whoever asks at the same second; that who may come and why not is a pure function of the course, the person and the moment; and that a place that
// becomes free is offered to the first in line whom it fits, for a time, and then to the next. What has run out is passed over when it is read and written down when the course is next written
// to: no timer decides. How people are told is left to the jobs, who is whose guardian to domain/identity.
package course

import (
	"fmt"
	"strings"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/actor"
)

// Kind is what it is.
type Kind string

// The kinds: one enrols on both; a course meets several times.
const (
	ACourse  Kind = "course"
	AnEvent  Kind = "event"
	maxTimes      = 60 // how often a course meets at most
)

// Kinds are all of them.
var Kinds = []Kind{ACourse, AnEvent}

// State of a course.
type State string

// The states. What is a draft nobody sees but those who work on it.
const (
	Draft     State = "draft"
	Published State = "published"
	CalledOff State = "called-off"
)

// Session is one meeting.
type Session struct {
	Start int64  `json:"start"` // Unix seconds
	End   int64  `json:"end"`
	Place string `json:"place,omitempty"` // where, if elsewhere than the course
}

// Quota keeps some of the places for some of the people. A place that is kept is given to them alone until Until; from then on it is everybody's.
type Quota struct {
	ID     string      `json:"id"`
	Name   i18n.Text   `json:"name"`
	Places int         `json:"places"`
	MinAge int         `json:"min_age,omitempty"`
	MaxAge int         `json:"max_age,omitempty"` // 0 is none
	Codes  []string    `json:"codes,omitempty"`   // postal codes, or how they begin; none is everywhere
	Langs  []i18n.Lang `json:"langs,omitempty"`   // in which they want to be served; none is any
	Until  int64       `json:"until,omitempty"`   // Unix seconds; 0 is for good
}

// Details are what those who work on a course say of it.
type Details struct {
	Kind    Kind         `json:"kind"`
	Title   i18n.Text    `json:"title"`
	Summary i18n.Text    `json:"summary,omitempty"`
	Body    i18n.Text    `json:"body,omitempty"`
	Topic   ids.Category `json:"topic,omitempty"`
	Service ids.Service  `json:"service,omitempty"`
	Place   string       `json:"place,omitempty"`
	Lang    i18n.Lang    `json:"lang,omitempty"` // in which it is held
	Price   i18n.Text    `json:"price,omitempty"`
	Contact string       `json:"contact,omitempty"` // whom to ask

	Sessions []Session `json:"sessions"`
	Places   int       `json:"places"`
	Quotas   []Quota   `json:"quotas,omitempty"`
	// MinAge, MaxAge and Codes say who may come at all.
	MinAge int      `json:"min_age,omitempty"`
	MaxAge int      `json:"max_age,omitempty"`
	Codes  []string `json:"codes,omitempty"`

	// Opens is the first second of the enrolment period, Closes its last; Closes 0 is the start. CancelUntil is the last second in which people cancel by themselves; 0 is the start.
	Opens       int64 `json:"opens"`
	Closes      int64 `json:"closes,omitempty"`
	CancelUntil int64 `json:"cancel_until,omitempty"`
	// Hold is how long a place is held while a form is filled in, in minutes; Offer how long one that became free is offered to one who waits, in hours.
	Hold  int `json:"hold"`
	Offer int `json:"offer"`
	// Level is how surely it must be known who enrols; "none" takes enrolments by email, too.
	Level string `json:"level"`
	// AtOnce is how many may be enrolled in one go; Waiting says that there is a waiting list.
	AtOnce  int  `json:"at_once"`
	Waiting bool `json:"waiting"`
}

// Course is a course or an event.
type Course struct {
	Org       ids.Org
	ID        ids.Course
	State     State
	Version   int64
	Last      int64 // the last number that was given out
	Line      int64 // the last place in the line that was given out
	ChangedAt int64
	Details
}

// Needs is how surely it must be known who enrols.
func (d Details) Needs() actor.Level {
	l, _ := actor.ParseLevel(d.Level)
	return l
}

// Number is an enrolment's number as people say it.
func Number(c ids.Course, n int64) string {
	name := strings.ToUpper(string(c))
	if len(name) > 4 {
		name = name[:4]
	}
	return fmt.Sprintf("%s-%04d", strings.Trim(name, "-"), n)
}

// Status of an enrolment.
type Status string

// The statuses.
const (
	Filling   Status = "filling"   // the form is being filled in, and no place is held
	Held      Status = "held"      // a place is held until Until while it is
	Attending Status = "attending" // has a place
	Waiting   Status = "waiting"
	Offered   Status = "offered" // may take a place until Until
	Cancelled Status = "cancelled"
	Declined  Status = "declined" // did not want the place
	Lapsed    Status = "lapsed"   // did not answer an offer in time
	Off       Status = "off"      // the course was called off
)

// Mark is whether somebody came.
type Mark string

// The marks. The zero value says nothing of it.
const (
	Came   Mark = "came"
	Absent Mark = "absent"
)

// Enrolment is somebody's place, or that they asked for one.
type Enrolment struct {
	Org    ids.Org
	ID     ids.Enrolment
	Course ids.Course
	Batch  ids.Draft // what was sent with one form
	Status Status
	// Person is whose key seals what is sealed; Account in whose folder it is; Company for whom they come; By who filled in the form, where that is another person, and Clerk who did so by phone.
	Person  ids.Person
	Account ids.Person
	Company ids.Company
	By      ids.Person
	Clerk   ids.Staff
	Session []byte // whose form it is, while it is being filled in
	Number  int64
	Name    string
	Email   string
	Phone   string // E.164
	Lang    i18n.Lang
	Quota   string   // which place it is; empty is one of those for everybody
	Fits    []string // the quotas of which a place would do
	Until   int64    // Unix seconds, inclusive
	Line    int64    // where it stands in the line: when it joined, Unix microseconds, and behind everybody who has joined before whatever the clock said
	Mark    Mark
	WhoKey  []byte // the same for the same person
	Sealed  []byte
	Version int64
	// CreatedAt and ChangedAt are Unix seconds.
	CreatedAt, ChangedAt int64
}

// Private is what is sealed of an enrolment.
type Private struct {
	Birth string `json:"birth,omitempty"` // YYYY-MM-DD
	Code  string `json:"code,omitempty"`  // postal code
	Note  string `json:"note,omitempty"`
}

// At is the status now: an offer or a hold whose time is over has lapsed, whether or not that was written down.
func (e Enrolment) At(now int64) Status {
	if planted.Bug("course-offer-late") && e.Status == Offered {
		now--
	}
	switch {
	case e.Status == Offered && now > e.Until:
		return Lapsed
	case e.Status == Held && now > e.Until:
		return Filling
	}
	return e.Status
}

// Live reports whether somebody still has a place, waits for one or may take one.
func (e Enrolment) Live(now int64) bool {
	switch e.At(now) {
	case Attending, Waiting, Offered:
		return true
	}
	return false
}
