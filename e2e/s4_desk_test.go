package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
)

// writesLetter has somebody with a mailbox write to an organisation, and returns the letter's page.
func writesLetter(t *testing.T, c *client.Client, l i18n.Lang, o ids.Org, k mailbox.Kind, subject, body string) *client.Page {
	t.Helper()
	button := say(l, "mailbox.write.button")
	p := c.Get(my(l, "mailbox", "write", string(o))).MustStatus(http.StatusOK)
	p = p.Form(button).Set(say(l, "mailbox.write.kind"), say(l, "mailbox.kind."+string(k))).Set(say(l, "mailbox.write.subject"), subject).Set(say(l, "mailbox.write.body"), body).Submit(button)
	return p.MustStatus(http.StatusOK).MustText(say(l, "mailbox.read.did_send"))
}

// answersLetter fills in an answer and sends it.
func answersLetter(p *client.Page, l i18n.Lang, body, button string) *client.Page {
	return p.Form(say(l, "inbox.letter.send")).Set(say(l, "inbox.letter.body"), body).Submit(say(l, button))
}

// withBox is Maija with an open mailbox.
func (h *house) withBox(t *testing.T, l i18n.Lang) *client.Client {
	t.Helper()
	c := h.person(t)
	h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
	openBox(t, c, l)
	return c
}

// A claim comes to the inbox for its kind, in the same moment; whoever may take it reads it, which is written down, links it to a booking, dates it, and answers it with a decision that is
// to be confirmed. The person answers, and it is open again.
func TestS4_6_AClaimIsAnsweredAtTheDesk(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		const subject, body = "My claim 4711", "The fee is wrong: 4712."
		c := h.withBox(t, l)
		sent := writesLetter(t, c, l, vuorela, mailbox.Claim, subject, body)

		desk := h.answersMessages(t, "registry", vuorela)
		list := desk.Get(inboxAt(l, vuorela)).MustStatus(http.StatusOK).MustText("Maija Meikäläinen", say(l, "mailbox.kind.rectification"), "1 new letter", "Registry")
		if list.HasText("4711") || list.HasText("4712") {
			t.Error("the list says what the letter says")
		}
		// Who may not see the inbox sees nothing of it.
		p := list.Click("Maija Meikäläinen").MustStatus(http.StatusOK).MustText(subject, body, say(l, "inbox.letter.reach_mailbox"))
		one := bare(p)
		for _, who := range []*client.Client{h.answersMessages(t, "elsewhere", registerOffice)} {
			who.Get(one).MustStatus(http.StatusNotFound)
		}
		if n := h.audited(t, vuorela, audit.LetterRead); n == 0 {
			t.Error("nothing says that the letter was read")
		}

		// One key takes what waits longest; the list says whose it is.
		desk.Get(inboxAt(l, vuorela)).Click(say(l, "inbox.next")).MustStatus(http.StatusOK).MustText(subject, say(l, "inbox.event.taken", "name", "registry"))
		desk.Get(inboxAt(l, vuorela)).MustText("registry")

		// A wrong code keeps what was typed; the booking's is found.
		a := h.appointment(t, h.bookFor(t, actor.Owner{}, 0))
		code, err := h.app.Booking.Code(a.ID)
		if err != nil {
			t.Fatal(err)
		}
		link := say(l, "inbox.letter.booking_link")
		p = desk.Get(one).Form(link).Set(say(l, "inbox.letter.booking_code"), "AAAA-AAAA-AA").Submit(link).MustStatus(http.StatusUnprocessableEntity)
		if got := p.Form(link).Value(say(l, "inbox.letter.booking_code")); got != "AAAA-AAAA-AA" {
			t.Errorf("got %q, want what was typed", got)
		}
		p = p.Form(link).Set(say(l, "inbox.letter.booking_code"), ids.FormatCode(code)).Submit(link).MustStatus(http.StatusOK).MustText(say(l, "inbox.letter.booking_linked"))
		h.clerk(t, "books", actor.Grant{Role: actor.RoleClerk, Org: vuorela}).Get(deskAt(l, vuorela, string(a.ID))).MustStatus(http.StatusOK)
		both, _ := h.bothRoles(t, "both", vuorela)
		both.Get(one).Click(say(l, "inbox.letter.booking_open")).Click(say(l, "desk.letter_about", "kind", say(l, "mailbox.kind.rectification"))).MustText(subject)

		// Nothing typed is lost; what is sent is a decision that is to be confirmed.
		p = answersLetter(p, l, "", "inbox.letter.send").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.required"))
		f := p.Form(say(l, "inbox.letter.send")).Set(say(l, "inbox.letter.kind"), say(l, "mailbox.kind.decision")).Set(say(l, "inbox.letter.service"), say(l, "inbox.letter.service_verifiable"))
		p = f.Set(say(l, "inbox.letter.subject"), "Decision on your claim").Set(say(l, "inbox.letter.body"), "The fee is taken back.").Submit(say(l, "inbox.letter.send"))
		p.MustStatus(http.StatusOK).MustText(say(l, "inbox.letter.done_sent"), "The fee is taken back.", say(l, "inbox.state.waiting"), "Waits to be confirmed")

		// The person confirms and reads it in the same exchange, and writes back: the work is open again.
		letter := c.Get(my(l, "mailbox")).Click(say(l, "mailbox.list.sealed", "sender", h.config(t, vuorela).Org.Name.In(l)))
		letter = letter.Click(say(l, "mailbox.read.confirm")).Click(say(l, "mailbox.confirm.button")).MustText("The fee is taken back.", subject)
		button := say(l, "mailbox.read.answer_button")
		letter.Form(button).Set(say(l, "mailbox.read.answer_text"), "Thank you.").Submit(button).MustStatus(http.StatusOK)
		p = desk.Get(one).MustText("Thank you.", say(l, "inbox.state.open"), "Read ")
		answersLetter(p, l, "You are welcome.", "inbox.letter.send_close").MustStatus(http.StatusOK).MustText(say(l, "inbox.state.closed"))
		c.Get(bare(sent)).MustText("You are welcome.")
	})
}

// Two clerks at once: the second is told that it has changed, and keeps what was typed; the same answer posted twice goes out once.
func TestS4_6_TwoClerks(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.withBox(t, l)
		writesLetter(t, c, l, vuorela, mailbox.Statement, "A statement", "What I saw.")
		first, second := h.answersMessages(t, "first", vuorela), h.answersMessages(t, "second", vuorela)
		a := first.Get(inboxAt(l, vuorela)).Click("Maija Meikäläinen")
		b := second.Get(bare(a)).MustStatus(http.StatusOK)
		for range 2 {
			answersLetter(a, l, "The first answer.", "inbox.letter.send").MustStatus(http.StatusOK)
		}
		b = answersLetter(b, l, "The second answer.", "inbox.letter.send").MustStatus(http.StatusConflict).MustText(say(l, "work.changed"), "The first answer.")
		if got := b.Form(say(l, "inbox.letter.send")).Value(say(l, "inbox.letter.body")); got != "The second answer." {
			t.Errorf("got %q, want what was typed", got)
		}
		if p := c.Get(my(l, "mailbox")).Click("Answer: A statement"); strings.Count(p.Text(), "The first answer.") != 1 {
			t.Errorf("the person has not one answer: %s", p)
		}
		// Seen with the first answer, the second goes out.
		b.Form(say(l, "inbox.letter.send")).Submit(say(l, "inbox.letter.send")).MustStatus(http.StatusOK).MustText("The second answer.", say(l, "inbox.letter.done_sent"))
	})
}

// What belongs to another organisation goes there with the day on which it came; the person is told by a letter, and is answered from there. Without a mailbox they are told on paper.
func TestS4_6_HandedOverToAnotherOrganisation(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, other = i18n.Lang("en"), ids.Org("aavaniemi")
		c := h.withBox(t, l)
		writesLetter(t, c, l, vuorela, mailbox.Application, "An application", "For a berth.")
		desk, there := h.answersMessages(t, "here", vuorela), h.answersMessages(t, "there", other)
		there.Get(inboxAt(l, other)).MustText(say(l, "inbox.nothing"))
		name, hand := h.config(t, other).Org.Name.In(l), say(l, "inbox.letter.hand_on")
		p := desk.Get(inboxAt(l, vuorela)).Click("Maija Meikäläinen").MustText("Permits")
		p = p.Form(hand).Set(say(l, "inbox.letter.hand_on_to"), name).Submit(hand).MustStatus(http.StatusOK)
		p.MustText(say(l, "inbox.state.closed"), say(l, "inbox.event.handed_on", "name", "here", "to", name))
		p = there.Get(inboxAt(l, other)).Click("Maija Meikäläinen").MustText("For a berth.", "Town of Vuorela", say(l, "inbox.letter.handed_from"))
		c.Get(my(l, "mailbox")).Click(say(l, "letter.handed_subject")).MustText("Town of Vuorela", name, "FI 434/2003, 21 §")
		answersLetter(p, l, "You have the berth.", "inbox.letter.send").MustStatus(http.StatusOK)
		c.Get(my(l, "mailbox")).Click("Answer: An application").MustText("You have the berth.")
		// It belongs to who has it now.
		desk.Get(bare(p)).MustStatus(http.StatusNotFound)
	})
}

// specimenCodes are Finnish identity codes that are kept for tests.
func specimenCodes(n int) []string {
	const check = "0123456789ABCDEFHJKLMNPRSTUVWXY"
	out := make([]string, n)
	for i := range out {
		digits := fmt.Sprintf("%02d0470%03d", 1+i/90, 900+i%90)
		sum, err := strconv.Atoi(digits)
		if err != nil {
			panic(err)
		}
		out[i] = digits[:6] + "-" + digits[6:] + check[sum%31:sum%31+1]
	}
	return out
}

// sendsLetters is one of the staff who may send letters.
func (h *house) sendsLetters(t *testing.T, name string) *client.Client {
	t.Helper()
	return h.clerk(t, name, actor.Grant{Role: actor.RoleLetters, Org: vuorela})
}

// A list is looked through first: who is reached in the mailbox, who on paper, which rows are wrong and why, by their numbers. Then it is sent, once, each with their own words; to one, too.
func TestS4_1_OneToManyWithADryRun(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.withBox(t, l)
		desk := h.sendsLetters(t, "sends")
		for _, who := range []*client.Client{h.answersMessages(t, "inbox", vuorela), h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})} {
			who.Get("/en/staff/vuorela/letters").MustStatus(http.StatusNotFound)
		}
		p := desk.Get("/en/staff/vuorela/letters").MustStatus(http.StatusOK).Click(say(l, "mailing.many"))
		check := say(l, "mailing.check")
		list := "identifier,name,address,postcode,town,amount\n" +
			"140385-902F,Maija Meikäläinen,Mallikatu 1 A 2,00100,MALLILA,12 euros\n" +
			specimenCodes(1)[0] + ",Matti Malli,Mallikatu 3,00100,MALLILA,34 euros\n" +
			"140385-9020,Wrong Code,Mallikatu 5,00100,MALLILA,1 euro\n" +
			"140385-902F,Maija Again,Mallikatu 1,00100,MALLILA,2 euros\n" +
			specimenCodes(2)[1] + ",No Address,,00100,MALLILA,3 euros\n"
		f := p.Form(check).Set(say(l, "inbox.letter.subject"), "Invoice of {amount}").Set(say(l, "inbox.letter.body"), "Dear {name}, pay {amount}.").Set(say(l, "mailing.lang"), "English")
		p = f.Submit(check).MustStatus(http.StatusUnprocessableEntity)
		if got := p.Form(check).Value(say(l, "inbox.letter.subject")); got != "Invoice of {amount}" {
			t.Errorf("got %q, want what was typed", got)
		}
		p = p.Form(check).Set(say(l, "import.paste")+" "+say(l, "ui.optional"), list).Submit(check).MustStatus(http.StatusOK)
		p.MustText(say(l, "mailing.checked_lead"), say(l, "mailing.bad_identifier"), say(l, "mailing.twice"), say(l, "mailing.bad_address"))
		if p.HasText("140385") || strings.Contains(p.URL, "140385") {
			t.Error("an identifier is repeated")
		}
		if c.Get(my(l, "mailbox")).HasText("Invoice") {
			t.Error("the list was looked through, and something was sent")
		}
		send := "Send 2 letters"
		stale := p
		p = p.Form(send).Submit(send).MustStatus(http.StatusOK)
		h.eventually(t, "the letters are sent", func() bool { return desk.Get(bare(p)).HasText(say(l, "mailing.page.done")) })
		stale.Form(send).Submit(send).MustStatus(http.StatusOK).MustText(say(l, "mailing.page.done"))
		c.Get(my(l, "mailbox")).Click("Invoice of 12 euros").MustText("Dear Maija Meikäläinen, pay 12 euros.")
		if n := h.audited(t, vuorela, audit.LetterSent); n != 2 {
			t.Errorf("%d letters were sent, want 2", n)
		}

		// To one: whether they can be reached, then the letter.
		reach, one := say(l, "mailing.reach"), say(l, "inbox.letter.send")
		p = desk.Get("/en/staff/vuorela/letters/write").Form(one).Set(say(l, "mailing.code"), "140385-902F").Submit(reach).MustStatus(http.StatusOK).MustText(say(l, "mailing.reach_mailbox"))
		p = p.Form(one).Set(say(l, "inbox.letter.subject"), "To you alone").Set(say(l, "inbox.letter.body"), "One word.").Submit(one).MustStatus(http.StatusUnprocessableEntity)
		p = p.Form(one).Set(say(l, "inbox.letter.post"), "Maija Meikäläinen\nMallikatu 1 A 2\n00100 MALLILA").Submit(one).MustStatus(http.StatusOK).MustText(say(l, "mailing.sent_one"))
		c.Get(my(l, "mailbox")).Click("To you alone").MustText("One word.")
	})
}

// Killed in the middle, and begun by several at once, a letter to many goes on where it was: everybody gets it, and nobody gets two.
func TestS4_1_KilledInTheMiddle(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		var list strings.Builder
		list.WriteString("identifier;name;address;postcode;town\n")
		const many = 130
		for i, code := range specimenCodes(many) {
			fmt.Fprintf(&list, "%s;Specimen %d;Mallikatu %d;00100;MALLILA\n", code, i, i)
		}
		who := actor.Actor{Kind: actor.KindStaff, Staff: "sends", Grants: []actor.Grant{{Role: actor.RoleLetters, Org: vuorela}}}
		room := h.app.Mailboxes
		id, err := room.Check(t.Context(), who, mailbox.MailingRequest{
			Org: vuorela, Kind: mailbox.Notice, Mode: mailbox.Ordinary, Lang: "fi", Content: mailbox.Content{Subject: "To all", Body: "To {name}."}, List: list.String(), Key: h.app.Site.Gen.FormKey(),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := room.Start(t.Context(), who, vuorela, id); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range 4 { // the runner's own turn is a fifth
			all.Go(func() {
				ctx, kill := context.WithTimeout(t.Context(), time.Duration(i)*20*time.Millisecond)
				defer kill()
				_, _ = room.SendSome(ctx, mailbox.MailingArgs{Org: vuorela, Mailing: id}) // killed, whatever it was about
			})
		}
		all.Wait()
		h.eventually(t, "all are sent", func() bool {
			m, _, err := room.Mailing(t.Context(), who, vuorela, id)
			return err == nil && m.State == mailbox.MailingDone && m.Count(mailbox.RowSent) == many
		})
		program := actor.Actor{Kind: actor.KindClient, Client: "registry", Org: vuorela, Scopes: []actor.Right{actor.LetterSend}}
		events, _, _, err := room.Feed(t.Context(), program, vuorela, 0, 500)
		if err != nil {
			t.Fatal(err)
		}
		sent := 0
		for _, e := range events {
			if e.What == mailbox.Accepted {
				sent++
			}
		}
		if sent != many {
			t.Errorf("%d letters for %d people", sent, many)
		}
	})
}
