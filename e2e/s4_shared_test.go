package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
)

// endMandates ends all mandates of the person with an address, as a caseworker does.
func (h *house) endMandates(t *testing.T, email string) {
	t.Helper()
	found, err := h.app.Store.People().AccountsNamed(t.Context(), "", email, 2)
	if err != nil || len(found) != 1 {
		t.Fatalf("got %d accounts and error %v, want one", len(found), err)
	}
	list, err := h.app.Store.People().MandatesOf(t.Context(), found[0].Person)
	if err != nil || len(list) == 0 {
		t.Fatalf("got %d mandates and error %v, want some", len(list), err)
	}
	caseworker := actor.Actor{Kind: actor.KindStaff, Staff: "caseworker", Grants: []actor.Grant{{Role: actor.RoleCaseworker, Org: vuorela}}}
	for _, m := range list {
		if err := h.app.Identity.RevokeMandate(t.Context(), caseworker, vuorela, m.Person, m.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// village is the association, and its number.
const village, villageNumber = "Mallilan kyläyhdistys ry", "0000002-7"

// sendToVillage sends a letter to the association by the API.
func sendToVillage(p *mailProgram, subject string) api.SentLetter {
	p.t.Helper()
	var sent api.SentLetter
	p.read(p.ask(http.MethodPost, "/letters", `{"recipient": {"kind": "COMPANY", "identifier": "`+villageNumber+`"}, "kind": "decision", "service": "verifiable", "lang": "en",
		"subject": "`+subject+`", "body": "The hall may be used.", "post": ["Mallilan kyläyhdistys ry", "Mallikuja 1", "00100 MALLILA"], "reply_allowed": true}`), http.StatusCreated, &sent)
	return sent
}

// Two people act for one association: one opens its mailbox, the other confirms and reads, and each sees who has read what. Whose mandate ends is out at the next click, with the page
// still open, and is told of nothing any more; when nobody is left who may read, letters go on paper.
func TestS4_1_AnAssociationsMailboxIsShared(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), vuorela, "Records", []actor.Right{actor.LetterSend}, 0)
		if err != nil {
			t.Fatal(err)
		}
		p := &mailProgram{t: t, c: h.person(t), key: key}
		if sent := sendToVillage(p, "Before anybody is here"); sent.Channel != mailbox.Paper {
			t.Errorf("an association that nobody acts for: got %s, want paper", sent.Channel)
		}
		maija, veikko := h.person(t), h.person(t)
		h.settle(t, maija, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		h.settle(t, veikko, l, "bank", "Veikko Mallikas", "veikko@example.org", true)
		for _, c := range []*client.Client{maija, veikko} {
			actFor(t, c, l, village)
		}

		page := maija.Get(my(l, "mailbox")).MustText(say(l, "mailbox.shared.open", "name", village), say(l, "mailbox.shared.point", "name", village))
		button := say(l, "mailbox.open.button")
		page = page.Form(button).Check(say(l, "mailbox.open.accept")).Check(say(l, "mailbox.tell.email")).Submit(button)
		page.MustText(say(l, "mailbox.open.done"), say(l, "mailbox.shared.list", "name", village), say(l, "mailbox.welcome_subject"))
		// The other one finds it open, and says for himself how he is told.
		button = say(l, "mailbox.settings.save")
		page = veikko.Get(my(l, "mailbox")).MustText(say(l, "mailbox.welcome_subject")).Click(say(l, "mailbox.page.settings"))
		if page.HasText(say(l, "mailbox.settings.paper")) {
			t.Error("one of those who act for an association can have all its letters put on paper for a while")
		}
		page.Form(button).Check(say(l, "mailbox.tell.email")).Submit(button).MustText(say(l, "mailbox.settings.saved"))

		sent := sendToVillage(p, "Decision on the village hall")
		if sent.Channel != mailbox.Electronic {
			t.Fatalf("got %s, want the mailbox", sent.Channel)
		}
		for _, email := range []string{"maija@example.org", "veikko@example.org"} {
			for _, m := range h.awaitMails(t, email, 2) {
				if strings.Contains(m.Subject+m.Text, "hall") || strings.Contains(m.Subject+m.Text, village) {
					t.Errorf("a notice says something of the letter: %q", m.Subject+m.Text)
				}
			}
		}
		sealed := say(l, "mailbox.list.sealed", "sender", h.config(t, vuorela).Org.Name.In(l))
		page = veikko.Get(my(l, "mailbox")).Click(sealed).Click(say(l, "mailbox.read.confirm")).Click(say(l, "mailbox.confirm.button"))
		page.MustText(say(l, "mailbox.read.did_confirm"), "The hall may be used.", say(l, "mailbox.shared.readers"), "Veikko Mallikas")
		open := maija.Get(my(l, "mailbox")).Click("Decision on the village hall").MustText("Veikko Mallikas", "Maija Meikäläinen", say(l, "mailbox.shared.confirmed"))

		// The one's own mailbox is another.
		actFor(t, veikko, l, say(l, "acting.myself", "name", "Veikko Mallikas"))
		veikko.Get(my(l, "mailbox", "letter", string(sent.ID))).MustText(say(l, "mailbox.open.title"))
		if other := veikko.Get(my(l, "mailbox")); other.HasText("village hall") {
			t.Error("the association's letter lies in somebody's own mailbox")
		}

		// The mandate ends while the page is open: nothing is sent, and nothing is read any more.
		h.endMandates(t, "maija@example.org")
		button = say(l, "mailbox.read.answer_button")
		open.Form(button).Set(say(l, "mailbox.read.answer_text"), "Thank you.").Submit(button).MustStatus(http.StatusForbidden).MustText(say(l, "acting.ended_title"))
		if again := maija.Get(my(l, "mailbox", "letter", string(sent.ID))); again.HasText("The hall may be used.") {
			t.Error("the letter is read after the mandate has ended")
		}
		p.until(0, sendToVillage(p, "After one has left").ID, mailbox.Told)
		h.awaitMails(t, "veikko@example.org", 3)
		if got := len(h.mails(t, "maija@example.org")); got != 2 {
			t.Errorf("got %d mails to one whose mandate has ended, want those 2 of before", got)
		}
		h.endMandates(t, "veikko@example.org")
		if sent := sendToVillage(p, "Nobody is left"); sent.Channel != mailbox.Paper {
			t.Errorf("nobody is left who may read: got %s, want paper", sent.Channel)
		}
	})
}
