package e2e

import (
	"net/http"
	"testing"
	"time"

	"luukku/base/i18n"
)

// A place is given once, and an offer is open through its last second: until then the first in line may take it, and nobody else is offered anything; a second later it is the next one's.
func TestS2_5_AnOfferIsOpenToTheSecond(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.makeCourse(t, "weaving", nil)
		begin := h.app.Now().Truncate(time.Second).Add(time.Second)
		h.stopAt(begin)
		enrolByMail(t, h.person(t), l, "weaving", "course.enrol", "Maija Meikäläinen", "maija@example.org").MustText(say(l, "course.state.attending"))
		for i, name := range []string{"Jan Novák", "Erika Exempel"} {
			to := []string{"jan@example.org", "erika@example.org"}[i]
			h.stopAt(begin.Add(time.Duration(i+1) * time.Second))
			enrolByMail(t, h.person(t), l, "weaving", "course.enrol_wait", name, to).MustText(say(l, "course.state.waiting_at", "place", i+1))
			h.awaitMails(t, to, 1)
		}
		given := begin.Add(time.Minute)
		h.stopAt(given)
		p := h.person(t).Get(h.enrolmentLink(t, h.awaitMails(t, "maija@example.org", 1)[0])).MustStatus(http.StatusOK)
		p.Click(say(l, "course.cancel")).Form(say(l, "course.cancel_yes")).Submit(say(l, "course.cancel_yes")).MustText(say(l, "course.did.cancel"))
		offer := h.enrolmentLink(t, h.awaitMails(t, "jan@example.org", 2)[1])

		h.stopAt(given.Add(24 * time.Hour)) // its last second
		h.person(t).Get(offer).MustText(say(l, "course.offer_title"))
		h.person(t).Get(h.enrolmentLink(t, h.awaitMails(t, "erika@example.org", 1)[0])).MustText(say(l, "course.state.waiting_at", "place", 1))

		h.stopAt(given.Add(24*time.Hour + time.Second))
		h.person(t).Get(offer).MustText(say(l, "course.state.lapsed"))
		next := h.awaitMails(t, "erika@example.org", 2)[1]
		h.person(t).Get(h.enrolmentLink(t, next)).MustText(say(l, "course.offer_title"))
		h.awaitMails(t, "jan@example.org", 3)
	})
}
