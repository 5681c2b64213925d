package ui

import (
	"strings"

	"github.com/a-h/templ"

	"luukku/base/i18n"
)

// attrs are the attributes that only some fields have.
func (f Field) attrs() templ.Attributes {
	a := templ.Attributes{}
	if f.Autocomplete != "" {
		a["autocomplete"] = f.Autocomplete
	}
	if f.InputMode != "" {
		a["inputmode"] = f.InputMode
	}
	if f.NoSpelling || f.Type == "email" || f.Type == "tel" {
		a["spellcheck"] = "false"
		a["autocapitalize"] = "none"
	}
	if f.Autocomplete == "name" {
		a["autocapitalize"] = "words"
	}
	hint := f.Hint
	if f.MaxLen > 0 {
		hint = "max"
	}
	for k, v := range describedBy(f.id(), hint, f.Error) {
		a[k] = v
	}
	return a
}

func (f Field) hint(p *i18n.Printer) string {
	if f.MaxLen <= 0 {
		return f.Hint
	}
	limit := say(p, "ui.max_length", "n", f.MaxLen)
	return strings.TrimSpace(f.Hint + " " + limit)
}

// describedBy names the hint and the error of the control with the ID, and says that it is wrong when there is an error.
func describedBy(id, hint, wrong string) templ.Attributes {
	a := templ.Attributes{}
	var notes []string
	if hint != "" {
		notes = append(notes, id+"-hint")
	}
	if wrong != "" {
		notes = append(notes, id+"-error")
		a["aria-invalid"] = "true"
	}
	if len(notes) > 0 {
		a["aria-describedby"] = strings.Join(notes, " ")
	}
	return a
}

// choiceNotes names what describes the i-th choice of the question with the ID.
func choiceNotes(id string, i int, hint, wrong string) string {
	var notes []string
	if wrong != "" {
		notes = append(notes, id+"-error")
	}
	if hint != "" {
		notes = append(notes, nth(id, i)+"-about")
	}
	return strings.Join(notes, " ")
}

func checkNotes(id string, f CheckField) string { return choiceNotes(id, 0, f.Hint, f.Error) }
