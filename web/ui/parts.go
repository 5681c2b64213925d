package ui

import (
	"encoding/json"

	"github.com/a-h/templ"

	"luukku/base/i18n"
)

func (c PartCount) counted(p *i18n.Printer) string {
	return say(p, "ui.parts.count", "parts", c.Parts, "used", c.Used, "left", c.Left)
}

func (c PartCount) oddness(p *i18n.Printer) string { return say(p, "ui.parts.odd", "odd", c.Odd) }

// attrs are what the script needs to count by itself: the sentences with names in braces, and the facts.
func (c PartCount) attrs(p *i18n.Printer) templ.Attributes {
	a := templ.Attributes{
		"data-parts-of": c.Field, "data-odd": say(p, "ui.parts.odd", "odd", "{odd}"),
		"data-count": say(p, "ui.parts.count", "parts", "{parts}", "used", "{used}", "left", "{left}"),
	}
	if c.Facts != nil {
		b, err := json.Marshal(c.Facts)
		if err == nil { // strings alone
			a["data-facts"] = string(b)
		}
	}
	if c.Plain {
		a["data-plain"] = true
	}
	if c.Shown != "" {
		a["data-shown"] = c.Shown
	}
	if c.Fallback != "" {
		a["data-fallback"] = c.Fallback
	}
	return a
}
