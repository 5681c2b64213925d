package e2e

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/e2e/browser"
)

// The product's default: a picked time is kept for fifteen minutes while the form is filled in, nobody else sees it, and it can be kept longer.
func TestHold_FifteenMinutes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, l := range languages() {
			o := passport(l)
			c := h.person(t)
			units := len(h.config(t, vuorela).Units("passport-or-id", "kallio"))
			p, start := o.pick(t, c, 20+i)
			until, err := time.Parse(time.RFC3339, p.Find("[data-hold-until]").Attr("data-hold-until"))
			if err != nil {
				t.Fatal(err)
			}
			p.MustText(say(l, "hold.until", "time", texts().Printer(l).Clock(until)))
			for range units - 1 { // the other counters are held by others
				press(t, h.person(t).Get(o.calendar()), start).MustStatus(http.StatusOK)
			}
			if o.isFree(h.person(t), start) {
				t.Errorf("%s: %s is held at all %d counters and still offered", l, start, units)
			}
			h.pass(t, aMinute)
			f := o.answers(p.Form("details"))
			p = f.Submit(say(l, "hold.more", "time", holdLength(l))).MustStatus(http.StatusOK)
			if got := p.Form("details").Value("name"); got != o.name {
				t.Errorf("%s: after asking for more time the name is %q, want %q kept", l, got, o.name)
			}
			// The others' holds run out in fifteen minutes, ours a minute later.
			done := o.save(o.answers(p.Form("details")).Submit(say(l, "common.continue")))
			codeOn(t, l, done)
			h.pass(t, aHold)
			if !o.isFree(h.person(t), start) {
				t.Errorf("%s: the holds of others have run out, and %s is not free", l, start)
			}
		}
	})
}

func holdLength(l i18n.Lang) string {
	return texts().Printer(l).Deadline(15 * time.Minute)
}

// A hold that ran out loses nothing: the time is taken again when it is free, and the page says so.
func TestHold_RanOutAndTakenAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, l := range languages() {
			o := passport(l)
			p, start := o.pick(t, h.person(t), 20+i)
			check := o.answers(p.Form("details")).Submit("") // the Enter key goes on; it does not ask for more time
			if check.H1() != say(l, "check.title") {
				t.Fatalf("%s: the Enter key in a field leads to %q", l, check.H1())
			}
			h.pass(t, aHold)
			late := check.Again().MustStatus(http.StatusOK).MustText(say(l, "hold.over"), o.name)
			done := o.save(late)
			codeOn(t, l, done)
			done.MustText(say(l, "done.retaken"))
			day, _ := h.inWords(t, o, start)
			done.MustText(day)
		}
	})
}

// A hold that ran out while somebody else took the time: told plainly, everything kept, another time booked.
func TestHold_RanOutAndLost(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, l := range languages() {
			o := passport(l)
			o.email, o.note = "erika."+string(l)+"@example.org", "Tulkki"
			slow := h.person(t)
			p, start := o.pick(t, slow, 20+i)
			check := o.fill(p)
			h.pass(t, aHold)
			for range h.config(t, vuorela).Units("passport-or-id", "kallio") {
				rival := passport("en")
				rival.save(rival.fill(press(t, h.person(t).Get(o.in("en").calendar()), start))).MustText(say("en", "done.title"))
			}
			lost := o.save(check)
			if lost.Status != http.StatusConflict || slices.Contains(times(lost), start) {
				t.Fatalf("%s: want 409 and other times: %s", l, lost)
			}
			lost.MustText(say(l, "pick.kept"))
			again := press(t, lost, times(lost)[0]).MustText(o.name, o.email, o.note)
			codeOn(t, l, o.save(again))
		}
	})
}

// One live hold per visitor: choosing another time gives the first one back.
func TestHold_AnotherTimeGivesTheFirstBack(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	o := passport("en")
	c := h.person(t)
	o.service, o.office = "building-permit-advice", "satama"
	if got, want := len(h.config(t, vuorela).Units("building-permit-advice", "satama")), 1; got != want {
		t.Fatalf("got %d counters, want %d", got, want)
	}
	_, first := o.pick(t, c, 10)
	if o.isFree(h.person(t), first) {
		t.Fatalf("%s is held and still offered", first)
	}
	_, second := o.pick(t, c, 12)
	if !o.isFree(h.person(t), first) || o.isFree(h.person(t), second) {
		t.Errorf("want %s given back and %s held", first, second)
	}
}

// With scripts, a dialog offers more time before the hold runs out; the button in it keeps what was typed.
func TestHold_DialogInTheBrowser(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := open(t, sqlite)
	o := passport("en")
	tab := b.Tab(t, browser.Options{Width: 390, Height: 800})
	tab.Go(h.base + o.calendar())
	tab.Click(".lk-week button[name=slot]")
	h.skip(15*time.Minute - 20*time.Second)
	tab.Go(tab.URL()) // the dialog comes when half of what is left has gone by
	tab.Fill(say("en", "details.name"), o.name)
	tab.WaitFor("document.querySelector('dialog[open]')")
	for _, v := range browser.Axe(tab, browser.AxeOptions{}) {
		t.Errorf("with the dialog open: axe: %s", v)
	}
	tab.Click("[open] button[type=submit]")
	tab.MustText(say("en", "details.title"))
	if got := tab.Value(say("en", "details.name")); got != o.name {
		t.Errorf("after asking for more time the name is %q, want %q", got, o.name)
	}
	tab.MustBeClean()
}
