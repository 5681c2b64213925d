// Package file is the room of attachments: what authorities attach to letters, what people attach to theirs, and what forms take later.
//
// It promises that what a file is follows from its content and never from what it is called; that a file is encrypted while it comes in, under a key of its own that
// lies sealed under the key of whose it is; that nobody opens a file before a scanner has found it clean; that neither its size nor what is packed in it takes memory; and
// that its bytes are gone once nobody holds it any more. Where bytes lie is left to gateway/blob, looking for malware to gateway/scan, and who may open a file to the
// room of what it is attached to.
package file

import (
	"encoding/hex"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// State is how far a file has come.
type State string

// The states. A file is opened for nobody before it is Clean.
const (
	Waiting  State = "waiting"  // for the scanner
	Clean    State = "clean"    // nothing was found
	Infected State = "infected" // malware was found
	Refused  State = "refused"  // the scanner cannot look at it, whatever the reason
)

// Bad reports whether a file will never be opened.
func (s State) Bad() bool { return s == Infected || s == Refused }

// File is one file as it is stored. Its bytes are elsewhere (Blobs), under its id.
type File struct {
	Org ids.Org
	ID  ids.File
	// Type is what it is, by its content.
	Type Type
	Size int64
	// Digest is the SHA-256 of its content.
	Digest []byte
	State  State
	// CreatedAt is when it came in, ScannedAt when the scanner was done with it; in Unix seconds.
	CreatedAt, ScannedAt int64
	// HeldUntil is the last second in which the organisation that uploaded it may still attach it; 0 for one that came in attached.
	HeldUntil int64
	// Sealed is what the organisation's upload is called and its key, as long as it is held.
	Sealed []byte
}

func (f File) ref() Ref { return Ref{f.Org, f.ID} }

// Held reports whether an upload may still be attached.
func (f File) Held(now int64) bool { return f.HeldUntil >= now }

// Kind is what sort of thing holds files.
type Kind string

// What holds files. A letter that is being written holds them under the id that it will have.
const (
	OfLetter  Kind = "letter"
	OfMailing Kind = "mailing" // a letter to many, while it is sent
	OfForm    Kind = "form"    // a form, from when it is being filled in
)

// Holder is what a file is attached to.
type Holder struct {
	Org  ids.Org
	Kind Kind
	ID   string
}

// Link is that a holder has a file. Its key is sealed under the key of whose it is: who is erased takes it along.
type Link struct {
	Holder
	File     ids.File
	Position int64
	// Owner is whose it is; nobody's is sealed under the installation's key.
	Owner  actor.Owner
	Sealed []byte
}

// Attached is a file as its holder shows it.
type Attached struct {
	File
	Position int64
	// Name is what it is called there.
	Name string
	key  string
}

// DigestHex is the digest as people compare it.
func (f File) DigestHex() string { return hex.EncodeToString(f.Digest) }

// Limits are how much an organisation takes with one letter or form.
type Limits struct {
	// Files is how many, Size how large each of them, in bytes.
	Files int
	Size  int64
}

// MB is a megabyte as limits count it.
const MB = 1 << 20

// DefaultLimits hold where an organisation has set none.
var DefaultLimits = Limits{Files: 10, Size: 50 * MB}

// HoldDays is how long an organisation's upload waits to be attached.
const HoldDays = 7

// MayAdd says whether one more may be attached to what has so many. Invalid at Field.
func (l Limits) MayAdd(has int) error {
	if has < l.Files {
		return nil
	}
	return fault.Invalid("form.invalid", nil, fault.Field{Name: Field, Key: "file.too_many", Args: fault.Args{"most": l.Files}})
}
