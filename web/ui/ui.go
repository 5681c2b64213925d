// Package ui is the design system: every component a page is built of, its CSS and script, its icons and fonts.
//
// It promises that a page never writes a class name: all class names of the design system (designsystemet) and of our own CSS are here, so another
// system or a new major version touches this package alone. Every component works without JavaScript, under a policy that forbids inline styles and
// scripts, at 320 pixels, with text at 200 %, in print and in forced colours; its zero value renders. Data comes in as plain strings, already written
// in the reader's language by the caller; the few words a component says itself are texts under "ui.".
//
// It leaves to others: addresses, permissions, the meaning of a form (the doors), serving the files (web asks Assets.Lookup), and what an
// organisation looks like (theme).
package ui

import (
	"strconv"
	"strings"

	"luukku/base/i18n"
)

// Kind colours an alert or a tag. Colour is never alone: the words must say it too.
type Kind string

const (
	Neutral Kind = "neutral"
	Info    Kind = "info"
	Success Kind = "success"
	Warning Kind = "warning"
	Danger  Kind = "danger"
)

// Link is an address and its words.
type Link struct {
	Href   string
	Text   string
	Hidden string // words for screen readers after the text, such as what is changed
	Note   string // plain words after the link, outside of it, with their own punctuation
	Lang   string // the language of the text when it is not the page's
	Icon   string // see Icon; before the text
	// Current says that the link leads to where the reader is.
	Current bool
	// Rel is the rel attribute, such as "next" or "external".
	Rel string
	// Key is a function key that does the same, with JavaScript. On a button it is shown after the words.
	Key string
	// Download asks the browser to save instead of show.
	Download bool
}

// Hidden is a hidden field of a form.
type Hidden struct{ Name, Value string }

// ErrorItem is one line of the error summary: what to mend, and the field where.
type ErrorItem struct {
	Href string // "#" and the field's ID; empty is plain text
	Text string
}

// say returns the text, or nothing when there is no printer.
func say(p *i18n.Printer, key string, args ...any) string {
	if p == nil {
		return ""
	}
	return p.T(key, args...)
}

// mark stands for a component inside a sentence.
const mark = "\x00"

// around returns what a sentence says before and after its mark.
func around(sentence string) (before, after string) {
	before, after, _ = strings.Cut(sentence, mark)
	return before, after
}

// langOf returns the value of a lang attribute.
func langOf(p *i18n.Printer) string {
	if p == nil {
		return string(i18n.Default)
	}
	return tagOf(p.Lang())
}

func tagOf(l i18n.Lang) string {
	row, ok := i18n.Lookup(string(l))
	if !ok {
		return string(l)
	}
	return row.BCP47
}

// read returns the text in the printer's language, and the value of a lang attribute when another language stands in.
func read(p *i18n.Printer, t i18n.Text) (text, lang string) {
	want := i18n.Default
	if p != nil {
		want = p.Lang()
	}
	text, got := t.InOK(want)
	if got == want || text == "" {
		return text, ""
	}
	return text, tagOf(got)
}

// nth is the ID of the i-th part of the thing with the ID, the first being the thing itself, so that a link to the ID finds it.
func nth(id string, i int) string {
	if i == 0 {
		return id
	}
	return id + "-" + strconv.Itoa(i+1)
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
