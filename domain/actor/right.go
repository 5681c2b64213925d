package actor

import (
	"bytes"
	"slices"

	"luukku/base/fault"
)

// Right is something that can be done.
type Right string

// The rights.
const (
	Public            Right = "public"             // to read what everybody may read, and to begin
	DraftUse          Right = "draft.use"          // to go on with a draft or hold
	AppointmentManage Right = "appointment.manage" // to see, change, move and cancel an appointment

	FolderRead    Right = "folder.read"    // to see a person's or company's folder
	AccountManage Right = "account.manage" // to see and change one's own details, and to sign out everywhere
	AccountSwitch Right = "account.switch" // to choose whom one acts for

	FormFill Right = "form.fill" // to fill in forms and to send them; how surely one must be known says the form
	FormOpen Right = "form.open" // to fill in and send a form without signing in, where the form takes that
	SentOpen Right = "sent.open" // to see what was sent without signing in, to answer and to take it back

	MailboxUse Right = "mailbox.use" // to open a mailbox of one's own, to read what lies in it, and to write to authorities

	StaffSelf          Right = "staff.self"          // one's own passkeys, password and sessions
	PersonSearch       Right = "person.search"       // to look for a person
	PersonRead         Right = "person.read"         // to read a person's data
	MessagesErase      Right = "messages.erase"      // to erase what is kept of a number's text messages
	ErasureDecide      Right = "erasure.decide"      // to see who asked to be erased, and to say that what the organisation has stays
	PersonBreakGlass   Right = "person.break_glass"  // to read a person's data for once, without the right to
	AppointmentList    Right = "appointment.list"    // to see an office's appointments
	BookingDesk        Right = "booking.desk"        // to book, move and cancel for people, and to say what came of a visit
	AccessGrant        Right = "access.grant"        // to open a service to somebody who has been in contact, and to close it again
	QueueWork          Right = "queue.work"          // to check people in, to call them and to see the lobby's figures
	InboxWork          Right = "inbox.work"          // to read what people write to those who work here, and to answer
	LetterSend         Right = "letter.send"         // to ask whether somebody can be reached, to send letters, and to follow what becomes of them
	LetterWork         Right = "letter.work"         // of a case system: to follow what people write in letters, to read it and to do what the desk does; staff have inbox.work for it
	SubmissionWork     Right = "submission.work"     // of a case system: to follow the forms that people send, to read them and to do what the desk does; staff have inbox.work for it
	SubmissionExport   Right = "submission.export"   // to take forms that people sent out of an inbox, many at once
	LetterPrint        Right = "letter.print"        // to take the letters that go on paper, to read them for printing, and to say what became of them
	LetterConsent      Right = "letter.consent"      // to record that somebody agreed to an organisation's letters without paper, or took that back
	LetterHold         Right = "letter.hold"         // to hold letters, so that they are not deleted, and to let them go
	CourseWork         Right = "course.work"         // to make courses and events, and to see, enrol and tell those who come
	BookingOver        Right = "booking.over"        // to book more than there is room for
	GuardianshipRecord Right = "guardianship.record" // to record and revoke that somebody acts for a dependant
	MandateRecord      Right = "mandate.record"      // to record and revoke that somebody acts for a company
	DeathRecord        Right = "death.record"        // to record that somebody has died, and to take it back
	StaffManage        Right = "staff.manage"        // to invite staff and to give and take roles
	ProviderManage     Right = "provider.manage"     // to set up means to sign in
	DeviceManage       Right = "device.manage"       // to enrol kiosks and displays
	ClientManage       Right = "client.manage"       // to give out API keys
	AuditRead          Right = "audit.read"          // to read who did what
	HoursEdit          Right = "hours.edit"          // to change an office's opening hours, and to move or cancel whom a change affects
	ConfigEdit         Right = "config.edit"         // to change what is configured: services, offices, rules, texts, looks

	DeviceSelf Right = "device.self" // a device's own screen
)

// Rule says who has a right. What it leaves out, nobody has; Luukku itself has every right.
type Rule struct {
	Right Right
	// Anyone has it.
	Anyone bool
	// Session says that whoever holds the object's session has it.
	Session bool
	// Proven says that whoever has shown the appointment's code or link has it, or that of what was sent.
	Proven bool
	// Owner is how surely a citizen must be known to have it for what is theirs or of whom they act for; LevelNone gives it to no citizen.
	Owner Level
	// Staff says that staff have it with a role that contains it; Self that they have it for what is their own; Device the same of devices.
	Staff, Self, Device bool
	// Client says that a program may be given it as a scope.
	Client bool
	// OfOffice says that it is over what belongs to an office, OfInbox over what lies in an inbox, OfForm over what answers a form: so can a program's be limited.
	OfOffice, OfInbox, OfForm bool
	// Reason says that staff must say why.
	Reason bool
}

// Rights is the table of rights: every right, and who has it.
var Rights = []Rule{
	{Right: Public, Anyone: true},
	{Right: DraftUse, Session: true},
	{Right: AppointmentManage, Proven: true, Owner: LevelSubstantial},

	{Right: FolderRead, Owner: LevelLow},
	{Right: AccountManage, Owner: LevelLow},
	{Right: AccountSwitch, Owner: LevelLow},

	{Right: FormFill, Owner: LevelLow},
	{Right: FormOpen, Session: true},
	{Right: SentOpen, Proven: true},

	{Right: MailboxUse, Owner: LevelSubstantial},

	{Right: StaffSelf, Self: true},
	{Right: PersonSearch, Staff: true},
	{Right: PersonRead, Staff: true, Reason: true},
	{Right: MessagesErase, Staff: true},
	{Right: ErasureDecide, Staff: true},
	{Right: PersonBreakGlass, Staff: true, Reason: true},
	{Right: AppointmentList, Staff: true, Client: true, OfOffice: true},
	{Right: BookingDesk, Staff: true, Client: true, OfOffice: true},
	{Right: AccessGrant, Staff: true, Client: true},
	{Right: QueueWork, Staff: true, Client: true, OfOffice: true},
	{Right: InboxWork, Staff: true, Client: true, OfOffice: true, OfInbox: true},
	{Right: LetterSend, Staff: true, Client: true},
	{Right: LetterWork, Client: true, OfOffice: true, OfInbox: true},
	{Right: SubmissionWork, Client: true, OfOffice: true, OfInbox: true, OfForm: true},
	{Right: SubmissionExport, Staff: true},
	{Right: LetterPrint, Staff: true, Client: true},
	{Right: LetterConsent, Staff: true},
	{Right: LetterHold, Staff: true},
	{Right: CourseWork, Staff: true, Client: true},
	{Right: BookingOver, Staff: true},
	{Right: GuardianshipRecord, Staff: true, Client: true},
	{Right: MandateRecord, Staff: true, Client: true},
	{Right: DeathRecord, Staff: true, Client: true},
	{Right: StaffManage, Staff: true},
	{Right: ProviderManage, Staff: true},
	{Right: DeviceManage, Staff: true},
	{Right: ClientManage, Staff: true},
	{Right: AuditRead, Staff: true, Client: true},
	{Right: HoursEdit, Staff: true},
	{Right: ConfigEdit, Staff: true},

	{Right: DeviceSelf, Device: true},
}

// RuleOf returns a right's rule; ok is false for what is no right.
func RuleOf(r Right) (Rule, bool) {
	i := slices.IndexFunc(Rights, func(x Rule) bool { return x.Right == r })
	if i < 0 {
		return Rule{}, false
	}
	return Rights[i], true
}

// May returns nil when the actor has a right over an object. Otherwise it is a fault: SignInRequired for who could have it after signing in, or after
// signing in more surely; NotFound for everybody else, so that a stranger does not learn that the object exists.
func (a Actor) May(r Right, on Object) error {
	rule, ok := RuleOf(r)
	if !ok {
		return fault.NotFound("error.not_found")
	}
	if a.Kind == KindSystem || rule.Anyone ||
		rule.Session && len(a.Session) > 0 && bytes.Equal(a.Session, on.Session) ||
		rule.Proven && on.Appointment != "" && slices.Contains(a.Proven, Appointment{on.Org, on.Appointment}) ||
		rule.Proven && on.Sent != "" && slices.Contains(a.Sent, SentForm{on.Org, on.Sent}) {
		return nil
	}
	switch a.Kind {
	case KindCitizen:
		return a.mayAsCitizen(rule, on)
	case KindStaff:
		return a.mayAsStaff(rule, on)
	case KindDevice:
		if rule.Device && on.Device == a.Device && (on.Org == "" || on.Org == a.Org) {
			return nil
		}
	case KindClient:
		if rule.Client && on.Org == a.Org && slices.Contains(a.Scopes, r) && a.Only.covers(rule, on) {
			return nil
		}
	case KindVisitor, KindAPI:
		return a.mayAsVisitor(rule, on)
	}
	return hidden(rule)
}

// mayAsVisitor leads who has not signed in to where they can. What belongs to somebody is not shown to be there.
func (a Actor) mayAsVisitor(rule Rule, on Object) error {
	if a.Kind == KindVisitor && on.Owner.IsZero() && on.Appointment == "" {
		switch {
		case rule.Owner > LevelNone:
			return SignInAt("sign_in.required", max(rule.Owner, on.Level))
		case rule.Staff || rule.Self:
			return fault.SignInRequired("sign_in.staff_required")
		}
	}
	return hidden(rule)
}

// mayAsCitizen gives a citizen what is theirs, or of whom they act for now. An object without an owner is the page that shows their own.
func (a Actor) mayAsCitizen(rule Rule, on Object) error {
	if rule.Owner == LevelNone || !on.Owner.IsZero() && on.Owner != a.Owner() && on.Owner != (Owner{Person: a.Person}) ||
		on.Owner.IsZero() && on.Appointment != "" {
		return hidden(rule)
	}
	if level := max(rule.Owner, on.Level); a.Level < level {
		return SignInAt("sign_in.stronger", level)
	}
	return nil
}

// mayAsStaff gives staff what a role of theirs contains, where they have it; and a person's data where they have broken the glass.
func (a Actor) mayAsStaff(rule Rule, on Object) error {
	if rule.Self && (on.Staff == "" || on.Staff == a.Staff) {
		return nil
	}
	if rule.Staff && slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.covers(rule.Right, on) }) {
		return nil
	}
	if rule.Right == PersonRead && on.Owner.Person != "" && slices.Contains(a.Glass, on.Owner.Person) {
		return nil
	}
	return hidden(rule)
}

// SignInAt is the fault SignInRequired of who must be known at a level.
func SignInAt(key string, level Level) error {
	f := fault.SignInRequired(key)
	f.Args = fault.Args{"level": level.String()}
	return f
}

// hidden is the fault of who may not: as if it were not there.
func hidden(rule Rule) error {
	switch rule.Right {
	case DraftUse:
		return fault.NotFound("draft.not_found")
	case AppointmentManage:
		return fault.NotFound("manage.not_found")
	}
	return fault.NotFound("error.not_found")
}
