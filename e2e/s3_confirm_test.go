package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/e2e/client"
)

// newAddress is an order at the counter that serves one person at a time.
func newAddress(l i18n.Lang, email string) order {
	return order{lang: l, org: townHall, service: "residence-registration", office: "administrative-department", name: "Jana Nováková", email: email}
}

// free are the free times of a week, at least two.
func (o order) free(t *testing.T, h *house, week string) []string {
	t.Helper()
	p := h.person(t).Get(o.calendar() + "?week=" + week).MustStatus(http.StatusOK)
	all := times(p)
	if len(all) < 2 {
		t.Fatalf("got %d times in week %s: %s", len(all), week, p)
	}
	return all
}

// reserve goes as far as a booking that waits for its mailed link, at a start; it returns the page and the identification code.
func (o order) reserve(t *testing.T, c *client.Client, start string) (*client.Page, string) {
	t.Helper()
	year, week := moment(t, start).ISOWeek()
	p := press(t, c.Get(o.calendar()+"?week="+weekValue(year, week)).MustStatus(http.StatusOK), start)
	p = o.save(o.fill(p)).MustStatus(http.StatusOK)
	code := codeForm.FindString(p.Text())
	if p.H1() != say(o.lang, "confirm.title") || code == "" {
		t.Fatalf("want a booking that waits for its link, with a code: %s", p)
	}
	return p, code
}

// confirming is the link of a mail.
func (h *house) confirming(t *testing.T, m mail) string {
	t.Helper()
	for _, l := range m.Links {
		if strings.Contains(l, "/link/") {
			return h.path(t, l)
		}
	}
	t.Fatalf("the mail has no link that confirms: %q", m.Links)
	return ""
}

var pinForm = regexp.MustCompile(`\b\d{3} \d{3}\b`)

// A booking is confirmed by the mailed link within 15 minutes of the reservation: in the last second it is, one second later it has lapsed, and in that
// second the time is anybody's.
func TestS3_2_ConfirmWithinFifteenMinutesToTheSecond(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("cs")
		saved := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
		last := saved.Add(15 * time.Minute)
		h.stopAt(saved)
		in, late, next := newAddress(l, "in@example.org"), newAddress(l, "late@example.org"), newAddress(l, "next@example.org")
		free := in.free(t, h, "2026-W49")
		mine, theirs := free[0], free[1]
		p, code := in.reserve(t, h.person(t), mine)
		p.MustText(texts().Printer(l).Clock(last.In(h.config(t, townHall).Zone())))
		late.reserve(t, h.person(t), theirs)
		first, second := h.awaitMails(t, in.email, 1)[0], h.awaitMails(t, late.email, 1)[0]
		if !strings.Contains(first.Text, code) {
			t.Errorf("the mail does not have the identification code %s: %s", code, first.Text)
		}

		h.stopAt(last.Add(-time.Second))
		early := h.person(t).Get(h.confirming(t, second)).MustText(say(l, "link.confirm_title"))
		if in.isFree(h.person(t), mine) || late.isFree(h.person(t), theirs) {
			t.Error("a time that waits to be confirmed is free for others")
		}

		h.stopAt(last) // the last second
		if next.isFree(h.person(t), theirs) {
			t.Error("in the last second of its window the time is free for others")
		}
		done := h.person(t).Get(h.confirming(t, first)).Click(say(l, "link.confirm")).MustStatus(http.StatusOK)
		done.MustText(say(l, "done.title"), code)

		h.stopAt(last.Add(time.Second))
		if in.isFree(h.person(t), mine) {
			t.Error("a confirmed time is free")
		}
		if !next.isFree(h.person(t), theirs) {
			t.Error("one second after its window the time is not free")
		}
		early.Click(say(l, "link.confirm")).MustStatus(http.StatusGone).MustText(say(l, "link.lapsed_title"))
		_, taken := next.reserve(t, h.person(t), theirs) // in the very second
		gone := h.person(t).Get(h.confirming(t, second)).MustStatus(http.StatusGone).MustText(say(l, "link.lapsed_title"))
		gone.Click(say(l, "link.again")).MustStatus(http.StatusOK).MustText(h.service(t, townHall, late.service).Name.In(l))
		if m := h.awaitMails(t, next.email, 1)[0]; !strings.Contains(m.Text, taken) {
			t.Errorf("the mail to who has the time now does not have its code: %s", m.Text)
		}
	})
}

// Opening the link confirms nothing: a mail scanner does that first. The person's button does, and the link then shows the booking. The mail can be sent
// again, which gives no more time, and an address that was mistyped can be mended.
func TestS3_2_ScannerResendAndTheLinkAfterwards(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	zone := h.config(t, townHall).Zone()
	for i, l := range languages() {
		saved := time.Date(2026, time.November, 23, 9+i, 0, 0, 0, time.UTC)
		h.stopAt(saved)
		o := newAddress(l, "jana."+string(l)+"@example.org")
		start := o.free(t, h, "2026-W50")[0]
		c := h.person(t)

		// Without an address nothing can be confirmed: the form says so, and keeps what was typed.
		p := press(t, c.Get(o.calendar()+"?week=2026-W50"), start)
		without := o
		without.email = ""
		p = without.fill(p).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.email_required"))
		if got := p.Form("details").Value(say(l, "details.name")); got != o.name {
			t.Errorf("%s: got the name %q, want what was typed", l, got)
		}
		p = o.save(o.fill(p)).MustStatus(http.StatusOK).MustText(say(l, "confirm.title"))
		code := codeForm.FindString(p.Text())

		first := h.awaitMails(t, o.email, 1)[0]
		link := h.confirming(t, first)
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
			scan := h.person(t).Raw(method, link, nil, "").MustStatus(http.StatusOK)
			if method == http.MethodGet && (scan.HasText(code) || scan.HasText(o.name)) {
				t.Errorf("%s: opening the link alone shows the booking: %s", l, scan)
			}
		}
		c.Get(o.url("booked")).MustText(say(l, "confirm.title"))

		h.stopAt(saved.Add(10 * time.Minute))
		p = c.Get(o.url("booked")).Click(say(l, "confirm.resend")).MustStatus(http.StatusOK).MustText(say(l, "confirm.resent"))
		p.MustText(texts().Printer(l).Clock(saved.Add(15 * time.Minute).In(zone)))
		again := h.awaitMails(t, o.email, 2)[1]

		h.stopAt(saved.Add(15 * time.Minute))
		person := h.person(t)
		done := person.Get(h.confirming(t, again)).Click(say(l, "link.confirm")).MustStatus(http.StatusOK).MustText(say(l, "done.title"), code)
		if strings.Contains(done.URL, "link") || strings.Contains(done.URL, code) {
			t.Errorf("%s: the booking is shown under %s, want a clean address", l, done.URL)
		}
		h.awaitMails(t, o.email, 3)
		h.stopAt(saved.Add(15*time.Minute + time.Second))
		for _, m := range []mail{first, again} { // afterwards both show the booking, and confirm nothing anew
			p := h.person(t).Get(h.confirming(t, m)).MustText(say(l, "link.title")).Click(say(l, "link.open")).MustStatus(http.StatusOK)
			p.MustText(code, say(l, "manage.status.booked"))
		}
		if got := len(h.mails(t, o.email)); got != 3 {
			t.Errorf("%s: got %d mails, want one to confirm, the same again, and the confirmation", l, got)
		}
	}
}

// The window is fifteen minutes of time that passes, also over the hour that a clock change skips.
func TestS3_2_WindowOverTheClockChange(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	saved := time.Date(2027, time.March, 28, 0, 50, 0, 0, time.UTC) // 1:50 in Trutnov; ten minutes later it is 3:00
	h.stopAt(saved)
	o := newAddress(l, "night@example.org")
	start := o.free(t, h, "2027-W13")[0]
	p, _ := o.reserve(t, h.person(t), start)
	p.MustText("3:05")
	m := h.awaitMails(t, o.email, 1)[0]
	h.stopAt(saved.Add(15*time.Minute + time.Second))
	h.person(t).Get(h.confirming(t, m)).MustStatus(http.StatusGone)
	h.stopAt(saved.Add(15 * time.Minute))
	h.person(t).Get(h.confirming(t, m)).MustStatus(http.StatusOK).MustText("3:05")
}

// The PIN comes with the confirmation, on the page and by mail, and not before; it says from when until when it is good.
func TestS3_3_PINOnConfirmation(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.stopAt(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC))
		pins := map[string]bool{}
		for _, l := range languages() {
			o := newAddress(l, "pin."+string(l)+"@example.org")
			free := o.free(t, h, "2026-W49")
			p, _ := o.reserve(t, h.person(t), free[0])
			m := h.awaitMails(t, o.email, 1)[0]
			if p.HasText(say(l, "confirm.pin")) || strings.Contains(m.Text, say(l, "confirm.pin")+":") {
				t.Errorf("%s: the PIN is told before the booking is confirmed", l)
			}
			done := h.person(t).Get(h.confirming(t, m)).Click(say(l, "link.confirm")).MustStatus(http.StatusOK)
			at := moment(t, free[0]).In(h.config(t, townHall).Zone())
			done.MustText(say(l, "confirm.pin_hint", "window", texts().Printer(l).ClockRange(at.Add(-15*time.Minute), at.Add(15*time.Minute))))
			pin := pinForm.FindString(done.Text())
			mailed := h.awaitMails(t, o.email, 2)[1]
			if pin == "" || !strings.Contains(mailed.Text, pin) || !strings.Contains(mailed.HTML, pin) {
				t.Errorf("%s: got PIN %q on the page, want the same in the mail: %s", l, pin, mailed.Text)
			}
			if strings.Contains(mailed.Subject, pin) {
				t.Errorf("%s: the PIN is in the subject", l)
			}
			pins[pin] = true
		}
		if len(pins) != len(languages()) {
			t.Errorf("got PINs %v, want another for each booking", pins)
		}
	})
}
