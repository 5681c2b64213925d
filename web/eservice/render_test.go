package eservice

import (
	"context"
	"log/slog"
	"testing"

	fixed "luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/formview"
	"luukku/web/ui"
	"luukku/web/webtest"
)

// directory knows the organisation of the samples.
type directory struct{}

func (directory) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return nil, fault.NotFound("error.not_found")
}

func (directory) Installation(context.Context) (org.Installation, error) {
	return org.Installation{
		Name: i18n.Text{"fi": "Luukun esittely", "sv": "Luukku-demo", "en": "Luukku demo", "cs": "Ukázka systému Luukku"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi",
	}, nil
}

func (directory) Organisations(context.Context) ([]org.Organisation, error) {
	return []org.Organisation{sampleOrg()}, nil
}

func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	site := &web.Site{Texts: i18n.MustLoad(), Assets: assets, Directory: directory{}, Now: fixed.NewFixed(formview.SampleNow()).Now, Log: slog.New(slog.DiscardHandler)}
	webtest.Samples(t, site, "", "/my/forms", org.Brand{}, Samples())
}
