package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"luukku/base/planted"
)

// Class is what sort of trouble a database error is.
type Class int

// The classes. The list is closed.
const (
	ClassOther          Class = iota // a bug, a broken file, a failed check: nothing a caller can act on
	ClassUnique                      // a key is taken
	ClassForeignKey                  // a row that something points to is missing, or is still pointed to
	ClassSerialization               // collided with another transaction; InTx has tried again already
	ClassUnavailable                 // refused, cut, shutting down, too many connections, read-only, timed out by the server: try later
	ClassFull                        // no space left
	ClassUnknownOutcome              // lost during COMMIT: done or not
	ClassCanceled                    // the caller's context ended
)

var classNames = [...]string{"other", "unique", "foreign_key", "serialization", "unavailable", "full", "unknown_outcome", "canceled"}

// String returns the class's name as logs and metrics write it.
func (c Class) String() string {
	if c < 0 || int(c) >= len(classNames) {
		return classNames[ClassOther]
	}
	return classNames[c]
}

// ErrUnknownOutcome is what InTx returns (wrapped) when the connection was lost during COMMIT: the work may be done or not, and only reading
// tells.
var ErrUnknownOutcome = errors.New("sqldb: the outcome of COMMIT is unknown")

func unknown(cause error) error { return fmt.Errorf("%w: %w", ErrUnknownOutcome, cause) }

// IsUnique says that a key is taken.
func IsUnique(err error) bool { return Classify(err) == ClassUnique }

// Classify sorts an error of this package, however wrapped. Nil and errors that no database made are ClassOther.
func Classify(err error) Class {
	if err == nil {
		return ClassOther
	}
	if errors.Is(err, ErrUnknownOutcome) {
		return ClassUnknownOutcome
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return classifySQLite(e.Code())
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok && !errors.Is(err, context.Canceled) {
		return ClassUnavailable // whatever the server said: no statement reached it. Before the deadline, since connect_timeout is one too.
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return classifyPostgres(e)
	}
	if errors.Is(err, context.Canceled) {
		return ClassCanceled
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return ClassCanceled
	}
	if lostConnection(err) {
		return ClassUnavailable
	}
	return ClassOther
}

func lostConnection(err error) bool {
	for _, lost := range []error{io.EOF, io.ErrUnexpectedEOF, driver.ErrBadConn, sql.ErrConnDone, net.ErrClosed, ErrClosed} {
		if errors.Is(err, lost) {
			return true
		}
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return pgconn.SafeToRetry(err) // pgx's "conn closed"
}

func classifySQLite(code int) Class {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return ClassUnique
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return ClassForeignKey
	case sqlite3.SQLITE_IOERR_SHMSIZE: // the WAL's index could not grow
		return ClassFull
	}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return ClassSerialization
	case sqlite3.SQLITE_FULL:
		return ClassFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL:
		return ClassUnavailable
	case sqlite3.SQLITE_INTERRUPT:
		return ClassCanceled
	}
	return ClassOther
}

// ioError says that the disk failed SQLite, other than by being full.
func ioError(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_IOERR && classifySQLite(e.Code()) != ClassFull
}

func classifyPostgres(e *pgconn.PgError) Class {
	switch e.Code {
	case "23505", "23P01": // unique_violation, exclusion_violation
		return ClassUnique
	case "23503", "23001": // foreign_key_violation, restrict_violation
		return ClassForeignKey
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return ClassSerialization
	case "53100": // disk_full
		return ClassFull
	case "25006", "57014", "55P03", "25P03", "25P04": // read only, canceled by statement_timeout, lock, idle and transaction timeouts
		return ClassUnavailable
	case "0A000":
		if e.Routine == "RevalidateCachedQuery" { // a migration changed a table under a prepared statement: pgx prepares it anew
			return ClassSerialization
		}
	}
	if e.SeverityUnlocalized == "FATAL" || e.SeverityUnlocalized == "PANIC" { // the server has ended the session, for whatever reason
		return ClassUnavailable
	}
	if len(e.Code) == 5 && (e.Code[:2] == "08" || e.Code[:2] == "53" || e.Code[:3] == "57P") { // connection, resources, shutting down
		return ClassUnavailable
	}
	return ClassOther
}

// lostInCommit says that an error of COMMIT leaves open whether it took effect. An answer of the server says no, unless it is the server going
// down; so does a COMMIT that was never sent.
func lostInCommit(err error) bool {
	if planted.Bug("unknown-is-no") {
		return false
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "40003" || classifyPostgres(e) == ClassUnavailable
	}
	return !errors.Is(err, errNotSent)
}
