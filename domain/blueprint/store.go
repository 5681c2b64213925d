package blueprint

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/audit"
	"luukku/domain/catalog"
)

// Store is what the room needs of storage.
type Store interface {
	// View runs do on one state of the database. It may run several times.
	View(ctx context.Context, do func(ctx context.Context, v View) error) error
	// Configure runs plan in one writing transaction, in which nobody else configures, and makes the change it returns durable; nil changes nothing. An
	// error of plan is returned as it is. Plan may run several times. After the commit, what was cached is forgotten and open pages are told.
	Configure(ctx context.Context, plan func(ctx context.Context, v View) (*Change, error)) error
}

// View is what is stored, as of one moment.
type View interface {
	// Stored returns what is configured of those of the organisations that exist; nil names all.
	Stored(ctx context.Context, orgs []ids.Org) (Stored, error)
	// Live returns how many booked appointments of an office end after now (Unix seconds), by unit and service.
	Live(ctx context.Context, o ids.Org, office ids.Office, now int64) ([]Live, error)
	// Draft returns the draft of an organisation's configuration; ok is false when there is none.
	Draft(ctx context.Context, o ids.Org) (d DraftRow, ok bool, err error)
}

// DraftRow is a draft as it is stored: whole configurations, as Export writes them.
type DraftRow struct {
	Org       ids.Org
	Base, Doc string
	Version   int64 // one more with each change of the draft
	CreatedAt int64 // Unix seconds, as ChangedAt
	ChangedAt int64
	ChangedBy string // the ID of who changed it last, as the audit log has it
}

// DraftChange puts a draft, or drops it where Put is nil.
type DraftChange struct {
	Org ids.Org
	Put *DraftRow
}

// Stored is what is configured.
type Stored struct {
	Document
	Version int64 // the newest of the installation's and all organisations'
	// Versions are those of the organisations' configurations, which hold the installation's.
	Versions map[ids.Org]int64
	Orgs     []ids.Org          // all there are, sorted
	Hosts    map[string]ids.Org // of all organisations
}

// Live is a number of appointments still to come.
type Live struct {
	Unit    ids.Unit
	Service ids.Service
	N       int
}

// Change is what applying a blueprint writes. One version is newer than everything stored, so that what is cached anywhere is seen to be old.
type Change struct {
	Version      int64 // Unix milliseconds, or one more than the newest there was
	Now          int64 // Unix seconds
	Installation *Installation
	Orgs         []OrgChange
	// Policies are appended to the history of their levels; those with Installation set are the installation's own, the others of the Org.
	Policies []PolicyRow
	// Forms are new versions of forms. They are numbered as they are written.
	Forms []FormVersion
	// Built is the form whose building this ends; the zero value is none. Configure fails with Conflict "forms.edited" when it was changed after Seq, and with Conflict
	// "forms.published" when it has a version after Base by now.
	Built   FormBuilt
	Drafts  []DraftChange
	Audit   []audit.Entry
	History []HistoryRow
	// Hours is the change of opening hours that this carries out; the zero value is none. Configure fails with Conflict "hours.carried_out" when it was
	// carried out before.
	Hours HoursDone
	// Topics are told to open pages and other nodes. Without any, what is configured has not changed.
	Topics []string
}

// HoursDone names a change of opening hours.
type HoursDone struct {
	Org    ids.Org
	Change ids.HoursChange
}

// OrgChange is an organisation as it was (with no ID when it is new) and as it will be.
type OrgChange struct{ Have, Want Organisation }

// FormBuilt names the state of a form that was being built, and the newest version that whoever built it knew.
type FormBuilt struct {
	Org       ids.Org
	Form      ids.Form
	Seq, Base int64
}

// FormVersion is what a form asks from a second on.
type FormVersion struct {
	Org      ids.Org
	Form     ids.Form
	Digest   string
	From     int64 // Unix seconds
	Document []byte
	Note     string
	By       ids.Staff
}

// PolicyRow is a policy of an organisation, or of the installation (with no Org).
type PolicyRow struct {
	Org ids.Org
	catalog.PolicyDoc
}
