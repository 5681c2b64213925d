package app

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/mailbox"
	"luukku/domain/org"
)

// mailboxes is the room of letters. Who keeps the mailboxes and on which terms, the installation says.
func (a *App) mailboxes() *mailbox.Service {
	m := &mailbox.Service{
		Store: a.Store.Mailboxes(), People: a.Identity, Seals: a.Site.Seals, Gen: a.gen, Now: a.Now, Texts: a.Site.Texts, Rules: mailbox.ServiceRules, Committed: a.runner.Kick,
	}
	m.Keeper = func(ctx context.Context) (ids.Org, error) {
		in, err := a.Store.Installation(ctx)
		return in.Mailbox.Keeper, err
	}
	m.Terms = func(ctx context.Context) (string, error) {
		in, err := a.Store.Installation(ctx)
		if err != nil {
			return "", err
		}
		t, _ := in.Mailbox.TermsOn(org.DateOf(a.Now().In(a.zone(ctx))))
		return t.Version, nil
	}
	return m
}
