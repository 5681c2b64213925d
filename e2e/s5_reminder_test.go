package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"luukku/base/i18n"
)

// A reminder follows a time that is moved: nothing comes when it would have come before, and one at the new moment. With a time that is cancelled it vanishes. In
// the quiet hours it waits for their end, to the second.
func TestS5_6_ReminderFollowsAMoveVanishesAndWaitsForTheMorning(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, hours2 = i18n.Lang("en"), -2 * time.Hour
		now := time.Date(2026, time.November, 23, 6, 0, 0, 0, time.UTC)
		h.stopAt(now)
		o := passport(l)
		const rules = `sms = "always", reminders = "2h", reminder_channels = "sms", change_cutoff = "1h", cancel_cutoff = "1h", quiet_hours = "%s"`
		h.setPolicy(t, o, fmt.Sprintf(rules, "none"))
		n := 0
		person := func(number string) order {
			p := o
			p.email, p.phone = "", number
			return p
		}
		settled := func() { // all that is due was done when somebody else has been told of a booking
			t.Helper()
			n++
			other := person(fmt.Sprintf("+3584012399%02d", n))
			other.book(t, h.person(t), len(times(h.person(t).Get(other.calendar())))-1)
			h.awaitMails(t, other.phone, 1)
		}
		moved, cancelled := person("+358401234561"), person("+358401234562")
		_, code, start := moved.book(t, h.person(t), 20)
		p := moved.open(h.person(t), code).Click(say(l, "manage.move")).MustStatus(http.StatusOK)
		to := times(p)[len(times(p))/2]
		press(t, p, to).Click(say(l, "move.move")).MustStatus(http.StatusOK)
		h.awaitMails(t, moved.phone, 2)
		_, code, gone := cancelled.book(t, h.person(t), 21)
		h.awaitMails(t, cancelled.phone, 1) // nobody is told of a booking that is cancelled before the message leaves
		cancelled.open(h.person(t), code).Click(say(l, "manage.cancel")).Form(say(l, "cancel.cancel")).Submit(say(l, "cancel.cancel")).MustStatus(http.StatusOK)
		h.awaitMails(t, cancelled.phone, 2)

		h.stopAt(moment(t, gone).Add(hours2 + time.Second))
		if before := moment(t, start); moment(t, gone).Before(before) {
			h.stopAt(before.Add(hours2 + time.Second))
		}
		settled()
		h.awaitMails(t, moved.phone, 2)
		h.awaitMails(t, cancelled.phone, 2)
		h.stopAt(moment(t, to).Add(hours2 - time.Second))
		settled()
		h.awaitMails(t, moved.phone, 2)
		h.stopAt(moment(t, to).Add(hours2))
		if got := h.awaitMails(t, moved.phone, 3)[2]; got.Event != "appointment.reminder" {
			t.Errorf("got %q, want the reminder of the new time", got.Event)
		}

		// Quiet from midnight until an hour before the appointment: the reminder, due an hour earlier, waits for that.
		late := person("+358401234563")
		_, _, start = late.book(t, h.person(t), 40)
		h.awaitMails(t, late.phone, 1)
		end := moment(t, start).Add(-time.Hour)
		h.setPolicy(t, o, fmt.Sprintf(rules, "00:00-"+end.In(h.config(t, vuorela).Zone()).Format("15:04")))
		h.stopAt(moment(t, start).Add(hours2 + time.Second))
		settled()
		h.stopAt(end.Add(-time.Second))
		settled()
		h.awaitMails(t, late.phone, 1)
		h.stopAt(end)
		if got := h.awaitMails(t, late.phone, 2)[1]; got.Event != "appointment.reminder" {
			t.Errorf("got %q, want the reminder that waited", got.Event)
		}
	})
}
