package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/i18n"
)

// The headers of this door.
const (
	codeHeader    = "Booking-Code"
	sessionHeader = "Luukku-Session"
	replayHeader  = "Idempotent-Replayed"
)

// The tags that operations are grouped by.
const (
	tagCatalogue   = "Catalogue"
	tagTimes       = "Free times"
	tagBooking     = "Booking"
	tagAppointment = "Appointment"
)

func (d *Door) config() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Luukku", Version: "1.0.0",
				Description: "Book, read, change and cancel appointments at public offices. Times are RFC 3339 with an offset; in answers it is the office's. " +
					"Fields are only ever added to version 1, so readers pass over what they do not know. Whatever was not done is a problem by RFC 9457.",
				License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Servers: []*huma.Server{{URL: d.site.BaseURL + prefix}},
			Tags: []*huma.Tag{
				{Name: tagCatalogue, Description: "Who serves, what is offered, and where."},
				{Name: tagTimes, Description: "When there is room."},
				{Name: tagBooking, Description: "Keeping a time and booking it."},
				{Name: tagAppointment, Description: "One appointment, opened with its booking code."},
				{Name: tagCourses, Description: "Courses and events, and enrolling on them."},
				{Name: tagPrograms, Description: "What an organisation's own programs do, with an API key that an administrator made."},
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"apiKey":      {Type: "http", Scheme: "bearer", Description: "A key that an administrator of the organisation made, with the rights that it was given."},
					"bookingCode": {Type: "apiKey", In: "header", Name: codeHeader, Description: "The booking code that opens one appointment. It is never in an address."},
					"session": {
						Type: "apiKey", In: "header", Name: sessionHeader,
						Description: "The secret that came with a hold, one for each person who books. A new hold under it gives the earlier one back.",
					},
				},
			},
		},
		Formats:                      huma.DefaultFormats,
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{d.translate},
	}
}

// steps say of an operation that writes or is private what its answers can be.
type steps struct {
	tag      string
	status   int // of success
	security []map[string][]string
	errors   []int
}

var (
	holdSteps = steps{
		tag: tagBooking, status: http.StatusCreated, security: []map[string][]string{{}, {"session": {}}},
		errors: []int{400, 404, 409, 413, 415, 422, 429, 500, 503},
	}
	extendSteps = steps{tag: tagBooking, status: http.StatusOK, security: []map[string][]string{{"session": {}}}, errors: []int{404, 409, 422, 429, 500, 503}}
	bookSteps   = steps{
		tag: tagBooking, status: http.StatusCreated, security: []map[string][]string{{}, {"session": {}}},
		errors: []int{400, 404, 409, 413, 415, 422, 429, 500, 503},
	}
	readSteps = steps{
		tag: tagAppointment, status: http.StatusOK, security: []map[string][]string{{"bookingCode": {}}}, errors: []int{401, 404, 422, 429, 500, 503},
	}
	changeSteps = steps{
		tag: tagAppointment, status: http.StatusOK, security: []map[string][]string{{"bookingCode": {}}},
		errors: []int{400, 401, 404, 409, 412, 413, 415, 422, 429, 500, 503},
	}
)

func step(id, method, path, summary string, s steps) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{s.tag}, DefaultStatus: s.status, Security: s.security,
		Description: cmp.Or(descriptions[id], courseDescriptions[id]), Errors: slices.Clone(s.errors),
	}
}

// public is an operation that reads what anybody may know.
func public(id, path, summary, tag string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tag}, DefaultStatus: http.StatusOK,
		Description: cmp.Or(descriptions[id], courseDescriptions[id]), Errors: []int{404, 422, 429, 500, 503}, Security: []map[string][]string{{}},
		Parameters: []*huma.Param{{
			Name: "If-None-Match", In: "header", Description: "The ETag of the answer you have. When it still holds, the answer is 304 without a body.",
			Schema: &huma.Schema{Type: huma.TypeString},
		}},
		Responses: map[string]*huma.Response{"304": {Description: "What you have still holds"}},
	}
}

// descriptions say what the summary of an operation cannot.
var descriptions = map[string]string{
	"list-free-times": "At most 62 days. Without from it begins today; without to it ends 13 days later. The answer may be kept for 5 seconds; ask again with " +
		"If-None-Match. A free time is an offer, not a promise: booking decides.",
	"create-hold": "Keeps a time while a person fills in their details, when the policy of the service holds times (201). Where it holds nothing, the " +
		"answer is 200 with held false: the time is free now, and whoever books first gets it. The session is told once; send it back as " + sessionHeader + ".",
	"extend-hold": "Keeps the time as long again, from now. When the hold has run out, the time is taken again if it is still free.",
	"create-appointment": "The same Idempotency-Key with the same content gets the same answer for 24 hours, with status 200 and the header " + replayHeader +
		". With other content it is a conflict. A request that was refused leaves its key free. When the time was taken, the problem has the nearest free times.",
	"get-queue": "No more than a second old; numbers, and never names. The same address with /stream at its end is an event stream (text/event-stream): an event " +
		"\"state\" has this answer, at once and after each change; \"beat\" comes every five seconds and says that it still holds. What has not been heard of " +
		"for 15 seconds is not to be shown any longer.",
	"get-office-hours": "By the day, holidays, closures and exceptions taken in; and as the rules that they follow from. What can be booked is another matter: " +
		"list-free-times says.",
	"edit-appointment":  "Fields that are left out, or null, stay as they are. The person is told at their new address.",
	"move-appointment":  "The old time is kept until the new one is certain.",
	"list-appointments": "Needs a key with the right appointment.list. The list has no names; that it was read is written into the audit log.",
	"record-outcome":    "Needs a key with the right booking.desk. From 30 minutes before the start on. Saying the same again is no fault; none takes it back.",
	"create-prereservation": "Needs a key with the right booking.desk. The person is told at their address and confirms; what nobody confirms lapses as the policy " +
		"says (confirm_by). The same Idempotency-Key with the same content gets the same answer.",
	"confirm-for-client": "Needs a key with the right booking.desk. Confirms what waits for its client: a pre-reservation, or a booking that waits for its link. " +
		"Confirming again is no fault.",
	"cancel-for-client": "Needs a key with the right booking.desk. No cut-off binds the office. The person is told, and the reason is seen with the booking code.",
	"list-conversations": "Needs a key with the right inbox.work. In the order of work, what is overdue first. That the list was read is written into the audit log. " +
		"Conversations with people whose data is protected are not there.",
	"get-conversation": "Needs a key with the right inbox.work. That it was read is written into the audit log. Identity codes stay hidden.",
	"answer-conversation": "Needs a key with the right inbox.work. The answer goes out as a text message, once for its Idempotency-Key. A number that has said STOP since " +
		"it last wrote gets none (422).",
	"assign-conversation": "Needs a key with the right inbox.work.",
	"close-conversation":  "Needs a key with the right inbox.work. What the person writes afterwards begins another conversation.",
	"list-matters": "Needs a key with the right letter.work. Begin without after, and go on with next: every matter that came, or with which anything was done, is there once, as it stands now, and " +
		"comes again when it changes again. That they were listed is written into the audit log. Matters of people whose data is protected are not there.",
	"get-matter": "Needs a key with the right letter.work. That it was read is written into the audit log, and at each letter that the person wrote, who sees that it was read.",
	"answer-matter": "Needs a key with the right letter.work. The answer goes into the person's mailbox if they can be reached at this moment, and on paper if not, for which post is needed (422). Sent once " +
		"for its Idempotency-Key. A decision is an answer of the kind decision.",
	"list-assignees":   "Needs a key with the right letter.work.",
	"assign-matter":    "Needs a key with the right letter.work.",
	"date-matter":      "Needs a key with the right letter.work.",
	"close-matter":     "Needs a key with the right letter.work. When the person writes again, it is open again.",
	"hand-over-matter": "Needs a key with the right letter.work. Say inbox, or organisation.",
	"get-matter-file": "Needs a key with the right letter.work. The attachment as it is, streamed, with its type and name; ranges are served. 409 while no scanner has found it clean. That it was opened is written " +
		"into the audit log.",
	"list-submissions": "Needs a key with the right submission.work. Begin without after, and go on with next: every form that was sent, or with which anything was done, is there once, as it stands now, and comes " +
		"again when it changes again. Narrowed by form, inbox or state, a page may be empty and have more. That they were listed is written into the audit log. Forms of people whose data is protected are not there.",
	"get-submission":      "Needs a key with the right submission.work. That it was read is written into the audit log, and at the person whose it is.",
	"get-submission-sent": "Needs a key with the right submission.work. The SHA-256 of these bytes is sha256 of get-submission, and stands on the acknowledgement. That it was read is written into the audit log.",
	"get-submission-form": "Needs a key with the right submission.work. The SHA-256 of these bytes is form_sha256 of get-submission. Of this version every submission to it is, also when the form has changed since.",
	"get-submission-pdf":  "Needs a key with the right submission.work. In the language of the request. That it was read is written into the audit log.",
	"get-submission-file": "Needs a key with the right submission.work. The attachment as it is, streamed, with its type and name; ranges are served. 409 while no scanner has found it clean. That it was opened is " +
		"written into the audit log.",
	"list-submission-assignees": "Needs a key with the right submission.work.",
	"assign-submission":         "Needs a key with the right submission.work. What is given to somebody is in progress.",
	"date-submission":           "Needs a key with the right submission.work.",
	"hand-over-submission":      "Needs a key with the right submission.work.",
	"note-submission":           "Needs a key with the right submission.work. Written once for its Idempotency-Key.",
	"ask-for-more": "Needs a key with the right submission.work. It goes to the mailbox, on paper where post is given, or is told by mail or text message and found in the person's folder. Sent once for its " +
		"Idempotency-Key.",
	"decide-submission": "Needs a key with the right submission.work. The decision goes into the person's mailbox if they can be reached at this moment, and on paper if not, for which post is needed (422). Sent once " +
		"for its Idempotency-Key; what is decided is decided (409).",
	"close-submission":  "Needs a key with the right submission.work. Once for its Idempotency-Key.",
	"reopen-submission": "Needs a key with the right submission.work. What was withdrawn stays so (409).",
	"list-access":       "Needs a key with the right access.grant. Without why it was granted, and without what identifies people. That the list was read is written into the audit log.",
	"get-access":        "Needs a key with the right access.grant. What identifies the person is in the body. Who has never been here is unknown (422). That it was read is written into the audit log.",
	"grant-access": "Needs a key with the right access.grant. The same rules as at the desk: the service opens after a contact, the last day is today or later. What says nothing new is not recorded again. " +
		"The person is told that something has changed in their folder, and not what.",
	"withdraw-access": "Needs a key with the right access.grant. It ends with the next click. What was booked or sent stays. The person is told that something has changed.",
	"record-guardianship": "Needs a key with the right guardianship.record. Both people must have signed in once, or be known from a register. It is no " +
		"fault to record the same twice.",
	"revoke-guardianship": "Needs a key with the right guardianship.record. The record ends at once. What identifies a person is in the body.",
	"read-audit":          "Needs a key with the right audit.read. Reasons are not told. That the log was read is itself a line.",
	"send-letter": "Needs a key with the right letter.send. It goes into the recipient's mailbox if they can be reached at this moment, and to the printer if not: channel says " +
		"which. The same Idempotency-Key with the same content gets the same letter for 24 hours, with the header " + replayHeader + "; with other content it is a conflict.",
	"upload-file": "Needs a key with the right letter.send or submission.work. The body is the file itself, streamed; Content-Disposition says what it is called. It can be attached to one letter or to a thousand, for 7 days. What it " +
		"is follows from its content: PDF, JPEG, PNG, GIF, HEIC, TIFF, docx, xlsx, pptx, odt, ods, odp, rtf, txt, csv and ZIP are taken; a PDF with a script, what is encrypted and what is called something else are " +
		"refused. The same Idempotency-Key with the same file gets the same answer for 24 hours.",
	"get-file": "Needs a key with the right letter.send or submission.work. While the file can be attached.",
	"reach-person": "Needs a key with the right letter.send. What identifies the person is in the body. That somebody was asked for is written into the audit log. The answer " +
		"holds for now: sending decides anew.",
	"get-letter":    "Needs a key with the right letter.send. It never has what the letter says.",
	"recall-letter": "Needs a key with the right letter.send. Until somebody has read or confirmed it, or it was printed.",
	"list-letter-events": "Needs a key with the right letter.send. Begin without after, and go on with next: what happens is numbered in the order in which it becomes known, and " +
		"never changes. How people keep their mailboxes tidy is not in it.",
	"get-print-queue": "Needs a key with the right letter.print.",
	"create-print-batch": "Needs a key with the right letter.print. All of its letters are taken in one step, or none; what is too many waits for the next batch. The same " +
		"Idempotency-Key gets the same batch.",
	"list-print-batches": "Needs a key with the right letter.print.",
	"get-print-batch": "Needs a key with the right letter.print. It has what the letters say, until they are posted; that it was read is written into the audit log. It can be " +
		"read again, so that a run that was cut short goes on.",
	"get-print-batch-zip": "Needs a key with the right letter.print. The letters that are still to be printed, each as a PDF with the address where the window of an envelope is (DIN 5008, form B), " +
		"what is attached to them as further PDFs, and manifest.json with the SHA-256, size and pages of each file and how every letter of the batch stands. Asked again after some were recorded as printed it has the others alone.",
	"get-print-batch-letter":     "Needs a key with the right letter.print. Until the letter is posted. Without what is attached to it.",
	"get-print-batch-letter-zip": "Needs a key with the right letter.print. Until the letter is posted: the letter, its attachments and a manifest, as in get-print-batch-zip.",
	"get-letter-receipt": "Needs a key with the right letter.send. When the letter was handed over, could be read and was confirmed, to the second, the digest of its content, and when it counts as " +
		"served by which rule; not what it says. In the language of the request.",
	"delete-appointment": "Cancels without a reason. Doing it again within 24 hours gets the same answer.",
}

// document sets the answers of an operation that are problems. They must be there before the operation is registered.
func document(o *huma.OpenAPI, op *huma.Operation) {
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	schema := o.Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, code := range op.Errors {
		r := &huma.Response{Description: http.StatusText(code), Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
		if code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable {
			r.Headers = map[string]*huma.Param{"Retry-After": header("Seconds to wait.", huma.TypeInteger)}
		}
		op.Responses[strconv.Itoa(code)] = r
	}
	op.Errors = nil // or they would be described a second time, as the framework's own
}

// describe completes the description and writes it.
func describe(o *huma.OpenAPI, p *i18n.Printer) []byte {
	schemas := o.Components.Schemas.Map()
	for _, own := range []string{"ErrorModel", "ErrorDetail"} { // the framework's: none is ever sent
		delete(schemas, own)
	}
	for name, s := range schemas {
		if !strings.HasSuffix(name, "Request") {
			s.AdditionalProperties = nil // answers may grow
		}
		if policy := s.Properties["policy"]; policy != nil {
			explain(policy, p)
		}
	}
	for _, item := range o.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			if made := op.Responses["201"]; made != nil && againDescriptions[op.OperationID] != "" {
				again := *made
				again.Description = againDescriptions[op.OperationID]
				op.Responses["200"] = &again
			}
			if op.Responses["304"] != nil {
				op.Responses["200"].Headers["ETag"] = header("Names this content.", huma.TypeString)
			}
		}
	}
	b, err := json.Marshal(o)
	if err != nil {
		panic("api: the OpenAPI description does not marshal: " + err.Error()) // decided by the code alone, so every test would see it
	}
	return b
}

var againDescriptions = map[string]string{
	"create-hold":           "Nothing is held: the policy of the service holds no times, and the time is free now.",
	"create-appointment":    "The answer to a repeat of a request that had already booked.",
	"create-prereservation": "The answer to a repeat of a request that had already set the time aside.",
}

func header(doc, kind string) *huma.Param {
	return &huma.Param{Description: doc, Schema: &huma.Schema{Type: kind}}
}

// Lang is the code of a language as a parameter or a field.
type Lang string

// Schema lists the languages that there are.
func (Lang) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Examples: []any{"fi"}}
	for _, l := range i18n.Languages() {
		s.Enum = append(s.Enum, string(l.Code))
	}
	s.PrecomputeMessages()
	return s
}
