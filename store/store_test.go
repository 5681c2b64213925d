package store_test

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/task"
	"luukku/base/task/tasktest"
	"luukku/store"
	"luukku/store/migrations"
	"luukku/store/pgtest"
	"luukku/store/schemalint"
	"luukku/store/sqldb"
	"luukku/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestSchema(t *testing.T) {
	found, err := schemalint.Check(t.Context(), schemalint.Schema{
		Migrations: migrations.FS, Postgres: pgtest.DSN(t, nothing), Directory: store.Directory, Registry: store.Columns(),
	})
	if err != nil {
		t.Fatalf("look at the schema: %v", err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

func TestColumnWithoutEntryIsFound(t *testing.T) {
	registry := store.Columns()
	delete(registry, "appointment.note")
	directory := map[string]string{}
	for name, why := range store.Directory {
		if name != "secret" {
			directory[name] = why
		}
	}
	found, err := schemalint.Check(t.Context(), schemalint.Schema{Migrations: migrations.FS, Directory: directory, Registry: registry})
	if err != nil {
		t.Fatalf("look at the schema: %v", err)
	}
	if len(found) < 2 {
		t.Errorf("got %q, want the column without an entry and the table without a reason", found)
	}
}

func TestQueries(t *testing.T) {
	queries := os.DirFS("queries")
	found, err := schemalint.LintQueries(queries)
	if err != nil {
		t.Fatalf("read the queries: %v", err)
	}
	d := storetest.Database(t, "sqlite::memory:", sqldb.Options{})
	more, err := schemalint.PrepareQueries(t.Context(), d, queries)
	if err != nil {
		t.Fatalf("prepare the queries: %v", err)
	}
	wide, err := schemalint.CheckPlans(t.Context(), d, queries, wholeTables)
	if err != nil {
		t.Fatalf("look at the plans of the queries: %v", err)
	}
	for _, f := range slices.Concat(found, more, wide) {
		t.Error(f)
	}
}

// wholeTables are the queries that read a whole table, or all that an organisation has in one, and why that is not much, or may be.
var wholeTables = map[string]string{
	"ErasuresAt":        "as many as have asked to be erased, and at most so many of them",
	"FeedbackUnkeyed":   "by an index that holds only what was written before addresses had a key, and was not looked at since",
	"OpenPrintBatches":  "by an index that holds only what a printer has not answered for yet",
	"SubmissionHolds":   "likewise",
	"LetterHolds":       "as many as somebody has held by hand, and at most so many of them",
	"LetterHooks":       "at most ten of an organisation",
	"DueLetterHooks":    "at most ten of each organisation",
	"LastSubmissionSeq": "one row",
	"LastLetterSeq":     "one row",
	"Undelivered":       "by an index that holds only what nobody has looked at yet, and at most so many of them",
	"UndeliveredTexts":  "the same",
	"Organisations":     configured, "Organisation": configured, "OrganisationVersion": configured, "OrganisationVersions": configured, "Hosts": configured,
	"DropHosts": configured, "Inboxes": configured, "Wordings": configured, "FormTexts": configured, "Forms": configured, "FormEdits": "the forms that are being built", "OfficeGroups": configured, "Offices": configured, "Units": configured, "Categories": configured, "Services": configured,
	"Offers": configured, "Policies": configured, "DropOffice": configured, "LockOrganisations": configured, "ProvidersOf": configured, "EIDKeys": configured, "ConfigDraft": configured, "DropConfigDraft": configured, "FeedNodes": "a row for each server", "OutboxMessages": "the demo's own",
	"AllStaff": "who works here: as many as an administrator has invited", "StaffOfOrg": "likewise", "ActiveStaffRoles": "likewise", "LockSystemAdmins": "roles of the installation: few",
	"SystemAdmins": "likewise", "InvitationsOf": "200 at most", "DevicesOf": configured, "ClientsOf": configured,
	"DropOldHoursChanges": "changes of hours: as many as somebody has made by hand",
	"BookedOverlaps":      checking, "CountersWithoutTicket": checking, "TicketsWithoutCounter": checking, "TicketsWithoutSteps": checking, "AppointmentsWithoutCells": checking, "HoldsWithoutHolder": checking, "AppointmentsWithoutPerson": checking,
	"NoticesWithoutAppointment": checking, "ShelvedWithoutLetter": checking, "CareOfNobody": checking, "AccessOfNobody": checking, "LastAppointment": "the end of the index",
	"CountAuditTiles": checking, "NewestAuditHead": "the end of the index",
}

const (
	configured = "configuration: as much as somebody has set up by hand"
	checking   = "luukku check looks at everything"
)

func contextForMigration() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Minute)
}

func nothing(string) error { return nil }

func migrated(dsn string) error {
	ctx, cancel := contextForMigration()
	defer cancel()
	d, err := sqldb.Open(ctx, dsn)
	if err != nil {
		return err
	}
	if err := store.Migrate(ctx, d); err != nil {
		return err
	}
	return d.Close()
}

func TestTasksOnSQLite(t *testing.T) {
	tasktest.Conformance(t, func(t *testing.T) task.Store {
		return store.New(storetest.Database(t, "sqlite::memory:", sqldb.Options{}), store.Options{Now: clock.Real()}).Tasks()
	})
}

func TestTasksOnPostgres(t *testing.T) {
	tasktest.Conformance(t, func(t *testing.T) task.Store {
		return store.New(storetest.Database(t, pgtest.DSN(t, migrated), sqldb.Options{}), store.Options{Now: clock.Real()}).Tasks()
	})
}
