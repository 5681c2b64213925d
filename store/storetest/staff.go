package storetest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"luukku/base/fault"
	"luukku/base/ids"
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
		"the first administrator is made once":                      firstOnce,
		"two who accept one invitation at once make one account":    acceptOnce,
		"a code of the app is good once":                            codeOnce,
		"a recovery code is good once":                              recoveryOnce,
		"a link leads nowhere when guessed, revoked or too old":     links,
		"nobody gives what is beyond them":                          giving,
		"a role taken holds at once":                                taking,
		"one system administrator always stays":                     lastAdmin,
		"deactivated staff are out at once":                         deactivated,
		"a role for somebody who works here already":                joining,
		"lost keys are replaced, and the old ones are void":         lostKeys,
		"the glass is broken for a while, with a reason":            glass,
		"the limits of a key are changed by one of several at once": keyLimited,
		"a device is enrolled once, and revoked":                    devices,
		"a program's key is replaced and revoked":                   clients,
		"roles follow the groups at a provider":                     groupRoles,
		"guessing slows the guesser and not the owner":              guessing,
		"a password is changed by who knows it":                     changing,
		"passkeys work in one way alone":                            passkeys,
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
