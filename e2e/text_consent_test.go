package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/consent"
	"luukku/domain/notify"
)

// Everybody sees what may be sent to the number and the address on record, changes it, and sees what was said before with its date and how it was said.
func TestS5_7_MessagesToMeAreSeenChangedAndTakenBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number, o = i18n.Lang("en"), "+358401234567", ids.Org("oral-health")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		at := my(l, "messages", string(o))
		c.Get(at).MustStatus(http.StatusOK).MustText(say(l, "consent.none_sms"))
		h.ownsNumber(t, c, l, number)
		p := c.Get(at).MustStatus(http.StatusOK).MustText("040 1234567", "maija@example.org")
		f := p.Form(say(l, "consent.save"))
		for name, want := range map[string]bool{"sms-appointments": true, "sms-reminders": true, "sms-offers": false, "sms-care": false, "email-offers": true} {
			if f.Checked(name) != want {
				t.Errorf("%s: got %v, want %v before anything was said", name, !want, want)
			}
		}
		p = f.Uncheck("sms-reminders").Check("sms-care").Submit(say(l, "consent.save")).MustStatus(http.StatusOK).MustText(say(l, "consent.saved"), say(l, "consent.basis_page"))
		if f := p.Form(say(l, "consent.save")); f.Checked("sms-reminders") || !f.Checked("sms-care") {
			t.Error("what was chosen is not kept")
		}
		p.Form(say(l, "consent.save")).Uncheck("sms-care").Submit(say(l, "consent.save")).MustStatus(http.StatusOK)
		history, err := h.app.Consent.History(t.Context(), o, notify.SMS, number)
		if err != nil || len(history) != 3 {
			t.Fatalf("got %+v (%v), want three rows: nothing is written over", history, err)
		}
		for _, r := range history {
			if r.At == 0 || r.Basis != consent.OnPage {
				t.Errorf("got %+v, want its date and that it was on the page", r)
			}
		}
		c.Get(my(l, "messages", "nowhere")).MustStatus(http.StatusNotFound)
	})
}

// A clerk tells a person which number is on record, and writes down what they say about messages to it: with its date, and that it was at the desk.
func TestS5_7_ConsentAtTheDesk(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := notary(l)
		o.phone = "+358401234568"
		_, code, _ := o.book(t, h.person(t), 8)
		a, err := h.app.Booking.Find(t.Context(), actor.Visitor(nil, "test"), o.org, code)
		if err != nil {
			t.Fatal(err)
		}
		c := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		p := c.Get(deskAt(l, o.org, string(a.ID))).MustStatus(http.StatusOK).MustText("040 1234568")
		p.Form(say(l, "consent.save")).Uncheck("may-reminders").Check("may-offers").Submit(say(l, "consent.save")).MustStatus(http.StatusOK)
		history, err := h.app.Consent.History(t.Context(), o.org, notify.SMS, o.phone)
		if err != nil || len(history) != 2 {
			t.Fatalf("got %+v (%v)", history, err)
		}
		for _, r := range history {
			if r.Basis != consent.AtDesk || r.ByKind != actor.KindStaff || r.Given != (r.Scope == consent.Offers) {
				t.Errorf("got %+v", r)
			}
		}
		if text := c.Get(deskAt(l, o.org, string(a.ID))).Text(); !strings.Contains(text, say(l, "consent.basis_desk")) {
			t.Errorf("the page does not say how it was said: %s", text)
		}
	})
}
