package ui

import "github.com/a-h/templ"

func lookAttrs(l Look) templ.Attributes {
	switch l {
	case Secondary, Tertiary:
		return templ.Attributes{"data-variant": string(l)}
	case Destructive:
		return templ.Attributes{"data-color": string(Danger)}
	}
	return templ.Attributes{"data-variant": string(Primary)}
}
