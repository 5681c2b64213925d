package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
	"luukku/domain/notify"
	"luukku/domain/staff"
	"luukku/store/db"
)

// workersTx is one open transaction as domain/staff sees it.
type workersTx struct {
	workers
	store *Store
}

func one(n int64, err error) (bool, error) { return n == 1, err }

// PutMember makes one of the staff; false when somebody has the address.
func (t workersTx) PutMember(ctx context.Context, m staff.Member) (bool, error) {
	return one(t.q.PutStaff(ctx, db.PutStaffParams{
		ID: string(m.ID), Email: m.Email, Name: m.Name, Lang: string(m.Lang), State: string(m.State), Handle: m.Handle, Password: m.Password, Totp: m.TOTP,
		CreatedAt: m.CreatedAt,
	}))
}

// LockMember has other transactions about a member wait.
func (t workersTx) LockMember(ctx context.Context, id ids.Staff) error {
	_, err := t.q.LockStaff(ctx, string(id))
	return err
}

// LockSystemAdmins has other transactions that take the role away wait.
func (t workersTx) LockSystemAdmins(ctx context.Context) error { return t.q.LockSystemAdmins(ctx) }

// SetPassword writes a member's sealed password.
func (t workersTx) SetPassword(ctx context.Context, id ids.Staff, password []byte) error {
	return t.q.SetStaffPassword(ctx, db.SetStaffPasswordParams{Password: password, ID: string(id)})
}

// SetMeans writes a member's sealed password and second factor.
func (t workersTx) SetMeans(ctx context.Context, id ids.Staff, password, totp []byte, step int64) error {
	return t.q.SetStaffMeans(ctx, db.SetStaffMeansParams{Password: password, Totp: totp, TotpStep: step, ID: string(id)})
}

// SetHandle writes what passkeys call a member.
func (t workersTx) SetHandle(ctx context.Context, id ids.Staff, handle []byte) error {
	return t.q.SetStaffHandle(ctx, db.SetStaffHandleParams{Handle: handle, ID: string(id)})
}

// SetState writes whether a member may get in.
func (t workersTx) SetState(ctx context.Context, id ids.Staff, state staff.State) error {
	return t.q.SetStaffState(ctx, db.SetStaffStateParams{State: string(state), ID: string(id)})
}

// SetDetails writes a member's name and language.
func (t workersTx) SetDetails(ctx context.Context, id ids.Staff, name string, l i18n.Lang) error {
	return t.q.SetStaffDetails(ctx, db.SetStaffDetailsParams{Name: name, Lang: string(l), ID: string(id)})
}

// SetFunctionKeys writes a member's function keys.
func (t workersTx) SetFunctionKeys(ctx context.Context, id ids.Staff, keys string) error {
	return t.q.SetFunctionKeys(ctx, db.SetFunctionKeysParams{FunctionKeys: keys, ID: string(id)})
}

// SetLastSignIn writes when a member last signed in.
func (t workersTx) SetLastSignIn(ctx context.Context, id ids.Staff, at int64) error {
	return t.q.SetLastSignIn(ctx, db.SetLastSignInParams{LastSignIn: at, ID: string(id)})
}

// UseTOTPStep spends a step of the second factor; false when it or a later one was.
func (t workersTx) UseTOTPStep(ctx context.Context, id ids.Staff, step int64) (bool, error) {
	return one(t.q.UseTOTPStep(ctx, db.UseTOTPStepParams{Step: step, ID: string(id)}))
}

// PutRole gives a role; false when the member has it.
func (t workersTx) PutRole(ctx context.Context, id ids.Staff, g staff.Granted) (bool, error) {
	return one(t.q.PutStaffRole(ctx, db.PutStaffRoleParams{
		Org: string(g.Org), Staff: string(id), Office: string(g.Office), Role: string(g.Role), GrantedBy: g.By, GrantedAt: g.At,
	}))
}

// DropRole takes a role away; false when the member did not have it.
func (t workersTx) DropRole(ctx context.Context, id ids.Staff, g actor.Grant) (bool, error) {
	return one(t.q.DropStaffRole(ctx, db.DropStaffRoleParams{Org: string(g.Org), Staff: string(id), Office: string(g.Office), Role: string(g.Role)}))
}

// PutPasskey keeps a passkey; false when it is somebody's.
func (t workersTx) PutPasskey(ctx context.Context, p staff.Passkey) (bool, error) {
	doc, err := credentialDoc(p.Credential)
	if err != nil {
		return false, err
	}
	return one(t.q.PutPasskey(ctx, db.PutPasskeyParams{Hash: p.Hash, Staff: string(p.Staff), Name: p.Name, Credential: doc, CreatedAt: p.CreatedAt}))
}

// UsedPasskey writes a passkey's counter, and when it was used.
func (t workersTx) UsedPasskey(ctx context.Context, p staff.Passkey) error {
	doc, err := credentialDoc(p.Credential)
	if err != nil {
		return err
	}
	return t.q.UsedPasskey(ctx, db.UsedPasskeyParams{Credential: doc, LastUsedAt: p.LastUsedAt, Hash: p.Hash, Staff: string(p.Staff)})
}

// NamePasskey renames a passkey; false when it is not the member's.
func (t workersTx) NamePasskey(ctx context.Context, id ids.Staff, hash []byte, name string) (bool, error) {
	return one(t.q.NamePasskey(ctx, db.NamePasskeyParams{Name: name, Hash: hash, Staff: string(id)}))
}

// DropPasskey takes a passkey away; false when it is not the member's.
func (t workersTx) DropPasskey(ctx context.Context, id ids.Staff, hash []byte) (bool, error) {
	return one(t.q.DropPasskey(ctx, db.DropPasskeyParams{Hash: hash, Staff: string(id)}))
}

// DropPasskeys takes all of a member's passkeys away.
func (t workersTx) DropPasskeys(ctx context.Context, id ids.Staff) error {
	_, err := t.q.DropPasskeys(ctx, string(id))
	return err
}

// PutRecovery keeps recovery codes in the place of those before.
func (t workersTx) PutRecovery(ctx context.Context, id ids.Staff, hashes [][]byte) error {
	if err := t.q.DropRecoveryCodes(ctx, string(id)); err != nil {
		return err
	}
	for _, h := range hashes {
		if err := t.q.PutRecoveryCode(ctx, db.PutRecoveryCodeParams{Hash: h, Staff: string(id)}); err != nil {
			return err
		}
	}
	return nil
}

// UseRecovery spends a recovery code; false when it is none of the member's, or was spent.
func (t workersTx) UseRecovery(ctx context.Context, id ids.Staff, hash []byte, now int64) (bool, error) {
	return one(t.q.UseRecoveryCode(ctx, db.UseRecoveryCodeParams{UsedAt: now, Hash: hash, Staff: string(id)}))
}

// PutIdentity keeps what a provider calls a member; false when it is somebody's.
func (t workersTx) PutIdentity(ctx context.Context, issuer string, subject []byte, id ids.Staff, p ids.Provider, now int64) (bool, error) {
	return one(t.q.PutStaffIdentity(ctx, db.PutStaffIdentityParams{Issuer: issuer, Subject: subject, Staff: string(id), Provider: string(p), CreatedAt: now}))
}

// PutSession begins a session.
func (t workersTx) PutSession(ctx context.Context, sess identity.Session) error {
	return t.people().PutSession(ctx, sess)
}

// EndSessions ends a member's sessions but one.
func (t workersTx) EndSessions(ctx context.Context, id ids.Staff, but []byte) error {
	_, err := t.people().EndSessionsOf(ctx, identity.SessionOfStaff, string(id), but)
	return err
}

func (t workersTx) people() peopleTx { return peopleTx{people{t.q, t.found}, t.store} }

// PutInvitation keeps an invitation.
func (t workersTx) PutInvitation(ctx context.Context, i staff.Invitation) error {
	return t.q.PutInvitation(ctx, db.PutInvitationParams{
		Org: string(i.Org), ID: i.ID, Email: i.Email, Name: i.Name, Office: string(i.Office), Role: string(i.Role), Lang: string(i.Lang), InvitedBy: i.InvitedBy,
		CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt,
	})
}

// AcceptInvitation spends an invitation; false when it is not open.
func (t workersTx) AcceptInvitation(ctx context.Context, o ids.Org, id string, now int64) (bool, error) {
	return one(t.q.AcceptInvitation(ctx, db.AcceptInvitationParams{Now: now, Org: string(o), ID: id}))
}

// RevokeInvitation ends an invitation; false when it has ended.
func (t workersTx) RevokeInvitation(ctx context.Context, o ids.Org, id string, now int64) (bool, error) {
	return one(t.q.RevokeInvitation(ctx, db.RevokeInvitationParams{Now: now, Org: string(o), ID: id}))
}

// ExtendInvitation has an invitation end later; false when it has ended.
func (t workersTx) ExtendInvitation(ctx context.Context, o ids.Org, id string, until int64) (bool, error) {
	return one(t.q.ExtendInvitation(ctx, db.ExtendInvitationParams{ExpiresAt: until, Org: string(o), ID: id}))
}

// PutInviteTask has the mail of an invitation sent.
func (t workersTx) PutInviteTask(ctx context.Context, i staff.Invitation, now int64) error {
	args, err := json.Marshal(staff.InviteArgs{Org: i.Org, ID: i.ID})
	if err != nil {
		return err
	}
	uniq := fmt.Sprintf("%s/%s/%d", i.Org, i.ID, now)
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(uniq)), ID: string(t.store.opts.Gen.Task()), Kind: staff.TaskInvite, Uniq: uniq, Args: string(args), RunAt: now, CreatedAt: now,
		Lane: int64(notify.LaneMail),
	})
	return err
}

// PutSecret keeps the hash of a secret.
func (t workersTx) PutSecret(ctx context.Context, hash []byte, k staff.Kept, now int64) error {
	return t.q.PutSecret(ctx, db.PutSecretParams{
		Hash: hash, Kind: string(k.Kind), Org: string(k.Org), Subject: k.Subject, ExpiresAt: k.ExpiresAt, CreatedAt: now,
	})
}

// TakeSecret spends a secret; false when it was spent.
func (t workersTx) TakeSecret(ctx context.Context, kind staff.SecretKind, hash []byte) (bool, error) {
	return one(t.q.TakeSecret(ctx, db.TakeSecretParams{Hash: hash, Kind: string(kind)}))
}

// DropSecrets makes all secrets of a subject void.
func (t workersTx) DropSecrets(ctx context.Context, kind staff.SecretKind, o ids.Org, subject string) error {
	return t.q.DropSecretsOf(ctx, db.DropSecretsOfParams{Org: string(o), Subject: subject, Kind: string(kind)})
}

// ShortenSecrets has all secrets of a subject end at a second, or before.
func (t workersTx) ShortenSecrets(ctx context.Context, kind staff.SecretKind, o ids.Org, subject string, until int64) error {
	return t.q.ShortenSecretsOf(ctx, db.ShortenSecretsOfParams{ExpiresAt: until, Org: string(o), Subject: subject, Kind: string(kind)})
}

// PutDevice makes a device.
func (t workersTx) PutDevice(ctx context.Context, d staff.Device) error {
	return t.q.PutDevice(ctx, db.PutDeviceParams{
		Org: string(d.Org), ID: string(d.ID), Kind: string(d.Kind), Office: string(d.Office), Name: d.Name, CreatedBy: string(d.CreatedBy), CreatedAt: d.CreatedAt,
	})
}

// EnrolDevice writes that a browser became a device; false when it was revoked.
func (t workersTx) EnrolDevice(ctx context.Context, o ids.Org, id ids.Device, now int64) (bool, error) {
	return one(t.q.EnrolDevice(ctx, db.EnrolDeviceParams{Now: now, Org: string(o), ID: string(id)}))
}

// SetDevice writes the settings of a device; false when it was revoked.
func (t workersTx) SetDevice(ctx context.Context, o ids.Org, id ids.Device, settings string) (bool, error) {
	return one(t.q.SetDevice(ctx, db.SetDeviceParams{Settings: settings, Org: string(o), ID: string(id)}))
}

// RevokeDevice shuts a device out; false when it was.
func (t workersTx) RevokeDevice(ctx context.Context, o ids.Org, id ids.Device, now int64) (bool, error) {
	return one(t.q.RevokeDevice(ctx, db.RevokeDeviceParams{Now: now, Org: string(o), ID: string(id)}))
}

// PutClient makes a program.
func (t workersTx) PutClient(ctx context.Context, c staff.Client) error {
	return t.q.PutClient(ctx, db.PutClientParams{
		Org: string(c.Org), ID: string(c.ID), Name: c.Name, Scopes: spaced(c.Scopes), CreatedBy: string(c.CreatedBy), CreatedAt: c.CreatedAt,
		ExpiresAt: c.ExpiresAt, Offices: spaced(c.Only.Offices), Inboxes: spaced(c.Only.Inboxes), Forms: spaced(c.Only.Forms),
	})
}

// LimitClient changes what a program is limited to; false when it is revoked, or limited otherwise than it was read.
func (t workersTx) LimitClient(ctx context.Context, was staff.Client, only actor.Bounds) (bool, error) {
	return one(t.q.LimitClient(ctx, db.LimitClientParams{
		Offices: spaced(only.Offices), Inboxes: spaced(only.Inboxes), Forms: spaced(only.Forms), Org: string(was.Org), ID: string(was.ID),
		WasOffices: spaced(was.Only.Offices), WasInboxes: spaced(was.Only.Inboxes), WasForms: spaced(was.Only.Forms),
	}))
}

// RotateClient writes that a program's key was replaced; false when it was revoked.
func (t workersTx) RotateClient(ctx context.Context, o ids.Org, id ids.Client, now int64) (bool, error) {
	return one(t.q.RotateClient(ctx, db.RotateClientParams{Now: now, Org: string(o), ID: string(id)}))
}

// RevokeClient shuts a program out; false when it was.
func (t workersTx) RevokeClient(ctx context.Context, o ids.Org, id ids.Client, now int64) (bool, error) {
	return one(t.q.RevokeClient(ctx, db.RevokeClientParams{Now: now, Org: string(o), ID: string(id)}))
}

// BreakGlass keeps that the glass was broken.
func (t workersTx) BreakGlass(ctx context.Context, g staff.Glass) error {
	return t.q.BreakGlass(ctx, db.BreakGlassParams{
		Org: string(g.Org), ID: g.ID, Staff: string(g.Staff), Person: string(g.Person), CreatedAt: g.CreatedAt, UntilAt: g.Until,
	})
}

// Audit writes lines of the audit log.
func (t workersTx) Audit(ctx context.Context, list ...audit.Entry) error {
	for _, e := range list {
		if err := putAudit(ctx, t.q, e); err != nil {
			return err
		}
	}
	return nil
}
