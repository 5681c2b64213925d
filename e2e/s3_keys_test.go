package e2e

import (
	"net/http"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
)

// The function keys of the desks are each clerk's own: another key stands on the button at once, no two deeds of a desk have the same, and off is off.
func TestS3_7_KeysAreTheClerksOwn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		at := "/en/staff/keys"
		c, other := h.atCounter(t, "keys", 0), h.atCounter(t, "colleague", 1)
		k := h.walksIn(t)
		keyOf := func(page, button string) string {
			t.Helper()
			return c.Get(page).MustStatus(http.StatusOK).Find(button).Attr("data-key")
		}
		const nextStep, book = "#desk-next", "a.ds-button[data-variant=primary]"
		if got := keyOf(lobbyAt(l), nextStep) + keyOf(deskAt(l, vuorela), book); got != "F2F2" {
			t.Errorf("at first the keys are %s", got)
		}
		p := c.Get(lobbyAt(l)).Click(say(l, "staff_keys.link")).MustStatus(http.StatusOK)
		p = p.Form(say(l, "staff_keys.save")).Set("call-next", "F7").Set("bookings-main", "F6").Submit(say(l, "staff_keys.save")).MustStatus(http.StatusOK).
			MustText(say(l, "staff_keys.done"))
		if got := keyOf(lobbyAt(l), nextStep) + keyOf(deskAt(l, vuorela), book); got != "F7F6" {
			t.Errorf("the keys are %s, chosen were F7 and F6", got)
		}
		c.Get(lobbyAt(l)).MustText("F7")
		if got := other.Get(lobbyAt(l)).Find(nextStep).Attr("data-key"); got != "F2" {
			t.Errorf("the colleague's key is %s", got)
		}
		// A key that another deed has is refused, and what was chosen stays.
		p = p.Form(say(l, "staff_keys.save")).Set("call-again", "F7").Submit(say(l, "staff_keys.save")).MustStatus(http.StatusUnprocessableEntity).
			MustText(say(l, "staff_keys.taken", "key", "F7", "other", say(l, "staff_keys.deed.call.next")))
		if got := p.Form(say(l, "staff_keys.save")).Value("call-again"); got != "F7" {
			t.Errorf("what was chosen is %q on the page", got)
		}
		p = p.Form(say(l, "staff_keys.save")).Set("call-again", "").Submit(say(l, "staff_keys.save")).MustStatus(http.StatusOK)
		called := c.Get(lobbyAt(l)).Click(say(l, "lobby.call_next_number", "number", k.Name()))
		if e := called.MustStatus(http.StatusOK).Find("#desk-recall"); e.HasAttr("data-key") {
			t.Errorf("the key that was turned off is %s", e.Attr("data-key"))
		}
		p.Click(say(l, "staff_keys.off")).MustStatus(http.StatusOK).MustText(say(l, "staff_keys.done"))
		if n := len(c.Get(lobbyAt(l)).All("[data-key]")) + len(c.Get(deskAt(l, vuorela)).All("[data-key]")); n != 0 {
			t.Errorf("%d keys are left", n)
		}
		c.Get(at).Click(say(l, "staff_keys.first")).MustStatus(http.StatusOK)
		if got := keyOf(lobbyAt(l), nextStep); got != "F2" {
			t.Errorf("back at first the key is %s", got)
		}
		h.clerk(t, "reader", actor.Grant{Role: actor.RoleClerk, Org: vuorela}).Get(at).MustStatus(http.StatusOK)
	})
}
