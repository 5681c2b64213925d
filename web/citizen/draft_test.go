package citizen

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/seal"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/store"
	"luukku/store/sqldb"
	"luukku/store/storetest"
	"luukku/web"
	"luukku/web/webtest"
)

// configured is the real store with the configuration of the samples.
type configured struct {
	*store.Store
	sampleDirectory
}

func (c configured) Config(ctx context.Context, o ids.Org) (*catalog.Config, error) {
	if o != sampleOrg {
		return c.Store.Config(ctx, o)
	}
	return c.sampleDirectory.Config(ctx, o)
}

func (c configured) Installation(ctx context.Context) (org.Installation, error) {
	return c.sampleDirectory.Installation(ctx)
}

func (c configured) Organisations(ctx context.Context) ([]org.Organisation, error) {
	return c.sampleDirectory.Organisations(ctx)
}

// town is the door over the real booking room and a database of its own.
type town struct {
	handler http.Handler
	clock   *clock.Fixed
	booking *booking.Service
	store   *store.Store
}

func newTown(t *testing.T) *town {
	t.Helper()
	d := storetest.Database(t, "sqlite::memory:", sqldb.Options{})
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := clock.NewFixed(sampleNow())
	gen := &ids.Gen{Now: now.Now, Rand: rand.Reader}
	st := configured{store.New(d, store.Options{Now: now.Now, Gen: gen}), sampleDirectory{sampleConfig()}}
	room := &booking.Service{
		Store: st, Gen: gen, Codes: keys.CodeKeys(), Seals: keys, Guard: limit.NewCodeGuard(limit.CodeLimits{}), Now: now.Now,
	}
	site := &web.Site{Texts: i18n.MustLoad(), Directory: st, Seals: keys, Gen: gen, Now: now.Now, Log: slog.New(slog.DiscardHandler), BaseURL: "http://town.example"}
	return &town{handler: site.Guard(New(site, room), 64<<10), clock: now, booking: room, store: st.Store}
}

// person is somebody with a browser: cookies and nothing else.
type person struct {
	t       *testing.T
	town    *town
	cookies map[string]string
}

func (w *town) person(t *testing.T) *person { return &person{t, w, map[string]string{}} }

// answer is what a page said.
type answer struct {
	code     int
	location string
	body     string
}

func (p *person) get(path string) answer { return p.send(http.MethodGet, path, nil) }

func (p *person) post(path string, form url.Values) answer {
	return p.send(http.MethodPost, path, form)
}

func (p *person) send(method, path string, form url.Values) answer {
	p.t.Helper()
	r := httptest.NewRequestWithContext(p.t.Context(), method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	p.town.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		p.cookies[c.Name] = c.Value
	}
	return answer{w.Code, w.Header().Get("Location"), html.UnescapeString(w.Body.String())}
}

// want checks the status, and where the page leads or what it says.
func (a answer) want(t *testing.T, code int, says ...string) answer {
	t.Helper()
	if a.code != code {
		t.Fatalf("got status %d (to %q), want %d: %s", a.code, a.location, code, excerpt(a.body))
	}
	for _, s := range says {
		if !strings.Contains(a.location+"\n"+a.body, s) {
			t.Errorf("got %q %s, want it to say %q", a.location, excerpt(a.body), s)
		}
	}
	return a
}

func excerpt(body string) string {
	if _, main, ok := strings.Cut(body, "<main"); ok {
		body = main
	}
	return body[:min(len(body), 1500)]
}

// slots are the values of a page's buttons, each once.
func (a answer) slots() []string {
	var out []string
	for _, m := range slotRE.FindAllStringSubmatch(a.body, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return out
}

var (
	slotRE  = regexp.MustCompile(`name="slot" value="([^"]+)"`)
	draftRE = regexp.MustCompile(`/book/draft/([0-9A-Za-z]+)/`)
)

const (
	held    = "/en/vuorela/book/passport/kallio"
	notHeld = "/en/vuorela/book/name-change/kallio"
	monday  = "2026-11-23T09:00:00+02:00"
)

func slot(s string) url.Values { return url.Values{"slot": {s}} }

func typed(name string) url.Values {
	return url.Values{"name": {name}, "email": {strings.ToLower(name) + "@example.org"}, "phone": {""}, "lang": {"en"}, "note": {""}}
}

// pickTime picks a time and returns the address of the draft, without its page.
func (p *person) pickTime(path, value string) string {
	p.t.Helper()
	a := p.post(path, slot(value)).want(p.t, http.StatusSeeOther, "/details")
	return strings.TrimSuffix(a.location, "/details")
}

func TestPersonBooksATime(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p := w.person(t)
	times := p.get(held+"?week=2026-W48").want(t, http.StatusOK, "First free times", "We keep it for you for 15 minutes", "Kallio service point").slots()
	if len(times) == 0 || !slices.Contains(times, monday) {
		t.Fatalf("got times %v, want %s among them", times, monday)
	}
	draft := p.pickTime(held, monday)
	p.get(draft+"/details").want(t, http.StatusOK, "We keep this time for you until 14:17", `autocomplete="name"`, "Monday 23 November 2026, 9:00–9:20")
	p.get(draft+"/check").want(t, http.StatusSeeOther, draft+"/details")
	id := draftRE.FindStringSubmatch(draft + "/")[1]
	p.get(held+"?draft="+id).want(t, http.StatusOK, "We now keep this time for you: Monday 23 November at 9:00, until 14:17", draft+"/details")
	if other := w.person(t).get(held + "?draft=" + id); strings.Contains(other.body, "We now keep") {
		t.Error("a stranger is told of a draft")
	}
	p.post(draft+"/details", typed("Maija")).want(t, http.StatusSeeOther, draft+"/check")
	p.get(draft+"/check").want(t, http.StatusOK, "Save the booking", "maija@example.org", "Not given")
	p.post(draft+"/check", nil).want(t, http.StatusSeeOther, "/en/vuorela/booked")
	done := p.get("/en/vuorela/booked").want(t, http.StatusOK, "Your time is booked", "Your old passport", "appointment.ics", "m…@example.org")
	code := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}`).FindString(done.body)
	if code == "" {
		t.Fatal("the confirmation shows no booking code")
	}

	// Sent again, by reloading or with the back button, it stays one booking.
	p.post(draft+"/check", nil).want(t, http.StatusSeeOther, "/en/vuorela/booked")
	p.get(draft+"/details").want(t, http.StatusSeeOther, "/en/vuorela/booked")
	p.get("/en/vuorela/booked").want(t, http.StatusOK, code)

	// Nobody else sees any of it, and the time is gone.
	stranger := w.person(t)
	stranger.get("/en/vuorela/booked").want(t, http.StatusSeeOther, "/en/vuorela/appointment")
	stranger.get(draft+"/check").want(t, http.StatusNotFound, "We cannot find your unfinished booking", "cookies")
	if slices.Contains(stranger.get(held).slots(), monday) {
		t.Error("a booked time is still offered")
	}
	stranger.post(held, slot(monday)).want(t, http.StatusConflict, "Monday 23 November at 9:00 was just taken", "The nearest is", "Error:")
}

func TestFirstToSaveGetsTheTimeAndTheSecondKeepsTheDetails(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	first, second := w.person(t), w.person(t)
	first.get(notHeld).want(t, http.StatusOK, "The time is yours only when")
	a, b := first.pickTime(notHeld, monday), second.pickTime(notHeld, monday)
	first.post(a+"/details", typed("Maija")).want(t, http.StatusSeeOther)
	second.post(b+"/details", typed("Matti")).want(t, http.StatusSeeOther)
	first.post(a+"/check", nil).want(t, http.StatusSeeOther, "/booked")

	lost := second.post(b+"/check", nil).want(t, http.StatusConflict, "Monday 23 November at 9:00 was just taken", "details you have filled in are kept", "#d-1123")
	id := draftRE.FindStringSubmatch(b + "/")[1]
	if !strings.Contains(lost.body, `name="draft" value="`+id+`"`) {
		t.Error("the draft does not go with the times")
	}
	times := lost.slots()
	if len(times) == 0 || slices.Contains(times, monday) {
		t.Fatalf("got times %v, want others than the lost one", times)
	}
	form := slot(times[0])
	form.Set("draft", id)
	second.post(notHeld, form).want(t, http.StatusSeeOther, b+"/check")
	second.get(b+"/check").want(t, http.StatusOK, "Matti", "matti@example.org")
	second.post(b+"/check", nil).want(t, http.StatusSeeOther, "/booked")
}

func TestHoldThatRanOutIsTakenAgainOrToldPlainly(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, other := w.person(t), w.person(t)
	draft := p.pickTime(held, monday)
	p.post(draft+"/details", typed("Maija")).want(t, http.StatusSeeOther)
	other.post(held, slot(monday)).want(t, http.StatusConflict, "was just taken")
	w.clock.Advance(15*time.Minute + time.Second)
	p.get(draft+"/check").want(t, http.StatusOK, "We no longer keep this time", "Maija")
	p.post(draft+"/check", nil).want(t, http.StatusSeeOther, "/booked?again=1")
	p.get("/en/vuorela/booked?again=1").want(t, http.StatusOK, "it was still free")

	late := w.person(t)
	const ten = "2026-11-23T10:00:00+02:00"
	draft = late.pickTime(held, ten)
	late.post(draft+"/details", typed("Matti")).want(t, http.StatusSeeOther)
	w.clock.Advance(15*time.Minute + time.Second)
	other.pickTime(held, ten)
	late.post(draft+"/check", nil).want(t, http.StatusConflict, "Monday 23 November at 10:00 was just taken", "kept")
}

func TestAskingForMoreTimeLosesNothingTyped(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p := w.person(t)
	draft := p.pickTime(held, monday)
	w.clock.Advance(10 * time.Minute)
	half := url.Values{"name": {""}, "email": {"half@"}, "lang": {"sv"}, "note": {"Interpreter"}}
	p.post(draft+"/extend", half).want(t, http.StatusSeeOther, draft+"/details")
	p.get(draft+"/details").want(t, http.StatusOK, `value="half@"`, "Interpreter", "until 14:27")
	p.get(draft+"/extend").want(t, http.StatusSeeOther, draft+"/details")
	p.get(draft+"/check").want(t, http.StatusSeeOther, draft+"/details")
	p.post(draft+"/details", typed("Maija")).want(t, http.StatusSeeOther)
	p.post(draft+"/extend", nil).want(t, http.StatusSeeOther, draft+"/check")

	w.clock.Advance(16 * time.Minute)
	w.person(t).pickTime(held, monday)
	p.post(draft+"/extend", half).want(t, http.StatusConflict, "was just taken")
	p.get(draft+"/details").want(t, http.StatusOK, "Interpreter")
}

func TestTimesThatCannotBeHadAreToldApart(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for name, c := range map[string]struct{ value, says string }{
		"nothing":      {"", "did not understand which time"},
		"words":        {"tomorrow at nine", "did not understand which time"},
		"too long":     {strings.Repeat("9", 10000), "did not understand which time"},
		"other offset": {"2026-11-23T09:00:00+03:00", "did not understand which time"},
		"in UTC":       {"2026-11-23T07:00:00Z", "did not understand which time"},
		"skipped hour": {"2027-03-28T03:20:00+02:00", "did not understand which time"},
		"past":         {"2026-11-20T09:00:00+02:00", "already passed"},
		"too close":    {"2026-11-20T14:20:00+02:00", "too late to book that time online"},
		"too far":      {"2027-03-01T09:00:00+02:00", "Last day that can be booked: Tuesday 19 January 2027"},
		"closed day":   {"2026-11-27T09:00:00+02:00", "Kallio service point is closed on that day (Friday 27 November)"},
		"holiday":      {"2026-12-25T09:00:00+02:00", "closed on that day"},
		"off the grid": {"2026-11-23T09:01:00+02:00", "no such time in the calendar"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := w.person(t)
			a := p.post(held, slot(c.value)).want(t, http.StatusUnprocessableEntity, c.says, "Error:", "First free times")
			for _, wrong := range webtest.Unsound(a.body) {
				t.Error(wrong)
			}
		})
	}
}

func TestWeeksAreHeldToTheHorizon(t *testing.T) {
	t.Parallel()
	p := newTown(t).person(t)
	p.get(held+"?week=2026-W49").want(t, http.StatusOK, "Week 49: 30 November – 4 December 2026")
	p.get(held+"?week=2026-W40").want(t, http.StatusOK, "The week you asked for is over", "Week 47")
	p.get(held+"?week=2027-W20").want(t, http.StatusOK, "cannot be booked yet", "Week 3:", "Opens for booking Saturday 21 November at 0:00")
	p.get(held+"?week=9999-W01").want(t, http.StatusOK, "cannot be booked yet")
	for _, week := range []string{"48", "2026-W54", "2026-W00", "x", strings.Repeat("2", 5000)} {
		p.get(held+"?week="+week).want(t, http.StatusNotFound, "no such week")
	}
}

func TestUnknownThingsAreNotFoundInWords(t *testing.T) {
	t.Parallel()
	p := newTown(t).person(t)
	p.get("/en/vuorela/services/dragons").want(t, http.StatusNotFound, "no such service")
	p.get("/en/vuorela/services/dragons/offices").want(t, http.StatusNotFound, "no such service")
	p.get("/en/vuorela/book/passport/moon").want(t, http.StatusNotFound, "no such office")
	p.get("/en/vuorela/book/parking/town-hall").want(t, http.StatusNotFound, "does not offer")
	p.post("/en/vuorela/book/parking/town-hall", slot(monday)).want(t, http.StatusNotFound, "does not offer")
	p.get("/en/nowhere/").want(t, http.StatusNotFound)
	p.get("/en/vuorela/book/draft/unknown/details").want(t, http.StatusNotFound, "unfinished booking")
	p.post("/en/vuorela/book/draft/unknown/check", nil).want(t, http.StatusNotFound, "unfinished booking")
}

func TestDetailsThatCannotBeTakenComeBackWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p := w.person(t)
	draft := p.pickTime(notHeld, monday)
	for name, c := range map[string]struct{ field, value, says string }{
		"no name":          {"name", "   ", "Name: Write your name."},
		"long name":        {"name", strings.Repeat("ä", 10000), "The name is too long"},
		"NUL":              {"name", "Ma\x00ija", "Remove line breaks"},
		"line break":       {"name", "Maija\nMeikäläinen", "Remove line breaks"},
		"no email address": {"email", "maija(at)example.org", "Check the email address"},
		"no phone number":  {"phone", "12", "Check the phone number"},
		"unknown language": {"lang", "tlh", "Language of service: Fill in"},
		"long note":        {"note", strings.Repeat("x", 501), "at most 500 characters"},
	} {
		form := typed("Maija")
		form.Set(c.field, c.value)
		a := p.post(draft+"/details", form)
		if a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, c.says) || !strings.Contains(a.body, "Error:") {
			t.Errorf("%s: got %d %s, want 422 and %q", name, a.code, excerpt(a.body), c.says)
		}
		if c.field != "lang" && c.value != "Ma\x00ija" && !strings.Contains(a.body, c.value) {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
	turned := typed("Maija")
	turned.Set("name", "\u202eMaija")
	p.post(draft+"/details", turned).want(t, http.StatusSeeOther)
	if got := p.get(draft+"/check").want(t, http.StatusOK, "Maija"); strings.Contains(got.body, "\u202e") {
		t.Error("a character that turns the direction of the page was kept")
	}
}

func TestLimitOfBookingsIsToldWithTheWayOut(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p := w.person(t)
	save := func(value string) answer {
		draft := p.pickTime(held, value)
		p.post(draft+"/details", typed("Maija")).want(t, http.StatusSeeOther)
		return p.post(draft+"/check", nil)
	}
	for _, hour := range []string{"09", "10", "11"} {
		save("2026-11-23T"+hour+":00:00+02:00").want(t, http.StatusSeeOther, "/booked")
	}
	save("2026-11-23T12:00:00+02:00").want(t, http.StatusUnprocessableEntity, "as many bookings as are allowed", "3", "/en/vuorela/appointment", "Error:")
}

func TestPagesBeforeTheTimes(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p := w.person(t)
	p.get("/en/vuorela/").want(t, http.StatusOK, "What do you want to do?", "open today 8:00–16:15")
	p.get("/en/vuorela/services?q=pasport").want(t, http.StatusOK, "1 service found: pasport", "Passport or identity card")
	p.get("/en/vuorela/services?q=passi").want(t, http.StatusOK, "Passport or identity card")
	p.get("/en/vuorela/services?q="+url.QueryEscape("<script>")).want(t, http.StatusOK, "No services found")
	p.get("/en/vuorela/services?q=%00%ff").want(t, http.StatusOK, "What is it about?")
	p.get("/en/vuorela/services/parking").want(t, http.StatusOK, "cannot be changed or cancelled online", "15 minutes")
	p.get("/en/vuorela/topics/family").want(t, http.StatusOK, "Name change", "Child day care advice", "Show all services")
	p.get("/en/vuorela/topics/nothing").want(t, http.StatusNotFound, "There is no such topic")
	w.clock.Advance(63 * time.Minute) // too late for Kallio today
	first := p.get("/en/vuorela/services/passport/offices").want(t, http.StatusOK, "Choose Kallio service point", "Does any office suit you?")
	if k, i := strings.Index(first.body, ">Kallio service point<"), strings.Index(first.body, ">Itäkeskus<"); k < 0 || i < 0 || k < i {
		t.Errorf("Kallio is at %d and Itäkeskus at %d, want the place with the first time first", k, i)
	}
	p.get("/en/vuorela/services/passport/offices?sort=place").want(t, http.StatusOK, "Centre", "East")
	p.get("/en/vuorela/services/lost-property/offices").want(t, http.StatusOK, "No office")
	p.get("/en/vuorela/services/lost-property").want(t, http.StatusOK, "No times can be booked online")
}
