package web

import (
	"slices"

	"luukku/base/fault"
	"luukku/web/ui"
)

// Trouble is what is wrong with a form that was sent, in words: at its fields, and as the lines of the summary on top.
type Trouble struct {
	// Items are the lines of the summary, in the order in which the fault names its fields. The same sentence stands once for a field.
	Items []ui.ErrorItem
	said  map[string]string // by the name of the field
}

// TroubleOf puts a fault into the words of a page. Nil is no trouble; what is wrong with the form as a whole is one line that leads to no field.
func TroubleOf(b Base, err error) Trouble {
	t := Trouble{said: map[string]string{}}
	if err == nil {
		return t
	}
	f := fault.Of(err)
	for _, field := range f.Fields {
		text := b.Printer.TA(field.Key, field.Args)
		if t.said[field.Name] == "" {
			t.said[field.Name] = text
		}
		if i := (ui.ErrorItem{Href: "#" + field.Name, Text: text}); !slices.Contains(t.Items, i) {
			t.Items = append(t.Items, i)
		}
	}
	if len(f.Fields) == 0 {
		t.Items = append(t.Items, ui.ErrorItem{Text: b.Printer.TA(f.Key, f.Args)})
	}
	return t
}

// At is the first that is wrong at a field; empty for nothing.
func (t Trouble) At(name string) string { return t.said[name] }

// Mendable reports whether an error is told on the form that was sent, with what was typed: it is wrong, or something has changed meanwhile. What nobody
// knows the outcome of has a page of its own.
func Mendable(err error) bool {
	return fault.Is(err, fault.KindInvalid) || fault.Is(err, fault.KindConflict) && !fault.IsKey(err, "error.unknown_outcome")
}
