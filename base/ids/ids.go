// Package ids names the things that rooms refer to, and makes their identifiers.
//
// Each idea has a type of its own, so that the compiler catches swaps. Identifiers are made in Go, time-ordered, and stored as text. The package
// also holds the one table of secrets that people and letters carry: booking codes, link and session tokens, PINs and form keys. What a secret is
// good for, and for how long, is left to the room that hands it out.
package ids

// The named identifiers. An Org, Office, Service, Unit and Locale slug is chosen by people (lower case letters, digits and hyphens) and stays; the
// others are made by Gen.
type (
	// Org is an organisation's slug, the first part of nearly every key.
	Org string
	// Office is a service point's slug within its organisation (FHIR: Location).
	Office string
	// Service is a service's slug within its organisation (FHIR: HealthcareService).
	Service string
	// Unit is one bookable unit within its organisation: a counter lane or a professional (FHIR: the actor of a Schedule).
	Unit string
	// Category is a group of services within its organisation.
	Category string
	// Appointment is the 50-bit, time-ordered id of an appointment, as 10 characters of Crockford's base 32.
	Appointment string
	// Hold is a time kept for somebody who is filling in a form.
	Hold string
	// Draft is a booking on its way: what was chosen and typed so far.
	Draft string
	// Person is whoever data is about: for now the contact of one appointment.
	Person string
	// Waiting is somebody's place on a waiting list.
	Waiting string
	// Freed is a time that became free and is offered to those who wait.
	Freed string
	// Text is a text message that came in, or that goes out by itself.
	Text string
	// Inbox is the slug of a place within its organisation where messages to those who work here arrive.
	Inbox string
	// Ticket is somebody's place in the lobby's queue.
	Ticket string
	// Letter is a letter of the secure mailbox, between an organisation and a person or company.
	Letter string
	// File is an attachment.
	File string
	// PrintBatch is what a print service took at once of the letters that go on paper.
	PrintBatch string
	// Hook is a program's address that is told what happens to letters.
	Hook string
	// Mailing is a letter that one of the staff sends to many.
	Mailing string
	// Work is an item of the work that lies before those who work here.
	Work string
	// Form is one of an organisation's forms; a slug.
	Form string
	// Submission is a form that somebody fills in or has sent: one identifier from the first draft on.
	Submission string
	// Notice is something a person is told.
	Notice string
	// Task is a durable job.
	Task string
	// Audit is one line of the audit log.
	Audit string
	// Company is a company or an association that uses the services, with a folder of its own.
	Company string
	// Guardianship is one record that somebody may act for a dependant.
	Guardianship string
	// Mandate is one record that somebody may act for a company.
	Mandate string
	// Staff is somebody who works here.
	Staff string
	// Provider is the slug of a means to sign in (an OpenID provider), within its organisation or of the installation.
	Provider string
	// Device is a kiosk or a display.
	Device string
	// Client is a program that speaks the JSON API under a key of its own.
	Client string
	// HoursChange is a change of an office's opening hours on its way.
	HoursChange string
	// Course is the slug of a course or an event within its organisation.
	Course string
	// Enrolment is somebody's place on a course or its waiting list, or that they asked for one.
	Enrolment string
	// FormKey settles repeated posts of one form: the same key, the same answer.
	FormKey string
)
