package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
)

// A conversation is kept for a year after it was closed, with its texts, and then goes; one that is open stays, however old.
func TestS5_8_ConversationGoesAYearAfterItWasClosed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number, other = i18n.Lang("en"), "+358401234567", "+358401234568"
		c := h.answersMessages(t, "answers", vuorela)
		h.texts(t, vuorela, number, "Where do I park?")
		h.texts(t, vuorela, other, "Is the door open?")
		closed, open := h.opened(t, c, l, vuorela, number), h.opened(t, c, l, vuorela, other)
		closed.Form(say(l, "inbox.close")).Submit(say(l, "inbox.close")).MustStatus(http.StatusOK)
		clerks := 0
		after := func(wait time.Duration) {
			if _, err := h.app.Store.Sweep(t.Context(), h.app.Now().Add(wait).Unix(), 500); err != nil {
				t.Fatal(err)
			}
			clerks++ // the session went, too
			c = h.answersMessages(t, fmt.Sprint("answers-", clerks), vuorela)
		}
		year := 365 * 24 * time.Hour
		after(year - time.Hour)
		c.Get(bare(closed)).MustStatus(http.StatusOK).MustText("Where do I park?")
		after(year + time.Hour)
		c.Get(bare(closed)).MustStatus(http.StatusNotFound)
		if p := c.Get(bare(open)).MustStatus(http.StatusOK); !strings.Contains(p.Text(), "Is the door open?") {
			t.Errorf("a conversation that is open has lost its text: %s", p)
		}
		h.texts(t, vuorela, number, "Where do I park now?")
		if p := h.opened(t, c, l, vuorela, number); strings.Contains(p.Text(), "Where do I park?") {
			t.Errorf("what went is still there: %s", p)
		}
	})
}
