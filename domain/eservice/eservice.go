// Package eservice is the room of forms that people fill in and send: which version of a form holds when, what somebody has filled in so far, and what became of what was sent.
//
// It promises that what was sent keeps the version of the form that it was made with, word for word; that a draft is there for whoever began it, on any device, until the
// second that they were told; that what was sent is received once, with a number, and never lost; that answers are opened for nobody but whom they are from and those who handle them; and that
// how something stands follows from what happened to it. What a form is and whether answers are right is domain/form's, whose turn it is domain/worklist's, decisions are letters
// (domain/mailbox).
package eservice

import (
	"slices"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/form"
	"luukku/domain/mailbox"
)

// Version is a form as it is asked from a moment on. Nothing of it changes once it is in force.
type Version struct {
	Org  ids.Org
	Form ids.Form
	// Number counts a form's versions from 1.
	Number int64
	// Digest is the SHA-256 of the document, in hexadecimal: what was sent names it.
	Digest string
	// From is the first second in which it holds, in Unix seconds.
	From int64
	// Document is the form as it was written (form.Document as JSON).
	Document []byte
	Note     string // what is new in it, for those who work here
	MadeAt   int64
	MadeBy   ids.Staff // empty for what came with a blueprint
}

// InForce is the version of a form that holds at a moment: of those that hold by then the one with the highest number. It is false where none does yet.
func InForce(versions []Version, at int64) (v Version, ok bool) {
	for _, x := range versions {
		if x.From <= at && (!ok || x.Number > v.Number) {
			v, ok = x, true
		}
	}
	return v, ok
}

// Draft is a form that somebody fills in: its id is the one that it will have when it was sent, so that it is sent once however often that is asked for, and what is attached stays where it is.
type Draft struct {
	Org     ids.Org
	ID      ids.Submission
	Form    ids.Form
	Version int64 // of the form
	Owner   actor.Owner
	// MadeBy is who began it: a person, for themselves or a company; By one of the staff who fills it in for somebody.
	MadeBy ids.Person
	By     ids.Staff
	Lang   i18n.Lang
	// CreatedAt, ChangedAt and ExpiresAt, the first second in which it is deleted, are in Unix seconds.
	CreatedAt, ChangedAt, ExpiresAt int64
	// ToldAt is when whose it is was told that it is deleted before long; 0 for not yet.
	ToldAt int64
	// Seen grows with each change.
	Seen int64
	Filled
	Sealed []byte
	// Secret is the hash of the secret of the browser in which it is filled in without signing in; empty for everybody else's.
	Secret []byte
	// Beside is what was read with it; nil where that is to be asked for.
	Beside *Beside
}

// Beside is what there was beside a draft at the moment in which it was read: the wrapped key of the person whose it is, and whether it had attachments, or others were asked to sign it.
type Beside struct {
	Key          []byte
	Files, Parts bool
}

// Filled is what was filled in, as it is sealed.
type Filled struct {
	Answers form.Answers `json:"answers"`
	// Sources say of places where an answer is not the person's own: what it was filled in from (form.Prefills).
	Sources map[string]string `json:"sources,omitempty"`
	// Done are the steps that were answered, by their place in the form.
	Done []int `json:"done,omitempty"`
	// For is how to reach somebody for whom the office fills it in, or who has not signed in.
	For *Contact `json:"for,omitempty"`
}

// State is how something that was sent stands.
type State string

// The states.
const (
	Received   State = "received"    // it has arrived, nobody has taken it up
	InProgress State = "in_progress" // somebody handles it
	MoreAsked  State = "more_asked"  // the person was asked for more
	Decided    State = "decided"
	Withdrawn  State = "withdrawn" // by whom it was from
	Closed     State = "closed"    // without a decision: there is nothing to decide
)

// States are all of them, in the order of a life.
var States = []State{Received, InProgress, MoreAsked, Decided, Withdrawn, Closed}

// Ended reports whether nothing more is done with it.
func (s State) Ended() bool { return slices.Contains([]State{Decided, Withdrawn, Closed}, s) }

// Submission is a form that was sent. What was sent is never changed; what is answered later is added to it.
type Submission struct {
	Org ids.Org
	ID  ids.Submission
	// Number is what people and those who work here call it by, unique in its organisation: "2026-000123".
	Number  string
	Form    ids.Form
	Version int64
	Digest  string // of the version's document
	Owner   actor.Owner
	// MadeBy is who sent it: for themselves or a company; By one of the staff who sent it for somebody. Owner, MadeBy and By may all be empty where a form takes what nobody signs.
	MadeBy ids.Person
	By     ids.Staff
	// Level is how surely it was known who sent it.
	Level  actor.Level
	Lang   i18n.Lang
	State  State
	Item   ids.Work // the work that it makes
	SentAt int64
	// AnswersDigest is the SHA-256 of what was sent (answers and attachments), in hexadecimal: it stands on the receipt.
	AnswersDigest string
	// AskedUntil is the last second in which what was asked for can be answered; 0 when nothing is asked, or no end was said.
	AskedUntil int64
	EndedAt    int64 // when it was decided, withdrawn or closed; 0 before
	DeleteAt   int64 // the first second in which it is deleted; 0 for never
	ToldAt     int64 // when whose it is was told that; 0 for not yet
	Seen       int64 // grows with each change
	Seq        int64 // the number of its newest change among those of its organisation
	Filled
	// Files are what was attached when it was sent.
	Files  []mailbox.Attachment
	Sealed []byte
	// Browser is the hash of the secret of the browser in which it was filled in without signing in; empty for everybody else's.
	Browser []byte
}
