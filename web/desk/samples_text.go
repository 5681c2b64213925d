package desk

import (
	"luukku/base/i18n"
	"luukku/domain/org"
)

// sampleText is a text message to the client of a booking.
func sampleText(change func(f *textFacts)) textFacts {
	o := sampleOpen(nil)
	f := textFacts{
		Config: o.Config, To: toClient(o.A), Key: "key", Action: "/fi/staff/vuorela/desk/1/text", Back: "/fi/staff/vuorela/desk/1",
		Inbox: org.Inbox{ID: "messages", Answers: []org.CannedAnswer{{
			Title: i18n.Text{"fi": "Soitamme teille", "sv": "Vi ringer dig", "en": "We call you", "cs": "Zavoláme vám"},
			Text:  i18n.Text{"fi": "Soitamme teille tänään.", "sv": "Vi ringer dig i dag.", "en": "We will call you today.", "cs": "Dnes vám zavoláme."},
		}}},
	}
	f.To.Number = "+358401234567"
	f.To.Lang = "fi"
	if change != nil {
		change(&f)
	}
	return f
}
