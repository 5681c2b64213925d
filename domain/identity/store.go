package identity

import (
	"context"

	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// StoredIdentifier is a national identifier as it is kept: sealed under the person's key, found by keyed hash.
type StoredIdentifier struct {
	Person     ids.Person
	Kind       natid.Kind
	Lookup     []byte
	Sealed     []byte
	VerifiedBy string
	VerifiedAt int64
}

// ExternalIdentity is what a provider calls a person, the subject as a keyed hash.
type ExternalIdentity struct {
	Issuer   string
	Subject  []byte
	Person   ids.Person
	Provider ids.Provider
	At       int64
}

// StoredAccount is an account with what is sealed still sealed.
type StoredAccount struct {
	Account
	SealedBirth []byte
	WrappedKey  []byte
}

// Verification is a code that was, or is to be, sent to an address or a number to prove it. Address is sealed under the person's key. Code is a keyed hash,
// empty until the code was sent.
type Verification struct {
	Person    ids.Person
	ID        string
	Channel   Channel
	Address   []byte
	Code      []byte
	Tries     int64
	ExpiresAt int64
}

// Channel is how somebody is reached.
type Channel string

// The channels.
const (
	ByEmail Channel = "email"
	BySMS   Channel = "sms"
)

// Store is what the room needs of storage. What is not there is a NotFound fault.
type Store interface {
	Providers(ctx context.Context, o ids.Org) ([]Provider, error) // the organisation's and the installation's, in their order
	Provider(ctx context.Context, o ids.Org, id ids.Provider) (Provider, error)
	// PutProvider writes a means to sign in over what was there; DropProvider takes one away, and is false when it was not there.
	PutProvider(ctx context.Context, p Provider, e audit.Entry) error
	DropProvider(ctx context.Context, o ids.Org, id ids.Provider, e audit.Entry) (bool, error)

	PutSignIn(ctx context.Context, state, data []byte, expires int64) error
	// TakeSignIn returns what was kept under a state and forgets it: a state is good once.
	TakeSignIn(ctx context.Context, state []byte, now int64) ([]byte, error)
	// UseToken remembers a token until it expires; false when it was used before.
	UseToken(ctx context.Context, hash []byte, expires int64) (bool, error)

	Session(ctx context.Context, hash []byte) (Session, error)
	// Signed is the session of a citizen, with what they are called and whether the first sign-in was completed: one look, since each page of theirs takes it. NotFound for other sessions.
	Signed(ctx context.Context, hash []byte) (sess Session, name string, welcomed bool, err error)
	SessionsOf(ctx context.Context, of, subject string) ([]Session, error)
	// TouchSession writes when a session was last used.
	TouchSession(ctx context.Context, hash []byte, seen int64) error

	// PersonOf returns whose an external identity or a national identifier is, looking for any of the hashes.
	PersonOfIdentity(ctx context.Context, issuer string, subjects [][]byte) (ids.Person, error)
	PersonOfIdentifier(ctx context.Context, kind natid.Kind, lookups [][]byte) (ids.Person, error)
	Account(ctx context.Context, p ids.Person) (StoredAccount, error)
	// Name returns what a person is called, and whether the first sign-in was completed.
	Name(ctx context.Context, p ids.Person) (name string, welcomed bool, err error)
	Identifiers(ctx context.Context, p ids.Person) ([]StoredIdentifier, error)
	// Addresses returns what is kept of where a person's post goes; nothing of whom is under a non-disclosure order.
	Addresses(ctx context.Context, p ids.Person) ([]StoredAddress, error)
	// AccountsNamed returns accounts whose family name, or email address, is as given: for staff who look for somebody.
	AccountsNamed(ctx context.Context, family, email string, most int) ([]Account, error)
	// AccountsOfPhone returns those who have proven a number, as notify.ParsePhone writes it.
	AccountsOfPhone(ctx context.Context, phone string, most int) ([]Account, error)
	Verification(ctx context.Context, p ids.Person, id string) (Verification, error)

	// GuardianshipsOf returns the records of a guardian; GuardiansOf those about a dependant; Guardianship one.
	GuardianshipsOf(ctx context.Context, guardian ids.Person) ([]Guardianship, error)
	GuardiansOf(ctx context.Context, dependant ids.Person) ([]Guardianship, error)
	MandatesOf(ctx context.Context, p ids.Person) ([]Mandate, error)
	MandatesFor(ctx context.Context, c ids.Company) ([]Mandate, error)
	Company(ctx context.Context, c ids.Company) (Company, error)
	CompanyByNumber(ctx context.Context, businessID string) (Company, error)
	// Death returns the local date on which somebody died, empty for whom nobody says so.
	Death(ctx context.Context, p ids.Person) (on string, err error)

	// InTx runs do in one transaction. It may run twice.
	InTx(ctx context.Context, do func(ctx context.Context, tx Tx) error) error
}

// Tx is what the room writes in one transaction.
type Tx interface {
	// PersonOfIdentity and PersonOfIdentifier are as in Store, within the transaction.
	PersonOfIdentity(ctx context.Context, issuer string, subjects [][]byte) (ids.Person, error)
	PersonOfIdentifier(ctx context.Context, kind natid.Kind, lookups [][]byte) (ids.Person, error)

	// WrappedKey returns a person's key, within the transaction.
	WrappedKey(ctx context.Context, p ids.Person) ([]byte, error)
	PutPerson(ctx context.Context, p ids.Person, wrapped []byte, now int64) error
	// PutAccount writes an account over what was there. Whether somebody is protected it says of a new one alone: afterwards SetProtected does, so that who writes something else at that moment does not undo it.
	PutAccount(ctx context.Context, a StoredAccount) error
	SetProtected(ctx context.Context, p ids.Person, protected bool) error
	// Addresses returns what sources have said of where a person's post goes, and whether the person is protected. Nobody says otherwise before the transaction ends.
	Addresses(ctx context.Context, p ids.Person) (list []StoredAddress, protected bool, err error)
	// PutAddress writes what a source says over what it said; DropAddress takes it away.
	PutAddress(ctx context.Context, a StoredAddress) error
	DropAddress(ctx context.Context, p ids.Person, by AddressSource) error
	PutIdentity(ctx context.Context, e ExternalIdentity) error
	// ClaimIdentity is PutIdentity unless the identity is somebody's; false when it is.
	ClaimIdentity(ctx context.Context, e ExternalIdentity) (bool, error)
	// PutIdentifier keeps whose an identifier is, and returns whose that is: who was first.
	PutIdentifier(ctx context.Context, i StoredIdentifier) (ids.Person, error)

	PutSession(ctx context.Context, s Session) error
	EndSession(ctx context.Context, hash []byte) error
	// EndSessionsOf ends all of somebody's sessions but one, which may be nil.
	EndSessionsOf(ctx context.Context, of, subject string, but []byte) (int64, error)
	EndSessionsBySID(ctx context.Context, sid []byte) (int64, error)
	SetActing(ctx context.Context, hash []byte, owner actor.Owner) error

	PutVerification(ctx context.Context, v Verification) error
	// SpendTry takes one of the tries of a verification away, and returns how many were left before; zero means none.
	SpendTry(ctx context.Context, p ids.Person, id string) (left int64, err error)
	DropVerifications(ctx context.Context, p ids.Person) error
	// PutVerifyTask has the code of a verification made and sent.
	PutVerifyTask(ctx context.Context, v Verification, now int64) error

	GuardianshipsOf(ctx context.Context, guardian ids.Person) ([]Guardianship, error)
	MandatesOf(ctx context.Context, p ids.Person) ([]Mandate, error)
	CompanyByNumber(ctx context.Context, businessID string) (Company, error)
	PutGuardianship(ctx context.Context, g Guardianship, sealedEvidence []byte) error
	RevokeGuardianship(ctx context.Context, guardian ids.Person, id ids.Guardianship, at int64, by string) (bool, error)
	// Death is Store.Death, of somebody of whom nobody says otherwise before the transaction ends.
	Death(ctx context.Context, p ids.Person) (on string, err error)
	// PutDeath writes on which local date somebody died, and DropDeath takes it back; false when nobody said so.
	PutDeath(ctx context.Context, p ids.Person, on string, o ids.Org, at int64) error
	DropDeath(ctx context.Context, p ids.Person) (bool, error)
	// PutCompany writes a company over what was there of its number, and returns what it is called here.
	PutCompany(ctx context.Context, c Company) (ids.Company, error)
	PutMandate(ctx context.Context, m Mandate, sealedEvidence []byte) error
	RevokeMandate(ctx context.Context, p ids.Person, id ids.Mandate, at int64, by string) (bool, error)

	Audit(ctx context.Context, e ...audit.Entry) error
}

// TaskVerify is the kind of the task that makes the code of a verification and sends it.
const TaskVerify = "verification.send"

// VerifyArgs are the arguments of TaskVerify.
type VerifyArgs struct {
	Person ids.Person `json:"person"`
	ID     string     `json:"id"`
}
