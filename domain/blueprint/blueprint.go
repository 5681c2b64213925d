// Package blueprint reads, compares, applies and writes the whole configuration of an installation or of one or several organisations, as one TOML
// file that an administrator can read.
//
// It promises three things. What is wrong in a file is said with its path and line, all of it at once. What a file does not name is left alone: a key
// that is absent keeps what is stored, and so does a thing (an office, a service) that is absent, unless the organisation's owns names the section;
// then the file says all of it, and what is absent there goes. And what is applied is one transaction, recorded in the audit log, under a new version
// only where something differs; policies keep their history.
//
// Each kind of thing is a table of fields (fields.go), from which reading, comparing and writing are made, and each section of an organisation is a
// row of sections. Rules of single things are left to their rooms, storage to the store.
package blueprint

import (
	"fmt"
	"slices"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Format is the number of the format that this package reads and writes.
const Format = 1

// Document is a configuration: what a file says, or what is stored. The zero value says nothing.
type Document struct {
	Installation  *Installation  // nil when the file does not speak of it
	Organisations []Organisation // in the order of the file

	root     *node     // of the file; nil when the document says all there is
	problems []Problem // what Parse found
}

// Organisation returns the organisation with the slug; ok is false when the document has none.
func (d Document) Organisation(id ids.Org) (o Organisation, ok bool) {
	i := slices.IndexFunc(d.Organisations, func(o Organisation) bool { return o.ID == id })
	if i < 0 {
		return Organisation{}, false
	}
	return d.Organisations[i], true
}

// Installation is what all organisations share, and the policy over theirs.
type Installation struct {
	org.Installation
	Policy catalog.Settings
}

// Organisation is everything one organisation has configured.
type Organisation struct {
	org.Organisation
	Help       i18n.Text
	Hosts      []string // host names of its own, lower case
	Policy     catalog.Settings
	Groups     []org.Group
	Offices    []Office
	Categories []catalog.Category
	Services   []ServiceEntry
	Inboxes    []org.Inbox
	Wordings   []org.Wording
	FormTexts  []catalog.FormText
	Forms      []FormEntry
	// Owns names the sections that a file says whole. What is stored owns nothing.
	Owns []string
}

// Office is a service point with what it offers. Its units' IDs are "<office>-<unit>", as the store has them; a file names the unit alone.
type Office struct {
	org.Office
	Services []ids.Service
	Policy   map[ids.Service]catalog.Settings // of a service at this office
}

// Service is a service with its policy.
type ServiceEntry struct {
	catalog.Service
	Policy catalog.Settings
}

// FormEntry is a form with what it asks.
type FormEntry struct {
	catalog.Form
	// Document is what it asks, as form.Document's Layout writes it: what is in force, or will be at once; as it was written where it is none.
	Document string
}

// Problem is something that a file gets wrong, or might have forgotten.
type Problem struct {
	// Path says where, by slug: "organisations.register-office.offices.helsinki.hours[2]".
	Path string
	Line int // from 1; 0 when the file has no such line
	// Message says what to mend, in English, for whoever applies a blueprint.
	Message string
	Warning bool // the file can be applied all the same
	// Format is the message before its values were put in, and Values are these, each after a NUL: for whoever says it in another language.
	Format, Values string
}

// String returns "line 12: path: message".
func (p Problem) String() string {
	s := p.Message
	if p.Path != "" {
		s = p.Path + ": " + s
	}
	if p.Warning {
		s = "warning: " + s
	}
	if p.Line > 0 {
		s = fmt.Sprintf("line %d: %s", p.Line, s)
	}
	return s
}

// Faults returns the problems that are no warnings.
func Faults(problems []Problem) []Problem {
	var out []Problem
	for _, p := range problems {
		if !p.Warning {
			out = append(out, p)
		}
	}
	return out
}
