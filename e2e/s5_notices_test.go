package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/notify"
	"luukku/e2e/client"
	"luukku/web"
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

// A reminder comes in the minute that the policy says, and once.
func TestS5_6_ReminderAtItsMinuteAndOnce(t *testing.T) {
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

// A message that the gateway refuses is on the desk's list, with when, what, by which channel and why, and not a word of what it says; sent again it arrives,
// and the list is empty. The appointment's page says what was sent.
func TestS5_7_UndeliveredSeenAndSentAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number = i18n.Lang("en"), "+420601123456"
		h.stopAt(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC))
		h.troubled = true // a refusal is logged
		o := newAddress(l, "")
		o.email, o.phone = "told@example.org", number
		h.person(t).Get("/en/dev/outbox").Click(say(l, "dev.fail.permanent"))
		_, code := o.reserve(t, h.person(t), o.free(t, h, "2026-W49")[0])
		c := h.clerk(t, "Kateřina", actor.Grant{Role: actor.RoleClerk, Org: townHall})
		list := web.Path(l, "", "staff", string(townHall), "desk", "undelivered")
		var p *client.Page
		for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
			p = c.Get(list).MustStatus(http.StatusOK)
			if strings.Contains(p.Text(), say(l, "undelivered.events.appointment_pending")) || time.Now().After(end) {
				break
			}
		}
		p.MustText(say(l, "undelivered.events.appointment_pending"), say(l, "undelivered.why_address"))
		if strings.Contains(p.Text(), code) || strings.Contains(p.Text(), o.name) {
			t.Errorf("the list says what the message says, or to whom: %s", p)
		}
		before := len(h.mails(t, number)) + len(h.mails(t, o.email))
		p.Click(say(l, "undelivered.resend")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "undelivered.pick"))
		p.Form(say(l, "undelivered.resend")).Check(say(l, "undelivered.events.appointment_pending")).Submit(say(l, "undelivered.resend")).
			MustText(say(l, "undelivered.done_resent"), say(l, "undelivered.none"))
		for end := time.Now().Add(time.Minute); len(h.mails(t, number))+len(h.mails(t, o.email)) == before; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("what was sent again did not arrive")
			}
		}
	})
}

// passedOver reports whether the log says that a notice of an event was not sent, and why.
func (h *house) passedOver(e notify.Event, why string) bool {
	for line := range strings.Lines(h.log.String()) {
		if strings.Contains(line, "notice.dropped") && strings.Contains(line, "event="+string(e)) && strings.Contains(line, "why="+why) {
			return true
		}
	}
	return false
}

// Who takes back reminders by mail, by the one click of their mail program, gets none, also where it is due already; the confirmation comes all the same.
func TestS5_7_OneClickTakesRemindersBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("fi")
		saved := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
		h.stopAt(saved)
		first, second := newAddress(l, "reader@example.org"), newAddress(l, "reader@example.org")
		free := first.free(t, h, "2026-W49")
		first.reserve(t, h.person(t), free[1])
		second.reserve(t, h.person(t), free[2])
		for i, m := range h.awaitMails(t, first.email, 2) {
			h.person(t).Get(h.confirming(t, m)).Click(say(l, "link.confirm")).MustStatus(http.StatusOK)
			h.awaitMails(t, first.email, 3+i)
		}
		h.stopAt(moment(t, free[1]).Add(-24 * time.Hour))
		reminder := h.awaitMails(t, first.email, 5)[4]
		if reminder.Event != "appointment.reminder" || reminder.Unsubscribe == "" {
			t.Fatalf("got %+v, want a reminder with a way to have no more", reminder)
		}
		at := h.path(t, reminder.Unsubscribe)
		h.person(t).Get(at).MustStatus(http.StatusOK).MustText(say(l, "consent.stop_title"))
		h.person(t).Raw(http.MethodPost, at, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "List-Unsubscribe=One-Click").
			MustStatus(http.StatusOK).MustText(say(l, "consent.stopped_title"))
		h.stopAt(moment(t, free[2]).Add(-24 * time.Hour))
		// However busy the machine: the story ends when the second reminder was passed over, or came.
		h.eventually(t, "the second reminder is settled", func() bool {
			return len(h.mails(t, first.email)) > 5 || h.passedOver(notify.AppointmentReminder, "stopped")
		})
		h.awaitMails(t, first.email, 5)
	})
}
