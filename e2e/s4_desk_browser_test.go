package e2e

import (
	"fmt"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/e2e/browser"
)

// Letters are answered by the keyboard alone: one key takes what waits longest, the answer is typed and sent with the same key, and the next one is answered and closed from where the keyboard is. At three
// widths nothing runs off the side, and each key stands on its button.
func TestS4_6_LettersAreAnsweredByTheKeyboard(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	c := h.withBox(t, l)
	writesLetter(t, c, l, vuorela, mailbox.Claim, "The first claim", "I was first.")
	writesLetter(t, c, l, vuorela, mailbox.Claim, "The second claim", "I was second.")

	tab := b.Tab(t, browser.Options{Width: 1280, Height: 900})
	id := h.member(t, "registry", actor.Grant{Role: actor.RoleInbox, Org: vuorela})
	token := h.cookies(t, caller{staff: id}, vuorela, "")["luukku-staff"]
	tab.Go(h.base + "/en/dev/clock")
	tab.Eval(fmt.Sprintf("document.cookie = 'luukku-staff=%s; path=/'", token), nil)
	fits := func() {
		t.Helper()
		for _, width := range []int{390, 320, 1280} {
			tab.Resize(width, 900)
			for _, s := range browser.Overflow(tab) {
				t.Errorf("%d px: %s: %s", width, tab.Path(), s)
			}
		}
		tab.MustBeClean()
	}
	// goes moves the keyboard to a control by its name.
	goes := func(name string) {
		t.Helper()
		for range 60 {
			if strings.HasPrefix(tab.Focused(), name) {
				return
			}
			tab.Press("Tab")
		}
		t.Fatalf("the keyboard does not come to %q; it is at %q", name, tab.Focused())
	}
	types := func(text string) {
		t.Helper()
		for _, r := range text {
			if r == ' ' {
				tab.Press("Space")
			} else {
				tab.Press(string(r))
			}
		}
	}

	tab.Go(h.base + inboxAt(l, vuorela))
	tab.MustText("Maija Meikäläinen", "Rectification claim", say(l, "inbox.view_count", "view", say(l, "inbox.view.unassigned"), "n", 2))
	var wide bool
	tab.Eval(`(() => { const b = document.querySelector("[data-key=F2]"), w = b.offsetWidth; b.dataset.key = "F2F2F2F2"; const more = b.offsetWidth > w + 20; b.dataset.key = "F2"; return more })()`, &wide)
	if !wide {
		t.Error("the key does not stand on the button")
	}
	fits()
	tab.Press("F2")
	tab.WaitFor(`document.body.innerText.includes("I was first.")`)
	fits()
	goes(say(l, "inbox.letter.body"))
	types("You are right.")
	tab.Press("F2")
	tab.WaitFor(fmt.Sprintf("document.body.innerText.includes(%q)", say(l, "inbox.letter.done_sent")))
	tab.MustText("You are right.", say(l, "inbox.state.waiting"))

	tab.Go(h.base + inboxAt(l, vuorela))
	tab.MustText(say(l, "inbox.view_count", "view", say(l, "inbox.view.unassigned"), "n", 1))
	tab.Press("F2")
	tab.WaitFor(`document.body.innerText.includes("I was second.")`)
	goes(say(l, "inbox.letter.body"))
	types("You are wrong.")
	goes(say(l, "inbox.letter.send_close"))
	tab.Press("Enter")
	tab.MustText(say(l, "inbox.letter.done_sent"), "You are wrong.", say(l, "inbox.state.closed"))
	fits()

	tab.Go(h.base + inboxAt(l, vuorela))
	tab.MustText(say(l, "inbox.view_count", "view", say(l, "inbox.view.unassigned"), "n", 0))
	tab.MustNotText(say(l, "inbox.next")) // there is nothing to take
	c.Get(my(l, "mailbox")).Click("Answer: The second claim").MustText("You are wrong.")
}
