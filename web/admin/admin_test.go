package admin

import (
	"encoding/csv"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
	"luukku/domain/staff"
)

// link is the first address on a page that a pattern finds.
func (a answer) link(t *testing.T, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindString(a.page)
	if found == "" {
		t.Fatalf("the page has no address like %s", pattern)
	}
	return found
}

func TestGuardianshipAndMandateAreRecordedWithWhatWasShown(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	b := d.browser(d.as(t, actor.RoleCaseworker))
	b.openAino(t)
	const path = "/en/staff/town/person/guardianship"
	b.get(t, path).want(t, http.StatusOK).says(t, `value="23"`, `value="11"`, `value="2026"`)
	bad := b.post(t, path, "side", "guardian", "kind", "FI-HETU", "identifier", onniID, "from-day", "31", "from-month", "2", "from-year", "2026",
		"until-day", "1", "until-month", "1", "until-year", "2020", "evidence", " ").want(t, http.StatusUnprocessableEntity)
	bad.says(t, `href="#from"`, `href="#until"`, `href="#evidence"`, `value="31"`, `value="`+onniID+`"`)
	b.post(t, path, "side", "guardian", "kind", "FI-HETU", "identifier", ainoID, "from-day", "1", "from-month", "2", "from-year", "2026", "evidence", "Paper").
		want(t, http.StatusUnprocessableEntity).says(t, "Nobody is their own guardian.", `href="#identifier"`)
	done := b.post(t, path, "side", "guardian", "kind", "FI-HETU", "identifier", onniID, "from-day", "1", "from-month", "2", "from-year", "2026",
		"evidence", "Decision of 1.2.2026").want(t, http.StatusSeeOther)
	b.get(t, done.location).says(t, "The right is recorded.", "Recorded here", "1 Feb 2026").hides(t, "Decision of")

	const mandate = "/en/staff/town/person/mandate"
	form := []string{"number", "0000001-9", "company-kind", "company", "role", "signatory", "from-day", "1", "from-month", "2", "from-year", "2026", "evidence", "Extract"}
	b.post(t, mandate, form...).want(t, http.StatusUnprocessableEntity).says(t, "Give the name of the company", `value="0000001-9"`)
	done = b.post(t, mandate, append(form, "name", "Kulma Oy")...).want(t, http.StatusSeeOther)
	end := b.get(t, done.location).says(t, "Kulma Oy, 0000001-9").link(t, mandate+`/[0-9a-z]+`)
	b.get(t, end).want(t, http.StatusOK).says(t, "can no longer act for Kulma Oy")
	b.post(t, end).want(t, http.StatusSeeOther)
	b.post(t, end).want(t, http.StatusNotFound)
	if d.count(t, audit.GuardianshipRecorded) != 1 || d.count(t, audit.MandateRecorded) != 1 || d.count(t, audit.MandateRevoked) != 1 {
		t.Error("what was recorded and ended is not in the log once each")
	}
	clerk := d.browser(d.as(t, actor.RoleClerk))
	clerk.openAino(t).hides(t, mandate)
	clerk.get(t, mandate).want(t, http.StatusNotFound)
}

func TestGlassIsBrokenWithAReason(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	b := d.browser(d.as(t, actor.RoleCaseworker))
	b.post(t, "/en/staff/town/glass", "kind", "FI-HETU", "identifier", ainoID, "reason", "Hurry").want(t, http.StatusUnprocessableEntity).
		says(t, `href="#reason"`, ">Hurry</textarea>", ainoID)
	b.post(t, "/en/staff/town/glass", "kind", "FI-HETU", "identifier", ainoID, "reason", "Ambulance asks who to call").want(t, http.StatusSeeOther)
	b.get(t, "/en/staff/town/person").want(t, http.StatusOK).says(t, "Maija Meikäläinen")
	list, err := d.Store.AuditOf(t.Context(), "town", audit.Filter{Action: audit.GlassBroken}, "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("got %d lines, %v, want 1", len(list), err)
	}
	kept, err := d.Store.AuditReason(t.Context(), "town", list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.identity.OpenReason(t.Context(), kept.Person, "town", list[0].ID, kept.Sealed); err != nil || got != "Ambulance asks who to call" {
		t.Errorf("the person reads %q, %v, want the reason as it was typed", got, err)
	}
}

func TestRolesAreGivenAndTaken(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	clerk := d.browser(d.as(t, actor.RoleClerk))
	b := d.browser(d.as(t, actor.RoleOrgAdmin))
	list := b.get(t, "/en/admin/town/members").want(t, http.StatusOK).says(t, "clerk@town.example", "org_admin@town.example")
	_, row, _ := strings.Cut(list.page, "clerk@town.example")
	member := answer{page: row}.link(t, `/en/admin/town/members/[0-9a-z]+`)
	b.get(t, member).want(t, http.StatusOK)
	b.post(t, member+"/give", "office", "hall").want(t, http.StatusUnprocessableEntity).says(t, `href="#role"`, `value="hall" selected`)
	b.post(t, member+"/give", "role", "system_admin").want(t, http.StatusUnprocessableEntity)
	clerk.get(t, "/en/admin/town/audit").want(t, http.StatusNotFound)
	done := b.post(t, member+"/give", "role", "manager", "office", "hall").want(t, http.StatusSeeOther)
	b.get(t, done.location).says(t, "The role is given.", "(Hall)")
	clerk.get(t, "/en/admin/town/audit").want(t, http.StatusOK)
	b.post(t, member+"/take", "role", "manager", "office", "hall").want(t, http.StatusSeeOther)
	clerk.get(t, "/en/admin/town/audit").want(t, http.StatusNotFound)

	b.post(t, member+"/state", "state", "inactive").want(t, http.StatusSeeOther)
	if a := clerk.get(t, "/en/staff/town/people"); a.status != http.StatusSeeOther || !strings.Contains(a.location, "sign-in") {
		t.Errorf("shut out: got %d to %q, want the way to sign in", a.status, a.location)
	}
	b.get(t, member).says(t, "Shut out", "Let in again")
	b.post(t, member+"/state", "state", "active").want(t, http.StatusSeeOther)
	if a := b.post(t, member+"/take", "role", "clerk").want(t, http.StatusSeeOther); a.location != "/en/admin/town/members" {
		t.Errorf("got %q, want the list: they work here no longer", a.location)
	}
	b.get(t, member).want(t, http.StatusNotFound)
}

func TestWhoHasRolesElsewhereIsNotShutOutFromHere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.member(t, "both@town.example", actor.Grant{Role: actor.RoleClerk, Org: "town"}, actor.Grant{Role: actor.RoleClerk, Org: "city"})
	b := d.browser(d.as(t, actor.RoleOrgAdmin))
	_, row, _ := strings.Cut(b.get(t, "/en/admin/town/members").page, "both@town.example")
	member := answer{page: row}.link(t, `/en/admin/town/members/[0-9a-z]+`)
	b.post(t, member+"/state", "state", "inactive").want(t, http.StatusUnprocessableEntity).says(t, "They have roles elsewhere")
	b.post(t, member+"/help").want(t, http.StatusUnprocessableEntity)
}

func TestLastSystemAdministratorStays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.browser(d.as(t, actor.RoleSystemAdmin))
	member := b.get(t, "/en/admin/installation/members").want(t, http.StatusOK).link(t, `/en/admin/installation/members/[0-9a-z]+`)
	b.post(t, member+"/take", "role", "system_admin").want(t, http.StatusConflict)
	b.post(t, member+"/state", "state", "inactive").want(t, http.StatusConflict)
	b.get(t, member).want(t, http.StatusOK)
}

func TestInvitationsAreSentAgainAndRevoked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.browser(d.as(t, actor.RoleOrgAdmin))
	const path = "/en/admin/town/invitations"
	b.get(t, path).says(t, "No invitations.")
	b.post(t, path+"/new", "email", "nobody", "name", "New One", "lang", "sv").want(t, http.StatusUnprocessableEntity).
		says(t, `value="nobody"`, `value="New One"`, `value="sv" selected`)
	b.post(t, path+"/new", "email", "new@town.example", "lang", "en", "role", "system_admin").want(t, http.StatusUnprocessableEntity)
	b.post(t, path+"/new", "email", "new@town.example", "lang", "en", "role", "clerk").want(t, http.StatusSeeOther)
	resend := b.get(t, path).says(t, "new@town.example", "Open").link(t, path+`/[0-9a-z]+/resend`)
	b.post(t, resend).want(t, http.StatusSeeOther)
	revoke := strings.Replace(resend, "resend", "revoke", 1)
	b.post(t, revoke).want(t, http.StatusSeeOther)
	b.get(t, path).says(t, "Revoked").hides(t, revoke)
	b.post(t, revoke).want(t, http.StatusNotFound)
	b.post(t, resend).want(t, http.StatusNotFound)
}

func TestKeyOfAProgramIsShownOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.browser(d.as(t, actor.RoleOrgAdmin))
	const path = "/en/admin/town/clients"
	b.post(t, path+"/new", "name", "Reports", "expires-day", "40").want(t, http.StatusUnprocessableEntity).says(t, `value="Reports"`, `value="40"`, `href="#expires"`)
	b.post(t, path+"/new", "name", "Reports", "scopes", "staff.manage").want(t, http.StatusUnprocessableEntity).says(t, `href="#scopes"`)
	made := b.post(t, path+"/new", "name", "Reports", "scopes", "audit.read", "expires-day", "24", "expires-month", "11", "expires-year", "2026").want(t, http.StatusSeeOther)
	key := b.get(t, made.location).want(t, http.StatusOK).link(t, staff.KeyPrefix+`[0-9a-z]+`)
	b.get(t, made.location).want(t, http.StatusSeeOther)
	who, err := d.staff.Client(t.Context(), key)
	if err != nil || !slices.Equal(who.Scopes, []actor.Right{actor.AuditRead}) {
		t.Fatalf("got %v, %v, want the right to read the log", who.Scopes, err)
	}
	page := b.get(t, path).hides(t, key)
	rotate := page.link(t, path+`/[0-9a-z]+/rotate`)
	b.get(t, rotate).want(t, http.StatusOK)
	made = b.post(t, rotate, "grace", "yes").want(t, http.StatusSeeOther)
	second := b.get(t, made.location).link(t, staff.KeyPrefix+`[0-9a-z]+`)
	for _, k := range []string{key, second} {
		if _, err := d.staff.Client(t.Context(), k); err != nil {
			t.Errorf("within the day of grace: %v", err)
		}
	}
	b.post(t, rotate).want(t, http.StatusSeeOther)
	if _, err := d.staff.Client(t.Context(), second); !fault.Is(err, fault.KindSignInRequired) {
		t.Errorf("replaced without grace: got %v", err)
	}
	revoke := strings.Replace(rotate, "rotate", "revoke", 1)
	b.get(t, revoke).want(t, http.StatusOK)
	b.post(t, revoke).want(t, http.StatusSeeOther)
	b.get(t, path).says(t, "Revoked").hides(t, rotate)
	b.get(t, rotate).want(t, http.StatusNotFound)
}

func TestKeyEndsWithItsLastDay(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 2*3600)
	got, err := lastSecond(typedDate{"24", "11", "2026"}, zone)
	if want := time.Date(2026, 11, 24, 23, 59, 59, 0, zone).Unix(); err != nil || got != want {
		t.Errorf("got %d, %v, want %d", got, err, want)
	}
}

func TestDeviceCodeIsShownOnceAndMakesADevice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.browser(d.as(t, actor.RoleManager))
	const path = "/en/admin/town/devices"
	b.post(t, path+"/new", "name", "Left").want(t, http.StatusUnprocessableEntity).says(t, `value="Left"`)
	made := b.post(t, path+"/new", "name", "Left", "kind", "kiosk", "office", "hall").want(t, http.StatusSeeOther)
	code := b.get(t, made.location).want(t, http.StatusOK).link(t, `[0-9A-Z]{4}-[0-9A-Z]{4}`)
	b.get(t, made.location).want(t, http.StatusSeeOther)
	if _, _, err := d.staff.EnrolDevice(t.Context(), code, "192.0.2.1"); err != nil {
		t.Fatalf("the code does not make a device: %v", err)
	}
	renew := b.get(t, path).says(t, "In use", "Hall").link(t, path+`/[0-9a-z]+/code`)
	b.post(t, renew).want(t, http.StatusSeeOther)
	revoke := strings.Replace(renew, "code", "revoke", 1)
	b.get(t, revoke).want(t, http.StatusOK).says(t, "Left stops working at once.")
	b.post(t, revoke).want(t, http.StatusSeeOther)
	b.get(t, path).says(t, "Shut out").hides(t, revoke)
	b.post(t, renew).want(t, http.StatusNotFound)
}

// bank is a provider's form filled in as it should be, with changes.
func bank(changes ...string) []string {
	form := []string{
		"id", "bank", "audience", "staff", "name-en", "Your bank", "issuer", "https://eid.example", "client_id", "town", "auth_method", "private_key_jwt",
		"assertion_audience", "issuer", "signing_alg", "ES256", "levels", "loa2 = substantial\nurn:x=3 = high", "params", "bank = a=b", "claim-given", "given_name",
		"claim-groups", "groups", "groups", "CN=Clerks,OU=Town = clerk @ hall", "enabled", "1", "position", "3",
	}
	for i := 0; i+1 < len(changes); i += 2 {
		at := 0
		for at < len(form) && form[at] != changes[i] {
			at += 2
		}
		if at == len(form) {
			form = append(form, changes[i], "")
		}
		form[at+1] = changes[i+1]
	}
	return form
}

func TestProviderIsSavedAsItWasTyped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.browser(d.as(t, actor.RoleOrgAdmin))
	const path = "/en/admin/town/providers"
	b.post(t, path+"/new", bank()...).want(t, http.StatusSeeOther)
	got, err := d.Store.Provider(t.Context(), "town", "bank")
	if err != nil {
		t.Fatal(err)
	}
	if got.Levels["loa2"] != actor.LevelSubstantial || got.Levels["urn:x=3"] != actor.LevelHigh || got.Params["bank"] != "a=b" || got.Position != 3 || !got.Enabled ||
		got.Groups["CN=Clerks,OU=Town"] != (actor.Grant{Role: actor.RoleClerk, Org: "town", Office: "hall"}) || got.SigningAlg != "ES256" {
		t.Errorf("got %+v", got)
	}
	b.get(t, path+"/of/bank").want(t, http.StatusOK).says(t, "CN=Clerks,OU=Town = clerk @ hall", "urn:x=3 = high", `value="https://eid.example"`)
	b.post(t, path+"/new", bank()...).want(t, http.StatusUnprocessableEntity).says(t, "There is one of this name already.")

	b.post(t, path+"/of/bank", bank("auth_method", "client_secret_basic", "enabled", "")...).want(t, http.StatusUnprocessableEntity).says(t, `href="#secret"`)
	b.post(t, path+"/of/bank", bank("auth_method", "client_secret_basic", "secret", "s3cret", "enabled", "")...).want(t, http.StatusSeeOther)
	b.get(t, path+"/of/bank").says(t, "The secret is kept.").hides(t, "s3cret")
	b.post(t, path+"/of/bank", bank("auth_method", "client_secret_basic")...).want(t, http.StatusSeeOther)
	got, err = d.Store.Provider(t.Context(), "town", "bank")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := d.Keys.Open(got.Secret, identity.ProviderSecretPlace("town", "bank"))
	if err != nil || string(secret) != "s3cret" {
		t.Errorf("got %q, %v, want the secret that was typed before", secret, err)
	}

	a := b.post(t, path+"/of/bank/try").want(t, http.StatusSeeOther)
	b.get(t, a.location).says(t, "The provider answers.")
	d.provider.down = true
	a = b.post(t, path+"/of/bank/try").want(t, http.StatusSeeOther)
	b.get(t, a.location).says(t, "The provider did not answer")
	b.get(t, path+"/of/bank/remove").want(t, http.StatusOK)
	b.post(t, path+"/of/bank/remove").want(t, http.StatusSeeOther)
	b.get(t, path+"/of/bank").want(t, http.StatusNotFound)
}

func TestWrongProviderKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.browser(d.as(t, actor.RoleOrgAdmin))
	for _, c := range []struct{ name, value, at string }{
		{"id", "Bank 1", "#id"},
		{"issuer", "http://eid.example", "#issuer"},
		{"issuer", "https://eid.example?x=1", "#issuer"},
		{"client_id", " ", "#client_id"},
		{"levels", "loa2", "#levels"},
		{"levels", "loa2 = best", "#levels"},
		{"levels", "", "#levels"},
		{"params", "state = mine", "#params"},
		{"params", "words", "#params"},
		{"groups", "g = king", "#groups"},
		{"groups", "g = system_admin", "#groups"},
		{"audience", "everybody", "#audience"},
		{"claim-identifier", "nin", "#kind"},
		{"position", "-1", "#position"},
	} {
		a := b.post(t, "/en/admin/town/providers/new", bank(c.name, c.value)...)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.page, `href="`+c.at+`"`) || !strings.Contains(a.page, "Your bank") {
			t.Errorf("%s %q: got %d, want 422, a line for %s and what was typed", c.name, c.value, a.status, c.at)
		}
	}
}

func TestWhoSaysWhoPeopleAreIsSetUpByTheSystemAdministrator(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b, system := d.browser(d.as(t, actor.RoleOrgAdmin)), d.browser(d.as(t, actor.RoleSystemAdmin))
	citizens := bank("audience", "citizens", "groups", "")
	b.post(t, "/en/admin/town/providers/new", citizens...).want(t, http.StatusUnprocessableEntity).says(t, "are set up by the system administrator", `href="#audience"`)
	system.post(t, "/en/admin/town/providers/new", citizens...).want(t, http.StatusSeeOther)
	b.post(t, "/en/admin/town/providers/of/bank", bank("groups", "")...).want(t, http.StatusUnprocessableEntity)
	if a := b.post(t, "/en/admin/town/providers/of/bank/remove"); a.status == http.StatusSeeOther {
		t.Error("an administrator of the town removed a means for people")
	}
	if got, err := d.Store.Provider(t.Context(), "town", "bank"); err != nil || got.Audience != identity.ForCitizens {
		t.Errorf("got %+v, %v, want it as it was", got, err)
	}
}

func TestOurKeysAreRenewedForTheWholeInstallation(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b, system := d.browser(d.as(t, actor.RoleOrgAdmin)), d.browser(d.as(t, actor.RoleSystemAdmin))
	b.get(t, "/en/admin/town/providers").hides(t, "providers/keys")
	b.post(t, "/en/admin/installation/providers/keys").want(t, http.StatusNotFound)
	system.get(t, "/en/admin/installation/providers").says(t, "/en/admin/installation/providers/keys", "http://booking.example/eid/return")
	system.post(t, "/en/admin/installation/providers/keys").want(t, http.StatusSeeOther)
	if d.renewed != 1 {
		t.Errorf("renewed %d times, want once", d.renewed)
	}
}

func TestLogIsReadAndThatIsWrittenDown(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.signIn(t)
	clerk := d.browser(d.as(t, actor.RoleClerk))
	clerk.openAino(t)
	b := d.browser(d.as(t, actor.RoleOrgAdmin))
	const path = "/en/admin/town/audit"
	read := "<td role=\"cell\" data-label=\"What\">Opened a person’s data"
	b.get(t, path).want(t, http.StatusOK).says(t, read, "Somebody clerk@town.example").hides(t, "Meikäläinen", "End of a guardianship")
	b.get(t, path+"?action=person.searched").hides(t, read)
	b.get(t, path+"?kind=system").hides(t, read)
	b.get(t, path+"?day=2026-11-23&kind=staff").says(t, read)
	b.get(t, path+"?day=2026-11-22").hides(t, read)
	b.get(t, path+"?day=23.11.").want(t, http.StatusUnprocessableEntity).says(t, `value="23.11."`, `href="#day"`)
	if n := d.count(t, audit.AuditWasRead); n != 5 {
		t.Errorf("got %d lines of reading, want 5", n)
	}
	rows, err := csv.NewReader(strings.NewReader(b.get(t, path+".csv").want(t, http.StatusOK).hides(t, "Meikäläinen", "clerk@", "Somebody", ainoID, "guardianship").page)).ReadAll()
	if err != nil || len(rows) < 8 || len(rows[0]) != 7 {
		t.Errorf("got %d rows, %v, want a table", len(rows), err)
	}
}

func TestLogHasPages(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i := range logPage + 1 {
		who := actor.System("test")
		e := audit.New("town", d.Booking.Gen.Audit(), d.Clock.Now().UnixMicro(), who, audit.BlueprintApplied, "organisation", "town", map[string]string{"n": string(rune('a' + i%26))})
		if err := d.Store.PutAudit(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	b := d.browser(d.as(t, actor.RoleManager))
	first := b.get(t, "/en/admin/town/audit?action=blueprint.applied")
	if n := strings.Count(first.page, `<th scope="row"`); n != logPage {
		t.Errorf("got %d lines on the first page, want %d", n, logPage)
	}
	next := strings.ReplaceAll(first.link(t, `/en/admin/town/audit\?[^"]*before=[^"]*`), "&amp;", "&")
	if n := strings.Count(b.get(t, next).page, `<th scope="row"`); n != 1 {
		t.Errorf("got %d lines on the second page, want 1", n)
	}
}
