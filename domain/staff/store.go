package staff

import (
	"context"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
)

// SecretKind is what a kept secret opens.
type SecretKind string

// The kinds of secrets. Of each there is only a hash.
const (
	SecretInvitation SecretKind = "invitation"
	SecretDeviceCode SecretKind = "device_code"
	SecretDevice     SecretKind = "device"
	SecretClient     SecretKind = "client"
)

// Kept is what a secret opens, until the second in which it expires.
type Kept struct {
	Kind      SecretKind
	Org       ids.Org
	Subject   string
	ExpiresAt int64
}

// forever is when a secret expires that does not expire by itself: the end of the year 9999.
const forever = 253402300799

// Reader is what the room reads, alike in and outside of a transaction. What is not there is a NotFound fault.
type Reader interface {
	Member(ctx context.Context, id ids.Staff) (Member, error)
	MemberByEmail(ctx context.Context, email string) (Member, error)
	// MemberByHandle looks for what passkeys call a member.
	MemberByHandle(ctx context.Context, handle []byte) (Member, error)
	// MemberOfIdentity looks for what a provider calls a member, under any of the hashes.
	MemberOfIdentity(ctx context.Context, issuer string, subjects [][]byte) (ids.Staff, error)
	Roles(ctx context.Context, id ids.Staff) ([]Granted, error)
	Passkeys(ctx context.Context, id ids.Staff) ([]Passkey, error)
	// Identities is at how many providers a member is known.
	Identities(ctx context.Context, id ids.Staff) (int64, error)
	RecoveryLeft(ctx context.Context, id ids.Staff) (int64, error)
	// SystemAdmins is how many active system administrators there are beside one, who may be nobody.
	SystemAdmins(ctx context.Context, but ids.Staff) (int64, error)
	Invitation(ctx context.Context, o ids.Org, id string) (Invitation, error)
	Device(ctx context.Context, o ids.Org, id ids.Device) (Device, error)
	Client(ctx context.Context, o ids.Org, id ids.Client) (Client, error)
	// Secret returns what a secret opens at a moment.
	Secret(ctx context.Context, kind SecretKind, hash []byte, now int64) (Kept, error)
	// WrappedKey returns a person's key.
	WrappedKey(ctx context.Context, p ids.Person) ([]byte, error)
}

// Store is what the room needs of storage.
type Store interface {
	Reader
	// Members returns those with a role at an organisation, or all for the empty one.
	Members(ctx context.Context, o ids.Org) ([]Member, error)
	// Active returns the active members with a role at an organisation, by id, with their names and those roles alone.
	Active(ctx context.Context, o ids.Org) ([]Worker, error)
	// Glass returns for whom a member has broken the glass, at a moment.
	Glass(ctx context.Context, id ids.Staff, now int64) ([]ids.Person, error)
	// Invitations, Devices and Clients return all of an organisation; invitations the newest first.
	Invitations(ctx context.Context, o ids.Org) ([]Invitation, error)
	Devices(ctx context.Context, o ids.Org) ([]Device, error)
	Clients(ctx context.Context, o ids.Org) ([]Client, error)
	// SeenDevice and UsedClient write when they were last used.
	SeenDevice(ctx context.Context, o ids.Org, id ids.Device, now int64) error
	UsedClient(ctx context.Context, o ids.Org, id ids.Client, now int64) error
	// UseToken remembers a token until it expires; false when it was used before.
	UseToken(ctx context.Context, hash []byte, expires int64) (bool, error)
	Audit(ctx context.Context, e audit.Entry) error

	// InTx runs do in one transaction. It may run twice.
	InTx(ctx context.Context, do func(ctx context.Context, tx Tx) error) error
}

// Tx is what the room writes in one transaction. What returns false was not there, or was there already.
type Tx interface {
	Reader

	PutMember(ctx context.Context, m Member) (bool, error)
	// LockMember makes other transactions about the member wait; LockSystemAdmins those that take the role away.
	LockMember(ctx context.Context, id ids.Staff) error
	LockSystemAdmins(ctx context.Context) error
	SetPassword(ctx context.Context, id ids.Staff, password []byte) error
	SetMeans(ctx context.Context, id ids.Staff, password, totp []byte, step int64) error
	SetHandle(ctx context.Context, id ids.Staff, handle []byte) error
	SetState(ctx context.Context, id ids.Staff, state State) error
	SetDetails(ctx context.Context, id ids.Staff, name string, lang i18n.Lang) error
	SetFunctionKeys(ctx context.Context, id ids.Staff, keys string) error
	SetLastSignIn(ctx context.Context, id ids.Staff, at int64) error
	// UseTOTPStep spends a step; false when it, or a later one, was used before.
	UseTOTPStep(ctx context.Context, id ids.Staff, step int64) (bool, error)

	PutRole(ctx context.Context, id ids.Staff, g Granted) (bool, error)
	DropRole(ctx context.Context, id ids.Staff, g actor.Grant) (bool, error)

	PutPasskey(ctx context.Context, p Passkey) (bool, error)
	UsedPasskey(ctx context.Context, p Passkey) error
	NamePasskey(ctx context.Context, id ids.Staff, hash []byte, name string) (bool, error)
	DropPasskey(ctx context.Context, id ids.Staff, hash []byte) (bool, error)
	DropPasskeys(ctx context.Context, id ids.Staff) error
	// PutRecovery puts codes in the place of those before.
	PutRecovery(ctx context.Context, id ids.Staff, hashes [][]byte) error
	UseRecovery(ctx context.Context, id ids.Staff, hash []byte, now int64) (bool, error)
	PutIdentity(ctx context.Context, issuer string, subject []byte, id ids.Staff, p ids.Provider, now int64) (bool, error)

	PutSession(ctx context.Context, s identity.Session) error
	// EndSessions ends all sessions of a member but one, which may be nil.
	EndSessions(ctx context.Context, id ids.Staff, but []byte) error

	PutInvitation(ctx context.Context, i Invitation) error
	AcceptInvitation(ctx context.Context, o ids.Org, id string, now int64) (bool, error)
	RevokeInvitation(ctx context.Context, o ids.Org, id string, now int64) (bool, error)
	ExtendInvitation(ctx context.Context, o ids.Org, id string, until int64) (bool, error)
	// PutInviteTask has the mail of an invitation made and sent.
	PutInviteTask(ctx context.Context, i Invitation, now int64) error

	PutSecret(ctx context.Context, hash []byte, k Kept, now int64) error
	// TakeSecret spends a secret that is good once.
	TakeSecret(ctx context.Context, kind SecretKind, hash []byte) (bool, error)
	DropSecrets(ctx context.Context, kind SecretKind, o ids.Org, subject string) error
	// ShortenSecrets has all secrets of a subject end at a second, or before as they would.
	ShortenSecrets(ctx context.Context, kind SecretKind, o ids.Org, subject string, until int64) error

	PutDevice(ctx context.Context, d Device) error
	EnrolDevice(ctx context.Context, o ids.Org, id ids.Device, now int64) (bool, error)
	// SetDevice writes the settings of a device; false when it was revoked.
	SetDevice(ctx context.Context, o ids.Org, id ids.Device, settings string) (bool, error)
	RevokeDevice(ctx context.Context, o ids.Org, id ids.Device, now int64) (bool, error)
	PutClient(ctx context.Context, c Client) error
	// LimitClient changes what a program is limited to; false when it is revoked, or limited otherwise than it was read.
	LimitClient(ctx context.Context, was Client, only actor.Bounds) (bool, error)
	RotateClient(ctx context.Context, o ids.Org, id ids.Client, now int64) (bool, error)
	RevokeClient(ctx context.Context, o ids.Org, id ids.Client, now int64) (bool, error)
	BreakGlass(ctx context.Context, g Glass) error

	Audit(ctx context.Context, e ...audit.Entry) error
}

// TaskInvite is the kind of the task that makes the link of an invitation and sends it.
const TaskInvite = "invitation.send"

// InviteArgs are the arguments of TaskInvite.
type InviteArgs struct {
	Org ids.Org `json:"org"`
	ID  string  `json:"id"`
}
