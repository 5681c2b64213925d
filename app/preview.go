package app

import (
	"context"
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/jobs"
	"luukku/web"
	"luukku/web/admin"
	"luukku/web/citizen"
	"luukku/web/ui"
)

// previewer shows citizens' pages by a configuration that is not published: the same door, over a directory and a room that know nothing else. Nobody has
// signed in there, nothing is kept, and the free times are asked of the database.
func (a *App) previewer(c *catalog.Config, bar ui.PreviewBar) http.Handler {
	s := a.Site
	site := &web.Site{
		Texts: s.Texts, Assets: s.Assets, Directory: previewed{s.Directory, c}, Seals: s.Seals, Gen: s.Gen, Now: s.Now, Log: s.Log, BaseURL: s.BaseURL,
		Trusted: s.Trusted, Demo: s.Demo, Preview: &bar,
	}
	room := &booking.Service{
		Store: previewStore{a.Store, c}, Gen: a.gen, Codes: a.Booking.Codes, Seals: a.Booking.Seals, Guard: limit.NewCodeGuard(limit.CodeLimits{}), Now: a.Now,
		Board: &booking.Board{}, Committed: func() {},
	}
	return citizen.New(site, room)
}

// specimen writes a notice as it would be sent by a configuration that may not be published.
func (a *App) specimen(ctx context.Context, p *i18n.Printer, c *catalog.Config, o notify.Occasion) (notify.Specimen, error) {
	return jobs.Specimen(ctx, p, c, o, a.Config.BaseURL, a.Now())
}

// previewed is a directory in which one organisation is as it is not yet.
type previewed struct {
	web.Directory
	config *catalog.Config
}

func (p previewed) Config(_ context.Context, o ids.Org) (*catalog.Config, error) {
	if o != p.config.Org.ID {
		return nil, fault.NotFound("org.unknown")
	}
	return p.config, nil
}

func (p previewed) Organisations(context.Context) ([]org.Organisation, error) {
	return []org.Organisation{p.config.Org}, nil
}

// previewStore is the storage in which one organisation is as it is not yet, and in which nothing is written.
type previewStore struct {
	booking.Store
	config *catalog.Config
}

func (p previewStore) Config(ctx context.Context, o ids.Org) (*catalog.Config, error) {
	return previewed{config: p.config}.Config(ctx, o)
}

func (p previewStore) PutDraft(context.Context, booking.SealedDraft) error {
	return fault.Forbidden("error.forbidden")
}

func (p previewStore) Commit(context.Context, booking.Change) (booking.Outcome, error) {
	return booking.Outcome{}, fault.Forbidden("error.forbidden")
}

// mostAhead is how far ahead booked appointments are looked for when a configuration is published, and how many of an office at most.
const (
	mostAhead    = 800 * 24 * time.Hour
	mostAffected = 20_000
)

// affected counts the booked appointments of each office that lose their place when a configuration takes the place of another.
func (a *App) affected(ctx context.Context, before, after *catalog.Config) ([]admin.AffectedAt, error) {
	now := a.Now()
	var out []admin.AffectedAt
	for i := range before.Offices {
		office := before.Offices[i].ID
		list, err := a.Store.AppointmentsAt(ctx, before.Org.ID, office, now.Unix(), now.Add(mostAhead).Unix(), mostAffected)
		if err != nil {
			return nil, err
		}
		if n := len(booking.Affected(before, after, list)); n > 0 {
			out = append(out, admin.AffectedAt{Office: office, N: n})
		}
	}
	return out, nil
}
