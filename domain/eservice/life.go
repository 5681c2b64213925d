package eservice

import (
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/form"
	"luukku/domain/mailbox"
)

// What happened to something that was sent.
type What string

// What happens. How something stands follows from it (Stand).
const (
	Arrived   What = "received"
	TakenUp   What = "taken_up"  // somebody has begun to handle it
	Asked     What = "asked"     // for more; until when is said with it
	Added     What = "added"     // by whom it is from, or by one of the staff for them
	Answered  What = "decided"   // detail: the letter with the decision
	TakenBack What = "withdrawn" // by whom it is from
	Ended     What = "closed"    // without a decision
	Reopened  What = "reopened"
	Unclean   What = "file_refused" // malware was found in an attachment after it was sent, or it cannot be looked at; detail: the file
)

// Event is one thing that happened. Events are appended, and never changed.
type Event struct {
	Org        ids.Org
	Submission ids.Submission
	// Seq counts the events of what was sent from 1.
	Seq, At   int64
	What      What
	ActorKind actor.Kind
	Actor     string
	// Level is how surely it was known who did it, where a person did.
	Level actor.Level
	// Detail is a slug or an identifier, and never personal.
	Detail string
	// Until is the last second in which what was asked for can be answered; 0 for no end.
	Until int64
	Note
	Sealed []byte
}

// Note is what was written with an event, as it is sealed: what is asked for, and what was added.
type Note struct {
	// Subject is that of a decision which is read behind a code.
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text,omitempty"`
	// Answers are those that were given anew: the ones before stay what was sent. Fields are the places of the questions that are to be answered anew, or were: one without an answer has none any more.
	Answers form.Answers         `json:"answers,omitempty"`
	Fields  []string             `json:"fields,omitempty"`
	Files   []mailbox.Attachment `json:"files,omitempty"`
	// Outcome is what a decision came to, where that was said.
	Outcome string `json:"outcome,omitempty"`
}

func (n Note) empty() bool {
	return n.Text == "" && len(n.Answers) == 0 && len(n.Fields) == 0 && len(n.Files) == 0 && n.Outcome == ""
}

// Stand is how something stands after what happened to it.
func Stand(events []Event) State {
	var s State
	for _, e := range events {
		s = s.after(e.What)
	}
	return s
}

func (s State) after(w What) State {
	switch w {
	case Arrived:
		return Received
	case TakenUp, Reopened:
		return InProgress
	case Asked:
		return MoreAsked
	case Added:
		if s == MoreAsked { // it is the turn of those who handle it
			return InProgress
		}
	case Answered:
		return Decided
	case TakenBack:
		return Withdrawn
	case Ended:
		return Closed
	}
	return s
}

// befores are the states in which something can happen.
var befores = map[What][]State{
	TakenUp: {Received}, Asked: {Received, InProgress, MoreAsked}, Added: {Received, InProgress, MoreAsked}, Answered: {Received, InProgress, MoreAsked},
	TakenBack: {Received, InProgress, MoreAsked}, Ended: {Received, InProgress, MoreAsked}, Reopened: {Decided, Closed},
}

// May says whether something can happen to what stands so: Conflict "submission.not_now" when not. What was withdrawn stays so: whoever thinks better of it sends it anew.
func (s State) May(w What) error {
	if !slices.Contains(befores[w], s) {
		return fault.Conflict("submission.not_now", nil)
	}
	return nil
}

// Late reports whether what was asked for was not answered in time: in the last second it is not late yet.
func (s Submission) Late(now int64) bool {
	return s.State == MoreAsked && s.AskedUntil > 0 && now > s.AskedUntil
}

const day = 24 * 60 * 60

// DeleteAt is the first second in which something is deleted that ended at a moment and is kept for so many days; 0 for what is kept for ever, or has not ended.
func DeleteAt(ended int64, days int) int64 {
	if ended == 0 || days <= 0 {
		return 0
	}
	return ended + int64(days)*day + 1
}

// next is what was sent after something happened to it.
func (s Submission) next(e Event, keepDays int) Submission {
	was := s.State
	s.State = was.after(e.What)
	switch {
	case s.State.Ended() && !was.Ended():
		s.EndedAt, s.AskedUntil = e.At, 0
	case !s.State.Ended():
		s.EndedAt = 0
	}
	if e.What == Asked {
		s.AskedUntil = e.Until
	} else if e.What == Added {
		s.AskedUntil = 0
	}
	s.DeleteAt = DeleteAt(s.EndedAt, keepDays)
	return s
}

// numberOf is what people call something by that was sent as the n-th of a year.
func numberOf(year int, n int64) string {
	digits := []byte("000000")
	for i := len(digits) - 1; i >= 0 && n > 0; i-- {
		digits[i] = byte('0' + n%10)
		n /= 10
	}
	prefix := ""
	for ; n > 0; n /= 10 { // more than a million in one year
		prefix = string(byte('0'+n%10)) + prefix
	}
	return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006") + "-" + prefix + string(digits)
}
