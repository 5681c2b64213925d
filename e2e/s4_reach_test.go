package e2e

import (
	"net/http"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
)

// Who has died is not reached by a mailbox that nobody reads: letters go on paper, the session ends, and nobody signs in as them; a mistake is taken back. Who is too young cannot open one.
func TestS4_7_TheDeadAndTheYoungGetPaper(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		openBox(t, c, l)
		if sent := h.sendTo(t, "While alive", "A letter.", mailbox.Ordinary); sent.Channel != mailbox.Electronic {
			t.Fatalf("got %s, want the mailbox", sent.Channel)
		}
		_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), vuorela, "Register", []actor.Right{actor.DeathRecord}, 0)
		if err != nil {
			t.Fatal(err)
		}
		p := &mailProgram{t: t, c: h.person(t), key: key}
		const maija = `"person": {"kind": "FI-HETU", "identifier": "140385-902F"}`
		p.ask(http.MethodPost, "/deaths", `{`+maija+`, "on": "2199-01-01"}`).MustStatus(http.StatusUnprocessableEntity)
		p.ask(http.MethodPost, "/deaths", `{`+maija+`, "on": "2026-02-31"}`).MustStatus(http.StatusUnprocessableEntity)
		p.ask(http.MethodPost, "/deaths", `{`+maija+`, "on": "2026-01-31"}`).MustStatus(http.StatusNoContent)

		if sent := h.sendTo(t, "After the death", "A letter.", mailbox.Ordinary); sent.Channel != mailbox.Paper {
			t.Errorf("got %s, want paper", sent.Channel)
		}
		if page := c.Get(my(l, "mailbox")); page.HasText("While alive") {
			t.Error("the session goes on after the death was recorded")
		}
		identify(t, l, h.person(t).Get(my(l)), "bank", "Maija Meikäläinen").MustText(say(l, "sign_in.died"))

		p.ask(http.MethodDelete, "/deaths", `{`+maija+`}`).MustStatus(http.StatusNoContent)
		identify(t, l, h.person(t).Get(my(l, "mailbox")), "bank", "Maija Meikäläinen").Click(say(l, "common.continue")).MustText("While alive")
		if sent := h.sendTo(t, "A mistake", "A letter.", mailbox.Ordinary); sent.Channel != mailbox.Electronic {
			t.Errorf("after it was taken back: got %s, want the mailbox", sent.Channel)
		}

		young := h.person(t)
		h.settle(t, young, l, "mobile", "Onni Meikäläinen", "onni@example.org", false)
		young.Get(my(l, "mailbox")).MustStatus(http.StatusForbidden).MustText(say(l, "mailbox.too_young"))
		young.Get(my(l, "mailbox", "open")).MustStatus(http.StatusForbidden)
	})
}
