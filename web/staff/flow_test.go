package staff

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luukku/domain/actor"
	"luukku/domain/identity"
	room "luukku/domain/staff"
)

func copyAll(w io.Writer, res *http.Response) (int64, error) { return io.Copy(w, res.Body) }

// Signed returns a session of staff.
func (s sessions) Signed(ctx context.Context, _, token string) (identity.Signed, error) {
	return s.SignedStaff(ctx, token)
}

var clerk = actor.Grant{Role: actor.RoleClerk, Org: "town"}

func TestTheFirstAdministratorComesInAndBackAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	b.get("/en/staff").want(t, http.StatusSeeOther, "/en/staff/sign-in?next=%2Fen%2Fstaff")
	secret := b.first()
	codes := b.get("/en/staff/security/codes").want(t, http.StatusOK, "", h.say("staff.codes_title"))
	recovery := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}`).FindAllString(plain(codes.page), -1)
	if len(recovery) != room.RecoveryCodes {
		t.Errorf("got %d recovery codes", len(recovery))
	}
	b.post("/en/staff/security/codes").want(t, http.StatusSeeOther, "/en/staff")
	b.get("/en/staff/security/codes").want(t, http.StatusSeeOther, "/en/staff/security")
	b.get("/en/staff").want(t, http.StatusOK, "", "Maija Meikäläinen", h.say("role.system_admin.name"), h.say("role.org_admin.name"), "Town")
	b.post("/en/staff/sign-out").want(t, http.StatusSeeOther, "/en/staff/sign-in")
	b.get("/en/staff").want(t, http.StatusSeeOther, "")

	h.clock.Advance(time.Minute)
	b.post("/en/staff/sign-in", "email", "Maija@Town.example ", "password", password, "next", "/en/staff/security").want(t, http.StatusSeeOther, "/en/staff/sign-in/code")
	b.post("/en/staff/sign-in/code", "code", "000000").want(t, http.StatusUnprocessableEntity, "", h.say("staff.wrong_code"))
	code := h.app(t, secret)
	b.post("/en/staff/sign-in/code", "code", code).want(t, http.StatusSeeOther, "/en/staff/security")
	b.get("/en/staff/security").want(t, http.StatusOK, "")

	other := h.browser(t)
	other.post("/en/staff/sign-in", "email", "maija@town.example", "password", password).want(t, http.StatusSeeOther, "/en/staff/sign-in/code")
	other.post("/en/staff/sign-in/code", "code", code).want(t, http.StatusUnprocessableEntity, "", h.say("staff.wrong_code"))
	other.get("/en/staff/sign-in/recovery").want(t, http.StatusOK, "")
	other.post("/en/staff/sign-in/recovery", "code", recovery[0]).want(t, http.StatusSeeOther, "/en/staff")
	third := h.browser(t)
	third.post("/en/staff/sign-in", "email", "maija@town.example", "password", password).want(t, http.StatusSeeOther, "")
	third.post("/en/staff/sign-in/recovery", "code", recovery[0]).want(t, http.StatusUnprocessableEntity, "", h.say("staff.wrong_recovery"))
}

func TestWhatWasTypedStaysWhenItIsWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	a := b.post("/en/staff/sign-in", "email", "nobody@town.example", "password", password, "next", "/en/staff/security")
	a.want(t, http.StatusUnprocessableEntity, "", h.say("staff.wrong_password"))
	for _, kept := range []string{`value="nobody@town.example"`, `value="/en/staff/security"`} {
		if !strings.Contains(a.page, kept) {
			t.Errorf("the page has lost %s", kept)
		}
	}
	if strings.Contains(a.page, password) {
		t.Error("the page shows the password")
	}
	token, err := h.staff.FirstLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a = b.post("/en/staff/invitation/"+token, "person", "", "email", "not an address", "password", "short")
	a.want(t, http.StatusUnprocessableEntity, "", h.say("field.name_required"), h.say("field.email"), h.say("staff.password_short", "min", room.MinPassword))
	if !strings.Contains(a.page, `value="not an address"`) {
		t.Error("the address is lost")
	}
	b.post("/en/staff/sign-in", "email", "a@b.example", "password", "x", "next", "https://evil.example/").want(t, http.StatusUnprocessableEntity, "")
	if a := b.post("/en/staff/sign-in", "email", "a@b.example", "password", "x", "next", "//evil.example"); strings.Contains(a.page, "evil") {
		t.Error("an address of another site is kept to go on to")
	}
}

func TestLinksOfInvitations(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.browser(t)
	admin.first()
	b := h.browser(t)
	b.get("/en/staff/invitation/0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk").want(t, http.StatusNotFound, "", h.say("staff.no_invitation"))
	link := h.hire(t, "bertta@town.example", clerk)
	b.get("/en/staff/invitation/"+link).want(t, http.StatusOK, "", "bertta@town.example", h.say("role.clerk.name"), "Town")
	b.accept(link, "Bertta", "someone-else@town.example")
	b.get("/en/staff").want(t, http.StatusOK, "", "Bertta", h.say("role.clerk.name"))
	b.get("/en/staff/invitation/"+link).want(t, http.StatusNotFound, "", h.say("staff.no_invitation"))

	more := h.hire(t, "bertta@town.example", actor.Grant{Role: actor.RoleManager, Org: "town"})
	stranger := h.browser(t)
	stranger.get("/en/staff/invitation/"+more).want(t, http.StatusOK, "", h.say("staff.invitation_known", "email", "bertta@town.example"))
	stranger.post("/en/staff/invitation/"+more, "person", "Eve", "password", password).want(t, http.StatusConflict, "")
	stranger.post("/en/staff/invitation/"+more+"/join").want(t, http.StatusUnauthorized, "")
	admin.post("/en/staff/invitation/"+more+"/join").want(t, http.StatusConflict, "", h.say("staff.other_email"))
	b.get("/en/staff/invitation/"+more).want(t, http.StatusOK, "", h.say("staff.accept"))
	b.post("/en/staff/invitation/"+more+"/join").want(t, http.StatusSeeOther, "/en/staff")
	b.get("/en/staff").want(t, http.StatusOK, "", h.say("role.manager.name"))

	old := h.hire(t, "cecilia@town.example", clerk)
	h.clock.Advance(room.InvitationLife + time.Second)
	h.browser(t).get("/en/staff/invitation/"+old).want(t, http.StatusNotFound, "", h.say("staff.no_invitation"))
}

func TestARoleTakenBetweenTwoClicksIsGone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.browser(t).first()
	b := h.browser(t)
	b.accept(h.hire(t, "bertta@town.example", clerk), "Bertta", "")
	b.get("/en/staff").want(t, http.StatusOK, "", h.say("role.clerk.name"))
	list, err := h.staff.Workers(t.Context(), actor.System("test"), "town")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range list {
		if w.Name != "Bertta" {
			continue
		}
		if err := h.staff.Take(t.Context(), actor.System("test"), w.ID, clerk); err != nil {
			t.Fatal(err)
		}
		b.get("/en/staff").want(t, http.StatusOK, "", h.say("staff.no_roles"))
		if err := h.staff.Deactivate(t.Context(), actor.System("test"), w.ID); err != nil {
			t.Fatal(err)
		}
		b.get("/en/staff").want(t, http.StatusSeeOther, "")
	}
}

func TestASessionIsNeverTheOneThatWasThereBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	secret := b.first()
	cookie := func() string {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.base+"/en/staff", nil)
		for _, c := range b.Jar.Cookies(r.URL) {
			if c.Name == "luukku-staff" {
				return c.Value
			}
		}
		return ""
	}
	before := cookie()
	if before == "" {
		t.Fatal("no session")
	}
	h.clock.Advance(time.Minute)
	b.signIn("maija@town.example", secret).want(t, http.StatusSeeOther, "/en/staff")
	if after := cookie(); after == before || after == "" {
		t.Error("the session's secret is the one from before")
	}
	if _, err := h.staff.SignedStaff(t.Context(), before); !identity.Ended(err) {
		t.Errorf("the session before: got %v, want it ended", err)
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	secret := b.first()
	h.clock.Advance(time.Minute)
	other := h.browser(t)
	other.signIn("maija@town.example", secret).want(t, http.StatusSeeOther, "/en/staff")
	a := b.get("/en/staff/security").want(t, http.StatusOK, "", h.say("sessions.this"))
	hash := regexp.MustCompile(`name="one" value="([0-9a-f]+)"`).FindStringSubmatch(a.page)
	if hash == nil {
		t.Fatal("the other session is not listed")
	}
	b.post("/en/staff/security/sessions", "one", hash[1]).want(t, http.StatusSeeOther, "/en/staff/security?done=ended")
	other.get("/en/staff").want(t, http.StatusSeeOther, "")
	b.get("/en/staff").want(t, http.StatusOK, "")
	b.post("/en/staff/security/sessions", "all", "yes").want(t, http.StatusSeeOther, "/en/staff/sign-in")
	b.get("/en/staff").want(t, http.StatusSeeOther, "")
}

func TestAPasswordIsChangedWithThePresentOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	b.first()
	at := "/en/staff/security/password"
	b.get(at).want(t, http.StatusOK, "", h.say("staff.present_password"))
	b.post(at, "present", "wrong", "password", "sininen polkupyörä 4").want(t, http.StatusUnprocessableEntity, "", h.say("staff.wrong_present"))
	b.post(at, "present", password, "password", "maija meikäläinen").want(t, http.StatusUnprocessableEntity, "", h.say("staff.password_own"))
	b.post(at, "present", password, "password", "sininen polkupyörä 4").want(t, http.StatusSeeOther, "/en/staff/security?done=password")
	b.get("/en/staff/security?done=password").want(t, http.StatusOK, "", h.say("staff.done_password"))
	other := h.browser(t)
	other.post("/en/staff/sign-in", "email", "maija@town.example", "password", password).want(t, http.StatusUnprocessableEntity, "")
	other.post("/en/staff/sign-in", "email", "maija@town.example", "password", "sininen polkupyörä 4").want(t, http.StatusSeeOther, "")
	// A new phone: the app is set up anew, and the recovery codes are new ones.
	b.post("/en/staff/security/factor", "present", "sininen polkupyörä 4").want(t, http.StatusSeeOther, "/en/staff/security/factor/code")
	secret := secretOn(t, b.get("/en/staff/security/factor/code").want(t, http.StatusOK, "").page)
	b.post("/en/staff/security/factor/code", "code", "1").want(t, http.StatusUnprocessableEntity, "", h.say("staff.wrong_code"))
	b.post("/en/staff/security/factor/code", "code", h.app(t, secret)).want(t, http.StatusSeeOther, "/en/staff/security/codes")
	b.get("/en/staff/security/codes").want(t, http.StatusOK, "")
	b.post("/en/staff/security/recovery", "present", "nonsense").want(t, http.StatusUnprocessableEntity, "", h.say("staff.wrong_present"))
}

func TestABrowserBecomesADeviceOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	b.get("/en/staff/device").want(t, http.StatusOK, "", h.say("staff.device_lead"))
	b.post("/en/staff/device", "code", "AAAA-BBBB").want(t, http.StatusUnprocessableEntity, "", h.say("staff.wrong_device_code"))
	for range 9 {
		b.post("/en/staff/device", "code", "AAAA-BBBB")
	}
	b.post("/en/staff/device", "code", "AAAA-BBBB").want(t, http.StatusTooManyRequests, "")
}

func TestAPageOfAnotherSitePostsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	b.first()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+"/en/staff/security/sessions", strings.NewReader("all=yes"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	b.do(r).want(t, http.StatusForbidden, "")
	b.get("/en/staff").want(t, http.StatusOK, "")
}

// A crowd of bad passwords is told to wait, and whoever knows theirs gets in meanwhile from elsewhere.
func TestTwoHundredBadPasswordsKeepNobodyOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	secret := h.browser(t).first()
	h.clock.Advance(time.Minute)
	var all sync.WaitGroup
	var said, waits atomic.Int32
	for range 200 {
		b := h.browser(t)
		all.Go(func() {
			switch a := b.post("/en/staff/sign-in", "email", "maija@town.example", "password", "wrong"); a.status {
			case http.StatusUnprocessableEntity:
				said.Add(1)
			case http.StatusTooManyRequests, http.StatusServiceUnavailable:
				waits.Add(1)
			default:
				t.Errorf("got %d", a.status)
			}
		})
	}
	step, err := h.staff.SignInPassword(t.Context(), "maija@town.example", password, "192.0.2.9")
	if err != nil {
		t.Errorf("the owner from elsewhere: %v", err)
	} else if _, err := h.staff.SignInCode(t.Context(), step, h.app(t, secret), "192.0.2.9", ""); err != nil {
		t.Errorf("the owner's code: %v", err)
	}
	all.Wait()
	if said.Load() > 10 || said.Load()+waits.Load() != 200 {
		t.Errorf("got %d answers and %d told to wait, want ten answers at most of 200", said.Load(), waits.Load())
	}
}

func TestPasskeysThatAreNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	page := b.get("/en/staff/sign-in").want(t, http.StatusOK, "").page
	ceremony := regexp.MustCompile(`name="ceremony" value="([^"]+)"`).FindStringSubmatch(page)
	if ceremony == nil || !strings.Contains(page, `data-passkey="get"`) {
		t.Fatal("the page asks for no passkey")
	}
	for _, answer := range []string{"", "{}", `{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{}}`, strings.Repeat("x", 5000)} {
		b.post("/en/staff/sign-in/passkey", "ceremony", ceremony[1], "credential", answer).want(t, http.StatusUnprocessableEntity, "", h.say("staff.passkey_failed"))
	}
	b.post("/en/staff/sign-in/passkey", "ceremony", "made up", "credential", "{}").want(t, http.StatusUnprocessableEntity, "", h.say("staff.passkey_stale"))
	h.clock.Advance(10*time.Minute + time.Second)
	b.post("/en/staff/sign-in/passkey", "ceremony", ceremony[1], "credential", "{}").want(t, http.StatusUnprocessableEntity, "", h.say("staff.passkey_stale"))
}
