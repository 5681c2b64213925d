package notify

import (
	"context"

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
