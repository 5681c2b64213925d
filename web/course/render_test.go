package course

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
	webtest.Samples(t, site, "", "/vuorela/courses", org.Brand{}, Samples())
}

func TestWhichAddressesAreOurs(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/fi/vuorela/courses": true, "/fi/vuorela/courses/swimming/enrol/abc": true, "/fi/vuorela/enrolment/secret": true, "/fi/my/enrolments/vuorela/abc": true, "/fi/staff/vuorela/courses": true,
		"/fi/staff/vuorela/courses/new": true, "/fi/vuorela/services": false, "/fi/my/mailbox": false, "/fi/staff/vuorela/desk": false, "/fi/mailbox/courses": false, "/fi/my/courses": false, "/fi/vuorela": false,
	} {
		if Serves(path) != want {
			t.Errorf("%s: got %v, want %v", path, !want, want)
		}
	}
}

func TestDatesAndMeetingsAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"5.3.2018", "05.03.2018", "5. 3. 2018", "2018-03-05"} {
		if d, ok := parseDate(typed); !ok || d.String() != "2018-03-05" {
			t.Errorf("%s: got %s, %t", typed, d, ok)
		}
	}
	for _, typed := range []string{"", "5.3.", "31.2.2018", "yesterday"} {
		if d, ok := parseDate(typed); ok {
			t.Errorf("%s: got %s", typed, d)
		}
	}
	start := time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC).Unix()
	for typed, place := range map[string]string{"1.12.2026 15.00–16.30 Gym 2": "Gym 2", "2026-12-01 15:00-16:30": "", " 1.12.2026  15-16.30  Hall": "Hall"} {
		s, ok := parseSession(typed, time.UTC)
		if !ok || s.Start != start || s.End != start+5400 || s.Place != place {
			t.Errorf("%q: got %+v, %t", typed, s, ok)
		}
	}
	for _, typed := range []string{"1.12.2026", "1.12.2026 15", "15.00–16.30", "1.12.2026 25–26"} {
		if s, ok := parseSession(typed, time.UTC); ok {
			t.Errorf("%q: got %+v", typed, s)
		}
	}
}
