package staff

import (
	"cmp"
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// Invitation asks somebody to work here, with one role. Its link's secret is made when its mail is sent; only the hash is kept.
type Invitation struct {
	Org   ids.Org // empty for a role of the installation
	ID    string
	Email string // empty for the first administrator, who says it themselves
	Name  string
	// Office and Role are what whoever accepts may do; an empty role is for a member who has lost their keys: they get new ones, and no role.
	Office ids.Office
	Role   actor.RoleID
	Lang   i18n.Lang
	// InvitedBy is a member's id, "system/..." for a part of Luukku itself, and empty for a link that whoever runs the machine got.
	InvitedBy string
	CreatedAt int64
	ExpiresAt int64 // the last Unix second
	// AcceptedAt and RevokedAt are 0 while it is open.
	AcceptedAt, RevokedAt int64
}

// Grant is the role that an invitation gives.
func (i Invitation) Grant() actor.Grant {
	return actor.Grant{Role: i.Role, Org: i.Org, Office: i.Office}
}

// First reports whether it is the invitation of the first administrator.
func (i Invitation) First() bool { return i.Email == "" }

// renews reports whether it may give a member new keys in the place of those they have: it was made for that, or by whoever runs the machine.
func (i Invitation) renews() bool { return i.Role == "" || i.InvitedBy == "" }

// Open reports whether it can be accepted at a moment.
func (i Invitation) Open(now int64) bool {
	return i.AcceptedAt == 0 && i.RevokedAt == 0 && now <= i.ExpiresAt
}

// How long links are good, to the second.
const (
	InvitationLife = 7 * 24 * time.Hour
	FirstLinkLife  = 24 * time.Hour
)

// maxName is the longest name, in characters.
const maxName = 120

// CheckPerson cleans a name and an address. The fields "name" and "email" come back in an Invalid fault when they are wrong; a name may be missing where
// the person says it themselves.
func CheckPerson(name, email string, nameNeeded bool) (string, string, error) {
	var wrong []fault.Field
	clean, ok := i18n.CleanLine(name)
	switch {
	case !ok:
		wrong = append(wrong, fault.Field{Name: "name", Key: "field.bad_characters"})
	case clean == "" && nameNeeded:
		wrong = append(wrong, fault.Field{Name: "name", Key: "field.name_required"})
	case utf8.RuneCountInString(clean) > maxName:
		wrong = append(wrong, fault.Field{Name: "name", Key: "field.too_long", Args: fault.Args{"max": maxName}})
	}
	address, err := notify.ParseEmail(cleanEmail(email))
	if err != nil {
		f := fault.Of(err)
		wrong = append(wrong, fault.Field{Name: "email", Key: f.Key, Args: f.Args})
	}
	if len(wrong) > 0 {
		return clean, address, fault.Invalid("form.invalid", nil, wrong...)
	}
	return clean, address, nil
}

// Invite invites somebody by mail. Name may be empty; of Grant, Role must be one that the actor may give there.
func (s *Service) Invite(ctx context.Context, who actor.Actor, name, email string, l i18n.Lang, g actor.Grant) (Invitation, error) {
	if err := MayGive(who, g); err != nil {
		return Invitation{}, err
	}
	if err := s.CheckGrant(ctx, g); err != nil {
		return Invitation{}, err
	}
	name, email, err := CheckPerson(name, email, false)
	if err != nil {
		return Invitation{}, err
	}
	return s.invite(ctx, who, Invitation{Org: g.Org, Email: email, Name: name, Office: g.Office, Role: g.Role, Lang: l})
}

// HelpBack sends a member who has lost their keys a link by which they get new ones; those they had are gone when they use it. It needs a say over all of
// the member's roles.
func (s *Service) HelpBack(ctx context.Context, who actor.Actor, id ids.Staff) (Invitation, error) {
	m, err := s.Store.Member(ctx, id)
	if err != nil {
		return Invitation{}, err
	}
	roles, err := s.Store.Roles(ctx, id)
	if err != nil {
		return Invitation{}, err
	}
	if err := mayAll(who, roles); err != nil {
		return Invitation{}, err
	}
	if m.State != Active {
		return Invitation{}, fault.Conflict("staff.not_active", nil)
	}
	return s.invite(ctx, who, Invitation{Email: m.Email, Name: m.Name, Lang: m.Lang})
}

func (s *Service) invite(ctx context.Context, who actor.Actor, i Invitation) (Invitation, error) {
	now := s.Now()
	i.ID, i.InvitedBy, i.CreatedAt, i.ExpiresAt = s.Gen.New(), inviter(who), now.Unix(), now.Add(InvitationLife).Unix()
	err := s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutInvitation(ctx, i); err != nil {
			return err
		}
		if err := tx.PutInviteTask(ctx, i, now.Unix()); err != nil {
			return err
		}
		return tx.Audit(ctx, s.invited(who, i))
	})
	s.committed()
	return i, err
}

const systemPrefix = "system/"

// inviter is how an invitation names who made it, and by whom reads it again.
func inviter(who actor.Actor) string {
	if who.Kind == actor.KindSystem {
		return systemPrefix + who.Name
	}
	return string(who.Staff)
}

func (i Invitation) by() actor.Actor {
	if i.InvitedBy == "" {
		return actor.System("link")
	}
	if name, ok := strings.CutPrefix(i.InvitedBy, systemPrefix); ok {
		return actor.System(name)
	}
	return self(ids.Staff(i.InvitedBy))
}

func (s *Service) invited(who actor.Actor, i Invitation) audit.Entry {
	detail := map[string]string{"role": cmp.Or(string(i.Role), "keys"), "office": string(i.Office)}
	return s.entry(i.Org, who, audit.StaffInvited, "invitation", i.ID, detail)
}

// mayInvitation says whether an actor has a say over an invitation.
func mayInvitation(who actor.Actor, i Invitation) error {
	g := i.Grant()
	if i.Role == "" {
		g = actor.Grant{Role: actor.RoleSystemAdmin}
		if string(who.Staff) == i.InvitedBy && i.InvitedBy != "" {
			return nil
		}
	}
	if err := MayGive(who, g); err != nil {
		return fault.NotFound("staff.no_invitation")
	}
	return nil
}

// Invitations returns the invitations of an organisation, or of the installation, the newest first.
func (s *Service) Invitations(ctx context.Context, who actor.Actor, o ids.Org) ([]Invitation, error) {
	if err := who.May(actor.StaffManage, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	return s.Store.Invitations(ctx, o)
}

// Revoke ends an invitation: its link leads nowhere from then on. NotFound when it is not open.
func (s *Service) Revoke(ctx context.Context, who actor.Actor, o ids.Org, id string) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		i, err := tx.Invitation(ctx, o, id)
		if err != nil {
			return err
		}
		if err := mayInvitation(who, i); err != nil {
			return err
		}
		return s.revoke(ctx, tx, who, i)
	})
}

func (s *Service) revoke(ctx context.Context, tx Tx, who actor.Actor, i Invitation) error {
	open, err := tx.RevokeInvitation(ctx, i.Org, i.ID, s.Now().Unix())
	if err == nil && !open {
		err = fault.NotFound("staff.no_invitation")
	}
	if err != nil {
		return err
	}
	if err := tx.DropSecrets(ctx, SecretInvitation, i.Org, i.ID); err != nil {
		return err
	}
	return tx.Audit(ctx, s.entry(i.Org, who, audit.InvitationEnded, "invitation", i.ID, nil))
}

// Resend sends an invitation anew: the link before is void when the new one leaves, and the seven days begin again.
func (s *Service) Resend(ctx context.Context, who actor.Actor, o ids.Org, id string) error {
	now := s.Now()
	err := s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		i, err := tx.Invitation(ctx, o, id)
		if err != nil {
			return err
		}
		if err := mayInvitation(who, i); err != nil {
			return err
		}
		open, err := tx.ExtendInvitation(ctx, o, id, now.Add(InvitationLife).Unix())
		if err == nil && (!open || i.First()) {
			err = fault.NotFound("staff.no_invitation")
		}
		if err != nil {
			return err
		}
		if err := tx.PutInviteTask(ctx, i, now.Unix()); err != nil {
			return err
		}
		return tx.Audit(ctx, s.invited(who, i))
	})
	s.committed()
	return err
}

// InvitationMail makes the link's secret of an invitation at the moment its mail is sent; the one before is void. It is NotFound when the invitation is not
// open any more: nothing is sent then. by is who invited, in their own name; empty for the installation.
func (s *Service) InvitationMail(ctx context.Context, o ids.Org, id string) (i Invitation, token, by string, err error) {
	now := s.Now().Unix()
	token = s.Gen.SessionToken()
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		if i, err = tx.Invitation(ctx, o, id); err == nil && (!i.Open(now) || i.First()) {
			err = fault.NotFound("staff.no_invitation")
		}
		if err != nil {
			return err
		}
		if err := tx.DropSecrets(ctx, SecretInvitation, o, id); err != nil {
			return err
		}
		return tx.PutSecret(ctx, ids.HashToken(token), Kept{SecretInvitation, o, id, i.ExpiresAt}, now)
	})
	if err != nil {
		return Invitation{}, "", "", err
	}
	return i, token, s.NameOf(ctx, ids.Staff(i.InvitedBy)), nil
}

// FirstLink makes the secret of the link by which the first administrator gets in; the one before is void. It is empty when there is a system administrator.
// It is good for FirstLinkLife, once.
func (s *Service) FirstLink(ctx context.Context) (string, error) {
	return s.link(ctx, actor.System("set-up"), Invitation{Role: actor.RoleSystemAdmin})
}

// AdministratorLink makes the secret of a link by which whoever has the address becomes a system administrator, with new keys if they work here already:
// for whoever is locked out, by whoever runs the machine. It is good for FirstLinkLife, once.
func (s *Service) AdministratorLink(ctx context.Context, who actor.Actor, email string) (string, error) {
	if who.Kind != actor.KindSystem {
		return "", fault.NotFound("error.not_found")
	}
	_, email, err := CheckPerson("", email, false)
	if err != nil {
		return "", err
	}
	return s.link(ctx, who, Invitation{Email: email, Role: actor.RoleSystemAdmin})
}

func (s *Service) link(ctx context.Context, who actor.Actor, i Invitation) (string, error) {
	now := s.Now()
	token, made := s.Gen.SessionToken(), true
	i.ID, i.Lang, i.CreatedAt, i.ExpiresAt = s.Gen.New(), i18n.Default, now.Unix(), now.Add(FirstLinkLife).Unix()
	before, err := s.Store.Invitations(ctx, "")
	if err != nil {
		return "", err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if i.First() {
			n, err := tx.SystemAdmins(ctx, "")
			if made = n == 0; err != nil || !made {
				return err
			}
		}
		for _, b := range before {
			if b.Email == i.Email && b.InvitedBy == "" && b.AcceptedAt == 0 && b.RevokedAt == 0 {
				if err := s.revoke(ctx, tx, who, b); err != nil && !fault.Is(err, fault.KindNotFound) {
					return err
				}
			}
		}
		if err := tx.PutInvitation(ctx, i); err != nil {
			return err
		}
		if err := tx.PutSecret(ctx, ids.HashToken(token), Kept{SecretInvitation, i.Org, i.ID, i.ExpiresAt}, now.Unix()); err != nil {
			return err
		}
		return tx.Audit(ctx, s.invited(who, i))
	})
	if err != nil || !made {
		return "", err
	}
	return token, nil
}
