package mailbox

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	fixed "luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
	"luukku/web/webtest"
)

// directory knows the organisations of the samples.
type directory struct{}

func (directory) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return nil, fault.NotFound("error.not_found")
}

func (directory) Installation(context.Context) (org.Installation, error) {
	return org.Installation{
		Name: i18n.Text{"fi": "Luukun esittely", "sv": "Luukku-demo", "en": "Luukku demo", "cs": "Ukázka systému Luukku"}, Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi",
	}, nil
}

func (directory) Organisations(context.Context) ([]org.Organisation, error) { return sampleOrgs(), nil }

func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	site := &web.Site{Texts: i18n.MustLoad(), Assets: assets, Directory: directory{}, Now: fixed.NewFixed(sampleNow()).Now, Log: slog.New(slog.DiscardHandler)}
	webtest.Samples(t, site, "", "/my/mailbox", org.Brand{}, Samples())
}

// What a letter says is text: nothing of it is a tag or a link.
func TestALetterIsNeverReadAsHTML(t *testing.T) {
	t.Parallel()
	b := web.Base{Lang: "en", Page: ui.Page{Printer: i18n.MustLoad().Printer("en")}}
	l := sampleLetter(b, "06A1B2C3D1", 2, mailbox.Read)
	l.Subject, l.Body = "<b>bold</b>", "<script>alert(1)</script>\n\n[here](https://evil.example)"
	f := letterFacts{clock: sampleClock(), Mine: sampleMine(), Names: sampleNames(), Shown: mailbox.Shown{Stored: l, Standing: l.Stand(), Thread: []mailbox.Stored{l, l}}}
	var out strings.Builder
	if err := ShowMailbox(newLetterPage(b, f)).Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<b>bold", "<script>alert", "href=\"https://evil.example"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}

// Days are read as people write them; what is no day is told.
func TestDayTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"23.11.2026": "2026-11-23", " 3. 1. 2027 ": "2027-01-03", "2026-11-23": "2026-11-23", "31.2.2026": "", "tomorrow": "", "23/11/2026": ""} {
		d, ok := dayTyped(typed)
		if ok != (want != "") || ok && d.String() != want {
			t.Errorf("%q: got %v, %v, want %q", typed, d, ok, want)
		}
	}
	if d, ok := dayTyped("  "); !ok || !d.IsZero() {
		t.Errorf("nothing typed: got %v, %v", d, ok)
	}
}

// A search ends with the last second of its last day, in the zone of the installation.
func TestSoughtDaysAreWhole(t *testing.T) {
	t.Parallel()
	c := sampleClock()
	w, err := sought{From: "20.11.2026", Until: "20.11.2026"}.wanted(mailbox.Inbox, c)
	if err != nil || w.Until-w.From != 24*60*60-1 || c.day(w.From).String() != "2026-11-20" || c.day(w.Until).String() != "2026-11-20" || c.day(w.Until+1).String() != "2026-11-21" {
		t.Errorf("got %+v, %v, want one whole day", w, err)
	}
	if _, err := (sought{From: "21.11.2026", Until: "20.11.2026"}).wanted(mailbox.Inbox, c); !fault.IsKey(err, "form.invalid") {
		t.Errorf("backwards: got %v", err)
	}
}
