package e2e

import (
	"fmt"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/queue"
	"luukku/e2e/browser"
)

// In a browser the desk never leaves its page: F2 takes the next step, the title follows, and what others do is seen by itself.
func TestS3_6_TheDeskIsLiveInABrowser(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	office, err := h.config(t, vuorela).Office("kallio")
	if err != nil {
		t.Fatal(err)
	}
	id := h.member(t, "live", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
	clerk := actor.Actor{Kind: actor.KindStaff, Staff: id, Grants: []actor.Grant{{Role: actor.RoleClerk, Org: vuorela}}, Level: actor.LevelSubstantial}
	if _, err := h.app.Queue.SetCounter(t.Context(), clerk, vuorela, "kallio", office.Units[0].ID, queue.CounterOpened, nil, false); err != nil {
		t.Fatal(err)
	}
	token := h.cookies(t, caller{staff: id}, vuorela, "")["luukku-staff"]
	tab := browser.Start(t).Tab(t, browser.Options{Width: 1280, Height: 900})
	tab.Go(h.base + "/en/dev/clock")
	tab.Eval(fmt.Sprintf("document.cookie = 'luukku-staff=%s; path=/'", token), nil)
	tab.Go(h.base + lobbyAt(l))
	tab.MustText(say(l, "lobby.nobody_waits"))
	tab.Eval("window.stays = true", nil)
	first := h.walksIn(t)
	second := h.walksIn(t)
	text := func(want string) {
		t.Helper()
		tab.WaitFor(fmt.Sprintf("document.body.innerText.includes(%q)", want))
	}
	text(say(l, "lobby.call_next_number", "number", first.Name()))
	tab.Press("F2")
	text(say(l, "lobby.said.called", "number", first.Name()))
	tab.WaitFor(fmt.Sprintf("document.title.startsWith(%q)", first.Name()+" – "))
	tab.Press("F2")
	text(say(l, "lobby.in_service"))
	text(say(l, "lobby.finish_next", "number", second.Name()))
	tab.Press("F2")
	text(say(l, "lobby.said.called", "number", second.Name()))
	var stays bool
	if tab.Eval("window.stays === true", &stays); !stays {
		t.Error("the page was loaded anew")
	}
}
