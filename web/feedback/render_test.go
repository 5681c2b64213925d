package feedback

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

type directory struct{}

func (directory) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return nil, fault.NotFound("error.not_found")
}

func (directory) Installation(context.Context) (org.Installation, error) {
	return org.Installation{Name: i18n.Text{"fi": "Luukku"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi"}, nil
}
func (directory) Organisations(context.Context) ([]org.Organisation, error) { return nil, nil }

func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	now := time.Unix(sampleAt, 0)
	site := &web.Site{Texts: i18n.MustLoad(), Assets: assets, Directory: directory{}, Now: clock.NewFixed(now).Now, Log: slog.New(slog.DiscardHandler)}
	webtest.Samples(t, site, "", "/vuorela/feedback", org.Brand{}, Samples())
}

func TestWhichAddressesAreOurs(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/fi/vuorela/feedback": true, "/fi/mailbox/feedback": true, "/fi/staff/vuorela/feedback": true, "/fi/staff/vuorela/feedback/abc": true, "/fi/staff/feedback": false, "/fi/my/feedback": false,
		"/fi/vuorela/feedback/x": false, "/fi/feedback": false, "/fi/staff/vuorela/inbox": false,
	} {
		if Serves(path) != want {
			t.Errorf("%s: got %v, want %v", path, !want, want)
		}
	}
}
