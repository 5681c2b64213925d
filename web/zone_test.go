package web_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
)

// oneTown is a directory with one organisation.
type oneTown struct{ zone string }

func (oneTown) Config(context.Context, ids.Org) (*catalog.Config, error) { return nil, nil }
func (oneTown) Installation(context.Context) (org.Installation, error) {
	return org.Installation{Languages: []i18n.Lang{"en"}}, nil
}

func (d oneTown) Organisations(context.Context) ([]org.Organisation, error) {
	return []org.Organisation{{ID: "town", Zone: d.zone}}, nil
}

func TestInstallationsPagesTellTheTimeOfTheTownServedHere(t *testing.T) {
	for zone, want := range map[string]string{"Europe/Helsinki": "14:30", "Europe/Prague": "13:30", "no such zone": "12:30"} {
		site := &web.Site{
			Texts: i18n.MustLoad(), Directory: oneTown{zone}, Demo: &web.Demo{}, Now: func() time.Time { return time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC) },
		}
		v, err := site.Open(httptest.NewRecorder(), httptest.NewRequest("GET", "/en/", nil), "en", "")
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Base("").Demo.Now; !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %s in it", zone, got, want)
		}
	}
}
