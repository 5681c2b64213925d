package e2e

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/e2e/client"
)

const dayCare = "new/vuorela/day-care"

// beginForm begins the application for day care, and returns the page of its first step.
func beginForm(t *testing.T, c *client.Client, l i18n.Lang) *client.Page {
	t.Helper()
	p := c.Get(my(l, "forms", dayCare)).MustStatus(http.StatusOK)
	p = p.Form(say(l, "eform.start.begin")).Submit(say(l, "eform.start.begin")).MustStatus(http.StatusOK)
	return p.MustText(say(l, "eform.tasks.steps"), say(l, "eform.task.open"))
}

// family fills in the first step.
func family(p *client.Page) *client.Form {
	return p.Form(say("en", "eform.step.save")).Set("Phone number", "040 123 4567").Set("Street address", "Mallikatu 1").Set("Postcode", "00100").
		Set("Does another adult live in the household?", say("en", "eform.no"))
}

// A form is filled in without JavaScript: what is known stands there with its source, what is wrong is said at its field and stays said until it is right, what is shown follows the answers, rows have
// questions of their own, files are attached; the answers are checked, and the form is sent once however often that is asked.
func TestS2_4_AFormIsFilledInCheckedAndSentOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		p := beginForm(t, c, l)
		draft := p.Path()
		next := say(l, "common.continue")

		p = p.Click(say(l, "eform.tasks.go_on")).MustText("The family", say(l, "eform.source.register"), say(l, "eform.source.account"))
		if got := p.Form(next).Value("Your name"); !strings.Contains(got, "Meikäläinen") {
			t.Errorf("the name is filled in as %q", got)
		}
		if p.HasText("The other adult’s name") {
			t.Error("what nobody was asked yet is shown")
		}
		// Nothing answered: each field that is missing is named, and leads to its field.
		p = p.Form(next).Set("Street address", "").Set("Postcode", "").Submit(next).MustStatus(http.StatusUnprocessableEntity)
		if got := len(p.Errors()); got < 4 {
			t.Errorf("got the errors %q, want phone, street, postcode and household", p.Errors())
		}
		// One mended, the others stay.
		p = p.Form(next).Set("Street address", "Mallikatu 1").Submit(next).MustStatus(http.StatusUnprocessableEntity)
		if strings.Contains(strings.Join(p.Errors(), "\n"), "Street address") || !strings.Contains(strings.Join(p.Errors(), "\n"), "Postcode") {
			t.Errorf("got the errors %q, want all but the mended one", p.Errors())
		}
		// An answer on which another hangs: it is asked before one goes on.
		p = p.Form(next).Set("Phone number", "040 123 4567").Set("Postcode", "00100").Set("Does another adult live in the household?", say(l, "eform.yes")).Submit(next)
		p.MustStatus(http.StatusOK).MustText(say(l, "eform.step.shown"), "The other adult’s name")
		p.Form(next).Set("The other adult’s name", "Matti Meikäläinen").Submit(next).MustStatus(http.StatusOK).MustText("The children")
		// Taken back it is not sent; answered otherwise again it is there as it was.
		p = c.Get(draft + "/step/1")
		if got := p.Form(next).Value("Phone number"); got != "+358401234567" {
			t.Errorf("the number is kept as %q", got)
		}
		p = p.Form(next).Set("Does another adult live in the household?", say(l, "eform.no")).Submit(next).MustText("The children")

		// Rows: what is asked in one hangs on this one alone.
		add, drop := "Add a child", say(l, "eform.drop_row")+" Child 2"
		p = p.MustText("Children the place is for", "Child 1").Form(next).Submit(add).MustStatus(http.StatusOK).MustText("Child 2")
		p = p.Form(next).Submit(drop).MustStatus(http.StatusOK)
		if p.HasText("Child 2") {
			t.Error("the row is still there")
		}
		start := h.app.Now().AddDate(0, 6, 0).Format("2.1.2006")
		p = p.Form(next).Set("The child’s name", "Liisa Meikäläinen").Set("Date of birth", "1.2.2024").Set("From which day is the place needed?", start).Set("Hours of care in a week (h)", "37,5").
			Set("Is care needed in the evening, at night or at weekends?", say(l, "eform.no")).Set("Does the child have an allergy or a special diet?", say(l, "eform.no")).
			Set("Does the child need support or aids?", say(l, "eform.no")).Submit(next)
		p.MustStatus(http.StatusOK).MustText("The place")
		p = p.Form(next).Set("What kind of care do you want?", "Open club").Submit(next).MustStatus(http.StatusOK).MustText("Income and attachments")

		// An answer that is no number is kept as it was typed.
		p = p.Form(next).Set("How is the fee worked out?", "By income").Submit(next).MustText(say(l, "eform.step.shown"))
		p = p.Form(next).Set("Your income in a month, before tax (EUR)", "plenty").Submit(next).MustStatus(http.StatusUnprocessableEntity)
		if got := p.Form(next).Value("Your income in a month, before tax (EUR)"); got != "plenty" {
			t.Errorf("got %q, want what was typed", got)
		}
		field := "Proof of income"
		attach := say(l, "eform.attach") + " " + field
		p = p.Form(next).Set("Your income in a month, before tax (EUR)", "2500,50").Attach(field, "payslip.pdf", "application/pdf", onePage).Submit(attach)
		p.MustStatus(http.StatusOK).MustText("payslip.pdf")
		p = p.Form(next).Attach(field, "income.txt", "text/plain", []byte("A text.")).Submit(attach).MustStatus(http.StatusUnprocessableEntity).MustText("income.txt", "payslip.pdf")
		p = p.Form(next).Attach(field, "IMG_2044.png", "image/png", picture).Submit(attach).MustStatus(http.StatusOK).MustText("IMG_2044.png")
		p = p.Form(next).Submit(say(l, "eform.remove") + " IMG_2044.png").MustStatus(http.StatusOK)
		if p.HasText("IMG_2044.png") {
			t.Error("the attachment that was taken away is still there")
		}
		p = p.Form(next).Submit(next).MustStatus(http.StatusOK).MustText("Declaration")
		p = p.Form(next).Submit(next).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "answers.accept"))
		p = p.Form(next).Check("I declare that what I have written is true").Submit(next).MustStatus(http.StatusOK)

		p.MustText(say(l, "eform.check.title"), "Child 1", "Liisa Meikäläinen", "37.5 h", "2500.50 EUR", "payslip.pdf", "Open club")
		if p.HasText("Matti Meikäläinen") {
			t.Error("what is hidden is among what is sent")
		}
		// Changed in another window meanwhile: nothing is sent that was not seen.
		send := say(l, "eform.check.send")
		old := p.Form(send)
		q := c.Get(draft + "/step/1")
		q.Form(next).Set("Street address", "Mallikatu 2").Submit(next).MustStatus(http.StatusOK)
		p = old.Submit(send).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "eform.changed_since"), "Mallikatu 2")
		form := p.Form(send)
		first, second := form.Submit(send).MustStatus(http.StatusOK), form.Submit(send).MustStatus(http.StatusOK)
		if first.Path() != second.Path() {
			t.Errorf("sent twice it is two: %s and %s", first.Path(), second.Path())
		}
		c.Get(my(l, "forms")).MustText(say(l, "eform.drafts.none"))
		c.Get(my(l, "sent")).MustText("Application for day care")
		first.MustText("Child 1")
		page, _, _ := strings.Cut(first.Path(), "?")
		if pdf := string(c.Get(page + "/document.pdf").MustStatus(http.StatusOK).Body); !strings.HasPrefix(pdf, "%PDF") {
			t.Error("the receipt is no PDF")
		}
	})
}

// A draft is there on another device, and nobody else's; two windows are told of each other and nothing is lost; what was typed when the session had ended is there again; it is deleted to the second, and
// people are told before, and not of what.
func TestS2_4_NothingOfADraftIsLost(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		next, save := say(l, "common.continue"), say(l, "eform.step.save")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		draft := beginForm(t, c, l).Path()
		step := draft + "/step/1"
		p := family(c.Get(step)).Set("Street address", "").Submit(save)
		p.MustStatus(http.StatusOK).MustText(say(l, "eform.drafts.saved"), "Application for day care")

		// Another device; and another person.
		phone := h.person(t)
		identify(t, l, phone.Get(my(l)), "mobile", "Maija Meikäläinen")
		p = phone.Get(my(l, "forms")).Click("Application for day care").MustText(say(l, "eform.task.mend")).Click(say(l, "eform.tasks.go_on"))
		if got := p.Form(next).Value("Postcode"); got != "00100" {
			t.Errorf("on another device the postcode is %q", got)
		}
		other := h.person(t)
		h.settle(t, other, l, "bank", "Matti Meikäläinen", "matti@example.org", false)
		for _, path := range []string{draft, step, draft + "/check", draft + "/filled.json", draft + "/drop", draft + "/together"} {
			other.Get(path).MustStatus(http.StatusNotFound)
		}

		// Two windows: the second is told, sees both, and chooses.
		one, two := c.Get(step), phone.Get(step)
		one.Form(next).Set("Street address", "Mallikatu 1").Submit(next).MustStatus(http.StatusOK).MustText("The children")
		p = two.Form(next).Set("Street address", "Mallikatu 99").Submit(next).MustStatus(http.StatusConflict)
		p.MustText(say(l, "eform.step.conflict"), "Mallikatu 1")
		if got := p.Form(say(l, "eform.step.keep_mine")).Value("Street address"); got != "Mallikatu 99" {
			t.Errorf("what was typed is %q", got)
		}
		p.Click(say(l, "eform.step.take_theirs")).MustStatus(http.StatusOK)
		p.Form(say(l, "eform.step.keep_mine")).Submit(say(l, "eform.step.keep_mine")).MustText("The children")
		if got := c.Get(step).Form(next).Value("Street address"); got != "Mallikatu 99" {
			t.Errorf("after the choice it is %q", got)
		}
		// Answers to what is not asked, of the wrong type and to places that there are not, change nothing.
		p = c.Get(step)
		p.Form(next).Force("/hours_together", "12").Force("/nowhere", "x").Force("/children/7/child_name", "x").Force("/partner", "perhaps").Submit(next)
		for _, bad := range []string{"nowhere", "perhaps"} {
			if bytes.Contains(c.Get(draft+"/filled.json").Body, []byte(bad)) {
				t.Errorf("%s was kept", bad)
			}
		}

		// The session ends while somebody types.
		p = c.Get(step)
		form := p.Form(next).Set("Street address", "Pitkäkatu 5").Set("Does another adult live in the household?", say(l, "eform.no"))
		h.skip(31 * time.Minute)
		p = form.Submit(next).MustStatus(http.StatusUnauthorized).MustText(say(l, "eform.ended.title"), say(l, "eform.ended.lead"))
		p = identify(t, l, p.Click(say(l, "eform.ended.button")), "bank", "Maija Meikäläinen")
		p = p.Click(say(l, "common.continue")).MustText(say(l, "eform.step.kept"))
		if got := p.Form(next).Value("Street address"); got != "Pitkäkatu 5" {
			t.Errorf("after the end of the session it is %q", got)
		}
		if p := h.person(t).Raw(http.MethodPost, step, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}, "of=vuorela&%2Fstreet=x"); p.Status != http.StatusUnauthorized {
			t.Errorf("a stranger who sends a step gets %d", p.Status)
		}

		// Thrown away.
		p = beginFormAgain(t, c, l)
		second := p.Path()
		p = p.Click(say(l, "eform.tasks.drop")).MustText(say(l, "eform.drop.title"))
		p.Form(say(l, "eform.drop.button")).Submit(say(l, "eform.drop.button")).MustText(say(l, "eform.drafts.dropped"))
		c.Get(second).MustStatus(http.StatusNotFound)
	})
}

// beginFormAgain begins another one, beside what was begun.
func beginFormAgain(t *testing.T, c *client.Client, l i18n.Lang) *client.Page {
	t.Helper()
	p := c.Get(my(l, "forms", dayCare)).MustText(say(l, "eform.start.had"))
	return p.Form(say(l, "eform.start.begin")).Submit(say(l, "eform.start.begin")).MustStatus(http.StatusOK)
}
