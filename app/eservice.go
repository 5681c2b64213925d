package app

import (
	"luukku/domain/blueprint"
	"luukku/domain/eservice"
)

// eservices makes the room of forms that people fill in and send.
func (a *App) eservices() *eservice.Service {
	return &eservice.Service{
		Store: a.Store, Seals: a.Site.Seals, Gen: a.gen, Now: a.Now, Texts: a.Site.Texts, Work: a.Work, Files: a.Files, Facts: a.Identity, Access: a.Access, Letters: a.Mailboxes, Committed: a.runner.Kick,
		Drafts: blueprint.Drafts{Store: a.Store, Gen: a.gen, Now: a.Now},
	}
}
