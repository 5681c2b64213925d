package e2e

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
	"luukku/store/sqldb"
)

// The lists of a mailbox are kept as they were sent, and yet each is what would be made at that moment, byte for byte: after a letter came, was read, was put away, ended in its second, or the
// mailbox was closed. What is kept is one session's, and goes with it.
func TestS4_ListsAreNeverOlderThanTheMailbox(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		begun := time.Date(2026, time.November, 23, 9, 1, 0, 0, time.UTC)
		h.stopAt(begun)
		c, other := h.person(t), h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		h.settle(t, other, l, "bank", "Veikko Mallikas", "veikko@example.org", false)
		openBox(t, c, l)
		openBox(t, other, l)

		// list is a list as it is kept, held against what is made for a browser that takes nothing packed, for which nothing is kept.
		list := func(c *client.Client, folder ...string) *client.Page {
			t.Helper()
			path := my(l, append([]string{"mailbox"}, folder...)...)
			first, kept := c.Get(path).MustStatus(http.StatusOK), c.Get(path).MustStatus(http.StatusOK)
			made := c.Raw(http.MethodGet, path, http.Header{"Accept-Encoding": {"identity"}}, "").MustStatus(http.StatusOK)
			if !bytes.Equal(kept.Body, made.Body) || !bytes.Equal(first.Body, made.Body) {
				t.Fatalf("%s is sent as\n%s\nand again as\n%s\nwant\n%s", path, first.Body, kept.Body, made.Body)
			}
			for _, name := range []string{"Content-Type", "Content-Language", "Cache-Control", "Content-Security-Policy"} {
				if got, want := kept.Header.Get(name), made.Header.Get(name); got != want {
					t.Errorf("%s: %s is %q, want %q", path, name, got, want)
				}
			}
			return kept
		}
		list(c).MustText(say(l, "mailbox.welcome_subject"))
		reads := h.app.Store.DB().Reads()
		c.Get(my(l, "mailbox"))
		if n := h.app.Store.DB().Reads() - reads; h.app.Store.DB().Engine() == sqldb.SQLite && n > 4 {
			t.Errorf("a list that is kept took %d queries, want those of the session alone", n)
		}

		const subject = "A decision of this morning"
		h.sendTo(t, subject, "It was decided.", mailbox.Ordinary)
		p := list(c).MustText(subject, say(l, "mailbox.list.inbox")+" (2)")
		if list(other).HasText(subject) {
			t.Error("another person sees the letter")
		}
		p.Click(subject).MustText("It was decided.")
		list(c).MustText(subject, say(l, "mailbox.list.inbox")+" (1)")
		h.stopAt(begun.Add(90 * time.Second)) // how long the session lasts is told anew, by the present time
		list(c)

		do, what := say(l, "mailbox.list.do"), say(l, "mailbox.list.what")
		list(c, "archive")
		list(c).Form(do).Check(say(l, "mailbox.list.choose")+" "+subject).Set(what, say(l, "mailbox.act.archived")).Submit(do).MustText(say(l, "mailbox.did.archived"))
		if list(c).HasLink(subject) || !list(c, "archive").HasLink(subject) {
			t.Error("a letter that was archived lies where it lay")
		}

		// Another browser of the same person changes what this one shows.
		second := h.person(t)
		identify(t, l, second.Get(my(l)), "bank", "Maija Meikäläinen")
		list(second, "archive").Form(do).Check(say(l, "mailbox.list.choose")+" "+subject).Set(what, say(l, "mailbox.act.unarchived")).Submit(do).MustText(say(l, "mailbox.did.unarchived"))
		if !list(c).HasLink(subject) || list(c, "archive").HasLink(subject) {
			t.Error("a letter that was taken out of the archive elsewhere is not back in the inbox")
		}

		// A letter that ends is there in its last second, and not in the next one.
		last := begun.Add(5 * time.Minute)
		who := actor.Actor{Kind: actor.KindClient, Client: "registry", Org: vuorela, Scopes: []actor.Right{actor.LetterSend}}
		_, err := h.app.Mailboxes.Send(t.Context(), who, mailbox.SendRequest{
			Org: vuorela, Recipient: mailbox.Recipient{Kind: natid.FinnishCode, Code: "140385-902F"}, Kind: mailbox.Notice, Mode: mailbox.Ordinary, Lang: "en", ExpiresAt: last.Unix(),
			Content: mailbox.Content{Subject: "Until five past nine", Body: "Come soon."}, Key: h.app.Site.Gen.FormKey(),
		})
		if err != nil {
			t.Fatalf("send: %v", err)
		}
		h.stopAt(last)
		list(c).MustText("Until five past nine")
		h.stopAt(last.Add(time.Second))
		if list(c).HasText("Until five past nine") {
			t.Error("a letter is listed one second after it ended")
		}

		// What was kept of a session is nobody's once it has ended.
		old, ok := c.Cookie(my(l, "mailbox"), "luukku-citizen")
		if !ok {
			t.Fatal("no cookie of a session")
		}
		c.Get(my(l, "mailbox")).Click(say(l, "ui.signed.out")).MustText(say(l, "sign_in.out_title"))
		c.SetCookie(old)
		if p := c.Get(my(l, "mailbox")); p.HasText(subject) {
			t.Errorf("a session that ended is shown a mailbox: %s", p)
		}
		list(second).MustText(subject)
	})
}
