package portal

import (
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"strings"
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

type directoryOf struct{}

func (directoryOf) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return nil, fault.NotFound("error.not_found")
}
func (directoryOf) Installation(context.Context) (org.Installation, error) {
	return sampleInstallation(), nil
}
func (directoryOf) Organisations(context.Context) ([]org.Organisation, error) {
	return sampleOrgs(), nil
}

func sampleSite(t *testing.T) *web.Site {
	t.Helper()
	assets, err := ui.OpenAssets()
	if err != nil {
		t.Logf("without the bundle: %v", err)
	}
	now := time.Date(2026, time.November, 20, 12, 2, 0, 0, time.UTC)
	return &web.Site{Texts: i18n.MustLoad(), Assets: assets, Directory: directoryOf{}, Now: clock.NewFixed(now).Now, Log: slog.New(slog.DiscardHandler)}
}

func TestEverySampleIsASoundPage(t *testing.T) {
	t.Parallel()
	webtest.Samples(t, sampleSite(t), "", "/mailbox", org.Brand{}, Samples())
}

// What is not configured has no page and no link.
func TestWhatIsNotConfiguredIsNotThere(t *testing.T) {
	t.Parallel()
	b := web.Base{Lang: "en", Page: ui.Page{Printer: i18n.MustLoad().Printer("en")}}
	f := sampleFacts("en")
	f.In.Forms, f.In.Guides, f.In.Questions, f.In.Mailbox.Terms, f.In.Mailbox.Register, f.Consent = nil, nil, nil, nil, nil, ""
	for name, show := range map[string]func(web.Base, facts) (Page, error){
		"forms": newFormsPage, "guides": newGuidesPage, "questions": newQuestionsPage, "terms": newTermsPage, "register": newRegisterPage, "topic": newTopicPage, "joined": newJoinedPage,
	} {
		if _, err := show(b, f); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: got %v, want not found", name, err)
		}
	}
	for _, l := range f.pages(b) {
		for _, gone := range []string{"forms", "guides", "questions", "terms", "register"} {
			if strings.HasSuffix(l.Href, "/"+gone) {
				t.Errorf("a link leads to %s", l.Href)
			}
		}
	}
	if f.In.Pages.Video = (org.Video{}); len(f.video(b)) > 0 {
		t.Error("a film is shown that there is not")
	}
}

var structuredRE = regexp.MustCompile(`<script type="application/ld\+json">(.*?)</script>`)

// What programs read is JSON of schema.org, and nothing that somebody wrote ends it.
func TestStructuredDataIsSound(t *testing.T) {
	t.Parallel()
	b := web.Base{Lang: "en", Page: ui.Page{Printer: i18n.MustLoad().Printer("en")}}
	f := sampleFacts("en")
	f.In.Questions[0].Answer = i18n.Text{"en": "</script><script>alert(1)</script>"}
	for name, show := range map[string]func(web.Base, facts) (Page, error){"intro": newIntroPage, "questions": newQuestionsPage} {
		p, err := show(b, f)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := ShowPortal(p).Render(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		m := structuredRE.FindStringSubmatch(out.String())
		var v map[string]any
		if len(m) != 2 || json.Unmarshal([]byte(m[1]), &v) != nil || v["@context"] != "https://schema.org" {
			t.Errorf("%s: got %q", name, m)
		}
		if strings.Contains(out.String(), "<script>alert") {
			t.Errorf("%s: what somebody wrote is a script", name)
		}
	}
}

// A version that holds, one that held and one that will are told apart, each to be read.
func TestEachVersionCanBeRead(t *testing.T) {
	t.Parallel()
	b := web.Base{Lang: "en", Page: ui.Page{Printer: i18n.MustLoad().Printer("en")}}
	for of, want := range map[string]string{"": "", "2026-01-01": "", "2025-01-01": "portal.version.past", "2027-01-01": "portal.version.future"} {
		f := sampleFacts("en")
		f.Of = of
		p, err := newTermsPage(b, f)
		if err != nil {
			t.Errorf("%q: %v", of, err)
			continue
		}
		var out strings.Builder
		if err := ShowPortal(p).Render(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"portal.version.past", "portal.version.future"} {
			if strings.Contains(out.String(), b.T(key)) != (key == want) {
				t.Errorf("%q: %s", of, key)
			}
		}
		if strings.Count(out.String(), "In force from") != 3 {
			t.Errorf("%q: want this version and two others", of)
		}
	}
	f := sampleFacts("en")
	f.Of = "2024-01-01"
	if _, err := newTermsPage(b, f); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a version that there is not: got %v", err)
	}
}
