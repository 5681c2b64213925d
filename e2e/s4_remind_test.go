package e2e

import (
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/mailbox"
)

// Who has not read a letter after a week is told once more that something waits, and never what; who has read it is not.
func TestS4_5_RemindedAfterAWeek(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, email = i18n.Lang("sv"), "maija@example.org"
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", email, false)
		openBox(t, c, l)
		read := h.sendTo(t, "Canary 7001", "The canary 7002.", mailbox.Ordinary)
		h.sendTo(t, "Canary 7003", "The canary 7004.", mailbox.Ordinary)
		h.awaitMails(t, email, 3) // the code, and two of letters that came
		c.Get(my(l, "mailbox", "letter", string(read.ID))).MustText("The canary 7002.")
		h.skip(mailbox.RemindDays*24*time.Hour + time.Second)
		got := h.awaitMails(t, email, 4)
		last := got[3]
		if last.Subject != say(l, "mailbox.remind_subject") || !strings.Contains(last.Text, "/sv/my/") {
			t.Errorf("got %q: %q, want the reminder", last.Subject, last.Text)
		}
		if strings.Contains(last.Text+last.Subject, "anary") || strings.Contains(last.Text, "700") {
			t.Errorf("the reminder says something of the letter: %q", last.Text)
		}
		time.Sleep(2 * time.Second)
		h.awaitMails(t, email, 4) // and nothing more
	})
}
