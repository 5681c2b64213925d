package org

import "luukku/base/i18n"

// Wording is how an organisation itself words a notice, in each language. A language without words has the product's own.
type Wording struct {
	// ID is the notice, one of notify.Occasions.
	ID string `json:"id"`
	// Subject and Opening are a mail's: its subject, and what stands above its facts. The facts themselves always follow.
	Subject i18n.Text `json:"subject,omitzero"`
	Opening i18n.Text `json:"opening,omitzero"`
	// SMS is all of a text message.
	SMS i18n.Text `json:"sms,omitzero"`
}
