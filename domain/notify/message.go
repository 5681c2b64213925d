// Package notify is what people are told, and the words for handing it over.
//
// A notice is an event and its arguments; consent, wording, language and address are decided when it is sent. A Message is the result: one rendered
// mail, ready for a Mailer. The package promises that an address that ParseEmail or ParsePhone returned can stand in a header or a command as it is,
// and that a Message that passes Check breaks out of no header. How mail travels is left to the gateways, when to try again to the tasks.
package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// Limits of a message, in octets, within what mail servers take: a line of a header has at most 998.
const (
	maxSubject  = 900
	maxName     = 900
	maxBody     = 1 << 20
	maxCalendar = 256 << 10
)

// Address is somebody by name and email address. The name may be empty.
type Address struct{ Name, Email string }

// IsZero reports whether there is no address.
func (a Address) IsZero() bool { return a.Email == "" }

// Message is one mail, rendered: to one person, in one language.
type Message struct {
	Org   ids.Org    // whose notice it is; does not travel
	ID    ids.Notice // a retry carries the same, so that the receiver can tell
	Event Event
	// Unsubscribe is the address at which the person takes back that such mails are sent, by one click (RFC 8058); empty for none.
	Unsubscribe string
	Lang        i18n.Lang
	To          Address
	From        Address
	ReplyTo     Address // zero when answers go to From
	Subject     string
	Text        string // required: the plain text says everything
	HTML        string // empty for text alone
	// Calendar is an iCalendar file (base/ical), or empty; CalendarMethod is its METHOD: PUBLISH, REQUEST or CANCEL.
	Calendar       []byte
	CalendarMethod string
}

// Header is one header field of a mail.
type Header struct{ Name, Value string }

// Headers returns the fields that every mail of Luukku carries besides the usual ones: a machine wrote it, so no vacation responder shall answer (RFC
// 3834), and its language.
func (m Message) Headers() []Header {
	out := []Header{
		{"Auto-Submitted", "auto-generated"},
		{"X-Auto-Response-Suppress", "All"},
		{"Content-Language", string(m.Lang)},
	}
	if m.Unsubscribe != "" {
		out = append(out, Header{"List-Unsubscribe", "<" + m.Unsubscribe + ">"}, Header{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"})
	}
	return out
}

// MessageID returns the Message-ID without its angle brackets: the same for every attempt at one notice from one domain (RFC 5322, 3.6.4).
func (m Message) MessageID() string {
	return string(m.ID) + "@" + m.From.Email[strings.LastIndexByte(m.From.Email, '@')+1:]
}

// Check reports what makes the message impossible to send, as a *Permanent. It names the field and never holds its value. Every Mailer calls it first.
func (m Message) Check() error {
	switch {
	case !isToken(string(m.ID)):
		return refuse("id")
	case !isToken(string(m.Lang)):
		return refuse("lang")
	case m.Subject == "" || !isHeader(m.Subject, maxSubject):
		return refuse("subject")
	case m.Unsubscribe != "" && (!isHeader(m.Unsubscribe, maxName) || strings.ContainsAny(m.Unsubscribe, "<> ")):
		return refuse("unsubscribe")
	case strings.TrimSpace(m.Text) == "" || !isBody(m.Text):
		return refuse("text")
	case !isBody(m.HTML):
		return refuse("html")
	case len(m.Calendar) > maxCalendar || !utf8.Valid(m.Calendar):
		return refuse("calendar")
	case len(m.Calendar) > 0 && m.CalendarMethod != "PUBLISH" && m.CalendarMethod != "REQUEST" && m.CalendarMethod != "CANCEL":
		return refuse("calendar method")
	}
	for _, a := range []struct {
		field string
		Address
		optional bool
	}{{"to", m.To, false}, {"from", m.From, false}, {"reply-to", m.ReplyTo, true}} {
		if a.optional && a.Address == (Address{}) {
			continue
		}
		if clean, err := ParseEmail(a.Email); err != nil || clean != a.Email || !isHeader(a.Name, maxName) {
			return refuse(a.field)
		}
	}
	return nil
}

func refuse(field string) error {
	return &Permanent{Stage: StageMessage, Cause: errors.New("unfit for a mail: " + field)}
}

// isToken reports whether s can be the left side of a Message-ID or a language tag: letters, digits, dots, hyphens and underscores.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && (c != '.' || i == 0 || i == len(s)-1) {
			return false
		}
	}
	return s != "" && len(s) <= 200 && !strings.Contains(s, "..")
}

// isHeader reports whether s can stand in a header: valid UTF-8, one line, no control characters.
func isHeader(s string, limit int) bool {
	return len(s) <= limit && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
}

func isBody(s string) bool {
	return len(s) <= maxBody && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// Receipt is what a gateway was told when it handed a message over.
type Receipt struct {
	Reference string // the Message-ID, without angle brackets
	Code      int    // the server's answer, such as 250; 0 from a gateway that has none
	Answer    string // the server's words without addresses, at most 200 octets: often its queue number
}

// Mailer hands mail over. Implementations are safe for use by several goroutines, and must pass gateway/mailtest.
//
// Send returns nil when the next server took responsibility for the message. A *Permanent error means that trying this message again is useless. A
// *Unknown error means that the message may or may not be on its way: the caller decides by policy, and reports it. Any other error means that the
// message was not handed over and may be tried again later, also when the context ended. No error holds an address, a name or a word of the message.
type Mailer interface {
	Send(ctx context.Context, m Message) (Receipt, error)
}

// Stage is how far a message had come.
type Stage string

// The stages, in their order.
const (
	StageMessage Stage = "message" // it never left: unfit
	StageConnect Stage = "connect" // connection, greeting, encryption, sign-in
	StageSender  Stage = "sender"
	StageReceive Stage = "recipient"
	StageContent Stage = "content" // while its text was sent
	StageFinal   Stage = "final"   // after its last octet
)

// Permanent says that a message was refused for good: a 5xx answer, a bad address.
type Permanent struct {
	Stage    Stage
	Code     int    // the server's answer; 0 when no server was asked
	Enhanced string // the enhanced status code, such as 5.1.1, when there was one (RFC 3463)
	Cause    error  // for the log; never personal; may be nil
}

// Error says at which stage, with which codes.
func (e *Permanent) Error() string {
	return describe("refused for good", e.Stage, e.Code, e.Enhanced, e.Cause)
}

// Unwrap returns the cause, or nil.
func (e *Permanent) Unwrap() error { return e.Cause }

// Unknown says that the outcome is not known: the connection was lost between the last octet of the message and the server's answer.
type Unknown struct {
	Cause error // for the log; never personal; may be nil
}

// Error says so.
func (e *Unknown) Error() string { return describe("outcome unknown", StageFinal, 0, "", e.Cause) }

// Unwrap returns the cause, or nil.
func (e *Unknown) Unwrap() error { return e.Cause }

// Temporary says that a message was not handed over, and may be tried again.
type Temporary struct {
	Stage    Stage
	Code     int
	Enhanced string
	Cause    error
}

// Error says at which stage, with which codes.
func (e *Temporary) Error() string {
	return describe("not handed over", e.Stage, e.Code, e.Enhanced, e.Cause)
}

// Unwrap returns the cause, or nil.
func (e *Temporary) Unwrap() error { return e.Cause }

func describe(what string, stage Stage, code int, enhanced string, cause error) string {
	s := fmt.Sprintf("message %s at %s", what, stage)
	if code != 0 {
		s += fmt.Sprintf(": %d", code)
	}
	if enhanced != "" {
		s += " " + enhanced
	}
	if cause != nil {
		s += ": " + cause.Error()
	}
	return s
}

// IsPermanent reports whether trying the message again is useless.
func IsPermanent(err error) bool {
	_, ok := errors.AsType[*Permanent](err)
	return ok
}

// IsUnknown reports whether the message may or may not be on its way.
func IsUnknown(err error) bool {
	_, ok := errors.AsType[*Unknown](err)
	return ok
}

// Stored is a message that an outbox kept instead of sending it.
type Stored struct {
	// SMS is the number of a text message, in E.164; empty for a mail. Of its Message only the text, the language and whose it is count.
	SMS     string `json:",omitempty"`
	SMSFrom string `json:",omitempty"` // what it comes from; empty for the gateway's own
	Message Message
	At      time.Time
	Receipt Receipt
	Failure string // empty when the message counts as sent; else "temporary" or "permanent", of a simulated failure
}

// Keeper keeps what an outbox would have sent. Keep may be called again with the same message, and keeps both. The store implements it; an error of
// it means that nothing was kept.
type Keeper interface {
	Keep(ctx context.Context, s Stored) error
}
