package eservice

import (
	"context"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/domain/catalog"
)

// Store is what the room needs of storage.
type Store interface {
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	FormStore
}

// Service is the room's use cases. Set the fields before the first use.
type Service struct {
	Store Store
	Now   clock.Now
	// Definitions are the forms that were read; the zero value is ready.
	Definitions Definitions
}
