package admin

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/store"
)

// openAino looks for Aino by her identifier and opens her data.
func (b *browser) openAino(t *testing.T) answer {
	t.Helper()
	found := b.post(t, "/en/staff/town/people", "kind", "FI-HETU", "identifier", ainoID).want(t, http.StatusOK).says(t, "Maija Meikäläinen")
	token := found.valueOf(t, "found-0")
	b.post(t, "/en/staff/town/person", "found-0", token, "person", token, "reason", "End of a guardianship").want(t, http.StatusSeeOther)
	return b.get(t, "/en/staff/town/person").want(t, http.StatusOK)
}

func (d *desk) count(t *testing.T, action audit.Action) int {
	t.Helper()
	list, err := d.Store.AuditOf(t.Context(), "town", store.AuditFilter{Action: action}, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestStaffRevokeAGuardianshipAndTheNextClickIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	aino := d.signIn(t)
	list, err := d.identity.Choices(t.Context(), aino.Actor)
	if err != nil || len(list) != 1 {
		t.Fatalf("got %v, %v, want one child", list, err)
	}
	if err := d.identity.ActFor(t.Context(), aino.Actor, aino.Session, list[0].Owner); err != nil {
		t.Fatal(err)
	}
	b := d.browser(d.as(t, actor.RoleClerk))
	page := b.openAino(t).says(t, "Onni Meikäläinen", "In force", "Register")
	link := regexp.MustCompile(`/en/staff/town/person/guardianship/[0-9a-z]+`).FindString(page.page)
	b.get(t, link).want(t, http.StatusOK).says(t, "Maija Meikäläinen can no longer act for Onni Meikäläinen.")
	done := b.post(t, link).want(t, http.StatusSeeOther)
	b.get(t, done.location).want(t, http.StatusOK).says(t, "The right has ended.", "Ended").hides(t, link)
	b.post(t, link).want(t, http.StatusNotFound)
	list, err = d.identity.Choices(t.Context(), aino.Actor)
	if err != nil || len(list) != 0 {
		t.Errorf("got %v, %v, want nobody to act for", list, err)
	}
	if n := d.count(t, audit.GuardianshipRevoked); n != 1 {
		t.Errorf("got %d lines of the revocation, want 1", n)
	}
}

func TestPersonIsOpenedWithAReasonThatIsWrittenDown(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	b := d.browser(d.as(t, actor.RoleClerk))
	b.get(t, "/en/staff/town/person").want(t, http.StatusSeeOther)
	found := b.post(t, "/en/staff/town/people", "family", "Meikäläinen").want(t, http.StatusOK).says(t, "Maija Meikäläinen", "Onni Meikäläinen")
	token := found.valueOf(t, "found-0")
	again := b.post(t, "/en/staff/town/person", "found-0", token, "person", token, "reason", "x").want(t, http.StatusUnprocessableEntity)
	again.says(t, "Write why you open the data.", ">x</textarea>", "Error:")
	b.post(t, "/en/staff/town/person", "found-0", token, "reason", "A good reason").want(t, http.StatusUnprocessableEntity).says(t, "A good reason", "Choose one")
	b.get(t, "/en/staff/town/person").want(t, http.StatusSeeOther)
	if n := d.count(t, audit.PersonRead); n != 0 {
		t.Fatalf("got %d readings before a reason was given", n)
	}
	b.post(t, "/en/staff/town/person", "found-0", token, "person", token, "reason", "A good reason").want(t, http.StatusSeeOther)
	b.get(t, "/en/staff/town/person").want(t, http.StatusOK)
	b.get(t, "/en/staff/town/person").want(t, http.StatusOK)
	if n := d.count(t, audit.PersonRead); n != 1 {
		t.Errorf("got %d readings, want 1 for one opening", n)
	}
	if n := d.count(t, audit.PersonSearched); n != 2 {
		t.Errorf("got %d people found, want 2", n)
	}
	d.Clock.Advance(openLife)
	b.get(t, "/en/staff/town/person").want(t, http.StatusOK)
	d.Clock.Advance(time.Second)
	b.get(t, "/en/staff/town/person").want(t, http.StatusSeeOther)
}

func TestOpenPersonIsForWhoOpenedThem(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	first := d.browser(d.as(t, actor.RoleClerk))
	first.openAino(t)
	second := d.browser(d.as(t, actor.RoleManager))
	second.jar["luukku-person"] = first.jar["luukku-person"]
	second.get(t, "/en/staff/town/person").want(t, http.StatusSeeOther)
	first.post(t, "/en/staff/town/person/close").want(t, http.StatusSeeOther)
	first.get(t, "/en/staff/town/person").want(t, http.StatusSeeOther)
	found := first.post(t, "/en/staff/town/people", "family", "Meikäläinen").valueOf(t, "found-0")
	second.post(t, "/en/staff/town/person", "found-0", found, "person", found, "reason", "A good reason").want(t, http.StatusSeeOther)
	second.get(t, "/en/staff/town/person").want(t, http.StatusSeeOther)
}

func TestSearchKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.browser(d.as(t, actor.RoleClerk))
	b.get(t, "/en/staff/town/people").want(t, http.StatusOK)
	b.post(t, "/en/staff/town/people", "kind", "FI-HETU", "identifier", "010190-900X", "email", "a@b.example").want(t, http.StatusUnprocessableEntity).
		says(t, `value="010190-900X"`, `value="a@b.example"`, `href="#identifier"`)
	b.post(t, "/en/staff/town/people", "kind", "SE-PNR").want(t, http.StatusUnprocessableEntity).says(t, `href="#family"`, `value="SE-PNR" selected`)
	b.post(t, "/en/staff/town/people", "family", "Nobody").want(t, http.StatusOK).says(t, "Nobody was found.")
}

var (
	system = []actor.RoleID{actor.RoleSystemAdmin}
	admins = []actor.RoleID{actor.RoleOrgAdmin, actor.RoleSystemAdmin}
)

// pages are addresses of this door, with the roles that may see them.
var pages = []struct {
	path  string
	roles []actor.RoleID
}{
	{"/en/staff/town/people", []actor.RoleID{actor.RoleClerk, actor.RoleCaseworker, actor.RoleManager}},
	{"/en/staff/town/glass", []actor.RoleID{actor.RoleCaseworker}},
	{"/en/admin/town/members", admins},
	{"/en/admin/town/invitations", admins},
	{"/en/admin/town/invitations/new", admins},
	{"/en/admin/town/providers", admins},
	{"/en/admin/town/providers/new", admins},
	{"/en/admin/town/devices", append(admins, actor.RoleManager)},
	{"/en/admin/town/devices/new", append(admins, actor.RoleManager)},
	{"/en/admin/town/clients", admins},
	{"/en/admin/town/clients/new", admins},
	{"/en/admin/town/audit", append(admins, actor.RoleManager)},
	{"/en/admin/town/audit.csv", append(admins, actor.RoleManager)},
	{"/en/admin/installation/members", system},
	{"/en/admin/installation/invitations/new", system},
	{"/en/admin/installation/providers", system},
	{"/en/admin/installation/audit", system},
}

func TestPagesAreForThoseWhoMay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	stranger := d.browser(d.member(t, "clerk@city.example", actor.Grant{Role: actor.RoleClerk, Org: "city"}, actor.Grant{Role: actor.RoleOrgAdmin, Org: "city"}))
	for _, p := range pages {
		may := map[actor.RoleID]bool{}
		for _, r := range p.roles {
			may[r] = true
		}
		for _, role := range actor.Roles {
			want := http.StatusNotFound
			if may[role.ID] {
				want = http.StatusOK
			}
			if a := d.browser(d.as(t, role.ID)).get(t, p.path); a.status != want {
				t.Errorf("%s as %s: got %d, want %d", p.path, role.ID, a.status, want)
			}
		}
		if a := stranger.get(t, p.path); a.status != http.StatusNotFound {
			t.Errorf("%s as staff of another town: got %d, want 404", p.path, a.status)
		}
		if a := d.browser("").get(t, p.path); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/en/staff/sign-in?next=") {
			t.Errorf("%s signed out: got %d to %q, want the way to sign in", p.path, a.status, a.location)
		}
	}
}

func TestServesWhatIsThisDoors(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/fi/staff/town/people": true, "/fi/staff/town/person": true, "/fi/staff/town/person/guardianship/1": true, "/fi/admin/town/members": true,
		"/fi/staff": false, "/fi/staff/sign-in": false, "/fi/staff/security": false, "/fi/staff/security/passkey": false, "/fi/town/people": false, "/": false,
	} {
		if got := Serves(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}
