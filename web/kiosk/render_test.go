package kiosk

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
	"luukku/web/webtest"
)

// town is the directory of the samples.
type town struct{}

func sampleOrg() org.Organisation {
	return org.Organisation{ID: "vuorela", Name: i18n.Text{"fi": "Vuorela", "en": "Vuorela"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Zone: "Europe/Helsinki"}
}

func (town) Config(context.Context, ids.Org) (*catalog.Config, error) {
	c := &catalog.Config{Version: 1, Org: sampleOrg()}
	return c, c.Prepare()
}

func (town) Installation(context.Context) (org.Installation, error) {
	return org.Installation{Name: i18n.Text{"fi": "Luukku"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi"}, nil
}

func (town) Organisations(context.Context) ([]org.Organisation, error) {
	return []org.Organisation{sampleOrg()}, nil
}

func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	now := clock.NewFixed(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	site := &web.Site{Texts: i18n.MustLoad(), Assets: assets, Directory: town{}, Now: now.Now, Log: slog.New(slog.DiscardHandler)}
	webtest.Samples(t, site, "vuorela", "/kiosk", sampleOrg().Brand, Samples())
}

// Each key of a screen can be pressed on a number pad, 5 is left to hearing, and what is read aloud says so; on a pad the digits are the PIN's.
func TestEveryKeyHasADigitAndIsSaid(t *testing.T) {
	t.Parallel()
	b := web.Base{Lang: "en", Page: ui.Page{Printer: i18n.MustLoad().Printer("en")}}
	s := newServices(samplePlace(b), sampleOffers(samplePlace(b), 20), 0).finish()
	if len(s.Keys) != perScreen+1 {
		t.Fatalf("got %d keys", len(s.Keys))
	}
	seen := map[int]bool{heard: true}
	for _, k := range s.Keys {
		if k.Digit < 1 || k.Digit > 9 || seen[k.Digit] {
			t.Errorf("the key %q has the digit %d", k.Text, k.Digit)
		}
		seen[k.Digit] = true
		if !strings.Contains(s.Frame.Say, k.Text) {
			t.Errorf("%q is not said: %s", k.Text, s.Frame.Say)
		}
	}
	pad := newPIN(samplePlace(b), "", false).finish()
	for _, k := range pad.Pad.Keys {
		if k.Digit != 0 {
			t.Errorf("the key %q takes the digit %d from the PIN", k.Text, k.Digit)
		}
	}
	if !strings.Contains(pad.Frame.Say, b.T("kiosk.pin_say")) || strings.Contains(pad.Frame.Say, b.T("kiosk.press_hear")) {
		t.Errorf("the pad says %q", pad.Frame.Say)
	}
}

func TestWaitsAreRoundedToWhatCanBeSaid(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int64]time.Duration{60: 1, 61: 2, 599: 10, 600: 10, 601: 15, 900: 15, 901: 20, 3600: 60} {
		if got := roundWait(seconds); got != want*time.Minute {
			t.Errorf("%d s: got %s, want %d min", seconds, got, want)
		}
	}
}

// What tells whose a PIN is, is on no screen: no time when it is too early.
func TestTooEarlyByPINTellsNoTime(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Languages() {
		b := web.Base{Lang: l.Code, Page: ui.Page{Printer: i18n.MustLoad().Printer(l.Code)}}
		a := arrival{window: 15 * time.Minute, from: "8.45", clock: "8.00", start: "9.00"}
		a.Verdict, a.ByPIN = "early", true
		s := newArrival(samplePlace(b), a).finish()
		if strings.Contains(s.Frame.Say, a.from) || strings.Contains(s.Frame.Say, a.start) || !strings.Contains(s.Frame.Say, "15") {
			t.Errorf("%s: %s", l.Code, s.Frame.Say)
		}
	}
}
