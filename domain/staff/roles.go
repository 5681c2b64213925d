package staff

import (
	"context"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

func notFound() error { return fault.NotFound("staff.not_found") }

// CheckGrant says whether a role can be had where a grant says: those of the installation for the installation, all others at an organisation or an office
// of it that is there.
func (s *Service) CheckGrant(ctx context.Context, g actor.Grant) error {
	role, ok := actor.RoleByID(g.Role)
	if !ok || role.Installation != (g.Org == "") || g.Org == "" && g.Office != "" {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "role", Key: "error.field.choose"})
	}
	if g.Org == "" {
		return nil
	}
	c, err := s.Directory.Config(ctx, g.Org)
	if err != nil {
		return err
	}
	if g.Office != "" {
		if _, err := c.Office(g.Office); err != nil {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "office", Key: "error.field.choose"})
		}
	}
	return nil
}

// MayGive says whether an actor may give or take a role: StaffManage over all that the role is held for. So an administrator of one organisation gives its
// roles there, and only a system administrator makes another one.
func MayGive(who actor.Actor, g actor.Grant) error {
	if err := who.May(actor.StaffManage, actor.Object{Org: g.Org, Office: g.Office}); err != nil {
		return err
	}
	if who.Kind == actor.KindSystem || g.Org == "" {
		return nil
	}
	wide := slices.ContainsFunc(who.Grants, func(own actor.Grant) bool {
		role, ok := actor.RoleByID(own.Role)
		return ok && slices.Contains(role.Rights, actor.StaffManage) && (role.Installation || own.Org == g.Org && (own.Office == "" || own.Office == g.Office))
	})
	if !wide {
		return fault.NotFound("error.not_found")
	}
	return nil
}

// mayAll says whether an actor may give or take every role that a member has: who may not, has no say over the member as a whole.
func mayAll(who actor.Actor, roles []Granted) error {
	if len(roles) == 0 {
		return MayGive(who, actor.Grant{Role: actor.RoleSystemAdmin})
	}
	for _, r := range roles {
		if err := MayGive(who, r.Grant); err != nil {
			return notFound()
		}
	}
	return nil
}

// Workers returns those with a role at an organisation, with their roles there; of the installation (the empty organisation) everybody, with all roles.
func (s *Service) Workers(ctx context.Context, who actor.Actor, o ids.Org) ([]Worker, error) {
	if err := who.May(actor.StaffManage, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	list, err := s.Store.Members(ctx, o)
	if err != nil {
		return nil, err
	}
	out := make([]Worker, 0, len(list))
	for _, m := range list {
		w, err := s.worker(ctx, m, o)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func (s *Service) worker(ctx context.Context, m Member, o ids.Org) (Worker, error) {
	roles, err := s.Store.Roles(ctx, m.ID)
	if o != "" {
		roles = slices.DeleteFunc(roles, func(g Granted) bool { return g.Org != o })
	}
	return Worker{m, roles}, err
}

// Worker returns a member with their roles at an organisation; NotFound "staff.not_found" for who has none there.
func (s *Service) Worker(ctx context.Context, who actor.Actor, o ids.Org, id ids.Staff) (Worker, error) {
	if err := who.May(actor.StaffManage, actor.Object{Org: o}); err != nil {
		return Worker{}, err
	}
	m, err := s.Store.Member(ctx, id)
	if err != nil {
		return Worker{}, err
	}
	w, err := s.worker(ctx, m, o)
	if err == nil && o != "" && len(w.Roles) == 0 {
		err = notFound()
	}
	return w, err
}

// Holding returns the active members who have a right over an object by a role of theirs, by name: those to whom work can be given.
func (s *Service) Holding(ctx context.Context, r actor.Right, on actor.Object) ([]Member, error) {
	list, err := s.Store.Active(ctx, on.Org)
	if err != nil {
		return nil, err
	}
	var out []Member
	for _, w := range list {
		who := self(w.ID)
		if who.Grants = w.Grants(); who.May(r, on) == nil {
			out = append(out, w.Member)
		}
	}
	slices.SortFunc(out, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// NameOf is a member's name, for pages that say who did something; empty for who is not known.
func (s *Service) NameOf(ctx context.Context, id ids.Staff) string {
	m, err := s.Store.Member(ctx, id)
	if err != nil {
		return ""
	}
	return m.Name
}

func (s *Service) roleEntry(who actor.Actor, action audit.Action, id ids.Staff, g actor.Grant) audit.Entry {
	return s.entry(g.Org, who, action, "staff", string(id), map[string]string{"role": string(g.Role), "office": string(g.Office)})
}

// Give gives a role to a member. To have it already is no fault.
func (s *Service) Give(ctx context.Context, who actor.Actor, id ids.Staff, g actor.Grant) error {
	if err := MayGive(who, g); err != nil {
		return err
	}
	if err := s.CheckGrant(ctx, g); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.Member(ctx, id); err != nil {
			return err
		}
		return s.putRole(ctx, tx, who, id, g)
	})
}

func (s *Service) putRole(ctx context.Context, tx Tx, who actor.Actor, id ids.Staff, g actor.Grant) error {
	fresh, err := tx.PutRole(ctx, id, Granted{Grant: g, By: who.ID(), At: s.Now().Unix()})
	if err != nil || !fresh {
		return err
	}
	return tx.Audit(ctx, s.roleEntry(who, audit.RoleGiven, id, g))
}

// Take takes a role away; it holds from the member's next request. Conflict "staff.last_admin" for that of the last system administrator.
func (s *Service) Take(ctx context.Context, who actor.Actor, id ids.Staff, g actor.Grant) error {
	if err := MayGive(who, g); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error { return s.dropRole(ctx, tx, who, id, g) })
}

func (s *Service) dropRole(ctx context.Context, tx Tx, who actor.Actor, id ids.Staff, g actor.Grant) error {
	if g.Role == actor.RoleSystemAdmin {
		if err := s.notLast(ctx, tx, id); err != nil {
			return err
		}
	}
	had, err := tx.DropRole(ctx, id, g)
	if err != nil || !had {
		return err
	}
	return tx.Audit(ctx, s.roleEntry(who, audit.RoleTaken, id, g))
}

// notLast is Conflict "staff.last_admin" when there is no active system administrator beside a member. Two who take the role from each other wait here.
func (s *Service) notLast(ctx context.Context, tx Tx, id ids.Staff) error {
	if err := tx.LockSystemAdmins(ctx); err != nil {
		return err
	}
	n, err := tx.SystemAdmins(ctx, id)
	if err == nil && n == 0 {
		err = fault.Conflict("staff.last_admin", nil)
	}
	return err
}

// Deactivate keeps a member out, and ends their sessions at once. It needs a say over all of the member's roles.
func (s *Service) Deactivate(ctx context.Context, who actor.Actor, id ids.Staff) error {
	return s.setState(ctx, who, id, Inactive)
}

// Reactivate lets a member in again, with the roles they had.
func (s *Service) Reactivate(ctx context.Context, who actor.Actor, id ids.Staff) error {
	return s.setState(ctx, who, id, Active)
}

func (s *Service) setState(ctx context.Context, who actor.Actor, id ids.Staff, state State) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		m, err := tx.Member(ctx, id)
		if err != nil {
			return err
		}
		roles, err := tx.Roles(ctx, id)
		if err != nil {
			return err
		}
		if err := mayAll(who, roles); err != nil {
			return err
		}
		if m.State == state {
			return nil
		}
		if state == Inactive && slices.ContainsFunc(roles, func(g Granted) bool { return g.Role == actor.RoleSystemAdmin }) {
			if err := s.notLast(ctx, tx, id); err != nil {
				return err
			}
		}
		if err := tx.SetState(ctx, id, state); err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, id, nil); err != nil {
			return err
		}
		return tx.Audit(ctx, s.about(who, audit.StaffChanged, id, map[string]string{"state": string(state)}))
	})
}
