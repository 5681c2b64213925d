package audit

// The actions of people who sign in, and of those who act for them.
const (
	SignedIn        Action = "session.began"
	SignedOut       Action = "session.ended"
	SessionsEnded   Action = "session.all_ended"
	AccountMade     Action = "account.made"
	AccountWelcomed Action = "account.welcomed"
	AccountChanged  Action = "account.changed"
	RegisterAgreed  Action = "account.register_agreed"
	RegisterRead    Action = "account.register_read"

	ActingChosen         Action = "acting.chosen"
	ActingEnded          Action = "acting.ended"
	GuardianshipRecorded Action = "guardianship.recorded"
	GuardianshipRevoked  Action = "guardianship.revoked"
	MandateRecorded      Action = "mandate.recorded"
	MandateRevoked       Action = "mandate.revoked"
	CompanyRegistered    Action = "company.registered"
	DeathRecorded        Action = "death.recorded"
	DeathTakenBack       Action = "death.taken_back"
)

// The actions of staff.
const (
	PersonSearched     Action = "person.searched"
	PersonRead         Action = "person.read"
	GlassBroken        Action = "person.glass_broken"
	AppointmentsListed Action = "appointment.listed"
	AppointmentFound   Action = "appointment.found"
	AuditWasRead       Action = "audit.read"

	ConsentGiven     Action = "consent.given"
	ConsentWithdrawn Action = "consent.withdrawn"
	NoticeResent     Action = "notice.resent"
	NoticeDropped    Action = "notice.dropped"
	NoticesListed    Action = "notice.listed"
	TextResent       Action = "text.resent"
	TextDropped      Action = "text.dropped"

	MessagesGiven  Action = "messages.given"       // to whose they are
	DataGiven      Action = "person_data.given"    // all that is kept of somebody, to whose it is
	MessagesErased Action = "messages.erased"      // of a number or a person
	FeedbackErased Action = "page_feedback.erased" // of somebody who was erased

	ErasureAsked     Action = "person_data.erasure_asked" // by whom it is about
	ErasureTakenBack Action = "person_data.erasure_taken_back"
	ErasureRefused   Action = "person_data.erasure_refused" // by an authority that keeps what it has
	ErasureListed    Action = "person_data.erasure_listed"
	PersonErased     Action = "person_data.erased"

	CareRecorded Action = "in_care.recorded"
	CareEnded    Action = "in_care.ended"
	CareRead     Action = "in_care.read"
	CareChecked  Action = "in_care.checked"

	AccessGranted   Action = "service_access.granted"
	AccessListed    Action = "service_access.listed"
	AccessWithdrawn Action = "service_access.withdrawn"
	AccessRead      Action = "service_access.read"

	TicketArrived  Action = "ticket.arrived" // somebody checked in
	TicketTaken    Action = "ticket.taken"
	TicketEntered  Action = "ticket.entered" // a number given by hand
	TicketChanged  Action = "ticket.changed"
	CounterChanged Action = "counter.changed"
	LobbyAlerted   Action = "lobby.alerted"
	LobbySeen      Action = "lobby.seen" // an alert was seen to
	LobbyTold      Action = "lobby.told" // a message to those who wait
	LobbyClosed    Action = "lobby.closed"

	WorkListed         Action = "work.listed"
	WorkRead           Action = "work.read"
	WorkChanged        Action = "work.changed"
	ConversationOpened Action = "conversation.opened"
	TextReceived       Action = "conversation.received"
	TextAnswered       Action = "conversation.answered"
	TextByItself       Action = "conversation.by_itself"
	CodeShown          Action = "conversation.code_shown"
	PersonConfirmed    Action = "conversation.confirmed"
	CodeTried          Action = "conversation.code_tried"

	StaffInvited      Action = "staff.invited"
	InvitationEnded   Action = "staff.invitation_ended"
	StaffJoined       Action = "staff.joined"
	StaffChanged      Action = "staff.changed"
	StaffSignInFailed Action = "staff.sign_in_failed"
	RoleGiven         Action = "staff.role_given"
	RoleTaken         Action = "staff.role_taken"
	PasskeyAdded      Action = "staff.passkey_added"
	PasskeyRemoved    Action = "staff.passkey_removed"
	PasswordChanged   Action = "staff.password_changed"
	RecoveryUsed      Action = "staff.recovery_used"
	RecoveryRenewed   Action = "staff.recovery_renewed"

	TextsStopped      Action = "text.answers_stopped" // a number had so many answers that a machine must be answering
	MessagesStopped   Action = "texts.stopped"
	TextsLetGo        Action = "texts.let_go"
	TextLimitsChanged Action = "texts.limits_changed"

	HoursChanged    Action = "hours.changed"
	ProviderChanged Action = "provider.changed"
	ProviderRemoved Action = "provider.removed"
	KeysRenewed     Action = "provider.keys_renewed"
	DeviceMade      Action = "device.made"
	DeviceEnrolled  Action = "device.enrolled"
	DeviceSet       Action = "device.set"
	DeviceRevoked   Action = "device.revoked"
	ClientMade      Action = "client.made"
	ClientRotated   Action = "client.rotated"
	ClientLimited   Action = "client.limited"
	ClientRevoked   Action = "client.revoked"

	MailboxOpened   Action = "mailbox.opened"
	MailboxClosed   Action = "mailbox.closed"
	MailboxChanged  Action = "mailbox.changed"
	MailboxPaper    Action = "mailbox.paper" // paper for a while
	MailboxExported Action = "mailbox.exported"

	LetterSent        Action = "letter.sent"
	LetterReachAsked  Action = "letter.reach_asked"
	LetterRecalled    Action = "letter.recalled"
	LetterRead        Action = "letter.read"
	MailingChecked    Action = "mailing.checked" // a list was looked through, and asked who can be reached
	MailingStarted    Action = "mailing.started"
	MailingExpired    Action = "mailing.expired" // looked through and never sent: deleted
	LetterConfirmed   Action = "letter.confirmed"
	LetterWritten     Action = "letter.written"
	LetterPutAway     Action = "letter.put_away"
	LetterUnserved    Action = "letter.service_failed"
	LetterExpired     Action = "letter.expired"
	LetterPurged      Action = "letter.purged"
	LetterFilesPurged Action = "letter.files_purged"
	LetterHeld        Action = "letter.held"
	LetterReleased    Action = "letter.released"    // from being held
	LettersTaken      Action = "letter.batch_taken" // for a print service
	LettersPrintRead  Action = "letter.batch_read"
	LettersReleased   Action = "letter.batch_released" // back into the queue
	HookMade          Action = "letter.hook_made"
	HookRemoved       Action = "letter.hook_removed"
	HookEnabled       Action = "letter.hook_enabled"
	HookDisabled      Action = "letter.hook_disabled"
	ConsentRecorded   Action = "letter.consent_recorded"
	ConsentEnded      Action = "letter.consent_ended"
	LetterPrinting    Action = "letter.paper" // printed, posted or returned
	LetterFileOpened  Action = "letter.file_opened"
	LetterRefused     Action = "letter.refused" // for malware in an attachment
	DraftExpired      Action = "letter.draft_expired"

	SubmissionSent     Action = "submission.sent"
	SubmissionRead     Action = "submission.read"
	SubmissionListed   Action = "submission.listed"
	SubmissionAsked    Action = "submission.asked"
	SubmissionAdded    Action = "submission.added"
	SubmissionDecided  Action = "submission.decided"
	SubmissionChanged  Action = "submission.changed"
	SubmissionExported Action = "submission.exported"
	SubmissionDeleted  Action = "submission.deleted" // since its time was over
	SubmissionHeld     Action = "submission.held"
	SubmissionReleased Action = "submission.released"
	SubmissionFile     Action = "submission.file_opened"

	FormBegun        Action = "filling.begun"
	FormDropped      Action = "filling.dropped"
	FormExpired      Action = "filling.expired"
	FormAsked        Action = "filling.asked" // somebody to sign
	FormJoined       Action = "filling.joined"
	FormSigned       Action = "filling.signed"
	FormDeclined     Action = "filling.declined"
	FormAskWithdrawn Action = "filling.ask_withdrawn"
	FormSignerErased Action = "filling.signer_erased" // since they asked to be erased

	FileUploaded Action = "file.uploaded"
	FileRefused  Action = "file.refused" // by the scanner
)
