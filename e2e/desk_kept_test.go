package e2e

import (
	"net/http"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/e2e/client"
)

// readings are how often the log says that a list of a day was read.
func (h *house) readings(t *testing.T) int {
	t.Helper()
	all, err := h.app.Store.AuditOf(t.Context(), townHall, audit.Filter{Action: audit.AppointmentsListed}, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// rest waits until what was committed has been followed by all that comes of it: its mails and the like.
func (h *house) rest(t *testing.T) {
	t.Helper()
	before, since, end := uint64(0), time.Now(), time.Now().Add(time.Minute)
	for time.Since(since) < 500*time.Millisecond {
		if n, _ := h.app.Store.Writes(); n != before {
			before, since = n, time.Now()
		}
		if time.Now().After(end) {
			t.Fatal("something writes all the time")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// The list of a day is kept as it was sent, and yet is never older than what it lists: what is booked or confirmed is on the very next list that anybody gets, and
// what lapses is on it as lapsed in that second. Each reader has a line in the log; who reads the same list again within a minute has it already.
func TestDesk_ListIsNeverOlderThanWhatItLists(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		saved := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
		last := saved.Add(15 * time.Minute)
		h.stopAt(saved)
		lapses, stays := newAddress(l, "in@example.org"), newAddress(l, "other@example.org")
		stays.name = "Petr Svoboda"
		free := lapses.free(t, h, "2026-W49")
		lapses.reserve(t, h.person(t), free[0])

		one := h.clerk(t, "one", actor.Grant{Role: actor.RoleClerk, Org: townHall})
		other := h.clerk(t, "other", actor.Grant{Role: actor.RoleClerk, Org: townHall})
		list := func(c *client.Client) *client.Page {
			return c.Get(deskAt(l, townHall) + "?office=" + lapses.office + "&date=" + moment(t, free[0]).Format(time.DateOnly)).MustStatus(http.StatusOK)
		}
		h.rest(t)
		lines := h.readings(t)
		logged := func(more int, when string) {
			t.Helper()
			// On PostgreSQL other nodes write, too, so nothing is kept and each reading has its line.
			got := h.readings(t) - lines
			if _, kept := h.app.Store.Writes(); kept && got != more || got < more {
				t.Errorf("%s: the log has %d more lines, want %d", when, got, more)
			}
			lines += got
		}
		list(one).MustText(lapses.name, say(l, "desk.state.pending"))
		list(one)
		list(one)
		logged(1, "read three times")
		list(other).MustText(lapses.name)
		logged(1, "read by another")

		_, code := stays.reserve(t, h.person(t), free[1])
		list(one).MustText(stays.name, code)
		logged(1, "read after a booking")
		h.person(t).Get(h.confirming(t, h.awaitMails(t, stays.email, 1)[0])).Click(say(l, "link.confirm")).MustStatus(http.StatusOK)
		list(other).MustText(stays.name, say(l, "desk.state.booked"))

		h.stopAt(last)
		if text := list(one).MustText(say(l, "desk.state.pending")); len(text.All("tr[data-done]")) != 0 {
			t.Error("a booking has lapsed on the list before its time")
		}
		h.stopAt(last.Add(time.Second))
		if page := list(one).MustText(say(l, "desk.state.lapsed")); len(page.All("tr[data-done]")) != 1 {
			t.Errorf("one second after its window the list has not %q: %s", say(l, "desk.state.lapsed"), page)
		}
		h.stopAt(last.Add(30 * time.Minute)) // long after all that was to be written is written
		list(one)
		h.rest(t)
		list(one)
		before := h.readings(t)
		h.stopAt(last.Add(30*time.Minute + 59*time.Second))
		list(one)
		h.stopAt(last.Add(31 * time.Minute))
		list(one)
		if h.readings(t) == before {
			t.Error("a minute after its line the reading has no other")
		}
	})
}
