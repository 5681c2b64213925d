package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/e2e/client"
)

// What is asked for and is not there gets the page of its status, with a way on.
func TestBadInput_Addresses(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	c := h.person(t)
	for path, want := range map[string]int{
		"/xx/register-office/":                                http.StatusNotFound,
		"/en/nowhere/":                                        http.StatusNotFound,
		"/en/nowhere/services":                                http.StatusNotFound,
		"/en/register-office/nothing":                         http.StatusNotFound,
		"/en/register-office/services/nothing":                http.StatusNotFound,
		"/en/register-office/services/nothing/offices":        http.StatusNotFound,
		"/en/register-office/offices/nowhere":                 http.StatusNotFound,
		"/en/register-office/book/notary/nowhere":             http.StatusNotFound,
		"/en/register-office/book/nothing/espoo":              http.StatusNotFound,
		"/en/register-office/book/moving-notice/ivalo%00":     http.StatusNotFound,
		"/en/register-office/book/notary/espoo?week=W48":      http.StatusNotFound,
		"/en/register-office/book/notary/espoo?week=2026-W54": http.StatusNotFound,
		"/en/register-office/book/notary/espoo?week=2026-W40": http.StatusOK, // over: the page says so
		"/en/register-office/book/notary/espoo?week=2031-W01": http.StatusOK, // not yet: the page says so
		"/en/register-office/book/draft/nothing/details":      http.StatusNotFound,
		"/en/register-office/book/draft/nothing/check":        http.StatusNotFound,
		"/en/register-office/link/nothing":                    http.StatusNotFound,
		"/en/register-office/appointment":                     http.StatusOK, // asks for the code
		"/en/register-office/services?q=%00%ff":               http.StatusOK,
		"/en/../../etc/passwd":                                http.StatusNotFound,
		"/en/register-office/services/%2e%2e%2f":              http.StatusNotFound,
	} {
		p := c.Get(path)
		if p.Status != want || !p.IsHTML() || p.H1() == "" || len(p.All("main a, main form")) == 0 {
			t.Errorf("%s: got status %d, want %d and a page with a way on: %s", path, p.Status, want, p)
		}
	}
	c.Get("/en/register-office/book/notary/espoo?week=2026-W40").MustText(say("en", "pick.week_past"))
	c.Get("/en/register-office/book/draft/nothing/details").MustText(say("en", "draft.lost_title"))
}

// A time that cannot be booked is refused with its reason, and the calendar is there to choose another.
func TestBadInput_Times(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	o := notary("en") // Helsinki, weekdays 9:00 to 15:30; it is Monday 23 November 2026, 9:00
	c := h.person(t)
	for start, why := range map[string]string{
		"2026-11-20T10:00:00+02:00":     say("en", "booking.past"),
		"2026-11-23T10:40:00+02:00":     "too late to book",
		"2027-03-01T10:00:00+02:00":     "cannot be booked yet",
		"2026-11-24T10:07:00+02:00":     "no such time",
		"2026-11-24T10:00:01+02:00":     "no such time",
		"2026-11-24T20:00:00+02:00":     "no such time",
		"2026-11-28T10:00:00+02:00":     "closed on that day", // a Saturday
		"2026-12-25T10:00:00+02:00":     "closed on that day",
		"2026-12-31T10:00:00+02:00":     "closed on that day",
		"2027-03-28T03:30:00+02:00":     say("en", "booking.bad_time"), // skipped: the clocks go from 3:00 to 4:00
		"2027-03-28T03:30:00+03:00":     say("en", "booking.bad_time"),
		"2027-10-31T03:30:00+03:00":     "cannot be booked yet", // twice that night
		"2027-10-31T03:30:00+02:00":     "cannot be booked yet",
		"2026-11-24T10:00:00+03:00":     say("en", "booking.bad_time"), // not this office's clock
		"2026-11-24T08:00:00Z":          say("en", "booking.bad_time"),
		"2026-11-24T10:00:00":           say("en", "booking.bad_time"),
		"2026-11-24T10:00:00.5+02:00":   say("en", "booking.bad_time"),
		"2026-13-45T99:00:00+02:00":     say("en", "booking.bad_time"),
		"99999-11-24T10:00:00+02:00":    say("en", "booking.bad_time"),
		"tomorrow":                      say("en", "booking.bad_time"),
		"":                              say("en", "booking.bad_time"),
		"2026-11-24T10:00:00+02:00\x00": say("en", "booking.bad_time"),
	} {
		p := c.Get(o.calendar()).Form(say("en", "pick.first")).Force("slot", start).Submit("")
		if p.Status != http.StatusUnprocessableEntity || len(p.All("[data-error-summary]")) != 1 || !strings.HasPrefix(p.Title(), "Error: ") || len(times(p)) == 0 {
			t.Errorf("%q: want 422, an error summary, a title that says so, and times to choose: %s", start, p)
			continue
		}
		if got := p.Find("[data-error-summary]").Text(); !strings.Contains(got, why) {
			t.Errorf("%q: got %q, want %q", start, got, why)
		}
	}
}

// What cannot be a name, an email or a phone is refused at its field; what was typed stays.
func TestBadInput_Details(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	o := notary("en")
	c := h.person(t)
	p, _ := o.pick(t, c, 0)
	for _, tt := range []struct{ field, value, why string }{
		{"name", "", say("en", "field.name_required")},
		{"name", "   ", say("en", "field.name_required")},
		{"name", strings.Repeat("ä", 10_000), "too long"},
		{"name", "Maija\x00 Meikäläinen", say("en", "field.bad_characters")},
		{"name", "Maija\r\nBcc: everybody@example.org", say("en", "field.bad_characters")},
		{"email", "maija", say("en", "field.email")},
		{"email", "maija@", say("en", "field.email")},
		{"email", "maija@localhost..example", say("en", "field.email")},
		{"email", "a@example.org, b@example.org", say("en", "field.email")},
		{"email", "maija@example.org\r\nBcc: b@example.org", say("en", "field.email")},
		{"email", strings.Repeat("m", 10_000) + "@example.org", say("en", "field.email")},
		{"phone", "12", say("en", "field.phone")},
		{"phone", "call me", say("en", "field.phone")},
		{"phone", strings.Repeat("4", 500), say("en", "field.phone")},
		{"lang", "xx", say("en", "field.required")},
		{"note", strings.Repeat("n", 10_000), "too long"},
	} {
		f := o.answers(p.Form("details")).Set("note", "Kept in any case").Force(tt.field, tt.value)
		got := f.Submit(say("en", "common.continue"))
		if got.Status != http.StatusUnprocessableEntity || len(got.Errors()) != 1 || !strings.HasPrefix(got.Title(), "Error: ") {
			t.Errorf("%s %.40q: want 422 with one error: %s", tt.field, tt.value, got)
			continue
		}
		again := got.Form("details")
		label := map[string]string{
			"name": say("en", "details.name"), "email": say("en", "common.email"), "phone": say("en", "common.phone"), "note": say("en", "details.note"),
		}[tt.field]
		if label != "" && !strings.Contains(again.FieldError(tt.field), tt.why) {
			t.Errorf("%s %.40q: got %q at the field, want %q", tt.field, tt.value, again.FieldError(tt.field), tt.why)
		}
		if tt.field != "note" && again.Value("note") != "Kept in any case" || tt.field != "name" && again.Value("name") != o.name {
			t.Errorf("%s %.40q: what was typed in the other fields is not kept: %v", tt.field, tt.value, again.Values())
		}
		if !strings.ContainsAny(tt.value, "\x00\r") && tt.field != "lang" && again.Value(tt.field) != tt.value {
			t.Errorf("%s %.40q: what was typed is not kept: %.40q", tt.field, tt.value, again.Value(tt.field))
		}
		if summary := got.Find("[data-error-summary] a"); tt.field != "lang" && summary.Attr("href") != "#"+tt.field {
			t.Errorf("%s: the summary leads to %s, want the field", tt.field, summary.Attr("href"))
		}
	}
	turned := o // what turns the rest of a line around is dropped, and the name is taken
	turned.name = "Maija\u202e Meikäläinen"
	d, _ := turned.pick(t, h.person(t), 1)
	if got := turned.fill(d).MustStatus(http.StatusOK).MustText("Maija Meikäläinen"); strings.Contains(got.Text(), "\u202e") {
		t.Error("the name still turns the direction of what follows")
	}
	for _, name := range []string{"مريم الاختبار", "יעל בדיקה", "O’Specimen-Ääkkönen", "李 测试", "X Æ A-12", strings.Repeat("ä", 120), "<script>alert(1)</script>", "Robert'); DROP TABLE"} {
		who := o
		who.name = name
		d, start := who.pick(t, h.person(t), 1)
		check := who.fill(d).MustStatus(http.StatusOK).MustText(name)
		if name == "مريم الاختبار" {
			code := codeOn(t, "en", who.save(check))
			who.open(h.person(t), code).MustText(name)
			if who.isFree(h.person(t), start) {
				t.Errorf("%s is booked and still free", start)
			}
		}
	}
}

// A form sent twice is one booking; so is one sent again by the back button, and the confirmation is the same.
func TestBadInput_SentTwice(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := order{lang: "en", org: registerOffice, service: "name-change", office: "helsinki-albertinkatu", name: "John Doe"}
		units := len(h.config(t, registerOffice).Units("name-change", "helsinki-albertinkatu"))
		c := h.person(t)
		details, start := o.pick(t, c, 0)
		check := o.fill(details)
		first := codeOn(t, "en", o.save(check))
		for name, again := range map[string]func() *client.Page{
			"the button once more":          func() *client.Page { return o.save(check) },
			"the form of details once more": func() *client.Page { return o.fill(details) },
			"back to the check":             func() *client.Page { return check.Again() },
			"back to the details":           func() *client.Page { return details.Again() },
		} {
			if got := codeOn(t, "en", again().MustStatus(http.StatusOK)); got != first {
				t.Errorf("%s: got code %s, want the booking %s", name, got, first)
			}
		}
		for i := range units - 1 {
			if !o.isFree(h.person(t), start) {
				t.Fatalf("one booking takes %d of %d counters", units-i, units)
			}
			o.save(o.fill(press(t, h.person(t).Get(o.calendar()), start))).MustText(say("en", "done.title"))
		}
		if o.isFree(h.person(t), start) {
			t.Errorf("%d bookings at %d counters, and the time is still offered", units, units)
		}
	})
}

// A form from another site is refused, whatever it asks for.
func TestBadInput_FromAnotherSite(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	o := notary("en")
	c := h.person(t)
	details, start := o.pick(t, c, 0)
	check := o.fill(details)
	for name, f := range map[string]*client.Form{
		check.Path(): check.Form("check"), details.Path(): details.Form("details"), o.calendar(): c.Get(o.calendar()).Form(say("en", "pick.first")),
	} {
		p := c.FromElsewhere(name, f.Values())
		if p.Status != http.StatusForbidden || p.H1() != say("en", "error.csrf_title") {
			t.Errorf("%s: want 403 and the reason: %s", name, p)
		}
	}
	if !o.isFree(h.person(t), start) {
		t.Error("a form from another site has booked")
	}
	code := codeOn(t, "en", o.save(check))
	own := h.person(t)
	o.open(own, code)
	for _, path := range []string{"appointment/cancel", "appointment/details", "appointment", "look"} {
		own.FromElsewhere(o.url(path), own.Get(o.url("appointment/cancel")).Form(say("en", "cancel.cancel")).Values()).MustStatus(http.StatusForbidden)
	}
	o.open(h.person(t), code).MustText(say("en", "manage.status.booked"))
}

// Methods that a page does not know, bodies that are no forms or too large, and a time for which somebody has no cookie.
func TestBadInput_Requests(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	o := notary("en")
	c := h.person(t)
	if p := c.Raw("HEAD", o.calendar(), nil, ""); p.Status != http.StatusOK || len(p.Body) != 0 {
		t.Errorf("HEAD: want 200 and no body: %s", p)
	}
	for _, method := range []string{"PUT", "DELETE", "PATCH", "TRACE", "BREW"} {
		if p := c.Raw(method, o.calendar(), nil, ""); p.Status != http.StatusMethodNotAllowed || p.Header.Get("Allow") == "" {
			t.Errorf("%s: want 405 and which methods are allowed: %s", method, p)
		}
	}
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for name, tt := range map[string]struct {
		header http.Header
		body   string
		want   int
	}{
		"broken":    {form, "slot=%zz", http.StatusUnprocessableEntity},
		"too large": {form, "slot=" + strings.Repeat("x", 4<<20), http.StatusRequestEntityTooLarge},
		"no form":   {http.Header{"Content-Type": {"application/json"}}, `{"slot":1}`, http.StatusUnprocessableEntity},
		"nothing":   {form, "", http.StatusUnprocessableEntity},
	} {
		if p := c.Raw("POST", o.calendar(), tt.header, tt.body); p.Status != tt.want || p.H1() == "" {
			t.Errorf("%s: want %d and a page: %s", name, tt.want, p)
		}
	}
	// Without cookies nothing can be kept: the page says so instead of losing what is typed later.
	p := c.Get(o.calendar())
	choose := p.Form(say("en", "pick.first"))
	draft := choose.Force("slot", times(p)[0]).Submit("")
	c.ForgetCookies()
	if got := o.fill(draft); got.Status != http.StatusNotFound || got.H1() != say("en", "draft.lost_title") {
		t.Errorf("a draft without its cookie: want 404 and why: %s", got)
	}
	// Somebody else's draft is as unknown as one that never was.
	theirs, _ := o.pick(t, h.person(t), 0)
	if got := h.person(t).Get(theirs.Path()); got.Status != http.StatusNotFound || got.HasText(o.name) {
		t.Errorf("somebody else's draft: want 404: %s", got)
	}
}
