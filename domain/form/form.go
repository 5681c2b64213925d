// Package form reads, judges and fills in forms. A form is a document: what may be answered is a JSON Schema (2020-12), how it is asked a documented subset of the UI
// schema of JSON Forms, and its wording a table of texts for each language.
//
// It promises that a document which was read can be asked: each of its fields has one place, no condition reads what depends on it, none can never hold, and nothing
// outside of the document is needed. One engine decides what is shown and what is right, here, by the same schemas; what is hidden is neither judged nor sent, and is not
// forgotten either. Evaluating takes time in proportion to the form and its rows, whatever is answered. Who may fill it in, where answers lie and how they look is
// left to others.
package form

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"luukku/base/i18n"
)

// Document is a form as it is written, kept and exchanged.
type Document struct {
	// Schema is the JSON Schema of the answers, UI how they are asked.
	Schema json.RawMessage `json:"schema"`
	UI     json.RawMessage `json:"ui"`
	// Texts are the wordings: of each language the text of each key, as JSON Forms names them ("name.label", "name.description", "colour.red").
	Texts map[i18n.Lang]map[string]string `json:"texts"`
}

// Bounds of what a form may be. A page of a form that reaches them is still made in milliseconds.
const (
	MaxDocument = 1 << 20 // bytes
	MaxFields   = 500
	MaxSteps    = 50
	MaxDepth    = 6   // groups within groups
	MaxRows     = 200 // rows of one group
	MaxChoices  = 500 // of one field
	MaxRules    = 500
	MaxLine     = 1000   // characters of one line
	MaxText     = 20_000 // characters of several lines
	MaxAnswers  = 1 << 20
)

// Kind is what sort of answer a field takes.
type Kind string

// The kinds.
const (
	Line     Kind = "line"    // one line of text
	Lines    Kind = "lines"   // several lines of text
	Number   Kind = "number"  // a decimal number
	Integer  Kind = "integer" // a whole number
	Tick     Kind = "tick"    // true or false
	Choice   Kind = "choice"  // one of several
	Choices  Kind = "choices" // several of several
	Date     Kind = "date"    // a day, 2026-11-22
	TimeOf   Kind = "time"    // a time of day, 14:30
	Files    Kind = "files"   // attachments, by their identifiers
	Repeated Kind = "rows"    // a group that is answered several times
)

// Field is one thing that is asked.
type Field struct {
	// At is where its answer lies: "/address/street", and "/children/*/name" for one of a row. Name is its last part.
	At, Name string
	Kind     Kind
	// Key begins the keys of its texts; Label and Description stand in where there is no text.
	Key, Label, Description string
	// Rows is the repeated group it stands in, nil for none.
	Rows *Field
	// Step is the place of the step that asks it, from 0; -1 for what is calculated and not shown.
	Step     int
	Required bool
	// ReadOnly is what people do not fill in: it is calculated, or comes from a register.
	ReadOnly bool
	Choices  []string
	// Format is the form a line must have: "email", "tel", "uri", "hetu", ...
	Format  string
	Pattern string
	// The limits as they were written; empty or nil for none.
	Minimum, Maximum     string
	MinLength, MaxLength *int
	MinItems, MaxItems   *int
	NotBefore            string // the field whose day, time or number this one's may not be below
	DaysFrom, DaysTo     *int   // of a day: how many days from today it is at the least and at the most
	Prefill              string
	Autocomplete         string
	Unit                 string // what a number is counted in, as "EUR" or "h"
	Sensitive            bool   // shown to nobody who does not handle it, in no list and no export of many
	FileTypes            []string
	calculation          *calculation
	decides              bool
	control              *Element
	schema               map[string]any
	ordinal              int
}

// Calculated reports whether a field's answer follows from others.
func (f *Field) Calculated() bool { return f.calculation != nil }

// Decides reports whether it hangs on a field's answer what else is shown or open, or what others are calculated to.
func (f *Field) Decides() bool { return f.decides }

// Must reports whether a tick has to be set, as a declaration's.
func (f *Field) Must() bool { return f.Kind == Tick && f.schema["const"] == true }

// ElementKind is what an element of a form is.
type ElementKind string

// The kinds of elements.
const (
	Control ElementKind = "control" // asks a field
	Group   ElementKind = "group"   // a heading with what stands under it
	Label   ElementKind = "label"   // a text
)

// Element is one thing on a page of a form.
type Element struct {
	Kind  ElementKind
	Field *Field // of a control
	// Elements are those of a group, or what is asked in each row of a control of a repeated group.
	Elements []*Element
	// Key begins the key of its text; Text stands in where there is none.
	Key, Text string
	// Radio asks a tick as yes or no, a choice as a list of buttons.
	Radio  bool
	rule   *rule
	parent *Element
	step   *Step
}

// Step is one page of a form.
type Step struct {
	Key, Text string
	Elements  []*Element
	// Index is its place in the form, from 0.
	Index int
	rule  *rule
}

// Definition is a form that was read and can be asked.
type Definition struct {
	Document Document
	Steps    []*Step
	// Fields are all that may be answered, in the order of the form.
	Fields []*Field
	// Languages are those it has texts in, in the order of the product's.
	Languages []i18n.Lang
	// Digest is the SHA-256 of the document as it was read, in hexadecimal.
	Digest string

	byAt   map[string]*Field
	order  []*Field // each after what it depends on
	schema *jsonschema.Schema
}

// NeedsKnown reports whether there is a question that must be answered, and that only what is known of who has signed in answers.
func (d *Definition) NeedsKnown() bool {
	return slices.ContainsFunc(d.Fields, func(f *Field) bool { return f.Prefill != "" && f.ReadOnly && f.Required })
}

// Field returns the field whose answers lie at a place, with or without the numbers of rows; nil for none.
func (d *Definition) Field(at string) *Field {
	if f := d.byAt[at]; f != nil { // no name is a number, so that a place in a row is nobody's own
		return f
	}
	return d.byAt[general(at)]
}

// general is a place of answers as a field's: "/children/3/name" is "/children/*/name".
func general(at string) string {
	if !strings.ContainsAny(at, "0123456789") {
		return at
	}
	parts := strings.Split(at, "/")
	for i, p := range parts {
		if p != "" && strings.Trim(p, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// In is a field's place in one row: "/children/*/name" in row 3 is "/children/3/name".
func (f *Field) In(row int) string {
	if f.Rows == nil {
		return f.At
	}
	return strings.Replace(f.At, "*", strconv.Itoa(row), 1)
}

// Word is a text of the form in a language; without one in it, in another, which is returned; else the text that stands in.
func (d *Definition) Word(lang i18n.Lang, key, standIn string) (string, i18n.Lang) {
	texts := i18n.Text{}
	for l, all := range d.Document.Texts {
		if s := all[key]; s != "" {
			texts[l] = s
		}
	}
	if s, in := texts.InOK(lang); s != "" {
		return s, in
	}
	return standIn, lang
}

// name is what things in a form are called: it stands in addresses of answers, in names of inputs and in heads of tables.
var name = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,39}$`)

func digest(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
