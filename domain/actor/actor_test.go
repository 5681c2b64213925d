package actor

import (
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
)

const stranger = ids.Person("somebody else")

func TestAppointmentIsForThoseWhoShowedItsCode(t *testing.T) {
	a := Appointment{"town", "0000000001"}
	on := Object{Org: "town", Appointment: "0000000001"}
	if err := Visitor(nil, "", a).May(AppointmentManage, on); err != nil {
		t.Errorf("proven: got %v, want no fault", err)
	}
	for name, who := range map[string]Actor{
		"nothing shown":      Visitor(nil, ""),
		"another one shown":  Visitor(nil, "", Appointment{"town", "0000000002"}),
		"another town's one": Visitor(nil, "", Appointment{"city", "0000000001"}),
		"signed in":          {Kind: KindCitizen, Person: "me", Level: LevelHigh},
	} {
		if err := who.May(AppointmentManage, on); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: got %v, want not found", name, err)
		}
	}
}

func TestDraftIsForItsOwnSessionOnly(t *testing.T) {
	mine := []byte{1, 2, 3}
	if err := Visitor(mine, "").May(DraftUse, Object{Session: mine}); err != nil {
		t.Errorf("got %v, want no fault", err)
	}
	for name, session := range map[string][]byte{"none": nil, "another": {1, 2, 4}} {
		if err := Visitor(session, "").May(DraftUse, Object{Session: mine}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: got %v, want not found", name, err)
		}
	}
	if err := Visitor(nil, "").May(DraftUse, Object{}); err == nil {
		t.Error("no session opened a draft without a session")
	}
}

func TestWhatIsOwnedIsForItsOwnerAndWhoActsForThem(t *testing.T) {
	me := Actor{Kind: KindCitizen, Person: "me", Level: LevelSubstantial}
	forChild, forFirm, weak := me, me, me
	forChild.For, forFirm.For, weak.Level = Owner{Person: "child"}, Owner{Company: "firm"}, LevelLow
	own, child, firm := Owner{Person: "me"}, Owner{Person: "child"}, Owner{Company: "firm"}
	for _, c := range []struct {
		name string
		who  Actor
		on   Object
		want fault.Kind // Internal for allowed
	}{
		{"own", me, Object{Owner: own, Appointment: "1"}, fault.KindInternal},
		{"the page of one's own", me, Object{}, fault.KindInternal},
		{"the child's, not acting", me, Object{Owner: child, Appointment: "1"}, fault.KindNotFound},
		{"the child's, acting", forChild, Object{Owner: child, Appointment: "1"}, fault.KindInternal},
		{"own, while acting", forChild, Object{Owner: own, Appointment: "1"}, fault.KindInternal},
		{"the firm's, acting for the child", forChild, Object{Owner: firm}, fault.KindNotFound},
		{"the firm's, acting", forFirm, Object{Owner: firm}, fault.KindInternal},
		{"somebody else's", me, Object{Owner: Owner{Person: stranger}}, fault.KindNotFound},
		{"own, known too little", weak, Object{Owner: own, Appointment: "1"}, fault.KindSignInRequired},
		{"own, more asked of this one", me, Object{Owner: own, Level: LevelHigh}, fault.KindSignInRequired},
		{"somebody else's, known too little", weak, Object{Owner: Owner{Person: stranger}}, fault.KindNotFound},
		{"nobody signed in, a page of one's own", Visitor(nil, ""), Object{}, fault.KindSignInRequired},
		{"nobody signed in, somebody's", Visitor(nil, ""), Object{Owner: own}, fault.KindNotFound},
		{"staff", Actor{Kind: KindStaff, Staff: "s", Grants: []Grant{{RoleClerk, "town", ""}}}, Object{Org: "town", Owner: own}, fault.KindNotFound},
	} {
		check(t, c.name, c.who.May(AppointmentManage, c.on), c.want)
	}
}

func check(t *testing.T, name string, err error, want fault.Kind) {
	t.Helper()
	if err == nil && want == fault.KindInternal {
		return
	}
	if err == nil || !fault.Is(err, want) {
		t.Errorf("%s: got %v, want %v", name, err, want)
	}
}

func TestStaffMayWhatARoleContainsWhereTheyHaveIt(t *testing.T) {
	staff := func(g ...Grant) Actor { return Actor{Kind: KindStaff, Staff: "me", Grants: g} }
	clerk, desk := staff(Grant{RoleClerk, "town", ""}), staff(Grant{RoleClerk, "town", "north"})
	admin, system := staff(Grant{RoleOrgAdmin, "town", ""}), staff(Grant{Role: RoleSystemAdmin})
	somebody := Owner{Person: "p"}
	for _, c := range []struct {
		name  string
		who   Actor
		right Right
		on    Object
		want  fault.Kind
	}{
		{"a clerk reads", clerk, PersonRead, Object{Org: "town", Owner: somebody}, fault.KindInternal},
		{"a clerk of another town", clerk, PersonRead, Object{Org: "city", Owner: somebody}, fault.KindNotFound},
		{"a clerk of one office, there", desk, AppointmentList, Object{Org: "town", Office: "north"}, fault.KindInternal},
		{"a clerk of one office, elsewhere", desk, AppointmentList, Object{Org: "town", Office: "south"}, fault.KindNotFound},
		{"an administrator reads no person", admin, PersonRead, Object{Org: "town", Owner: somebody}, fault.KindNotFound},
		{"an administrator manages staff", admin, StaffManage, Object{Org: "town"}, fault.KindInternal},
		{"an administrator, another town", admin, StaffManage, Object{Org: "city"}, fault.KindNotFound},
		{"an administrator, the installation", admin, StaffManage, Object{}, fault.KindNotFound},
		{"the system's administrator, anywhere", system, StaffManage, Object{Org: "city"}, fault.KindInternal},
		{"the system's administrator, the installation", system, StaffManage, Object{}, fault.KindInternal},
		{"the system's administrator reads no person", system, PersonRead, Object{Org: "town", Owner: somebody}, fault.KindNotFound},
		{"a role of an organisation held for none", staff(Grant{Role: RoleOrgAdmin}), StaffManage, Object{}, fault.KindNotFound},
		{"one's own", clerk, StaffSelf, Object{Staff: "me"}, fault.KindInternal},
		{"a colleague's", clerk, StaffSelf, Object{Staff: "you"}, fault.KindNotFound},
		{"nobody signed in", Visitor(nil, ""), StaffManage, Object{Org: "town"}, fault.KindSignInRequired},
		{"a citizen", Actor{Kind: KindCitizen, Person: "p", Level: LevelHigh}, StaffManage, Object{Org: "town"}, fault.KindNotFound},
	} {
		check(t, c.name, c.who.May(c.right, c.on), c.want)
	}
	broken := staff(Grant{RoleCaseworker, "city", ""})
	broken.Glass = []ids.Person{"p"}
	check(t, "the glass is broken for this person", broken.May(PersonRead, Object{Org: "town", Owner: somebody}), fault.KindInternal)
	check(t, "the glass is broken for another", broken.May(PersonRead, Object{Org: "town", Owner: Owner{Person: stranger}}), fault.KindNotFound)
}

func TestDevicesAndProgramsMayTheirOwn(t *testing.T) {
	kiosk := Actor{Kind: KindDevice, Device: "k", Org: "town", Office: "north"}
	check(t, "own screen", kiosk.May(DeviceSelf, Object{Device: "k"}), fault.KindInternal)
	check(t, "another's screen", kiosk.May(DeviceSelf, Object{Device: "l"}), fault.KindNotFound)
	check(t, "a list of people's appointments", kiosk.May(AppointmentList, Object{Org: "town"}), fault.KindNotFound)
	program := Actor{Kind: KindClient, Client: "c", Org: "town", Scopes: []Right{AppointmentList, StaffManage}}
	check(t, "its scope", program.May(AppointmentList, Object{Org: "town"}), fault.KindInternal)
	check(t, "its scope elsewhere", program.May(AppointmentList, Object{Org: "city"}), fault.KindNotFound)
	check(t, "not its scope", program.May(AuditRead, Object{Org: "town"}), fault.KindNotFound)
	check(t, "a scope that no program can have", program.May(StaffManage, Object{Org: "town"}), fault.KindNotFound)
}

func TestEveryRightHasOneRuleAndEveryRoleRightsThatStaffCanHave(t *testing.T) {
	seen := map[Right]bool{}
	for _, r := range Rights {
		if seen[r.Right] {
			t.Errorf("%s has two rules", r.Right)
		}
		seen[r.Right] = true
	}
	for _, role := range Roles {
		for _, r := range role.Rights {
			if rule, ok := RuleOf(r); !ok || !rule.Staff {
				t.Errorf("the role %s contains %s, which staff cannot have", role.ID, r)
			}
		}
	}
	if err := System("job").May("no such right", Object{}); err == nil {
		t.Error("an unknown right was granted")
	}
}
