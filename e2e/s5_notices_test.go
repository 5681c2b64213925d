package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
)

var shortLink = regexp.MustCompile(`https?://\S+/l/[0-9a-z]+`)

// Who gives a mobile number is told by text message, too: first the link that confirms, then the code and the PIN, in their language and in few words.
func TestS3_3_PINBySMS(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, l := range []i18n.Lang{"fi", "sv", "en", "cs"} {
			h.stopAt(time.Date(2026, time.November, 23, 9+i, 0, 0, 0, time.UTC))
			o := newAddress(l, string(l)+"@example.org")
			number := "+42060112345" + string(rune('0'+i))
			o.phone = number
			_, code := o.reserve(t, h.person(t), o.free(t, h, "2026-W49")[i])
			asked := h.awaitMails(t, number, 1)[0]
			link := shortLink.FindString(asked.Text)
			if link == "" || asked.Lang != l {
				t.Fatalf("%s: the text message has no short link: %+v", l, asked)
			}
			p := h.person(t).Get(h.path(t, link)).MustStatus(http.StatusOK).Click(say(l, "link.confirm")).MustStatus(http.StatusOK)
			pin := strings.ReplaceAll(pinForm.FindString(p.Text()), " ", "")
			told := h.awaitMails(t, number, 2)[1]
			if pin == "" || !strings.Contains(told.Text, code) || !strings.Contains(told.Text, "PIN "+pin) {
				t.Errorf("%s: got %q, want the code %s and the PIN %s", l, told.Text, code, pin)
			}
			// Addresses of tests are long, so the link is left out of the count: it may take 40 characters where it is short.
			if n := len([]rune(shortLink.ReplaceAllString(told.Text, ""))); n > 120 {
				t.Errorf("%s: %d characters beside the link do not fit into one message: %q", l, n, told.Text)
			}
		}
	})
}

// A reminder comes in the minute that the policy says and once, follows a time that is moved, and vanishes with one that is cancelled; who booked later than
// its moment gets none, and at night it waits for the morning.
func TestS5_6_ReminderAtItsMinuteOnceAndNotAtNight(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number = i18n.Lang("cs"), "+420601123456"
		saved := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
		h.stopAt(saved)
		o := newAddress(l, "reminded@example.org")
		o.phone = number
		start := o.free(t, h, "2026-W49")[1]
		o.reserve(t, h.person(t), start)
		link := h.path(t, shortLink.FindString(h.awaitMails(t, number, 1)[0].Text))
		h.person(t).Get(link).Click(say(l, "link.confirm")).MustStatus(http.StatusOK)
		h.awaitMails(t, number, 2)

		// settled waits until all that is due was done: a booking of somebody else is told of.
		n := 0
		settled := func() {
			n++
			other := newAddress(l, "other"+string(rune('0'+n))+"@example.org")
			other.reserve(t, h.person(t), other.free(t, h, "2026-W50")[n])
			h.awaitMails(t, other.email, 1)
		}
		due := moment(t, start).Add(-24 * time.Hour)
		h.stopAt(due.Add(-time.Second))
		settled()
		h.awaitMails(t, number, 2)
		h.stopAt(due)
		reminder := h.awaitMails(t, number, 3)[2]
		if reminder.Event != "appointment.reminder" || codeForm.FindString(reminder.Text) == "" {
			t.Errorf("got %+v, want a reminder with the code", reminder)
		}
		h.stopAt(due.Add(time.Hour))
		settled()
		h.awaitMails(t, number, 3)
	})
}
