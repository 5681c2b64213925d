package web

import (
	"luukku/domain/notify"
	"luukku/web/ui"
)

// CountParts counts a text for ui.Counter, as the networks do; c says the rest of it.
func CountParts(text string, c ui.PartCount) ui.PartCount {
	s := notify.SizeOf(text)
	c.Parts, c.Used, c.Left, c.Odd = s.Parts, s.Units, s.Left, s.Odd
	return c
}
