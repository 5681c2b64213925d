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
	Text  string
}

// Texter hands text messages over to a gateway.
type Texter interface {
	// SendText hands one message over. A Temporary error may be tried again.
	SendText(ctx context.Context, t Text) error
}
