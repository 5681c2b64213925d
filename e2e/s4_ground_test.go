package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/domain/org"
)

// Whoever runs the installation enters a law that comes into force: until the last second of the day before, who wants paper gets paper; from midnight on letters come without. The person is told
// beforehand, with the law. A mistake keeps what was typed, and the change is in the log. The days until a reminder are set on the same page.
func TestS4_1_ALawIsARowMore(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, at, source = i18n.Lang("en"), "/en/admin/installation/settings/mailbox", "A 1/2026, 5 §"
		c := h.withBox(t, l)
		zone := h.config(t, vuorela).Zone()
		first := org.DateOf(h.app.Now().In(zone)).Add(2)
		paper := say(l, "mailbox.settings.paper_button")
		settings := c.Get(my(l, "mailbox", "settings"))
		if settings.HasText(say(l, "mailbox.grounds")) {
			t.Error("a law is told of, and there is none")
		}
		settings.Form(paper).Set(say(l, "mailbox.settings.until"), "31.12.2099").Submit(paper).MustText(say(l, "mailbox.settings.paper_saved"))

		admin := h.atWork(t, "system", actor.Grant{Role: actor.RoleSystemAdmin})
		save := say(l, "thing.save_now")
		p := admin.Get(at).MustStatus(http.StatusOK).MustText(say(l, "thing.mailbox.age_from.label"), say(l, "thing.mailbox.remind_days.label"))
		f := p.Form(save).Force("mailbox--grounds--0--from", first.String()).Force("mailbox--grounds--0--for", "everybody").Force("mailbox--grounds--0--source", source)
		p = f.Submit(save).MustStatus(http.StatusUnprocessableEntity)
		if !strings.Contains(string(p.Body), source) || !strings.Contains(string(p.Body), "everybody") {
			t.Error("what was typed is lost")
		}
		p.Form(save).Force("mailbox--grounds--0--for", "people").Force("mailbox--remind_days", "3").Submit(save).MustText("Saved")
		admin.Get("/en/admin/installation/audit").MustText("installation")

		day := i18n.MustLoad().Printer(l).ShortDate(first.At(0, zone))
		c.Get(my(l, "mailbox", "settings")).MustText(say(l, "mailbox.ground_must", "date", day, "source", source), "From "+day+" on", "("+source+")")
		begins := first.At(0, zone)
		h.stopAt(begins.Add(-time.Second))
		if sent := h.sendTo(t, "The last on paper", "a", mailbox.Ordinary); sent.Channel != mailbox.Paper {
			t.Errorf("the last second before the law: got %s, want paper", sent.Channel)
		}
		h.stopAt(begins)
		if sent := h.sendTo(t, "The first without paper", "b", mailbox.Ordinary); sent.Channel != mailbox.Electronic {
			t.Errorf("the first second of the law: got %s, want the mailbox", sent.Channel)
		}
	})
}

// The blank form of consent is on the public pages, in each language.
func TestS4_10_TheFormOfConsent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		c := h.person(t)
		for _, l := range i18n.Languages() {
			p := c.Get("/" + string(l.Code) + "/mailbox/forms").MustStatus(http.StatusOK).Click(say(l.Code, "portal.forms.consent")).MustStatus(http.StatusOK)
			if p.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(string(p.Body), "%PDF-") {
				t.Errorf("%s: got %s", l.Code, p.Header.Get("Content-Type"))
			}
		}
	})
}
