package app

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/gateway/blob"
	"luukku/gateway/scan"
	"luukku/gateway/webhook"
)

// openFiles is the attachment room.
func (a *App) openFiles(demo bool) error {
	blobs, err := blob.Open(a.Config.Files.Dir)
	if err != nil {
		return err
	}
	a.Files = &file.Service{
		Store: a.Store.Files(), Blobs: blobs, Seals: a.Site.Seals, Gen: a.gen, Now: a.Now, Log: a.Log, Committed: a.runner.Kick,
	}
	switch {
	case a.Config.Scan.Clamd != "":
		a.Files.Scanner = scan.Clamd{Address: a.Config.Scan.Clamd}
	case demo:
		a.Log.Info("scan.demo", "what", scan.DemoSays)
		a.Files.Scanner = scan.Demo{}
	default:
		a.Log.Info("scan.not_configured", "what", "attachments are opened for nobody until scan.clamd is set; what comes in waits")
	}
	return nil
}

// mailboxes is the room of letters. Who keeps the mailboxes and on which terms, the installation says.
func (a *App) mailboxes(demo bool) *mailbox.Service {
	m := &mailbox.Service{
		Store: a.Store.Mailboxes(), People: a.Identity, Seals: a.Site.Seals, Gen: a.gen, Now: a.Now, Texts: a.Site.Texts, Rules: mailbox.ServiceRules, Committed: a.runner.Kick,
		Work:      a.Work,
		Files:     a.Files,
		TestCodes: a.Identity.TestIdentifiers,
		Hooks:     webhook.New(webhook.Options{Networks: a.Config.Webhooks.Prefixes(), Demo: demo}),
	}
	m.Program = a.Staff.Program
	m.Keeper = func(ctx context.Context) (ids.Org, error) {
		in, err := a.Store.Installation(ctx)
		return in.Mailbox.Keeper, err
	}
	m.Booking = func(ctx context.Context, who actor.Actor, o ids.Org, code string) (ids.Appointment, error) {
		found, err := a.Booking.Find(ctx, who, o, code)
		return found.ID, err
	}
	m.Adult = func(ctx context.Context) (int, org.Date, error) {
		in, err := a.Store.Installation(ctx)
		return in.Mailbox.AgeFrom, org.DateOf(a.Now().In(a.zone(ctx))), err
	}
	m.InCare = func(ctx context.Context) (bool, error) {
		in, err := a.Store.Installation(ctx)
		return in.Mailbox.InCare, err
	}
	m.Settings = func(ctx context.Context) (mailbox.Settings, error) {
		in, err := a.Store.Installation(ctx)
		return mailbox.Settings{Grounds: in.Mailbox.Grounds, Zone: a.zone(ctx), RemindDays: in.Mailbox.RemindDays}, err
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
