package notify

import (
	"errors"
	"strconv"
	"strings"

	"luukku/base/ids"
	"luukku/base/planted"
)

// TaskSend is the kind of the task that renders a notice and hands it to a gateway.
const TaskSend = "notice.send"

// Event is what a notice tells of.
type Event string

// The events so far.
const (
	AppointmentBooked    Event = "appointment.booked"
	AppointmentChanged   Event = "appointment.changed"
	AppointmentMoved     Event = "appointment.moved"
	AppointmentCancelled Event = "appointment.cancelled"
	// AppointmentPending carries the link that confirms, AppointmentProposed tells of a pre-reservation, AppointmentLapsed that nobody confirmed it.
	AppointmentPending  Event = "appointment.pending"
	AppointmentProposed Event = "appointment.proposed"
	AppointmentLapsed   Event = "appointment.lapsed"
	// AppointmentReminder comes before the time, as often as the policy says.
	AppointmentReminder Event = "appointment.reminder"
	// The waiting list: a place on it, a time that is offered, and that somebody else was faster.
	WaitingJoined Event = "waitlist.joined"
	TimeOffered   Event = "waitlist.offered"
	OfferGone     Event = "waitlist.gone"
)

// Channel is how a notice travels.
type Channel string

// The channels. A notice from before there was a second one has none written, and is a mail.
const (
	Email Channel = "email"
	SMS   Channel = "sms"
)

// Channels are all of them.
var Channels = []Channel{Email, SMS}

// State of a notice.
type State string

// The states. A notice that has no address any more when it is due is dropped; with an unknown outcome the gateway may or may not have it.
const (
	StateWaiting State = "waiting"
	StateSent    State = "sent"
	StateDropped State = "dropped"
	StateFailed  State = "failed"
	StateUnknown State = "unknown"
)

// OutcomeBegun is the outcome of a try whose end is not recorded yet. One that stays so was cut short, and may have reached the gateway.
const OutcomeBegun State = "begun"

// Notice is something a person is told: an event and its arguments. Consent, wording, language and address are decided when it is sent, so nothing of
// them is in it, and its arguments are never personal.
type Notice struct {
	Org         ids.Org
	ID          ids.Notice
	Event       Event
	Channel     Channel
	Appointment ids.Appointment // what it is about, or
	Waiting     ids.Waiting     // the place on a waiting list that it is about
	Person      ids.Person
	Args        map[string]string
	CreatedAt   int64 // Unix seconds
	State       State
	Round       int // how often somebody had it sent again
}

// Ref is how gateways know the notice: by its id, and when somebody had it sent again also by how often. A retry is the same to a gateway, one that somebody
// asked for is not.
func (n Notice) Ref() ids.Notice { return RefOf(n.ID, n.Round) }

// RefOf joins an id and a round; CutRef takes them apart, and is false for what RefOf never returns.
func RefOf(id ids.Notice, round int) ids.Notice {
	if round == 0 || planted.Bug("round-ignored") {
		return id
	}
	return id + "." + ids.Notice(strconv.Itoa(round))
}

// CutRef takes apart what RefOf joined.
func CutRef(ref ids.Notice) (id ids.Notice, round int, ok bool) {
	head, tail, two := strings.Cut(string(ref), ".")
	if !two {
		return ref, 0, ref != ""
	}
	round, err := strconv.Atoi(tail)
	id = ids.Notice(head)
	return id, round, err == nil && round > 0 && head != "" && RefOf(id, round) == ref
}

// SendArgs are the arguments of TaskSend.
type SendArgs struct {
	Org    ids.Org    `json:"org"`
	Notice ids.Notice `json:"notice"`
}

// Delivery is one try to hand a notice to a gateway. Tries are appended, never changed.
type Delivery struct {
	AtMicros  int64 // Unix microseconds
	Channel   Channel
	Outcome   State
	Reference string // the gateway's, never personal
}

// Letter is a notice as those who work here see it: what it tells of, how it went, and never what it says or to whom.
type Letter struct {
	ID          ids.Notice
	Event       Event
	Channel     Channel
	Appointment ids.Appointment
	Waiting     ids.Waiting
	Office      ids.Office
	Start       int64 // of the appointment
	CreatedAt   int64
	SettledAt   int64
	State       State
	Why         string // one of Whys, where it could not be delivered
	// Fate is what was said of it after it was handed over, and when.
	Fate   Fate
	FateAt int64
	// Text says that it is no notice but a text message of its own: an answer, or what somebody of the staff wrote. About is then what it belongs to, and Number
	// who it went to, where it belongs to nothing.
	Text          bool
	About, Number string
	// Other is another channel by which the person can be reached; empty for none.
	Other Channel
}

// Whys are why a notice could not be delivered: how far it came, or that all tries were in vain.
var Whys = []string{string(StageMessage), string(StageConnect), string(StageSender), string(StageReceive), string(StageContent), string(StageFinal), WhyTries, WhyNoSuch, WhyExpired, WhyFull, WhyReturned}

// WhyTries says that the gateway could not be reached in all the tries. The others are what networks and mail servers say afterwards: there is no such number
// or address, it could not be reached for too long, its mailbox is full, or no more than that it did not arrive.
const (
	WhyTries    = "tries"
	WhyNoSuch   = "nosuch"
	WhyExpired  = "expired"
	WhyFull     = "full"
	WhyReturned = "returned"
)

// WhyOf says in one word of Whys why a notice could not be delivered.
func WhyOf(err error) string {
	if p, ok := errors.AsType[*Permanent](err); ok {
		return string(p.Stage)
	}
	if IsUnknown(err) {
		return string(StageFinal)
	}
	return WhyTries
}
