package staff

import (
	"context"
	"fmt"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
	"luukku/domain/notify"
)

// StaffSignedIn begins a session of staff after a sign-in at the organisation's own provider, and returns its token. Roles that the provider's groups stand
// for are given and taken to match them, at each sign-in. The first sign-in makes the account, when a group of the provider stands for a role here;
// otherwise the fault is Invalid "staff.no_role". Nobody is joined to an account by an email address alone: Invalid "staff.email_taken" when there is one.
func (s *Service) StaffSignedIn(ctx context.Context, f identity.Finished, agent string) (string, error) {
	if f.Audience != identity.ForStaff {
		return "", fault.Invalid("sign_in.failed", nil)
	}
	hashes := s.Seals.LookupHashes("staff subject "+f.Asserted.Issuer, f.Asserted.Subject.Reveal())
	wanted := mapped(f.Provider, f.Asserted.Groups)
	e := entrance{
		AMR: amrProvider, Agent: agent, Provider: f.Provider.ID, Issuer: f.Asserted.Issuer, ACR: f.Asserted.ACR, Level: f.Level,
	}
	token := s.Gen.SessionToken()
	err := s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		id, err := tx.MemberOfIdentity(ctx, f.Asserted.Issuer, hashes)
		if fault.Is(err, fault.KindNotFound) {
			id, err = s.makeOf(ctx, tx, f, hashes[0], wanted)
		}
		if err != nil {
			return err
		}
		m, err := tx.Member(ctx, id)
		if err != nil {
			return err
		}
		if m.State != Active {
			return fault.Invalid("staff.not_active", nil)
		}
		if err := s.match(ctx, tx, id, f.Provider, wanted); err != nil {
			return err
		}
		return s.putSession(ctx, tx, id, e, token)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// mapped are the roles that groups at a provider stand for. A provider of one organisation gives roles of that organisation alone.
func mapped(p identity.Provider, groups []string) []actor.Grant {
	var out []actor.Grant
	for _, g := range groups {
		grant, ok := p.Groups[g]
		role, known := actor.RoleByID(grant.Role)
		if !ok || !known || slices.Contains(out, grant) {
			continue
		}
		if role.Installation && (p.Org != "" || grant.Org != "" || grant.Office != "") || !role.Installation && (grant.Org == "" || p.Org != "" && p.Org != grant.Org) {
			continue
		}
		out = append(out, grant)
	}
	return out
}

// makeOf makes an account of what a provider said.
func (s *Service) makeOf(ctx context.Context, tx Tx, f identity.Finished, subject []byte, wanted []actor.Grant) (ids.Staff, error) {
	if len(wanted) == 0 {
		return "", fault.Invalid("staff.no_role", nil)
	}
	a := f.Asserted
	email, err := notify.ParseEmail(cleanEmail(a.Email))
	if err != nil {
		return "", fault.Invalid("staff.no_email", nil)
	}
	m := Member{
		ID: ids.Staff(s.Gen.New()), Email: email, Name: nameOf(a), Lang: f.Lang, State: Active, Handle: []byte(s.Gen.SessionToken()), CreatedAt: s.Now().Unix(),
	}
	if ok, err := tx.PutMember(ctx, m); err != nil || !ok {
		if err == nil {
			err = fault.Invalid("staff.email_taken", nil)
		}
		return "", err
	}
	ok, err := tx.PutIdentity(ctx, a.Issuer, subject, m.ID, f.Provider.ID, m.CreatedAt)
	if err != nil || !ok {
		return "", fmt.Errorf("keep identity of staff: there already: %w", err)
	}
	return m.ID, tx.Audit(ctx, s.about(self(m.ID), audit.StaffJoined, m.ID, map[string]string{"provider": string(f.Provider.ID)}))
}

func nameOf(a identity.Assertion) string {
	name := a.Name
	if name == "" {
		name = a.Given + " " + a.Family
	}
	clean, ok := i18n.CleanLine(name)
	if !ok || clean == "" {
		return cleanEmail(a.Email)
	}
	if r := []rune(clean); len(r) > maxName {
		clean = string(r[:maxName])
	}
	return clean
}

// by is how roles that a provider's groups gave are known.
func by(p identity.Provider) string { return "provider:" + string(p.Org) + "/" + string(p.ID) }

// match gives and takes the roles that a provider is answerable for. The last system administrator stays one.
func (s *Service) match(ctx context.Context, tx Tx, id ids.Staff, p identity.Provider, wanted []actor.Grant) error {
	had, err := tx.Roles(ctx, id)
	if err != nil {
		return err
	}
	who := actor.System("provider." + string(p.ID))
	for _, g := range wanted {
		fresh, err := tx.PutRole(ctx, id, Granted{Grant: g, By: by(p), At: s.Now().Unix()})
		if err != nil {
			return err
		}
		if fresh {
			if err := tx.Audit(ctx, s.roleEntry(who, audit.RoleGiven, id, g)); err != nil {
				return err
			}
		}
	}
	for _, g := range had {
		if g.By != by(p) || slices.Contains(wanted, g.Grant) {
			continue
		}
		if err := s.dropRole(ctx, tx, who, id, g.Grant); err != nil && !fault.IsKey(err, "staff.last_admin") {
			return err
		}
	}
	return nil
}
