package actor

import (
	"slices"

	"luukku/base/ids"
)

// RoleID names a role.
type RoleID string

// The roles.
const (
	RoleClerk       RoleID = "clerk"
	RoleCaseworker  RoleID = "caseworker"
	RoleInbox       RoleID = "inbox"
	RoleLetters     RoleID = "letters"
	RoleCourses     RoleID = "courses"
	RoleRecords     RoleID = "records"
	RoleManager     RoleID = "manager"
	RoleOrgAdmin    RoleID = "org_admin"
	RoleSystemAdmin RoleID = "system_admin"
)

// Role is a name for some rights.
type Role struct {
	ID RoleID
	// Installation says that the role is held for the whole installation, and not at an organisation or office.
	Installation bool
	Rights       []Right
}

// Roles is the table of roles. Who runs a system does not, by that, read people's data: for that there are the roles of those who serve them.
// Its texts are role.<ID>.name and role.<ID>.help.
var Roles = []Role{
	{ID: RoleClerk, Rights: []Right{PersonSearch, PersonRead, AppointmentList, BookingDesk, AccessGrant, QueueWork, GuardianshipRecord, LetterConsent}},
	{ID: RoleCaseworker, Rights: []Right{PersonSearch, PersonRead, PersonBreakGlass, AppointmentList, BookingDesk, AccessGrant, QueueWork, BookingOver, GuardianshipRecord, MandateRecord, DeathRecord, LetterPrint, LetterConsent}},
	{ID: RoleInbox, Rights: []Right{InboxWork}},                   // held beside another, by those alone who answer what people write in confidence
	{ID: RoleLetters, Rights: []Right{LetterSend}},                // held beside another, by those who send decisions and letters to one or to many
	{ID: RoleCourses, Rights: []Right{CourseWork}},                // held beside another, by those who run courses and events
	{ID: RoleRecords, Rights: []Right{LetterHold, ErasureDecide}}, // held beside another, by those alone who answer for what is kept
	{ID: RoleManager, Rights: []Right{PersonSearch, PersonRead, MessagesErase, ErasureDecide, AppointmentList, BookingDesk, CourseWork, AccessGrant, QueueWork, BookingOver, GuardianshipRecord, MandateRecord, DeathRecord, LetterPrint, LetterConsent, DeviceManage, SubmissionExport, AuditRead, HoursEdit}},
	{ID: RoleOrgAdmin, Rights: []Right{StaffManage, ProviderManage, DeviceManage, ClientManage, AuditRead, ConfigEdit, HoursEdit}},
	{ID: RoleSystemAdmin, Installation: true, Rights: []Right{StaffManage, ProviderManage, DeviceManage, ClientManage, AuditRead, ConfigEdit}},
}

// RoleByID returns a role; ok is false when there is none.
func RoleByID(id RoleID) (Role, bool) {
	i := slices.IndexFunc(Roles, func(r Role) bool { return r.ID == id })
	if i < 0 {
		return Role{}, false
	}
	return Roles[i], true
}

// Grant is a role that somebody has: at an office, at all of an organisation (Office empty), or for the installation (both empty).
type Grant struct {
	Role   RoleID
	Org    ids.Org
	Office ids.Office
}

// covers reports whether the grant gives a right over an object. What is the installation's is for roles of the installation; a grant at one office gives
// nothing over other offices.
func (g Grant) covers(r Right, on Object) bool {
	role, ok := RoleByID(g.Role)
	if !ok || !slices.Contains(role.Rights, r) {
		return false
	}
	if role.Installation {
		return g.Org == ""
	}
	return g.Org != "" && g.Org == on.Org && (g.Office == "" || on.Office == "" || g.Office == on.Office)
}
