package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/e2e/client"
)

// The organisations of the demo: one that holds nothing while the form is filled in (S1.5), and one that holds a time for fifteen minutes.
const (
	registerOffice ids.Org = "register-office"
	vuorela        ids.Org = "vuorela"
)

// order is what somebody wants to book, and as whom.
type order struct {
	lang                     i18n.Lang
	org                      ids.Org
	service, office          string
	name, email, phone, note string
}

// notary is an order at the register office for which there is one room only: whoever saves first has the time.
func notary(l i18n.Lang) order {
	return order{lang: l, org: registerOffice, service: "notary", office: "helsinki-albertinkatu", name: "Maija Meikäläinen"}
}

// passport is an order in Vuorela, where times are held.
func passport(l i18n.Lang) order {
	return order{lang: l, org: vuorela, service: "passport-or-id", office: "kallio", name: "Erika Exempel"}
}

func (o order) url(parts ...string) string {
	return "/" + string(o.lang) + "/" + string(o.org) + "/" + strings.Join(parts, "/")
}

func (o order) calendar() string { return o.url("book", o.service, o.office) }

// in is the same order in another language.
func (o order) in(l i18n.Lang) order { o.lang = l; return o }

// times are the starts that a page of free times offers in its week, as its buttons say them.
func times(p *client.Page) []string {
	var all []string
	for _, b := range p.All("ol button[name=slot]") {
		all = append(all, b.Attr("value"))
	}
	return all
}

// press chooses a time of the week's calendar by its start.
func press(t *testing.T, p *client.Page, start string) *client.Page {
	t.Helper()
	for _, b := range p.All("ol button[name=slot]") {
		if b.Attr("value") == start {
			return p.Click(strings.Join(strings.Fields(b.Text()), " "))
		}
	}
	t.Fatalf("the page offers %q, not %s: %s", times(p), start, p)
	return nil
}

// pick opens the calendar and chooses the n-th free time it shows; it returns the page of details and the start.
func (o order) pick(t *testing.T, c *client.Client, n int) (*client.Page, string) {
	t.Helper()
	p := c.Get(o.calendar()).MustStatus(http.StatusOK)
	free := times(p)
	if len(free) <= n {
		t.Fatalf("got %d free times, want more than %d: %s", len(free), n, p)
	}
	return press(t, p, free[n]), free[n]
}

// fill answers the questions about the person and goes on.
func (o order) fill(p *client.Page) *client.Page {
	return o.answers(p.Form("details")).Submit(say(o.lang, "common.continue"))
}

func (o order) answers(f *client.Form) *client.Form {
	return f.Set(say(o.lang, "details.name"), o.name).Set("email", o.email).Set("phone", o.phone).Set("note", o.note)
}

// save presses the button that books.
func (o order) save(p *client.Page) *client.Page { return p.Click(say(o.lang, "check.save")) }

// book goes all the way with the n-th free time; it returns the confirmation, the code and the start.
func (o order) book(t *testing.T, c *client.Client, n int) (done *client.Page, code, start string) {
	t.Helper()
	p, start := o.pick(t, c, n)
	done = o.save(o.fill(p)).MustStatus(http.StatusOK)
	return done, codeOn(t, o.lang, done), start
}

var codeForm = regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}\b`)

// codeOn is the booking code that a confirmation shows; a page that confirms nothing ends the test.
func codeOn(t *testing.T, l i18n.Lang, p *client.Page) string {
	t.Helper()
	code := codeForm.FindString(p.Text())
	if code == "" || p.H1() != say(l, "done.title") {
		t.Fatalf("want the confirmation with a code: %s", p)
	}
	return code
}

// open opens a booking by its code in a browser that knows nothing of it.
func (o order) open(c *client.Client, code string) *client.Page {
	return c.Get(o.url("appointment")).Form(say(o.lang, "code.open")).Set("code", code).Submit("")
}

// config is what an organisation of the demo has configured.
func (h *house) config(t *testing.T, o ids.Org) *catalog.Config {
	t.Helper()
	c, err := h.app.Store.Config(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (h *house) service(t *testing.T, o ids.Org, id string) *catalog.Service {
	t.Helper()
	s, err := h.config(t, o).Service(ids.Service(id))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// placeName is what an office is called.
func (h *house) placeName(t *testing.T, o order) string {
	t.Helper()
	office, err := h.config(t, o.org).Office(ids.Office(o.office))
	if err != nil {
		t.Fatal(err)
	}
	return office.Name.In(o.lang)
}

// inWords is a start as pages write it: "Monday 23 November 2026", "9:20".
func (h *house) inWords(t *testing.T, o order, start string) (day, clock string) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	at = at.In(h.config(t, o.org).Zone())
	p := texts().Printer(o.lang)
	return p.LongDate(at), p.Clock(at)
}

// isFree says whether the calendar offers a start.
func (o order) isFree(c *client.Client, start string) bool {
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		return false
	}
	year, week := at.ISOWeek()
	p := c.Get(o.calendar() + "?week=" + weekValue(year, week)).MustStatus(http.StatusOK)
	return slices.Contains(times(p), start)
}

func weekValue(year, week int) string {
	return fmt.Sprintf("%d-W%02d", year, week)
}
