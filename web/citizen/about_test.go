package citizen

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
	"luukku/web/webtest"
)

func TestLookLeadsBackOnlyToThisSite(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"":                                  "",
		"/en/vuorela/services?q=pass":       "/en/vuorela/services?q=pass",
		"/fi/vuorela/":                      "/fi/vuorela/",
		"//evil.example":                    "",
		"///evil.example":                   "",
		`/\evil.example`:                    "",
		"/\t/evil.example":                  "",
		"/\n/evil.example":                  "",
		"/ /evil.example":                   "",
		"https://evil.example/":             "",
		"evil.example":                      "",
		"javascript:alert(1)":               "",
		"/%zz":                              "",
		"/" + strings.Repeat("a", 1000):     "",
		"/en/vuorela/services#results":      "/en/vuorela/services#results",
		"/en/vuorela/x?next=//evil.example": "/en/vuorela/x?next=//evil.example",
	} {
		if got := samePath(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

func TestLookIsKeptAndShownOnEveryPage(t *testing.T) {
	t.Parallel()
	p := newTown(t).person(t)
	p.get("/en/vuorela/look?back=/en/vuorela/services").want(t, http.StatusOK, `name="back" value="/en/vuorela/services"`, `data-text-size="100"`)
	p.get("/en/vuorela/look?back=//evil.example").want(t, http.StatusOK, `name="back" value=""`)
	choice := url.Values{"size": {"150"}, "scheme": {"contrast"}, "back": {"/en/vuorela/services"}}
	if got := p.post("/en/vuorela/look", choice).want(t, http.StatusSeeOther); got.location != "/en/vuorela/services" {
		t.Errorf("got %q", got.location)
	}
	p.get("/en/vuorela/services").want(t, http.StatusOK, `data-text-size="150"`, `data-color-scheme="contrast"`)
	p.get("/en/").want(t, http.StatusOK, `data-text-size="150"`)
	choice.Set("back", "https://evil.example/")
	p.post("/en/vuorela/look", choice).want(t, http.StatusSeeOther, "/en/vuorela/look?done=saved")
	p.get("/en/vuorela/look?done=saved").want(t, http.StatusOK, "Your choice is saved")
	p.post("/en/look", url.Values{"size": {"9000"}, "scheme": {"<b>"}}).want(t, http.StatusSeeOther, "/en/look?done=saved")
	p.get("/en/look").want(t, http.StatusOK, `data-text-size="100"`, `data-color-scheme="auto"`)
}

func TestContactPagesTellWhereAndWhen(t *testing.T) {
	t.Parallel()
	p := newTown(t).person(t)
	list := p.get("/en/vuorela/offices").want(t, http.StatusOK, "Centre", "East", "Open today 8:00–16:15", "tel:090000001", "You can also cancel by phone")
	if centre, east := strings.Index(list.body, ">Centre<"), strings.Index(list.body, ">East<"); centre > east {
		t.Error("the groups are not in the organisation's order")
	}
	for _, id := range []string{"kallio", "itakeskus", "town-hall"} {
		if n := strings.Count(list.body, `href="/en/vuorela/offices/`+id+`"`); n != 1 {
			t.Errorf("got %d links to %s, want 1", n, id)
		}
	}
	p.get("/en/vuorela/offices/kallio").want(t, http.StatusOK, "Monday–Wednesday and Friday", "8:00–16:15", "Thursday", "8:00–18:00", "Saturday–Sunday",
		"Step-free entrance", "/en/vuorela/services/name-change", "Friday 27 November", "Christmas Day", "Call: ").
		never(t, "Independence Day") // a Sunday
	p.get("/en/vuorela/offices/atlantis").want(t, http.StatusNotFound, "There is no such office")
}

func TestClosedDaysAheadAreThoseThatDifferFromTheRegularHours(t *testing.T) {
	t.Parallel()
	c := sampleConfig()
	day := func(s string) org.Date {
		d, err := org.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	o := &c.Offices[0]
	o.Closures = []org.Closure{
		{From: day("2026-11-10"), To: day("2026-11-19")}, // over
		{From: day("2026-11-19"), To: day("2026-11-20"), Reason: i18n.Text{"en": "Moving"}},
		{From: day("2027-01-19"), Reason: i18n.Text{"en": "Last day"}},
		{From: day("2027-01-20"), Reason: i18n.Text{"en": "Beyond"}},
		{From: day("2026-12-01"), FromMinute: 12 * 60, Reason: i18n.Text{"en": "Training"}},
		{From: day("2026-12-02"), FromMinute: 12 * 60, ToMinute: 13 * 60},
	}
	b := web.Base{Page: ui.Page{Printer: i18n.MustLoad().Printer("en")}, Lang: "en"}
	var got []string
	for _, r := range closedAhead(b, c, o, day("2026-11-20"), day("2027-01-19")) {
		got = append(got, r.Key+" | "+r.Value)
	}
	want := []string{
		"19–20 November 2026 | Closed: Moving", "Tuesday 1 December | Closed from 12:00: Training", "Wednesday 2 December | Closed 12:00–13:00", "Thursday 24 December | Closed: Christmas Eve",
		"Friday 25 December | Closed: Christmas Day", "Friday 1 January | Closed: New Year’s Day", "Wednesday 6 January | Closed: Epiphany",
		"Tuesday 19 January | Closed: Last day",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEveryPageOfTheSiteMapIsThere(t *testing.T) {
	t.Parallel()
	p := newTown(t).person(t)
	body := p.get("/sv/vuorela/site-map").want(t, http.StatusOK, "Webbkarta").body
	main := body[strings.Index(body, "<main"):]
	seen := 0
	for part := range strings.SplitSeq(main, `href="`) {
		path, _, _ := strings.Cut(part, `"`)
		if !strings.HasPrefix(path, "/sv/vuorela/") || strings.HasPrefix(path, "/sv/vuorela/feedback") { // feedback is another door's
			continue
		}
		seen++
		p.get(path).want(t, http.StatusOK)
	}
	if seen < 20 {
		t.Errorf("got %d links, want all pages, services and offices", seen)
	}
}

func TestInstallationFrontListsWhoIsServedHere(t *testing.T) {
	t.Parallel()
	p := newTown(t).person(t)
	p.get("/en/").want(t, http.StatusOK, "Luukku demo", "Town of Vuorela", `href="/en/vuorela/"`, `href="/en/look?back=%2Fen%2F"`)
	b := web.Base{Page: ui.Page{Printer: i18n.MustLoad().Printer("cs")}, Lang: "cs"}
	orgs := []org.Organisation{
		{ID: "b", Name: i18n.Text{"fi": "Turku", "sv": "Turku–Åbo"}, Languages: []i18n.Lang{"sv", "fi"}},
		{ID: "a", Name: i18n.Text{"fi": "Aura", "cs": "Aura"}, Languages: []i18n.Lang{"fi", "cs"}},
	}
	page := newHomePage(b, org.Installation{}, orgs)
	if got, want := page.Places[0].Href+" "+page.Places[1].Href, "/cs/a/ /sv/b/"; got != want {
		t.Errorf("got %q, want %q: sorted, and in a language that is spoken there", got, want)
	}
	if page.Places[1].Lang != "sv" {
		t.Errorf("got lang %q for a Swedish name on a Czech page", page.Places[1].Lang)
	}
}

func TestPagesAboutTheOrganisationAreInEveryLanguage(t *testing.T) {
	t.Parallel()
	p := newTown(t).person(t)
	for _, l := range i18n.Languages() {
		for _, page := range []string{"help", "accessibility", "privacy", "site-map", "offices", "look", "appointment"} {
			got := p.get("/"+string(l.Code)+"/vuorela/"+page).want(t, http.StatusOK)
			for _, wrong := range webtest.Unsound(got.body) {
				t.Errorf("%s/%s: %s", l.Code, page, wrong)
			}
		}
	}
}
