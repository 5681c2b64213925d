package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/texting"
	"luukku/e2e/client"
)

// texts has a text message come in, as a gateway delivers it.
func (h *house) texts(t *testing.T, o ids.Org, from, body string) {
	t.Helper()
	h.made++
	m := texting.Inbound{Org: o, Gateway: "test", Ref: fmt.Sprintf("m-%d", h.made), From: from, To: "+358457000111", Body: body}
	for range 2 { // gateways repeat themselves
		if err := h.app.Texting.Receive(t.Context(), m); err != nil {
			t.Fatalf("receive a text: %v", err)
		}
	}
}

func inboxAt(l i18n.Lang, o ids.Org, parts ...string) string {
	return "/" + strings.Join(append([]string{string(l), "staff", string(o), "inbox"}, parts...), "/")
}

// answersMessages is one of the staff who may read what people write.
func (h *house) answersMessages(t *testing.T, name string, o ids.Org) *client.Client {
	t.Helper()
	return h.clerk(t, name, actor.Grant{Role: actor.RoleInbox, Org: o})
}

// opened waits until the list has a conversation with a number, and opens it.
func (h *house) opened(t *testing.T, c *client.Client, l i18n.Lang, o ids.Org, number string) *client.Page {
	t.Helper()
	name := say(l, "inbox.from_end", "end", number[len(number)-4:])
	h.eventually(t, "the conversation is in the list", func() bool { return strings.Contains(c.Get(inboxAt(l, o)).Text(), name) })
	return c.Get(inboxAt(l, o)).Click(name).MustStatus(http.StatusOK)
}

// Whoever writes to the office's number is heard: the text lies in the inbox, once, is read by those alone who may, and what they answer goes out.
func TestS5_8_TextThatIsNoCommandIsAConversation(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number = i18n.Lang("en"), "+358401234567"
		h.settle(t, h.person(t), l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		c := h.answersMessages(t, "answers", vuorela)
		h.texts(t, vuorela, number, "My tooth hurts badly. Maija, 140385-902F")
		p := h.opened(t, c, l, vuorela, number).MustText("My tooth hurts badly", say(l, "inbox.known.other"), "Maija Meikäläinen")
		if n := strings.Count(p.Text(), "My tooth hurts"); n != 1 {
			t.Errorf("the text that came twice is there %d times", n)
		}
		if strings.Contains(p.Text(), "140385") {
			t.Errorf("the identity code is shown unasked: %s", p)
		}
		for _, who := range []*client.Client{h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela}), h.answersMessages(t, "elsewhere", registerOffice)} {
			who.Get(inboxAt(l, vuorela)).MustStatus(http.StatusNotFound)
			who.Get(bare(p)).MustStatus(http.StatusNotFound)
		}
		stale := p
		p = p.Form(say(l, "inbox.send_key")).Set("text", "Come today at 13.20.").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusOK)
		p.MustText("Come today at 13.20.", say(l, "inbox.done_sent"))
		if got := h.awaitMails(t, number, 1); got[0].Text != "Come today at 13.20." {
			t.Errorf("got %q", got[0].Text)
		}
		// The same form again, and another that saw less, send nothing.
		stale.Form(say(l, "inbox.send_key")).Set("text", "Come today at 13.20.").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusOK)
		h.texts(t, vuorela, number, "Yes, thank you!")
		h.eventually(t, "the second text is there", func() bool { return strings.Contains(c.Get(bare(p)).Text(), "Yes, thank you!") })
		p.Form(say(l, "inbox.send_key")).Set("text", "Are you coming?").Submit(say(l, "inbox.send_key")).
			MustStatus(http.StatusConflict).MustText(say(l, "work.changed"), "Are you coming?", "Yes, thank you!")
		h.awaitMails(t, number, 1)
	})
}

// Acute pain texted at night: an automatic answer with the emergency number, once a night; in the morning somebody answers, and hands over what is not theirs.
func TestS5_8_TextedAtNightIsAnsweredByItselfOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number, o = i18n.Lang("en"), "+358401234567", ids.Org("oral-health")
		zone := h.config(t, o).Zone()
		night := begin.In(zone).AddDate(0, 0, 1)
		h.stopAt(time.Date(night.Year(), night.Month(), night.Day(), 3, 0, 0, 0, zone))
		c := h.answersMessages(t, "answers", o)
		h.texts(t, o, number, "Hampaaseen sattuu!")
		if got := h.awaitMails(t, number, 1); !strings.Contains(got[0].Text, "112") || got[0].Lang != "fi" {
			t.Errorf("got %q in %s", got[0].Text, got[0].Lang)
		}
		h.texts(t, o, number, "Oletteko siellä?")
		h.eventually(t, "both texts are there", func() bool {
			return strings.Contains(h.opened(t, c, l, o, number).Text(), "Oletteko siellä?")
		})
		h.awaitMails(t, number, 1)
	})
}

// Staff write free text, canned answers and a person's appointments, and book for who writes; who it is they make sure of first.
func TestS5_10_StaffAnswerConfirmAndBook(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number, o = i18n.Lang("en"), "+358401234567", ids.Org("oral-health")
		h.settle(t, h.person(t), l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		c := h.answersMessages(t, "answers", o)
		h.texts(t, o, number, "When is my time? 140385-902F")
		p := h.opened(t, c, l, o, number).MustText(say(l, "inbox.known.other"))
		if strings.Contains(p.Text(), say(l, "inbox.appointments_put")) {
			t.Error("appointments of who is not known can be sent")
		}
		p.Click(say(l, "inbox.show_codes")).MustText("140385-902F")
		p = p.Click(say(l, "inbox.confirm")).MustStatus(http.StatusOK).MustText(say(l, "inbox.known.staff"), "Maija Meikäläinen")
		p = p.Form("answer").Submit(say(l, "inbox.canned_put")).MustStatus(http.StatusOK)
		canned := h.config(t, o).Inboxes[0].Answers[0].Text.In(l)
		if !strings.Contains(p.Text(), canned) {
			t.Errorf("the canned answer is not in the form: %s", p)
		}
		p = p.Form("answer").Set("text", "Hello Maija.").Submit(say(l, "inbox.appointments_put")).MustStatus(http.StatusOK).MustText("Hello Maija.")
		p.Form("answer").Set("text", "Tomorrow at 9.").Submit(say(l, "inbox.send_close")).MustStatus(http.StatusOK).MustText(say(l, "inbox.reopen"))
		mails := h.mails(t, number)
		h.eventually(t, "the answer is out", func() bool {
			mails = h.mails(t, number)
			return len(mails) > 0 && mails[len(mails)-1].Text == "Tomorrow at 9."
		})
		// What comes after it was closed is another conversation.
		h.texts(t, o, number, "Thank you")
		h.opened(t, c, l, o, number).MustText("Thank you")
	})
}
