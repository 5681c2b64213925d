package eservice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/form"
)

// PartState is how it stands with somebody who was asked to fill in a form together with others.
type PartState string

// The states. Void and Lapsed are never stored: they follow from what was answered since, and from the time.
const (
	PartAsked     PartState = "asked"
	PartDeclined  PartState = "declined"
	PartWithdrawn PartState = "withdrawn" // by who asked
	PartSigned    PartState = "signed"
	PartGone      PartState = "gone"   // who was asked asked to be erased: nothing says who it was
	PartVoid      PartState = "void"   // signed, and changed since
	PartLapsed    PartState = "lapsed" // not answered in time
)

// Part is that somebody is asked to fill in a draft together with whose it is, and to sign it.
type Part struct {
	Org   ids.Org
	Draft ids.Submission
	ID    string
	// Person is who is asked; empty for an address while nobody has come by its link, of which Secret is the hash.
	Person ids.Person
	Secret []byte
	// By is who asked. AskedAt and ExpiresAt, the first second in which it cannot be answered any more, are in Unix seconds.
	By                 ids.Person
	AskedAt, ExpiresAt int64
	// State is as it was stored last, at StateAt; how it stands is Standing's to say.
	State   PartState
	StateAt int64
	// Signed is the digest of what was signed.
	Signed  string
	Version int64
	PartWho
	Sealed []byte
}

// PartWho is what is sealed of a part: what who is asked is called, and the address that was written to.
type PartWho struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address,omitempty"`
}

// gone is a part of which nothing says who was asked, nor what they signed.
func (p Part) gone(now int64) Part {
	return Part{Org: p.Org, Draft: p.Draft, ID: p.ID, By: p.By, AskedAt: p.AskedAt, ExpiresAt: p.ExpiresAt, State: PartGone, StateAt: now, Version: p.Version}
}

// AskDays is how long somebody has to answer who is asked to sign.
const AskDays = 30

// AskExpiry is the first second in which somebody can answer no more who was asked at a moment.
func AskExpiry(asked int64) int64 { return asked + AskDays*24*60*60 + 1 }

// Standing is how a part stands at a moment, when what would be sent has a digest.
func (p Part) Standing(now int64, digest string) PartState {
	switch {
	case p.State == PartSigned && p.Signed != digest && !planted.Bug("signature-survives"):
		return PartVoid
	case p.State == PartAsked && now >= p.ExpiresAt:
		return PartLapsed
	}
	return p.State
}

// Opens reports whether who is asked may open the draft, to read it, to fill it in and to sign: until the second in which they can answer no more, and for good once they have signed.
func (p Part) Opens(now int64) bool {
	return p.State == PartSigned || p.State == PartAsked && now < p.ExpiresAt
}

// Signatures is how many have signed a draft as it is.
func (f Filling) Signatures() (n int) {
	for _, p := range f.Parts {
		if p.Standing(f.Now, f.Digest) == PartSigned {
			n++
		}
	}
	return n
}

// Who has to sign (catalog.Form.Signers).
const (
	SignersNone      = "none"
	SignersGuardian  = "guardian"
	SignersColleague = "colleague"
	SignersAny       = "any"
)

// MayAsk reports whether others may be asked to sign a form.
func MayAsk(signers string) bool { return signers != "" && signers != SignersNone }

// CheckSigned says whether a draft may be sent as far as others go: everybody who is asked has signed what would be sent, and those who have to sign have been asked. Must are they: the other
// guardians of the child that it is for; for a form that a colleague has to sign, any colleague will do. Conflict "eform.unsigned".
func CheckSigned(signers string, must []ids.Person, parts []Part, now int64, digest string) error {
	unsigned := fault.Conflict("eform.unsigned", nil)
	signed := map[ids.Person]bool{}
	for _, p := range parts {
		switch p.Standing(now, digest) {
		case PartSigned:
			signed[p.Person] = true
		case PartAsked, PartVoid:
			return unsigned
		}
	}
	switch signers {
	case SignersGuardian:
		for _, p := range must {
			if !signed[p] {
				return unsigned
			}
		}
	case SignersColleague:
		if len(signed) == 0 {
			return unsigned
		}
	}
	return nil
}

// Digest is the SHA-256 of what would be sent, in hexadecimal: the answers that count, in the version of the form that they are for. Who signs, signs this.
func Digest(v Version, o *form.Outcome) (string, error) {
	b, err := json.Marshal(o.Answers) // keys of objects are sorted
	if err != nil {
		return "", fmt.Errorf("write answers: %w", err)
	}
	sum := sha256.Sum256(append([]byte(v.Digest+"\n"), b...))
	return hex.EncodeToString(sum[:]), nil
}
