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
}

// Stored is what is configured.
type Stored struct {
	Document
	Version int64              // the newest of the installation's and all organisations'
	Orgs    []ids.Org          // all there are, sorted
	Hosts   map[string]ids.Org // of all organisations
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
	Audit    []audit.Entry
	Topics   []string
}

// OrgChange is an organisation as it was (with no ID when it is new) and as it will be.
type OrgChange struct{ Have, Want Organisation }

// PolicyRow is a policy of an organisation, or of the installation (with no Org).
type PolicyRow struct {
	Org ids.Org
	catalog.PolicyDoc
}
