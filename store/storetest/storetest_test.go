package storetest

import (
	"os"
	"testing"

	"luukku/store"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func sqlite() Engine {
	return Engine{Name: "SQLite", DSN: func(testing.TB) string { return "sqlite::memory:" }}
}

func postgres(level sqldb.Isolation) Engine {
	return Engine{
		Name: "PostgreSQL", Options: sqldb.Options{Isolation: level},
		DSN: func(t testing.TB) string {
			return pgtest.DSN(t, func(dsn string) error {
				d, err := sqldb.Open(t.Context(), dsn)
				if err != nil {
					return err
				}
				if err := store.Migrate(t.Context(), d); err != nil {
					return err
				}
				return d.Close()
			})
		},
	}
}

func TestBookingOnSQLite(t *testing.T) { Booking(t, sqlite()) }

func TestBookingOnPostgres(t *testing.T) { Booking(t, postgres(sqldb.ReadCommitted)) }

func TestBookingOnPostgresSerializable(t *testing.T) { Booking(t, postgres(sqldb.Serializable)) }

func TestHoursOnSQLite(t *testing.T) { Hours(t, sqlite()) }

func TestHoursOnPostgres(t *testing.T) { Hours(t, postgres(sqldb.ReadCommitted)) }

func TestHoursOnPostgresSerializable(t *testing.T) { Hours(t, postgres(sqldb.Serializable)) }

func TestWaitingOnSQLite(t *testing.T) { Waiting(t, sqlite()) }

func TestWaitingOnPostgres(t *testing.T) { Waiting(t, postgres(sqldb.ReadCommitted)) }

func TestWaitingOnPostgresSerializable(t *testing.T) { Waiting(t, postgres(sqldb.Serializable)) }

func TestReceiptsOnSQLite(t *testing.T) { Receipts(t, sqlite()) }

func TestReceiptsOnPostgres(t *testing.T) { Receipts(t, postgres(sqldb.ReadCommitted)) }

func TestReceiptsOnPostgresSerializable(t *testing.T) { Receipts(t, postgres(sqldb.Serializable)) }

func TestLobbyOnSQLite(t *testing.T) { Lobby(t, sqlite()) }

func TestLobbyOnPostgres(t *testing.T) { Lobby(t, postgres(sqldb.ReadCommitted)) }

func TestLobbyOnPostgresSerializable(t *testing.T) { Lobby(t, postgres(sqldb.Serializable)) }

func TestCoursesOnSQLite(t *testing.T) { Courses(t, sqlite()) }

func TestCoursesOnPostgres(t *testing.T) { Courses(t, postgres(sqldb.ReadCommitted)) }

func TestCoursesOnPostgresSerializable(t *testing.T) { Courses(t, postgres(sqldb.Serializable)) }

func TestMailboxesOnSQLite(t *testing.T) { Mailboxes(t, sqlite()) }

func TestMailboxesOnPostgres(t *testing.T) { Mailboxes(t, postgres(sqldb.ReadCommitted)) }

func TestMailboxesOnPostgresSerializable(t *testing.T) { Mailboxes(t, postgres(sqldb.Serializable)) }

func TestOpenDraftsOnSQLite(t *testing.T) { OpenDrafts(t, sqlite()) }

func TestOpenDraftsOnPostgres(t *testing.T) { OpenDrafts(t, postgres(sqldb.ReadCommitted)) }

func TestOpenDraftsOnPostgresSerializable(t *testing.T) { OpenDrafts(t, postgres(sqldb.Serializable)) }

func TestSubmissionsOnSQLite(t *testing.T) { Submissions(t, sqlite()) }

func TestSubmissionsOnPostgres(t *testing.T) { Submissions(t, postgres(sqldb.ReadCommitted)) }

func TestSubmissionsOnPostgresSerializable(t *testing.T) {
	Submissions(t, postgres(sqldb.Serializable))
}

func TestDraftsOnSQLite(t *testing.T) { Drafts(t, sqlite()) }

func TestDraftsOnPostgres(t *testing.T) { Drafts(t, postgres(sqldb.ReadCommitted)) }

func TestDraftsOnPostgresSerializable(t *testing.T) { Drafts(t, postgres(sqldb.Serializable)) }
