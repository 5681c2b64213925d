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
	for k, v := range (notes{hint: hint, note: f.Note, wrong: f.Error}).attrs(f.id()) {
		a[k] = v
	}
	return a
}

func (f Field) notes(p *i18n.Printer) notes { return notes{f.hint(p), f.HintLang, f.Note, f.Error} }

// notes are what stands under a label: a hint, which may be of another language, a note in the page's, and what is wrong.
type notes struct{ hint, lang, note, wrong string }

// attrs names the notes of the control with the ID, and says that it is wrong when it is.
func (n notes) attrs(id string) templ.Attributes {
	a := n.attrsOfGroup(id)
	if n.wrong != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

// attrsOfGroup names the notes of a group, which cannot be wrong itself.
func (n notes) attrsOfGroup(id string) templ.Attributes {
	var list []string
	for _, x := range []struct{ text, end string }{{n.hint, "-hint"}, {n.note, "-note"}, {n.wrong, "-error"}} {
		if x.text != "" {
			list = append(list, id+x.end)
		}
	}
	if len(list) == 0 {
		return templ.Attributes{}
	}
	return templ.Attributes{"aria-describedby": strings.Join(list, " ")}
}

// again marks a question on whose answer hangs what else is asked.
func again(yes bool) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"data-again": true}
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
	return notes{hint: hint, wrong: wrong}.attrs(id)
}

// choiceNotes names what describes the i-th choice of the question with the ID.
func choiceNotes(id string, i int, hint, wrong string) string {
	var list []string
	if wrong != "" {
		list = append(list, id+"-error")
	}
	if hint != "" {
		list = append(list, nth(id, i)+"-about")
	}
	return strings.Join(list, " ")
}

func checkNotes(id string, f CheckField) string { return choiceNotes(id, 0, f.Hint, f.Error) }
