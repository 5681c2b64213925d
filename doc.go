// Package luukku is the map of the house; there is no code here.
//
// Luukku is one counter for public services: people book appointments, wait in a lobby, fill in forms, come to courses and exchange letters with a town, a register
// office or a health-care provider. The house is cut twice. The middle is cut by domain: each room holds the types, rules and use cases of one matter and knows no SQL, no HTTP and no HTML. The edges
// are cut by who stands at the door. All SQL is in one package over a thin layer that hides the engine. Nothing speaks both SQL and HTTP.
//
//	cmd/luukku     the one program: serve, demo, migrate, check, blueprint, config, bench, version
//	app            puts the house together: settings -> store -> rooms -> doors -> jobs
//	base/...       tools that know nothing of ours: admit, clock, config, drawing, fault, i18n, ical, ids, limit, live, natid, pdf, seal, sheet, task
//	domain/...     the rooms. Time: booking, hours, waiting, care. The lobby: queue. Correspondence: mailbox, conversation, texting, notify, worklist, file. E-services:
//	               catalog, guide, form, eservice, course, feedback, access. People: identity, staff, directory, consent, folder, dossier, erasure. For all: actor, audit, org, blueprint
//	store/...      all SQL, on SQLite and PostgreSQL
//	web/...        the doors of people: citizen, my (the folder), mailbox, eservice and sent (forms), course, feedback, portal; of staff: staff, desk, inbox, lobby, admin
//	               (set-up); of devices: kiosk, display; dev (the demo's tools), gallery; web/ui has the components
//	api            the door of programs: JSON API v1
//	jobs           what runs in the background
//	gateway/...    wires to the outside: smtp and bounce, sms, eid, register, webhook, scan, printer, blob, and the demo's outbox
//	blueprints     configurations that come along
//	demo           a living installation made of them
//	bench          measures it against peers, as "luukku bench" does
//	e2e/...        stories on the running server, with and without JavaScript
//	faults/...     crashes, restores and planted bugs, which the tests must notice
//
// A package imports only lower floors; arch_test.go has the table of floors and fails with a sentence when an arrow points up. One stem is used for one
// matter everywhere: domain/booking, store/booking.go, web/citizen/move.go with move.templ, texts move.*.
//
// Where to look for what: docs/architecture.md tells how the house works, docs/urls.md which address is answered where, CONTRIBUTING.md how to change
// something, and docs/decisions why things are as they are.
package luukku
