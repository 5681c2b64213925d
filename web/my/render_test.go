package my

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

// directory knows the organisation of the samples.
type directory struct{ config *catalog.Config }

func (d directory) Config(context.Context, ids.Org) (*catalog.Config, error) { return d.config, nil }
func (d directory) Installation(context.Context) (org.Installation, error) {
	return org.Installation{
		Name: i18n.Text{"fi": "Luukun esittely", "sv": "Luukku-demo", "en": "Luukku demo", "cs": "Ukázka systému Luukku"}, Languages: d.config.Org.Languages, Default: "fi",
	}, nil
}
func (d directory) Organisations(context.Context) ([]org.Organisation, error) {
	return []org.Organisation{d.config.Org}, nil
}

// TestEverySampleIsASoundPage renders every state of every page in every language.
func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	town := sampleTown()
	site := &web.Site{
		Texts: i18n.MustLoad(), Assets: assets, Directory: directory{town}, Now: clock.NewFixed(sampleNow()).Now, Log: slog.New(slog.DiscardHandler),
	}
	webtest.Samples(t, site, "", "/", town.Org.Brand, Samples())
}
