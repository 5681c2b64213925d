// Package sqldb is the thin layer between the store and the two SQL engines, SQLite and PostgreSQL.
//
// It opens a database from one DSN, runs reads and transactions, sorts errors into a short list of classes, and brings a schema up to date. It
// promises the store that one query text means the same on both engines:
//
//   - InTx is one writing transaction. Its function may run twice (a serialization failure, a deadlock or a busy file is tried again after a short
//     pause), so nothing but the database happens in it. After the first error every later statement is refused and nothing is committed, on both
//     engines alike, even when the function swallows that error.
//   - On SQLite exactly one function writes at a time; the others wait in a queue that honours their contexts. A caller never sees
//     "database is locked" from its own process. Readers never wait for the writer.
//   - Functions that wait on SQLite share one transaction and one sync of the disk (group commit). None sees another fail, and each is answered
//     when the shared COMMIT is durable.
//   - FOR UPDATE and FOR UPDATE SKIP LOCKED may stand in a query text: PostgreSQL obeys them, SQLite, where the one writer makes them needless,
//     never sees them.
//   - A connection lost during COMMIT is reported as ErrUnknownOutcome, never as a failure and never as success.
//
// The queries, their types, and what a class of error means to a person are left to the store. Nothing here knows a table of ours.
package sqldb
