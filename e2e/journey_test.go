package e2e

import (
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/e2e/browser"
)

// A person in a browser, with scripts.
func TestJourneyInBrowser(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := open(t, sqlite)
	for i, l := range languages() {
		o := []browser.Options{{}, {Width: 390, Height: 800}, {Width: 320, Height: 600, Dark: true}, {TextZoom: 2}}[i]
		o.Lang = string(l)
		journey(t, h, b.Tab(t, o), l)
	}
}

// The same without scripts, on PostgreSQL.
func TestJourneyWithoutJavaScript(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := open(t, postgres)
	for i, l := range languages() {
		o := []browser.Options{{Width: 320, Height: 600}, {}, {Width: 390, Height: 800, ForcedColours: true}, {Width: 390, Height: 800, TextZoom: 2}}[i]
		o.Lang, o.NoScript = string(l), true
		journey(t, h, b.Tab(t, o), l)
	}
}

// journey books in Vuorela from the bare address on, mends a slip, moves and cancels; every page on the way is clean and fits.
func journey(t *testing.T, h *house, tab *browser.Tab, l i18n.Lang) {
	t.Helper()
	o := passport(l)
	fits := func() {
		t.Helper()
		for _, s := range browser.Overflow(tab) {
			t.Errorf("%s: %s: %s", l, tab.Path(), s)
		}
		tab.MustBeClean()
		tab.Forget()
	}
	tab.Go(h.base + "/")
	if got, want := tab.Path(), "/"+string(l)+"/"; got != want {
		t.Fatalf("the bare address leads a browser that speaks %s to %s, want %s", l, got, want)
	}
	for _, link := range []string{
		h.config(t, vuorela).Org.Name.In(l), say(l, "front.book"), h.service(t, vuorela, o.service).Name.In(l), say(l, "service.book"),
		say(l, "places.choose", "place", h.placeName(t, o)),
	} {
		tab.Click(link)
		fits()
	}
	tab.Click(".lk-week button[name=slot]")
	tab.MustText(say(l, "details.title"))
	fits()
	tab.Click(say(l, "common.continue"))
	tab.MustText(say(l, "field.name_required"))
	if got := tab.Title(); !strings.HasPrefix(got, say(l, "ui.error_prefix")) {
		t.Errorf("%s: the title of a form with an error is %q", l, got)
	}
	fits()
	tab.Fill(say(l, "details.name"), o.name)
	tab.Fill(optional(l, "common.email"), "erika."+string(l)+"@example.org")
	tab.Fill(optional(l, "details.note"), "Kuulosilmukka")
	tab.Click(say(l, "common.continue"))
	tab.MustText(o.name, "Kuulosilmukka")
	fits()
	tab.Click(say(l, "check.save"))
	code := codeForm.FindString(tab.Text())
	if code == "" || tab.H1() != say(l, "done.title") {
		t.Fatalf("%s: want the confirmation with a code: %s", l, tab.Text())
	}
	fits()
	tab.Back()
	if tab.HasText(say(l, "check.save")) { // kept by the browser: pressing again is the same booking
		tab.Click(say(l, "check.save"))
	}
	tab.Go(h.base + o.url("booked"))
	tab.MustText(code)
	tab.Click(say(l, "done.manage"))
	fits()
	tab.Click(say(l, "manage.cancel"))
	fits()
	tab.Click(say(l, "cancel.cancel"))
	tab.MustText(say(l, "manage.done.cancelled"))
	fits()
	h.awaitMails(t, "erika."+string(l)+"@example.org", 2)
}

// optional is the label of a field that may stay empty.
func optional(l i18n.Lang, key string) string { return say(l, key) + " " + say(l, "ui.optional") }

// The keyboard alone, with scripts: the skip link first, then everything in the order it is read.
func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := open(t, sqlite)
	tab := b.Tab(t, browser.Options{})
	tab.Go(h.base + passport("en").calendar())
	tab.Press("Tab")
	if got, want := tab.Focused(), say("en", "ui.skip"); got != want {
		t.Fatalf("the first stop is %q, want %q", got, want)
	}
	tab.Press("Enter")
	for range 12 {
		tab.Press("Tab")
		var slot bool
		if tab.Eval("document.activeElement.name === 'slot'", &slot); slot {
			break
		}
	}
	tab.Press("Enter")
	tab.MustText(say("en", "details.title"))
	tab.Click(say("en", "common.continue"))
	tab.WaitFor("document.activeElement.hasAttribute('data-error-summary')")
	tab.Press("Tab")
	tab.Press("Enter")
	tab.WaitFor("document.activeElement.id === 'name'") // the link in the summary leads to the field
	for _, c := range "Jane Doe" {
		if c == ' ' {
			tab.Press("Space")
			continue
		}
		tab.Press(string(c))
	}
	tab.Press("Enter")
	tab.MustText("Jane Doe", say("en", "check.title"))
	tab.MustBeClean()
}

// A first visit fits a slow phone: less than 100 KB with everything.
func TestColdVisitUnder100KB(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := open(t, sqlite)
	for _, path := range []string{"/fi/register-office/", "/cs/vuorela/", passport("fi").calendar(), notary("cs").calendar(), "/fi/register-office/services"} {
		tab := b.Tab(t, browser.Options{Width: 390, Height: 800})
		tab.Go(h.base + path)
		if got := browser.Weight(tab); got.Total >= 100_000 || got.Total < 1000 || got.Requests > 10 {
			t.Errorf("%s: got %s in %d requests, want less than 100 KB in ten at most", path, got, got.Requests)
		} else {
			t.Logf("%s: %s", path, got)
		}
	}
}
