package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/pdf/pdftest"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/mailbox"
)

// A clerk records on a person's page that they agreed to letters without paper, with the form or by phone, and that they took it back: the letters go that way, and the person reads in their mailbox who
// recorded it. Without a mailbox a consent changes nothing, and the page says so.
func TestS4_8_AnOfficeRecordsConsent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		desk := h.clerk(t, "Kalle Clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		p := desk.Get("/en/staff/vuorela/people")
		p = p.Form(say(l, "people.search")).Set("identifier", "140385-902F").Submit(say(l, "people.search"))
		p.Form(say(l, "people.open")).Set("reason", "At the counter").Submit(say(l, "people.open")).MustText("Maija")
		page := "/en/staff/vuorela/person/letters"
		p = desk.Get("/en/staff/vuorela/person").Click(say(l, "paper.consent.title")).MustText(say(l, "paper.consent.state_none"))
		record := say(l, "people.record")
		p.Form(record).Submit(record).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "error.field.choose"))
		records := func(what, how string) {
			t.Helper()
			p := desk.Get(page)
			p.Form(record).Set(say(l, "paper.consent.what"), say(l, "paper.consent.what_"+what)).Set(say(l, "paper.consent.how"), say(l, "paper.consent.how_"+how)).Submit(record).MustText(say(l, "people.done_recorded"))
		}
		way := func(want mailbox.Channel) {
			t.Helper()
			if sent := h.sendTo(t, "A letter", "What it says.", mailbox.Ordinary); sent.Channel != want {
				t.Errorf("went by %s, want %s", sent.Channel, want)
			}
		}
		records("given", "form")
		desk.Get(page).MustText(say(l, "paper.consent.state_no_mailbox"))
		way(mailbox.Paper)
		openBox(t, c, l)
		way(mailbox.Electronic)
		records("ended", "phone")
		way(mailbox.Paper)
		records("given", "phone")
		desk.Get(page).MustText(say(l, "paper.consent.state_given"), say(l, "paper.consent.how_phone"), say(l, "paper.consent.how_form"))
		way(mailbox.Electronic)
		c.Get(my(l, "mailbox", "settings")).MustText(say(l, "mailbox.settings.recorded", "basis", say(l, "mailbox.settings.basis_consent"), "org", h.config(t, vuorela).Org.Name.In(l)))
		if n := h.audited(t, vuorela, audit.ConsentRecorded); n != 2 {
			t.Errorf("%d lines of consents recorded, want 2", n)
		}
		for _, lang := range []i18n.Lang{"fi", "sv", "en", "cs"} {
			form := desk.Get("/" + string(lang) + "/staff/vuorela/person/letters/document.pdf").MustStatus(http.StatusOK)
			text := strings.Join(strings.Fields(pdftest.Text(t, form.Body)), " ")
			for _, key := range []string{"paper.consent.form_title", "paper.consent.form_known", "paper.consent.form_code", "paper.consent.form_signed"} {
				if !strings.Contains(text, say(lang, key)) {
					t.Errorf("%s: the form has no %q: %s", lang, say(lang, key), text)
				}
			}
		}
	})
}
