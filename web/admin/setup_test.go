package admin

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/web/webtest"
)

func TestWholeSetupInEveryLanguage(t *testing.T) {
	t.Parallel()
	for lang, title := range map[string]string{"fi": "Luukku on otettu käyttöön", "sv": "Luukku är i bruk", "en": "Luukku is set up", "cs": "Luukku je nastaveno"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			path := "/" + lang + "/setup/" + h.token
			first := h.get(t, path)
			if first.status != http.StatusOK || len(webtest.Unsound(first.page)) > 0 {
				t.Fatalf("the form: got %d, %v", first.status, webtest.Unsound(first.page))
			}
			for _, l := range i18n.Languages() {
				if want := `href="/` + string(l.Code) + "/setup/" + h.token + `"`; !strings.Contains(first.page, want) {
					t.Errorf("want a link to %s", l.Code)
				}
			}
			a := h.post(t, path, filled())
			if a.status != http.StatusSeeOther || a.location != "/"+lang+"/setup/done" {
				t.Fatalf("got %d to %q, want the page that says what was done", a.status, a.location)
			}
			done := h.get(t, a.location, a.cookies...)
			for _, want := range []string{title, "Vuorelan ajanvaraus", "luukku blueprint apply", "/vuorela/", "Europe/Helsinki"} {
				if !strings.Contains(done.page, want) {
					t.Errorf("the last page does not say %q", want)
				}
			}
			if done.status != http.StatusOK || len(webtest.Unsound(done.page)) > 0 {
				t.Errorf("got %d, %v", done.status, webtest.Unsound(done.page))
			}
			h.wantSetUp(t)
		})
	}
}

// wantSetUp checks everything that filled says.
func (h *house) wantSetUp(t *testing.T) {
	t.Helper()
	in, err := h.store.Installation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	brand := org.Brand{Primary: "#b01c48", Accent: "#2e7d6b"}
	langs := []i18n.Lang{"fi", "sv"}
	wantIn := org.Installation{
		Name: i18n.Text{"fi": "Vuorelan ajanvaraus"}, Languages: langs, Default: "fi", Brand: brand, PhoneCountries: []string{"FI", "SE", "CZ"},
	}
	if d := cmp.Diff(wantIn, in); d != "" {
		t.Errorf("installation (-want +got):\n%s", d)
	}
	want := org.Organisation{
		ID: "vuorela", Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad"}, Country: "FI", Zone: "Europe/Helsinki", Languages: langs, Brand: brand,
		Phone: "09 000 0000", PhoneHours: i18n.Text{"fi": "arkisin klo 9–15"}, Email: "neuvonta@vuorela.example", ClosedOnHolidays: true,
	}
	if d := cmp.Diff(want, h.config(t, "vuorela").Org); d != "" {
		t.Errorf("organisation (-want +got):\n%s", d)
	}
}

// wrongFields are the names of the controls that the page marks as wrong, sorted, each once.
func wrongFields(t *testing.T, page string) []string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && webtest.Attr(n, "aria-invalid") == "true" {
			found[webtest.Attr(n, "name")] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func TestEveryFaultIsToldAtItsFieldAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 201)
	for name, tc := range map[string]struct {
		changes []string
		drop    string
		wrong   []string
		says    string
	}{
		"no name":                      {changes: []string{"name", ""}, wrong: []string{"name"}, says: "Fill in this field."},
		"a name with a control":        {changes: []string{"name", "a\x00b"}, wrong: []string{"name"}, says: "Remove line breaks"},
		"a long name":                  {changes: []string{"name", long}, wrong: []string{"name"}, says: "at most 200 characters"},
		"no language":                  {drop: "languages", wrong: []string{"default", "languages"}, says: "Choose at least one language."},
		"another main language":        {changes: []string{"default", "cs"}, wrong: []string{"default"}, says: "Choose one of the languages that you offer."},
		"no main language":             {drop: "default", wrong: []string{"default"}, says: "Choose one of the languages that you offer."},
		"no name in the main language": {changes: []string{"org-name-fi", ""}, wrong: []string{"org-name-fi"}, says: "Name of the organisation, in Finnish: Fill in"},
		"a long name in another":       {changes: []string{"org-name-cs", long}, wrong: []string{"org-name-cs"}, says: "in Czech: This is too long"},
		"no slug":                      {changes: []string{"slug", ""}, wrong: []string{"slug"}, says: `value="vuorelan-kaupunki"`},
		"nothing to suggest": {
			changes: []string{"slug", "", "org-name-fi", "Город"}, wrong: []string{"slug"}, says: "Name in web addresses: Fill in this field.",
		},
		"a slug with a space":       {changes: []string{"slug", "vuo rela"}, wrong: []string{"slug"}, says: "Use only small letters"},
		"a slug with two hyphens":   {changes: []string{"slug", "vuo--rela"}, wrong: []string{"slug"}, says: "Use only small letters"},
		"a slug of 61":              {changes: []string{"slug", strings.Repeat("a", 61)}, wrong: []string{"slug"}, says: "Use only small letters"},
		"a reserved slug":           {changes: []string{"slug", "staff"}, wrong: []string{"slug"}, says: "The service itself uses this name."},
		"another reserved slug":     {changes: []string{"slug", "t"}, wrong: []string{"slug"}, says: "The service itself uses this name."},
		"a language as slug":        {changes: []string{"slug", "sv"}, wrong: []string{"slug"}, says: "The service itself uses this name."},
		"no country":                {drop: "country", wrong: []string{"country"}, says: "Choose one of the options."},
		"another country":           {changes: []string{"country", "NO"}, wrong: []string{"country"}, says: "Choose one of the options."},
		"an unknown zone":           {changes: []string{"zone", "Helsinki"}, wrong: []string{"zone"}, says: "We do not know this time zone."},
		"the machine's zone":        {changes: []string{"zone", "Local"}, wrong: []string{"zone"}, says: "We do not know this time zone."},
		"a zone outside":            {changes: []string{"zone", "../../etc/passwd"}, wrong: []string{"zone"}, says: "We do not know this time zone."},
		"words for a phone":         {changes: []string{"phone", "call us"}, wrong: []string{"phone"}, says: "Check the phone number."},
		"a line break in the hours": {changes: []string{"hours-sv", "9\n15"}, wrong: []string{"hours-sv"}, says: "When the phone is answered, in Swedish: Remove"},
		"no email address":          {changes: []string{"email", "neuvonta"}, wrong: []string{"email"}, says: "Check the email address."},
		"no colour":                 {changes: []string{"primary", "red"}, wrong: []string{"primary"}, says: "Write the colour as"},
		"half a colour":             {changes: []string{"accent", "#123"}, wrong: []string{"accent"}, says: "Write the colour as"},
		"an unknown beginning":      {changes: []string{"begin", "../demo-town"}, wrong: []string{"begin"}, says: "Choose one of the options."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			form := filled(tc.changes...)
			form.Del(tc.drop)
			a := h.post(t, "/en/setup/"+h.token, form)
			if a.status != http.StatusUnprocessableEntity {
				t.Fatalf("got %d, want 422", a.status)
			}
			if tc.drop != "languages" { // nothing is offered then, so no main language can be right
				if d := cmp.Diff(tc.wrong, wrongFields(t, a.page)); d != "" {
					t.Errorf("wrong fields (-want +got):\n%s", d)
				}
			}
			if !strings.Contains(a.page, tc.says) {
				t.Errorf("the page does not say %q", tc.says)
			}
			if !strings.Contains(a.page, "<title>Error: ") || len(webtest.Unsound(a.page)) > 0 {
				t.Errorf("want a sound page with its error in the title, got %v", webtest.Unsound(a.page))
			}
			h.wantKept(t, a.page, form)
			h.notSetUp(t)
			if again := h.post(t, "/en/setup/"+h.token, filled()); again.status != http.StatusSeeOther {
				t.Errorf("after mending: got %d, want the link to be good still", again.status)
			}
		})
	}
}

// wantKept checks that what was typed stands in the form again.
func (h *house) wantKept(t *testing.T, page string, form url.Values) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	got := url.Values{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "input" {
			continue
		}
		kind := webtest.Attr(n, "type")
		checked := slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "checked" })
		if kind != "radio" && kind != "checkbox" || checked {
			got.Add(webtest.Attr(n, "name"), webtest.Attr(n, "value"))
		}
	}
	for name, want := range form {
		offered := slices.Sorted(slices.Values(got[name]))
		wanted := slices.Sorted(slices.Values(want))
		switch {
		case slices.Equal(offered, wanted), name == "accent" && want[0] == "2E7D6B" && got.Get(name) == "#2e7d6b":
		case name == "slug" && want[0] == "": // suggested
		case name == "country" || name == "begin": // a value that the form does not offer cannot be shown
		case strings.Contains(want[0], "\x00") && strings.Contains(got.Get(name), "�"): // as HTML has it
		case strings.Contains(want[0], "\n"): // a field of one line shows none
		default:
			t.Errorf("%s: got %q again, want %q", name, offered, wanted)
		}
	}
}

func TestOneLanguageNeedsNoMainLanguageSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	form := filled("org-name-cs", "Město Vuorela", "languages", "cs", "country", "CZ", "zone", "")
	form.Del("default")
	if a := h.post(t, "/cs/setup/"+h.token, form); a.status != http.StatusSeeOther {
		t.Fatalf("got %d, want it done", a.status)
	}
	c := h.config(t, "vuorela")
	if c.Installation.Default != "cs" || c.Org.Zone != "Europe/Prague" || c.Installation.PhoneCountries[0] != "CZ" {
		t.Errorf("got %s, %s, %v; want cs, Europe/Prague, CZ first", c.Installation.Default, c.Org.Zone, c.Installation.PhoneCountries)
	}
}

func TestBeginWith(t *testing.T) {
	t.Parallel()
	for begin, want := range map[string]struct {
		services, offices bool
		demo              bool
	}{
		beginEmpty: {}, beginRegister: {true, true, true}, beginTown: {true, true, true},
	} {
		t.Run(begin, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			a := h.post(t, "/sv/setup/"+h.token, filled("begin", begin))
			if a.status != http.StatusSeeOther {
				t.Fatalf("got %d, want it done", a.status)
			}
			c := h.config(t, "vuorela")
			if len(c.Services) > 0 != want.services || len(c.Offices) > 0 != want.offices || len(c.Offers) > 0 != want.offices || c.Org.Demo != want.demo {
				t.Errorf("got %d services, %d offices, %d offers, demo %v", len(c.Services), len(c.Offices), len(c.Offers), c.Org.Demo)
			}
			if c.Org.Name.In("sv") != "Vuorela stad" || c.Org.Phone != "09 000 0000" || c.Org.Brand.Primary != "#b01c48" || len(c.Org.Short) > 0 {
				t.Errorf("what was typed does not hold: %+v", c.Org)
			}
			if orgs, err := h.store.Organisations(t.Context()); err != nil || len(orgs) != 1 {
				t.Errorf("got %d organisations, %v, want one", len(orgs), err)
			}
		})
	}
}

func TestMissingNamesAreFlagged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.post(t, "/en/setup/"+h.token, filled("org-name-sv", ""))
	done := h.get(t, a.location, a.cookies...)
	if want := "still missing in these languages: Swedish."; !strings.Contains(done.page, want) {
		t.Errorf("the page does not say %q", want)
	}
}

func TestSuggestedSlugsAreGood(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Vuorelan kaupunki": "vuorelan-kaupunki", "Nové Město na Moravě": "nove-mesto-na-morave", "Åbo & Ö": "abo-o", "  -- ": "", "Město č. 2": "mesto-c-2",
		"A very long name of a very small municipality in the north": "a-very-long-name-of-a-very-small", strings.Repeat("a", 80): strings.Repeat("a", 40),
	} {
		got := suggestSlug(name)
		if got != want || got != "" && !ids.ValidSlug(got) {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func FuzzSuggestSlug(f *testing.F) {
	f.Add("Vuorelan kaupunki")
	f.Fuzz(func(t *testing.T, name string) {
		if got := suggestSlug(name); got != "" && (!ids.ValidSlug(got) || strings.Contains(got, "--")) {
			t.Errorf("%q: got %q", name, got)
		}
	})
}

func TestWhoeverSetsUpBecomesTheFirstAdministrator(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.admin.FirstAdministrator = func(context.Context) (string, error) { return "0123456789abcdefghjkmnpqrs", nil }
	done := h.post(t, "/en/setup/"+h.token, filled())
	if done.status != http.StatusSeeOther {
		t.Fatalf("got %d", done.status)
	}
	page := h.get(t, done.location, done.cookies...)
	if page.status != http.StatusOK || !strings.Contains(page.page, `href="/en/staff/invitation/0123456789abcdefghjkmnpqrs"`) {
		t.Errorf("got %d, want the page that leads to the first administrator", page.status)
	}
	if stranger := h.get(t, done.location); strings.Contains(stranger.page, "invitation") {
		t.Error("another browser sees the link")
	}
}
