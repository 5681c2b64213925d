package notify

import (
	"context"
	"strings"
	"unicode/utf8"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// Text is one text message, rendered: to one number, in one language.
type Text struct {
	Org   ids.Org
	ID    ids.Notice
	Event Event
	Lang  i18n.Lang
	To    string // E.164
	// From is the number or name that it comes from; empty leaves it to the gateway.
	From string
	Text string
}

// Texter hands text messages over to a gateway.
type Texter interface {
	// SendText hands one message over. Its errors are those of a Mailer: Permanent, Unknown, and all others may be tried again.
	SendText(ctx context.Context, t Text) (Receipt, error)
}

// maxText bounds a text message in octets: far more than ten parts.
const maxText = 8000

// Check reports what makes the message impossible to send, as a *Permanent. It names the field and never holds its value. Every Texter calls it first.
func (t Text) Check() error {
	switch {
	case !isToken(string(t.ID)):
		return refuse("id")
	case !isE164(t.To):
		return refuse("to")
	case t.From != "" && !isSender(t.From):
		return refuse("from")
	case strings.TrimSpace(t.Text) == "" || len(t.Text) > maxText || !utf8.ValidString(t.Text) || strings.ContainsRune(t.Text, 0):
		return refuse("text")
	}
	return nil
}

// isE164 reports whether s is a plus and 7 to 15 digits.
func isE164(s string) bool {
	return len(s) >= 8 && len(s) <= 16 && s[0] == '+' && s[1] != '0' && strings.Trim(s[1:], "0123456789") == ""
}

// isSender reports whether s can be what a message comes from: a number, a short code, or a name of at most eleven letters and digits.
func isSender(s string) bool {
	if isE164(s) {
		return true
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && (c != ' ' || i == 0 || i == len(s)-1) {
			return false
		}
	}
	return len(s) <= 11
}

// Fate is what a network says of a message after it took it.
type Fate string

// The fates. Buffered is not the last word: the phone is off, or the network is busy.
const (
	Delivered   Fate = "delivered"
	Undelivered Fate = "failed"
	Buffered    Fate = "buffered"
)

// Arrival is a receipt of a gateway, or of a mail server on the way: what became of a message of ours.
type Arrival struct {
	Org     ids.Org
	ID      ids.Notice // as Notice.Ref has it
	Channel Channel    // empty is SMS
	Fate    Fate
	Why     string // one of Whys, where it failed
}

// Arrivals records receipts. The first last word counts: what comes again, or late, or of a message that nobody knows or that was sent again meanwhile, changes
// nothing and is no error. A message that did not arrive has failed from then on, whatever was believed of it before.
type Arrivals interface {
	Arrived(ctx context.Context, a Arrival) error
}
