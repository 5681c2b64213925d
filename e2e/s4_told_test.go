package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
)

// Where the mail that says that a letter came cannot be delivered, a text message says it instead, to a number that was proven; without one the sender learns that nobody could be told. Mail that is only late
// is tried again, and nobody is texted for it. The letter is there all the same.
func TestS4_5_MailThatCannotBeDeliveredIsFollowedByAText(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, email, number = i18n.Lang("cs"), "maija@example.org", "+358401234567"
		h.troubled = true // what could not be delivered is in the log
		program := h.mailKey(t, actor.LetterSend)
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", email, false)
		openBox(t, c, l)
		fails := func(how string) { h.person(t).Get("/cs/dev/outbox").Click(say(l, "dev.fail."+how)) }
		went := func(at string) (ok, failed int) {
			t.Helper()
			for _, m := range h.mails(t, at) {
				if strings.Contains(m.Text+m.Subject, "anary") {
					t.Errorf("a notice says something of the letter: %q", m.Text)
				}
				if m.Event != "arrival.told" {
					continue
				}
				if m.Failure == "" {
					ok++
				} else {
					failed++
				}
			}
			return ok, failed
		}

		// Nobody can be told: the sender learns of it, and the letter is there.
		fails("permanent")
		first := h.sendTo(t, "Canary 9001", "The canary 9002.", mailbox.Ordinary)
		seen, next := program.until(0, first.ID, mailbox.Unreached)
		if slices.Contains(seen, mailbox.Told) {
			t.Errorf("got %v, want that nobody was told", seen)
		}
		c.Get(my(l, "mailbox")).MustText("Canary 9001")

		// Only late: the mail is tried again.
		fails("temporary")
		second := h.sendTo(t, "Canary 9003", "The canary 9004.", mailbox.Ordinary)
		h.eventually(t, "the mail is tried again", func() bool { h.skip(1e9); ok, _ := went(email); return ok == 1 })
		seen, next = program.until(next, second.ID, mailbox.Told)
		if slices.Contains(seen, mailbox.Unreached) {
			t.Errorf("got %v, want that they were told", seen)
		}

		// With a number of their own, which they did not tick, a text message follows, once, in their language.
		h.ownsNumber(t, c, l, number)
		fails("permanent")
		third := h.sendTo(t, "Canary 9005", "The canary 9006.", mailbox.Verifiable)
		seen, _ = program.until(next, third.ID, mailbox.Told)
		if slices.Contains(seen, mailbox.Unreached) {
			t.Errorf("got %v, want that they were told", seen)
		}
		if ok, failed := went(email); ok != 1 || failed != 3 {
			t.Errorf("%d mails went and %d failed, want 1 and 3", ok, failed)
		}
		if ok, failed := went(number); ok != 1 || failed != 0 {
			t.Errorf("%d text messages went and %d failed, want 1", ok, failed)
		}
		texts := h.mails(t, number)
		if last := texts[len(texts)-1]; last.Lang != l || !strings.Contains(last.Text, "/cs/my/") {
			t.Errorf("got the text message %+v", last)
		}
		c.Get(my(l, "mailbox")).MustStatus(http.StatusOK).MustText(say(l, "mailbox.list.waits"))
	})
}
