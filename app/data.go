package app

import (
	"context"
	"errors"
	"fmt"

	"luukku/base/clock"
	"luukku/base/config"
	"luukku/store"
	"luukku/store/sqldb"
)

// Migrate brings the schema of the database that the settings name up to date, telling of each step.
func Migrate(ctx context.Context, c config.Config, progress func(string)) error {
	d, err := sqldb.Open(ctx, c.Database.Reveal())
	if err != nil {
		return err
	}
	err = store.Migrate(ctx, d, func(p sqldb.Progress) { progress(fmt.Sprintf("schema: step %d of %d", p.Step, p.Steps)) })
	return errors.Join(err, d.Close())
}

// Check returns the contradictions in the data that the settings name. The server may be running meanwhile.
func Check(ctx context.Context, c config.Config) ([]string, error) {
	d, err := sqldb.Open(ctx, c.Database.Reveal())
	if err != nil {
		return nil, err
	}
	found, err := store.New(d, store.Options{Now: clock.Real()}).Check(ctx)
	return found, errors.Join(err, d.Close())
}
