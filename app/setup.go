package app

import (
	"context"
	"fmt"

	"luukku/domain/blueprint"
)

// SetupLink makes the link of the first start, good once and for a day, and makes the one before void. It is empty when there is an installation already.
func (a *App) SetupLink(ctx context.Context) (string, error) {
	token, err := blueprint.Setup{Store: a.Store, Gen: a.Site.Gen, Now: a.Now}.NewLink(ctx)
	if err != nil {
		return "", fmt.Errorf("make the set-up link: %w", err)
	}
	if token == "" {
		return "", nil
	}
	return a.Config.BaseURL + "/setup/" + token, nil
}
