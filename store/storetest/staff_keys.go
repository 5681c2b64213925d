package storetest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/domain/staff"
)

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

// Of those who change the limits of a key at once, by what they have seen, one does; what a key with the program opens is another from its next request on. A key with many limits is made, and both are in the log.
func keyLimited(t *testing.T, w *Workplace) {
	ctx := t.Context()
	admin := w.Who(t, w.First(t).Token)
	was := actor.Bounds{Forms: []ids.Form{"permit"}}
	c, key, err := w.Staff.MakeLimited(ctx, admin, "town", "Cases", []actor.Right{actor.SubmissionWork}, was, 0)
	want(t, "make", err, "")
	clerk := w.Hire(t, admin, "b@town.example", clerkAt("town"))
	want(t, "a clerk", w.Staff.LimitClient(ctx, w.Who(t, clerk.Token), "town", c.ID, was.Mark(), actor.Bounds{}), "error.not_found")
	want(t, "another organisation's", w.Staff.LimitClient(ctx, admin, "city", c.ID, was.Mark(), actor.Bounds{}), "staff.no_client")
	could := actor.Object{Org: "town", Inbox: "main", Form: "permit"}
	var many actor.Bounds // more than a detail of the log has room for
	for i := range 40 {
		many.Forms = append(many.Forms, ids.Form(fmt.Sprintf("f%d-%s", i, strings.Repeat("x", ids.MaxSlug-3))[:ids.MaxSlug]))
	}
	now := []actor.Bounds{{Inboxes: []ids.Inbox{"other"}}, {Forms: []ids.Form{"day-care"}}, many}
	won := -1
	for i, err := range race(len(now), func(i int) error { return w.Staff.LimitClient(ctx, admin, "town", c.ID, was.Mark(), now[i]) }) {
		switch {
		case err == nil && won < 0:
			won = i
		case err == nil:
			t.Errorf("%d and %d changed the same limits", won, i)
		case !hasKey(err, "clients.limited_since"):
			t.Errorf("%d: got %v", i, err)
		}
	}
	program, err := w.Staff.Client(ctx, key)
	want(t, "the same key", err, "")
	if won < 0 || program.Only.Mark() != now[won].Mark() || program.May(actor.SubmissionWork, could) == nil {
		t.Fatalf("%d changed them to %+v", won, program.Only)
	}
	want(t, "sent again", w.Staff.LimitClient(ctx, admin, "town", c.ID, was.Mark(), now[won]), "")
	want(t, "both an office and forms", w.Staff.LimitClient(ctx, admin, "town", c.ID, program.Only.Mark(), actor.Bounds{Offices: []ids.Office{"hall"}, Forms: many.Forms}), "")
	want(t, "none any more", w.Staff.LimitClient(ctx, admin, "town", c.ID, actor.Bounds{Offices: []ids.Office{"hall"}, Forms: many.Forms}.Mark(), actor.Bounds{}), "")
	if program, err = w.Staff.Client(ctx, key); err != nil || !program.Only.IsZero() || program.May(actor.SubmissionWork, could) != nil {
		t.Errorf("without limits: %+v, %v", program.Only, err)
	}
	_, _, err = w.Staff.MakeLimited(ctx, admin, "town", "Many", []actor.Right{actor.SubmissionWork}, many, 0)
	want(t, "a key with many limits", err, "")
	want(t, "revoke", w.Staff.RevokeClient(ctx, admin, "town", c.ID), "")
	want(t, "of what is revoked", w.Staff.LimitClient(ctx, admin, "town", c.ID, actor.Bounds{}.Mark(), was), "staff.no_client")
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
