package course

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
)

// The kinds of the tasks: TaskTell tells somebody what became of their enrolment, TaskSettle looks whether an offer has run out, so that the next in line hears of the place.
const (
	TaskTell   = "enrolments.tell"
	TaskSettle = "enrolments.settle"
)

// What somebody is told.
type What string

// What there is to be told.
const (
	ToldPlace     What = "place"     // has a place
	ToldWaiting   What = "waiting"   // is on the waiting list
	ToldOffer     What = "offer"     // may take a place
	ToldLapsed    What = "lapsed"    // did not answer in time
	ToldCancelled What = "cancelled" // the place was given back
	ToldOff       What = "off"       // the course was called off
	ToldMessage   What = "message"   // what those who run it wrote to all
)

// TellArgs are the arguments of TaskTell. Nothing in them is personal.
type TellArgs struct {
	Org       ids.Org       `json:"org"`
	Enrolment ids.Enrolment `json:"enrolment"`
	What      What          `json:"what"`
	Version   int64         `json:"version"` // of the enrolment: each change is told once
	// Message is what was written to all.
	Message string `json:"message,omitempty"`
}

// Message is what those who run a course wrote to all.
type Message struct {
	Org    ids.Org
	ID     string
	Course ids.Course
	Sealed []byte
	By     ids.Staff
	At     int64
}

// SettleArgs are the arguments of TaskSettle.
type SettleArgs struct {
	Org    ids.Org    `json:"org"`
	Course ids.Course `json:"course"`
	At     int64      `json:"at"`
}

// Reader is what is read alike in and outside of a transaction. What is not there is NotFound "course.not_found".
type Reader interface {
	Course(ctx context.Context, o ids.Org, id ids.Course) (Course, error)
	Taken(ctx context.Context, o ids.Org, id ids.Course, now int64) (Taken, error)
	Enrolment(ctx context.Context, o ids.Org, id ids.Enrolment) (Enrolment, error)
	// OfBatch returns what one form asked for.
	OfBatch(ctx context.Context, o ids.Org, batch ids.Draft) ([]Enrolment, error)
}

// Store is what the room needs of storage.
type Store interface {
	Reader
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	// Courses returns those that end after a moment, the first to begin first.
	Courses(ctx context.Context, o ids.Org, after int64, most int) ([]Course, error)
	// OfCourse returns who has, had or waits for a place.
	OfCourse(ctx context.Context, o ids.Org, id ids.Course, most int) ([]Enrolment, error)
	OfOwner(ctx context.Context, of actor.Owner) ([]Enrolment, error)
	// OfPerson returns a person's own enrolments and those that they made for people without an account.
	OfPerson(ctx context.Context, p ids.Person) ([]Enrolment, error)
	// Place is how many wait before somebody, and one.
	Place(ctx context.Context, e Enrolment) (int, error)
	Waiting(ctx context.Context, o ids.Org, id ids.Course) (int, error)
	// Subject is the enrolment that a mailed link is about, or NotFound "link.not_found".
	Subject(ctx context.Context, hash []byte, now int64) (ids.Org, ids.Enrolment, error)
	Message(ctx context.Context, o ids.Org, id string) (Message, error)
	PersonKey(ctx context.Context, p ids.Person) (wrapped []byte, err error)
	PutAudit(ctx context.Context, entries ...audit.Entry) error
	// InTx runs do in one transaction that locks one course.
	InTx(ctx context.Context, o ids.Org, id ids.Course, do func(ctx context.Context, tx Tx) error) error
}

// Tx is one transaction.
type Tx interface {
	Reader
	// Lock has other changes of who has a place on a course wait until this one is done, gives out so many numbers and places in the line, and returns the course.
	Lock(ctx context.Context, o ids.Org, id ids.Course, numbers int) (Course, error)
	// Over returns the offers and holds that ended before a moment and were not written down.
	Over(ctx context.Context, o ids.Org, id ids.Course, now int64) ([]Enrolment, error)
	// Line returns those who wait from a place in the line on, the first first.
	Line(ctx context.Context, o ids.Org, id ids.Course, from int64, most int) ([]Enrolment, error)
	// EnrolledAs reports whether somebody has a place, or waits for one.
	EnrolledAs(ctx context.Context, o ids.Org, id ids.Course, whoKey []byte) (bool, error)
	HeldBy(ctx context.Context, o ids.Org, id ids.Course, session []byte) ([]Enrolment, error)
	PutPerson(ctx context.Context, p ids.Person, wrapped []byte, at int64) error
	Put(ctx context.Context, e Enrolment) error
	// Set writes an enrolment whose Version is the one that was read; Conflict "course.changed" when it is another by now.
	Set(ctx context.Context, e Enrolment) error
	// Erase overwrites who an enrolment is about, whose Version is the one that was read, and takes the key of who has no account; Conflict "course.changed" when it is another by now.
	Erase(ctx context.Context, e Enrolment) error
	// PutCourse writes a new course; false when there is one of that name.
	PutCourse(ctx context.Context, c Course, by ids.Staff) (bool, error)
	// SetCourse writes a course whose Version is the one that was read; false when it is another by now.
	SetCourse(ctx context.Context, c Course, by ids.Staff) (bool, error)
	// PutMessage keeps what is written to all; false when it is there.
	PutMessage(ctx context.Context, m Message) (bool, error)
	Tell(ctx context.Context, a TellArgs) error
	Settle(ctx context.Context, a SettleArgs) error
	Audit(ctx context.Context, e audit.Entry) error
}

// Known is somebody whom the actor may enrol, as the register or their account has them.
type Known struct {
	Person             ids.Person
	Name, Email, Phone string
	Birth              string
	Lang               i18n.Lang
}

// People knows who signed in, and for whom they may act.
type People interface {
	// Participants are those whom somebody may enrol now: themselves and those in their care, or whom they act for. For a company there are none: its people are named.
	Participants(ctx context.Context, who actor.Actor) ([]Known, error)
	// Contact is where who has signed in is reached.
	Contact(ctx context.Context, who actor.Actor) (Known, error)
	// Protected reports whether somebody is under a non-disclosure order, and the actor is not one of those who may see them.
	Protected(ctx context.Context, who actor.Actor, p ids.Person) (bool, error)
}

// Service has the use cases.
type Service struct {
	Store  Store
	People People
	Seals  *seal.Keyring
	Gen    *ids.Gen
	Now    func() time.Time
	// Access says who may use a service that a course is part of. Nil opens none that takes more than signing in.
	Access *access.Service
	// Committed is told that there may be tasks. May be nil.
	Committed func()

	running running
	texts   texts
}

func (s *Service) committed() {
	if s.Committed != nil {
		s.Committed()
	}
}

func (s *Service) line(o ids.Org, who actor.Actor, action audit.Action, kind, subject string, detail map[string]string) audit.Entry {
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, action, kind, subject, detail)
}

// enrolmentLine is a line of the log about an enrolment.
func (s *Service) enrolmentLine(who actor.Actor, action audit.Action, e Enrolment) audit.Entry {
	return s.line(e.Org, who, action, "enrolment", string(e.ID), map[string]string{"course": string(e.Course)})
}

func sealedPlace(e Enrolment) seal.Place {
	return seal.Place{Table: "enrolment", Column: "sealed", Row: string(e.Org) + "/" + string(e.ID)}
}

func notFound() error { return fault.NotFound("course.not_found") }
