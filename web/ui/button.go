package ui

import "github.com/a-h/templ"

// accent is the organisation's colour, also inside a box of another one.
const accent = "accent"

func lookAttrs(l Look) templ.Attributes {
	switch l {
	case Secondary, Tertiary:
		return templ.Attributes{"data-variant": string(l), "data-color": accent}
	case Destructive:
		return templ.Attributes{"data-color": string(Danger)}
	}
	return templ.Attributes{"data-variant": string(Primary), "data-color": accent}
}
