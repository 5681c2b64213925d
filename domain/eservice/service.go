package eservice

import (
	"context"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/access"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// Store is what the room needs of storage.
type Store interface {
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	PersonKey(ctx context.Context, p ids.Person) ([]byte, error)
	FormStore
	DraftStore
	SubmissionStore
}

// Service is the room's use cases. Set the fields before the first use.
type Service struct {
	Store Store
	Seals *seal.Keyring
	Gen   *ids.Gen
	Now   clock.Now
	Texts *i18n.Catalog
	// Facts tells what forms are filled in with beforehand, and who could sign.
	Facts Known
	// Access says whether a service is open to somebody that opens after a contact; nil knows of nobody.
	Access *access.Service
	// Work is the list in which what was sent lies, Files the attachment room, Letters the room of receipts and decisions.
	Work    *worklist.Service
	Files   *file.Service
	Letters *mailbox.Service
	// Committed is told that jobs may have been written. May be nil.
	Committed func()
	// Drafts is how what is configured is changed: forms are published by it.
	Drafts blueprint.Drafts
	// Definitions are the forms that were read; the zero value is ready.
	Definitions Definitions
}
