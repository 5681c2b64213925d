package admin

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
	"luukku/web/webtest"
)

// nothing is the directory of a database before the first start.
type nothing struct{}

func (nothing) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return nil, fault.NotFound("org.unknown")
}

func (nothing) Installation(context.Context) (org.Installation, error) {
	return org.Installation{}, fault.NotFound("installation.none")
}
func (nothing) Organisations(context.Context) ([]org.Organisation, error) { return nil, nil }

// sampleSite is a site that dresses pages as a running one does.
func sampleSite(t *testing.T) *web.Site {
	t.Helper()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	now := clock.NewFixed(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	return &web.Site{Texts: i18n.MustLoad(), Assets: assets, Directory: nothing{}, Now: now.Now, Log: slog.New(slog.DiscardHandler)}
}

// TestEverySampleIsASoundPage renders every state of every page in every language. With LUUKKU_SHOTS it also leaves them in that directory, to be looked at.
func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	webtest.Samples(t, sampleSite(t), "", sampleLink, org.Brand{}, Samples())
}
