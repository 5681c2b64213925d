package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/webauthn"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/staff"
	"luukku/store/db"
)

var (
	_ staff.Store = (*Workers)(nil)
	_ staff.Tx    = workersTx{}
)

// Workers is the store as domain/staff sees it.
type Workers struct {
	*Store
	workers
}

// Workers returns those who work here, their roles and keys, and the devices and programs they set up.
func (s *Store) Workers() *Workers { return &Workers{s, workers{s.read, s.found}} }

// workers reads what is read alike in and outside of a transaction.
type workers struct {
	q     *db.Queries
	found func(err error, key, doing string, args ...any) error
}

// InTx runs do in one transaction.
func (s *Workers) InTx(ctx context.Context, do func(ctx context.Context, tx staff.Tx) error) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return do(ctx, workersTx{workers{q, s.Store.found}, s.Store})
	})
}

// UseToken remembers a token that is good once; false when it was there.
func (s *Workers) UseToken(ctx context.Context, hash []byte, expires int64) (bool, error) {
	return s.People().UseToken(ctx, hash, expires)
}

// Audit writes a line of the audit log.
func (s *Workers) Audit(ctx context.Context, e audit.Entry) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error { return putAudit(ctx, q, e) })
}

func (w workers) member(r db.Staff, err error) (staff.Member, error) {
	if err != nil {
		return staff.Member{}, w.found(err, "staff.not_found", "read staff")
	}
	return memberOf(r), nil
}

func memberOf(r db.Staff) staff.Member {
	return staff.Member{
		ID: ids.Staff(r.ID), Email: r.Email, Name: r.Name, Lang: i18n.Lang(r.Lang), State: staff.State(r.State), Handle: r.Handle, Password: r.Password,
		TOTP: r.Totp, TOTPStep: r.TotpStep, CreatedAt: r.CreatedAt, LastSignIn: r.LastSignIn, FunctionKeys: r.FunctionKeys,
	}
}

// Member returns one of the staff, or NotFound.
func (w workers) Member(ctx context.Context, id ids.Staff) (staff.Member, error) {
	return w.member(w.q.StaffByID(ctx, string(id)))
}

// MemberByEmail looks for an address, in lower case.
func (w workers) MemberByEmail(ctx context.Context, email string) (staff.Member, error) {
	return w.member(w.q.StaffByEmail(ctx, email))
}

// MemberByHandle looks for what passkeys call a member.
func (w workers) MemberByHandle(ctx context.Context, handle []byte) (staff.Member, error) {
	return w.member(w.q.StaffByHandle(ctx, handle))
}

// MemberOfIdentity looks for what a provider calls a member.
func (w workers) MemberOfIdentity(ctx context.Context, issuer string, subjects [][]byte) (ids.Staff, error) {
	p, err := firstOf(subjects, func(subject []byte) (string, error) {
		return w.q.StaffOfIdentity(ctx, db.StaffOfIdentityParams{Issuer: issuer, Subject: subject})
	}, w.found)
	return ids.Staff(p), err
}

// Roles returns a member's roles, by organisation, office and role.
func (w workers) Roles(ctx context.Context, id ids.Staff) ([]staff.Granted, error) {
	rows, err := w.q.StaffRoles(ctx, string(id))
	if err != nil {
		return nil, w.found(err, "staff.not_found", "read roles")
	}
	out := make([]staff.Granted, len(rows))
	for i, r := range rows {
		out[i] = staff.Granted{
			Grant: actor.Grant{Role: actor.RoleID(r.Role), Org: ids.Org(r.Org), Office: ids.Office(r.Office)}, By: r.GrantedBy, At: r.GrantedAt,
		}
	}
	// Each request of the staff asks: with the order in the statement SQLite takes half as long again for it.
	slices.SortFunc(out, func(a, b staff.Granted) int {
		return cmp.Or(cmp.Compare(a.Org, b.Org), cmp.Compare(a.Office, b.Office), cmp.Compare(a.Role, b.Role))
	})
	return out, nil
}

// Passkeys returns a member's passkeys, the oldest first.
func (w workers) Passkeys(ctx context.Context, id ids.Staff) ([]staff.Passkey, error) {
	rows, err := w.q.PasskeysOf(ctx, string(id))
	if err != nil {
		return nil, w.found(err, "staff.no_passkey", "read passkeys")
	}
	out := make([]staff.Passkey, len(rows))
	for i, r := range rows {
		out[i] = staff.Passkey{Hash: r.Hash, Staff: id, Name: r.Name, CreatedAt: r.CreatedAt, LastUsedAt: r.LastUsedAt}
		if err := json.Unmarshal([]byte(r.Credential), &out[i].Credential); err != nil {
			return nil, fmt.Errorf("read passkey: %w", err)
		}
	}
	return out, nil
}

func credentialDoc(c webauthn.Credential) (string, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("write passkey: %w", err)
	}
	return string(b), nil
}

// Identities is at how many providers a member is known.
func (w workers) Identities(ctx context.Context, id ids.Staff) (int64, error) {
	return w.q.StaffIdentities(ctx, string(id))
}

// RecoveryLeft is how many recovery codes a member has left.
func (w workers) RecoveryLeft(ctx context.Context, id ids.Staff) (int64, error) {
	return w.q.RecoveryCodesLeft(ctx, string(id))
}

// SystemAdmins counts the active system administrators beside one.
func (w workers) SystemAdmins(ctx context.Context, but ids.Staff) (int64, error) {
	return w.q.SystemAdmins(ctx, string(but))
}

// Invitation returns an invitation, or NotFound.
func (w workers) Invitation(ctx context.Context, o ids.Org, id string) (staff.Invitation, error) {
	r, err := w.q.Invitation(ctx, db.InvitationParams{Org: string(o), ID: id})
	if err != nil {
		return staff.Invitation{}, w.found(err, "staff.no_invitation", "read invitation")
	}
	return invitationOf(r), nil
}

func invitationOf(r db.Invitation) staff.Invitation {
	return staff.Invitation{
		Org: ids.Org(r.Org), ID: r.ID, Email: r.Email, Name: r.Name, Office: ids.Office(r.Office), Role: actor.RoleID(r.Role), Lang: i18n.Lang(r.Lang),
		InvitedBy: r.InvitedBy, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, AcceptedAt: r.AcceptedAt, RevokedAt: r.RevokedAt,
	}
}

// Device returns a device, or NotFound.
func (w workers) Device(ctx context.Context, o ids.Org, id ids.Device) (staff.Device, error) {
	r, err := w.q.Device(ctx, db.DeviceParams{Org: string(o), ID: string(id)})
	if err != nil {
		return staff.Device{}, w.found(err, "staff.no_device", "read device")
	}
	return deviceOf(r), nil
}

func deviceOf(r db.Device) staff.Device {
	return staff.Device{
		Org: ids.Org(r.Org), ID: ids.Device(r.ID), Kind: staff.DeviceKind(r.Kind), Office: ids.Office(r.Office), Name: r.Name, CreatedBy: ids.Staff(r.CreatedBy),
		CreatedAt: r.CreatedAt, EnrolledAt: r.EnrolledAt, SeenAt: r.SeenAt, RevokedAt: r.RevokedAt, Settings: r.Settings,
	}
}

// Client returns a program, or NotFound.
func (w workers) Client(ctx context.Context, o ids.Org, id ids.Client) (staff.Client, error) {
	r, err := w.q.Client(ctx, db.ClientParams{Org: string(o), ID: string(id)})
	if err != nil {
		return staff.Client{}, w.found(err, "staff.no_client", "read client")
	}
	return clientOf(r), nil
}

func clientOf(r db.Client) staff.Client {
	c := staff.Client{
		Org: ids.Org(r.Org), ID: ids.Client(r.ID), Name: r.Name, CreatedBy: ids.Staff(r.CreatedBy), CreatedAt: r.CreatedAt, RotatedAt: r.RotatedAt,
		LastUsedAt: r.LastUsedAt, ExpiresAt: r.ExpiresAt, RevokedAt: r.RevokedAt,
	}
	c.Scopes = unspaced[actor.Right](r.Scopes)
	c.Only = actor.Bounds{Offices: unspaced[ids.Office](r.Offices), Inboxes: unspaced[ids.Inbox](r.Inboxes), Forms: unspaced[ids.Form](r.Forms)}
	return c
}

// spaced is a list of slugs as a column has it, unspaced the list again.
func spaced[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return strings.Join(out, " ")
}

func unspaced[T ~string](s string) []T {
	var out []T
	for x := range strings.FieldsSeq(s) {
		out = append(out, T(x))
	}
	return out
}

// Secret returns what a secret opens at a moment; NotFound for one of another kind, and for one that has expired.
func (w workers) Secret(ctx context.Context, kind staff.SecretKind, hash []byte, now int64) (staff.Kept, error) {
	r, err := w.q.Secret(ctx, hash)
	if err == nil && (r.Kind != string(kind) || now > r.ExpiresAt) {
		return staff.Kept{}, fault.NotFound("error.not_found")
	}
	if err != nil {
		return staff.Kept{}, w.found(err, "error.not_found", "read secret")
	}
	return staff.Kept{Kind: kind, Org: ids.Org(r.Org), Subject: r.Subject, ExpiresAt: r.ExpiresAt}, nil
}

// WrappedKey returns a person's key, or NotFound.
func (w workers) WrappedKey(ctx context.Context, p ids.Person) ([]byte, error) {
	b, err := w.q.PersonKey(ctx, string(p))
	if err != nil {
		return nil, w.found(err, "account.not_found", "read person key")
	}
	return b, nil
}

// Members returns those with a role at an organisation, or all staff for the empty one.
func (s *Workers) Members(ctx context.Context, o ids.Org) ([]staff.Member, error) {
	var rows []db.Staff
	var err error
	if o == "" {
		rows, err = s.read.AllStaff(ctx)
	} else {
		rows, err = s.read.StaffOfOrg(ctx, string(o))
	}
	if err != nil {
		return nil, fmt.Errorf("read staff: %w", s.fault(err))
	}
	out := make([]staff.Member, len(rows))
	for i, r := range rows {
		out[i] = memberOf(r)
	}
	return out, nil
}

// Active returns the active members with a role at an organisation, by id, with their names and those roles alone.
func (s *Workers) Active(ctx context.Context, o ids.Org) ([]staff.Worker, error) {
	rows, err := s.read.ActiveStaffRoles(ctx, string(o))
	if err != nil {
		return nil, fmt.Errorf("read roles of staff: %w", s.fault(err))
	}
	var out []staff.Worker
	for _, r := range rows {
		if n := len(out); n == 0 || string(out[n-1].ID) != r.Staff {
			out = append(out, staff.Worker{Member: staff.Member{ID: ids.Staff(r.Staff), Name: r.Name, State: staff.Active}})
		}
		last := &out[len(out)-1]
		last.Roles = append(last.Roles, staff.Granted{Grant: actor.Grant{Role: actor.RoleID(r.Role), Org: o, Office: ids.Office(r.Office)}})
	}
	return out, nil
}

// Glass returns for whom a member has broken the glass.
func (s *Workers) Glass(ctx context.Context, id ids.Staff, now int64) ([]ids.Person, error) {
	rows, err := s.read.GlassOf(ctx, db.GlassOfParams{Staff: string(id), Now: now})
	if err != nil {
		return nil, fmt.Errorf("read broken glass: %w", s.fault(err))
	}
	var out []ids.Person
	for _, p := range rows {
		out = append(out, ids.Person(p))
	}
	return out, nil
}

// mostInvitations is how many invitations of an organisation are listed.
const mostInvitations = 200

// Invitations returns an organisation's invitations, the newest first.
func (s *Workers) Invitations(ctx context.Context, o ids.Org) ([]staff.Invitation, error) {
	rows, err := s.read.InvitationsOf(ctx, db.InvitationsOfParams{Org: string(o), Most: mostInvitations})
	if err != nil {
		return nil, fmt.Errorf("read invitations: %w", s.fault(err))
	}
	out := make([]staff.Invitation, len(rows))
	for i, r := range rows {
		out[i] = invitationOf(r)
	}
	return out, nil
}

// Devices returns an organisation's devices.
func (s *Workers) Devices(ctx context.Context, o ids.Org) ([]staff.Device, error) {
	rows, err := s.read.DevicesOf(ctx, string(o))
	if err != nil {
		return nil, fmt.Errorf("read devices: %w", s.fault(err))
	}
	out := make([]staff.Device, len(rows))
	for i, r := range rows {
		out[i] = deviceOf(r)
	}
	return out, nil
}

// Clients returns an organisation's programs.
func (s *Workers) Clients(ctx context.Context, o ids.Org) ([]staff.Client, error) {
	rows, err := s.read.ClientsOf(ctx, string(o))
	if err != nil {
		return nil, fmt.Errorf("read clients: %w", s.fault(err))
	}
	out := make([]staff.Client, len(rows))
	for i, r := range rows {
		out[i] = clientOf(r)
	}
	return out, nil
}

// SeenDevice writes when a device was last there.
func (s *Workers) SeenDevice(ctx context.Context, o ids.Org, id ids.Device, now int64) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return q.SeenDevice(ctx, db.SeenDeviceParams{Now: now, Org: string(o), ID: string(id)})
	})
}

// UsedClient writes when a program was last there.
func (s *Workers) UsedClient(ctx context.Context, o ids.Org, id ids.Client, now int64) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return q.UsedClient(ctx, db.UsedClientParams{Now: now, Org: string(o), ID: string(id)})
	})
}
