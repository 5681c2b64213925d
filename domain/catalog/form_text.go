package catalog

import (
	"slices"
	"strings"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// FormText is a text that an organisation has ready for those who handle forms: to ask for more, to decide, or how to appeal against a decision.
type FormText struct {
	ID string `json:"id"`
	// Use is what it is for: UseAsk, UseDecision or UseAppeal.
	Use string `json:"use"`
	// Outcomes are those of decisions with which it is used; empty is all.
	Outcomes []string `json:"outcomes,omitempty"`
	// Forms and Inboxes are those for which it is there; empty is all.
	Forms   []ids.Form  `json:"forms,omitempty"`
	Inboxes []ids.Inbox `json:"inboxes,omitempty"`
	// Name is what those who choose it see; of instructions it is their heading in the letter. Text has places, such as {number}.
	Name i18n.Text `json:"name"`
	Text i18n.Text `json:"text"`
}

// What a text is for.
const (
	UseAsk      = "ask"
	UseDecision = "decision"
	UseAppeal   = "appeal" // it is put below the decision
)

// Uses are all of them.
var Uses = []string{UseAsk, UseDecision, UseAppeal}

// Outcomes are what a decision can come to.
var Outcomes = []string{"granted", "partly", "refused", "other"}

// Places of a text.
const (
	PlaceNumber       = "number"       // of what was sent
	PlaceForm         = "form"         // what it is called
	PlaceOrganisation = "organisation" // who handles it
	PlaceSent         = "sent"         // the day on which it was sent
	PlaceDue          = "due"          // the day until when what is asked for is to be answered
)

// TextPlaces are the places that a text can have: the day is that of what is asked for.
func TextPlaces(use string) []string {
	out := []string{PlaceNumber, PlaceForm, PlaceOrganisation, PlaceSent}
	if use == UseAsk {
		out = append(out, PlaceDue)
	}
	return out
}

// NoPlaces are what stands in braces in a text and is none of its places; a brace that is not closed is named by what follows it.
func NoPlaces(use, text string) []string {
	var out []string
	for rest := text; ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			return out
		}
		name, more, closed := strings.Cut(after, "}")
		if !closed {
			more = ""
		}
		if (!closed || !slices.Contains(TextPlaces(use), name)) && !slices.Contains(out, name) {
			out = append(out, name)
		}
		rest = more
	}
}

// Fill puts values into the places of a text; a place without a value stays as it is.
func Fill(text string, values map[string]string) string {
	var pairs []string
	for name, v := range values {
		pairs = append(pairs, "{"+name+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(text) // what is put in is not looked through again
}

// HasPlace reports whether a text has a place.
func HasPlace(text, name string) bool { return strings.Contains(text, "{"+name+"}") }

// For reports whether the text is there for a use with a form that lies in an inbox.
func (t FormText) For(use string, f ids.Form, box ids.Inbox) bool {
	return t.Use == use && (len(t.Forms) == 0 || slices.Contains(t.Forms, f)) && (len(t.Inboxes) == 0 || slices.Contains(t.Inboxes, box))
}

// With reports whether the text goes with an outcome.
func (t FormText) With(outcome string) bool {
	return len(t.Outcomes) == 0 || slices.Contains(t.Outcomes, outcome)
}

// TextsFor are the organisation's texts for a use with a form that lies in an inbox, in its order.
func (c *Config) TextsFor(use string, f ids.Form, box ids.Inbox) []FormText {
	var out []FormText
	for _, t := range c.FormTexts {
		if t.For(use, f, box) {
			out = append(out, t)
		}
	}
	return out
}

// AppealFor are the instructions that go with a decision of an outcome: the first there are for the form itself, else for its inbox, else for all.
func (c *Config) AppealFor(outcome string, f ids.Form, box ids.Inbox) (FormText, bool) {
	list := slices.DeleteFunc(c.TextsFor(UseAppeal, f, box), func(t FormText) bool { return !t.With(outcome) })
	for _, nearer := range []func(FormText) bool{
		func(t FormText) bool { return len(t.Forms) > 0 },
		func(t FormText) bool { return len(t.Inboxes) > 0 },
	} {
		if i := slices.IndexFunc(list, nearer); i >= 0 {
			return list[i], true
		}
	}
	if len(list) == 0 {
		return FormText{}, false
	}
	return list[0], true
}

// NeedsAppeal reports whether a decision of an outcome is sent with instructions for an appeal alone.
func (f *Form) NeedsAppeal(outcome string) bool { return slices.Contains(f.AppealFor, outcome) }
