package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/dossier"
	"luukku/e2e/client"
	"luukku/web"
)

// ownsNumber proves a number of somebody who has signed in.
func (h *house) ownsNumber(t *testing.T, c *client.Client, l i18n.Lang, number string) {
	t.Helper()
	before := len(h.mails(t, number))
	f := c.Get(my(l, "details")).MustStatus(http.StatusOK).Form(say(l, "account.save"))
	p := f.Set("phone", number).Submit(say(l, "account.save")).MustStatus(http.StatusOK).MustText(say(l, "verify.title"))
	p.Form(say(l, "common.continue")).Set(say(l, "verify.code"), h.code(t, number, before+1)).Submit(say(l, "common.continue")).MustStatus(http.StatusOK)
}

// exported is what somebody downloads of their messages.
func exported(t *testing.T, c *client.Client, l i18n.Lang) dossier.Export {
	t.Helper()
	p := c.Get(my(l, "messages.json")).MustStatus(http.StatusOK)
	if d := p.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
		t.Errorf("the file is not to be kept: %q", d)
	}
	var e dossier.Export
	if err := json.Unmarshal([]byte(p.Body), &e); err != nil {
		t.Fatalf("%v: %s", err, p.Body)
	}
	return e
}

// A person downloads what is kept of their messages: the texts of the number that they have proven, from then on, those of conversations that are theirs
// with other numbers, what they were told and what they agreed to; and not what somebody else texted, before with the same number or about themselves with it.
func TestS5_7_MyMessagesAreGivenToMeAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number, other, o = i18n.Lang("en"), "+358401234567", "+358401234599", ids.Org("oral-health")
		staff := h.answersMessages(t, "answers", o)
		h.texts(t, o, number, "Whoever had this number before")
		h.opened(t, staff, l, o, number).Form(say(l, "inbox.close")).Submit(say(l, "inbox.close")).MustStatus(http.StatusOK)
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		h.settle(t, h.person(t), l, "bank", "Matti Meikäläinen", "matti@example.org", false)
		h.skip(time.Minute)
		h.ownsNumber(t, c, l, number)
		h.skip(time.Minute)
		h.texts(t, o, number, "Where do I park?")
		h.opened(t, staff, l, o, number).Form("answer").Set("text", "Behind the house.").Submit(say(l, "inbox.send_close")).MustStatus(http.StatusOK)
		h.texts(t, o, other, "From my sister's telephone, 140385-902F")
		h.opened(t, staff, l, o, other).Click(say(l, "inbox.confirm")).MustStatus(http.StatusOK)
		c.Get(my(l, "messages", string(o))).Form(say(l, "consent.save")).Uncheck("sms-reminders").Submit(say(l, "consent.save")).MustStatus(http.StatusOK)

		e := exported(t, c, l)
		if e.Number != number || len(e.Organisations) != 1 || e.Organisations[0].ID != o {
			t.Fatalf("got %+v", e)
		}
		var got []string
		for _, x := range e.Organisations[0].Texts {
			got = append(got, x.Sent+": "+x.Text)
		}
		all := strings.Join(got, "\n")
		must(t, all, "by_you: Where do I park?", "to_you: Behind the house.", "by_you: From my sister's telephone, 140385-902F")
		if strings.Contains(all, "before") {
			t.Errorf("what somebody else had texted is given out: %s", all)
		}
		if said := e.Organisations[0].Consents; len(said) == 0 || said[0].Given || said[0].Scope != "reminders" {
			t.Errorf("got the consents %+v", said)
		}
		// Somebody else gets nothing of it.
		d := h.person(t)
		identify(t, l, d.Get(my(l)), "bank", "Matti Meikäläinen")
		if e := exported(t, d, l); len(e.Organisations) != 0 {
			t.Errorf("somebody else got %+v", e)
		}
		h.person(t).Get(my(l, "messages.json")).MustText(say(l, "sign_in.title"))
	})
}

// Who may erases what is kept of a number's messages, without reading them: texts, conversations and notes are gone, what waited is not sent, what a gateway
// delivers again stays gone, and another number's stays.
func TestS5_8_MessagesOfANumberAreErased(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number, other, o = i18n.Lang("en"), "+358401234567", "+358401234599", ids.Org("oral-health")
		staff := h.answersMessages(t, "answers", o)
		h.texts(t, o, number, "A secret of mine")
		h.texts(t, o, other, "A secret of theirs")
		conversation := h.opened(t, staff, l, o, number)
		conversation.Form("answer").Set("text", "An answer").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusOK)
		stays := h.opened(t, staff, l, o, other)
		h.awaitMails(t, number, 1)

		at := web.Path(l, "", "staff", string(o), "erase")
		staff.Get(at).MustStatus(http.StatusNotFound) // who answers messages may not
		c := h.clerk(t, "manager", actor.Grant{Role: actor.RoleManager, Org: o})
		look := func(n string) *client.Page {
			return c.Get(at).MustStatus(http.StatusOK).Form(say(l, "erase.look")).Set("number", n).Submit(say(l, "erase.look"))
		}
		if p := look("12").MustStatus(http.StatusUnprocessableEntity); p.Form(say(l, "erase.look")).Value("number") != "12" {
			t.Error("what was typed is not kept")
		}
		p := look("040 123 4567").MustStatus(http.StatusOK)
		if strings.Contains(p.Text(), "secret") {
			t.Errorf("the messages are shown: %s", p)
		}
		p.Form(say(l, "erase.erase")).Submit(say(l, "erase.erase")).MustStatus(http.StatusOK).MustText(say(l, "erase.done", "n", 2))
		look(number).MustStatus(http.StatusOK).MustText(say(l, "erase.none", "number", number))
		staff.Get(bare(conversation)).MustStatus(http.StatusNotFound)
		staff.Get(bare(stays)).MustStatus(http.StatusOK).MustText("A secret of theirs")

		// The same message delivered again is none, and a new one begins a conversation in which nothing is left of the old one.
		h.made -= 2
		h.texts(t, o, number, "A secret of mine")
		h.made++
		h.texts(t, o, number, "Hello again")
		if p := h.opened(t, staff, l, o, number).MustText("Hello again"); strings.Contains(p.Text(), "secret") {
			t.Errorf("what was erased came back: %s", p)
		}
	})
}
