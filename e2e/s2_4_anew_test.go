package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/base/trap"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/e2e/client"
)

// asksAnew asks for more at the desk, with questions to be answered anew by their words.
func asksAnew(t *testing.T, clerk *client.Client, l i18n.Lang, number, text string, questions ...string) string {
	t.Helper()
	p := clerk.Get(inboxAt(l, vuorela))
	open := say(l, "inbox.form.number_open")
	p = p.Form(open).Set(say(l, "inbox.form.number"), number).Submit(open).MustStatus(http.StatusOK)
	ask := say(l, "inbox.form.ask")
	f := p.Form(ask).Set(say(l, "inbox.form.ask_text"), text)
	for _, q := range questions {
		f = f.Check(q)
	}
	return bare(f.Submit(ask).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_asked"), text))
}

// A clerk marks which questions are to be answered anew; the letter names them, and the person sees these alone, with their present answers and attachments. What hangs on a new answer is asked, too; what is
// wrong comes back with what was typed. Sent twice it is sent once; what was sent first stays word for word; the desk sees both, and so does a case system, which asks anew itself, and nothing is asked of
// what people do not answer.
func TestS2_4_OnlyWhatWasAskedIsAnsweredAnew(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.withBox(t, l)
		mine := bare(sendsDayCare(t, h, c, "Mallikatu 4711"))
		p := h.mailKey(t, actor.SubmissionWork)
		list, _ := p.sentFresh(0, "")
		one := "/submissions/" + string(list[0].ID)
		before := p.ask(http.MethodGet, one+"/sent", "").MustStatus(http.StatusOK)
		clerk := h.answersMessages(t, "anew", vuorela)
		work := asksAnew(t, clerk, l, list[0].Number, "Are the address and the income right?", "Street address", "How is the fee worked out?", "Proof of income")
		c.Get(my(l, "mailbox")).Click("More is needed").MustText("Please answer these questions anew:", "Street address", "Proof of income")

		// The page asks these alone.
		send := say(l, "submission.anew_send")
		q := c.Get(mine).MustText("Are the address and the income right?").Click(say(l, "submission.anew_open")).MustStatus(http.StatusOK).MustText("payslip.pdf")
		f := q.Form(send)
		if got := f.Value("Street address"); got != "Mallikatu 4711" {
			t.Errorf("the present answer is %q", got)
		}
		if labels := strings.Join(f.Labels(), "|"); strings.Contains(labels, "The child’s name") || strings.Contains(labels, "What kind of care") || strings.Contains(labels, "Postal code") {
			t.Errorf("the page asks %s", labels)
		}
		// What is wrong comes back, with what was typed.
		q = f.Set("Street address", "").Submit(send).MustStatus(http.StatusUnprocessableEntity)
		q = q.Form(send).Set("Street address", "Mallikatu 4712").Submit(say(l, "eform.remove") + " payslip.pdf").MustStatus(http.StatusOK)
		if q.HasText("payslip.pdf") || q.Form(send).Value("Street address") != "Mallikatu 4712" {
			t.Errorf("after the attachment was taken away: %s", q.Text())
		}
		field := "Proof of income"
		q = q.Form(send).Attach(field, "wages.pdf", "application/pdf", onePage).Submit(say(l, "eform.attach") + " " + field).MustStatus(http.StatusOK).MustText("wages.pdf")
		done := q.Form(send)
		first, again := done.Submit(send).MustStatus(http.StatusOK).MustText(say(l, "submission.done_anew")), done.Submit(send)
		if again.Status != http.StatusOK && again.Status != http.StatusConflict {
			t.Errorf("sent twice: %d", again.Status)
		}
		first.MustText(say(l, "submission.anew_title"), "Mallikatu 4711", "Mallikatu 4712", "wages.pdf")
		if c.Get(mine + "/anew").HasText(send) {
			t.Error("what was answered is asked again")
		}
		if now := p.ask(http.MethodGet, one+"/sent", ""); string(now.Body) != string(before.Body) {
			t.Error("what was sent is not what it was")
		}

		// The desk sees both, and so does the case system.
		clerk.Get(work).MustText(say(l, "submission.anew_title"), "Mallikatu 4712", "wages.pdf")
		var got api.Submission
		p.read(p.ask(http.MethodGet, one, ""), http.StatusOK, &got)
		if got.State != eservice.InProgress || got.Answers["street"] == got.Present["street"] || len(got.Files) != 2 {
			t.Errorf("the case system reads %+v, now %+v", got.Answers, got.Present)
		}
		added := 0
		for _, e := range got.Events {
			if e.What == eservice.Added {
				if added++; len(e.Anew) != 3 || len(e.Files) != 1 {
					t.Errorf("added is %+v", e)
				}
			}
		}
		if added != 1 {
			t.Errorf("it was added %d times", added)
		}

		// What is taken out has the answers that hold now, and beside them those that were sent.
		manager := h.manages(t, "manager")
		taken := inboxAt(l, vuorela, "forms")
		if csv := string(manager.Get(taken + ".csv?form=" + string(list[0].Form)).MustStatus(http.StatusOK).Body); !strings.Contains(csv, "Mallikatu 4712") || strings.Contains(csv, "4711") || !strings.Contains(csv, "wages.pdf") {
			t.Errorf("the table is %s", csv)
		}
		if doc := string(manager.Get(taken + ".json?form=" + string(list[0].Form)).MustStatus(http.StatusOK).Body); !strings.Contains(doc, "Mallikatu 4711") || !strings.Contains(doc, "answers_now") || !strings.Contains(doc, "Mallikatu 4712") {
			t.Errorf("the document is %s", doc)
		}

		// A case system asks anew; a conditional question comes with the answer that shows it.
		for _, bad := range []string{`["/nothing"]`, `["/children/0/name"]`} {
			p.seen(http.MethodPost, one+"/requests", `{"text":"Again.","anew":`+bad+`}`, got.Version).MustStatus(http.StatusUnprocessableEntity).MustText(`"anew"`)
		}
		x := p.done(p.seen(http.MethodPost, one+"/requests", `{"text":"Who lives there?","anew":["/partner"]}`, got.Version), http.StatusCreated)
		if x.State != eservice.MoreAsked {
			t.Errorf("asked it is %+v", x)
		}
	})
}

// The same without signing in, in each language.
func TestS2_4_WhoHasNotSignedInAnswersAnew(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.tripOpens(t, "")
		clerk := h.answersMessages(t, "anew", vuorela)
		for i, l := range languages() {
			c := h.person(t)
			next, sendIt := say(l, "common.continue"), say(l, "eform.check.send")
			p := c.Get(beginsOpen(t, c, l)+"/step/1").Form(next).Set("Where to?", "Nuuksio").Submit(next)
			h.skip(trap.Soonest + time.Second)
			page := bare(p.Form(sendIt).Set(say(l, "common.email"), fmt.Sprintf("anew%d@example.org", i)).Submit(sendIt).MustStatus(http.StatusOK))
			asksAnew(t, clerk, l, fmt.Sprintf("2026-%06d", i+1), "Where exactly?", "Where to?")
			send := say(l, "submission.anew_send")
			h.person(t).Get(page + "/anew").MustStatus(http.StatusNotFound)
			q := c.Get(page).Click(say(l, "submission.anew_open")).MustStatus(http.StatusOK)
			if got := q.Form(send).Labels(); !slices.Contains(got, "Where to?") {
				t.Errorf("asked is %v", got)
			}
			q.Form(send).Set("Where to?", "Haukkalampi").Submit(send).MustStatus(http.StatusOK).MustText(say(l, "submission.done_anew"), "Nuuksio", "Haukkalampi")
		}
	})
}
