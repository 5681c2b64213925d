package admin

import (
	"crypto/rand"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/store"
	"luukku/store/sqldb"
	"luukku/web"
)

// house is the door over a database of its own, at a time that stands still.
type house struct {
	store *store.Store
	setup blueprint.Setup
	clock *clock.Fixed
	door  http.Handler
	token string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	d, err := sqldb.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := store.Migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{clock: clock.NewFixed(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))}
	gen := &ids.Gen{Now: h.clock.Now, Rand: rand.Reader}
	h.store = store.New(d, store.Options{Now: h.clock.Now, Gen: gen})
	site := &web.Site{
		Texts: i18n.MustLoad(), Directory: h.store, Seals: keys, Gen: gen, Now: h.clock.Now, Log: slog.New(slog.DiscardHandler),
		BaseURL: "http://booking.example",
	}
	door := NewSetup(site, h.store, &blueprint.Service{Store: h.store, Gen: gen, Now: h.clock.Now})
	h.setup = door.setup
	h.door = site.Guard(door, 1<<20)
	h.token = h.link(t)
	return h
}

func (h *house) link(t *testing.T) string {
	t.Helper()
	token, err := h.setup.NewLink(t.Context())
	if err != nil || token == "" {
		t.Fatalf("new link: got %q, %v", token, err)
	}
	return token
}

// answer is what the door said, and where it led.
type answer struct {
	status   int
	location string
	page     string
	cookies  []*http.Cookie
}

func (h *house) do(t *testing.T, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	return answer{w.Code, w.Header().Get("Location"), w.Body.String(), w.Result().Cookies()}
}

func (h *house) get(t *testing.T, path string, cookies ...*http.Cookie) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://booking.example"+path, nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return h.do(t, r)
}

func posted(t *testing.T, path string, form url.Values) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://booking.example"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

func (h *house) post(t *testing.T, path string, form url.Values) answer {
	t.Helper()
	return h.do(t, posted(t, path, form))
}

// filled is a form filled in as it should be, with changes.
func filled(changes ...string) url.Values {
	form := url.Values{
		"name": {"Vuorelan ajanvaraus"}, "languages": {"sv", "fi"}, "default": {"fi"}, "org-name-fi": {"Vuorelan kaupunki"}, "org-name-sv": {"Vuorela stad"},
		"slug": {"vuorela"}, "country": {"FI"}, "zone": {""}, "phone": {"09 000 0000"}, "hours-fi": {"arkisin klo 9–15"}, "email": {"neuvonta@vuorela.example"},
		"primary": {"#b01c48"}, "accent": {"2E7D6B"}, "begin": {beginEmpty},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

// notSetUp fails when there is an installation.
func (h *house) notSetUp(t *testing.T) {
	t.Helper()
	if _, err := h.store.Installation(t.Context()); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("got %v, want no installation", err)
	}
}

func (h *house) config(t *testing.T, o ids.Org) *catalog.Config {
	t.Helper()
	c, err := h.store.Config(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWholeSetupInEveryLanguage(t *testing.T) {
	t.Parallel()
	for lang, title := range map[string]string{"fi": "Luukku on otettu käyttöön", "sv": "Luukku är i bruk", "en": "Luukku is set up", "cs": "Luukku je nastaveno"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			path := "/" + lang + "/setup/" + h.token
			first := h.get(t, path)
			if first.status != http.StatusOK || len(unsound(first.page)) > 0 {
				t.Fatalf("the form: got %d, %v", first.status, unsound(first.page))
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
			if done.status != http.StatusOK || len(unsound(done.page)) > 0 {
				t.Errorf("got %d, %v", done.status, unsound(done.page))
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
		if n.Type == html.ElementNode && attr(n, "aria-invalid") == "true" {
			found[attr(n, "name")] = true
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
			if !strings.Contains(a.page, "<title>Error: ") || len(unsound(a.page)) > 0 {
				t.Errorf("want a sound page with its error in the title, got %v", unsound(a.page))
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
		kind := attr(n, "type")
		checked := slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "checked" })
		if kind != "radio" && kind != "checkbox" || checked {
			got.Add(attr(n, "name"), attr(n, "value"))
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

func TestTwoAtOnceSetUpOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	statuses := make([]int, 6)
	requests := make([]*http.Request, len(statuses))
	for i := range requests {
		requests[i] = posted(t, "/fi/setup/"+h.token, filled("slug", "vuorela-"+string(rune('a'+i))))
	}
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() {
			w := httptest.NewRecorder()
			h.door.ServeHTTP(w, requests[i])
			statuses[i] = w.Code
		})
	}
	all.Wait()
	slices.Sort(statuses)
	if want := []int{303, 404, 404, 404, 404, 404}; !slices.Equal(statuses, want) {
		t.Errorf("got %v, want %v", statuses, want)
	}
	if orgs, err := h.store.Organisations(t.Context()); err != nil || len(orgs) != 1 {
		t.Errorf("got %d organisations, %v, want one", len(orgs), err)
	}
}

// wantNoLink checks that an address says no more than any unknown one.
func (h *house) wantNoLink(t *testing.T, a answer) {
	t.Helper()
	if a.status != http.StatusNotFound || !strings.Contains(a.page, "restart the server") {
		t.Errorf("got %d, want 404 that says how to get a link", a.status)
	}
}

func TestUsedOldAndUnknownLinksLookTheSame(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old, token := h.token, h.link(t)
	for _, path := range []string{"/en/setup/" + old, "/en/setup/x", "/en/setup/", "/en/setup", "/en/setup/done", "/en/setup/" + token + "/more"} {
		a := h.get(t, path)
		h.wantNoLink(t, a)
		if !strings.Contains(path, token) && strings.Contains(a.page, token) {
			t.Errorf("%s: the page has the right link", path)
		}
	}
	h.wantNoLink(t, h.post(t, "/en/setup/"+old, filled()))
	h.wantNoLink(t, h.post(t, "/en/setup/done", filled()))
	h.notSetUp(t)
	h.clock.Advance(blueprint.SetupLinkLife)
	if a := h.get(t, "/en/setup/"+token); a.status != http.StatusOK {
		t.Errorf("in its last second: got %d", a.status)
	}
	h.clock.Advance(time.Second)
	if a := h.get(t, "/en/setup/"+token); a.status != http.StatusNotFound {
		t.Errorf("a second later: got %d", a.status)
	}
	h.wantNoLink(t, h.post(t, "/en/setup/"+token, filled()))
	h.notSetUp(t)
	token = h.link(t)
	if a := h.post(t, "/en/setup/"+token, filled("languages", "en", "default", "en", "org-name-en", "Vuorela")); a.status != http.StatusSeeOther {
		t.Fatalf("got %d, want it done", a.status)
	}
	h.clock.Advance(time.Hour) // the wrong ones are forgiven
	used, never := h.get(t, "/en/setup/"+token), h.get(t, "/en/setup/0123456789abcdefghjkmnpqrs")
	h.wantNoLink(t, used)
	h.wantNoLink(t, h.post(t, "/en/setup/"+token, filled("slug", "another")))
	h.wantNoLink(t, h.get(t, "/en/setup/done"))
	if got, want := strings.ReplaceAll(used.page, token, "X"), strings.ReplaceAll(never.page, "0123456789abcdefghjkmnpqrs", "X"); got != want {
		t.Errorf("a used link looks unlike an unknown one:\n%s", cmp.Diff(want, got))
	}
}

func TestGuessesAreSlowedByAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	from := func(addr, token string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://booking.example/en/setup/"+token, nil)
		r.RemoteAddr = addr
		return h.do(t, r).status
	}
	got := map[int]int{}
	for range 50 {
		got[from("192.0.2.1:1234", "0123456789abcdefghjkmnpqrs")]++
	}
	if want := map[int]int{404: wrongLinks.Burst, 429: 50 - wrongLinks.Burst}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if s := from("192.0.2.1:1234", h.token); s != http.StatusTooManyRequests {
		t.Errorf("the guesser with the right link: got %d, want 429", s)
	}
	if s := from("198.51.100.7:1234", h.token); s != http.StatusOK {
		t.Errorf("somebody else: got %d, want 200", s)
	}
	h.clock.Advance(wrongLinks.Per)
	if s := from("192.0.2.1:1234", h.token); s != http.StatusOK {
		t.Errorf("later: got %d, want 200", s)
	}
}

func TestRightLinkIsNeverSlowed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 3 * wrongLinks.Burst {
		if a := h.post(t, "/en/setup/"+h.token, url.Values{}); a.status != http.StatusUnprocessableEntity {
			t.Fatalf("got %d, want 422", a.status)
		}
	}
}

func TestFormFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := posted(t, "/en/setup/"+h.token, filled())
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "http://elsewhere.example")
	if a := h.do(t, r); a.status != http.StatusForbidden {
		t.Errorf("got %d, want 403", a.status)
	}
	h.notSetUp(t)
}

func TestTooLargeAFormIsToldAsSuch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if a := h.post(t, "/en/setup/"+h.token, filled("name", strings.Repeat("a", 2<<20))); a.status != http.StatusUnprocessableEntity || len(a.page) > 1<<20 {
		t.Errorf("got %d and %d bytes, want 422 and a short page", a.status, len(a.page))
	}
	h.notSetUp(t)
}

func TestLastPageIsOnlyForWhoSetUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.post(t, "/en/setup/"+h.token, filled("languages", "en", "default", "en", "org-name-en", "Vuorela"))
	if got := h.get(t, a.location, a.cookies...); got.status != http.StatusOK {
		t.Errorf("with the cookie: got %d", got.status)
	}
	h.wantNoLink(t, h.get(t, a.location))
	h.wantNoLink(t, h.get(t, a.location, &http.Cookie{Name: "luukku-setup", Value: "empty/vuorela"}))
	h.clock.Advance(13 * time.Hour)
	h.wantNoLink(t, h.get(t, a.location, a.cookies...))
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
