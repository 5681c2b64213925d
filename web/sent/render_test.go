package sent

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
	"luukku/web/webtest"
)

// town is the directory of the samples.
type town struct{}

func (town) Config(context.Context, ids.Org) (*catalog.Config, error) { return parts.SampleTown(), nil }

func (town) Installation(context.Context) (org.Installation, error) {
	return parts.SampleTown().Installation, nil
}

func (town) Organisations(context.Context) ([]org.Organisation, error) {
	return []org.Organisation{parts.SampleTown().Org}, nil
}

func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	now := clock.NewFixed(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	site := &web.Site{Texts: i18n.MustLoad(), Assets: assets, Directory: town{}, Now: now.Now, Log: slog.New(slog.DiscardHandler)}
	webtest.Samples(t, site, "vuorela", "/my/sent", parts.SampleTown().Org.Brand, Samples())
}
