// Package identity knows the people served: who has signed in and how surely, which external identities are one person, who may act for a dependant or a
// company, and the sessions of all who sign in.
//
// It promises that one person has one account, whichever means they sign in with; that people are never merged by an email address or a phone number;
// that a national identifier is encrypted, and looked up by a keyed hash; and that what was revoked holds from the next request on. Speaking to identity
// providers and registers is left to gateways (EID, Register, Mandates), those who work here to domain/staff.
package identity

import (
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
)

// Account is a person who has signed in, or for whom somebody may act. What they tell here never goes back to a register.
type Account struct {
	Person ids.Person
	Name   string
	Given  string
	Family string
	// Birth is the local date of birth, YYYY-MM-DD, or empty when it is not known. It is sealed under the person's key.
	Birth string
	Email string
	Phone string // E.164
	Lang  i18n.Lang
	// Verified says which of Email and Phone were proven by a code.
	EmailVerified, PhoneVerified bool
	// PhoneSince is when the number was proven (Unix seconds): what was texted with it before may be somebody else's.
	PhoneSince int64
	// Protected says that the register holds the person's address and number under a non-disclosure order (turvakielto, skyddad identitet).
	Protected bool
	// RegisterConsentAt is when the person agreed that name and email are fetched from the population register; 0 is not. RegisterAt is when they were.
	RegisterConsentAt, RegisterAt int64
	// Welcomed is when the first sign-in was completed; 0 is not yet.
	Welcomed  int64
	CreatedAt int64
	ChangedAt int64
}

// Identifier is a person's national identifier as it was proven.
type Identifier struct {
	Kind       natid.Kind
	Value      natid.Secret
	VerifiedBy string // the provider or the register that said so
	VerifiedAt int64
}

// Source says who knows that somebody may act for another.
type Source string

// The sources.
const (
	FromRegister Source = "register" // the population register, or the register of mandates
	FromStaff    Source = "staff"    // recorded here, with evidence
)

// Guardianship is one record that a person may act for a dependant. It is good from From to Until, both local dates included (Until empty: no end),
// unless it was revoked.
type Guardianship struct {
	Guardian   ids.Person
	ID         ids.Guardianship
	Dependant  ids.Person
	Source     Source
	From       string
	Until      string
	Org        ids.Org   // whose staff recorded it; empty for the register
	RecordedBy ids.Staff // likewise
	Evidence   string    // what was shown; sealed under the dependant's key
	CreatedAt  int64
	RevokedAt  int64
	RevokedBy  string
	CheckedAt  int64 // when the register last said so
}

// Company is a company or an association that uses the services.
type Company struct {
	ID         ids.Company
	Name       string
	BusinessID string // the public number of the company or association, such as a Finnish Y-tunnus
	Kind       CompanyKind
	Email      string
	Phone      string
	Lang       i18n.Lang
	Registered int64 // when somebody who holds a mandate registered it here; 0 is not yet
	CreatedAt  int64
}

// CompanyKind is what sort of organisation it is.
type CompanyKind string

// The kinds.
const (
	KindCompany     CompanyKind = "company"
	KindAssociation CompanyKind = "association"
)

// Mandate is one record that a person may act for a company, with the role in which they do.
type Mandate struct {
	Person     ids.Person
	ID         ids.Mandate
	Company    ids.Company
	Role       string // a text key below mandate.role: "signatory", "representative", ...
	Source     Source
	From       string
	Until      string
	Org        ids.Org
	RecordedBy ids.Staff
	Evidence   string // sealed under the person's key
	CreatedAt  int64
	RevokedAt  int64
	RevokedBy  string
	CheckedAt  int64
}

// Good reports whether a guardianship is good on a local date.
func (g Guardianship) Good(today string) bool { return good(g.From, g.Until, g.RevokedAt, today) }

// Good reports whether a mandate is good on a local date.
func (m Mandate) Good(today string) bool { return good(m.From, m.Until, m.RevokedAt, today) }

// good compares dates as texts: YYYY-MM-DD sorts like its days.
func good(from, until string, revoked int64, today string) bool {
	return revoked == 0 && from <= today && (until == "" || today <= until)
}

// Who a session is of.
const (
	SessionOfCitizen = "citizen"
	SessionOfStaff   = "staff"
)

// Session is a sign-in that goes on. It ends when nothing was asked for a while (Idle), at its end, when somebody ends it, or with its person's account.
type Session struct {
	// Hash is SHA-256 of the secret in the cookie: ids.HashToken.
	Hash []byte
	// Of is SessionOfCitizen or SessionOfStaff; Person and Staff is whose it is.
	Of     string
	Person ids.Person
	Staff  ids.Staff
	// Provider is the means of sign-in; ACR, AMR, Issuer and AuthAt (Unix seconds) are what it said.
	Provider ids.Provider
	Issuer   string
	ACR      string
	AMR      string
	AuthAt   int64
	Level    actor.Level
	// SID is the keyed hash of the provider's session, for a sign-out that begins there; IDToken is the provider's token for a sign-out that begins here,
	// sealed.
	SID     []byte
	IDToken []byte
	// For is whom the person acts for.
	For actor.Owner
	// Agent is the kind of browser and machine, in words such as "Firefox, Linux": for the list of sessions.
	Agent     string
	CreatedAt int64
	SeenAt    int64 // to the minute: not every click is written
	EndsAt    int64
}

// Limits of sessions. A citizen's idle limit is that of an e-ID session (15 minutes is what Dutch DigiD demands and 30 what most allow); staff work all day.
type SessionLimits struct {
	Idle, Absolute time.Duration
	// Warn is how long before the idle limit the reader is asked to stay.
	Warn time.Duration
}

// Sessions' limits.
var (
	CitizenLimits = SessionLimits{Idle: 30 * time.Minute, Absolute: 8 * time.Hour, Warn: 2 * time.Minute}
	StaffLimits   = SessionLimits{Idle: 60 * time.Minute, Absolute: 12 * time.Hour, Warn: 2 * time.Minute}
)
