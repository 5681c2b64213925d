package storetest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
	"luukku/domain/staff"
)

// Workplace is a house with those who work in it.
type Workplace struct {
	*House
	Staff  *staff.Service
	People *identity.Service
}

// OpenWorkplace opens a house with the room of staff over it.
func OpenWorkplace(t testing.TB, e Engine) *Workplace {
	t.Helper()
	h := Open(t, e, 1)
	w := &Workplace{House: h}
	gen := &ids.Gen{Now: h.Clock.Now, Rand: rand.Reader}
	w.People = &identity.Service{Store: h.Store.People(), Seals: h.Keys, Gen: gen, Now: h.Clock.Now, Log: slog.New(slog.DiscardHandler)}
	var err error
	w.Staff, err = staff.NewService(staff.Deps{
		Store: h.Store.Workers(), Directory: h.Store, Sessions: w.People, Seals: h.Keys, Gen: gen, Now: h.Clock.Now, Rand: rand.Reader,
		Log: slog.New(slog.DiscardHandler), BaseURL: "http://localhost:8080", Cores: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

const goodPassword = "keltainen sateenvarjo 7"

// Hired is somebody who works at a Workplace, with what they get in by.
type Hired struct {
	ID       ids.Staff
	Email    string
	Secret   string // of the second factor
	Recovery []string
	Token    string
}

// Enrol accepts an invitation's link with a password.
func (w *Workplace) Enrol(t testing.TB, link, name, email, address string) Hired {
	t.Helper()
	ctx := t.Context()
	pending, err := w.Staff.PreparePassword(ctx, link, staff.Person{Name: name, Email: email, Lang: "fi"}, goodPassword, address)
	if err != nil {
		t.Fatalf("prepare password: %v", err)
	}
	e, err := w.Staff.Enrolment(ctx, link, address)
	if err != nil {
		t.Fatal(err)
	}
	means, err := w.Staff.InvitationMeans(e, pending)
	if err != nil {
		t.Fatal(err)
	}
	h := Hired{Email: email, Secret: means.Secret}
	h.Token, h.Recovery, err = w.Staff.EnrolPassword(ctx, link, pending, w.Code(t, h), address, "Firefox")
	if err != nil {
		t.Fatalf("enrol: %v", err)
	}
	h.ID = w.Who(t, h.Token).Staff
	return h
}

// Code is what the authenticator app shows now.
func (w *Workplace) Code(t testing.TB, h Hired) string {
	t.Helper()
	code, err := totp.GenerateCode(h.Secret, w.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Who is the actor of a session.
func (w *Workplace) Who(t testing.TB, token string) actor.Actor {
	t.Helper()
	signed, err := w.Staff.SignedStaff(t.Context(), token)
	if err != nil {
		t.Fatalf("who: %v", err)
	}
	return signed.Actor
}

// First makes the first administrator.
func (w *Workplace) First(t testing.TB) Hired {
	t.Helper()
	link, err := w.Staff.FirstLink(t.Context())
	if err != nil || link == "" {
		t.Fatalf("first link: got %q, %v", link, err)
	}
	return w.Enrol(t, link, "Aino Ensimmäinen", "aino@town.example", "10.0.0.1")
}

// Hire invites somebody and has them accept.
func (w *Workplace) Hire(t testing.TB, by actor.Actor, email string, g actor.Grant) Hired {
	t.Helper()
	return w.Enrol(t, w.Link(t, by, email, g), "Bertta Toinen", email, "10.0.0.2")
}

// Link invites somebody and returns the secret that their mail has.
func (w *Workplace) Link(t testing.TB, by actor.Actor, email string, g actor.Grant) string {
	t.Helper()
	i, err := w.Staff.Invite(t.Context(), by, "", email, "fi", g)
	if err != nil {
		t.Fatalf("invite: %v", err)
	}
	_, token, _, err := w.Staff.InvitationMail(t.Context(), i.Org, i.ID)
	if err != nil {
		t.Fatalf("mail: %v", err)
	}
	return token
}

// SignIn signs in by password and code.
func (w *Workplace) SignIn(t testing.TB, h Hired, address string) (string, error) {
	t.Helper()
	step, err := w.Staff.SignInPassword(t.Context(), h.Email, goodPassword, address)
	if err != nil {
		return "", err
	}
	return w.Staff.SignInCode(t.Context(), step, w.Code(t, h), address, "Firefox")
}

// Working is the suite of those who work here.
func Working(t *testing.T, e Engine) {
	for name, test := range map[string]func(t *testing.T, w *Workplace){
		"the first administrator is made once":                   firstOnce,
		"two who accept one invitation at once make one account": acceptOnce,
		"a code of the app is good once":                         codeOnce,
		"a recovery code is good once":                           recoveryOnce,
		"a link leads nowhere when guessed, revoked or too old":  links,
		"nobody gives what is beyond them":                       giving,
		"a role taken holds at once":                             taking,
		"one system administrator always stays":                  lastAdmin,
		"deactivated staff are out at once":                      deactivated,
		"a role for somebody who works here already":             joining,
		"lost keys are replaced, and the old ones are void":      lostKeys,
		"the glass is broken for a while, with a reason":         glass,
		"a device is enrolled once, and revoked":                 devices,
		"a program's key is replaced and revoked":                clients,
		"roles follow the groups at a provider":                  groupRoles,
		"guessing slows the guesser and not the owner":           guessing,
		"a password is changed by who knows it":                  changing,
		"passkeys work in one way alone":                         passkeys,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, OpenWorkplace(t, e))
		})
	}
}

func want(t *testing.T, what string, err error, key string) {
	t.Helper()
	switch {
	case key == "" && err != nil:
		t.Errorf("%s: got %v, want it done", what, err)
	case key != "" && !hasKey(err, key):
		t.Errorf("%s: got %v, want %s", what, err, key)
	}
}

// hasKey reports whether a fault, or one of its fields, has a key.
func hasKey(err error, key string) bool {
	if err == nil {
		return false
	}
	f := fault.Of(err)
	for _, field := range f.Fields {
		if field.Key == key {
			return true
		}
	}
	return f.Key == key
}

func clerkAt(o ids.Org) actor.Grant { return actor.Grant{Role: actor.RoleClerk, Org: o} }

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

func acceptOnce(t *testing.T, w *Workplace) {
	link, err := w.Staff.FirstLink(t.Context())
	want(t, "first link", err, "")
	e, err := w.Staff.Enrolment(t.Context(), link, "10.0.0.1")
	want(t, "open", err, "")
	type prepared struct{ pending, secret string }
	var list []prepared
	for _, email := range []string{"a@town.example", "b@town.example", "c@town.example"} {
		pending, err := w.Staff.PreparePassword(t.Context(), link, staff.Person{Name: "Somebody Else", Email: email, Lang: "en"}, goodPassword, "10.0.0.1")
		want(t, "prepare", err, "")
		means, err := w.Staff.InvitationMeans(e, pending)
		want(t, "means", err, "")
		list = append(list, prepared{pending, means.Secret})
	}
	var in atomic.Int32
	var all sync.WaitGroup
	for _, p := range list {
		all.Go(func() {
			_, _, err := w.Staff.EnrolPassword(t.Context(), link, p.pending, w.Code(t, Hired{Secret: p.secret}), "10.0.0.1", "")
			if err == nil {
				in.Add(1)
			} else if !hasKey(err, "staff.no_invitation") {
				t.Errorf("a loser hears %v", err)
			}
		})
	}
	all.Wait()
	list2, err := w.Store.Workers().Members(t.Context(), "")
	if err != nil || len(list2) != 1 || in.Load() != 1 {
		t.Errorf("got %d accounts and %d sessions (%v), want one", len(list2), in.Load(), err)
	}
}

func codeOnce(t *testing.T, w *Workplace) {
	a := w.First(t)
	_, err := w.SignIn(t, a, "10.0.0.1")
	want(t, "the code of the enrolment again", err, "staff.wrong_code")
	w.Clock.Advance(30 * time.Second)
	step, err := w.Staff.SignInPassword(t.Context(), a.Email, goodPassword, "10.0.0.1")
	want(t, "password", err, "")
	code := w.Code(t, a)
	var in atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := w.Staff.SignInCode(t.Context(), step, code, "10.0.0.1", ""); err == nil {
				in.Add(1)
			} else if !hasKey(err, "staff.wrong_code") {
				t.Errorf("a loser hears %v", err)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("the code let in %d times, want once", in.Load())
	}
	w.Clock.Advance(11 * time.Minute)
	_, err = w.Staff.SignInCode(t.Context(), step, w.Code(t, a), "10.0.0.3", "")
	want(t, "a step that took too long", err, "staff.step_over")
}

func recoveryOnce(t *testing.T, w *Workplace) {
	a := w.First(t)
	if len(a.Recovery) != staff.RecoveryCodes {
		t.Fatalf("got %d recovery codes", len(a.Recovery))
	}
	step, err := w.Staff.SignInPassword(t.Context(), a.Email, goodPassword, "10.0.0.1")
	want(t, "password", err, "")
	_, left, err := w.Staff.SignInRecovery(t.Context(), step, " "+strings.ToLower(a.Recovery[3]), "10.0.0.1", "")
	want(t, "a code typed in its own way", err, "")
	if left != 9 {
		t.Errorf("got %d codes left, want 9", left)
	}
	_, _, err = w.Staff.SignInRecovery(t.Context(), step, a.Recovery[3], "10.0.0.1", "")
	want(t, "the code again", err, "staff.wrong_recovery")
	b := w.Hire(t, w.Who(t, a.Token), "b@town.example", clerkAt("town"))
	_, _, err = w.Staff.SignInRecovery(t.Context(), step, b.Recovery[0], "10.0.0.1", "")
	want(t, "a colleague's code", err, "staff.wrong_recovery")
	codes, err := w.Staff.RenewRecovery(t.Context(), w.Who(t, a.Token), identity.Session{}, goodPassword)
	want(t, "new codes", err, "")
	_, _, err = w.Staff.SignInRecovery(t.Context(), step, a.Recovery[4], "10.0.0.1", "")
	want(t, "a code of the list before", err, "staff.wrong_recovery")
	_, _, err = w.Staff.SignInRecovery(t.Context(), step, codes[0], "10.0.0.1", "")
	want(t, "a new code", err, "")
}

func links(t *testing.T, w *Workplace) {
	a := w.First(t)
	admin := w.Who(t, a.Token)
	ctx := t.Context()
	for range 10 {
		_, err := w.Staff.Enrolment(ctx, "0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk", "10.9.9.9")
		want(t, "a guess", err, "staff.no_invitation")
	}
	good := w.Link(t, admin, "b@town.example", clerkAt("town"))
	_, err := w.Staff.Enrolment(ctx, good, "10.9.9.9")
	want(t, "whoever has guessed, with the right link", err, "error.too_many")
	_, err = w.Staff.Enrolment(ctx, good, "10.0.0.2")
	want(t, "whoever has not", err, "")
	list, err := w.Staff.Invitations(ctx, admin, "town")
	if err != nil || len(list) != 1 {
		t.Fatalf("got %d invitations, %v", len(list), err)
	}
	want(t, "send again", w.Staff.Resend(ctx, admin, "town", list[0].ID), "")
	_, newer, by, err := w.Staff.InvitationMail(ctx, "town", list[0].ID)
	if err != nil || by != "Aino Ensimmäinen" {
		t.Errorf("got %q, %v", by, err)
	}
	_, err = w.Staff.Enrolment(ctx, good, "10.0.0.3")
	want(t, "the link before", err, "staff.no_invitation")
	w.Clock.Advance(staff.InvitationLife)
	_, err = w.Staff.Enrolment(ctx, newer, "10.0.0.4")
	want(t, "in the last second", err, "")
	w.Clock.Advance(time.Second)
	_, err = w.Staff.Enrolment(ctx, newer, "10.0.0.5")
	want(t, "a second later", err, "staff.no_invitation")
	fresh := w.Link(t, actor.System("test"), "c@town.example", clerkAt("town"))
	list, err = w.Staff.Invitations(ctx, actor.System("test"), "town")
	if err != nil {
		t.Fatal(err)
	}
	want(t, "revoke", w.Staff.Revoke(ctx, actor.System("test"), "town", list[0].ID), "")
	want(t, "revoke again", w.Staff.Revoke(ctx, actor.System("test"), "town", list[0].ID), "staff.no_invitation")
	_, err = w.Staff.Enrolment(ctx, fresh, "10.0.0.6")
	want(t, "a revoked link", err, "staff.no_invitation")
	_, _, _, err = w.Staff.InvitationMail(ctx, "town", list[0].ID)
	want(t, "the mail of a revoked invitation", err, "staff.no_invitation")
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

func lostKeys(t *testing.T, w *Workplace) {
	ctx := t.Context()
	a := w.First(t)
	admin := w.Who(t, a.Token)
	b := w.Hire(t, admin, "b@town.example", clerkAt("town"))
	i, err := w.Staff.HelpBack(ctx, admin, b.ID)
	want(t, "help back", err, "")
	_, link, _, err := w.Staff.InvitationMail(ctx, i.Org, i.ID)
	want(t, "mail", err, "")
	w.Clock.Advance(time.Minute)
	again := w.Enrol(t, link, "Bertta Toinen", "b@town.example", "10.0.0.3")
	if again.ID != b.ID || !MayHave(w.Who(t, again.Token), clerkAt("town")) {
		t.Errorf("got %s, want the same member %s with the same role", again.ID, b.ID)
	}
	_, err = w.Staff.SignedStaff(ctx, b.Token)
	want(t, "the session before", err, "sign_in.ended")
	w.Clock.Advance(time.Minute)
	_, err = w.SignIn(t, b, "10.0.0.4")
	want(t, "the second factor before", err, "staff.wrong_code")
	_, err = w.SignIn(t, again, "10.0.0.5")
	want(t, "the new one", err, "")
	link, err = w.Staff.AdministratorLink(ctx, actor.System("command-line"), " B@Town.example ")
	want(t, "from the command line", err, "")
	w.Clock.Advance(time.Minute)
	third := w.Enrol(t, link, "Bertta Toinen", "b@town.example", "10.0.0.6")
	if third.ID != b.ID || !MayHave(w.Who(t, third.Token), actor.Grant{Role: actor.RoleSystemAdmin}) {
		t.Error("whoever was locked out is no system administrator")
	}
	_, err = w.Staff.AdministratorLink(ctx, admin, "x@town.example")
	want(t, "a page asks for such a link", err, "error.not_found")
}

func glass(t *testing.T, w *Workplace) {
	ctx := t.Context()
	admin := w.Who(t, w.First(t).Token)
	b := w.Hire(t, admin, "b@town.example", actor.Grant{Role: actor.RoleCaseworker, Org: "town"})
	who := w.Who(t, b.Token)
	_, wrapped, err := w.Keys.NewPersonKey("p1")
	want(t, "key", err, "")
	err = w.Store.People().InTx(ctx, func(ctx context.Context, tx identity.Tx) error { return tx.PutPerson(ctx, "p1", wrapped, 1) })
	want(t, "person", err, "")
	elsewhere := actor.Object{Org: "city", Owner: actor.Owner{Person: "p1"}}
	want(t, "before", who.May(actor.PersonRead, elsewhere), "error.not_found")
	_, err = w.Staff.BreakGlass(ctx, who, "town", "p1", "  because ")
	want(t, "without a reason", err, "staff.reason_short")
	_, err = w.Staff.BreakGlass(ctx, who, "city", "p1", "The person is in danger")
	want(t, "where the right is not", err, "error.not_found")
	_, err = w.Staff.BreakGlass(ctx, admin, "town", "p1", "The person is in danger")
	want(t, "who has not the right", err, "error.not_found")
	_, err = w.Staff.BreakGlass(ctx, who, "town", "p1", "The person is in danger")
	want(t, "break", err, "")
	want(t, "then", w.Who(t, b.Token).May(actor.PersonRead, elsewhere), "")
	w.Clock.Advance(staff.GlassLife)
	want(t, "in the last second", w.Who(t, b.Token).May(actor.PersonRead, elsewhere), "")
	w.Clock.Advance(time.Second)
	want(t, "a second later", w.Who(t, b.Token).May(actor.PersonRead, elsewhere), "error.not_found")
	lines, _, err := w.auditOf("p1")
	if err != nil || len(lines) != 1 || lines[0] != audit.GlassBroken {
		t.Errorf("got %v, %v, want one line of the broken glass", lines, err)
	}
}

func (w *Workplace) auditOf(p ids.Person) (actions []audit.Action, details []string, err error) {
	rows, err := w.DB.Reader().QueryContext(context.Background(), "SELECT action, detail FROM audit WHERE subject_kind = 'person' AND subject = $1", string(p))
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a, d string
		if err := rows.Scan(&a, &d); err != nil {
			return nil, nil, err
		}
		actions, details = append(actions, audit.Action(a)), append(details, d)
	}
	return actions, details, rows.Err()
}

func devices(t *testing.T, w *Workplace) {
	ctx := t.Context()
	admin := w.Who(t, w.First(t).Token)
	_, _, err := w.Staff.MakeDevice(ctx, admin, "town", staff.Kiosk, "moon", "Door")
	want(t, "an office that is not there", err, "error.field.choose")
	d, code, err := w.Staff.MakeDevice(ctx, admin, "town", staff.Kiosk, "hall", "Door")
	want(t, "make", err, "")
	var in atomic.Int32
	var token string
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, got, err := w.Staff.EnrolDevice(ctx, strings.ToLower(code), "10.0.0.1"); err == nil {
				in.Add(1)
				mu.Lock()
				token = got
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Fatalf("the code enrolled %d browsers, want one", in.Load())
	}
	who, _, err := w.Staff.Device(ctx, token)
	if err != nil || who.Kind != actor.KindDevice || who.Device != d.ID || who.DeviceKind != staff.Kiosk || who.Org != "town" || who.Office != "hall" {
		t.Errorf("got %+v, %v", who, err)
	}
	code, err = w.Staff.RenewDeviceCode(ctx, admin, "town", d.ID)
	want(t, "another code", err, "")
	w.Clock.Advance(staff.DeviceCodeLife + time.Second)
	_, _, err = w.Staff.EnrolDevice(ctx, code, "10.0.0.2")
	want(t, "a code that is too old", err, "staff.wrong_device_code")
	for range 9 {
		_, _, err = w.Staff.EnrolDevice(ctx, "ABCD-EFGH", "10.0.0.2")
		want(t, "a guess", err, "staff.wrong_device_code")
	}
	_, _, err = w.Staff.EnrolDevice(ctx, "ABCD-EFGH", "10.0.0.2")
	want(t, "one guess too many", err, "error.too_many")
	want(t, "revoke", w.Staff.RevokeDevice(ctx, admin, "town", d.ID), "")
	_, _, err = w.Staff.Device(ctx, token)
	want(t, "the revoked one", err, "staff.device_required")
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

func guessing(t *testing.T, w *Workplace) {
	ctx := t.Context()
	a := w.First(t)
	w.Clock.Advance(time.Minute)
	for i := range 10 {
		_, err := w.Staff.SignInPassword(ctx, a.Email, "wrong", "10.6.6.6")
		if !hasKey(err, "staff.wrong_password") {
			t.Errorf("guess %d: got %v", i, err)
		}
	}
	_, err := w.Staff.SignInPassword(ctx, a.Email, goodPassword, "10.6.6.6")
	want(t, "the guesser, right at last", err, "error.too_many")
	_, err = w.SignIn(t, a, "10.0.0.1")
	want(t, "the owner from elsewhere", err, "")
	_, unknown := w.Staff.SignInPassword(ctx, "nobody@town.example", goodPassword, "10.0.0.1")
	want(t, "an address that nobody has", unknown, "staff.wrong_password")
	// Many addresses, a guess or two each: beyond what the account bears, only those that have failed wait.
	for i := range 20 {
		_, err := w.Staff.SignInPassword(ctx, a.Email, "wrong", "10.7.0."+string(rune('a'+i)))
		want(t, "one of many guessers", err, "staff.wrong_password")
	}
	_, err = w.Staff.SignInPassword(ctx, a.Email, "wrong", "10.7.0.a")
	want(t, "its second guess", err, "error.too_many")
	w.Clock.Advance(30 * time.Second)
	_, err = w.SignIn(t, a, "10.0.0.99")
	want(t, "the owner meanwhile", err, "")
}

func changing(t *testing.T, w *Workplace) {
	ctx := t.Context()
	a := w.First(t)
	w.Clock.Advance(time.Minute)
	other, err := w.SignIn(t, a, "10.0.0.2")
	want(t, "another browser", err, "")
	who := w.Who(t, a.Token)
	who.Address = "10.0.0.1"
	sess, err := w.People.StaffSession(ctx, a.Token)
	want(t, "session", err, "")
	_, err = w.Staff.ChangePassword(ctx, who, sess, "wrong", "sininen polkupyörä 4")
	want(t, "without the present one", err, "staff.wrong_present")
	_, err = w.Staff.ChangePassword(ctx, who, sess, goodPassword, "lyhyt")
	want(t, "too short", err, "staff.password_short")
	step, err := w.Staff.SignInPassword(ctx, a.Email, goodPassword, "10.0.0.3")
	want(t, "half signed in", err, "")
	_, err = w.Staff.ChangePassword(ctx, who, sess, goodPassword, "sininen polkupyörä 4")
	want(t, "change", err, "")
	_, err = w.Staff.SignedStaff(ctx, other)
	want(t, "the other browser", err, "sign_in.ended")
	w.Who(t, a.Token)
	if w.Staff.StepGood(ctx, step) {
		t.Error("a sign-in with the password before can go on")
	}
	pending, err := w.Staff.RenewFactor(ctx, who, sess, "sininen polkupyörä 4")
	want(t, "a new phone", err, "")
	means, err := w.Staff.MyMeans(ctx, who, pending)
	want(t, "shown", err, "")
	_, err = w.Staff.FinishMeans(ctx, who, sess, pending, "000000")
	want(t, "a wrong code", err, "staff.wrong_code")
	codes, err := w.Staff.FinishMeans(ctx, who, sess, pending, w.Code(t, Hired{Secret: means.Secret}))
	if err != nil || len(codes) != staff.RecoveryCodes {
		t.Errorf("got %d codes, %v", len(codes), err)
	}
	_, err = w.Staff.FinishMeans(ctx, who, sess, pending, w.Code(t, Hired{Secret: means.Secret}))
	want(t, "the same again", err, "staff.means_over")
}
