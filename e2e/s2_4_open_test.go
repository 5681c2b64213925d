package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/trap"
	"luukku/e2e/client"
)

// tripOpens has the town take the form without signing in.
func (h *house) tripOpens(t *testing.T, settled string) {
	t.Helper()
	h.apply(t, fmt.Sprintf("format = 1\n[organisations.vuorela.forms.trip]\nname = { fi = \"Retki\", sv = \"Utflykt\", en = \"School trip\", cs = \"Výlet\" }\nlevel = \"none\"\ninbox = \"permits\"\n%s\ndocument = '''%s'''\n", settled, tripForm))
}

// beginsOpen begins the form without signing in, and returns the address of its draft.
func beginsOpen(t *testing.T, c *client.Client, l i18n.Lang) string {
	t.Helper()
	p := c.Get("/"+string(l)+"/vuorela/forms/trip").MustStatus(http.StatusOK).MustText(say(l, "forms.page.no_sign_in_text"), say(l, "forms.page.begin_signed"))
	p = p.Click(say(l, "forms.page.begin_open")).MustStatus(http.StatusOK).MustText(say(l, "eform.open.start"))
	return p.Form(say(l, "eform.start.begin")).Submit(say(l, "eform.start.begin")).MustStatus(http.StatusOK).MustText(say(l, "eform.tasks.steps")).Path()
}

// A form is filled in and sent by somebody who has not signed in, in each language and without JavaScript; who is too quick and who fills in what nobody sees is asked again and loses nothing; a double click
// sends once. A mail says that it came, and nothing of it; its link opens by a button alone. The desk sees that nobody has proven who it is, asks for more, and decides; both are read behind the code, which
// opens it on another device, too. Another browser opens nothing.
func TestS2_4_AFormIsSentWithoutSigningIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.tripOpens(t, `follows = { fi = "Vastaamme.", sv = "Vi svarar.", en = "We will answer.", cs = "Odpovíme." }`)
		for i, l := range languages() {
			h.sentOpenly(t, l, fmt.Sprintf("2026-%06d", i+1), fmt.Sprintf("open%d@example.org", i))
		}
	})
}

func (h *house) sentOpenly(t *testing.T, l i18n.Lang, number, email string) {
	t.Helper()
	c, stranger := h.person(t), h.person(t)
	draft := beginsOpen(t, c, l)
	next, send := say(l, "common.continue"), say(l, "eform.check.send")
	p := c.Get(draft + "/step/1")
	const to = "Where to?" // the form has words in one language, which stand in for the others
	p.Form(next).Submit(next).MustStatus(http.StatusUnprocessableEntity)
	p = c.Get(draft+"/step/1").Form(next).Set(to, "Nuuksio").Submit(next).MustStatus(http.StatusOK).MustText(say(l, "eform.check.title"), "Nuuksio", say(l, "eform.open.reply"))
	for _, at := range []string{"", "/step/1", "/check", "/filled.json", "/drop"} {
		stranger.Get(draft + at).MustStatus(http.StatusNotFound)
	}

	// Sooner than anybody reads it comes back with what was typed; so does what only a program fills in, and an address that is none.
	p = p.Form(send).Set(say(l, "common.email"), email).Submit(send).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "form.too_soon"), "Nuuksio")
	h.skip(trap.Soonest + time.Second)
	p = p.Form(send).Force("website", "http://spam.example").Submit(send).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "eform.open.bait"))
	p = p.Form(send).Set(say(l, "common.email"), "nobody").Submit(send).MustStatus(http.StatusUnprocessableEntity)
	form := p.Form(send).Set(say(l, "common.email"), email).Set(say(l, "common.phone"), "040 123 4567")
	first, second := form.Submit(send).MustStatus(http.StatusOK), form.Submit(send).MustStatus(http.StatusOK)
	if first.Path() != second.Path() {
		t.Fatalf("sent twice it is two: %s and %s", first.Path(), second.Path())
	}
	first.MustText(say(l, "submission.done_sent"), number, "Nuuksio", say(l, "sent_open.told", "email", email), say(l, "submission.unsigned"))
	page, _, _ := strings.Cut(first.Path(), "?")
	if !strings.Contains(c.Get(draft+"/check").Path(), "/sent/form/") {
		t.Error("the draft that was sent does not lead to what became of it")
	}
	stranger.Get(page).MustStatus(http.StatusNotFound).MustText(say(l, "sent_open.closed"))
	if pdf := c.Get(page + "/document.pdf").MustStatus(http.StatusOK); !strings.HasPrefix(string(pdf.Body), "%PDF") {
		t.Error("the receipt is no PDF")
	}

	// The mail: a number and a link, and nothing of what was answered.
	m := h.awaitMails(t, email, 1)[0]
	if m.Lang != l || !strings.Contains(m.Subject, number) || strings.Contains(m.Text, "Nuuksio") || strings.Contains(m.Text, "4567") {
		t.Errorf("got the mail %q: %s", m.Subject, m.Text)
	}
	other := h.person(t)
	link := h.path(t, linkIn(m.Text))
	q := other.Get(link).MustStatus(http.StatusOK)
	if q.HasText(number) || q.HasText("Nuuksio") {
		t.Error("a link that was only looked at says what it opens")
	}
	other.Get(page).MustStatus(http.StatusNotFound) // looked at is not opened
	q.Form(say(l, "sent_open.open")).Submit(say(l, "sent_open.open")).MustStatus(http.StatusOK).MustText("Nuuksio", number)

	// The desk.
	clerk := h.answersMessages(t, "desk"+string(l), vuorela)
	p = clerk.Get(inboxAt(l, vuorela)+"/forms").MustStatus(http.StatusOK).MustText(say(l, "inbox.form.unsigned"), number).Click(say(l, "inbox.form.unsigned"))
	p.MustText(say(l, "inbox.form.unproven"), email, "+358401234567", say(l, "inbox.form.by_code_mail"))
	ask := say(l, "inbox.form.ask")
	p = p.Form(ask).Set(say(l, "inbox.form.ask_text"), "How many?").Submit(ask).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_asked"))
	if m := h.awaitMails(t, email, 2)[1]; strings.Contains(m.Text, "How many?") || !strings.Contains(m.Text, number) {
		t.Errorf("got the mail %q", m.Text)
	}
	add := say(l, "submission.add_send")
	other.Get(page).MustText("How many?").Form(add).Set(say(l, "submission.add_text"), "Twelve of us").Submit(add).MustStatus(http.StatusOK).MustText(say(l, "submission.done_added"))
	decide := say(l, "inbox.form.decide")
	p = clerk.Get(p.Path()).MustText("Twelve of us")
	p.Form(decide).Set(say(l, "inbox.letter.body"), "The trip may go.").Submit(decide).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_decided"), "The trip may go.")
	h.awaitMails(t, email, 3)
	other.Get(page).MustText(say(l, "sent_open.decision"), "The trip may go.", say(l, "submission.state.decided"))

	// The code opens it on another device, and closes again on one that others use.
	code := codeOfSent.FindString(first.Text())
	third, open := h.person(t), say(l, "sent_open.open")
	at := "/" + string(l) + "/vuorela/sent"
	third.Get(at).Form(open).Set(say(l, "submission.fact.number"), number).Set(say(l, "sent_open.code"), "0000-0000-0000-0000").Submit(open).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "sent_open.unknown"))
	p = third.Get(at).Form(open).Set(say(l, "submission.fact.number"), number).Set(say(l, "sent_open.code"), strings.ToLower(code)).Submit(open).MustStatus(http.StatusOK).MustText("The trip may go.")
	forget := say(l, "sent_open.forget")
	p.Form(forget).Submit(forget).MustStatus(http.StatusOK).MustText(say(l, "sent_open.forgotten"))
	third.Get(page).MustStatus(http.StatusNotFound)
}

// codeOfSent is the code of what was sent, as its page has it.
var codeOfSent = regexp.MustCompile(`\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b`)

// linkIn is the link in a mail's text.
func linkIn(text string) string {
	for word := range strings.FieldsSeq(text) {
		if strings.HasPrefix(word, "http://") {
			return word
		}
	}
	return ""
}

// A draft that was begun without signing in: a second window is told, and nothing is lost; another browser opens nothing; who signs in halfway is told, and takes it over with what is in it when they ask for
// it; it goes in its second, and not before.
func TestS2_4_ADraftWithoutSigningIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.tripOpens(t, "")
		c, next := h.person(t), say(l, "common.continue")
		draft := beginsOpen(t, c, l)
		first := c.Get(draft + "/step/1").Form(next)
		c.Get(draft+"/step/1").Form(next).Set("Where to?", "Nuuksio").Submit(next).MustStatus(http.StatusOK)
		first.Set("Where to?", "Sipoo").Submit(next).MustText(say(l, "eform.step.conflict"), "Nuuksio")
		c.Get("/en/vuorela/fill").MustText("School trip")
		h.person(t).Get("/en/vuorela/fill").MustText(say(l, "eform.drafts.none"))

		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		own := say(l, "eform.open.own")
		p := c.Get(draft).MustText(say(l, "eform.open.signed"))
		p.Form(own).Submit(own).MustStatus(http.StatusOK).MustText(say(l, "eform.open.owned"))
		c.Get(my(l, "forms")).MustText("School trip")
		c.Get(draft).MustStatus(http.StatusNotFound)

		late := h.person(t)
		draft = beginsOpen(t, late, l)
		late.Get(draft).MustStatus(http.StatusOK)
		h.skip(24*time.Hour - time.Minute)
		late.Get(draft).MustStatus(http.StatusOK)
		h.skip(time.Minute + 2*time.Second)
		late.Get(draft).MustStatus(http.StatusNotFound).MustText(say(l, "eform.open.gone_time"))
	})
}
