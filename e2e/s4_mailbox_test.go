package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
)

// openBox opens somebody's mailbox by its pages, from the folder on.
func openBox(t *testing.T, c *client.Client, l i18n.Lang) *client.Page {
	t.Helper()
	p := c.Get(my(l)).Click(say(l, "mailbox.page.title")).MustText(say(l, "mailbox.open.lead"), say(l, "mailbox.open.terms"))
	button := say(l, "mailbox.open.button")
	p = p.Form(button).Submit(button).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "mailbox.accept_terms"))
	return p.Form(button).Check(say(l, "mailbox.open.accept")).Check(say(l, "mailbox.tell.email")).Submit(button).MustStatus(http.StatusOK)
}

// sendTo sends a letter of the town to Maija, as a program of its does.
func (h *house) sendTo(t *testing.T, subject, body string, mode mailbox.Mode) mailbox.Stored {
	t.Helper()
	h.made++
	who := actor.Actor{Kind: actor.KindClient, Client: "registry", Org: vuorela, Scopes: []actor.Right{actor.LetterSend}}
	sent, err := h.app.Mailboxes.Send(t.Context(), who, mailbox.SendRequest{
		Org: vuorela, Recipient: mailbox.Recipient{Kind: natid.FinnishCode, Code: "140385-902F"}, Kind: mailbox.Decision, Mode: mode, Lang: "en", Reply: true,
		Content: mailbox.Content{Subject: subject, Body: body}, Key: h.app.Site.Gen.FormKey(),
	})
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return sent
}

// From opening a mailbox to closing it: the welcome letter, a decision that must be confirmed, a notice that says nothing of it, an answer and its acknowledgement; after closing, the
// next letter goes on paper, and what was there can still be read.
func TestS4_MailboxFromOpeningToClosing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, email = i18n.Lang("en"), "maija@example.org"
		const subject, body = "Canary decision 4711", "The secret of canary 4712."
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", email, false)
		if sent := h.sendTo(t, subject, body, mailbox.Ordinary); sent.Channel != mailbox.Paper {
			t.Errorf("before the mailbox: went by %s, want paper", sent.Channel)
		}
		// The page of the list leads to open one; it can be left without.
		c.Get(my(l, "mailbox")).MustText(say(l, "mailbox.open.title")).Click(say(l, "mailbox.open.cancel")).MustText(say(l, "my.title", "name", "Maija Meikäläinen"))
		p := openBox(t, c, l).MustText(say(l, "mailbox.open.done"), say(l, "mailbox.welcome_subject"))
		p.Click(say(l, "mailbox.welcome_subject")).MustText("Letters then come on paper again.")

		sent := h.sendTo(t, subject, body, mailbox.Verifiable)
		if sent.Channel != mailbox.Electronic {
			t.Fatalf("with a mailbox: went by %s", sent.Channel)
		}
		told := h.awaitMails(t, email, 2)
		for _, m := range told {
			if text := m.Subject + m.Text; strings.Contains(text, "anary") || strings.Contains(text, "4711") || strings.Contains(text, "4712") || strings.Contains(text, "ecision") {
				t.Errorf("a notice says something of the letter: %q", text)
			}
		}
		c.Get(my(l)).MustText("Mailbox: 1 new letter")

		// What waits to be confirmed says nothing of itself, wherever it is looked for.
		sealed := say(l, "mailbox.list.sealed", "sender", h.config(t, vuorela).Org.Name.In(l))
		if p := c.Get(my(l)).MustText(sealed, say(l, "mailbox.list.waits"), say(l, "mailbox.welcome_subject")); p.HasText("anary") {
			t.Error("the folder says something of a letter that waits to be confirmed")
		}
		p = c.Get(my(l, "mailbox")).MustText(sealed, say(l, "mailbox.list.waits"), say(l, "mailbox.list.new"))
		p = p.Click(sealed).MustText(say(l, "mailbox.read.sealed"), "FI 13/2003, 18 §")
		if p.HasText("anary") {
			t.Error("the letter is shown before it is confirmed")
		}
		p = p.Click(say(l, "mailbox.read.confirm")).MustText(say(l, "mailbox.confirm.means"))
		p = p.Click(say(l, "mailbox.confirm.button")).MustText(say(l, "mailbox.read.did_confirm"), subject, body, say(l, "mailbox.read.confirmed"))
		if p.H1() != subject {
			t.Errorf("the heading is %q", p.H1())
		}

		// An answer: nothing typed is lost, and it is acknowledged at once.
		button := say(l, "mailbox.read.answer_button")
		p.Form(button).Submit(button).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.required"))
		p = p.Form(button).Set(say(l, "mailbox.read.answer_text"), "Thank you, but no.").Submit(button)
		p.MustStatus(http.StatusOK).MustText(say(l, "mailbox.read.did_send"), "Thank you, but no.", say(l, "mailbox.receipt_subject"), subject)

		h.search(t, c, l, subject)
		h.tidies(t, c, l, subject)
		h.writes(t, c, l)
		c.Get(my(l)).MustText(say(l, "folder.state.sent")).Click("My claim").MustText("Please look again.")

		p = c.Get(my(l, "mailbox", "settings")).Click(say(l, "mailbox.settings.close")).MustText(say(l, "mailbox.close.paper"))
		p = p.Click(say(l, "mailbox.close.button")).MustText(say(l, "mailbox.close.done"), say(l, "mailbox.page.closed"))
		if sent := h.sendTo(t, subject, body, mailbox.Ordinary); sent.Channel != mailbox.Paper {
			t.Errorf("after closing: went by %s, want paper", sent.Channel)
		}
		p.Click(say(l, "mailbox.list.archive")).Click(subject).MustText(body)
		p = c.Get(my(l, "mailbox")).Click(say(l, "mailbox.page.reopen")).MustText(say(l, "mailbox.open.again"))
		button = say(l, "mailbox.open.button")
		p.Form(button).Check(say(l, "mailbox.open.accept")).Submit(button).MustText(say(l, "mailbox.open.done"))
		if sent := h.sendTo(t, subject, body, mailbox.Ordinary); sent.Channel != mailbox.Electronic {
			t.Errorf("after opening again: went by %s, want the mailbox", sent.Channel)
		}
	})
}

// search finds the letter by a word of its text, and puts nothing that was typed into the address.
func (h *house) search(t *testing.T, c *client.Client, l i18n.Lang, subject string) {
	t.Helper()
	find := say(l, "mailbox.find.button")
	ask := func(field, value string) *client.Page {
		return c.Get(my(l, "mailbox")).Form(find).Set(say(l, field)+" "+say(l, "ui.optional"), value).Submit(find)
	}
	p := ask("mailbox.find.text", "CANARY 4712").MustStatus(http.StatusOK).MustText(subject)
	if strings.Contains(p.URL, "4712") || p.HasText(say(l, "mailbox.welcome_subject")) {
		t.Errorf("the search shows what was not asked for, or tells it by %s", p.URL)
	}
	ask("mailbox.find.text", "nothing like it").MustText(say(l, "mailbox.list.none_found"))
	p = ask("mailbox.find.until", "31.2.2026").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.date"))
	if got := p.Form(find).Value(say(l, "mailbox.find.until") + " " + say(l, "ui.optional")); got != "31.2.2026" {
		t.Errorf("got %q, want what was typed", got)
	}
}

// tidies archives a letter by the list, deletes it by its own page, and restores it from the bin to where it was.
func (h *house) tidies(t *testing.T, c *client.Client, l i18n.Lang, subject string) {
	t.Helper()
	do, what := say(l, "mailbox.list.do"), say(l, "mailbox.list.what")
	choose := say(l, "mailbox.list.choose") + " " + subject
	p := c.Get(my(l, "mailbox"))
	p.Form(do).Submit(do).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "mailbox.list.none_chosen"))
	p = p.Form(do).Check(choose).Set(what, say(l, "mailbox.act.archived")).Submit(do).MustText(say(l, "mailbox.did.archived"))
	if p.HasLink(subject) {
		t.Error("an archived letter is still in the inbox")
	}
	p = p.Click(say(l, "mailbox.list.archive")).Click(subject).Click(say(l, "mailbox.act.deleted")).MustText(say(l, "mailbox.did.deleted"))
	p = p.Click(say(l, "mailbox.list.bin")).MustText(subject)
	p = p.Form(do).Check(choose).Set(what, say(l, "mailbox.act.restored")).Submit(do).MustText(say(l, "mailbox.did.restored"))
	if p.HasLink(subject) {
		t.Error("a restored letter is still in the bin")
	}
}

// writes writes to the town; what was typed comes back when something is missing, and sent twice it is one letter.
func (h *house) writes(t *testing.T, c *client.Client, l i18n.Lang) {
	t.Helper()
	name, button := h.config(t, vuorela).Org.Name.In(l), say(l, "mailbox.write.button")
	p := c.Get(my(l, "mailbox")).Click(say(l, "mailbox.page.write")).Click(name).MustText(say(l, "mailbox.write.to", "org", name))
	p = p.Form(button).Set(say(l, "mailbox.write.body"), "Please look again.").Submit(button).MustStatus(http.StatusUnprocessableEntity)
	if got := p.Form(button).Value(say(l, "mailbox.write.body")); got != "Please look again." {
		t.Errorf("got %q, want what was typed", got)
	}
	f := p.Form(button).Set(say(l, "mailbox.write.kind"), say(l, "mailbox.kind.rectification")).Set(say(l, "mailbox.write.subject"), "My claim")
	first, second := f.Submit(button).MustText(say(l, "mailbox.read.did_send"), say(l, "mailbox.receipt_subject")), f.Submit(button)
	if first.Path() != second.Path() {
		t.Errorf("sent twice it is two letters: %s and %s", first.Path(), second.Path())
	}
	c.Get(my(l, "mailbox", "sent")).MustText("My claim", say(l, "mailbox.list.to", "org", name))
	c.Get(my(l, "mailbox", "write", "nobody")).MustStatus(http.StatusNotFound)
}

// A mailbox is for oneself: who acts for another is told so, and another person's letter is not there. Paper for a while lasts to the end of its day.
func TestS4_2_MailboxIsForOneselfAlone(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	maija, matti := h.person(t), h.person(t)
	h.settle(t, maija, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
	h.settle(t, matti, l, "bank", "Matti Meikäläinen", "matti@example.org", false)
	openBox(t, maija, l)
	sent := h.sendTo(t, "For Maija alone", "Nobody else.", mailbox.Ordinary)
	one := my(l, "mailbox", "letter", string(sent.ID))
	openBox(t, matti, l)
	matti.Get(one).MustStatus(http.StatusNotFound)
	h.person(t).Get(one).MustText(say(l, "sign_in.title"))
	maija.Get(one).MustText("Nobody else.")

	button := say(l, "mailbox.settings.paper_button")
	p := maija.Get(my(l, "mailbox", "settings"))
	p = p.Form(button).Set(say(l, "mailbox.settings.until"), "1.1.2020").Submit(button).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.date"))
	p = p.Form(button).Set(say(l, "mailbox.settings.until"), "31.12.2099").Submit(button).MustText(say(l, "mailbox.settings.paper_saved"), "31 Dec 2099 at 23:59", say(l, "mailbox.settings.basis_wish"))
	if sent := h.sendTo(t, "On paper", "For a while.", mailbox.Ordinary); sent.Channel != mailbox.Paper {
		t.Errorf("while paper is wished for: went by %s", sent.Channel)
	}
	p.Click(say(l, "mailbox.settings.back")).MustText(say(l, "mailbox.settings.back_saved"))
	if sent := h.sendTo(t, "In the mailbox", "Again.", mailbox.Ordinary); sent.Channel != mailbox.Electronic {
		t.Errorf("back from paper: went by %s", sent.Channel)
	}

	actFor(t, maija, l, "Liisa Meikäläinen")
	maija.Get(my(l, "mailbox")).MustStatus(http.StatusForbidden).MustText(say(l, "mailbox.page.acting_title"))
	maija.Get(one).MustStatus(http.StatusForbidden)
}
