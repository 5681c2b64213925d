package citizen

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/web/webtest"
)

const own = "/en/vuorela/appointment"

// booked makes a booking of somebody else's doing, on Monday 23 November at 9:20, and returns it with its code.
func (w *town) booked(t *testing.T, service ids.Service) (booking.Appointment, string) {
	t.Helper()
	start := sampleStart(time.November, 23, 9, 0)
	b, err := w.booking.Book(t.Context(), actor.Visitor([]byte("another session"), "192.0.2.99"), booking.BookRequest{
		Org: sampleOrg, Service: service, Office: sampleKallio, Start: start, Details: sampleDetails("en"), Key: w.booking.Gen.FormKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	code, err := w.booking.Code(b.Appointment.ID)
	if err != nil {
		t.Fatal(err)
	}
	return b.Appointment, code
}

// owner is a person who has opened a booking with its code.
func (w *town) owner(t *testing.T, service ids.Service) (*person, booking.Appointment) {
	t.Helper()
	a, code := w.booked(t, service)
	p := w.person(t)
	p.post(own, url.Values{"code": {code}}).want(t, http.StatusSeeOther, own)
	return p, a
}

func (w *town) now(t *testing.T, a booking.Appointment) booking.Appointment {
	t.Helper()
	now, err := w.booking.Appointment(t.Context(), actor.System("test"), a.Org, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// never fails when a page says what it must not.
func (a answer) never(t *testing.T, words ...string) answer {
	t.Helper()
	for _, s := range words {
		if strings.Contains(a.body, s) {
			t.Errorf("the page says %q: %s", s, excerpt(a.body))
		}
	}
	return a
}

// hidden are the hidden fields of a page's forms that write.
func (a answer) hidden(t *testing.T) url.Values {
	t.Helper()
	form := url.Values{}
	for _, m := range hiddenRE.FindAllStringSubmatch(a.body, -1) {
		form.Set(m[1], m[2])
	}
	if form.Get("key") == "" || form.Get("seen") == "" {
		t.Fatalf("the form has no key, or does not say what it shows: %v", form)
	}
	return form
}

var hiddenRE = regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`)

// with returns the form with one field changed.
func with(form url.Values, name, value string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	out.Set(name, value)
	return out
}

func TestCodeOpensTheBookingHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	a, code := w.booked(t, "passport")
	for name, typed := range map[string]string{
		"as printed": ids.FormatCode(code), "small letters": strings.ToLower(code), "spaces": " " + code[:4] + "  " + code[4:8] + " " + code[8:] + " ",
		"dashes of a word processor": code[:4] + "–" + code[4:8] + "—" + code[8:],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := w.person(t)
			p.get(own).want(t, http.StatusOK, `autocomplete="off"`, "Booking code", "Have you lost the code?").never(t, a.Details.Name)
			opened := p.post(own, url.Values{"code": {typed}}).want(t, http.StatusSeeOther)
			if opened.location != own {
				t.Errorf("got %q, want the clean address %q", opened.location, own)
			}
			p.get(own).want(t, http.StatusOK, ids.FormatCode(code), "Monday 23 November 2026, 9:00–9:20", "Passport or identity card", "Maija Meikäläinen",
				"m…@example.org", "040 … 67", "Kallio service point", "Change the time", "Cancel the booking", "until Monday 23 November at 7:00").
				never(t, a.Details.Email, a.Details.Phone)
		})
	}
}

func TestWrongCodeKeepsWhatWasTypedAndSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	_, code := w.booked(t, "passport")
	other := "0000000000"
	for name, c := range map[string]struct{ typed, says string }{
		"nothing":           {"", "It has 10 letters and numbers"},
		"too short":         {"K7PQ-3M9X", "It has 10 letters and numbers"},
		"not in the code":   {"K7PQ-3M9X-T!", "It has 10 letters and numbers"},
		"far too long":      {strings.Repeat("K", 10_000), "It has 10 letters and numbers"},
		"opens nothing":     {other, "There is no booking with this code"},
		"two of them":       {code + code, "It has 10 letters and numbers"},
		"markup":            {`"><script>`, "It has 10 letters and numbers"},
		"not even readable": {"K7PQ\xff3M9X", "It has 10 letters and numbers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := w.person(t)
			got := p.post(own, url.Values{"code": {c.typed}}).want(t, http.StatusUnprocessableEntity, c.says, "Error:", `href="#code"`)
			if len(c.typed) < 20 && !strings.ContainsRune(c.typed, '\xff') && !strings.Contains(got.body, `value="`+c.typed+`"`) {
				t.Error("what was typed is lost")
			}
			if c.typed != `"><script>` { // unescaped by the test itself
				for _, wrong := range webtest.Unsound(got.body) {
					t.Error(wrong)
				}
			}
			p.get(own).want(t, http.StatusOK, "Open your booking")
		})
	}
}

// from sends a code from an address.
func (w *town) from(t *testing.T, address, code string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, own, strings.NewReader(url.Values{"code": {code}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = address
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec.Result()
}

func TestGuessingIsSlowedAndARealPersonIsStillServed(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	_, code := w.booked(t, "passport")
	slowed := 0
	for i := range 100 {
		if res := w.from(t, "198.51.100.7:4711", fmt.Sprintf("%010d", i)); res.StatusCode == http.StatusTooManyRequests {
			slowed++
			if wait := res.Header.Get("Retry-After"); wait == "" || wait == "0" {
				t.Fatalf("got Retry-After %q, want seconds", wait)
			}
		}
	}
	if slowed < 80 {
		t.Errorf("got %d of 100 guesses slowed, want nearly all", slowed)
	}
	if res := w.from(t, "198.51.100.7:4711", code); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("got %d for the guesser, want %d whatever is typed", res.StatusCode, http.StatusTooManyRequests)
	}
	if res := w.from(t, "203.0.113.5:4711", code); res.StatusCode != http.StatusSeeOther {
		t.Errorf("got %d for somebody else with the right code, want %d", res.StatusCode, http.StatusSeeOther)
	}
	p := w.person(t)
	for range 30 {
		p.post(own, url.Values{"code": {"1111111111"}})
	}
	p.post(own, url.Values{"code": {"1111-1111-12"}}).want(t, http.StatusTooManyRequests, "Waiting time:", `value="1111-1111-12"`, "Error:")
}

func TestNobodyWithoutTheCodeSeesOrChangesAnything(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	_, a := w.owner(t, "passport")
	stranger := w.person(t)
	for _, page := range []string{"/details", "/move", "/cancel", "/print", ".ics"} {
		stranger.get(own+page).want(t, http.StatusSeeOther, own+"?done=expired").never(t, a.Details.Name)
	}
	for _, page := range []string{"/details", "/move", "/cancel"} {
		stranger.post(own+page, url.Values{"key": {string(w.booking.Gen.FormKey())}, "name": {"X"}, "lang": {"en"}}).want(t, http.StatusSeeOther, own+"?done=expired")
	}
	stranger.get(own+"?done=expired").want(t, http.StatusOK, "no longer open on this device")
	if now := w.now(t, a); now.Sequence != a.Sequence || now.Status != booking.Booked {
		t.Errorf("got %+v, want it untouched", now)
	}
}

func TestClosingTheBookingForgetsIt(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "passport")
	p.get(own).want(t, http.StatusOK, a.Details.Name)
	p.post(own, url.Values{"forget": {"1"}}).want(t, http.StatusSeeOther, own+"?done=closed")
	p.get(own+"?done=closed").want(t, http.StatusOK, "The booking is closed").never(t, a.Details.Name)
}

func TestEditingKeepsWhatWasTypedUntilItIsRight(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "passport")
	form := p.get(own+"/details").want(t, http.StatusOK, `value="Maija Meikäläinen"`, `value="maija.meikalainen@example.org"`).hidden(t)
	for k, v := range map[string]string{"name": "Maija Mallikas", "email": "maija@", "phone": "040 765 4321", "lang": "sv", "note": "Hörslinga"} {
		form.Set(k, v)
	}
	wrong := p.post(own+"/details", form).want(t, http.StatusUnprocessableEntity, "Check the email address", `href="#email"`, `value="Maija Mallikas"`,
		`value="maija@"`, `value="040 765 4321"`, "Hörslinga", "Error:")
	for _, fault := range webtest.Unsound(wrong.body) {
		t.Error(fault)
	}
	form.Set("email", "")
	p.post(own+"/details", form).want(t, http.StatusSeeOther, own+"?done=edited")
	p.get(own+"?done=edited").want(t, http.StatusOK, "The details are saved", "Maija Mallikas", "040 … 21", "Swedish", "Hörslinga", "Not given")
	got := w.now(t, a)
	if got.Details.Name != "Maija Mallikas" || got.Details.Phone != "+358407654321" || got.Details.Email != "" || got.Details.Lang != "sv" || got.Details.Note != "Hörslinga" {
		t.Errorf("got %+v", got.Details)
	}

	// The same form sent again changes nothing; with something else in it, after going back, it says so and loses nothing.
	p.post(own+"/details", form).want(t, http.StatusSeeOther, own+"?done=edited")
	if again := w.now(t, a); again.Sequence != got.Sequence {
		t.Errorf("got sequence %d after sending the form twice, want %d", again.Sequence, got.Sequence)
	}
	back := p.post(own+"/details", with(form, "name", "Maija Lahtinen")).want(t, http.StatusConflict, "already been saved once", `value="Maija Lahtinen"`)
	form = with(form, "name", "Maija Lahtinen")
	for k, v := range back.hidden(t) {
		form[k] = v
	}
	p.post(own+"/details", form).want(t, http.StatusSeeOther, own+"?done=edited")
	if got := w.now(t, a).Details.Name; got != "Maija Lahtinen" {
		t.Errorf("got %q", got)
	}
}

func TestEditOfAStaleFormShowsWhatIsSavedAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "passport")
	mine := p.get(own + "/details").hidden(t)
	theirs := p.get(own + "/details").hidden(t)
	for _, form := range []url.Values{mine, theirs} {
		form.Set("lang", "en")
		form.Set("name", "Maija Meikäläinen")
	}
	theirs.Set("note", "Interpreter")
	mine.Set("note", "Hearing loop")
	p.post(own+"/details", theirs).want(t, http.StatusSeeOther)
	stale := p.post(own+"/details", mine).want(t, http.StatusConflict, "changed elsewhere", "The details now", "Interpreter", "Hearing loop", "Error:")
	if got := w.now(t, a).Details.Note; got != "Interpreter" {
		t.Errorf("got note %q, want the saved one untouched", got)
	}
	again := stale.hidden(t)
	for k, v := range mine {
		if k != "key" && k != "seen" {
			again[k] = v
		}
	}
	p.post(own+"/details", again).want(t, http.StatusSeeOther)
	if got := w.now(t, a).Details.Note; got != "Hearing loop" {
		t.Errorf("got note %q, want what was saved knowingly", got)
	}
}

func TestFormWithoutItsKeyChangesNothing(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "passport")
	p.post(own+"/details", url.Values{"name": {"X"}, "lang": {"en"}}).want(t, http.StatusUnprocessableEntity, "Nothing was saved", `value="X"`)
	p.post(own+"/cancel", nil).want(t, http.StatusUnprocessableEntity, "The booking was not cancelled")
	if now := w.now(t, a); now.Sequence != a.Sequence {
		t.Errorf("got %+v, want it untouched", now)
	}
}

func TestDeadlinesOfTheOwnBookingAreToldInWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before          time.Duration
		says            string
		move, can, live bool
	}{
		"last second to move":   {2 * time.Hour, "You can change the time and the details here until Monday 23 November at 7:00", true, true, true},
		"a second too late":     {2*time.Hour - time.Second, "It is too late to change the time online. That could be done until 2 hours before", false, true, true},
		"last second to cancel": {time.Hour, "You can cancel the booking here until Monday 23 November at 8:00", false, true, true},
		"too late to cancel":    {time.Hour - time.Second, "It is too late to cancel online. That could be done until 1 hour before", false, false, true},
		"as it begins":          {0, "The booked time has passed", false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t)
			a, code := w.booked(t, "passport")
			w.clock.Set(time.Unix(a.Start, 0).Add(-c.before))
			p := w.person(t)
			p.post(own, url.Values{"code": {code}}).want(t, http.StatusSeeOther)
			page := p.get(own).want(t, http.StatusOK, c.says)
			for link, want := range map[string]bool{own + "/move": c.move, own + "/cancel": c.can, own + ".ics": c.live} {
				if got := strings.Contains(page.body, `href="`+link+`"`); got != want {
					t.Errorf("got a link to %s: %v, want %v", link, got, want)
				}
			}
			if !c.can && c.live {
				refused := p.post(own+"/cancel", url.Values{"key": {string(w.booking.Gen.FormKey())}})
				refused.want(t, http.StatusUnprocessableEntity, "too late to cancel", "09 000 0001", "Error:")
			}
		})
	}
}

func TestBookingThatIsNotChangedOnlineLeadsToThePhone(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	p, a := w.owner(t, "parking")
	p.get(own).want(t, http.StatusOK, "cannot be changed or cancelled online", "Call the office and we will help you: ", "tel:090000001", own+"/details").
		never(t, own+"/move", own+"/cancel")
	p.post(own+"/cancel", url.Values{"key": {string(w.booking.Gen.FormKey())}}).want(t, http.StatusUnprocessableEntity, "cannot be changed or cancelled online")
	p.post(own+"/move", slot(monday)).want(t, http.StatusUnprocessableEntity)
	if now := w.now(t, a); now.Status != booking.Booked {
		t.Errorf("got %+v, want it booked", now)
	}
}

func TestMailedLinkRevealsNothingBeforeItsButtonIsPressed(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	a, code := w.booked(t, "passport")
	token := w.booking.Gen.LinkToken()
	if err := w.booking.Store.(configured).PutLink(t.Context(), a.Org, a.ID, ids.HashToken(token), a.End); err != nil {
		t.Fatal(err)
	}
	link := "/en/vuorela/link/" + token
	secrets := []string{code, ids.FormatCode(code), a.Details.Name, a.Details.Email, "Monday", "23 November", "9:00", "Passport", "Kallio"}
	scanner := w.person(t)
	for range 3 {
		scanner.get(link).want(t, http.StatusOK, "Open the booking").never(t, secrets...).never(t, "back=")
	}
	if len(scanner.cookies) != 0 {
		t.Errorf("opening a link set cookies: %v", scanner.cookies)
	}
	p := w.person(t)
	if got := p.post(link, nil).want(t, http.StatusSeeOther); got.location != own {
		t.Errorf("got %q, want the clean address %q", got.location, own)
	}
	p.get(own).want(t, http.StatusOK, a.Details.Name, ids.FormatCode(code))

	elsewhere := w.booking.Gen.LinkToken()
	if err := w.booking.Store.(configured).PutLink(t.Context(), "elsewhere", a.ID, ids.HashToken(elsewhere), a.End); err != nil {
		t.Fatal(err)
	}
	w.person(t).post("/en/vuorela/link/"+elsewhere, nil).want(t, http.StatusNotFound, "no longer valid")

	w.clock.Set(time.Unix(a.End+1, 0))
	late := w.person(t)
	for _, address := range []string{link, "/en/vuorela/link/" + w.booking.Gen.LinkToken(), "/en/vuorela/link/x", "/en/vuorela/link/" + strings.Repeat("a", 3000)} {
		late.get(address).want(t, http.StatusNotFound, "no longer valid", own).never(t, secrets...)
		late.post(address, nil).want(t, http.StatusNotFound, "no longer valid")
	}
	late.get(own).want(t, http.StatusOK, "Booking code").never(t, a.Details.Name)
}
