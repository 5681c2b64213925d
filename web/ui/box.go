package ui

import "github.com/a-h/templ"

func (a AlertBox) attrs() templ.Attributes {
	at := templ.Attributes{}
	if a.ID != "" {
		at["id"] = a.ID
		at["tabindex"] = "-1"
	}
	switch {
	case a.Quiet:
	case a.Kind == Danger:
		at["role"] = "alert"
	default:
		at["role"] = "status"
	}
	return at
}
