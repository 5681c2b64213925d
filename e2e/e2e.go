// Package e2e proves the whole: every page in every state as a person's browser shows it, and the requirements as stories that a person lives through,
// against the demo on SQLite and on PostgreSQL.
//
// It promises that a story speaks as a person does (labels, buttons, what the page says), that its name carries the requirement it proves, and that it
// sees only what is outside: pages, mail in the outbox, the log, the addresses. What e2e/client and e2e/browser know of pages is theirs; rules are proven
// in the rooms, races inside the store in store/storetest. There is nothing to import here but tests.
package e2e
