package citizen

import (
	"context"
	"log/slog"
	"testing"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
	"luukku/web/webtest"
)

// sampleDirectory knows the organisation of the samples.
type sampleDirectory struct{ config *catalog.Config }

func (s sampleDirectory) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return s.config, nil
}
func (s sampleDirectory) Installation(context.Context) (org.Installation, error) {
	return s.config.Installation, nil
}
func (s sampleDirectory) Organisations(context.Context) ([]org.Organisation, error) {
	return []org.Organisation{s.config.Org}, nil
}

// sampleSite is a site that dresses pages as a running one does.
func sampleSite(t *testing.T) *web.Site {
	t.Helper()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	return &web.Site{
		Texts: i18n.MustLoad(), Assets: assets, Directory: sampleDirectory{sampleConfig()}, Now: clock.NewFixed(sampleNow()).Now, Log: slog.New(slog.DiscardHandler),
	}
}

// TestEverySampleIsASoundPage renders every state of every page in every language. With LUUKKU_SHOTS it also leaves them in that directory, to be looked at.
func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	webtest.Samples(t, sampleSite(t), sampleOrg, "/"+string(sampleOrg)+"/", sampleConfig().Org.Brand, Samples())
}
