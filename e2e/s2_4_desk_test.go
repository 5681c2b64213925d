package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/audit"
	"luukku/e2e/client"
)

// dayCareFilled answers the application for day care from its list of steps on, and returns the page on which it is checked.
func dayCareFilled(t *testing.T, h *house, p *client.Page, l i18n.Lang) *client.Page {
	t.Helper()
	next := say(l, "common.continue")
	p = p.Click(say(l, "eform.tasks.go_on")).MustStatus(http.StatusOK)
	p = family(p).Submit(next).MustStatus(http.StatusOK).MustText("The children")
	p = p.Form(next).Set("The child’s name", "Liisa Meikäläinen").Set("Date of birth", "1.2.2024").Set("From which day is the place needed?", h.app.Now().AddDate(0, 6, 0).Format("2.1.2006")).
		Set("Hours of care in a week (h)", "37,5").Set("Is care needed in the evening, at night or at weekends?", say(l, "eform.no")).Set("Does the child have an allergy or a special diet?", say(l, "eform.no")).
		Set("Does the child need support or aids?", say(l, "eform.no")).Submit(next).MustStatus(http.StatusOK).MustText("The place")
	p = p.Form(next).Set("What kind of care do you want?", "Open club").Submit(next).MustStatus(http.StatusOK).MustText("Income and attachments")
	p = p.Form(next).Set("How is the fee worked out?", "By income").Submit(next).MustText(say(l, "eform.step.shown"))
	p = p.Form(next).Set("Your income in a month, before tax (EUR)", "2500,50").Attach("Proof of income", "payslip.pdf", "application/pdf", onePage).Submit(say(l, "eform.attach") + " Proof of income")
	p = p.MustStatus(http.StatusOK).Form(next).Submit(next).MustStatus(http.StatusOK).MustText("Declaration")
	p = p.Form(next).Check("I declare that what I have written is true").Submit(next).MustStatus(http.StatusOK)
	return p.MustText(say(l, "eform.check.title"), "Liisa Meikäläinen")
}

// begunFor begins the application for day care at the desk.
func begunFor(c *client.Client, l i18n.Lang, code, name, post string) *client.Page {
	p := c.Get(inboxAt(l, vuorela)).Click(say(l, "inbox.form.fill_for"))
	return p.Form(say(l, "eform.desk.begin")).Set(say(l, "eform.desk.form"), "Application for day care").Set(say(l, "eform.desk.lang"), say(l, "common.languages.en")).
		Set(say(l, "mailing.code"), code).Set(say(l, "eform.desk.name"), name).Set(say(l, "inbox.letter.post"), post).Submit(say(l, "eform.desk.begin"))
}

// A clerk fills in a form at the request of somebody who is known: what is known stands there, nobody else sees the draft, and what was sent is in the person's mailbox and folder, which say that the
// office filled it in. Of somebody who is not known, the receipt goes on paper, and so does the decision.
func TestS2_4_AClerkFillsInForSomebody(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.withBox(t, l)
		desk := h.answersMessages(t, "registry", vuorela)

		// Whoever has nobody to fill it in for is told, and keeps what was typed.
		p := begunFor(desk, l, "", "", "").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "eform.desk.no_contact"))
		if got := p.Form(say(l, "eform.desk.begin")).Value(say(l, "eform.desk.form")); got != "day-care" {
			t.Errorf("the form that was chosen is %q", got)
		}
		begunFor(desk, l, codeOfVeikko, "", "").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "eform.desk.nobody"))

		p = begunFor(desk, l, codeOfMaija, "", "").MustStatus(http.StatusOK).MustText(say(l, "eform.desk.for", "name", "Maija Meikäläinen"))
		draft := p.Path()
		if got := p.Click(say(l, "eform.tasks.go_on")).Form(say(l, "common.continue")).Value("Your name"); !strings.Contains(got, "Meikäläinen") {
			t.Errorf("the name is filled in as %q", got)
		}
		// The draft is that clerk's: not the person's before it is sent, nor a colleague's, nor that of another organisation.
		c.Get(my(l, "forms")).MustText(say(l, "eform.drafts.none"))
		c.Get(my(l, "forms", "draft", draft[strings.LastIndex(draft, "/")+1:])).MustStatus(http.StatusNotFound)
		h.answersMessages(t, "colleague", vuorela).Get(draft).MustStatus(http.StatusNotFound)
		h.answersMessages(t, "elsewhere", registerOffice).Get(draft).MustStatus(http.StatusNotFound)
		desk.Get("/en/staff/vuorela/forms").MustText(say(l, "eform.desk.begun"), "Application for day care")

		send := say(l, "eform.check.send")
		form := dayCareFilled(t, h, desk.Get(draft), l).MustText(say(l, "eform.desk.declare")).Form(send)
		p = form.Submit(send).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_filled"), "Maija Meikäläinen", "registry", "payslip.pdf")
		form.Submit(send).MustStatus(http.StatusOK) // once more: it is one
		if pdf := desk.Get(bare(p) + "/document.pdf").MustStatus(http.StatusOK); !strings.HasPrefix(string(pdf.Body), "%PDF-") {
			t.Errorf("the document begins %q", pdf.Body[:min(8, len(pdf.Body))])
		}
		if n := h.audited(t, vuorela, audit.SubmissionSent); n != 1 {
			t.Errorf("%d lines say that it was sent, want one", n)
		}
		c.Get(my(l, "sent")).MustText("Application for day care").Click("Application for day care").MustStatus(http.StatusOK).MustText(say(l, "submission.by_staff"), "Liisa Meikäläinen")
		c.Get(my(l, "mailbox")).MustText("Application for day care")

		// Somebody whom nobody knows: a name and an address, and all goes on paper.
		const post = "Olli Outo\nMallikatu 3\n00100 HELSINKI"
		p = begunFor(desk, l, "", "Olli Outo", post).MustStatus(http.StatusOK).MustText(say(l, "eform.desk.for", "name", "Olli Outo"))
		p = dayCareFilled(t, h, p, l).Form(send).Submit(send).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_filled"), "Olli Outo", "Mallikatu 3")
		decide := say(l, "inbox.form.decide")
		if got := p.Form(decide).Value(say(l, "inbox.letter.post")); !strings.Contains(got, "Mallikatu 3") {
			t.Errorf("the address of the decision is %q", got)
		}
		p.Form(decide).Set(say(l, "inbox.letter.body"), "A place was found.").Submit(decide).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_decided"))
		if n := h.audited(t, vuorela, audit.LetterSent); n != 2 {
			t.Errorf("%d letters went out on paper, want the receipt and the decision", n)
		}
	})
}
