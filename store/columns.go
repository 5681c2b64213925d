package store

import (
	"strings"

	"luukku/store/schemalint"
)

// The registry of columns: what each holds, what a person gets of it, how long it is kept, and what becomes of it when a person is erased. A column
// without an entry fails the build (TestSchema).

// Directory is the closed list of tables whose keys do not begin with the organisation or the person, each with its reason.
var Directory = map[string]string{
	"installation":      "the one row that all organisations share",
	"setting":           "what the installation itself remembers, by name",
	"host":              "leads from a host name to an organisation that is not known yet",
	"secret":            "leads from a secret's hash to what it opens: who holds it does not know whose it is",
	"task":              "durable jobs, claimed by bucket across organisations",
	"feed":              "the change feed, numbered by node",
	"feed_node":         "the change feed's counters, one row a node",
	"external_identity": "leads from what a provider says to a person who is not known yet",
	"identifier":        "leads from the keyed hash of a national identifier to a person who is not known yet",
	"company_mailbox":   "belongs to no organisation and to nobody alone",
	"company":           "found by its public number before anybody's folder is open",
	"session":           "leads from a cookie to whoever signed in",
	"sign_in":           "a sign-in on its way, when nobody is known yet",
	"used_token":        "tokens of providers that are good once, whosever they are",
	"eid_key":           "the installation's own keys towards providers",
	"staff":             "one person of staff may work for several organisations",
	"work_notice":       "what one of the staff wants to be told, wherever they work",
	"passkey":           "leads from a passkey to whoever signs in with it",
	"recovery_code":     "leads from a recovery code to whose it is",
	"staff_identity":    "leads from what a provider says to one of the staff",
	"audit_tile":        "one log for the whole installation: its tree",
	"audit_head":        "the log's signed heads",
	"outbox_message":    "the demo's outbox, across organisations; empty wherever mail is really sent",
}

// lifetime says how long rows are kept and what erasing a person does to them.
type lifetime struct{ export, retention, erasure string }

var (
	configured = lifetime{"no: not about a person", "as long as it is configured", "none: not about a person"}
	machinery  = lifetime{"no: not about a person", "until it has served", "none: not about a person"}
	visit      = lifetime{"no: a booking not made", "24 hours at most", "goes with its row"}
	booked     = lifetime{"yes, with the appointment", "with the appointment", "kept: an organisation's own record, in which nothing names anybody"}
	taken      = lifetime{"no: which times are taken, and not by whom", "with the appointment", "kept: nothing in it names anybody"}
	found      = lifetime{"no: made of what is given with the appointment, to find it", "with the appointment", "goes with its row"}
	lock       = lifetime{"no: a keyed hash, by which changes wait for each other", "with the appointments of an address", "kept: it leads to nothing"}
	sealed     = lifetime{"yes, opened", "with the appointment", "the person's key is erased"}
	cared      = lifetime{"yes, as care, opened", "years, by the organisation's rule", "goes with its row"}
	granted    = lifetime{"yes, as access, opened", "years, by the organisation's rule", "kept: who could use what when; why goes with the person's key"}
	visited    = lifetime{"yes, as a visit", "400 days, for the figures of a year", "kept: an organisation's own record; nothing in it names anybody"}
	called     = lifetime{"no: gone with the day", "the day of the ticket; the number goes when the ticket ends", "goes with its row"}
	queued     = lifetime{"yes, as a place on a waiting list", "a year after it ended", "kept: an organisation's own record, in which nothing names anybody"}
	enrolled   = lifetime{"yes, as an enrolment", "a year after the course", "kept: an organisation's own record, in which nothing names anybody"}
	announced  = lifetime{"yes, as an enrolment", "a year after the course", "kept: said to all who came"}
	agreed     = lifetime{"yes, as what was agreed to", "while anything is sent to the address", "kept: proves what was agreed; the address is a keyed hash"}
	texted     = lifetime{"yes, as text messages, opened", "a year", "kept: that a message came or went; number and words are overwritten"}
	talked     = lifetime{"yes, as text messages, opened", "a year", "goes with its row"}
	byNumber   = lifetime{"no: leads from a number to a conversation or an offer, for as long as it lasts", "a year", "goes with its row"}
	tallied    = lifetime{"no: how many messages went to a number, by a keyed hash", "a year", "kept: how many messages went, to nobody knows whom"}
	worked     = lifetime{"no: how an office works with what it got; its answers are given, its own notes are asked of it", "a year after it was closed", "kept: as long as what it is about; a conversation takes its own along"}
	said       = lifetime{"yes, as feedback, of who left an address that is proven to be theirs", "a year after it was closed; two days where nothing was written", "goes with its row"}
	boxed      = lifetime{"yes, as how letters come", "until the account is erased", "kept: proves what held when; nothing in it names anybody"}
	told       = lifetime{"yes, as how letters come", "until the account is erased", "goes with its row"}
	shelved    = lifetime{"yes, as letters", "by the organisation's rule", "kept: what became of a letter; nothing in it names anybody"}
	placed     = lifetime{"yes, as letters", "by the organisation's rule", "goes with its row"}
	mailed     = lifetime{"no: what an office sends to many; each has it as a letter of their own", "until it is sent", "kept: each line is emptied as it is sent"}
	attached   = lifetime{"no: the file itself is given, with what it is attached to", "with what it is attached to", "goes with its row"}
	written    = lifetime{"yes, as letters, opened", "by the organisation's rule", "the person's key is erased"}
	drafted    = lifetime{"yes, as drafts, opened", "90 days after it was last changed", "goes with its row"}
	submitted  = lifetime{"yes, as forms, opened", "by the form's rule, after it ended", "the person's key is erased"}
	formDraft  = lifetime{"yes, as drafts of forms, opened", "by the form's rule, 90 days after it was last changed where it has none", "goes with its row"}
	means      = lifetime{"yes, as a means to sign in", "until the account is erased", "goes with its row"}
	secretly   = lifetime{"no: a secret", "until it ends", "goes with its row"}
	signedIn   = lifetime{"yes, as where one is signed in", "until it ends", "goes with its row"}
	known      = lifetime{"yes", "as long as the account", "kept: that there was somebody"}
	resides    = lifetime{"yes, opened", "as long as the account; none while a non-disclosure order holds", "goes with its row"}
	deceased   = lifetime{"yes", "as long as the account", "kept: nobody else signs in for them"}
	firm       = lifetime{"yes, to who acts for the company", "as long as somebody can act for it", "kept: a company is nobody's own"}
	rights     = lifetime{"yes, as who may act for whom", "years, by the organisation's rule", "kept: who could act when; what was shown is erased with the key"}
	wished     = lifetime{"yes, as what was asked for erasure", "as long as the account", "kept: proves what was asked, and what an authority said"}
	employed   = lifetime{"no: about staff, not about the people served", "while they work here", "none: not about the people served"}
	trail      = lifetime{"yes, as who did what when", "years, by the organisation's rule", "kept: nothing in it is personal"}
	looked     = lifetime{"yes, as who did what when, opened", "years, by the organisation's rule", "the person's key is erased"}
	tree       = lifetime{"no: what shows that the log is whole", "as long as the log", "kept: nothing in it is personal"}
)

// columnsOf lists the tables. A column is clear unless it is marked: "!" encrypted, "#" hashed. A mark "~" says that erasing overwrites it, "-" that it is given to nobody: it tells of staff, or of how
// the machinery works. What is hashed is given as what it is made of.
var columnsOf = []struct {
	table   string
	life    lifetime
	columns string
}{
	{"installation", configured, "id doc version created_at"},
	{"setting", configured, "name value"},
	{"organisation", configured, "org doc version created_at help_at"},
	{"host", configured, "host org"},
	{"office_group", configured, "org id position doc"},
	{"office", configured, "org id position doc"},
	{"unit", configured, "org id office position doc"},
	{"category", configured, "org id position doc"},
	{"service", configured, "org id position doc"},
	{"offer", configured, "org service office"},
	{"policy", configured, "org service office version fields touches_existing created_at"},
	{"config_draft", configured, "org base doc version created_at changed_at changed_by"},
	{"person", known, "person -!wrapped_key created_at erased_at"},
	{"occupancy", taken, "org unit cell holder expires_at"},
	{"hold", visit, "org id service office unit start_at end_at busy_until expires_at #session extended created_at"},
	{"draft", visit, "org id #session !data expires_at"},
	{"appointment", booked, "org id service office unit start_at end_at busy_until status person ~name ~email ~phone lang !note policy_version sequence " +
		"created_at changed_at cancelled_at cancelled_by !cancel_reason ~account company ~made_by expires_at moves outcome !pin ~name_key ~family_key !birth ~#birth_key"},
	{"appointment_part", booked, "org appointment position service ~name ~account !sealed"},
	{"kiosk_pin", found, "org office day #pin appointment"},
	{"ticket", visited, "org id office day service prefix number kind priority reason appointment ~account company unit lang speaks state booked_at arrived_at " +
		"service_since called_at begun_at ended_at calls counter -called_by parked_until estimate -rev #token -!sealed_token"},
	{"ticket_text", called, "org ticket office !number near_at called_at until_at"},
	{"ticket_step", visited, "org ticket seq office day what at service unit -made_by reason before"},
	{"ticket_last", machinery, "org office day prefix number"},
	{"counter", employed, "org office unit staff since break_since services ticket rev"},
	{"lobby_alert", employed, "org id office kind device unit at done_at done_by"},
	{"mailbox", boxed, "person opened_at closed_at terms ~tell_email ~tell_phone lang signed_in version"},
	{"company_mailbox", boxed, "company opened_at closed_at opened_by terms lang version"},
	{"mailbox_teller", told, "owner person tell_email tell_phone lang"},
	{"letter_preference", boxed, "person version channel basis for_org terms from_at until_at at by_kind -made_by how"},
	{"letter", written, "org id account company thread inward -written_by kind mode lang reply created_at publish_at expires_at confirm_by channel ref #digest ~!content"},
	{"letter_event", shelved, "org seq letter at what actor_kind -actor for_company level detail"},
	{"letter_last", machinery, "org seq"},
	{"letter_shelf", placed, "org letter owner folder fresh waits publish_at expires_at unmet"},
	{"letter_keep", placed, "org letter owner class delete_at files_at"},
	{"letter_hold", employed, "org letter why ref held_by at"},
	{"mailing", mailed, "org id state kind mode lang reply made_at made_by !content"},
	{"mailing_row", mailed, "org mailing line state way why letter !content"},
	{"letter_work", worked, "org item thread about seq"},
	{"letter_work_last", machinery, "org seq"},
	{"letter_due", machinery, "org letter what at"},
	{"letter_print", machinery, "org letter queued_at batch taken printed_at posted_at returned_at settled_at"},
	{"print_batch", machinery, "org id made_at"},
	{"file", attached, "org id type size #digest state created_at scanned_at held_until !sealed"},
	{"file_link", attached, "org kind holder file position account company !sealed"},
	{"file_loose", machinery, "org file at"},
	{"letter_draft", drafted, "org id account company answers kind lang created_at changed_at expires_at version !content"},
	{"submission", submitted, "org id number form version #digest account company made_by -by_staff level lang state -item sent_at #answers_digest asked_until ended_at delete_at -seen -seq -told_at !content"},
	{"submission_event", submitted, "org submission seq at what actor_kind -actor level detail until_at !body -fed"},
	{"submission_number", machinery, "org year last"},
	{"submission_last", machinery, "org seq"},
	{"submission_hold", employed, "org submission why ref held_by at until_at"},
	{"work_notice", employed, "staff org wish"},
	{"form_draft", formDraft, "org id form version account company ~made_by -by_staff lang created_at changed_at expires_at told_at -seen !content #secret"},
	{"form_part", formDraft, "org draft id ~person #secret ~asked_by asked_at expires_at state state_at signed -version !content"},
	{"form_kept", visit, "org id #session expires_at !content"},
	{"letter_hook", employed, "org id url !secret made_by made_at after_seq delivered_at failing_since tries next_at trouble disabled_at version tells client"},
	{"lobby_message", configured, "org id office doc until_at at made_by"},
	{"waiting", queued, "org id service state person ~name ~email ~phone lang ~account wish moves -made_by offers created_at ended_at"},
	{"care", cared, "org person agenda version state from_date until_date !needs source -recorded_by created_at"},
	{"access_grant", granted, "org service account company version state from_at until_at !why by_kind -made_by created_at"},
	{"freed", machinery, "org id service office unit start_at end_at busy_until state round expires_at created_at"},
	{"time_offer", queued, "org freed waiting round state expires_at created_at answered_at"},
	{"appointment_contact", found, "org #contact appointment"},
	{"contact_lock", lock, "org #contact at"},
	{"form_key", visit, "org id kind #digest result expires_at"},
	{"secret", machinery, "#hash kind org subject expires_at created_at"},
	{"notice", booked, "org id event appointment person args created_at state settled_at waiting channel looked_at fate fate_at why round"},
	{"delivery", booked, "org notice at_us channel outcome reference"},
	{"text_in", texted, "org id -gateway -ref ~!number ~#number_key sent_to ~!body at state"},
	{"text_out", texted, "org id -event ~!number ~#number_key ~!body -lang sent_from -about created_at state -reference -settled_at -fate -fate_at -why -round -again_at -looked_at"},
	{"consent", agreed, "org #address_key -id channel scope given at basis -by_kind -by_id"},
	{"text_dialogue", visit, "org #number_key !state version expires_at"},
	{"text_offer", byNumber, "org code freed waiting #number_key created_at expires_at own"},
	{"inbox", configured, "org id position doc"},
	{"wording", configured, "org id position doc"},
	{"form_text", configured, "org id position doc"},
	{"form", configured, "org id position doc"},
	{"form_version", configured, "org form number digest from_at document note made_at made_by"},
	{"form_edit", configured, "org form seq before base doc made_at made_by"},
	{"work_item", worked, "org id kind inbox state subject assignee due_at since fresh version created_at changed_at"},
	{"feedback", said, "org item page lang useful at !body #contact_key"},
	{"feedback_count", machinery, "org month page yes no written"},
	{"course", configured, "org id state doc start_at end_at last turn version created_at changed_at changed_by line shifts"},
	{"course_message", announced, "org id course !body -made_by made_at"},
	{"enrolment", enrolled, "org id course batch status ~person ~account company ~made_by -clerk ~#session number ~name ~email ~phone lang quota fits until_at line mark ~#who_key !sealed version " +
		"created_at changed_at"},
	{"work_entry", worked, "org id item what at actor_kind actor detail !body"},
	{"conversation", talked, "org item inbox !number #number_key lang claim claimed person known_by told_at about"},
	{"conversation_open", byNumber, "org #number_key inbox item"},
	{"text_ledger", tallied, "org id at ~#number_key ~#block_key parts state fate fate_at"},
	{"text_hour", configured, "org hour messages parts"},
	{"text_stop", configured, "org channel open why stopped_at released_at let_go"},
	{"text_limit", configured, "org channel prefixes per_number burst budget changed_at"},
	{"task", machinery, "bucket id kind uniq args run_at tries last_error dead_at created_at lane"},
	{"feed_node", machinery, "node seq"},
	{"feed", machinery, "node seq topic at"},
	{"audit", trail, "org id at_us actor_kind -actor action subject_kind subject detail -leaf"},
	{"account", known, "person ~name ~given ~family ~!birth ~email ~phone ~lang ~email_verified ~phone_verified ~protected ~register_consent_at ~register_at ~welcomed_at " +
		"created_at changed_at ~phone_since"},
	{"postal_address", resides, "person source provider protected !address said_at"},
	{"erasure", wished, "person id state asked_at due_at -look_at ended_at lang -!receipt -version"},
	{"erasure_office", wished, "org person erasure word ground !why -by_staff at"},
	{"death", deceased, "person died_on org at"},
	{"external_identity", means, "issuer #subject person provider created_at last_used_at"},
	{"identifier", means, "kind #lookup person !value verified_by verified_at"},
	{"guardianship", rights, "person id dependant source from_date until_date org -recorded_by !evidence created_at checked_at revoked_at -revoked_by"},
	{"company", firm, "id business_id name kind email phone lang registered_at created_at"},
	{"mandate", rights, "person id company role source from_date until_date org -recorded_by !evidence created_at checked_at revoked_at -revoked_by"},
	{"session", signedIn, "#hash of_kind subject provider issuer acr amr auth_at level #sid -!id_token for_person for_company agent created_at seen_at ends_at"},
	{"sign_in", secretly, "#state !data expires_at"},
	{"used_token", secretly, "#hash expires_at"},
	{"verification", secretly, "person id channel !address #code tries expires_at"},
	{"provider", configured, "org id position enabled doc !secret"},
	{"eid_key", configured, "id use_for alg !private created_at retired_at"},
	{"staff", employed, "id email name lang state handle #password !totp totp_step created_at last_sign_in function_keys"},
	{"staff_role", employed, "org staff office role granted_by granted_at"},
	{"passkey", employed, "#hash staff name credential created_at last_used_at"},
	{"recovery_code", employed, "#hash staff used_at"},
	{"staff_identity", employed, "issuer #subject staff provider created_at"},
	{"invitation", employed, "org id email name office role lang invited_by created_at expires_at accepted_at revoked_at"},
	{"device", configured, "org id kind office name created_by created_at enrolled_at seen_at revoked_at settings"},
	{"client", configured, "org id name scopes created_by created_at rotated_at last_used_at expires_at revoked_at offices inboxes forms"},
	{"break_glass", trail, "org id -staff person created_at until_at"},
	{"audit_reason", looked, "org audit person !reason"},
	{"audit_tile", tree, "level n hashes"},
	{"audit_head", tree, "size root at_us key_version signature"},
	{"config_history", employed, "org id office area at_us actor_kind actor op what was became"},
	{"hours_change", configured, "org id office doc state created_by created_at applied_at"},
	{"hours_visit", booked, "org change appointment was_at choice to_at state settled_at"},
	{"outbox_message", machinery, "id org event lang created_at message"},
}

// Columns is the registry, by table.column.
func Columns() map[string]schemalint.Column {
	out := map[string]schemalint.Column{}
	for _, t := range columnsOf {
		for _, name := range strings.Fields(t.columns) {
			bare := strings.TrimLeft(name, columnMarks)
			out[t.table+"."+bare] = entryOf(t.table, t.life, name[:len(name)-len(bare)])
		}
	}
	return out
}

// columnMarks are what may stand before the name of a column.
const columnMarks = "!#~-"

// What becomes of a column when a person is erased, as the registry says it; everything else stays, and the registry says why.
const (
	erasedRow  = "goes with its row"
	erasedText = "overwritten"
	erasedKey  = "the person's key is erased"
)

// entryOf is a column's entry: the table's, unless its columnMarks say otherwise.
func entryOf(table string, life lifetime, marked string) schemalint.Column {
	content := schemalint.Clear
	switch {
	case strings.Contains(marked, "!"):
		content = schemalint.Encrypted
		switch {
		case table == "appointment" || table == "appointment_part":
			life.export, life.erasure = sealed.export, sealed.erasure
		case table == "enrolment" || table == "account":
			life.erasure = erasedText
		case table == "person" || table == "guardianship" || table == "mandate" || table == "access_grant":
			life.erasure = erasedKey
		case table == "care":
			life.export = cared.export
		}
	case strings.Contains(marked, "#"):
		content = schemalint.Hashed
		if strings.HasPrefix(life.export, "yes") {
			life.export = "no: a hash, of what is given"
		}
	}
	switch {
	case strings.Contains(marked, "~"):
		life.erasure = erasedText
	case content != schemalint.Encrypted && life.erasure == erasedKey:
		life.erasure = "kept: that there was something; what it says goes with the person's key"
	}
	if strings.Contains(marked, "-") {
		life.export = "no: about staff or the machinery, and not about whose it is"
	}
	return schemalint.Column{Content: content, Export: life.export, Retention: life.retention, Erasure: life.erasure}
}
