// Package mailbox is the room of letters between authorities and people: decisions, notices and messages without paper, and what people write back.
//
// It keeps three things apart. A Letter is what was written: nothing of it changes once it is published. A Delivery is the way that it goes to its recipient: into their
// mailbox, or printed and posted. An Event says who did what with it and when; events are only ever added, and how a letter stands follows from them (Standing).
//
// It promises that nobody but the recipient and the sender's unit learns what a letter says or is about; that what cannot be delivered electronically goes on paper and
// is never silently lost; that each deadline is a whole second, its last one included; and that the date of service follows from a rule that can be named with its source
// (ServiceRules). What people write is work of the organisation from the same moment on (Matter). How people are told that something arrived is left to domain/notify, who
// somebody is to domain/identity, and the order of the authority's work to domain/worklist.
package mailbox

import (
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/file"
)

// Kind is what a letter is.
type Kind string

// What authorities send, and what people do. Where the difference matters in law, the kind says so; it never says what a letter is about.
const (
	Message     Kind = "message"
	Decision    Kind = "decision"
	Notice      Kind = "notice"
	Welcome     Kind = "welcome" // greets a new account
	Receipt     Kind = "receipt" // acknowledges what a person sent (FI 13/2003, section 12)
	Application Kind = "application"
	Statement   Kind = "statement"
	Claim       Kind = "rectification" // a rectification claim
	Other       Kind = "other"
)

// Written are the kinds that a person may write.
var Written = []Kind{Application, Statement, Claim, Notice, Other}

// Sent are the kinds that an authority may send.
var Sent = []Kind{Decision, Notice, Message}

// Mode is how a letter is served.
type Mode string

// Ordinary service needs nothing of the recipient; verifiable service asks them to confirm that it arrived before they may read it (FI 13/2003, sections 18 and 19).
const (
	Ordinary   Mode = "ordinary"
	Verifiable Mode = "verifiable"
)

// Channel is the way that a letter goes.
type Channel string

// The channels.
const (
	Electronic Channel = "mailbox"
	Paper      Channel = "paper"
)

// Content is what a letter says. It is sealed under the key of whose mailbox it is.
type Content struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
	// Post is where it is posted to when it goes on paper: the name and the lines of the address. Empty where the sender gave none.
	Post []string `json:"post,omitempty"`
	// Files are what is attached, so that the digest of the content is one of the files, too.
	Files []Attachment `json:"files,omitempty"`
}

// Attachment is what a letter says of a file that is attached to it.
type Attachment struct {
	ID   ids.File  `json:"id"`
	Name string    `json:"name"`
	Type file.Type `json:"type"`
	Size int64     `json:"size"`
	// Digest is the SHA-256 of the file, as people compare it.
	Digest string `json:"sha256"`
}

// Letter is what was written: by an authority to a person or company, or by them to it.
type Letter struct {
	Org ids.Org
	ID  ids.Letter
	// Owner is whose mailbox it is in, whoever wrote it.
	Owner actor.Owner
	// Thread is the first letter of the exchange that it belongs to; its own for that one.
	Thread ids.Letter
	// Inward says that the owner wrote it; By is the person who did, where they acted for the owner.
	Inward bool
	By     ids.Person
	Kind   Kind
	Mode
	Lang i18n.Lang
	// Reply says that the recipient may answer.
	Reply bool
	// CreatedAt is when the sender handed it over, PublishAt when it may be seen, ExpiresAt the last second in which it can be read; 0 is never. In Unix seconds.
	CreatedAt, PublishAt, ExpiresAt int64
	// ConfirmBy is the last second in which a verifiable one can be confirmed before it is served otherwise; 0 for an ordinary one.
	ConfirmBy int64
	Channel   Channel
	// BySignIn says of a letter that is being published that signing in serves it. It is not kept with the letter: the event of its publication says so.
	BySignIn bool
	// Class is how long its sender wants a letter kept that is being published: a class of the organisation (org.Retention); empty goes by its kind. It is kept in Kept.
	Class string
	// Ref is the sender's own name of it; it is never personal.
	Ref string
	// of is the mailing whose attachments a letter has that is being sent; empty for one that names uploads. It is not kept with the letter.
	of ids.Mailing
	// Digest is the SHA-256 of the content as it was handed over.
	Digest []byte
	Content
	// Sealed is the content as it is stored.
	Sealed []byte
}

// DigestHex is the digest as people compare it.
func (l Letter) DigestHex() string { return hexOf(l.Digest) }

// What happened to a letter.
type What string

// What happens. Those to the sender's eyes come in the feed; a reader's housekeeping does not (Feed).
const (
	Accepted  What = "accepted" // taken over from the sender
	Published What = "published"
	Told      What = "notified"
	Unreached What = "notification_failed" // nobody could be told; it is delivered all the same
	Reminded  What = "reminded"            // told again, since it was not read
	SignedIn  What = "signed_in"           // somebody entitled came to the mailbox after it was published: only of letters that this serves
	Read      What = "read"
	Confirmed What = "confirmed" // the recipient said that it arrived
	Unserved  What = "service_failed"
	Printing  What = "printing" // in a batch for the printer
	Printed   What = "printed"
	Posted    What = "posted"
	Returned  What = "returned"
	Recalled  What = "recalled" // taken back by the sender before anybody read it
	Expired   What = "expired"
	Purged    What = "purged"
	Marked    What = "unread" // marked as not read
	Archived  What = "archived"
	Taken     What = "unarchived"
	Deleted   What = "deleted" // into the bin
	Restored  What = "restored"
	Seen      What = "seen"          // what a person wrote was read by one of those who work at the organisation
	Checked   What = "checked"       // the attachments of a letter that goes on paper are clean
	Lapsing   What = "deletion_told" // the reader was told that it is deleted soon, or, with a detail, what is attached
	// FilesPurged says that what is attached was deleted since its time was over.
	FilesPurged What = "files_purged"
	Refused     What = "refused" // malware was found in an attachment; of a letter that a person wrote, the detail is the file
)

// Event is one thing that happened to a letter. Events are appended, and never changed.
type Event struct {
	Org    ids.Org
	Letter ids.Letter
	// Seq numbers the events of an organisation from 1 on without a gap, in the order in which they became known: a program that reads on after one misses none.
	Seq int64
	// At is when it happened, in Unix seconds.
	At   int64
	What What
	// ActorKind and Actor are who did it, For whom they acted for, Level how surely it was known who they are.
	ActorKind actor.Kind
	Actor     string
	For       ids.Company
	Level     actor.Level
	// Detail is a slug, and never personal.
	Detail string
}

// feed are the events that the sender is told of.
var feed = map[What]bool{
	Accepted: true, Published: true, Told: true, Unreached: true, Reminded: true, SignedIn: true, Read: true, Confirmed: true, Unserved: true, Printing: true, Printed: true, Posted: true, Returned: true,
	Recalled: true, Expired: true, Purged: true, FilesPurged: true, Checked: true, Refused: true,
}

// Fed reports whether the sender is told of an event: what a reader does to keep their mailbox tidy is nobody else's.
func (w What) Fed() bool { return feed[w] }
