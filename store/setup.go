package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/domain/blueprint"
	"luukku/store/db"
)

var _ blueprint.SetupStore = (*Store)(nil)

// setupLink names the setting of the link of the first start: the hash in hexadecimal, and the last second in which it is good.
const setupLink = "setup.token"

// SetupLink returns the link of the first start that is kept, or NotFound "setup.no_link".
func (s *Store) SetupLink(ctx context.Context) (blueprint.SetupLink, error) {
	return s.readSetupLink(ctx, s.read)
}

func (s *Store) readSetupLink(ctx context.Context, q *db.Queries) (blueprint.SetupLink, error) {
	kept, err := q.Setting(ctx, setupLink)
	if err != nil {
		return blueprint.SetupLink{}, s.found(err, "setup.no_link", "read set-up link")
	}
	sum, until, _ := strings.Cut(kept, " ")
	l := blueprint.SetupLink{}
	if l.Hash, err = hex.DecodeString(sum); err != nil {
		return blueprint.SetupLink{}, fmt.Errorf("read set-up link: %w", err)
	}
	if l.Until, err = strconv.ParseInt(until, 10, 64); err != nil {
		return blueprint.SetupLink{}, fmt.Errorf("read set-up link: %w", err)
	}
	return l, nil
}

// PutSetupLink keeps a link of the first start in the place of any other.
func (s *Store) PutSetupLink(ctx context.Context, l blueprint.SetupLink) error {
	return s.PutSetting(ctx, setupLink, hex.EncodeToString(l.Hash)+" "+strconv.FormatInt(l.Until, 10))
}

// ConfigureFirst is Configure where there is no installation yet, in one transaction with spending the link. Two at once wait for each other at the
// lock, and the second finds an installation.
func (s *Store) ConfigureFirst(
	ctx context.Context, may func(blueprint.SetupLink) error, plan func(ctx context.Context, v blueprint.View) (*blueprint.Change, error),
) error {
	return s.configureAfter(ctx, func(ctx context.Context, q *db.Queries) error {
		_, err := q.Installation(ctx)
		if err == nil {
			return fault.NotFound("setup.no_link")
		}
		if !noRows(err) {
			return fmt.Errorf("read installation: %w", err)
		}
		l, err := s.readSetupLink(ctx, q)
		if err != nil {
			return err
		}
		if err := may(l); err != nil {
			return err
		}
		_, err = q.DropSetting(ctx, setupLink)
		return err
	}, plan)
}
