package storetest

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/domain/staff"
)

func firstOnce(t *testing.T, w *Workplace) {
	link, err := w.Staff.FirstLink(t.Context())
	want(t, "first link", err, "")
	again, err := w.Staff.FirstLink(t.Context())
	want(t, "a newer link", err, "")
	_, err = w.Staff.Enrolment(t.Context(), link, "10.0.0.9")
	want(t, "the link before", err, "staff.no_invitation")
	a := w.Enrol(t, again, "Aino", "Aino@Town.example", "10.0.0.1")
	who := w.Who(t, a.Token)
	for _, g := range []actor.Grant{{Role: actor.RoleSystemAdmin}, {Role: actor.RoleOrgAdmin, Org: "town"}} {
		if !MayHave(who, g) {
			t.Errorf("the first administrator lacks %v", g)
		}
	}
	_, err = w.Staff.Enrolment(t.Context(), again, "10.0.0.9")
	want(t, "the link again", err, "staff.no_invitation")
	if third, err := w.Staff.FirstLink(t.Context()); third != "" || err != nil {
		t.Errorf("a link when there is an administrator: got %q, %v", third, err)
	}
}

// MayHave reports whether an actor has a grant.
func MayHave(who actor.Actor, g actor.Grant) bool {
	for _, own := range who.Grants {
		if own == g {
			return true
		}
	}
	return false
}

func giving(t *testing.T, w *Workplace) {
	ctx := t.Context()
	admin := w.Who(t, w.First(t).Token)
	org := w.Who(t, w.Hire(t, admin, "org@town.example", actor.Grant{Role: actor.RoleOrgAdmin, Org: "town"}).Token)
	desk := w.Who(t, w.Hire(t, admin, "desk@town.example", actor.Grant{Role: actor.RoleOrgAdmin, Org: "town", Office: "hall"}).Token)
	clerk := w.Hire(t, org, "clerk@town.example", clerkAt("town"))
	worker := w.Who(t, clerk.Token)
	for _, c := range []struct {
		name string
		who  actor.Actor
		g    actor.Grant
		key  string
	}{
		{"an administrator of the organisation, there", org, actor.Grant{Role: actor.RoleManager, Org: "town", Office: "hall"}, ""},
		{"elsewhere", org, clerkAt("city"), "error.not_found"},
		{"a system administrator", org, actor.Grant{Role: actor.RoleSystemAdmin}, "error.not_found"},
		{"that of one office, there", desk, actor.Grant{Role: actor.RoleCaseworker, Org: "town", Office: "hall"}, ""},
		{"that of one office, everywhere", desk, clerkAt("town"), "error.not_found"},
		{"a clerk", worker, clerkAt("town"), "error.not_found"},
		{"an office that is not there", org, actor.Grant{Role: actor.RoleClerk, Org: "town", Office: "moon"}, "error.field.choose"},
		{"a role that is none", admin, actor.Grant{Role: "king", Org: "town"}, "error.field.choose"},
		{"a role of the installation at an organisation", admin, actor.Grant{Role: actor.RoleSystemAdmin, Org: "town"}, "error.field.choose"},
		{"a role of an organisation for none", admin, actor.Grant{Role: actor.RoleClerk}, "error.field.choose"},
	} {
		want(t, c.name, w.Staff.Give(ctx, c.who, clerk.ID, c.g), c.key)
		_, err := w.Staff.Invite(ctx, c.who, "", "new@town.example", "en", c.g)
		want(t, c.name+", invited", err, c.key)
	}
	want(t, "to deactivate who is more", w.Staff.Deactivate(ctx, org, admin.Staff), "staff.not_found")
	want(t, "to deactivate who is less", w.Staff.Deactivate(ctx, org, clerk.ID), "")
	_, err := w.Staff.HelpBack(ctx, org, admin.Staff)
	want(t, "new keys for who is more", err, "staff.not_found")
	_, err = w.Staff.Workers(ctx, worker, "town")
	want(t, "a clerk lists staff", err, "error.not_found")
	list, err := w.Staff.Workers(ctx, org, "town")
	if err != nil || len(list) != 4 {
		t.Errorf("got %d who work at the town, %v, want 4", len(list), err)
	}
	for _, x := range list {
		for _, r := range x.Roles {
			if r.Org != "town" {
				t.Errorf("the town's administrator sees %v", r.Grant)
			}
		}
	}
}

func taking(t *testing.T, w *Workplace) {
	ctx := t.Context()
	admin := w.Who(t, w.First(t).Token)
	clerk := w.Hire(t, admin, "clerk@town.example", clerkAt("town"))
	list := actor.Object{Org: "town"}
	want(t, "before", w.Who(t, clerk.Token).May(actor.AppointmentList, list), "")
	want(t, "take", w.Staff.Take(ctx, admin, clerk.ID, clerkAt("town")), "")
	want(t, "the next request", w.Who(t, clerk.Token).May(actor.AppointmentList, list), "error.not_found")
	want(t, "take again", w.Staff.Take(ctx, admin, clerk.ID, clerkAt("town")), "")
}

func lastAdmin(t *testing.T, w *Workplace) {
	ctx := t.Context()
	a := w.First(t)
	admin, system := w.Who(t, a.Token), actor.Grant{Role: actor.RoleSystemAdmin}
	want(t, "the only one's role", w.Staff.Take(ctx, admin, a.ID, system), "staff.last_admin")
	want(t, "the only one", w.Staff.Deactivate(ctx, admin, a.ID), "staff.last_admin")
	b := w.Hire(t, admin, "b@town.example", system)
	var done atomic.Int32
	var all sync.WaitGroup
	for _, pair := range [][2]ids.Staff{{a.ID, b.ID}, {b.ID, a.ID}} {
		who := actor.Actor{Kind: actor.KindStaff, Staff: pair[0], Grants: []actor.Grant{system}}
		all.Go(func() {
			err := w.Staff.Take(ctx, who, pair[1], system)
			if err == nil {
				done.Add(1)
			} else if !hasKey(err, "staff.last_admin") {
				t.Errorf("the loser hears %v", err)
			}
		})
	}
	all.Wait()
	if n, err := w.Store.Workers().SystemAdmins(ctx, ""); n != 1 || done.Load() != 1 || err != nil {
		t.Errorf("got %d administrators after %d were taken, %v, want one of each", n, done.Load(), err)
	}
}

func deactivated(t *testing.T, w *Workplace) {
	ctx := t.Context()
	admin := w.Who(t, w.First(t).Token)
	b := w.Hire(t, admin, "b@town.example", clerkAt("town"))
	want(t, "deactivate", w.Staff.Deactivate(ctx, admin, b.ID), "")
	_, err := w.Staff.SignedStaff(ctx, b.Token)
	want(t, "the session", err, "sign_in.ended")
	w.Clock.Advance(time.Minute)
	_, err = w.SignIn(t, b, "10.0.0.7")
	want(t, "sign in", err, "staff.wrong_password")
	want(t, "reactivate", w.Staff.Reactivate(ctx, admin, b.ID), "")
	_, err = w.SignIn(t, b, "10.0.0.8")
	want(t, "sign in again", err, "")
}

func joining(t *testing.T, w *Workplace) {
	ctx := t.Context()
	admin := w.Who(t, w.First(t).Token)
	b := w.Hire(t, admin, "b@town.example", clerkAt("town"))
	c := w.Hire(t, admin, "c@town.example", clerkAt("town"))
	manager := actor.Grant{Role: actor.RoleManager, Org: "town"}
	link := w.Link(t, admin, "B@town.example", manager)
	_, err := w.Staff.PreparePassword(ctx, link, staff.Person{Name: "Bertta", Lang: "fi"}, goodPassword, "10.0.0.3")
	want(t, "a new password for a known address", err, "staff.sign_in_first")
	want(t, "another's account", w.Staff.Join(ctx, w.Who(t, c.Token), link, "10.0.0.3"), "staff.other_email")
	want(t, "join", w.Staff.Join(ctx, w.Who(t, b.Token), link, "10.0.0.3"), "")
	if !MayHave(w.Who(t, b.Token), manager) {
		t.Error("the role was not given")
	}
	want(t, "join again", w.Staff.Join(ctx, w.Who(t, b.Token), link, "10.0.0.3"), "staff.no_invitation")
}

func clients(t *testing.T, w *Workplace) {
	ctx := t.Context()
	admin := w.Who(t, w.First(t).Token)
	_, _, err := w.Staff.MakeClient(ctx, admin, "town", "Statistics", []actor.Right{actor.StaffManage}, 0)
	want(t, "a right that no program has", err, "error.field.choose")
	end := w.Clock.Now().Add(48 * time.Hour).Unix()
	c, key, err := w.Staff.MakeClient(ctx, admin, "town", "Statistics", []actor.Right{actor.AppointmentList}, end)
	want(t, "make", err, "")
	who, err := w.Staff.Client(ctx, key)
	want(t, "use", err, "")
	want(t, "its scope", who.May(actor.AppointmentList, actor.Object{Org: "town"}), "")
	want(t, "elsewhere", who.May(actor.AppointmentList, actor.Object{Org: "city"}), "error.not_found")
	_, err = w.Staff.Client(ctx, strings.TrimPrefix(key, staff.KeyPrefix))
	want(t, "no key", err, "staff.key_invalid")
	newer, err := w.Staff.RotateClient(ctx, admin, "town", c.ID, true)
	want(t, "rotate", err, "")
	w.Clock.Advance(staff.GraceLife)
	_, err = w.Staff.Client(ctx, key)
	want(t, "the old key within its grace", err, "")
	w.Clock.Advance(time.Second)
	_, err = w.Staff.Client(ctx, key)
	want(t, "after it", err, "staff.key_invalid")
	_, err = w.Staff.Client(ctx, newer)
	want(t, "the new one", err, "")
	again, err := w.Staff.RotateClient(ctx, actor.System("test"), "town", c.ID, false)
	want(t, "rotate at once", err, "")
	_, err = w.Staff.Client(ctx, newer)
	want(t, "the one before, at once", err, "staff.key_invalid")
	w.Clock.Set(time.Unix(end, 0))
	_, err = w.Staff.Client(ctx, again)
	want(t, "in the last second", err, "")
	w.Clock.Advance(time.Second)
	_, err = w.Staff.Client(ctx, again)
	want(t, "expired", err, "staff.key_invalid")
	_, key, err = w.Staff.MakeClient(ctx, actor.System("test"), "town", "Other", []actor.Right{actor.AuditRead}, 0)
	want(t, "make another", err, "")
	list, err := w.Staff.Clients(ctx, actor.System("test"), "town")
	if err != nil || len(list) != 2 {
		t.Fatalf("got %d programs, %v", len(list), err)
	}
	want(t, "revoke", w.Staff.RevokeClient(ctx, actor.System("test"), "town", list[1].ID), "")
	_, err = w.Staff.Client(ctx, key)
	want(t, "the revoked one", err, "staff.key_invalid")
}

func groupRoles(t *testing.T, w *Workplace) {
	ctx := t.Context()
	p := identity.Provider{Org: "town", ID: "entra", Audience: identity.ForStaff, Groups: map[string]actor.Grant{
		"desk": clerkAt("town"), "boss": {Role: actor.RoleManager, Org: "town"}, "root": {Role: actor.RoleSystemAdmin}, "city": clerkAt("city"),
	}}
	finished := func(subject, email string, groups ...string) identity.Finished {
		return identity.Finished{Audience: identity.ForStaff, Provider: p, Level: actor.LevelSubstantial, Lang: "fi", Asserted: identity.Assertion{
			Issuer: "https://login.town.example", Subject: natid.Secret(subject), Name: "Cecilia Kolmas", Email: email, Groups: groups,
		}}
	}
	_, err := w.Staff.StaffSignedIn(ctx, finished("s1", "c@town.example", "nothing"), "")
	want(t, "no group that stands for a role", err, "staff.no_role")
	token, err := w.Staff.StaffSignedIn(ctx, finished("s1", "C@town.example", "desk", "root", "city"), "Edge")
	want(t, "first sign-in", err, "")
	who := w.Who(t, token)
	if len(who.Grants) != 1 || !MayHave(who, clerkAt("town")) {
		t.Errorf("got %v, want the desk's role alone", who.Grants)
	}
	caseworker := actor.Grant{Role: actor.RoleCaseworker, Org: "town"}
	want(t, "a role by hand", w.Staff.Give(ctx, actor.System("test"), who.Staff, caseworker), "")
	token, err = w.Staff.StaffSignedIn(ctx, finished("s1", "renamed@town.example", "boss"), "Edge")
	want(t, "second sign-in", err, "")
	who = w.Who(t, token)
	if len(who.Grants) != 2 || !MayHave(who, caseworker) || !MayHave(who, actor.Grant{Role: actor.RoleManager, Org: "town"}) {
		t.Errorf("got %v, want the boss's role and the one given by hand", who.Grants)
	}
	_, err = w.Staff.StaffSignedIn(ctx, finished("s2", "c@town.example", "desk"), "")
	want(t, "somebody else with the same address", err, "staff.email_taken")
	want(t, "deactivate", w.Staff.Deactivate(ctx, actor.System("test"), who.Staff), "")
	_, err = w.Staff.StaffSignedIn(ctx, finished("s1", "c@town.example", "boss"), "")
	want(t, "who was deactivated", err, "staff.not_active")
}
