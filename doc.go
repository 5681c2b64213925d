// Package luukku is the map of the house; there is no code here.
//
// Luukku is one counter for public services: people book, change and cancel appointments at a town's or a register office's service points. The house is
// cut twice. The middle is cut by domain: each room holds the types, rules and use cases of one matter and knows no SQL, no HTTP and no HTML. The edges
// are cut by who stands at the door. All SQL is in one package over a thin layer that hides the engine. Nothing speaks both SQL and HTTP.
//
//	cmd/luukku     the one program: serve, demo, migrate, check, blueprint, config, bench, version
//	app            puts the house together: settings -> store -> rooms -> doors -> jobs
//	base/...       tools that know nothing of ours: clock, config, fault, i18n, ical, ids, limit, live, seal, task
//	domain/...     the rooms: actor, audit, org, catalog, notify, booking, blueprint
//	store/...      all SQL, on SQLite and PostgreSQL
//	web/...        the doors of people: citizen, admin (set-up), dev (the demo's tools), gallery; web/ui has the components
//	api            the door of programs: JSON API v1
//	jobs           what runs in the background
//	gateway/...    wires to the outside: smtp, and the demo's outbox
//	blueprints     configurations that come along
//	demo           a living installation made of them
//	bench          measures it against peers, as "luukku bench" does
//	e2e/...        tests through a browser, with and without JavaScript
//
// A package imports only lower floors; arch_test.go has the table of floors and fails with a sentence when an arrow points up. One stem is used for one
// matter everywhere: domain/booking, store/booking.go, web/citizen/move.go with move.templ, texts move.*.
//
// Where to look for what: docs/architecture.md tells how the house works, docs/urls.md which address is answered where, CONTRIBUTING.md how to change
// something, and docs/decisions why things are as they are.
package luukku
