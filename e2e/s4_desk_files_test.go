package e2e

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
)

// writesWithFile has somebody with a mailbox write to an organisation with something attached, and returns the letter's page once it is clean.
func writesWithFile(t *testing.T, h *house, c *client.Client, l i18n.Lang, o ids.Org, subject, name string, content []byte) *client.Page {
	t.Helper()
	send, field := say(l, "mailbox.write.button"), say(l, "mailbox.draft.files")+" "+say(l, "ui.optional")
	p := c.Get(my(l, "mailbox", "write", string(o))).MustStatus(http.StatusOK)
	p = p.Form(send).Set(say(l, "mailbox.write.kind"), say(l, "mailbox.kind.application")).Set(say(l, "mailbox.write.subject"), subject).Set(say(l, "mailbox.write.body"), "See the attachment.").
		Attach(field, name, "text/plain", content).Submit(send).MustStatus(http.StatusOK)
	h.eventually(t, "the attachment is clean", func() bool {
		return !c.Get(bare(p)).HasText(say(l, "mailbox.files.waiting", "size", mailbox.SizeText(i18n.MustLoad().Printer(l), int64(len(content)))))
	})
	return c.Get(bare(p))
}

// What people attach is opened at the desk by those who may read the matter, which is in the log; those who answer attach files, too, several at once: one that is not taken costs nothing of what was typed, nor
// the files that are right. The person opens what they sent.
func TestS4_6_TheDeskOpensAndSendsAttachments(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		const note = "The fence stood here in 1950."
		c := h.withBox(t, l)
		writesWithFile(t, h, c, l, vuorela, "My fence", "fence.txt", []byte(note))

		desk := h.answersMessages(t, "registry", vuorela)
		p := desk.Get(inboxAt(l, vuorela)).Click("Maija Meikäläinen").MustText("My fence", "fence.txt")
		one := bare(p)
		file := p.Click("fence.txt").MustStatus(http.StatusOK)
		if string(file.Body) != note || file.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(file.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("the attachment came back as %q with %v", file.Body, file.Header)
		}
		if n := h.audited(t, vuorela, audit.LetterFileOpened); n != 1 {
			t.Errorf("%d lines of the log say that it was opened, want one", n)
		}
		at := bare(file)
		for _, who := range []*client.Client{h.answersMessages(t, "elsewhere", registerOffice), h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})} {
			if got := who.Get(at); got.Status == http.StatusOK || strings.Contains(string(got.Body), note) {
				t.Errorf("somebody who may not see the inbox opens the attachment: %d", got.Status)
			}
		}

		send, add, field := say(l, "inbox.letter.send"), say(l, "mailbox.draft.add"), say(l, "mailbox.draft.files")+" "+say(l, "ui.optional")
		body := say(l, "inbox.letter.body")
		p = desk.Get(one).Form(send).Set(body, "It may stay, says canary 4711.").Set(say(l, "inbox.letter.kind"), say(l, "mailbox.kind.decision")).
			Attach(field, "decision.pdf", "application/pdf", onePage).Attach(field, "map.png", "image/png", []byte("MZ\x90\x00not a picture")).Attach(field, "costs.xlsx", "application/octet-stream", office(t)).Submit(send)
		p.MustStatus(http.StatusUnprocessableEntity).MustText("map.png", "decision.pdf", "costs.xlsx", say(l, "inbox.letter.not_on_paper"))
		if got := p.Form(send).Value(body); got != "It may stay, says canary 4711." {
			t.Errorf("got %q, want what was typed", got)
		}
		if c.Get(my(l, "mailbox")).HasText("Answer: My fence") {
			t.Fatal("it was sent though one file was not taken")
		}
		p = p.Form(send).Attach(field, "again.png", "image/png", drawnPNG(t)).Submit(add).MustStatus(http.StatusOK).MustText("again.png", "decision.pdf", "costs.xlsx")
		p = p.Form(send).Submit(say(l, "mailbox.draft.remove") + " costs.xlsx").MustStatus(http.StatusOK)
		if p.HasText("costs.xlsx") {
			t.Error("the file that was taken away is still attached")
		}
		f := p.Form(send)
		f.Submit(send).MustStatus(http.StatusOK).MustText(say(l, "inbox.letter.done_sent"), "decision.pdf", "again.png")
		f.Submit(send)
		h.eventually(t, "the decision is published", func() bool { return c.Get(my(l, "mailbox")).HasText("Answer: My fence") })
		if n := h.audited(t, vuorela, audit.LetterSent); n != 1 {
			t.Errorf("the decision was sent %d times", n)
		}
		got := c.Get(my(l, "mailbox")).Click("Answer: My fence").MustText("canary 4711", "decision.pdf", "again.png")
		if b := got.Click("decision.pdf").Body; !bytes.Equal(b, onePage) {
			t.Errorf("the decision came as %d bytes", len(b))
		}
		if b := desk.Get(one).Click("decision.pdf").MustStatus(http.StatusOK).Body; !bytes.Equal(b, onePage) {
			t.Error("those who sent it cannot open it")
		}
	})
}

// Handed over to another organisation, what is attached goes along: those who work there open it, those who handed it over only what lies with them.
func TestS4_6_AttachmentsAreHandedOver(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, other = i18n.Lang("en"), ids.Org("aavaniemi")
		const note = "A berth for a boat."
		c := h.withBox(t, l)
		writesWithFile(t, h, c, l, vuorela, "An application", "boat.txt", []byte(note))
		desk, there := h.answersMessages(t, "here", vuorela), h.answersMessages(t, "there", other)
		hand := say(l, "inbox.letter.hand_on")
		p := desk.Get(inboxAt(l, vuorela)).Click("Maija Meikäläinen")
		here := bare(p.Click("boat.txt"))
		p.Form(hand).Set(say(l, "inbox.letter.hand_on_to"), h.config(t, other).Org.Name.In(l)).Submit(hand).MustStatus(http.StatusOK)
		p = there.Get(inboxAt(l, other)).Click("Maija Meikäläinen").MustText("See the attachment.", "boat.txt")
		file := p.Click("boat.txt").MustStatus(http.StatusOK)
		if string(file.Body) != note {
			t.Errorf("the attachment came as %q", file.Body)
		}
		if n := h.audited(t, other, audit.LetterFileOpened); n != 1 {
			t.Errorf("%d lines of the other's log say that it was opened, want one", n)
		}
		desk.Get(bare(file)).MustStatus(http.StatusNotFound)
		there.Get(here).MustStatus(http.StatusNotFound)
		desk.Get(here).MustStatus(http.StatusOK)
	})
}

// A letter to one, and one to many, have attachments: the file is taken in once, and each of those who get it opens it with a key of their own.
func TestS4_1_OneToManyWithAnAttachment(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c, matti := h.withBox(t, l), h.person(t)
		h.settle(t, matti, l, "bank", "Matti Meikäläinen", "matti@example.org", false)
		openBox(t, matti, l)
		desk := h.sendsLetters(t, "sends")
		send, field := say(l, "inbox.letter.send"), say(l, "mailbox.draft.files")+" "+say(l, "ui.optional")
		p := desk.Get("/en/staff/vuorela/letters/write").Form(send).Set(say(l, "mailing.code"), "140385-902F").Set(say(l, "inbox.letter.subject"), "To you alone").Set(say(l, "inbox.letter.body"), "One word.").
			Attach(field, "one.pdf", "application/pdf", onePage).Submit(send).MustStatus(http.StatusUnprocessableEntity).MustText("one.pdf") // without an address
		p.Form(send).Set(say(l, "inbox.letter.post"), "Maija Meikäläinen\nMallikatu 1 A 2\n00100 MALLILA").Submit(send).MustStatus(http.StatusOK).MustText(say(l, "mailing.sent_one"))
		h.eventually(t, "the letter is there", func() bool { return c.Get(my(l, "mailbox")).HasText("To you alone") })
		if b := c.Get(my(l, "mailbox")).Click("To you alone").Click("one.pdf").Body; !bytes.Equal(b, onePage) {
			t.Error("the attachment of the letter to one cannot be opened")
		}

		check := say(l, "mailing.check")
		list := "identifier,name,address,postcode,town,amount\n140385-902F,Maija Meikäläinen,Mallikatu 1 A 2,00100,MALLILA,12 euros\n021183-9153,Matti Meikäläinen,Mallikatu 3,00100,MALLILA,34 euros\n" + specimenCodes(1)[0] + ",On Paper,Mallikatu 4,00100,MALLILA,5 euros\n"
		p = desk.Get("/en/staff/vuorela/letters/many").Form(check).Set(say(l, "inbox.letter.subject"), "Fee of {amount}").Set(say(l, "inbox.letter.body"), "See the list.").Set(say(l, "mailing.lang"), "English").
			Attach(field, "fees.pdf", "application/pdf", onePage).Submit(check).MustStatus(http.StatusUnprocessableEntity).MustText("fees.pdf") // without a list
		p = p.Form(check).Set(say(l, "import.paste")+" "+say(l, "ui.optional"), list).Submit(check).MustStatus(http.StatusOK).MustText("fees.pdf")
		button := "Send 3 letters"
		h.eventually(t, "the attachment is clean and the letters are sent", func() bool {
			now := desk.Get(bare(p))
			if now.HasText(button) {
				now.Form(button).Submit(button)
				return false
			}
			return now.HasText(say(l, "mailing.page.done"))
		})
		for who, amount := range map[*client.Client]string{c: "12 euros", matti: "34 euros"} {
			if b := who.Get(my(l, "mailbox")).Click("Fee of " + amount).Click("fees.pdf").Body; !bytes.Equal(b, onePage) {
				t.Errorf("who pays %s cannot open the attachment", amount)
			}
		}
		press := h.mailKey(t, actor.LetterPrint)
		var taken struct{ ID string }
		press.read(press.ask(http.MethodPost, "/print-batches", `{}`), http.StatusCreated, &taken)
		if in, m := unzip(t, press.ask(http.MethodGet, "/print-batches/"+taken.ID+"/zip", "").Body); len(in) != 2 || !bytes.Equal(in[m.Letters[0].Attachments[0].File], onePage) {
			t.Errorf("on paper it has %d files", len(in))
		}
		if n := h.audited(t, vuorela, audit.FileUploaded); n != 2 {
			t.Errorf("%d files were taken in, want one for each letter that was written", n)
		}
	})
}
